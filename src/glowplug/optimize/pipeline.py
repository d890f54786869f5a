"""The optimizer: rules over a resolved plan, in order.

A rule is `(node, evaluate) -> Relation | None`; None leaves the node. `evaluate` tests conditions on a few rows.
`RULES` see every node, children first; `WHOLE` see the plan as one. What any database can do (pushing filters down,
ordering joins) is the kernel's; here is what it does not see, or sees too late.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.io.source import Evaluate
from glowplug.optimize.collapse_projects import collapse_projects
from glowplug.optimize.first_rows import first_rows
from glowplug.optimize.fold_literals import fold_literals
from glowplug.optimize.number_rows import number_rows
from glowplug.optimize.prune_columns import prune_columns
from glowplug.optimize.prune_partitions import prune_partitions
from glowplug.optimize.sample_rows import sample_rows
from glowplug.optimize.share_plans import share_plans
from glowplug.optimize.window_keys import window_keys
from glowplug.plan.expressions import Expression, Subquery
from glowplug.plan.relations import Relation
from glowplug.plan.tree import map_expressions, map_relations, rewrite

RULES: tuple[Callable[[Relation, Evaluate], Relation | None], ...] = (
    collapse_projects,
    fold_literals,
    prune_partitions,
    window_keys,
    sample_rows,
    number_rows,
    first_rows,
)
WHOLE: tuple[Callable[[Relation, Evaluate], Relation], ...] = (share_plans, prune_columns)


def optimize(plan: Relation, evaluate: Evaluate) -> Relation:
    """A plan of the same rows and columns that the kernel runs faster."""
    plan = _each(plan, evaluate)
    for rule in WHOLE:
        plan = rule(plan, evaluate)
    return plan


def _each(plan: Relation, evaluate: Evaluate) -> Relation:
    plan = map_relations(plan, lambda child: _each(child, evaluate))
    plan = map_expressions(plan, lambda e: _inside(e, evaluate))
    for rule in RULES:
        plan = rule(plan, evaluate) or plan
    return plan


def _inside(e: Expression, evaluate: Evaluate) -> Expression:
    """Subqueries' plans are optimised too."""
    if isinstance(e, Subquery):
        e = rewrite(e, Relation, lambda p: _each(p, evaluate))
    return map_expressions(e, lambda x: _inside(x, evaluate))  # type: ignore[no-any-return]
