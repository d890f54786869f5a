"""The contract between a data source and the engine.

A `Format` is declared once per format and found by name in `io/formats.py`. It makes a `Source` (something that can be
read, with a schema) from options and paths, and runs write jobs. A `Source` is a value: equal sources read the same
rows. It says how it is read as kernel SQL; a source the kernel cannot read itself registers an Arrow stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from glowplug.plan import commands
from glowplug.plan.function import Enclosing
from glowplug.source_options import Settings
from glowplug.types import DataType, StructField, StructType

if TYPE_CHECKING:
    from glowplug.plan.expressions import Attribute, Expression

Pairs = commands.Pairs

# Which rows of a table (one column per attribute, in order) pass all conditions.
Evaluate = Callable[["Sequence[Expression]", "Sequence[Attribute]", pa.Table], "Sequence[bool]"]


class ArrowStream:
    """Rows as Arrow batches that can be read again and again: what `register` takes besides Arrow's own things.

    A SparkError that `batches` raises comes back out of the kernel as itself.
    """

    @property
    def schema(self) -> pa.Schema:
        raise NotImplementedError

    def batches(self) -> Iterator[pa.RecordBatch]:
        raise NotImplementedError


class Parser(Protocol):
    """Reads texts as values, block by block (`functions/json_blocks.py`): NULL where it does not know how."""

    @property
    def type(self) -> DataType:
        """The values' type."""

    @property
    def arrow_type(self) -> pa.DataType:
        """That of the arrays."""

    def __call__(self, texts: pa.Array) -> pa.Array:
        """The values of an array of texts, or of their bytes."""

    def read(self, data: bytes, starts: Any, lengths: Any) -> pa.Array:
        """The values of the texts in `data`, UTF-8, that begin at `starts` and have these lengths in bytes."""


class Reading(Enclosing, Protocol):
    """What a source may ask of the statement that is being built around it (implemented in kernel/)."""

    def register(self, data: Any) -> str:
        """The name under which the statement sees an Arrow table, dataset, reader, or an `ArrowStream`."""

    def failure(self, condition: str, **parameters: str) -> str:
        """Kernel SQL that raises a condition when it is evaluated. Parameter values are SQL of type VARCHAR."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a small query, run now."""

    def mount(self, protocol: str, filesystem: Any) -> None:
        """Let the kernel open `protocol://` paths through an fsspec file system. Idempotent by protocol."""


class Kernel(Reading, Protocol):
    """A kernel connection, as far as inference and write jobs use it. One thread at a time."""

    def execute(self, sql: str) -> None:
        """Run statements for their effect."""

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """A query's rows, computed as they are asked for."""


@dataclass(frozen=True, slots=True)
class Context:
    """What resolving a source or running a write job has at hand."""

    settings: Settings
    kernel: Kernel


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be read. Subclasses are frozen dataclasses: equality decides whether a cache fits."""

    schema: StructType

    @property
    def name(self) -> str:
        """What explain shows: the format's name."""
        raise NotImplementedError

    @property
    def hidden(self) -> tuple[StructField, ...]:
        """Columns that are read only when they are named (`_metadata`)."""
        return ()

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        """A kernel query whose columns are `columns` of the schema or hidden, so named, of exactly the kernel types.

        The kernel pushes the filters of the statement around it down into it by itself. With no columns, the query
        has one column of no meaning, and the right number of rows.
        """
        raise NotImplementedError

    @property
    def prunable(self) -> bool:
        """Whether conditions can make a difference to `prune`."""
        return False

    def prune(self, conditions: Sequence[Expression], columns: Sequence[Attribute], evaluate: Evaluate) -> Source:
        """The same source without the files that `conditions` (over `columns`) rule out by partition values.

        Conditions over other columns than partition columns are ignored; none is dropped from the plan.
        """
        return self

    def latest(self, context: Callable[[], AbstractContextManager[Context]]) -> Source:
        """What a later batch of a stream reads beside it: the same, unless a table's versions say what there is."""
        return self

    def first(self, count: int) -> Source:
        """The same source where any `count` of its rows will do; it may still give more."""
        return self

    def parsing(self, column: str, parser: Parser) -> Source | None:
        """The same source with a text column as structs of the value that `parser` reads and, where that is NULL, the
        text (`io/parsed.py`); None where texts are not at hand as Arrow.
        """
        return None

    def input_files(self) -> tuple[str, ...]:
        """The URIs of the files behind it; empty when it has none."""
        return ()

    def describe(self) -> str:
        """One line for explain: location, format, partition filters."""
        return self.name
