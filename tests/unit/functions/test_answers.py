"""Functions as Apache Spark answers them; `record.py` says how `answers/` is made."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ANSWERS = Path(__file__).parent / "answers"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    before, os.environ["TZ"] = os.environ.get("TZ"), "America/Los_Angeles"
    time.tzset()
    import glowplug

    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    yield session
    session.stop()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def _answers() -> Iterator[Any]:
    for path in sorted(ANSWERS.glob("*.json")):
        for i, answer in enumerate(json.loads(path.read_text())):
            yield pytest.param(answer, id=f"{path.stem} {i}: {answer['query'][7:67]}")


def _plain(row: str) -> str:
    """Spark's classic sessions give bytearrays in variants, its clients bytes."""
    return re.sub(r"bytearray\((b'.*?')\)", r"\1", row)


@pytest.mark.parametrize("answer", list(_answers()))
def test_spark_answers_the_same(spark: Any, answer: dict[str, Any]) -> None:
    if "error" in answer:
        with pytest.raises(Exception) as raised:
            spark.sql(answer["query"]).collect()
        assert raised.value.getCondition() == answer["error"]
        return
    frame = spark.sql(answer["query"])
    assert [_plain(repr(tuple(r))) for r in frame.collect()] == list(map(_plain, answer["rows"]))
    assert frame.schema.simpleString() == answer["schema"]
