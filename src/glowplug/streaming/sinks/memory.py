"""`memory`: the rows stay in a table of the kernel, to be read as a temporary view of the query's name."""

from __future__ import annotations

from glowplug.kernel import tables
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import new_id
from glowplug.plan.streams import KernelTable, OutputMode
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.types import StructType


class Memory(Sink):
    """In complete mode a batch replaces the rows. The table lives as long as the session's view of it."""

    description = "MemorySink"

    def __init__(self, session: Session, name: str, schema: StructType, mode: OutputMode) -> None:
        self.mode, self.table, self.done = mode, f"memory{new_id()}", -1
        self.columns = columns_of(schema.fields)
        with session.database.connection(session.conf.time_zone) as connection:
            from glowplug.kernel.workbench import Workbench

            tables.create(Workbench(session.conf, connection), self.table, [f.type for f in schema.fields])
        session.temp_views[name.lower()] = KernelTable(self.table, self.columns)

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
