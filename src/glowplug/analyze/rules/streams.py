"""`withWatermark`: the event time of a stream is marked in the column's metadata, which operators pass on."""

from __future__ import annotations

import json
from dataclasses import replace

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.identifiers import parse_identifier
from glowplug.interval_texts import parse_duration
from glowplug.plan.expressions import Attribute, UnresolvedAttribute
from glowplug.plan.relations import Relation, WithWatermark
from glowplug.plan.streams import DELAY, EventTimeWatermark, StreamingRelation
from glowplug.plan.tree import walk_relations
from glowplug.types import LONG, StructType, TimestampType, quote, sql_name


def resolve_watermark(node: WithWatermark, cx: Context) -> Relation:
    """Means nothing where rows do not come as a stream, as in Spark, whatever the column is."""
    delay = _delay(node.delay)
    streams = any(isinstance(n, StreamingRelation) for n in walk_relations(node.child))
    try:
        column = resolve(UnresolvedAttribute(parse_identifier(node.event_time)), scope_of(node.child, cx=cx), cx)
    except AnalysisError:
        if streams:
            raise
        return node.child
    if not isinstance(column, Attribute):
        raise AnalysisError("EVENT_TIME_MUST_BE_TOP_LEVEL_COLUMN", eventExpr=node.event_time)
    if not streams:
        return node.child
    if not _is_time(column) and not (column.type == LONG and cx.conf.epoch_millis):
        name, type = quote(column.name), f'"{sql_name(column.type)}"'
        raise AnalysisError("EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE", eventName=name, eventType=type)
    columns = tuple(marked(a, delay // 1000 if a.id == column.id else None) for a in node.child.output)
    return EventTimeWatermark(node.child, next(a for a in columns if a.id == column.id), delay, columns)


def _delay(text: str) -> int:
    """Microseconds."""
    try:
        delay = parse_duration(text)
    except ValueError:
        raise AnalysisError("CANNOT_PARSE_INTERVAL", intervalString=f"'{text}'") from None
    if delay < 0:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_3102", msg=f"requirement failed: the delay ({text}) is negative")
    return delay


def _is_time(a: Attribute) -> bool:
    if isinstance(a.type, StructType):  # a window
        return [f.name for f in a.type.fields] == ["start", "end"] and isinstance(a.type.fields[1].type, TimestampType)
    return isinstance(a.type, TimestampType)


def marked(a: Attribute, delay_ms: int | None) -> Attribute:
    """The column with this delay in its metadata, and no other."""
    metadata = {k: v for k, v in json.loads(a.metadata).items() if k != DELAY}
    if delay_ms is None and DELAY not in a.metadata:
        return a
    if delay_ms is not None:
        metadata[DELAY] = delay_ms
    return replace(a, metadata=json.dumps(metadata, separators=(",", ":")))
