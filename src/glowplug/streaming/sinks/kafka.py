"""`kafka`: rows become records of topics.

At least once, as in Spark: `add` returns when the brokers have said that they have every record; a batch that is done
again is written again.

With the option `exactlyOnce` (not in Spark) each batch is a transaction, for readers with isolation.level =
read_committed:

- The producer's transactional.id is made of the query's id, which the checkpoint keeps. A run that starts with it has
  Kafka end what the run before left behind: a transaction whose commit had begun is committed, any other is aborted;
  and that run, should it still be alive, can write no more.
- The transaction also commits an offset, the batch's number + 1, for a consumer group of the query's own. So the number
  is there if and only if the rows are, and a batch that comes again is skipped by it.
- Kafka forgets both in time: the group's offsets `offsets.retention.minutes` (7 days) after the last batch, or with the
  topic that they are noted for, which is one that the batch wrote to. A query that was killed between its sink and its
  commit, and is started again only after that, writes that one batch again. A batch must end within
  `kafka.transaction.timeout.ms` (60 s here, and not above the brokers' `transaction.max.timeout.ms`).
- A lost checkpoint is another query: it has another id, and writes everything again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from glowplug.io.kafka_write import Writer, check, producer_settings
from glowplug.io.source import Pairs
from glowplug.io.streams.kafka_cluster import ASKING, failed, failures, library
from glowplug.io.streams.kafka_options import KafkaOptions, client, read_kafka_options
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.types import StructType


def sink(options: Pairs, schema: StructType, session: Session, query: Callable[[], str]) -> Callable[[], Sink]:
    """What makes the sink. Raises Spark's conditions for options and columns that are not as they must be."""
    o = read_kafka_options(options, session.conf)
    check(schema, o)
    return lambda: TransactionalKafka(o, query()) if o.exactly_once else Kafka(o)


class Kafka(Sink):
    """Topics, with each row at least once."""

    description = "KafkaTable"

    def __init__(self, options: KafkaOptions) -> None:
        self.options = options
        self.writer: Writer | None = None

    def add(self, batch: int, rows: Rows) -> int:
        if self.writer is None:
            self.writer = Writer(self.options, producer_settings(self.options), lambda: rows.batch.operation.cancelled)
        count, _ = written(self.writer, rows)
        self.writer.finish()
        return count

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def written(writer: Writer, rows: Rows) -> tuple[int, str | None]:
    """How many rows there were, and a topic that they went to."""
    names, count, topic = [f.name for f in rows.schema.fields], 0, None
    for piece in rows.batches():
        topic = writer.write(piece, names) or topic
        count += piece.num_rows
    return count, topic


class TransactionalKafka(Kafka):
    """Topics, with each row once: a batch is a transaction, which also notes the batch's number as an offset."""

    def __init__(self, options: KafkaOptions, query: str) -> None:
        super().__init__(options)
        self.id = dict(options.kafka).get("transactional.id", f"glowplug-{query}")
        self.done = -1  # the last batch that is written
        self.group: Any = None
        self.patience = 60.0  # seconds

    def add(self, batch: int, rows: Rows) -> int:
        if self.writer is None:
            self._begin(rows)
        assert self.writer is not None
        if batch <= self.done:
            return 0
        producer = self.writer.producer
        with failures():
            producer.begin_transaction()
        count, topic = written(self.writer, rows)
        self.writer.finish()
        with failures():
            if topic is None:
                producer.abort_transaction()  # nothing was written, and nothing is to be known
                return count
            note = library().TopicPartition(topic, 0, batch + 1)
            of = self.group.consumer_group_metadata()
            self._through(self.writer, lambda: producer.send_offsets_to_transaction([note], of, ASKING))
            self._through(self.writer, lambda: producer.commit_transaction(ASKING))
        self.done = batch
        return count

    def _begin(self, rows: Rows) -> None:
        limit = dict(self.options.kafka).get("transaction.timeout.ms", "60000")  # for each delivery as for all of them
        patience = {"delivery.timeout.ms": limit, **client(self.options)}["delivery.timeout.ms"]
        self.patience = int(patience) / 1000
        own = {"transactional.id": self.id, "delivery.timeout.ms": patience}
        settings = {**producer_settings(self.options), **own}
        writer = Writer(self.options, settings, lambda: rows.batch.operation.cancelled)
        with failures():
            self._through(writer, lambda: writer.producer.init_transactions(ASKING))
            shared = {k: v for k, v in client(self.options).items() if k.startswith(_SHARED)}
            self.group = library().Consumer({**shared, "group.id": self.id, "enable.auto.commit": False})
        self.done = self._noted(writer.stopped)
        self.writer = writer

    def _noted(self, stopped: Callable[[], bool]) -> int:
        """The last batch that Kafka knows of."""
        from confluent_kafka.admin import AdminClient

        kafka = library()
        shared = {k: v for k, v in client(self.options).items() if k.startswith(_SHARED)}
        asked = [kafka.ConsumerGroupTopicPartitions(self.id)]
        with failures():
            admin = AdminClient(shared)  # what it promises it keeps only as long as it is there
        self._await_coordinator(stopped)
        while True:
            try:
                found = admin.list_consumer_group_offsets(asked, require_stable=True)[self.id].result()
                return max((p.offset for p in found.topic_partitions), default=0) - 1
            except kafka.KafkaException as error:
                if error.args[0].code() not in _starting() or stopped():
                    raise failed(error) from error
                time.sleep(0.1)  # a broker that has just started knows its groups a little later

    def _await_coordinator(self, stopped: Callable[[], bool]) -> None:
        """Until the group's broker answers a consumer: its answer that it is not ready ends a process whose admin
        client asks (librdkafka looks for the group that only consumers have)."""
        end, place = time.monotonic() + self.patience, library().TopicPartition(self.options.topic or self.id, 0)
        codes = library().KafkaError
        soon = codes._TIMED_OUT, codes._WAIT_COORD, codes._TRANSPORT, codes.REQUEST_TIMED_OUT
        while True:
            try:
                self.group.committed([place], ASKING)
                return
            except library().KafkaException as error:
                waits = error.args[0].code() in (*_starting(), *soon) and time.monotonic() < end
                if not waits or stopped():
                    raise failed(error) from error
                time.sleep(0.1)

    def _through(self, writer: Writer, step: Callable[[], Any]) -> None:
        """A step of a transaction, which goes on where it was while the client says that it may; but not for ever."""
        end = time.monotonic() + self.patience
        while True:
            try:
                step()
                return
            except library().KafkaException as error:
                writer.check()
                if not error.args[0].retriable() or time.monotonic() > end:
                    raise failed(error, writer.trouble.last) from error

    def close(self) -> None:
        """A transaction that is open is left to the next run, or to its time limit."""
        super().close()
        if self.group is not None:
            self.group.close()


def _starting() -> tuple[int, ...]:
    codes = library().KafkaError
    return codes.COORDINATOR_LOAD_IN_PROGRESS, codes.COORDINATOR_NOT_AVAILABLE, codes.NOT_COORDINATOR


_SHARED = ("bootstrap.", "client.", "sasl.", "security.", "socket.", "ssl.", "test.")
