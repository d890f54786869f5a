"""Checkpoints of queries without state move between Spark and Glowplug: what one began, the other goes on with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import glowplug
from tests.parity.streams.exchange import FILES, FIXTURES, QUERIES, RESUMED, go_on, write

ANSWERS = json.loads(RESUMED.read_text())
MOMENTS = ("batchTimestampMs", "modificationTime", "size", "blockSize")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    yield session
    session.stop()


@pytest.mark.parametrize("died", [False, True], ids=["after a commit", "before a commit"])
@pytest.mark.parametrize("name", QUERIES)
def test_what_spark_began_goes_on(spark: Any, tmp_path: Path, name: str, died: bool) -> None:
    """As Spark went on with what we began, which has the same batches; each row is there once."""
    fixture = FIXTURES / "spark" / name
    found = go_on(spark, fixture, tmp_path, name, died)
    expected = ANSWERS[f"{name}{', died' if died else ''}"]
    assert found["id"] == json.loads((fixture / "checkpoint" / "metadata").read_text())["id"]
    assert (found["batches"], found["rows"]) == (expected["batches"], expected["rows"])
    assert found["batches"][0][0] == FILES - died


@pytest.mark.parametrize("name", QUERIES)
def test_what_spark_went_on_with_is_what_we_write(spark: Any, tmp_path: Path, name: str) -> None:
    """The checkpoint that Spark was given is one of ours, as we write them today."""
    fixture, today = FIXTURES / "glowplug" / name, tmp_path / name
    write(spark, today, name)
    assert texts(today) == texts(fixture)
    id = json.loads((fixture / "checkpoint" / "metadata").read_text())["id"]
    assert {r["id"] for key, r in ANSWERS.items() if key.split(",")[0] == name} == {id}


def texts(root: Path) -> dict[str, str]:
    """What is written, without what is another each time."""
    found = {}
    for part in ("checkpoint", "out/_spark_metadata"):
        for path in (root / part).rglob("*"):
            if path.is_file() and path.suffix != ".crc":
                text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path.read_text().replace(str(root), "/ROOT"))
                found[str(path.relative_to(root))] = re.sub(rf'"({"|".join(MOMENTS)})":\d+', r'"\1":0', text)
    return found
