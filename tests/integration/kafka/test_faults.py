"""Faults that a real Kafka has seldom: brokers of librdkafka's own, which are told how to answer."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from confluent_kafka import KafkaError, Producer

from glowplug.testing import MemoryStream

PRODUCE, FETCH, LIST_OFFSETS, METADATA, END_TXN = 0, 1, 2, 3, 26  # Kafka's numbers of requests
FAULTS = "the client's library shows no mock cluster"


class Mock:
    """Brokers in this process. `fail` has the next requests of a kind answered by errors."""

    def __init__(self, brokers: int = 1) -> None:
        found = sorted((Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs").glob("librdkafka*"))
        if not found:
            pytest.skip(FAULTS)
        lib = self.lib = ctypes.CDLL(str(found[0]))
        pointers = ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new")
        for name in pointers:
            getattr(lib, name).restype = ctypes.c_void_p
        lib.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        conf = ctypes.c_void_p(lib.rd_kafka_conf_new())
        self.client = ctypes.c_void_p(lib.rd_kafka_new(0, conf, None, 0))
        self.cluster = ctypes.c_void_p(lib.rd_kafka_mock_cluster_new(self.client, brokers))
        self.servers = lib.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()

    def topic(self, name: str, partitions: int = 1) -> str:
        assert self.lib.rd_kafka_mock_topic_create(self.cluster, name.encode(), partitions, 1) == 0
        return name

    def fail(self, request: int, *errors: int) -> None:
        codes = (ctypes.c_int * len(errors))(*errors)
        self.lib.rd_kafka_mock_push_request_errors_array(
            self.cluster, ctypes.c_int16(request), ctypes.c_size_t(len(errors)), codes
        )

    def leader(self, topic: str, broker: int) -> None:
        """Of the topic's first partition; -1: there is none."""
        assert self.lib.rd_kafka_mock_partition_set_leader(self.cluster, topic.encode(), 0, broker) == 0

    def down(self, broker: int) -> None:
        assert self.lib.rd_kafka_mock_broker_set_down(self.cluster, broker) == 0

    def up(self, broker: int) -> None:
        assert self.lib.rd_kafka_mock_broker_set_up(self.cluster, broker) == 0

    def close(self) -> None:
        self.lib.rd_kafka_mock_cluster_destroy(self.cluster)
        self.lib.rd_kafka_destroy(self.client)


@pytest.fixture
def mock() -> Iterator[Mock]:
    found = Mock()
    yield found
    found.close()


def put(mock: Mock, topic: str, *values: str) -> None:
    producer = Producer({"bootstrap.servers": mock.servers})
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(20) == 0


def read(spark: Any, mock: Mock, topic: str, **options: str) -> list[str]:
    given = {"kafka.bootstrap.servers": mock.servers, "subscribePattern": topic, "fetchOffset.retryIntervalMs": "10"}
    return sorted(
        bytes(r.value).decode() for r in spark.read.format("kafka").options(**given, **options).load().collect()
    )


def test_reading_goes_on_after_passing_errors(spark: Any, mock: Mock) -> None:
    topic = mock.topic("t")
    put(mock, topic, "a", "b")
    mock.fail(LIST_OFFSETS, KafkaError.NOT_LEADER_FOR_PARTITION)
    mock.fail(FETCH, KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.REQUEST_TIMED_OUT)
    assert read(spark, mock, topic) == ["a", "b"]


FAULTY: dict[str, tuple[Callable[[Mock], None], Callable[[Mock], None]]] = {
    "no leader": (lambda m: m.leader("t", -1), lambda m: m.leader("t", 2)),
    "brokers away": (lambda m: [m.down(n) for n in (1, 2)], lambda m: [m.up(n) for n in (1, 2)]),  # type: ignore[func-returns-value]
}


@pytest.mark.parametrize("kind", ["batch", "stream"])
@pytest.mark.parametrize("fault", FAULTY)
def test_reading_waits_for_brokers(spark: Any, fault: str, kind: str) -> None:
    """Longer than asking three times takes, as Java's clients do."""
    mock = Mock(2)
    topic = mock.topic("t")
    mock.leader(topic, 1)
    put(mock, topic, "a", "b")
    begin, end = FAULTY[fault]
    begin(mock)
    over = threading.Timer(1, end, [mock])
    over.start()
    try:
        if kind == "batch":
            assert read(spark, mock, topic) == ["a", "b"]
            return
        options = {"kafka.bootstrap.servers": mock.servers, "subscribePattern": topic, "startingOffsets": "earliest"}
        df = spark.readStream.format("kafka").options(**options, **{"fetchOffset.retryIntervalMs": "10"}).load()
        query = df.writeStream.format("memory").queryName("waited").trigger(availableNow=True).start()
        query.awaitTermination()
        assert spark.table("waited").count() == 2
    finally:
        over.join()
        mock.close()


def test_questions_are_asked_until_they_are_answered(spark: Any, mock: Mock) -> None:
    topic = mock.topic("t")
    put(mock, topic, "a")
    passing = KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.REQUEST_TIMED_OUT
    mock.fail(LIST_OFFSETS, *passing, *passing)
    assert read(spark, mock, topic) == ["a"]


def test_questions_are_not_asked_for_ever(spark: Any, mock: Mock) -> None:
    topic = mock.topic("t")
    mock.fail(LIST_OFFSETS, *[KafkaError.LEADER_NOT_AVAILABLE] * 1000)
    started = time.monotonic()
    with pytest.raises(Exception, match="LEADER_NOT_AVAILABLE"):
        read(spark, mock, topic, **{"kafka.default.api.timeout.ms": "300"})
    assert 0.9 < time.monotonic() - started < 10  # three times so long


def test_reading_ends_by_errors_that_stay(spark: Any, mock: Mock) -> None:
    topic = mock.topic("t")
    put(mock, topic, "a")
    mock.fail(FETCH, *[KafkaError.TOPIC_AUTHORIZATION_FAILED] * 5)
    with pytest.raises(Exception, match="TOPIC_AUTHORIZATION_FAILED"):
        read(spark, mock, topic)


def test_records_that_are_out_of_range_are_lost(spark: Any, mock: Mock) -> None:
    topic = mock.topic("t")
    put(mock, topic, "a")
    mock.fail(FETCH, KafkaError.OFFSET_OUT_OF_RANGE)
    with pytest.raises(Exception, match="KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE"):
        read(spark, mock, topic)


def test_silence_ends_a_read(spark: Any, mock: Mock) -> None:
    topic = mock.topic("t")
    put(mock, topic, "a")
    mock.fail(FETCH, *[KafkaError.NOT_LEADER_FOR_PARTITION] * 1000)
    with pytest.raises(Exception, match="nothing came within 500 ms"):
        read(spark, mock, topic, **{"kafkaConsumer.pollTimeoutMs": "500"})


@pytest.mark.parametrize("once", ["false", "true"])
def test_writing_goes_on_after_passing_errors(spark: Any, mock: Mock, tmp_path: Path, once: str) -> None:
    topic, source = mock.topic("t"), MemoryStream(spark, "value STRING")
    options = {"kafka.bootstrap.servers": mock.servers, "topic": topic, "exactlyOnce": once}
    writer = source.to_df().writeStream.format("kafka").options(**options, checkpointLocation=str(tmp_path))
    mock.fail(PRODUCE, KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.REQUEST_TIMED_OUT)
    mock.fail(END_TXN, KafkaError.COORDINATOR_LOAD_IN_PROGRESS)
    query = writer.start()
    source.add([("a",), ("b",)])
    query.processAllAvailable()
    query.stop()
    assert read(spark, mock, topic) == ["a", "b"]


def test_a_batch_that_is_not_delivered_is_not_committed(spark: Any, mock: Mock, tmp_path: Path) -> None:
    topic, source = mock.topic("t"), MemoryStream(spark, "value STRING")
    options = {"kafka.bootstrap.servers": mock.servers, "topic": topic, "checkpointLocation": str(tmp_path)}
    mock.fail(PRODUCE, KafkaError.TOPIC_AUTHORIZATION_FAILED)
    source.add([("a",)])
    query = source.to_df().writeStream.format("kafka").options(**options).trigger(availableNow=True).start()
    with pytest.raises(Exception, match="TOPIC_AUTHORIZATION_FAILED"):
        query.awaitTermination()
    assert not (tmp_path / "commits/0").exists()
    query = source.to_df().writeStream.format("kafka").options(**options).trigger(availableNow=True).start()
    query.awaitTermination()
    assert read(spark, mock, topic) == ["a"]
