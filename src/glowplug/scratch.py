"""Directories for what a process needs only while it lives: spilled rows, uploads, files on their way elsewhere.

All are in one directory per process, which is locked for as long as the process lives, however it ends. A process that
makes its own removes those of dead ones first, so a killed process leaves files no longer than until the next start.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "glowplug-process-"
LOCK = "lock"
UNLOCKED_SECONDS = 3600.0  # a directory this old without a lock was left half made


class Scratch:
    """The directory of this process below `base` (the system's temporary directory if None), made when first used."""

    def __init__(self, base: str | None = None) -> None:
        self._base = Path(base or tempfile.gettempdir())
        self._root: Path | None = None
        self._held: int | None = None  # the lock's file descriptor
        self._owner = os.getpid()  # a process that was forked off has these objects, and no right to the files
        self._lock = threading.Lock()

    def directory(self, name: str) -> Path:
        """A new directory, whose name begins with `name`; whoever asks may remove it before the process ends."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._directory()))

    def _directory(self) -> Path:
        with self._lock:
            if self._root is None:
                self._base.mkdir(parents=True, exist_ok=True)
                sweep(self._base)
                root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._base))
                # Locked before it has its name: whoever finds a lock that is free may remove the directory.
                held = os.open(root / "new", os.O_CREAT | os.O_RDWR, 0o600)
                fcntl.flock(held, fcntl.LOCK_EX)
                (root / "new").rename(root / LOCK)
                self._root, self._held = root, held
            return self._root

    def close(self) -> None:
        """Remove everything. Idempotent; the next use begins anew."""
        with self._lock:
            if self._root is not None and self._held is not None and os.getpid() == self._owner:
                shutil.rmtree(self._root, ignore_errors=True)
                os.close(self._held)
            self._root = self._held = None


def sweep(base: Path) -> None:
    """Remove the directories of processes that are dead. What belongs to other users stays."""
    for root in base.glob(f"{PREFIX}*/"):
        with suppress(OSError):
            if _dead(root):
                shutil.rmtree(root, ignore_errors=True)


def _dead(root: Path) -> bool:
    try:
        descriptor = os.open(root / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return time.time() - root.stat().st_mtime > UNLOCKED_SECONDS
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
