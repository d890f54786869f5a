"""What must hold of a plan between stages. Run in tests, and under `spark.glowplug.verifyPlans`.

A violation is a fault of the engine, not of the query: AssertionError, naming the stage, the rule and the node.
"""

from __future__ import annotations

from typing import Any

from glowplug.plan import expressions as e
from glowplug.plan import relations as r
from glowplug.plan.streams import StreamingRelation
from glowplug.plan.tree import children, expressions_in, walk

UNRESOLVED = (
    e.UnresolvedAttribute,
    e.UnresolvedStar,
    e.UnresolvedRegex,
    e.UnresolvedFunction,
    e.UnresolvedExtract,
    e.UnresolvedAlias,
    e.UnresolvedLambda,
    e.UnresolvedLambdaVariable,
    e.UpdateFields,
    e.Parameter,
)


def verify(plan: r.Relation, stage: str, before: r.Relation | None = None) -> r.Relation:
    """`plan`, if it is sound and has the columns of `before`."""
    if before is not None:
        had, has = ([(a.id, a.name, a.type) for a in p.output] for p in (before, plan))
        _hold(had == has, stage, "the columns stay as they are", plan)
    _verify(plan, stage, frozenset())
    return plan


def _verify(node: r.Relation, stage: str, outer: frozenset[int]) -> None:
    inputs = [c for c in children(node) if isinstance(c, r.Relation)]
    for i, child in enumerate(inputs):
        around = outer
        if isinstance(node, r.Join) and node.lateral and i == 1:
            around = outer | {a.id for a in node.left.output}
        _verify(child, stage, around)
    _hold(
        not isinstance(node, (r.Select, r.SQLText, r.UnresolvedRelation, r.With)),
        stage,
        "no unresolved relation is left",
        node,
    )
    visible = frozenset(a.id for c in inputs for a in c.output)
    if isinstance(node, r.Join):
        ids = [a.id for c in inputs for a in c.output]
        _hold(len(set(ids)) == len(ids), stage, "the sides of a join share no column", node)
    if isinstance(node, r.Aggregate):
        visible |= {g.id for g in node.grouping}  # type: ignore[attr-defined]
    defined = visible | {a.id for a in node.output} if not isinstance(node, (r.Project, r.Aggregate)) else visible
    inside = [x for c in expressions_in(node) for x in walk(c)]
    if isinstance(node, r.Project) and isinstance(node.child, (r.Scan, StreamingRelation)):
        # hidden: found by name, exposed when used
        known = {a.id for a in node.child.metadata_columns}
        inside = [x for x in inside if not (x in node.hidden and x.id in known)]
    referred = {id(x.attribute) for x in inside if isinstance(x, e.OuterReference)}
    for x in inside:
        _hold(not isinstance(x, UNRESOLVED), stage, "no unresolved expression is left", node, x)
        if isinstance(x, e.Attribute) and inputs and id(x) not in referred:
            _hold(x.id in defined, stage, "every column comes from a child", node, x)
        elif isinstance(x, e.OuterReference):
            _hold(x.attribute.id in outer, stage, "every outer column is visible", node, x)
        elif isinstance(x, e.Subquery):
            _verify(x.plan, stage, outer | visible)


def _hold(condition: bool, stage: str, rule: str, node: Any, where: Any = None) -> None:
    if not condition:
        raise AssertionError(f"after {stage}: {rule}, but not in {type(node).__name__} {where!r}")
