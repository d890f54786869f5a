"""The rows of plans as the pieces that a stage deals: groups are never split between workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glowplug.execute.python.flow import Piece

# Rows of one group that are held before they are handed on without its end.
MOST_HELD = 262_144


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows of groups of `sizes`. `more`: the rows are of one group, which goes on in the next of these."""

    rows: pa.RecordBatch
    sizes: Any  # numpy int64
    more: bool = False


def groups(batches: Iterator[pa.RecordBatch], keys: Sequence[int], most: int = MOST_HELD) -> Iterator[Grouped]:
    """Rows that are sorted by `keys`, whole groups where they are not too large."""
    state = _Groups(keys, most)
    for batch in batches:
        if batch.num_rows:
            yield from state.add(batch)
    yield from state.end()


@dataclass(slots=True)
class _Groups:
    keys: Sequence[int]
    most: int
    held: list[pa.RecordBatch] = field(default_factory=list)  # of the last group seen
    begun: bool = False  # whether rows of that group were given out
    last: pa.RecordBatch | None = None  # the last row seen

    def add(self, batch: pa.RecordBatch) -> Iterator[Grouped]:
        starts = changes(batch, self.keys)
        if self.last is not None and len(changes(joined([self.last, batch.slice(0, 1)]), self.keys)):
            starts = np.concatenate([[0], starts])
        self.last = batch.slice(batch.num_rows - 1, 1)
        if len(starts):
            yield from self._ended(batch, starts)
            self.held, self.begun = [batch.slice(int(starts[-1]))], False
        else:
            self.held.append(batch)
        if sum(b.num_rows for b in self.held) > self.most:
            yield self._all_held(more=True)
            self.held, self.begun = [batch.slice(0, 0)], True

    def _ended(self, batch: pa.RecordBatch, starts: np.ndarray) -> Iterator[Grouped]:
        """The groups that end in a batch, `starts` being where others begin in it."""
        if self.begun:
            self.held.append(batch.slice(0, int(starts[0])))
            yield self._all_held()
            self.held, batch, starts = [], batch.slice(int(starts[0])), starts - starts[0]
        before = sum(b.num_rows for b in self.held)
        ends = starts[starts + before > 0] + before
        if len(ends):
            rows = joined([*self.held, batch.slice(0, int(starts[-1]))])
            yield Grouped(rows, np.diff(np.concatenate([[0], ends])).astype(np.int64))

    def _all_held(self, more: bool = False) -> Grouped:
        rows = joined(self.held)
        return Grouped(rows, np.array([rows.num_rows], np.int64), more)

    def end(self) -> Iterator[Grouped]:
        if self.held:
            yield self._all_held()


def changes(batch: pa.RecordBatch, keys: Sequence[int]) -> np.ndarray:
    """The rows whose keys differ from those of the row before. Keys are of types whose values group as they compare."""
    different = np.zeros(max(batch.num_rows - 1, 0), bool)
    for key in keys:
        column = batch.column(key)
        here, before = column[1:], column[:-1]
        differs = pc.not_equal(here, before)
        if column.null_count:
            differs = pc.coalesce(differs, pc.xor(here.is_valid(), before.is_valid()))
        different |= differs.to_numpy(zero_copy_only=False)
    return np.flatnonzero(different) + 1


def joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches of one schema as one."""
    if len(batches) == 1:
        return batches[0]
    whole = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return whole[0] if whole else batches[0]


def framed(batch: pa.RecordBatch, frames: Sequence[Sequence[int]]) -> pa.RecordBatch:
    """The columns of frames' first and last rows, counted from 1, as slices count: from 0, without the end."""
    columns = list(batch.columns)
    for first, last in {tuple(f) for f in frames if f}:
        columns[first] = pc.subtract(pc.fill_null(batch.column(first), 1), 1).cast(pa.int32())
        columns[last] = pc.fill_null(batch.column(last), 0).cast(pa.int32())
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


# --- two sides -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keyed:
    """A whole group with its key, by which groups are in order."""

    key: tuple[Any, ...]
    rows: list[pa.RecordBatch]


def keyed(batches: Iterator[pa.RecordBatch], keys: Sequence[int], order: Sequence[int]) -> Iterator[Keyed]:
    """Groups one by one, each held as a whole: a function of two groups sees both at once."""
    held: list[pa.RecordBatch] = []
    for part in groups(batches, order):
        start = 0
        for size in part.sizes.tolist():
            held.append(part.rows.slice(start, size))
            start += size
            if not part.more:
                first = next(h for h in held if h.num_rows)
                yield Keyed(tuple(_sortable(first.column(k)[0]) for k in keys), held)
                held = []


def _sortable(value: pa.Scalar) -> Any:
    """A key as the kernel sorts it: NULL first, NaN last, -0.0 as 0.0."""
    return _ordered(value.as_py() if not pa.types.is_timestamp(value.type) else value.cast(pa.int64()).as_py())


def _ordered(value: Any) -> Any:
    match value:
        case None:
            return (0,)
        case float():
            return (2, 0.0) if value != value else (1, value + 0.0)
        case str():
            return (1, value.encode())
        case list() | tuple():
            return (1, [_ordered(v) for v in value])
        case dict():
            return (1, [_ordered(v) for v in value.values()])
    return (1, value)


def cogroups(
    left: Iterator[Keyed], right: Iterator[Keyed], sent: Callable[[int, pa.RecordBatch | None], pa.RecordBatch]
) -> Iterator[Piece]:
    """The groups of both sides by key; one that a side lacks is empty there. `sent(side, rows)` is what is sent."""
    sides = (left, right)
    now = [next(side, None) for side in sides]
    while any(g is not None for g in now):
        key = min(g.key for g in now if g is not None)
        batches: list[tuple[int, pa.RecordBatch]] = []
        for i, group in enumerate(now):
            if group is not None and group.key == key:
                batches += [(i, sent(i, rows)) for rows in group.rows]
                now[i] = next(sides[i], None)
            else:
                batches.append((i, sent(i, None)))
        for n, (i, rows) in enumerate(batches):
            yield Piece(rows, more=n < len(batches) - 1, right=i == 1)
