"""Functions of a row's place: its partition and its number there, where the plan says how rows are spread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from glowplug.functions import internal
from glowplug.functions.registry import lookup
from glowplug.optimize.context import Context
from glowplug.optimize.window_keys import with_keys
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    DirectShufflePartition,
    Expression,
    Literal,
    SortOrder,
    new_id,
)
from glowplug.plan.relations import Filter, Hint, Project, Range, Relation, Repartition, SubqueryAlias, to_attribute
from glowplug.plan.tree import expressions_in, kinds, map_expressions, walk
from glowplug.types import INT, LONG, DataType


def number_rows(node: Relation, cx: Context) -> Relation | None:
    """Project(spark_partition_id(), Repartition(3, t)) → Project(spark_partition_id(n), Project(…, place AS n, …)).

    Only where the plan says how rows are spread: ranges with partitions, repartitioning, and what keeps rows in place.
    Everything else is one partition, for which the kernel numbers rows by itself.
    """
    if not isinstance(node, (Project, Filter)) or Call not in kinds(node):
        return None
    if not any(_unplaced(x) for e in expressions_in(node) for x in walk(e)):
        return None
    found = partitioned(node.child)
    if found is None:
        return None
    number = Alias(internal.place(found.partition, found.position), internal.PLACE, new_id())
    numbered = Project(found.plan, (*node.child.output, number))
    done = map_expressions(node, _placing(to_attribute(number)))
    if isinstance(node, Project):
        return replace(done, child=numbered)  # type: ignore[no-any-return]
    return Project(replace(done, child=numbered), node.output)


def _unplaced(e: Expression) -> bool:
    """A call that depends on the place, and has no such argument yet. Random numbers do if they have a seed."""
    return isinstance(e, Call) and len(e.args) == e.function.place


def _placing(place: Attribute) -> Callable[[Expression], Expression]:
    def visit(e: Expression) -> Expression:
        e = map_expressions(e, visit)
        return replace(e, args=(*e.args, place)) if isinstance(e, Call) and _unplaced(e) else e

    return visit


@dataclass(frozen=True, slots=True)
class Partitioned:
    """A plan with two columns more, which say in which of `count` partitions a row is and where it stood among all."""

    plan: Relation
    partition: Attribute
    position: Attribute
    count: int


def partitioned(plan: Relation) -> Partitioned | None:
    """A plan of the same rows; None where it does not say how they are spread."""
    match plan:
        case Project(child) | Filter(child) | SubqueryAlias(child) | Hint(child):
            inner = partitioned(child)
            if inner is None:
                return None
            grown = replace(plan, child=inner.plan)
            if isinstance(grown, Project):
                grown = replace(grown, expressions=(*grown.expressions, inner.partition, inner.position))
            return replace(inner, plan=grown)
        case Range(start, end, step, column, int() as count) if count > 1:
            position = internal.position(column, Literal(start, LONG), Literal(step, LONG))
            rows = Literal(max(1, -((start - end) // step)), LONG)
            return _with(plan, position, lambda at: internal.partition("slice", count, at, rows), count)
        case Repartition(child, int() as count, shuffle=False):
            inner = partitioned(child)
            if inner is None or inner.count <= count:
                return inner
            merged = internal.partition("merged", count, inner.partition, Literal(inner.count, INT))
            fewer = Alias(merged, "partition", new_id())
            coalesced = Project(inner.plan, (*plan.output, inner.position, fewer))
            return Partitioned(coalesced, to_attribute(fewer), inner.position, count)
        case Repartition(_, int() as count, expressions):
            direct = any(isinstance(e, DirectShufflePartition) for e in expressions)
            by = tuple(e.child if isinstance(e, DirectShufflePartition) else e for e in expressions)
            keyed, keys = with_keys(plan, by)
            return _with(keyed, internal.position(), lambda at: _spread(keys, at, count, direct), count)
    return None


def _with(
    plan: Relation, position: Expression, partition: Callable[[Attribute], Expression], count: int
) -> Partitioned:
    at = Alias(position, "position", new_id())
    placed = Project(plan, (*plan.output, at))
    column = Alias(partition(to_attribute(at)), "partition", new_id())
    return Partitioned(Project(placed, (*placed.output, column)), to_attribute(column), to_attribute(at), count)


def _spread(by: tuple[Expression, ...], position: Attribute, count: int, direct: bool) -> Expression:
    """Which partition `repartition(count, by)` sends a row to."""
    if not by:
        return internal.partition("turns", count, position)
    if any(isinstance(e, SortOrder) for e in by):
        return internal.partition("range", count, *(e if isinstance(e, SortOrder) else SortOrder(e) for e in by))
    if direct:
        return internal.partition("direct", count, by[0])
    return internal.partition("hash", count, _call("hash", INT, *by))


def _call(name: str, type: DataType, *args: Expression) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, type, False)
