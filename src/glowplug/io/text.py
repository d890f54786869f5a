"""Text: a line a row, or a file a row. https://spark.apache.org/docs/latest/sql-data-sources-text.html"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from glowplug.errors import AnalysisError
from glowplug.functions.record_options import CODECS
from glowplug.io.files import FILE, FileSource, check_schema, make
from glowplug.io.lines import LINE, LineFormat, Lines, detect, whole
from glowplug.io.listing import DataFile, list_files
from glowplug.io.parsed import ParsedLines, described, parsing_schema
from glowplug.io.produce import Output
from glowplug.io.source import ArrowStream, Context, Pairs, Parser, Reading
from glowplug.io.text_files import text_output
from glowplug.source_options import ListingOptions, charset, codec, enabled, option, read_options
from glowplug.sqltext import ident
from glowplug.types import STRING, DataType, StringType, StructField, StructType


def separator(text: str) -> str:
    if not text:
        raise ValueError("at least one character")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions(ListingOptions):
    whole: bool = option("wholetext", "A file is one row.", False)
    line_separator: str | None = option("lineSep", "What separates lines.", None, parse=separator)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWriteOptions:
    line_separator: str = option("lineSep", "What ends a line.", "\n", parse=separator)
    encoding: str = option("encoding", "The files' encoding.", "UTF-8", parse=charset)
    compression: str = option("compression", "How files are compressed.", "none", parse=codec(CODECS))


@dataclass(frozen=True)
class Whole(ArrowStream):
    """Files as a table of (text, number of the file from 1). A file must fit into memory."""

    fs: Any
    files: tuple[DataFile, ...]
    encoding: str | None  # None = found by the first bytes, as JSON's may be
    ignore_corrupt: bool

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(LINE, pa.string()), (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number, file in enumerate(self.files, 1):
            encoding = self.encoding or detect(self.fs, file, self.ignore_corrupt)
            text = whole(self.fs, file, encoding, self.ignore_corrupt)
            yield pa.record_batch([pa.array([text]), pa.array([number])], schema=self.schema)


@dataclass(frozen=True, slots=True)
class TextSource(FileSource):
    options: TextOptions
    parser: Parser | None = None

    @property
    def name(self) -> str:
        return "text"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        ignore = bool(self.options.ignore_corrupt)
        stream: ArrowStream
        if self.options.whole:
            stream = Whole(self.fs, tuple(files), "UTF-8", ignore)
        else:
            stream = Lines(self.fs, tuple(files), LineFormat(separator=self.options.line_separator), ignore)
            if self.parser is not None:
                stream = ParsedLines(stream, self.parser)
        items = [f"{LINE} AS {ident(f.name)}" for f in fields] + ([FILE] if FILE in extra else [])
        return f"SELECT {', '.join(items)} FROM {reading.register(stream)}"

    def describe(self) -> str:
        shown = FileSource.describe(self)
        return shown if self.parser is None else f"{shown}, {described(self.parser)}"

    def parsing(self, column: str, parser: Parser) -> TextSource | None:
        if self.options.whole or self.parser is not None or column != self.data_schema.fields[0].name:
            return None
        schema, in_files = (parsing_schema(s, column, parser) for s in (self.schema, self.data_schema))
        return replace(self, schema=schema, data_schema=in_files, parser=parser)


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> TextSource:
    chosen = read_options(TextOptions, options, context.settings)
    listing = list_files(paths, chosen, schema, context)
    source: TextSource = make(
        TextSource,
        listing,
        schema,
        lambda files: StructType((StructField("value", STRING),)),
        "Text",
        enabled(context.settings, "spark.sql.caseSensitive"),
        bool(chosen.ignore_missing),
        options=chosen,
    )
    check_schema(source.data_schema, "Text", "", supports)
    _check_one_column(source.data_schema)
    return source


def supports(type: DataType) -> bool:
    return isinstance(type, StringType)


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    o = read_options(TextWriteOptions, options, context.settings)
    _check_one_column(schema)
    return text_output("coalesce(d0, '')", None, ".txt", o.compression, o.line_separator, "UTF-8")


def _check_one_column(schema: StructType) -> None:
    if len(schema.fields) != 1:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1290", schemaSize=len(schema.fields))
