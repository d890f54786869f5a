"""Records of CSV files: lines, or, where fields may hold line ends, what `csv_tokens.py` takes for a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from glowplug.functions.csv_options import CsvOptions
from glowplug.functions.csv_tokens import Tokenizer
from glowplug.io.lines import FILE, LINE, LineFormat, Lines, Unsplit, utf8_chunks
from glowplug.io.listing import DataFile
from glowplug.io.source import ArrowStream


@dataclass(frozen=True)
class Records(ArrowStream):
    """The records of files whose fields may hold line ends: a table of (text, number of the file from 1)."""

    fs: Any
    files: tuple[DataFile, ...]
    options: CsvOptions
    header: bool

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(LINE, pa.string()), (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number_, file in enumerate(self.files, 1):
            skip = self.header
            for records in self._records(file):
                if skip and records:
                    records, skip = records[1:], False
                if records:
                    yield pa.record_batch([pa.array(records), pa.array([number_] * len(records))], schema=self.schema)

    def first(self, file: DataFile) -> str | None:
        for records in self._records(file):
            if records:
                return records[0]
        return None

    def _records(self, file: DataFile) -> Iterator[list[str]]:
        """The records of a file without empty ones and comments, chunk by chunk."""
        tokenizer = Tokenizer(self.options.dialect)
        newline = self.options.line_separator or ""
        comment = self.options.comment
        unsplit = Unsplit(self.fs.uri(file.status.path, "//"))
        chunks = utf8_chunks(self.fs, file, self.options.encoding, self.options.ignore_corrupt or False)
        for data in unsplit.pieces(chunks):
            text = data.decode()
            if not newline and (found := re.search(r"\r\n|\n|\r", text)):
                newline = found[0]
            at, records = 0, []
            for start, end in tokenizer.records(text, 0, newline or "\n", unsplit.last):
                record, at = text[start:end], end + len(newline or "\n")
                if record and not (comment and record.startswith(comment)):
                    records.append(record)
            unsplit.rest = text[at:].encode()
            yield records


def records(fs: Any, files: Sequence[DataFile], options: CsvOptions, header: bool) -> Lines | Records:
    """The records of files; without the first of each if that is a header."""
    if options.multi_line:
        return Records(fs, tuple(files), options, header)
    format = LineFormat(options.encoding, options.line_separator, True, options.comment, header)
    return Lines(fs, tuple(files), format, bool(options.ignore_corrupt))
