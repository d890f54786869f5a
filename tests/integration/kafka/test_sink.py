"""Rows written to a real Kafka: what is there afterwards, and how often."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as F

from glowplug.testing import MemoryStream
from tests.integration.kafka.broker import Broker


def write(df: Any, broker: Broker, to: str | None, **options: str) -> None:
    given = {"kafka.bootstrap.servers": broker.servers, **({"topic": to} if to else {}), **options}
    df.write.format("kafka").options(**given).mode("append").save()


def stream(df: Any, broker: Broker, topic: str, checkpoint: Path, **options: str) -> Any:
    given = {"kafka.bootstrap.servers": broker.servers, "topic": topic, "checkpointLocation": str(checkpoint)}
    return df.writeStream.format("kafka").options(**given, **options).start()


def records(spark: Any, broker: Broker, *topics: str) -> list[Any]:
    options = {"kafka.bootstrap.servers": broker.servers, "subscribe": ",".join(topics), "includeHeaders": "true"}
    found = spark.read.format("kafka").options(**options).load()
    return found.orderBy("topic", "partition", "offset").collect()


def test_every_column(spark: Any, broker: Broker) -> None:
    one, other = broker.topic(3), broker.topic()
    df = spark.sql(
        f"""SELECT * FROM VALUES
            ('{one}', 'k', 'text', array(named_struct('key', 'h', 'value', CAST('x' AS BINARY))), 2, 1.5),
            ('{one}', NULL, NULL, NULL, 0, NULL),
            ('{other}', NULL, 'é', array(), NULL, NULL) AS t(topic, key, value, headers, partition, ignored)"""
    )
    write(df, broker, None)
    found = [
        (r.topic, r.partition, r.key and bytes(r.key), r.value and bytes(r.value), r.headers and r.headers[0].key)
        for r in records(spark, broker, one, other)
    ]
    expected = [(one, 0, None, None, None), (one, 2, b"k", b"text", "h"), (other, 0, None, "é".encode(), None)]
    assert sorted(found, key=str) == sorted(expected, key=str)
    write(df.drop("partition"), broker, other)  # the option goes before the column
    assert len(records(spark, broker, other)) == 4 and len(records(spark, broker, one)) == 2


def test_keys_go_where_java_puts_them(spark: Any, broker: Broker) -> None:
    """The partitions are those of murmur2, Java's default: `hash("21") % 10` and so on, as Kafka's own tests have it."""
    topic = broker.topic(10)
    write(spark.sql("SELECT key, key AS value FROM VALUES ('21'), ('foobar'), ('abc') AS t(key)"), broker, topic)
    found = {bytes(r.key): r.partition for r in records(spark, broker, topic)}
    hashes = {b"21": -973932308, b"foobar": -790332482, b"abc": 479470107}
    assert found == {key: (n & 0x7FFFFFFF) % 10 for key, n in hashes.items()}


@pytest.mark.parametrize(
    ("query", "options", "condition"),
    [
        ("SELECT 'v' AS value", {}, "_LEGACY_ERROR_TEMP_3080"),
        ("SELECT 'k' AS key", {"topic": "t"}, "_LEGACY_ERROR_TEMP_3080"),
        ("SELECT 1 AS value", {"topic": "t"}, "_LEGACY_ERROR_TEMP_3080"),
        ("SELECT 'v' AS value, 1L AS partition", {"topic": "t"}, "_LEGACY_ERROR_TEMP_3080"),
        ("SELECT 'v' AS value, 'h' AS headers", {"topic": "t"}, "_LEGACY_ERROR_TEMP_3080"),
        ("SELECT 'v' AS value, 1 AS topic", {}, "_LEGACY_ERROR_TEMP_3080"),
        ("SELECT 'v' AS value, CAST(NULL AS STRING) AS topic", {}, "NULL"),
        ("SELECT 'v' AS value", {"topic": "t", "kafka.value.serializer": "x"}, "INVALID_DATA_SOURCE_OPTION"),
        ("SELECT 'v' AS value", {"topic": "t", "kafka.no.such.setting": "x"}, "INVALID_DATA_SOURCE_OPTION"),
    ],
)
def test_rows_that_cannot_be_written(
    spark: Any, broker: Broker, query: str, options: dict[str, str], condition: str
) -> None:
    with pytest.raises(Exception, match=condition):
        write(spark.sql(query), broker, None, **options)


def test_large_records(spark: Any, broker: Broker) -> None:
    topic = broker.topic()
    write(spark.sql("SELECT repeat('x', 1048000) AS value FROM range(3)"), broker, topic)
    assert [len(r.value) for r in records(spark, broker, topic)] == [1_048_000] * 3
    more = spark.sql("SELECT repeat('x', 3000000) AS value")
    with pytest.raises(Exception, match="MSG_SIZE_TOO_LARGE"):
        write(more, broker, topic)
    wide = broker.topic(max_message_bytes="4000000")
    write(more, broker, wide, **{"kafka.max.request.size": "3500000"})
    assert len(records(spark, broker, wide)) == 1


def test_modes(spark: Any, broker: Broker) -> None:
    for mode in ("overwrite", "ignore"):
        writer = spark.sql("SELECT 'v' AS value").write.format("kafka").option("topic", "t").mode(mode)
        with pytest.raises(Exception, match="_LEGACY_ERROR_TEMP_3081"):
            writer.option("kafka.bootstrap.servers", broker.servers).save()


def test_what_cannot_be_delivered_fails(spark: Any, broker: Broker) -> None:
    with pytest.raises(Exception, match="UNKNOWN|TIMED_OUT"):
        write(spark.sql("SELECT 'v' AS value"), broker, "nosuchtopic", **{"kafka.delivery.timeout.ms": "1500"})
    topic = broker.topic(max_message_bytes="1000")
    with pytest.raises(Exception, match="MSG_SIZE_TOO_LARGE"):
        write(spark.sql("SELECT repeat('x', 10000) AS value"), broker, topic)


@pytest.mark.parametrize("once", ["false", "true"])
def test_a_stream(spark: Any, broker: Broker, tmp_path: Path, once: str) -> None:
    topic, source = broker.topic(), MemoryStream(spark, "k STRING")
    counts = source.to_df().groupBy("k").count().selectExpr("k AS key", "CAST(count AS STRING) AS value")
    writer = counts.writeStream.format("kafka").outputMode("update").option("exactlyOnce", once)
    writer = writer.option("kafka.bootstrap.servers", broker.servers).option("topic", topic)
    query = writer.option("checkpointLocation", str(tmp_path)).start()
    source.add([("a",), ("a",), ("b",)])
    query.processAllAvailable()
    source.add([("a",)])
    query.processAllAvailable()
    assert query.lastProgress["sink"]["numOutputRows"] == 1
    query.stop()
    assert broker.values(topic) == [b"1", b"2", b"3"]


def test_a_broker_that_is_away_for_a_while(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic, source = broker.topic(), MemoryStream(spark, "value STRING")
    query = stream(source.to_df(), broker, topic, tmp_path)
    source.add([("before",)])
    query.processAllAvailable()
    broker.kill()
    source.add([("between",)])
    time.sleep(0.5)
    broker.start()
    query.processAllAvailable()
    query.stop()
    assert broker.values(topic) == [b"before", b"between"]


def test_another_run_fences_the_one_before(spark: Any, broker: Broker, tmp_path: Path) -> None:
    topic, sources = broker.topic(), [MemoryStream(spark, "value STRING") for _ in range(2)]
    same = {"exactlyOnce": "true", "kafka.transactional.id": topic}
    old, new = (stream(s.to_df(), broker, topic, tmp_path / str(i), **same) for i, s in enumerate(sources))
    sources[0].add([("old",)])
    old.processAllAvailable()
    sources[1].add([("none",)])  # batch 0 of this id is there already: so it is skipped
    new.processAllAvailable()
    sources[1].add([("new",)])
    new.processAllAvailable()
    sources[0].add([("too late",)])
    with pytest.raises(StreamingQueryException, match="FENCED"):
        old.processAllAvailable()
    new.stop()
    assert broker.values(topic) == [b"new", b"old"]


PROGRAM = """
import os, signal, sys
import glowplug
from glowplug.io import kafka_write
from glowplug.streaming.sinks import kafka

servers, source, target, checkpoint, death = sys.argv[1:]
finish, through = kafka_write.Writer.finish, kafka.TransactionalKafka._through
steps = []

def die(at):
    steps.append(at)
    if at == death:
        os.kill(os.getpid(), signal.SIGKILL)

def finishing(self):
    finish(self)
    die("delivered")

def going_through(self, writer, step):
    through(self, writer, step)
    die("producer ready" if not steps else "offset sent" if steps[-1] == "delivered" else "committed")

kafka_write.Writer.finish, kafka.TransactionalKafka._through = finishing, going_through
spark = glowplug.session()
options = {"kafka.bootstrap.servers": servers}
df = spark.readStream.format("kafka").options(**options, subscribe=source, startingOffsets="earliest")
df = df.option("maxOffsetsPerTrigger", 5).load().select("value")
writer = df.writeStream.format("kafka").options(**options, topic=target, exactlyOnce="true")
writer.option("checkpointLocation", checkpoint).trigger(availableNow=True).start().awaitTermination()
"""


def test_exactly_once_with_kills(spark: Any, broker: Broker, tmp_path: Path) -> None:
    """One run after the other dies, each at another step; in the end each row is there once."""
    source, target = broker.topic(), broker.topic()
    expected = [f"{n:03}".encode() for n in range(60)]
    broker.put(source, *expected)
    (tmp_path / "program.py").write_text(PROGRAM)

    def run(death: str = "") -> int:
        names = [broker.servers, source, target, str(tmp_path / "checkpoint"), death]
        command = [sys.executable, str(tmp_path / "program.py"), *names]
        return subprocess.run(command, timeout=60, check=False).returncode

    for death in ("delivered", "offset sent", "committed"):
        assert run(death) == -signal.SIGKILL, death
    assert not (tmp_path / "checkpoint/commits/0").exists()  # only Kafka knows that batch 0 is there
    assert run() == 0
    assert broker.values(target) == expected
    seen = spark.read.format("kafka").option("kafka.bootstrap.servers", broker.servers).option("subscribe", target)
    assert seen.load().select(F.countDistinct("value")).first()[0] == 60
    assert seen.load().count() > 60  # what was aborted is there, for readers who ask for it
