"""A kernel connection as data sources use it: casts and registered inputs are Spark's, statements run at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.io.source import ArrowStream
from glowplug.kernel.compile import Compiler, Decimals
from glowplug.kernel.database import Connection
from glowplug.kernel.failures import placed
from glowplug.kernel.types import kernel_type, with_kernel_names
from glowplug.plan.relations import Relation
from glowplug.types import DataType

_EXPECTED = re.compile(r'"Estimated Cardinality": "(\d+)"')
_OF_ONE_THREAD = 122_880  # rows: the kernel's threads take so many at a time
_HELD_BYTES = 32  # of memory for a row that an aggregate holds, at least: a number, and the room that lists grow into


class Workbench(Compiler):
    """`register` and `python` take effect at once, so that the next statement can use them.

    `repeatable`: whoever runs its statements runs them again, `spilling`, if memory has not sufficed.
    """

    __slots__ = ("repeatable",)
    connection: Connection

    def __init__(
        self,
        conf: Conf,
        connection: Connection,
        decimals: Decimals = "plain",
        *,
        spilling: bool = False,
        repeatable: bool = False,
    ) -> None:
        super().__init__(conf, connection, decimals=decimals, spilling=spilling)
        self.repeatable = repeatable

    def query(self, plan: Relation, prefix: str = "r") -> str:
        sql = super().query(plan, prefix)
        at_risk = (self.outside or (self.hungry and not self.repeatable)) and not self.spilling
        if not at_risk and not self.placing:
            return sql
        rows = self._expected(sql)
        self.spilling |= at_risk and (rows is None or rows * _HELD_BYTES > self.connection.memory_limit())
        self.in_place = rows is None or rows <= _OF_ONE_THREAD
        if not (at_risk and self.spilling) and self.in_place:
            return sql
        self.shared.clear()
        return super().query(plan, prefix)

    def _expected(self, sql: str) -> int | None:
        """How many rows the kernel expects at most; None where it cannot know, and has one try."""
        if not self.repeatable and any(isinstance(data, ArrowStream) for data in self.inputs.values()):
            return None
        (_, plan) = self.connection.rows(f"EXPLAIN (FORMAT json) {sql}")[0]
        return max(map(int, _EXPECTED.findall(plan)), default=0)

    def register(self, data: Any) -> str:
        name = super().register(data)
        self.connection.register(name, data)
        return name

    def python(self, name: str, body: Callable[..., Any], args: tuple[DataType, ...], result: DataType) -> str:
        body = with_kernel_names(body, result)
        return self.connection.define(name, body, [kernel_type(a) for a in args], kernel_type(result))

    def execute(self, sql: str) -> None:
        """Run statements for their effect."""
        self.connection.execute(sql)

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """A query's rows, computed as they are asked for."""
        try:
            schema, batches = self.connection.stream(sql)
        except SparkError as error:
            raise placed(error, self.suspects) from None
        return schema, self._placed(batches)

    def _placed(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except SparkError as error:
            raise placed(error, self.suspects) from None
