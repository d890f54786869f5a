from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import glowplug
from tests.integration.kafka.broker import Broker, fetch, missing


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    if (why := missing()) is not None:
        assert not os.environ.get("CI"), why
        pytest.skip(why)
    fetch()
    found = Broker(tmp_path_factory.mktemp("kafka"))
    found.format()
    try:
        found.start()
        yield found
    finally:
        if found.process is not None:
            found.kill()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    yield session
    session.stop()
