"""The service over gRPC, for remote clients."""

from __future__ import annotations

import hmac
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
from grpc_status import rpc_status
from pyspark.sql.connect.proto import base_pb2_grpc

from glowplug.config import Conf
from glowplug.connect.service import WITHIN, Service, Stream
from glowplug.connect.workers import deep_threads
from glowplug.session.engine import Engine

TOKEN = "spark.connect.authenticate.token"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LINGER_SECONDS = 1.0  # after a result, for the calls with which a client ends
SIGNAL_SECONDS = 0.5  # until a signal is seen at the latest
LONGEST_SOCKET = 100  # characters of a path: the kernel of Linux takes 107
CALLS = 512  # at a time; each streaming call holds a thread until its result is sent
log = logging.getLogger("glowplug.connect")


class Servicer(base_pb2_grpc.SparkConnectServiceServicer):  # type: ignore[misc]
    """gRPC's view of the service: errors become statuses, a client that is gone ends its stream."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.draining = False  # nothing new is executed; what runs is, and its client may still ask about it

    def ExecutePlan(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        outer = self._service.within(dict(context.invocation_metadata()).get(WITHIN))
        if self.draining and outer is None:
            context.abort(grpc.StatusCode.UNAVAILABLE, "Glowplug is shutting down")
        return self._stream(lambda r: self._service.execute_plan(r, outer), request, context)

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


class Authentication(grpc.ServerInterceptor):  # type: ignore[misc]
    """Lets calls pass that carry the token, as `sc://host/;token=…` makes a client do, and those of our workers."""

    def __init__(self, token: str, service: Service) -> None:
        self._expected, self._service = f"Bearer {token}".encode(), service
        self._refusal = grpc.unary_unary_rpc_method_handler(self._refuse)

    def intercept_service(self, continuation: Callable[[Any], Any], call: grpc.HandlerCallDetails) -> Any:
        headers = dict(call.invocation_metadata)
        known = hmac.compare_digest(headers.get("authorization", "").encode(), self._expected)
        return continuation(call) if known or self._service.within(headers.get(WITHIN)) else self._refusal

    @staticmethod
    def _refuse(request: object, context: grpc.ServicerContext) -> None:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "The token is missing or wrong")


class Callers(ThreadPoolExecutor):
    """gRPC's threads, with the stacks to parse what clients send."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with deep_threads():
            return super().submit(fn, *args, **kwargs)


class Server:
    """A listening server. `port` 0 chooses a free one; `url` says which. Raises OSError for one that cannot be had."""

    def __init__(self, engine: Engine, host: str = "127.0.0.1", port: int = 15002) -> None:
        # Not a setting that sessions see.
        token = engine.start.pop(TOKEN, None) or os.environ.get("SPARK_CONNECT_AUTHENTICATE_TOKEN")
        self.authenticated = bool(token)
        conf = Conf(engine.start)
        size = conf.bytes("spark.connect.grpc.maxInboundMessageSize") or 0
        self.service = Service(engine)
        self._stopping = threading.Event()
        self._grpc = grpc.server(
            Callers(CALLS, thread_name_prefix="glowplug-call"),
            interceptors=[Authentication(token, self.service)] if token else [],
            options=[
                ("grpc.keepalive_time_ms", 60_000),  # so that a client that fell silent is noticed
                ("grpc.max_receive_message_length", size),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),  # a port that is taken is an error, not shared
            ],
        )
        self._servicer = Servicer(self.service)
        base_pb2_grpc.add_SparkConnectServiceServicer_to_server(self._servicer, self._grpc)
        address = f"[{host}]" if ":" in host else host
        try:  # OSError if the port cannot be had, which gRPC would tell in its own log
            socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
        except OverflowError as error:
            raise OSError(f"{port} is no port: {error}") from None
        bound = self._grpc.add_insecure_port(f"{address}:{port}")
        # With a token the client wants TLS of every host but the one it knows by this name.
        self.url = f"sc://{'localhost' if self.authenticated and host in LOOPBACK else address}:{bound}"
        local = f"unix:{engine.temporary('workers') / 'socket'}"
        if len(local) <= LONGEST_SOCKET:
            self._grpc.add_insecure_port(local)
            self.service.local = local
        self._timeouts = (
            conf.seconds("spark.connect.execute.manager.detachedTimeout") or 0,
            conf.seconds("spark.connect.session.manager.defaultSessionTimeout") or 0,
        )
        self._interval = conf.seconds("spark.connect.execute.manager.maintenanceInterval") or 30

    def start(self) -> None:
        with deep_threads():  # the thread that takes requests in parses them
            self._grpc.start()
        threading.Thread(target=self._maintain, name="glowplug-maintain", daemon=True).start()

    def request_stop(self) -> None:
        """Make `wait` return. May be called from a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Until `request_stop`. Signals' handlers run in the main thread only, which a signal that another thread gets
        does not wake: it looks around by itself."""
        while not self._stopping.wait(SIGNAL_SECONDS):
            pass

    def stop(self, grace: float = 0, hurry: Callable[[], bool] = lambda: False) -> None:
        """Execute nothing new, give what runs `grace` seconds to finish (less if `hurry` says so), cancel the rest."""
        self._stopping.set()
        self._servicer.draining = True
        deadline = time.monotonic() + grace
        if "glowplug.streaming.manager" in sys.modules:  # there may be streams, and clients that wait for their end
            sys.modules["glowplug.streaming.manager"].drain(grace, hurry)
        busy = time.monotonic() if self.service.executions.all() else 0.0
        while time.monotonic() < min(deadline, busy + LINGER_SECONDS) and not hurry():
            if self.service.executions.all():
                busy = time.monotonic()
            time.sleep(0.05)
        self.service.close()
        self._grpc.stop(LINGER_SECONDS).wait()

    def _maintain(self) -> None:
        while not self._stopping.wait(self._interval):
            try:
                self.service.maintain(*self._timeouts)
            except Exception:
                log.exception("Maintenance failed")
