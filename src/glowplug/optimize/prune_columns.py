"""Columns that nothing uses are not computed."""

from __future__ import annotations

from dataclasses import replace

from glowplug.optimize.context import Context
from glowplug.plan.expressions import Alias, Attribute, Expression, OuterReference, Subquery
from glowplug.plan.relations import (
    Aggregate,
    CachedData,
    Filter,
    Generate,
    Join,
    Limit,
    Project,
    Relation,
    Repartition,
    Scan,
    Sort,
)
from glowplug.plan.streams import Watched
from glowplug.plan.tree import expressions_in, map_expressions, map_relations, outer_columns, walk


def prune_columns(plan: Relation, cx: Context) -> Relation:
    """Columns that nothing above uses leave the scans, projections and aggregations below. Applied to whole plans.

    The kernel would do it too, but only after binding every column of every level.
    """
    return _prune(plan, _all(plan))


def _all(plan: Relation) -> frozenset[int]:
    return frozenset(a.id for a in plan.output)


def _prune(node: Relation, needed: frozenset[int]) -> Relation:
    """`node` with at least the columns `needed`, its subqueries pruned as well."""
    return map_expressions(_pruned(node, needed), _in_subqueries)  # type: ignore[no-any-return]


def _in_subqueries(e: Expression) -> Expression:
    if isinstance(e, Subquery):
        e = replace(e, plan=_prune(e.plan, frozenset() if e.kind == "exists" else _all(e.plan)))
    return map_expressions(e, _in_subqueries)  # type: ignore[no-any-return]


def _pruned(node: Relation, needed: frozenset[int]) -> Relation:
    match node:
        case Scan(columns=columns):
            read = tuple(a for a in columns if a.id in needed)
            return node if len(read) == len(columns) else replace(node, columns=read)
        case Project(child, expressions):
            kept = tuple(e for e in expressions if _id(e) in needed)
            return replace(node, child=_prune(child, used(*kept)), expressions=kept, hidden=())
        case Aggregate(child, grouping, results) if node.sets is None:
            kept = tuple(e for e in results if _id(e) in needed)
            if not kept and not grouping:
                kept = results[:1]
            return replace(node, child=_prune(child, used(*grouping, *kept)), results=kept)
        case Filter(child, condition):
            return replace(node, child=_prune(child, needed | used(condition)))
        case Sort(child, order):
            return replace(node, child=_prune(child, needed | used(*order)))
        case Limit(child) | Repartition(child) | Watched(child):
            inside = used(*expressions_in(node))
            return replace(node, child=_prune(child, needed | inside))
        case Generate(child, generator):
            return replace(node, child=_prune(child, needed | used(generator)))
        case Join(left, right, condition=condition):
            wanted = needed | (used(condition) if condition is not None else frozenset())
            if node.lateral:
                wanted |= {a.id for a in outer_columns(right)}
            return replace(node, left=_prune(left, wanted), right=_prune(right, wanted))
    return _whole(node)


def _whole(node: Relation) -> Relation:
    """A node whose columns all count, such as DISTINCT: below it, pruning starts anew."""
    if isinstance(node, CachedData):
        return node
    return map_relations(node, lambda c: _prune(c, _all(c)))  # type: ignore[no-any-return]


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
