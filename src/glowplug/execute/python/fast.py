"""The commonest kinds of functions, called with less around each call than `pyspark.worker` has.

Results are the same, by the same conversions: columns become lists at once, and frames of many groups are converted
together where that cannot show. All else is left to `pyspark.worker`.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark import worker
from pyspark.errors import PySparkRuntimeError
from pyspark.serializers import read_int
from pyspark.sql import types as t
from pyspark.sql.conversion import (
    ArrowBatchTransformer,
    ArrowTableToRowsConversion,
    LocalDataToArrowConversion,
    PandasToArrowConversion,
)
from pyspark.sql.pandas.types import to_arrow_type
from pyspark.util import PythonEvalType
from pyspark.worker_util import pickleSer

if TYPE_CHECKING:
    from glowplug.execute.python.evaluate import Input, Output

_TOGETHER = 16_384  # rows of results that are converted at once


def pylist(column: pa.Array) -> list[Any]:
    """As `to_pylist`, without a scalar for each number."""
    if not column.null_count and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return column.to_numpy().tolist()  # type: ignore[no-any-return]
    return ArrowTableToRowsConversion._to_pylist(column)  # type: ignore[no-any-return]


def called(function: Callable[..., Any], columns: list[list[Any]], rows: int) -> list[Any]:
    """The results for each row. A StopIteration is an error of the function, as anywhere in PySpark."""
    results = list(map(function, *columns)) if columns else [function() for _ in range(rows)]
    if len(results) != rows:
        raise PySparkRuntimeError(
            errorClass="STOP_ITERATION_OCCURRED",
            messageParameters={"exc": "the function raised StopIteration"},
        )
    return results


# --- functions of rows, through Arrow --------------------------------------------------------------


def read_functions(command: io.BytesIO, conf: Any) -> list[tuple[Callable[..., Any], list[int], t.DataType]]:
    """Each function as it is, where its arguments are, and the type of its results."""
    found = []
    for i in range(read_int(command)):
        read = worker.read_single_udf(pickleSer, command, PythonEvalType.SQL_ARROW_BATCHED_UDF, conf, i)
        found.append((*worker.wrap_kwargs_support(*read[:3]), read[3]))
    return found


def evaluate_arrow_rows(command: io.BytesIO, conf: Any, input_type: t.StructType, source: Input, sink: Output) -> None:
    functions = [(f, offsets, _writer(type, conf)) for f, offsets, type in read_functions(command, conf)]
    readers = [
        ArrowTableToRowsConversion._create_converter(
            f.dataType, none_on_identity=True, binary_as_bytes=conf.binary_as_bytes
        )
        for f in input_type
    ]
    names = [f"_{i}" for i in range(len(functions))]
    for batch in source.batches():
        columns = []
        for column, read in zip(batch.columns, readers, strict=True):
            columns.append(pylist(column) if read is None else [read(v) for v in pylist(column)])
        arrays = [
            write(called(function, [columns[o] for o in offsets], batch.num_rows))
            for function, offsets, write in functions
        ]
        sink.write(pa.RecordBatch.from_arrays(arrays, names))


def _writer(type: t.DataType, conf: Any) -> Callable[[list[Any]], pa.Array]:
    arrow = to_arrow_type(type, timezone="UTC", prefers_large_types=conf.use_large_var_types)
    convert = LocalDataToArrowConversion._create_converter(
        type, none_on_identity=True, int_to_decimal_coercion_enabled=conf.int_to_decimal_coercion_enabled
    )

    def write(values: list[Any]) -> pa.Array:
        converted = values if convert is None else [convert(v) for v in values]
        try:
            return pa.array(converted, arrow)
        except pa.ArrowInvalid:
            return pa.array(converted).cast(arrow, safe=conf.safecheck)

    return write


# --- functions of groups, through pandas -----------------------------------------------------------


def evaluate_groups(command: io.BytesIO, conf: Any, source: Input, sink: Output) -> None:
    """`applyInPandas`: frames are slices of one that holds many groups."""
    read_int(command)
    kind = PythonEvalType.SQL_GROUPED_MAP_PANDAS_UDF
    function, offsets, type, arguments = worker.read_single_udf(pickleSer, command, kind, conf, 0)
    keys, values = offsets[2 : 2 + offsets[1]], offsets[2 + offsets[1] :]
    results = Results(type, conf, sink)
    source.before_pull.insert(0, results.flush)
    messages = source.messages()
    for message in messages:
        if arguments == 1:  # most functions: keys cost more than one would think
            for _, frame in _groups(message, messages, [], values, conf):
                results.add(function(frame))
        else:
            for key, frame in _groups(message, messages, keys, values, conf):
                results.add(function(key, frame))
    results.flush()


def _groups(message: Any, messages: Iterator[Any], keys: list[int], values: list[int], conf: Any) -> Iterator[Any]:
    """Each group's key and frame."""
    batch, sizes = message.batch, message.sizes.tolist()
    if message.more:
        parts = [batch]
        while message.more:
            message = next(messages)
            parts.append(message.batch)
        batch = pa.Table.from_batches(parts).combine_chunks()
        sizes = [batch.num_rows]
    if any(c.null_count and (pa.types.is_integer(c.type) or pa.types.is_boolean(c.type)) for c in batch.columns):
        for start, size in zip(itertools.accumulate(sizes, initial=0), sizes, strict=False):
            yield from _sliced(batch.slice(start, size), [size], keys, values, conf)
    else:
        yield from _sliced(batch, sizes, keys, values, conf)


def _sliced(batch: Any, sizes: list[int], keys: list[int], values: list[int], conf: Any) -> Iterator[Any]:
    """As `_groups`, of columns whose pandas type does not depend on which group a row is in."""
    import pandas as pd

    series = ArrowBatchTransformer.to_pandas(
        pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch,
        timezone=conf.timezone,
        prefer_int_ext_dtype=conf.prefer_int_ext_dtype,
    )
    whole = pd.concat([series[o] for o in values], axis=1)
    start = 0
    for size in sizes:
        frame = whole
        if len(sizes) > 1:  # as `iloc` and a new index, without what they look at; nobody else has these rows
            manager = whole._mgr.get_slice(slice(start, start + size), axis=1)
            manager.axes[1] = pd.RangeIndex(size)
            frame = pd.DataFrame._from_mgr(manager, manager.axes)
        yield tuple([series[o].iloc[start] for o in keys]), frame
        start += size


class Results:
    """Frames that functions returned, converted many at a time."""

    def __init__(self, type: t.StructType, conf: Any, sink: Output) -> None:
        self.type, self.conf, self.sink = type, conf, sink
        self.to_arrow = frames_to_arrow(type, conf)
        self.frames: list[Any] = []
        self.rows = 0
        self.like: Any = None  # columns and types of the frames

    def add(self, frame: Any) -> None:
        """Refuses what is no frame of the declared columns."""
        like = None
        known = self.like is not None and type(frame) is type(self.frames[0]) and frame.columns.equals(self.like[0])
        if not known:
            worker.verify_pandas_result(frame, self.type, self.conf.assign_cols_by_name, truncate_return_schema=False)
        if len(frame.columns) == len(self.type):
            like = (frame.columns, frame._mgr.get_dtypes().tolist())
        if self.frames and not (known and like is not None and like[1] == self.like[1]):
            self.flush()
        self.like = like
        self.frames.append(frame)
        self.rows += len(frame)
        if like is None or self.rows >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        frames, like, self.frames, self.rows, self.like = self.frames, self.like, [], 0, None
        if len(frames) > 1:
            import pandas as pd

            try:
                whole = _numbers(frames) if _is_numpy(like) else pd.concat(frames, ignore_index=True)
                return self.sink.write(self.to_arrow(whole))
            except Exception:  # one of them is to blame: below it is found
                pass
        for frame in frames:
            self.sink.write(self.to_arrow(frame))


def _is_numpy(like: Any) -> bool:
    import numpy as np

    return like is not None and all(isinstance(t, np.dtype) for t in like[1])


def _numbers(frames: list[Any]) -> Any:
    """As `pandas.concat` of frames of the same columns, each of one of NumPy's types."""
    import numpy as np
    import pandas as pd

    managers, names = [f._mgr for f in frames], frames[0].columns
    columns = {i: np.concatenate([m.iget_values(i) for m in managers]) for i in range(len(names))}
    whole = pd.DataFrame(columns, copy=False)
    whole.columns = names
    return whole


# --- functions of partitions, through pandas -------------------------------------------------------


def evaluate_frames(command: io.BytesIO, conf: Any, source: Input, sink: Output) -> None:
    """`mapInPandas`."""
    read_int(command)
    _, function = worker.read_single_udf(pickleSer, command, PythonEvalType.SQL_MAP_PANDAS_ITER_UDF, conf, 0)
    to_arrow = None
    for frame, type in function(_frame(batch, conf) for batch in source.batches()):
        to_arrow = to_arrow or frames_to_arrow(type, conf)
        sink.write(to_arrow(frame))


def _frame(batch: pa.RecordBatch, conf: Any) -> Any:
    """The rows of a struct as a frame whose values can be changed."""
    import pandas as pd

    rows = batch.column(0)
    columns = rows.flatten()
    if columns and not conf.prefer_int_ext_dtype and all(map(_is_number, columns)):
        frame = pd.DataFrame({i: c.to_numpy().copy() for i, c in enumerate(columns)}, copy=False)
        frame.columns = pd.Index([f.name for f in rows.type])
        return frame
    (frame,) = ArrowBatchTransformer.to_pandas(
        batch,
        timezone=conf.timezone,
        struct_in_pandas="dict",
        prefer_int_ext_dtype=conf.prefer_int_ext_dtype,
        df_for_struct=True,
    )
    return frame


def _is_number(column: pa.Array) -> bool:
    return not column.null_count and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type))


def frames_to_arrow(type: t.StructType, conf: Any) -> Callable[[Any], pa.RecordBatch]:
    """What makes a batch of one struct column of a frame. Numbers of just the declared types go without PySpark."""
    schema = t.StructType([t.StructField("_0", type)])
    arrow = to_arrow_type(type, timezone=conf.timezone, prefers_large_types=conf.use_large_var_types)
    simple = all(pa.types.is_integer(f.type) or pa.types.is_floating(f.type) for f in arrow)
    kinds = [f.type.to_pandas_dtype() for f in arrow] if simple else []

    def convert(frame: Any) -> pa.RecordBatch:
        if simple and kinds and frame._mgr.get_dtypes().tolist() == kinds and list(frame.columns) == type.names:
            columns = [
                pa.array(s.to_numpy(), f.type, from_pandas=True) for (_, s), f in zip(frame.items(), arrow, strict=True)
            ]
            return pa.RecordBatch.from_arrays([pa.StructArray.from_arrays(columns, fields=list(arrow))], ["_0"])
        return PandasToArrowConversion.convert(
            [frame],
            schema,
            timezone=conf.timezone,
            safecheck=conf.safecheck,
            arrow_cast=True,
            prefers_large_types=conf.use_large_var_types,
            assign_cols_by_name=conf.assign_cols_by_name,
            int_to_decimal_coercion_enabled=conf.int_to_decimal_coercion_enabled,
        )

    return convert


# --- functions of series -----------------------------------------------------------------------------


def evaluate_series(command: bytes, conf: Any, extra: Any, source: Input, sink: Output) -> None:
    """`pandas_udf`: series of numbers go in and out as they are, all else as PySpark has it."""
    import pandas as pd

    kind, again = PythonEvalType.SQL_SCALAR_PANDAS_UDF, io.BytesIO(command)
    _, _, _, writer = worker.read_udfs(pickleSer, io.BytesIO(command), kind, conf, extra)
    functions = [worker.read_single_udf(pickleSer, again, kind, conf, i) for i in range(read_int(again))]
    names = [f"_{i}" for i in range(len(functions))]
    for batch in source.batches():
        columns = batch.columns
        if columns and not conf.prefer_int_ext_dtype and all(map(_is_number, columns)):
            series = [
                pd.Series(c.to_numpy(), name=f.name, copy=False) for c, f in zip(columns, batch.schema, strict=True)
            ]
        else:
            series = ArrowBatchTransformer.to_pandas(
                batch,
                timezone=conf.timezone,
                struct_in_pandas="dict",
                prefer_int_ext_dtype=conf.prefer_int_ext_dtype,
                df_for_struct=True,
            )
        results = [function(*[series[o] for o in offsets]) for offsets, function in functions]
        arrays = [_number_array(*result) for result in results]
        if any(a is None for a in arrays):
            writer.dump_stream(iter([tuple(results)]), sink)
        else:
            sink.write(pa.RecordBatch.from_arrays(arrays, names))


def _number_array(series: Any, type: t.DataType) -> pa.Array | None:
    """An array of a series of numbers of just the declared type; NaN is NULL, as ever."""
    arrow = _NUMBERS.get(type.__class__)
    if arrow is None or getattr(series, "dtype", None) != arrow.to_pandas_dtype() or not hasattr(series, "to_numpy"):
        return None
    return pa.array(series.to_numpy(), arrow, from_pandas=True)


_NUMBERS = {
    t.ByteType: pa.int8(), t.ShortType: pa.int16(), t.IntegerType: pa.int32(), t.LongType: pa.int64(),
    t.FloatType: pa.float32(), t.DoubleType: pa.float64(),
}  # fmt: skip
