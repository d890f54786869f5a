"""Aggregates whose body is Python (`plan.function.Fold`), as kernel SQL.

Groups that fit into memory are lists of rows, of which each becomes a result. Otherwise the rows pass through a
function that keeps a state for each group: it has the number of a row's group and the group's size from the kernel,
which sorts by groups (and spills), so that few groups are under way at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.functions.lowering import python
from glowplug.plan.expressions import Call
from glowplug.plan.function import Fold, Lowering
from glowplug.types import BOOLEAN, DOUBLE, LONG, ArrayType, DataType, StructField, StructType

_ROWS = 1 << 16  # that a fold takes in at a time: as Python's objects they are many times as large


def fold_of(call: Call) -> Fold:
    assert call.function.fold is not None
    return call.function.fold(call)


def lower(call: Call, low: Lowering) -> str:
    return lower_as(fold_of(call), call, low)


def lower_as(fold: Fold, call: Call, low: Lowering, listed: str = "") -> str:
    """A call's SQL by a fold. `listed`: the SQL where groups are held in memory, if not by the fold too."""
    fields = [low.sql(a) for a in fold.args]
    condition = None if fold.nulls else " AND ".join(f"{x} IS NOT NULL" for x in fields)
    if low.spills(outside=True):
        return _passed_through(fold, call, low, fields, condition)
    if listed:
        return listed
    rows = StructType(tuple(StructField(f"f{i}", a.type) for i, a in enumerate(fold.args)))
    packed = "struct_pack(" + ", ".join(f"f{i} := {x}" for i, x in enumerate(fields)) + ")"
    listed = low.aggregate("list", call, (packed,), condition=condition)
    name = f"{call.function.names[0]}_{crc32(fold.key.encode()):08x}"
    return python(
        low,
        name,
        _over_lists(fold, fold.result or call.type),
        [(f"CAST({listed} AS {low.type(ArrayType(rows))})", ArrayType(rows))],
        fold.result or call.type,
    )


def _over_lists(fold: Fold, result: DataType) -> Callable[[Any], Any]:
    def body(lists: Any) -> Any:
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        columns, at, out = lists.flatten().flatten(), 0, []
        for length in lists.value_lengths().fill_null(0).to_pylist():
            state = fold.start()
            for start in range(at, at + length, _ROWS):
                state = fold.add(state, *(c.slice(start, min(_ROWS, at + length - start)) for c in columns))
            out.append(fold.finish(state))
            at += length
        return pa.array(out, arrow_type(result, "UTC"))

    return body


def _passed_through(fold: Fold, call: Call, low: Lowering, fields: list[str], condition: str | None) -> str:
    result, whole = fold.result or call.type, replace(call, filter=None, distinct=False)
    conditions = [c for c in (condition, call.filter and low.sql(call.filter)) if c]
    if call.distinct:
        same = tuple(map(low.column, (*fields, *conditions)))
        conditions.append(f"{low.beside('row_number()', same)} = 1")
    kept = f"({' AND '.join(conditions) or 'true'})"
    name, states = call.function.names[0], _States(fold, result)
    columns = [(kept, BOOLEAN), *zip(fields, (a.type for a in fold.args), strict=True)]
    group = low.group()
    if group is None:  # the random number has the function called for each row, where all are equal
        taken = python(low, f"{name}_take", states.take, [("random()", DOUBLE), *columns], LONG)
        return python(
            low, f"{name}_end", states.end, [(low.aggregate("sum", whole, (taken,)) + "::BIGINT", LONG)], result
        )
    passed = python(low, f"{name}_pass", states.passed, [*((g, LONG) for g in group), *columns], result)
    return low.aggregate("max", whole, (passed,))


def _each_row_once(body: Callable[..., Any]) -> Callable[..., Any]:
    """Has the kernel take it for a function with side effects, which it computes as often as it is written."""
    body.costly = True  # type: ignore[attr-defined]
    return body


@dataclass(slots=True, eq=False)
class _States:
    """The states of one statement's groups. Rows come in any order, in parts, from several threads."""

    fold: Fold
    result: DataType
    under_way: dict[int, tuple[Any, int]] = field(default_factory=dict)  # by the group's number, with rows to come
    lock: Any = field(default_factory=Lock)

    @_each_row_once
    def take(self, _: Any, kept: Any, *columns: Any) -> Any:
        """Rows of the only group."""
        with self.lock:
            state, _ = self.under_way.get(0, (self.fold.start(), 0))
            self.under_way[0] = self.fold.add(state, *(_whole(c.filter(kept)) for c in columns)), 0
        return pa.array(np.ones(len(kept), np.int64))

    @_each_row_once
    def end(self, rows: Any) -> Any:
        with self.lock:
            state, _ = self.under_way.pop(0, (self.fold.start(), 0))
        return pa.array([self.fold.finish(state)] * len(rows), arrow_type(self.result, "UTC"))

    @_each_row_once
    def passed(self, groups: Any, sizes: Any, kept: Any, *columns: Any) -> Any:
        """The result of each group at the last row of it that comes, NULL at the others."""
        numbers, sizes = groups.to_numpy(), sizes.to_numpy()
        order = np.argsort(numbers, kind="stable")
        starts = np.flatnonzero(np.diff(numbers[order], prepend=numbers[order[0]] - 1)) if len(order) else order
        ends = np.append(starts[1:], len(order))
        sorted_columns = [_whole(c.take(order)) for c in columns]
        kept = _whole(kept.take(order))
        places, results = [], []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            number = int(numbers[order[start]])
            part = kept.slice(start, end - start)
            rows = [c.slice(start, end - start) for c in sorted_columns]
            if part.true_count < len(part):
                rows = [r.filter(part) for r in rows]
            with self.lock:
                state, left = self.under_way.pop(number, (None, int(sizes[order[start]])))
                state = self.fold.add(self.fold.start() if state is None else state, *rows)
                left -= end - start
                if left:
                    self.under_way[number] = state, left
                else:
                    places.append(int(order[start]))
                    results.append(self.fold.finish(state))
        found = pa.array(results, arrow_type(self.result, "UTC"))
        at = np.full(len(numbers), -1)
        at[places] = np.arange(len(places))
        return found.take(pa.array(at, mask=at < 0))


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
