"""Runs a plan's kernel statement on this machine and streams its rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type, from_arrow_scalar, to_spark
from glowplug.errors import SparkError
from glowplug.execute.observe import observe
from glowplug.execute.stages import ready
from glowplug.io.source import Evaluate
from glowplug.kernel.compile import Compiler
from glowplug.kernel.database import Connection
from glowplug.kernel.failures import DecimalOverflow
from glowplug.kernel.workbench import Workbench
from glowplug.optimize.pipeline import optimize
from glowplug.plan.expressions import Alias, Attribute, Expression, new_id
from glowplug.plan.relations import CachedData, LocalData, Project, Recursive, Relation, SetOperation
from glowplug.plan.tree import map_relations, walk_relations
from glowplug.plan.verify import verify
from glowplug.session.operation import Operation, current
from glowplug.session.session import Session
from glowplug.types import StructField, StructType


@dataclass(slots=True)
class Result:
    """Rows on their way. `batches` computes as it is read; `close` gives everything back, read to the end or not."""

    schema: StructType
    batches: Iterator[pa.RecordBatch]
    close: Callable[[], None] = lambda: None


def schema_of(plan: Relation) -> StructType:
    return StructType(tuple(StructField(a.name, a.type, a.nullable, a.metadata) for a in plan.output))


def optimized(plan: Relation, session: Session) -> Relation:
    """An analysed plan as it is run: kept parts are found first, for they are kept as they were analysed."""
    done = optimize(session.engine.cache.use(plan), evaluate(session))
    return verify(done, "optimization", plan) if session.conf.verify else done


def run(plan: Relation, session: Session, operation: Operation) -> Result:
    """The rows of an optimised plan, as Arrow batches of Spark's types, columns by position."""
    schema = schema_of(plan)
    plan = ready(plan, session, operation)
    connection = session.engine.database.acquire(session.conf.time_zone)
    closing = _closing(connection, session, operation)
    try:
        batches = _start(plan, session, connection, operation)
    except BaseException:
        closing()
        raise
    types = [arrow_type(f.type, session.conf.time_zone) for f in schema.fields]
    converted = (to_spark(b, types) if types else b.select([]) for b in batches)  # a row without columns is a row
    return Result(schema, _until_done(converted, closing), closing)


def _start(plan: Relation, session: Session, connection: Connection, operation: Operation) -> Iterator[pa.RecordBatch]:
    """Decimals in 64 bits below aggregations; in as many as their types need if that fails before the first rows.

    The first rows come after every aggregation below them, but for those of another side of a union.
    """
    if any(isinstance(n, (SetOperation, Recursive)) for n in walk_relations(plan)):
        return _batches(plan, session, connection, operation, optimistic=False)
    try:
        return _batches(plan, session, connection, operation, optimistic=True)
    except DecimalOverflow:
        return _batches(plan, session, connection, operation, optimistic=False)


def _batches(
    plan: Relation, session: Session, connection: Connection, operation: Operation, optimistic: bool
) -> Iterator[pa.RecordBatch]:
    """Run the statement up to its first rows."""
    bench = Workbench(session.conf, connection, optimistic)
    observe(plan, bench, operation)
    _, batches = bench.stream(bench.query(plan))
    first = next(batches, None)
    return iter(()) if first is None else chain((first,), batches)


def _until_done(batches: Iterator[pa.RecordBatch], closing: Callable[[], None]) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    finally:
        closing()


def _closing(connection: Connection, session: Session, operation: Operation) -> Callable[[], None]:
    """What ends an execution, once: the connection goes back, cancellation no longer reaches it."""
    done = threading.Lock()
    forget = operation.on_cancel(connection.interrupt)
    operation.progress.probe = connection.progress

    def close() -> None:
        if done.acquire(blocking=False):
            forget()
            operation.progress.probe = None
            session.engine.database.release(connection)

    return close


@contextmanager
def workbench(session: Session, operation: Operation) -> Iterator[Workbench]:
    """A connection ready for compiled statements, interrupted when the operation is cancelled."""
    connection = session.engine.database.acquire(session.conf.time_zone)
    closing = _closing(connection, session, operation)
    try:
        yield Workbench(session.conf, connection)
    finally:
        closing()


@contextmanager
def statement(
    plan: Relation, session: Session, operation: Operation, prefix: str = "r"
) -> Iterator[tuple[Workbench, str]]:
    """The kernel's statement for an optimised plan, and a connection on which all that it reads is at hand."""
    plan = ready(plan, session, operation)
    with workbench(session, operation) as bench:
        observe(plan, bench, operation)
        yield bench, bench.query(plan, prefix)


def collect(plan: Relation, session: Session) -> list[tuple[Any, ...]]:
    """All rows of a plan known to be small, as Python values."""
    with workbench(session, current()) as bench:
        return bench.rows(bench.query(plan))


def statement_text(plan: Relation, session: Session) -> str:
    """What the kernel would run for an optimised plan; the error where it cannot."""
    with workbench(session, current()) as bench:
        try:
            return bench.query(_uncomputed(plan))
        except SparkError as error:
            return str(error)


@dataclass(frozen=True, slots=True)
class _Uncomputed:
    """A kept plan's table by the name it has once it is computed."""

    name: str

    def table(self, compiler: Compiler) -> str:
        return self.name


def _uncomputed(plan: Relation) -> Relation:
    if isinstance(plan, CachedData):
        return CachedData(plan.columns, _Uncomputed(plan.entry.name))
    return map_relations(plan, _uncomputed)  # type: ignore[no-any-return]


def literals(plan: Relation, session: Session) -> list[tuple[Any, ...]]:
    """All rows of an analysed plan known to be small, each value as a `Literal` of its type holds it."""
    plan = optimized(plan, session)
    with statement(plan, session, current()) as (bench, sql):
        _, batches = bench.stream(sql)
        columns = [a.type for a in plan.output]
        return [
            tuple(from_arrow_scalar(v, t) for v, t in zip(row, columns, strict=True))
            for batch in batches
            for row in zip(*batch.columns, strict=True)
        ]


def evaluate(session: Session) -> Evaluate:
    """How sources ask which rows of a small table pass conditions."""

    def passing(conditions: Sequence[Expression], columns: Sequence[Attribute], table: pa.Table) -> list[bool]:
        tests = tuple(Alias(c, "", new_id()) for c in conditions)
        found = collect(Project(LocalData(tuple(columns), table), tests), session)
        return [all(value is True for value in row) for row in found]

    return passing
