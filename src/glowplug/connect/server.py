"""The service over gRPC, for remote clients."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from grpc_status import rpc_status
from pyspark.sql.connect.proto import base_pb2_grpc

from glowplug.config import Conf
from glowplug.connect.executions import STACK_BYTES
from glowplug.connect.service import Service, Stream
from glowplug.session.engine import Engine

CALLS = 512  # at a time; each streaming call holds a thread until its result is sent
log = logging.getLogger("glowplug.connect")


class Servicer(base_pb2_grpc.SparkConnectServiceServicer):  # type: ignore[misc]
    """gRPC's view of the service: errors become statuses, a client that is gone ends its stream."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ExecutePlan(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        return self._stream(self._service.execute_plan, request, context)

    def ReattachExecute(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        return self._stream(self._service.reattach_execute, request, context)

    def AnalyzePlan(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.analyze_plan, request, context)

    def Config(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.config, request, context)

    def AddArtifacts(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Any:
        return self._call(self._service.add_artifacts, requests, context)

    def ArtifactStatus(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.artifact_status, request, context)

    def Interrupt(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.interrupt, request, context)

    def ReleaseExecute(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.release_execute, request, context)

    def ReleaseSession(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.release_session, request, context)

    def FetchErrorDetails(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.fetch_error_details, request, context)

    def CloneSession(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.clone_session, request, context)

    def GetStatus(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._call(self._service.get_status, request, context)

    def _call(self, method: Callable[[Any], Any], request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(request)
        except Exception as error:
            self._fail(error, request, context)

    def _stream(self, method: Callable[[Any], Stream], request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            stream = method(request)
            if not context.add_callback(stream.abandon):  # gone already
                stream.abandon()
                return
            yield from stream
        except Exception as error:
            self._fail(error, request, context)

    def _fail(self, error: Exception, request: Any, context: grpc.ServicerContext) -> None:
        if not context.is_active():
            return  # nobody is there to hear of it
        known_session = hasattr(request, "session_id")  # not of a stream of requests
        status = self._service.status(error, request if known_session else None)
        context.abort_with_status(rpc_status.to_status(status))  # raises


class Server:
    """A listening server. `port` 0 chooses a free one; `url` says which."""

    def __init__(self, engine: Engine, host: str = "127.0.0.1", port: int = 15002) -> None:
        conf = Conf(engine.start)
        size = conf.bytes("spark.connect.grpc.maxInboundMessageSize") or 0
        self.service = Service(engine)
        self._stopping = threading.Event()
        threading.stack_size(STACK_BYTES)  # of all threads from here on: those of gRPC parse what clients send
        self._grpc = grpc.server(
            ThreadPoolExecutor(CALLS, thread_name_prefix="glowplug-call"),
            options=[
                ("grpc.max_receive_message_length", size),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),  # a port that is taken is an error, not shared
            ],
        )
        base_pb2_grpc.add_SparkConnectServiceServicer_to_server(Servicer(self.service), self._grpc)
        address = f"[{host}]" if ":" in host else host
        bound = self._grpc.add_insecure_port(f"{address}:{port}")  # RuntimeError if it cannot be had
        self.url = f"sc://{address}:{bound}"
        self._timeouts = (
            conf.seconds("spark.connect.execute.manager.detachedTimeout") or 0,
            conf.seconds("spark.connect.session.manager.defaultSessionTimeout") or 0,
        )
        self._interval = conf.seconds("spark.connect.execute.manager.maintenanceInterval") or 30

    def start(self) -> None:
        self._grpc.start()
        threading.Thread(target=self._maintain, name="glowplug-maintain", daemon=True).start()

    def request_stop(self) -> None:
        """Make `wait` return. May be called from a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Until `request_stop`."""
        self._stopping.wait()

    def stop(self, grace: float = 0, hurry: Callable[[], bool] = lambda: False) -> None:
        """Refuse new calls, give running ones `grace` seconds to finish (less if `hurry` says so), cancel the rest."""
        self._stopping.set()
        ended = self._grpc.stop(grace)
        while not ended.wait(0.1):
            if hurry():
                self._grpc.stop(0)
        self.service.close()

    def _maintain(self) -> None:
        while not self._stopping.wait(self._interval):
            try:
                self.service.maintain(*self._timeouts)
            except Exception:
                log.exception("Maintenance failed")
