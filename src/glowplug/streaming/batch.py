"""A micro-batch at work: its number and times, and the kernel on its behalf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache

from glowplug.analyze.context import Scope
from glowplug.analyze.expressions import resolve
from glowplug.execute.local import optimized, statement, workbench
from glowplug.execute.operation import Operation
from glowplug.functions import internal
from glowplug.io.source import Context
from glowplug.kernel import tables
from glowplug.kernel.workbench import Workbench
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    Origin,
    UnresolvedAttribute,
    UnresolvedFunction,
    WindowExpression,
    new_id,
    origin_of,
)
from glowplug.plan.relations import Relation
from glowplug.plan.streams import KernelTable, OutputMode
from glowplug.plan.tree import map_expressions
from glowplug.session.session import Session
from glowplug.session.world import context
from glowplug.sql import parse_expression
from glowplug.type_trees import contains_type
from glowplug.types import DataType, MapType


@dataclass(slots=True)
class Batch:
    """Times are in milliseconds. Rows not after `late_ms` are late; state not after `watermark_ms` is done with."""

    number: int
    session: Session
    operation: Operation
    mode: OutputMode
    timestamp_ms: int
    late_ms: int
    watermark_ms: int
    _tables: list[str] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether the watermark has come further since the batch before."""
        return self.watermark_ms > self.late_ms

    def at(self, late_ms: int, watermark_ms: int) -> Batch:
        """The batch for an operator for which other watermarks hold."""
        return replace(self, late_ms=late_ms, watermark_ms=watermark_ms)

    @contextmanager
    def kernel(self) -> Iterator[Workbench]:
        with workbench(self.session, self.operation) as bench:
            yield bench

    @contextmanager
    def context(self) -> Iterator[Context]:
        """What resolving a source has at hand."""
        with self.kernel() as bench:
            yield Context(self.session.conf, bench)

    def keep(self, plan: Relation, plain: bool = False) -> KernelTable:
        """The rows of a plan, computed, for as long as the batch lasts. Its columns keep their ids.

        `plain`: it is of an operator's own making, over the kernel's tables, and as good as it gets.
        """
        name = f"batch{new_id()}"
        columns = plan.output
        with statement(plan if plain else optimized(plan, self.session), self.session, self.operation, prefix="k") as (
            bench,
            sql,
        ):
            rows = tables.fill(bench, name, sql)
        self._tables.append(name)
        return KernelTable(name, columns, rows)

    def build(self, name: str, *args: Expression) -> Expression:
        """A call of one of our functions, resolved."""
        return resolve(UnresolvedFunction((name,), args), Scope(()), context(self.session))

    def formula(self, text: str, origin: Origin | None, /, **values: Expression) -> Expression:
        """An expression of SQL, resolved, over the values that its names have; functions are the built-in ones.

        What fails in it failed at `origin`, in the user's program: nobody there knows the text."""

        def put(e: Expression) -> Expression:
            if isinstance(e, UnresolvedAttribute):
                return values[e.parts[0]]
            e = map_expressions(e, put)
            if isinstance(e, UnresolvedFunction):
                return replace(e, internal=True, origin=origin)
            return e if origin_of(e) is None else replace(e, origin=origin)  # type: ignore[call-arg]

        return resolve(put(_parsed(text)), Scope(()), context(self.session))

    def over(self, name: str, arg: Expression, partition_by: tuple[Expression, ...]) -> Expression:
        """An aggregate over the rows of each partition, resolved; by maps too, which queries have no windows for."""
        whole = resolve(WindowExpression(UnresolvedFunction((name,), (arg,))), Scope(()), context(self.session))
        assert isinstance(whole, WindowExpression)
        return replace(whole, partition_by=partition_by)

    def cast(self, e: Expression, target: DataType) -> Expression:
        return Cast(e, target, "ansi", implicit=True)

    def close(self) -> None:
        if self._tables:
            with workbench(self.session, Operation("")) as bench:
                for table in self._tables:
                    tables.drop(bench, table)
            self._tables.clear()


@cache
def _parsed(text: str) -> Expression:
    return parse_expression(text)


def renamed(columns: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """The same columns under ids of their own."""
    return tuple(Attribute(a.name, a.type, a.nullable, new_id(), a.qualifier, a.metadata) for a in columns)


def alias(e: Expression, like: Attribute) -> Alias:
    """`e` as the column `like`."""
    return Alias(e, like.name, like.id, like.metadata, like.qualifier)


def all_equal(batch: Batch, left: Sequence[Attribute], right: Sequence[Attribute]) -> Expression:
    """Whether the columns of both sides are the same, pair by pair, NULLs included; `right` may have more."""
    tests = [_same(batch, a, b) for a, b in zip(left, right, strict=False)]
    condition = tests[0]
    for test in tests[1:]:
        condition = batch.build("and", condition, test)
    return condition


def _same(batch: Batch, a: Attribute, b: Attribute) -> Expression:
    """Maps group rows, but cannot be compared in queries."""
    return internal.same(a, b) if contains_type(a.type, MapType) else batch.build("<=>", a, b)
