"""How long a reader lets brokers refuse it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, KafkaException

from glowplug.io.streams import kafka_cluster
from glowplug.io.streams.kafka_cluster import Trouble, passing

BROKEN = KafkaError(KafkaError._SSL, "handshake broken off")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found = [1000.0]
    monkeypatch.setattr(kafka_cluster, "time", SimpleNamespace(monotonic=lambda: found[0]))
    return found


def refuse(trouble: Trouble, clock: list[float], *after: float) -> None:
    """So many seconds after each other."""
    for seconds in after:
        clock[0] += seconds
        trouble(BROKEN)


def test_one_refusal_ends_no_reader(clock: list[float]) -> None:
    trouble = Trouble()
    refuse(trouble, clock, 0, 0.5, 0.5)
    trouble.check()
    clock[0] += 2.9  # it was let in: there is no other refusal
    trouble.check()
    clock[0] += 1000
    refuse(trouble, clock, 0, 1, 1)
    trouble.check()


def test_who_is_refused_for_long_ends(clock: list[float]) -> None:
    trouble = Trouble()
    refuse(trouble, clock, 0, 1, 1, 1)
    with pytest.raises(KafkaException, match="broken off"):
        trouble.check()
    clock[0] += 3.1  # no more since: it is in
    trouble.check()


def test_a_reader_is_as_patient_as_it_is_told(clock: list[float]) -> None:
    trouble = Trouble(1.0)
    refuse(trouble, clock, 0, 0.9)
    trouble.check()
    refuse(trouble, clock, 0.2)
    with pytest.raises(KafkaException, match="broken off"):
        trouble.check()


def test_a_cluster_that_stays_away_is_spoken_of(clock: list[float], caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble()

    def told(*after: float) -> int:
        caplog.clear()
        for seconds in after:
            clock[0] += seconds
            trouble(KafkaError(KafkaError._ALL_BROKERS_DOWN))
        return len(caplog.records)

    trouble(KafkaError(KafkaError._TRANSPORT, "nobody is there"))
    assert told(100, 1, 1, 1, 1) == 0 and told(1, *[1] * 50) == 1 and caplog.messages[0].endswith("nobody is there")
    assert told(*[1] * 20) == 1
    assert told(100, 1, 1) == 0, "it was there meanwhile"


def test_what_is_over_soon() -> None:
    codes = KafkaError
    assert all(
        passing(KafkaError(c)) for c in (codes.LEADER_NOT_AVAILABLE, codes.NOT_LEADER_FOR_PARTITION, codes._TRANSPORT)
    )
    assert not any(passing(KafkaError(c)) for c in (codes.TOPIC_AUTHORIZATION_FAILED, codes.UNKNOWN_TOPIC_OR_PART))
