from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug

WORKERS = "spark.glowplug.python.workers"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.fixture(params=["2", "in-process"])
def both(request: pytest.FixtureRequest, spark: Any) -> Iterator[Any]:
    """A session whose functions run in two processes, then in this one."""
    spark.conf.set(WORKERS, request.param)
    yield spark
    spark.conf.unset(WORKERS)
