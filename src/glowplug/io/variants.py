"""Records of text files as variants: the option `singleVariantColumn`, and fields of CSV of type VARIANT.

Semantics of Spark's `UnivocityParser.VariantValueConverter`: the texts of a column are of one kind, whole numbers at
first; from the first that is not, the rest of the file is tried as the next kind only, texts in the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from glowplug import types as t
from glowplug.errors import AnalysisError
from glowplug.functions.csv_options import CsvOptions
from glowplug.functions.csv_tokens import EMPTY, Tokenizer
from glowplug.functions.json_values import JsonOptions, parser
from glowplug.functions.record_options import RecordOptions
from glowplug.functions.variant_format import Days, DuplicateName, Instant, Members, WallClock, as_row, encode
from glowplug.functions.variant_values import decimal_of
from glowplug.io.batches import stored_type
from glowplug.io.csv_records import Records
from glowplug.io.lines import FILE, LINE, Lines
from glowplug.io.source import ArrowStream
from glowplug.types import VARIANT, StringType, StructField, StructType, VariantType, sql_name

_WHOLE = re.compile("[+-]?[0-9]{1,19}")
BAD = "bad"


def single_variant(schema: StructType | None, o: RecordOptions) -> StructType | None:
    """The schema of records that are one variant each, where that is asked for. Raises INVALID_SINGLE_VARIANT_COLUMN
    for a schema of the user's with other columns.
    """
    if o.variant is None:
        return schema
    if schema is None:
        return StructType((StructField(o.variant, VARIANT),))
    kinds = {f.name: type(f.type) for f in schema.fields if f.nullable}
    expected = {o.variant: VariantType, o.corrupt_column: StringType}
    if kinds.get(o.variant) is not VariantType or any(kinds.get(f.name) != expected.get(f.name) for f in schema.fields):
        raise AnalysisError("INVALID_SINGLE_VARIANT_COLUMN", schema=f'"{sql_name(schema)}"')
    return schema


class Converter:
    """Texts of one column of one file, in their order, as values of variants."""

    def __init__(self, o: CsvOptions, zone: str, ntz: bool) -> None:
        times = JsonOptions(
            o.time_zone or zone, date_format=o.date_format or "yyyy-MM-dd", timestamp_format=o.timestamp_format,
            timestamp_ntz_format=o.timestamp_ntz_format,
        )  # fmt: skip
        day, moment = parser(t.DATE, times), parser(t.TIMESTAMP_NTZ if ntz else t.TIMESTAMP, times)
        kinds: list[tuple[Callable[[str], Any], Callable[[Any], Any]]] = [
            (_whole, int),
            (decimal_of, lambda v: v),
            *([(day, Days)] if o.prefer_date else []),
            (moment, WallClock if ntz else Instant),
            (lambda text: {"true": True, "false": False}.get(text.lower()), bool),
        ]
        self._kinds, self._null = kinds, o.null_value

    def __call__(self, text: str | None) -> Any:
        if text is None or text == self._null:
            return None
        while self._kinds:
            read, kind = self._kinds[0]
            if (value := read(text)) is not None:
                return kind(value)
            self._kinds = self._kinds[1:]
        return text


def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) and -(1 << 63) <= int(text) < 1 << 63 else None


@dataclass(frozen=True)
class CsvVariants(ArrowStream):
    """Records with the variants of some of their fields, by place, as columns `variant0`, `variant1`, …; of all of
    them, as `variant0` and whether the record is malformed, where `places` is None.
    """

    records: Lines | Records
    options: CsvOptions
    places: tuple[int, ...] | None
    zone: str
    ntz: bool

    @property
    def schema(self) -> pa.Schema:
        variants = [(f"variant{i}", stored_type(VARIANT)) for i in range(len(self.places or (0,)))]
        return pa.schema([(LINE, pa.string()), (FILE, pa.int64()), *variants, (BAD, pa.bool_())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        number, read = 0, self._reader(0)
        for batch in self.records.batches():
            lines, numbers = (c.to_pylist() for c in batch.columns)
            rows = []
            for line, of in zip(lines, numbers, strict=True):
                if of != number:
                    number, read = of, self._reader(of)
                rows.append({LINE: line, FILE: of, **read(line)})
            yield pa.RecordBatch.from_pylist(rows, self.schema)

    def _reader(self, number: int) -> Callable[[str], dict[str, Any]]:
        """What reads the records of the file with a number."""
        o, tokenizer, converters = self.options, Tokenizer(self.options.dialect), dict[int, Converter]()

        def value(place: int, token: str | None) -> Any:
            if place not in converters:
                converters[place] = Converter(o, self.zone, self.ntz)
            return converters[place](o.empty_value if token == EMPTY else token)

        def some(line: str) -> dict[str, Any]:
            tokens = tokenizer.tokens(line)
            found = ((i, p) for i, p in enumerate(self.places or ()) if p < len(tokens))
            return {f"variant{i}": as_row(encode(value(p, tokens[p]))) for i, p in found}

        if self.places is not None or not number:
            return some
        header = self.records.first(self.records.files[number - 1]) if o.header else None
        names = None if header is None else [n or "" for n in tokenizer.tokens(header)]

        def whole(line: str) -> dict[str, Any]:
            tokens = tokenizer.tokens(line)
            called = [f"_c{i}" for i in range(len(tokens))] if names is None else names
            members = Members([(n, value(i, x)) for i, (n, x) in enumerate(zip(called, tokens, strict=False))])
            try:
                return {"variant0": as_row(encode(members)), BAD: len(tokens) != len(called)}
            except DuplicateName:
                return {"variant0": None, BAD: True}

        return whole
