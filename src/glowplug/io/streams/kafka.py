"""Topics of Kafka, as a stream and as a batch.

https://spark.apache.org/docs/latest/streaming/structured-streaming-kafka-integration.html

Offsets are the next ones to read, and live in the checkpoint, in Spark's form; nothing is committed to Kafka.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glowplug.errors import UnsupportedOperation
from glowplug.io.parsed import described, parsing_schema
from glowplug.io.place import Place
from glowplug.io.source import Context, Pairs, Parser, Reading, Source
from glowplug.io.streams.contract import Opening, Reader, Stream, offset_of
from glowplug.io.streams.kafka_cluster import Cluster, KafkaIllegalState, library
from glowplug.io.streams.kafka_options import (
    EARLIEST,
    LATEST,
    Bound,
    KafkaOptions,
    Offsets,
    Partition,
    by_partition,
    for_batch,
    for_stream,
    offsets_json,
)
from glowplug.io.streams.kafka_rows import Consumers, Ranges, Records
from glowplug.io.streams.log import VERSION, malformed, text_of, write_once
from glowplug.io.streams.pace import Pace
from glowplug.sqltext import ident
from glowplug.types import BINARY, INT, LONG, STRING, TIMESTAMP, ArrayType, StructField, StructType

FIRST_RECORDS = 10_000  # of the first batch, where its duration is given
HEADERS = ArrayType(StructType((StructField("key", STRING), StructField("value", BINARY))), True)
SCHEMA = StructType(
    (
        StructField("key", BINARY),
        StructField("value", BINARY),
        StructField("topic", STRING),
        StructField("partition", INT),
        StructField("offset", LONG),
        StructField("timestamp", TIMESTAMP),
        StructField("timestampType", INT),
    )
)


def _schema(options: KafkaOptions, given: StructType | None) -> StructType:
    if given is not None:
        raise UnsupportedOperation("_LEGACY_ERROR_TEMP_2242", provider="kafka")
    return StructType((*SCHEMA.fields, StructField("headers", HEADERS))) if options.headers else SCHEMA


@dataclass(frozen=True, slots=True)
class KafkaSource(Source):
    """Records; `bounds` are the offsets from and to (None: as the options of a batch say)."""

    options: KafkaOptions
    bounds: tuple[tuple[Partition, tuple[int, int]], ...] | None
    consumers: Consumers = field(compare=False)
    parser: tuple[str, Parser] | None = None  # of the key or value

    @property
    def name(self) -> str:
        return "kafka"

    def parsing(self, column: str, parser: Parser) -> KafkaSource | None:
        if self.parser is not None or column not in ("key", "value"):
            return None
        return replace(self, schema=parsing_schema(self.schema, column, parser), parser=(column, parser))

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        parsers = {} if self.parser is None else dict([self.parser])
        stream = reading.register(Records(tuple(columns), self.consumers, self._ranges, parsers))
        types = {f.name: f.type for f in self.schema.fields}
        items = [f"CAST({ident(c)} AS {reading.type(types[c])}) AS {ident(c)}" for c in columns]
        return f"SELECT {', '.join(items) or '_'} FROM {stream}"

    def _ranges(self) -> Ranges:
        if self.bounds is not None:
            return dict(self.bounds)
        cluster = Cluster(self.options)
        places = cluster.partitions()
        starts = cluster.at(self.options.start or Bound(EARLIEST), places, first=True)
        ends = cluster.at(self.options.end or Bound(LATEST), places, first=False)
        return {p: (starts[p], ends[p]) for p in places}

    def describe(self) -> str:
        shown = f"kafka {self.options.shown}"
        return shown if self.parser is None else f"{shown}, {self.parser[0]} {described(self.parser[1])}"


def resolve(schema: StructType | None, options: Pairs, context: Context) -> KafkaSource:
    """What `spark.read.format("kafka").options(…).load()` reads."""
    library()
    o = for_batch(options, context.settings)
    return KafkaSource(_schema(o, schema), o, None, Consumers(o))


# --- as a stream ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KafkaStream(Stream):
    """Topics as they are while a query runs. Offsets are kept in the checkpoint, and never by Kafka."""

    kafka: KafkaOptions

    @property
    def name(self) -> str:
        return "kafka"

    def open(self, opening: Opening) -> Reader:
        return KafkaReader(self, opening)


def kafka(schema: StructType | None, options: Pairs, context: Context) -> Stream:
    """What `spark.readStream.format("kafka").options(…).load()` reads."""
    library()
    o = for_stream(options, context.settings)
    return KafkaStream(_schema(o, schema), options, o)


class KafkaReader(Reader):
    """Offsets of topics, and ranges of them as rows; partitions may come while the query runs."""

    def __init__(self, stream: KafkaStream, opening: Opening) -> None:
        self.schema, self.options = stream.schema, stream.kafka
        self.description = f"KafkaV2[{self.options.shown}]"
        self.cluster = Cluster(self.options, opening.stopped)
        self.consumers = Consumers(self.options, opening.stopped)
        self.log = opening.log
        self.newest: Offsets | None = None  # what was there when it was last asked
        self.frozen = False
        self.pace = Pace(self.options.duration, FIRST_RECORDS)
        self.given_ms = 0.0  # when a batch was last given, for minOffsetsPerTrigger

    def latest(self, start: str | None, limited: bool) -> str | None:
        begin = self._begin(start)
        if not self.frozen or self.newest is None:
            places = self.cluster.partitions(self._may_be_gone(begin))
            self.newest = self.cluster.ends(places, begin)
        if not limited:
            return offsets_json(self.newest)
        if self._too_few(begin, self.newest):
            return offsets_json(begin)
        return offsets_json(self._limited(begin, self.newest))

    def freeze(self) -> None:
        self.frozen = True

    def _begin(self, start: str | None) -> Offsets:
        return initial(self.log, self._first) if start is None else offset_of(start, by_partition)

    def _first(self) -> Offsets:
        places = self.cluster.partitions(self._may_be_gone({}))
        return self.cluster.at(self.options.start or Bound(LATEST), places, first=True)

    def _may_be_gone(self, begin: Offsets) -> set[str]:
        """Topics without which the query goes on, or says itself what is lost."""
        return {topic for topic, _ in begin} | set(() if self.options.fail_on_data_loss else self.options.topics)

    def _too_few(self, begin: Offsets, newest: Offsets) -> bool:
        """Whether to wait for more. As in Spark, the first batch does not."""
        least, now = self.options.min_offsets, time.time() * 1000
        if least is None:
            return False
        more = sum(n - begin.get(p, 0) for p, n in newest.items())
        if more < least and now - self.given_ms < self.options.max_delay:
            return True
        self.given_ms = now
        return False

    def _limited(self, begin: Offsets, newest: Offsets) -> Offsets:
        """Not more than `maxOffsetsPerTrigger` in all, split by what the partitions have, each with at least one."""
        paced = None if self.options.duration is None else self.pace.limit
        most = [n for n in (self.options.max_offsets, paced) if n is not None]
        if not most:
            return newest
        known = begin | self.cluster.starts(newest.keys() - begin.keys())
        ends = limited(min(most), known, newest)
        self.pace.gave(sum(n - known.get(p, 0) for p, n in ends.items()), ends != newest)
        return ends

    def took(self, seconds: float) -> None:
        self.pace.took(seconds)

    def source(self, start: str | None, end: str) -> Source:
        ranges = self._ranges(self._begin(start), offset_of(end, by_partition))
        return KafkaSource(self.schema, self.options, tuple(sorted(ranges.items())), self.consumers)

    def _ranges(self, begin: Offsets, end: Offsets) -> Ranges:
        """New partitions are read from their first record; what is not there any more is reported."""
        added = self.cluster.starts(end.keys() - begin.keys())
        if gone := end.keys() - begin.keys() - added.keys():
            self._lost("INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS", partitions=_shown(gone))
        for place, first in sorted(added.items()):
            if first > 0:
                self._lost(
                    "ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO",
                    topicPartition=_shown([place]),
                    startOffset=first,
                )
        if gone := begin.keys() - end.keys():
            self._lost("PARTITIONS_DELETED", partitions=_shown(gone))
        known = begin | added
        for place in sorted(end.keys() & begin.keys()):
            if end[place] < begin[place]:
                self._lost(
                    "PARTITION_OFFSET_CHANGED",
                    topicPartition=_shown([place]),
                    prevOffset=begin[place],
                    newOffset=end[place],
                )
        return {p: (known[p], n) for p, n in end.items() if p in known and known[p] < n}

    def _lost(self, subclass: str, **parameters: str | int) -> None:
        if self.options.fail_on_data_loss:
            raise KafkaIllegalState(f"KAFKA_DATA_LOSS.{subclass}", None, **parameters)

    def report(self, end: str | None) -> tuple[str | None, dict[str, str]]:
        """How far behind the newest records the batch ended; in Spark's terms."""
        if end is None or self.newest is None:
            return end, {}
        read = by_partition(end)
        behind = [n - read[p] for p, n in self.newest.items() if p in read]
        if not behind:
            return offsets_json(self.newest), {}
        mean = sum(behind) / len(behind)
        figures = {"avg": str(mean), "max": str(max(behind)), "min": str(min(behind))}
        return offsets_json(self.newest), {f"{name}OffsetsBehindLatest": n for name, n in figures.items()}

    def close(self) -> None:
        self.consumers.close()
        self.cluster.close()


def limited(most: int, begin: Mapping[Partition, int], newest: Mapping[Partition, int]) -> Offsets:
    """The ends of a batch of about `most` records, shared in proportion to what each partition has."""
    sizes = {p: n - begin[p] for p, n in newest.items() if p in begin and n > begin[p]}
    total = sum(sizes.values())
    ends = dict(newest)
    for place, size in sizes.items():
        ends[place] = begin[place] + min(size, max(1, most * size // total))
    return ends


def initial(log: Place, first: Callable[[], Offsets]) -> Offsets:
    """Where a new query starts; written down, in the form of Spark, whose first byte is for readers of its past."""
    path = log / "0"
    if not path.exists():
        write_once(path, f"\0{VERSION}\n{offsets_json(first())}")
    text = text_of(path).removeprefix("\0")
    version, _, rest = text.partition("\n") if text.startswith("v") else (VERSION, "", text)
    try:
        if version != VERSION:
            raise ValueError(version)
        return by_partition(rest)
    except ValueError:
        raise malformed(path, f"in which is {text[:100]!r}") from None


def _shown(places: object) -> str:
    assert isinstance(places, (list, set))
    return ", ".join(f"{t}-{p}" for t, p in sorted(places))
