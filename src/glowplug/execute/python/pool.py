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
from contextlib import suppress
from dataclasses import dataclass, field

from glowplug.errors import ExecutionError
from glowplug.execute.python.channel import Channel, LocalChannel, SocketChannel
from glowplug.execute.python.shared import Shared, memory
from glowplug.execute.python.task import Task

MOST_IDLE = 16
_WAIT_FOR_STATUS = 2.0  # seconds after a socket closed
_WATCH = 0.05  # seconds between looks at a worker's memory
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Worker:
    """A process, or a thread of this one (`pid` 0)."""

    channel: Channel
    environment: Hashable
    pid: int = 0
    over_limit: bool = False

    def kill(self) -> None:
        self.channel.close()
        if self.pid:
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
            return Worker(channel, environment, zygote.fork(theirs, batches, channel.hang_up))
        finally:
            theirs.close()
            os.close(batches)

    def release(self, worker: Worker) -> None:
        """Give back a worker that has answered its last task."""
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
        self._pids: list[int] = []
        self._ended: dict[int, int] = {}
        self._on_end: dict[int, Callable[[], None]] = {}
        self._changed = threading.Condition()
        self._forking = threading.Lock()
        threading.Thread(target=self._listen, name="glowplug-zygote", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self, sock: socket.socket, batches: int, on_end: Callable[[], None]) -> int:
        """`on_end` is called when the worker has ended: a process that it left behind may keep its socket open."""
        with self._forking:
            try:
                socket.send_fds(self._control, [b"w"], [sock.fileno(), batches])
            except OSError:
                raise _no_worker() from None
            with self._changed:
                if not self._changed.wait_for(lambda: self._pids or not self.alive, timeout=60) or not self._pids:
                    raise _no_worker()
                pid = self._pids.pop()
                self._on_end[pid] = on_end
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
                        self._pids.append(said["pid"])
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


# Not `-m`: nothing of the user's directory may be imported before a worker has its own paths.
_START = (
    "import sys; p = sys.path.pop(0) if sys.path and sys.path[0] == '' else None\n"
    "from glowplug.execute.python.zygote import main\n"
    "sys.path.insert(0, '') if p is not None else None\n"
    "main(int(sys.argv[1]))"
)


def _no_worker() -> ExecutionError:
    return ExecutionError("FAILED_TO_START_PYTHON_WORKER", reason="its parent process has ended")


def local_worker(environment: Hashable) -> Worker:
    """A worker that is a thread of this process."""
    from glowplug.execute.python.evaluate import serve

    ours, theirs = LocalChannel.pair()

    def work() -> None:
        serve(theirs, theirs.get())

    threading.Thread(target=work, name="glowplug-python", daemon=True).start()
    return Worker(ours, environment)


def watch_memory(workers: Callable[[], list[Worker]], limit: int, stop: threading.Event) -> None:
    """Kill any of the workers that has more than `limit` bytes resident, until `stop`."""
    while not stop.wait(_WATCH):
        for worker in workers():
            if worker.pid and resident(worker.pid) > limit:
                worker.over_limit = True
                worker.kill()


def resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as f:
            return int(f.read().split()[1]) * _PAGE
    except OSError:
        return 0


def send_task(worker: Worker, task: Task) -> None:
    from glowplug.execute.python.channel import Message

    worker.channel.put(Message("task", data=task.pack()))


POOL = Pool()
