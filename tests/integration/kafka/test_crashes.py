"""Streams from and to a real Kafka, killed at each step of a batch: each row is there once in the end.

With GLOWPLUG_CRASHES=all, from Kafka to every sink and from every source to Kafka, all that a stream can keep.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle

import glowplug
from tests.crash import matrix
from tests.crash.forge import Forge
from tests.integration.kafka.broker import Broker

CELLS = [("kafka", "parquet"), ("kafka", "delta"), ("kafka", "kafka"), ("file", "kafka")]
CHOSEN = {
    ("kafka", "parquet"): ("rows", "dedup"),
    ("kafka", "delta"): ("join",),
    ("kafka", "kafka"): ("rows", "windows"),
    ("file", "kafka"): (),
}


@dataclass
class Place:
    topic: str
    files: Path


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    cloudpickle.register_pickle_by_value(matrix)
    yield session
    cloudpickle.unregister_pickle_by_value(matrix)
    session.stop()


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    found = Forge()
    yield found
    found.close()


@pytest.fixture(scope="module")
def place(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The rows in a topic, and as files."""
    found = Place(broker.topic(), tmp_path_factory.mktemp("rows"))
    matrix.make_files(found.files / "in")
    for n in range(matrix.BATCHES + 1):
        broker.put(found.topic, *map(json.dumps, matrix.rows(n)))
    return found


def cells() -> Iterator[tuple[str, str, str]]:
    for source, sink in CELLS:
        for kind in matrix.KINDS if matrix.EVERY else CHOSEN[source, sink]:
            yield source, sink, kind


@pytest.mark.parametrize(("source", "sink", "kind"), list(cells()))
def test_killed_at_every_step(
    spark: Any, forge: Forge, broker: Broker, place: Place, tmp_path: Path, source: str, sink: str, kind: str
) -> None:
    where = (broker.servers, place.topic) if source == "kafka" else ("file", str(place.files))
    out = broker.topic() if sink == "kafka" else str(tmp_path / "out")
    target = broker.servers if sink == "kafka" else sink
    matrix.kill_at_every_step(forge, tmp_path / "checkpoint", kind, *where, target, out)
    expected = matrix.answer(spark, forge, place.files, kind, tmp_path)
    if sink == "kafka":
        assert matrix.without_end(value.decode() for value in broker.values(out)) == expected != []
    else:
        assert matrix.found(spark, sink, out) == expected != []
