"""Window expressions: named windows, default frames, and what Spark requires of order and frame."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

from glowplug.analyze.constants import fold, is_constant
from glowplug.analyze.context import Context, Scope
from glowplug.errors import DOCROOT, AnalysisError
from glowplug.functions.coercion import cast_to
from glowplug.plan.casts import can_cast
from glowplug.plan.expressions import (
    Call,
    Cast,
    Expression,
    FrameBound,
    Literal,
    Origin,
    Replaced,
    SortOrder,
    UnresolvedFunction,
    WindowExpression,
    WindowFrame,
)
from glowplug.plan.names import frame_text, pretty, window_parts
from glowplug.plan.relations import WindowSpec
from glowplug.types import (
    INT,
    INTEGRAL,
    NUMERIC,
    STRING,
    DateType,
    DayTimeIntervalType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
    is_orderable,
    sql_name,
)

START, CURRENT, END = FrameBound("unbounded"), FrameBound("current"), FrameBound("unbounded")
RUNNING_ROWS = WindowFrame("rows", START, CURRENT)
RUNNING_RANGE = WindowFrame("range", START, CURRENT)
WHOLE = WindowFrame("rows", START, END)
_INSTANTS = (DateType, TimestampType, TimestampNTZType, DayTimeIntervalType, YearMonthIntervalType)
_OF_ALL = ("median", "percentile_cont", "percentile_disc")  # of the whole partition only
_RANKS = ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile")


def resolve_window(e: WindowExpression, scope: Scope, cx: Context) -> Expression:
    from glowplug.analyze.expressions import resolve, resolve_order

    e = _with_reference(e, scope)
    function = resolve(e.function, scope, cx)
    order = tuple(resolve_order(o, scope, cx) for o in e.order_by)
    for o in order:
        if not is_orderable(o.child.type):
            raise AnalysisError(
                "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
                e.origin,
                sqlExpr=f'"{pretty(o)}"',
                functionName="`sortorder`",
                dataType=f'"{sql_name(o.child.type)}"',
            )
    partitions = tuple(resolve(p, scope, cx) for p in e.partition_by)
    for p in partitions:
        if not is_orderable(p.type):
            shown = {"expr": f'"{pretty(p)}"', "exprType": f'"{sql_name(p.type)}"'}
            raise AnalysisError("EXPRESSION_TYPE_IS_NOT_ORDERABLE", e.origin, **shown)
    call = function.child if isinstance(function, Replaced) else function
    if isinstance(call, Call) and call.function.kind == "generator":
        frame = _frame(e, call, order, scope, cx)
        whole = pretty(replace(e, function=function, partition_by=partitions, order_by=order, frame=frame))
        raise AnalysisError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=f'"{whole}"')
    if not isinstance(call, Call) or call.function.kind not in ("aggregate", "window"):
        raise AnalysisError("UNSUPPORTED_EXPR_FOR_WINDOW", e.origin, sqlExpr=f'"{pretty(function)}"')
    if call.function.kind == "window" and not order:
        raise AnalysisError("WINDOW_FUNCTION_FRAME_NOT_ORDERED", wf_name=call.name, wf_expr=pretty(function))
    frame = _frame(e, call, order, scope, cx)
    named = e.function.parts[-1].lower() if isinstance(e.function, UnresolvedFunction) else call.function.names[0]
    if named in _OF_ALL and (order or frame != WHOLE):
        raise AnalysisError("INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC", e.origin, aggFunc=f'"{pretty(call)}"')
    window = replace(
        e,
        function=function,
        partition_by=partitions,
        order_by=order,
        frame=frame,
        reference=None,
    )
    if call.distinct:
        raise AnalysisError("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", e.origin, windowExpr=f'"{pretty(window)}"')
    return window


def _with_reference(e: WindowExpression, scope: Scope) -> WindowExpression:
    """`OVER w` and `OVER (w ORDER BY …)` with the named window's parts filled in."""
    if e.reference is None:
        return e
    spec = scope.windows.get(e.reference)
    if spec is None:
        raise AnalysisError(
            "MISSING_WINDOW_SPECIFICATION",
            windowName=e.reference,
            docroot=DOCROOT,
        )
    base = WindowSpec(e.partition_by, e.order_by, e.frame)
    merged = replace(
        e,
        partition_by=base.partition_by or spec.partition_by,
        order_by=base.order_by or spec.order_by,
        frame=base.frame or spec.frame,
        reference=spec.reference,
    )
    return _with_reference(merged, scope)


def _frame(e: WindowExpression, call: Call, order: tuple[SortOrder, ...], scope: Scope, cx: Context) -> WindowFrame:
    name = call.function.names[0]
    if name in _RANKS:
        required = RUNNING_ROWS
        if e.frame is not None and _resolved_frame(e.frame, e, order, scope, cx) != required:
            wrong = _node_text(_resolved_frame(e.frame, e, order, scope, cx))
            right = _node_text(required)
            raise AnalysisError("_LEGACY_ERROR_TEMP_1036", wf=wrong, required=right)
        return RUNNING_RANGE if name == "cume_dist" else required
    if name in ("lag", "lead"):
        offset = call.args[1] if len(call.args) > 1 else Literal(1, INT)
        n = offset.value if isinstance(offset, Literal) else None
        bound = FrameBound("value", Literal(-n if name == "lag" else n, INT) if n is not None else offset)
        own = WindowFrame("rows", bound, bound)
        if e.frame is not None and _resolved_frame(e.frame, e, order, scope, cx) != own:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1035", prettyName=name)
        return own
    if e.frame is None:
        return RUNNING_RANGE if order else WHOLE
    return _resolved_frame(e.frame, e, order, scope, cx)


def _resolved_frame(
    frame: WindowFrame, e: WindowExpression, order: tuple[SortOrder, ...], scope: Scope, cx: Context
) -> WindowFrame:
    if frame.kind == "rows":
        _check_rows(frame, scope, cx)
    lower, upper = (_bound(b, frame.kind, order, scope, cx) for b in (frame.lower, frame.upper))
    if frame.kind == "range" and "value" in (lower.kind, upper.kind) and len(order) != 1:
        shown = f'"({window_parts(replace(e, order_by=order, frame=WindowFrame(frame.kind, lower, upper)))})"'
        if not order:
            raise AnalysisError("DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER", frame.origin, sqlExpr=shown)
        keys = ",".join(map(pretty, order))
        raise AnalysisError("DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", frame.origin, sqlExpr=shown, orderSpec=keys)
    done = WindowFrame(frame.kind, lower, upper)
    if frame.kind == "range" and order:
        _check_types(done, replace(e, order_by=order, frame=done), frame.origin)
    first, last = _distance(lower, -1), _distance(upper, 1)
    offsets = lower.kind == upper.kind == "value"  # any other frame that ends before it starts is empty
    if offsets and first is not None and last is not None and first > last:
        raise AnalysisError(
            "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON",
            frame.origin,
            sqlExpr=f'"{frame_text(done)}"',
            comparison="less than or equal",
        )
    return done


def _check_rows(frame: WindowFrame, scope: Scope, cx: Context) -> None:
    """Rows are counted by INTs."""
    from glowplug.analyze.expressions import resolve

    lower, upper = (
        b if b.value is None else FrameBound("value", resolve(b.value, scope, cx)) for b in (frame.lower, frame.upper)
    )
    for bound, location in ((lower, "lower"), (upper, "upper")):
        if bound.value is not None and bound.value.type != INT:
            raise AnalysisError(
                "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
                frame.origin,
                sqlExpr=f'"{frame_text(WindowFrame(frame.kind, lower, upper))}"',
                location=location,
                exprType=f'"{sql_name(bound.value.type)}"',
                expectedType='"INT"',
            )


def _check_types(frame: WindowFrame, window: WindowExpression, origin: Origin | None) -> None:
    """A range's offsets can be added to what the window is ordered by."""
    key = window.order_by[0].type
    for bound, location in ((frame.lower, "lower"), (frame.upper, "upper")):
        if bound.value is None:
            continue
        if not isinstance(key, (*NUMERIC, *_INSTANTS)):  # the offset is cast to the key's type, which is none to add
            raise AnalysisError(
                "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
                origin,
                sqlExpr=f'"{frame_text(WindowFrame("range", _as_written(frame.lower), _as_written(frame.upper)))}"',
                location=location,
                exprType=f'"{sql_name(key)}"',
                expectedType='("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
            )
        days = isinstance(key, DateType) and isinstance(bound.value.type, INTEGRAL)
        if isinstance(key, NUMERIC) != isinstance(bound.value.type, NUMERIC) and not days:
            raise AnalysisError(
                "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE",
                origin,
                sqlExpr=f'"({window_parts(window)})"',
                orderSpecType=f'"{sql_name(key)}"',
                valueBoundaryType=f'"{sql_name(bound.value.type)}"',
            )


def _as_written(bound: FrameBound) -> FrameBound:
    """A bound whose offset shows its sign: a cast hides from Spark that it was written PRECEDING."""
    return bound if bound.value is None else FrameBound("value", Cast(bound.value, STRING, "ansi", True))


def _distance(bound: FrameBound, outwards: int) -> float | None:
    """How far the bound is after the current row, before it if negative; None if it is not a plain number."""
    if bound.kind == "unbounded":
        return outwards * math.inf
    value = bound.value.child if isinstance(bound.value, Cast) and bound.value.implicit else bound.value
    match value:
        case None:
            return 0
        case Literal(int() | float() | Decimal() as n):
            return float(n)
        case Call(args=(Literal(int() | float() | Decimal() as n),)) as c if c.function.names[0] == "negative":
            return -float(n)
    return None


def _node_text(frame: WindowFrame) -> str:
    """A frame as Spark prints its nodes."""

    def bound(b: FrameBound, outwards: str) -> str:
        if b.kind == "unbounded":
            return f"unbounded{outwards}$()"
        distance = _distance(b, 0)
        return "currentrow$()" if b.value is None else f"{distance:g}" if distance is not None else "?"

    kind = "RowFrame" if frame.kind == "rows" else "RangeFrame"
    return f"specifiedwindowframe({kind}, {bound(frame.lower, 'preceding')}, {bound(frame.upper, 'following')})"


def _bound(bound: FrameBound, kind: str, order: tuple[SortOrder, ...], scope: Scope, cx: Context) -> FrameBound:
    from glowplug.analyze.expressions import resolve

    if bound.value is None:
        return bound
    value = resolve(bound.value, scope, cx)
    if not isinstance(value, Literal) and is_constant(value) and _distance(FrameBound("value", value), 1) is None:
        if isinstance(value, Call) and value.name == "unary -":  # which shows as PRECEDING
            value = replace(value, args=(fold(value.args[0], cx),))
        else:
            value = fold(value, cx)
    if isinstance(value, Literal) and value.value == 0 and isinstance(value.type, INTEGRAL):
        return CURRENT
    key = order[0].type if order else None
    numbers = (*NUMERIC, YearMonthIntervalType, DayTimeIntervalType)
    if kind == "range" and isinstance(key, numbers) and isinstance(value.type, numbers):
        value = cast_to(value, key) if can_cast(value.type, key, True) else value
    return FrameBound("value", value)
