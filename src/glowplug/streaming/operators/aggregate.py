"""`groupBy().agg()` over a stream: one row of state a group, or, for aggregates that need them, the group's rows."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from glowplug.functions.coercion import cast_to
from glowplug.kernel import tables
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, Replaced, new_id
from glowplug.plan.relations import Aggregate, Filter, Join, Project, Relation, SetOperation, to_attribute
from glowplug.plan.streams import KernelTable
from glowplug.plan.tree import map_expressions, walk
from glowplug.streaming.batch import Batch, alias, all_equal, renamed
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.operators.partials import Partial, partial
from glowplug.streaming.progress import StateProgress
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import behind, event_times
from glowplug.types import BOOLEAN


def streaming_aggregate(node: Aggregate, root: Path, batch: Batch) -> Operator:
    """The operator for an aggregation: by partial results where all its aggregates have some."""
    done = {to_attribute(e).id for e in node.grouping}
    calls = [e for e in node.results if isinstance(e, Alias) and e.id not in done]
    partials = [partial(_call(e), batch.build) for e in calls]
    found = [p for p in partials if p is not None]
    return Partials(node, root, batch, calls, found) if len(found) == len(calls) else Rows(node, root, calls)


def _call(e: Alias) -> Expression:
    return e.child.child if isinstance(e.child, Replaced) else e.child


class StreamingAggregate(Operator):
    """What both have in common. The first columns of the state are the group's keys."""

    name = "stateStoreSave"

    def __init__(self, node: Aggregate, root: Path, values: tuple[Attribute, ...], unique: bool) -> None:
        self.keys = tuple(to_attribute(e) for e in node.grouping)
        self.time = next((i for i, k in enumerate(self.keys) if event_times((k,))), None)
        self.columns = renamed((*self.keys, *values))
        self.store = Store(root, [a.type for a in self.columns], len(self.keys), unique)
        self._progress = StateProgress(self.name)
        self._changed: KernelTable | None = None
        self._gone: KernelTable | None = None

    @property
    def state(self) -> KernelTable:
        return KernelTable(self.store.table, self.columns)

    def restore(self, version: int, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.restore(bench, version)

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, Aggregate)
        started = time.perf_counter()
        rows = self._on_time(batch.keep(self.incoming(plan)), batch)
        self._changed = changed = self.changes(rows, batch)
        with batch.kernel() as bench:
            self.store.put(bench, changed.table)
            updated = tables.count(bench, changed.table)
        merged = time.perf_counter()
        self._gone = self._expired(batch)
        answer = self._answer(plan, rows, batch)
        removed = self._forget(batch)
        ended = time.perf_counter()
        updating, removing = round(1000 * (merged - started)), round(1000 * (ended - merged))
        self._progress = replace(
            self._progress, updated=updated, removed=removed, update_ms=updating, removal_ms=removing
        )
        return answer

    def _answer(self, node: Aggregate, rows: KernelTable, batch: Batch) -> Relation:
        match batch.mode:
            case "complete":
                return self.answers(self.state, node, batch)
            case "update":
                return self.answers(self.touched(rows, batch), node, batch)
            case "append":
                return self.answers(self._gone or Filter(self.state, Literal(False, BOOLEAN)), node, batch)

    def _on_time(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """The rows that are not late."""
        late = None if self.time is None else behind(rows.columns[self.time], batch.late_ms, batch)
        if late is None:
            self._progress = replace(self._progress, dropped=0)
            return rows
        kept = batch.keep(Filter(rows, batch.build("not", batch.build("coalesce", late, Literal(False, BOOLEAN)))))
        with batch.kernel() as bench:
            dropped = tables.count(bench, rows.table) - tables.count(bench, kept.table)
        self._progress = replace(self._progress, dropped=dropped)
        return kept

    def touched(self, rows: KernelTable, batch: Batch) -> Relation:
        """The state of the groups that the batch has rows of."""
        if not self.keys:
            return self.state
        condition = all_equal(batch, self.columns[: len(self.keys)], rows.columns)
        return Join(self.state, rows, "semi", condition)

    def _expired(self, batch: Batch) -> KernelTable | None:
        """The state of groups that no row can join any more. In complete mode groups stay."""
        if self.time is None or batch.mode == "complete":
            return None
        done = behind(self.columns[self.time], batch.watermark_ms, batch)
        return None if done is None else batch.keep(Filter(self.state, done))

    def _forget(self, batch: Batch) -> int:
        if self._gone is None:
            return 0
        with batch.kernel() as bench:
            if removed := tables.count(bench, self._gone.table):
                self.store.remove(bench, self._gone.table)
            return removed

    def pending(self, watermark_ms: int) -> bool:
        return self.time is not None and self.store.rows > 0

    def save(self, version: int, batch: Batch) -> None:
        started = time.perf_counter()
        with batch.kernel() as bench:
            changed, gone = (None if t is None else t.table for t in (self._changed, self._gone))
            self.store.save(bench, version, changed, gone)
            memory = self.store.size(bench)
        took = round(1000 * (time.perf_counter() - started))
        self._progress = replace(self._progress, rows=self.store.rows, memory=memory, commit_ms=took)

    def progress(self) -> StateProgress:
        return self._progress

    def close(self, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.close(bench)

    # --- what differs

    def incoming(self, node: Aggregate) -> Relation:
        """What the batch brings, in the state's columns."""
        raise NotImplementedError

    def changes(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """What is put into the state for it."""
        raise NotImplementedError

    def answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        """The aggregation's own columns, of rows of state."""
        raise NotImplementedError


class Partials(StreamingAggregate):
    """A row a group, of partial results."""

    def __init__(self, node: Aggregate, root: Path, batch: Batch, calls: list[Alias], partials: list[Partial]) -> None:
        self.calls, self.partials = calls, partials
        self.parts = [e for p in partials for e in p.parts]
        super().__init__(node, root, tuple(Attribute("part", e.type, True, new_id()) for e in self.parts), True)

    def incoming(self, node: Aggregate) -> Relation:
        keys = _keys(node)
        named = tuple(Alias(e, "part", new_id()) for e in self.parts)
        columns = tuple(map(to_attribute, (*keys, *named)))
        return Project(Aggregate(node.child, node.grouping, (*keys, *named)), columns)

    def changes(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """The groups with rows in the batch, old and new partial results merged."""
        columns = renamed(self.columns)
        both = SetOperation(self.touched(rows, batch), rows, "union", True, columns=columns)
        keys, parts = columns[: len(self.keys)], columns[len(self.keys) :]
        names = [m for p in self.partials for m in p.merges]
        merged = tuple(
            Alias(cast_to(batch.build(name, part), part.type), "part", new_id())
            for name, part in zip(names, parts, strict=True)
        )
        columns = tuple(map(to_attribute, (*keys, *merged)))
        return batch.keep(Project(Aggregate(both, keys, (*keys, *merged)), columns))

    def answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        columns = state.output
        values: dict[int, Expression] = {k.id: c for k, c in zip(self.keys, columns, strict=False)}
        at = len(self.keys)
        for call, p in zip(self.calls, self.partials, strict=True):
            values[call.id] = cast_to(p.end(batch.build, columns[at : at + len(p.parts)]), call.type)
            at += len(p.parts)
        return Project(state, tuple(alias(values[a.id], a) for a in map(to_attribute, node.results)))


class Rows(StreamingAggregate):
    """The rows of each group, of the columns that the aggregates need: exact for any of them, distinct ones too."""

    def __init__(self, node: Aggregate, root: Path, calls: list[Alias]) -> None:
        used = {x.id: x for e in calls for x in walk(e) if isinstance(x, Attribute)}
        self.used = tuple(used.values())
        super().__init__(node, root, self.used, False)

    def incoming(self, node: Aggregate) -> Relation:
        keys = _keys(node)
        below = Project(node.child, (*(k for k in keys if isinstance(k, Alias)), *node.child.output))
        fresh = renamed((*map(to_attribute, keys), *self.used))
        columns = (*map(to_attribute, keys), *self.used)
        return Project(below, tuple(alias(c, f) for c, f in zip(columns, fresh, strict=True)))

    def changes(self, rows: KernelTable, batch: Batch) -> KernelTable:
        return rows

    def answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        columns = state.output
        keys = columns[: len(self.keys)]
        there = {a.id: c for a, c in zip(self.used, columns[len(self.keys) :], strict=True)}
        keyed = {k.id for k in self.keys}

        def put(e: Expression) -> Expression:
            if isinstance(e, Attribute):
                return there.get(e.id, e)
            return map_expressions(e, put)  # type: ignore[no-any-return]

        outputs = [(to_attribute(e), e) for e in node.results]
        results = tuple(a if a.id in keyed else put(e) for a, e in outputs)
        return Aggregate(state, tuple(alias(c, k) for k, c in zip(self.keys, keys, strict=True)), results)


def _keys(node: Aggregate) -> tuple[Expression, ...]:
    """The grouping as named expressions, computed by the aggregation itself where it does that."""
    by_id = {to_attribute(e).id: e for e in node.results}
    return tuple(by_id.get(to_attribute(g).id, g) for g in node.grouping)
