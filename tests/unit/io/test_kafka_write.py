"""Writers to Kafka whose connections break."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from confluent_kafka import KafkaError, KafkaException

from glowplug.config import Conf
from glowplug.errors import ExecutionError
from glowplug.io import kafka_write
from glowplug.io.streams.kafka_options import read_kafka_options

ROWS = pa.record_batch({"value": ["a", "b"]})


class Producer:
    """Has trouble with its first handshake; `lets_in` says when it delivers."""

    def __init__(self, settings: dict[str, Any], clock: list[float], lets_in: Callable[[float], bool]) -> None:
        self.tell, self.clock, self.lets_in = settings["error_cb"], clock, lets_in
        self.waiting, self.told = 0, False

    def produce(self, *_: Any) -> None:
        self.waiting += 1

    def poll(self, timeout: float) -> None:
        if not self.told:
            self.tell(KafkaError(KafkaError._SSL, "handshake broken off"))
        self.told = True

    def flush(self, timeout: float) -> int:
        self.clock[0] += timeout
        self.waiting = 0 if self.lets_in(self.clock[0]) else self.waiting
        return self.waiting

    def __len__(self) -> int:
        return self.waiting


def writer(monkeypatch: pytest.MonkeyPatch, clock: list[float], lets_in: Callable[[float], bool]) -> kafka_write.Writer:
    client = SimpleNamespace(Producer=lambda s: Producer(s, clock, lets_in), KafkaException=KafkaException)
    monkeypatch.setattr(kafka_write, "library", lambda: client)
    monkeypatch.setattr("glowplug.io.streams.kafka_cluster.time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(kafka_write, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    o = read_kafka_options((("kafka.bootstrap.servers", "h:1"), ("topic", "t")), Conf())
    return kafka_write.Writer(o, {})


def test_one_broken_handshake_does_not_end_a_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    of = writer(monkeypatch, clock, lambda now: now > 101)
    for _ in range(3):
        of.write(ROWS, ["value"])
        of.finish()
        clock[0] += 1000
    assert of.trouble.refused is None


def test_a_handshake_that_broke_while_nothing_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    of = writer(monkeypatch, clock, lambda now: now > 1101)
    of.check()
    clock[0] += 1000
    of.write(ROWS, ["value"])
    of.finish()


def test_a_writer_that_is_not_let_in_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    of = writer(monkeypatch, clock, lambda now: False)
    of.write(ROWS, ["value"])
    with pytest.raises(ExecutionError, match="handshake broken off"):
        of.finish()
    assert clock[0] < 105
