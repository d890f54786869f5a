"""The pandas API on Spark answers as it does over Apache Spark: `cases.py` says what is asked, `answers.json` what it said.

A query of pandas is several of Spark's, so every third case is asked, and all of them where GLOWPLUG_ALL_PANDAS is set.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parity.pandas_api import cases

ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text())
STEP = 1 if os.environ.get("GLOWPLUG_ALL_PANDAS") else 3
# Answers that differ, with the reason.
GAPS: dict[str, str] = {}


def test_answers_are_of_the_cases() -> None:
    assert [(kind, e) for kind, e, _ in ANSWERS] == cases.cases()


@pytest.fixture(scope="module")
def evaluate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], str]]:
    import glowplug

    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield cases.evaluator(tmp_path_factory.mktemp("pandas"))
    session.stop()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        pytest.param(*a, id=f"{a[0]} {a[1]}", marks=[pytest.mark.xfail(reason=GAPS[a[1]], strict=True)] if a[1] in GAPS else [])
        for i, a in enumerate(ANSWERS)
        if i % STEP == 0 or a[1] in GAPS
    ],
)  # fmt: skip
def test_answer(evaluate: Any, kind: str, expression: str, expected: str) -> None:
    assert evaluate(kind, expression) == expected
