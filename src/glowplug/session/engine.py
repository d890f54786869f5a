"""What all sessions of a process share: the kernel's database, global temporary views, cached plans."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from glowplug.config import Conf, check, parse_bytes
from glowplug.errors import IllegalArgument
from glowplug.execute.cache import Cache
from glowplug.plan.relations import Relation

if TYPE_CHECKING:
    from glowplug.kernel.database import Database

MEMORY_LIMIT = "spark.glowplug.memory.limit"


@dataclass
class Engine:
    """`start` are the settings the process was started with; sessions see them beneath their own."""

    start: dict[str, str] = field(default_factory=dict)
    global_views: dict[str, Relation] = field(default_factory=dict)  # lower-case name → analysed plan
    cache: Cache = field(default_factory=Cache)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        for key, value in self.start.items():
            check(key, value)
        self.start.setdefault("spark.app.name", "glowplug")
        self.start.setdefault("spark.app.id", f"local-{os.getpid()}")
        self.start.setdefault("spark.master", "local[*]")

    @cached_property
    def database(self) -> Database:
        """The kernel, started at the first query."""
        from glowplug.kernel.database import Database

        with self.lock:
            if "database" in self.__dict__:  # another thread was first
                return self.__dict__["database"]  # type: ignore[no-any-return]
            conf = Conf(self.start)
            limit = conf.get_option(MEMORY_LIMIT)
            directory = conf.get_option("spark.glowplug.tempDirectory")
            self.__dict__["database"] = Database(
                memory_bytes(limit) if limit else None, conf.int("spark.glowplug.threads"), directory
            )
            return self.__dict__["database"]  # type: ignore[no-any-return]

    def temporary(self, prefix: str) -> Path:
        """A new directory for a session's files; whoever asks removes it."""
        return Path(tempfile.mkdtemp(prefix=f"glowplug-{prefix}-", dir=self.start.get("spark.glowplug.tempDirectory")))


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


_shared: Engine | None = None
_lock = threading.Lock()


def shared_engine(start: Mapping[str, str] | None = None) -> Engine:
    """The engine of this process; `start` counts for the first call only."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Engine(dict(start or {}))
        return _shared
