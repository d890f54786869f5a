"""Texts read by a datetime pattern, one by one, as Java's `DateTimeFormatter` does in strict mode, ignoring case.

The fallback of `datetime_patterns.py`: exact for every pattern, but not vectorised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from glowplug.civil import moment_at, offset_at, offset_of_local
from glowplug.datetimes import civil_from_days, days_from_civil, zone_of
from glowplug.time_zones import resolve_zone

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TEXTS: dict[tuple[str, bool], tuple[str, ...]] = {
    ("M", True): MONTHS,
    ("M", False): tuple(m[:3] for m in MONTHS),
    ("a", False): ("AM", "PM"),
    ("G", True): ("Before Christ", "Anno Domini"),
    ("G", False): ("BC", "AD"),
}
_RANGES = {
    "y": (-999_999_999, 999_999_999),
    "M": (1, 12),
    "d": (1, 31),
    "H": (0, 23),
    "h": (1, 12),
    "K": (0, 11),
    "k": (1, 24),
    "m": (0, 59),
    "s": (0, 59),
    "D": (1, 366),
}
_FIELD_NAMES = {
    "y": "Year", "M": "MonthOfYear", "d": "DayOfMonth", "H": "HourOfDay", "h": "ClockHourOfAmPm", "K": "HourOfAmPm",
    "k": "ClockHourOfDay", "m": "MinuteOfHour", "s": "SecondOfMinute", "D": "DayOfYear",
}  # fmt: skip
_UPPER = {"d": "28/31", "D": "365/366"}
# How an offset is written, by letter and count: as a regular expression after "Z" or what stands for none.
_HM, _HM_COLON = r"([+-])(\d\d)(\d\d)", r"([+-])(\d\d):(\d\d)"
_OFFSETS = {
    ("X", 1): r"([+-])(\d\d)(\d\d)?", ("X", 2): _HM, ("X", 3): _HM_COLON, ("X", 4): _HM + r"(\d\d)?",
    ("X", 5): _HM_COLON + r"(?::(\d\d))?", ("Z", 1): _HM, ("Z", 2): _HM, ("Z", 3): _HM,
    ("Z", 5): _HM_COLON + r"(?::(\d\d))?",
}  # fmt: skip
_LOCALIZED = {
    True: re.compile(r"GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?", re.I),
    False: re.compile(r"GMT(?:([+-])(\d{1,2})(?::(\d\d)(?::(\d\d))?)?)?", re.I),
}
_ZONE_ID = re.compile(r"[A-Za-z][A-Za-z0-9~/._+-]*|[+-]\d\d?(?::?\d\d(?::?\d\d)?)?")
MICROS = 1_000_000


class _No(Exception):
    """The text does not fit: from the index `at` on, or because of what `reason` says."""

    def __init__(self, reason: str = "", at: int | None = None) -> None:
        self.reason, self.at = reason, at


def parser(items: Any, target: str, zone: str) -> Callable[[pa.Array], pa.Array]:
    """A function from texts to days (target "date") or microseconds since the epoch; None where a text does not fit."""
    read = lru_cache(10_000)(lambda text: _read(items, target, zone, text))
    kind = pa.int32() if target == "date" else pa.int64()

    def parse(texts: pa.Array) -> pa.Array:
        return pa.array([None if t is None else read(t) for t in texts.to_pylist()], kind)

    return parse


def zone_names(zone: str) -> Callable[[pa.Array], pa.Array]:
    """A function from microseconds since the epoch to the zone's abbreviation (`EST`)."""
    now = {} if zone[0] in "+-" else _names_now(zone)

    def name(micros: int) -> str:
        if zone[0] in "+-":
            return zone
        moment = moment_at(micros).astimezone(ZoneInfo(zone))
        return now.get(bool(moment.dst())) or moment.tzname() or zone

    return lambda times: pa.array([None if t is None else name(t) for t in times.to_pylist()], pa.string())


@lru_cache(1000)
def _names_now(zone: str) -> dict[bool, str]:
    """What a zone's summer time (True) and its other time are called: Java has one name for each, whenever it is."""
    names: dict[bool, str] = {}
    for months in range(2037 * 12, 1970 * 12, -1):
        moment = datetime(months // 12, months % 12 + 1, 15, tzinfo=ZoneInfo(zone))
        names.setdefault(bool(moment.dst()), moment.tzname() or zone)
        if len(names) == 2:
            break
    return {summer: name for summer, name in names.items() if name[0] not in "+-"}  # those have no letters


def explain(items: Any, text: str) -> str:
    """Why a text cannot be read by a pattern, as Java says it."""
    fields: dict[str, Any] = {}
    what = f"Text '{text}' could not be parsed"
    try:
        end = _items(items, text, 0, fields)
        if end < len(text):
            return f"{what}, unparsed text found at index {end}"
        for letter, (low, high) in _RANGES.items():
            if letter in fields and not low <= fields[letter] <= high:
                valid = f"valid values {low} - {_UPPER.get(letter, high)}"
                raise _No(f"Invalid value for {_FIELD_NAMES[letter]} ({valid}): {fields[letter]}")
        _days(fields)
        _clock(fields)
    except _No as no:
        return f"{what}: {no.reason}" if no.reason else f"{what} at index {no.at or 0}"
    return what


def read(items: Any, target: str, zone: str, text: str) -> int | None:
    """Days (target "date") or microseconds since the epoch; None where the text does not fit."""
    return _read(items, target, zone, text)


def _read(items: Any, target: str, zone: str, text: str) -> int | None:
    fields: dict[str, Any] = {}
    try:
        if _items(items, text, 0, fields) != len(text):
            return None
        if any(k in fields and not low <= fields[k] <= high for k, (low, high) in _RANGES.items()):
            return None
        days = _days(fields)
        micros = _clock(fields)
    except _No:
        return None
    wall = days * 86_400 * MICROS + micros
    if target != "date" and not -_MOST <= wall <= _MOST:
        return None
    if target in ("timestamp_ntz", "wall_clock"):
        return None if "zone" in fields and target == "timestamp_ntz" else wall
    if target == "date" and "zone" not in fields:
        return days
    instant = _instant(wall, fields.get("zone", zone))
    if target == "timestamp":
        return instant
    return (instant + offset_at_zone(instant, zone)) // (86_400 * MICROS)


# --- the pattern against the text ---------------------------------------------------------------------------


def _items(items: Any, text: str, at: int, fields: dict[str, Any]) -> int:
    """Where the items end in the text."""
    widths = _reserved(items)
    for item, reserved in zip(items, widths, strict=True):
        if isinstance(item, str):
            if text[at : at + len(item)].lower() != item.lower():
                raise _No(at=at)
            at += len(item)
        elif hasattr(item, "items"):
            inner = dict(fields)
            try:
                at = _items(item.items, text, at, inner)
                fields.update(inner)
            except _No:
                continue
        else:
            try:
                at = _field(item, text, at, fields, reserved)
            except _No as no:
                no.at = at if no.at is None else no.at
                raise
    return at


def _reserved(items: Any) -> list[int]:
    """For each item, how many digits the numbers of fixed width right after it need."""
    widths = [0] * len(items)
    base = None
    for i, item in enumerate(items):
        letter = getattr(item, "letter", "")
        if not letter or letter not in "yMLdHhKkmsD" or (letter in "ML" and item.count > 2):
            base = None
        elif base is not None and item.count == (3 if letter == "D" else 2):
            widths[base] += item.count
        else:
            base = i
    return widths


def _field(item: Any, text: str, at: int, fields: dict[str, Any], reserved: int) -> int:
    letter, n = item.letter, item.count
    if letter in "MLGa" and (n > 2 or letter in "Ga"):
        return _name("M" if letter == "L" else letter, n == 4, text, at, fields)
    match letter:
        case "S":
            m = re.compile(rf"\d{{1,{n}}}", re.ASCII).match(text, at)
            if m is None:
                raise _No
            _put(fields, "S", int(m[0].ljust(9, "0")) // 1000)
            return m.end()
        case "X" | "x" | "Z" if (letter, n) != ("Z", 4):
            return _offset(letter, n, text, at, fields)
        case "O" | "Z":
            m = _LOCALIZED[n == 4].match(text, at)
            if m is None:
                raise _No
            _put(fields, "zone", _offset_name(*m.groups()))
            return m.end()
        case "V" | "z" | "v":
            return _zone(text, at, fields)
    return _number("M" if letter == "L" else letter, n, text, at, fields, reserved)


def _number(letter: str, n: int, text: str, at: int, fields: dict[str, Any], reserved: int) -> int:
    fixed = (n == 2 and letter not in "D") or (letter == "D" and n == 3)
    least, most = (n, n) if fixed else (n, 3) if letter == "D" and n == 2 else (n, 19)
    sign = text[at : at + 1] if text[at : at + 1] in ("+", "-") else ""
    if sign and (fixed or (sign == "+" and (letter != "y" or n < 4))):
        raise _No
    start = at + len(sign)
    m = re.compile(rf"\d{{1,{most + reserved}}}", re.ASCII).match(text, start)
    if m is None:
        raise _No
    digits = m[0]
    if reserved:
        digits = digits[: max(least, len(digits) - reserved)]
    # A year of the pattern's width has no plus sign, a longer one must have it.
    if len(digits) < least or (letter == "y" and n >= 4 and sign != "-" and (sign == "+") != (len(digits) > n)):
        raise _No
    value = int(sign + digits)
    if letter == "y" and n == 2:
        value += 2000
    _put(fields, letter, value)
    return start + len(digits)


def _name(letter: str, long: bool, text: str, at: int, fields: dict[str, Any]) -> int:
    names = TEXTS[letter, long]
    for number, name in sorted(enumerate(names), key=lambda x: -len(x[1])):
        if text[at : at + len(name)].lower() == name.lower():
            _put(fields, letter, number + (letter == "M"))
            return at + len(name)
    raise _No


def _offset(letter: str, n: int, text: str, at: int, fields: dict[str, Any]) -> int:
    if (letter == "X" or (letter == "Z" and n == 5)) and text[at : at + 1] in ("Z", "z"):
        _put(fields, "zone", "+00:00")
        return at + 1
    m = re.compile(_OFFSETS["X" if letter == "x" else letter, n], re.ASCII).match(text, at)
    if m is None:
        raise _No
    _put(fields, "zone", _offset_name(*m.groups()))
    return m.end()


def _offset_name(sign: str | None = None, hours: str | None = None, *rest: str | None) -> str:
    if sign is None or hours is None:
        return "+00:00"
    parts = [int(hours), *(int(r or 0) for r in rest)]
    if parts[0] > 18 or any(p > 59 for p in parts[1:]):
        raise _No
    return sign + ":".join(f"{p:02}" for p in [*parts, 0][: max(2, len(parts))])


def _zone(text: str, at: int, fields: dict[str, Any]) -> int:
    m = _ZONE_ID.match(text, at)
    end = m.end() if m else at
    while end > at:
        found = "+00:00" if text[at:end] in ("Z", "z") else resolve_zone(text[at:end])
        if found is not None:
            _put(fields, "zone", found)
            return end
        end -= 1
    raise _No


def _put(fields: dict[str, Any], letter: str, value: Any) -> None:
    if fields.setdefault(letter, value) != value:
        raise _No


_MOST = (1 << 63) - 86_400 * MICROS  # before any zone's shift


# --- fields to values -----------------------------------------------------------------------------------------


def _days(fields: dict[str, Any]) -> int:
    year = fields.get("y", 1970)
    if fields.get("G") == 0:
        year = 1 - year
    if "D" in fields:
        first = days_from_civil(year, 1, 1)
        of_year: int = fields["D"]
        days = None if first is None else first + of_year - 1
        if days is None or (fields["D"] == 366 and days_from_civil(year, 2, 29) is None):
            raise _No
        _, month, day = civil_from_days(days)
        if fields.get("M", month) != month or fields.get("d", day) != day:
            raise _No
        return days
    month, day = fields.get("M", 1), fields.get("d", 1)
    days = days_from_civil(year, month, day)
    if days is None:
        raise _No(f"Invalid date '{MONTHS[month - 1].upper()} {day}'")
    return days


def _clock(fields: dict[str, Any]) -> int:
    """Microseconds since midnight."""
    hours = []
    if "H" in fields:
        hours.append(fields["H"])
    if "k" in fields:
        hours.append(fields["k"] % 24)
    half = fields.get("h", fields.get("K"))
    if half is not None:
        hours.append(half % 12 + 12 * fields.get("a", 0))
    if hours and "a" in fields and hours[0] // 12 != fields["a"]:
        raise _No
    if len(set(hours)) > 1:
        raise _No
    hour: int = hours[0] if hours else 0
    minute, second, micros = (int(fields.get(k, 0)) for k in "msS")
    return ((hour * 60 + minute) * 60 + second) * MICROS + micros


def _instant(wall: int, zone: str) -> int:
    """The instant of a wall-clock time; one that a clock change skipped is moved on by the change, as in Java."""
    return wall - offset_at_zone(wall, zone, of_wall=True)


def offset_at_zone(micros: int, zone: str, of_wall: bool = False) -> int:
    """How many microseconds a zone is ahead of UTC."""
    where = zone_of(zone)
    assert where is not None
    return (offset_of_local if of_wall else offset_at)(micros, where)
