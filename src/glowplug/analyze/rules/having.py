"""HAVING: what its condition may name, and how what it may not is told of."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.analyze.suggestions import unresolved_column
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Alias, Attribute, Expression, UnresolvedAttribute
from glowplug.plan.relations import to_attribute
from glowplug.plan.tree import map_expressions, walk


def not_of_the_groups(
    error: AnalysisError, having: Expression, results: list[Expression], cx: Context
) -> AnalysisError:
    """A column that HAVING uses and the groups do not have is an unknown one."""
    if error.condition == "MISSING_AGGREGATION":
        scope = Scope(tuple(map(to_attribute, results)), case_sensitive=cx.conf.case_sensitive)
        name = error.parameters["expression"].strip('"')
        for e in walk(having):
            if isinstance(e, UnresolvedAttribute) and scope.key(e.parts[-1]) == scope.key(name):
                return unresolved_column(e.parts, scope, e.origin)
    return error


def having_condition(e: Expression, scope: Scope, results: Scope, items: list[Expression], cx: Context) -> Expression:
    """HAVING sees the child's columns, then the select list's names."""
    aliases = {scope.key(x.name): x for x in items if isinstance(x, Alias)}
    inner = replace(scope, aliases={**scope.aliases}, repeated={}, variables={}, windows={})
    by_id = {x.id: x for x in items if isinstance(x, Alias)}
    inner.aliases.update({k: a for k, a in aliases.items() if k not in inner.aliases})
    resolved = resolve(e, inner, cx)
    return _substitute(resolved, by_id)


def _substitute(e: Expression, by_id: dict[int, Alias]) -> Expression:
    if isinstance(e, Attribute) and e.id in by_id:
        return by_id[e.id].child
    return map_expressions(e, lambda c: _substitute(c, by_id))  # type: ignore[no-any-return]
