"""CACHE TABLE, UNCACHE TABLE, CLEAR CACHE and REFRESH; `spark.catalog` calls them too."""

from __future__ import annotations

from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.execute.cache import MEMORY_AND_DISK_DESER, Entry, StorageLevel
from glowplug.execute.cached import compute
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.canonical import canonical
from glowplug.plan.relations import Relation, Scan, SubqueryAlias, UnresolvedRelation
from glowplug.plan.tree import walk_relations
from glowplug.session.commands.kept import of_table, recached
from glowplug.session.names import lookup, not_found, temporary_view
from glowplug.session.session import Session
from glowplug.sql import parse_identifier


def cache_table(command: c.CacheTable, session: Session, operation: Operation) -> Relation | None:
    """CACHE TABLE computes at once, CACHE LAZY TABLE at the first use; `AS query` makes a temporary view of it."""
    from glowplug.session.commands.views import create_view
    from glowplug.session.world import analyze

    if command.query is not None:
        create_view(c.CreateView(command.parts, command.query, "temp"), session, operation)
    plan = analyze(UnresolvedRelation(command.parts), session)
    entry = session.cache.persist(
        plan, session.conf, session.server_side_id, storage_level(dict(command.options).get("storageLevel"))
    )
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
        plan = analyze(UnresolvedRelation(command.parts, origin=command.origin), session)
    except AnalysisError as error:
        if command.if_exists and error.condition == "TABLE_OR_VIEW_NOT_FOUND":
            return None
        raise
    session.cache.unpersist(plan, session.conf)
    return None


def clear_cache(command: c.ClearCache, session: Session, operation: Operation) -> Relation | None:
    session.cache.clear()
    return None


def refresh(command: c.Refresh, session: Session, operation: Operation) -> Relation | None:
    """Files are listed anew by every query; only what is kept of them is computed anew."""
    if command.is_path:
        for entry in session.cache.entries():
            if any(command.target in file for n in walk_relations(entry.plan) for file in _files(n)):
                _renew(entry, session)
        return None
    parts = parse_identifier(command.target)
    if temporary_view(session, parts) is not None:
        from glowplug.session.world import analyze

        view = canonical(analyze(UnresolvedRelation(parts), session))
        for entry in session.cache.entries():
            if any(canonical(n) == view for n in walk_relations(entry.plan)):
                entry.forget()
        return None
    table = lookup(session, parts)
    if table is None:
        raise not_found(session, parts, "`system`.`session`")
    for entry in of_table(session, table):
        _renew(entry, session)
    return None


def _renew(entry: Entry, session: Session) -> None:
    """A table's plan has its files in it, and is made anew; other plans are computed anew when they are used."""
    table = lookup(session, (*entry.plan.qualifier, entry.plan.name)) if isinstance(entry.plan, SubqueryAlias) else None
    if table is None:
        entry.forget()
        return
    with recached(session, table):
        pass


def _files(node: Relation) -> tuple[str, ...]:
    return tuple(node.source.input_files()) if isinstance(node, Scan) else ()
