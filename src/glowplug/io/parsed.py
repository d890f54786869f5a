"""Texts that a source reads as values where they come from, instead of giving them to the kernel as texts.

The kernel would give them to Python again, block by block. What `optimize/read_in_source.py` asks for is a column of
structs: the value of the text, or, where its parser does not know it, the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glowplug.io.lines import FILE, LINE, Lines, views
from glowplug.io.read_ahead import ahead
from glowplug.io.source import ArrowStream, Parser
from glowplug.type_trees import walk_types
from glowplug.types import DataType, StructField, StructType, simple_string

VALUES = 1 << 20  # of all columns in a batch


def parsing_schema(schema: StructType, column: str, parser: Parser) -> StructType:
    """The schema with structs in the place of a column's texts."""

    def structs(text: DataType) -> StructType:
        return StructType((StructField("value", parser.type), StructField("text", text)))

    return StructType(tuple(replace(f, type=structs(f.type)) if f.name == column else f for f in schema.fields))


def described(parser: Parser) -> str:
    """For explain."""
    return f"from_json to {simple_string(parser.type)}"


def parsed_arrow(parser: Parser, text: pa.DataType) -> pa.DataType:
    """What stands for the text in a source with a parsed column: the value and, where that is NULL, the text."""
    return pa.struct([("value", parser.arrow_type), ("text", text)])


def parsed_column(values: pa.Array, texts: Callable[[], pa.Array], type: pa.DataType) -> pa.Array:
    """What is read, and the texts of what is not."""
    rest = pa.nulls(len(values), type)
    if values.null_count:
        given = texts()
        left = pc.and_(values.is_null(), given.is_valid())
        rest = pa.Array.from_buffers(type, len(given), [left.buffers()[1], *given.buffers()[1:]])
    return pa.StructArray.from_arrays([values, rest], ["value", "text"])


@dataclass(frozen=True)
class ParsedLines(ArrowStream):
    """The lines of files as a table of (value or line, number of the file from 1)."""

    lines: Lines
    parser: Parser

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(LINE, parsed_arrow(self.parser, pa.string_view())), (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        return ahead(self._batch, self._pieces())

    def _pieces(self) -> Iterator[tuple[int, bytes, np.ndarray, np.ndarray]]:
        """Chunks of few enough lines: short ones may become wide rows."""
        most = max(2048, VALUES // sum(1 for _ in walk_types(self.parser.type)))
        for number, data, starts, lengths in self.lines.chunks():
            for i in range(0, len(starts), most):
                yield number, data, starts[i : i + most], lengths[i : i + most]

    def _batch(self, chunk: tuple[int, bytes, np.ndarray, np.ndarray]) -> pa.RecordBatch:
        number, data, starts, lengths = chunk
        values = self.parser.read(data, starts, lengths)
        column = parsed_column(values, lambda: views(data, starts, lengths), pa.string_view())
        return pa.record_batch([column, pa.repeat(pa.scalar(number, pa.int64()), len(starts))], schema=self.schema)
