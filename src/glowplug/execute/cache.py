"""Plans that `persist` keeps, shared by all sessions of the engine.

A kept plan's rows live in a kernel table, made at the first use; the kernel spills it like all its memory. Plans that
contain a kept one read that table: `use` puts it in their place.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from glowplug.plan.canonical import canonical
from glowplug.plan.expressions import new_id
from glowplug.plan.relations import CachedData, Relation
from glowplug.plan.tree import map_all_relations


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


@dataclass(slots=True, eq=False)
class Entry:
    """One kept plan. `kernel_table` is its rows once they were computed; `lock` lets one thread do that."""

    plan: Relation
    level: StorageLevel
    name: str
    kernel_table: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def table(self, compiler: Any) -> str:
        """The kernel table to read; execute/ has made it before the statement is compiled."""
        if self.kernel_table is None:
            raise AssertionError("a cached plan was read before it was computed")
        return self.kernel_table

    def __repr__(self) -> str:
        return f"<cached {self.name}>"


@dataclass(slots=True)
class Cache:
    """Kept plans by their canonical form."""

    _entries: dict[Relation, Entry] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def persist(self, plan: Relation, level: StorageLevel = MEMORY_AND_DISK_DESER) -> Entry:
        """Keep the plan's rows from their first use on. The level of a plan kept already stays."""
        key = canonical(plan)
        with self._lock:
            return self._entries.setdefault(key, Entry(plan, level, f"cache{new_id()}"))

    def unpersist(self, plan: Relation) -> Entry | None:
        """Keep it no longer; the caller drops the entry's kernel table."""
        key = canonical(plan)
        with self._lock:
            return self._entries.pop(key, None)

    def clear(self) -> list[Entry]:
        with self._lock:
            entries = list(self._entries.values())
            self._entries.clear()
            return entries

    def entries(self) -> list[Entry]:
        return list(self._entries.values())

    def entry(self, plan: Relation) -> Entry | None:
        return self._entries.get(canonical(plan)) if self._entries else None

    def level(self, plan: Relation) -> StorageLevel:
        """NONE for a plan that is not kept."""
        entry = self.entry(plan)
        return NONE if entry is None else entry.level

    def use(self, plan: Relation, but: Entry | None = None) -> Relation:
        """The plan with every kept part, the largest first, read from its table; not from that of `but`, which is
        what the plan computes."""
        if not self._entries:
            return plan
        entry = self.entry(plan)
        if entry is not None and entry is not but:
            return CachedData(plan.output, entry)
        return map_all_relations(plan, lambda child: self.use(child, but))  # type: ignore[no-any-return]
