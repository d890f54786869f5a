"""Runs a plan's kernel statement on this machine and streams its rows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type, from_arrow_scalar, to_spark
from glowplug.errors import SparkError
from glowplug.execute.observe import observe
from glowplug.execute.operation import Operation, current
from glowplug.execute.runtime import Runtime
from glowplug.execute.stages import ready
from glowplug.io.source import Evaluate
from glowplug.kernel.compile import Decimals
from glowplug.kernel.database import Connection
from glowplug.kernel.failures import DecimalOverflow, OutOfMemory
from glowplug.kernel.workbench import Workbench
from glowplug.optimize.context import Context
from glowplug.optimize.pipeline import optimize
from glowplug.physical.pipeline import stages
from glowplug.plan.expressions import Alias, Attribute, Expression, new_id
from glowplug.plan.python import Streamed
from glowplug.plan.relations import CachedData, LocalData, Project, Recursive, Relation, SetOperation
from glowplug.plan.tree import map_all_relations, walk_relations
from glowplug.plan.verify import verify
from glowplug.types import StructField, StructType


@dataclass(slots=True)
class Result:
    """Rows on their way. `batches` computes as it is read; `close` gives everything back, read to the end or not."""

    schema: StructType
    batches: Iterator[pa.RecordBatch]
    close: Callable[[], None] = lambda: None


def schema_of(plan: Relation) -> StructType:
    return StructType(tuple(StructField(a.name, a.type, a.nullable, a.metadata) for a in plan.output))


def optimized(plan: Relation, runtime: Runtime, cx: Context | None = None) -> Relation:
    """An analysed plan as it is run: kept parts are found first, for they are kept as they were analysed."""
    done = stages(optimize(runtime.cache.use(plan, runtime.conf), cx or asking(runtime)))
    return verify(done, "optimization", plan) if runtime.conf.verify else done


def asking(runtime: Runtime) -> Context:
    """What the optimizer's rules may ask of a session."""
    return Context(evaluate(runtime), runtime.conf.get_option)


def run(plan: Relation, runtime: Runtime, operation: Operation) -> Result:
    """The rows of an optimised plan, as Arrow batches of Spark's types, columns by position."""
    schema = schema_of(plan)
    closing = ExitStack()
    try:
        plan = ready(plan, runtime, operation, closing)
        connection = _connected(runtime, operation, closing)
        batches = _start(plan, runtime, connection, operation)
    except BaseException:
        closing.close()
        raise
    types = [arrow_type(f.type, runtime.conf.time_zone) for f in schema.fields]
    converted = (to_spark(b, types) if types else b.select([]) for b in batches)  # a row without columns is a row
    return Result(schema, _until_done(converted, closing.close), closing.close)


def _start(plan: Relation, runtime: Runtime, connection: Connection, operation: Operation) -> Iterator[pa.RecordBatch]:
    """The first time with decimals in 64 bits below aggregations, and groups held in memory; if that fails before the
    first rows, again with as many digits as types need, or with groups sorted, which spills.

    The first rows come after every aggregation below them, but for those of another side of a union. User code runs
    once.
    """
    if any(isinstance(n, (SetOperation, Recursive, Streamed)) for n in walk_relations(plan)):
        return _batches(plan, operation, Workbench(runtime.conf, connection))
    decimals: Decimals = "narrow"
    spilling = False
    while True:
        bench = Workbench(runtime.conf, connection, decimals, spilling=spilling, repeatable=True)
        try:
            return _batches(plan, operation, bench)
        except DecimalOverflow:
            if decimals == "exact":
                raise
            decimals = "exact"
        except OutOfMemory:
            if bench.spilling or not bench.hungry:
                raise
            spilling = True


def _batches(plan: Relation, operation: Operation, bench: Workbench) -> Iterator[pa.RecordBatch]:
    """Run the statement up to its first rows."""
    observe(plan, bench, operation)
    _, batches = bench.stream(bench.query(plan))
    first = next(batches, None)
    return iter(()) if first is None else chain((first,), batches)


def _until_done(batches: Iterator[pa.RecordBatch], closing: Callable[[], None]) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    finally:
        closing()


def _connected(runtime: Runtime, operation: Operation, closing: ExitStack) -> Connection:
    """A connection until `closing` is closed; till then, cancellation reaches it."""
    connection = runtime.database.acquire(runtime.conf.time_zone)
    closing.callback(runtime.database.release, connection)
    closing.callback(operation.on_cancel(connection.interrupt))
    operation.progress.probe = connection.progress
    closing.callback(setattr, operation.progress, "probe", None)
    return connection


@contextmanager
def workbench(runtime: Runtime, operation: Operation) -> Iterator[Workbench]:
    """A connection ready for compiled statements, interrupted when the operation is cancelled."""
    with ExitStack() as closing:
        yield Workbench(runtime.conf, _connected(runtime, operation, closing))


@contextmanager
def statement(
    plan: Relation, runtime: Runtime, operation: Operation, prefix: str = "r"
) -> Iterator[tuple[Workbench, str]]:
    """The kernel's statement for an optimised plan, and a connection on which all that it reads is at hand."""
    with ExitStack() as held:
        plan = ready(plan, runtime, operation, held)
        bench = held.enter_context(workbench(runtime, operation))
        observe(plan, bench, operation)
        yield bench, bench.query(plan, prefix)


def collect(plan: Relation, runtime: Runtime) -> list[tuple[Any, ...]]:
    """All rows of a plan known to be small, as Python values."""
    with workbench(runtime, current()) as bench:
        return bench.rows(bench.query(plan))


def statement_text(plan: Relation, runtime: Runtime) -> str:
    """What the kernel would run for an optimised plan; the error where it cannot."""
    with workbench(runtime, current()) as bench:
        try:
            return bench.query(_uncomputed(plan))
        except SparkError as error:
            return str(error)


@dataclass(frozen=True, slots=True)
class _Uncomputed:
    """A kept plan's table by the name it has once it is computed."""

    table: str


def _uncomputed(plan: Relation) -> Relation:
    if isinstance(plan, CachedData):
        return CachedData(plan.columns, _Uncomputed(plan.entry.name))
    return map_all_relations(plan, _uncomputed)  # type: ignore[no-any-return]


def literals(plan: Relation, runtime: Runtime) -> list[tuple[Any, ...]]:
    """All rows of an analysed plan known to be small, each value as a `Literal` of its type holds it."""
    return list(literal_rows(plan, runtime))


def literal_rows(plan: Relation, runtime: Runtime) -> Generator[tuple[Any, ...], None, None]:
    """As `literals`, row by row. Computes as it is read; holds a connection until it is at its end or closed."""
    plan = optimized(plan, runtime)
    with statement(plan, runtime, current()) as (bench, sql):
        _, batches = bench.stream(sql)
        columns = [a.type for a in plan.output]
        for batch in batches:
            for row in zip(*batch.columns, strict=True):
                yield tuple(from_arrow_scalar(v, t) for v, t in zip(row, columns, strict=True))


def evaluate(runtime: Runtime) -> Evaluate:
    """How sources ask which rows of a small table pass conditions."""

    def passing(conditions: Sequence[Expression], columns: Sequence[Attribute], table: pa.Table) -> list[bool]:
        tests = tuple(Alias(c, "", new_id()) for c in conditions)
        found = collect(Project(LocalData(tuple(columns), table), tests), runtime)
        return [all(value is True for value in row) for row in found]

    return passing
