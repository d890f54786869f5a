"""What stands in a plan several times is computed once."""

from __future__ import annotations

from collections import Counter, defaultdict

from glowplug.optimize.context import Context
from glowplug.plan.canonical import canonical, outlines
from glowplug.plan.expressions import Call, Expression, OuterReference, Subquery, new_id
from glowplug.plan.relations import Aggregate, Distinct, Join, Relation, SetOperation, Shared
from glowplug.plan.tree import children, rewrite, walk, walk_relations

_HEAVY = (Aggregate, Distinct, Join, SetOperation)


def share_plans(plan: Relation, cx: Context) -> Relation:
    """What stands in a plan twice is computed once: a CTE, view or DataFrame used several times.

    That is aggregations, and joins of which each use takes all rows: others the kernel narrows by the conditions above
    them. Applied to whole plans. Correlated parts, and those with random numbers, stay where they are.
    """
    nodes = list(walk_relations(plan))
    if sum(isinstance(n, _HEAVY) for n in nodes) < 2:
        return plan
    candidates: list[Relation] = [n for n in nodes if isinstance(n, (Aggregate, Distinct))]
    candidates += [n for parent in nodes for n in _taken_whole(parent) if _joins(n)]
    outline = outlines(plan)
    alike = Counter(outline[id(n)] for n in candidates)
    groups: dict[Relation, list[Relation]] = defaultdict(list)
    for node in candidates:
        if alike[outline[id(node)]] > 1 and _shareable(node):
            groups[canonical(node)].append(node)
    names: dict[int, tuple[str, Relation]] = {}
    for nodes in groups.values():
        if len(nodes) > 1:
            name = f"shared{new_id()}"
            names |= {id(n): (name, nodes[0]) for n in nodes}
    return _replaced(plan, names) if names else plan


def _taken_whole(node: Relation) -> list[Relation]:
    """The inputs of a node into which nothing from above it is pushed."""
    whole = [node.child] if isinstance(node, (Aggregate, Distinct)) else []
    queries = [x.plan for c in children(node) if isinstance(c, Expression) for x in walk(c) if isinstance(x, Subquery)]
    return [n for n in (*whole, *queries) if not isinstance(n, (Aggregate, Distinct))]


def _joins(node: Relation) -> bool:
    return any(isinstance(n, (Join, SetOperation)) for n in walk_relations(node))


def _replaced(node: Relation, names: dict[int, tuple[str, Relation]]) -> Relation:
    """The outermost repeated parts read from the shared computation, by position."""

    def visit(x: object) -> object:
        if isinstance(x, Relation) and id(x) in names:
            name, definition = names[id(x)]
            return Shared(name, definition, x.output)
        return rewrite(x, (Expression, Relation), visit)

    return visit(node)  # type: ignore[return-value]


def _shareable(node: Relation) -> bool:
    for r in walk_relations(node):
        for e in (c for c in children(r) if isinstance(c, Expression)):
            for x in walk(e):
                if isinstance(x, OuterReference):
                    return False
                if isinstance(x, Call) and x.function.kind == "scalar" and not x.function.deterministic:
                    return False
    return True
