"""What stands in a plan several times is computed once."""

from __future__ import annotations

from collections import Counter, defaultdict

from glowplug.optimize.context import Context
from glowplug.plan.canonical import canonical, outlines
from glowplug.plan.expressions import Call, Expression, OuterReference, new_id
from glowplug.plan.relations import Aggregate, Distinct, Relation, Shared
from glowplug.plan.tree import children, rewrite, walk, walk_relations


def share_plans(plan: Relation, cx: Context) -> Relation:
    """An aggregation that stands in a plan twice is computed once: a CTE, view or DataFrame used several times.

    Applied to whole plans. Correlated parts, and those with random numbers, stay where they are.
    """
    candidates = [n for n in walk_relations(plan) if isinstance(n, (Aggregate, Distinct))]
    if len(candidates) < 2:
        return plan
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
