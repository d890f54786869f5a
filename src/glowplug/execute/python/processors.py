"""Functions of groups that keep something of them, in a worker: `applyInPandasWithState` and `transformWithState`.

The engine sends what is kept of a group before the group's rows, and gets back what changed of it: user code that asks
for state has it at once, without a word to the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.sql import types as t
from pyspark.sql.conversion import ArrowBatchTransformer
from pyspark.sql.pandas.types import to_arrow_type
from pyspark.sql.streaming.state import GroupState
from pyspark.sql.streaming.stateful_processor import ExpiredTimerInfo, TimerValues
from pyspark.util import PythonEvalType

from glowplug.execute.python.fast import Results, pylist
from glowplug.execute.python.state import Codec, Handle, Item, Items, State, misplaced, timer_id
from glowplug.execute.python.task import GROUP, TIMERS, Task

if TYPE_CHECKING:
    from glowplug.execute.python.evaluate import Input, Output

WITH_STATE = PythonEvalType.SQL_GROUPED_MAP_PANDAS_UDF_WITH_STATE
OF_FRAMES = (
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PANDAS_UDF,
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PANDAS_INIT_STATE_UDF,
)
OF_ROWS = (
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PYTHON_ROW_UDF,
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PYTHON_ROW_INIT_STATE_UDF,
)
_INITIAL, _ROW = 1, 2  # kinds of rows, after those of state
_TOGETHER = 10_000  # rows of results that become a batch


def evaluate_stateful(task: Task, conf: Any, source: Input, sink: Output) -> None:
    """One task of the stage that `glowplug.execute.python.stateful` makes; its layout of rows is said there."""
    about = json.loads(task.extra["stateful"])
    function, _ = cloudpickle.loads(task.command)
    state = State(about["batch_ms"], about["watermark_ms"])
    type = t.StructType.fromJson(about["output"])
    caller: _Caller
    if task.kind == WITH_STATE:
        caller = _WithState(function, about, state, Results(type, conf, sink))
    else:
        results = Results(type, conf, sink) if task.kind in OF_FRAMES else _RowResults(type, sink)
        caller = _Processor(function.__self__._stateful_processor, about, state, results)
    messages = source.messages()
    try:
        for message in messages:
            chunk = Chunk(message, messages, about, conf, task.kind not in OF_ROWS, task.rows)
            changes: list[tuple[int, str, bytes, Item | None]] = []
            for group in chunk.groups():
                state.begin(group.items)
                caller.call(group)
                for (variable, id), was in state.touched.items():
                    item = state.of(variable).get(id)
                    if was or item is not None:
                        changes.append((group.start, variable, id, item))
            caller.results.flush()
            if changes:
                sink.write(chunk.changed(changes))
    finally:
        caller.close()


# --- groups -----------------------------------------------------------------------------------------


class Group:
    """Its first row among those of the chunk, its state, and where its other rows are."""

    __slots__ = ("chunk", "initial", "items", "rows", "start")

    def __init__(self, chunk: Chunk, start: int, items: Items, initial: range, rows: range) -> None:
        self.chunk, self.start, self.items, self.initial, self.rows = chunk, start, items, initial, rows


class Chunk:
    """Whole groups. Columns: the keys, the kind of row, those of new rows, of initial rows, and four of the state."""

    def __init__(self, message: Any, messages: Iterator[Any], about: Any, conf: Any, frames: bool, most: int) -> None:
        batch, self.sizes = message.batch, message.sizes.tolist()
        if message.more:
            parts = [batch]
            while message.more:
                message = next(messages)
                parts.append(message.batch)
            (batch,) = pa.Table.from_batches(parts).combine_chunks().to_batches()
            self.sizes = [batch.num_rows]
        self.batch, self.keys, self.kinds = batch, about["keys"], batch.column(about["keys"]).to_numpy()
        first = self.keys + 1
        args = self._named(slice(first, first + len(about["args"])), about["args"])
        initial = self._named(slice(first + len(about["args"]), batch.num_columns - 4), about["initial"])
        columns = self.batch.columns[: self.keys]
        self.inputs: dict[int, _Frames | _Rows] = {}
        if frames:
            self.inputs = {k: _Frames(b, self.kinds == k, conf, most) for k, b in ((_ROW, args), (_INITIAL, initial))}
            self.key_columns = [s.array for s in _series(batch.select(range(self.keys)), conf)]
        else:
            self.inputs = {_ROW: _Rows(args), _INITIAL: _Rows(initial)}
            self.key_columns = [c.to_pylist() for c in columns]

    def _named(self, columns: slice, names: list[str]) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(self.batch.columns[columns], names)

    def groups(self) -> Iterator[Group]:
        variables, ids, values, expiries = (pylist(c) for c in self.batch.columns[-4:])
        start = 0
        for size in self.sizes:
            initial, rows = (start + self.kinds[start : start + size].searchsorted((_INITIAL, _ROW))).tolist()
            items: Items = {}
            for i in range(start, initial):
                items.setdefault(variables[i], {})[ids[i]] = Item(values[i], expiries[i])
            yield Group(self, start, items, range(initial, rows), range(rows, start + size))
            start += size

    def key(self, row: int) -> tuple[Any, ...]:
        return tuple([c[row] for c in self.key_columns])

    def changed(self, changes: list[tuple[int, str, bytes, Item | None]]) -> pa.RecordBatch:
        """Changes as the engine wants them: the keys, the entry, and whether it is gone."""
        rows, variables, ids, items = zip(*changes, strict=True)
        at = pa.array(rows, pa.int64())
        columns = [self.batch.column(k).take(at) for k in range(self.keys)]
        columns += [pa.array(variables, pa.string()), pa.array(ids, pa.binary())]
        columns.append(pa.array([None if i is None else i.value for i in items], pa.binary()))
        columns.append(pa.array([None if i is None else i.expiry for i in items], pa.int64()))
        columns.append(pa.array([i is None for i in items]))
        return pa.RecordBatch.from_arrays(columns, [f"c{i}" for i in range(len(columns))])


class _Rows:
    """A range of the batch's rows as `Row`s."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self._make = t.Row(*batch.schema.names)
        self._columns: list[list[Any]] | None = None

    def of(self, rows: range) -> Iterator[Any]:
        if self._columns is None:
            self._columns = [c.to_pylist() for c in self._batch.columns]
        for i in rows:
            yield self._make(*[c[i] for c in self._columns])


class _Frames:
    """A range of the batch's rows as frames of at most so many rows. Only rows of the `kind` have values."""

    def __init__(self, batch: pa.RecordBatch, kind: Any, conf: Any, most: int) -> None:
        self._batch, self._kind, self._conf, self._most = batch, kind, conf, most
        self._whole: Any = None
        self._before: Any = None  # how many rows of the kind are before each

    def of(self, rows: range) -> Iterator[Any]:
        import pandas as pd

        if not rows:
            return
        if self._before is None:
            self._before = self._kind.cumsum() - self._kind
            self._batch = self._batch if self._kind.all() else self._batch.filter(pa.array(self._kind))
            if not any(c.null_count and _differs(c.type) for c in self._batch.columns):
                self._whole = self.empty(self._batch)
        first = int(self._before[rows.start])
        for start in range(first, first + len(rows), self._most):
            size = min(self._most, first + len(rows) - start)
            if self._whole is None:
                yield self.empty(self._batch.slice(start, size))
                continue
            frame = self._whole.iloc[start : start + size]
            frame.index = pd.RangeIndex(size)
            frame._is_copy = None  # nobody else looks at these rows
            yield frame

    def empty(self, batch: pa.RecordBatch | None = None) -> Any:
        """A frame of these rows, or of none."""
        import pandas as pd

        batch = self._batch.slice(0, 0) if batch is None else batch
        names = batch.schema.names
        frame = pd.concat(_series(batch, self._conf), axis=1) if names else pd.DataFrame(index=range(batch.num_rows))
        frame.columns = pd.Index(names)
        return frame


def _differs(type: pa.DataType) -> bool:
    """Whether the pandas type of a column depends on whether it has NULLs."""
    return bool(pa.types.is_integer(type) or pa.types.is_boolean(type))


def _series(batch: pa.RecordBatch, conf: Any) -> list[Any]:
    if not batch.num_columns:
        return []
    found: list[Any] = ArrowBatchTransformer.to_pandas(
        pa.RecordBatch.from_arrays(batch.columns, [f"_{i}" for i in range(batch.num_columns)]),
        timezone=conf.timezone,
        struct_in_pandas="dict",
        prefer_int_ext_dtype=conf.prefer_int_ext_dtype,
    )
    return found


# --- callers ----------------------------------------------------------------------------------------


class _WithState:
    """`applyInPandasWithState`: one item, whose time is when the group times out."""

    def __init__(self, function: Any, about: Any, state: State, results: Results) -> None:
        self.function, self.about, self.state, self.results = function, about, state, results
        self.schema = t.StructType.fromJson(about["variables"][GROUP]["versions"][-1])
        self.codec = Codec([t.StructType.fromJson(v) for v in about["variables"][GROUP]["versions"]])
        self.timeout = {"none": "NoTimeout", "processing_time": "ProcessingTimeTimeout"}.get(
            about["time_mode"], "EventTimeTimeout"
        )

    def call(self, group: Group) -> None:
        """With rows, if the group has some, else because its time has come; or both, one after the other."""
        due = self.about["due_ms"]
        if group.rows:
            frames = group.chunk.inputs[_ROW].of(group.rows)
            self._call(group, frames, False)
        item = self.state.of(GROUP).get(b"")
        if item is not None and item.expiry is not None and due is not None and item.expiry < due:
            of_rows = group.chunk.inputs[_ROW]
            assert isinstance(of_rows, _Frames)
            self._call(group, iter((of_rows.empty(),)), True)

    def _call(self, group: Group, frames: Iterator[Any], timed_out: bool) -> None:
        item = self.state.of(GROUP).get(b"")
        value = None if item is None or item.value is None else self.codec.unpack(item.value)
        state = GroupState(
            optionalValue=value, batchProcessingTimeMs=self.state.batch_ms,
            eventTimeWatermarkMs=self.state.watermark_ms if self.about["has_watermark"] else GroupState.NO_TIMESTAMP,
            timeoutConf=self.timeout, hasTimedOut=timed_out, watermarkPresent=self.about["has_watermark"],
            defined=value is not None, updated=False, removed=False, timeoutTimestamp=GroupState.NO_TIMESTAMP,
            keyAsUnsafe=b"", valueSchema=self.schema,
        )  # fmt: skip
        for frame in self.function(group.chunk.key(group.start), frames, state):
            self.results.add(frame)
        timeout = state._timeout_timestamp
        expiry = None if timeout == GroupState.NO_TIMESTAMP else int(timeout)
        if state._updated:
            self.state.put(GROUP, b"", Item(self.codec.pack(tuple(state._value)), expiry))
        elif state._removed or not state._defined:
            self.state.put(GROUP, b"", Item(None, expiry)) if expiry is not None else self.state.remove(GROUP, b"")
        elif item is not None and item.expiry != expiry:
            self.state.put(GROUP, b"", Item(item.value, expiry))

    def close(self) -> None:
        pass


class _Processor:
    """`transformWithState`: a `StatefulProcessor` of the user's."""

    def __init__(self, processor: Any, about: Any, state: State, results: Any) -> None:
        self.processor, self.state, self.results, self.due = processor, state, results, about["due_ms"]
        self.times = TimerValues(-1, -1)
        if about["time_mode"] != "none":
            self.times = TimerValues(state.batch_ms, state.watermark_ms)
        self.handle = Handle(state, about["time_mode"], about["schemas"], about["variables"])
        processor.init(self.handle)
        self.handle.initialized = True

    def call(self, group: Group) -> None:
        key, add = group.chunk.key(group.start), self.results.add
        for row in group.chunk.inputs[_INITIAL].of(group.initial):
            self.processor.handleInitialState(key, row, self.times)
        if group.rows:
            for result in self.processor.handleInputRows(key, group.chunk.inputs[_ROW].of(group.rows), self.times):
                add(result)
        if self.due is None or TIMERS not in self.state.items:
            return
        for at in sorted(i.expiry for i in self.state.items[TIMERS].values() if i.expiry is not None):
            if at > self.due:
                break
            if timer_id(at) not in self.state.items[TIMERS]:
                continue  # deleted by another
            for result in self.processor.handleExpiredTimer(key, self.times, ExpiredTimerInfo(at)):
                add(result)
            self.state.remove(TIMERS, timer_id(at))

    def close(self) -> None:
        self.processor.close()


class _RowResults:
    """Rows, by the names of their fields, that become batches of one struct column."""

    def __init__(self, type: t.StructType, sink: Output) -> None:
        self.type, self.sink = to_arrow_type(type, timezone="UTC", prefers_large_types=False), sink
        self.names, self.rows = type.names, []  # type: ignore[var-annotated]
        self.flat = not any(pa.types.is_nested(f.type) for f in self.type)

    def add(self, row: Any) -> None:
        self.rows.append(row)
        if len(self.rows) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        rows, self.rows = self.rows, []
        if not rows:
            return
        if self.flat and all(getattr(row, "__fields__", None) == self.names for row in rows):
            columns = [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), self.type, strict=True)]
            array = pa.StructArray.from_arrays(columns, fields=list(self.type))
        else:
            array = pa.array([row.asDict(True) for row in rows], self.type)
        self.sink.write(pa.RecordBatch.from_arrays([array], ["_0"]))


_Caller = _WithState | _Processor


# --- before a query starts --------------------------------------------------------------------------


class _Recorder:
    """The handle that `init` gets while nothing runs: it only notes what is asked for."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.deleted: list[str] = []

    def getValueState(self, stateName: str, schema: Any, ttlDurationMs: int | None = None) -> None:
        self._note(stateName, "value", None, schema, ttlDurationMs)

    def getListState(self, stateName: str, schema: Any, ttlDurationMs: int | None = None) -> None:
        self._note(stateName, "list", None, schema, ttlDurationMs)

    def getMapState(
        self, stateName: str, userKeySchema: Any, valueSchema: Any, ttlDurationMs: int | None = None
    ) -> None:
        self._note(stateName, "map", userKeySchema, valueSchema, ttlDurationMs)

    def deleteIfExists(self, stateName: str) -> None:
        self.deleted.append(stateName)

    def _timer(self, *_: Any) -> None:
        raise misplaced("what concerns timers", "handleInputRows, handleExpiredTimer and handleInitialState")

    registerTimer = deleteTimer = listTimers = _timer

    def _note(self, name: str, kind: str, key: Any, schema: Any, ttl: int | None) -> None:
        if name in self.variables:
            from pyspark.errors import PySparkRuntimeError

            raise PySparkRuntimeError(f"[STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED] {name} is there twice")
        self.variables[name] = {"kind": kind, "key": _schema(key), "schema": _schema(schema), "ttl": ttl}


def _schema(schema: Any) -> Any:
    return schema.jsonValue() if isinstance(schema, t.StructType) else schema


def describe(command: bytes) -> bytes:
    """What the processor's `init` asks for, as JSON: variables by name, and the names of those to delete."""
    function, _ = cloudpickle.loads(command)
    processor, recorder = function.__self__._stateful_processor, _Recorder()
    processor.init(recorder)
    processor.close()
    return json.dumps({"variables": recorder.variables, "deleted": recorder.deleted}).encode()
