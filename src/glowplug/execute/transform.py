"""Script transformation: lines of text through a command of the shell, one process for all of them.

A thread writes what the command is given while its output is read; pipes hold back whichever side is ahead, so that
memory is bounded. The command runs in a process group of its own, which ends with the query.
"""

from __future__ import annotations

import codecs
import io
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from threading import Thread

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
            script = _Script(node.script, first, result.batches)
            closing.callback(script.end)
            closing.callback(operation.on_cancel(script.kill))
            held.callback(script.kill)
            yield from script.lines()
            script.finish(runtime.conf.seconds(_EXIT) or 0.0)

    return Streamed(node.output, Stage(node.output, runtime.conf.time_zone, compute))


@dataclass(slots=True, eq=False)
class _Script:
    """A running command, and the threads that feed it and that keep the end of what it says on stderr."""

    command: str
    first: pa.RecordBatch
    rest: Iterator[pa.RecordBatch]
    failed: BaseException | None = None
    said: bytes = b""
    process: subprocess.Popen[bytes] = field(init=False)
    threads: list[Thread] = field(init=False)

    def __post_init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", self.command], stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        self.threads = [Thread(target=t, daemon=True) for t in (self._write, self._listen)]
        for thread in self.threads:
            thread.start()

    def _write(self) -> None:
        """A command may end, or close its input, before it has read everything: its exit code says if that is well."""
        try:
            with self.process.stdin as given:  # type: ignore[union-attr]
                given.write(_lines(self.first))
                for batch in self.rest:
                    given.write(_lines(batch))
        except BrokenPipeError:
            pass
        except BaseException as error:
            self.failed = error
            self.kill()

    def _listen(self) -> None:
        while data := self.process.stderr.read1(_CHUNK):  # type: ignore[union-attr]
            self.said = (self.said + data)[-_KEPT:]

    def lines(self) -> Iterator[pa.RecordBatch]:
        """Lines end as Java reads them: with \\n, \\r or both."""
        utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        rest = ""
        while data := self.process.stdout.read1(_CHUNK):  # type: ignore[union-attr]
            *whole, rest = (rest + decoder.decode(data)).split("\n")
            if whole:
                yield _batch(whole)
        rest += decoder.decode(b"", final=True)
        if rest:
            yield _batch(rest.split("\n"))

    def finish(self, seconds: float) -> None:
        """Wait for the end, a limited time after the last line. _LEGACY_ERROR_TEMP_2264, or what failed below."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        code = self.process.poll()
        self.end()
        if self.failed is not None:
            raise self.failed
        if code:
            said = self.said.decode(errors="replace")
            shown = 128 - code if code < 0 else code  # as shells count signals
            raise ExecutionError("_LEGACY_ERROR_TEMP_2264", exitCode=str(shown), stderrBuffer=said)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Nothing of it runs on."""
        if self.process.poll() is None:
            self.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()  # type: ignore[union-attr]
        self.process.stderr.close()  # type: ignore[union-attr]


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
