"""Casts to text, exactly as Spark prints values, and values as the SQL literals that error messages show."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from glowplug import types as t
from glowplug.functions.lowering import bind, per_row
from glowplug.functions.zones import local_sql
from glowplug.intervals import calendar_text, day_time_text, year_month_text
from glowplug.kernel.casts.casting import Casting
from glowplug.kernel.types import text

_BACKSLASH, _QUOTE = "\\", "'"


def to_text(x: str, source: t.DataType, c: Casting) -> str:
    """`x` as text. Decimals print plain under ANSI, else as Java's BigDecimal does; binary is read as UTF-8."""
    match source:
        case t.StringType() | t.CharType() | t.VarcharType():
            return x
        case t.FloatType() | t.DoubleType():
            return c.once(x, _float)
        case t.DecimalType():
            return c.once(x, lambda v: _decimal(v, source, c))
        case t.DateType():
            return c.once(x, lambda v: _with_era(v, f"CAST({v} AS VARCHAR)", "DATE", "''"))
        case t.TimestampType():
            return to_text(local_sql(x, c.zone), t.TIMESTAMP_NTZ, c)
        case t.TimestampNTZType():
            return c.once(
                x,
                lambda v: _with_era(
                    v, f"CAST({v} AS VARCHAR)", "TIMESTAMP", f"' ' || CAST(CAST({v} AS TIME) AS VARCHAR)"
                ),
            )
        case t.BinaryType():
            lossy = per_row(c.to, "lossy_text", lambda b: b.decode("utf-8", "replace"), [(x, source)], t.STRING)
            return f"coalesce(try(decode({x})), {lossy})"
        case t.YearMonthIntervalType():
            return _interval(x, source, t.INT, lambda v: year_month_text(v, source), c)
        case t.DayTimeIntervalType():
            return _interval(x, source, t.LONG, lambda v: day_time_text(v, source), c)
        case t.CalendarIntervalType():
            return _interval(x, source, source, lambda v: calendar_text((v.months, v.days, _micros(v))), c)
        case t.ArrayType(element):
            return c.once(x, lambda v: f"'[' || {_joined(v, lambda e: _or_null(e, element, c))} || ']'")
        case t.MapType(key, value):
            return c.once(
                x,
                lambda v: (
                    "'{' || "
                    + _joined(
                        f"map_entries({v})",
                        lambda e: f"{to_text(f'{e}.key', key, c)} || ' -> ' || {_or_null(f'{e}.value', value, c)}",
                    )
                    + " || '}'"
                ),
            )
        case t.StructType(fields):
            return c.once(x, lambda v: _struct(v, fields, c))
        case t.NullType():
            return f"CAST({x} AS VARCHAR)"
        case t.VariantType():
            from glowplug.errors import unsupported

            raise unsupported("casting VARIANT to STRING", c.origin)
        case _:
            return f"CAST({x} AS VARCHAR)"


def _micros(v: Any) -> int:
    return int(v.nanoseconds // 1000)


def _float(x: str) -> str:
    """Java's form: digits with a point between 0.001 and 10,000,000, otherwise one digit before it and an exponent."""
    return (
        f"CASE WHEN abs({x}) >= 1e-3 AND abs({x}) < 1e7 OR {x} = 0 THEN CAST({x} AS VARCHAR)"
        f" WHEN isnan({x}) THEN 'NaN' WHEN isinf({x}) THEN CASE WHEN {x} > 0 THEN 'Infinity' ELSE '-Infinity' END"
        f" WHEN {x} IS NOT NULL THEN CASE WHEN {x} < 0 THEN '-' ELSE '' END"
        f" || {bind(f'CAST(abs({x}) AS VARCHAR)', lambda short: _scientific(x, short))} END"
    )


def _scientific(x: str, short: str) -> str:
    """From the kernel's digits, which are the same, but have an exponent only below 0.0001 and from 1e16 on."""
    whole, fraction = f"split_part({short}, '.', 1)", f"split_part({short}, '.', 2)"
    # Java shows two digits at least, and of the smallest numbers, where one would do, the two nearest to the value.
    digits = f"CASE WHEN contains({short}, '.') THEN {short} ELSE printf('%.1e', CAST(abs({x}) AS DOUBLE)) END"
    exponent = bind(
        digits, lambda d: f"split_part({d}, 'e', 1) || 'E' || CAST(CAST(split_part({d}, 'e', 2) AS INTEGER) AS VARCHAR)"
    )
    large = (  # 123456789.25
        f"{whole}[1] || '.' || coalesce(nullif(rtrim({whole}[2:] || {fraction}, '0'), ''), '0')"
        f" || 'E' || CAST(length({whole}) - 1 AS VARCHAR)"
    )
    small = (
        f"ltrim({fraction}, '0')[1] || '.' || coalesce(nullif(ltrim({fraction}, '0')[2:], ''), '0') || 'E-4'"  # 0.00012
    )
    return f"CASE WHEN contains({short}, 'e') THEN {exponent} WHEN abs({x}) >= 1e7 THEN {large} ELSE {small} END"


def _decimal(x: str, type: t.DecimalType, c: Casting) -> str:
    plain = f"CAST(CAST({x} AS DECIMAL({type.precision},{type.scale})) AS VARCHAR)"
    if type.precision == type.scale:  # the kernel leaves out the zero before the point
        plain = f"replace({plain}, '.', '0.')"
    if c.ansi or type.scale <= 6:
        return plain
    # BigDecimal.toString: with an exponent if there are six or more zeros after the point
    digits = f"ltrim(replace(CAST(abs({x}) AS VARCHAR), '.', ''), '0')"
    digits = f"coalesce(nullif({digits}, ''), '0')"
    small = (
        f"{digits}[1] || CASE WHEN length({digits}) > 1 THEN '.' || {digits}[2:] ELSE '' END"
        f" || 'E' || CAST(length({digits}) - 1 - {type.scale} AS VARCHAR)"
    )
    return (
        f"CASE WHEN abs({x}) < 0.000001 AND length({digits}) - 1 - {type.scale} < -6"
        f" THEN CASE WHEN {x} < 0 THEN '-' ELSE '' END || {small} ELSE {plain} END"
    )


def _with_era(x: str, plain: str, kernel: str, clock: str) -> str:
    """Years beyond 9999 have a plus, years before 1 (1 BC is 0) at least four digits."""
    year = f"year({x})"
    digits = f"CAST(abs({year}) AS VARCHAR)"
    padded = f"lpad({digits}, CAST(greatest(4, length({digits})) AS INTEGER), '0')"
    early = f"CASE WHEN {year} < 0 THEN '-' ELSE '' END || {padded} || strftime({x}, '-%m-%d') || {clock}"
    return (
        f"CASE WHEN {x} >= {kernel} '0001-01-01' AND {x} < {kernel} '10000-01-01' THEN {plain}"
        f" WHEN {x} >= {kernel} '10000-01-01' THEN '+' || {plain} WHEN {x} IS NOT NULL THEN {early} END"
    )


def _interval(x: str, source: t.DataType, kernel: t.DataType, write: Any, c: Casting) -> str:
    name = f"{t.simple_string(source).replace(' ', '_')}_to_text"
    return per_row(c.to, name, write, [(x, kernel)], t.STRING)


def _joined(items: str, write: Any) -> str:
    """The texts of a list's elements with commas between them; NULL for a NULL list."""
    name = f"e{crc32(items.encode()):08x}"
    texts = f"list_transform({items}, (lambda {name}: {write(name)}))"
    return f"CASE WHEN {items} IS NOT NULL THEN coalesce(array_to_string({texts}, ', '), '') END"


def _or_null(x: str, type: t.DataType, c: Casting) -> str:
    return f"coalesce({to_text(x, type, c)}, 'null')"


def _struct(x: str, fields: tuple[t.StructField, ...], c: Casting) -> str:
    parts = (_or_null(f"struct_extract_at({x}, {i + 1})", f.type, c) for i, f in enumerate(fields))
    inside = " || ', ' || ".join(parts) or "''"
    return f"CASE WHEN {x} IS NOT NULL THEN '{{' || {inside} || '}}' END"


def as_literal(x: str, type: t.DataType, c: Casting) -> str:
    """`x` as the SQL literal that an error message shows: `'a'`, `5L`, `1.0E10D`, `DATE '2020-01-01'`."""
    match type:
        case t.StringType() | t.CharType() | t.VarcharType():
            escaped = (
                f"replace(replace({x}, {text(_BACKSLASH)}, {text(_BACKSLASH * 2)}), '''', {text(_BACKSLASH + _QUOTE)})"
            )
            return f"'''' || {escaped} || ''''"
        case t.LongType():
            return f"CAST({x} AS VARCHAR) || 'L'"
        case t.DoubleType():
            return f"{to_text(x, type, c)} || CASE WHEN isfinite({x}) THEN 'D' ELSE '' END"
        case t.DecimalType():
            return f"{to_text(x, type, c)} || 'BD'"
        case t.DateType() | t.TimestampType() | t.TimestampNTZType() | t.TimeType():
            word = {t.DateType: "DATE", t.TimestampType: "TIMESTAMP", t.TimeType: "TIME"}.get(
                type.__class__, "TIMESTAMP_NTZ"
            )
            return f"'{word} ''' || {to_text(x, type, c)} || ''''"
        case _:
            return to_text(x, type, c)
