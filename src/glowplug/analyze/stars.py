"""`*`, `t.*`, `struct.*` and column patterns, as the columns they stand for."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

from glowplug.analyze.context import Context, Scope, of_files
from glowplug.analyze.extract import struct_of
from glowplug.analyze.names import lookup, outer_references
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
from glowplug.types import StructField, StructType, quote


def expand(star: UnresolvedStar, scope: Scope, cx: Context) -> list[Expression]:
    """The columns in order; a star over a struct gives its fields."""
    columns: list[Expression] | None
    if star.plan_id is not None:
        columns = _of_frame(star, scope, cx)
    elif not star.target:
        columns = list(scope.columns)
    elif (columns := _of_target(star, scope, cx)) is None:
        outer = next((o for o in cx.outer if o.selecting and _of_target(star, o, cx) is not None), None)
        if outer is None:
            raise AnalysisError(
                "CANNOT_RESOLVE_STAR_EXPAND",
                star.origin,
                targetString=".".join(map(quote, star.target)),
                columns=", ".join(sorted(quote(a.name) for a in scope.columns)),
            )
        return list(map(outer_references, expand(star, outer, cx)))
    return _without(columns, star, cx) if star.except_ else columns


def _of_frame(star: UnresolvedStar, scope: Scope, cx: Context) -> list[Expression]:
    """`df["*"]`: that DataFrame's columns in its own order, all of which must still be there, from one place."""
    whole: list[list[Expression]] = []
    for frame in cx.frames.get(star.plan_id or 0, []):
        seen = [(a, scope.with_id(a.id)) for a in frame.columns]
        columns = [replace(b, name=a.name, metadata=a.metadata) for a, b in seen if b is not None]
        whole += [[*columns]] if len(columns) == len(seen) else []
    if len(whole) == 1:
        return whole[0]
    condition = "AMBIGUOUS_COLUMN_REFERENCE" if whole else "CANNOT_RESOLVE_DATAFRAME_COLUMN"
    raise AnalysisError(condition, star.origin, name='"unresolveddataframestar()"')


def _of_target(star: UnresolvedStar, scope: Scope, cx: Context) -> list[Expression] | None:
    """The columns of the relation, or the fields of the struct, that a star follows; None where there is no such."""
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
    return None


def _without(columns: list[Expression], star: UnresolvedStar, cx: Context) -> list[Expression]:
    """`* EXCEPT (a, s.x)`: columns, or fields of structs, each of which must be there, once."""
    scope = Scope(tuple(map(to_attribute, columns)), case_sensitive=cx.conf.case_sensitive)
    paths: list[tuple[int, ...]] = []
    for parts in star.except_:
        found = lookup(parts, scope, cx, UnresolvedAttribute(parts, origin=star.origin))
        if found is None:
            raise unresolved_column(parts, scope, star.origin, in_place=True)
        fields: list[int] = []
        while isinstance(found, GetField):
            fields.insert(0, found.ordinal)
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
            value = _remaining(c.child if isinstance(c, Alias) else c, mine, cx)
            left.append(Alias(value, a.name, new_id(), a.metadata))
    return left


def _remaining(base: Expression, paths: list[tuple[int, ...]], cx: Context) -> Expression:
    """A struct of the fields that are left, never NULL: where `base` is, they are."""
    assert isinstance(base.type, StructType)
    parts: list[tuple[StructField, Expression]] = []
    for i, f in enumerate(base.type.fields):
        mine = [p[1:] for p in paths if p[0] == i]
        if () not in mine:
            field: Expression = GetField(base, i, f.name, f.type, f.nullable or base.nullable)
            field = _remaining(field, mine, cx) if mine else field
            parts.append((StructField(f.name, field.type, field.nullable), field))
    return struct_of(parts, cx.conf.ansi)


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
