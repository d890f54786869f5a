from __future__ import annotations

from dataclasses import replace

from glowplug.optimize.context import Context
from glowplug.plan.expressions import Literal, WindowExpression
from glowplug.plan.relations import Limit, Project, Relation, Scan, SubqueryAlias
from glowplug.plan.tree import kinds


def limit_sources(node: Relation, cx: Context) -> Relation | None:
    """Limit(5, Project(Scan)) → Limit(5, Project(Scan of any 5 rows)), for sources that can be asked for so many."""
    if not isinstance(node, Limit) or not isinstance(node.count, Literal) or node.offset is not None:
        return None
    child = _limited(node.child, int(node.count.value))
    return None if child is None else replace(node, child=child)


def _limited(plan: Relation, most: int) -> Relation | None:
    match plan:
        case Project() if WindowExpression in kinds(plan):  # which looks at other rows
            return None
        case Project(child) | SubqueryAlias(child):
            below = _limited(child, most)
            return None if below is None else replace(plan, child=below)
        case Scan(source):
            first = source.first(most)
            return None if first is source else replace(plan, source=first)
    return None
