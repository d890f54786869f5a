"""Functions answer as Apache Spark does: values, column names, types and nullability, or the error's condition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import glowplug
from tests.parity.functions.record import HERE, TIME_ZONE, answer

# Answers that differ, with the reason.
GAPS: dict[str, str] = {
    "SELECT max(rand(1)) OVER () > 0 FROM range(2)": "the kernel takes no row numbers inside window functions",
    "SELECT java_method('java.util.UUID', 'nope')": "without a JVM the class is missing already",
    "SELECT id a, sum(a) FROM range(1) GROUP BY id": "Glowplug computes what Spark cannot",
}


def _marks(query: str) -> list[Any]:
    return [pytest.mark.xfail(reason=GAPS[query], strict=True)] if query in GAPS else []


ANSWERS = [
    pytest.param(a, id=f"{p.stem}:{a['query'][:80]}", marks=_marks(a["query"]))
    for p in sorted(HERE.glob("*.json"))
    for a in json.loads(p.read_text())
]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    spark = glowplug.session()
    spark.conf.set("spark.sql.session.timeZone", TIME_ZONE)
    yield spark
    spark.stop()


@pytest.mark.parametrize("expected", ANSWERS)
def test_answer(session: Any, expected: dict[str, Any]) -> None:
    assert answer(session, expected["query"]) == expected
