"""Statistical aggregates: correlation, regression, shape, about how many values there are; sums that try.

Where Spark's formula differs from the kernel's by rounding, the parts are the kernel's and the formula Spark's.
Semantics: Spark's SQL reference, "Aggregate Functions".
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.errors import AnalysisError
from glowplug.functions import folds, hyperloglog
from glowplug.functions.aggregates import aggregate
from glowplug.functions.arithmetic import ANSI
from glowplug.functions.lowering import known, python
from glowplug.functions.vocabulary import (
    ANY,
    FLOAT64,
    INTEGRAL_NUMBER,
    NUMBER,
    arg,
    sig,
    unexpected,
)
from glowplug.plan.build import called
from glowplug.plan.expressions import (
    Call,
    Cast,
    Expression,
    Literal,
)
from glowplug.plan.function import Fold, Function, Lower, Lowering
from glowplug.types import (
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    NUMERIC,
    STRINGS,
    ArrayType,
    DataType,
    DecimalType,
    DoubleType,
    NullType,
)

_agg = partial(Function, kind="aggregate", nullable="always", group="agg_funcs")

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
    """A constant column is a division by zero, an error in ANSI mode. It rounds as Spark's the other way round."""
    both, first, second = _products(replace(call, args=call.args[::-1]), low)
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
        """Sums of powers around the group's mean, which its rows come with; as a window function, of a list.

        The differences of whole numbers are taken n times as large, so that they are whole, and so is a result.
        """
        arg = call.args[0]
        whole = isinstance(arg, Cast) and isinstance(arg.child.type, INTEGRAL)
        x = low.sql(call.args[0])
        kept = "" if call.filter is None else f" FILTER (WHERE {low.sql(call.filter)})"
        if not call.distinct and (count := low.beside(f"count({x}){kept}")) is not None:
            total = low.beside(f"fsum({x}){kept}")
            away = f"({x} * {count} - {total})" if whole else f"({x} - {total} / {count})"
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


# --- bits, and how many values there are -----------------------------------------------------------------


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
            raise AnalysisError("_LEGACY_ERROR_TEMP_1104")
        if not 0 < float(e.value) <= 1.106 / 2**1.5:
            raise AnalysisError("FAILED_FUNCTION_CALL", funcName="`approx_count_distinct`")
    return args


def precision_of(call: Call) -> int:
    """How many bits of a hash choose a register of `approx_count_distinct`."""
    return hyperloglog.precision(float(known(call.args[1]))) if len(call.args) > 1 else 9


def _lower_code(call: Call, low: Lowering) -> str:
    bits = precision_of(call)
    return python(low, f"hyperloglog_codes_{bits}", hyperloglog.codes(bits), [call.args[0]], INT)


def _lower_codes_count(call: Call, low: Lowering) -> str:
    bits = precision_of(call)
    return python(low, f"hyperloglog_{bits}", hyperloglog.counts(bits), [call.args[0]], LONG)


def _lower_count(call: Call, low: Lowering) -> str:
    """From the different codes of a group, of which there are few, however many values it has."""
    x = call.args[0]
    if isinstance(x.type, NullType):
        return "CAST(0 AS BIGINT)"
    bits, code = precision_of(call), _lower_code(call, low)
    fold = Fold(
        (low.expression(code, INT, True),),
        str(bits),
        lambda: None,
        lambda registers, codes: hyperloglog.with_codes(registers, codes.to_numpy(), bits),
        lambda registers: hyperloglog.estimate(registers, bits),
    )
    found = low.aggregate("list", call, (code,), condition=f"{low.sql(x)} IS NOT NULL", distinct=True)
    listed = python(low, f"hyperloglog_{bits}", hyperloglog.counts(bits), [(found, ArrayType(INT))], LONG)
    return folds.lower_as(fold, replace(call, distinct=False), low, listed)


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
    # What streams keep of such a count, and what it is of all codes.
    Function(
        ("hyperloglog_code",),
        sig(ANY, ANY, optional=1),
        INT,
        lambda call, low: f"(CASE WHEN {low.sql(call.args[0])} IS NOT NULL THEN {_lower_code(call, low)} END)",
        internal=True,
    ),
    Function(
        ("hyperloglog_count",), sig(ANY, ANY, optional=1), LONG, _lower_codes_count, internal=True, nullable="never"
    ),
    _bits("bit_and"),
    _bits("bit_or"),
    _bits("bit_xor"),
    _try("try_sum", "sum", "Returns the sum of the values, NULL on overflow."),
    _try("try_avg", "avg", "Returns the mean of the values, NULL on overflow."),
)
