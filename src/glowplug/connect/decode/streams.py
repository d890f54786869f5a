"""What starts a streaming query, as a command. (Calls of queries that run are answered without one.)"""

from __future__ import annotations

from typing import Any

from glowplug.connect.decode.context import Context, pairs
from glowplug.connect.decode.expressions import identifier
from glowplug.connect.decode.relations import relation
from glowplug.errors import IllegalArgument
from glowplug.interval_texts import parse_calendar
from glowplug.plan.streams import PythonSink, StartStream, Trigger


def start(m: Any, context: Context) -> StartStream:
    """Of a WriteStreamOperationStart."""
    return StartStream(
        relation(m.input, context),
        m.format or None,
        m.output_mode or None,
        _trigger(m),
        m.query_name or None,
        m.path or None,
        identifier(m.table_name) if m.table_name else (),
        pairs(m.options),
        tuple(m.partitioning_column_names),
        tuple(m.clustering_column_names),
        _function(m),
    )


def _trigger(m: Any) -> Trigger:
    match m.WhichOneof("trigger"):
        case "processing_time_interval":
            return Trigger("processing_time", _interval(m.processing_time_interval))
        case "available_now":
            return Trigger("available_now")
        case "once":
            return Trigger("once")
        case "continuous_checkpoint_interval":
            return Trigger("continuous", _interval(m.continuous_checkpoint_interval))
        case "real_time_batch_duration":
            return Trigger("real_time", _interval(m.real_time_batch_duration))
    return Trigger()


def _interval(text: str) -> int:
    """Microseconds. Raises IllegalArgument for what says no time to wait."""
    found = parse_calendar(text)
    if found is None:
        raise IllegalArgument("CANNOT_PARSE_INTERVAL", intervalString=f"'{text}'")
    months, days, nanos = found
    if months:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_3102", msg=f"a trigger cannot wait for months: {text}")
    if (micros := days * 86_400_000_000 + nanos // 1000) < 0:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_3102", msg=f"a trigger's interval cannot be negative: {text}")
    return micros


def _function(m: Any) -> PythonSink | None:
    for field, kind in (("foreach_writer", "foreach"), ("foreach_batch", "foreach_batch")):
        if m.HasField(field):
            function = getattr(m, field).python_function
            return PythonSink(kind, function.command, function.python_ver)  # type: ignore[arg-type]
    return None
