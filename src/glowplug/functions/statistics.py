"""Statistical aggregates: correlation, regression, shape, percentiles, modes, extremes by another value, joined texts.

Where Spark's formula differs from the kernel's by rounding, the parts are the kernel's and the formula Spark's.
Semantics: Spark's SQL reference, "Aggregate Functions".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.errors import DOCROOT, AnalysisError, row_failure
from glowplug.functions import hyperloglog, java_random
from glowplug.functions.aggregates import aggregate
from glowplug.functions.arithmetic import ANSI
from glowplug.functions.lowering import per_row, python
from glowplug.functions.options import foldable
from glowplug.functions.strings import is_binary
from glowplug.functions.vocabulary import (
    ANY,
    BOOL,
    FLOAT64,
    INTEGER,
    INTEGRAL_NUMBER,
    NUMBER,
    NUMBER_OR_INTERVAL,
    ORDERABLE,
    STR_OR_BIN,
    Mismatch,
    arg,
    constant,
    sig,
    unexpected,
)
from glowplug.plan.build import called
from glowplug.plan.expressions import (
    Attribute,
    Call,
    Cast,
    Expression,
    LambdaVariable,
    Literal,
    OuterReference,
    SortOrder,
)
from glowplug.plan.function import Accept, Constant, Function, Lower, Lowering
from glowplug.plan.names import pretty
from glowplug.plan.tree import walk
from glowplug.types import (
    BINARY,
    DOUBLE,
    FRACTIONAL,
    INT,
    LONG,
    NUMERIC,
    STRING,
    STRINGS,
    ArrayType,
    BinaryType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    NullType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
    is_orderable,
    sql_name,
)

_agg = partial(Function, kind="aggregate", nullable="always", group="agg_funcs")
INTERVALS = (YearMonthIntervalType, DayTimeIntervalType)
NUMBER_OR_TIME = Accept(
    '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
    lambda t: isinstance(t, (*NUMERIC, DateType, TimestampType, TimestampNTZType, *INTERVALS)),
    (DOUBLE,),
)


# --- pairs of numbers -----------------------------------------------------------------------------------


def _pairs(name: str, lower: Lower, usage: str, returns: DataType = DOUBLE) -> Function:
    return _agg(
        (name,),
        sig(FLOAT64, FLOAT64),
        returns,
        lower,
        nullable="never" if returns == LONG else "always",
        usage=usage,
        example=f"SELECT {name}(y, x) FROM VALUES (1, 2), (2, 3), (2, 4) AS tab(y, x)",
    )


def _pair_mean(name: str, at: int, usage: str) -> Function:
    def rewrite(args: tuple[Expression, ...]) -> Expression:
        for i, a in enumerate(args):
            if not isinstance(a.type, (*NUMERIC, *STRINGS, NullType)):
                raise unexpected(args, i, '"NUMERIC"')
        values = [Cast(a, DOUBLE) if isinstance(a.type, STRINGS) else a for a in args]
        both = called("and", *(called("isnotnull", v) for v in values))
        return called("avg", called("if", both, values[at], Literal(None)))

    return _agg(
        (name,),
        sig(NUMBER, NUMBER),
        rewrite=rewrite,
        usage=usage,
        example=f"SELECT {name}(y, x) FROM VALUES (1, 2), (2, 3), (2, 4) AS tab(y, x)",
    )


def _kernel(name: str) -> Lower:
    return lambda call, low: aggregate(low, name, call)


def _swapped(name: str) -> Lower:
    """A symmetric aggregate that rounds as Spark's with its arguments the other way round."""

    def lower(call: Call, low: Lowering) -> str:
        return _moment("sxy", replace(call, args=call.args[::-1]), low, name)

    return lower


def _products(call: Call, low: Lowering) -> tuple[str, str, str]:
    """The sums of products around the means: first with second, first with first, second with second."""
    return _moment("sxy", call, low), _moment("syy", call, low), _moment("sxx", call, low)


def _moment(name: str, call: Call, low: Lowering, kernel: str = "") -> str:
    """A sum of products around the means; NaN where that of the means is not finite, which Spark merges."""
    moment = aggregate(low, kernel or f"regr_{name}", call)
    if low.in_window:
        y, x = map(low.sql, call.args)
        test = " AND ".join(f"isfinite({x if axis == 'x' else y})" for axis in dict.fromkeys(name[1:]))
        safe = low.aggregate("bool_and", call, (test,), condition=f"{x} IS NOT NULL AND {y} IS NOT NULL")
    else:
        count, *means = (aggregate(low, f"regr_{m}", call) for m in ("count", f"avg{name[1]}", f"avg{name[2]}"))
        safe = f"isfinite({means[0]} * ({means[1]} / {count}))"
    kept = f"{moment} IS NULL OR isinf({moment})" if kernel else f"{moment} IS NULL"
    return f"(CASE WHEN {kept} OR {safe} THEN {moment} ELSE 'NaN'::DOUBLE END)"


def _lower_corr(call: Call, low: Lowering) -> str:
    """A constant column is a division by zero, which is an error in ANSI mode."""
    both, first, second = _products(call, low)
    count = aggregate(low, "regr_count", call)
    zero = low.error(call, "DIVIDE_BY_ZERO", config=ANSI) if call.ansi else "NULL"
    root = f"sqrt({first} * {second})"
    return f"(CASE WHEN {count} > 1 THEN CASE WHEN {root} = 0 THEN {zero} ELSE {both} / {root} END END)"


def _lower_r2(call: Call, low: Lowering) -> str:
    both, y, x = _products(call, low)
    r = f"({both} / sqrt({y} * {x}))"
    return f"(CASE WHEN {x} = 0 THEN NULL WHEN {y} = 0 THEN 1.0::DOUBLE ELSE {r} * {r} END)"


def _lower_slope(call: Call, low: Lowering) -> str:
    both, _, x = _products(call, low)
    return f"(CASE WHEN {x} <> 0 THEN {both} / {x} END)"


def _lower_intercept(call: Call, low: Lowering) -> str:
    both, _, x = _products(call, low)
    means = aggregate(low, "regr_avgy", call), aggregate(low, "regr_avgx", call)
    return f"(CASE WHEN {x} <> 0 THEN {means[0]} - {both} / {x} * {means[1]} END)"


# --- shape ----------------------------------------------------------------------------------------------


def _moments(power: int, merged: bool) -> Any:
    """A body over lists of doubles: the third or fourth moment around the mean, by the second; NULL if that is 0."""

    def body(lists: Any) -> Any:
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        counts = lists.value_lengths().fill_null(0).to_numpy().astype(np.int64)
        full = counts > 0
        n = counts[full]
        values = lists.flatten().to_numpy(zero_copy_only=False)
        out, missing = np.zeros(len(counts)), np.ones(len(counts), bool)
        if len(n):
            starts = np.concatenate(([0], np.cumsum(n)[:-1]))
            with np.errstate(all="ignore"):
                means = np.add.reduceat(values, starts) / n
                away = values - np.repeat(means, n)
                square, higher = np.add.reduceat(away**2, starts), np.add.reduceat(away**power, starts)
                if merged:  # as parts of sums are, in Spark, with the means' powers
                    square, higher = square + 0 * means**2, higher + 0 * means**power
                shape = np.sqrt(n) * higher / np.sqrt(square**3) if power == 3 else n * higher / square**2 - 3
            out[full], missing[full] = shape, square == 0
        return pa.array(out, pa.float64(), mask=missing)

    return body


def _shape(name: str, power: int, usage: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        """Sums of powers around the group's mean, which its rows come with; as a window function, of a list."""
        x = low.sql(call.args[0])
        if (away := low.deviation(call, x)) is not None:
            square, higher = (low.aggregate("fsum", call, (f"pow({away}, {p})",)) for p in (2, power))
            n = low.aggregate("count", call, (x,))
            shape = (
                f"sqrt({n}) * {higher} / sqrt(pow({square}, 3))"
                if power == 3
                else f"{n} * {higher} / pow({square}, 2) - 3"
            )
            mean = low.aggregate("avg", call, (x,))
            endless = f"WHEN NOT isfinite(pow({mean}, 2)) THEN 'NaN'::DOUBLE WHEN {square} = 0 THEN NULL"
            return (
                f"(CASE {endless} WHEN isfinite(pow({mean}, {power})) THEN {shape} WHEN {n} > 0 THEN 'NaN'::DOUBLE END)"
            )
        values = low.aggregate("list", call, (x,), condition=f"{x} IS NOT NULL")
        merged = not low.in_window
        return python(
            low, f"{name}{'_merged' * merged}", _moments(power, merged), [(values, ArrayType(DOUBLE))], DOUBLE
        )

    return _agg(
        (name,),
        sig(FLOAT64),
        DOUBLE,
        lower,
        usage=usage,
        example=f"SELECT {name}(col) FROM VALUES (-10), (-20), (100), (1000) AS tab(col)",
    )


# --- percentiles ----------------------------------------------------------------------------------------


def known(e: Expression) -> Any:
    """The value of a constant: a literal, also cast, or an array of such; None when it is not one."""
    from glowplug.plan.expressions import Cast

    match e:
        case Literal(value):
            return value
        case Cast(child):
            return known(child)
        case Call() if e.function.names[0] == "array":
            return [known(a) for a in e.args]
        case Call() if e.function.names[0] == "negative" and isinstance(value := known(e.args[0]), (int, float)):
            return -value
    return None


def _check(percentage: Expression) -> None:
    """A percentage is a constant of [0, 1]."""
    from glowplug.functions.vocabulary import Mismatch
    from glowplug.plan.expressions import Attribute
    from glowplug.plan.tree import walk

    if any(isinstance(x, Attribute) for x in walk(percentage)):
        raise Mismatch(
            "NON_FOLDABLE_INPUT",
            inputName="`percentage`",
            inputType='"DOUBLE"',
            inputExpr=f'"{pretty(percentage)}"',
        )
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
    from glowplug.functions.coercion import cast_to, implicit_target
    from glowplug.functions.vocabulary import Mismatch

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
    from glowplug.functions.coercion import cast_to, implicit_target

    x, percentage, *frequency = args
    t = implicit_target(x.type, NUMBER_OR_INTERVAL, ansi)
    if t is None:
        return None
    value = cast_to(x, t if isinstance(t, INTERVALS) else DOUBLE)
    counts = [cast_to(f, LONG) for f in frequency]
    return (value, _as_doubles(percentage, "second"), *counts)


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
            raise row_failure("NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION", negativeValue=str(count))
        if count:
            counts[value] = counts.get(value, 0) + count
    if not counts:
        return None
    values = sorted(counts)
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
    if not frequency or known(frequency[0]) == 1:
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


def _within_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """percentage, and the SortOrder of a value that is cast to a double or is an interval."""
    from glowplug.functions.coercion import cast_to, implicit_target

    percentage, order = args[0], args[-1]
    if len(args) == 1 and isinstance(order, SortOrder):
        raise AnalysisError(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            docroot=DOCROOT,
            functionName="`percentile_cont`",
            expectedNum="1",
            actualNum=0,
        )
    if len(args) != 2 or not isinstance(order, SortOrder):
        raise AnalysisError("INVALID_INVERSE_DISTRIBUTION_FUNCTION.WITHIN_GROUP_MISSING", funcName="percentile")
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
        coerce=_within_operands,
        shown=shown,
        ordered=True,
        usage=usage,
        example=f"SELECT {name}(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)",
    )


_MEASURED = (
    '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")'
)


def _approximate_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    from glowplug.functions.coercion import cast_to, implicit_target
    from glowplug.types import NUMERIC, STRINGS, DateType, TimestampNTZType, TimestampType

    x, percentage, *accuracy = args
    if isinstance(x.type, (*STRINGS, NullType)):
        x = cast_to(x, DOUBLE)
    if not isinstance(x.type, (*NUMERIC, *INTERVALS, DateType, TimestampType, TimestampNTZType)):
        raise unexpected(args, 0, _MEASURED)
    p = _as_doubles(percentage, "second")
    for a in accuracy:
        if implicit_target(a.type, INTEGRAL_NUMBER, ansi) is None:
            raise unexpected(args, 2, '"INTEGRAL"')
        if not foldable(a):
            shown = f'"{pretty(a)}"'
            raise Mismatch("NON_FOLDABLE_INPUT", inputName="`accuracy`", inputType='"BIGINT"', inputExpr=shown)
    return (x, p, *(cast_to(a, LONG) for a in accuracy))


def _approximate_type(args: tuple[Expression, ...]) -> DataType:
    from glowplug.functions.vocabulary import Mismatch

    _check(args[1])
    accuracy = known(args[2])
    if accuracy is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="accuracy")
    if accuracy is not None and not 0 < accuracy < 2**31:
        raise Mismatch(
            "VALUE_OUT_OF_RANGE", exprName="accuracy", valueRange="(0, 2147483647]", currentValue=f"{accuracy}L"
        )
    t: DataType = args[0].type
    return ArrayType(t, False) if isinstance(args[1].type, ArrayType) else t


def _lower_approximate(call: Call, low: Lowering) -> str:
    """The exact percentile, which every accuracy allows."""
    return low.aggregate("quantile_disc", call, (low.sql(call.args[0]), low.sql(call.args[1])))


# --- modes and extremes ---------------------------------------------------------------------------------


def _mode_order(call: Call) -> SortOrder | None:
    last = call.args[-1]
    return last if isinstance(last, SortOrder) else None


def _lower_mode(call: Call, low: Lowering) -> str:
    """The value that occurs most often; of several the smallest, or the greatest for a descending order."""
    order = _mode_order(call)
    x = low.sql(order.child if order is not None else call.args[0])
    if not any(isinstance(e, (Attribute, OuterReference)) for e in walk(call.args[0])):
        return low.aggregate("mode", call, (x,))  # the kernel fails where it is told to order constants
    direction = "DESC" if order is not None and not order.ascending else "ASC"
    return low.aggregate("mode", call, (f"{x} ORDER BY {x} {direction}",))


def _mode_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    if len(args) > 1 and isinstance(args[-1], SortOrder):
        from glowplug.errors import AnalysisError

        condition = "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS"
        raise AnalysisError(condition, funcName="`mode`", expectedNum=0, actualNum=1)
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
        x, by, *count = (low.sql(a) for a in call.args)
        if not count:
            return low.aggregate(f"{kernel}_null", call, (x, by))
        return low.aggregate(f"{kernel}_nulls_last", call, (x, by, *count), condition=f"{by} IS NOT NULL")

    def returns(args: tuple[Expression, ...]) -> DataType:
        t: DataType = args[0].type
        return ArrayType(t, True) if len(args) > 2 else t

    return _agg(
        (name,),
        sig(ANY, ORDERABLE, INTEGRAL_NUMBER, optional=1),
        returns,
        lower,
        constants=(Constant(2, "`k`", "[1, 100000]", 1, 100_000),),
        usage=usage,
        example=f"SELECT {name}(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)",
    )


def _bits(name: str) -> Function:
    return _agg(
        (name,),
        sig(INTEGRAL_NUMBER),
        arg(0),
        _kernel(name),
        casts=False,
        usage=f"Returns the bitwise {name.removeprefix('bit_')} of the values.",
        example=f"SELECT {name}(col) FROM VALUES (3), (5) AS tab(col)",
    )


def _estimable(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    """What is counted, and by how much the count may be wrong: by so much that 4 bits of a hash are looked at."""
    if len(args) > 1:
        e = args[1]
        if not isinstance(e, Literal) or not isinstance(e.type, (DoubleType, DecimalType)) or e.value is None:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1104", sql=pretty(e))
        if not 0 < float(e.value) <= 1.106 / 2**1.5:
            raise AnalysisError("FAILED_FUNCTION_CALL", funcName="`approx_count_distinct`")
    return args


def _lower_count(call: Call, low: Lowering) -> str:
    """From the different codes of a group, of which there are few, however many values it has."""
    x = call.args[0]
    if isinstance(x.type, NullType):
        return "CAST(0 AS BIGINT)"
    bits = hyperloglog.precision(float(known(call.args[1]))) if len(call.args) > 1 else 9
    code = python(low, f"hyperloglog_codes_{bits}", hyperloglog.codes(bits), [x], INT)
    found = low.aggregate("list", call, (code,), condition=f"{low.sql(x)} IS NOT NULL", distinct=True)
    return python(low, f"hyperloglog_{bits}", hyperloglog.counts(bits), [(found, ArrayType(INT))], LONG)


# --- histograms -----------------------------------------------------------------------------------------

_PART = 1 << 16  # values that are Python's at a time


def histogram(values: Iterable[float], bins: int) -> list[tuple[float, float]]:
    """Bins of (centre, count): the two nearest are merged whenever there is one too many (Ben-Haim and Tom-Tov).

    Of pairs that are equally near one is drawn, by the generator and the seed that Spark has for it.
    """
    drawn = java_random.doubles(31183)
    centres, counts = list[float](), list[float]()
    for x in values:
        at = bisect_left(centres, x)
        if at < len(centres) and centres[at] == x:
            counts[at] += 1
            continue
        centres.insert(at, x)
        counts.insert(at, 1.0)
        if len(centres) > bins:
            i, ties, nearest = 0, 1, centres[1] - centres[0]
            for j in range(1, len(centres) - 1):
                gap = centres[j + 1] - centres[j]
                if gap < nearest:
                    i, ties, nearest = j, 1, gap
                elif gap == nearest:
                    ties += 1
                    i = j if next(drawn) <= 1.0 / ties else i
            m, n = counts[i], counts.pop(i + 1)
            centres[i] = centres[i] * (m / (m + n)) + centres.pop(i + 1) / (m + n) * n
            counts[i] = m + n
    return list(zip(centres, counts, strict=True))


def _histograms(lists: Any, bins: Any) -> Any:
    """A body: the histogram of each list of doubles, which become Python's a part at a time."""
    lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    columns, at, out = lists.flatten(), 0, list[list[dict[str, float]] | None]()
    for length, n in zip(lists.value_lengths().to_pylist(), bins.to_pylist(), strict=True):
        if length is None:
            out.append(None)
            continue
        start, at = at, at + length
        parts = (columns.slice(i, min(_PART, at - i)) for i in range(start, at, _PART))
        found = histogram((x for part in parts for x in part.to_pylist()), n)
        out.append([{"x": x, "y": y} for x, y in found])
    return pa.array(out, pa.list_(pa.struct([("x", pa.float64()), ("y", pa.float64())])))


def _histogram_type(args: tuple[Expression, ...]) -> DataType:
    from glowplug.functions.vocabulary import Mismatch

    bins = known(args[1])
    if bins is not None and bins < 2:
        raise Mismatch("VALUE_OUT_OF_RANGE", exprName="nb", valueRange="[2, 2147483647]", currentValue=bins)
    return ArrayType(StructType((StructField("x", args[0].type), StructField("y", DOUBLE))), True)


def _lower_histogram(call: Call, low: Lowering) -> str:
    """Centres are doubles on the way, whatever the type of the values."""
    x, bins = call.args
    value = low.sql(x)
    number = {
        DateType: f"({value} - DATE '1970-01-01')",
        TimestampType: f"epoch_us({value})",
        TimestampNTZType: f"epoch_us({value})",
    }
    values = low.aggregate(
        "list", call, (f"{number.get(x.type.__class__, value)}::DOUBLE",), condition=f"{value} IS NOT NULL"
    )
    pair = ArrayType(StructType((StructField("x", DOUBLE), StructField("y", DOUBLE))))
    body = [(values, ArrayType(DOUBLE)), (low.sql(bins), INT)]
    found = python(low, "histogram", _histograms, body, pair)
    centre = {
        DateType: "DATE '1970-01-01' + CAST(trunc(e.x) AS INTEGER)",
        TimestampType: "make_timestamptz(CAST(trunc(e.x) AS BIGINT))",
        TimestampNTZType: "make_timestamp(CAST(trunc(e.x) AS BIGINT))",
    }.get(
        x.type.__class__, f"CAST({'e.x' if isinstance(x.type, (*FRACTIONAL,)) else 'trunc(e.x)'} AS {low.type(x.type)})"
    )
    return f"CAST(list_transform({found}, lambda e: row({centre}, e.y)) AS {low.type(call.type)})"


# --- texts ----------------------------------------------------------------------------------------------


def _lower_listagg(call: Call, low: Lowering) -> str:
    x, separator = call.args
    delimiter = low.sql(separator) if known(separator) is not None or not isinstance(separator, Literal) else None
    if isinstance(call.type, BinaryType):
        values = low.aggregate("list", call, (low.sql(x),), condition=f"{low.sql(x)} IS NOT NULL")
        joined = (values, ArrayType(BINARY)), (delimiter or "''::BLOB", BINARY)
        return per_row(low, "join_bytes", lambda parts, by: by.join(parts), joined, BINARY)
    if call.distinct and not call.order_by:  # without an order of the user's, one that does not depend on the rows'
        return low.aggregate("string_agg", call, (low.sql(x), f"{delimiter or chr(39) * 2} ORDER BY {low.sql(x)}"))
    return low.aggregate("string_agg", call, (low.sql(x), delimiter or "''"))


def _listagg_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    from glowplug.functions.coercion import cast_to, implicit_target

    x = args[0]
    t = implicit_target(x.type, STR_OR_BIN, ansi)
    if t is None:
        return None
    t = BINARY if isinstance(t, BinaryType) else STRING
    separator = args[1] if len(args) > 1 else Literal(None, t)
    if implicit_target(separator.type, STR_OR_BIN, ansi) is None:
        raise unexpected(args, 1, '("STRING" or "BINARY")')
    if any(isinstance(e, Attribute | OuterReference | LambdaVariable) for e in walk(separator)):
        raise AnalysisError(
            "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
            sqlExpr=f'"listagg({pretty(x)}, {pretty(separator)})"',
            inputName="`delimiter`",
            inputType=f'"{sql_name(t)}"',
            inputExpr=f'"{pretty(separator)}"',
        )
    if not isinstance(separator.type, NullType) and is_binary(separator) != (t == BINARY):
        types = f'("{sql_name(t)}" or "{sql_name(separator.type)}")'
        raise Mismatch("DATA_DIFF_TYPES", functionName="`listagg`", dataType=types)
    return cast_to(x, t), cast_to(separator, t)


def _shown_listagg(args: tuple[str, ...], call: Call) -> str:
    name = "listagg" if call.order_by else call.name
    return f"{name}({'DISTINCT ' if call.distinct else ''}{args[0]}, {args[1] if len(args) > 1 else 'NULL'})"


# --- sums that try --------------------------------------------------------------------------------------


def _try(name: str, of: str, usage: str) -> Function:
    from glowplug.functions import aggregates

    base = next(f for f in aggregates.FUNCTIONS if f.names[0] == of)

    def lower(call: Call, low: Lowering) -> str:
        if of == "sum" and not isinstance(call.type, (DecimalType, type(DOUBLE))):
            return f"TRY_CAST({aggregate(low, 'sum', call)} AS {low.type(call.type)})"
        assert callable(base.lower)
        return base.lower(replace(call, ansi=False), low)

    return _agg(
        (name,),
        base.signature,
        base.returns,
        lower,
        usage=usage,
        example=f"SELECT {name}(col) FROM VALUES (5), (10), (15) AS tab(col)",
    )


FUNCTIONS = (
    _pairs("corr", _lower_corr, "Returns Pearson's coefficient of correlation."),
    _pairs("covar_pop", _swapped("covar_pop"), "Returns the population covariance."),
    _pairs("covar_samp", _swapped("covar_samp"), "Returns the sample covariance."),
    _pairs("regr_count", _kernel("regr_count"), "Returns the number of pairs without NULL.", LONG),
    _pair_mean("regr_avgx", 1, "Returns the mean of the second values of pairs without NULL."),
    _pair_mean("regr_avgy", 0, "Returns the mean of the first values of pairs without NULL."),
    _pairs("regr_sxx", partial(_moment, "sxx"), "Returns the sum of squares of the second values around their mean."),
    _pairs("regr_syy", partial(_moment, "syy"), "Returns the sum of squares of the first values around their mean."),
    _pairs("regr_sxy", partial(_moment, "sxy"), "Returns the sum of products of both values around their means."),
    _pairs("regr_r2", _lower_r2, "Returns the coefficient of determination."),
    _pairs("regr_slope", _lower_slope, "Returns the slope of the regression line."),
    _pairs("regr_intercept", _lower_intercept, "Returns where the regression line meets the axis."),
    _shape("skewness", 3, "Returns the skewness of the values."),
    _shape("kurtosis", 4, "Returns the excess kurtosis of the values."),
    _agg(
        ("percentile",),
        sig(NUMBER_OR_INTERVAL, ANY, INTEGRAL_NUMBER, optional=1),
        _percentile_type,
        _lower_percentile,
        coerce=_percentile_operands,
        shown=_shown_percentile,
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
        usage="Returns a percentile among the values.",
        example="SELECT percentile_approx(col, 0.5, 100) FROM VALUES (0), (6), (7), (9), (10) AS tab(col)",
    ),
    _agg(
        ("approx_count_distinct",),
        sig(ANY, ANY, optional=1),
        LONG,
        coerce=_estimable,
        lower=_lower_count,
        nullable="never",
        shown=lambda args, call: f"approx_count_distinct({'DISTINCT ' if call.distinct else ''}{args[0]})",
        usage="Returns about how many different values there are.",
        example="SELECT approx_count_distinct(col1) FROM VALUES (1), (1), (2) AS tab(col1)",
    ),
    _agg(
        ("mode",),
        sig(ANY, BOOL, optional=1),
        _mode_type,
        _lower_mode,
        coerce=_mode_operands,
        shown=_shown_mode,
        ordered=True,
        usage="Returns the most frequent value.",
        example="SELECT mode(col) FROM VALUES (0), (10), (10) AS tab(col)",
    ),
    _extreme("max_by", "arg_max", "Returns the value at the greatest second value, or an array of the first n."),
    _extreme("min_by", "arg_min", "Returns the value at the smallest second value, or an array of the first n."),
    _agg(
        ("histogram_numeric",),
        sig(NUMBER_OR_TIME, constant(INTEGER)),
        _histogram_type,
        _lower_histogram,
        usage="Returns a histogram of the values in bins of different widths.",
        example="SELECT histogram_numeric(col, 5) FROM VALUES (0), (1), (2), (10) AS tab(col)",
    ),
    _bits("bit_and"),
    _bits("bit_or"),
    _bits("bit_xor"),
    _agg(
        ("listagg", "string_agg"),
        sig(STR_OR_BIN, ANY, optional=1),
        arg(0),
        _lower_listagg,
        coerce=_listagg_operands,
        shown=_shown_listagg,
        usage="Joins the values with a separator, in the order of WITHIN GROUP.",
        example="SELECT listagg(col, ', ') FROM VALUES ('a'), ('b') AS tab(col)",
    ),
    _try("try_sum", "sum", "Returns the sum of the values, NULL on overflow."),
    _try("try_avg", "avg", "Returns the mean of the values, NULL on overflow."),
)
