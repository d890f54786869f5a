"""binaryFile: a file is a row. https://spark.apache.org/docs/latest/sql-data-sources-binaryFile.html"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from glowplug.errors import ExecutionError, IllegalArgument, UnsupportedOperation
from glowplug.io.batches import unreadable
from glowplug.io.files import FILE, FileSource, make, only_over
from glowplug.io.filesystem import FileSystem
from glowplug.io.listing import DataFile, list_files
from glowplug.io.produce import Output
from glowplug.io.source import ArrowStream, Context, Evaluate, Pairs, Reading
from glowplug.plan.expressions import Attribute, Expression
from glowplug.source_options import ListingOptions, enabled, read_options
from glowplug.sqltext import ident
from glowplug.types import (
    BINARY,
    LONG,
    STRING,
    TIMESTAMP,
    DataType,
    StructField,
    StructType,
    as_nullable,
    simple_string,
)

SCHEMA = StructType(
    (
        StructField("path", STRING),
        StructField("modificationTime", TIMESTAMP),
        StructField("length", LONG),
        StructField("content", BINARY),
    )
)
_MAX_LENGTH = "spark.sql.sources.binaryFile.maxLength"
_COLUMNS = {
    "path": pa.string(), "modificationTime": pa.timestamp("us", "UTC"), "length": pa.int64(), "content": pa.binary(),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryFileOptions(ListingOptions):
    """Those of every file format, `pathGlobFilter` above all."""


@dataclass(frozen=True)
class Contents(ArrowStream):
    """Files as rows of `columns` and the number of the file from 1. A content is read only if it is a column."""

    fs: FileSystem
    files: tuple[DataFile, ...]
    columns: tuple[str, ...]
    most: int  # bytes that a content may have
    ignore_corrupt: bool

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([*((c, _COLUMNS[c]) for c in self.columns), (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number, file in enumerate(self.files, 1):
            row = {**attributes(self.fs, file), FILE: number}
            if "content" in self.columns:
                content = self._content(file)
                if content is None:
                    continue
                row["content"] = content
            yield pa.record_batch([pa.array([row[f.name]], f.type) for f in self.schema], schema=self.schema)

    def _content(self, file: DataFile) -> bytes | None:
        if file.status.size > self.most:
            reason = f"its {file.status.size} bytes are more than the {self.most} that {_MAX_LENGTH} allows"
            raise ExecutionError("FAILED_READ_FILE.NO_HINT", path=self.fs.uri(file.status.path, "//"), reason=reason)
        try:
            with self.fs.open(file.status.path) as stream:
                return stream.read()
        except OSError as error:
            if self.ignore_corrupt:
                return None
            raise unreadable(self.fs, file, error) from error


def attributes(fs: FileSystem, file: DataFile) -> dict[str, Any]:
    """What is known of a file before it is read. A path is shown as Hadoop shows it: not percent-encoded."""
    status = file.status
    return {"path": unquote(fs.uri(status.path)), "modificationTime": status.modified, "length": status.size}


@dataclass(frozen=True, slots=True)
class BinaryFileSource(FileSource):
    most: int
    ignore_corrupt: bool

    @property
    def name(self) -> str:
        return "binaryFile"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        names = tuple(f.name for f in fields)
        stream = Contents(self.fs, tuple(files), names, self.most, self.ignore_corrupt)
        items = [*map(ident, names), *sorted(extra)]
        return f"SELECT {', '.join(items)} FROM {reading.register(stream)}"

    @property
    def prunable(self) -> bool:
        return True

    def prune(self, conditions: Sequence[Expression], columns: Sequence[Attribute], evaluate: Evaluate) -> FileSource:
        """Also by length and time, so that a file that is too long can be filtered out."""
        # The class is named, because slots make `super()` that of another.
        pruned = FileSource.prune(self, conditions, columns, evaluate)
        assert isinstance(pruned, BinaryFileSource)
        known = [c for c in columns if c.name in ("path", "modificationTime", "length")]
        usable = [c for c in conditions if only_over(c, {a.id for a in known})]
        if not usable or not pruned.files:
            return pruned
        rows = [attributes(self.fs, f) for f in pruned.files]
        arrays = [pa.array([row[a.name] for row in rows], _COLUMNS[a.name]) for a in known]
        mask = evaluate(usable, known, pa.Table.from_arrays(arrays, [f"c{i}" for i in range(len(known))]))
        return replace(pruned, files=tuple(f for f, ok in zip(pruned.files, mask, strict=True) if ok))


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> BinaryFileSource:
    if schema is not None and as_nullable(schema) != SCHEMA:
        given = simple_string(schema)
        raise IllegalArgument("UNSUPPORTED_FEATURE.GLOWPLUG", feature=f"reading binary files as {given}")
    chosen = read_options(BinaryFileOptions, options, context.settings)
    listing = list_files(paths, chosen, schema, context)
    source: BinaryFileSource = make(
        BinaryFileSource,
        listing,
        schema,
        lambda files: SCHEMA,
        "binaryFile",
        enabled(context.settings, "spark.sql.caseSensitive"),
        bool(chosen.ignore_missing),
        most=int(context.settings.get_option(_MAX_LENGTH) or 0),
        ignore_corrupt=bool(chosen.ignore_corrupt),
    )
    return source


def supports(type: DataType) -> bool:
    return True


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    raise UnsupportedOperation("UNSUPPORTED_FEATURE.WRITE_FOR_BINARY_SOURCE")
