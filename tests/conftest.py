"""Plans are verified after analysis and optimization in all tests, and in the processes that they start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.kafka.broker import Broker

os.environ.setdefault("GLOWPLUG_VERIFY_PLANS", "true")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One Kafka for all tests. Where there can be none they are skipped, but not in CI."""
    from tests.integration.kafka.broker import Broker, fetch, missing

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
