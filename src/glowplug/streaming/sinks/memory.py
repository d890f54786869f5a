"""`memory`: the rows stay in a table of the kernel, to be read as a temporary view of the query's name."""

from __future__ import annotations

from glowplug.execute import cache
from glowplug.kernel import tables
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import new_id
from glowplug.plan.streams import KernelTable, OutputMode
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.types import StructType


class Owner:
    """Drops the table once neither the sink nor a plan has it any more: the view's, or one that was made with it."""

    def __init__(self, rows: cache.HeldTable) -> None:
        self._rows = rows

    def __del__(self) -> None:
        self._rows.release_later()


class Memory(Sink):
    """In complete mode a batch replaces the rows. The table lives as long as the query, or a plan that reads it."""

    description = "MemorySink"

    def __init__(self, session: Session, name: str, schema: StructType, mode: OutputMode) -> None:
        self.mode, self.table, self.done = mode, f"memory{new_id()}", -1
        self.columns = columns_of(schema.fields)
        with session.database.connection(session.conf.time_zone) as connection:
            from glowplug.kernel.workbench import Workbench

            tables.create(Workbench(session.conf, connection), self.table, [f.type for f in schema.fields])
        self.owner: Owner | None = Owner(cache.HeldTable(self.table, session.database))
        session.temp_views[name.lower()] = KernelTable(self.table, self.columns, owner=self.owner)
        session.forget_plans()

    def add(self, batch: int, rows: Rows) -> int:
        if batch <= self.done:
            return 0
        with rows.statement() as (bench, sql):
            if self.mode == "complete":
                new = f"{self.table}_{batch}"
                tables.fill(bench, new, sql)
                tables.replace(bench, self.table, new)
                count = tables.count(bench, self.table)
            else:
                count = tables.append(bench, self.table, sql)
        self.done = batch
        return count

    def close(self) -> None:
        self.owner = None
