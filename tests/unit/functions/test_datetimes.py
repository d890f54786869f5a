"""Functions of dates, timestamps, times and intervals, datetime patterns and windows, as Apache Spark has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import recorded

CASES = recorded.cases(Path(__file__).with_name("datetimes.jsonl"))
_BARE = "Spark lets a Java exception without a condition out; Glowplug raises ARITHMETIC_OVERFLOW"
_NAMES = "full names of time zones are not at hand"
DIFFERENT = {
    "SELECT INTERVAL '2147483647' MONTH * 2": _BARE,
    "SELECT INTERVAL '106751991' DAY * 2": _BARE,
    "SELECT INTERVAL '1' DAY * 1e30D": _BARE,
    "SELECT timestamp_seconds(1230219000.1234567)": _BARE,
    "SELECT timestamp_millis(-92233720368547758)": _BARE,
    "SELECT timestamp_seconds(1230219000123123)": _BARE,
    "SELECT make_date(99999999, 1, 1)": "outside ANSI mode Glowplug gives NULL for years out of range as for months",
    "SELECT time_to_seconds(TIME(0)'14:30:00')": "the hint of the syntax error differs",
}


@pytest.mark.parametrize("case", CASES, ids=recorded.name)
def test_function(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    reason = _NAMES if "zzzz" in case["sql"] else DIFFERENT.get(case["sql"])
    if reason and (case["sql"] != "SELECT make_date(99999999, 1, 1)" or case.get("conf")):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    recorded.check(case)


def test_patterns_of_spark_2_are_refused() -> None:
    case = {
        "conf": {"spark.sql.legacy.timeParserPolicy": "LEGACY"},
        "sql": "SELECT to_date('2020', 'yyyy')",
        "error": "UNSUPPORTED_FEATURE.GLOWPLUG",
        "state": "0A000",
        "params": {"feature": "spark.sql.legacy.timeParserPolicy=LEGACY"},
    }
    recorded.check(case)
