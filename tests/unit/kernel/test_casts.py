"""Casts between all types, in ANSI, legacy and try mode, as Apache Spark does them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import recorded

CASES = recorded.cases(Path(__file__).with_name("casts.jsonl"))
DIFFERENT = {
    "SELECT CAST(1e23D AS STRING)": "Java 17 prints a digit more than needed; Java 19 on, and Glowplug, print 1.0E23",
    "SELECT hex(CAST(X'FF41' AS STRING))": "a string cannot hold bytes that are not UTF-8",
    "SELECT CAST(9223372036854775807L AS TIMESTAMP)": "the kernel's last timestamp is a microsecond earlier",
    "SELECT try_cast(9223372036854775807L AS TIMESTAMP)": "the kernel's last timestamp is a microsecond earlier",
    "SELECT CAST(1e30D AS TIMESTAMP)": "the kernel's last timestamp is a microsecond earlier",
    "SELECT CAST('294247-01-10T04:00:54.775807Z' AS TIMESTAMP)": "the kernel's last timestamp is a microsecond earlier",
    "SELECT CAST('5881580-07-11' AS DATE)": "the kernel's last date is a day earlier",
}


@pytest.mark.parametrize("case", CASES, ids=recorded.name)
def test_cast(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    reason = DIFFERENT.get(case["sql"])
    if reason and "error" not in case:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    recorded.check(case)
