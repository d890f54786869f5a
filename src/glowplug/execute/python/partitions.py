"""Partitions, where a program asked for them: `repartition(n)` before `mapInPandas` gives n calls, an iterator each.

Without that there are as many as workers have time for, which is for the engine to choose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from glowplug.functions.registry import lookup
from glowplug.plan.expressions import (
    Alias,
    Call,
    Expression,
    FrameBound,
    SortOrder,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.relations import Filter, Project, Relation, Repartition, Sort, SubqueryAlias, to_attribute
from glowplug.types import INT

_RUNNING = WindowFrame("rows", FrameBound("unbounded"), FrameBound("current"))


@dataclass(frozen=True, slots=True)
class Split:
    """A plan whose rows come partition by partition, with the partition's number (from 0, of `count`) at the end."""

    plan: Relation
    count: int


def of(plan: Relation) -> Split | None:
    """The partitions that a plan's rows were asked to be in; None = in any."""
    found = _asked(plan)
    if found is None or found.partitions is None:
        return None
    count = found.partitions
    number = Alias(_number(found, count), "partition", new_id())
    column = to_attribute(number)

    def with_number(node: Relation) -> Relation:
        match node:
            case Repartition():
                return Project(node.child, (*node.child.output, number))
            case Project():
                return Project(with_number(node.child), (*node.expressions, column))
            case Filter():
                return Filter(with_number(node.child), node.condition)
            case SubqueryAlias():
                return with_number(node.child)
        raise AssertionError(type(node).__name__)

    below = Project(with_number(plan), (*plan.output, column))
    return Split(Sort(below, (SortOrder(column),)) if count > 1 else below, count)


def _asked(plan: Relation) -> Repartition | None:
    """The repartitioning whose partitions a plan's rows are still in."""
    while isinstance(plan, (Project, Filter, SubqueryAlias)):
        plan = plan.child
    return plan if isinstance(plan, Repartition) else None


def _number(node: Repartition, count: int) -> Expression:
    """A row's partition: by its keys' hash, by its place in their order, or in turns."""
    if node.expressions and not node.by_range:
        return _call("pmod", _call("hash", *node.expressions), _int(count))
    order = tuple(e if isinstance(e, SortOrder) else SortOrder(e) for e in node.expressions)
    if order:
        buckets = WindowExpression(_call("ntile", _int(count)), (), order, _RUNNING)
        return _call("-", buckets, _int(1))
    place = WindowExpression(_call("row_number"), (), (), _RUNNING)
    return _call("pmod", place, _int(count))


def _int(value: int) -> Expression:
    from glowplug.plan.expressions import Literal

    return Literal(value, INT)


def _call(name: str, *args: Expression) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, INT, False)


def numbered(batches: Iterator[pa.RecordBatch], count: int) -> Iterator[tuple[pa.RecordBatch | None, int]]:
    """Each partition's rows with its number; None for one without rows."""
    expected = 0
    current = -1
    for batch in batches:
        numbers = batch.column(batch.num_columns - 1).to_numpy()
        edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        for start, stop in pairwise(edges):
            if start == stop:
                continue
            partition = int(numbers[start])
            if partition != current:
                yield from ((None, p) for p in range(expected, partition))
                current, expected = partition, partition + 1
            rows = batch.slice(start, stop - start)
            yield rows.select(range(rows.num_columns - 1)), partition
    yield from ((None, p) for p in range(expected, count))
