"""The process that workers are forked from: it has PySpark and Arrow in memory, so that a worker starts at once.

Over its control socket come the sockets of workers to be, and their memory; it answers with process ids, and says
how workers ended.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import struct
import sys
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1


def main(fd: int) -> None:
    """Fork a worker for each socket that comes, until the engine hangs up; then end them all."""
    control = socket.socket(fileno=fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the engine's business
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    _preload()
    import select

    parent = os.getpid()
    while True:
        ready, _, _ = select.select([control.fileno(), read], [], [])
        if read in ready:
            os.read(read, 4096)
            _report(control)
        if control.fileno() in ready:
            try:
                data, fds, _, _ = socket.recv_fds(control, 8, 2)
            except ConnectionError:
                data, fds = b"", []
            if not data:
                os._exit(0)
            (number,) = struct.unpack("<Q", data)
            try:
                pid = os.fork()
            except OSError as error:  # there are as many processes as there may be
                _tell(control, {"fork": number, "failed": str(error)})
            else:
                if not pid:
                    _become_worker(fds, control, (read, write), parent)
                _tell(control, {"fork": number, "pid": pid})
            for fd in fds:
                os.close(fd)


def _preload() -> None:
    import pyarrow
    import pyspark.worker  # noqa: F401

    import glowplug.execute.python.evaluate
    import glowplug.execute.python.fast
    import glowplug.execute.python.rows
    import glowplug.execute.python.worker  # noqa: F401

    try:
        import pandas  # noqa: F401
        import pyarrow.pandas_compat  # noqa: F401
    except ImportError:
        pass
    gc.collect()
    gc.freeze()  # pages of what is loaded stay shared


def _become_worker(fds: list[int], control: socket.socket, pipe: tuple[int, int], parent: int) -> NoReturn:
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            control.close()
            for end in pipe:
                os.close(end)
            from glowplug.execute.python.worker import work

            work(socket.socket(fileno=fds[0]), fds[1])
    finally:  # what is left of the parent must not run
        os._exit(0)


def _report(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _tell(control, {"pid": pid, "ended": os.waitstatus_to_exitcode(status)})


def _tell(control: socket.socket, what: dict[str, Any]) -> None:
    data = json.dumps(what).encode()
    try:
        control.sendall(struct.pack("<I", len(data)) + data)
    except OSError:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
