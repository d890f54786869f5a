"""Mathematics: roots, logarithms, angles, remainders, and arithmetic that gives NULL instead of an error.

A logarithm outside its domain is NULL, other functions give NaN, as Java's. Rounding is in `rounding.py`.
Semantics: Spark's SQL reference, "Mathematical Functions".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.functions import arithmetic, decimals, strict_math
from glowplug.functions.arithmetic import ANSI, INTERVALS, wrap
from glowplug.functions.coercion import cast_to, implicit_target
from glowplug.functions.lowering import constant, let, python
from glowplug.functions.vocabulary import (
    ANY,
    BIGINT,
    FLOAT64,
    INTEGER,
    NUMBER_OR_INTERVAL,
    Mismatch,
    arg,
    sig,
    unexpected,
)
from glowplug.plan.expressions import Call, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    NUMERIC,
    STRINGS,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    NullType,
    YearMonthIntervalType,
    sql_name,
)

_math = partial(Function, group="math_funcs")
DOUBLE_OR_INTERVAL = Accept(
    '("DOUBLE" or "ANSI INTERVAL")',
    lambda t: t == DOUBLE or isinstance(t, (YearMonthIntervalType, DayTimeIntervalType)),
    (DOUBLE,),
)


def _call(name: str, *args: Expression) -> UnresolvedFunction:
    return UnresolvedFunction((name,), args, internal=True)


def smallest(type: DataType) -> int:
    bits, _ = arithmetic.BITS[type.__class__]
    return -(1 << (bits - 1))


def numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    """A body over double columns by a numpy function; NULL where an argument is."""

    def body(*columns: Any) -> Any:
        missing = np.zeros(len(columns[0]), bool)
        values = []
        for c in columns:
            missing |= c.is_null().to_numpy(zero_copy_only=False) if isinstance(c, pa.Array) else c.is_null().to_numpy()
            values.append(c.fill_null(0.0).to_numpy())
        with np.errstate(all="ignore"):
            return pa.array(function(*values), pa.float64(), mask=missing)

    return body


def _unary(name: str, sql: str, usage: str, *also: str, shown: str | None = None) -> Function:
    """A function of a double, which Spark shows in capitals when it is called by its first name."""
    title = shown or name.upper()
    return _math(
        (name, *also),
        sig(FLOAT64),
        DOUBLE,
        sql,
        nullable="always",
        shown=lambda args, call: f"{title if call.name == name else call.name}({args[0]})",
        usage=usage,
        example=f"SELECT {name}(1)",
    )


def _logarithm(name: str, sql: str, usage: str, shown: str | None = None) -> Function:
    return _unary(name, f"(CASE WHEN {{0}} > 0 THEN {sql} END)", usage, shown=shown)


def _by_numpy(name: str, function: Callable[..., Any], usage: str, condition: str = "") -> Function:
    """A function that the kernel does not have; NULL unless `condition`."""

    def lower(call: Call, low: Lowering) -> str:
        value = python(low, name, numpy(function), call.args, DOUBLE)
        return f"(CASE WHEN {low.sql(call.args[0])} {condition} THEN {value} END)" if condition else value

    return _math(
        (name,),
        sig(FLOAT64),
        DOUBLE,
        lower,
        nullable="always",
        shown=f"{name.upper()}({{0}})",
        usage=usage,
        example=f"SELECT {name}(0)",
    )


def _log(args: tuple[Expression, ...]) -> Expression | None:
    return _call("log", Literal(math.e, DOUBLE), args[0]) if len(args) == 1 else None


def _shown_log(args: tuple[str, ...], call: Call) -> str:
    return f"LOG({', '.join(args)})" if len(args) > 1 else f"LOG(E(), {args[0]})"


def _lower_log(call: Call, low: Lowering) -> str:
    base, x = call.args
    b = constant(base)
    if b == math.e:
        return f"(CASE WHEN {low.sql(x)} > 0 THEN ln({low.sql(x)}) END)"
    return let(
        low.sql(base),
        lambda b: let(low.sql(x), lambda v: f"(CASE WHEN {b} > 0 AND {v} > 0 THEN ln({v}) / ln({b}) END)"),
    )


# --- signs and remainders -------------------------------------------------------------------------------


def _abs_operand(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """A NULL without a type is a double."""
    t = DOUBLE if isinstance(args[0].type, NullType) else implicit_target(args[0].type, NUMBER_OR_INTERVAL, ansi)
    if t is None:
        raise Mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex="first",
            requiredType='("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")',
            inputSql=f'"{pretty(args[0])}"',
            inputType=f'"{sql_name(args[0].type)}"',
        )
    return (cast_to(args[0], t),)


def _lower_abs(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if isinstance(call.type, DecimalType):
        return let(x, lambda v: decimals.negated(v, call.type, call, low, f"{v} >= 0"))
    if not isinstance(call.type, (*INTEGRAL, *INTERVALS)):
        return f"abs({x})"
    exact = (
        LONG if isinstance(call.type, DayTimeIntervalType) else INT if isinstance(call.type, INTERVALS) else call.type
    )
    if not call.ansi and isinstance(call.type, INTEGRAL):
        return wrap(f"abs(CAST({x} AS HUGEINT))", exact)
    place = replace(call, origin=None)  # Spark tells none
    overflow = low.error(place, "ARITHMETIC_OVERFLOW", message="'overflow'", alternative="''", config=ANSI)
    return let(x, lambda v: f"(CASE WHEN {v} = {smallest(exact)} THEN {overflow} ELSE abs({v}) END)")


def _lower_power(call: Call, low: Lowering) -> str:
    """NaN where C has 1.0: of 1 or -1, to the power of what is not finite."""
    x, y = map(low.sql, call.args)
    if isinstance(call.args[1], Literal):
        return f"pow({x}, {y})"
    return f"(CASE WHEN abs({x}) = 1 AND NOT isfinite({y}) THEN 'NaN'::DOUBLE ELSE pow({x}, {y}) END)"


def _lower_sign(call: Call, low: Lowering) -> str:
    return let(
        low.sql(call.args[0]),
        lambda x: (
            f"CAST(CASE WHEN {x} > 0 AND NOT isnan({x}::DOUBLE) THEN 1 WHEN {x} < 0 THEN -1 ELSE {x} END AS DOUBLE)"
        ),
    )


def _lower_pmod(call: Call, low: Lowering) -> str:
    """The remainder, moved to the side of the divisor where it is negative."""
    y = call.args[1]
    remainder = replace(call, function=REMAINDER)
    r = low.sql(remainder)
    n = low.sql(y)
    if isinstance(call.type, DecimalType):
        kernel = low.type(call.type)
        return let(
            r, lambda v: f"(CASE WHEN {v} < 0 THEN CAST(({v} + {n}) % {n} AS {kernel}) ELSE CAST({v} AS {kernel}) END)"
        )
    return let(r, lambda v: f"(CASE WHEN {v} < 0 THEN ({v} + {n}) % {n} ELSE {v} END)")


REMAINDER = next(f for f in arithmetic.FUNCTIONS if f.names[0] == "%")


# --- arithmetic that tries ------------------------------------------------------------------------------


def _try(name: str, symbol: str, usage: str) -> Function:
    """The operator, NULL where it overflows or divides by zero.

    Errors of operands that are numbers remain errors; those of others, texts too, do not.
    """
    operator = next(f for f in arithmetic.FUNCTIONS if f.names[0] == symbol)

    def rewrite(args: tuple[Expression, ...]) -> Expression | None:
        other = operator.rewrite(args) if operator.rewrite is not None else None
        if other is None and any(isinstance(a.type, STRINGS) for a in args):
            other = _call(symbol, *args)
        return None if other is None else _call("try of", other)

    def lower(call: Call, low: Lowering) -> str:
        if isinstance(call.type, INTEGRAL) and symbol in "+-*":
            x, y = (f"CAST({low.sql(a)} AS HUGEINT)" for a in call.args)
            product = f"({x} {symbol} {y})"
            return f"TRY_CAST({product} AS {low.type(call.type)})"
        if isinstance(call.type, (YearMonthIntervalType, DayTimeIntervalType)):
            return low.attempt(replace(call, function=operator))
        return low.sql(replace(call, function=operator, ansi=False))

    return _math(
        (name,),
        sig(ANY, ANY),
        operator.returns,
        lower,
        nullable="always",
        coerce=operator.coerce,
        full_scale=operator.full_scale,
        rewrite=rewrite,
        usage=usage,
        example=f"SELECT {name}(1, 2)",
    )


# --- buckets --------------------------------------------------------------------------------------------


def _bucket_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    values = args[:3]
    for i, a in enumerate(values):
        if not isinstance(a.type, (*NUMERIC, *STRINGS, *INTERVALS[:2], NullType)):
            raise unexpected(args, i, '("DOUBLE" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")')
    if implicit_target(args[3].type, BIGINT, ansi) is None:
        raise unexpected(args, 3, '"BIGINT"')
    kinds = {a.type.__class__ if isinstance(a.type, INTERVALS) else None for a in values if a.type != NullType()}
    if len(kinds) > 1:  # the kernel has no arithmetic between them
        return None
    if not any(isinstance(a.type, INTERVALS) for a in values):
        values = tuple(cast_to(a, DOUBLE) for a in values)
    return (*values, cast_to(args[3], LONG))


def _lower_bucket(call: Call, low: Lowering) -> str:
    x, start, end, count = (low.sql(a) for a in call.args)
    largest = 2**63 - 1

    def place(v: str) -> str:
        share = f"CAST(floor({count}::DOUBLE * (({v}) - {start})::DOUBLE / ({end} - {start})::DOUBLE) AS BIGINT) + 1"
        finite = (
            "".join(f" OR isnan({a}::DOUBLE) OR isinf({a}::DOUBLE)" for a in (start, end)) + f" OR isnan({v}::DOUBLE)"
        )
        return (
            f"(CASE WHEN {v} IS NULL OR {start} IS NULL OR {end} IS NULL OR {count} IS NULL OR {count} <= 0"
            f" OR {count} = {largest} OR {start} = {end}{finite} THEN NULL"
            f" WHEN {start} < {end} THEN CASE WHEN {v} < {start} THEN 0 WHEN {v} >= {end} THEN {count} + 1"
            f" ELSE {share} END"
            f" ELSE CASE WHEN {v} > {start} THEN 0 WHEN {v} <= {end} THEN {count} + 1 ELSE {share} END END)::BIGINT"
        )

    return let(x, place)


FUNCTIONS = (
    _unary("sqrt", "sqrt({0})", "Returns the square root."),
    _by_numpy("cbrt", np.cbrt, "Returns the cube root."),
    _by_numpy("exp", strict_math.exp, "Returns e to the power of the number."),
    _by_numpy("expm1", strict_math.expm1, "Returns exp(x) - 1, also exactly near 0."),
    _by_numpy("log1p", np.log1p, "Returns ln(1 + x), also exactly near 0.", "> -1"),
    _logarithm("ln", "ln({0})", "Returns the natural logarithm.", shown="ln"),
    _logarithm("log10", "log10({0})", "Returns the logarithm to base 10."),
    _by_numpy("log2", strict_math.log2, "Returns the logarithm to base 2.", "> 0"),
    _math(
        ("log",),
        sig(FLOAT64, FLOAT64, optional=1),
        DOUBLE,
        _lower_log,
        nullable="always",
        rewrite=_log,
        shown=_shown_log,
        usage="Returns the logarithm of the second number to the first, or of the only one to base e.",
        example="SELECT log(10, 100)",
    ),
    _unary("sin", "sin({0})", "Returns the sine."),
    _unary("cos", "cos({0})", "Returns the cosine."),
    _unary("tan", "tan({0})", "Returns the tangent."),
    _unary("cot", "(1.0::DOUBLE / tan({0}))", "Returns the cotangent."),
    _unary("sec", "(1.0::DOUBLE / cos({0}))", "Returns the secant."),
    _unary("csc", "(1.0::DOUBLE / sin({0}))", "Returns the cosecant."),
    _unary("asin", "asin({0})", "Returns the inverse sine."),
    _unary("acos", "acos({0})", "Returns the inverse cosine."),
    _unary("atan", "atan({0})", "Returns the inverse tangent."),
    _by_numpy("sinh", strict_math.sinh, "Returns the hyperbolic sine."),
    _by_numpy("cosh", strict_math.cosh, "Returns the hyperbolic cosine."),
    _by_numpy("tanh", strict_math.tanh, "Returns the hyperbolic tangent."),
    _unary("asinh", "asinh({0})", "Returns the inverse hyperbolic sine."),
    _unary("acosh", "acosh({0})", "Returns the inverse hyperbolic cosine."),
    _unary("atanh", "atanh({0})", "Returns the inverse hyperbolic tangent."),
    _unary("degrees", "degrees({0})", "Turns radians into degrees."),
    _unary("radians", "radians({0})", "Turns degrees into radians."),
    _unary("rint", "round_even({0}, 0)", "Returns the nearest whole number, the even one of two.", shown="rint"),
    _math(
        ("e",),
        sig(),
        DOUBLE,
        f"{math.e!r}::DOUBLE",
        nullable="never",
        shown="E()",
        usage="Returns Euler's number.",
        example="SELECT e()",
    ),
    _math(("pi",), sig(), DOUBLE, "pi()", nullable="never", shown="PI()", usage="Returns pi.", example="SELECT pi()"),
    _math(
        ("power", "pow"),
        sig(FLOAT64, FLOAT64),
        DOUBLE,
        _lower_power,
        shown=lambda args, call: f"{'POWER' if call.name == 'power' else call.name}({args[0]}, {args[1]})",
        usage="Returns the first number to the power of the second.",
        example="SELECT pow(2, 3)",
    ),
    _math(
        ("atan2",),
        sig(FLOAT64, FLOAT64),
        DOUBLE,
        "atan2({0} + 0.0::DOUBLE, {1} + 0.0::DOUBLE)",  # turns -0.0 into 0.0
        shown="ATAN2({0}, {1})",
        usage="Returns the angle of the point (second, first).",
        example="SELECT atan2(0, 0)",
    ),
    _math(
        ("hypot",),
        sig(FLOAT64, FLOAT64),
        DOUBLE,
        lambda call, low: python(low, "hypot", numpy(np.hypot), call.args, DOUBLE),
        shown="HYPOT({0}, {1})",
        usage="Returns the length of the hypotenuse.",
        example="SELECT hypot(3, 4)",
    ),
    _math(
        ("factorial",),
        sig(INTEGER),
        LONG,
        "(CASE WHEN {0} BETWEEN 0 AND 20 THEN CAST(factorial({0}) AS BIGINT) END)",
        nullable="always",
        usage="Returns n!, for n of 0 to 20.",
        example="SELECT factorial(5)",
    ),
    _math(
        ("abs",),
        sig(NUMBER_OR_INTERVAL),
        arg(0),
        _lower_abs,
        coerce=_abs_operand,
        usage="Returns the absolute value.",
        example="SELECT abs(-1)",
    ),
    _math(
        ("signum", "sign"),
        sig(DOUBLE_OR_INTERVAL),
        DOUBLE,
        _lower_sign,
        nullable="always",
        shown=lambda args, call: f"{'SIGNUM' if call.name == 'signum' else call.name}({args[0]})",
        usage="Returns -1.0, 0.0 or 1.0.",
        example="SELECT sign(40)",
    ),
    _math(
        ("pmod",),
        sig(NUMBER_OR_INTERVAL, NUMBER_OR_INTERVAL),
        REMAINDER.returns,
        _lower_pmod,
        nullable="always",
        coerce=REMAINDER.coerce,
        full_scale=REMAINDER.full_scale,
        usage="Returns the remainder, positive for a positive divisor.",
        example="SELECT pmod(-10, 3)",
    ),
    _try("try_add", "+", "Returns the sum, NULL on overflow."),
    _try("try_subtract", "-", "Returns the difference, NULL on overflow."),
    _try("try_multiply", "*", "Returns the product, NULL on overflow."),
    _try("try_divide", "/", "Returns the quotient, NULL when dividing by zero."),
    _try("try_mod", "%", "Returns the remainder, NULL when dividing by zero."),
    _math(
        ("try of",),
        sig(ANY),
        arg(0),
        lambda call, low: low.attempt(call.args[0]),
        nullable="always",
        shown="{0}",
        usage="A value, or NULL where it cannot be computed.",
        example="SELECT try_add(date'2021-01-01', 1)",
        internal=True,
    ),
    _math(
        ("width_bucket",),
        sig(ANY, ANY, ANY, BIGINT),
        LONG,
        _lower_bucket,
        nullable="always",
        coerce=_bucket_operands,
        usage="Returns the number of the bucket in an equal-width histogram.",
        example="SELECT width_bucket(5.3, 0.2, 10.6, 5)",
    ),
    _math(
        ("nullifzero",),
        sig(ANY),
        rewrite=lambda args: _call("if", _call("=", args[0], Literal(0, INT)), Literal(None, NullType()), args[0]),
        usage="Returns NULL for zero, otherwise the number.",
        example="SELECT nullifzero(0)",
    ),
    _math(
        ("zeroifnull",),
        sig(ANY),
        rewrite=lambda args: _call("coalesce", args[0], Literal(0, INT)),
        usage="Returns zero for NULL, otherwise the number.",
        example="SELECT zeroifnull(NULL)",
    ),
)
