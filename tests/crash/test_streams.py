"""A query whose process is killed at each step of a micro-batch, and started again, has each row once.

With GLOWPLUG_CRASHES=all, from every source that can replay, with all that a stream can keep; formats of files differ
in how a file is made, so they get what is plain and what has state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash import kinds, matrix
from tests.crash.forge import Forge
from tests.integration.kafka.broker import Broker

SOURCES = ("file", "delta", "python", "rate", "rate-micro-batch", "kafka")
SINKS = ("parquet", "delta", "kafka")
OTHERS = ("csv", "json", "text", "orc", "table", "foreachBatch")
CHOSEN = (
    ("file", "parquet", "rows of groups"),
    ("file", "parquet", "sessions"),
    ("file", "parquet", "dedup"),
    ("file", "parquet", "full join"),
    ("file", "orc", "with state"),
    ("file", "delta", "windows"),
    ("file", "delta", "transform"),
    ("file", "foreachBatch", "limit"),
    ("delta", "csv", "outer join"),
    ("delta", "text", "dedup within"),
    ("delta", "delta", "chained"),  # rows: test_upkeep.py
    ("python", "table", "rows"),
    ("rate", "json", "windows"),
    ("rate-micro-batch", "parquet", "dedup within"),
    ("kafka", "parquet", "rows"),
    ("kafka", "parquet", "dedup"),
    ("kafka", "delta", "join"),
    ("kafka", "kafka", "rows"),
    ("kafka", "kafka", "windows"),
)


@pytest.fixture(scope="session")
def topic(broker: Broker) -> str:
    """The rows in a topic."""
    found = broker.topic()
    for n in range(matrix.BATCHES + 1):
        broker.put(found, *map(json.dumps, matrix.rows(n)))
    return found


def cells() -> Iterator[tuple[str, str, str]]:
    if not matrix.EVERY:
        yield from CHOSEN
        return
    for source in SOURCES:
        yield from ((source, sink, kind) for sink in SINKS for kind in kinds.KINDS)
        yield from ((source, sink, kind) for sink in OTHERS for kind in ("rows", "windows"))


@pytest.mark.parametrize(("source", "sink", "kind"), list(cells()))
def test_killed_at_every_step(
    spark: Any,
    forge: Forge,
    places: dict[str, Path],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    source: str,
    sink: str,
    kind: str,
) -> None:
    broker = request.getfixturevalue("broker") if "kafka" in (source, sink) else None
    where = source, str(places.get(source, ""))
    if broker is not None and source == "kafka":
        where = broker.servers, request.getfixturevalue("topic")
    target = sink, str(tmp_path / "out")
    if broker is not None and sink == "kafka":
        target = broker.servers, broker.topic()
    matrix.kill_at_every_step(forge, tmp_path / "checkpoint", kind, *where, *target)
    expected = matrix.answer(spark, kind, places["file"])
    if broker is not None and sink == "kafka":
        assert matrix.without_end(value.decode() for value in broker.values(target[1])) == expected != []
    else:
        assert matrix.found(spark, *target) == expected != []
