"""Computing the rows of kept plans before a statement reads them."""

from __future__ import annotations

from glowplug.plan.relations import CachedData, Relation
from glowplug.plan.tree import walk_relations
from glowplug.session.cache import Entry
from glowplug.session.operation import Operation
from glowplug.session.session import Session


def materialize(plan: Relation, session: Session, operation: Operation | None) -> None:
    """Make the kernel table of every kept plan that `plan` reads; a failure leaves none."""
    for node in walk_relations(plan):
        if isinstance(node, CachedData):
            compute(node.entry, session, operation)


def compute(entry: Entry, session: Session, operation: Operation | None) -> None:
    """The entry's rows in its table, computed by whoever comes first."""
    from glowplug.execute.local import evaluate, workbench
    from glowplug.optimize.pipeline import optimize

    with entry.lock:
        if entry.kernel_table is not None:
            return
        inner = session.engine.cache.use(entry.plan, but=entry)
        materialize(inner, session, operation)
        with workbench(session, operation) as bench:
            bench.execute(f"CREATE TABLE {entry.name} AS {bench.query(optimize(inner, evaluate(session)), prefix='k')}")
        entry.kernel_table = entry.name


def drop(entry: Entry, session: Session) -> None:
    """Give the entry's memory back."""
    with entry.lock, session.engine.database.connection(session.conf.time_zone) as connection:
        if entry.kernel_table is not None:
            connection.execute(f"DROP TABLE IF EXISTS {entry.kernel_table}")
            entry.kernel_table = None
