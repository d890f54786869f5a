"""Partitions, where a program asked for them: `repartition(n)` before `mapInPandas` gives n calls, an iterator each.

Without that there are as many as workers have time for, which is for the engine to choose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa

from glowplug.optimize.number_rows import partitioned
from glowplug.plan.expressions import Alias, Literal, SortOrder, new_id
from glowplug.plan.relations import Filter, Project, Relation, Repartition, Sort, SubqueryAlias
from glowplug.plan.tree import map_relations
from glowplug.types import INT


@dataclass(frozen=True, slots=True)
class Split:
    """A plan whose rows come partition by partition, with the partition's number (from 0, of `count`) at the end."""

    plan: Relation
    count: int


def of(plan: Relation) -> Split | None:
    """The partitions that a plan's rows were asked to be in; None = in any."""
    found = partitioned(_spread(plan))
    if found is None:
        return None
    below = Project(found.plan, (*plan.output, found.partition, found.position))
    ordered = Sort(below, (SortOrder(found.partition), SortOrder(found.position)))
    return Split(Project(ordered, (*plan.output, found.partition)), found.count)


def whole(plan: Relation) -> Split:
    """All rows as one partition."""
    return Split(Project(plan, (*plan.output, Alias(Literal(0, INT), "partition", new_id()))), 1)


def _spread(plan: Relation) -> Relation:
    """With a plain repartitioning where `coalesce` asks for at most so many partitions of rows that are in none yet."""
    match plan:
        case Repartition(_, int(), shuffle=False) if partitioned(plan) is None:
            return replace(plan, shuffle=True)
        case Project() | Filter() | SubqueryAlias():
            return map_relations(plan, _spread)  # type: ignore[no-any-return]
    return plan


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
