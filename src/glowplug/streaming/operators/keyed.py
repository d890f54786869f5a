"""What operators with one table of state have in common: late rows, forgetting, versions, reports."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from glowplug.io.state.layout import OperatorLayout, Part, Place, StoreLayout
from glowplug.plan.expressions import Attribute, Literal
from glowplug.plan.relations import Filter, Relation
from glowplug.plan.streams import KernelTable
from glowplug.streaming.batch import Batch
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.progress import StateProgress
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import behind
from glowplug.types import BOOLEAN, DataType, StructField, StructType


class Keyed(Operator):
    """`columns` are the state's; `expiry` is the number of the one by which the watermark ends a row, if any does."""

    def __init__(self, name: str, store: Store, columns: tuple[Attribute, ...], expiry: int | None) -> None:
        self.name, self.store, self.columns, self.expiry = name, store, columns, expiry
        self._progress = StateProgress(name)
        self._changed: KernelTable | None = None
        self._gone: KernelTable | None = None

    @property
    def state(self) -> KernelTable:
        return KernelTable(self.store.table, self.columns)

    def restore(self, version: int, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.restore(bench, version)

    def on_time(self, rows: KernelTable, column: Attribute | None, batch: Batch) -> KernelTable:
        """The rows that are not late by this event time; the others are counted."""
        late = None if column is None else behind(column, batch.late_ms, batch)
        dropped = 0
        if late is not None:
            here = batch.build("not", batch.build("coalesce", late, Literal(False, BOOLEAN)))
            kept = batch.keep(Filter(rows, here), plain=True)
            dropped, rows = rows.rows - kept.rows, kept
        self._progress = replace(self._progress, dropped=dropped)
        return rows

    def put(self, changes: KernelTable, batch: Batch, counted: KernelTable | None = None) -> None:
        """Rows for the state, in place of those with the same key where keys are unique.

        They are reported as updated; or else those of `counted` are.
        """
        self._changed = changes
        with self._timed("update_ms"), batch.kernel() as bench:
            self.store.put(bench, changes.table)
        self._progress = replace(self._progress, updated=(counted or changes).rows)

    def expired(self, batch: Batch) -> KernelTable | None:
        """The rows of state that the watermark ends; None where there is none to end any."""
        done = None if self.expiry is None else behind(self.columns[self.expiry], batch.watermark_ms, batch)
        self._gone = None if done is None else batch.keep(Filter(self.state, done), plain=True)
        return self._gone

    def leave(self, gone: KernelTable | None, batch: Batch) -> None:
        """Remove these rows of the state."""
        self._gone = gone
        self.forget(batch)

    def forget(self, batch: Batch) -> None:
        """Remove what `expired` found."""
        removed = 0 if self._gone is None else self._gone.rows
        if self._gone is not None and removed:
            with self._timed("removal_ms"), batch.kernel() as bench:
                self.store.remove(bench, self._gone.table)
        self._progress = replace(self._progress, removed=removed)

    def pending(self, batch: Batch) -> bool:
        return batch.moved

    def save(self, version: int, batch: Batch) -> None:
        with self._timed("commit_ms"), batch.kernel() as bench:
            self.store.save(bench, version, self._changed, self._gone)
        self._progress = replace(self._progress, rows=self.store.rows, memory=self.store.memory)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        took: dict[str, int] = {what: round(1000 * (time.perf_counter() - started))}
        self._progress = replace(self._progress, **took)  # type: ignore[arg-type]

    def progress(self) -> StateProgress:
        return self._progress

    def key(self) -> Part:
        """The state's key as others read it."""
        raise NotImplementedError

    def value(self) -> Part:
        """And what it has of a key."""
        raise NotImplementedError

    def store_layout(self, directory: str = "") -> StoreLayout:
        store = self.store
        return StoreLayout(directory, tuple(store.types), store.keys, store.unique, self.key(), self.value())

    def layout(self) -> OperatorLayout:
        return OperatorLayout(self.name, "rows", (self.store_layout(),))

    def close(self, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.close(bench)


def part(*fields: tuple[str, DataType, Place]) -> Part:
    """A key or a value of these fields, each with what it is made of."""
    return Part(StructType(tuple(StructField(name, type) for name, type, _ in fields)), tuple(p for _, _, p in fields))


def named(columns: Sequence[Attribute], first: int = 0) -> Part:
    """Of columns by their names, `first` being the number of the first one in the files."""
    return part(*((c.name, c.type, i) for i, c in enumerate(columns, first)))


def table_of(rows: Relation, batch: Batch) -> KernelTable:
    """The rows, computed once."""
    return rows if isinstance(rows, KernelTable) else batch.keep(rows)
