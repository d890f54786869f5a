"""Dates, times and timestamps from text, and time zones, as Spark's casts and literals read them.

Source: Spark SQL reference, "Literals", and the behaviour of Apache Spark 4.2. Each parser returns None for text that
is not of its kind. Calendar: proleptic Gregorian. Zones: the tz database, with the names that Java knows besides.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from glowplug.civil import (
    MICROS_PER_DAY,
    MICROS_PER_SECOND,
    civil_from_days,
    days_from_civil,
    offset_at,
    offset_of_local,
)
from glowplug.time_zones import SHORT_ZONES

__all__ = [
    "civil_from_days", "days_from_civil", "names_zone", "now", "now_micros", "offset_at",
    "offset_of_local", "parse_date", "parse_time", "parse_timestamp", "parse_timestamp_ntz", "times_asked", "zone_of",
]  # fmt: skip

# The first and last time and day that the kernel holds.
_FIRST, _LAST = -(1 << 63) + 2, (1 << 63) - 2
_FIRST_DAY, _LAST_DAY = -(1 << 31) + 2, (1 << 31) - 2
_EPOCH_DAY = 719_163  # of datetime's ordinals
_TRIMMED = "".join(map(chr, range(33))) + "\x7f"  # blanks and control characters

_CLOCK = r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?%s)?"
_ZONE = r"(?P<zone>[^\d.].*)?"
_DATE = re.compile(r"([+-]?)(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?\Z", re.DOTALL | re.ASCII)
_TIMESTAMP = re.compile(
    r"([+-]?)(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:" + _CLOCK % _ZONE + r"|(\d{1,2})))?)?)?\Z",
    re.DOTALL | re.ASCII,
)
_OF_TODAY = re.compile(r"(?:T?" + _CLOCK % _ZONE + r"|T(\d{1,2}))\Z", re.DOTALL | re.ASCII)
_TIME = re.compile(r"(?:T?" + _CLOCK % "" + r"|T(\d{1,2}))\s*([AaPp][Mm])?\Z", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{1,2}|\d{2}:\d{2}|\d{4}|\d{2}:\d{2}:\d{2}|\d{6})\Z", re.ASCII)


class _Asked(threading.local):
    times = 0


_asked = _Asked()


def now(zone: tzinfo) -> datetime:
    """What the wall clock shows. What is made of it holds but once, see `times_asked`."""
    _asked.times += 1
    return datetime.now(zone)


def now_micros() -> int:
    """Microseconds since the epoch, see `now`."""
    return (now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def times_asked() -> int:
    """How often this thread asked for the time: what it did without asking can be kept for the next time."""
    return _asked.times


def parse_date(text: str) -> int | None:
    """Days since the epoch."""
    m = _DATE.match(text.strip(_TRIMMED))
    if m is None:
        return None
    sign, year, month, day = m.groups()
    days = days_from_civil(int(sign + year), int(month or 1), int(day or 1))
    return days if days is not None and _FIRST_DAY <= days <= _LAST_DAY else None


def parse_time(text: str) -> int | None:
    """Microseconds of the day; further digits are dropped. `AM` and `PM` may follow."""
    m = _TIME.match(text.strip(_TRIMMED))
    if m is None:
        return None
    hour, minute, second, fraction, only_hour, half = m.groups()
    hour = hour or only_hour
    if half is not None:
        if not 1 <= int(hour) <= 12:
            return None
        hour = str(int(hour) % 12 + (12 if half.upper() == "PM" else 0))
    return _micros_of_day(hour, minute, second, fraction)


def parse_timestamp(text: str, zone: str) -> int | None:
    """Microseconds since the epoch in UTC. `zone` holds where the text names none; a time alone is one of today."""
    text = text.strip(_TRIMMED)
    parts = _split(text)
    if parts is None:
        m = _OF_TODAY.match(text)
        if m is None:
            return None
        hour, minute, second, fraction, named, only_hour = m.groups()
        micros = _micros_of_day(hour or only_hour, minute, second, fraction)
        where = zone_of((named or zone).strip())
        if micros is None or where is None:
            return None
        local = (now(where).toordinal() - _EPOCH_DAY) * MICROS_PER_DAY + micros
    else:
        local, named = parts
        where = zone_of((named or zone).strip())
        if where is None:
            return None
    instant = local - offset_of_local(local, where)
    return instant if _FIRST <= instant <= _LAST else None


def parse_timestamp_ntz(text: str) -> int | None:
    """Microseconds of the wall clock since 1970-01-01 00:00; a time zone in the text is checked and dropped."""
    parts = _split(text.strip(_TRIMMED))
    if parts is None or (parts[1] and zone_of(parts[1].strip()) is None):
        return None
    return parts[0] if _FIRST <= parts[0] <= _LAST else None


def names_zone(text: str) -> bool:
    """Whether a timestamp's text ends with a time zone."""
    parts = _split(text.strip(_TRIMMED))
    return parts is not None and bool(parts[1])


def _split(text: str) -> tuple[int, str | None] | None:
    """Microseconds of the wall clock, and the time zone's name if there is one."""
    m = _TIMESTAMP.match(text)
    if m is None:
        return None
    sign, year, month, day, hour, minute, second, fraction, zone, only_hour = m.groups()
    days = days_from_civil(int(sign + year), int(month or 1), int(day or 1))
    micros = _micros_of_day(hour or only_hour or "0", minute, second, fraction)
    return None if days is None or micros is None else (days * MICROS_PER_DAY + micros, zone)


def _micros_of_day(hour: str, minute: str | None, second: str | None, fraction: str | None) -> int | None:
    h, m, s = int(hour), int(minute or 0), int(second or 0)
    if h > 23 or m > 59 or s > 59:
        return None
    return ((h * 60 + m) * 60 + s) * MICROS_PER_SECOND + int((fraction or "").ljust(6, "0")[:6])


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """A time zone by region (`Europe/Paris`), offset (`+01:00`, `GMT+8`) or short name; None if there is none.

    Semantics: java.time.ZoneId.of with its short ids, and Spark's leniency for one digit of hours or minutes.
    """
    name = re.sub(r"([+-])(\d):", r"\g<1>0\2:", name, count=1)
    name = re.sub(r"([+-])(\d\d):(\d)\Z", r"\1\2:0\3", name, count=1)
    name = SHORT_ZONES.get(name, name)
    if name in ("Z", "UTC", "GMT", "UT"):
        return UTC
    m = _OFFSET.match(re.sub(r"\A(?:UTC|GMT|UT)(?=[+-])", "", name))
    if m is not None:
        digits = m[2].replace(":", "")
        hours, minutes, seconds = (int(digits[i : i + 2] or 0) for i in (0, 2, 4))
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if minutes > 59 or seconds > 59 or offset > timedelta(hours=18):
            return None
        return timezone(-offset if m[1] == "-" else offset)
    if not re.match(r"[A-Za-z][A-Za-z0-9~/._+-]+\Z", name) or name.startswith(("posix", "right")):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
