"""Casts from text. Common forms are read by the kernel, told apart by a regular expression; all others in Python."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import partial

from glowplug import types as t
from glowplug.datetimes import parse_date, parse_time, parse_timestamp, parse_timestamp_ntz
from glowplug.functions.lowering import per_row
from glowplug.functions.zones import instant_sql
from glowplug.interval_texts import parse_calendar, parse_day_time, parse_year_month
from glowplug.kernel.casts.casting import Casting
from glowplug.kernel.casts.numbers import to_binary
from glowplug.kernel.types import kernel_type, text

_BLANK = r"[\x00-\x20]*"
_CONTROL = r"[\x00-\x20\x7f]*"  # what integers and booleans may have around them; numbers with a point less
_DIGITS = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_INTEGER = rf"^{_CONTROL}([+-]?[0-9]+){_CONTROL}$"
_TRUNCATED = rf"^{_CONTROL}([+-]?[0-9]*)(\.[0-9]*)?{_CONTROL}$"
_DECIMAL = rf"^{_BLANK}({_DIGITS}){_BLANK}$"
_FLOAT = rf"^{_BLANK}({_DIGITS})[dDfF]?{_BLANK}$"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])"


def from_text(x: str, target: t.DataType, c: Casting) -> str:
    """A text as a value of `target`. Malformed: CAST_INVALID_INPUT under ANSI, else NULL."""
    match target:
        case t.BinaryType():
            return to_binary(x, t.STRING)
        case t.DecimalType():
            return c.once(x, lambda v: _decimal(v, target, c))
        case t.YearMonthIntervalType() | t.DayTimeIntervalType():
            return _interval(x, target, c)
        case t.CalendarIntervalType():  # NULL in every mode
            return per_row(c.to, "text_to_interval", parse_calendar, [(x, t.STRING)], target)
    read = _READERS[target.__class__]
    return c.once(x, lambda v: c.or_fail(v, read(v, target, c), c.invalid(v, t.STRING, target)))


def _integer(x: str, target: t.DataType, c: Casting) -> str:
    name = kernel_type(target)
    if c.ansi:
        trimmed = f"TRY_CAST(regexp_extract({x}, {text(_INTEGER)}, 1) AS {name})"
        return f"CASE WHEN regexp_full_match({x}, '[+-]?[0-9]+') THEN TRY_CAST({x} AS {name}) ELSE {trimmed} END"
    # legacy: digits after a point are cut off, and there may be none before it
    whole = f"regexp_extract({x}, {text(_TRUNCATED)}, 1)"
    pointed = f"regexp_full_match({x}, {text(_CONTROL + '[+-]?' + chr(92) + '.[0-9]*' + _CONTROL)})"
    return f"CASE WHEN {pointed} THEN CAST(0 AS {name}) ELSE TRY_CAST({whole} AS {name}) END"


def _float(x: str, target: t.DataType, c: Casting) -> str:
    name = kernel_type(target)
    number = f"TRY_CAST(regexp_extract({x}, {text(_FLOAT)}, 1) AS {name})"
    word = f"lower(trim({x}, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' '))"
    inf, minus = f"CAST('inf' AS {name})", f"CAST('-inf' AS {name})"
    special = (
        f"CASE WHEN {x} IS NULL THEN NULL WHEN {word} IN ('inf', '+inf', 'infinity', '+infinity') THEN {inf}"
        f" WHEN {word} IN ('-inf', '-infinity') THEN {minus} WHEN {word} = 'nan' THEN CAST('nan' AS {name})"
        f" WHEN {x} LIKE '%x%' OR {x} LIKE '%X%' THEN"
        f" CAST({per_row(c.to, 'hex_to_double', _hexadecimal, [(x, t.STRING)], t.DOUBLE)} AS {name}) END"
    )
    plain = f"regexp_full_match({x}, {text(_DIGITS)})"
    return f"CASE WHEN {plain} THEN TRY_CAST({x} AS {name}) ELSE coalesce({number}, {special}) END"


def _hexadecimal(value: str) -> float | None:
    """Java's hexadecimal floating point text, which must have an exponent."""
    value = value.strip().lower()
    try:
        return float.fromhex(value.rstrip("df") if "p" in value else "")
    except ValueError:
        return None


def _decimal(x: str, target: t.DecimalType, c: Casting) -> str:
    number = f"regexp_extract({x}, {text(_DECIMAL)}, 1)"
    kernel = kernel_type(target)
    plain = f"regexp_full_match({x}, {text(_DIGITS)})"
    attempt = f"CASE WHEN {plain} THEN TRY_CAST({x} AS {kernel}) ELSE TRY_CAST({number} AS {kernel}) END"
    # with an exponent the kernel refuses digits that would fit once the point is moved
    moved = per_row(
        c.to, f"point_moved_{target.scale}", partial(_point_moved, target.scale), [(number, t.STRING)], t.STRING
    )
    attempt = f"coalesce({attempt}, CASE WHEN regexp_matches({x}, '[eE]') THEN TRY_CAST({moved} AS {kernel}) END)"
    if not c.strict:
        return attempt
    huge = c.fail("NUMERIC_OUT_OF_SUPPORTED_RANGE", value=x)
    failure = (
        f"CASE WHEN {number} = '' THEN {c.invalid(x, t.STRING, target)}"
        f" WHEN abs(TRY_CAST({number} AS DOUBLE)) >= 1e38 THEN {huge}"
        f" ELSE {c.out_of_range(number, target)} END"
    )
    return c.or_fail(x, attempt, failure)


def _point_moved(scale: int, number: str) -> str | None:
    """A number without its exponent, rounded half away from zero; None if there is none, or it has too many digits."""
    if not number or len(number) > 100 or Decimal(number).adjusted() >= 38:
        return None
    with localcontext(prec=200, rounding=ROUND_HALF_UP):
        return f"{Decimal(number).quantize(Decimal(1).scaleb(-scale)):f}"


def _boolean(x: str, target: t.DataType, c: Casting) -> str:
    word = f"lower(regexp_extract({x}, {text(f'^{_CONTROL}([A-Za-z01]*){_CONTROL}$')}, 1))"
    return (
        f"CASE {word} WHEN 'true' THEN true WHEN 'false' THEN false WHEN 't' THEN true WHEN 'f' THEN false"
        " WHEN 'yes' THEN true WHEN 'no' THEN false WHEN 'y' THEN true WHEN 'n' THEN false"
        " WHEN '1' THEN true WHEN '0' THEN false END"
    )


def _date(x: str, target: t.DataType, c: Casting) -> str:
    days = per_row(c.to, "text_to_date", parse_date, [(x, t.STRING)], t.INT)
    return (
        f"CASE WHEN regexp_full_match({x}, {text(_DAY)}) THEN TRY_CAST({x} AS DATE)"
        f" WHEN {x} IS NOT NULL THEN DATE '1970-01-01' + {days} END"
    )


def _timestamp(x: str, target: t.DataType, c: Casting) -> str:
    micros = per_row(c.to, "text_to_timestamp", parse_timestamp, [(x, t.STRING), (text(c.zone), t.STRING)], t.LONG)
    return (
        f"CASE WHEN regexp_full_match({x}, {text(f'{_DAY}(?:[ T]{_CLOCK})?')})"
        f" THEN {instant_sql(f'TRY_CAST({x} AS TIMESTAMP)', c.zone)}"
        f" WHEN regexp_full_match({x}, {text(f'{_DAY}[ T]{_CLOCK}{_OFFSET}')}) THEN TRY_CAST({x} AS TIMESTAMPTZ)"
        f" WHEN {x} IS NOT NULL THEN make_timestamptz({micros}) END"
    )


def _timestamp_ntz(x: str, target: t.DataType, c: Casting) -> str:
    micros = per_row(c.to, "text_to_timestamp_ntz", parse_timestamp_ntz, [(x, t.STRING)], t.LONG)
    return (
        f"CASE WHEN regexp_full_match({x}, {text(f'{_DAY}(?:[ T]{_CLOCK})?')}) THEN TRY_CAST({x} AS TIMESTAMP)"
        f" WHEN {x} IS NOT NULL THEN make_timestamp({micros}) END"
    )


def _time(x: str, target: t.DataType, c: Casting) -> str:
    from glowplug.kernel.casts.instants import time_of_micros

    assert isinstance(target, t.TimeType)
    micros = per_row(c.to, "text_to_time", parse_time, [(x, t.STRING)], t.LONG)
    unit = 10 ** (6 - target.precision)
    return time_of_micros(f"({micros} // {unit} * {unit})")


def _interval(x: str, target: t.DataType, c: Casting) -> str:
    """Years to months, or days to seconds. A malformed text is an error in every mode but try."""
    parse = parse_year_month if isinstance(target, t.YearMonthIntervalType) else parse_day_time
    assert isinstance(target, (t.YearMonthIntervalType, t.DayTimeIntervalType))
    tolerant = c.mode == "try"

    def value(s: str) -> int | None:
        return parse(s, target, tolerant)  # type: ignore[arg-type]

    name = f"text_to_interval_{t.interval_unit(target).replace(' ', '_')}{'_or_null' if tolerant else ''}"
    kernel = t.INT if isinstance(target, t.YearMonthIntervalType) else t.LONG
    return per_row(c.to, name, value, [(x, t.STRING)], kernel)


_READERS = {
    t.BooleanType: _boolean,
    t.ByteType: _integer,
    t.ShortType: _integer,
    t.IntegerType: _integer,
    t.LongType: _integer,
    t.FloatType: _float,
    t.DoubleType: _float,
    t.DateType: _date,
    t.TimestampType: _timestamp,
    t.TimestampNTZType: _timestamp_ntz,
    t.TimeType: _time,
}
