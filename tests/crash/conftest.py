"""What tests that kill streams share: who runs them, and the rows where their sources have them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle

import glowplug
from tests.crash import kinds, matrix
from tests.crash.forge import Forge


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    found = Forge()
    yield found
    found.close()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    for module in (kinds, matrix):
        cloudpickle.register_pickle_by_value(module)
    yield session
    for module in (kinds, matrix):
        cloudpickle.unregister_pickle_by_value(module)
    session.stop()


@pytest.fixture(scope="module")
def places(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The rows as files, and as versions of a table."""
    found = {source: tmp_path_factory.mktemp(source) for source in ("file", "delta")}
    matrix.make_files(found["file"] / "in")
    for n in range(matrix.BATCHES + 1):
        rows = spark.read.schema(matrix.SCHEMA).json(str(found["file"] / "in" / f"{n:02}.json"))
        rows.coalesce(1).write.format("delta").mode("append").save(str(found["delta"] / "in"))
    return found
