"""`from_json` a block of texts at a time, where they are plain: by `glowplug-native` or else by Arrow's JSON reader.

Both are as strict as Spark about what is JSON, names that come twice and the kind of each value, and read only the
members that the schema names. What is not plain is NULL here, and read by `json_kernel.py` and `json_values.py`: with
Arrow's reader, which tells nothing of a block in which one text is not as it wants it, all of the block's rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glowplug import types as t
from glowplug.arrow import arrow_type
from glowplug.functions import json_native
from glowplug.functions.json_texts import MAX_DEPTH, too_deep
from glowplug.functions.json_values import JsonOptions

PAUSE = 15  # blocks that are not tried after one that failed
_PLAIN = (
    t.BooleanType, t.ByteType, t.ShortType, t.IntegerType, t.LongType, t.DoubleType, t.DateType, t.TimestampType,
    t.TimestampNTZType, *t.STRINGS,
)  # fmt: skip
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?"
_ZONED = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ T]{_CLOCK}(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])$"
_LOCAL = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ T]{_CLOCK}$"
_ZERO = re.compile(rb"-0(?![-.0-9])")  # an integer without a sign, to Spark; not within a date
_SECONDS = len("2026-01-01T00:00:00Z")
_LINE_FEED, _OPEN, _CLOSE = b"\n{}"


def supported(type: t.DataType, o: JsonOptions) -> bool:
    """Whether blocks of texts can be read as values of a type."""
    match type:
        case t.StructType(fields):
            read = [f for f in fields if f.name != o.corrupt]
            return o.leniency.non_numeric and bool(read) and _named(fields) and all(_readable(f.type, o) for f in read)
    return False


def _named(fields: tuple[t.StructField, ...]) -> bool:
    """Whether each field has a name of its own."""
    return len({f.name for f in fields}) == len(fields)


def _readable(type: t.DataType, o: JsonOptions) -> bool:
    match type:
        case t.StructType(fields):
            return (
                bool(fields) and _named(fields) and all(_readable(f.type, o) and not _is_time(f.type) for f in fields)
            )
        case t.ArrayType(element):
            return _readable(element, o) and not _is_time(element)
        case t.DateType():
            return o.date_format is None
        case t.TimestampType():
            return o.timestamp_format is None
        case t.TimestampNTZType():
            return o.timestamp_ntz_format is None
    return isinstance(type, _PLAIN)


def _is_time(type: t.DataType) -> bool:
    return isinstance(type, (t.DateType, t.TimestampType, t.TimestampNTZType))


@dataclass(frozen=True)
class BlockReader:
    """From texts to structs, NULL for those it does not read: a Python function of the kernel, or a source's."""

    type: t.StructType
    o: JsonOptions
    costly: ClassVar = True
    _rest: list[int] = field(default_factory=lambda: [0], compare=False, repr=False)  # blocks still not to be tried

    def __call__(self, texts: Any) -> Any:
        """The values of an array of texts, or of their bytes."""
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        if self._asked is not None and len(texts):
            _, offsets, data = texts.buffers()
            ends = np.frombuffer(offsets, np.int32)[texts.offset :][: len(texts) + 1].astype(np.int64)
            lengths = np.diff(ends)
            if texts.null_count:  # there may be bytes behind one that is missing
                lengths[texts.is_null().to_numpy(zero_copy_only=False)] = 0
            return self.read(data or b"", ends[:-1], lengths)
        missing = texts.is_null() if texts.null_count else None
        try:
            texts = texts.cast(pa.string())
        except pa.ArrowInvalid:  # bytes that are no UTF-8
            return self._none(len(texts))
        # rows that begin and end as objects cannot run into each other: a text that goes on would hold a line's end
        texts = texts if missing is None else texts.fill_null("{}")
        if not pc.all(pc.and_(pc.starts_with(texts, "{"), pc.ends_with(texts, "}"))).as_py():
            return self._none(len(texts))
        long = texts.filter(pc.greater(pc.binary_length(texts), 2 * MAX_DEPTH))
        if any(too_deep(text.encode()) for text in long.to_pylist()):
            return self._none(len(texts))
        ends = pa.array([0, len(texts)], pa.int32())
        data = pc.binary_join(pa.ListArray.from_arrays(ends, texts), "\n")[0].as_buffer()
        return self._block(data, len(texts), missing)

    def read(self, data: Any, starts: np.ndarray, lengths: np.ndarray) -> Any:
        """The values of the texts in `data`, UTF-8, that begin at `starts` and have these lengths in bytes."""
        if self._asked is not None:
            return json_native.read(data, starts, lengths, self.type, self._asked)
        codes, stops = np.frombuffer(data, np.uint8), starts + lengths
        lines = (starts[1:] == stops[:-1] + 1).all() and (codes[stops[:-1]] == _LINE_FEED).all()
        if not (lines and lengths.all() and (codes[starts] == _OPEN).all() and (codes[stops - 1] == _CLOSE).all()):
            return self._none(len(starts))
        long = np.flatnonzero(lengths > 2 * MAX_DEPTH)
        if any(too_deep(bytes(codes[starts[i] : stops[i]])) for i in long):
            return self._none(len(starts))
        return self._block(pa.py_buffer(data)[int(starts[0]) : int(stops[-1])], len(starts))

    def _none(self, rows: int) -> Any:
        return pa.nulls(rows, self.arrow_type)

    @cached_property
    def _asked(self) -> list[tuple[str, str]] | None:
        return json_native.kinds(self.type, self.o)

    @cached_property
    def _fields(self) -> list[t.StructField]:
        return [f for f in self.type.fields if f.name != self.o.corrupt]

    @cached_property
    def arrow_type(self) -> Any:
        return arrow_type(self.type, "UTC")

    @cached_property
    def _parse(self) -> Any:
        from pyarrow import json

        types = [(f.name, pa.string() if _is_time(f.type) else arrow_type(f.type, "UTC")) for f in self._fields]
        return json.ParseOptions(explicit_schema=pa.schema(types), unexpected_field_behavior="ignore")

    def _block(self, data: pa.Buffer, rows: int, missing: Any = None) -> Any:
        """The values of lines by Arrow's reader: all, or none if one of them is not plain."""
        if self._rest[0] > 0:
            self._rest[0] -= 1
            return self._none(rows)
        values = self._values(data, rows)
        if values is None:
            self._rest[0] = PAUSE
            return self._none(rows)
        return pa.StructArray.from_arrays(values, fields=list(self.arrow_type), mask=missing)

    def _values(self, data: pa.Buffer, rows: int) -> list[pa.Array] | None:
        from pyarrow import json

        raw = data.to_pybytes()
        # which of these are numbers is Spark's to say; one letter is found faster
        if (b"I" in raw and b"Inf" in raw) or (b"N" in raw and b"-NaN" in raw) or _ZERO.search(raw):
            return None
        options = json.ReadOptions(use_threads=False, block_size=data.size + 1)
        try:
            table = json.read_json(pa.BufferReader(data), read_options=options, parse_options=self._parse)
            columns = {f.name: _value(table.column(f.name).combine_chunks(), f.type, self.o) for f in self._fields}
        except pa.ArrowInvalid:
            return None
        if table.num_rows != rows or any(c is None for c in columns.values()):
            return None
        nothing = pa.nulls(rows, pa.string())
        return [columns.get(f.name, nothing) for f in self.type.fields]


def _value(column: pa.Array, type: t.DataType, o: JsonOptions) -> pa.Array | None:
    """A member's values; None if times are not all in one plain form. ArrowInvalid for those that do not exist."""
    if not _is_time(type):
        return column
    if isinstance(type, t.DateType):
        return column.cast(pa.date32())
    if isinstance(type, t.TimestampType):
        # all that can be cast and ends so has seconds: the pattern would find it too, slower
        if _all(pc.ends_with(column, "Z")) and _all(pc.greater_equal(pc.binary_length(column), _SECONDS)):
            return column.cast(pa.timestamp("us", "UTC"))
        if _all(pc.match_substring_regex(column, _ZONED)):
            return column.cast(pa.timestamp("us", "UTC"))
        if o.zone not in ("UTC", "Etc/UTC"):
            return None
    if not _all(pc.match_substring_regex(column, _LOCAL)):
        return None
    return column.cast(pa.timestamp("us")).cast(arrow_type(type, "UTC"))


def _all(conditions: pa.Array) -> bool:
    """Whether none is false."""
    return pc.all(conditions).as_py() is not False
