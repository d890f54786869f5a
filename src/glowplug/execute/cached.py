"""Computing the rows of kept plans before a statement reads them."""

from __future__ import annotations

from glowplug.execute.cache import Entry, HeldTable, Lease
from glowplug.execute.operation import Operation
from glowplug.execute.runtime import AsKept, Runtime
from glowplug.plan.expressions import new_id

WAIT_SECONDS = 0.1  # for whoever computes the same rows, between looks at whether this operation was cancelled


def lease(entry: Entry, runtime: Runtime, operation: Operation) -> Lease:
    """The entry's rows, computed by whoever comes first; a failure leaves none. The caller releases them."""
    while not entry.computing.acquire(timeout=WAIT_SECONDS):
        operation.check()
    try:
        return entry.lease() or _computed(entry, AsKept(entry.conf, runtime.database, runtime.cache), operation)
    finally:
        entry.computing.release()


def _computed(entry: Entry, runtime: Runtime, operation: Operation) -> Lease:
    from glowplug.execute.local import asking, statement
    from glowplug.optimize.pipeline import optimize
    from glowplug.physical.pipeline import stages

    generation, name = entry.generation(), f"{entry.name}_{new_id()}"
    plan = stages(optimize(runtime.cache.use(entry.plan, entry.conf, but=entry), asking(runtime)))
    with statement(plan, runtime, operation, prefix="k") as (bench, sql):
        bench.execute(f"CREATE TABLE {name} AS {sql}")
    return entry.keep(HeldTable(name, runtime.database), generation)


def compute(entry: Entry, runtime: Runtime, operation: Operation) -> None:
    """Have the rows at hand."""
    lease(entry, runtime, operation).rows.release()
