"""Tasks that run at once and wait for one another: `mapInPandas` and `mapInArrow` with `barrier=True`.

    rows ──▶ a file for each task ──▶ the tasks, a worker each ──▶ a file for each ──▶ whoever reads, task by task

A task may wait for the others before it has read its rows, or when it has made more than anybody reads yet; hence the
files. They have no names, and are gone with this process. Workers ask for the others through PySpark's
`BarrierTaskContext`, whose protocol this is; semantics: its page in PySpark's documentation.
"""

from __future__ import annotations

import secrets
import socketserver
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from typing import IO, Any

import pyarrow as pa

from glowplug.errors import ExecutionError
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.task import Task

_ALL_GATHER = 2


class Spool:
    """Batches of one schema on disk, written once and then read."""

    def __init__(self, directory: str) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - `close` closes it
        self._writer: Any = None

    def write(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            self._writer = pa.ipc.new_stream(self._file, batch.schema)
        self._writer.write_batch(batch)

    def read(self) -> Iterator[pa.RecordBatch]:
        if self._writer is not None:
            self._writer.close()
            self._file.seek(0)
            yield from pa.ipc.open_stream(self._file)

    def close(self) -> None:
        self._file.close()


def at_once(
    task: Task, pieces: Iterator[Piece], count: int, start: Callable[..., Flow], directory: str
) -> Iterator[pa.RecordBatch]:
    """What `count` tasks make of their partitions, the first one's results first. BARRIER_TASKS_DIFFER, or what the
    first task to fail raises."""
    with ExitStack() as held:
        given = [held.enter_context(closing(Spool(directory))) for _ in range(count)]
        made = [held.enter_context(closing(Spool(directory))) for _ in range(count)]
        for piece in pieces:
            if piece.batch is not None:
                given[piece.partition or 0].write(piece.batch)
        flows: list[Flow] = []

        def stop() -> None:
            for flow in flows:
                flow.close()

        meeting = held.enter_context(closing(Meeting(count, stop)))
        held.callback(stop)
        for i, rows in enumerate(given):
            task_of = _invited(task, meeting, i)
            flows.append(start(task_of, _pieces_of(i, rows), always=False, workers=1, in_process=False))
        failures: list[BaseException] = []

        def run(flow: Flow, results: Spool) -> None:
            try:
                for _, batches in flow.chunks():
                    for batch in batches:
                        results.write(batch)
                meeting.leave()
            except BaseException as error:
                failures.append(meeting.failure or error)
                stop()

        threads = [threading.Thread(target=run, args=a, daemon=True) for a in zip(flows, made, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        for results in made:
            yield from results.read()


def _invited(task: Task, meeting: Meeting, partition: int) -> Task:
    return replace(task, partitions=len(meeting.secrets), meeting=(meeting.port, meeting.secrets[partition]))


def _pieces_of(partition: int, rows: Spool) -> Iterator[Piece]:
    yield Piece(None, partition=partition)  # a partition without rows has a task too
    for batch in rows.read():
        yield Piece(batch, partition=partition)


class Meeting:
    """Where tasks wait: each says which call it has come to, and gets an answer when all have come to the same.

    A task is known by its secret.
    """

    def __init__(self, count: int, on_failure: Callable[[], object]) -> None:
        self.secrets = [secrets.token_hex(16) for _ in range(count)]
        self.failure: ExecutionError | None = None
        self._on_failure = on_failure
        self._ended = False  # some task has
        self._waiting: dict[int, tuple[int, str]] = {}  # by task: the call, and the message that comes with it
        self._messages: list[str] = []  # of the last round
        self._rounds = 0
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Visit)
        self._server.meeting = self
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="glowplug-barrier", daemon=True).start()

    def come(self, task: int, call: int, message: str) -> list[str] | None:
        """Wait for the others; the messages of all tasks, in their order. None where the meeting has failed."""
        with self._changed:
            now = self._rounds
            self._waiting[task] = (call, message)
            self._check()
            if len(self._waiting) == len(self.secrets):
                self._messages = [self._waiting[i][1] for i in range(len(self.secrets))]
                self._waiting, self._rounds = {}, now + 1
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._rounds > now or self.failure is not None)
            return None if self.failure is not None else self._messages

    def leave(self) -> None:
        """A task has ended, and comes no more."""
        with self._changed:
            self._ended = True
            self._check()

    def _check(self) -> None:
        """Nobody waits for what cannot happen any more."""
        different = len({call for call, _ in self._waiting.values()}) > 1
        if self.failure is None and (different or (self._waiting and self._ended)):
            reason = "some called barrier() and others allGather()" if different else "one of them has ended"
            self._fail(ExecutionError("BARRIER_TASKS_DIFFER", reason=reason))

    def _fail(self, failure: ExecutionError) -> None:
        self.failure = failure
        self._changed.notify_all()
        self._on_failure()

    def close(self) -> None:
        with self._changed:
            self.failure = self.failure or ExecutionError("OPERATION_CANCELED")
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    meeting: Meeting


class _Visit(socketserver.StreamRequestHandler):
    """One call of one task, in the protocol of PySpark's `BarrierTaskContext`: texts and numbers, big-endian."""

    server: _Server

    def handle(self) -> None:
        meeting = self.server.meeting
        with suppress(OSError, struct.error, ValueError):
            task = meeting.secrets.index(self._text())
            self._answer("ok")
            call = self._number()
            messages = meeting.come(task, call, self._text() if call == _ALL_GATHER else "")
            if messages is not None:
                self.wfile.write(struct.pack(">i", len(messages)))
                self._answer(*messages)

    def _number(self) -> int:
        return int(struct.unpack(">i", self.rfile.read(4))[0])

    def _text(self) -> str:
        return self.rfile.read(self._number()).decode()

    def _answer(self, *texts: str) -> None:
        for data in map(str.encode, texts):
            self.wfile.write(struct.pack(">i", len(data)) + data)
        self.wfile.flush()
