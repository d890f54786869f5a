from __future__ import annotations

from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.execute.cache import MEMORY_AND_DISK_DESER, StorageLevel
from glowplug.execute.cached import compute, drop
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import Relation, UnresolvedRelation
from glowplug.session.session import Session


def cache_table(command: c.CacheTable, session: Session, operation: Operation) -> Relation | None:
    """CACHE TABLE computes at once, CACHE LAZY TABLE at the first use; `AS query` makes a temporary view of it."""
    from glowplug.session.commands.views import create_view
    from glowplug.session.world import analyze

    if command.query is not None:
        create_view(c.CreateView(command.parts, command.query, "temp"), session, operation)
    plan = analyze(UnresolvedRelation(command.parts), session)
    entry = session.engine.cache.persist(plan, storage_level(dict(command.options).get("storageLevel")))
    if not command.lazy:
        compute(entry, session, operation)
    return None


def storage_level(name: str | None) -> StorageLevel:
    """A level by its Spark name, such as DISK_ONLY."""
    if name is None:
        return MEMORY_AND_DISK_DESER
    key = name.upper()
    flags = {
        "DISK_ONLY": StorageLevel(True, False),
        "MEMORY_ONLY": StorageLevel(False, True, False, True),
        "MEMORY_ONLY_SER": StorageLevel(False, True),
        "MEMORY_AND_DISK": StorageLevel(True, True, False, True),
        "MEMORY_AND_DISK_SER": StorageLevel(True, True),
        "OFF_HEAP": StorageLevel(True, True, True),
    }
    if key not in flags:
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=f"there is no storage level {name}")
    return flags[key]


def uncache_table(command: c.UncacheTable, session: Session, operation: Operation) -> Relation | None:
    from glowplug.session.world import analyze

    try:
        plan = analyze(UnresolvedRelation(command.parts), session)
    except AnalysisError as error:
        if command.if_exists and error.condition == "TABLE_OR_VIEW_NOT_FOUND":
            return None
        raise
    release(plan, session)
    return None


def release(plan: Relation, session: Session) -> None:
    """Keep a plan no longer and give its memory back."""
    entry = session.engine.cache.unpersist(plan)
    if entry is not None:
        drop(entry, session)


def clear_cache(command: c.ClearCache, session: Session, operation: Operation) -> Relation | None:
    for entry in session.engine.cache.clear():
        drop(entry, session)
    return None


def refresh(command: c.Refresh, session: Session, operation: Operation) -> Relation | None:
    """Files are listed anew by every query; only rows kept of them are forgotten."""
    from glowplug.plan.tree import walk_relations

    for entry in list(session.engine.cache.entries()):
        files = [
            f for n in walk_relations(entry.plan) for f in getattr(getattr(n, "source", None), "input_files", tuple)()
        ]
        if not command.is_path or any(command.target in f for f in files):
            drop(entry, session)
    return None
