"""Intervals as text, in Spark's forms."""

from __future__ import annotations

from glowplug.types import DayTimeIntervalType, interval_unit

_MICROS = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000)


def day_time_fields(micros: int, type: DayTimeIntervalType) -> str:
    """The digits of a day-time interval from its first to its last field: `1 02:03:04.5`."""
    rest, parts = abs(micros), []
    for field in range(type.start, type.end + 1):
        count, rest = divmod(rest, _MICROS[field])
        parts.append(f"{count:02d}" if field > type.start else str(count))
    if type.end == 3 and rest:
        parts[-1] += f".{rest:06d}".rstrip("0")
    if type.end == 3 and type.start == 3:
        parts[-1] = parts[-1].rjust(2, "0") if len(parts[-1].split(".")[0]) < 2 else parts[-1]
    separators = [" " if field == 1 else ":" for field in range(type.start + 1, type.end + 1)]
    text = parts[0] + "".join(s + p for s, p in zip(separators, parts[1:], strict=True))
    return ("-" if micros < 0 else "") + text


def day_time_text(micros: int, type: DayTimeIntervalType) -> str:
    """A day-time interval as a SQL literal."""
    return f"INTERVAL '{day_time_fields(micros, type)}' {interval_unit(type).upper()}"


def calendar_text(value: tuple[int, int, int]) -> str:
    """A calendar interval as Spark prints it: `1 years 2 months 3 days 4 hours`."""
    months, days, micros = value
    parts = [f"{n} {unit}" for n, unit in ((_div(months, 12), "years"), (_rem(months, 12), "months"), (days, "days")) if n]
    hours, rest = _div(micros, _MICROS[1]), _rem(micros, _MICROS[1])
    minutes, rest = _div(rest, _MICROS[2]), _rem(rest, _MICROS[2])
    parts += [f"{n} {unit}" for n, unit in ((hours, "hours"), (minutes, "minutes")) if n]
    if rest:
        sign, digits = ("-" if rest < 0 else ""), abs(rest)
        seconds = f"{digits // 10**6}" + (f".{digits % 10**6:06d}".rstrip("0") if digits % 10**6 else "")
        parts.append(f"{sign}{seconds} seconds")
    return " ".join(parts) or "0 seconds"


def _div(a: int, b: int) -> int:
    return abs(a) // b * (1 if a >= 0 else -1)


def _rem(a: int, b: int) -> int:
    return a - _div(a, b) * b
