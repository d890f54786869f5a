"""Decimal arithmetic: Spark's result types, and kernel SQL that gives exactly those values.

The kernel multiplies in 64 bits while both sides have at most 18 digits, failing above; Spark's result is wider. Below
an aggregation this is tried as it is, for it is faster, and the statement run again, widened, if it fails (`narrow`);
elsewhere one side is widened first. What needs more than 38 digits on the way is computed exactly, in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Context, Decimal
from typing import Any
from zlib import crc32

from glowplug.errors import row_failure
from glowplug.functions.coercion import adjusted, bounded
from glowplug.functions.lowering import let
from glowplug.plan.expressions import Call, Expression, Origin
from glowplug.plan.function import Lowering
from glowplug.types import LONG, MAX_PRECISION, DataType, DecimalType

INT64_DIGITS = 18
WORTH = 8  # digits before the point that most values need at most
Rule = Callable[[DecimalType, DecimalType], tuple[int, int]]


def add_type(a: DecimalType, b: DecimalType) -> tuple[int, int]:
    scale = max(a.scale, b.scale)
    return max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale


def multiply_type(a: DecimalType, b: DecimalType) -> tuple[int, int]:
    return a.precision + b.precision + 1, a.scale + b.scale


def divide_type(a: DecimalType, b: DecimalType) -> tuple[int, int]:
    scale = max(6, a.scale + b.precision + 1)
    return a.precision - a.scale + b.scale + scale, scale


def remainder_type(a: DecimalType, b: DecimalType) -> tuple[int, int]:
    scale = max(a.scale, b.scale)
    return min(a.precision - a.scale, b.precision - b.scale) + scale, scale


def result(rule: Rule, args: tuple[Expression, ...]) -> DecimalType:
    return adjusted(*rule(_decimal(args[0]), _decimal(args[1])))


def full_scale(rule: Rule, args: tuple[Expression, ...]) -> DecimalType:
    """The result where `spark.sql.decimalOperations.allowPrecisionLoss` is false: whole digits may be lost instead."""
    a, b = _decimal(args[0]), _decimal(args[1])
    if rule is not divide_type:
        return bounded(*rule(a, b))
    whole = min(MAX_PRECISION, a.precision - a.scale + b.scale)
    scale = min(MAX_PRECISION, max(6, a.scale + b.precision + 1))
    if (excess := whole + scale - MAX_PRECISION) <= 0:
        return DecimalType(whole + scale, scale)
    return DecimalType(MAX_PRECISION, scale - excess // 2 - 1)


def _decimal(e: Expression) -> DecimalType:
    assert isinstance(e.type, DecimalType)
    return e.type


def lower(symbol: str, rule: Rule, call: Call, low: Lowering) -> str:
    """Kernel SQL of `+ - *` on two decimals. What exceeds 38 digits is an error, or NULL in non-ANSI mode."""
    a, b, to = _decimal(call.args[0]), _decimal(call.args[1]), _decimal(call)
    x, y = low.sql(call.args[0]), low.sql(call.args[1])
    precision, scale = rule(a, b)
    if precision > MAX_PRECISION and scale != to.scale:
        return python(symbol, call, low)
    if low.narrow:
        return f"({x} {symbol} {y})"
    if precision > MAX_PRECISION:
        return f"(CASE WHEN {_fits(symbol, x, y, scale)} THEN {x} {symbol} {y} ELSE {python(symbol, call, low)} END)"
    if precision > INT64_DIGITS and max(a.precision, b.precision) <= INT64_DIGITS:
        x = f"CAST({x} AS DECIMAL({INT64_DIGITS + 1},{a.scale}))"
    return f"({x} {symbol} {y})"


def _fits(symbol: str, x: str, y: str, scale: int) -> str:
    """Whether the result surely has at most 38 digits; in doubles, which are near enough to be sure."""
    if symbol == "*":
        return f"abs(CAST({x} AS DOUBLE) * CAST({y} AS DOUBLE)) < 9e{MAX_PRECISION - 1 - scale}"
    return " AND ".join(f"abs(CAST({side} AS DOUBLE)) < 4e{MAX_PRECISION - 1 - scale}" for side in (x, y))


def lower_remainder(call: Call, low: Lowering) -> str:
    """Kernel SQL of the remainder; the divisor is known not to be zero."""
    a, b = _decimal(call.args[0]), _decimal(call.args[1])
    both = wider(a, b)
    if both is None:
        return python("%", call, low)
    return " % ".join(f"CAST({low.sql(x)} AS {low.type(both)})" for x in call.args).join("()")


def lower_integral_divide(call: Call, low: Lowering) -> str:
    """Kernel SQL of the whole part of the quotient as a HUGEINT; the divisor is known not to be zero."""
    a, b = _decimal(call.args[0]), _decimal(call.args[1])
    both = wider(a, b)
    if both is None or both.precision + both.scale > MAX_PRECISION - 1:
        return f"CAST({python('div', call, low)} AS HUGEINT)"
    return " // ".join(unscaled(f"CAST({low.sql(x)} AS {low.type(both)})", both) for x in call.args).join("()")


def wider(a: DecimalType, b: DecimalType) -> DecimalType | None:
    """A decimal that holds both exactly; None if that needs more than 38 digits."""
    scale = max(a.scale, b.scale)
    precision = max(a.precision - a.scale, b.precision - b.scale) + scale
    return DecimalType(precision, scale) if precision <= MAX_PRECISION else None


def lower_divide(call: Call, low: Lowering) -> str:
    """Kernel SQL of a decimal quotient, rounded half up; the divisor is known not to be zero."""
    a, b, to = _decimal(call.args[0]), _decimal(call.args[1]), _decimal(call)
    shift = to.scale - a.scale + b.scale
    x, y = map(low.sql, call.args)
    if shift < 0:
        return python("/", call, low)
    if a.precision + max(shift, a.scale) > MAX_PRECISION - 1 or b.precision + b.scale > MAX_PRECISION - 1:
        return _by_size(call, x, y, shift, low)
    if a.precision + shift <= INT64_DIGITS and b.precision <= INT64_DIGITS:
        return let(
            f"({_digits(x, a)} * {10**shift})",
            lambda n: let(_digits(y, b), lambda d: _quotient(n, n, d, to)),
        )
    return _quotient(x, f"{unscaled(x, a)} * {10**shift}::HUGEINT", unscaled(y, b), to)


def _by_size(call: Call, x: str, y: str, shift: int, low: Lowering) -> str:
    """The quotient in 128 bits where both sides are small enough for that, whatever their types could hold."""
    a, b, to = _decimal(call.args[0]), _decimal(call.args[1]), _decimal(call)
    exact = python("/", call, low)
    # neither digits on the way nor the quotient, for which the least divisor counts, may be too many
    most = min(MAX_PRECISION - 2 - max(shift, a.scale) - a.scale, to.precision - to.scale - b.scale)
    least = MAX_PRECISION - 2 - 2 * b.scale
    if most < 1 or least < 1:
        return exact
    quick = _quotient(x, f"{unscaled(x, a)} * {10**shift}::HUGEINT", unscaled(y, b), to)
    bounds = (f"abs({side}) < {10**digits}::DECIMAL({digits + 1},0)" for side, digits in ((x, most), (y, least)))
    return f"(CASE WHEN {' AND '.join(bounds)} THEN {quick} ELSE {exact} END)"


def _digits(sql: str, type: DecimalType) -> str:
    """The decimal's digits, at most 18 of them, as a BIGINT."""
    if type.precision + type.scale >= INT64_DIGITS:
        return f"CAST({unscaled(sql, type)} AS BIGINT)"
    return f"CAST({sql} * {10**type.scale}::DECIMAL({type.scale + 1},0) AS BIGINT)"


def _quotient(x: str, n: str, d: str, to: DecimalType) -> str:
    """The decimal `to` with the digits n / d, rounded half away from zero: a half is added before the kernel cuts.

    `x` has the sign of n.
    """
    sign = f"(CASE WHEN {x} < 0 THEN -1 ELSE 1 END)"
    return from_unscaled(f"((2 * ({n}) + {sign} * abs({d})) // (2 * ({d})))", to)


def unscaled(sql: str, type: DecimalType) -> str:
    """The decimal's digits as a whole number. In 64 bits where they do: casts from 128 divide, bit by bit."""
    if type.scale == 0:
        return f"CAST({sql} AS HUGEINT)"
    power = f"{10**type.scale}::DECIMAL({type.scale + 1},0)"
    wide = f"CAST(CAST({sql} AS DECIMAL({MAX_PRECISION},{type.scale})) * {power} AS HUGEINT)"
    precision = INT64_DIGITS - 1 - type.scale
    if precision - type.scale < WORTH or type.precision <= precision:
        return wide
    narrow = f"CAST(CAST(TRY_CAST({sql} AS DECIMAL({precision},{type.scale})) * {power} AS BIGINT) AS HUGEINT)"
    return f"coalesce({narrow}, {wide})"


def mean(total: str, count: str, summed: DecimalType, to: DecimalType) -> str:
    """The decimal `to` of a sum divided by a positive count, rounded half away from zero; in 64 bits while they do."""
    shift = 10 ** (to.scale - summed.scale)
    narrow = f"CAST({total} * {10**summed.scale}::DECIMAL({summed.scale + 1},0) AS BIGINT) * {shift}"
    wide = f"{unscaled(total, summed)} * {shift}::HUGEINT"
    bound = 10**18 // (4 * shift * 10**summed.scale)
    exact = _quotient(total, wide, f"{count}::HUGEINT", to)
    if bound == 0:
        return exact
    quick = f"abs({total}) < {bound} AND {count} < {10**17}"
    return f"(CASE WHEN {quick} THEN {_quotient(total, narrow, count, to)} ELSE {exact} END)"


def from_unscaled(digits: str, to: DecimalType) -> str:
    """A decimal from its digits as a HUGEINT."""
    if to.scale == 0:
        return f"CAST({digits} AS DECIMAL({to.precision},0))"
    # Multiplying by one unit of the last place leaves the digits and sets the scale.
    unit = f"CAST('0.{'1'.rjust(to.scale, '0')}' AS DECIMAL({to.scale + 1},{to.scale}))"
    return f"CAST(CAST({digits} AS DECIMAL({MAX_PRECISION},0)) * {unit} AS DECIMAL({to.precision},{to.scale}))"


def lower_sum(x: str, type: DecimalType, call: Call, low: Lowering) -> str:
    """The sum with as many digits as Spark keeps; more are an error, or NULL in non-ANSI mode."""
    if type.precision + 10 <= MAX_PRECISION:
        return low.aggregate("sum", call, (x,))
    if low.narrow or (call.ansi and not low.retried):  # the kernel fails where the sum has more than 38 digits
        return low.aggregate("sum", call, (x,))
    # Halves of the digits are summed apart: neither sum can exceed the kernel's whole numbers.
    half = f"{10 ** (MAX_PRECISION // 2)}::HUGEINT"
    digits = exact_digits(x, type)
    high = low.aggregate("sum", call, (f"({digits} // {half})",))
    rest = low.aggregate("sum", call, (f"({digits} % {half})",))
    carried = f"({high} + {rest} // {half})"
    total = f"({carried} * {half} + {rest} % {half})"
    limit = f"{10**MAX_PRECISION}::HUGEINT"
    fits = f"abs({carried}) <= {half} AND {total} > -{limit} AND {total} < {limit}"
    wide = DecimalType(MAX_PRECISION, type.scale)
    overflow = _overflow_of_sum(call, low)
    return f"(CASE WHEN {fits} THEN {exact_decimal(total, wide, low)} WHEN {carried} IS NOT NULL THEN {overflow} END)"


def _overflow_of_sum(call: Call, low: Lowering) -> str:
    if not call.ansi:
        return "NULL"
    name = "avg" if call.function.names[0] == "avg" else "sum"
    return low.error(
        call,
        "ARITHMETIC_OVERFLOW",
        message="'Overflow in sum of decimals'",
        alternative=f"' Use ''try_{name}'' to tolerate overflow and return NULL instead.'",
        config="'\"spark.sql.ansi.enabled\"'",
    )


def exact_digits(sql: str, type: DecimalType) -> str:
    """The decimal's digits as a HUGEINT, however many they are."""
    if type.precision + type.scale <= MAX_PRECISION:
        return unscaled(sql, type)
    text = f"replace(CAST({sql} AS VARCHAR), '.', '')"
    return f"CAST({text} AS HUGEINT)"


def exact_decimal(digits: str, type: DecimalType, low: Lowering) -> str:
    """The decimal of these digits, a HUGEINT, however many they are."""
    if type.scale == 0:
        return f"CAST({digits} AS {low.type(type)})"
    unit = f"{10**type.scale}::HUGEINT"
    sign = f"CASE WHEN {digits} < 0 THEN '-' ELSE '' END"
    fraction = f"lpad(CAST(abs({digits}) % {unit} AS VARCHAR), {type.scale}, '0')"
    return f"CAST({sign} || CAST(abs({digits}) // {unit} AS VARCHAR) || '.' || {fraction} AS {low.type(type)})"


OPERATORS = {"*": "multiply", "/": "divide", "+": "add", "-": "subtract", "%": "remainder", "div": "divide_int"}


def python(symbol: str, call: Call, low: Lowering) -> str:
    """The operator over decimals of as many digits as it takes."""
    a, b = _decimal(call.args[0]), _decimal(call.args[1])
    whole = DecimalType(min(MAX_PRECISION, max(1, a.precision - a.scale + b.scale)), 0)
    to = call.type if isinstance(call.type, DecimalType) else whole
    return exact(OPERATORS[symbol], (low.sql(call.args[0]), a), (low.sql(call.args[1]), b), to, call, low)


def exact(
    op: str, left: tuple[str, DecimalType], right: tuple[str, DecimalType], to: DecimalType, call: Call, low: Lowering
) -> str:
    """An operator of Python's decimals on two sides, SQL with its type. Result: `to`; for `div` the low 64 bits."""
    (x, a), (y, b) = left, right
    result: DataType = LONG if op == "divide_int" else to
    where = crc32(repr((a, b, to, call.ansi, call.origin)).encode())
    name = low.python(f"decimal_{op}_{where:08x}", _body(op, to, call.ansi, call.origin), (a, b), result)
    return f"{name}(CAST({x} AS {low.type(a)}), CAST({y} AS {low.type(b)}))"


def _body(op: str, to: DecimalType, ansi: bool, origin: Origin | None) -> Callable[..., Any]:
    """A function over two Arrow decimal arrays, giving decimals of type `to`, rounded half up."""
    import decimal

    import pyarrow as pa

    context = decimal.Context(prec=100, rounding=decimal.ROUND_HALF_UP)
    digits = MAX_PRECISION + 1 if op in ("multiply", "divide") else 100  # Spark keeps one more on the way
    step, limit = decimal.Decimal(1).scaleb(-to.scale), decimal.Decimal(10) ** (to.precision - to.scale)
    compute = getattr(decimal.Context(prec=digits, rounding=decimal.ROUND_HALF_UP), op)
    type = pa.int64() if op == "divide_int" else pa.decimal128(to.precision, to.scale)

    def one(x: decimal.Decimal | None, y: decimal.Decimal | None) -> Any:
        if x is None or y is None or (not y and op.startswith(("divide", "remainder"))):
            return None
        value = compute(x, y).quantize(step, context=context)
        if not -limit < value < limit:
            if not ansi:
                return None
            raise row_failure(
                "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
                origin,
                value=f"{value:f}",
                precision=to.precision,
                scale=to.scale,
                config='"spark.sql.ansi.enabled"',
            )
        return (int(value) + 2**63) % 2**64 - 2**63 if op == "divide_int" else value

    def run(left: Any, right: Any) -> Any:
        return pa.array([one(x, y) for x, y in zip(left.to_pylist(), right.to_pylist(), strict=True)], type)

    return run


_ROUNDED = 34  # digits that Java keeps where it negates a decimal
_EXACT = Context(prec=MAX_PRECISION)


def negated(x: str, type: DataType, call: Call, low: Lowering, kept: str = "") -> str:
    """The decimal with the other sign, in 34 digits, as Java has it; where `kept` holds, the decimal itself."""
    assert isinstance(type, DecimalType)
    p, s = type.precision, type.scale
    cases = f"WHEN {kept} THEN {x}" if kept else ""
    if p <= _ROUNDED:
        return f"(CASE {cases} ELSE -{x} END)" if kept else f"(-{x})"
    kernel = low.type(type)
    place = replace(call, origin=None)
    overflow = low.error(
        place,
        "NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION",
        originalValue=f"CAST(-{x} AS VARCHAR)",
        roundedValue=f"CAST(CAST(-{x} AS DOUBLE) AS VARCHAR)",
        precision=f"'{p}'",
        scale=f"'{s}'",
    )
    for digits in range(_ROUNDED, p):  # how many digits a smaller number has
        exact = digits == _ROUNDED
        limit = f"CAST('1e{digits - s}' AS {kernel})"
        rounded = f"-{x}" if exact else f"CAST(round(-{x}, {s - digits + _ROUNDED}) AS {kernel})"
        cases += f" WHEN abs({x}) < {limit} THEN {rounded}"
    most = f"CAST('{Decimal(10**p - 10 ** (p - _ROUNDED) // 2 - 1).scaleb(-s, _EXACT):f}' AS {kernel})"
    last = f"CAST(round(-{x}, {s - p + _ROUNDED}) AS {kernel})"
    return f"(CASE {cases} WHEN abs({x}) <= {most} THEN {last} WHEN {x} IS NOT NULL THEN {overflow} END)"
