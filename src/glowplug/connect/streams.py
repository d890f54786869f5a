"""Streaming queries over Spark Connect: starting one, asking one, and the events that listeners get."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pyspark.sql.connect.proto as pb
from pyspark.sql.connect.proto import ExecutePlanResponse as Response

from glowplug.connect.decode import streams as decode
from glowplug.connect.decode.context import Context
from glowplug.connect.foreach import caller
from glowplug.errors import unsupported
from glowplug.execute.operation import Operation
from glowplug.session.session import Session
from glowplug.streaming.manager import streams
from glowplug.streaming.query import StreamingQuery

LAST_EVENT_SECONDS = 0.1
EVENTS = {
    "progress": pb.StreamingQueryEventType.QUERY_PROGRESS_EVENT,
    "idle": pb.StreamingQueryEventType.QUERY_IDLE_EVENT,
    "terminated": pb.StreamingQueryEventType.QUERY_TERMINATED_EVENT,
}


def start(m: Any, session: Session, operation: Operation) -> Iterator[Response]:
    query, event = streams(session).start(decode.start(m, Context(session)), session, caller)
    response = Response()
    result = response.write_stream_operation_start_result
    result.query_id.id, result.query_id.run_id = query.id, query.run_id
    result.name = query.name or ""
    result.query_started_event_json = event
    yield response


def call(m: Any, session: Session, operation: Operation) -> Iterator[Response]:
    """A method of a query."""
    query = streams(session).run(m.query_id.id, m.query_id.run_id)
    response = Response()
    result = response.streaming_query_command_result
    result.query_id.CopyFrom(m.query_id)
    asked = m.WhichOneof("command")
    own = _is_within(operation, query.operation)
    if own and asked in ("process_all_available", "await_termination"):
        raise unsupported("waiting for a query within a function that the query calls")
    match asked:
        case "status":
            result.status.status_message = query.message
            result.status.is_data_available = query.data_available
            result.status.is_trigger_active = query.trigger_active
            result.status.is_active = query.active
        case "last_progress":
            result.recent_progress.recent_progress_json.extend(p.json() for p in list(query.progress)[-1:])
        case "recent_progress":
            result.recent_progress.recent_progress_json.extend(p.json() for p in list(query.progress))
        case "stop":
            (query.drain if own else query.stop)()
            if streams(session).is_listened_to:
                # The client hangs if it removes its listener while the last event is on its way: it waits, under the
                # lock that the event needs, for the thread that has it.
                time.sleep(LAST_EVENT_SECONDS)
        case "process_all_available":
            called = time.monotonic()
            _waiting(lambda seconds: query.processed(called, seconds), None, operation)
        case "explain":
            result.explain.result = query.explain(m.explain.extended)
        case "exception":
            result.exception.SetInParent()
            if query.error is not None:
                result.exception.exception_message = f"{query.error.jvm_classes[0]}: {query.error}"
                result.exception.error_class = query.error.condition
        case "await_termination":
            timeout = m.await_termination.timeout_ms / 1000 if m.await_termination.HasField("timeout_ms") else None
            result.await_termination.terminated = _waiting(query.await_termination, timeout, operation)
    yield response


def _is_within(operation: Operation, outer: Operation) -> bool:
    """Whether the user code that asked for an operation was itself called on behalf of the other."""
    return operation is outer or (operation.outer is not None and _is_within(operation.outer, outer))


def _waiting(wait: Callable[[float | None], bool], timeout: float | None, operation: Operation) -> bool:
    """Wait in short turns, so that a client that goes away or interrupts does not leave a thread behind."""
    turn = 0.5
    while timeout is None or timeout > 0:
        operation.check()
        if wait(turn if timeout is None else min(turn, timeout)):
            return True
        timeout = None if timeout is None else timeout - turn
    return False


def manage(m: Any, session: Session, operation: Operation) -> Iterator[Response]:
    """A method of `spark.streams`."""
    manager, response = streams(session), Response()
    result = response.streaming_query_manager_command_result
    match m.WhichOneof("command"):
        case "active":
            result.active.SetInParent()
            for query in manager.active():
                _instance(query, result.active.active_queries.add())
        case "get_query":
            result.SetInParent()
            if (found := manager.get(m.get_query)) is not None:
                _instance(found, result.query)
        case "await_any_termination":
            wish = m.await_any_termination
            timeout = wish.timeout_ms / 1000 if wish.HasField("timeout_ms") else None
            result.await_any_termination.terminated = _waiting(manager.await_any, timeout, operation)
        case "reset_terminated":
            manager.reset_terminated()
            result.reset_terminated = True
    yield response


def _instance(query: StreamingQuery, to: Any) -> None:
    to.id.id, to.id.run_id = query.id, query.run_id
    if query.name is not None:
        to.name = query.name


def listen(m: Any, session: Session, operation: Operation) -> Iterator[Response]:
    """The client's listener bus: events are sent to it for as long as it is there."""
    manager = streams(session)
    if m.WhichOneof("command") == "remove_listener_bus_listener":
        manager.remove_listener()
        return
    forget = operation.on_cancel(manager.remove_listener)
    try:
        events = manager.events()
        response = Response()
        response.streaming_query_listener_events_result.listener_bus_listener_added = True
        yield response
        for event in events:
            response = Response()
            added = response.streaming_query_listener_events_result.events.add()
            added.event_json, added.event_type = event.json, EVENTS[event.kind]
            yield response
    finally:
        forget()


COMMANDS: dict[str, Callable[[Any, Session, Operation], Iterator[Response]]] = {
    "write_stream_operation_start": start,
    "streaming_query_command": call,
    "streaming_query_manager_command": manage,
    "streaming_query_listener_bus_command": listen,
}
