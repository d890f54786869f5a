"""What Kafka is asked for: Spark's options, and the settings of Kafka's clients behind `kafka.`.

https://spark.apache.org/docs/latest/streaming/structured-streaming-kafka-integration.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from glowplug.interval_texts import parse_duration
from glowplug.io.source import Pairs
from glowplug.io.streams import kafka_security
from glowplug.source_options import Settings, integer, invalid_option, one_of, option, parse_option, read_options

EARLIEST, LATEST = -2, -1
Partition = tuple[str, int]
Offsets = dict[Partition, int]
Placed = tuple[tuple[Partition, int], ...]  # such offsets, or times, as a value


@dataclass(frozen=True, slots=True)
class Bound:
    """Where reading starts or ends: EARLIEST or LATEST everywhere, offsets, or times in milliseconds."""

    offset: int = LATEST
    offsets: Placed | None = None
    time: int | None = None
    times: Placed | None = None


def by_partition(text: str) -> Offsets:
    """`{"topic": {"0": 12}}`. ValueError if it is something else."""
    expected = 'JSON such as {"topicA":{"0":23,"1":-1},"topicB":{"0":-2}}'
    try:
        found = json.loads(text)
        return {(topic, int(p)): int(n) for topic, numbers in found.items() for p, n in numbers.items()}
    except (ValueError, AttributeError, TypeError):
        raise ValueError(expected) from None


def offsets_json(offsets: Mapping[Partition, int]) -> str:
    """The offsets to read next, as Spark writes them down."""
    topics: dict[str, dict[str, int]] = {}
    for (topic, partition), offset in sorted(offsets.items()):
        topics.setdefault(topic, {})[str(partition)] = offset
    return json.dumps(topics, separators=(",", ":"), ensure_ascii=False)


def _pairs(text: str) -> Placed:
    return tuple(sorted(by_partition(text).items()))


def _offsets(text: str) -> int | Placed:
    match text.strip().lower():
        case "earliest":
            return EARLIEST
        case "latest":
            return LATEST
    return _pairs(text)


def _assign(text: str) -> tuple[Partition, ...]:
    expected = 'JSON such as {"topicA":[0,1],"topicB":[2,4]}'
    try:
        found = json.loads(text)
        return tuple(sorted({(topic, int(p)) for topic, numbers in found.items() for p in numbers}))
    except (ValueError, AttributeError, TypeError):
        raise ValueError(expected) from None


def _subscribe(text: str) -> tuple[str, ...]:
    topics = tuple(dict.fromkeys(t.strip() for t in text.split(",") if t.strip()))
    if not topics:
        raise ValueError("topics, by commas")
    return topics


def _pattern(text: str) -> str:
    try:
        re.compile(text.strip())
    except re.error as error:
        raise ValueError(f"a pattern: {error}") from None
    if not text.strip():
        raise ValueError("a pattern")
    return text.strip()


def _positive(text: str) -> int:
    if (n := integer(text)) <= 0:
        raise ValueError("a positive number")
    return n


def _duration(text: str) -> int:
    """Milliseconds; a number alone is of them, and units may be short, as in Spark's settings."""
    found = re.fullmatch(r"\s*(\d+)\s*(us|ms|s|m|min|h|d)?\s*", text.lower())
    if found is None:
        return parse_duration(text) // 1000
    per = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
    return int(int(found[1]) * per[found[2] or "ms"])


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaOptions:
    assign: tuple[Partition, ...] | None = option("assign", "Partitions to read, as JSON.", None, parse=_assign)
    subscribe: tuple[str, ...] | None = option("subscribe", "Topics to read, by commas.", None, parse=_subscribe)
    pattern: str | None = option("subscribePattern", "A pattern of whole names of topics.", None, parse=_pattern)
    starting: int | tuple[tuple[Partition, int], ...] | None = option(
        "startingOffsets", "earliest, latest or JSON.", None, parse=_offsets
    )
    ending: int | tuple[tuple[Partition, int], ...] | None = option(
        "endingOffsets", "latest or JSON; for batches.", None, parse=_offsets
    )
    starting_time: int | None = option("startingTimestamp", "Milliseconds.", None, parse=integer)
    ending_time: int | None = option("endingTimestamp", "Milliseconds; for batches.", None, parse=integer)
    starting_times: tuple[tuple[Partition, int], ...] | None = option(
        "startingOffsetsByTimestamp", "JSON, milliseconds.", None, parse=_pairs
    )
    ending_times: tuple[tuple[Partition, int], ...] | None = option(
        "endingOffsetsByTimestamp", "JSON, milliseconds; for batches.", None, parse=_pairs
    )
    unmatched: str = option("startingOffsetsByTimestampStrategy", "Where no record is as late as the starting time.",
                            "error", parse=one_of("error", "latest"))  # fmt: skip
    fail_on_data_loss: bool = option("failOnDataLoss", "Fail where Kafka has removed what was not read.", True)
    max_offsets: int | None = option("maxOffsetsPerTrigger", "A batch has no more.", None, parse=_positive)
    min_offsets: int | None = option("minOffsetsPerTrigger", "A batch waits for so many.", None, parse=_positive)
    duration: int | None = option(
        "targetBatchDuration", "Batches get as many records as are done in about this time (not in Spark).", None,
        parse=_duration,
    )  # fmt: skip
    max_delay: int = option("maxTriggerDelay", "But no longer than this.", 900_000, parse=_duration)
    min_partitions: int | None = option("minPartitions", "Accepted: rows are spread anyway.", None, parse=_positive)
    max_records: int | None = option("maxRecordsPerPartition", "Accepted, likewise.", None, parse=_positive)
    headers: bool = option("includeHeaders", "A column of the records' headers.", False)
    group_prefix: str = option("groupIdPrefix", "How the consumer group's id begins.", "spark-kafka-source")
    poll_timeout: int = option("kafkaConsumer.pollTimeoutMs", "So long a read may get nothing.", 120_000)
    retries: int = option("fetchOffset.numRetries", "How often offsets are asked for.", 3)
    retry_interval: int = option("fetchOffset.retryIntervalMs", "The time between.", 1000)
    topic: str | None = option("topic", "The topic that is written to, whatever a column says.", None, parse=str.strip)
    exactly_once: bool = option("exactlyOnce", "Each batch is written in a transaction (not in Spark).", False)
    kafka: Pairs = ()  # what is behind `kafka.`

    @property
    def start(self) -> Bound | None:
        return _bound(self.starting_time, self.starting_times, self.starting)

    @property
    def end(self) -> Bound | None:
        return _bound(self.ending_time, self.ending_times, self.ending)

    @property
    def timeout(self) -> float:
        """Seconds that a question to the brokers may take."""
        name = "default.api.timeout.ms"
        return float(parse_option(f"kafka.{name}", dict(self.kafka).get(name, "60000"), integer)) / 1000

    @property
    def committed_only(self) -> bool:
        return dict(self.kafka).get("isolation.level", "").lower() == "read_committed"

    @property
    def topics(self) -> tuple[str, ...]:
        """Those that are named; a pattern names none."""
        return self.subscribe or tuple(sorted({topic for topic, _ in self.assign or ()}))

    @property
    def shown(self) -> str:
        """What is read, as Spark's progress reports show it."""
        if self.assign is not None:
            return f"Assign[{', '.join(f'{t}-{p}' for t, p in self.assign)}]"
        if self.subscribe is not None:
            return f"Subscribe[{', '.join(self.subscribe)}]"
        return f"SubscribePattern[{self.pattern}]"


def _bound(time: int | None, times: Placed | None, offsets: int | Placed | None) -> Bound | None:
    """One time for all goes before times, and those before offsets."""
    if time is not None:
        return Bound(time=time)
    if times is not None:
        return Bound(times=times)
    if offsets is None:
        return None
    return Bound(offset=offsets) if isinstance(offsets, int) else Bound(offsets=offsets)


def read_kafka_options(pairs: Pairs, settings: Settings) -> KafkaOptions:
    """What both readers and writers understand. Raises INVALID_DATA_SOURCE_OPTION."""
    found = read_options(KafkaOptions, pairs, settings)
    kafka = {k.lower().removeprefix("kafka."): v for k, v in pairs if k.lower().startswith("kafka.")}
    if "bootstrap.servers" not in kafka:
        raise invalid_option("kafka.bootstrap.servers", "", "given: host:port, and more by commas")
    options = replace(found, kafka=tuple(sorted(kafka.items())))
    client(options)  # what it cannot be told is an error now, and not of the first batch
    return options


_REFUSED = {
    "auto.offset.reset": "absent: startingOffsets says where to start",
    "key.deserializer": "absent: keys are binary",
    "value.deserializer": "absent: values are binary",
    "enable.auto.commit": "absent: offsets are kept in the checkpoint",
    "interceptor.classes": "absent: records are read as they are",
}


def reading(pairs: Pairs, settings: Settings) -> KafkaOptions:
    """The options of a stream or a batch that is read."""
    o = read_kafka_options(pairs, settings)
    given = [n for n, v in (("assign", o.assign), ("subscribe", o.subscribe), ("subscribePattern", o.pattern)) if v]
    if len(given) != 1:
        raise invalid_option("subscribe", ", ".join(given), "exactly one of assign, subscribe and subscribePattern")
    for name, value in o.kafka:
        if name in _REFUSED:
            raise invalid_option(f"kafka.{name}", value, _REFUSED[name])
    if o.min_offsets is not None and o.max_offsets is not None and o.min_offsets > o.max_offsets:
        raise invalid_option(
            "minOffsetsPerTrigger", str(o.min_offsets), f"at most maxOffsetsPerTrigger {o.max_offsets}"
        )
    return o


def for_stream(pairs: Pairs, settings: Settings) -> KafkaOptions:
    o = reading(pairs, settings)
    if o.end is not None:
        raise invalid_option("endingOffsets", str(o.end), "absent: a stream has no end")
    return o


def for_batch(pairs: Pairs, settings: Settings) -> KafkaOptions:
    o = reading(pairs, settings)
    start, end = o.start or Bound(EARLIEST), o.end or Bound(LATEST)
    if start == Bound(LATEST) or LATEST in dict(start.offsets or ()).values():
        raise invalid_option("startingOffsets", "latest", "where a batch can start: earliest, or offsets")
    if end == Bound(EARLIEST) or EARLIEST in dict(end.offsets or ()).values():
        raise invalid_option("endingOffsets", "earliest", "where a batch can end: latest, or offsets")
    for one, other in ((start.offsets, end.offsets), (start.times, end.times)):
        if one is not None and other is not None:
            _check_order(dict(one), dict(other))
    return o


def _check_order(start: Offsets, end: Offsets) -> None:
    if start.keys() != end.keys():
        raise invalid_option("endingOffsets", offsets_json(end), f"of the partitions of {offsets_json(start)}")
    for place, first in start.items():
        if 0 <= end[place] < first:
            raise invalid_option("startingOffsets", offsets_json(start), f"not behind the end {offsets_json(end)}")


# --- the clients' settings ------------------------------------------------------------------------------------

# What librdkafka calls otherwise than Java's clients do.
_RENAMED = {
    "fetch.max.wait.ms": "fetch.wait.max.ms",
    "receive.buffer.bytes": "socket.receive.buffer.bytes",
    "request.timeout.ms": "socket.timeout.ms",
    "send.buffer.bytes": "socket.send.buffer.bytes",
    "socket.connection.setup.timeout.max.ms": "socket.connection.setup.timeout.ms",
    "ssl.keystore.certificate.chain": "ssl.certificate.pem",
    "ssl.keystore.key": "ssl.key.pem",
    "ssl.truststore.certificates": "ssl.ca.pem",
    "max.request.size": "message.max.bytes",
}
# What has no meaning for librdkafka, and does not change what is read or written.
_WITHOUT_EFFECT = {
    "allow.auto.create.topics", "auto.include.jmx.reporter", "default.api.timeout.ms", "exclude.internal.topics",
    "max.block.ms", "max.poll.records", "metric.reporters", "metrics.num.samples", "metrics.recording.level",
    "metrics.sample.window.ms", "partition.assignment.strategy", "security.providers", "ssl.enabled.protocols",
    "ssl.keymanager.algorithm", "ssl.keystore.type", "ssl.protocol", "ssl.trustmanager.algorithm",
    "ssl.truststore.password", "ssl.truststore.type",
}  # fmt: skip


def client(o: KafkaOptions) -> dict[str, Any]:
    """librdkafka's settings for what `kafka.` options say in the terms of Java's clients; its own are as good.

    Raises INVALID_DATA_SOURCE_OPTION for what only Java can do: classes of the user's, stores of keys of its own form.
    """
    # A broker that is away is an error of what needed it, and no line for each attempt; Java comes back within 1 s.
    found: dict[str, Any] = {"log_level": 2, "reconnect.backoff.max.ms": 1000}
    given = dict(o.kafka)
    for name, value in given.items():
        if name in _WITHOUT_EFFECT or value.endswith(".OAuthBearerLoginCallbackHandler"):  # librdkafka does that itself
            continue
        if name.endswith((".class", ".classes")):
            raise invalid_option(f"kafka.{name}", value, "absent: no class of Java's can be used")
        match name:
            case "sasl.jaas.config":
                found |= kafka_security.login(value)
            case "ssl.truststore.location":
                found |= kafka_security.truststore(value, given.get("ssl.truststore.password"))
            case "ssl.keystore.location":
                found |= kafka_security.keystore(value)
            case "ssl.endpoint.identification.algorithm":
                found[name] = value.lower() or "none"
            case "buffer.memory":
                found["queue.buffering.max.kbytes"] = max(1, parse_option(f"kafka.{name}", value, integer) // 1024)
            case _:
                found[_RENAMED.get(name, name)] = value
    return found
