"""Python stages as leaves of a kernel plan: each computes its rows while the kernel reads them.

Below a stage is a plan of its own, for the kernel or with further stages, that runs on a connection of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type, kernel_columns
from glowplug.execute.operation import Operation
from glowplug.execute.python import partitions
from glowplug.execute.python.environment import importable, working_directory
from glowplug.execute.python.failures import check_version
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.results import Conform, named_as
from glowplug.execute.python.settings import IN_PROCESS, WORKERS, accumulated, settings, worker_conf
from glowplug.execute.python.task import Code, Task, functions
from glowplug.execute.runtime import Runtime
from glowplug.io.source import ArrowStream
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    NamedArgument,
    new_id,
)
from glowplug.plan.python import (
    Environment,
    EvalPython,
    EvalType,
    MapPartitions,
    PythonCode,
    PythonFunction,
    Streamed,
)
from glowplug.plan.relations import Project, Relation, to_attribute
from glowplug.types import (
    StructField,
    StructType,
)
from glowplug.types_json import to_json

Rows = Callable[[Relation], Iterator[pa.RecordBatch]]
NO_LIMIT = 1 << 62


@dataclass(slots=True, eq=False)
class Stage(ArrowStream):
    """Rows of `columns`; `compute` starts anew for each reading and gives batches in Spark's Arrow types."""

    columns: tuple[Attribute, ...]
    time_zone: str
    compute: Callable[[], Iterator[pa.RecordBatch]]
    _schema: pa.Schema = field(init=False)

    def __post_init__(self) -> None:
        self._types = [a.type for a in self.columns]
        arrays = [pa.array([], arrow_type(t, self.time_zone)) for t in self._types]
        self._schema = self._kernel(pa.RecordBatch.from_arrays(arrays, [str(i) for i in range(len(arrays))])).schema

    _types: list[Any] = field(init=False)

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        for batch in self.compute():
            yield from self._kernel(batch).to_batches()

    def _kernel(self, batch: pa.RecordBatch) -> pa.Table:
        if not self._types:  # the kernel has no rows without columns
            return pa.table([pa.nulls(batch.num_rows, pa.int32())], ["k0"])
        return kernel_columns(batch, self._types)


def stage_of(
    node: Relation, code: PythonCode, runtime: Runtime, operation: Operation, held: ExitStack, make: Callable[..., Any]
) -> Streamed:
    """A leaf of the node's rows, which `make(rows, start)` computes; `rows` runs plans, `start` tasks, with `other`
    settings than the session's where those make no sense."""
    check_version(code.version)
    where = settings(runtime, code.environment)

    def compute() -> Iterator[pa.RecordBatch]:
        with ExitStack() as open_now:
            inner = Operation(operation.id, operation.tags, observed=operation.observed)
            open_now.callback(operation.on_cancel(inner.cancel))
            open_now.callback(inner.cancel)

            def rows(plan: Relation) -> Iterator[pa.RecordBatch]:
                from glowplug.execute.local import run

                types = [arrow_type(a.type, runtime.conf.time_zone) for a in plan.output]
                batches = run(plan, runtime, inner).batches
                yield from map(partial(named_as, types), batches) if any(map(pa.types.is_nested, types)) else batches

            def start(task: Task, pieces: Iterator[Piece], always: bool = True, **other: Any) -> Flow:
                flow = Flow(task, pieces, replace(where, **other), always, partial(accumulated, operation))
                open_now.callback(operation.on_cancel(flow.close))
                open_now.callback(flow.close)
                held.callback(flow.close)
                return flow

            yield from make(rows, start)

    return Streamed(node.output, Stage(node.output, runtime.conf.time_zone, compute))


# --- functions of rows -----------------------------------------------------------------------------


def eval_python(node: EvalPython, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    """Calls of scalar functions: rows go to workers with what is kept of them beside, and come back in their order."""
    calls = Calls.of([call_of(c) for c in node.calls])
    plan = Project(node.child, (*node.kept, *calls.columns))
    conform = Conform(tuple(map(to_attribute, node.calls)), runtime.conf)
    results = StructType(tuple(StructField(f"_{i}", c.type, True) for i, c in enumerate(node.calls)))
    task = calls.task(runtime, output_type=json.dumps(to_json(results)))
    kept = len(node.kept)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        pieces = (
            Piece(some_columns(batch, kept, batch.num_columns), kept=some_columns(batch, 0, kept))
            for batch in rows(plan)
        )
        for piece, results in start(task, pieces, always=False).rows():
            yield beside(piece.kept, conform.whole(results))

    return stage_of(node, code_of(calls.function), runtime, operation, held, make)


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one eval type: their distinct arguments as `columns`, and where each call finds its own."""

    columns: tuple[Alias, ...]
    codes: tuple[Code, ...]
    function: PythonFunction
    called: str

    @staticmethod
    def of(calls: list[Call], before: tuple[Alias, ...] = (), frames: list[tuple[int, ...]] | None = None) -> Calls:
        places: dict[Expression, int] = {c.child: i for i, c in enumerate(before)}
        columns = list(before)
        codes = []
        for n, call in enumerate(calls):
            commands, args = _chained(call)
            offsets: list[tuple[int, str | None]] = [(o, None) for o in (frames[n] if frames else ())]
            for arg in args:
                name, value = (arg.name, arg.value) if isinstance(arg, NamedArgument) else (None, arg)
                if value not in places:
                    places[value] = len(columns)
                    columns.append(Alias(value, f"_{len(columns)}", new_id()))
                offsets.append((places[value], name))
            codes.append(Code(tuple(offsets), commands, result_id(call)))
        function = calls[0].function
        assert isinstance(function, PythonFunction)
        return Calls(tuple(columns), tuple(codes), function, ", ".join(dict.fromkeys(f"{c.name}()" for c in calls)))

    def task(self, runtime: Runtime, eval_type: int | None = None, **extra: str) -> Task:
        code = code_of(self.function)
        schema = StructType(tuple(StructField(f"_{i}", c.type, True) for i, c in enumerate(self.columns)))
        extra["input_type"] = json.dumps(to_json(schema))
        kind = eval_type or code.eval_type
        return make_task(kind, functions(self.codes), runtime, code.environment, self.called, **extra)


def call_of(alias: Alias) -> Call:
    assert isinstance(alias.child, Call)
    return alias.child


def result_id(call: Call) -> int:
    """By which profiles are told apart."""
    from zlib import crc32

    function = call.function
    assert isinstance(function, PythonFunction) and function.code is not None
    return crc32(function.code.command)


def _chained(call: Call) -> tuple[tuple[bytes, ...], tuple[Expression, ...]]:
    """The commands of a call whose only argument is another such call, which the worker makes as well."""
    function = call.function
    assert isinstance(function, PythonFunction) and function.code is not None
    match call.args:
        case (Call(function=PythonFunction()) as inner,):
            commands, args = _chained(inner)
            return (*commands, function.code.command), args
    return (function.code.command,), call.args


def make_task(
    kind: int | str, command: bytes, runtime: Runtime, environment: Environment, called: str = "", **extra: str
) -> Task:
    conf = worker_conf(runtime.conf)
    rows = int(conf["spark.sql.execution.arrow.maxRecordsPerBatch"])
    # Only workers of their own are moved to another directory.
    directory = "" if runtime.conf.get_option(WORKERS) == IN_PROCESS else working_directory(environment)
    number = kind if isinstance(kind, str) else int(kind)
    most = rows if rows > 0 else NO_LIMIT
    return Task(number, command, conf, extra, importable(environment), directory, rows=most, called=called)


def some_columns(batch: pa.RecordBatch, start: int, stop: int) -> pa.RecordBatch:
    """Some of the columns, called `_0`, `_1`, …; without any, still as many rows."""
    if start == stop:
        return pa.RecordBatch.from_arrays([pa.nulls(batch.num_rows)], ["_"]).select([])
    return pa.RecordBatch.from_arrays(batch.columns[start:stop], [f"_{i}" for i in range(stop - start)])


def beside(kept: pa.RecordBatch, results: list[pa.Array]) -> pa.RecordBatch:
    """Results, each in the row of what it was computed from."""
    columns = [*kept.columns, *results]
    return pa.RecordBatch.from_arrays(columns, [str(i) for i in range(len(columns))])


# --- functions of partitions -------------------------------------------------------------------------


def map_partitions(node: MapPartitions, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    """`mapInPandas`, `mapInArrow`: one call for all rows, or one for each partition of a plan that has some."""
    code = code_of(node.function)
    split = partitions.of(node.child) or (partitions.whole(node.child) if node.barrier else None)
    command = functions([Code(((0, None),), (code.command,))])
    task = make_task(code.eval_type, command, runtime, code.environment, f"{node.function.names[0]}()")
    conform = Conform(node.columns, runtime.conf, CALLED[code.eval_type])
    names = [a.name for a in node.child.output]

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        if split is None:
            pieces = (Piece(as_struct(batch, names)) for batch in rows(node.child))
            flow = start(task, pieces)
        else:
            numbered = partitions.numbered(rows(split.plan), split.count)
            pieces = (Piece(b if b is None else as_struct(b, names), partition=p) for b, p in numbered)
            if node.barrier:
                from glowplug.execute.python.barrier import at_once

                yield from map(conform.unwrapped, at_once(task, pieces, split.count, start, code.environment.files))
                return
            flow = start(replace(task, partitions=split.count), pieces, always=False)
        for _, batches in flow.chunks():
            yield from map(conform.unwrapped, batches)

    return stage_of(node, code, runtime, operation, held, make)


def code_of(function: PythonFunction) -> PythonCode:
    assert function.code is not None
    return function.code


def as_struct(batch: pa.RecordBatch, names: list[str]) -> pa.RecordBatch:
    """All columns as the fields of one: how functions of tables are given rows."""
    if not names:
        return pa.RecordBatch.from_arrays([pa.array([{}] * batch.num_rows, pa.struct([]))], ["_0"])
    return pa.RecordBatch.from_arrays([pa.StructArray.from_arrays(batch.columns[: len(names)], names)], ["_0"])


CALLED = {
    EvalType.MAP_PANDAS_ITER: "mapInPandas()",
    EvalType.MAP_ARROW_ITER: "mapInArrow()",
    EvalType.GROUPED_MAP_PANDAS: "applyInPandas()",
    EvalType.GROUPED_MAP_PANDAS_ITER: "applyInPandas()",
    EvalType.GROUPED_MAP_ARROW: "applyInArrow()",
    EvalType.GROUPED_MAP_ARROW_ITER: "applyInArrow()",
    EvalType.COGROUPED_MAP_PANDAS: "applyInPandas()",
    EvalType.COGROUPED_MAP_ARROW: "applyInArrow()",
}
