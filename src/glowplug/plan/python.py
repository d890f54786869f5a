"""User code in plans: functions that a client sent, and the relations and stages they make.

A call of a Python function is a `Call` like any other, whose function is a `PythonFunction`. Before a plan runs,
`physical/` moves such calls into the stages at the end of this file, each over a plan for the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from typing import Literal as OneOf

from glowplug.plan.expressions import Alias, Attribute, Expression, SortOrder
from glowplug.plan.function import Function, Kind
from glowplug.plan.relations import Relation, Unary, to_attribute
from glowplug.types import DataType, StructType


class EvalType(IntEnum):
    """How a function is called: PySpark's `PythonEvalType`."""

    BATCHED = 100
    ARROW_BATCHED = 101
    SCALAR_PANDAS = 200
    GROUPED_MAP_PANDAS = 201
    GROUPED_AGG_PANDAS = 202
    WINDOW_AGG_PANDAS = 203
    SCALAR_PANDAS_ITER = 204
    MAP_PANDAS_ITER = 205
    COGROUPED_MAP_PANDAS = 206
    MAP_ARROW_ITER = 207
    GROUPED_MAP_PANDAS_WITH_STATE = 208
    GROUPED_MAP_ARROW = 209
    COGROUPED_MAP_ARROW = 210
    TRANSFORM_WITH_STATE_PANDAS = 211
    TRANSFORM_WITH_STATE_PANDAS_INIT_STATE = 212
    TRANSFORM_WITH_STATE_ROWS = 213
    TRANSFORM_WITH_STATE_ROWS_INIT_STATE = 214
    GROUPED_MAP_ARROW_ITER = 215
    GROUPED_MAP_PANDAS_ITER = 216
    GROUPED_AGG_PANDAS_ITER = 217
    SCALAR_ARROW = 250
    SCALAR_ARROW_ITER = 251
    GROUPED_AGG_ARROW = 252
    WINDOW_AGG_ARROW = 253
    GROUPED_AGG_ARROW_ITER = 254
    TABLE = 300
    ARROW_TABLE = 301
    ARROW_UDTF = 302


AGGREGATE = frozenset((
    EvalType.GROUPED_AGG_PANDAS, EvalType.GROUPED_AGG_PANDAS_ITER, EvalType.GROUPED_AGG_ARROW,
    EvalType.GROUPED_AGG_ARROW_ITER,
))  # fmt: skip
# Those of which a stage runs one only: they see all batches of a partition or group.
ALONE = frozenset((
    EvalType.SCALAR_PANDAS_ITER, EvalType.SCALAR_ARROW_ITER, EvalType.GROUPED_AGG_PANDAS_ITER,
    EvalType.GROUPED_AGG_ARROW_ITER,
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Environment:
    """What a session's code can import and open: `files` is the directory of its artifacts. Workers serve one."""

    session: str
    files: str


@dataclass(frozen=True, slots=True)
class PythonCode:
    """`command` is the pickled pair of function and return type, or a table function's class."""

    eval_type: EvalType
    command: bytes = field(repr=False)
    version: str  # of Python, where it was pickled: "3.11"
    environment: Environment


@dataclass(frozen=True, slots=True, repr=False)
class PythonFunction(Function):
    """A function of a user; `returns` is its type. Equal where the client sent the same code under the same name."""

    code: PythonCode | None = None

    def __repr__(self) -> str:
        return f"<function {self.names[0]}>"


def scalar_or_aggregate(name: str, type: DataType, code: PythonCode, deterministic: bool) -> PythonFunction:
    """The function as SQL and DataFrames call it; the type of evaluation says whether it takes groups."""
    kind: Kind = "aggregate" if code.eval_type in AGGREGATE else "scalar"
    return PythonFunction((name,), returns=type, kind=kind, nullable="always", deterministic=deterministic, code=code)


# --- relations ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MapPartitions(Unary):
    """`mapInPandas`, `mapInArrow`: `function` makes rows of each partition's. `columns` are set by analysis."""

    function: PythonFunction
    barrier: bool = False
    columns: tuple[Attribute, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class GroupMap(Unary):
    """`applyInPandas`, `applyInArrow`: `function` makes rows of each group's.

    Analysis makes `grouping` and `args`, what the function sees of a group, columns of the child.
    """

    grouping: tuple[Expression, ...]
    function: PythonFunction
    args: tuple[Expression, ...]
    columns: tuple[Attribute, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


TimeMode = OneOf["none", "processing_time", "event_time"]


@dataclass(frozen=True, slots=True)
class StatefulMap(Unary):
    """`applyInPandasWithState`, `transformWithState`: `function` makes rows of each group's and of what it kept of it.

    `time_mode` is what timeouts and timers go by. Of the first, `state` is the type of what is kept of a group; of the
    second, `event_time` names the column of the output that says when rows happened, and `initial` has rows that state
    begins with. Analysis makes `grouping`, `args` and their like columns of the child and of `initial`.
    """

    grouping: tuple[Expression, ...]
    function: PythonFunction
    args: tuple[Expression, ...]
    mode: str
    time_mode: TimeMode
    state: StructType | None = None
    event_time: str = ""
    initial: Relation | None = None
    initial_grouping: tuple[Expression, ...] = ()
    initial_args: tuple[Expression, ...] = ()
    columns: tuple[Attribute, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class CoGroupMap(Relation):
    """As `GroupMap`, over the groups of the same key on both sides; the function sees all columns of each."""

    left: Relation
    right: Relation
    left_grouping: tuple[Expression, ...]
    right_grouping: tuple[Expression, ...]
    function: PythonFunction
    left_args: tuple[Attribute, ...] = ()
    right_args: tuple[Attribute, ...] = ()
    columns: tuple[Attribute, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class TableFunction:
    """A user's table function. `schema` None: its `analyze` says what it returns."""

    name: str
    code: PythonCode
    schema: StructType | None
    deterministic: bool = False


@dataclass(frozen=True, slots=True)
class DataSourceClass:
    """A user's data source as the client registered it: its pickled class."""

    name: str
    command: bytes = field(repr=False)
    environment: Environment


# --- stages: what physical/ makes --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EvalPython(Unary):
    """Each row of the child with the results of `calls`, of one eval type; `kept` are the child's columns above it."""

    calls: tuple[Alias, ...]
    kept: tuple[Attribute, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (*self.kept, *map(to_attribute, self.calls))


@dataclass(frozen=True, slots=True)
class AggregatePython(Unary):
    """A row for each group: its keys, columns of the child, and the results of `calls`, aggregates of one eval type."""

    grouping: tuple[Attribute, ...]
    calls: tuple[Alias, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (*self.grouping, *map(to_attribute, self.calls))


@dataclass(frozen=True, slots=True)
class WindowPython(Unary):
    """Each row of the child with the results of `calls` over the rows around it.

    `number` counts the rows of a partition from 1. `frames` has a pair of the child's columns for each call, the
    numbers of the first and the last row of its frame, or None where the frame is the whole partition.
    """

    partition_by: tuple[Attribute, ...]
    number: Attribute
    calls: tuple[Alias, ...]
    frames: tuple[tuple[Attribute, Attribute] | None, ...]
    kept: tuple[Attribute, ...]

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (*self.kept, *map(to_attribute, self.calls))


@dataclass(frozen=True, slots=True)
class RunStateful(Unary):
    """What a `StatefulMap` makes of a batch: rows of its `columns`, and changes of its state, which have a `var`.

    The child has the groups' state (`kind` 0), the rows of the initial state (1) and new rows (2); `keys` are columns
    of all, `args` and `initial_args` of the rows, `entry` of the state: the variable, the item of it that a row is, the
    item's value and until when it counts. Changes have `keys`, `entry` and whether the item is `gone` now. `task` says
    what else the worker needs, as JSON.
    """

    function: PythonFunction
    keys: tuple[Attribute, ...]
    kind: Attribute
    number: Attribute  # by which rows of a kind are in order
    args: tuple[Attribute, ...]
    initial_args: tuple[Attribute, ...]
    entry: tuple[Attribute, ...]
    columns: tuple[Attribute, ...]
    changes: tuple[Attribute, ...]  # as the child's keys and entry are, and `gone`
    task: str

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (*self.columns, *self.changes)


@dataclass(frozen=True, slots=True)
class PythonScan(Relation):
    """What a data source of a user reads. `instance` is pickled; `filters` are conditions for it to make use of."""

    name: str
    instance: bytes = field(repr=False)
    columns: tuple[Attribute, ...]
    environment: Environment
    filters: tuple[Expression, ...] = ()

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class TableRow(Expression):
    """Among the arguments of a `TablePython`: the child's row, as its columns `row` are."""

    type: StructType

    @property
    def nullable(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class TablePython(Unary):
    """The rows that a table function makes of each of the child's: one row without columns, the rows of a TABLE
    argument, or those before it in a lateral join, of which it has the columns `kept` too.

    Of a TABLE argument `row` is what the function sees; groups of equal `partition_by` have an instance each, and rows
    come in `order`. `outer`: a row of which nothing is made is kept; `found`, if asked for, is then false.
    `analyzed` is what `analyze` returned, pickled.
    """

    function: TableFunction
    args: tuple[Expression, ...]
    made: tuple[Attribute, ...]
    row: tuple[Attribute, ...] = ()
    partition_by: tuple[Attribute, ...] = ()
    order: tuple[SortOrder, ...] = ()
    kept: tuple[Attribute, ...] = ()
    outer: bool = False
    analyzed: bytes | None = field(default=None, repr=False)
    found: Attribute | None = None

    @property
    def output(self) -> tuple[Attribute, ...]:
        return (*self.kept, *self.made, *((self.found,) if self.found is not None else ()))


@dataclass(frozen=True, slots=True)
class Streamed(Relation):
    """Kernel: rows that something else computes while they are read. `stream` is a `glowplug.io.source.ArrowStream`."""

    columns: tuple[Attribute, ...]
    stream: Any = field(compare=False)

    @property
    def output(self) -> tuple[Attribute, ...]:
        return self.columns
