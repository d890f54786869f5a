"""The proleptic Gregorian calendar over all years that Spark knows, and time zones' offsets at its times.

Python's own dates end at the year 9999 and begin at 1; the calendar repeats every 400 years, and so do zones' rules
beyond the years in the tz database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

MICROS_PER_SECOND = 1_000_000
MICROS_PER_DAY = 86_400_000_000
_CYCLE_DAYS = 146_097  # of 400 years
_EPOCH_DAY = 719_163  # 1970-01-01 among datetime's ordinals
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def days_from_civil(year: int, month: int, day: int) -> int | None:
    """Days since 1970-01-01 of a date of any year (0 is 1 BC); None if there is no such day."""
    cycles, year_in_cycle = divmod(year - 2000, 400)
    try:
        ordinal = datetime(2000 + year_in_cycle, month, day).toordinal()
    except ValueError:
        return None
    return ordinal - _EPOCH_DAY + cycles * _CYCLE_DAYS


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    cycles, rest = divmod(days + _EPOCH_DAY - 1, _CYCLE_DAYS)
    date = datetime.fromordinal(rest + 1)
    return date.year + cycles * 400, date.month, date.day


def date_text(days: int) -> str:
    """A date as Spark prints it: `2020-01-31`, `+12000-01-01`, `-0044-03-15`."""
    year, month, day = civil_from_days(days)
    sign = "+" if year > 9999 else "-" if year < 0 else ""
    return f"{sign}{abs(year):04}-{month:02}-{day:02}"


def time_text(micros: int) -> str:
    """A time of day as Spark prints it: `10:05:00.25`."""
    seconds, rest = divmod(micros, MICROS_PER_SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (f".{rest:06}".rstrip("0") if rest else "")


def wall_clock_text(micros: int) -> str:
    """A wall-clock time, in microseconds since 1970-01-01 00:00, as Spark prints a timestamp."""
    days, rest = divmod(micros, MICROS_PER_DAY)
    return f"{date_text(days)} {time_text(rest)}"


def offset_at(instant: int, where: tzinfo) -> int:
    """The zone's offset from UTC, in microseconds, at an instant (microseconds since the epoch)."""
    return (moment_at(instant).astimezone(where).utcoffset() or timedelta()) // timedelta(microseconds=1)


def moment_at(instant: int) -> datetime:
    """An instant (microseconds since the epoch); beyond datetime's years, that of the calendar's cycle in them."""
    return _EPOCH + timedelta(microseconds=instant - _cycles(instant))


def offset_of_local(local: int, where: tzinfo) -> int:
    """The zone's offset at a wall-clock time: the earlier of two, and in a gap the one before it, as in Java."""
    moment = datetime(1970, 1, 1) + timedelta(microseconds=local - _cycles(local))
    return (moment.replace(tzinfo=where).utcoffset() or timedelta()) // timedelta(microseconds=1)


def _cycles(micros: int) -> int:
    """How far to move a time into the years that datetime knows, in whole 400-year cycles of the calendar.

    It comes to lie in the first or the last of them, where zones have the rules that hold before and after.
    """
    days = micros // MICROS_PER_DAY + _EPOCH_DAY
    if 366 < days < 3_651_000:
        return 0
    first = 367 if days <= 366 else 3_500_000
    return (days - first) // _CYCLE_DAYS * _CYCLE_DAYS * MICROS_PER_DAY
