"""Rows through workers: chunks are dealt to them as they have time, and results come back in the order of the rows.

    pieces ──▶ feeder threads, one a worker ──▶ workers ──▶ whoever reads, in the order of the chunks

Nothing is held but what is under way: a worker reads on when it asks for the next chunk, a feeder sends what its
socket takes, and pieces are computed as they are dealt.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from glowplug.errors import ExecutionError, SparkError
from glowplug.execute.python.channel import ChannelClosed, Message
from glowplug.execute.python.failures import crashed, raised
from glowplug.execute.python.pool import POOL, Worker, start_task, watch_memory
from glowplug.execute.python.task import Task

AHEAD = 3  # chunks that a worker has, the one it works on included


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows for a worker. `more`: the next piece belongs to the same chunk and goes to the same worker.

    `kept` is what does not travel and is put beside the results. With a `partition`, the pieces of each are a task of
    their own; one without rows (`batch` None) still runs the function.
    """

    batch: pa.RecordBatch | None
    sizes: Any = None
    more: bool = False
    right: bool = False
    kept: Any = None
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where user code runs: `workers` processes for a stage, `memory` bytes each (None = no limit)."""

    environment: Hashable
    workers: int
    memory: int | None
    in_process: bool = False


@dataclass(slots=True)
class _Lane:
    """A worker with a task."""

    worker: Worker
    read: int = 0  # chunks of which the results were read
    within: bool = False  # whether the last piece seen is not its chunk's last
    pulled: int = 0  # chunks it has asked for beyond the first
    credit: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AHEAD))
    done: bool = False
    finished: threading.Event = field(default_factory=threading.Event)  # done, or not to be done
    rest: pa.RecordBatch | None = None  # of a batch of results that went beyond its rows


class Flow:
    """One run of a task over `pieces`. Iterate `chunks` or `batches`, once; `close` in any case, from any thread."""

    def __init__(
        self, task: Task, pieces: Iterator[Piece], settings: Settings, always: bool = True,
        on_done: Callable[[dict[str, Any]], None] = lambda data: None,
    ) -> None:  # fmt: skip
        self._task, self._pieces, self._settings = task, pieces, settings
        self._always = always  # whether the function runs when there are no rows
        self._on_done = on_done
        self._order: queue.SimpleQueue[tuple[_Lane, Piece | None] | None] = queue.SimpleQueue()
        self._dealing = threading.Lock()
        self._ahead: Piece | None = None  # the first of the next partition
        self._lanes: list[_Lane] = []
        self._failure: BaseException | None = None
        self._closed = threading.Event()
        # Held by whoever ends a lane or kills those that have not ended: afterwards a worker is somebody else's.
        self._settling = threading.Lock()
        width = 1 if settings.in_process else settings.workers
        self._feeders = [
            threading.Thread(target=self._feed, args=(i,), name="glowplug-feeder", daemon=True) for i in range(width)
        ]

    # --- feeding -----------------------------------------------------------------------------------

    def _start(self) -> None:
        for feeder in self._feeders:
            feeder.start()
        if self._settings.memory is not None:
            watch = (self._running, self._settings.memory, self._closed)
            threading.Thread(target=watch_memory, args=watch, daemon=True).start()

    @contextmanager
    def _running(self) -> Iterator[list[Worker]]:
        """The workers that are this flow's, which they stay meanwhile."""
        with self._settling:
            yield [lane.worker for lane in self._lanes if not lane.done]

    def _feed(self, number: int) -> None:
        try:
            lane = self._open(0) if number == 0 and self._always else None
            while not self._closed.is_set():
                if lane is not None:
                    lane.credit.acquire()
                with self._dealing:
                    piece = None if self._failure is not None else self._next()
                    if piece is None:
                        break
                    if piece.partition is not None:
                        lane = self._deal_partition(piece, piece.partition)
                    else:
                        lane = lane or self._open(number)
                        piece = self._deal(lane, piece)
                if piece.partition is None:
                    assert lane is not None
                    self._send(lane, piece)
                elif lane is not None:  # its results are read in turn; till then there is a worker less to feed
                    lane.finished.wait()
                    lane = None
            if lane is not None:
                self._end(lane)
        except ChannelClosed:
            pass  # whoever reads finds out why
        except BaseException as error:
            self._failure = self._failure or error
        finally:
            self._order.put(None)

    def _next(self) -> Piece | None:
        ahead, self._ahead = self._ahead, None
        return ahead if ahead is not None else next(self._pieces, None)

    def _deal(self, lane: _Lane, piece: Piece) -> Piece:
        """Announce a chunk, and send all of it but the last piece."""
        self._order.put((lane, piece))
        while piece.more:  # the rest of the chunk is the next in `pieces`
            self._send(lane, piece)
            piece = next(self._pieces)
            self._order.put((lane, piece))
        return piece

    def _deal_partition(self, piece: Piece | None, partition: int) -> _Lane:
        """A task of its own for the pieces of one partition, which come one after another."""
        lane = self._open(partition)
        while piece is not None and piece.partition == partition:
            if piece.batch is not None:
                self._order.put((lane, piece))
                self._send(lane, piece)
            piece = next(self._pieces, None)
        self._ahead = piece
        self._end(lane)
        return lane

    def _end(self, lane: _Lane) -> None:
        self._order.put((lane, None))
        lane.worker.channel.put(Message("end"))

    def _send(self, lane: _Lane, piece: Piece) -> None:
        lane.worker.channel.put(Message("batch", piece.batch, piece.sizes, piece.more, piece.right))

    def _open(self, partition: int) -> _Lane:
        task = replace(self._task, partition=partition)
        lane = _Lane(start_task(self._settings.environment, task, self._settings.in_process))
        with self._settling:
            self._lanes.append(lane)
            if self._closed.is_set():
                lane.worker.kill()
                raise ChannelClosed
        return lane

    # --- reading -----------------------------------------------------------------------------------

    def chunks(self) -> Iterator[tuple[Piece | None, Iterator[pa.RecordBatch]]]:
        """Each chunk's first piece and the batches made of it, which must be read before the next chunk; with None what
        a function makes after its last rows."""
        for lane, piece in self._dealt():
            if piece is None:
                yield None, self._until(lane)
                continue
            within, lane.within = lane.within, piece.more
            if within:
                continue
            lane.read += 1
            outputs = self._until(lane, lane.read)
            yield piece, outputs
            for _ in outputs:
                pass

    def rows(self) -> Iterator[tuple[Piece, list[pa.RecordBatch]]]:
        """Each piece with as many rows of results as it has itself: for functions that keep the number of rows."""
        for lane, piece in self._dealt():
            if piece is not None and piece.batch is not None:
                yield piece, self._take(lane, piece.batch.num_rows)
            elif any(batch.num_rows for batch in self._until(lane)):
                raise ExecutionError("INTERNAL_ERROR", message="a function returned more rows than it was given")

    def _take(self, lane: _Lane, rows: int) -> list[pa.RecordBatch]:
        taken: list[pa.RecordBatch] = []
        while rows:
            batch = lane.rest if lane.rest is not None else next(self._until(lane), None)
            if batch is None:
                raise ExecutionError("INTERNAL_ERROR", message="a function returned too few rows")
            lane.rest = batch.slice(rows) if batch.num_rows > rows else None
            taken.append(batch.slice(0, rows))
            rows -= taken[-1].num_rows
        return taken

    def _dealt(self) -> Iterator[tuple[_Lane, Piece | None]]:
        """What was dealt, in order; None is the end of a lane."""
        self._start()
        open_feeders = len(self._feeders)
        while open_feeders:
            item = self._order.get()
            if self._failure is not None:
                break
            if item is None:
                open_feeders -= 1
            else:
                yield item
        self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closed.is_set():
            raise ExecutionError("OPERATION_CANCELED")

    def _until(self, lane: _Lane, pulled: int | None = None) -> Iterator[pa.RecordBatch]:
        """Batches from a worker until it has asked so often for more, or has done its task."""
        while not lane.done and (pulled is None or lane.pulled < pulled):
            try:
                message = lane.worker.channel.get()
            except ChannelClosed:
                raise self._lost(lane) from None
            match message.kind:
                case "batch":
                    yield message.batch
                case "pull":
                    lane.pulled += 1
                    lane.credit.release()
                case "done":
                    self._settle(lane)
                    lane.finished.set()
                    self._on_done(message.data or {})
                    if lane.worker.pid:
                        POOL.release(lane.worker)
                case "error":
                    self._settle(lane)
                    lane.worker.kill()
                    raise raised(message.data, self._task.called)

    def _settle(self, lane: _Lane) -> None:
        with self._settling:
            if self._closed.is_set():  # and the worker killed
                raise ExecutionError("OPERATION_CANCELED")
            lane.done = True

    def _lost(self, lane: _Lane) -> SparkError:
        self._check()
        limit = self._settings.memory if lane.worker.over_limit else None
        return crashed(POOL.ended(lane.worker), limit)

    def close(self) -> None:
        """Kill the workers that are not done, and stop dealing. Idempotent."""
        with self._settling:
            if self._closed.is_set():
                return
            self._closed.set()
            for lane in self._lanes:
                if not lane.done:
                    lane.worker.kill()
        self._order.put(None)
        for lane in list(self._lanes):
            lane.finished.set()
            lane.credit.release()
