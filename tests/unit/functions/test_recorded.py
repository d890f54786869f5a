"""Functions of texts, numbers, collections, rows and statistics, as Apache Spark has them: one file for each group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import recorded

GROUPS = ("strings", "collections", "numbers", "regex", "rows", "statistics")
CASES = [case for group in GROUPS for case in recorded.cases(Path(__file__).with_name(f"{group}.jsonl"))]

_BARE = "Spark lets a Java exception without a condition out; Glowplug's has one"
_LAMBDA = "the message shows NULL in the place of a function that is not resolved yet"
_TEXT = "Java 17 does not always print the shortest text of a double"
_ORDER = "the sums are taken in another order, which shows in the last digits"
DIFFERENT = {
    "SELECT format_string('%05d|%-5s|%.2f|%x|%,d|%e|%b|%c|%%|%10s|%S|%+d', 42, 'ab', 3.14159D, 255, 1234567,"
    " 12345.678D, true, 'c', 'r', 'up', 5)": _BARE,
    "SELECT format_string('%d', 'a')": _BARE,
    "SELECT format_string('%s %s', 'a')": _BARE,
    "SELECT format_string('%q', 'a')": _BARE,
    "SELECT sequence(1,5,-1)": _BARE,
    "SELECT sequence(1,5,0)": _BARE,
    "SELECT sequence(date'2020-01-01', date'2020-01-02', interval -1 day)": _BARE,
    "SELECT aggregate(null,0,(a,x)->a+x)": _LAMBDA,
    "SELECT try_avg(x) FROM VALUES (9223372036854775807L, 1.5), (1L, 2.5) t(x,y)": _TEXT,
    "SELECT round(99999999999999999999999999999999999999BD,-1)": "the message shows the number with other digits",
    "SELECT (1 as x, id) FROM range(1)": "an alias inside a row constructor is shown without its name",
    "SELECT abs(cast(-0.0 as double))": "the sign of a decimal zero is still shown in the column's name",
    "SELECT 1.5 & 1": "the message shows the types before they are brought together",
    "SELECT skewness(x) FROM VALUES (1),(2),(4),(null) t(x)": _ORDER,
    "SELECT kurtosis(x) FROM VALUES (1),(2),(4),(null) t(x)": _ORDER,
    "SELECT skewness(cast(x as decimal(5,2))) FROM VALUES (1),(2),(4),(null) t(x)": _ORDER,
}


@pytest.mark.parametrize("case", CASES, ids=recorded.name)
def test_function(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if reason := DIFFERENT.get(case["sql"]):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    recorded.check(case)
