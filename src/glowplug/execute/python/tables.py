"""Stages of table functions, and what their `analyze` says."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from glowplug.execute.operation import Operation
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.results import Conform
from glowplug.execute.python.stages import Rows, as_struct, make_task, stage_of
from glowplug.execute.python.task import table_function
from glowplug.execute.runtime import Runtime
from glowplug.plan.expressions import Alias, NamedArgument, SortOrder, new_id
from glowplug.plan.python import TablePython, TableRow
from glowplug.plan.relations import Project, Relation, Sort
from glowplug.types import StructField, StructType
from glowplug.types_json import to_json


def table_python(node: TablePython, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    columns = _Columns.of(node)
    code, schema = node.function.code, StructType(tuple(StructField(a.name, a.type, a.nullable) for a in node.made))
    # The row of a TABLE argument ends with the values by which it is partitioned; the function does not see those.
    hidden = range(len(node.row), len(node.row) + len(node.partition_by))
    command = table_function(
        columns.places, tuple(hidden), node.analyzed, code.command, json.dumps(to_json(schema)), node.function.name
    )
    task = make_task(
        code.eval_type, command, runtime, code.environment, f"{node.function.name}()",
        input_type=json.dumps(to_json(StructType(tuple(columns.types)))), output_type=json.dumps(to_json(schema)),
        table_arg_offsets=",".join(str(i) for i, t in enumerate(columns.types) if i == columns.table),
    )  # fmt: skip
    conform = Conform(node.made, runtime.conf, f"{node.function.name}()")

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        last: pa.RecordBatch | None = None
        flow = start(task, map(columns.piece, rows(columns.plan)), always=False, workers=1)
        for piece, batches in flow.chunks():
            last = last if piece is None else piece.kept
            for batch, made in _beside(batches, last, conform, node.outer and piece is not None):
                yield batch if node.found is None else batch.append_column("found", pa.repeat(made, batch.num_rows))

    return stage_of(node, code, runtime, operation, held, make)


def _beside(
    found: Iterable[pa.RecordBatch], kept: pa.RecordBatch | None, conform: Conform, outer: bool
) -> Iterator[tuple[pa.RecordBatch, bool]]:
    """The rows made (true), each with the row it was made of; with `outer` also those of which none was made."""
    width = 0 if kept is None else kept.num_columns
    seen = np.zeros(0 if kept is None else kept.num_rows, bool)
    for batch in found:
        made = conform.batch(pa.RecordBatch.from_arrays(batch.columns[1:], batch.schema.names[1:]))
        if kept is None or not width:
            yield made, True
            continue
        rows = batch.column(0).to_numpy()
        rows = np.where((rows < 0) | (rows >= kept.num_rows), kept.num_rows - 1, rows)
        seen[rows] = True
        yield _joined([c.take(pa.array(rows)) for c in kept.columns], list(made.columns)), True
    if outer and kept is not None and not seen.all():
        rows = np.flatnonzero(~seen)
        nulls = [pa.nulls(len(rows), t) for t in conform.types]
        yield _joined([c.take(pa.array(rows)) for c in kept.columns], nulls), False


def _joined(left: list[pa.Array], right: list[pa.Array]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([*left, *right], [str(i) for i in range(len(left) + len(right))])


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the kernel computes for a stage: `kept` columns, arguments, and the row of a TABLE argument at the end.

    `places` are those of the arguments among the columns that are sent, which have `types`; `table` is that of the row.
    """

    plan: Relation
    kept: int
    names: list[str]
    types: list[StructField]
    places: tuple[tuple[int, str | None], ...]
    table: int | None

    @staticmethod
    def of(node: TablePython) -> _Columns:
        values: list[Alias] = []
        places: list[tuple[int, str | None]] = []
        types: list[StructField] = []
        table = None
        row = (*node.row, *node.partition_by)
        fields = [StructField(a.name, a.type, a.nullable) for a in node.row]
        fields += [StructField(f"partition_by_{i}", a.type, a.nullable) for i, a in enumerate(node.partition_by)]
        for arg in node.args:
            name, value = (arg.name, arg.value) if isinstance(arg, NamedArgument) else (None, arg)
            places.append((len(types), name))
            if isinstance(value, TableRow):
                table = len(types)
                types.append(StructField(f"_{len(types)}", StructType(tuple(fields)), False))
            else:
                types.append(StructField(f"_{len(types)}", value.type, True))
                values.append(Alias(value, "_", new_id()))
        again = tuple(Alias(a, "_", new_id()) for a in row)  # a column may be partitioned by as well
        order = (*map(SortOrder, node.partition_by), *node.order)
        below: Relation = Sort(node.child, order) if order else node.child
        plan = Project(below, (*node.kept, *values, *again))
        return _Columns(plan, len(node.kept), [f.name for f in fields], types, tuple(places), table)

    def piece(self, batch: pa.RecordBatch) -> Piece:
        scalars = len(self.types) - (self.table is not None)
        sent = list(batch.columns[self.kept : self.kept + scalars])
        if self.table is not None:
            row = pa.RecordBatch.from_arrays(batch.columns[self.kept + scalars :], self.names)
            sent.insert(self.table, as_struct(row, self.names).column(0))
        names = [f"_{i}" for i in range(len(sent))]
        kept = pa.RecordBatch.from_arrays(batch.columns[: self.kept], [str(i) for i in range(self.kept)])
        rows = pa.RecordBatch.from_arrays(sent, names) if sent else batch.select([])
        return Piece(rows, kept=kept if self.kept else None)


# --- analyze ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as `analyze` sees it: its type as JSON, and its value in pickled form if it is constant."""

    type: str
    value: bytes | None
    is_table: bool
    name: str | None


def analyze_request(name: str, command: bytes, arguments: list[Argument]) -> bytes:
    """What `pyspark.sql.worker.analyze_udtf` reads."""
    parts = [_sized(name.encode()), _sized(command), struct.pack(">i", len(arguments))]
    for a in arguments:
        parts += [_sized(a.type.encode()), struct.pack(">?", a.value is not None)]
        if a.value is not None:
            parts.append(_sized(a.value))
        parts += [struct.pack(">?", a.is_table), struct.pack(">?", a.name is not None)]
        if a.name is not None:
            parts.append(_sized(a.name.encode()))
    return b"".join(parts)


def _sized(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data


@dataclass(frozen=True, slots=True)
class Analyzed:
    """What `analyze` returned: names and expressions are SQL. `nulls_first` None = as the direction has it."""

    schema: str
    pickled: bytes
    single: bool
    partition_by: tuple[str, ...]
    order_by: tuple[tuple[str, bool, bool | None], ...]
    select: tuple[tuple[str, str], ...]


def analyzed(answer: bytes) -> Analyzed:
    """The answer of `pyspark.sql.worker.analyze_udtf`."""
    place = 0

    def number() -> int:
        nonlocal place
        place += 4
        return int(struct.unpack_from(">i", answer, place - 4)[0])

    def data() -> bytes:
        nonlocal place
        size = number()
        place += size
        return answer[place - size : place]

    schema, pickled, single = data().decode(), data(), bool(number())
    partition_by = tuple(data().decode() for _ in range(number()))
    order_by = tuple((data().decode(), bool(number()), (None, True, False)[number()]) for _ in range(number()))
    select = tuple((data().decode(), data().decode()) for _ in range(number()))
    return Analyzed(schema, pickled, single, partition_by, order_by, select)
