"""Time zones by the names that Spark takes."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

# Java's three-letter zones (java.time.ZoneId.SHORT_IDS), which Spark accepts.
SHORT_ZONES = {
    "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis",
    "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan",
    "NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
    "EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}  # fmt: skip


@lru_cache(1000)  # texts of data come here too
def resolve_zone(zone: str) -> str | None:
    """The canonical name of a time zone as Spark writes them: a region, or an offset `+08:00`; None if invalid.

    Semantics: java.time.ZoneId.of with its short ids, and Spark's leniency for one-digit hours and minutes.
    """
    zone = SHORT_ZONES.get(zone, zone)
    if zone in ("Z", "UTC", "GMT", "UT"):
        return "UTC"
    offset = re.fullmatch(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{1,2})(?::?(\d{2}))?)?", zone)
    if offset is not None:
        sign, *parts = offset.groups()
        hours, minutes, seconds = (int(p or 0) for p in parts)
        if hours * 3600 + minutes * 60 + seconds > 18 * 3600 or minutes > 59 or seconds > 59:
            return None
        if hours == minutes == seconds == 0:
            return "UTC"
        return f"{sign}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
    if zone.startswith(("posix", "right", "/")):
        return None
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None
    return zone


def local_zone() -> str:
    """This process's time zone: that of the environment's TZ, else the machine's; an offset if it has no name."""
    candidates = [os.environ["TZ"].lstrip(":")] if os.environ.get("TZ") else []
    if not candidates:
        with suppress(OSError):
            candidates.append(os.readlink("/etc/localtime").partition("zoneinfo/")[2])
        with suppress(OSError):
            candidates.append(Path("/etc/timezone").read_text().strip())
    for name in candidates:
        if name and resolve_zone(name) is not None:
            return name
    minutes = -time.timezone // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"
