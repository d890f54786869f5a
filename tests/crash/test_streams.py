"""A query whose process is killed at each step of a micro-batch, and started again, has each row once.

Cells with a Kafka are in tests/integration/kafka/test_crashes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle

import glowplug
from tests.crash import matrix
from tests.crash.forge import Forge

SOURCES, SINKS = ("file", "delta"), ("parquet", "delta")
CHOSEN = {  # and all with GLOWPLUG_CRASHES=all
    ("file", "parquet"): ("rows of groups", "sessions", "dedup", "full join", "with state"),
    ("file", "delta"): ("windows", "transform"),
    ("delta", "parquet"): ("outer join", "dedup within"),
    ("delta", "delta"): ("chained",),  # rows: test_upkeep.py
}


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    found = Forge()
    yield found
    found.close()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    cloudpickle.register_pickle_by_value(matrix)
    yield session
    cloudpickle.unregister_pickle_by_value(matrix)
    session.stop()


@pytest.fixture(scope="module")
def places(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The rows as files, and as versions of a table."""
    found = {source: tmp_path_factory.mktemp(source) for source in SOURCES}
    matrix.make_files(found["file"] / "in")
    for n in range(matrix.BATCHES + 1):
        rows = spark.read.schema(matrix.SCHEMA).json(str(found["file"] / "in" / f"{n:02}.json"))
        rows.coalesce(1).write.format("delta").mode("append").save(str(found["delta"] / "in"))
    return found


def cells() -> Iterator[tuple[str, str, str]]:
    for source in SOURCES:
        for sink in SINKS:
            for kind in matrix.KINDS if matrix.EVERY else CHOSEN[source, sink]:
                yield source, sink, kind


@pytest.mark.parametrize(("source", "sink", "kind"), list(cells()))
def test_killed_at_every_step(
    spark: Any, forge: Forge, places: dict[str, Path], tmp_path: Path, source: str, sink: str, kind: str
) -> None:
    place, out = str(places[source]), str(tmp_path / "out")
    matrix.kill_at_every_step(forge, tmp_path / "checkpoint", kind, source, place, sink, out)
    assert matrix.found(spark, sink, out) == matrix.answer(spark, forge, places["file"], kind, tmp_path) != []
