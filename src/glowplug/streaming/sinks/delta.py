"""Delta tables, each batch exactly once: one version of the log has the rows, and that the query has written them.

The application is the query's id, its version the batch: a batch that comes again finds itself done.
https://docs.delta.io/latest/delta-streaming.html#delta-table-as-a-sink
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import UnsupportedOperation
from glowplug.io.place import place_of
from glowplug.io.source import Pairs
from glowplug.lake.delta.snapshot import is_table, load
from glowplug.plan.streams import OutputMode
from glowplug.session.delta.saving import StreamedBatch, write
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink


class Delta(Sink):
    """In complete mode a batch replaces the rows."""

    def __init__(
        self,
        path: str,
        options: Pairs,
        partition_by: tuple[str, ...],
        mode: OutputMode,
        session: Session,
        query_id: Callable[[], str],
    ) -> None:
        if mode == "update":
            raise UnsupportedOperation("DELTA_UNSUPPORTED_OUTPUT_MODE", dataSource="delta", mode="Update")
        self.path, self.options, self.partition_by = place_of(path, session.conf), options, partition_by
        self.mode, self.query_id = mode, query_id
        self.description = f"DeltaSink[{self.path}]"

    def add(self, batch: int, rows: Rows) -> int:
        base = load(self.path) if is_table(self.path) else None
        streamed = StreamedBatch(self.query_id(), batch, self.mode)
        at = rows.batch
        mode = "overwrite" if self.mode == "complete" else "append"
        result = write(
            self.path,
            base,
            rows.plan,
            mode,  # type: ignore[arg-type]
            self.options,
            self.partition_by,
            at.session,
            at.operation,
            streamed=streamed,
        )
        return result.rows
