"""Every program answers as on Apache Spark: names, types, nullability, metadata, rows, texts, errors."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

import glowplug

from .programs import frames, texts
from .record import RECORDED, answer

ANSWERS = json.loads(RECORDED.read_text())
# Parameters that hold sentences, which are our own, or serve Spark's sentences only.
OUR_WORDS = ("reason", "ansiConfig")


@pytest.fixture(scope="module")
def names() -> Iterator[dict[str, Any]]:
    session = glowplug.session(**{"spark.glowplug.verifyPlans": "true"})
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield frames(session)
    session.stop()


def same(got: Any, expected: Any) -> bool:
    """Equal and of one type; doubles, which differ with the order of summation, to 9 places."""
    if isinstance(got, float) and isinstance(expected, float):
        return math.isclose(got, expected, rel_tol=1e-9)
    if isinstance(got, list) and isinstance(expected, list):
        return len(got) == len(expected) and all(map(same, got, expected))
    if isinstance(got, dict) and isinstance(expected, dict):
        return got.keys() == expected.keys() and all(same(got[k], expected[k]) for k in got)
    return type(got) is type(expected) and got == expected


def in_order(rows: list[Any], text: str) -> list[Any]:
    """Rows have no order; nor have the values that freqItems lists."""
    if "freqItems" in text:
        rows = [[sorted(c, key=repr) if isinstance(c, list) else c for c in row] for row in rows]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def known(parameters: dict[str, str] | None) -> dict[str, str]:
    return {k: v for k, v in (parameters or {}).items() if k not in OUR_WORDS}


def test_every_program_has_its_answer() -> None:
    assert list(ANSWERS) == texts()


@pytest.mark.parametrize("text", texts())
def test_as_spark(names: dict[str, Any], text: str) -> None:
    got, expected = answer(text, names), ANSWERS[text]
    assert "error" in got or "error" not in expected, f"{got}, expected {expected}"
    assert got.keys() == expected.keys() or "error" in expected, f"{got}, expected {expected}"
    if "schema" in expected:
        assert got["schema"] == expected["schema"]
        assert same(in_order(got["rows"], text), in_order(expected["rows"], text)), (got["rows"], expected["rows"])
    elif "value" in expected:
        assert same(got["value"], expected["value"]), (got["value"], expected["value"])
    elif expected["condition"] is not None:
        assert {**got, "parameters": known(got["parameters"])} == {
            **expected,
            "parameters": known(expected["parameters"]),
        }
    else:  # an error without a name: its class has to do
        assert got["error"] == expected["error"]
