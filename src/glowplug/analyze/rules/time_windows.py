"""`window(time, …)` and `session_window(time, gap)` become columns of the rows below, as Spark's TimeWindowing does.

    Select(child, [window(ts, '5 minutes'), count(*)], grouping=[window(ts, '5 minutes')])
    → Select(Project(child + hidden column `window`), [window, count(*)], grouping=[window])

Rows without a time fall into no window and are dropped. Sliding windows repeat a row for each window it falls into.
Sessions are merged per grouping key, whatever makes them: a row begins a new one if it comes after the end of all rows
before it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import named, resolve
from glowplug.analyze.rules.generators import generator_columns
from glowplug.errors import AnalysisError, IllegalArgument, SparkError
from glowplug.functions.coercion import cast_to
from glowplug.functions.time_windows import WINDOW_FROM
from glowplug.interval_texts import parse_calendar
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    FrameBound,
    GetField,
    Literal,
    SortOrder,
    UnresolvedFunction,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.names import literal_text, pretty
from glowplug.plan.relations import Filter, Generate, Project, Relation, Select, metadata_of
from glowplug.plan.streams import DELAY, SESSION, StreamingRelation
from glowplug.plan.tree import expressions_in, kinds, map_expressions, rewrite, walk_relations
from glowplug.types import (
    CALENDAR_INTERVAL,
    INT,
    INTEGRAL,
    LONG,
    STRING,
    STRINGS,
    TIMESTAMP,
    DateType,
    NullType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    quote,
    sql_name,
)

N = TypeVar("N", Select, Filter)
_NAMES = ("window", "session_window")
_DAY_MICROS = 86_400_000_000
_LONG_MAX = (1 << 63) - 1


def select_time_windows(node: Select, cx: Context) -> Select | None:
    """The SELECT over a child that has the windows as a hidden column; None where it has no windows."""
    return _replaced(node, node.child, cx)


def filter_time_windows(node: Filter, cx: Context) -> Filter | None:
    """WHERE over a window: the condition sees it, the output does not have it."""
    return _replaced(node, node.child, cx)


def _replaced(node: N, child: Relation, cx: Context) -> N | None:
    calls = [call for e in expressions_in(node) for call in _windows_in(e)]
    if not calls:
        return None
    distinct = list(dict.fromkeys(calls))
    if len(distinct) > 1:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1039")
    call = distinct[0]
    scope = scope_of(child, cx=cx)
    of_call = _windowed if call.parts[0].lower() == "window" else _with_sessions
    below, column = of_call(call, child, scope, cx)
    inner = Project(below, child.output, (column,))

    def put(e: Expression) -> Expression:
        return column if e in calls else map_expressions(e, put)

    return rewrite(replace(node, child=inner), Expression, put)  # type: ignore[no-any-return]


def _is_window(e: Expression) -> bool:
    return isinstance(e, UnresolvedFunction) and len(e.parts) == 1 and e.parts[0].lower() in _NAMES


def _windows_in(e: Expression) -> list[UnresolvedFunction]:
    if UnresolvedFunction not in kinds(e):
        return []
    if isinstance(e, UnresolvedFunction) and _is_window(e) and len(e.args) >= 2:
        return [e]
    return [call for c in expressions_in(e) for call in _windows_in(c)]


# --- windows of a fixed length ------------------------------------------------------------------------------


def _windowed(call: UnresolvedFunction, child: Relation, scope: Scope, cx: Context) -> tuple[Relation, Attribute]:
    duration = _micros(call.args[1])
    slide = _micros(call.args[2]) if len(call.args) > 2 else duration
    start = _micros(call.args[3]) if len(call.args) > 3 else 0
    shown = f"window({{}}, {duration}, {slide}, {start})"
    time, metadata = _time(call.args[0], "spark.timeWindow", shown, scope, cx)
    _check(shown.format(pretty(time)), duration, slide, start)
    numbers = tuple(Literal(n, LONG) for n in (duration, slide, start))
    kept = Filter(child, resolve(UnresolvedFunction(("isnotnull",), (time,)), scope, cx))
    if duration == slide:
        first = UnresolvedFunction(("window_start",), (time, *numbers[1:]), internal=True)
        whole = UnresolvedFunction((WINDOW_FROM,), (first, numbers[0]), internal=True)
        made = Alias(resolve(whole, scope, cx), "window", new_id(), metadata)
        column = Attribute("window", made.type, False, made.id, metadata=metadata)
        return Project(kept, (*child.output, made)), column
    windows = resolve(UnresolvedFunction(("sliding_windows",), (time, *numbers), internal=True), scope, cx)
    assert isinstance(windows, Call)
    (made_column,) = generator_columns(windows, ("window",))
    column = replace(made_column, metadata=metadata, nullable=True)
    return Generate(kept, windows, (column,)), column


def _metadata(mark: str, time: Expression) -> str:
    """The window's: what it is, and that it is an event time if that of its rows is."""
    own: dict[str, object] = {mark: True}
    if DELAY in (given := json.loads(metadata_of(time))):
        own[DELAY] = given[DELAY]
    return json.dumps(own, separators=(",", ":"))


def _time(e: Expression, mark: str, shown: str, scope: Scope, cx: Context) -> tuple[Expression, str]:
    """The time to go by, a timestamp, or for windows of windows their last moment; and the window's metadata.

    `shown` is the call as errors show it, with a place for the time.
    """
    time = given = resolve(e, scope, cx)
    if isinstance(time.type, StructType):
        time = given = resolve(UnresolvedFunction(("window_time",), (time,)), scope, cx)
    elif time.type == LONG and cx.conf.epoch_millis:
        time = resolve(UnresolvedFunction(("timestamp_millis",), (time,)), scope, cx)
    elif isinstance(time.type, (*STRINGS, DateType, NullType)):
        time = cast_to(time, TIMESTAMP)
    elif not isinstance(time.type, (TimestampType, TimestampNTZType)):
        raise _no_time(time, shown)
    return time, _metadata(mark, given)


def _no_time(e: Expression, shown: str) -> SparkError:
    windows = (f'"STRUCT<start: {t}, end: {t}>"' for t in ("TIMESTAMP", "TIMESTAMP_NTZ"))
    times = " or ".join(('"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"', *windows))
    return AnalysisError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        sqlExpr=f'"{shown.format(pretty(e))}"', paramIndex="first", requiredType=f"({times})",
        inputSql=f'"{pretty(e)}"', inputType=f'"{sql_name(e.type)}"',
    )  # fmt: skip


def _micros(e: Expression) -> int:
    """A duration: microseconds, or text such as `5 minutes`, which must not hold months."""
    if isinstance(e, Literal) and isinstance(e.type, INTEGRAL) and isinstance(e.value, int):
        return e.value
    if not (isinstance(e, Literal) and isinstance(e.type, STRINGS) and isinstance(e.value, str)):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1207")
    found = parse_calendar(e.value)
    if found is None:
        raise AnalysisError("CANNOT_PARSE_INTERVAL", intervalString=f"'{e.value}'")
    months, days, nanos = found
    if months:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_3231", interval=e.value)
    return days * _DAY_MICROS + nanos // 1000


def _check(call: str, duration: int, slide: int, start: int) -> None:
    shown = f'"{call}"'
    for name, value in (("window_duration", duration), ("slide_duration", slide)):
        if value <= 0:
            raise AnalysisError(
                "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
                sqlExpr=shown, exprName=quote(name), valueRange=f"(0, {_LONG_MAX}]", currentValue=f"{value}L",
            )  # fmt: skip
    for left, a, sign, right, b in (
        ("slide_duration", slide, "<=", "window_duration", duration),
        ("abs(start_time)", abs(start), "<", "slide_duration", slide),
    ):
        if a > b or (sign == "<" and a == b):
            raise AnalysisError(
                "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION",
                sqlExpr=shown, leftExprName=quote(left), leftExprValue=literal_text(a, LONG) + "L", constraint=sign,
                rightExprName=quote(right), rightExprValue=literal_text(b, LONG) + "L",
            )  # fmt: skip


# --- sessions -----------------------------------------------------------------------------------------------


def _with_sessions(call: UnresolvedFunction, child: Relation, scope: Scope, cx: Context) -> tuple[Relation, Attribute]:
    """Each row with the session that it begins; those of a group are merged where one is grouped by."""
    gap = resolve(call.args[1], scope, cx)
    time, metadata = _time(call.args[0], SESSION, f"sessionwindow({{}}, {pretty(gap)})", scope, cx)
    if isinstance(gap, Literal) and isinstance(gap.value, str) and parse_calendar(gap.value) is None:
        raise AnalysisError("CANNOT_PARSE_INTERVAL", intervalString=f"'{gap.value}'")
    if gap.type == STRING:
        gap = Cast(gap, CALENDAR_INTERVAL, "ansi", implicit=True)

    def of(name: str, *args: Expression) -> Expression:
        return resolve(UnresolvedFunction((name,), args), scope, cx)

    start, end = _column(time, "start"), _column(of("+", time, gap), "end")
    s, e = _attribute(start), _attribute(end)
    plan = Filter(Project(child, (*child.output, start, end)), of("and", of("isnotnull", s), of(">", e, s)))
    whole = of("named_struct", Literal("start", STRING), s, Literal("end", STRING), e)
    type = StructType(tuple(StructField(f.name, f.type, True) for f in (s, e)))
    session = _column(Cast(whole, type), "session_window")
    column = replace(_attribute(session), nullable=False, metadata=metadata)
    return Project(plan, (*child.output, replace(session, metadata=metadata))), column


def in_merged_sessions(child: Relation, keys: Sequence[Expression], cx: Context) -> Relation:
    """The rows as groups by `keys` see them: a session among these is that of all rows of a group with which it has a
    time in common, as Spark's plans of aggregations merge the sessions of any column that is one.
    """
    keys = [k.child if isinstance(k, Alias) else k for k in keys]
    session = next((k for k in keys if isinstance(k, Attribute) and SESSION in json.loads(k.metadata)), None)
    # Those of a stream go on from batch to batch: their operator merges them.
    if session is None or any(isinstance(n, StreamingRelation) for n in walk_relations(child)):
        return child
    assert isinstance(session.type, StructType)
    bounds = [
        Alias(GetField(session, i, f.name, f.type, f.nullable or session.nullable), f.name, new_id())
        for i, f in enumerate(session.type.fields)
    ]
    start, end = map(_attribute, bounds)
    others = [k for k in keys if k != session]
    plan, *whole = merged_sessions(Project(child, (*child.output, *bounds)), start, end, others, cx)

    def of(name: str, *args: Expression) -> Expression:
        return resolve(UnresolvedFunction((name,), args), Scope(()), cx)

    names = (Literal(f.name, STRING) for f in session.type.fields)
    merged = of("named_struct", *(x for pair in zip(names, whole, strict=True) for x in pair))
    if session.nullable:
        merged = of("if", of("isnotnull", session), merged, Literal(None))
    own = Alias(Cast(merged, session.type), session.name, session.id, session.metadata, session.qualifier)
    return Project(plan, tuple(own if a.id == session.id else a for a in child.output))


def merged_sessions(
    plan: Relation, s: Attribute, e: Attribute, keys: Sequence[Expression], cx: Context
) -> tuple[Relation, Attribute, Attribute]:
    """Rows with their session's first start and last end, of those `s` and `e` that the row itself would have."""
    by, scope = tuple(keys), Scope(())
    order = (SortOrder(s),)

    def of(name: str, *args: Expression) -> Expression:
        return resolve(UnresolvedFunction((name,), args), scope, cx)

    def over(name: str, arg: Expression, last: FrameBound) -> Expression:
        frame = WindowFrame("rows", FrameBound("unbounded"), last)
        return resolve(WindowExpression(UnresolvedFunction((name,), (arg,)), by, order, frame), scope, cx)

    latest = _column(over("max", e, FrameBound("value", Literal(-1, INT))), "latest")
    plan = Project(plan, (*plan.output, latest))
    begins = _column(of("if", of("<=", s, _attribute(latest)), Literal(0, INT), Literal(1, INT)), "begins")
    plan = Project(plan, (*plan.output, begins))
    number = _column(over("sum", _attribute(begins), FrameBound("current")), "number")
    plan = Project(plan, (*plan.output, number))
    group = (*by, _attribute(number))

    def in_session(name: str, arg: Expression) -> Alias:
        return _column(resolve(WindowExpression(UnresolvedFunction((name,), (arg,)), group), scope, cx), name)

    first, last = in_session("min", s), in_session("max", e)
    return Project(plan, (*plan.output, first, last)), _attribute(first), _attribute(last)


def _column(e: Expression, name: str) -> Alias:
    done = named(Alias(e, name, new_id()))
    assert isinstance(done, Alias)
    return done


def _attribute(e: Alias) -> Attribute:
    return Attribute(e.name, e.type, e.nullable, e.id)
