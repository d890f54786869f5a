"""A sink that a user wrote: `DataSource.streamWriter`. What a batch wrote is committed with its number, or aborted."""

from __future__ import annotations

from glowplug.execute.python.sources import create
from glowplug.execute.python.streams import write_batch
from glowplug.plan.python import DataSourceClass
from glowplug.plan.streams import OutputMode, StartStream
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.types import StructType


class Python(Sink):
    """Complete mode overwrites, as in Spark."""

    def __init__(
        self, source: DataSourceClass, command: StartStream, schema: StructType, mode: OutputMode, session: Session
    ) -> None:
        self.source, self.provider = source, command.format or source.name
        self.options = [*command.options, *((("path", command.path),) if command.path else ())]
        self.overwrite, self.description = mode == "complete", f"PythonStreamingWrite[{source.name}]"
        self.instance, _, _ = create(source, self.provider, schema, self.options, session)

    def add(self, batch: int, rows: Rows) -> int:
        return write_batch(
            self.source, self.instance, self.provider, self.options, self.overwrite, rows.schema, batch, rows.batches,
            rows.batch.session, rows.batch.operation,
        )  # fmt: skip
