"""`foreach` and `foreachBatch`: functions of the user's get the rows, on the side of the engine."""

from __future__ import annotations

from collections.abc import Callable

from glowplug.plan.streams import PythonSink
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.streaming.sinks.held import held

# What calls the function: with the session, the id under which it holds the rows, the function, the batch's number.
RunBatch = Callable[[Session, str, PythonSink, int], None]


class ForeachBatch(Sink):
    """The function gets each batch as a DataFrame. At least once: it may go by the number to see a batch only once."""

    description = "ForeachBatchSink"

    def __init__(self, session: Session, function: PythonSink, call: RunBatch) -> None:
        self.session, self.function, self.call = session, function, call

    def add(self, batch: int, rows: Rows) -> int:
        with held(rows) as (reference, _):
            self.call(self.session, reference.id, self.function, batch)
        return -1


class Foreach(ForeachBatch):
    """The function gets each row, or an object's open, process and close are called."""

    description = "ForeachWriterTable"
