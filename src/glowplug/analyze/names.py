"""What names mean: a column of the input, one of an outer query, a variable, a field of one of these."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.extract import extract
from glowplug.analyze.suggestions import named_qualifier, unresolved_column
from glowplug.analyze.variables import variable
from glowplug.errors import AnalysisError
from glowplug.functions.registry import without_parentheses
from glowplug.plan.expressions import (
    Attribute,
    Expression,
    Literal,
    OuterReference,
    Replaced,
    UnresolvedAttribute,
    UnresolvedFunction,
)
from glowplug.plan.tree import map_expressions
from glowplug.types import (
    STRING,
    quote,
)

LATERAL = "lateralAliasReference"  # what Spark calls a column of the same select list in the names it derives


def attribute(e: UnresolvedAttribute, scope: Scope, cx: Context) -> Expression:
    """What a name means here. Raises UNRESOLVED_COLUMN and its kind, and what `lookup` does."""
    if len(e.parts) == 1 and scope.key(e.parts[0]) in scope.variables:
        return scope.variables[scope.key(e.parts[0])]
    if scope.variables and scope.key(e.parts[0]) in scope.variables:
        return _nested(scope.variables[scope.key(e.parts[0])], e.parts[1:], e, cx)
    if e.plan_id is not None:
        return _frame_column(e, scope, cx)
    found = lookup(e.parts, scope, cx, e)
    if found is not None:
        return found
    alias = scope.aliases.get(scope.key(e.parts[0]))
    if alias is not None:
        if (n := scope.repeated.get(scope.key(e.parts[0]))) is not None:
            raise AnalysisError("AMBIGUOUS_LATERAL_COLUMN_ALIAS", name=quote(e.parts[0]), n=n)
        if isinstance(alias.child, Attribute) and alias.child.id == alias.id:  # what a generator makes
            return _nested(alias.child, e.parts[1:], e, cx)
        shown = f"{LATERAL}({alias.name if len(e.parts) == 1 else e.parts[-1]})"
        return Replaced(_nested(alias.child, e.parts[1:], e, cx), shown)
    for outer in cx.outer:
        found = lookup(e.parts, outer, cx, e)
        if found is not None:
            return outer_references(found)
    if len(e.parts) == 1 and (function := without_parentheses(e.parts[0])):
        from glowplug.analyze.expressions import resolve

        return resolve(UnresolvedFunction((function.names[0],), origin=e.origin), scope, cx)
    if (named_so := variable(e, cx)) is not None:
        return _nested(*named_so, e, cx)
    raise unresolved_column(e.parts, scope, e.origin)


def outer_references(e: Expression) -> Expression:
    """`e` as seen from inside a subquery: its columns are those of the query around."""
    if isinstance(e, Attribute):
        return OuterReference(e)
    return map_expressions(e, outer_references)  # type: ignore[no-any-return]


def lookup(parts: tuple[str, ...], scope: Scope, cx: Context, e: UnresolvedAttribute) -> Expression | None:
    """The column (or field of one) that `parts` names: the longest qualifier wins."""
    for find in (scope.metadata,) if e.is_metadata else scope.levels():
        for n in range(len(parts) - 1, -1, -1):
            qualifier = tuple(map(scope.key, parts[:n]))
            matches = {a.id: a for a in find(parts[n]) if not n or tuple(map(scope.key, a.qualifier[-n:])) == qualifier}
            if len(matches) > 1 and scope.further:
                break
            if len(matches) > 1:
                called = (replace(a, name=parts[n]) for a in matches.values())
                names = sorted(".".join(map(quote, (*named_qualifier(a), a.name))) for a in called)
                raise AnalysisError(
                    "AMBIGUOUS_REFERENCE",
                    e.origin,
                    name=".".join(map(quote, parts)),
                    referenceNames=f"[{', '.join(names)}]",
                )
            if matches:
                column = next(iter(matches.values()))
                if column.name != parts[n] and not e.is_metadata:  # the result is called as it was written
                    column = replace(column, name=parts[n])
                return _nested(column, parts[n + 1 :], e, cx)
    return None


def _nested(base: Expression, fields: tuple[str, ...], e: UnresolvedAttribute, cx: Context) -> Expression:
    for name in fields:
        base = extract(base, Literal(name, STRING), cx.conf.case_sensitive, cx.conf.ansi, e.origin)
    return base


def _frame_column(e: UnresolvedAttribute, scope: Scope, cx: Context) -> Expression:
    """`df.col`: a column of the DataFrame with that number, which must still be visible here."""
    frames = cx.frames.get(e.plan_id or 0)
    if frames is None and cx.frames:
        raise _not_of_this_frame(e)
    if frames is None:
        found = lookup(e.parts, scope, cx, e)
        if found is None:
            for outer in cx.outer:
                if (found := lookup(e.parts, outer, cx, e)) is not None:
                    return outer_references(found)
            raise _not_of_this_frame(e)
        return found
    found_any = False
    candidates: dict[int, tuple[Attribute, Expression, Attribute]] = {}
    direct: set[int] = set()
    for frame in frames:
        match = lookup(e.parts, frame, cx, e)
        if match is None:
            continue
        found_any = True
        root = _root(match)
        if (seen := scope.with_id(root.id)) is not None:
            candidates[root.id] = (root, match, seen)
            if any(frame.relations[0] is r for r in scope.relations):
                direct.add(root.id)
    if len(candidates) > 1:
        candidates = {i: c for i, c in candidates.items() if i in scope.ids} or candidates
    if len(candidates) > 1 and len(direct) == 1:  # the frame itself wins over those that contain it
        candidates = {i: c for i, c in candidates.items() if i in direct}
    if len(candidates) > 1:
        raise AnalysisError("AMBIGUOUS_COLUMN_REFERENCE", e.origin, name=f'"{".".join(e.parts)}"')
    if candidates:
        ((root, match, seen),) = candidates.values()
        return _with_root(match, root, seen)
    if not found_any:
        raise _not_of_this_frame(e)
    for outer in cx.outer:
        for frame in frames:
            match = lookup(e.parts, frame, cx, e)
            if match is not None and outer.with_id(_root(match).id) is not None:
                return outer_references(match)
    raise _not_of_this_frame(e)


def _not_of_this_frame(e: UnresolvedAttribute) -> AnalysisError:
    return AnalysisError("CANNOT_RESOLVE_DATAFRAME_COLUMN", e.origin, name=f'"{".".join(e.parts)}"')


def _root(e: Expression) -> Attribute:
    while not isinstance(e, Attribute):
        e = e.args[0] if hasattr(e, "args") else e.child  # type: ignore[attr-defined]
    return e


def _with_root(e: Expression, old: Attribute, new: Attribute) -> Expression:
    """`e` over the column as it is seen here (an outer join may have made it nullable)."""
    if e is old:
        same = (new.name, new.metadata) == (old.name, old.metadata)
        return new if same else replace(new, name=old.name, metadata=old.metadata)
    return map_expressions(e, lambda c: _with_root(c, old, new))  # type: ignore[no-any-return]
