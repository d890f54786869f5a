"""Intervals read from text, as Spark's casts read them. The forms in which they are written are in `intervals`."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from glowplug.errors import IllegalArgument
from glowplug.intervals import DAY_TIME_MICROS, day_time_shown
from glowplug.types import DayTimeIntervalType, YearMonthIntervalType, interval_unit

_MONTHS = {"year": 12, "month": 1}
_DAYS = {"week": 7, "day": 1}
_MICROS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1000, "microsecond": 1}
_PART = re.compile(r"\s*([+-]?)\s*(\d+)(\.\d{0,9})?\s+([a-z]+?)s?(?=\s|\Z)", re.ASCII)
_TRIMMED = "".join(map(chr, range(33))) + "\x7f"
_LIMITS = (None, 23, 59, 59)  # of hours, minutes and seconds that follow another field


def parse_calendar(text: str) -> tuple[int, int, int] | None:
    """`interval 1 month -3 days 1.5 seconds` as (months, days, nanoseconds); None if it is malformed or too large."""
    body = text.strip(_TRIMMED).lower()
    body = body[8:] if body.startswith("interval") and body[8:9].isspace() else body
    months = days = micros = position = 0
    while position < len(body):
        m = _PART.match(body, position)
        if m is None:
            return None
        sign, digits, fraction, unit = m.groups()
        value = -int(digits) if sign == "-" else int(digits)
        if fraction is not None:
            if unit != "second":
                return None
            part = int(fraction[1:].ljust(6, "0")[:6])
            micros += -part if sign == "-" else part
        months += value * _MONTHS.get(unit, 0)
        days += value * _DAYS.get(unit, 0)
        micros += value * _MICROS.get(unit, 0)
        if unit not in _MONTHS and unit not in _DAYS and unit not in _MICROS:
            return None
        position = m.end()
    fits = -(1 << 31) <= months < 1 << 31 and -(1 << 31) <= days < 1 << 31 and -(1 << 63) <= micros < 1 << 63
    return (months, days, micros * 1000) if body and fits else None


def parse_duration(text: str) -> int:
    """Microseconds of an interval such as `10 minutes` or `INTERVAL '1' HOUR`; a month has 31 days, as in Spark.

    ValueError if it is no interval.
    """
    found = parse_calendar(text)
    if found is None:
        raise ValueError(f"{text!r} is no interval")
    months, days, nanos = found
    return (months * 31 + days) * 86_400_000_000 + nanos // 1000


def parse_year_month(text: str, type: YearMonthIntervalType, tolerant: bool = False) -> int | None:
    """Months, of `1-2`, `5` or `INTERVAL '1-2' YEAR TO MONTH`. INVALID_INTERVAL_FORMAT, or None if `tolerant`."""
    m = _form(type).match(text.strip(_TRIMMED))
    if m is None:
        return _refuse(text, type, tolerant)
    outer, inner, *numbers = _groups(m)
    months = int(numbers[0]) * (12 if type.start == 0 else 1)
    if len(numbers) == 2:
        if int(numbers[1]) > 11:
            return _unparsable(text, "year-month", tolerant)
        months += int(numbers[1])
    months = -months if (outer == "-") != (inner == "-") else months
    return months if -(1 << 31) <= months < 1 << 31 else _unparsable(text, "year-month", tolerant)


def parse_day_time(text: str, type: DayTimeIntervalType, tolerant: bool = False) -> int | None:
    """Microseconds, of `1 02:03:04.5` or `INTERVAL '1 02' DAY TO HOUR`. As `parse_year_month` if it is malformed."""
    m = _form(type).match(text.strip(_TRIMMED))
    if m is None:
        return _refuse(text, type, tolerant)
    outer, inner, *numbers = _groups(m)
    micros = 0
    for i, digits in enumerate(numbers):
        limit = _LIMITS[type.start + i]
        if i and limit is not None and Decimal(digits) >= limit + 1:
            return _unparsable(text, "day-time", tolerant)
        micros += int(Decimal(digits) * DAY_TIME_MICROS[type.start + i])
    micros = -micros if (outer == "-") != (inner == "-") else micros
    return micros if -(1 << 63) <= micros < 1 << 63 else _unparsable(text, "day-time", tolerant)


def _groups(m: re.Match[str]) -> list[str]:
    """The sign outside the quotes, the one inside, and the numbers."""
    bare_sign, bare, outer, inner, quoted = m.groups()
    numbers = re.findall(r"\d+(?:\.\d+)?", bare if bare is not None else quoted)
    return [outer or "", (bare_sign if bare is not None else inner) or "", *numbers]


@cache
def _form(type: YearMonthIntervalType | DayTimeIntervalType) -> re.Pattern[str]:
    if isinstance(type, YearMonthIntervalType):
        digits = r"\d+-\d+" if type.start != type.end else r"\d+"
    else:
        parts = [r"\d+"] + [r"\d{1,2}"] * (type.end - type.start)
        separators = [r"\s+" if field == 1 else ":" for field in range(type.start + 1, type.end + 1)]
        digits = parts[0] + "".join(s + p for s, p in zip(separators, parts[1:], strict=True))
        digits += r"(?:\.\d{1,9})?" if type.end == 3 else ""
    unit = interval_unit(type).replace(" ", r"\s+")
    return re.compile(
        rf"([+-])?({digits})\Z|INTERVAL\s+([+-])?'([+-])?({digits})'\s+{unit}\Z", re.ASCII | re.IGNORECASE
    )


def _refuse(text: str, type: YearMonthIntervalType | DayTimeIntervalType, tolerant: bool) -> int | None:
    if tolerant:
        return None
    unit = interval_unit(type)
    if isinstance(type, YearMonthIntervalType):
        kind, family, shown = "UNMATCHED_FORMAT_STRING", "year-month", "-".join("ym"[type.start : type.end + 1])
    else:
        kind, family, shown = "UNMATCHED_FORMAT_STRING_WITH_NOTICE", "day-time", day_time_shown(type)
    supported = f"`[+|-]{shown}`, `INTERVAL [+|-]'[+|-]{shown}' {unit.upper()}`"
    raise IllegalArgument(
        f"INVALID_INTERVAL_FORMAT.{kind}",
        input=text, intervalStr=family, supportedFormat=supported, typeName=f"interval {unit}",
    )  # fmt: skip


def _unparsable(text: str, family: str, tolerant: bool) -> int | None:
    if tolerant:
        return None
    raise IllegalArgument("INVALID_INTERVAL_FORMAT.INTERVAL_PARSING", input=text, interval=family)
