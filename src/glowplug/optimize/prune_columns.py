"""Columns that nothing uses are not computed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from glowplug.optimize.context import Context
from glowplug.plan.expressions import Alias, Attribute, Expression, OuterReference, Subquery
from glowplug.plan.relations import (
    Aggregate,
    CachedData,
    CollectMetrics,
    Deduplicate,
    Filter,
    Generate,
    Join,
    Limit,
    Project,
    Relation,
    Repartition,
    Sample,
    Scan,
    SetOperation,
    Shared,
    Sort,
    Tail,
)
from glowplug.plan.streams import Watched
from glowplug.plan.tree import (
    expressions_in,
    map_expressions,
    map_relations,
    outer_columns,
    relations_in,
    rewrite_plans,
    walk,
)

Places = defaultdict[str, set[int]]  # of each shared computation, by its name: the columns that are used, by position


def prune_columns(plan: Relation, cx: Context) -> Relation:
    """Columns that nothing above uses leave the scans, projections and aggregations below. Applied to whole plans.

    The kernel would do it too, but only after binding every column of every level, and not in shared computations.
    """
    places: Places = defaultdict(set)
    plan = _prune(plan, _all(plan), places)
    definitions: dict[str, Relation] = {}
    for node in _shared(plan):
        kept = tuple(a for i, a in enumerate(node.definition.output) if i in places[node.name])
        definitions[node.name] = Project(_prune(node.definition, frozenset(a.id for a in kept), places), kept)
    return _narrowed(plan, definitions, places) if definitions else plan


def _shared(plan: Relation) -> list[Shared]:
    """One use of each shared computation, those that read others before these."""
    found: dict[str, Shared] = {}

    def visit(node: Relation) -> None:
        if isinstance(node, Shared) and node.name in found:
            return
        for child in relations_in(node):
            visit(child)
        if isinstance(node, Shared):
            found[node.name] = node

    visit(plan)
    return list(found.values())[::-1]


def _narrowed(plan: Relation, definitions: dict[str, Relation], places: Places) -> Relation:
    """Each use of a shared computation with the columns that some use needs. `definitions`: those that read others
    before these."""

    def visit(node: Any) -> Any:
        if isinstance(node, Shared):
            columns = tuple(a for i, a in enumerate(node.columns) if i in places[node.name])
            return Shared(node.name, definitions[node.name], columns)
        return rewrite_plans(node, visit)

    for name in reversed(definitions):
        definitions[name] = visit(definitions[name])
    return visit(plan)  # type: ignore[no-any-return]


def _all(plan: Relation) -> frozenset[int]:
    return frozenset(a.id for a in plan.output)


def _prune(node: Relation, needed: frozenset[int], places: Places) -> Relation:
    """`node` with at least the columns `needed`, its subqueries pruned as well. Adds to `places` what uses of shared
    computations need; these themselves stay."""
    return map_expressions(_pruned(node, needed, places), lambda e: _in_subqueries(e, places))  # type: ignore[no-any-return]


def _in_subqueries(e: Expression, places: Places) -> Expression:
    if not relations_in(e):
        return e
    if isinstance(e, Subquery):
        e = replace(e, plan=_prune(e.plan, frozenset() if e.kind == "exists" else _all(e.plan), places))
    return map_expressions(e, lambda x: _in_subqueries(x, places))  # type: ignore[no-any-return]


def _pruned(node: Relation, needed: frozenset[int], places: Places) -> Relation:
    match node:
        case Shared(name, _, columns):
            places[name] |= {i for i, a in enumerate(columns) if a.id in needed}
            return node
        case Scan(columns=columns):
            read = tuple(a for a in columns if a.id in needed)
            return node if len(read) == len(columns) else replace(node, columns=read)
        case Project(child, expressions):
            kept = tuple(e for e in expressions if _id(e) in needed)
            return replace(node, child=_prune(child, used(*kept), places), expressions=kept, hidden=())
        case Aggregate(child, grouping, results) if node.sets is None:
            kept = tuple(e for e in results if _id(e) in needed)
            if not kept and not grouping:
                kept = results[:1]
            return replace(node, child=_prune(child, used(*grouping, *kept), places), results=kept)
        case Aggregate(child):
            return replace(node, child=_prune(child, used(*expressions_in(node)), places))
        case Deduplicate(child, keys) if keys is not None:
            return replace(node, child=_prune(child, needed | used(*keys), places))
        case SetOperation(_, _, "union", True):
            return _united(node, needed, places)
        case Filter(child, condition):
            return replace(node, child=_prune(child, needed | used(condition), places))
        case Sort(child, order):
            return replace(node, child=_prune(child, needed | used(*order), places))
        case Limit(child) | Tail(child) | Sample(child) | Repartition(child) | CollectMetrics(child) | Watched(child):
            inside = used(*expressions_in(node))
            return replace(node, child=_prune(child, needed | inside, places))
        case Generate(child, generator):
            return replace(node, child=_prune(child, needed | used(generator), places))
        case Join(left, right, condition=condition):
            wanted = needed | (used(condition) if condition is not None else frozenset())
            if node.lateral:
                wanted |= {a.id for a in outer_columns(right)}
            return replace(node, left=_prune(left, wanted, places), right=_prune(right, wanted, places))
    return _whole(node, places)


def _united(node: SetOperation, needed: frozenset[int], places: Places) -> SetOperation:
    """A union of the columns `needed`, which its sides have at the same places."""
    kept = [i for i, a in enumerate(node.columns) if a.id in needed]
    if len(kept) == len(node.columns):
        return map_relations(node, lambda side: _prune(side, _all(side), places))  # type: ignore[no-any-return]

    def narrowed(side: Relation) -> Relation:
        columns = tuple(side.output[i] for i in kept)
        return Project(_prune(side, frozenset(a.id for a in columns), places), columns)

    columns = tuple(node.columns[i] for i in kept)
    return replace(node, left=narrowed(node.left), right=narrowed(node.right), columns=columns)


def _whole(node: Relation, places: Places) -> Relation:
    """A node whose columns all count, such as DISTINCT: below it, pruning starts anew."""
    if isinstance(node, CachedData):
        return node
    return map_relations(node, lambda c: _prune(c, _all(c), places))  # type: ignore[no-any-return]


def _id(e: Expression) -> int:
    assert isinstance(e, (Attribute, Alias))
    return e.id


def used(*expressions: Expression) -> frozenset[int]:
    """The columns that expressions use, those that their subqueries refer to included."""
    ids: set[int] = set()
    for e in expressions:
        for x in walk(e):
            if isinstance(x, Attribute):
                ids.add(x.id)
            elif isinstance(x, OuterReference):
                ids.add(x.attribute.id)
            elif isinstance(x, Subquery):
                ids |= {a.id for a in outer_columns(x.plan)}
    return frozenset(ids)
