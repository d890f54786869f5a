"""Aggregate functions. NULLs are skipped; FILTER, DISTINCT and OVER are added around the lowering by the kernel.

A lowering template's `{0}` is the argument, `{agg}` stands where the kernel puts DISTINCT, ORDER BY and FILTER:
`sum({agg0})` is `sum(DISTINCT x ORDER BY …) FILTER (…)`. Builders call `aggregate(low, name, call)`.
"""

from __future__ import annotations

from functools import partial

from glowplug.errors import AnalysisError, unsupported
from glowplug.functions import decimals
from glowplug.functions.coercion import bounded
from glowplug.functions.collation_keys import collated, key, plain
from glowplug.functions.lowering import let
from glowplug.functions.ordering import has_nulls, one_zero, order_key
from glowplug.functions.vocabulary import ANY, BOOL, FLOAT64, NUMBER_OR_INTERVAL, ORDERABLE, Mismatch, arg, sig
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.type_trees import contains_type
from glowplug.types import (
    BOOLEAN,
    BYTE,
    CALENDAR_INTERVAL,
    DOUBLE,
    INTEGRAL,
    LONG,
    ArrayType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    YearMonthIntervalType,
    is_orderable,
)


def aggregate(low: Lowering, kernel: str, call: Call, *args: str) -> str:
    """`kernel([DISTINCT] args) [FILTER (WHERE …)] [OVER …]`, with the call's own clauses."""
    return low.aggregate(kernel, call, args or tuple(map(low.sql, call.args)))


def _sum_type(args: tuple[Expression, ...]) -> DataType:
    t: DataType = args[0].type
    match t:
        case DecimalType(p, s):
            return bounded(p + 10, s)
        case YearMonthIntervalType() | DayTimeIntervalType():
            return t
        case _:
            return LONG if isinstance(t, INTEGRAL) else DOUBLE


def _lower_sum(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if isinstance(call.type, DoubleType):
        return aggregate(low, "sum", call, f"CAST({x} AS DOUBLE)" if isinstance(call.args[0].type, FloatType) else x)
    if isinstance(source := call.args[0].type, DecimalType):
        return f"CAST({decimals.lower_sum(x, source, call, low)} AS {low.type(call.type)})"
    total = aggregate(low, "sum", call, x)
    if isinstance(call.type, (YearMonthIntervalType, DayTimeIntervalType)):
        return let(total, lambda n: _checked(n, n, call, low))
    if call.ansi or not isinstance(call.type, type(LONG)):
        low.suspect(call)
        return f"CAST({total} AS BIGINT)"
    from glowplug.functions.arithmetic import wrap

    return wrap(total, call.type)


def _avg_type(args: tuple[Expression, ...]) -> DataType:
    t: DataType = args[0].type
    match t:
        case DecimalType(p, s):
            return bounded(p + 4, s + 4)
        case YearMonthIntervalType() | DayTimeIntervalType():
            return t.__class__()
        case _:
            return DOUBLE


def _lower_avg(call: Call, low: Lowering) -> str:
    x, source = low.sql(call.args[0]), call.args[0].type
    if isinstance(call.type, DecimalType) and isinstance(source, DecimalType):
        total, count = decimals.lower_sum(x, source, call, low), aggregate(low, "count", call, x)
        summed = DecimalType(min(source.precision + 10, 38), source.scale)
        if summed.precision + max(call.type.scale - source.scale, source.scale) > 37:
            return decimals.exact("divide", (total, summed), (count, DecimalType(20, 0)), call.type, call, low)
        return f"(CASE WHEN {count} > 0 THEN {decimals.mean(total, count, summed, call.type)} END)"
    if isinstance(call.type, (YearMonthIntervalType, DayTimeIntervalType)):
        total, count = aggregate(low, "sum", call, x), aggregate(low, "count", call, x)
        mean = f"(sign({total}) * ((abs({total}) * 2 + {count}) // (2 * {count})))"
        return f"CASE WHEN {count} > 0 THEN {_checked(total, mean, call, low)} END"
    return aggregate(low, "avg", call, x)


def _checked(total: str, result: str, call: Call, low: Lowering) -> str:
    """A result from a sum of intervals, which must be one."""
    kernel = low.type(call.type)
    fits = f"TRY_CAST({total} AS {kernel}) IS NOT NULL"
    if call.name.startswith("try_"):
        return f"CASE WHEN {fits} THEN CAST({result} AS {kernel}) END"
    overflow = low.error(call, "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", functionName="'`try_add`'")
    return f"CASE WHEN {fits} THEN CAST({result} AS {kernel}) WHEN {total} IS NOT NULL THEN {overflow} END"


def _count(call: Call, low: Lowering) -> str:
    """NULLs count for `count(*)` and `count(1)`; with several arguments a row counts if none is NULL."""
    args = [key(low.sql(a), a.type, low) for a in call.args if not isinstance(a, Literal) or a.value is None]
    if not args:
        return aggregate(low, "count", call, "1" if call.distinct else "*")
    if len(args) == 1:
        return aggregate(low, "count", call, args[0])
    none = " OR ".join(f"{a} IS NULL" for a in args)
    return aggregate(low, "count", call, f"(CASE WHEN {none} THEN NULL ELSE row({', '.join(args)}) END)")


def _central(kernel: str, *names: str, usage: str) -> Function:
    """Variance and its kin; a single value gives NULL for the sample forms, as in Spark."""
    return Function(
        names,
        sig(FLOAT64),
        DOUBLE,
        lambda call, low: finite(call, low, aggregate(low, kernel, call), call.args[0]),
        kind="aggregate",
        nullable="always",
        usage=usage,
        example=f"SELECT {names[0]}(col) FROM VALUES (1), (2), (3) AS tab(col)",
        group="agg_funcs",
    )


def finite(call: Call, low: Lowering, moment: str, value: Expression) -> str:
    """A moment around the mean; NaN where the mean's square is not finite, by which Spark's merging multiplies."""
    if low.in_window:
        safe = aggregate(low, "bool_and", call, f"isfinite({low.sql(value)})")
    else:
        safe = f"isfinite(pow({aggregate(low, 'avg', call)}, 2))"
    return f"(CASE WHEN {moment} IS NULL OR {safe} THEN {moment} ELSE 'NaN'::DOUBLE END)"


def _first(kernel: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        ignore = call.ignore_nulls or (
            len(call.args) > 1 and isinstance(call.args[1], Literal) and bool(call.args[1].value)
        )
        x = low.sql(call.args[0])
        return low.aggregate(kernel, call, (x,), condition=f"{x} IS NOT NULL" if ignore else None)

    return lower


def _extreme(kernel: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        x, type = low.sql(call.args[0]), call.args[0].type
        if has_nulls(type) or collated(type):
            return aggregate(low, f"arg_{kernel}", call, x, order_key(key(x, type, low), plain(type)))
        return aggregate(low, kernel, call)

    return lower


def _simple(kernel: str, *names: str, usage: str) -> Function:
    return Function(
        names,
        sig(ORDERABLE),
        arg(0),
        _extreme(kernel),
        kind="aggregate",
        nullable="always",
        usage=usage,
        example=f"SELECT {names[0]}(col) FROM VALUES (10), (50), (20) AS tab(col)",
        group="agg_funcs",
    )


def _collect(name: str, *also: str, distinct: bool, nulls: bool = False) -> Function:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if distinct and contains_type(args[0].type, MapType):
            kinds = '"MAP" or "COLLATED STRING"'
            raise Mismatch("UNSUPPORTED_INPUT_TYPE", functionName=f"`{name}`", dataType=kinds)
        return ArrayType(args[0].type, nulls and args[0].nullable)

    def lower(call: Call, low: Lowering) -> str:
        x = low.sql(call.args[0])
        if distinct or call.distinct:
            x = one_zero(x, call.args[0].type, low)
        apart = distinct and call.args[0].type == CALENDAR_INTERVAL  # the kernel takes a month for thirty days
        value = f"row({key(x, call.args[0].type, low)}, {x})" if apart else x
        there = None if nulls else f"{x} IS NOT NULL"
        kernel = low.aggregate("list", call, (value,), condition=there, distinct=distinct)
        if apart:
            kernel = f"list_transform({kernel}, lambda e: struct_extract_at(e, 2))"
        if distinct and is_orderable(call.args[0].type):  # a set has no order; this one does not depend on that of rows
            kernel = f"list_sort({kernel}, 'ASC', 'NULLS FIRST')" if nulls else f"list_sort({kernel})"
        return f"coalesce({kernel}, [])"

    return Function(
        (f"{name}_respect_nulls" if nulls else name, *also),
        sig(ANY),
        returns,
        lower,
        kind="aggregate",
        nullable="never",
        deterministic=False,
        shown=lambda args, call: f"{name}({'DISTINCT ' if call.distinct else ''}{args[0]}){' RESPECT NULLS' * nulls}",
        usage="Returns the values as an array" + (" without duplicates." if distinct else "."),
        example=f"SELECT {name}(col) FROM VALUES (1), (2), (1) AS tab(col)",
        group="agg_funcs",
    )


def _flagged(name: str, args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    if len(args) > 1 and not (isinstance(args[1], Literal) and isinstance(args[1].value, bool)):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1210", funcName=name)
    return args


def _first_or_last(kernel: str, *names: str) -> Function:
    return Function(
        names,
        sig(ANY, BOOL, optional=1),
        arg(0),
        _first(kernel),
        coerce=partial(_flagged, names[0]),
        kind="aggregate",
        nullable="always",
        deterministic=False,
        shown=lambda args, call: f"{kernel if call.ignore_nulls else call.name}({args[0]})",
        usage=f"Returns the {kernel} value of the group; with a second argument of true, that is not NULL.",
        example=f"SELECT {names[0]}(col) FROM VALUES (10), (5), (20) AS tab(col)",
        group="agg_funcs",
    )


def _count_if(call: Call, low: Lowering) -> str:
    condition = low.sql(call.args[0])
    return low.aggregate("count", call, ("true",) if call.distinct else ("*",), condition=condition)


def _measure(call: Call, low: Lowering) -> str:
    """Analysis computes those of metric views, and leaves only mistakes."""
    raise unsupported("measure() of what is no measure of a metric view", call.origin)


FUNCTIONS = (
    Function(
        ("count",),
        sig(ANY, variadic=True),
        LONG,
        _count,
        kind="aggregate",
        star=True,
        nullable="never",
        usage="Returns the number of rows, or of rows whose arguments are all not NULL.",
        example="SELECT count(*) FROM VALUES (NULL), (5), (5), (20) AS tab(col)",
        group="agg_funcs",
    ),
    Function(
        ("sum",),
        sig(NUMBER_OR_INTERVAL),
        _sum_type,
        _lower_sum,
        kind="aggregate",
        nullable="always",
        usage="Returns the sum of the values.",
        example="SELECT sum(col) FROM VALUES (5), (10), (15) AS tab(col)",
        group="agg_funcs",
    ),
    Function(
        ("avg", "mean"),
        sig(NUMBER_OR_INTERVAL),
        _avg_type,
        _lower_avg,
        kind="aggregate",
        nullable="always",
        usage="Returns the mean of the values.",
        example="SELECT avg(col) FROM VALUES (1), (2), (3) AS tab(col)",
        group="agg_funcs",
    ),
    _simple("min", "min", usage="Returns the smallest value."),
    _simple("max", "max", usage="Returns the greatest value."),
    _central("stddev_samp", "stddev", "stddev_samp", "std", usage="Returns the sample standard deviation."),
    _central("stddev_pop", "stddev_pop", usage="Returns the population standard deviation."),
    _central("var_samp", "variance", "var_samp", usage="Returns the sample variance."),
    _central("var_pop", "var_pop", usage="Returns the population variance."),
    _first_or_last("first", "first", "first_value"),
    _first_or_last("last", "last", "last_value"),
    _first_or_last("any_value", "any_value"),
    _collect("collect_list", "array_agg", distinct=False),
    _collect("collect_set", distinct=True),
    Function(
        ("measure",),
        sig(ANY),
        arg(0),
        _measure,
        kind="aggregate",
        usage="Computes a measure of a metric view.",
        example="FROM sales_metrics SELECT region, measure(total) GROUP BY region",
        group="agg_funcs",
    ),
    Function(
        ("grouping",),
        sig(ANY),
        BYTE,
        "CAST(grouping({0}) AS TINYINT)",
        nullable="never",
        kind="aggregate",
        usage="Returns 1 if the column is aggregated in this grouping set, otherwise 0.",
        example="SELECT name, grouping(name), sum(age) FROM VALUES (2, 'Alice') people(age, name) GROUP BY CUBE(name)",
        group="agg_funcs",
    ),
    Function(
        ("grouping_id",),
        sig(ANY, optional=1, variadic=True),
        LONG,
        lambda call, low: f"CAST(grouping({', '.join(map(low.sql, call.args))}) AS BIGINT)",
        nullable="never",
        kind="aggregate",
        bare=("grouping__id",),
        usage="Returns the bits of grouping() of the columns as one number.",
        example="SELECT name, grouping_id(), sum(age) FROM VALUES (2, 'Alice') people(age, name) GROUP BY CUBE(name)",
        group="agg_funcs",
    ),
    Function(
        ("bool_and", "every"),
        sig(BOOL),
        BOOLEAN,
        lambda call, low: aggregate(low, "bool_and", call),
        kind="aggregate",
        nullable="always",
        usage="Returns whether all values are true.",
        example="SELECT bool_and(col) FROM VALUES (true), (true) AS tab(col)",
        group="agg_funcs",
    ),
    Function(
        ("bool_or", "any", "some"),
        sig(BOOL),
        BOOLEAN,
        lambda call, low: aggregate(low, "bool_or", call),
        kind="aggregate",
        nullable="always",
        usage="Returns whether any value is true.",
        example="SELECT bool_or(col) FROM VALUES (true), (false) AS tab(col)",
        group="agg_funcs",
    ),
    Function(
        ("count_if",),
        sig(BOOL),
        LONG,
        _count_if,
        kind="aggregate",
        nullable="never",
        usage="Returns the number of true values.",
        example="SELECT count_if(col % 2 = 0) FROM VALUES (NULL), (0), (1), (2) AS tab(col)",
        group="agg_funcs",
    ),
)

RESPECTING = {  # what these are with RESPECT NULLS
    name: _collect(name, distinct=distinct, nulls=True)
    for name, distinct in (("collect_list", False), ("collect_set", True))
}
