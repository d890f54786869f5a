"""Files as Apache Spark 4.2.1 reads them: `cases.py` says what is asked, `answers/` what Spark answered."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parity.files import cases

HERE = Path(__file__).parent
ANSWERS: dict[str, Any] = {}
for found in sorted((HERE / "answers").glob("*.json")):
    ANSWERS |= json.loads(found.read_text())


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    before = os.environ.get("TZ")
    os.environ["TZ"] = cases.TIME_ZONE
    time.tzset()
    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", cases.TIME_ZONE)
    yield session
    session.stop()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


# What is different on purpose, or not there yet: a part of the case's name, and why.
DIFFERENT: dict[str, str] = {}


def expect(id: str, got: dict[str, Any], answer: dict[str, Any], request: pytest.FixtureRequest) -> None:
    """The answer is Spark's; an error without a condition of its own there may be any error here."""
    for part, reason in DIFFERENT.items():
        if re.search(part, id):
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    if re.search("[a-z]", answer.get("error", "")):
        assert "error" in got
    else:
        assert got == answer


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in cases.cases()])
def test_reads_as_spark(spark: Any, case: cases.Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    expect(case.id, cases.run(spark, case, tmp_path), ANSWERS[case.id], request)
