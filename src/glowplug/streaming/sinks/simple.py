"""Sinks to look at: `console` and `noop`."""

from __future__ import annotations

from glowplug.execute import local
from glowplug.kernel import tables
from glowplug.plan.relations import ShowString
from glowplug.session.world import analyze
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.streaming.sinks.held import held


class Noop(Sink):
    """Computes the rows and drops them."""

    description = "NoopTable"

    def add(self, batch: int, rows: Rows) -> int:
        return sum(b.num_rows for b in rows.batches())


class Console(Sink):
    """Prints the first rows of each batch. Options: `numRows` (20) and `truncate` (true)."""

    def __init__(self, rows: int, truncate: bool) -> None:
        self.rows, self.truncate = rows, truncate
        self.description = "ConsoleTable$"

    def add(self, batch: int, rows: Rows) -> int:
        session, operation = rows.batch.session, rows.batch.operation
        with held(rows) as (reference, table):
            shown = analyze(ShowString(reference, self.rows, 20 if self.truncate else 0), session)
            result = local.run(local.optimized(shown, session), session, operation)
            (text,) = (row for piece in result.batches for row in piece.column(0).to_pylist())
            line = "-" * 43
            print(f"{line}\nBatch: {batch}\n{line}\n{text}", flush=True)
            with rows.batch.kernel() as bench:
                return tables.count(bench, table)
