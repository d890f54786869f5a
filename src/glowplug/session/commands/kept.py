"""What is kept (`CACHE TABLE`, `persist`) of a table that changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from glowplug.analyze.commands.insert import reads
from glowplug.catalog.table import Table
from glowplug.execute.cache import Entry
from glowplug.plan.relations import UnresolvedRelation
from glowplug.plan.tree import walk_relations
from glowplug.session.session import Session
from glowplug.session.tables import is_table, kept_table


@contextmanager
def recached(session: Session, table: Table) -> Iterator[None]:
    """Rows kept of the table are forgotten when it has changed; the table itself stays marked as kept."""
    from glowplug.session.world import analyze

    itself = kept_table(session, table)
    try:
        yield
    finally:
        forget(session, table)
        if itself is not None:
            plan = analyze(UnresolvedRelation(table.identifier.parts), session)
            session.cache.persist(plan, session.conf, session.server_side_id, itself.level)


def forget(session: Session, table: Table) -> None:
    """Keep nothing any more that was computed from the table."""
    for entry in of_table(session, table):
        session.cache.unpersist(entry.plan, entry.conf)


def of_table(session: Session, table: Table) -> list[Entry]:
    """What is kept of the table, or was computed from it."""
    return [
        e
        for e in session.cache.entries()
        if reads(e.plan, table) or any(is_table(node, table) for node in walk_relations(e.plan))
    ]
