"""The twelve calls of Spark Connect, without a transport.

Each takes a request and returns the response, or for ExecutePlan and ReattachExecute a `Stream` of them. Errors are
raised; a transport turns them into what its callers expect with `Service.status`.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pyspark.sql.connect.proto as pb
from google.rpc import status_pb2
from pyspark.sql.connect.proto import ExecutePlanResponse as Response

from glowplug.connect import analyses, artifacts, plans, responses, settings
from glowplug.connect.executions import Execution, Executions, State
from glowplug.connect.failures import Failures
from glowplug.connect.responses import Chunking
from glowplug.connect.workers import Workers
from glowplug.errors import HandleError, IllegalArgument
from glowplug.execute.operation import Foreseen, Operation, running
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from glowplug.session.sessions import Sessions, check_uuid

STOP_SECONDS = 5.0  # for cancelled operations to end
# Threads that call the kernel and end with the operation that they work for. One that comes back from it while the
# interpreter ends would abort the process.
HELPERS = ("glowplug-cancel", "glowplug-feeder")


class Stream:
    """The responses of an ExecutePlan or ReattachExecute call, made as they are asked for.

    `next` and `close` belong to one thread; `abandon` may be called from any, when the client is gone.
    """

    def __init__(self, execution: Execution, executions: Executions, after: int = 0) -> None:
        self._execution, self._executions = execution, executions
        self._cursor = execution.attach()
        self._responses = execution.stream(self._cursor, after)

    def __iter__(self) -> Iterator[Response]:
        return self

    def __next__(self) -> Response:
        try:
            return next(self._responses)
        except BaseException:  # the end, too
            self.abandon()
            raise

    def close(self) -> None:
        self._responses.close()  # type: ignore[attr-defined]
        self.abandon()

    def abandon(self) -> None:
        """Nobody will ask for more. What cannot be reattached to is cancelled and forgotten. Idempotent."""
        self._execution.detach(self._cursor)
        if not self._execution.reattachable:
            self._executions.remove(self._execution)


WITHIN = "glowplug-within"  # the header that says for which operation a worker makes a call


class Service:
    """Thread-safe. One for a server, one for all embedded sessions of a process."""

    def __init__(self, engine: Engine) -> None:
        plans.allow_deep_messages()
        self.engine = engine
        engine.service = self
        self.sessions = Sessions(engine)
        self.executions = Executions()
        self.failures = Failures()
        self.workers = Workers()
        self.local = ""  # where workers of this server reach it
        self._admitted: dict[str, Operation] = {}

    # --- calls of workers

    def admit(self, operation: Operation) -> str:
        """A key with which a worker calls the service on behalf of an operation, until `dismiss`."""
        key = secrets.token_hex(16)
        self._admitted[key] = operation
        return key

    def dismiss(self, key: str) -> None:
        self._admitted.pop(key, None)

    def within(self, key: str | None) -> Operation | None:
        """The operation that has a key, if it is one's."""
        return None if key is None else self._admitted.get(key)

    # --- executing

    def execute_plan(self, request: pb.ExecutePlanRequest, outer: Operation | None = None) -> Stream:
        """`outer`: the operation whose user code makes this call, if it is one."""
        session = self._session(request)
        if request.operation_id:
            check_uuid(request.operation_id)
        for tag in request.tags:
            if not tag or "," in tag:
                raise IllegalArgument(
                    "INVALID_PARAMETER_VALUE.OPERATION_TAG", parameter="`tags`", functionName="`ExecutePlan`"
                )
        reattachable, chunking = False, Chunking()
        for option in request.request_options:
            if option.HasField("reattach_options"):
                reattachable = option.reattach_options.reattachable
            elif option.HasField("result_chunking_options"):
                wish = option.result_chunking_options
                chunking = Chunking(wish.allow_arrow_batch_chunking, wish.preferred_arrow_chunk_size or None)
        id, foreseen = request.operation_id or str(uuid.uuid4()), self._foreseen()
        operation = Operation(id, frozenset(request.tags), outer=outer, foreseen=foreseen)
        plan = request.plan
        execution = Execution(
            session,
            operation,
            lambda: _inside(outer, operation, lambda: responses.respond(plan, chunking, session, operation)),
            reattachable,
            session.conf.seconds("spark.connect.progress.reportInterval") or 2.0,
        )
        self.executions.add(execution)
        session.operations[operation.id] = operation
        stream = Stream(execution, self.executions)
        self.workers.submit(execution.run)
        return stream

    def _foreseen(self) -> Foreseen | None:
        """What was analysed just before a request that may change what analysis sees. It serves once."""
        foreseen, self.engine.foreseen = self.engine.foreseen, None
        return foreseen

    def reattach_execute(self, request: pb.ReattachExecuteRequest) -> Stream:
        session = self._session(request, create=False)
        execution = self.executions.get(session, request.operation_id)
        if execution is None:
            abandoned = self.executions.abandoned(session, request.operation_id)
            raise HandleError(
                f"INVALID_HANDLE.OPERATION_{'ABANDONED' if abandoned else 'NOT_FOUND'}", handle=request.operation_id
            )
        if not execution.reattachable:
            raise HandleError("INVALID_CURSOR.NOT_REATTACHABLE")
        after = execution.position(request.last_response_id) if request.last_response_id else 0
        return Stream(execution, self.executions, after)

    def release_execute(self, request: pb.ReleaseExecuteRequest) -> pb.ReleaseExecuteResponse:
        session = self._session(request, create=False)
        response = _answer(pb.ReleaseExecuteResponse, session)
        execution = self.executions.get(session, request.operation_id)
        if execution is not None:
            response.operation_id = request.operation_id
            if request.HasField("release_until"):
                execution.release(request.release_until.response_id)
            else:
                self.executions.remove(execution)
        return response

    def interrupt(self, request: pb.InterruptRequest) -> pb.InterruptResponse:
        session = self._session(request)
        chosen = _interrupted(request)
        response = _answer(pb.InterruptResponse, session)
        for operation in list(session.operations.values()):
            if chosen(operation) and not operation.cancelled:
                operation.cancel()
                if operation.id:  # no analysis
                    response.interrupted_ids.append(operation.id)
        return response

    def get_status(self, request: pb.GetStatusRequest) -> pb.GetStatusResponse:
        session = self._session(request, create=False)
        response = _answer(pb.GetStatusResponse, session)
        if request.HasField("operation_status"):
            states = self.executions.states(session)
            for operation_id in request.operation_status.operation_ids or states:
                response.operation_statuses.add(
                    operation_id=operation_id, state=states.get(operation_id, State.UNKNOWN).value
                )
        return response

    # --- analysing, settings, artifacts

    def analyze_plan(self, request: pb.AnalyzePlanRequest) -> pb.AnalyzePlanResponse:
        session = self._session(request)
        operation = Operation("")  # which may have to wait for users' code
        key = f"analysis {uuid.uuid4()}"

        def analyze() -> pb.AnalyzePlanResponse:
            running.set(operation)
            response = _answer(pb.AnalyzePlanResponse, session)
            analyses.analyze(request, session, response)
            return response

        session.operations[key] = operation
        try:
            return copy_context().run(analyze)
        except RecursionError:  # analysis changes nothing: once more, where there is room
            return self.workers.call(analyze)
        finally:
            session.operations.pop(key, None)

    def config(self, request: pb.ConfigRequest) -> pb.ConfigResponse:
        self._foreseen()
        session = self._session(request)
        response = _answer(pb.ConfigResponse, session)
        settings.configure(request.operation, session.conf, response)
        return response

    def add_artifacts(self, requests: Iterator[pb.AddArtifactsRequest]) -> pb.AddArtifactsResponse:
        first = next(requests, None)
        if first is None:
            return pb.AddArtifactsResponse()
        self._foreseen()
        session = self._session(first)
        response = _answer(pb.AddArtifactsResponse, session)
        for upload in artifacts.receive(itertools.chain([first], requests), session):
            response.artifacts.add(name=upload.name, is_crc_successful=upload.intact)
        return response

    def artifact_status(self, request: pb.ArtifactStatusesRequest) -> pb.ArtifactStatusesResponse:
        session = self._session(request)
        response = _answer(pb.ArtifactStatusesResponse, session)
        for name in request.names:
            response.statuses[name].exists = artifacts.exists(name, session)
        return response

    # --- sessions and errors

    def clone_session(self, request: pb.CloneSessionRequest) -> pb.CloneSessionResponse:
        session = self._session(request, create=False)
        clone = self.sessions.clone(session, request.new_session_id)
        response = _answer(pb.CloneSessionResponse, session)
        response.new_session_id, response.new_server_side_session_id = clone.id, clone.server_side_id
        return response

    def release_session(self, request: pb.ReleaseSessionRequest) -> pb.ReleaseSessionResponse:
        user = request.user_context.user_id
        response = pb.ReleaseSessionResponse(session_id=request.session_id)
        if (session := self.sessions.find(user, request.session_id)) is not None:
            response.server_side_session_id = session.server_side_id
            self._end(session, request.allow_reconnect)
        return response

    def fetch_error_details(self, request: pb.FetchErrorDetailsRequest) -> pb.FetchErrorDetailsResponse:
        session = self.sessions.find(request.user_context.user_id, request.session_id)
        if session is None:
            return pb.FetchErrorDetailsResponse()
        response = self.failures.fetch(session, request.error_id) or pb.FetchErrorDetailsResponse()
        response.session_id, response.server_side_session_id = session.id, session.server_side_id
        return response

    def status(self, error: BaseException, request: Any = None) -> status_pb2.Status:
        """The status with which a call that raised `error` fails."""
        session = self.sessions.find(request.user_context.user_id, request.session_id) if request is not None else None
        return self.failures.status(error, session)

    # --- upkeep

    def maintain(self, detached_timeout: float, session_timeout: float) -> None:
        """Free what clients have left behind: executions without a client and idle sessions, after so many seconds.
        A negative time is never."""
        for execution in self.executions.all():
            if 0 <= detached_timeout < execution.abandoned_for():
                self.executions.remove(execution, abandoned=True)
        for session in self.sessions.idle(session_timeout) if session_timeout >= 0 else ():
            self._end(session)

    def end(self, user_id: str, session_id: str) -> None:
        """A client that will not come back: its session is closed, if it is open."""
        if (session := self.sessions.find(user_id, session_id)) is not None:
            self._end(session)

    def close(self) -> None:
        """Cancel everything that runs and close all sessions."""
        for session in self.sessions.all():
            self._end(session, allow_reconnect=True)
        deadline = time.monotonic() + STOP_SECONDS
        self.workers.wait(STOP_SECONDS)
        for thread in threading.enumerate():
            if thread.name in HELPERS:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _end(self, session: Session, allow_reconnect: bool = False) -> None:
        for execution in self.executions.of(session):
            self.executions.remove(execution)
        self.sessions.release(session.user_id, session.id, allow_reconnect)

    def _session(self, request: Any, create: bool = True) -> Session:
        find = self.sessions.get_or_create if create else self.sessions.get
        return find(request.user_context.user_id, request.session_id, request.client_observed_server_side_session_id)


def _inside(
    outer: Operation | None, operation: Operation, respond: Callable[[], Iterator[Response]]
) -> Iterator[Response]:
    """The responses of an operation, which is cancelled with the one that it works for."""
    forget = None if outer is None else outer.on_cancel(operation.cancel)
    try:
        yield from respond()
    finally:
        if forget is not None:
            forget()


def _answer(response_type: Callable[..., Any], session: Session) -> Any:
    return response_type(session_id=session.id, server_side_session_id=session.server_side_id)


def _interrupted(request: pb.InterruptRequest) -> Callable[[Operation], bool]:
    """Which operations a request means."""
    match request.interrupt_type:
        case pb.InterruptRequest.INTERRUPT_TYPE_ALL:
            return lambda operation: True
        case pb.InterruptRequest.INTERRUPT_TYPE_TAG:
            if not request.operation_tag:
                raise _required("INTERRUPT_TYPE_TAG_REQUIRES_TAG", "operation_tag")
            return lambda operation: request.operation_tag in operation.tags
        case pb.InterruptRequest.INTERRUPT_TYPE_OPERATION_ID:
            if not request.operation_id:
                raise _required("INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID", "operation_id")
            return lambda operation: request.operation_id == operation.id
        case unknown:
            value = pb.InterruptRequest.InterruptType.DESCRIPTOR.values_by_number.get(unknown)
            name = value.name if value else "UNRECOGNIZED"
            raise HandleError("UNSUPPORTED_FEATURE.INTERRUPT_TYPE", interruptType=name)


def _required(condition: str, parameter: str) -> HandleError:
    return HandleError(f"INVALID_PARAMETER_VALUE.{condition}", parameter=parameter, functionName="interrupt")
