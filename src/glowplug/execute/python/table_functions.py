"""Table functions in a worker: which of the rows given each row they make belongs to is said in a column, `row`.

`row` counts the rows of the message that came last; -1 is what `terminate` makes, after all of them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyspark import worker
from pyspark.sql import types as t
from pyspark.sql.conversion import ArrowBatchTransformer
from pyspark.util import PythonEvalType
from pyspark.worker_util import pickleSer

from glowplug.execute.python.evaluate import Input, Output
from glowplug.execute.python.rows import python_columns, readers_of, writer_of

_HELD = 10_000  # rows made, before they are sent


class _Made:
    """Rows on their way out."""

    def __init__(self, sink: Output) -> None:
        self.sink = sink
        self.row = -1  # the one that results are made of
        self.batches: list[pa.RecordBatch] = []
        self.rows: list[int] = []

    def add(self, batch: pa.RecordBatch) -> None:
        for first in range(0, batch.num_rows, _HELD):  # all that is made of one row comes as one batch
            part = batch.slice(first, _HELD)
            self.batches.append(part)
            self.rows += [self.row] * part.num_rows
            if len(self.rows) >= _HELD:
                self.flush()

    def flush(self) -> None:
        if self.rows:
            table = pa.Table.from_batches([b for b in self.batches if b.num_rows]).combine_chunks()
            (batch,) = table.to_batches()
            self.sink.write(
                pa.RecordBatch.from_arrays(
                    [pa.array(self.rows, pa.int64()), *batch.columns], ["row", *batch.schema.names]
                )
            )
        self.batches, self.rows = [], []


def evaluate_table(kind: int, command: io.BytesIO, conf: Any, extra: Any, source: Input, sink: Output) -> None:
    function, _, _, _ = worker.read_udtf(pickleSer, command, kind, conf, extra)
    made = _Made(sink)
    source.before_pull.insert(0, made.flush)
    if kind == PythonEvalType.SQL_TABLE_UDF:
        _rows(function, conf, extra, source, made)
    elif kind == PythonEvalType.SQL_ARROW_TABLE_UDF:
        _arrow_rows(function, conf, extra, source, made)
    else:
        _batches(function, extra, source, made)
    made.flush()
    for _ in source.messages():
        pass


def _rows(function: Any, conf: Any, extra: Any, source: Input, made: _Made) -> None:
    """Results are tuples, one for each row given, of rows in PySpark's internal form."""
    readers = readers_of(json.loads(extra._conf["input_type"]), conf)
    write = writer_of(t.StructType.fromJson(json.loads(extra._conf["output_type"])))

    def given() -> Iterator[list[Any]]:
        for message in source.messages():
            columns = python_columns(message.batch, readers)
            for row in range(message.batch.num_rows):
                made.row = row
                yield [c[row] for c in columns]
        made.flush()
        made.row = -1

    for results in function(None, given()):
        if results:
            made.add(pa.RecordBatch.from_struct_array(write(list(results))))


def _arrow_rows(function: Any, conf: Any, extra: Any, source: Input, made: _Made) -> None:
    """A batch for each row given (or, through pandas, a frame), also where it has no rows; then `terminate`'s."""
    legacy = conf.use_legacy_pandas_udtf_conversion
    types = t.StructType.fromJson(json.loads(extra._conf["input_type"]))
    ended = False

    def given() -> Iterator[Any]:
        nonlocal ended
        for message in source.messages():
            made.row = -1
            if legacy:
                yield ArrowBatchTransformer.to_pandas(
                    message.batch, conf.timezone, types, struct_in_pandas="row", ndarray_as_list=True,
                    prefer_int_ext_dtype=conf.prefer_int_ext_dtype,
                )  # fmt: skip
            else:
                yield message.batch
        made.flush()
        made.row, ended = -1, True

    for result, type in function(None, given()):
        made.row += 0 if ended else 1
        batch = _from_pandas(result, type, conf) if legacy else result
        if batch.num_rows:
            made.add(batch)


def _from_pandas(frame: Any, type: t.StructType, conf: Any) -> pa.RecordBatch:
    from pyspark.sql.conversion import PandasToArrowConversion

    wrapped = PandasToArrowConversion.convert(
        [frame], t.StructType([t.StructField("_0", type)]), timezone=conf.timezone, safecheck=conf.safecheck,
        arrow_cast=True, ignore_unexpected_complex_type_values=True, is_legacy=True,
        int_to_decimal_coercion_enabled=conf.int_to_decimal_coercion_enabled,
    )  # fmt: skip
    return pa.RecordBatch.from_struct_array(wrapped.column(0))


def _batches(function: Any, extra: Any, source: Input, made: _Made) -> None:
    """Functions of Arrow arrays: of a batch of a table's rows, or of one row of other arguments."""
    tables = extra.table_arg_offsets or []

    def given() -> Iterator[list[Any]]:
        for message in source.messages():
            whole = message.batch
            for start in range(0, whole.num_rows, max(whole.num_rows, 1) if tables else 1):
                part = whole if tables else whole.slice(start, 1)
                made.row = start
                yield [
                    ArrowBatchTransformer.flatten_struct(part, column_index=i) if i in tables else part.column(i)
                    for i in range(part.num_columns)
                ]
        made.flush()
        made.row = -1

    for batch, type in function(None, given()):
        made.add(ArrowBatchTransformer.enforce_schema(batch, pa.schema(list(type)), safecheck=True))
