"""Datetime patterns against what Apache Spark 4.2.1 answered (`patterns.json`, session time zone America/New_York).

"parse": pattern → text → `cast(to_timestamp(text, pattern) as string)`, null where Spark could not parse; "format":
pattern → `date_format` of INSTANTS; "zones": time zone → `date_format` of the first of them by ZONE_PATTERNS. A result
that begins with `!` is an error condition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glowplug.config import Conf
from glowplug.datetime_patterns import format_sql, from_wall_clock, parse_sql
from glowplug.errors import SparkError
from glowplug.kernel.database import Database
from glowplug.kernel.workbench import Workbench
from glowplug.types import STRING, TIMESTAMP

ANSWERS: dict[str, Any] = json.loads((Path(__file__).parent / "patterns.json").read_text())
ZONE = "America/New_York"
INSTANTS = ("2020-01-02 03:04:05.006789", "2020-07-02 15:04:05", "0045-07-02 12:04:05")
ZONE_PATTERNS = ("X", "XX", "XXX", "x", "xx", "xxx", "Z", "ZZZZ", "ZZZZZ", "O", "OOOO", "VV", "z", "zzzz")
# Names of zones in words would need a table of them.
NO_NAMES = {"zzzz"}
# Java knows the generic name of a zone (ET), the tz database does not.
OTHER_NAMES = {"v"}
# Before there were time zones, the tz database says LMT and Java what the zone is called today.
RECENT = {"z", "zz", "zzz"}


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    database = Database(memory_limit=1 << 30, threads=1)
    with database.connection(ZONE) as connection:
        conf = Conf()
        conf.set("spark.sql.session.timeZone", ZONE)
        yield Workbench(conf, connection)
    database.close()


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("pattern", ANSWERS["parse"])
def test_parse(bench: Workbench, pattern: str) -> None:
    for text, expected in ANSWERS["parse"][pattern].items():
        try:
            value = parse_sql(pattern, "t", "timestamp", ZONE, bench.python)
        except SparkError as error:
            assert f"!{error.condition}" == expected
            continue
        shown = bench.cast("v", TIMESTAMP, STRING, "ansi")
        rows = bench.rows(f"SELECT {shown} FROM (SELECT {value} AS v FROM (SELECT {quoted(text)} AS t))")
        assert rows == [(expected,)], text


@pytest.mark.parametrize("pattern", [p for p in ANSWERS["format"] if p not in NO_NAMES | OTHER_NAMES])
def test_format(bench: Workbench, pattern: str) -> None:
    for text, expected in zip(INSTANTS[: 2 if pattern in RECENT else 3], ANSWERS["format"][pattern], strict=False):
        try:
            value = format_sql(pattern, "v", "timestamp", ZONE, bench.python)
        except SparkError as error:
            assert f"!{error.condition}" == expected
            continue
        instant = f"timezone('{ZONE}', TIMESTAMP '{text}')"
        assert bench.rows(f"SELECT {value} FROM (SELECT {instant} AS v)") == [(expected,)], text


@pytest.mark.parametrize("zone", ANSWERS["zones"])
def test_zones(bench: Workbench, zone: str) -> None:
    for pattern, expected in zip(ZONE_PATTERNS, ANSWERS["zones"][zone], strict=True):
        if pattern not in NO_NAMES:
            value = format_sql(pattern, "v", "timestamp", zone, bench.python)
            instant = from_wall_clock(f"TIMESTAMP '{INSTANTS[0]}'", zone)
            assert bench.rows(f"SELECT {value} FROM (SELECT {instant} AS v)") == [(expected,)], pattern
