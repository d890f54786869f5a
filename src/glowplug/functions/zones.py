"""Wall-clock times and instants in kernel SQL.

The kernel moves a wall-clock time in a gap on by the gap, as Java does, but of two instants with the same wall-clock
time it takes the later, where Java takes the earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from glowplug.datetime_patterns import UNIVERSAL
from glowplug.datetimes import zone_of
from glowplug.functions.lowering import bind, per_row
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Lowering
from glowplug.time_zones import resolve_zone
from glowplug.types import STRING

_YEARS = range(1970, 2101)


def kernel_zone(zone: str) -> str:
    """The kernel's name of a time zone: an offset `+08:00` is called `GMT+08:00` there."""
    return f"GMT{zone}" if zone.startswith(("+", "-")) else zone


def local_sql(x: str, zone: str = "") -> str:
    """The wall clock (TIMESTAMP) of the session's zone, whose name is `zone`, at an instant (TIMESTAMPTZ)."""
    return f"make_timestamp(epoch_us({x}))" if zone in UNIVERSAL else f"CAST({x} AS TIMESTAMP)"


def instant_sql(x: str, zone: str) -> str:
    """The instant (TIMESTAMPTZ) of a wall-clock time (TIMESTAMP) in the session's zone, whose name is `zone`."""
    if zone in UNIVERSAL:
        return f"make_timestamptz(epoch_us({x}))"
    return bind(x, lambda v: _earlier(v, f"CAST({v} AS TIMESTAMPTZ)", local_sql, zone))


def instant_in_sql(x: str, zone: object, zone_sql: str) -> str:
    """As `instant_sql`, in another zone, given as SQL and, if it is a constant, by name."""
    known = resolve_zone(zone) if isinstance(zone, str) else None
    return bind(x, lambda v: _earlier(v, f"timezone({zone_sql}, {v})", lambda t: f"timezone({zone_sql}, {t})", known))


def _earlier(local: str, later: str, to_local: Callable[[str], str], zone: str | None) -> str:
    """The earlier instant with a wall-clock time, given the later: it has the offset of the day before."""
    risk = "true" if zone is None else _may_repeat(zone, local)
    if risk is None:
        return later
    day_before = f"({later} - INTERVAL 24 HOURS)"
    offset = f"(epoch_us({to_local(day_before)}) - epoch_us({day_before}))"
    candidate = f"make_timestamptz(epoch_us({local}) - {offset})"
    chosen = f"CASE WHEN {to_local(candidate)} = {local} THEN {candidate} ELSE {later} END"
    return f"CASE WHEN {risk} THEN {chosen} ELSE {later} END"


@cache
def _may_repeat_between(zone: str) -> tuple[int, int] | bool | None:
    """The hours of the day between which the zone's clock was ever set back since 1970; None = never, at any time."""
    where = zone_of(zone)
    if where is None:
        return True
    if isinstance(where, timezone):
        return None
    times: list[tuple[int, int]] = []
    step, end = timedelta(days=5), datetime(_YEARS[-1], 1, 1, tzinfo=UTC)
    moment = datetime(_YEARS[0], 1, 1, tzinfo=UTC)
    before = moment.astimezone(where).utcoffset() or timedelta()
    while moment < end:
        moment += step
        offset = moment.astimezone(where).utcoffset() or timedelta()
        if offset < before:
            low, high = moment - step, moment
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                if (middle.astimezone(where).utcoffset() or timedelta()) == before:
                    low = middle
                else:
                    high = middle
            first = (high + offset).replace(microsecond=0, tzinfo=None)
            last = first + (before - offset)
            if last.date() != first.date() and last.time() != datetime.min.time():
                return True
            times.append((first.hour, last.hour + 1 if last.date() == first.date() else 24))
        before = offset
    return (min(a for a, _ in times), max(b for _, b in times)) if times else (0, 0)


def _may_repeat(zone: str, local: str) -> str | None:
    """SQL for whether the wall-clock time may be one that the zone's clock showed twice."""
    hours = _may_repeat_between(zone)
    if hours is None:
        return None
    if isinstance(hours, bool):
        return "true"
    micros = f"epoch_us({local})"  # arithmetic, for the kernel's hour() is slow on bound values
    within = f" OR ({micros} // 3600000000 % 24 BETWEEN {hours[0]} AND {hours[1] - 1})" if hours[1] > hours[0] else ""
    return f"({micros} < 0{within})"


def canonical_zone(name: str) -> str | None:
    """The kernel's name of a time zone that a user named; None if there is none."""
    found = resolve_zone(name) if zone_of(name) is not None else None
    return None if found is None else kernel_zone(found)


def zone_sql(low: Lowering, call: Call, zone: Expression) -> str:
    """SQL for the kernel's name of a time zone given as an argument. INVALID_TIMEZONE where there is none such."""
    others = [f"{low.sql(a)} IS NOT NULL" for a in call.args if a is not zone and a.nullable]

    def failed(shown: str) -> str:
        error = low.error(call, "INVALID_TIMEZONE", timeZone=shown)
        return f"CASE WHEN {' AND '.join(others)} THEN {error} END" if others else error

    if isinstance(zone, Literal):
        name = zone.value
        if name is None:
            return "CAST(NULL AS VARCHAR)"
        known = canonical_zone(name)
        return low.literal(known) if known else f"CAST({failed(low.literal(name))} AS VARCHAR)"
    x = low.sql(zone)
    known_sql = per_row(low, "kernel_zone", canonical_zone, [(x, STRING)], STRING)
    return f"coalesce({known_sql}, CASE WHEN {x} IS NOT NULL THEN {failed(x)} END)"
