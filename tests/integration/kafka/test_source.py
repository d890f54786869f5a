"""Topics as streams and as batches, from a real Kafka."""

from __future__ import annotations

import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as F

from tests.integration.kafka.broker import Broker


def reader(spark: Any, broker: Broker, topic: str, **options: Any) -> Any:
    given = {"kafka.bootstrap.servers": broker.servers, "subscribe": topic, "startingOffsets": "earliest"} | options
    return spark.readStream.format("kafka").options(**{k: v for k, v in given.items() if v is not None})


def batch(spark: Any, broker: Broker, topic: str, **options: Any) -> Any:
    given = {"kafka.bootstrap.servers": broker.servers, "subscribe": topic} | options
    return spark.read.format("kafka").options(**given).load()


def run(df: Any, out: Path, **options: Any) -> Any:
    """All that is there, into files below `out`; what was read before is not read again."""
    writer = df.writeStream.format("parquet").option("checkpointLocation", str(out / "checkpoint")).options(**options)
    query = writer.trigger(availableNow=True).start(str(out / "rows"))
    query.awaitTermination()
    return query


def rows(spark: Any, out: Path) -> list[tuple]:
    found = spark.read.parquet(str(out / "rows"))
    return sorted(tuple(r) for r in found.select("topic", "partition", "offset", F.decode("value", "utf-8")).collect())


def values(spark: Any, out: Path) -> list[str]:
    return sorted(r[3] for r in rows(spark, out))


def test_a_batch_has_all_columns(spark: Any, broker: Broker) -> None:
    topic = broker.topic(2)
    broker.put(
        topic, {"key": b"k", "value": b"v", "headers": [("a", b"1"), ("a", None)], "timestamp": 1_700_000_000_123}
    )
    broker.put(topic, {"key": None, "value": b"no key"}, {"key": b"gone", "value": None}, partition=1)
    found = batch(spark, broker, topic, includeHeaders="true").orderBy("partition", "offset")
    (one,) = found.where("value = 'v'").collect()
    assert (bytes(one.key), one.topic, one.offset, one.timestampType) == (b"k", topic, 0, 0) or one.partition == 1
    assert [(h.key, h.value and bytes(h.value)) for h in one.headers] == [("a", b"1"), ("a", None)]
    assert found.where("value = 'v'").select(F.unix_millis("timestamp")).first()[0] == 1_700_000_000_123
    others = found.where("value IS NULL OR value = 'no key'").select("key", "value", "headers").collect()
    assert [(r.key and bytes(r.key), r.value and bytes(r.value), r.headers) for r in others] == [
        (None, b"no key", None),
        (b"gone", None, None),
    ]
    assert found.count() == 3


def test_json_in_keys_and_values(spark: Any, broker: Broker) -> None:
    topic = broker.topic(1)
    texts = [b'{"a":1}', None, b"\xff", b'{"a":"2"}', b'{"a":3,"a":4}', b'{"b":"\xc3\xa9"}', b""]
    broker.put(topic, *({"key": t, "value": t} for t in texts * 20))
    found = batch(spark, broker, topic)
    for column in ("key", "value"):
        text = F.col(column).cast("string")
        quick = found.select("offset", F.from_json(text, "a INT, b STRING").alias("e"))
        assert f"{column} from_json to struct<a:int,b:string>" in quick._explain_string()
        slow = found.select("offset", F.from_json(F.concat(text, F.lit("")), "a INT, b STRING").alias("e"))
        assert sorted(map(repr, quick.collect())) == sorted(map(repr, slow.collect()))


def test_bounds_of_a_batch(spark: Any, broker: Broker) -> None:
    topic = broker.topic(2)
    for partition in (0, 1):
        records = [{"value": str(n), "timestamp": 1_000_000 + 1000 * n} for n in range(10)]
        broker.put(topic, *records, partition=partition)

    def offsets(**options: Any) -> list[tuple]:
        found = batch(spark, broker, topic, **options).groupBy("partition").agg(F.min("offset"), F.max("offset"))
        return sorted(tuple(r) for r in found.collect())

    some = {topic: {"0": 2, "1": -2}}, {topic: {"0": 5, "1": -1}}
    assert offsets(startingOffsets=json.dumps(some[0]), endingOffsets=json.dumps(some[1])) == [(0, 2, 4), (1, 0, 9)]
    assert offsets(startingTimestamp="1003000", endingTimestamp="1005500") == [(0, 3, 5), (1, 3, 5)]
    times = json.dumps({topic: {"0": 1_008_000, "1": 1_009_000}})
    assert offsets(startingOffsetsByTimestamp=times, startingOffsets="earliest") == [(0, 8, 9), (1, 9, 9)]
    latest = {"startingTimestamp": "9000000", "startingOffsetsByTimestampStrategy": "latest"}
    assert offsets(**latest) == []
    for refused in (
        {"startingTimestamp": "9000000"},
        {"startingOffsets": json.dumps({topic: {"0": 2}})},
    ):
        with pytest.raises(Exception, match="INVALID_DATA_SOURCE_OPTION"):
            offsets(**refused)
    assert batch(spark, broker, topic, subscribe=f"{topic}, {topic}").count() == 20
    pattern = {"kafka.bootstrap.servers": broker.servers, "subscribePattern": f"{topic[:-1]}."}
    assert spark.read.format("kafka").options(**pattern).load().count() == 20
    assert batch(spark, broker, topic).select("topic").distinct().collect()[0].topic == topic
    chosen = {"kafka.bootstrap.servers": broker.servers, "assign": json.dumps({topic: [1]})}
    assert {r.partition for r in spark.read.format("kafka").options(**chosen).load().collect()} == {1}


def test_several_topics_and_partitions_that_are_added(spark: Any, broker: Broker, tmp_path: Path) -> None:
    prefix = uuid.uuid4().hex
    broker.create(f"{prefix}a", 2)
    broker.put(f"{prefix}a", "1", "2", partition=1)
    options = {"subscribe": None, "subscribePattern": f"{prefix}.*"}
    df = reader(spark, broker, "", **options).load()
    query = df.writeStream.format("memory").queryName("added").start()
    query.processAllAvailable()
    broker.create(f"{prefix}b", 1)
    broker.put(f"{prefix}b", "3")
    broker.grow(f"{prefix}a", 3)
    broker.put(f"{prefix}a", "4", partition=2)
    deadline = time.monotonic() + 20
    while spark.table("added").count() < 4 and time.monotonic() < deadline:
        query.processAllAvailable()
    found = sorted((r.topic[-1], r.partition, bytes(r.value)) for r in spark.table("added").collect())
    assert found == [("a", 1, b"1"), ("a", 1, b"2"), ("a", 2, b"4"), ("b", 0, b"3")]
    query.stop()


def test_offsets_are_in_the_checkpoint_as_spark_has_them(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic = broker.topic(2)
    broker.put(topic, "a", "b", "c", partition=0)
    broker.put(topic, "d", partition=1)
    df = reader(spark, broker, topic, maxOffsetsPerTrigger=2).load()
    query = run(df, tmp_path)
    assert (tmp_path / "checkpoint/sources/0/0").read_bytes() == f'\0v1\n{{"{topic}":{{"0":0,"1":0}}}}'.encode()
    first = (tmp_path / "checkpoint/offsets/0").read_text().splitlines()[2]
    assert first == f'{{"{topic}":{{"0":1,"1":1}}}}'
    metrics = [p["sources"][0]["metrics"] for p in query.recentProgress]
    assert metrics[0] == {"avgOffsetsBehindLatest": "1.0", "maxOffsetsBehindLatest": "2", "minOffsetsBehindLatest": "0"}
    assert metrics[-1]["maxOffsetsBehindLatest"] == "0"
    broker.put(topic, "e", partition=1)
    run(df, tmp_path)  # goes on where it stopped
    assert values(spark, tmp_path) == ["a", "b", "c", "d", "e"]


def test_latest_is_where_a_query_begins_unless_it_says_otherwise(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic = broker.topic()
    broker.put(topic, "before")
    df = reader(spark, broker, topic, startingOffsets=None).load()
    run(df, tmp_path)
    broker.put(topic, "after")
    run(df, tmp_path)
    assert values(spark, tmp_path) == ["after"]


def test_a_batch_waits_for_enough_records(spark: Any, broker: Broker) -> None:
    topic = broker.topic()
    broker.put(topic, "1")
    df = reader(spark, broker, topic, minOffsetsPerTrigger=3, maxTriggerDelay="1h").load()
    query = df.writeStream.format("memory").queryName("enough").start()
    query.processAllAvailable()  # the first does not wait
    broker.put(topic, "2", "3")
    query.processAllAvailable()
    assert spark.table("enough").count() == 1
    broker.put(topic, "4")
    query.processAllAvailable()
    assert spark.table("enough").count() == 4
    query.stop()


def test_removed_records(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic = broker.topic()
    broker.put(topic, *map(str, range(3)))
    strict = reader(spark, broker, topic).load()
    run(strict, tmp_path)
    broker.put(topic, *map(str, range(3, 10)))
    broker.forget(topic, 0, 6)
    with pytest.raises(StreamingQueryException, match="KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE"):
        run(strict, tmp_path)
    run(reader(spark, broker, topic, failOnDataLoss="false").load(), tmp_path)
    assert values(spark, tmp_path) == [*"012", *"6789"]


def test_a_deleted_topic(spark: Any, broker: Broker, tmp_path: Path) -> None:
    one, other = broker.topic(), broker.topic()
    for topic in (one, other):
        broker.put(topic, f"of {topic}")
    both = f"{one},{other}"
    run(reader(spark, broker, both).load(), tmp_path)
    broker.delete(one)
    broker.put(other, "more")
    with pytest.raises(StreamingQueryException, match="KAFKA_DATA_LOSS.PARTITIONS_DELETED"):
        run(reader(spark, broker, both).load(), tmp_path)
    run(reader(spark, broker, both, failOnDataLoss="false").load(), tmp_path)
    assert values(spark, tmp_path) == sorted([f"of {one}", f"of {other}", "more"])
    with pytest.raises(Exception, match="UNKNOWN_TOPIC_OR_PART"):
        batch(spark, broker, one, **{"fetchOffset.retryIntervalMs": "1"}).count()


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_compressed_records(spark: Any, broker: Broker, codec: str) -> None:
    topic = broker.topic()
    broker.put(topic, *("x" * 100 for _ in range(2000)), **{"compression.type": codec})
    found = batch(spark, broker, topic).agg(F.count("*"), F.sum(F.length("value"))).first()
    assert tuple(found) == (2000, 200_000)


def test_large_records(spark: Any, broker: Broker) -> None:
    topic = broker.topic(2)
    large = {"message.max.bytes": 4_000_000}
    broker.put(topic, *(bytes([n]) * 1_000_000 for n in range(40)), **large)
    found = batch(spark, broker, topic).agg(F.count("*"), F.sum(F.length("value"))).first()
    assert tuple(found) == (40, 40_000_000)


def test_transactions_leave_gaps(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic = broker.topic()
    committed = {"kafka.isolation.level": "read_committed"}
    df = reader(spark, broker, topic, maxOffsetsPerTrigger=2, **committed).load()
    broker.transaction(topic, "a", "b", commit=True)
    broker.transaction(topic, "c", "d", commit=False)
    run(df, tmp_path)
    broker.transaction(topic, "e", commit=True)
    broker.transaction(topic, "f", commit=False)
    run(df, tmp_path)
    assert values(spark, tmp_path) == ["a", "b", "e"]
    assert batch(spark, broker, topic).count() == 6  # Spark's default is to read what is not committed, too
    assert batch(spark, broker, topic, **committed).count() == 3


def test_a_broker_that_dies_in_a_batch(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic = broker.topic(2)
    broker.put(topic, *(f"{n:05}" * 200 for n in range(20_000)))
    slow = F.udf(lambda b: (time.sleep(0.00005), b.decode()[:5])[1], "string")
    df = reader(spark, broker, topic).load().select("topic", "partition", "offset", slow("value").alias("value"))
    failure: list[BaseException] = []

    def work() -> None:
        try:
            run(df, tmp_path)
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not (tmp_path / "checkpoint/offsets/0").exists():
        time.sleep(0.01)
    broker.kill()
    time.sleep(0.3)
    broker.start()
    thread.join(60)
    assert not failure and not thread.is_alive()
    found = spark.read.parquet(str(tmp_path / "rows")).select(F.count("*"), F.countDistinct("value")).first()
    assert tuple(found) == (20_000, 20_000)


def test_stopping_does_not_wait_for_a_broker_that_is_away(spark: Any, broker: Broker) -> None:
    df = reader(spark, Broker(broker.directory), "t").load()  # nobody listens there
    query = df.writeStream.format("memory").queryName("away").start()
    time.sleep(0.5)
    started = time.monotonic()
    query.stop()
    assert time.monotonic() - started < 5
