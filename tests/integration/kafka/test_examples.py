"""The examples' events may go through Kafka."""

from __future__ import annotations

import re
from pathlib import Path

from tests.integration.kafka.broker import Broker
from tests.integration.test_examples import PRINTED, run


def test_a_clickstream_through_kafka(broker: Broker, tmp_path: Path) -> None:
    broker.create("clickstream", 2)
    printed = run("clickstream", tmp_path / "out", "--kafka", broker.servers)
    assert re.search(PRINTED["clickstream"], printed)
    assert re.search(r"generator: \d+ batches, [1-9]\d* rows", printed)
