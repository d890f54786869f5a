"""Wall clocks and instants in the kernel, against Python's own rules of the same time zones."""

from __future__ import annotations

import random

import pytest

from glowplug.datetimes import offset_at, offset_of_local, zone_of
from glowplug.functions.zones import instant_in_sql, instant_sql, kernel_zone, local_sql
from glowplug.kernel.database import Database

ZONES = (
    "UTC", "+05:30", "-08:00", "America/Los_Angeles", "America/New_York", "Europe/Paris", "Europe/London",
    "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia",
)  # fmt: skip
HOUR, DAY = 3_600_000_000, 86_400_000_000


@pytest.fixture(scope="module")
def database() -> Database:
    return Database()


def moments() -> list[int]:
    """Wall-clock times in microseconds: at random since 1970, and each quarter of an hour of days of many changes."""
    numbers = random.Random(7)
    spread = [numbers.randrange(0, 60 * 366 * DAY) // 1_000_000 * 1_000_000 for _ in range(2000)]
    changes = [d * DAY for d in (17_966, 17_993, 17_992, 18_175, 18_196, 18_203, 17_836, 18_184, 14_240)]
    return spread + [day + k * HOUR // 4 for day in changes for k in range(-8, 104)]


@pytest.mark.parametrize("zone", ZONES)
def test_instants_are_java_s(database: Database, zone: str) -> None:
    """In a gap the clock is moved on by the gap; of two instants with one wall-clock time the earlier counts."""
    where = zone_of(zone)
    assert where is not None
    local = moments()
    values = ", ".join(f"({m})" for m in local)
    session = instant_sql("make_timestamp(m)", zone)
    named = instant_in_sql("make_timestamp(m)", zone, f"'{kernel_zone(zone)}'")
    expected = [m - offset_of_local(m, where) for m in local]
    with database.connection(zone) as connection:
        rows = connection.rows(f"SELECT epoch_us({session}), epoch_us({named}) FROM (VALUES {values}) t(m)")
    assert [r[0] for r in rows] == expected
    assert [r[1] for r in rows] == expected


@pytest.mark.parametrize("zone", ZONES)
def test_wall_clocks(database: Database, zone: str) -> None:
    where = zone_of(zone)
    assert where is not None
    values = ", ".join(f"({m})" for m in moments())
    with database.connection(zone) as connection:
        rows = connection.rows(f"SELECT epoch_us({local_sql('make_timestamptz(m)')}) FROM (VALUES {values}) t(m)")
    assert [r[0] for r in rows] == [m + offset_at(m, where) for m in moments()]
