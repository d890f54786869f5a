"""HAVING: what its condition may name, and how what it may not is told of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.analyze.suggestions import unresolved_column
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Expression,
    Subquery,
    UnresolvedAttribute,
    UnresolvedFunction,
    WindowExpression,
)
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


def having_condition(
    e: Expression, scope: Scope, items: list[Expression], grouping: list[Expression], cx: Context
) -> Expression:
    """HAVING sees the child's columns, then the select list's names; outside of aggregates, first those of the child's
    columns that are grouped by, then the names."""
    aliases = {scope.key(x.name): x for x in items if isinstance(x, Alias)}
    inner = replace(scope, aliases={**scope.aliases}, repeated={}, variables={}, windows={}, grouping=True)
    by_id = {x.id: x for x in items if isinstance(x, Alias)}
    inner.aliases.update({k: a for k, a in aliases.items() if k not in inner.aliases})
    keys = {k.id for g in grouping if isinstance(k := g.child if isinstance(g, Alias) else g, Attribute)}

    def by_name(x: Expression) -> Any:
        match x:
            case UnresolvedAttribute((name,)) if (alias := aliases.get(scope.key(name))) is not None:
                shadowed = [a.id for a in scope.named(name)]
                return alias.child if shadowed and keys.isdisjoint(shadowed) else x
            case UnresolvedFunction() if getattr(cx.world.function(x.parts), "kind", "") == "aggregate":
                return x
            case Subquery() | WindowExpression():
                return x
        return map_expressions(x, by_name)

    return _substitute(resolve(by_name(e), inner, cx), by_id)


def _substitute(e: Expression, by_id: dict[int, Alias]) -> Expression:
    if isinstance(e, Attribute) and e.id in by_id:
        return by_id[e.id].child
    return map_expressions(e, lambda c: _substitute(c, by_id))  # type: ignore[no-any-return]
