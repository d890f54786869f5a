"""Options of streams from a real Kafka: where they start, how much a batch has, and who reads."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as F

from tests.integration.kafka.broker import Broker
from tests.integration.kafka.test_source import reader


def started(df: Any, name: str | None = None) -> tuple[Any, str]:
    name = name or f"m{uuid.uuid4().hex}"
    return df.writeStream.format("memory").queryName(name).start(), name


def values(spark: Any, df: Any) -> list[str]:
    """What a stream has read when there is no more."""
    query, name = started(df)
    query.processAllAvailable()
    query.stop()
    return sorted(r[0] for r in spark.table(name).select(F.decode("value", "utf-8")).collect())


def test_where_a_stream_starts(spark: Any, broker: Broker) -> None:
    topic = broker.topic(2)
    for partition in (0, 1):
        put = [{"value": f"{partition}{n}", "timestamp": 1_000_000 + 1000 * n} for n in range(4)]
        broker.put(topic, *put, partition=partition)

    def read(**options: Any) -> list[str]:
        return values(spark, reader(spark, broker, topic, startingOffsets=None, **options).load())

    assert read(startingTimestamp=1_002_500) == ["03", "13"]
    assert read(startingTimestamp=1_001_000, startingOffsetsByTimestamp="{}") == ["01", "02", "03", "11", "12", "13"]
    times = json.dumps({topic: {"0": 1_003_000, "1": 9_000_000}})
    assert read(startingOffsetsByTimestamp=times, startingOffsetsByTimestampStrategy="latest") == ["03"]
    with pytest.raises(StreamingQueryException):
        read(startingOffsetsByTimestamp=times)
    assign = {"subscribe": None, "assign": json.dumps({topic: [1]})}
    df = reader(spark, broker, topic, **assign, minPartitions=7, maxRecordsPerPartition=1).load()
    assert values(spark, df) == ["10", "11", "12", "13"]
    offsets = reader(spark, broker, topic, startingOffsets=json.dumps({topic: {"0": -1, "1": 3}})).load()
    assert values(spark, offsets) == ["13"]


def test_batches_are_of_the_size_that_is_done_in_time(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic = broker.topic()
    broker.put(topic, *map(str, range(3000)))
    slow = F.udf(lambda v: (time.sleep(0.0003), v)[1], "binary")  # 3000 take a second

    def run(**options: Any) -> list[int]:
        df = reader(spark, broker, topic, maxOffsetsPerTrigger=1000, **options).load().select(slow("value").alias("v"))
        query = df.writeStream.format("noop").trigger(availableNow=True).start()
        query.awaitTermination()
        found = [p["numInputRows"] for p in query.recentProgress]
        assert sum(found) == 3000
        return found

    assert run() == [1000, 1000, 1000]
    sizes = run(targetBatchDuration="100ms")
    assert sizes[0] == 1000  # nothing is known yet
    assert max(sizes[1:]) < 1000


def test_a_batch_waits_no_longer_than_it_may(spark: Any, broker: Broker) -> None:
    topic = broker.topic()
    broker.put(topic, "1")
    df = reader(spark, broker, topic, minOffsetsPerTrigger=100, maxTriggerDelay="1s").load()
    query, name = started(df)
    query.processAllAvailable()
    broker.put(topic, "2")
    query.processAllAvailable()
    assert spark.table(name).count() == 1
    end = time.monotonic() + 20
    while spark.table(name).count() < 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert spark.table(name).count() == 2
    query.stop()


@pytest.mark.parametrize("group", [{"kafka.group.id": "one"}, {"groupIdPrefix": "one"}])
def test_queries_of_one_group_take_nothing_from_each_other(spark: Any, broker: Broker, group: dict[str, str]) -> None:
    """Partitions are assigned by the query; no group is joined that would share them out, and none has offsets."""
    topic = broker.topic(3)
    queries = [started(reader(spark, broker, topic, **group).load()) for _ in range(2)]
    for n in range(3):
        broker.put(topic, *(f"{n}{i}" for i in range(3)), partition=n)
        for query, _ in queries:
            query.processAllAvailable()
    for query, name in queries:
        query.stop()
        assert spark.table(name).count() == 9
    assert "one" not in {g.group_id for g in broker.admin.list_consumer_groups().result().valid}
