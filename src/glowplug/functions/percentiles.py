"""Percentiles: exact ones of the kernel, which holds a group's values or, when they are too many, sorts them.

Semantics: Spark's SQL reference, "Aggregate Functions".
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from glowplug.errors import DOCROOT, AnalysisError, row_failure
from glowplug.functions.arithmetic import ANSI
from glowplug.functions.coercion import cast_to, implicit_target
from glowplug.functions.lowering import known, per_row
from glowplug.functions.options import foldable
from glowplug.functions.vocabulary import (
    ANY,
    FLOAT64,
    INTEGRAL_NUMBER,
    NUMBER_OR_INTERVAL,
    Mismatch,
    sig,
    unexpected,
)
from glowplug.plan.build import called
from glowplug.plan.expressions import Attribute, Call, Cast, Expression, Literal, SortOrder
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.plan.tree import walk
from glowplug.types import (
    DOUBLE,
    LONG,
    NUMERIC,
    STRINGS,
    ArrayType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    NullType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
    is_orderable,
    quote,
    sql_name,
)

_agg = partial(Function, kind="aggregate", nullable="always", group="agg_funcs")
INTERVALS = (YearMonthIntervalType, DayTimeIntervalType)
_NEGATIVE = "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION"


def _check_constant(percentage: Expression) -> None:
    if any(isinstance(x, Attribute) for x in walk(percentage)):
        raise Mismatch(
            "NON_FOLDABLE_INPUT",
            inputName="`percentage`",
            inputType=f'"{sql_name(percentage.type)}"',
            inputExpr=f'"{pretty(percentage)}"',
        )


def _check(percentage: Expression) -> None:
    """A percentage is a constant of [0, 1]."""
    _check_constant(percentage)
    values = known(percentage)
    for value in values if isinstance(values, (list, tuple)) else [values]:
        if value is None:
            raise Mismatch("UNEXPECTED_NULL", exprName="percentage")
        if not 0 <= float(value) <= 1:
            raise Mismatch(
                "VALUE_OUT_OF_RANGE", exprName="percentage", valueRange="[0.0, 1.0]", currentValue=f"{float(value)}D"
            )


def _as_doubles(e: Expression, place: str) -> Expression:
    """A percentage, or several, as the kernel takes them. `place`: which argument it is, as errors say it."""
    t = e.type
    several = isinstance(t, ArrayType)
    wanted = ArrayType(DOUBLE, t.contains_null) if isinstance(t, ArrayType) else DOUBLE
    if not (isinstance(t.element, NUMERIC) if isinstance(t, ArrayType) else implicit_target(t, FLOAT64, ansi=True)):
        raise Mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex=place,
            inputSql=f'"{pretty(e)}"',
            inputType=f'"{sql_name(t)}"',
            requiredType='"ARRAY<DOUBLE>"' if several else '"DOUBLE"',
        )
    text = known(e)
    return Literal(_number(text), DOUBLE) if isinstance(text, str) else cast_to(e, wanted)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        types = {"sourceType": '"STRING"', "targetType": '"DOUBLE"'}
        raise row_failure("CAST_INVALID_INPUT", expression=f"'{text}'", **types, ansiConfig=ANSI.strip("'")) from None


def _interpolated(t: DataType) -> DataType:
    match t:
        case YearMonthIntervalType():
            return YearMonthIntervalType()
        case DayTimeIntervalType():
            return DayTimeIntervalType()
    return DOUBLE


def _percentile_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    x, percentage, *frequency = args
    t = implicit_target(x.type, NUMBER_OR_INTERVAL, ansi)
    if t is None:
        return None
    value = cast_to(x, t if isinstance(t, INTERVALS) else DOUBLE)
    p = _as_doubles(percentage, "second")
    for f in frequency:
        if implicit_target(f.type, INTEGRAL_NUMBER, ansi) is None:
            raise unexpected(args, 2, '"INTEGRAL"')
    counts = [cast_to(f, LONG) for f in frequency]
    return (value, p, *counts)


def _percentile_type(args: tuple[Expression, ...]) -> DataType:
    _check(args[1])
    t = _interpolated(args[0].type)
    return ArrayType(t, False) if isinstance(args[1].type, ArrayType) else t


def weighted(entries: list[dict[str, Any]], percentages: list[float]) -> list[float] | None:
    """Interpolated percentiles of values that count several times. Raises for a negative count."""
    counts: dict[float, int] = {}
    for entry in entries:
        value, count = entry.values()
        if count < 0:
            raise row_failure(_NEGATIVE, negativeValue=str(count))
        if count:
            counts[value] = counts.get(value, 0) + count
    if not counts:
        return None
    values = sorted(counts, key=lambda v: (v != v, v))  # NaN is the greatest
    ends = np.cumsum([counts[v] for v in values])
    out = []
    for p in percentages:
        at = (int(ends[-1]) - 1) * p
        low, high = int(np.floor(at)), int(np.ceil(at))
        a, b = (values[int(np.searchsorted(ends, i + 1))] for i in (low, high))
        out.append(a if low == high or a == b else (high - at) * a + (at - low) * b)
    return out


def _lower_percentile(call: Call, low: Lowering) -> str:
    x, percentage, *frequency = call.args
    value, p = low.sql(x), low.sql(percentage)
    several = isinstance(percentage.type, ArrayType)
    counted = bool(frequency) and known(frequency[0]) != 1
    if not (counted and call.distinct) and low.spills(outside=counted):
        f = low.sql(frequency[0]) if counted else None
        return _from_double(
            sorted_percentiles(f"{value}::DOUBLE", percentage, True, call, low, f), call.type, several, low
        )
    if not counted:
        found = low.aggregate("quantile_cont", call, (f"{value}::DOUBLE", p))
    else:
        f = low.sql(frequency[0])
        entry = StructType((StructField("v", DOUBLE), StructField("f", LONG)))
        rows = low.aggregate(
            "list", call, (f"row({value}::DOUBLE, {f})",), condition=f"{value} IS NOT NULL AND {f} IS NOT NULL"
        )
        ps = p if several else f"[{p}]"
        arguments = [(f"CAST({rows} AS {low.type(ArrayType(entry))})", ArrayType(entry)), (ps, ArrayType(DOUBLE))]
        found = per_row(low, "weighted", weighted, arguments, ArrayType(DOUBLE))
        found = found if several else f"list_extract({found}, 1)"
    return _from_double(found, call.type, several, low)


def sorted_percentiles(
    value: str, percentage: Expression, interpolated: bool, call: Call, low: Lowering, frequency: str | None = None
) -> str:
    """Percentiles of values that the kernel sorts, so that it holds none: it knows how many come up to each."""
    filter = "true" if call.filter is None else low.sql(call.filter)
    condition = filter if frequency is None else f"{filter} AND {frequency} > 0"
    kept = low.column(value if condition == "true" else f"(CASE WHEN {condition} THEN {value} END)")
    order = f"{kept} NULLS LAST"
    if frequency is not None:
        times = low.column(f"(CASE WHEN {condition} AND {value} IS NOT NULL THEN {frequency} ELSE 0 END)")
        upto, count = low.beside(f"sum({times})", order=order), low.beside(f"sum({times})")
    else:
        upto = low.beside("dense_rank()" if call.distinct else "row_number()", order=order)
        count = low.beside(f"count({'DISTINCT ' if call.distinct else ''}{kept})")
    whole = replace(call, filter=None, distinct=False)
    n = low.aggregate("max", whole, (str(count),))

    def at(index: str) -> str:
        condition = f"{upto} > {index.format(count)}"
        if frequency is None:
            condition = f"{upto} = {index.format(count)} + 1"
        return low.aggregate("min", whole, (kept,), condition=condition)

    def one(p: float) -> str:
        if not interpolated:
            return at(f"greatest(ceil({{}} * {p!r}::DOUBLE) - 1, 0)")
        place = f"(({{}} - 1) * {p!r}::DOUBLE)"
        a, b, here = at(f"floor({place})"), at(f"ceil({place})"), place.format(n)
        between = f"(ceil({here}) - {here}) * {a} + ({here} - floor({here})) * {b}"
        return f"(CASE WHEN {a} = {b} THEN {a} ELSE {between} END)"

    ps = known(percentage)
    several = isinstance(percentage.type, ArrayType)
    found = f"[{', '.join(one(float(p)) for p in ps)}]" if several else one(float(ps))
    failure = ""
    if frequency is not None:
        least = low.aggregate("min", call, (frequency,), condition=f"{value} IS NOT NULL")
        negative = low.error(call, _NEGATIVE, negativeValue=f"CAST({least} AS VARCHAR)")
        failure = f"WHEN {least} < 0 THEN {negative} "
    return f"(CASE {failure}WHEN {n} > 0 THEN {found} END)"


def _from_double(sql: str, type: DataType, several: bool, low: Lowering) -> str:
    """Intervals are whole numbers again."""
    t = type.element if isinstance(type, ArrayType) else type
    if not isinstance(t, INTERVALS):
        return sql
    if several:
        return f"list_transform({sql}, lambda e: CAST(trunc(e) AS {low.type(t)}))"
    return f"CAST(trunc({sql}) AS {low.type(t)})"


def _shown_percentile(args: tuple[str, ...], call: Call) -> str:
    return f"percentile({'DISTINCT ' * call.distinct}{args[0]}, {args[1]}, {args[2] if len(args) > 2 else 1})"


def _within_operands(name: str, args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """percentage, and the SortOrder of a value that is cast to a double or is an interval."""
    percentage, order = args[0], args[-1]
    if (len(args) == 1) if isinstance(order, SortOrder) else (len(args) != 1):
        raise AnalysisError(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            docroot=DOCROOT,
            functionName=quote(name),
            expectedNum="1",
            actualNum=len(args) - isinstance(order, SortOrder),
        )
    if not isinstance(order, SortOrder):
        raise AnalysisError("INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING", funcName=quote(name))
    t = implicit_target(order.type, NUMBER_OR_INTERVAL, ansi)
    if not is_orderable(order.type):
        raise Mismatch("INVALID_ORDERING_TYPE", functionName="`sortorder`", dataType=f'"{sql_name(order.type)}"')
    if t is None:
        raise unexpected(args[-1:], 0, NUMBER_OR_INTERVAL.shown)
    child = cast_to(order.child, t if isinstance(t, INTERVALS) else DOUBLE)
    return (_as_doubles(percentage, "first"), SortOrder(child, order.ascending, order.nulls_first))


def _within_type(args: tuple[Expression, ...]) -> DataType:
    _check(args[0])
    t = _interpolated(args[1].type)
    return ArrayType(t, False) if isinstance(args[0].type, ArrayType) else t


def _within(name: str, kernel: str, usage: str) -> Function:
    """`name(percentage) WITHIN GROUP (ORDER BY value [DESC])`."""

    def lower(call: Call, low: Lowering) -> str:
        percentage, order = call.args
        assert isinstance(order, SortOrder)
        several = isinstance(percentage.type, ArrayType)
        p, value = low.sql(percentage), f"{low.sql(order.child)}::DOUBLE"
        if not order.ascending:  # the percentile from above is the one of the negated values from below
            value = f"(-{value})"
        if low.spills():
            found = sorted_percentiles(value, percentage, kernel == "quantile_cont", call, low)
        else:
            found = low.aggregate(kernel, call, (value, p))
        if not order.ascending:
            found = f"list_transform({found}, lambda e: -e)" if several else f"(-{found})"
        return _from_double(found, call.type, several, low)

    def shown(args: tuple[str, ...], call: Call) -> str:
        order = call.args[1]
        assert isinstance(order, SortOrder)
        return f"{name}({args[0]}) WITHIN GROUP (ORDER BY {pretty(order.child)}{'' if order.ascending else ' DESC'})"

    return _agg(
        (name,),
        sig(ANY, ANY, optional=1),
        _within_type,
        lower,
        coerce=partial(_within_operands, name),
        shown=shown,
        ordered=True,
        settled=(0,),
        usage=usage,
        example=f"SELECT {name}(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)",
    )


_MEASURED = (
    '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")'
)


def _approximate_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    x, percentage, *accuracy = args
    if isinstance(x.type, (*STRINGS, NullType)):
        x = cast_to(x, DOUBLE)
    if not isinstance(x.type, (*NUMERIC, *INTERVALS, DateType, TimestampType, TimestampNTZType)):
        raise unexpected(args, 0, _MEASURED)
    p = _as_doubles(percentage, "second")
    for a in accuracy:
        if implicit_target(a.type, INTEGRAL_NUMBER, ansi) is None:
            raise unexpected(args, 2, '"INTEGRAL"')
    return (x, p, *(cast_to(a, LONG) for a in accuracy))


def _approximate_type(args: tuple[Expression, ...]) -> DataType:
    _check_constant(args[1])
    if not foldable(args[2]):
        given = args[2].child if isinstance(args[2], Cast) and args[2].implicit else args[2]
        shown = {"inputType": f'"{sql_name(given.type)}"', "inputExpr": f'"{pretty(given)}"'}
        raise Mismatch("NON_FOLDABLE_INPUT", inputName="`accuracy`", **shown)
    accuracy = known(args[2])
    if accuracy is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="accuracy")
    if accuracy is not None and not 0 < accuracy < 2**31:
        raise Mismatch(
            "VALUE_OUT_OF_RANGE", exprName="accuracy", valueRange="(0, 2147483647]", currentValue=f"{accuracy}L"
        )
    _check(args[1])
    t: DataType = args[0].type
    return ArrayType(t, False) if isinstance(args[1].type, ArrayType) else t


def _lower_approximate(call: Call, low: Lowering) -> str:
    """The exact percentile, which every accuracy allows. Of decimals it is that of their doubles, as in Spark."""
    x, percentage = call.args[:2]
    value = low.sql(x)
    if isinstance(x.type, DecimalType):
        value = low.cast(value, x.type, DOUBLE)
    if low.spills():
        found = sorted_percentiles(value, percentage, False, call, low)
    else:
        found = low.aggregate("quantile_disc", call, (value, low.sql(percentage)))
    if not isinstance(x.type, DecimalType):
        return found
    if isinstance(call.type, ArrayType):
        return f"list_transform({found}, lambda e: {low.cast('e', DOUBLE, x.type, 'legacy')})"
    return low.cast(found, DOUBLE, x.type, "legacy")


FUNCTIONS = (
    _agg(
        ("percentile",),
        sig(NUMBER_OR_INTERVAL, ANY, INTEGRAL_NUMBER, optional=1),
        _percentile_type,
        _lower_percentile,
        coerce=_percentile_operands,
        shown=_shown_percentile,
        settled=(1,),
        usage="Returns the exact percentile, interpolated, of values that may count several times.",
        example="SELECT percentile(col, 0.3) FROM VALUES (0), (10) AS tab(col)",
    ),
    _agg(
        ("median",),
        sig(NUMBER_OR_INTERVAL),
        rewrite=lambda args: called("percentile", args[0], Literal(0.5, DOUBLE)),
        usage="Returns the median.",
        example="SELECT median(col) FROM VALUES (0), (10) AS tab(col)",
    ),
    _within("percentile_cont", "quantile_cont", "Returns the interpolated percentile of the sorted values."),
    _within("percentile_disc", "quantile_disc", "Returns the percentile among the sorted values."),
    _agg(
        ("percentile_approx", "approx_percentile"),
        sig(ANY, ANY, INTEGRAL_NUMBER, optional=1, defaults=(10000,)),
        _approximate_type,
        _lower_approximate,
        coerce=_approximate_operands,
        settled=(1, 2),
        usage="Returns a percentile among the values.",
        example="SELECT percentile_approx(col, 0.5, 100) FROM VALUES (0), (6), (7), (9), (10) AS tab(col)",
    ),
)
