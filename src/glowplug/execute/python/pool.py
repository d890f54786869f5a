"""Worker processes: forked when they are needed, kept when they are idle, killed when nobody wants their answer.

A worker serves one environment (a session's modules and files) all its life.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from glowplug.errors import ExecutionError
from glowplug.execute.python.channel import Channel, ChannelClosed, LocalChannel, Message, SocketChannel
from glowplug.execute.python.failures import crashed
from glowplug.execute.python.shared import Shared, memory
from glowplug.execute.python.task import Task

MOST_IDLE = 16
_WAIT_FOR_STATUS = 2.0  # seconds after a socket closed
_WAIT_FOR_FORK = 60.0  # seconds
_FORK = struct.Struct("<Q")  # what the zygote is sent: the number of the fork
_WATCH = 0.05  # seconds between looks at a worker's memory
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Worker:
    """A process, or a thread of this one (`pid` 0)."""

    channel: Channel
    environment: Hashable
    pid: int = 0
    over_limit: bool = False
    ended: bool = False  # its number may be another process's by now
    used: bool = False  # it has done a task

    def kill(self) -> None:
        self.channel.close()
        if self.pid and not self.ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, 9)


@dataclass
class Pool:
    """The workers of this process. Safe to use from several threads."""

    _idle: list[Worker] = field(default_factory=list)
    _zygote: _Zygote | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acquire(self, environment: Hashable) -> Worker:
        """An idle worker of that environment, or a new one."""
        with self._lock:
            for i, worker in enumerate(self._idle):
                if worker.environment == environment:
                    return self._idle.pop(i)
            if self._zygote is None or not self._zygote.alive:
                self._zygote = _Zygote()
            zygote = self._zygote
        ours, theirs = socket.socketpair()
        batches = memory()
        try:
            channel = SocketChannel(ours, Shared(batches, 0))
            worker = Worker(channel, environment)

            def ended() -> None:  # a process that it left behind may keep its socket open
                worker.ended = True
                channel.hang_up()

            worker.pid = zygote.fork(theirs, batches, ended)
            return worker
        finally:
            theirs.close()
            os.close(batches)

    def release(self, worker: Worker) -> None:
        """Give back a worker that has answered its last task."""
        worker.used = True
        with self._lock:
            self._idle.append(worker)
            surplus = self._idle.pop(0) if len(self._idle) > MOST_IDLE else None
        if surplus is not None:
            surplus.kill()

    def forget(self, is_gone: Callable[[Hashable], bool]) -> None:
        """End the idle workers of environments that are gone."""
        with self._lock:
            gone = [w for w in self._idle if is_gone(w.environment)]
            self._idle = [w for w in self._idle if not is_gone(w.environment)]
        for worker in gone:
            worker.kill()

    def ended(self, worker: Worker) -> int | None:
        """The exit code of a worker whose socket is closed, negative for a signal; None if it is not known."""
        return self._zygote.ended(worker.pid) if self._zygote is not None else None


class _Zygote:
    """The process that forks workers."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_REMOTE")}
        with theirs:
            command = [sys.executable, "-c", _START, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment, start_new_session=True
            )
        self._forks = count(1)
        self._answers: dict[int, dict[str, Any]] = {}  # by number of the fork
        self._ended: dict[int, int] = {}
        self._on_end: dict[int, Callable[[], None]] = {}  # by number of the fork, then by process
        self._changed = threading.Condition()
        self._forking = threading.Lock()
        threading.Thread(target=self._listen, name="glowplug-zygote", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self, sock: socket.socket, batches: int, on_end: Callable[[], None]) -> int:
        """`on_end` is called when the worker has ended, which may be before this returns."""
        with self._forking:
            number = next(self._forks)
            self._on_end[-number] = on_end
            try:
                socket.send_fds(self._control, [_FORK.pack(number)], [sock.fileno(), batches])
            except OSError:
                raise _no_worker("its parent process has ended") from None
            with self._changed:
                self._changed.wait_for(lambda: number in self._answers or not self.alive, timeout=_WAIT_FOR_FORK)
                answer = self._answers.pop(number, {"failed": "its parent process has ended or does not answer"})
            if "pid" not in answer:
                raise _no_worker(answer["failed"])
            pid: int = answer["pid"]
            return pid

    def ended(self, pid: int) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: pid in self._ended or not self.alive, timeout=_WAIT_FOR_STATUS)
            return self._ended.pop(pid, None)

    def _listen(self) -> None:
        with suppress(OSError), self._control.makefile("rb") as stream:
            while head := stream.read(4):
                said = json.loads(stream.read(struct.unpack("<I", head)[0]))
                with self._changed:
                    if "ended" in said:
                        if len(self._ended) > 1000:  # nobody asks after those that were killed
                            self._ended.clear()
                        self._ended[said["pid"]] = said["ended"]
                        self._on_end.pop(said["pid"], lambda: None)()
                    else:
                        self._answered(said)
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def _answered(self, said: dict[str, Any]) -> None:
        self._answers[said["fork"]] = said
        on_end = self._on_end.pop(-said["fork"])
        if "pid" in said:
            self._ended.pop(said["pid"], None)  # of an earlier process of the number
            self._on_end[said["pid"]] = on_end


# Not `-m`: nothing of the user's directory may be imported before a worker has its own paths.
_START = (
    "import sys; p = sys.path.pop(0) if sys.path and sys.path[0] == '' else None\n"
    "from glowplug.execute.python.zygote import main\n"
    "sys.path.insert(0, '') if p is not None else None\n"
    "main(int(sys.argv[1]))"
)


def _no_worker(reason: str) -> ExecutionError:
    return ExecutionError("FAILED_TO_START_PYTHON_WORKER", reason=reason)


def local_worker(environment: Hashable) -> Worker:
    """A worker that is a thread of this process."""
    from glowplug.execute.python.evaluate import serve

    ours, theirs = LocalChannel.pair()

    def work() -> None:
        serve(theirs, theirs.get())

    threading.Thread(target=work, name="glowplug-python", daemon=True).start()
    return Worker(ours, environment)


def watch_memory(
    workers: Callable[[], AbstractContextManager[list[Worker]]], limit: int, stop: threading.Event
) -> None:
    """Kill any of the workers that has more than `limit` bytes resident, until `stop`. While it looks it holds what
    `workers` gives: none of them is anybody else's then."""
    while not stop.wait(_WATCH):
        with workers() as watched:
            for worker in watched:
                if worker.pid and resident(worker.pid) > limit:
                    worker.over_limit = True
                    worker.kill()


def resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 where that cannot be found out."""
    try:
        with open(f"/proc/{pid}/statm") as f:
            return int(f.read().split()[1]) * _PAGE
    except OSError:
        return 0


def start_task(environment: Hashable, task: Task, in_process: bool) -> Worker:
    """A worker that was given the task: an idle one, but for those that ended meanwhile, or a new one."""
    while True:
        worker = local_worker(environment) if in_process else POOL.acquire(environment)
        try:
            worker.channel.put(Message("task", data=task.pack()))
            return worker
        except ChannelClosed:
            worker.kill()
            if not worker.used:
                raise crashed(POOL.ended(worker), None) from None


POOL = Pool()
