"""Aggregates whose body is Python (`plan.function.Fold`), as kernel SQL: over the list of a group's rows.

The kernel holds a group's list in its memory, within its limit; a fold itself could take the rows in parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.functions.lowering import python
from glowplug.plan.expressions import Call
from glowplug.plan.function import Fold, Lowering
from glowplug.types import ArrayType, DataType, StructField, StructType

_ROWS = 1 << 16  # that a fold takes in at a time: as Python's objects they are many times as large


def fold_of(call: Call) -> Fold:
    assert call.function.fold is not None
    return call.function.fold(call)


def lower(call: Call, low: Lowering) -> str:
    fold = fold_of(call)
    rows = StructType(tuple(StructField(f"f{i}", a.type) for i, a in enumerate(fold.args)))
    fields = [low.sql(a) for a in fold.args]
    packed = "struct_pack(" + ", ".join(f"f{i} := {x}" for i, x in enumerate(fields)) + ")"
    condition = None if fold.nulls else " AND ".join(f"{x} IS NOT NULL" for x in fields)
    listed = low.aggregate("list", call, (packed,), condition=condition)
    name = f"{call.function.names[0]}_{crc32(fold.key.encode()):08x}"
    return python(
        low,
        name,
        _over_lists(fold, call.type),
        [(f"CAST({listed} AS {low.type(ArrayType(rows))})", ArrayType(rows))],
        call.type,
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
