"""A gRPC channel without a network: the client's calls run the service of this process.

Messages are handed over as they are, never serialized; neither side changes one that it has handed over. Unary
calls run in the caller's thread. A stream's responses are made by the execution's own thread, as over a network,
so that the caller can be interrupted (Ctrl-C) and is shown progress.
"""

from __future__ import annotations

import atexit
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from queue import SimpleQueue
from typing import Any

import grpc
from google.rpc import status_pb2
from pyspark.sql.connect.client import ChannelBuilder

from glowplug.connect.service import Service, Stream
from glowplug.execute.operation import Operation, running
from glowplug.session.engine import shared_engine

DETAILS = "grpc-status-details-bin"


@cache
def shared_service() -> Service:
    """The service of this process's embedded sessions. It ends with the process."""
    service = Service(shared_engine())
    atexit.register(service.close)
    return service


class Outcome(grpc.Call):  # type: ignore[misc]
    """How a call stands, for whoever asks: gRPC's interface of an ended or running call."""

    _status: status_pb2.Status | None = None
    _active = False

    def is_active(self) -> bool:
        return self._active

    def time_remaining(self) -> None:
        return None

    def cancel(self) -> bool:
        return False

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return False  # nothing is called back after the end

    def initial_metadata(self) -> tuple[()]:
        return ()

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        return () if self._status is None else ((DETAILS, self._status.SerializeToString()),)

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.OK if self._status is None else grpc.StatusCode.INTERNAL

    def details(self) -> str:
        return "" if self._status is None else self._status.message


class CallError(grpc.RpcError, Outcome):  # type: ignore[misc]
    """A call that failed, with the status a server would have sent."""

    def __init__(self, status: status_pb2.Status) -> None:
        super().__init__(status.message)
        self._status = status


class Responses(Outcome, Iterator[Any]):
    """The responses of a streaming call."""

    def __init__(self, stream: Stream, fail: Callable[[Exception], CallError]) -> None:
        self._stream, self._fail, self._active = stream, fail, True
        self._forgotten = _forgotten()

    def __next__(self) -> Any:
        try:
            return next(self._stream)
        except StopIteration:
            self._active = False
            raise
        except Exception as error:
            self._active = False
            failure = self._fail(error)
            self._status = failure._status
            raise failure from None

    def cancel(self) -> bool:
        was_active, self._active = self._active, False
        self._stream.abandon()
        return was_active

    def __del__(self) -> None:
        if self._active:
            self._forgotten.put(self._stream)


@cache
def _forgotten() -> SimpleQueue[Stream]:
    """Takes the streams that nobody will read on. To end them takes locks, one of which a thread that is collecting
    garbage may hold; so another thread does it."""
    streams: SimpleQueue[Stream] = SimpleQueue()  # its `put` may be called by a collector

    def end() -> None:
        while True:
            streams.get().abandon()

    threading.Thread(target=end, name="glowplug-forgotten-streams", daemon=True).start()
    return streams


class Method(grpc.UnaryUnaryMultiCallable):  # type: ignore[misc]
    """One method of the service. Time limits, metadata and the like mean nothing within a process."""

    def __init__(self, service: Service, method: Callable[[Any], Any]) -> None:
        self._service, self._method = service, method

    def __call__(self, request: Any, *_: Any, **__: Any) -> Any:
        asked: list[Any] = []  # the request, or of a stream of requests those that were taken
        try:
            if isinstance(request, Iterator):
                return self._method(_noting(request, asked))
            asked.append(request)
            result = self._method(request)
        except Exception as error:
            raise self._failure(error, asked) from None
        return Responses(result, lambda error: self._failure(error, asked)) if isinstance(result, Stream) else result

    def with_call(self, request: Any, *_: Any, **__: Any) -> tuple[Any, grpc.Call]:
        return self(request), Outcome()

    def future(self, request: Any, *_: Any, **__: Any) -> grpc.Future:
        raise NotImplementedError("calls within a process are made at once")

    def _failure(self, error: Exception, asked: list[Any]) -> CallError:
        return CallError(self._service.status(error, asked[0] if asked else None))


def _noting(requests: Iterator[Any], asked: list[Any]) -> Iterator[Any]:
    for request in requests:
        asked[:] = [request]
        yield request


class Channel(grpc.Channel):  # type: ignore[misc]
    """`session` is the (user, session id) that ends when the channel is closed, if one does.

    `outer` is the operation whose user code has the client; what is called on that code's own thread shows it, too.
    """

    def __init__(self, service: Service, session: tuple[str, str] | None, outer: Operation | None = None) -> None:
        self._service, self._session, self._outer = service, session, outer
        self._methods: dict[str, Callable[[Any], Any]] = {
            "ExecutePlan": self._execute_plan,
            "AnalyzePlan": service.analyze_plan,
            "Config": service.config,
            "AddArtifacts": service.add_artifacts,
            "ArtifactStatus": service.artifact_status,
            "Interrupt": service.interrupt,
            "ReattachExecute": service.reattach_execute,
            "ReleaseExecute": service.release_execute,
            "ReleaseSession": service.release_session,
            "FetchErrorDetails": service.fetch_error_details,
            "CloneSession": service.clone_session,
            "GetStatus": service.get_status,
        }

    def unary_unary(self, method: str, *_: Any, **__: Any) -> Method:
        return Method(self._service, self._methods[method.rpartition("/")[2]])

    unary_stream = stream_unary = stream_stream = unary_unary

    def subscribe(self, callback: Callable[[grpc.ChannelConnectivity], None], try_to_connect: bool = False) -> None:
        callback(grpc.ChannelConnectivity.READY)

    def unsubscribe(self, callback: Callable[[grpc.ChannelConnectivity], None]) -> None:
        """Nothing ever changes."""

    def close(self) -> None:
        if self._session is not None:
            self._service.end(*self._session)

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _execute_plan(self, request: Any) -> Stream:
        if not request.operation_id:
            # The client interrupts by the id in its own request, when the user presses Ctrl-C.
            request.operation_id = str(uuid.uuid4())
        return self._service.execute_plan(request, self._outer or running.get(None))


class InProcess(ChannelBuilder):  # type: ignore[misc]
    """How a client connects to the service of this process; each has a session of its own, but for `guest`s of one."""

    def __init__(
        self,
        service: Service | None = None,
        session_id: str | None = None,
        user: str | None = None,
        guest: bool = False,
        outer: Operation | None = None,
    ) -> None:
        user = user if user is not None else os.environ.get("SPARK_USER") or os.environ.get("USER") or "glowplug"
        super().__init__(params={self.PARAM_USER_ID: user, self.PARAM_SESSION_ID: session_id or str(uuid.uuid4())})
        self.service, self.guest, self.outer = service or shared_service(), guest, outer

    def toChannel(self) -> grpc.Channel:
        own = None if self.guest else (self.userId, self.session_id)
        channel: grpc.Channel = Channel(self.service, own, self.outer)
        return grpc.intercept_channel(channel, *self._interceptors) if self._interceptors else channel

    @property
    def host(self) -> str:
        return "in-process"

    def __deepcopy__(self, memo: object) -> InProcess:  # a cloned session's client
        other = InProcess(self.service, self.session_id)
        other._interceptors = list(self._interceptors)
        return other
