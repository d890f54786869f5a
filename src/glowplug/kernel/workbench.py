"""A kernel connection as data sources use it: casts and registered inputs are Spark's, statements run at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.kernel.compile import Compiler, Decimals
from glowplug.kernel.database import Connection
from glowplug.kernel.failures import placed
from glowplug.kernel.types import kernel_type
from glowplug.types import DataType


class Workbench(Compiler):
    """`register` and `python` take effect at once, so that the next statement can use them."""

    __slots__ = ()
    connection: Connection

    def __init__(self, conf: Conf, connection: Connection, decimals: Decimals = "plain") -> None:
        super().__init__(conf, connection, decimals=decimals)

    def register(self, data: Any) -> str:
        name = super().register(data)
        self.connection.register(name, data)
        return name

    def python(self, name: str, body: Callable[..., Any], args: tuple[DataType, ...], result: DataType) -> str:
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
