"""What is read of the state of `programs.py`'s streams here, beside what Apache Spark reads of its own.

Not compared: the texts of messages, when things expire, and what Spark itself fails at, which is to work here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle

import glowplug
from tests.parity.state import programs

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text())


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    cloudpickle.register_pickle_by_value(programs)
    yield session
    cloudpickle.unregister_pickle_by_value(programs)
    session.stop()


MATCHED = "here a row of an inner join is not marked when it has found a partner, as nobody asks"
DIFFERENT = {  # program → options → why
    "inner join": {
        '{"storeName": "left-keyWithIndexToValue"}': MATCHED,
        '{"storeName": "right-keyWithIndexToValue"}': MATCHED,
    },
    "sessions": {
        '{"readChangeFeed": true, "changeStartBatchId": 0}': "Spark writes sessions that are as they were, too",
    },
}


@pytest.mark.parametrize("name", list(programs.PROGRAMS))
def test_as_spark(spark: Any, tmp_path: Path, name: str) -> None:
    found, expected = programs.answer(spark, name, tmp_path / "run"), ANSWERS[name]
    own = programs.PROGRAMS[name].own_values
    different = {options: (found[options], e) for options, e in expected.items() if not _same(found[options], e, own)}
    assert different.keys() == DIFFERENT.get(name, {}).keys(), different


def _same(found: dict[str, Any], expected: dict[str, Any], own_values: bool) -> bool:
    if "text" in expected:
        return "rows" in found or found["condition"] != "INTERNAL_ERROR"
    if "error" in expected or "error" in found:
        same = expected.get("condition") in (None, found.get("condition"))
        return same and found.get("error") == expected.get("error")
    types = [{f["name"]: _type(f["type"]) for f in a["schema"]["fields"]} for a in (found, expected)]
    ours, theirs = (_rows(a, own_values) for a in (found, expected))
    if "change_type" in types[0]:  # where functions change a value several times in a batch, Spark has each of them
        pairs = [{(r["batch_id"], json.dumps(r["key"])) for r in map(json.loads, rows)} for rows in (ours, theirs)]
        return (own_values or types[0] == types[1]) and (own_values or ours <= theirs) and pairs[0] == pairs[1]
    if own_values:
        return ours == theirs
    return types[0] == types[1] and sorted(ours) == sorted(theirs)


def _rows(answer: dict[str, Any], own_values: bool) -> set[str]:
    found = set()
    for row in answer["rows"]:
        values = json.loads(row, object_hook=lambda o: {k: v for k, v in o.items() if k != "ttlExpirationMs"})
        if own_values:
            values.pop("value", None)
        if values.get("operatorProperties"):
            values["operatorProperties"] = sorted(str(v) for v in _flat(json.loads(values["operatorProperties"])))
        found.add(json.dumps(values, sort_keys=True))
    return found


def _flat(properties: dict[str, Any]) -> list[Any]:
    return [*properties["stateVariables"], properties["timeMode"], properties["outputMode"]]


def _type(type: Any) -> Any:
    """Without metadata, and what may be NULL."""
    match type:
        case {"fields": fields}:
            return [(f["name"], _type(f["type"])) for f in fields]
        case dict():
            return {k: _type(v) for k, v in type.items() if not k.endswith("ContainsNull") and k != "containsNull"}
    return type
