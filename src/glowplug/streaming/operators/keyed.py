"""What operators with one table of state have in common: late rows, forgetting, versions, reports."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from glowplug.functions.collation_keys import by_key
from glowplug.io.state.layout import OperatorLayout, Part, Piece, StoreLayout
from glowplug.kernel import tables
from glowplug.plan.expressions import Alias, Attribute, Literal, new_id
from glowplug.plan.relations import Distinct, Filter, Join, Project, Relation
from glowplug.plan.streams import KernelTable
from glowplug.streaming.batch import Batch, all_equal
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
        self._earliest: int | None = None  # no row of the state ends before this, in microseconds, if that is known

    @property
    def state(self) -> KernelTable:
        return KernelTable(self.store.table, self.columns)

    def restore(self, version: int, batch: Batch) -> None:
        self._earliest = None
        with batch.kernel() as bench:
            self.store.restore(bench, version)

    def on_time(self, rows: KernelTable, column: Attribute | None, batch: Batch) -> KernelTable:
        """The rows that are not late by this event time; the others are counted."""
        late = None if column is None else behind(column, batch.late_ms, batch)
        dropped = 0
        if late is not None and column is not None and self._begins(rows, column, batch) <= batch.late_ms * 1000:
            here = batch.build("not", batch.build("coalesce", late, Literal(False, BOOLEAN)))
            kept = batch.keep(Filter(rows, here), plain=True)
            dropped, rows = rows.rows - kept.rows, kept
        self._progress = replace(self._progress, dropped=dropped)
        return rows

    def as_kept(self, rows: KernelTable, keys: int, batch: Batch) -> KernelTable:
        """Rows in the state's columns, with one key for all that are equal, as collated texts and maps may be: the
        state's, where it has one. So the bytes of its keys tell groups apart, in its table and on disk."""
        own, kept = rows.columns[:keys], self.columns[:keys]
        if not any(by_key(k.type) for k in own):
            return rows
        one = [Alias(batch.over("first", k, own), k.name, new_id()) for k in own]
        alike = Project(rows, (*one, *rows.columns[keys:]))
        there = Distinct(Project(self.state, kept))
        joined = Join(alike, there, "left", all_equal(batch, alike.output[:keys], kept))
        pairs = zip(alike.output, kept, strict=False)
        found = [Alias(batch.build("coalesce", theirs, mine), mine.name, new_id()) for mine, theirs in pairs]
        return batch.keep(Project(joined, (*found, *rows.columns[keys:])))

    def put(self, changes: KernelTable, batch: Batch, counted: KernelTable | None = None) -> None:
        """Rows for the state, in place of those with the same key where keys are unique.

        They are reported as updated; or else those of `counted` are.
        """
        self._changed = changes
        with self._timed("update_ms"), batch.kernel() as bench:
            self.store.put(bench, changes.table)
        if self.expiry is not None and self._earliest is not None:
            self._earliest = min(self._earliest, self._begins(changes, changes.columns[self.expiry], batch))
        self._progress = replace(self._progress, updated=(counted or changes).rows)

    def expired(self, batch: Batch) -> KernelTable | None:
        """The rows of state that the watermark ends; None where there are none, or none to end any."""
        self._gone = None
        done = None if self.expiry is None else behind(self.columns[self.expiry], batch.watermark_ms, batch)
        if done is None or self.expiry is None:
            return None
        if self._earliest is None:
            self._earliest = self._begins(self.state, self.columns[self.expiry], batch)
        if self._earliest > batch.watermark_ms * 1000:
            return None
        self._gone, self._earliest = batch.keep(Filter(self.state, done), plain=True), None
        return self._gone

    @staticmethod
    def _begins(rows: KernelTable, column: Attribute, batch: Batch) -> int:
        """The earliest of the times, in microseconds; after all times where there is none."""
        place = next(i for i, c in enumerate(rows.columns) if c.id == column.id)
        with batch.kernel() as bench:
            found = tables.earliest(bench, rows.table, place, column.type)
        return sys.maxsize if found is None else found

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

    def registers(self) -> tuple[int, ...]:
        """How many each of its sketches has."""
        return ()

    def store_layout(self, directory: str = "") -> StoreLayout:
        store = self.store
        types, registers = tuple(store.types), self.registers()
        return StoreLayout(directory, types, store.keys, store.unique, self.key(), self.value(), registers)

    def layout(self) -> OperatorLayout:
        return OperatorLayout(self.name, "rows", (self.store_layout(),))

    def close(self, batch: Batch) -> None:
        with batch.kernel() as bench:
            self.store.close(bench)


def part(*fields: tuple[str, DataType, Piece]) -> Part:
    """A key or a value of these fields, each with what it is made of."""
    return Part(StructType(tuple(StructField(name, type) for name, type, _ in fields)), tuple(p for _, _, p in fields))


def named(columns: Sequence[Attribute], first: int = 0) -> Part:
    """Of columns by their names, `first` being the number of the first one in the files."""
    return part(*((c.name, c.type, i) for i, c in enumerate(columns, first)))


def table_of(rows: Relation, batch: Batch) -> KernelTable:
    """The rows, computed once."""
    return rows if isinstance(rows, KernelTable) else batch.keep(rows)
