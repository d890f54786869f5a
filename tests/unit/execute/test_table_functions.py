"""What a table function makes of one row is passed on in parts: nothing holds all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from glowplug.execute.python import table_functions, tables


class Sink:
    def __init__(self) -> None:
        self.sizes: list[int] = []

    def write(self, batch: pa.RecordBatch) -> None:
        self.sizes.append(batch.num_rows)


class AsIs:
    types = (pa.int64(),)

    def batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch


def test_one_row_s_rows_are_sent_in_parts() -> None:
    sink: Any = Sink()
    made = table_functions._Made(sink)
    made.row = 0
    made.add(pa.record_batch({"a": pa.array(range(25_000), pa.int64())}))
    made.add(pa.record_batch({"a": pa.array([], pa.int64())}))
    made.flush()
    assert sink.sizes == [10_000, 10_000, 5_000]


def test_parts_are_passed_on_before_the_next_is_asked_for() -> None:
    asked: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for i in range(2):
            asked.append(i)
            yield pa.record_batch({"row": pa.array([0, 0], pa.int64()), "a": pa.array([i, i], pa.int64())})

    kept, conform = pa.record_batch({"0": pa.array([7, 8], pa.int64())}), AsIs()
    rows = tables._beside(batches(), kept, conform, True)  # type: ignore[arg-type]
    first, made = next(rows)
    assert (first.to_pydict(), made, asked) == ({"0": [7, 7], "1": [0, 0]}, True, [0])
    assert [(b.to_pydict(), m) for b, m in rows] == [
        ({"0": [7, 7], "1": [1, 1]}, True),
        ({"0": [8], "1": [None]}, False),
    ]
