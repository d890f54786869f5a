"""Intervals as text, in Spark's forms."""

from __future__ import annotations

from glowplug.types import DayTimeIntervalType, YearMonthIntervalType, interval_unit

DAY_TIME_MICROS = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000)


def year_month_text(months: int, type: YearMonthIntervalType) -> str:
    """A year-month interval as a SQL literal."""
    years, rest = divmod(abs(months), 12)
    digits = {(0, 0): f"{years}", (1, 1): f"{abs(months)}"}.get((type.start, type.end), f"{years}-{rest}")
    return f"INTERVAL '{'-' if months < 0 else ''}{digits}' {interval_unit(type).upper()}"


def day_time_fields(micros: int, type: DayTimeIntervalType) -> str:
    """The digits of a day-time interval from its first to its last field: `1 02:03:04.5`."""
    rest, parts = abs(micros), []
    for field in range(type.start, type.end + 1):
        count, rest = divmod(rest, DAY_TIME_MICROS[field])
        parts.append(f"{count:02d}" if field else str(count))
    if type.end == 3 and rest:
        parts[-1] += f".{rest:06d}".rstrip("0")
    separators = [" " if field == 1 else ":" for field in range(type.start + 1, type.end + 1)]
    text = parts[0] + "".join(s + p for s, p in zip(separators, parts[1:], strict=True))
    return ("-" if micros < 0 else "") + text


def day_time_text(micros: int, type: DayTimeIntervalType) -> str:
    """A day-time interval as a SQL literal."""
    return f"INTERVAL '{day_time_fields(micros, type)}' {interval_unit(type).upper()}"


def day_time_shown(type: DayTimeIntervalType) -> str:
    """The form of a day-time interval's digits, as errors show it: `d h:m:s.n`."""
    letters = "dhms"[type.start : type.end + 1]
    separators = [" " if field == 1 else ":" for field in range(type.start + 1, type.end + 1)]
    shown = letters[0] + "".join(s + p for s, p in zip(separators, letters[1:], strict=True))
    return shown + (".n" if type.end == 3 else "")


def calendar_text(value: tuple[int, int, int]) -> str:
    """A calendar interval (months, days, microseconds) as Spark prints it: `1 years 2 months 3 days 4 hours`."""
    months, days, micros = value
    years, months = _div(months, 12), _rem(months, 12)
    parts = [f"{n} {unit}" for n, unit in ((years, "years"), (months, "months"), (days, "days")) if n]
    hours, rest = _div(micros, DAY_TIME_MICROS[1]), _rem(micros, DAY_TIME_MICROS[1])
    minutes, rest = _div(rest, DAY_TIME_MICROS[2]), _rem(rest, DAY_TIME_MICROS[2])
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
