"""The contract between a sink and the engine.

`add` gets the rows of a batch, and returns when they are in the sink for good. After a crash the last batch comes
again, with the same number and the same rows: a sink that promises exactly once must see that it has it already. A sink
is made for each run of a query, and used by its thread only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from glowplug.execute import local
from glowplug.kernel.workbench import Workbench
from glowplug.plan.relations import Relation
from glowplug.streaming.batch import Batch
from glowplug.types import StructType


@dataclass(slots=True)
class Rows:
    """A batch's rows, computed when they are asked for, which is to be once."""

    plan: Relation
    batch: Batch

    @property
    def schema(self) -> StructType:
        return local.schema_of(self.plan)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """As Arrow batches of Spark's types, columns by position."""
        session = self.batch.session
        result = local.run(local.optimized(self.plan, session), session, self.batch.operation)
        try:
            yield from result.batches
        finally:
            result.close()

    @contextmanager
    def statement(self) -> Iterator[tuple[Workbench, str]]:
        """The kernel's statement of columns k0, k1, …, and where to run it."""
        session = self.batch.session
        plan = local.optimized(self.plan, session)
        with local.statement(plan, session, self.batch.operation, prefix="k") as (bench, sql):
            yield bench, sql


class Sink:
    """Where batches go. A batch may come again after a crash, with the same number and the same rows: a sink that is to
    have each row once keeps in mind, durably, which batches it has."""

    description: str  # what progress reports show

    def add(self, batch: int, rows: Rows) -> int:
        """Take the rows of a batch; how many there were, or -1 where that is not known."""
        raise NotImplementedError

    def close(self) -> None:
        """The query has ended."""
