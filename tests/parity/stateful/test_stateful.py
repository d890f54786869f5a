"""What `programs.py` put out here, beside what Apache Spark did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark import cloudpickle
from pyspark.sql.connect.session import SparkSession

import glowplug
from tests.parity.stateful import programs

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text())
# Spark has no session windows without a key in streams, as all rows would be in one partition.
MORE = {"session without keys", "session without keys, complete"}

# Of two sources one may see a file before the other does, which makes a batch of its own.
RACES = {"windows joined", "joined window", "outer joined window"}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    cloudpickle.register_pickle_by_value(programs)
    yield session
    cloudpickle.unregister_pickle_by_value(programs)
    session.stop()


@pytest.mark.parametrize("name", sorted(programs.PROGRAMS))
def test_as_spark(spark: SparkSession, tmp_path: Path, name: str) -> None:
    expected, found = ANSWERS[name], programs.answer(spark, name, tmp_path)
    if name in MORE:
        assert "error" in expected
        assert any(found["steps"])
    elif "error" in expected:
        assert found.get("error") == expected["error"], found
    else:
        assert found.get("steps") == expected["steps"], found
        if name.startswith("transform"):  # what is a row of state differs: there are items here, timers included
            assert [r[:3] for r in found["reports"]] == [r[:3] for r in expected["reports"]]
        elif name not in RACES:
            assert found["reports"] == expected["reports"]
