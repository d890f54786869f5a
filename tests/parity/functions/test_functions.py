"""Functions answer as Apache Spark does: values, column names, types and nullability, or the error's condition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import glowplug
from tests.parity.functions.record import HERE, TIME_ZONE, answer

# Spark fails without a condition: a Java exception of its own.
NO_CONDITION = "Py4JJavaError"
# Answers that differ, with the reason.
GAPS: dict[str, str] = {
    "SELECT max(rand(1)) OVER () > 0 FROM range(2)": "the kernel takes no row numbers inside window functions",
    """SELECT from_avro(NULL, '"int"')""": "Glowplug computes what Spark cannot",
    """SELECT from_avro(X'0002', '["null", "int"]') AS r""": "a NULL is NULL, and not 0",
    """SELECT CAST(from_avro(X'EB841C', '{"type": "int", "logicalType": "date"}', map('datetimeRebaseMode', 'LEGACY')) """
    """AS STRING) AS r""": "the old calendar is refused",
    """SELECT schema_of_avro('{"type": "record", "name": "r", "fields": [{"name": "a b", "type": "int"}]}') AS r""": (
        "any name is taken"
    ),
    """SELECT from_avro(X'0202', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, """
    """{"name": "A", "type": "int"}]}') AS r""": "Glowplug computes what Spark cannot",
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
    found = answer(session, expected["query"])
    if expected.get("error") == NO_CONDITION:
        assert found.get("error") not in (None, "INTERNAL_ERROR"), found
    else:
        assert found == expected
