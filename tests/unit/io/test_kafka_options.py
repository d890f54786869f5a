"""What is asked of Kafka: options that are refused, Java's settings in the client's terms, shares of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.io.streams.kafka import limited
from glowplug.io.streams.kafka_options import (
    Bound,
    by_partition,
    client,
    for_batch,
    for_stream,
    offsets_json,
    read_kafka_options,
)

SERVERS = ("kafka.bootstrap.servers", "h:1")
TOPIC = ("subscribe", "t")


@pytest.mark.parametrize(
    "options",
    [
        [TOPIC],  # no servers
        [SERVERS],
        [SERVERS, TOPIC, ("subscribePattern", "t.*")],
        [SERVERS, TOPIC, ("assign", '{"t":[0]}')],
        [SERVERS, ("subscribe", " , ")],
        [SERVERS, ("assign", "t")],
        [SERVERS, ("subscribePattern", "(")],
        [SERVERS, TOPIC, ("startingOffsets", "first")],
        [SERVERS, TOPIC, ("startingOffsets", '{"t":[1]}')],
        [SERVERS, TOPIC, ("startingOffsetsByTimestampStrategy", "earliest")],
        [SERVERS, TOPIC, ("minPartitions", "0")],
        [SERVERS, TOPIC, ("kafka.auto.offset.reset", "latest")],
        [SERVERS, TOPIC, ("kafka.key.deserializer", "x")],
        [SERVERS, TOPIC, ("kafka.enable.auto.commit", "true")],
        [SERVERS, TOPIC, ("kafka.interceptor.classes", "x")],
        [SERVERS, TOPIC, ("minOffsetsPerTrigger", "5"), ("maxOffsetsPerTrigger", "4")],
        [SERVERS, TOPIC, ("endingOffsets", "latest")],
        [SERVERS, TOPIC, ("endingTimestamp", "1")],
    ],
)
def test_options_that_a_stream_refuses(options: list[tuple[str, str]]) -> None:
    with pytest.raises(SparkError) as refused:
        for_stream(tuple(options), Conf())
    assert refused.value.condition == "INVALID_DATA_SOURCE_OPTION"


@pytest.mark.parametrize(
    "options",
    [
        {"startingOffsets": "latest"},
        {"startingOffsets": '{"t":{"0":-1}}'},
        {"endingOffsets": "earliest"},
        {"endingOffsets": '{"t":{"0":-2}}'},
        {"startingOffsets": '{"t":{"0":5}}', "endingOffsets": '{"t":{"0":4}}'},
        {"startingOffsets": '{"t":{"0":5}}', "endingOffsets": '{"t":{"1":6}}'},
    ],
)
def test_options_that_a_batch_refuses(options: dict[str, str]) -> None:
    with pytest.raises(SparkError) as refused:
        for_batch((SERVERS, TOPIC, *options.items()), Conf())
    assert refused.value.condition == "INVALID_DATA_SOURCE_OPTION"


def test_one_time_goes_before_times_and_these_before_offsets() -> None:
    times, offsets = ("startingOffsetsByTimestamp", '{"t":{"0":7}}'), ("startingOffsets", '{"t":{"0":1}}')
    one = ("startingtimestamp", "3")
    assert for_stream((SERVERS, TOPIC, offsets), Conf()).start == Bound(offsets=((("t", 0), 1),))
    assert for_stream((SERVERS, TOPIC, offsets, times), Conf()).start == Bound(times=((("t", 0), 7),))
    assert for_stream((SERVERS, TOPIC, offsets, times, one), Conf()).start == Bound(time=3)


def settings(**given: str) -> dict[str, Any]:
    named = [(f"kafka.{k.replace('_', '.')}", v) for k, v in given.items()]
    return client(read_kafka_options((SERVERS, *named), Conf()))


def test_settings_of_java_in_terms_of_the_client(tmp_path: Path) -> None:
    pem = tmp_path / "ca.jks"
    pem.write_text("-----BEGIN CERTIFICATE-----")  # what is in a file counts, not its name
    login = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="a\\"b" password=\'c d\';'
    found = settings(
        sasl_jaas_config=login,
        max_poll_records="7",
        buffer_memory="1048576",
        fetch_max_wait_ms="9",
        ssl_truststore_location=str(pem),
        ssl_endpoint_identification_algorithm="",
        isolation_level="read_committed",
    )
    assert (found["sasl.username"], found["sasl.password"]) == ('a"b', "c d")
    assert "max.poll.records" not in found and found["queue.buffering.max.kbytes"] == 1024
    assert found["fetch.wait.max.ms"] == "9" and found["isolation.level"] == "read_committed"
    assert found["ssl.ca.location"] == str(pem) and found["ssl.endpoint.identification.algorithm"] == "none"


@pytest.mark.parametrize("empty", ["''", '""'])
def test_a_password_may_be_empty(empty: str) -> None:
    assert settings(sasl_jaas_config=f"{SCRAM} username='me' password={empty};")["sasl.password"] == ""


def test_a_login_by_tokens() -> None:
    module = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    found = settings(
        sasl_jaas_config=f"{module} required clientId='me' clientSecret=\"s\";",
        sasl_login_callback_handler_class="org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        sasl_oauthbearer_token_endpoint_url="https://127.0.0.1/token",
    )
    named = {k.removeprefix("sasl.oauthbearer."): v for k, v in found.items() if k.startswith("sasl")}
    assert named == {
        "method": "oidc",
        "client.id": "me",
        "client.secret": "s",
        "token.endpoint.url": "https://127.0.0.1/token",
    }


SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"


@pytest.mark.parametrize(
    "given",
    [
        {"ssl_truststore_location": "/no/such/file"},
        {"ssl_truststore_location": "keys.jks"},
        {"ssl_truststore_location": "torn.jks"},
        {"ssl_truststore_location": "torn.p12", "ssl_truststore_password": "hidden"},
        {"ssl_truststore_location": "other.jceks"},
        {"ssl_keystore_location": "keys.jks", "ssl_keystore_password": "hidden"},
        {"partitioner_class": "com.example.Own"},
        {"sasl_jaas_config": "com.example.Module required;"},
        {"sasl_jaas_config": 'username="me" password="hidden";'},
        {"sasl_jaas_config": 'password="hidden"'},
        {"sasl_jaas_config": f'{SCRAM} password="hidden";'},
        {"sasl_jaas_config": f'{SCRAM} username="me" password="hidden" tokenauth="true";'},
    ],
)
def test_settings_that_only_java_understands_are_refused(
    given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("keys.jks").write_bytes(b"\xfe\xed\xfe\xed" + bytes([0, 0, 0, 2, 0, 0, 0, 0]) + bytes(20))
    Path("torn.jks").write_bytes(b"\xfe\xed\xfe\xed" + bytes([0, 0, 0, 2, 0, 0, 0, 1, 0, 0]))
    Path("torn.p12").write_bytes(b"\x30\x82")
    Path("other.jceks").write_bytes(b"\xce\xce\xce\xce")
    with pytest.raises(SparkError, match="INVALID_DATA_SOURCE_OPTION") as refused:
        settings(**given)
    assert "hidden" not in str(refused.value)


def test_a_batch_is_shared_in_proportion_and_no_partition_starves() -> None:
    begin = {("t", 0): 0, ("t", 1): 100, ("t", 2): 7}
    newest = {("t", 0): 1000, ("t", 1): 101, ("t", 2): 7}
    assert limited(100, begin, newest) == {("t", 0): 99, ("t", 1): 101, ("t", 2): 7}
    assert limited(10_000, begin, newest) == newest


def test_offsets_are_written_in_order() -> None:
    text = '{"a":{"2":5,"10":6},"b":{"0":-1}}'
    assert offsets_json(by_partition('{"b":{"0":-1},"a":{"10":6,"2":5}}')) == text
