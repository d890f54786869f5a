"""Dates, times and timestamps from text, as Spark's casts and literals read them.

Format rules: https://spark.apache.org/docs/latest/sql-ref-literals.html#datetime-literal
Each function returns None for text that is not of its kind.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from glowplug.config import resolve_zone

MICROS_PER_DAY = 86_400_000_000
_EPOCH_DAY = datetime(1970, 1, 1).toordinal()

_DATE = r"(?P<year>[+-]?\d{4,7})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})%s)?)?"
_CLOCK = r"(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d{0,9}))?)?)?"
_ZONE = r"\s*(?P<zone>[A-Za-z+-].*)?"
_DATE_ONLY = re.compile(_DATE % r"(?:[ T].*)?" + r"\Z", re.DOTALL)
_TIMESTAMP = re.compile(_DATE % rf"(?:[ T]{_CLOCK}{_ZONE})?" + r"\Z")
_TIME_OF_TODAY = re.compile(
    rf"T?(?P<hour>\d{{1,2}}):(?P<minute>\d{{1,2}})(?::(?P<second>\d{{1,2}})(?:\.(?P<fraction>\d{{0,9}}))?)?{_ZONE}\Z"
)
_TIME = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d{0,9}))?)?(?:\s*(?P<half>[AP]M))?\Z",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})(?::(\d{2}))?\Z")


def days_from_civil(year: int, month: int, day: int) -> int | None:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, of any year; None if there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    cycles, year_in_cycle = divmod(year - 2000, 400)  # the calendar repeats every 400 years, of 146,097 days
    try:
        ordinal = datetime(2000 + year_in_cycle, month, day).toordinal()
    except ValueError:
        return None
    return ordinal - _EPOCH_DAY + cycles * 146_097


def parse_date(text: str) -> int | None:
    """Days since the epoch."""
    m = _DATE_ONLY.match(text.strip())
    return None if m is None else days_from_civil(int(m["year"]), int(m["month"] or 1), int(m["day"] or 1))


def parse_time(text: str) -> int | None:
    """Nanoseconds of the day; digits below microseconds are dropped."""
    m = _TIME.match(text.strip())
    if m is None:
        return None
    micros = _micros_of_day(m)
    if micros is None or m["half"] is None:
        return None if micros is None else micros * 1000
    hour = int(m["hour"])
    if not 1 <= hour <= 12:
        return None
    shifted = (hour % 12) + (12 if m["half"].upper() == "PM" else 0)
    return (micros + (shifted - hour) * 3_600_000_000) * 1000


def parse_timestamp(text: str, zone: str) -> int | None:
    """Microseconds since the epoch in UTC; `zone` holds where the text names none."""
    text = text.strip()
    parts = _split_timestamp(text)
    if parts is not None:
        local, named = parts
    else:
        m = _TIME_OF_TODAY.match(text)
        micros = None if m is None else _micros_of_day(m)
        if m is None or micros is None:
            return None
        named = m["zone"]
        where = zone_of(named or zone)
        if where is None:
            return None
        today = datetime.now(where).toordinal() - _EPOCH_DAY
        local = today * MICROS_PER_DAY + micros
    where = zone_of(named or zone)
    if where is None:
        return None
    instant = local - offset_micros(local, where)
    return instant if -(2**63) <= instant < 2**63 else None


def parse_timestamp_ntz(text: str) -> int | None:
    """Microseconds of the wall clock since 1970-01-01 00:00; a time zone in the text is checked and dropped."""
    parts = _split_timestamp(text.strip())
    if parts is None or (parts[1] and zone_of(parts[1]) is None):
        return None
    return parts[0]


def has_zone(text: str) -> bool:
    parts = _split_timestamp(text.strip())
    return parts is not None and bool(parts[1])


def _split_timestamp(text: str) -> tuple[int, str | None] | None:
    m = _TIMESTAMP.match(text)
    if m is None:
        return None
    days = days_from_civil(int(m["year"]), int(m["month"] or 1), int(m["day"] or 1))
    micros = _micros_of_day(m) if m["hour"] else 0
    return None if days is None or micros is None else (days * MICROS_PER_DAY + micros, m["zone"])


def _micros_of_day(m: re.Match[str]) -> int | None:
    hour, minute, second = int(m["hour"]), int(m["minute"] or 0), int(m["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = int((m["fraction"] or "").ljust(6, "0")[:6])
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """A time zone by region (`Europe/Paris`), offset (`+01:00`, `GMT+8`) or short name; None if there is none."""
    canonical = resolve_zone("Z" if name.strip() == "z" else name.strip())
    if canonical is None or canonical == "UTC":
        return None if canonical is None else UTC
    m = _OFFSET.match(canonical)
    if m is None:
        return ZoneInfo(canonical)
    offset = timedelta(hours=int(m[2]), minutes=int(m[3]), seconds=int(m[4] or 0))
    return timezone(-offset if m[1] == "-" else offset)


def offset_at(instant: int, where: tzinfo) -> int:
    """The zone's offset from UTC, in microseconds, at an instant (microseconds since the epoch)."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    return (moment.astimezone(where).utcoffset() or timedelta()) // timedelta(microseconds=1)


def offset_micros(local: int, where: tzinfo) -> int:
    """The zone's offset from UTC at a wall-clock time. In a gap the clock is moved on by the gap, as Java does."""
    days, rest = divmod(local, MICROS_PER_DAY)
    ordinal = days + _EPOCH_DAY
    if not 1 < ordinal < 3_652_059:  # outside datetime's years: the rules of a like year inside
        ordinal = (ordinal - 730_120) % 146_097 + 730_120
    moment = datetime.fromordinal(ordinal) + timedelta(microseconds=rest)
    offset = moment.replace(tzinfo=where).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)
