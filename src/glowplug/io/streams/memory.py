"""Rows that a test adds: the source behind `glowplug.testing.MemoryStream`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from glowplug.arrow import kernel_columns
from glowplug.errors import AnalysisError
from glowplug.io.source import Context, Pairs, Reading, Source
from glowplug.io.streams.contract import Opening, Reader, Stream
from glowplug.sqltext import ident
from glowplug.types import StructType


@dataclass(slots=True)
class Pieces:
    """Tables that were added, each a step of the offset; kept while the process lives: a batch may be done again."""

    schema: StructType
    tables: list[pa.Table] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, table: pa.Table) -> int:
        with self.lock:
            self.tables.append(table)
            return len(self.tables) - 1


PIECES: dict[str, Pieces] = {}  # by the option `id`


@dataclass(frozen=True, slots=True)
class Rows(Source):
    """The tables from number `start` below `end`."""

    id: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return "memory"

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        types = [f.type for f in self.schema.fields]
        empty = self.schema.fields and [kernel_columns(t, types) for t in PIECES[self.id].tables[self.start : self.end]]
        if not empty:
            items = ", ".join(f"CAST(NULL AS {reading.type(f.type)}) AS {ident(f.name)}" for f in self.schema.fields)
            return f"SELECT {items} WHERE false"
        whole = pa.concat_tables(empty)
        name = reading.register(whole)
        items = ", ".join(
            f"CAST({whole.column_names[i]} AS {reading.type(f.type)}) AS {ident(f.name)}"
            for i, f in enumerate(self.schema.fields)
        )
        chosen = ", ".join(map(ident, columns)) or "1 AS _"
        return f"SELECT {chosen} FROM (SELECT {items} FROM {name})"


@dataclass(frozen=True, slots=True)
class MemoryStream(Stream):
    """Rows that a test adds (`glowplug.testing`). They are in this process only, and do not outlive it."""

    id: str

    @property
    def name(self) -> str:
        return "memory"

    def open(self, opening: Opening) -> Reader:
        return MemoryReader(self)


class MemoryReader(Reader):
    """The offset is the number of the last table."""

    def __init__(self, stream: MemoryStream) -> None:
        self.stream = stream
        self.frozen: int | None = None
        names = ",".join(f.name for f in stream.schema.fields)
        self.description = f"MemoryStream[{names}]"

    def latest(self, start: str | None, limited: bool) -> str | None:
        last = self._last() if self.frozen is None else self.frozen
        return None if last < 0 else str(last)

    def freeze(self) -> None:
        self.frozen = self._last()

    def _last(self) -> int:
        return len(PIECES[self.stream.id].tables) - 1

    def source(self, start: str | None, end: str) -> Source:
        return Rows(self.stream.schema, self.stream.id, 0 if start is None else int(start) + 1, int(end) + 1)


def memory(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    found: Any = dict(options).get("id")
    if found not in PIECES:
        raise AnalysisError("DATA_SOURCE_NOT_FOUND", provider="memory")
    return MemoryStream(PIECES[found].schema, options, found)
