"""Plans that `persist` keeps, shared by all sessions."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from glowplug.plan.relations import Relation


@dataclass(frozen=True, slots=True)
class StorageLevel:
    """Where a cached plan may be kept, as clients say it."""

    use_disk: bool = False
    use_memory: bool = False
    use_off_heap: bool = False
    deserialized: bool = False
    replication: int = 1


NONE = StorageLevel()
MEMORY_AND_DISK_DESER = StorageLevel(use_disk=True, use_memory=True, deserialized=True)


@dataclass(slots=True)
class Cache:
    """Analysed plans and their storage levels; plans that are equal share an entry."""

    _levels: dict[Relation, StorageLevel] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def persist(self, plan: Relation, level: StorageLevel = MEMORY_AND_DISK_DESER) -> None:
        """Keep the plan's rows from their first use on. The level of a plan kept already stays."""
        with self._lock:
            self._levels.setdefault(plan, level)

    def unpersist(self, plan: Relation) -> None:
        with self._lock:
            self._levels.pop(plan, None)

    def level(self, plan: Relation) -> StorageLevel:
        """NONE for a plan that is not kept."""
        return self._levels.get(plan, NONE)
