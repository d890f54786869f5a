"""Python stages as leaves of a kernel plan: each computes its rows while the kernel reads them.

Below a stage is a plan of its own, for the kernel or with further stages, that runs on a connection of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.arrow import arrow_type, kernel_columns
from glowplug.errors import ExecutionError
from glowplug.execute.operation import Operation
from glowplug.execute.python import inputs
from glowplug.execute.python.environment import importable, working_directory
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.results import Conform
from glowplug.execute.python.settings import accumulated, settings, worker_conf
from glowplug.execute.python.task import Code, Task, functions, grouped
from glowplug.execute.runtime import Runtime
from glowplug.functions.registry import lookup
from glowplug.io.source import Stream
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    FrameBound,
    NamedArgument,
    SortOrder,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.python import (
    AggregatePython,
    CoGroupMap,
    Environment,
    EvalPython,
    EvalType,
    GroupMap,
    MapPartitions,
    PythonCode,
    PythonFunction,
    Streamed,
    WindowPython,
)
from glowplug.plan.relations import Project, Relation, Sort, to_attribute
from glowplug.types import (
    INT,
    INTEGRAL,
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    to_json,
)

Rows = Callable[[Relation], Iterator[pa.RecordBatch]]
NO_LIMIT = 1 << 62


@dataclass(slots=True, eq=False)
class Stage(Stream):
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


def _stage(
    node: Relation, code: PythonCode, runtime: Runtime, operation: Operation, held: ExitStack, make: Callable[..., Any]
) -> Streamed:
    """A leaf of the node's rows, which `make(rows, start)` computes; `rows` runs plans, `start` tasks."""
    where = settings(runtime, code.environment)

    def compute() -> Iterator[pa.RecordBatch]:
        with ExitStack() as open_now:
            inner = Operation(operation.id, operation.tags, observed=operation.observed)
            open_now.callback(operation.on_cancel(inner.cancel))
            open_now.callback(inner.cancel)

            def rows(plan: Relation) -> Iterator[pa.RecordBatch]:
                from glowplug.execute.local import run

                result = run(plan, runtime, inner)
                yield from result.batches

            def start(task: Task, pieces: Iterator[Piece], always: bool = True) -> Flow:
                flow = Flow(task, pieces, where, always, partial(accumulated, operation))
                open_now.callback(operation.on_cancel(flow.close))
                open_now.callback(flow.close)
                held.callback(flow.close)
                return flow

            yield from make(rows, start)

    return Streamed(node.output, Stage(node.output, runtime.conf.time_zone, compute))


# --- functions of rows -----------------------------------------------------------------------------


def eval_python(node: EvalPython, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    calls = Calls.of([_call(c) for c in node.calls])
    plan = Project(node.child, (*node.kept, *calls.columns))
    conform = Conform(tuple(map(to_attribute, node.calls)), runtime.conf)
    results = StructType(tuple(StructField(f"_{i}", c.type, True) for i, c in enumerate(node.calls)))
    task = calls.task(runtime, output_type=json.dumps(to_json(results)))
    kept = len(node.kept)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        pieces = (
            Piece(_columns(batch, kept, batch.num_columns), kept=_columns(batch, 0, kept)) for batch in rows(plan)
        )
        for piece, results in start(task, pieces, always=False).rows():
            yield _beside(piece.kept, conform.whole(results))

    return _stage(node, _code(calls.function), runtime, operation, held, make)


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one eval type: their distinct arguments as `columns`, and where each call finds its own."""

    columns: tuple[Alias, ...]
    codes: tuple[Code, ...]
    function: PythonFunction

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
        return Calls(tuple(columns), tuple(codes), function)

    def task(self, runtime: Runtime, eval_type: int | None = None, **extra: str) -> Task:
        code = _code(self.function)
        schema = StructType(tuple(StructField(f"_{i}", c.type, True) for i, c in enumerate(self.columns)))
        extra["input_type"] = json.dumps(to_json(schema))
        return make_task(eval_type or code.eval_type, functions(self.codes), runtime, code.environment, **extra)


def _call(alias: Alias) -> Call:
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


def make_task(kind: int | str, command: bytes, runtime: Runtime, environment: Environment, **extra: str) -> Task:
    conf = worker_conf(runtime.conf)
    rows = int(conf["spark.sql.execution.arrow.maxRecordsPerBatch"])
    paths, files = importable(environment), working_directory(environment)
    number = kind if isinstance(kind, str) else int(kind)
    return Task(number, command, conf, extra, paths, files, rows=rows if rows > 0 else NO_LIMIT)


def _columns(batch: pa.RecordBatch, start: int, stop: int) -> pa.RecordBatch:
    """Some of the columns, called `_0`, `_1`, …; without any, still as many rows."""
    if start == stop:
        return pa.RecordBatch.from_arrays([pa.nulls(batch.num_rows)], ["_"]).select([])
    return pa.RecordBatch.from_arrays(batch.columns[start:stop], [f"_{i}" for i in range(stop - start)])


def _beside(kept: pa.RecordBatch, results: list[pa.Array]) -> pa.RecordBatch:
    columns = [*kept.columns, *results]
    return pa.RecordBatch.from_arrays(columns, [str(i) for i in range(len(columns))])


# --- functions of partitions -------------------------------------------------------------------------


def map_partitions(node: MapPartitions, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    code = _code(node.function)
    task = make_task(code.eval_type, functions([Code(((0, None),), (code.command,))]), runtime, code.environment)
    conform = Conform(node.columns, runtime.conf, _CALLED[code.eval_type])
    names = [a.name for a in node.child.output]

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        pieces = (Piece(_struct(batch, names)) for batch in rows(node.child))
        for _, batches in start(task, pieces).chunks():
            yield from map(conform.unwrapped, batches)

    return _stage(node, code, runtime, operation, held, make)


# --- functions of groups -----------------------------------------------------------------------------


def group_map(node: GroupMap, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    code = _code(node.function)
    side = Sorted.of(node.child, node.grouping, node.args)
    places = grouped([side.keys], [side.values])
    task = make_task(code.eval_type, functions([Code(places, (code.command,))]), runtime, code.environment)
    conform = Conform(node.columns, runtime.conf, _CALLED[code.eval_type])
    wrapped = code.eval_type in (EvalType.GROUPED_MAP_ARROW, EvalType.GROUPED_MAP_ARROW_ITER)

    def piece(group: inputs.Grouped) -> Piece:
        rows = side.sent(group.rows)
        return Piece(_struct(rows, side.names) if wrapped else rows, group.sizes, group.more)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        pieces = map(piece, inputs.groups(rows(side.plan), side.order))
        for _, batches in start(task, pieces, always=False).chunks():
            yield from map(conform.unwrapped, batches)

    return _stage(node, code, runtime, operation, held, make)


@dataclass(frozen=True, slots=True)
class Sorted:
    """A plan whose rows come group by group. `keys` and `values` are among its first columns, which are sent and have
    `names`; groups differ in the columns `order`."""

    plan: Relation
    names: list[str]
    keys: list[int]
    values: list[int]
    order: list[int]

    @staticmethod
    def of(child: Relation, keys: tuple[Expression, ...], values: tuple[Expression, ...]) -> Sorted:
        """`keys` and `values` are columns of `child`; each is sent once."""
        columns = list({a.id: a for a in (*keys, *values) if isinstance(a, Attribute)}.values())
        place = {a.id: i for i, a in enumerate(columns)}
        at = [[place[a.id] for a in side if isinstance(a, Attribute)] for side in (keys, values)]
        plan, order = sorted_by(Project(child, tuple(columns)), [columns[i] for i in at[0]])
        return Sorted(plan, [a.name for a in columns], at[0], at[1], order)

    def sent(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(batch.columns[: len(self.names)], self.names)


def sorted_by(plan: Relation, keys: list[Attribute], *then: Attribute) -> tuple[Relation, list[int]]:
    """A plan's rows, equal keys together, and which columns differ from group to group: numbers of groups, at its end,
    where Arrow would not compare keys as they are grouped. `then` orders the rows of a group."""
    order, later = tuple(map(SortOrder, keys)), tuple(map(SortOrder, then))
    if not keys:
        return (Sort(plan, later) if later else plan), []
    if all(isinstance(k.type, _COMPARABLE) for k in keys):
        places = {a.id: i for i, a in enumerate(plan.output)}
        return Sort(plan, order + later), [places[k.id] for k in keys]
    rank = lookup("dense_rank")
    assert rank is not None
    number = Alias(WindowExpression(Call(rank, "dense_rank", (), INT, False), (), order, RUNNING), "group", new_id())
    numbered = Project(plan, (*plan.output, number))
    return Sort(numbered, (SortOrder(to_attribute(number)), *later)), [len(plan.output)]


def aggregate_python(node: AggregatePython, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    calls = Calls.of([_call(c) for c in node.calls])
    keys = len(node.grouping)
    plan, order = sorted_by(Project(node.child, (*node.grouping, *calls.columns)), list(node.grouping))
    arguments = slice(keys, keys + len(calls.columns))
    conform = Conform(tuple(map(to_attribute, node.calls)), runtime.conf)
    task = calls.task(runtime)

    def piece(group: inputs.Grouped) -> Piece:
        starts = np.concatenate([[0], np.cumsum(group.sizes)[:-1]])
        kept = [column.take(pa.array(starts)) for column in group.rows.columns[:keys]]
        return Piece(_columns(group.rows, arguments.start, arguments.stop), group.sizes, group.more, kept=kept)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        found = inputs.groups(rows(plan), order) if keys else inputs.one_group(rows(plan), schema(plan, runtime))
        for first, batches in start(task, map(piece, found), always=False).chunks():
            results = conform.whole(list(batches))
            if first.sizes is not None and len(results[0]) != len(first.sizes):
                raise ExecutionError("INTERNAL_ERROR", message="an aggregate has not given one value for each group")
            columns = [*(first.kept or ()), *results]
            yield pa.RecordBatch.from_arrays(columns, [str(i) for i in range(len(columns))])

    return _stage(node, _code(calls.function), runtime, operation, held, make)


def window_python(node: WindowPython, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    bounds = [tuple(Alias(a, "_", new_id()) for a in frame) if frame else () for frame in node.frames]
    before = tuple({b.child: b for pair in bounds for b in pair}.values())
    place = {b.child: i for i, b in enumerate(before)}
    offsets = [tuple(place[b.child] for b in pair) for pair in bounds]
    calls = Calls.of([_call(c) for c in node.calls], before, offsets)
    needed = {a.id: a for a in (*node.kept, *node.partition_by, node.number)}
    first = len(needed)
    plan, order = sorted_by(
        Project(node.child, (*needed.values(), *calls.columns)), list(node.partition_by), node.number
    )
    conform = Conform(tuple(map(to_attribute, node.calls)), runtime.conf)
    kept = [list(needed).index(a.id) for a in node.kept]
    kind = EvalType.WINDOW_AGG_PANDAS
    if _code(calls.function).eval_type is EvalType.GROUPED_AGG_ARROW:
        kind = EvalType.WINDOW_AGG_ARROW
    task = calls.task(runtime, kind)
    task.conf["window_bound_types"] = ",".join("bounded" if frame else "unbounded" for frame in node.frames)

    def piece(group: inputs.Grouped) -> Piece:
        rows = inputs.framed(_columns(group.rows, first, first + len(calls.columns)), offsets)
        beside = pa.RecordBatch.from_arrays([group.rows.column(i) for i in kept], [str(i) for i in kept])
        return Piece(rows, group.sizes, group.more, kept=beside if kept else _columns(group.rows, 0, 0))

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        found = inputs.groups(rows(plan), order)
        for part, results in start(task, map(piece, found), always=False).rows():
            yield _beside(part.kept, conform.whole(results))

    return _stage(node, _code(calls.function), runtime, operation, held, make)


def schema(plan: Relation, runtime: Runtime) -> pa.Schema:
    return pa.schema([(f"_{i}", arrow_type(a.type, runtime.conf.time_zone)) for i, a in enumerate(plan.output)])


def co_group_map(node: CoGroupMap, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    code = _code(node.function)
    sides = [
        Sorted.of(node.left, node.left_grouping, node.left_args),
        Sorted.of(node.right, node.right_grouping, node.right_args),
    ]
    places = grouped([s.keys for s in sides], [s.values for s in sides])
    task = make_task(code.eval_type, functions([Code(places, (code.command,))]), runtime, code.environment)
    conform = Conform(node.columns, runtime.conf, _CALLED[code.eval_type])

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        groups = [inputs.keyed(rows(s.plan), s.keys, s.order) for s in sides]
        empty = [s.sent(pa.RecordBatch.from_pylist([], schema(s.plan, runtime))) for s in sides]
        pieces = inputs.cogroups(*groups, lambda i, batch: empty[i] if batch is None else sides[i].sent(batch))
        for _, batches in start(task, pieces, always=False).chunks():
            yield from map(conform.unwrapped, batches)

    return _stage(node, code, runtime, operation, held, make)


def _code(function: PythonFunction) -> PythonCode:
    assert function.code is not None
    return function.code


def _struct(batch: pa.RecordBatch, names: list[str]) -> pa.RecordBatch:
    """All columns as the fields of one: how functions of tables are given rows."""
    if not names:
        return pa.RecordBatch.from_arrays([pa.array([{}] * batch.num_rows, pa.struct([]))], ["_0"])
    return pa.RecordBatch.from_arrays([pa.StructArray.from_arrays(batch.columns[: len(names)], names)], ["_0"])


_COMPARABLE = (BooleanType, *INTEGRAL, DecimalType, BinaryType, DateType, TimestampType, TimestampNTZType, StringType)
_CALLED = {
    EvalType.MAP_PANDAS_ITER: "mapInPandas()",
    EvalType.MAP_ARROW_ITER: "mapInArrow()",
    EvalType.GROUPED_MAP_PANDAS: "applyInPandas()",
    EvalType.GROUPED_MAP_PANDAS_ITER: "applyInPandas()",
    EvalType.GROUPED_MAP_ARROW: "applyInArrow()",
    EvalType.GROUPED_MAP_ARROW_ITER: "applyInArrow()",
    EvalType.COGROUPED_MAP_PANDAS: "applyInPandas()",
    EvalType.COGROUPED_MAP_ARROW: "applyInArrow()",
}
RUNNING = WindowFrame("rows", FrameBound("unbounded"), FrameBound("current"))
