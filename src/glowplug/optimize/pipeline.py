"""The optimizer: rules over a resolved plan, in order, each from the leaves up until the plan stays as it is.

A rule is `(node, evaluate) -> Relation | None`; None leaves the node. `evaluate` tests conditions on a few rows.
What any database can do (pushing filters down, ordering joins, removing columns) is the kernel's; here is what it
does not see.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.io.source import Evaluate
from glowplug.optimize.collapse_projects import collapse_projects
from glowplug.optimize.prune_partitions import prune_partitions
from glowplug.plan.relations import Relation
from glowplug.plan.tree import map_relations

RULES: tuple[Callable[[Relation, Evaluate], Relation | None], ...] = (collapse_projects, prune_partitions)


def optimize(plan: Relation, evaluate: Evaluate) -> Relation:
    """A plan of the same rows and columns that the kernel runs faster."""
    plan = map_relations(plan, lambda child: optimize(child, evaluate))
    for rule in RULES:
        plan = rule(plan, evaluate) or plan
    return plan
