"""`*`, `t.*`, `struct.*` and column patterns, as the columns they stand for."""

from __future__ import annotations

import re
from itertools import chain

from glowplug.analyze.context import Context, Scope, of_files
from glowplug.analyze.names import lookup
from glowplug.analyze.suggestions import nearest
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
    return _without(columns, star, scope) if star.except_ else columns


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
        columns=", ".join(nearest(star.target, [(a.name,) for a in scope.columns])),
    )


def _without(columns: list[Expression], star: UnresolvedStar, scope: Scope) -> list[Expression]:
    """`* EXCEPT (a, b)`: each name must be there."""
    left = list(columns)
    for parts in star.except_:
        matches = [c for c in left if isinstance(c, (Attribute, Alias)) and scope.key(c.name) == scope.key(parts[-1])]
        if not matches:
            near = ", ".join(quote(a.name) for a in scope.columns)
            name = ".".join(map(quote, parts))
            raise AnalysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", star.origin, objectName=name, proposal=near)
        left = [c for c in left if c not in matches]
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
