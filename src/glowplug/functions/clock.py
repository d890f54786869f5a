"""Kernel SQL for wall clocks and instants, which the functions of dates and times share.

A TIMESTAMP is an instant; its fields, and adding days or months to it, are those of the session's wall clock.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.functions.lowering import bind as bind
from glowplug.functions.lowering import bind_all as bind_all
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Lowering
from glowplug.types import TIMESTAMP, TIMESTAMP_NTZ, DataType, TimestampType

MICROS = {
    "MICROSECOND": 1,
    "MILLISECOND": 1000,
    "SECOND": 1_000_000,
    "MINUTE": 60_000_000,
    "HOUR": 3_600_000_000,
    "DAY": 86_400_000_000,
    "WEEK": 604_800_000_000,
}
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
DAY = MICROS["DAY"]
ANSI = "'\"spark.sql.ansi.enabled\"'"


def local(low: Lowering, e: Expression) -> str:
    """The wall clock of a TIMESTAMP or TIMESTAMP_NTZ."""
    return low.cast(low.sql(e), e.type, TIMESTAMP_NTZ)


def instant(low: Lowering, wall_clock: str) -> str:
    """The instant of a wall-clock time of the session's zone."""
    return low.cast(wall_clock, TIMESTAMP_NTZ, TIMESTAMP)


def shifted(low: Lowering, x: str, shift: Callable[[str], str]) -> str:
    """The instant `x` with its wall clock set to `shift(wall clock)`. The offset stays where the new time allows it."""

    def moved(v: str, clock: str, target: str) -> str:
        kept = f"make_timestamptz(epoch_us({target}) - (epoch_us({clock}) - epoch_us({v})))"
        return bind(
            kept,
            lambda k: (
                f"CASE WHEN {low.cast(k, TIMESTAMP, TIMESTAMP_NTZ)} = {target} THEN {k} ELSE {instant(low, target)} END"
            ),
        )

    def from_clock(v: str, clock: str) -> str:
        return bind(shift(clock), lambda target: moved(v, clock, target))

    return bind(x, lambda v: bind(low.cast(v, TIMESTAMP, TIMESTAMP_NTZ), lambda clock: from_clock(v, clock)))


def plus_months(low: Lowering, x: str, type: DataType, months: str) -> str:
    """A timestamp so many months on; the day is the month's last where it has none like it."""
    if isinstance(type, TimestampType):
        return shifted(low, x, lambda clock: f"({clock} + to_months({months}))")
    return f"({x} + to_months({months}))"


def plus_days(low: Lowering, x: str, type: DataType, days: str) -> str:
    """A timestamp so many days on, at the same wall-clock time."""
    if isinstance(type, TimestampType):
        return shifted(low, x, lambda clock: f"({clock} + to_days({days}))")
    return f"({x} + to_days({days}))"


def plus_micros(x: str, type: DataType, micros: str) -> str:
    """A timestamp later by exactly so many microseconds."""
    make = "make_timestamptz" if isinstance(type, TimestampType) else "make_timestamp"
    return f"{make}(epoch_us({x}) + {micros})"


def plus_day_time(low: Lowering, x: str, type: DataType, micros: str, constant: int | None = None) -> str:
    """A timestamp plus a day-time interval: whole days by the wall clock, then the rest exactly."""
    if not isinstance(type, TimestampType) or (constant is not None and abs(constant) < DAY):
        return plus_micros(x, type, micros)

    def both(v: str, n: str) -> str:
        by_days = plus_micros(plus_days(low, v, type, f"CAST({n} // {DAY} AS INTEGER)"), type, f"{n} % {DAY}")
        if constant is not None:
            return by_days
        return f"CASE WHEN {n} > -{DAY} AND {n} < {DAY} THEN {plus_micros(v, type, n)} ELSE {by_days} END"

    return bind_all([x, micros], both)


def floor_div(x: str, n: int) -> str:
    """The whole quotient rounded down; the kernel's // rounds toward zero."""
    return f"({x} // {n} - CAST({x} % {n} < 0 AS INTEGER))"


def micros_of_day(hour: str, minute: str, second: str) -> str:
    """Microseconds since midnight; the second is a decimal with 6 digits after its point."""
    hours, minutes = (f"CAST({MICROS[unit]} AS BIGINT)" for unit in ("HOUR", "MINUTE"))
    return f"{hour} * {hours} + {minute} * {minutes} + CAST({second} * 1000000 AS BIGINT)"


def month_length(year: str, month: str) -> str:
    """The days of a month, by arithmetic alone: it does not fail for months that do not exist."""
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    february = f"CASE WHEN {leap} THEN 29 ELSE 28 END"
    return f"(CASE WHEN {month} = 2 THEN {february} ELSE 30 + ({month} + {month} // 8) % 2 END)"


def calendar_parts(x: str) -> str:
    """Year, month and day of a wall-clock time as a struct, with its microseconds since midnight as `clock`.

    For values that are bound: the kernel's year() and its like are slow on those.
    """
    return f"struct_pack(date := date_part(['year', 'month', 'day'], {x}), clock := epoch_us(CAST({x} AS TIME)))"


def given(values: list[str]) -> str:
    """SQL for whether none of the values is NULL."""
    return "(" + (" AND ".join(f"{v} IS NOT NULL" for v in values) or "true") + ")"


def literal_value(e: Expression) -> object:
    """The value of a constant argument; None if it is none, or NULL."""
    return e.value if isinstance(e, Literal) else None
