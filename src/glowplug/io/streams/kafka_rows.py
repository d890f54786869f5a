"""Records of Kafka between offsets, as Arrow batches."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pyarrow as pa

from glowplug.errors import ExecutionError
from glowplug.io.parsed import parsed_arrow, parsed_column
from glowplug.io.read_ahead import ahead
from glowplug.io.source import ArrowStream, Parser
from glowplug.io.streams.kafka_cluster import Cluster, KafkaIllegalState, Trouble, failed, failures, library, missing
from glowplug.io.streams.kafka_options import KafkaOptions, Offsets, Partition, client

Ranges = dict[Partition, tuple[int, int]]  # the first offset, and the one after the last
MOST = 10_000  # records that are taken at once,
BYTES = 16 << 20  # or as many as have about so many bytes
SAMPLED = 50  # one of so many is asked for its size
POLL = 0.05  # seconds
_HEADER = pa.struct([("key", pa.string()), ("value", pa.binary())])
TYPES = {
    "key": pa.binary(),
    "value": pa.binary(),
    "topic": pa.string(),
    "partition": pa.int32(),
    "offset": pa.int64(),
    "timestamp": pa.timestamp("ms", "UTC"),
    "timestampType": pa.int32(),
    "headers": pa.list_(_HEADER),
}
# The client counts the kinds of timestamps from 0 (there is none), Java's from -1.
_VALUES: dict[str, Callable[[list[Any]], list[Any]]] = {
    "key": lambda ms: [m.key() for m in ms],
    "value": lambda ms: [m.value() for m in ms],
    "topic": lambda ms: [m.topic() for m in ms],
    "partition": lambda ms: [m.partition() for m in ms],
    "offset": lambda ms: [m.offset() for m in ms],
    "timestamp": lambda ms: [m.timestamp()[1] for m in ms],
    "timestampType": lambda ms: [m.timestamp()[0] - 1 for m in ms],
    "headers": lambda ms: [_headers(m) for m in ms],
}


def _headers(message: Any) -> list[dict[str, Any]] | None:
    found = message.headers()
    return None if found is None else [{"key": k, "value": v} for k, v in found]


class Consumers:
    """Consumers that are at rest, to be used again: a new one takes as long as a small batch.

    None is in a group: partitions are assigned, and nothing is committed to Kafka.
    """

    def __init__(self, options: KafkaOptions, stopped: Callable[[], bool] = lambda: False) -> None:
        self.options, self.stopped = options, stopped
        self.trouble = Trouble()
        self._idle: list[Any] = []
        self._lock, self._closed = Lock(), False

    def take(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        own = {
            "group.id": f"{self.options.group_prefix}-{uuid.uuid4()}",
            "isolation.level": "read_uncommitted",  # Java's default; the client's is the other
            "queued.max.messages.kbytes": 32 << 10,
            "fetch.wait.max.ms": 10,  # what is asked for is there: a broker need not wait for more
            "fetch.queue.backoff.ms": 10,
            **client(self.options),
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "error",
            "error_cb": self.trouble,
        }
        with failures():
            return library().Consumer(own)

    def give_back(self, consumer: Any, well: bool) -> None:
        with self._lock:
            if well and not self._closed and not self._idle:
                consumer.unassign()
                self._idle.append(consumer)
                return
        consumer.close()

    def close(self) -> None:
        with self._lock:
            idle, self._idle, self._closed = self._idle, [], True
        for consumer in idle:
            consumer.close()


@dataclass(frozen=True)
class Records(ArrowStream):
    """The records of `ranges`, which are asked for when they are first needed."""

    columns: tuple[str, ...]
    consumers: Consumers
    ranges: Callable[[], Ranges]
    parsers: dict[str, Parser] = field(default_factory=dict)  # of keys or values

    @property
    def schema(self) -> pa.Schema:
        types = TYPES | {c: parsed_arrow(parser, TYPES[c]) for c, parser in self.parsers.items()}
        return pa.schema([*((c, types[c]) for c in self.columns), ("_", pa.bool_())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        ranges = {p: r for p, r in self.ranges().items() if r[0] < r[1]}
        if not ranges:
            return
        consumer, well = self.consumers.take(), False
        try:
            read = _Read(consumer, self.consumers, ranges).chunks()
            yield from ahead(self._batch, read) if self.parsers else map(self._batch, read)
            well = True
        except library().KafkaException as error:
            raise failed(error) from error
        finally:
            self.consumers.give_back(consumer, well)

    def _batch(self, messages: list[Any]) -> pa.RecordBatch:
        arrays = [self._column(c, messages) for c in self.columns]
        return pa.RecordBatch.from_arrays([*arrays, pa.nulls(len(messages), pa.bool_())], schema=self.schema)

    def _column(self, name: str, messages: list[Any]) -> pa.Array:
        column, parser = pa.array(_VALUES[name](messages), TYPES[name]), self.parsers.get(name)
        return column if parser is None else parsed_column(parser(column), lambda: column, TYPES[name])


def _lasting(codes: Any) -> tuple[int, ...]:
    """Errors that trying again does not help."""
    denied = codes.TOPIC_AUTHORIZATION_FAILED, codes.GROUP_AUTHORIZATION_FAILED, codes.CLUSTER_AUTHORIZATION_FAILED
    unknown = codes.SASL_AUTHENTICATION_FAILED, codes._AUTHENTICATION
    return (*denied, *unknown, codes._BAD_MSG, codes._BAD_COMPRESSION, codes._NOT_IMPLEMENTED, codes._FATAL)


class _Read:
    """One reading of ranges. A partition is done by position, for not every offset has a record: transactions take
    some, compaction removes others; the end of the partition may be all that comes behind the last one."""

    def __init__(self, consumer: Any, consumers: Consumers, ranges: Ranges) -> None:
        self.consumer, self.consumers, self.options = consumer, consumers, consumers.options
        self.next: Offsets = {p: start for p, (start, _) in ranges.items()}
        self.ends: Offsets = {p: end for p, (_, end) in ranges.items()}
        self.topics = list({topic for topic, _ in ranges})
        self.trouble = ""

    def chunks(self) -> Iterator[list[Any]]:
        kafka = library()
        self.consumer.assign([kafka.TopicPartition(*p, n) for p, n in self.next.items()])
        most, heard = 100, time.monotonic()
        while self.next:
            left = sum(self.ends[p] - n for p, n in self.next.items())
            found = self.consumer.consume(max(1, min(most, left)), POLL)
            events = [m for m in found if m.error() is not None]
            if len(events) == len(found):
                self._check_patience(heard)
            messages = self._taken([m for m in found if m.error() is None] if events else found)
            for message in events:  # an end comes behind its records
                self._event(message)
            if messages:
                heard = time.monotonic()
                some = messages[::SAMPLED]
                most = max(1, min(MOST, BYTES * len(some) // (sum(map(len, some)) + 1)))
                yield messages

    def _taken(self, messages: list[Any]) -> list[Any]:
        """Those in the ranges; partitions go forward."""
        last = {self._place(m): m.offset() for m in self._last(messages)}
        if any(p not in self.next or n >= self.ends[p] for p, n in last.items()):
            messages = [m for m in messages if (p := self._place(m)) in self.next and m.offset() < self.ends[p]]
        for place, offset in last.items():
            self._reached(place, offset + 1)
        return messages

    def _last(self, messages: list[Any]) -> Iterable[Any]:
        """The last message of each partition; as this is asked of all that come, it makes no objects for others."""
        partitions = [m.partition() for m in messages]
        if len(self.topics) == 1:
            return dict(zip(partitions, messages, strict=True)).values()
        topics = [m.topic() for m in messages]
        return dict(zip(zip(topics, partitions, strict=True), messages, strict=True)).values()

    def _place(self, message: Any) -> Partition:
        return message.topic(), message.partition()

    def _reached(self, place: Partition, offset: int) -> None:
        if place not in self.next:
            return
        self.next[place] = max(self.next[place], offset)
        if self.next[place] >= self.ends[place]:
            self._done(place)

    def _done(self, place: Partition) -> None:
        del self.next[place]
        self.consumer.incremental_unassign([library().TopicPartition(*place)])

    def _event(self, message: Any) -> None:
        """The end of a partition, records that are not there any more, or a failure."""
        codes, error, place = library().KafkaError, message.error(), (message.topic(), message.partition())
        if error.code() == codes._PARTITION_EOF:
            self._reached(place, message.offset())
        elif place in self.next and (error.code() == codes._AUTO_OFFSET_RESET or missing(error)):
            self._lost(place)
        elif error.fatal() or error.code() in _lasting(codes):
            raise library().KafkaException(error)
        else:  # the client tries again by itself
            self.trouble = error.str()

    def _lost(self, place: Partition) -> None:
        """Kafka has not what is next: the query fails, or goes on with the first record there is."""
        start, end = self.next[place], self.ends[place]
        if self.options.fail_on_data_loss:
            raise KafkaIllegalState(
                "KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE",
                startOffset=start,
                endOffset=end,
                topicPartition=f"{place[0]}-{place[1]}",
                groupId=self.options.group_prefix,
            )
        first = Cluster(self.options, self.consumers.stopped).starts([place]).get(place, end)
        if not start < first < end:
            self._done(place)
            return
        self.next[place] = first
        self.consumer.incremental_unassign([library().TopicPartition(*place)])
        self.consumer.incremental_assign([library().TopicPartition(*place, first)])

    def _check_patience(self, heard: float) -> None:
        if self.consumers.stopped():
            raise ExecutionError("_LEGACY_ERROR_TEMP_3102", msg="Kafka: the query was stopped")
        self.consumers.trouble.check()
        if time.monotonic() - heard > self.options.poll_timeout / 1000:
            waiting = ", ".join(f"{t}-{p} at {n}" for (t, p), n in self.next.items())
            trouble = self.trouble or self.consumers.trouble.last
            text = f"Kafka: nothing came within {self.options.poll_timeout} ms for {waiting}"
            text += f"; {trouble}" if trouble else ""
            raise ExecutionError("_LEGACY_ERROR_TEMP_3102", msg=text)
