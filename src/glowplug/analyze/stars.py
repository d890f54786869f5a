"""`*`, `t.*`, `struct.*` and column patterns, as the columns they stand for."""

from __future__ import annotations

import re
from itertools import chain

from glowplug.analyze.context import Context, Scope, of_files
from glowplug.analyze.extract import update_field
from glowplug.analyze.names import lookup
from glowplug.analyze.suggestions import unresolved_column
from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Expression,
    GetField,
    UnresolvedAttribute,
    UnresolvedRegex,
    UnresolvedStar,
    new_id,
)
from glowplug.plan.names import qualified_text
from glowplug.plan.relations import to_attribute
from glowplug.types import StructType, quote


def expand(star: UnresolvedStar, scope: Scope, cx: Context) -> list[Expression]:
    """The columns in order; a star over a struct gives its fields."""
    columns: list[Expression]
    if star.plan_id is not None:
        ids = {id for frame in cx.frames.get(star.plan_id, []) for id in frame.ids}
        columns = [a for a in scope.columns if a.id in ids]
        if not columns and ids:
            raise AnalysisError("CANNOT_RESOLVE_DATAFRAME_COLUMN", star.origin, name='"*"')
    elif not star.target:
        columns = list(scope.columns)
    else:
        columns = _qualified(star, scope, cx)
    return _without(columns, star, cx) if star.except_ else columns


def _qualified(star: UnresolvedStar, scope: Scope, cx: Context) -> list[Expression]:
    n = len(star.target)
    target = tuple(map(scope.key, star.target))
    # Keys of a join with USING belong to `t.*`; what a source has hidden (`_metadata`) does not.
    hidden = (a for a in chain.from_iterable(scope.hidden()) if not of_files(a))
    columns = (*hidden, *scope.columns)
    found = [a for a in columns if tuple(map(scope.key, a.qualifier[-n:])) == target]
    if found:
        return list(found)
    struct = lookup(star.target, scope, cx, UnresolvedAttribute(star.target, origin=star.origin))
    if struct is not None and isinstance(struct.type, StructType):
        return [
            Alias(GetField(struct, i, f.name, f.type, f.nullable or struct.nullable), f.name, new_id(), f.metadata)
            for i, f in enumerate(struct.type.fields)
        ]
    if struct is not None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1050", star.origin, attributes=f"List({'.'.join(star.target)})")
    raise AnalysisError(
        "CANNOT_RESOLVE_STAR_EXPAND",
        star.origin,
        targetString=".".join(map(quote, star.target)),
        columns=", ".join(sorted(quote(a.name) for a in scope.columns)),
    )


def _without(columns: list[Expression], star: UnresolvedStar, cx: Context) -> list[Expression]:
    """`* EXCEPT (a, s.x)`: columns, or fields of structs, each of which must be there, once."""
    scope = Scope(tuple(map(to_attribute, columns)), case_sensitive=cx.conf.case_sensitive)
    paths: list[tuple[int | str, ...]] = []
    for parts in star.except_:
        found = lookup(parts, scope, cx, UnresolvedAttribute(parts, origin=star.origin))
        if found is None:
            raise unresolved_column(parts, scope, star.origin, in_place=True)
        fields: list[str] = []
        while isinstance(found, GetField):
            fields.insert(0, found.name)
            found = found.child
        if not isinstance(found, Attribute):
            kind = found.type.__class__.__name__
            condition = "EXCEPT_NESTED_COLUMN_INVALID_TYPE"
            raise AnalysisError(condition, star.origin, columnName=qualified_text(found), dataType=kind)
        paths.append((found.id, *fields))
    if any(p == q[: len(p)] for i, p in enumerate(paths) for j, q in enumerate(paths) if i != j):
        shown = ", ".join(".".join(parts) for parts in star.except_)
        raise AnalysisError("EXCEPT_OVERLAPPING_COLUMNS", star.origin, columns=shown)
    left: list[Expression] = []
    for c, a in zip(columns, scope.columns, strict=True):
        mine = [p[1:] for p in paths if p[0] == a.id]
        if not mine:
            left.append(c)
        elif () not in mine:
            value = c.child if isinstance(c, Alias) else c
            for fields_ in mine:
                value = update_field(value, ".".join(quote(str(f)) for f in fields_), None, cx, star.origin)
            left.append(Alias(value, a.name, new_id(), a.metadata))
    return left


def matching(pattern: UnresolvedRegex, scope: Scope, cx: Context) -> list[Expression]:
    """The columns whose whole name matches."""
    try:
        regex = re.compile(pattern.pattern, 0 if cx.conf.case_sensitive else re.IGNORECASE)
    except re.error as error:
        message = f"'{pattern.pattern}' is no regular expression: {error}"
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=message) from None
    ids = None
    if pattern.plan_id is not None and pattern.plan_id in cx.frames:
        ids = {id for frame in cx.frames[pattern.plan_id] for id in frame.ids}
    return [a for a in scope.columns if regex.fullmatch(a.name) and (ids is None or a.id in ids)]
