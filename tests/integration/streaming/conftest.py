from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyspark.sql.connect.session import SparkSession

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    yield session
    session.stop()
