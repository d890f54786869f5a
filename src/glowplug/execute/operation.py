"""One execution a client asked for: its id, its tags, and how to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from glowplug.errors import HandleError
from glowplug.plan.expressions import Literal
from glowplug.plan.relations import Relation

INSIST_SECONDS = 0.1
FORESEEN_SECONDS = 0.25


@dataclass(slots=True)
class Progress:
    """How far a running operation is; told by execute/, asked by connect/ (any thread)."""

    probe: Callable[[], float] | None = None  # per cent of the running kernel statement

    @property
    def fraction(self) -> float:
        """Of the running kernel statement, 0 to 1; below 0 = not known."""
        probe = self.probe
        return -1.0 if probe is None else probe() / 100


def current() -> Operation:
    """The operation that this thread works for: what analysis looks up on its behalf is cancelled with it.

    One of no client's where nothing is executed (AnalyzePlan).
    """
    return running.get(None) or Operation("")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A plan analysed for its schema, in case that its rows are what is asked for next, as `toArrow` does.

    It serves the very next request of all, and that soon: the query then began, and saw files and tables, when its
    schema was asked for. `message` is what the client sent, `session` the server's id of one.
    """

    message: object
    relation: Relation
    plan: Relation
    session: str
    at: float = field(default_factory=time.monotonic)

    def serves(self, message: object, session: str) -> bool:
        late = time.monotonic() - self.at > FORESEEN_SECONDS
        return not late and self.session == session and self.message == message


@dataclass(slots=True)
class Operation:
    """`cancel` may come from any thread, any number of times, also before the work starts.

    `outer` is the operation whose user code asked for this one, and with which it is cancelled.
    """

    id: str
    tags: frozenset[str] = frozenset()
    progress: Progress = field(default_factory=Progress)
    observed: dict[str, tuple[tuple[str, Literal], ...]] = field(default_factory=dict)  # metrics by `observe`'s name
    outer: Operation | None = None
    foreseen: Foreseen | None = None
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _stoppers: list[Callable[[], None]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stop the operation: running kernel statements are interrupted, later steps refuse to start."""
        self._cancelled.set()
        with self._lock:  # held while they run: what was taken back may be at work for somebody else already
            for stop in list(self._stoppers):
                stop()

    def insist(self, ended: Callable[[float], bool], seconds: float | None = None) -> bool:
        """Cancel again and again until `ended`, which waits for the seconds it is given, says that the work has ended:
        an interrupt that the kernel gets between two statements, or just before one, is lost. Whether it has in time.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            self.cancel()
            if ended(INSIST_SECONDS):
                return True
            if deadline is not None and time.monotonic() >= deadline:
                return False

    def check(self) -> None:
        """Raise OPERATION_CANCELED if the operation was stopped; long loops call this."""
        if self.cancelled:
            raise HandleError("OPERATION_CANCELED")

    def on_cancel(self, stop: Callable[[], None]) -> Callable[[], None]:
        """Have `stop` called on cancellation (at once if that already came); returns how to take it back, after which
        it is called no more. `stop` must not wait for another thread."""
        with self._lock:
            self._stoppers.append(stop)
        if self.cancelled:
            stop()

        def forget() -> None:
            with self._lock:
                if stop in self._stoppers:
                    self._stoppers.remove(stop)

        return forget


running: ContextVar[Operation] = ContextVar("running")
