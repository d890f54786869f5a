"""What is kept (`CACHE TABLE`, `persist`) of a table that changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from glowplug.analyze.commands.insert import reads
from glowplug.catalog.table import Table
from glowplug.plan.relations import UnresolvedRelation
from glowplug.session.session import Session


@contextmanager
def recached(session: Session, table: Table) -> Iterator[None]:
    """Rows kept of the table are forgotten when it has changed; the table itself stays marked as kept."""
    from glowplug.session.world import analyze

    if not session.cache.entries():
        yield
        return
    name = UnresolvedRelation(table.identifier.parts)
    there = table.version > 0
    itself = session.cache.entry(analyze(name, session), session.conf) if there else None
    try:
        yield
    finally:
        forget(session, table)
        if itself is not None:
            session.cache.unpersist(itself.plan, itself.conf)
            session.cache.persist(analyze(name, session), session.conf, session.server_side_id, itself.level)


def forget(session: Session, table: Table) -> None:
    """Keep nothing any more that was computed from the table's files."""
    for entry in list(session.cache.entries()):
        if reads(entry.plan, table):
            session.cache.unpersist(entry.plan, entry.conf)
