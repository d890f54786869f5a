"""`foreach` and `foreachBatch`: functions of the user's get the rows, on the side of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from glowplug.execute.operation import Operation
from glowplug.plan.streams import PythonSink
from glowplug.session.session import Session
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.streaming.sinks.held import held


class Caller(Protocol):
    """Calls the function, on the rows that the session holds under an id, with the batch's number."""

    def __call__(self, id: str, batch: int) -> None: ...

    def close(self) -> None: ...


# The session, the function, and the query's operation.
MakeCaller = Callable[[Session, PythonSink, Operation], Caller]


class ForeachBatch(Sink):
    """The function gets each batch as a DataFrame. At least once: it may go by the number to see a batch only once."""

    description = "ForeachBatchSink"

    def __init__(self, session: Session, function: PythonSink, make: MakeCaller) -> None:
        self.session, self.function, self.make = session, function, make
        self.caller: Caller | None = None

    def add(self, batch: int, rows: Rows) -> int:
        if self.caller is None:
            self.caller = self.make(self.session, self.function, rows.batch.operation)
        with held(rows) as (reference, _):
            self.caller(reference.id, batch)
        return -1

    def close(self) -> None:
        caller, self.caller = self.caller, None  # ended queries are known for a while, and keep their sinks
        if caller is not None:
            caller.close()


class Foreach(ForeachBatch):
    """The function gets each row, or an object's open, process and close are called."""

    description = "ForeachWriterTable"
