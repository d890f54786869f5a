"""Stages over groups: rows come sorted from the kernel, and no group is split between workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.errors import ExecutionError
from glowplug.execute.operation import Operation
from glowplug.execute.python import inputs
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.results import Conform
from glowplug.execute.python.stages import (
    CALLED,
    Calls,
    Rows,
    as_struct,
    beside,
    call_of,
    code_of,
    make_task,
    some_columns,
    stage_of,
)
from glowplug.execute.python.task import Code, functions, grouped
from glowplug.execute.runtime import Runtime
from glowplug.functions.registry import lookup
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    FrameBound,
    SortOrder,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.python import AggregatePython, CoGroupMap, EvalType, GroupMap, WindowPython
from glowplug.plan.relations import Project, Relation, Sort, to_attribute
from glowplug.types import (
    INT,
    INTEGRAL,
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    StringType,
    TimestampNTZType,
    TimestampType,
)


def group_map(node: GroupMap, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    code = code_of(node.function)
    side = Sorted.of(node.child, node.grouping, node.args)
    places = grouped([side.keys], [side.values])
    command = functions([Code(places, (code.command,))])
    task = make_task(code.eval_type, command, runtime, code.environment, f"{node.function.names[0]}()")
    conform = Conform(node.columns, runtime.conf, CALLED[code.eval_type])
    wrapped = code.eval_type in (EvalType.GROUPED_MAP_ARROW, EvalType.GROUPED_MAP_ARROW_ITER)

    def piece(group: inputs.Grouped) -> Piece:
        rows = side.sent(group.rows)
        return Piece(as_struct(rows, side.names) if wrapped else rows, group.sizes, group.more)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        pieces = map(piece, inputs.groups(rows(side.plan), side.order))
        for _, batches in start(task, pieces, always=False).chunks():
            yield from map(conform.unwrapped, batches)

    return stage_of(node, code, runtime, operation, held, make)


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
    calls = Calls.of([call_of(c) for c in node.calls])
    keys = len(node.grouping)
    plan, order = sorted_by(Project(node.child, (*node.grouping, *calls.columns)), list(node.grouping))
    arguments = slice(keys, keys + len(calls.columns))
    conform = Conform(tuple(map(to_attribute, node.calls)), runtime.conf)
    task = calls.task(runtime)

    def piece(group: inputs.Grouped) -> Piece:
        starts = np.concatenate([[0], np.cumsum(group.sizes)[:-1]])
        kept = [column.take(pa.array(starts)) for column in group.rows.columns[:keys]]
        return Piece(some_columns(group.rows, arguments.start, arguments.stop), group.sizes, group.more, kept=kept)

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        for first, batches in start(task, map(piece, inputs.groups(rows(plan), order)), always=False).chunks():
            results = conform.whole(list(batches))
            if first is None:
                continue
            if len(results[0]) != len(first.sizes):
                raise ExecutionError("INTERNAL_ERROR", message="an aggregate has not given one value for each group")
            columns = [*(first.kept or ()), *results]
            yield pa.RecordBatch.from_arrays(columns, [str(i) for i in range(len(columns))])

    return stage_of(node, code_of(calls.function), runtime, operation, held, make)


def window_python(node: WindowPython, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    bounds = [tuple(Alias(a, "_", new_id()) for a in frame) if frame else () for frame in node.frames]
    before = tuple({b.child: b for pair in bounds for b in pair}.values())
    place = {b.child: i for i, b in enumerate(before)}
    offsets = [tuple(place[b.child] for b in pair) for pair in bounds]
    calls = Calls.of([call_of(c) for c in node.calls], before, offsets)
    needed = {a.id: a for a in (*node.kept, *node.partition_by, node.number)}
    first = len(needed)
    plan, order = sorted_by(
        Project(node.child, (*needed.values(), *calls.columns)), list(node.partition_by), node.number
    )
    conform = Conform(tuple(map(to_attribute, node.calls)), runtime.conf)
    kept = [list(needed).index(a.id) for a in node.kept]
    kind = EvalType.WINDOW_AGG_PANDAS
    if code_of(calls.function).eval_type is EvalType.GROUPED_AGG_ARROW:
        kind = EvalType.WINDOW_AGG_ARROW
    task = calls.task(runtime, kind)
    task.conf["window_bound_types"] = ",".join("bounded" if frame else "unbounded" for frame in node.frames)

    def piece(group: inputs.Grouped) -> Piece:
        rows = inputs.framed(some_columns(group.rows, first, first + len(calls.columns)), offsets)
        beside = pa.RecordBatch.from_arrays([group.rows.column(i) for i in kept], [str(i) for i in kept])
        return Piece(rows, group.sizes, group.more, kept=beside if kept else some_columns(group.rows, 0, 0))

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        found = inputs.groups(rows(plan), order)
        for part, results in start(task, map(piece, found), always=False).rows():
            yield beside(part.kept, conform.whole(results))

    return stage_of(node, code_of(calls.function), runtime, operation, held, make)


def schema(plan: Relation, runtime: Runtime) -> pa.Schema:
    return pa.schema([(f"_{i}", arrow_type(a.type, runtime.conf.time_zone)) for i, a in enumerate(plan.output)])


def co_group_map(node: CoGroupMap, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    code = code_of(node.function)
    sides = [
        Sorted.of(node.left, node.left_grouping, node.left_args),
        Sorted.of(node.right, node.right_grouping, node.right_args),
    ]
    places = grouped([s.keys for s in sides], [s.values for s in sides])
    command = functions([Code(places, (code.command,))])
    task = make_task(code.eval_type, command, runtime, code.environment, f"{node.function.names[0]}()")
    conform = Conform(node.columns, runtime.conf, CALLED[code.eval_type])

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        groups = [inputs.keyed(rows(s.plan), s.keys, s.order) for s in sides]
        empty = [s.sent(pa.RecordBatch.from_pylist([], schema(s.plan, runtime))) for s in sides]
        pieces = inputs.cogroups(
            groups[0], groups[1], lambda i, batch: empty[i] if batch is None else sides[i].sent(batch)
        )
        for _, batches in start(task, pieces, always=False).chunks():
            yield from map(conform.unwrapped, batches)

    return stage_of(node, code, runtime, operation, held, make)


_COMPARABLE = (BooleanType, *INTEGRAL, DecimalType, BinaryType, DateType, TimestampType, TimestampNTZType, StringType)
RUNNING = WindowFrame("rows", FrameBound("unbounded"), FrameBound("current"))
