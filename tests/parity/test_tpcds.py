"""TPC-DS on Glowplug gives what it gave on Apache Spark: values, types, names, nullability, and the order of rows."""

import json
from typing import Any

import pytest

import glowplug

from .record_tpcds import RECORDED, programs, register
from .record_tpch import answer
from .test_tpch import same
from .tpcds import SCALE, TABLES, decided

RECORDING = json.loads(RECORDED.read_text())
PROGRAMS = programs()


@pytest.fixture(scope="module")
def spark() -> Any:
    session = glowplug.session()
    register(session)
    yield session
    session.stop()


def test_every_answer_has_its_program() -> None:
    assert list(RECORDING["answers"]) == list(PROGRAMS)
    assert (len(PROGRAMS), len(list(TABLES.glob("*.parquet"))), RECORDING["scale"]) == (99, 24, SCALE)
    assert sum(bool(found["rows"]) for found in RECORDING["answers"].values()) >= 70


@pytest.mark.parametrize("name", PROGRAMS)
def test_answer(spark: Any, name: str) -> None:
    got, expected = answer(PROGRAMS[name](spark)), RECORDING["answers"][name]
    assert got["schema"] == expected["schema"]
    assert len(got["rows"]) == len(expected["rows"])
    for number, (row, expected_row) in enumerate(zip(got["rows"], expected["rows"], strict=True)):
        assert all(map(same, row, expected_row)), f"row {number}: {row}, expected {expected_row}"


def test_an_order_is_completed() -> None:
    assert decided("SELECT a, b FROM t\nORDER BY a DESC\nLIMIT 9\n", 2) == (
        "SELECT a, b FROM t\nORDER BY a DESC, 1, 2\nLIMIT 9"
    )
    assert decided("SELECT rank() OVER (ORDER BY a) FROM t\n", 1) == "SELECT rank() OVER (ORDER BY a) FROM t ORDER BY 1"
