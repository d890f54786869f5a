"""What sources and write jobs ask of the kernel (`io.source.Kernel`), answered by one connection."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal as OneOf

import pyarrow as pa

from glowplug.config import Conf
from glowplug.kernel.casts import convert
from glowplug.kernel.compile import Compiler
from glowplug.kernel.database import Connection
from glowplug.kernel.types import kernel_type
from glowplug.plan.expressions import Cast, Literal
from glowplug.types import DataType

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class KernelReading:
    """Everything takes effect on `connection` at once, and until it is given back."""

    conf: Conf
    connection: Connection

    @property
    def time_zone(self) -> str:
        return self.connection.time_zone

    def register(self, data: Any) -> str:
        name = f"source{next(_numbers)}"
        self.connection.register(name, data)
        return name

    def type(self, type: DataType) -> str:
        return kernel_type(type)

    def cast(self, sql: str, source: DataType, target: DataType, mode: OneOf["ansi", "legacy", "try"]) -> str:
        compiler = Compiler(self.conf)
        result = convert(sql, source, target, mode, Cast(Literal(None, source), target, mode), compiler)
        for name, function in compiler.functions.items():
            self.connection.define(name, function.body, list(function.args), function.result)
        return result

    def python(self, name: str, body: Callable[..., Any], args: tuple[DataType, ...], result: DataType) -> str:
        self.connection.define(name, body, [kernel_type(a) for a in args], kernel_type(result))
        return name

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.rows(sql)

    def mount(self, protocol: str, filesystem: Any) -> None:
        self.connection.mount(protocol, filesystem)

    def execute(self, sql: str) -> None:
        self.connection.execute(sql)

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        return self.connection.stream(sql)
