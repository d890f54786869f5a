"""What stands in a plan several times is computed once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from glowplug.optimize.context import Context
from glowplug.plan.canonical import canonical, outlines
from glowplug.plan.expressions import Call, OuterReference, WindowExpression, new_id
from glowplug.plan.relations import (
    Aggregate,
    Distinct,
    Join,
    Project,
    Recursive,
    RecursiveReference,
    Relation,
    SetOperation,
    Shared,
)
from glowplug.plan.tree import expressions_in, kinds, relations_in, rewrite_plans, walk, walk_relations

_HEAVY = (Aggregate, Distinct, Join, SetOperation)
Names = dict[int, tuple[str, Relation]]  # by a part's id(): the name of the shared computation, and the first such part


def share_plans(plan: Relation, cx: Context) -> Relation:
    """What stands in a plan twice is computed once: a CTE, view or DataFrame used several times.

    That is aggregations, window functions, and joins of which each use takes all rows: others the kernel narrows by the
    conditions above them. Applied to whole plans. Correlated parts, and those with random numbers, stay where they are.
    """
    nodes = list(walk_relations(plan))
    if sum(isinstance(n, _HEAVY) or _windows(n) for n in nodes) < 2:
        return plan
    candidates: list[Relation] = [n for n in nodes if isinstance(n, (Aggregate, Distinct)) or _windows(n)]
    candidates += [n for parent in nodes for n in _taken_whole(parent) if _joins(n)]
    candidates = _several(candidates, lambda n: (n.__class__, len(n.output), kinds(n)))
    if not candidates:
        return plan
    names: Names = {}
    replaced = set[int]()  # parts, by `id()`, of what is read from a shared computation: nobody asks for them
    for nodes in _alike(candidates, outlines(plan)):
        for same in _equal([n for n in nodes if id(n) not in replaced]):
            name = f"shared{new_id()}"
            names |= {id(n): (name, same[0]) for n in same}
            replaced |= {id(part) for other in same[1:] for part in walk_relations(other)}
    uses = Counter[str]()
    _count(plan, names, uses)
    names = {id: found for id, found in names.items() if uses[found[0]] > 1}
    return _replaced(plan, names) if names else plan


def _several(nodes: list[Relation], of: Callable[[Relation], Hashable]) -> list[Relation]:
    """Those that are not the only ones of their kind."""
    found = [(node, of(node)) for node in nodes]
    alike = Counter(kind for _, kind in found)
    return [node for node, kind in found if alike[kind] > 1]


def _alike(candidates: list[Relation], outline: dict[int, int]) -> Iterable[list[Relation]]:
    """Those of the same outline, what encloses others mostly before them."""
    groups: dict[int, list[Relation]] = defaultdict(list)
    for node in candidates:
        groups[outline[id(node)]].append(node)
    return groups.values()


def _equal(nodes: list[Relation]) -> list[list[Relation]]:
    """Those that can be shared and of which there are several, together."""
    groups: dict[Relation, list[Relation]] = defaultdict(list)
    for node in nodes if len(nodes) > 1 else ():
        if _shareable(node):
            groups[canonical(node)].append(node)
    return [same for same in groups.values() if len(same) > 1]


def _taken_whole(node: Relation) -> list[Relation]:
    """The inputs of a node into which nothing from above it is pushed."""
    whole = [node.child] if isinstance(node, (Aggregate, Distinct)) else []
    queries = [plan for e in expressions_in(node) for plan in relations_in(e)]
    return [n for n in (*whole, *queries) if not isinstance(n, (Aggregate, Distinct))]


def _windows(node: Relation) -> bool:
    return isinstance(node, Project) and WindowExpression in kinds(node)


def _joins(node: Relation) -> bool:
    return any(isinstance(n, (Join, SetOperation)) for n in walk_relations(node))


def _count(node: Relation, names: Names, uses: Counter[str]) -> None:
    """How often each shared computation is read: what is in one that is read twice is computed, and counts, once."""
    if id(node) in names:
        name, first = names[id(node)]
        uses[name] += 1
        if uses[name] > 1:
            return
        node = first
    for child in relations_in(node):
        _count(child, names, uses)


def _replaced(node: Relation, names: Names) -> Relation:
    """Repeated parts read from the shared computation, by position; that itself reads those within it so."""
    definitions: dict[str, Relation] = {}

    def visit(x: Any) -> Any:
        if id(x) in names:
            name, first = names[id(x)]
            if name not in definitions:
                definitions[name] = rewrite_plans(first, visit)
            return Shared(name, definitions[name], x.output)
        return rewrite_plans(x, visit)

    return visit(node)  # type: ignore[no-any-return]


def _shareable(node: Relation) -> bool:
    inside = list(walk_relations(node))
    recursions = {r.name for r in inside if isinstance(r, Recursive)}
    own = all(r.name in recursions for r in inside if isinstance(r, RecursiveReference))
    return own and all(map(_alone, inside))


def _alone(node: Relation) -> bool:
    """Whether a node's expressions ask for nothing around it, and give the same each time."""
    if OuterReference in kinds(node):
        return False
    called = [x for e in expressions_in(node) if Call in kinds(e) for x in walk(e) if isinstance(x, Call)]
    return all(x.function.deterministic or x.function.kind != "scalar" for x in called)
