"""The streaming queries of a session: `spark.streams`, and the events that its listeners get."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from glowplug.errors import ExecutionError, IllegalArgument
from glowplug.execute.operation import Operation
from glowplug.plan.streams import StartStream
from glowplug.session.session import Session
from glowplug.streaming.query import STOP_TIMEOUT, StopTimeout, StreamFailed, StreamingQuery
from glowplug.streaming.sinks.foreach import MakeCaller
from glowplug.streaming.start import prepared

STOP_RUN_BEFORE = "spark.sql.streaming.stopActiveRunOnRestart"
log = logging.getLogger("glowplug.streaming")
KEPT_AFTER_END = 3600.0  # seconds for which an ended query can still be asked what became of it


@dataclass(frozen=True, slots=True)
class Event:
    """What listeners are told: a progress report or the end of a query, in the JSON of PySpark's listeners."""

    kind: str  # progress, idle, terminated
    json: str


class Streams:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._queries: dict[str, tuple[StreamingQuery, float]] = {}  # by run id, with when it was seen to have ended
        self._listener: queue.SimpleQueue[Event | None] | None = None
        self._terminated = threading.Condition()  # guards the next two
        self._ended_since_reset = False
        self._failure_since_reset: StreamFailed | None = None
        self._lock = threading.Lock()

    def start(self, command: StartStream, session: Session, foreach: MakeCaller) -> tuple[StreamingQuery, str]:
        """The query, and its started event as JSON."""
        with self._lock:  # before a sink in memory takes the name of another's
            self._refuse_taken(command.name)
        checkpoint, prepare = prepared(command, session, foreach)
        _stop_run_before(checkpoint.id, session)
        operation = Operation(checkpoint.id)
        patience = session.conf.seconds(STOP_TIMEOUT) or None
        with _lock:  # nobody registers another run, whosever session that is in, between the look and this one
            if _runs(checkpoint.id):
                raise ExecutionError("CONCURRENT_QUERY")
            with self._lock:
                self._refuse_taken(command.name)
                query = StreamingQuery(checkpoint.id, command.name, command.trigger, operation, self._publish, patience)
                self._queries[query.run_id] = (query, 0.0)
                return query, query.start(lambda: prepare(operation))

    def _refuse_taken(self, name: str | None) -> None:
        if name is not None and any(other.name == name for other in self._active()):
            raise IllegalArgument("_LEGACY_ERROR_TEMP_3102", msg=_TAKEN.format(name=name))

    def active(self) -> list[StreamingQuery]:
        with self._lock:
            return self._active()

    def _active(self) -> list[StreamingQuery]:
        now = time.monotonic()
        for run_id, (query, ended) in list(self._queries.items()):
            if query.active:
                continue
            if not ended:
                self._queries[run_id] = (query, now)
            elif now - ended > KEPT_AFTER_END:
                del self._queries[run_id]
        return [q for q, _ in self._queries.values() if q.active]

    def run(self, id: str, run_id: str) -> StreamingQuery:
        """A query that runs or ran, by both its ids."""
        found = self._queries.get(run_id)
        if found is None or found[0].id != id:
            raise IllegalArgument(
                "_LEGACY_ERROR_TEMP_3102", msg=f"there is no streaming query {id} with run id {run_id}"
            )
        return found[0]

    def get(self, id: str) -> StreamingQuery | None:
        return next((q for q in self.active() if q.id == id), None)

    def await_any(self, seconds: float | None) -> bool:
        """Whether one has ended since the last reset; the failure of one is raised."""
        with self._terminated:
            self._terminated.wait_for(lambda: self._ended_since_reset, seconds)
            if self._failure_since_reset is not None:
                raise self._failure_since_reset
            return self._ended_since_reset

    def reset_terminated(self) -> None:
        with self._terminated:
            self._ended_since_reset, self._failure_since_reset = False, None

    def close(self) -> None:
        """Stop everything."""
        for query in self.active():
            with suppress(StopTimeout):
                query.stop()
        self.remove_listener()

    # --- events

    def _publish(self, query: StreamingQuery, kind: str, json: str) -> None:
        listener = self._listener
        if listener is not None:
            listener.put(Event(kind, json))
        if kind == "terminated":
            with self._terminated:
                self._ended_since_reset = True
                self._failure_since_reset = self._failure_since_reset or query.error
                self._terminated.notify_all()

    def events(self) -> Iterator[Event]:
        """Everything that happens from now on, until the listener is removed.

        What is on its way then is not sent: the client, which removes it under a lock that its events need, would hang.
        """
        listener = self._listener = queue.SimpleQueue()
        while (event := listener.get()) is not None and listener is self._listener:
            yield event

    @property
    def is_listened_to(self) -> bool:
        return self._listener is not None

    def remove_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.put(None)


def drain(seconds: float, hurry: Callable[[], bool] = lambda: False) -> None:
    """End all queries of the process: each commits the batch it is at, so that its next run repeats nothing.

    One that takes longer than `seconds`, or when `hurry` says so, is stopped within its batch, which is done again.
    """
    with _lock:
        queries = [q for s in _managers.values() for q in s.active()]
    for query in queries:
        query.drain()
    deadline = time.monotonic() + seconds
    while any(q.active for q in queries) and time.monotonic() < deadline and not hurry():
        time.sleep(0.01)
    for query in queries:
        with suppress(StopTimeout):
            query.stop()


def _runs(id: str) -> list[StreamingQuery]:
    """The active ones, in all sessions; under `_lock`, which is taken before a session's own."""
    return [q for s in _managers.values() for q in s.active() if q.id == id]


def _stop_run_before(id: str, session: Session) -> None:
    """A query runs once; as in Spark a new run takes the place of one that is active, whosever session that is in."""
    with _lock:
        runs = _runs(id)
    if runs and not session.conf.bool(STOP_RUN_BEFORE):
        raise ExecutionError("CONCURRENT_QUERY")
    for run in runs:
        log.warning("The streaming query %s is stopped, as a new run of it starts", run.name or run.id)
        run.stop()


_TAKEN = "Cannot start query with name {name} as a query with that name is already active in this SparkSession"
_managers: dict[str, Streams] = {}
_lock = threading.Lock()


def streams(session: Session) -> Streams:
    """Those of a session; they end with it."""
    key = session.server_side_id
    with _lock:
        found = _managers.get(key)
        if found is None:
            found = _managers[key] = Streams()

            def end() -> None:
                found.close()
                with _lock:  # not before: what is still active is to be seen
                    _managers.pop(key, None)

            session.closing.append(end)
            session.working.append(lambda: bool(found.active()))
        return found
