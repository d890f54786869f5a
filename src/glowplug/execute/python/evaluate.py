"""Runs one task over the batches that come in and hands on those that its function makes.

`pyspark.worker` makes the function: what it is called with, what it may return and what it raises are Spark's own. Its
serializers are used without their streams: batches come from a `Channel` and go to it.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyspark
from pyspark import worker
from pyspark.sql.pandas import serializers
from pyspark.util import PythonEvalType
from pyspark.worker_util import pickleSer

from glowplug.execute.python.channel import Channel, ChannelClosed, Message
from glowplug.execute.python.task import HIDE_TRACEBACK, SIMPLIFY_TRACEBACK, Task

_TOGETHER = 65_536  # rows
_AT_MOST = 0.02  # seconds
_STATEFUL = (
    PythonEvalType.SQL_GROUPED_MAP_PANDAS_UDF_WITH_STATE,
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PANDAS_UDF,
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PANDAS_INIT_STATE_UDF,
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PYTHON_ROW_UDF,
    PythonEvalType.SQL_TRANSFORM_WITH_STATE_PYTHON_ROW_INIT_STATE_UDF,
)
_TABLES = (PythonEvalType.SQL_TABLE_UDF, PythonEvalType.SQL_ARROW_TABLE_UDF, PythonEvalType.SQL_ARROW_UDTF)


class Input:
    """The batches of a task, in the forms that PySpark's serializers give them to functions."""

    def __init__(self, channel: Channel, rows: int) -> None:
        self._channel, self._rows = channel, rows
        self._within = True  # a chunk: the first message is not asked for
        self._ended = False
        self.before_pull: list[Callable[[], None]] = []

    def messages(self) -> Iterator[Message]:
        """Those that nobody has read yet."""
        while not self._ended:
            if not self._within:
                for send in self.before_pull:
                    send()
                self._channel.put(Message("pull"))
            message = self._channel.get()
            if message.kind == "end":
                self._ended = True
                return
            self._within = message.more
            yield message

    def batches(self) -> Iterator[pa.RecordBatch]:
        for message in self.messages():
            yield from self._sliced(message.batch)

    def _sliced(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        if batch.num_rows <= self._rows:
            yield batch
            return
        for start in range(0, batch.num_rows, self._rows):
            yield batch.slice(start, self._rows)

    def groups(self) -> Iterator[Iterator[pa.RecordBatch]]:
        """An iterator for each group; what the function leaves of one is skipped."""
        messages = self.messages()
        for message in messages:
            starts = itertools.accumulate(message.sizes, initial=0)
            slices = [message.batch.slice(start, size) for start, size in zip(starts, message.sizes, strict=False)]
            for group in slices[: -1 if message.more else None]:
                yield self._sliced(group)
            if message.more:
                rest = self._open_group(slices[-1], messages)
                yield rest
                for _ in rest:
                    pass

    def _open_group(self, first: pa.RecordBatch, messages: Iterator[Message]) -> Iterator[pa.RecordBatch]:
        """The group that a message did not end: the next ones hold its rows and nothing else."""
        yield from self._sliced(first)
        for message in messages:
            yield from self._sliced(message.batch)
            if not message.more:
                return

    def cogroups(self) -> Iterator[tuple[list[pa.RecordBatch], list[pa.RecordBatch]]]:
        left: list[pa.RecordBatch] = []
        right: list[pa.RecordBatch] = []
        for message in self.messages():
            (right if message.right else left).append(message.batch)
            if not message.more:
                yield left, right
                left, right = [], []


class Output:
    """Where results go: small ones together, but none waits for long while the function makes others."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._held: list[pa.RecordBatch] = []
        self._rows = 0
        self._sent = time.monotonic()

    def write(self, batch: pa.RecordBatch) -> None:
        if self._held and not batch.schema.equals(self._held[0].schema):
            self.flush()
        self._held.append(batch)
        self._rows += batch.num_rows
        if self._rows >= _TOGETHER or time.monotonic() - self._sent > _AT_MOST:
            self.flush()

    def flush(self) -> None:
        held, self._held, self._rows = self._held, [], 0
        if held:
            whole = held if len(held) == 1 else pa.Table.from_batches(held).combine_chunks().to_batches()
            for batch in whole or held[:1]:
                self._channel.put(Message("batch", batch))
        self._sent = time.monotonic()


def use_channels() -> None:
    """Let PySpark's serializers read from an `Input` and write to an `Output`. Idempotent."""
    if getattr(serializers.ArrowStreamSerializer, "glowplug", False):
        return
    serializers.ArrowStreamSerializer.glowplug = True
    _redirect(serializers.ArrowStreamSerializer, Input.batches)
    _redirect(serializers.ArrowStreamGroupSerializer, Input.groups)
    _redirect(serializers.ArrowStreamCoGroupSerializer, Input.cogroups)
    dump, start = serializers.ArrowStreamSerializer.dump_stream, serializers.ArrowStreamSerializer._write_stream_start

    def write(self: Any, batches: Iterable[pa.RecordBatch], stream: Any) -> None:
        if not isinstance(stream, Output):
            return dump(self, batches, stream)  # type: ignore[no-any-return]
        for batch in batches:
            stream.write(batch)

    def begin(self: Any, batches: Iterator[pa.RecordBatch], stream: Any) -> Iterator[pa.RecordBatch]:
        return batches if isinstance(stream, Output) else start(self, batches, stream)

    serializers.ArrowStreamSerializer.dump_stream = write
    serializers.ArrowStreamSerializer._write_stream_start = begin


def _redirect(serializer: Any, read: Callable[[Input], Iterator[Any]]) -> None:
    load = serializer.load_stream
    serializer.load_stream = lambda self, stream: read(stream) if isinstance(stream, Input) else load(self, stream)


def serve(channel: Channel, message: Message) -> bool:
    """Run the task of a message; whether the worker can be used again. Failures are the answer, never raised."""
    task, process = Task(**message.data), os.getpid()
    try:
        done = _run(task, channel)
        channel.put(Message("done", data=done))
        return True
    except ChannelClosed:
        return False
    except BaseException as error:
        if os.getpid() != process:  # user code forked, and this is its child
            os._exit(0)
        with contextlib.suppress(ChannelClosed):
            channel.put(Message("error", data=_failure(error, task.conf)))
        return False


def _run(task: Task, channel: Channel) -> dict[str, Any]:
    use_channels()
    _surround(task)
    worker._accumulatorRegistry.clear()
    answer = None
    if isinstance(task.kind, str) and "." in task.kind:
        importlib.import_module(task.kind).converse(task.command, channel)
    elif isinstance(task.kind, str):
        answer = _asked(task.kind, task.command)
    else:
        source, sink = Input(channel, task.rows), Output(channel)
        source.before_pull.append(sink.flush)
        _evaluate(task, source, sink)
        sink.flush()
    return {
        "answer": answer,
        "accumulators": [pickleSer.dumps((a, v._value)) for a, v in worker._accumulatorRegistry.items()],
    }


def _asked(module: str, request: bytes) -> bytes:
    """What one of PySpark's planning modules (`pyspark.sql.worker`) answers, or our own about a stateful processor."""
    if module == "stateful_processor":
        from glowplug.execute.python.processors import describe

        return describe(request)
    answer = io.BytesIO()
    importlib.import_module(f"pyspark.sql.worker.{module}")._main(io.BytesIO(request), answer)
    return answer.getvalue()


def _surround(task: Task) -> None:
    """What user code finds around it: its modules, its files and the task's context."""
    for path in reversed(task.paths):
        if path not in sys.path:
            sys.path.insert(1, path)
    if task.files:
        os.chdir(task.files)
    context = {
        "stageId": 0, "partitionId": task.partition, "attemptNumber": 0, "taskAttemptId": task.partition, "cpus": 1,
        "resources": {}, "localProperties": {},
    }  # fmt: skip
    from pyspark.taskcontext import BarrierTaskContext, TaskContext

    for cls in (TaskContext, BarrierTaskContext):  # each makes one object only, until it is told to forget it
        cls._setTaskContext(None)
    made: TaskContext | None = None  # while a query is analysed there are no tasks
    if task.meeting is not None:
        port, secret = task.meeting
        context["localProperties"] = {"addresses": ",".join([f"localhost:{port}"] * task.partitions)}
        made = BarrierTaskContext.from_json({**context, "connInfo": port, "secret": secret})
    elif not isinstance(task.kind, str):
        made = TaskContext.from_json(context)
    TaskContext._setTaskContext(made)


def _evaluate(task: Task, source: Input, sink: Output) -> None:
    conf, extra = worker.RunnerConf(), worker.EvalConf()
    conf._conf.update(task.conf)
    extra._conf.update(task.extra)
    command = io.BytesIO(task.command)
    if task.kind == PythonEvalType.SQL_BATCHED_UDF:
        from glowplug.execute.python.rows import evaluate_rows

        types = (json.loads(task.extra["input_type"]), json.loads(task.extra["output_type"]))
        return evaluate_rows(command, conf, *types, source, sink)
    assert isinstance(task.kind, int)
    if task.kind == PythonEvalType.SQL_ARROW_BATCHED_UDF and _is_plain(conf):
        from glowplug.execute.python.fast import evaluate_arrow_rows

        return evaluate_arrow_rows(command, conf, extra.input_type, source, sink)
    if task.kind == PythonEvalType.SQL_GROUPED_MAP_PANDAS_UDF:
        from glowplug.execute.python.fast import evaluate_groups

        return evaluate_groups(command, conf, source, sink)
    if task.kind == PythonEvalType.SQL_SCALAR_PANDAS_UDF:
        from glowplug.execute.python.fast import evaluate_series

        return evaluate_series(task.command, conf, extra, source, sink)
    if task.kind == PythonEvalType.SQL_MAP_PANDAS_ITER_UDF:
        from glowplug.execute.python.fast import evaluate_frames

        evaluate_frames(command, conf, source, sink)
        return _skip(source)
    if task.kind in _STATEFUL:
        from glowplug.execute.python.processors import evaluate_stateful

        return evaluate_stateful(task, conf, source, sink)
    if task.kind in _TABLES:
        from glowplug.execute.python.table_functions import evaluate_table

        return evaluate_table(task.kind, command, conf, extra, source, sink)
    function, _, reader, writer = worker.read_udfs(pickleSer, command, task.kind, conf, extra)
    results = function(task.partition, reader.load_stream(source))
    try:
        writer.dump_stream(results, sink)
    finally:
        if hasattr(results, "close"):
            results.close()
    _skip(source)


# Where the frames are that call users' code.
_CALLERS = tuple(f"{os.path.dirname(path)}{os.sep}" for path in (pyspark.__file__, __file__))


def _users_frames(error: BaseException) -> list[TracebackType]:
    found: list[TracebackType] = []
    place = error.__traceback__
    while place is not None:
        if not place.tb_frame.f_code.co_filename.startswith(_CALLERS):
            found.append(place)
        place = place.tb_next
    return found


def _traceback(error: BaseException, users: list[TracebackType], conf: dict[str, str]) -> str:
    if conf.get(HIDE_TRACEBACK) == "true":
        return "".join(traceback.format_exception_only(error))
    if users and conf.get(SIMPLIFY_TRACEBACK) == "true":
        shown: TracebackType | None = None
        for p in reversed(users):
            shown = TracebackType(shown, p.tb_frame, p.tb_lasti, p.tb_lineno)
        error.__cause__, error.__traceback__ = None, shown
    return "".join(traceback.format_exception(error))


def _skip(source: Input) -> None:
    """What a function left of its input."""
    for _ in source.messages():
        pass


def _is_plain(conf: Any) -> bool:
    """Whether functions of rows are called one after another, and not through pandas."""
    return not conf.use_legacy_pandas_udf_conversion and conf.arrow_concurrency_level <= 0


def _failure(error: BaseException, conf: dict[str, str]) -> dict[str, Any]:
    """The traceback as Spark shows it, and what the error says of itself."""
    from pyspark.errors import PySparkException

    condition = error.getCondition() if isinstance(error, PySparkException) else None
    users = _users_frames(error)
    return {
        "traceback": _traceback(error, users, conf),
        "users": bool(users),
        "class": f"{type(error).__module__}.{type(error).__name__}",
        "condition": condition,
        "memory": isinstance(error, MemoryError),
    }
