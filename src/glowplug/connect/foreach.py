"""Calls the functions of `foreach` and `foreachBatch`, in this process, with a client on the query's own session."""

from __future__ import annotations

from typing import Any

from glowplug.plan.streams import PythonSink
from glowplug.session.session import Session


def run_batch(session: Session, id: str, sink: PythonSink, batch: int) -> None:
    """Call the function on the rows that the session holds under `id`."""
    from pyspark import cloudpickle

    function: Any = cloudpickle.loads(sink.command)
    client = client_of(session)
    frame = client._create_remote_dataframe(id)
    if sink.kind == "foreach_batch":
        function(frame, batch)
        return
    from pyspark import TaskContext

    context = TaskContext._getOrCreate()
    context._partitionId, context._localProperties = 0, {"streaming.sql.batchId": str(batch)}
    rows = frame.toLocalIterator()
    for _ in function[0](0, rows):
        pass


def client_of(session: Session) -> Any:
    """A client of this very session, which does not end it."""
    from pyspark.sql.connect.session import SparkSession

    from glowplug.connect.in_process import InProcess

    client = SparkSession(InProcess(session.engine.service, session.id, session.user_id, guest=True))
    client.release_session_on_close = False
    client.client.disable_reattachable_execute()
    return client
