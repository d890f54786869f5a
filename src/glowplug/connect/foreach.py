"""Calls the functions of `foreach` and `foreachBatch`: a server's in workers, others in this process."""

from __future__ import annotations

import json
import pickle
import sys
from typing import Any

from glowplug.connect.service import WITHIN
from glowplug.execute.operation import Operation
from glowplug.execute.python.conversation import Conversation
from glowplug.execute.python.environment import importable
from glowplug.execute.python.settings import IN_PROCESS, WORKERS
from glowplug.plan.streams import PythonSink
from glowplug.session.session import Session
from glowplug.streaming.sinks.foreach import Caller


def caller(session: Session, sink: PythonSink, operation: Operation) -> Caller:
    """`operation` is the query's: what the function asks for is asked for by it."""
    if session.engine.service.local and session.conf.get_option(WORKERS) != IN_PROCESS:
        return InWorker(session, sink, operation)
    return Here(session, sink, operation)


class InWorker:
    """What the function does to its process, it does not do to the server."""

    def __init__(self, session: Session, sink: PythonSink, operation: Operation) -> None:
        self.service = session.engine.service
        self.key = self.service.admit(operation)
        way = (self.service.local, (WITHIN, self.key), session.user_id, session.id)
        command = pickle.dumps((way, sink.kind, sink.command))
        try:
            self.talk = Conversation("glowplug.connect.foreach_worker", command, session.python, session)
        except BaseException:
            self.service.dismiss(self.key)
            raise

    def __call__(self, id: str, batch: int) -> None:
        self.talk.ask("batch", json.dumps([id, batch]).encode())

    def close(self) -> None:
        self.talk.close()
        self.service.dismiss(self.key)


class Here:
    """A query's function and its client in this process. Used by one thread."""

    def __init__(self, session: Session, sink: PythonSink, operation: Operation) -> None:
        from pyspark import cloudpickle

        from glowplug.connect.foreach_worker import client
        from glowplug.connect.in_process import InProcess

        for path in reversed(importable(session.python)):  # as in workers, the modules that the client has sent
            if path not in sys.path:
                sys.path.insert(1, path)
        self.kind = sink.kind
        self.function: Any = cloudpickle.loads(sink.command)
        self.client = client(InProcess(session.engine.service, session.id, session.user_id, True, operation))

    def __call__(self, id: str, batch: int) -> None:
        from glowplug.connect.foreach_worker import call

        call(self.function, self.kind, self.client._create_remote_dataframe(id), batch)

    def close(self) -> None:
        import atexit

        client = self.client.client
        client.close()
        atexit.unregister(client._on_exit)  # or it is kept until then
