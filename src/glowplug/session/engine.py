"""What all sessions of a process share: the kernel's database, global temporary views, cached plans."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glowplug.config import Conf, accept, parse_bytes
from glowplug.errors import IllegalArgument
from glowplug.execute.cache import Cache
from glowplug.execute.operation import Foreseen
from glowplug.plan.relations import Relation
from glowplug.scratch import Scratch

if TYPE_CHECKING:
    from glowplug.kernel.database import Database

MEMORY_LIMIT = "spark.glowplug.memory.limit"
_BESIDE_KERNEL = 512 << 20  # sorting 10 million rows takes as much beside the kernel's own limit
TEMP_DIRECTORY = "spark.glowplug.tempDirectory"


@dataclass
class Engine:
    """`start` are the settings the process was started with; sessions see them beneath their own."""

    start: dict[str, str] = field(default_factory=dict)
    global_views: dict[str, Relation] = field(default_factory=dict)  # lower-case name → analysed plan
    cache: Cache = field(default_factory=Cache)
    foreseen: Foreseen | None = None
    service: Any = None  # connect's, through which code that runs inside the engine has clients of its sessions
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        for key, value in self.start.items():
            accept(key, value)
        self.start.setdefault("spark.app.name", "glowplug")
        self.start.setdefault("spark.app.id", f"local-{os.getpid()}")
        self.start.setdefault("spark.master", "local[*]")

        self.scratch = Scratch(self.start.get(TEMP_DIRECTORY))
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        """The kernel, started at the first query."""
        return self._database or self._started()

    def _started(self) -> Database:
        from glowplug.kernel.database import Database

        with self.lock:
            if self._database is None:
                conf = Conf(self.start)
                limit = conf.get_option(MEMORY_LIMIT)
                spill = str(self.scratch.directory("spill"))
                self._database = Database(
                    kernel_bytes(memory_bytes(limit)) if limit else None, conf.int("spark.glowplug.threads"), spill
                )
            return self._database

    def temporary(self, prefix: str) -> Path:
        """A new directory for a session's files; whoever asks removes it, or else the end of the process does."""
        return self.scratch.directory(prefix)

    def sweep(self) -> None:
        """Drop the rows of checkpoints that nothing refers to any more."""
        if self._database is not None:
            self._database.sweep()

    def close(self) -> None:
        """Give everything back. Its sessions are closed before; nothing runs. Idempotent."""
        with self.lock:
            database, self._database = self._database, None
        if database is not None:
            database.close()
        self.scratch.close()


def memory_bytes(text: str) -> int:
    """Bytes of a memory limit: `4g`, `512MB` or a percentage of this machine's memory."""
    try:
        if text.endswith("%"):
            total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
            return int(total * float(text[:-1]) / 100)
        return parse_bytes(text)
    except ValueError:
        raise IllegalArgument(
            "INVALID_CONF_VALUE.TYPE_MISMATCH", confName=MEMORY_LIMIT, confValue=text, confType="bytes in BYTE"
        ) from None


def kernel_bytes(limit: int) -> int:
    """What of a limit for the process is the kernel's: the rest is for Python, the libraries, and what allocators keep.
    Where that would be little, the limit is the kernel's alone."""
    return max(limit - _BESIDE_KERNEL, min(limit, _BESIDE_KERNEL))


_shared: Engine | None = None
_lock = threading.Lock()


def shared_engine(start: Mapping[str, str] | None = None) -> Engine:
    """The engine of this process; `start` counts for the first call only."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Engine(dict(start or {}))
            atexit.register(_shared.close)
        return _shared
