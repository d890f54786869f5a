"""Window expressions: named windows, default frames, and what Spark requires of order and frame."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope
from glowplug.errors import DOCROOT, AnalysisError
from glowplug.functions.coercion import cast_to
from glowplug.plan.expressions import Call, Expression, FrameBound, Literal, Replaced, WindowExpression, WindowFrame
from glowplug.plan.names import pretty
from glowplug.plan.relations import WindowSpec
from glowplug.types import INT, INTEGRAL, NUMERIC, DataType, DateType, sql_name

START, CURRENT, END = FrameBound("unbounded"), FrameBound("current"), FrameBound("unbounded")
RUNNING_ROWS = WindowFrame("rows", START, CURRENT)
RUNNING_RANGE = WindowFrame("range", START, CURRENT)
WHOLE = WindowFrame("rows", START, END)
_RANKS = ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile")


def resolve_window(e: WindowExpression, scope: Scope, cx: Context) -> Expression:
    from glowplug.analyze.expressions import resolve, resolve_order

    e = _with_reference(e, scope)
    function = resolve(e.function, scope, cx)
    order = tuple(resolve_order(o, scope, cx) for o in e.order_by)
    call = function.child if isinstance(function, Replaced) else function
    if not isinstance(call, Call) or call.function.kind not in ("aggregate", "window"):
        raise AnalysisError("UNSUPPORTED_EXPR_FOR_WINDOW", e.origin, sqlExpr=f'"{pretty(function)}"')
    if call.function.kind == "window" and not order:
        raise AnalysisError("WINDOW_FUNCTION_FRAME_NOT_ORDERED", e.origin, wf_name=call.name, wf_expr=pretty(function))
    frame = _frame(e, call, order, scope, cx)
    return replace(
        e,
        function=function,
        partition_by=tuple(resolve(p, scope, cx) for p in e.partition_by),
        order_by=order,
        frame=frame,
        reference=None,
    )


def _with_reference(e: WindowExpression, scope: Scope) -> WindowExpression:
    """`OVER w` and `OVER (w ORDER BY …)` with the named window's parts filled in."""
    if e.reference is None:
        return e
    spec = scope.windows.get(e.reference.lower())
    if spec is None:
        raise AnalysisError(
            "MISSING_WINDOW_SPECIFICATION",
            e.origin,
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


def _frame(e: WindowExpression, call: Call, order: tuple[Expression, ...], scope: Scope, cx: Context) -> WindowFrame:
    name = call.function.names[0]
    if name in _RANKS:
        required = RUNNING_ROWS
        if e.frame is not None and e.frame != required:
            raise _mismatch(e, "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")
        return RUNNING_RANGE if name == "cume_dist" else required
    if name in ("lag", "lead"):
        offset = call.args[1] if len(call.args) > 1 else Literal(1, INT)
        n = offset.value if isinstance(offset, Literal) else None
        bound = FrameBound("value", Literal(-n if name == "lag" else n, INT) if n is not None else offset)
        return WindowFrame("rows", bound, bound)
    if e.frame is None:
        return RUNNING_RANGE if order else WHOLE
    return _resolved_frame(e.frame, e, order, scope, cx)


def _resolved_frame(
    frame: WindowFrame, e: WindowExpression, order: tuple[Expression, ...], scope: Scope, cx: Context
) -> WindowFrame:
    lower, upper = (_bound(b, frame.kind, order, scope, cx) for b in (frame.lower, frame.upper))
    if frame.kind == "range" and "value" in (lower.kind, upper.kind) and len(order) != 1:
        condition = "RANGE_FRAME_MULTI_ORDER" if order else "RANGE_FRAME_WITHOUT_ORDER"
        raise AnalysisError(f"DATATYPE_MISMATCH.{condition}", e.origin, sqlExpr='"OVER"', orderSpec="")
    return WindowFrame(frame.kind, lower, upper)


def _bound(bound: FrameBound, kind: str, order: tuple[Expression, ...], scope: Scope, cx: Context) -> FrameBound:
    from glowplug.analyze.expressions import resolve

    if bound.value is None:
        return bound
    value = resolve(bound.value, scope, cx)
    if isinstance(value, Literal) and value.value == 0 and isinstance(value.type, INTEGRAL):
        return CURRENT
    key = order[0].type if order else None
    if kind == "rows":
        value = _integer(value, INT)
    elif isinstance(key, INTEGRAL) and isinstance(value.type, INTEGRAL):
        value = _integer(value, key)
    elif isinstance(key, NUMERIC) and isinstance(value.type, NUMERIC):
        value = cast_to(value, key)
    elif isinstance(key, DateType) and isinstance(value.type, INTEGRAL):
        pass
    elif key is not None and isinstance(value.type, NUMERIC):
        raise AnalysisError(
            "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE",
            sqlExpr='"OVER"',
            orderSpecType=f'"{sql_name(key)}"',
            valueBoundaryType=f'"{sql_name(value.type)}"',
        )
    return FrameBound("value", value)


def _integer(e: Expression, type: DataType) -> Expression:
    """A constant, perhaps with a sign, as another integer type."""
    match e:
        case Literal(value):
            return Literal(value, type)
        case Call(args=(Literal(value),)) if e.function.names[0] == "negative":
            return replace(e, args=(Literal(value, type),), type=type)
    return cast_to(e, type)


def _mismatch(e: WindowExpression, required: str) -> AnalysisError:
    from glowplug.plan.names import frame_text

    assert e.frame is not None
    return AnalysisError(
        "WINDOW_FUNCTION_AND_FRAME_MISMATCH",
        e.origin,
        funcName=f'"{pretty(e.function)}"',
        windowExpr=frame_text(e.frame),
        required=required,
    )
