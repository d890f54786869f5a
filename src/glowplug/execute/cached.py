"""Computing the rows of kept plans before a statement reads them."""

from __future__ import annotations

from glowplug.execute.cache import Entry
from glowplug.execute.operation import Operation
from glowplug.execute.runtime import Runtime


def compute(entry: Entry, runtime: Runtime, operation: Operation) -> None:
    """The entry's rows in its table, computed by whoever comes first; a failure leaves no table."""
    from glowplug.execute.local import evaluate, statement
    from glowplug.optimize.pipeline import optimize

    with entry.lock:
        if entry.kernel_table is not None:
            return
        plan = optimize(runtime.cache.use(entry.plan, but=entry), evaluate(runtime))
        with statement(plan, runtime, operation, prefix="k") as (bench, sql):
            bench.execute(f"CREATE TABLE {entry.name} AS {sql}")
        entry.kernel_table = entry.name


def drop(entry: Entry, runtime: Runtime) -> None:
    """Give the entry's memory back."""
    with entry.lock, runtime.database.connection(runtime.conf.time_zone) as connection:
        if entry.kernel_table is not None:
            connection.execute(f"DROP TABLE IF EXISTS {entry.kernel_table}")
            entry.kernel_table = None
