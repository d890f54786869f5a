"""Questions to a Kafka cluster: which partitions there are, and how far they go."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from glowplug.errors import ExecutionError, SparkError, unsupported
from glowplug.io.streams.kafka_options import EARLIEST, LATEST, Bound, KafkaOptions, Offsets, Partition, client
from glowplug.source_options import invalid_option

# The client is an extra; `library` says so.
kafka: Any = import_module("confluent_kafka") if find_spec("confluent_kafka") else None
admin: Any = import_module("confluent_kafka.admin") if kafka else None

log = logging.getLogger("glowplug.kafka")
T = TypeVar("T")
INTERNAL = ("__consumer_offsets", "__transaction_state")
PASSING = 3.0  # seconds that a broken handshake may be followed by nothing, or by others
DOWN = 5.0  # seconds without a broker that are nothing to speak of
ASKING = 0.5  # seconds after which a question looks whether its query was stopped
BACKOFF = 0.1  # seconds after which one is asked again that a broker could not answer


def library() -> Any:
    """confluent-kafka. Raises UNSUPPORTED_FEATURE where it is not installed."""
    if kafka is None:
        raise unsupported("Kafka without its client (pip install glowplug[kafka])")
    return kafka


class KafkaIllegalState(ExecutionError):
    """Data that is gone."""

    jvm_classes = ("java.lang.IllegalStateException",)


def failed(error: Exception, trouble: str = "") -> SparkError:
    """What the client says went wrong, and with its connections: a question without an answer knows nothing of them."""
    code = error.args[0] if error.args else error
    if not (kafka is not None and isinstance(code, kafka.KafkaError)):
        return ExecutionError("_LEGACY_ERROR_TEMP_3102", msg=f"Kafka: {error}")
    if code.code() == kafka.KafkaError._INVALID_ARG:
        return invalid_option("kafka.*", "", f"what the client takes: {code.str()}")
    more = f"; {trouble}" if trouble and trouble not in code.str() else ""
    return ExecutionError("_LEGACY_ERROR_TEMP_3102", msg=f"Kafka: {code.name()}: {code.str()}{more}")


@contextmanager
def failures() -> Iterator[None]:
    """Inside of it, the library's errors become Spark's."""
    try:
        yield
    except library().KafkaException as error:
        raise failed(error) from error


def missing(error: Any) -> bool:
    """Whether a KafkaError says that a topic or partition is not there."""
    codes = kafka.KafkaError
    return error.code() in (codes.UNKNOWN_TOPIC_OR_PART, codes._UNKNOWN_PARTITION, codes._UNKNOWN_TOPIC)


def passing(error: Any) -> bool:
    """Whether a KafkaError is over once a broker has started, or a partition has its new leader: Java's clients ask
    again by themselves."""
    names = (
        "BROKER_NOT_AVAILABLE", "COORDINATOR_LOAD_IN_PROGRESS", "FENCED_LEADER_EPOCH", "KAFKA_STORAGE_ERROR",
        "LEADER_NOT_AVAILABLE", "LISTENER_NOT_FOUND", "NETWORK_EXCEPTION", "NOT_LEADER_FOR_PARTITION",
        "OFFSET_NOT_AVAILABLE", "REPLICA_NOT_AVAILABLE", "REQUEST_TIMED_OUT", "THROTTLING_QUOTA_EXCEEDED",
        "UNKNOWN_LEADER_EPOCH", "UNKNOWN_TOPIC_ID", "_ALL_BROKERS_DOWN", "_NOENT", "_TRANSPORT",
    )  # fmt: skip
    return error.code() in [getattr(kafka.KafkaError, name) for name in names]


class Trouble:
    """What a client says of its connections, as its `error_cb`: it tries for ever, even where it is refused.

    `patience` is for how many seconds a reader lets itself be refused.
    """

    def __init__(self, patience: float = PASSING) -> None:
        self.last, self.refused, self.since = "", None, 0.0
        self.patience, self._first, self._latest = patience, 0.0, 0.0
        self._down, self._quiet = 0.0, 0.0

    def __call__(self, error: Any) -> None:
        codes = kafka.KafkaError
        if error.code() == codes._ALL_BROKERS_DOWN:  # which says less than what was told of each
            self._warn(time.monotonic())
        else:
            self.last = error.str()
        if error.code() in (codes._AUTHENTICATION, codes.SASL_AUTHENTICATION_FAILED, codes._SSL):
            now = time.monotonic()
            self.since = now if self.refused is None else self.since
            if now - self._latest > PASSING:  # it was let in meanwhile
                self._first = now
            self.refused, self._latest = error, now

    def _warn(self, now: float) -> None:
        """Who waits for brokers that are not there, which may be for minutes, reads so in the log: once a minute."""
        if now - self._down > DOWN:  # there was one meanwhile
            self._quiet = now + DOWN
        self._down = now
        if now >= self._quiet:
            log.warning("No Kafka broker answers: %s", self.last)
            self._quiet = now + 60

    def lasting(self) -> Any:
        """A refusal that is not over soon: a broker that goes or comes breaks off handshakes too."""
        return self.refused if time.monotonic() - self.since > PASSING else None

    def check(self) -> None:
        """Raises KafkaException if this client is refused again and again: one that is let in hears no more of it."""
        if self.repeated():
            raise kafka.KafkaException(self.refused)

    def repeated(self) -> bool:
        lately = time.monotonic() - self._latest <= PASSING
        return self.refused is not None and lately and self._latest - self._first >= self.patience


class Cluster:
    """One connection to ask by. A stopped query gets its thread back within a second."""

    def __init__(self, options: KafkaOptions, stopped: Callable[[], bool] = lambda: False) -> None:
        self.options, self.stopped = options, stopped
        library()
        self._trouble = Trouble(options.retries * options.retry_interval / 1000)
        with failures():
            self._admin = admin.AdminClient({**_for_admin(client(options)), "error_cb": self._trouble})

    def close(self) -> None:
        """Its connections end with it."""
        self._admin = None

    def partitions(self, known: Iterable[str] = ()) -> list[Partition]:
        """What the options name, as far as it is there; a topic that is not `known` must be there."""
        return self._again(lambda: self._partitions(frozenset(known)))

    def ends(self, places: Iterable[Partition], least: Mapping[Partition, int] | None = None) -> Offsets:
        """The next offsets to be written; asked again while they are before `least`, as a broker that lags has it."""
        wanted, retries = list(places), self.options.retries
        while True:
            found = self._offsets(dict.fromkeys(wanted, LATEST))
            retries -= 1
            if retries <= 0 or all(found.get(p, n) >= n for p, n in (least or {}).items()):
                return found
            self._pause()

    def starts(self, places: Iterable[Partition]) -> Offsets:
        """The first offsets that are still there. Partitions that are not are left out."""
        return self._offsets(dict.fromkeys(places, EARLIEST))

    def at(self, bound: Bound, places: list[Partition], first: bool) -> Offsets:
        """The offsets that a bound means: where reading starts (`first`) or ends.

        Raises INVALID_DATA_SOURCE_OPTION where it does not name just these partitions, or no record is that late.
        """
        if bound.time is not None or bound.times is not None:
            times = dict(bound.times) if bound.times is not None else dict.fromkeys(places, bound.time or 0)
            _check_named(times, places, first)
            return self._by_time(times, first)
        if bound.offsets is None:
            return self._offsets(dict.fromkeys(places, bound.offset))
        named = dict(bound.offsets)
        _check_named(named, places, first)
        return named | self._offsets({p: n for p, n in named.items() if n < 0})

    def _by_time(self, times: Offsets, first: bool) -> Offsets:
        found = self._again(lambda: self._list({p: admin.OffsetSpec.for_timestamp(t) for p, t in times.items()}))
        late = [p for p, n in found.items() if n < 0]
        if late and first and self.options.unmatched == "error":
            topic, partition = late[0]
            raise invalid_option(
                "startingTimestamp", str(times[late[0]]), f"not after the last record of {topic}-{partition}"
            )
        return found | self._offsets(dict.fromkeys(late, LATEST))

    def _offsets(self, wanted: Mapping[Partition, int]) -> Offsets:
        spec = {EARLIEST: admin.OffsetSpec.earliest, LATEST: admin.OffsetSpec.latest}
        return self._again(lambda: self._list({p: spec[n]() for p, n in wanted.items()})) if wanted else {}

    def _list(self, wanted: Mapping[Partition, Any]) -> Offsets:
        levels = kafka.IsolationLevel
        level = levels.READ_COMMITTED if self.options.committed_only else levels.READ_UNCOMMITTED
        asked = {kafka.TopicPartition(*place): spec for place, spec in wanted.items()}
        futures = self._admin.list_offsets(asked, isolation_level=level, request_timeout=self.options.timeout)
        found: Offsets = {}
        for place, future in futures.items():
            try:
                found[place.topic, place.partition] = self._wait(future).offset
            except kafka.KafkaException as error:
                if not (missing(error.args[0]) or self._has_gone(place, error.args[0])):
                    raise
        return found

    def _has_gone(self, place: Any, error: Any) -> bool:
        """Whether a partition has no leader because it is not there; asking for it tells the client of a new one."""
        if error.code() != kafka.KafkaError._NOENT:
            return False
        topic = self._topics().get(place.topic)
        return topic is None or place.partition not in topic.partitions

    def _partitions(self, known: frozenset[str]) -> list[Partition]:
        o = self.options
        if o.pattern is not None:
            there = {t: m for t, m in self._topics().items() if t not in INTERNAL and re.fullmatch(o.pattern, t)}
            return sorted((topic, number) for topic, found in there.items() for number in found.partitions)
        topics = list(o.topics)
        if not topics:
            return []
        futures = self._admin.describe_topics(kafka.TopicCollection(topics), request_timeout=o.timeout)
        found = []
        for topic, future in futures.items():
            try:
                found += [(topic, p.id) for p in self._wait(future).partitions]
            except kafka.KafkaException as error:
                if not (missing(error.args[0]) and topic in known):
                    raise
        return sorted(p for p in found if o.assign is None or p in o.assign)

    def _topics(self) -> dict[str, Any]:
        """All topics, by name."""
        end = time.monotonic() + self.options.timeout
        while True:
            try:
                return dict(self._admin.list_topics(timeout=ASKING).topics)
            except kafka.KafkaException:
                self._check()
                if time.monotonic() > end:
                    raise

    def _wait(self, future: Any) -> Any:
        while True:
            try:
                return future.result(timeout=ASKING)
            except TimeoutError:
                self._check()

    def _again(self, ask: Callable[[], T]) -> T:
        """The answer, or what went wrong the last of so many times. Who is not let in at all asks no more."""
        self._admin.poll(0)
        for left in range(max(self.options.retries, 1) - 1, -1, -1):
            try:
                return self._answered(ask)
            except kafka.KafkaException as error:
                if not left or self._trouble.repeated():
                    raise failed(error, self._trouble.last or self._silence()) from error
                self._pause()
        raise AssertionError

    def _answered(self, ask: Callable[[], T]) -> T:
        """The answer, waiting for it as long as a client of Java's does: `default.api.timeout.ms`."""
        end = time.monotonic() + self.options.timeout
        while True:
            try:
                return ask()
            except kafka.KafkaException as error:
                if not passing(error.args[0]) or time.monotonic() > end:
                    raise
                self._check()
                time.sleep(BACKOFF)

    def _silence(self) -> str:
        """What may be wrong where nobody says anything: a broker hangs up on who does not speak as it expects."""
        given = dict(self.options.kafka)
        return f"{given['bootstrap.servers']} by kafka.security.protocol {given.get('security.protocol', 'PLAINTEXT')}"

    def _pause(self) -> None:
        end = time.monotonic() + self.options.retry_interval / 1000
        while (rest := end - time.monotonic()) > 0:
            self._check_stopped()
            time.sleep(min(rest, ASKING))

    def _check(self) -> None:
        self._admin.poll(0)  # which tells of trouble
        self._trouble.check()
        self._check_stopped()

    def _check_stopped(self) -> None:
        if self.stopped():
            raise ExecutionError("_LEGACY_ERROR_TEMP_3102", msg="Kafka: the query was stopped")


def _for_admin(settings: dict[str, Any]) -> dict[str, Any]:
    """Without what only consumers and producers have, so that the client does not complain of it."""
    shared = ("bootstrap.", "client.", "sasl.", "security.", "socket.", "ssl.", "log", "test.", "reconnect.", "retry.")
    more = ("metadata.max.age.ms", "connections.max.idle.ms", "broker.address.family")
    return {k: v for k, v in settings.items() if k.startswith(shared) or k in more}


def _check_named(named: Mapping[Partition, int], places: list[Partition], first: bool) -> None:
    if set(named) != set(places):
        option = "startingOffsets" if first else "endingOffsets"
        shown = [", ".join(f"{t}-{p}" for t, p in sorted(some)) for some in (named, places)]
        raise invalid_option(option, shown[0], f"of all partitions that are read: {shown[1]}")
