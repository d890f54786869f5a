"""The optimizer: rules over a resolved plan, in order.

A rule is `(node, context) -> Relation | None`; None leaves the node. Hints of joins move into them, and chains of
projections are joined first, from their top; then `RULES` see every node, children first; `WHOLE` see the plan as one.
What any database can do (pushing filters down, ordering joins) is the kernel's; here is what it does not see, or sees
too late.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.optimize.collapse_projects import collapse_projects
from glowplug.optimize.context import Context
from glowplug.optimize.first_rows import first_rows
from glowplug.optimize.fix_time import fix_time
from glowplug.optimize.fold_literals import fold_literals
from glowplug.optimize.group_windows import group_windows
from glowplug.optimize.limit_sources import limit_sources
from glowplug.optimize.move_hints import move_hints
from glowplug.optimize.narrow_json import narrow_json
from glowplug.optimize.number_rows import number_rows
from glowplug.optimize.prune_columns import prune_columns
from glowplug.optimize.prune_partitions import prune_partitions
from glowplug.optimize.read_in_source import read_in_source
from glowplug.optimize.sample_rows import sample_rows
from glowplug.optimize.share_plans import share_plans
from glowplug.optimize.window_keys import window_keys
from glowplug.plan.expressions import Expression, Subquery
from glowplug.plan.relations import Project, Relation
from glowplug.plan.tree import map_expressions, map_relations, relations_in, rewrite

RULES: tuple[Callable[[Relation, Context], Relation | None], ...] = (
    fold_literals,
    window_keys,
    group_windows,
    sample_rows,
    number_rows,
    first_rows,
    limit_sources,
)
WHOLE: tuple[Callable[[Relation, Context], Relation], ...] = (
    fix_time,
    prune_partitions,
    share_plans,
    prune_columns,
    narrow_json,
    read_in_source,
)


def optimize(plan: Relation, cx: Context) -> Relation:
    """A plan of the same rows and columns that the kernel runs faster."""
    plan = _each(plan, cx)
    for rule in WHOLE:
        plan = rule(plan, cx)
    return plan


def _each(plan: Relation, cx: Context, above: Relation | None = None) -> Relation:
    plan = move_hints(plan)
    if not isinstance(above, Project):  # not within a chain that is joined already
        plan = collapse_projects(plan)
    plan = map_relations(plan, lambda child: _each(child, cx, plan))
    plan = map_expressions(plan, lambda e: _inside(e, cx))
    for rule in RULES:
        plan = rule(plan, cx) or plan
    return plan


def _inside(e: Expression, cx: Context) -> Expression:
    """Subqueries' plans are optimised too."""
    if not relations_in(e):
        return e
    if isinstance(e, Subquery):
        e = rewrite(e, Relation, lambda p: _each(p, cx))
    return map_expressions(e, lambda x: _inside(x, cx))  # type: ignore[no-any-return]
