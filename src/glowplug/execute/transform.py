"""Script transformation: lines of text through a command of the shell, one process for all of them.

A thread writes what the command is given while its output is read; pipes hold back whichever side is ahead, so that
memory is bounded. The command runs in a process group of its own, which ends with the query.
"""

from __future__ import annotations

import codecs
import io
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import chain
from threading import Event, Lock, Thread
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from glowplug.errors import ExecutionError
from glowplug.execute.operation import Operation
from glowplug.execute.python.stages import Stage
from glowplug.execute.runtime import Runtime
from glowplug.plan.python import Streamed
from glowplug.plan.relations import Relation, ScriptTransformation

_CHUNK = 1 << 20  # bytes read at a time
_KEPT = 2048  # bytes of what the command last wrote to stderr
_LOOK = 100  # milliseconds after which a wait for a pipe looks whether the command is over
_EXIT = "spark.sql.scriptTransformation.exitTimeoutInSeconds"


def script_transformation(
    node: ScriptTransformation, runtime: Runtime, operation: Operation, held: ExitStack
) -> Relation:
    """A leaf of the lines that the command puts out. Without rows it does not run."""

    def compute() -> Iterator[pa.RecordBatch]:
        from glowplug.execute.local import run

        with ExitStack() as closing:
            inner = Operation(operation.id, operation.tags, observed=operation.observed)
            closing.callback(operation.on_cancel(inner.cancel))
            result = run(node.child, runtime, inner)
            closing.callback(result.close)
            closing.callback(inner.cancel)
            first = next(result.batches, None)
            if first is None:
                return
            script = _Script(node.script, first, result.batches, inner)
            closing.callback(script.end)
            closing.callback(operation.on_cancel(script.kill))
            held.callback(script.kill)
            yield from script.lines()
            operation.check()  # what is killed with it has no exit code of its own
            script.finish(runtime.conf.seconds(_EXIT) or 0.0)

    return Streamed(node.output, Stage(node.output, runtime.conf.time_zone, compute))


@dataclass(slots=True, eq=False)
class _Script:
    """A running command, and the threads that feed it and that keep the end of what it says on stderr.

    What has left its process group may keep the pipes open for ever: nobody waits for them once it is `over`.
    """

    command: str
    first: pa.RecordBatch
    rest: Iterator[pa.RecordBatch]
    upstream: Operation
    failed: BaseException | None = None
    said: bytes = b""
    process: subprocess.Popen[bytes] = field(init=False)
    threads: list[Thread] = field(init=False)
    over: Event = field(default_factory=Event)
    reaping: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", self.command], bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        self.threads = [Thread(target=t, daemon=True) for t in (self._write, self._listen)]
        for thread in self.threads:
            thread.start()

    def _write(self) -> None:
        """A command may end, or close its input, before it has read everything: its exit code says if that is well."""
        with self.process.stdin as given:  # type: ignore[union-attr]
            try:
                os.set_blocking(given.fileno(), False)
                for batch in chain((self.first,), self.rest):
                    if not self._give(given, _lines(batch)):
                        break
            except BrokenPipeError:
                pass
            except BaseException as error:  # before its input ends, which the command may take for a success
                if not self.over.is_set():
                    self.failed = error
                self.kill()

    def _give(self, given: IO[bytes], data: memoryview) -> bool:
        """Whether the command goes on after it."""
        ready = select.poll()
        ready.register(given, select.POLLOUT)
        while data and not self.over.is_set():
            if ready.poll(_LOOK):
                data = data[given.write(data) or 0 :]
        return not self.over.is_set()

    def _listen(self) -> None:
        while True:
            over = self.over.is_set()  # what the command said is in the pipe then, and one read takes it all
            data = self._next(self.process.stderr)  # type: ignore[arg-type]
            self.said = (self.said + data)[-_KEPT:]
            if over or not data:
                return

    def _next(self, pipe: IO[bytes]) -> bytes:
        """Nothing at the end, or if there is nothing when the command is over."""
        ready = select.poll()
        ready.register(pipe, select.POLLIN)
        while True:
            over = self.over.is_set()
            if ready.poll(0 if over else _LOOK):
                return os.read(pipe.fileno(), _CHUNK)
            if over:
                return b""

    def lines(self) -> Iterator[pa.RecordBatch]:
        """Lines end as Java reads them: with \\n, \\r or both."""
        utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        rest = ""
        while not self.over.is_set() and (data := self._next(self.process.stdout)):  # type: ignore[arg-type]
            *whole, rest = (rest + decoder.decode(data)).split("\n")
            if whole:
                yield _batch(whole)
        rest += decoder.decode(b"", final=True)
        if rest:
            yield _batch(rest.split("\n"))

    def finish(self, seconds: float) -> None:
        """Wait for the end, a limited time after the last line. _LEGACY_ERROR_TEMP_2264, or what failed below."""
        ended = self._ends(time.monotonic() + seconds)
        self.end()
        if self.failed is not None:
            raise self.failed
        if ended and (code := self.process.returncode):
            said = self.said.decode(errors="replace")
            shown = 128 - code if code < 0 else code  # as shells count signals
            raise ExecutionError("_LEGACY_ERROR_TEMP_2264", exitCode=str(shown), stderrBuffer=said)

    def _ends(self, deadline: float) -> bool:
        """Whether the shell has ended in time. It is not reaped: its group is to be killed by its id."""
        pause = 0.0005
        while os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
        return True

    def kill(self) -> None:
        """The whole group, unless the shell is reaped: its id may be another's then."""
        self.over.set()
        with self.reaping, suppress(ProcessLookupError, PermissionError):  # what runs as another user ends by its input
            if self.process.returncode is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Nothing of it runs on, nor what its input comes from."""
        self.kill()
        writer, listener = self.threads
        self.upstream.insist(lambda seconds: _ended(writer, seconds))
        with self.reaping:
            self.process.wait()
        listener.join()
        self.process.stdout.close()  # type: ignore[union-attr]
        self.process.stderr.close()  # type: ignore[union-attr]


def _ended(thread: Thread, seconds: float) -> bool:
    thread.join(seconds)
    return not thread.is_alive()


def _lines(batch: pa.RecordBatch) -> memoryview:
    """The texts of the only column, each with a line's end."""
    kind = pa.large_string()
    ended = pc.binary_join_element_wise(batch.column(0).cast(kind), pa.scalar("", kind), pa.scalar("\n", kind))
    if not len(ended):
        return memoryview(b"")
    offsets, data = ended.buffers()[1:]
    bounds = memoryview(offsets).cast("q")[ended.offset : ended.offset + len(ended) + 1]
    return memoryview(data)[bounds[0] : bounds[-1]]


def _batch(lines: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(lines, pa.string())], ["line"])
