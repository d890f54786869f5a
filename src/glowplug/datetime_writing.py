"""Instants written by a datetime pattern, one by one, as Java's `DateTimeFormatter` does.

The fallback of `datetime_patterns.py`, as `datetime_texts.py` is for reading.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from glowplug.datetime_texts import DAYS, MICROS, MONTHS, TEXTS, offset_at_zone, zone_names
from glowplug.datetimes import civil_from_days, days_from_civil
from glowplug.errors import unsupported


def write(items: Any, micros: int, zone: str) -> str:
    """An instant (microseconds since the epoch) by a pattern, as clocks in `zone` show it."""
    offset = offset_at_zone(micros, zone)
    days, clock = divmod(micros + offset, 86_400 * MICROS)
    return _write_items(items, civil_from_days(days), days, clock, offset // MICROS, micros, zone)


def _write_items(items: Any, date: tuple[int, int, int], days: int, clock: int, offset: int, at: int, zone: str) -> str:
    out = []
    for item in items:
        if isinstance(item, str):
            out.append(item)
        elif hasattr(item, "items"):
            out.append(_write_items(item.items, date, days, clock, offset, at, zone))
        else:
            out.append(
                _write_field(item.letter, item.count, date, days, clock, offset, at, zone, "G" in _letters(items))
            )
    return "".join(out)


def _letters(items: Any) -> set[str]:
    return {i.letter for i in items if hasattr(i, "letter")}


def _write_field(
    letter: str, n: int, date: tuple[int, int, int], days: int, clock: int, offset: int, at: int, zone: str, era: bool
) -> str:
    year, month, day = date
    hour, minute, second = clock // (3600 * MICROS), clock // (60 * MICROS) % 60, clock // MICROS % 60
    match letter:
        case "y":
            shown = 1 - year if era and year <= 0 else year
            if n == 2:
                return f"{abs(shown) % 100:02}"
            sign = "-" if shown < 0 else "+" if n >= 4 and shown > 10**n - 1 else ""
            return f"{sign}{abs(shown):0{n}}"
        case "G":
            return TEXTS["G", n == 4][year > 0]
        case "M" | "L" if n > 2:
            return MONTHS[month - 1] if n == 4 else MONTHS[month - 1][:3]
        case "E":
            name = DAYS[(days + 3) % 7]
            return name if n == 4 else name[:3]
        case "a":
            return "AM" if hour < 12 else "PM"
        case "Q" | "q" if n > 2:
            quarter = (month + 2) // 3
            return f"Q{quarter}" if n == 3 else ("1st", "2nd", "3rd", "4th")[quarter - 1] + " quarter"
        case "S":
            return f"{clock % MICROS:06}000"[:n]
        case "V":
            return zone
        case "z" | "v" if n < 4:
            return zone_names(zone)(pa.array([at])).to_pylist()[0]  # type: ignore[no-any-return]
        case "X" | "x" | "Z" | "O":
            return _write_offset(letter, n, offset)
    first = days_from_civil(year, 1, 1) or 0
    numbers = {
        "M": month, "L": month, "d": day, "D": days - first + 1, "H": hour, "h": (hour + 11) % 12 + 1, "K": hour % 12,
        "k": (hour + 23) % 24 + 1, "m": minute, "s": second, "F": (day - 1) % 7 + 1, "Q": (month + 2) // 3,
        "q": (month + 2) // 3, "g": days + 40_587,
    }  # fmt: skip
    if letter not in numbers:
        raise unsupported(f"the datetime pattern letters {letter * n}")
    return f"{numbers[letter]:0{n}}"


def _write_offset(letter: str, n: int, offset: int) -> str:
    sign, rest = "-" if offset < 0 else "+", abs(offset)
    h, m, s = rest // 3600, rest // 60 % 60, rest % 60
    if letter == "O" or (letter == "Z" and n == 4):
        if n == 4:
            body = f"{sign}{h:02}:{m:02}" + (f":{s:02}" if s else "")
        else:
            body = f"{sign}{h}" + (f":{m:02}" if m or s else "") + (f":{s:02}" if s else "")
        return "GMT" + (body if offset else "")
    if offset == 0 and (letter == "X" or (letter == "Z" and n == 5)):
        return "Z"
    colon = ":" if n in (3, 5) and (letter != "Z" or n == 5) else ""
    if letter in "Xx" and n == 1:
        return f"{sign}{h:02}" + (f"{m:02}" if m else "")
    seconds = f"{colon}{s:02}" if s and n >= 4 else ""
    return f"{sign}{h:02}{colon}{m:02}{seconds}"
