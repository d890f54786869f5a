"""The examples' events may go through Kafka."""

from __future__ import annotations

import re
from pathlib import Path

from tests.integration.kafka.broker import Broker
from tests.integration.test_examples import OF_SEEDS, PRINTED, printed, run


def test_a_clickstream_through_kafka(broker: Broker, tmp_path: Path) -> None:
    broker.create("clickstream", 2)
    printed = run("clickstream", tmp_path / "out", "--kafka", broker.servers)
    assert re.search(PRINTED["clickstream"], printed)
    assert re.search(r"generator: \d+ batches, [1-9]\d* rows", printed)


def test_a_production_pipeline_through_kafka(broker: Broker, tmp_path: Path) -> None:
    broker.create("events.raw", 1)
    args = ("--events", "2000", "--out", str(tmp_path), "--kafka", broker.servers)
    found = printed("seeds/production_pipeline", *args)
    for pattern in OF_SEEDS["production_pipeline"]:
        assert re.search(pattern, found, re.MULTILINE), found
    again = printed("seeds/production_pipeline", *args)
    assert re.search(r"^1960 events$", again, re.MULTILINE), "the second run has read the topic again"
