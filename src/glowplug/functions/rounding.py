"""Rounding: round (half away from zero), bround (half to even), ceil and floor, to a number of decimal places.

A double is rounded by its shortest decimal text, as Spark does through BigDecimal: 1.005 to two places is 1.01. Where
binary arithmetic is certain to agree it is used; near a tie the text is.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import partial

from glowplug.errors import row_failure
from glowplug.functions import decimals, options
from glowplug.functions.arithmetic import ANSI, wrap
from glowplug.functions.coercion import bounded, cast_to, decimal_for
from glowplug.functions.lowering import constant, let, per_row
from glowplug.functions.math import smallest
from glowplug.functions.vocabulary import INTEGER, NUMBER, Mismatch, NotConstant, sig, unexpected
from glowplug.functions.vocabulary import constant as foldable
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lower, Lowering, Returns
from glowplug.types import (
    DOUBLE,
    INT,
    LONG,
    MAX_PRECISION,
    STRINGS,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    NullType,
)

_math = partial(Function, group="math_funcs")
MODES = {"up": ROUND_HALF_UP, "even": ROUND_HALF_EVEN, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}
WHOLE = Accept(
    '("DOUBLE" or "DECIMAL" or "BIGINT")', lambda t: isinstance(t, (DoubleType, DecimalType, LongType)), (DOUBLE,)
)


def _scale(e: Expression) -> int:
    value = constant(e)
    if isinstance(e, Literal) and e.value is None:
        return 0
    if not isinstance(value, int):
        from glowplug.plan.names import pretty

        raise Mismatch("NON_FOLDABLE_INPUT", inputName="`scale`", inputType='"INT"', inputExpr=f'"{pretty(e)}"')
    return value


def _rounded_type(args: tuple[Expression, ...]) -> DataType:
    t, scale = args[0].type, _scale(args[1])
    if not isinstance(t, DecimalType):
        return t
    whole = t.precision - t.scale + 1
    if scale < 0:
        return DecimalType(min(max(whole, -scale + 1), MAX_PRECISION), 0)
    kept = min(t.scale, scale)
    return DecimalType(min(whole + kept, MAX_PRECISION), kept)


def units(digits: str, unit: int, mode: str) -> str:
    """How many units of `unit` a whole number (HUGEINT) is, rounded by `mode`."""
    f = f"{unit}::HUGEINT"

    def count(u: str) -> str:
        away = f"(CASE WHEN {u} < 0 THEN -1 ELSE 1 END)"
        match mode:
            case "up":
                return f"({away} * ((abs({u}) + {unit // 2}::HUGEINT) // {f}))"
            case "even":
                q, r = f"(abs({u}) // {f})", f"(abs({u}) % {f} * 2)"
                return f"({away} * ({q} + CASE WHEN {r} > {f} OR ({r} = {f} AND {q} % 2 = 1) THEN 1 ELSE 0 END))"
            case "ceil":
                return f"({u} // {f} + CASE WHEN {u} > 0 AND {u} % {f} <> 0 THEN 1 ELSE 0 END)"
        return f"({u} // {f} - CASE WHEN {u} < 0 AND {u} % {f} <> 0 THEN 1 ELSE 0 END)"

    return let(digits, count)


def _decimal(x: str, source: DecimalType, scale: int, mode: str, call: Call, low: Lowering) -> str:
    to = call.type
    assert isinstance(to, DecimalType)
    if (mode == "up" and scale >= 0) or source.scale <= scale:
        return f"CAST({x} AS {low.type(to)})"
    if source.scale - scale >= MAX_PRECISION or source.precision + source.scale > MAX_PRECISION - 1:
        name = f"{_name(mode, scale)}_{int(call.ansi)}"
        return per_row(low, name, _by_text(scale, mode, to, call.ansi), [(x, source)], to)
    kept = units(decimals.unscaled(x, source), 10 ** (source.scale - scale), mode)
    return decimals.from_unscaled(f"({kept} * {10 ** max(-scale, 0)}::HUGEINT)", to)


def _name(mode: str, scale: int) -> str:
    return f"round_{mode}_{scale}".replace("-", "m")


DIGITS = 800  # enough for any double, and any decimal, rounded at any place that `_bounded` leaves


def _bounded(scale: int) -> int:
    """The place to round at; beyond these no number has a digit, and the result is the same."""
    return max(-340, min(scale, 340))


def _by_text(scale: int, mode: str, to: DecimalType, ansi: bool) -> Callable[..., object]:
    limit = Decimal(10) ** (to.precision - to.scale)
    exact, scale = Context(prec=DIGITS, rounding=MODES[mode]), _bounded(scale)

    def rounded(value: Decimal) -> Decimal | None:
        result = value.quantize(Decimal(1).scaleb(-scale), context=exact).quantize(
            Decimal(1).scaleb(-to.scale), context=exact
        )
        if abs(result) < limit:
            return result
        if not ansi:
            return None
        raise row_failure(
            "NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION",
            roundedValue=result,
            originalValue=value,
            precision=to.precision,
            scale=to.scale,
        )

    return rounded


def _double_by_text(scale: int, mode: str) -> Callable[..., object]:
    exact, scale = Context(prec=DIGITS, rounding=MODES[mode]), _bounded(scale)

    def rounded(value: float) -> float:
        if value != value or abs(value) == float("inf"):
            return value
        return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-scale), context=exact)) + 0.0

    return rounded


def _double(x: str, scale: int, mode: str, low: Lowering) -> str:
    """A double beyond 2^52 is whole already; a product below 1e9 that is not near a tie rounds for certain."""
    if not 0 <= scale <= 15:
        return per_row(low, _name(f"double_{mode}", scale), _double_by_text(scale, mode), [(x, DOUBLE)], DOUBLE)
    kernel = "round" if mode == "up" else "round_even"

    def rounded(v: str) -> str:
        product = f"({v} * {10**scale}::DOUBLE)"
        certain = f"abs({product}) < 1e9 AND abs(abs({product} - trunc({product})) - 0.5) > 1e-6"
        text = f"CAST({v} AS VARCHAR)"
        exact = (
            f"CAST(CASE WHEN abs({v}) < 1e9 THEN {kernel}(CAST({text} AS DECIMAL(38,28)), {scale})"
            f" ELSE {kernel}(CAST({text} AS DECIMAL(38,20)), {scale}) END AS DOUBLE)"
        )
        return (
            f"(CASE WHEN isnan({v}) OR abs({v}) >= 4503599627370496 THEN {v}"
            f" WHEN {certain} THEN round({product}) / {10**scale}::DOUBLE ELSE {exact} END)"
        )

    return let(x, lambda v: f"({rounded(v)} + 0)")  # Java's rounding knows no -0.0


def _lower_round(mode: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        value, places = call.args
        x, scale, t = low.sql(value), _scale(places), value.type
        if isinstance(places, Literal) and places.value is None:
            return f"CAST(NULL AS {low.type(call.type)})"
        match t:
            case DecimalType():
                return _decimal(x, t, scale, mode, call, low)
            case DoubleType():
                return _double(x, scale, mode, low)
            case FloatType():
                return f"CAST({_double(f'CAST({x} AS DOUBLE)', scale, mode, low)} AS FLOAT)"
        if scale >= 0:
            return x
        return _integer(x, t, -scale, mode, call, low)

    return lower


def _integer(x: str, type: DataType, zeros: int, mode: str, call: Call, low: Lowering) -> str:
    if zeros > 19:
        return f"(CASE WHEN {x} IS NOT NULL THEN CAST(0 AS {low.type(type)}) END)"
    result = f"({units(f'CAST({x} AS HUGEINT)', 10**zeros, mode)} * {10**zeros}::HUGEINT)"
    if not call.ansi:
        return wrap(result, type)
    overflow = low.error(call, "ARITHMETIC_OVERFLOW", message="'Overflow'", alternative="''", config=ANSI)
    least = smallest(type)
    return let(
        result,
        lambda r: (
            f"CAST(CASE WHEN {r} NOT BETWEEN {least} AND {-least - 1} THEN {overflow} ELSE {r} END AS {low.type(type)})"
        ),
    )


def _round(name: str, mode: str, usage: str) -> Function:
    returns: Returns = _rounded_type
    return _math(
        (name,),
        sig(NUMBER, foldable(INTEGER), optional=1, names="expr scale", defaults=(0,)),
        returns,
        _lower_round(mode),
        nullable="always",
        usage=usage,
        example=f"SELECT {name}(2.5, 0)",
    )


# --- ceil and floor -------------------------------------------------------------------------------------


def _whole_type(args: tuple[Expression, ...]) -> DataType:
    if len(args) > 1:
        return _rounded_type(args)
    t = args[0].type
    return LONG if not isinstance(t, DecimalType) else t if t.scale == 0 else bounded(t.precision - t.scale + 1, 0)


def _to_decimal(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """With a number of places the value is a decimal."""
    from glowplug.functions.coercion import implicit_target

    value = args[0]
    if len(args) > 1 and not (options.foldable(args[1]) and args[1].type == INT):
        raise NotConstant("scale", INT)
    if len(args) == 1:
        t = implicit_target(value.type, WHOLE, ansi)
        return None if t is None else (cast_to(value, t),)
    if isinstance(value.type, (*STRINGS, NullType)):
        t = DecimalType(38, 18)
    elif implicit_target(value.type, NUMBER, ansi) is None:
        raise unexpected(args, 0, '"DECIMAL"')
    else:
        t = decimal_for(value.type)
    return cast_to(value, t), cast_to(args[1], INT)


def _lower_whole(name: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        x, t = low.sql(call.args[0]), call.args[0].type
        if len(call.args) > 1:
            assert isinstance(t, DecimalType)
            if isinstance(call.args[1], Literal) and call.args[1].value is None:
                return f"CAST(NULL AS {low.type(call.type)})"
            return _decimal(x, t, _scale(call.args[1]), name, call, low)
        if isinstance(t, LongType):
            return x
        if isinstance(t, DecimalType):
            return f"CAST({name}({x}) AS {low.type(call.type)})"
        # a double out of range becomes the nearest bigint, NaN 0, as in Java
        bounds = "WHEN isnan({0}) THEN 0 WHEN {0} >= 9223372036854775807 THEN 9223372036854775807"
        least = "WHEN {0} <= -9223372036854775808 THEN (-9223372036854775807 - 1)"
        return let(x, lambda v: f"(CASE {bounds.format(v)} {least.format(v)} ELSE CAST({name}({v}) AS BIGINT) END)")

    return lower


def _whole(name: str, also: str, usage: str) -> Function:
    def shown(args: tuple[str, ...], call: Call) -> str:
        title = name.upper() if call.name == name and len(args) == 1 else call.name
        return f"{title}({', '.join(args)})"

    return _math(
        (name, also) if also else (name,),
        sig(WHOLE, foldable(INTEGER), optional=1),
        _whole_type,
        _lower_whole(name),
        nullable="always",
        coerce=_to_decimal,
        shown=shown,
        usage=usage,
        example=f"SELECT {name}(-0.1)",
    )


FUNCTIONS = (
    _round("round", "up", "Rounds to a number of decimal places, half away from zero."),
    _round("bround", "even", "Rounds to a number of decimal places, half to even."),
    _whole("ceil", "ceiling", "Returns the smallest whole number that is not less, or such a decimal with places."),
    _whole("floor", "", "Returns the greatest whole number that is not greater, or such a decimal with places."),
)
