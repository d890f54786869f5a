"""Rows into topics of Kafka. https://spark.apache.org/docs/latest/streaming/structured-streaming-kafka-integration.html

A column `value`, and perhaps `key`, `headers`, `topic` and `partition`; others are not written. A record is there once
a broker has said so, and `Writer.finish` waits for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from glowplug.errors import AnalysisError, ExecutionError, SparkError
from glowplug.io.source import Context
from glowplug.io.streams.kafka import HEADERS
from glowplug.io.streams.kafka_cluster import Trouble, failed, failures, library
from glowplug.io.streams.kafka_options import KafkaOptions, client, read_kafka_options
from glowplug.io.write import WriteJob
from glowplug.source_options import invalid_option
from glowplug.sqltext import ident
from glowplug.types import BINARY, INT, STRING, DataType, StructType, as_nullable, simple_string

_COLUMNS: dict[str, tuple[DataType, ...]] = {
    "topic": (STRING,),
    "key": (STRING, BINARY),
    "value": (STRING, BINARY),
    "headers": (HEADERS,),
    "partition": (INT,),
}
_REFUSED = ("key.serializer", "value.serializer")
ROWS = 10_000  # that become Python objects at once


def check(schema: StructType, o: KafkaOptions) -> None:
    """Raises the conditions of Spark's for columns that cannot be written."""
    for name, value in o.kafka:
        if name in _REFUSED:
            raise invalid_option(f"kafka.{name}", value, "absent: keys and values are written as they are")
    columns = {f.name: f.type for f in schema.fields}
    if o.topic is None and "topic" not in columns:
        raise _refused("there is no column topic, so the option topic is needed")
    if "value" not in columns:
        raise _refused("the column value is needed")
    for name, types in _COLUMNS.items():
        if name not in columns or (name == "topic" and o.topic is not None):
            continue
        if not any(as_nullable(columns[name]) == as_nullable(t) for t in types):
            wanted = " or ".join(simple_string(t) for t in types)
            raise _refused(f"the column {name} is {simple_string(columns[name])}, and must be {wanted}")


def _refused(why: str) -> SparkError:
    return AnalysisError("_LEGACY_ERROR_TEMP_3080", msg=f"Rows cannot be written to Kafka: {why}.")


def producer_settings(o: KafkaOptions) -> dict[str, Any]:
    """As Java's producers behave: keys go to the same partitions, and a retry writes nothing twice."""
    given = client(o)
    acks = str(given.get("acks", "all")).lower()
    careful = acks in ("all", "-1") and given.get("retries") != "0"
    return {
        "partitioner": "murmur2_random",
        "delivery.timeout.ms": 120_000,
        "linger.ms": 5,
        "message.max.bytes": 1_048_576,
        **({"enable.idempotence": True} if careful else {}),
        **given,
        "delivery.report.only.error": True,
    }


class Writer:
    """A producer. What could not be delivered is an error of `write` or `finish`."""

    def __init__(self, o: KafkaOptions, settings: dict[str, Any], stopped: Callable[[], bool] = lambda: False) -> None:
        self.topic, self.stopped = o.topic, stopped
        self._error: Any = None
        self._handed = self._delivered = 0  # records
        self.trouble = Trouble()
        own = {"on_delivery": self._failed, "error_cb": self.trouble}
        with failures():
            self.producer = library().Producer({**settings, **own})

    def _failed(self, error: Any, message: Any) -> None:
        self._error = self._error or error

    def write(self, batch: pa.RecordBatch, names: list[str]) -> str | None:
        """Hand over the rows of a batch whose columns have these names; a topic they went to."""
        found = dict(zip(names, batch.columns, strict=True))
        last = None
        if not len(self.producer):  # since when nobody was asked to let anything in
            self.trouble.since = time.monotonic()
        for start in range(0, batch.num_rows, ROWS):
            count = min(ROWS, batch.num_rows - start)
            columns = [
                found[n].slice(start, count).to_pylist() if n in found else [None] * count
                for n in ("key", "value", "headers", "partition")
            ]
            topics = [self.topic] * count if self.topic is not None else found["topic"].slice(start, count).to_pylist()
            for topic, *row in zip(topics, *columns, strict=True):
                self._produce(topic, *row)
            last = topics[-1]
            self.check()
        return last

    def _produce(self, topic: str | None, key: Any, value: Any, headers: Any, partition: int | None) -> None:
        if topic is None:
            raise ExecutionError(
                "_LEGACY_ERROR_TEMP_3102", msg="Kafka: a row's topic is NULL; the option topic is for all rows"
            )
        more: dict[str, Any] = {} if headers is None else {"headers": [(h["key"], h["value"]) for h in headers]}
        if partition is not None:
            more["partition"] = partition
        while True:
            try:
                self.producer.produce(topic, value, key, **more)
                self._handed += 1
                return
            except BufferError:  # as much as may wait does: until some of it is delivered
                self.producer.poll(0.1)
                self.check()
            except library().KafkaException as error:
                raise failed(error) from error

    def finish(self) -> None:
        """Wait until all of it is delivered."""
        while self.producer.flush(0.2):
            self.check()
        self.check()

    def check(self) -> None:
        """Raises what went wrong with a record or a connection, or that the query is to end."""
        self.producer.poll(0)
        if (delivered := self._handed - len(self.producer)) > self._delivered:
            self._delivered, self.trouble.refused = delivered, None
        if (error := self._error or self.trouble.lasting()) is not None:
            raise failed(library().KafkaException(error), self.trouble.last)
        if self.stopped():
            raise ExecutionError("_LEGACY_ERROR_TEMP_3102", msg="Kafka: the query was stopped")

    def close(self) -> None:
        """Forget what is not delivered."""
        self.producer.purge()
        self.producer.flush(1)


@contextmanager
def writing(o: KafkaOptions) -> Iterator[Writer]:
    writer = Writer(o, producer_settings(o))
    try:
        yield writer
        writer.finish()
    finally:
        writer.close()


def write(job: WriteJob, context: Context) -> None:
    """Run `df.write.format("kafka").save()`: rows before a failure stay written, as in Spark."""
    if job.mode in ("overwrite", "ignore"):
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_3081", mode=job.mode.capitalize(), append="Append", errorIfExists="ErrorIfExists"
        )
    o = read_kafka_options(job.options, context.settings)
    check(job.layout.schema, o)
    names = [f.name for f in job.layout.schema.fields]
    rows, kernel = job.rows, context.kernel
    with writing(o) as writer:
        _, batches = kernel.stream(rows if isinstance(rows, str) else f"SELECT * FROM {ident(kernel.register(rows))}")
        for batch in batches:
            writer.write(batch, names)
