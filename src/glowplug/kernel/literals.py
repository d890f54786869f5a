"""Constants as kernel SQL of exactly their type."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from glowplug import types as t
from glowplug.kernel.types import field_names, kernel_type, quoted, text

_EPOCH = date(1970, 1, 1)
# The kernel takes -0.0 and 0.0 for one constant, and expressions that differ in that for one expression: this it does
# not compute beforehand.
NEGATIVE_ZERO = "-(random() * 0)"


def literal_sql(value: Any, type: t.DataType) -> str:
    """A `Literal`'s value as kernel SQL, of exactly the kernel's type for it."""
    if value is None:
        return "NULL" if isinstance(type, t.NullType) else f"CAST(NULL AS {kernel_type(type)})"
    match type:
        case t.BooleanType():
            return "true" if value else "false"
        case t.IntegerType():
            if value >= 0:
                return str(value)
            return f"({value})" if value > -(1 << 31) else "CAST(-2147483648 AS INTEGER)"
        case t.ByteType() | t.ShortType() | t.LongType() | t.YearMonthIntervalType() | t.DayTimeIntervalType():
            return f"CAST({value} AS {kernel_type(type)})"
        case t.FloatType() | t.DoubleType():
            if value == 0 and math.copysign(1, value) < 0:
                return f"CAST({NEGATIVE_ZERO} AS {kernel_type(type)})"
            if math.isfinite(value):
                return f"CAST('{value!r}' AS {kernel_type(type)})"
            return f"CAST('{'nan' if math.isnan(value) else 'inf' if value > 0 else '-inf'}' AS {kernel_type(type)})"
        case t.DecimalType():
            return f"CAST('{value:f}' AS {kernel_type(type)})"
        case t.StringType() | t.CharType() | t.VarcharType():
            return text(value)
        case t.BinaryType():
            return "from_hex('" + bytes(value).hex() + "')"
        case t.DateType():
            return _date(value)
        case t.TimestampType():
            return f"make_timestamptz({value})"
        case t.TimestampNTZType():
            return f"make_timestamp({value})"
        case t.TimeType():
            micros = value // 1000
            return f"make_time({micros // 3_600_000_000}, {micros // 60_000_000 % 60}, {micros % 60_000_000 / 1e6!r})"
        case t.CalendarIntervalType():
            months, days, micros = value
            return f"(to_months({months}) + to_days({days}) + to_microseconds({micros}))"
        case t.ArrayType(element):
            return f"CAST([{', '.join(literal_sql(v, element) for v in value)}] AS {kernel_type(type)})"
        case t.MapType(key, item):
            keys = ", ".join(literal_sql(k, key) for k, _ in value)
            items = ", ".join(literal_sql(v, item) for _, v in value)
            return f"CAST(map([{keys}], [{items}]) AS {kernel_type(type)})"
        case t.StructType(fields):
            parts = zip(field_names(type), fields, value, strict=True)
            inner = ", ".join(f"{quoted(n)} := {literal_sql(v, f.type)}" for n, f, v in parts)
            return f"CAST(struct_pack({inner}) AS {kernel_type(type)})"
        case t.VariantType():
            data, metadata = value
            return (
                f'struct_pack("value" := {literal_sql(data, t.BINARY)}, metadata := {literal_sql(metadata, t.BINARY)})'
            )
        case t.UserDefinedType(sql_type):
            return literal_sql(value, sql_type)
    raise AssertionError(f"no literal of type {type}")


def _date(days: int) -> str:
    try:
        return f"DATE '{_EPOCH + timedelta(days=days)}'"
    except OverflowError:
        return f"CAST(DATE '1970-01-01' + {days} AS DATE)"
