"""ExecutePlan's engine room: one thread executes, a bounded buffer holds its responses, a client takes them.

    producer thread ──append──▶ [ kept for a client that reattaches | not sent yet ] ──stream──▶ client

The producer waits while UNSENT_BYTES wait to be sent. What was sent is kept, for a reattachable execution,
until the client releases it or KEPT_BYTES more were sent: so memory is bounded however large the result is. A
response's id says its position, so that a stream resumes exactly behind the last response the client has.
"""

from __future__ import annotations

import enum
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pyspark.sql.connect.proto as pb
from pyspark.sql.connect.proto import ExecutePlanResponse as Response

from glowplug.connect import responses
from glowplug.connect.failures import known
from glowplug.errors import HandleError
from glowplug.execute.operation import Operation, running
from glowplug.session.session import Session

UNSENT_BYTES = 32 << 20
# More than sockets and HTTP/2 windows hold in flight, so that a client that lost them finds them here.
KEPT_BYTES = 32 << 20


class State(enum.Enum):
    UNKNOWN = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_UNKNOWN
    RUNNING = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_RUNNING
    TERMINATING = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_TERMINATING  # ended, not released
    SUCCEEDED = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_SUCCEEDED
    FAILED = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_FAILED
    CANCELLED = pb.GetStatusResponse.OperationStatus.OPERATION_STATE_CANCELLED


class Execution:
    """One ExecutePlan call. `run` belongs to the producer's thread; everything else may be called from any.

    Locking: `_changed` guards all fields; it is never held while a response is made or sent.
    """

    def __init__(
        self,
        session: Session,
        operation: Operation,
        produce: Callable[[], Iterator[Response]],
        reattachable: bool = False,
        report_interval: float = 2.0,
    ) -> None:
        """`report_interval`: seconds between progress messages while there is nothing else to send."""
        self.session, self.operation, self.reattachable = session, operation, reattachable
        self._produce, self._interval = produce, report_interval
        self._changed = threading.Condition(threading.Lock())
        self._buffer: deque[tuple[Response, int]] = deque()  # responses and their bytes
        self._first = 1  # the position of the buffer's first response; positions count from 1
        self._sent = 0  # the last position that was sent
        self._unsent_bytes = self._kept_bytes = 0
        self._ended = False
        self._error: BaseException | None = None
        self._cursor = 0  # counts streams: only the newest may go on
        self._attached = False
        self._touched = time.monotonic()
        self._id_prefix = str(uuid.uuid4())[:24]  # of response ids; the last 12 digits are the position
        self._stopping = False
        operation.on_cancel(self._stop)

    # --- the producer

    def run(self) -> None:
        """Execute to the end, or until cancelled."""
        running.set(self.operation)
        source = self._produce()
        error: BaseException | None = None
        try:
            with closing(source):  # type: ignore[type-var]
                for response in source:
                    self._append(response)
            if self.reattachable:
                complete = Response()
                complete.result_complete.SetInParent()
                self._append(complete)
        except BaseException as raised:
            # Without its traceback, whose frames would keep batches alive for as long as the error is kept.
            cancelled = self.operation.cancelled
            error = (HandleError("OPERATION_CANCELED") if cancelled else known(raised)).with_traceback(None)
        finally:
            self.session.operations.pop(self.operation.id, None)
            with self._changed:
                self._error, self._ended = error, True
                self._touched = time.monotonic()
                self._changed.notify_all()

    def _append(self, response: Response) -> None:
        """Add a response once there is room for it."""
        with self._changed:
            while self._unsent_bytes >= UNSENT_BYTES and not self.operation.cancelled:
                self._changed.wait()
            self.operation.check()
            self._push(response)

    def _push(self, response: Response) -> None:
        """Add a response. The caller holds the lock."""
        response.session_id = self.session.id
        response.server_side_session_id = self.session.server_side_id
        response.operation_id = self.operation.id
        response.response_id = self.id_of(self._first + len(self._buffer))
        # A batch's data is nearly all of a response, and its length is known without serializing it.
        size = 200 + (len(response.arrow_batch.data) if response.HasField("arrow_batch") else response.ByteSize())
        self._buffer.append((response, size))
        self._unsent_bytes += size
        self._changed.notify_all()

    # --- the consumer

    def attach(self) -> int:
        """Begin a stream, which displaces the one before it; returns its number for `stream` and `detach`."""
        with self._changed:
            self._cursor += 1
            self._attached = True
            self._changed.notify_all()
            return self._cursor

    def stream(self, cursor: int, after: int = 0) -> Iterator[Response]:
        """The responses behind position `after`, waiting for those to come.

        Raises the execution's error once all responses before it were sent. Who reads no more says so to `detach`;
        the generator does not, for it may be collected by a thread that holds the lock.
        """
        position, reported = after + 1, time.monotonic()
        while (response := self._take(position, cursor, reported)) is not None:
            if response.HasField("execution_progress"):
                reported = time.monotonic()
            yield response
            position += 1

    def _take(self, position: int, cursor: int, reported: float) -> Response | None:
        """The response at `position`, waiting for it; None at the end. Progress was last `reported` then."""
        with self._changed:
            while self._cursor == cursor and position >= self._first + len(self._buffer):
                if self._ended:
                    if self._error is not None:
                        raise self._error
                    return None
                if not self._changed.wait(max(0.0, self._interval - (time.monotonic() - reported))):
                    self._push(responses.progress(self.operation.progress))
            if self._cursor != cursor:
                raise HandleError("INVALID_CURSOR.DISCONNECTED")
            if position < self._first:
                raise HandleError(
                    "INVALID_CURSOR.POSITION_NOT_AVAILABLE", responseId=self.id_of(position), index=position
                )
            return self._send(position)

    def _send(self, position: int) -> Response:
        """Note that a response goes out, and drop what need not be kept longer. The caller holds the lock."""
        response, size = self._buffer[position - self._first]
        if position > self._sent:
            self._sent = position
            self._unsent_bytes -= size
            self._kept_bytes += size
        limit, keep = (KEPT_BYTES, 1) if self.reattachable else (0, 0)
        while self._kept_bytes > limit and self._first <= self._sent - keep:
            self._drop_first()
        self._touched = time.monotonic()
        self._changed.notify_all()
        return response

    def _drop_first(self) -> None:
        _, size = self._buffer.popleft()
        self._kept_bytes -= size
        self._first += 1

    def detach(self, cursor: int) -> None:
        """That stream has ended, or its client is gone. Idempotent."""
        with self._changed:
            if cursor != self._cursor:
                return
            self._cursor += 1
            self._attached = False
            self._touched = time.monotonic()
            self._changed.notify_all()
            abandoned = not self.reattachable and not self._ended
        if abandoned:
            self.operation.cancel()

    def release(self, response_id: str) -> None:
        """Drop the responses up to and with this one."""
        position = self.position(response_id)
        with self._changed:
            while self._first <= min(position, self._sent):
                self._drop_first()
            self._touched = time.monotonic()

    def close(self) -> None:
        """Stop, and let go of all responses."""
        if not self._ended:
            self.operation.cancel()
        with self._changed:
            self._first += len(self._buffer)
            self._buffer.clear()
            self._unsent_bytes = self._kept_bytes = 0
            self._changed.notify_all()

    # --- queries

    def position(self, response_id: str) -> int:
        """The position of a response this execution made."""
        prefix, digits = response_id[:24], response_id[24:]
        try:
            position = int(digits, 16) if prefix == self._id_prefix and len(digits) == 12 else 0
        except ValueError:
            position = 0
        if not 0 < position < self._first + len(self._buffer):
            raise HandleError("INVALID_CURSOR.POSITION_NOT_FOUND", responseId=response_id)
        return position

    def id_of(self, position: int) -> str:
        return f"{self._id_prefix}{position:012x}"

    @property
    def running(self) -> bool:
        return not self._ended

    @property
    def buffered_bytes(self) -> int:
        return self._unsent_bytes + self._kept_bytes

    def outcome(self) -> State:
        """How it ended; one that still runs would be cancelled by being closed now."""
        if not self._ended or self.operation.cancelled:
            return State.CANCELLED
        return State.SUCCEEDED if self._error is None else State.FAILED

    def abandoned_for(self) -> float:
        """Seconds since a client last had to do with it; 0 while one is attached."""
        return 0.0 if self._attached else time.monotonic() - self._touched

    def _stop(self) -> None:
        """Called when the operation is cancelled: wake who waits, and see to it that the producer ends."""
        with self._changed:
            self._changed.notify_all()
            first, self._stopping = not self._stopping, True
        if first and not self._ended:
            threading.Thread(target=self._insist, name="glowplug-cancel", daemon=True).start()

    def _insist(self) -> None:
        def ended(seconds: float) -> bool:
            with self._changed:
                return self._ended or (self._changed.wait(seconds) and self._ended)

        self.operation.insist(ended)


Key = tuple[str, str]  # the session's server-side id, the operation's id


@dataclass(slots=True)
class Executions:
    """The executions that a client may still ask about, and how those before them ended (the last `tombstones`)."""

    tombstones: int = 10_000
    _live: dict[Key, Execution] = field(default_factory=dict)
    _ended: OrderedDict[Key, tuple[State, bool]] = field(default_factory=OrderedDict)  # whether nobody fetched it
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, execution: Execution) -> None:
        key = _key(execution)
        with self._lock:
            for known, why in ((self._live, "ALREADY_EXISTS"), (self._ended, "ABANDONED")):
                if key in known:
                    raise HandleError(f"INVALID_HANDLE.OPERATION_{why}", handle=execution.operation.id)
            self._live[key] = execution

    def get(self, session: Session, operation_id: str) -> Execution | None:
        return self._live.get((session.server_side_id, operation_id))

    def abandoned(self, session: Session, operation_id: str) -> bool:
        """Whether it was removed because nobody fetched its results."""
        _, abandoned = self._ended.get((session.server_side_id, operation_id), (State.UNKNOWN, False))
        return abandoned

    def remove(self, execution: Execution, abandoned: bool = False) -> None:
        """Close it and remember how it ended. Idempotent."""
        key = _key(execution)
        with self._lock:
            if self._live.pop(key, None) is not None:
                self._ended[key] = execution.outcome(), abandoned
                while len(self._ended) > self.tombstones:
                    self._ended.popitem(last=False)
        execution.close()

    def of(self, session: Session) -> list[Execution]:
        return [e for e in self.all() if e.session is session]

    def all(self) -> list[Execution]:
        return list(self._live.values())

    def states(self, session: Session) -> dict[str, State]:
        """By operation id."""
        owner = session.server_side_id
        with self._lock:
            states = {op: state for (session_id, op), (state, _) in self._ended.items() if session_id == owner}
        for execution in self.of(session):
            states[execution.operation.id] = State.RUNNING if execution.running else State.TERMINATING
        return states


def _key(execution: Execution) -> Key:
    return execution.session.server_side_id, execution.operation.id
