"""Streaming data sources that users write: a reader lives in a worker as long as its query.

https://spark.apache.org/docs/latest/api/python/tutorial/sql/python_data_source.html
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import pyarrow as pa

from glowplug.errors import ExecutionError
from glowplug.execute.operation import Operation, current
from glowplug.execute.python.conversation import Conversation
from glowplug.execute.python.planning import ask
from glowplug.execute.python.results import Conform
from glowplug.execute.python.sources import (
    Answer,
    Options,
    framed_json,
    read_partitions,
    sized,
    text,
    write_rows,
    write_task,
)
from glowplug.execute.python.stages import Stage
from glowplug.execute.runtime import Runtime
from glowplug.io.source import Reading, Source
from glowplug.io.streams.contract import Opening, Reader, Stream
from glowplug.plan.build import columns_of
from glowplug.plan.python import DataSourceClass, Environment
from glowplug.sqltext import ident
from glowplug.types import StructType

_READER = "glowplug.execute.python.stream_source"
_ADMISSION, _AVAILABLE_NOW = 1, 2  # what a reader supports
_NOTHING_READ, _ROWS = 0, 1  # beside its partitions
_ALL = {"_type": "ReadAllAvailable"}


@dataclass(frozen=True, slots=True)
class PythonStream(Stream):
    """What `readStream` of a user's data source reads; `instance` is pickled."""

    provider: str
    instance: bytes = field(repr=False)
    environment: Environment
    runtime: Runtime = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.provider

    def open(self, opening: Opening) -> Reader:
        return PythonReader(self)


class PythonReader(Reader):
    """Offsets are the JSON that the reader's own are in."""

    def __init__(self, stream: PythonStream) -> None:
        self.stream, self.description = stream, f"PythonMicroBatchStream[{stream.provider}]"
        most = int(stream.runtime.conf.get_option("spark.sql.execution.arrow.maxRecordsPerBatch") or 10_000)
        command = sized(stream.instance) + framed_json(stream.schema) + struct.pack(">i", most)
        self.talk = Conversation(_READER, command, stream.environment, stream.runtime)
        self.supports = Answer(self._ask("supports")).number()
        self.limit = self._said("limit") if self.supports & _ADMISSION else ""
        self.frozen, self.end = False, ""
        self.last: _Rows | None = None

    def _ask(self, question: str, *given: str) -> bytes:
        return self.talk.ask(question, b"".join(map(text, given)))

    def _said(self, question: str, *given: str) -> str:
        return Answer(self._ask(question, *given)).data().decode()

    def latest(self, start: str | None, limited: bool) -> str | None:
        if self.end:
            return self.end
        start = start or self._said("initial")
        if self.supports & _ADMISSION:
            found = self._said("latest_limited", start, self.limit if limited else json.dumps(_ALL))
        else:
            found = self._said("latest")
        if self.frozen and not self.supports & _AVAILABLE_NOW:
            self.end = found
        return found

    def freeze(self) -> None:
        self.frozen = True
        if self.supports & _AVAILABLE_NOW:
            self._ask("prepare")

    def source(self, start: str | None, end: str) -> Source:
        start = start or self._said("initial")
        if self.last is None or (self.last.start, self.last.end) != (start, end):
            answer = Answer(self._ask("partitions", start, end))
            partitions = tuple(answer.data() for _ in range(answer.number()))
            has_rows = answer.number()
            rows = None if has_rows == _NOTHING_READ else answer.rest()[4:] if has_rows == _ROWS else b""
            self.last = _Rows(self.stream.schema, self.stream, start, end, partitions, rows)
        return self.last

    def commit(self, end: str) -> None:
        self._ask("commit", end)

    def report(self, end: str | None) -> tuple[str | None, dict[str, str]]:
        newest = Answer(self._ask("newest"))
        return (newest.data().decode() or end), {}

    def close(self) -> None:
        self.talk.close()


@dataclass(frozen=True, slots=True)
class _Rows(Source):
    """The rows between two offsets: in `partitions`, which tasks read, or read already, as Arrow's stream."""

    stream: PythonStream
    start: str
    end: str
    partitions: tuple[bytes, ...] = field(repr=False)
    rows: bytes | None = field(repr=False)

    @property
    def name(self) -> str:
        return self.stream.provider

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        runtime, fields = self.stream.runtime, self.schema.fields
        attributes = columns_of(fields)
        conform = Conform(attributes, runtime.conf, f"the data source {self.name}")

        def compute() -> Iterator[pa.RecordBatch]:
            if self.rows is None:
                yield from map(conform.unwrapped, self._read(current()))
            elif self.rows:
                yield from map(conform.batch, pa.ipc.open_stream(self.rows))

        name = reading.register(Stage(attributes, runtime.conf.time_zone, compute))
        items = ", ".join(f"CAST(k{i} AS {reading.type(f.type)}) AS {ident(f.name)}" for i, f in enumerate(fields))
        chosen = ", ".join(map(ident, columns)) or "1 AS _"
        return f"SELECT {chosen} FROM (SELECT {items} FROM {name})"

    def _read(self, operation: Operation) -> Iterator[pa.RecordBatch]:
        s = self.stream
        with ExitStack() as held:
            yield from read_partitions(
                s.instance, self.schema, s.environment, s.runtime, operation, held, list(self.partitions)
            )


def write_batch(
    source: DataSourceClass, instance: bytes, provider: str, options: Options, overwrite: bool, schema: StructType,
    batch: int, rows: Callable[[], Iterator[pa.RecordBatch]], runtime: Runtime, operation: Operation,
) -> int:  # fmt: skip
    """Write a micro-batch's rows through a user's `streamWriter`: committed, or aborted and raised. How many rows."""
    task, _ = write_task(source, provider, options, overwrite, True, schema, runtime)
    messages: list[bytes] = []
    count = [0]

    def counted() -> Iterator[pa.RecordBatch]:
        for b in rows():
            count[0] += b.num_rows
            yield b

    def finish(abort: bool) -> None:
        said = struct.pack(">i", len(messages)) + b"".join(map(sized, messages))
        request = sized(instance) + framed_json(schema) + struct.pack(">?", overwrite) + said
        answer = ask(
            "python_streaming_sink_runner", request + struct.pack(">q?", batch, abort), source.environment, runtime
        )
        if Answer(answer).number() != 0:
            raise ExecutionError("INTERNAL_ERROR", message="a data source did not commit")

    try:
        write_rows(task, counted(), [f.name for f in schema.fields], messages, source.environment, runtime, operation)
    except BaseException:
        finish(abort=True)
        raise
    finish(abort=False)
    return count[0]
