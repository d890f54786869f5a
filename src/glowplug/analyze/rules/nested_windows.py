"""A window over what another window computes: the inner one is computed by a projection below.

avg(row_number() OVER (ORDER BY a)) OVER (PARTITION BY b)
→ Project[avg(n) OVER (PARTITION BY b)](Project[*, row_number() OVER (ORDER BY a) AS n](t))
"""

from __future__ import annotations

from typing import Any

from glowplug.plan.expressions import Alias, Attribute, Expression, WindowExpression, new_id
from glowplug.plan.relations import Project, Relation, to_attribute
from glowplug.plan.tree import children, contains, map_expressions


def separate_nested_windows(plan: Relation) -> Relation:
    """The plan, if it is a projection, with no window inside another."""
    while isinstance(plan, Project):
        inner: dict[Expression, Alias] = {}
        items = tuple(_separated(e, False, inner) for e in plan.expressions)
        if not inner:
            break
        below = separate_nested_windows(Project(plan.child, (*plan.child.output, *inner.values())))
        plan = Project(below, items)
    return plan


def _separated(e: Any, inside: bool, inner: dict[Expression, Alias]) -> Any:
    """`e` with the innermost of nested windows taken out, into `inner`."""
    if isinstance(e, Attribute) or not contains(e, WindowExpression):
        return e
    if isinstance(e, WindowExpression):
        if inside and not any(contains(c, WindowExpression) for c in children(e)):
            alias = inner.setdefault(e, Alias(e, "_window", new_id()))
            return to_attribute(alias)
        inside = True
    return map_expressions(e, lambda x: _separated(x, inside, inner))
