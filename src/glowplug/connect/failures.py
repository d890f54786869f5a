"""Errors as clients expect them: a gRPC status with Spark's ErrorInfo, and the details that FetchErrorDetails gives.

The status is small, for it travels in HTTP headers: what does not fit is left to FetchErrorDetails.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

import pyspark.sql.connect.proto as pb
from google.rpc import code_pb2, error_details_pb2, status_pb2

from glowplug.errors import ExecutionError, ParseError, SparkError, place
from glowplug.io.filesystem import access_error
from glowplug.plan.expressions import Origin
from glowplug.session.session import Session

DOMAIN = "org.apache.spark"
MAX_MESSAGE = 2048  # characters of a status message; a quarter of it if some are not ASCII and travel as %XX
MAX_PARAMETERS = 1024  # characters of message parameters as JSON
KEPT = 1000  # errors whose details can still be fetched

log = logging.getLogger("glowplug.connect")


@dataclass(slots=True)
class Failures:
    """The details of recent errors, each to be fetched once."""

    _details: OrderedDict[tuple[str, str], pb.FetchErrorDetailsResponse] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def status(self, error: BaseException, session: Session | None) -> status_pb2.Status:
        """The status of a failed call; its details are kept if it was one of a session."""
        failure = known(error)
        message = str(failure)
        limit = MAX_MESSAGE if message.isascii() else MAX_MESSAGE // 4
        parameters = json.dumps(failure.parameters)
        metadata = {"classes": json.dumps(failure.jvm_classes), "errorClass": failure.condition}
        if failure.sqlstate:
            metadata["sqlState"] = failure.sqlstate
        if len(parameters) <= MAX_PARAMETERS:
            metadata["messageParameters"] = parameters
        if session is not None:
            metadata["errorId"] = self._keep(failure, session)
        status = status_pb2.Status(
            code=code_pb2.INTERNAL, message=message if len(message) <= limit else message[: limit - 3] + "..."
        )
        info = error_details_pb2.ErrorInfo(reason=failure.jvm_classes[0], domain=DOMAIN, metadata=metadata)
        status.details.add().Pack(info)
        return status

    def fetch(self, session: Session, error_id: str) -> pb.FetchErrorDetailsResponse | None:
        with self._lock:
            return self._details.pop((session.server_side_id, error_id), None)

    def _keep(self, failure: SparkError, session: Session) -> str:
        error_id = str(uuid.uuid4())
        response = pb.FetchErrorDetailsResponse(root_error_idx=0, errors=chain(failure))
        with self._lock:
            self._details[session.server_side_id, error_id] = response
            while len(self._details) > KEPT:
                self._details.popitem(last=False)
        return error_id


def known(error: BaseException) -> SparkError:
    """The error as a Spark condition. What nobody foresaw is logged here and reaches the client without its text."""
    if isinstance(error, SparkError):
        return error
    if isinstance(error, RecursionError):
        return ParseError("FAILED_TO_PARSE_TOO_COMPLEX")
    if isinstance(error, OSError) and isinstance(error.filename, str):
        return access_error(error, error.filename)
    log.error("Internal error", exc_info=error)
    return ExecutionError(
        "INTERNAL_ERROR", message=f"Glowplug failed unexpectedly ({type(error).__name__}); its log has the details."
    )


def chain(failure: SparkError) -> list[pb.FetchErrorDetailsResponse.Error]:
    """The error and its causes, each pointing to the next."""
    failures: list[SparkError] = []
    cause: BaseException | None = failure
    while isinstance(cause, SparkError) and cause not in failures:
        failures.append(cause)
        cause = cause.__cause__
    out = []
    for i, one in enumerate(failures, 1):
        details = pb.FetchErrorDetailsResponse.Error(error_type_hierarchy=one.jvm_classes, message=str(one))
        if i < len(failures):
            details.cause_idx = i
        thrown = details.spark_throwable
        thrown.error_class = one.condition
        thrown.message_parameters.update(one.parameters)
        if one.sqlstate:
            thrown.sql_state = one.sqlstate
        if one.context is not None:
            thrown.query_contexts.append(query_context(one.context, place(one.context).lstrip("\n")))
        out.append(details)
    return out


def query_context(origin: Origin, summary: str) -> pb.FetchErrorDetailsResponse.QueryContext:
    if origin.text or not origin.fragment:
        return pb.FetchErrorDetailsResponse.QueryContext(
            context_type=pb.FetchErrorDetailsResponse.QueryContext.SQL,
            start_index=origin.start,
            stop_index=origin.stop,
            fragment=origin.text[origin.start : origin.stop + 1],
            summary=summary,
        )
    return pb.FetchErrorDetailsResponse.QueryContext(
        context_type=pb.FetchErrorDetailsResponse.QueryContext.DATAFRAME,
        fragment=origin.fragment,
        call_site=origin.call_site,
        summary=summary,
    )
