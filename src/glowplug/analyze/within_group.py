"""WITHIN GROUP (ORDER BY …): which functions take it, how many orders, and what DISTINCT then demands."""

from __future__ import annotations

from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Cast, Expression, SortOrder, UnresolvedFunction
from glowplug.plan.function import Function
from glowplug.plan.names import pretty
from glowplug.types import STRINGS, BinaryType, DataType, DoubleType, FloatType, TimestampType, quote, sql_name

_TEXTS = "listagg"
_UNSAFE = (FloatType, DoubleType, TimestampType)  # values of which two may have one text


def check_orders(
    function: Function,
    name: str,
    args: tuple[Expression, ...],
    order_by: tuple[SortOrder, ...],
    e: UnresolvedFunction,
) -> None:
    of_texts = function.names[0] == _TEXTS
    if order_by and not function.ordered and not of_texts:
        raise AnalysisError(
            "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
            e.origin,
            prettyName=quote(name),
            syntax="WITHIN GROUP (ORDER BY ...)",
        )
    if function.ordered and e.distinct:
        raise AnalysisError("INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED", e.origin, funcName=quote(name))
    if function.ordered and len(order_by) > 1:
        raise AnalysisError(
            "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS",
            e.origin,
            funcName=quote(name),
            expectedNum=1,
            actualNum=len(order_by),
        )
    if of_texts and e.distinct and order_by and args:
        _check_distinct(args[0], order_by, e)


def _check_distinct(of: Expression, order_by: tuple[SortOrder, ...], e: UnresolvedFunction) -> None:
    """What is made distinct is what is sorted by, or a text of that which tells all its values apart."""
    order = order_by[0].child
    texts = isinstance(order, Cast) and order.child == of and isinstance(order.type, (*STRINGS, BinaryType))
    if len(order_by) > 1 or not (texts or order in (of, of.child if isinstance(of, Cast) else of)):
        raise AnalysisError(
            "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT",
            e.origin,
            funcName=quote(_TEXTS),
            funcArg=f'"{pretty(of)}"',
            orderingExpr=", ".join(f'"{pretty(o.child)}"' for o in order_by),
        )
    if isinstance(order.type, _UNSAFE):
        raise AnalysisError(
            "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST",
            e.origin,
            funcName=quote(_TEXTS),
            inputType=f'"{sql_name(order.type)}"',
            castType=f'"{_kind(of.type)}"',
        )


def _kind(type: DataType) -> str:
    return "BINARY" if isinstance(type, BinaryType) else "STRING"
