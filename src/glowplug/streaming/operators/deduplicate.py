"""`dropDuplicates` and `dropDuplicatesWithinWatermark`: the keys that were seen, for as long as they count."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from glowplug.errors import AnalysisError
from glowplug.kernel import tables
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, new_id
from glowplug.plan.relations import Deduplicate, Filter, Join, Project, Relation, to_attribute
from glowplug.plan.streams import KernelTable
from glowplug.streaming.batch import Batch, all_equal, renamed
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.progress import StateProgress
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import behind, delay_of, event_times
from glowplug.types import BOOLEAN, DayTimeIntervalType


class StreamingDeduplicate(Operator):
    """State: the keys; within a watermark, also until when each counts."""

    def __init__(self, node: Deduplicate, root: Path) -> None:
        self.within = node.within_watermark
        self.name = "dedupeWithinWatermark" if self.within else "dedupe"
        self.keys = tuple(map(to_attribute, node.keys or node.child.output))
        times = event_times(node.child.output)
        if self.within and not times:
            raise AnalysisError("_LEGACY_ERROR_TEMP_3102", msg=_NEEDS_WATERMARK)
        self.time = times[0] if times else None
        until = (Attribute("until", self.time.type, True, new_id()),) if self.within and self.time else ()
        self.columns = renamed((*self.keys, *until))
        self.expiry = next((i for i, k in enumerate(self.keys) if event_times((k,))), None)
        if self.within:
            self.expiry = len(self.keys)
        self.store = Store(root, [a.type for a in self.columns], len(self.keys))
        self._progress = StateProgress(self.name)
        self._new: KernelTable | None = None
        self._gone: KernelTable | None = None

    @property
    def state(self) -> KernelTable:
        return KernelTable(self.store.table, self.columns)

    def restore(self, version: int, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.restore(bench, version)

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, Deduplicate)
        started = time.perf_counter()
        rows = self._on_time(plan.child, batch)
        first = Deduplicate(rows, self.keys)
        fresh = batch.keep(Join(first, self.state, "anti", all_equal(batch, self.keys, self.columns)))
        self._new = batch.keep(Project(fresh, self._kept(fresh.columns, batch)))
        self._gone = None
        with batch.kernel() as bench:
            self.store.put(bench, self._new.table)
            updated = tables.count(bench, self._new.table)
        merged = time.perf_counter()
        removed = self._forget(batch)
        updating, removing = _millis(merged - started), _millis(time.perf_counter() - merged)
        self._progress = replace(
            self._progress, updated=updated, removed=removed, update_ms=updating, removal_ms=removing
        )
        return fresh

    def _kept(self, columns: tuple[Attribute, ...], batch: Batch) -> tuple[Expression, ...]:
        """The state's columns of new rows."""
        if not self.within or self.time is None:
            return self.keys
        delay = Literal(delay_of(self.time), DayTimeIntervalType(0, 3))
        return (*self.keys, Alias(batch.build("+", self.time, delay), "until", new_id()))

    def _on_time(self, rows: Relation, batch: Batch) -> Relation:
        late = None if self.time is None else behind(self.time, batch.late_ms, batch)
        self._progress = replace(self._progress, dropped=0)
        if late is None:
            return rows
        all_rows = batch.keep(rows)
        kept = batch.keep(Filter(all_rows, batch.build("not", batch.build("coalesce", late, Literal(False, BOOLEAN)))))
        with batch.kernel() as bench:
            dropped = tables.count(bench, all_rows.table) - tables.count(bench, kept.table)
        self._progress = replace(self._progress, dropped=dropped)
        return kept

    def _forget(self, batch: Batch) -> int:
        done = None if self.expiry is None else behind(self.columns[self.expiry], batch.watermark_ms, batch)
        if done is None:
            return 0
        self._gone = batch.keep(Filter(self.state, done))
        with batch.kernel() as bench:
            if removed := tables.count(bench, self._gone.table):
                self.store.remove(bench, self._gone.table)
            return removed

    def pending(self, watermark_ms: int) -> bool:
        return self.expiry is not None and self.store.rows > 0

    def save(self, version: int, batch: Batch) -> None:
        started = time.perf_counter()
        with batch.kernel() as bench:
            new, gone = (None if t is None else t.table for t in (self._new, self._gone))
            self.store.save(bench, version, new, gone)
            memory = self.store.size(bench)
        took = _millis(time.perf_counter() - started)
        self._progress = replace(self._progress, rows=self.store.rows, memory=memory, commit_ms=took)

    def progress(self) -> StateProgress:
        return self._progress

    def close(self, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.close(bench)


def _millis(seconds: float) -> int:
    return round(1000 * seconds)


_NEEDS_WATERMARK = "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark"
