from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    yield session
    session.stop()
