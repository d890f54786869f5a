"""Calls the functions of `foreach` and `foreachBatch`, in this process, with a client on the query's own session."""

from __future__ import annotations

import sys
from typing import Any

from glowplug.execute.operation import Operation
from glowplug.execute.python.environment import importable
from glowplug.plan.streams import PythonSink
from glowplug.session.session import Session


class Caller:
    """A query's function and its client; `operation` is the query's. Used by one thread."""

    def __init__(self, session: Session, sink: PythonSink, operation: Operation) -> None:
        from pyspark import cloudpickle

        for path in reversed(importable(session.python)):  # as in workers, the modules that the client has sent
            if path not in sys.path:
                sys.path.insert(1, path)
        self.kind = sink.kind
        self.function: Any = cloudpickle.loads(sink.command)
        self.client = client_of(session, operation)

    def __call__(self, id: str, batch: int) -> None:
        """Call the function on the rows that the session holds under `id`."""
        frame = self.client._create_remote_dataframe(id)
        if self.kind == "foreach_batch":
            self.function(frame, batch)
            return
        from pyspark import TaskContext

        context = TaskContext._getOrCreate()
        context._partitionId, context._localProperties = 0, {"streaming.sql.batchId": str(batch)}
        for _ in self.function[0](0, frame.toLocalIterator()):
            pass

    def close(self) -> None:
        import atexit

        client = self.client.client
        client.close()
        atexit.unregister(client._on_exit)  # or it is kept until then


def client_of(session: Session, operation: Operation) -> Any:
    """A client of this very session, which does not end it; what it asks for is asked for by `operation`."""
    from pyspark.sql.connect.session import SparkSession

    from glowplug.connect.in_process import InProcess

    builder = InProcess(session.engine.service, session.id, session.user_id, guest=True, outer=operation)
    client = SparkSession(builder)
    client.release_session_on_close = False
    client.client.disable_reattachable_execute()
    return client
