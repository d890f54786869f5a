"""JSON values as values of Spark's types, one by one: of texts of `from_json` and records of files that the kernel does
not read as Spark does.

Semantics of Spark's `JacksonParser`: a member that does not fit its field is NULL and makes the record a malformed one
whose other fields are kept; an element that does not fit makes the whole array or map NULL.
"""

from __future__ import annotations

import base64
import decimal
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from glowplug import types as t
from glowplug.datetime_patterns import compile_pattern
from glowplug.datetime_texts import read as read_by_pattern
from glowplug.datetimes import names_zone, parse_date, parse_time, parse_timestamp, parse_timestamp_ntz
from glowplug.errors import row_failure
from glowplug.functions.json_texts import Array, Fraction, Leniency, Malformed, Object, Whole, as_text, clean, read
from glowplug.interval_texts import parse_calendar, parse_day_time, parse_year_month

_NO_NUMBERS = ("NaN", "+INF", "Infinity", "+Infinity", "-INF", "-Infinity")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_CUT = re.compile(r"(?:[\0- ]*[A-Za-z0-9+/]{4})*[\0- ]*[A-Za-z0-9+/]")  # Jackson reads past the end of the string
_BASE64 = re.compile(r"[\0- ]*(?:[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==)[\0- ]*)*")
_LONG = 1 << 63
_BITS = {t.ByteType: 7, t.ShortType: 15, t.IntegerType: 31, t.LongType: 63}


@dataclass(frozen=True, slots=True)
class JsonOptions:
    """Spark's options of JSON that matter when values are read. `zone` is that of times that name none."""

    zone: str = "UTC"
    mode: str = "PERMISSIVE"
    corrupt: str = "_corrupt_record"
    date_format: str | None = None
    timestamp_format: str | None = None
    timestamp_ntz_format: str | None = None
    leniency: Leniency = field(default_factory=Leniency)
    null_overrides: bool = True  # a member of the same name before it
    as_written: bool = False  # texts of what is no string are those of the record


class _Unfit(ValueError):
    """The value is not of its type."""


class JsonReader:
    """Reads texts as values of one type. Not for several threads at once."""

    def __init__(self, type: t.DataType, options: JsonOptions) -> None:
        self.type, self.o, self.text = type, options, ""
        self.bad = False
        self.misread: dict[str, str] = {}  # a field whose text is no number

    def __call__(self, text: str) -> Any:
        """The value for Arrow; FAILFAST raises MALFORMED_RECORD_IN_PARSING."""
        if not text.strip(_BLANKS):
            return None
        self.bad, self.misread = False, {}
        found: Any = None
        try:
            found = self._read(text)
            value = self._root(found)
        except (Malformed, _Unfit):
            value, self.bad = None, True
        if self.bad and self.o.mode == "FAILFAST":
            array = isinstance(self.type, t.StructType) and isinstance(found, list) and not isinstance(found, Object)
            why = "CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS" if array else "WITHOUT_SUGGESTION"
            why = "CANNOT_PARSE_STRING_AS_DATATYPE" if self.misread else why
            condition = f"MALFORMED_RECORD_IN_PARSING.{why}"
            raise row_failure(condition, badRecord=text, failFastMode="FAILFAST", **self.misread)
        if isinstance(self.type, t.StructType):
            value = value or {}
            if any(f.name == self.o.corrupt for f in self.type.fields):
                value = {**value, self.o.corrupt: text if self.bad else None}
        return value

    def records(self, text: str) -> list[tuple[dict[str, Any], bool]]:
        """The rows of a record, each with whether it is malformed: one of an object, one of each object in an array.
        The type is a struct; members that are missing are so in the rows."""
        if not text.strip(_SPACES):  # of JSON; anything else is malformed
            return []
        self.bad = False
        try:
            found = self._read(text)
            objects = found if isinstance(found, list) and not isinstance(found, Object) else [found]
            rows = [self._value(v, self.type) or {} for v in objects]
            if None in objects:
                raise _Unfit
        except (Malformed, _Unfit):
            return [({}, True)]
        return [(row, self.bad) for row in rows]

    def variants(self, text: str) -> list[tuple[dict[str, bytes] | None, bool]]:
        """A record as a variant, with whether it is malformed; none of nothing."""
        if not text.strip(_SPACES):
            return []
        try:
            return [(self._variant(self._read(text)), False)]
        except (Malformed, _Unfit):
            return [(None, True)]

    def _read(self, text: str) -> Any:
        self.text = text
        return read(text, self.o.leniency, self.o.as_written)

    def _root(self, value: Any) -> Any:
        if value is None and isinstance(self.type, t.StructType):
            raise _Unfit
        if isinstance(self.type, t.ArrayType) and isinstance(value, Object):
            return [self._value(value, self.type.element)]  # a single object stands for an array of it
        return self._value(value, self.type)

    def _value(self, v: Any, type: t.DataType) -> Any:
        if isinstance(type, t.VariantType):
            return self._variant(v)  # of NULL too
        if v is None or isinstance(type, t.NullType):
            return None
        match type:
            case t.StructType(fields):
                return self._struct(v, fields)
            case t.ArrayType(element):
                if not isinstance(v, list) or isinstance(v, Object):
                    raise _Unfit
                return [self._value(e, element) for e in v]
            case t.MapType(key, item):
                if not isinstance(v, Object):
                    raise _Unfit
                return list({k: (clean(k), self._value(e, item)) for k, e in v}.values()) if key else None
            case t.UserDefinedType(sql_type):
                return self._value(v, sql_type)
        return self._atom(v, type)

    def _variant(self, v: Any) -> dict[str, bytes]:
        from glowplug.functions.variant_format import DuplicateName, as_row, from_json_value

        try:
            return as_row(from_json_value(v))
        except DuplicateName:
            raise _Unfit from None

    def _struct(self, v: Any, fields: tuple[t.StructField, ...]) -> dict[str, Any]:
        if not isinstance(v, Object):
            raise _Unfit
        by_name = {f.name: f.type for f in fields}
        row: dict[str, Any] = {}
        for name, member in v:
            if name in by_name and (member is not None or self.o.null_overrides):
                try:
                    row[name] = self._value(member, by_name[name])
                except _Unfit:
                    row.setdefault(name, None)  # a value that fitted stays
                    self.bad = True
                    self._told(name, member, by_name[name])
        return row

    def _told(self, name: str, v: Any, type: t.DataType) -> None:
        """Notes the first text in the place of a number with a fraction, of which alone Spark tells."""
        if (
            isinstance(type, (t.FloatType, t.DoubleType))
            and isinstance(v, str)
            and not isinstance(v, (Whole, Fraction))
            and not self.misread
        ):
            types = {"inputType": "StringType", "targetType": type.__class__.__name__}
            self.misread = {"fieldName": t.quote(name), "fieldValue": f"'{v}'", **types}

    def _atom(self, v: Any, type: t.DataType) -> Any:
        if isinstance(type, t.STRINGS):
            return self._as_text(v)
        if isinstance(type, t.BooleanType):
            if isinstance(v, bool):
                return v
            raise _Unfit
        if isinstance(v, (bool, list)):
            raise _Unfit
        number = isinstance(v, (Whole, Fraction))
        match type:
            case t.ByteType() | t.ShortType() | t.IntegerType() | t.LongType():
                limit = 1 << _BITS[type.__class__]
                if isinstance(v, Whole) and len(v) < 25 and -limit <= int(v) < limit:
                    return int(v)
                if isinstance(v, Whole) and isinstance(type, t.ByteType) and len(v) < 4 and 128 <= int(v) < 256:
                    return int(v) - 256  # a byte may be written without sign
                raise _Unfit
            case t.FloatType() | t.DoubleType():
                if number or (v in _NO_NUMBERS and self.o.leniency.non_numeric):
                    return float(v) if v != "-0" else 0.0  # an integer, that has no sign
                raise _Unfit
            case t.DecimalType():
                return _decimal(v, type)
            case t.BinaryType() if not number:
                if not _BASE64.fullmatch(v):
                    raise Malformed(v) if _CUT.fullmatch(v) else _Unfit
                return b"".join(base64.b64decode(part) for part in re.findall("[^=]+=*", v))
            case t.TimestampType() if isinstance(v, Whole):
                if not -_LONG <= (seconds := int(v)) < _LONG:
                    raise _Unfit
                return (seconds * 1_000_000 + _LONG) % (2 * _LONG) - _LONG
        if number or not v:
            raise _Unfit
        found = parser(type, self.o)(v)
        if found is None:
            raise _Unfit
        return found

    def _as_text(self, v: Any) -> str | None:
        if self.o.as_written and isinstance(v, (Object, Array)):
            return clean(self.text[slice(*v.span)])
        return str(v) if self.o.as_written and isinstance(v, (Whole, Fraction)) else as_text(v)


_BLANKS = "".join(map(chr, range(33)))
_SPACES = " \t\r\n"


def _decimal(v: str, type: t.DecimalType) -> decimal.Decimal:
    """Rounded to the scale."""
    text = v if isinstance(v, (Whole, Fraction)) else v.replace(",", "")
    if not _DECIMAL.fullmatch(text):
        raise _Unfit
    try:
        value = decimal.Decimal(text)
    except decimal.InvalidOperation:  # an exponent that is too large
        raise _Unfit from None
    if value.adjusted() + 1 > type.precision - type.scale and value:
        raise _Unfit
    with decimal.localcontext(decimal.Context(prec=80)):
        rounded = value.quantize(decimal.Decimal(1).scaleb(-type.scale), decimal.ROUND_HALF_UP)
    if abs(rounded) >= 10 ** (type.precision - type.scale):
        raise _Unfit
    return rounded


def parser(type: t.DataType, o: JsonOptions) -> Callable[[str], Any]:
    """A function from texts to values of dates, times and intervals; None for what is none."""
    patterns = {
        t.DateType: ("date", o.date_format),
        t.TimestampType: ("timestamp", o.timestamp_format),
        t.TimestampNTZType: ("timestamp_ntz", o.timestamp_ntz_format),
    }
    target, pattern = patterns.get(type.__class__, ("", None))
    if pattern is not None:
        return partial(read_by_pattern, compile_pattern(pattern, True), target, o.zone)
    match type:
        case t.DateType():
            return parse_date
        case t.TimestampType():
            return lambda text: parse_timestamp(text, o.zone)
        case t.TimestampNTZType():
            return lambda text: None if names_zone(text) else parse_timestamp_ntz(text)
        case t.TimeType():
            return lambda text: None if (micros := parse_time(text)) is None else micros * 1000
        case t.YearMonthIntervalType():
            return lambda text: parse_year_month(text, type, True)
        case t.DayTimeIntervalType():
            return lambda text: parse_day_time(text, type, True)
        case t.CalendarIntervalType():
            return _calendar
    raise AssertionError(f"no parser of {type}")


def _calendar(text: str) -> tuple[int, int, int] | None:
    """Months, days and nanoseconds."""
    parts = parse_calendar(text)
    return None if parts is None else (parts[0], parts[1], parts[2] * 1000)
