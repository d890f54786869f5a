"""What Spark does not let a stream do, by its own conditions; where it can be given a clear meaning, it is allowed.

Semantics of Spark's `UnsupportedOperationChecker`. Allowed beyond Spark: exact distinct aggregates, whose state keeps
the rows of a group; rows with several event times, of which the first says whether a join or deduplication drops them.
"""

from __future__ import annotations

from glowplug.config import Conf
from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.plan import relations as r
from glowplug.plan.expressions import Alias, Attribute, Expression, Subquery, WindowExpression
from glowplug.plan.names import pretty, window_text
from glowplug.plan.python import StatefulMap
from glowplug.plan.streams import GlobalLimit, OutputMode, Trigger
from glowplug.plan.tree import children, walk, walk_relations
from glowplug.streaming.operators.bounds import bounds
from glowplug.streaming.operators.sessions import session_of
from glowplug.streaming.plans import is_streaming, stateful, watermark_nodes
from glowplug.streaming.watermark import event_times

LEAST_REAL_TIME = "spark.sql.streaming.realTimeMode.minBatchDuration"
_MODES: dict[str, OutputMode] = {"append": "append", "update": "update", "complete": "complete"}


def output_mode(given: str | None) -> OutputMode:
    """In any case; None is append. Raises STREAMING_OUTPUT_MODE.INVALID."""
    mode = _MODES.get((given or "append").lower())
    if mode is None:
        raise IllegalArgument("STREAMING_OUTPUT_MODE.INVALID", outputMode=given or "")
    return mode


def check(plan: r.Relation, mode: OutputMode) -> None:
    """Raises what Spark's `UnsupportedOperationChecker` raises for a plan that cannot be a stream in a mode."""
    aggregates = [n for n in stateful(plan) if isinstance(n, r.Aggregate)]
    if mode == "complete" and not aggregates:
        raise AnalysisError(
            "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION", outputMode=mode, operation="no streaming aggregations"
        )
    if mode == "update" and any(session_of(node) is not None for node in aggregates):
        raise _unsupported_mode(mode, "session window streaming aggregations")
    if mode == "append":
        for node in aggregates:
            if not event_times(tuple(r.to_attribute(g) for g in node.grouping)):
                raise _unsupported_mode(mode, "streaming aggregations without watermark")
    for outer in stateful(plan):
        if isinstance(outer, (r.Deduplicate, r.Distinct)) and not event_times(_keys(outer)):
            continue  # it drops nothing for its time
        if any(_puts_out_late_rows(n, mode) for n in stateful(plan) if n is not outer and _is_below(n, outer)):
            raise _refused(_LATE_ROWS)
    for marked in watermark_nodes(plan):
        if any(n.column.id == marked.column.id for n in watermark_nodes(marked.child)):
            raise _refused("Redefining watermark is disallowed: a column has one")
    if any(len(event_times(tuple(map(r.to_attribute, n.grouping)))) > 1 for n in aggregates):
        raise _refused("More than one event time columns are available: group by one of them")
    for relation in walk_relations(plan):
        if is_streaming(relation):
            _check_node(relation, mode, bool(aggregates))


def check_trigger(trigger: Trigger, plan: r.Relation, mode: OutputMode, conf: Conf) -> None:
    """What Spark asks of continuous processing, and of real-time mode: any source and sink may be used here."""
    if trigger.kind == "continuous":
        for node in stateful(plan):
            raise _refused(f"Continuous processing does not support {type(node).__name__} operations.")
    if trigger.kind != "real_time":
        return
    millis, least = trigger.interval // 1000, round(1000 * (conf.seconds(LEAST_REAL_TIME) or 0))
    if millis < least:
        raise IllegalArgument(
            "INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL", interval=millis, minBatchDuration=least
        )
    if mode != "update":
        raise IllegalArgument("STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED", outputMode=mode.capitalize())


def _check_stateful(node: StatefulMap, mode: OutputMode, aggregated: bool) -> None:
    """The mode of the function is the query's, and what goes by event time needs one."""
    if node.state is not None and node.mode.lower() != mode:
        raise _refused(f"applyInPandasWithState in {node.mode.lower()} mode is not supported with {mode} output mode")
    if aggregated and mode == "update":
        raise _refused(f"functions with state in {mode} output mode are not supported with streaming aggregations")
    if node.state is not None and node.time_mode == "event_time" and not event_times(node.child.output):
        raise _refused("timeouts of event time need a watermark: call withWatermark before")


def _keys(node: r.Deduplicate | r.Distinct) -> tuple[Attribute, ...]:
    keys = node.keys if isinstance(node, r.Deduplicate) else ()
    return tuple(map(r.to_attribute, keys or node.child.output))


def _is_below(inner: r.Relation, outer: r.Relation) -> bool:
    return any(n is inner for n in walk_relations(outer))


def _puts_out_late_rows(node: r.Relation, mode: OutputMode) -> bool:
    """Whether what comes out may be older than any watermark, so that a stateful operator after it would drop it."""
    if isinstance(node, StatefulMap):
        return node.state is not None and node.time_mode == "event_time"
    return isinstance(node, (r.Aggregate, r.Distinct)) and mode != "append"


def _check_node(node: r.Relation, mode: OutputMode, aggregated: bool) -> None:
    match node:
        case r.Sort() if not (mode == "complete" and aggregated):
            raise _refused(
                "Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated "
                "DataFrame/Dataset in Complete output mode"
            )
        case r.Limit() | GlobalLimit() if mode == "update":
            raise _refused("Limits are not supported on streaming DataFrames/Datasets in Update output mode")
        case r.Tail() | r.Sample() | r.Limit(_, None) | r.Limit(offset=Expression()):
            raise _refused(f"{type(node).__name__} is not supported on streaming DataFrames/Datasets")
        case r.Deduplicate(within_watermark=True) if not event_times(node.child.output):
            raise _refused("dropDuplicatesWithinWatermark needs a watermark: call withWatermark before")
        case r.Join(left, right) if is_streaming(left) and is_streaming(right):
            _check_stream_join(node, mode)
        case r.Join(left, right, kind):
            _check_join(is_streaming(left), kind)
        case r.SetOperation(left, right, kind) if is_streaming(left) != is_streaming(right) or kind != "union":
            if kind == "union":
                raise _refused("Union between streaming and batch DataFrames/Datasets is not supported")
            raise _refused(f"{kind.capitalize()} on streaming DataFrames/Datasets is not supported")
        case StatefulMap():
            _check_stateful(node, mode, aggregated)
        case r.Recursive() | r.Shared():
            raise _refused("recursive queries over streams")
    for e in (e for c in children(node) if not isinstance(c, r.Relation) for e in walk(c)):
        if isinstance(e, Subquery) and is_streaming(e.plan):
            raise AnalysisError("INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY")
        if isinstance(e, WindowExpression):
            names = (a.name for a in getattr(node, "expressions", ()) if isinstance(a, Alias) and e in walk(a))
            raise AnalysisError(
                "NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING",
                windowFunc=pretty(e.function), columnName=f"`{next(names, pretty(e))}`", windowSpec=window_text(e),
            )  # fmt: skip


def _check_stream_join(node: r.Join, mode: OutputMode) -> None:
    """A row that waits for a partner must be able to stop waiting, where it would be put out without one."""
    if mode != "append" and not (mode == "update" and node.kind in ("inner", "cross")):
        raise _refused(f"{node.kind} joins of two streams are not supported in {mode} output mode")
    if node.kind not in ("inner", "cross", "left", "right", "full", "semi") or node.lateral or node.as_of:
        raise _refused(f"{node.kind} joins of two streams are not supported")
    left, right = bounds(node)
    if (left is None and node.kind in ("left", "full", "semi")) or (right is None and node.kind in ("right", "full")):
        raise _refused(f"{node.kind} joins of two streams need watermarks, and a condition that bounds the time")


def _check_join(left: bool, kind: str) -> None:
    """A stream and a table: the table's rows without a partner are not known until the stream ends."""
    refused = {"full": True, "left": not left, "right": left, "semi": not left, "anti": not left}
    if refused.get(kind):
        side, other = ("left", "right") if left else ("right", "left")
        name = kind if kind in ("semi", "anti") else f"{kind} outer"
        raise _refused(f"{name} joins of a stream on the {side} with a static DataFrame on the {other} are refused")


def _unsupported_mode(mode: OutputMode, operation: str) -> AnalysisError:
    return AnalysisError("STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION", outputMode=mode, operation=operation)


_LATE_ROWS = (
    "Detected pattern of possible 'correctness' issue: a stateful operator gets rows from another that may put them "
    "out when they are older than the watermark, and would drop them"
)


def _refused(what: str) -> AnalysisError:
    return AnalysisError("_LEGACY_ERROR_TEMP_3102", msg=what)
