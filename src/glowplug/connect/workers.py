"""Threads with room for deep plans, which recurse in Python and in the kernel."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

STACK_BYTES = 256 << 20  # address space, not memory
RECURSION_LIMIT = 100_000  # frames that fit that stack
IDLE_THREADS = 32
T = TypeVar("T")
_starting = threading.Lock()  # a new thread's stack size is a setting of the process


@contextmanager
def deep_threads() -> Iterator[None]:
    """Threads started within have deep stacks; those that others start afterwards do not."""
    with _starting:
        before = threading.stack_size(STACK_BYTES)
        try:
            yield
        finally:
            threading.stack_size(before)


class Workers:
    """Threads with deep stacks that run one job at a time and are used again: starting one costs more than a
    small query. While any of them works, Python's recursion limit, which is all threads', is that of their stacks.
    They do not keep the process alive."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Callable[[], None] | None]] = []
        self._usual_limit = self._raised_limit = sys.getrecursionlimit()
        self._busy = 0
        self._lock = threading.Lock()

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job`, which handles its own errors, in some thread."""
        with self._lock:
            if self._busy == 0:
                self._usual_limit = sys.getrecursionlimit()
                self._raised_limit = max(self._usual_limit, RECURSION_LIMIT)
                sys.setrecursionlimit(self._raised_limit)
            self._busy += 1
            if self._idle:
                self._idle.pop().put(job)
                return
            jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
            jobs.put(job)
            with deep_threads():
                threading.Thread(target=self._work, args=(jobs,), name="glowplug-execute", daemon=True).start()

    def _work(self, jobs: SimpleQueue[Callable[[], None] | None]) -> None:
        while (job := jobs.get()) is not None:
            try:
                job()
            finally:
                job = None
                with self._lock:
                    self._busy -= 1
                    if self._busy == 0 and sys.getrecursionlimit() == self._raised_limit:  # else the user's by now
                        sys.setrecursionlimit(self._usual_limit)
                    stay = len(self._idle) < IDLE_THREADS
                    if stay:
                        self._idle.append(jobs)
            if not stay:
                return

    def call(self, function: Callable[[], T]) -> T:
        """What `function` returns or raises, called in one of the threads."""
        done: Future[T] = Future()

        def job() -> None:
            try:
                done.set_result(function())
            except BaseException as error:
                done.set_exception(error)

        self.submit(job)
        return done.result()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing runs; whether that came in time."""
        deadline = time.monotonic() + seconds
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self._busy
