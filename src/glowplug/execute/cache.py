"""Plans that `persist` keeps, shared by all sessions of the engine.

A kept plan's rows live in a kernel table, made at the first use; the kernel spills it like all its memory. Plans that
contain a kept one read that table: `use` puts it in their place. What lives how long:

    Entry        of `persist`: until it is unpersisted, or the last session that asked for it is closed;
                 of a checkpoint: as long as any plan refers to it (a view, another kept plan, a clone's frame)
    HeldTable    as long as its entry has it, and until the last statement that reads it has ended (a `Lease` each)
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glowplug.config import OF_ROWS, Conf
from glowplug.plan.canonical import canonical, outlines
from glowplug.plan.expressions import new_id
from glowplug.plan.relations import CachedData, Relation
from glowplug.plan.tree import map_all_relations

if TYPE_CHECKING:
    from glowplug.kernel.database import Database


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
Key = tuple[Relation, tuple[str | None, ...]]  # a canonical plan, the settings that its rows depend on


@dataclass(slots=True, eq=False)
class HeldTable:
    """Rows in the kernel, dropped when the last who holds them lets go: whoever makes it is the first."""

    name: str
    database: Database
    _holders: int = 1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self) -> None:
        with self._lock:
            self._holders += 1

    def release(self) -> None:
        self.release_later()
        self.database.sweep()

    def release_later(self) -> None:
        """Let go, and leave the dropping to whoever next has the time: for where nothing may be run or waited for."""
        with self._lock:
            self._holders -= 1
            last = self._holders == 0
        if last:
            self.database.unwanted.append(self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Lease:
    """An entry's rows as one statement reads them, whatever becomes of the entry meanwhile."""

    entry: Entry
    rows: HeldTable

    @property
    def table(self) -> str:
        return self.rows.name

    def __repr__(self) -> str:
        return repr(self.entry)


@dataclass(slots=True, eq=False)
class Entry:
    """One kept plan, computed with the settings with which it was kept. `computing` lets one thread do that."""

    plan: Relation
    level: StorageLevel
    conf: Conf
    owners: set[str] = field(default_factory=set)  # server-side ids of sessions; guarded by the cache
    name: str = field(default_factory=lambda: f"cache{new_id()}")
    computing: threading.Lock = field(default_factory=threading.Lock)
    _rows: HeldTable | None = None
    outline: int = 0  # of the plan, in a cache: what has another is another plan
    _forgotten: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lease(self) -> Lease | None:
        """The rows, if they are computed. The caller gives them back with `rows.release()`."""
        with self._lock:
            if self._rows is None:
                return None
            self._rows.hold()
            return Lease(self, self._rows)

    def generation(self) -> int:
        """Counts how often the rows were forgotten: what was computed before the last time is not kept."""
        return self._forgotten

    def keep(self, rows: HeldTable, generation: int) -> Lease:
        """Take over what was computed in a generation, and lease it."""
        rows.hold()
        with self._lock:
            current = generation == self._forgotten
            if current:
                self._rows = rows
        if not current:
            rows.release()
        return Lease(self, rows)

    def forget(self) -> None:
        """Have the rows no longer; the next use computes them anew."""
        with self._lock:
            rows, self._rows = self._rows, None
            self._forgotten += 1
        if rows is not None:
            rows.release()

    def __del__(self) -> None:
        if self._rows is not None:
            self._rows.release_later()

    def __repr__(self) -> str:
        return f"<cached {self.name}>"


@dataclass(slots=True)
class Cache:
    """Kept plans by their canonical form and the settings that rows depend on."""

    _entries: dict[Key, Entry] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def persist(self, plan: Relation, conf: Conf, owner: str, level: StorageLevel = MEMORY_AND_DISK_DESER) -> Entry:
        """Keep the plan's rows for the session `owner`, from their first use on. The level of a kept plan stays."""
        key = _key(plan, conf)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = Entry(plan, level, conf.copy(), outline=outlines(plan)[id(plan)])
            entry.owners.add(owner)
            return entry

    def unpersist(self, plan: Relation, conf: Conf) -> None:
        """Keep it no longer, whoever asked for it."""
        key = _key(plan, conf)
        with self._lock:
            entry = self._entries.pop(key, None)
        if entry is not None:
            entry.forget()

    def disown(self, owner: str) -> None:
        """A session is closed: what only it wanted is kept no longer."""
        with self._lock:
            for entry in self._entries.values():
                entry.owners.discard(owner)
            unwanted = {key: entry for key, entry in self._entries.items() if not entry.owners}
            for key in unwanted:
                del self._entries[key]
        for entry in unwanted.values():
            entry.forget()

    def clear(self) -> None:
        with self._lock:
            entries = list(self._entries.values())
            self._entries.clear()
        for entry in entries:
            entry.forget()

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries.values())

    def entry(self, plan: Relation, conf: Conf) -> Entry | None:
        return self._entries.get(_key(plan, conf)) if self._entries else None

    def level(self, plan: Relation, conf: Conf) -> StorageLevel:
        """NONE for a plan that is not kept."""
        entry = self.entry(plan, conf)
        return NONE if entry is None else entry.level

    def use(self, plan: Relation, conf: Conf, but: Entry | None = None) -> Relation:
        """The plan with every kept part, the largest first, read from its table; not from that of `but`, which is
        what the plan computes."""
        if not self._entries:
            return plan
        settings, numbers = _settings(conf), outlines(plan)
        kept = {entry.outline for entry in self.entries()}

        def use(node: Relation) -> Relation:
            entry = self._entries.get((canonical(node), settings)) if numbers[id(node)] in kept else None
            if entry is not None and entry is not but:
                return CachedData(node.output, entry)
            return map_all_relations(node, use)  # type: ignore[no-any-return]

        return use(plan)


def _key(plan: Relation, conf: Conf) -> Key:
    return canonical(plan), _settings(conf)


def _settings(conf: Conf) -> tuple[str | None, ...]:
    return tuple(conf.get_option(name) for name in OF_ROWS)
