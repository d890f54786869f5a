"""A query's plan for one batch: streams give way to rows, stateful nodes to what their operators put out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from glowplug.datetimes import zone_of
from glowplug.io.source import Source
from glowplug.plan.current_time import at_time
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, new_id
from glowplug.plan.predicates import conjuncts
from glowplug.plan.python import StatefulMap
from glowplug.plan.relations import (
    Aggregate,
    Deduplicate,
    Distinct,
    Filter,
    Join,
    Limit,
    OneRow,
    Project,
    Relation,
    Scan,
    SubqueryAlias,
)
from glowplug.plan.streams import EventTimeWatermark, GlobalLimit, StreamingRelation, Watched
from glowplug.plan.tree import children, map_all_relations, walk, walk_relations
from glowplug.streaming.batch import Batch
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.watermark import Observer, Watermarks
from glowplug.types import BOOLEAN


def streams_of(plan: Relation) -> list[StreamingRelation]:
    """In the order by which checkpoints number them."""
    return [n for n in walk_relations(plan) if isinstance(n, StreamingRelation)]


def is_streaming(plan: Relation) -> bool:
    return any(isinstance(n, StreamingRelation) for n in walk_relations(plan))


def stateful(plan: Relation) -> Sequence[Relation]:
    """The nodes that keep something between batches, from the streams up."""
    return [n for n in walk_relations(plan) if _keeps(n)][::-1]


def _keeps(node: Relation) -> bool:
    if isinstance(node, Join):
        return is_streaming(node.left) and is_streaming(node.right)
    return isinstance(node, (Aggregate, Deduplicate, Distinct, GlobalLimit, StatefulMap)) and is_streaming(node)


def watermark_nodes(plan: Relation) -> list[EventTimeWatermark]:
    return [n for n in walk_relations(plan) if isinstance(n, EventTimeWatermark)]


def bound(
    plan: Relation,
    sources: Sequence[Source | None],
    observers: Sequence[Observer],
    operators: Sequence[Operator],
    watermarks: Watermarks,
    batch: Batch,
) -> Relation:
    """The plan of a batch. `sources` and `observers` are by the number of the stream, `operators` of the stateful node.

    Operators are run here, from the streams up: each takes in the rows below it.
    """
    # Done again, it gives the same.
    plan = at_time(plan, batch.timestamp_ms * 1000, zone_of(batch.session.conf.time_zone) or UTC)
    numbers = {id(n): i for i, n in enumerate(streams_of(plan))}
    keeping = stateful(plan)
    at = at_operators(plan, keeping, operators, batch)
    running = {id(n): (o, b) for n, o, b in zip(keeping, operators, at, strict=True)}
    timed = _timed_as_they_come(plan, numbers)
    limits: dict[int, Expression | None] = {}

    def change(node: Relation) -> Relation:
        if isinstance(node, StreamingRelation):
            number = numbers[id(node)]
            seen = None if number in timed.values() else observers[number]
            return _rows(node, sources[number], seen, number, limits.get(number))
        if isinstance(node, Limit) and isinstance(node.child, StreamingRelation):
            limits[numbers[id(node.child)]] = node.count
            return change(node.child)
        if isinstance(node, Scan):  # a table beside the streams
            return replace(node, source=node.source.latest(batch.context))
        done: Relation = map_all_relations(node, change)
        if isinstance(done, EventTimeWatermark):
            column = next(a for a in done.child.output if a.id == done.column.id)
            every = id(node) in timed
            if every:
                watermarks.observers[column.id] = observers[timed[id(node)]]
            return Watched(done.child, f"watermark{column.id}", column, watermarks.observers[column.id], every)
        operator = running.get(id(node))
        return done if operator is None else operator[0].run(done, operator[1])

    return change(plan)


def _timed_as_they_come(plan: Relation, numbers: dict[int, int]) -> dict[int, int]:
    """The watermarks, by `id()`, that see each row of a stream, and its number: who looks at times counts rows as well.

    Not where rows are filtered by something else than their times, which may be done before, as in Spark.
    """
    found: dict[int, int] = {}
    nodes = watermark_nodes(plan)
    times = {node.column.id for node in nodes}
    tests = [c for n in walk_relations(plan) if isinstance(n, Filter) for c in conjuncts(n.condition)]
    if not all(any(isinstance(e, Attribute) and e.id in times for e in walk(c)) for c in tests):
        return found
    for node in nodes:
        child = node.child
        while isinstance(child, (Project, SubqueryAlias, Limit)):
            child = child.child
        if isinstance(child, StreamingRelation):
            found[id(node)] = numbers[id(child)]
    return found


def at_operators(
    plan: Relation, keeping: Sequence[Relation], operators: Sequence[Operator], batch: Batch
) -> list[Batch]:
    """The batch as the operator of each stateful node sees it.

    What one puts out may be older than the watermark; what follows it waits.
    """
    running = {id(n): i for i, n in enumerate(keeping)}
    found: dict[int, tuple[int, int]] = {}

    def out(node: Relation) -> tuple[int, int]:
        below = [out(c) for c in children(node) if isinstance(c, Relation)]
        late, watermark = (min(w) for w in zip(*below, strict=True)) if below else (batch.late_ms, batch.watermark_ms)
        number = running.get(id(node))
        if number is None:
            return late, watermark
        found[number] = late, watermark
        return operators[number].passed_on(late), operators[number].passed_on(watermark)

    out(plan)
    return [batch.at(*found[i]) for i in range(len(operators))]


def _rows(
    node: StreamingRelation, source: Source | None, observer: Observer | None, number: int, limit: Expression | None
) -> Relation:
    """The rows of a source in the place of the stream, with its columns; no more of them are seen than the limit."""
    if source is None:
        nothing = tuple(Alias(Literal(None, a.type), a.name, a.id, a.metadata) for a in node.columns)
        return Filter(Project(OneRow(), nothing), Literal(False, BOOLEAN))
    columns = tuple(replace(a, id=new_id()) for a in node.columns)
    rows: Relation = Scan(source, columns)
    if limit is not None:
        rows = Limit(rows, limit)
    if observer is not None:
        rows = Watched(rows, f"stream{number}", None, observer)
    return Project(rows, tuple(Alias(c, a.name, a.id, a.metadata) for c, a in zip(columns, node.columns, strict=True)))
