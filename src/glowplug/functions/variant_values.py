"""Variants and values of Spark's types: paths into a variant, casts of what is found, values made variants, schemas."""

from __future__ import annotations

import decimal
import math
import re
from functools import lru_cache
from typing import Any

import pyarrow as pa

from glowplug import types as t
from glowplug.datetime_texts import offset_at_zone
from glowplug.datetimes import names_zone, parse_date, parse_timestamp, parse_timestamp_ntz
from glowplug.functions.json_schemas import merge
from glowplug.functions.variant_format import (
    Days,
    Instant,
    Members,
    Single,
    WallClock,
    encode,
    sort_key,
)
from glowplug.functions.variant_texts import json_text, plain_decimal, scalar_text

_STEP = re.compile(r"\.([^.\[]+)|\['([^']+)'\]|\[\"([^\"]+)\"\]|\[([0-9]+)\]")
_MICROS_PER_DAY = 86_400_000_000
_INSTANTS = 2**63
_WORDS = {
    "t": True, "true": True, "y": True, "yes": True, "1": True,
    "f": False, "false": False, "n": False, "no": False, "0": False,
}  # fmt: skip
_BITS = {t.ByteType: 7, t.ShortType: 15, t.IntegerType: 31, t.LongType: 63}


class CannotCast(ValueError):
    """A variant's value that is not, and does not become, of a type."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,9})?")


def decimal_of(text: str) -> decimal.Decimal | None:
    """A number as exact as variants can hold it; None for any other text."""
    text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        return None
    value = decimal.Decimal(text)
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    fits = max(len(digits), len(digits) + exponent) <= 38 and -exponent <= 38
    return value if fits else None


@lru_cache(1000)
def parse_path(path: str) -> tuple[str | int, ...] | None:
    """Names and indexes of a path such as `$.a[0]['b']`; None for what is no path."""
    if not path.startswith("$"):
        return None
    at, steps = 1, list[str | int]()
    while at < len(path):
        m = _STEP.match(path, at)
        if m is None:
            return None
        at = m.end()
        steps.append(int(m[4]) if m[4] else m[1] or m[2] or m[3])
    return tuple(steps)


# --- from variants --------------------------------------------------------------------------------------


def cast(value: Any, type: t.DataType, zone: str, tolerant: bool) -> Any:
    """A variant's value as an Arrow value of a type. CannotCast, or None where that is if `tolerant`."""
    if isinstance(type, t.VariantType):
        return dict(zip(("value", "metadata"), encode(value), strict=True))
    if value is None:
        return None
    try:
        match type:
            case t.StructType(fields):
                if not isinstance(value, Members):
                    raise CannotCast(value)
                found = dict(value)
                return {f.name: cast(found.get(f.name), f.type, zone, tolerant) for f in fields if f.name in found}
            case t.ArrayType(element):
                if not isinstance(value, list) or isinstance(value, Members):
                    raise CannotCast(value)
                return [cast(v, element, zone, tolerant) for v in value]
            case t.MapType(_, item):
                if not isinstance(value, Members):
                    raise CannotCast(value)
                return [(k, cast(v, item, zone, tolerant)) for k, v in value]
        return _scalar(value, type, zone)
    except (CannotCast, OverflowError, decimal.InvalidOperation) as error:
        if tolerant:
            return None
        raise error if isinstance(error, CannotCast) else CannotCast(value) from None


def _scalar(v: Any, type: t.DataType, zone: str) -> Any:
    if isinstance(type, t.STRINGS):
        return json_text(v, zone) if isinstance(v, list) else scalar_text(v, zone)
    if isinstance(v, list):
        raise CannotCast(v)
    text = v.strip() if isinstance(v, str) else None
    found: Any = None
    match type:
        case t.BooleanType():
            found = _WORDS.get(text.lower()) if text is not None else bool(v) if _is_number(v) else None
        case t.ByteType() | t.ShortType() | t.IntegerType() | t.LongType():
            found = _integer(v, text, 1 << _BITS[type.__class__])
        case t.FloatType() | t.DoubleType():
            found = _float(v, text)
        case t.DecimalType():
            found = _decimal(v, text, type)
        case t.DateType() | t.TimestampType() | t.TimestampNTZType():
            found = _time(v, text, type, zone)
            found = found if found is None or -_INSTANTS <= found < _INSTANTS else None
        case t.BinaryType():
            found = v if isinstance(v, bytes) else v.encode() if isinstance(v, str) else None
    if found is None:
        raise CannotCast(v)
    return found


def _is_number(v: Any) -> bool:
    return isinstance(v, (bool, int, float, decimal.Decimal)) and not isinstance(v, (Days, Instant, WallClock))


def _integer(v: Any, text: str | None, limit: int) -> int | None:
    if text is not None:
        number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,40}", text) else None
    elif isinstance(v, Instant):
        number = v // 1_000_000
    else:
        number = int(v) if _is_number(v) and not (isinstance(v, float) and not math.isfinite(v)) else None
    return number if number is not None and -limit <= number < limit else None


def _float(v: Any, text: str | None) -> float | None:
    if text is not None:
        try:
            return None if "_" in text else float(text)
        except ValueError:
            return None
    if isinstance(v, Instant):
        return v / 1e6
    return float(v) if _is_number(v) else None


def _decimal(v: Any, text: str | None, type: t.DecimalType) -> decimal.Decimal | None:
    if text is None and not _is_number(v):
        return None
    if text is not None and "_" in text:
        return None
    value = decimal.Decimal(scalar_text(v, "UTC") if isinstance(v, float) else text if text is not None else v)
    if not value.is_finite():
        return None
    with decimal.localcontext(decimal.Context(prec=80)):
        rounded = value.quantize(decimal.Decimal(1).scaleb(-type.scale), decimal.ROUND_HALF_UP)
    return rounded if abs(rounded) < 10 ** (type.precision - type.scale) else None


def _time(v: Any, text: str | None, type: t.DataType, zone: str) -> int | None:
    """Days, or microseconds of an instant or a wall clock."""
    if isinstance(type, t.TimestampType):
        if text is not None:
            return parse_timestamp(text, zone)
        if isinstance(v, Instant):
            return int(v)
        if _is_number(v):
            return None if isinstance(v, float) and not math.isfinite(v) else int(v * 1_000_000)
        wall = _wall(v, zone)
        return None if wall is None else wall - offset_at_zone(wall, zone, of_wall=True)
    if text is not None:
        if isinstance(type, t.DateType):
            return parse_date(text)
        return None if names_zone(text) else parse_timestamp_ntz(text)
    wall = _wall(v, zone)
    return wall if wall is None or not isinstance(type, t.DateType) else wall // _MICROS_PER_DAY


def _wall(v: Any, zone: str) -> int | None:
    if isinstance(v, Days):
        return int(v) * _MICROS_PER_DAY
    if isinstance(v, Instant):
        return int(v) + offset_at_zone(int(v), zone)
    return int(v) if isinstance(v, WallClock) else None


# --- to variants ----------------------------------------------------------------------------------------


def supported(type: t.DataType) -> bool:
    """Whether values of a type can be in a variant."""
    match type:
        case t.ArrayType(element):
            return supported(element)
        case t.MapType(key, value):
            return isinstance(key, t.STRINGS) and supported(value)
        case t.StructType(fields):
            return all(supported(f.type) for f in fields)
    return not isinstance(
        type, (t.CalendarIntervalType, t.YearMonthIntervalType, t.DayTimeIntervalType, t.TimeType, t.UserDefinedType)
    )


def counted(type: pa.DataType) -> pa.DataType:
    """An Arrow type with days and microseconds in the place of dates and times, which Python has for few years only."""
    if pa.types.is_date32(type):
        return pa.int32()
    if pa.types.is_timestamp(type):
        return pa.int64()
    if pa.types.is_map(type):
        return pa.map_(counted(type.key_type), counted(type.item_type))
    if pa.types.is_list(type):
        return pa.list_(counted(type.value_type))
    if pa.types.is_struct(type):
        return pa.struct([pa.field(f.name, counted(f.type)) for f in type])
    return type


def plain(v: Any, type: t.DataType) -> Any:
    """A value as Arrow gives it, of a `counted` type, as `variant_format` holds it."""
    if v is None or type in (t.STRING, t.INT, t.LONG, t.DOUBLE, t.BOOLEAN):
        return v
    match type:
        case t.ArrayType(element):
            return [plain(e, element) for e in v]
        case t.MapType(_, item):
            return Members((k, plain(e, item)) for k, e in sorted(v, key=lambda kv: sort_key(kv[0])))
        case t.StructType(fields):
            return Members((f.name, plain(e, f.type)) for f, e in zip(fields, v.values(), strict=True))
        case t.VariantType():
            from glowplug.functions.variant_format import decode

            return decode(v)
        case t.DateType():
            return Days(v)
        case t.TimestampType():
            return Instant(v)
        case t.TimestampNTZType():
            return WallClock(v)
        case t.FloatType():
            return Single(v)
    return v


# --- schemas --------------------------------------------------------------------------------------------


def schema(value: Any) -> t.DataType:
    """The type of a variant's value; objects are structs."""
    match value:
        case None:
            return t.NULL
        case bool():
            return t.BOOLEAN
        case Members():
            parts = sorted(value, key=lambda kv: sort_key(kv[0]))
            return t.StructType(tuple(t.StructField(k, schema(v)) for k, v in parts))
        case list():
            element: t.DataType = t.NULL
            for v in value:
                element = merge(element, schema(v), t.VARIANT)
            return t.ArrayType(element)
        case Days():
            return t.DATE
        case Instant():
            return t.TIMESTAMP
        case WallClock():
            return t.TIMESTAMP_NTZ
        case int():
            return t.LONG
        case Single():
            return t.FLOAT
        case float():
            return t.DOUBLE
        case bytes():
            return t.BINARY
        case decimal.Decimal():
            _, digits, exponent = plain_decimal(value).as_tuple()
            scale = -int(exponent)
            return t.DecimalType(max(len(digits), scale), scale)
    return t.STRING


def schema_text(type: t.DataType) -> str:
    """A type as `schema_of_variant` writes it."""
    match type:
        case t.StructType(fields):
            return "OBJECT<" + ", ".join(f"{t.quote_if_needed(f.name)}: {schema_text(f.type)}" for f in fields) + ">"
        case t.ArrayType(element):
            return f"ARRAY<{schema_text(element)}>"
    return t.sql_name(type)
