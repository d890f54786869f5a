"""TPC-H on Glowplug gives what it gave on Apache Spark: values, types, names, nullability, and the order of rows.

Every query orders its rows completely (no two have equal keys), so lists are compared as lists.
"""

import json
import math
from typing import Any

import pytest

import glowplug

from .record_tpch import RECORDED, answer, programs, register
from .tpch import generate

RECORDING = json.loads(RECORDED.read_text())
PROGRAMS = dict(programs())


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Any:
    tables = tmp_path_factory.mktemp("tpch")
    generate(tables, RECORDING["scale"])
    session = glowplug.session()
    register(session, tables)
    yield session
    session.stop()


def names_and_types(schema: dict[str, Any]) -> list[tuple[str, str]]:
    return [(field["name"], field["type"]) for field in schema["fields"]]


def same(got: object, expected: object) -> bool:
    """Equal and of one type; doubles, which differ with the order of summation, to 9 places."""
    if isinstance(got, float) and isinstance(expected, float):
        return math.isclose(got, expected, rel_tol=1e-9)
    return type(got) is type(expected) and got == expected


def test_every_answer_has_its_program() -> None:
    assert list(RECORDING["answers"]) == list(PROGRAMS)
    assert len(PROGRAMS) == 44


@pytest.mark.parametrize("name", PROGRAMS)
def test_answer(spark: Any, name: str) -> None:
    got, expected = answer(PROGRAMS[name](spark)), RECORDING["answers"][name]
    assert names_and_types(got["schema"]) == names_and_types(expected["schema"])
    assert len(got["rows"]) == len(expected["rows"])
    for number, (row, expected_row) in enumerate(zip(got["rows"], expected["rows"], strict=True)):
        assert all(map(same, row, expected_row)), f"row {number}: {row}, expected {expected_row}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_schema(spark: Any, name: str) -> None:
    """Analysis alone gives the whole schema: nullability and metadata too."""
    schema = json.loads(PROGRAMS[name](spark).schema.json())
    assert schema == RECORDING["answers"][name]["schema"]
