"""Casts among dates, timestamps, times, intervals and numbers. Timestamps and dates meet in the session's zone."""

from __future__ import annotations

from glowplug import types as t
from glowplug.functions.zones import instant_sql, local_sql
from glowplug.intervals import DAY_TIME_MICROS
from glowplug.kernel.casts import numbers
from glowplug.kernel.casts.casting import Casting
from glowplug.kernel.casts.numbers import BITS, low_bits
from glowplug.kernel.types import kernel_type

# The kernel's first and last instant; the ends of 64 bits mean infinity there.
_FIRST, _LAST = "-9223372036854775806", "9223372036854775806"
_ANSI_INTERVALS = (t.YearMonthIntervalType, t.DayTimeIntervalType)


def convert(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """Kernel SQL for casts between dates, times, timestamps and numbers: of seconds, as in Spark."""
    match source, target:
        case t.TimestampType(), t.TimestampNTZType():
            return local_sql(x, c.zone)
        case t.TimestampType(), t.DateType():
            return f"CAST({local_sql(x, c.zone)} AS DATE)"
        case t.TimestampNTZType(), t.DateType():
            return f"CAST({x} AS DATE)"
        case t.DateType(), t.TimestampNTZType():
            return f"CAST({x} AS TIMESTAMP)"
        case t.TimestampNTZType(), t.TimestampType():
            return instant_sql(x, c.zone)
        case t.DateType(), t.TimestampType():
            return instant_sql(f"CAST({x} AS TIMESTAMP)", c.zone)
        case t.TimeType(), t.TimeType(precision):
            unit = 10 ** (6 - precision)
            return time_of_micros(f"(epoch_us({x}) // {unit} * {unit})") if precision < source.precision else x
        case t.TimestampType() | t.TimeType(), _ if isinstance(target, (*t.NUMERIC, t.BooleanType)):
            return c.once(f"epoch_us({x})", lambda v: _seconds(v, x, source, target, c))
        case _, t.TimestampType():
            return c.once(x, lambda v: _to_timestamp(v, source, c))
        case _ if isinstance(source, _ANSI_INTERVALS) and isinstance(target, _ANSI_INTERVALS):
            return _truncated(x, target)
        case _ if isinstance(source, _ANSI_INTERVALS):
            return _interval_to_number(x, source, target, c)
        case _ if isinstance(target, _ANSI_INTERVALS):
            return c.once(x, lambda v: _number_to_interval(v, source, target, c))
        case _:  # dates as numbers or booleans: legacy gives NULL
            return f"CAST(NULL AS {kernel_type(target)})"


def time_of_micros(micros: str) -> str:
    """A TIME of the microseconds of a day."""
    return f"CAST(make_timestamp({micros}) AS TIME)"


def floor_div(x: str, n: int) -> str:
    """The whole quotient rounded down; the kernel's // rounds toward zero."""
    return f"({x} // {n} - CAST({x} % {n} < 0 AS INTEGER))"


def _seconds(micros: str, x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """Seconds (since the epoch, or of the day) as a number: with a fraction, or rounded down to an integer."""
    if isinstance(target, t.BooleanType):
        return f"({micros} <> 0)"
    if isinstance(target, (t.FloatType, t.DoubleType)):
        return numbers.convert(f"(CAST({micros} AS DOUBLE) / 1e6)", t.DOUBLE, target, c)
    if isinstance(target, t.DecimalType):
        if isinstance(source, t.TimestampType):  # by way of a double, as Spark does
            return numbers.convert(f"(CAST({micros} AS DOUBLE) / 1e6)", t.DOUBLE, target, c)
        exact = f"(CAST({micros} AS DECIMAL(18,0)) * CAST(0.000001000 AS DECIMAL(9,9)))"
        return c.once(exact, lambda v: numbers.to_decimal(v, t.DecimalType(27, 9), target, c))
    seconds = floor_div(micros, 1_000_000)
    if isinstance(target, t.LongType):
        return seconds
    return c.or_fail(micros, f"TRY_CAST({seconds} AS {kernel_type(target)})", c.overflow(x, source, target))


def _to_timestamp(x: str, source: t.DataType, c: Casting) -> str:
    """Seconds since the epoch as an instant. Integers out of range stop at its ends; see the reference for the rest."""
    match source:
        case t.BooleanType():
            return f"make_timestamptz(CAST({x} AS BIGINT))"
        case t.FloatType() | t.DoubleType():
            return c.once(f"CAST({x} AS DOUBLE)", lambda v: _double_to_timestamp(v, c))
        case t.DecimalType(precision, scale):
            micros = _decimal_micros(x, precision, scale)
            # asked for NULL, which greatest and least pass over
            return f"CASE WHEN {x} IS NOT NULL THEN make_timestamptz({_held(micros)}) END"
    if BITS[source.__class__] < 64:
        return f"make_timestamptz(CAST({x} AS BIGINT) * 1000000)"
    held = f"WHEN {x} > 9223372036854 THEN {_LAST} WHEN {x} < -9223372036854 THEN {_FIRST}"
    return f"make_timestamptz(CASE {held} ELSE {x} * 1000000 END)"


def _decimal_micros(x: str, precision: int, scale: int) -> str:
    """Microseconds of seconds, in Java's 64 bits; smaller digits are cut off."""
    if precision - scale <= 12 and scale <= 6:
        return f"CAST(CAST({x} AS DECIMAL(24,6)) * CAST(1000000 AS DECIMAL(7,0)) AS BIGINT)"
    fraction = f"CAST(trunc(({x} - trunc({x})) * CAST(1000000 AS DECIMAL(7,0))) AS HUGEINT)" if scale else "0"
    return low_bits(f"(CAST(trunc({x}) AS HUGEINT) % {2**64} * 1000000 + {fraction})", t.LONG, "HUGEINT")


def _held(micros: str) -> str:
    """Microseconds no further than the kernel's first and last instant."""
    return f"greatest({_FIRST}, least({_LAST}, {micros}))"


def _double_to_timestamp(x: str, c: Casting) -> str:
    micros = numbers.convert(f"({x} * 1e6)", t.DOUBLE, t.LONG, c)
    finite = f"CASE WHEN isfinite({x}) THEN make_timestamptz({_held(micros)}) END"
    if not c.strict:
        return finite
    from glowplug.kernel.casts.texts import to_text

    invalid = c.invalid_text(to_text(x, t.DOUBLE, c), t.DOUBLE, t.TIMESTAMP)
    return f"CASE WHEN NOT isfinite({x}) THEN {invalid} ELSE {finite} END"


def _unit(type: t.DataType) -> int:
    """Months or microseconds in one of the interval type's last field."""
    assert isinstance(type, _ANSI_INTERVALS)
    return (12, 1)[type.end] if isinstance(type, t.YearMonthIntervalType) else DAY_TIME_MICROS[type.end]


def _truncated(x: str, target: t.DataType) -> str:
    """Without what is smaller than the target's last field."""
    unit = _unit(target)
    return x if unit == 1 or getattr(target, "end", 0) == 3 else f"({x} // {unit} * {unit})"


def _interval_to_number(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """The count of the interval's only field; seconds keep their fraction in a decimal. Overflow fails in any mode."""
    strict = Casting(c.to, "ansi" if c.mode == "legacy" else c.mode, c.origin)
    if isinstance(target, t.DecimalType):
        if _unit(source) == 1_000_000:
            exact = f"(CAST({x} AS DECIMAL(19,0)) * CAST(0.000001 AS DECIMAL(6,6)))"
            return c.once(exact, lambda v: numbers.to_decimal(v, t.DecimalType(25, 6), target, strict))
        return c.once(f"({x} // {_unit(source)})", lambda v: numbers.to_decimal(v, t.LONG, target, strict))
    attempt = f"TRY_CAST({x} // {_unit(source)} AS {kernel_type(target)})"
    return c.once(x, lambda v: strict.or_fail(v, attempt.replace(x, v), strict.overflow(v, source, target)))


def _number_to_interval(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """So many of the interval's only field; a decimal's fraction counts for seconds. Overflow fails in any mode."""
    strict = Casting(c.to, "ansi" if c.mode == "legacy" else c.mode, c.origin)
    unit, kernel = _unit(target), kernel_type(target)
    if isinstance(source, t.DecimalType):  # exact, and rounded half up
        whole, digits = f"CAST(TRY_CAST(trunc({x}) AS BIGINT) AS HUGEINT)", min(source.scale, 18)
        rest = f"CAST(({x} - trunc({x})) AS DECIMAL(19,{digits}))"
        total = f"TRY_CAST({whole} * {unit} + CAST(round({rest} * {unit}::DECIMAL(12,0)) AS HUGEINT) AS {kernel})"
    else:
        total = f"TRY_CAST(TRY_CAST({x} AS HUGEINT) * {unit} AS {kernel})"
    return strict.or_fail(x, total, strict.overflow(x, source, target))
