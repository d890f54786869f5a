"""The value of a group that is most frequent, and that at an extreme of another value: mode, max_by, min_by.

Semantics: Spark's SQL reference, "Aggregate Functions".
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.errors import AnalysisError
from glowplug.functions.lowering import known
from glowplug.functions.ordering import order_key
from glowplug.functions.vocabulary import (
    ANY,
    BOOL,
    INTEGER,
    ORDERABLE,
    Mismatch,
    constant,
    sig,
)
from glowplug.plan.expressions import (
    Attribute,
    Call,
    Expression,
    OuterReference,
    SortOrder,
)
from glowplug.plan.function import Constant, Function, Lowering
from glowplug.plan.names import pretty
from glowplug.plan.tree import walk
from glowplug.types import (
    ArrayType,
    DataType,
    DoubleType,
    FloatType,
    is_orderable,
    sql_name,
)

_agg = partial(Function, kind="aggregate", nullable="always", group="agg_funcs")


def _mode_order(call: Call) -> SortOrder | None:
    last = call.args[-1]
    return last if isinstance(last, SortOrder) else None


def _lower_mode(call: Call, low: Lowering) -> str:
    """The value that occurs most often; of several the smallest, or the greatest for a descending order."""
    order = _mode_order(call)
    x = low.sql(order.child if order is not None else call.args[0])
    if isinstance(call.type, FloatType | DoubleType):
        x = f"({x} + 0::FLOAT)"  # of zeros, the one without a sign
    if not any(isinstance(e, (Attribute, OuterReference)) for e in walk(call.args[0])):
        return low.aggregate("mode", call, (x,))  # the kernel fails where it is told to order constants
    descending = order is not None and not order.ascending
    if low.spills():
        return _counted_mode(x, descending, call, low)
    return low.aggregate("mode", call, (f"{x} ORDER BY {x} {'DESC' if descending else 'ASC'}",))


def _counted_mode(value: str, descending: bool, call: Call, low: Lowering) -> str:
    """The kernel sorts the values, so that equal ones are beside each other, and counts them; it holds none."""
    kept = low.column(value if call.filter is None else f"(CASE WHEN {low.sql(call.filter)} THEN {value} END)")
    times = low.beside("count(*)", (kept,))
    by = f"row({times}, {kept})" if descending else f"row(-{times}, {kept})"
    whole = replace(call, filter=None)
    return low.aggregate("arg_max" if descending else "arg_min", whole, (kept, by), condition=f"{kept} IS NOT NULL")


def _mode_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    if len(args) > 1 and isinstance(args[-1], SortOrder):
        condition = "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS"
        raise AnalysisError(condition, funcName="`mode`", expectedNum=0, actualNum=1)
    if len(args) > 1 and not isinstance(known(args[1]), bool):
        name, kind = "`deterministic`", '"BOOLEAN"'
        raise AnalysisError("NON_FOLDABLE_ARGUMENT", funcName="`mode`", paramName=name, paramType=kind)
    if isinstance(args[-1], SortOrder) and not is_orderable(args[-1].type):
        raise Mismatch("INVALID_ORDERING_TYPE", functionName="`sortorder`", dataType=f'"{sql_name(args[-1].type)}"')
    return args


def _mode_type(args: tuple[Expression, ...]) -> DataType:
    return args[0].type


def _shown_mode(args: tuple[str, ...], call: Call) -> str:
    order = _mode_order(call)
    if order is not None:  # Spark's own order, which is the other way round
        return f"mode() WITHIN GROUP (ORDER BY {pretty(order.child)}{' DESC' if order.ascending else ''})"
    if len(call.args) > 1 and known(call.args[1]) is True:
        return f"mode() WITHIN GROUP (ORDER BY {args[0]} DESC)"
    return f"mode({'DISTINCT ' if call.distinct else ''}{args[0]})"


def _extreme(name: str, kernel: str, usage: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        """Of rows that are equal Spark takes the last, and the kernel the first: where they come is part of the key."""
        x, by, *count = (low.sql(a) for a in call.args)
        by = order_key(by, call.args[1].type)
        if not count and not (places := low.places(ascending=name == "max_by")):
            return low.aggregate(f"{kernel}_null", call, (x, by))
        if not count:
            key = ", ".join(f"{part}, '{order}'" for part, order in ((by, "ASC NULLS FIRST"), *places))
            once = replace(call, distinct=False)
            return low.aggregate(f"{kernel}_null", once, (x, f"create_sort_key({key})"), condition=f"{by} IS NOT NULL")
        return low.aggregate(f"{kernel}_nulls_last", call, (x, by, *count), condition=f"{by} IS NOT NULL")

    def returns(args: tuple[Expression, ...]) -> DataType:
        t: DataType = args[0].type
        return ArrayType(t, True) if len(args) > 2 else t

    return _agg(
        (name,),
        sig(ANY, ORDERABLE, constant(INTEGER), optional=1),
        returns,
        lower,
        constants=(Constant(2, "`k`", "[1, 100000]", 1, 100_000),),
        usage=usage,
        example=f"SELECT {name}(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)",
    )


FUNCTIONS = (
    _agg(
        ("mode",),
        sig(ANY, BOOL, optional=1),
        _mode_type,
        _lower_mode,
        coerce=_mode_operands,
        shown=_shown_mode,
        ordered=True,
        settled=(1,),
        usage="Returns the most frequent value.",
        example="SELECT mode(col) FROM VALUES (0), (10), (10) AS tab(col)",
    ),
    _extreme("max_by", "arg_max", "Returns the value at the greatest second value, or an array of the first n."),
    _extreme("min_by", "arg_min", "Returns the value at the smallest second value, or an array of the first n."),
)
