"""Decimal arithmetic: Spark's result types, and kernel SQL that gives exactly those values.

The kernel multiplies in 64 bits while both sides have at most 18 digits, failing above; Spark's result is wider. Below
an aggregation this is tried as it is, for it is faster, and the statement run again, widened, if it fails (`narrow`);
elsewhere one side is widened first. What needs more than 38 digits on the way is computed exactly, in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glowplug.functions.coercion import adjusted
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Lowering
from glowplug.types import MAX_PRECISION, DecimalType

INT64_DIGITS = 18
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


def _decimal(e: Expression) -> DecimalType:
    assert isinstance(e.type, DecimalType)
    return e.type


def cast(sql: str, to: DecimalType, ansi: bool) -> str:
    """`sql` as a decimal, rounded half up; what does not fit is an error, or NULL in non-ANSI mode."""
    return f"{'CAST' if ansi else 'TRY_CAST'}({sql} AS DECIMAL({to.precision},{to.scale}))"


def lower(symbol: str, rule: Rule, call: Call, low: Lowering) -> str:
    """Kernel SQL of `+ - * %` on two decimals."""
    a, b, to = _decimal(call.args[0]), _decimal(call.args[1]), _decimal(call)
    x, y = low.sql(call.args[0]), low.sql(call.args[1])
    precision, scale = rule(a, b)
    if precision > MAX_PRECISION and scale != to.scale:
        return python(symbol, call, low)
    if low.narrow:
        return f"({x} {symbol} {y})"
    if precision > INT64_DIGITS and max(a.precision, b.precision) <= INT64_DIGITS:
        x = f"CAST({x} AS DECIMAL({INT64_DIGITS + 1},{a.scale}))"
    sql = f"({x} {symbol} {y})"
    return sql if precision <= MAX_PRECISION else cast(sql, to, call.ansi)


def lower_divide(call: Call, low: Lowering) -> str:
    """Kernel SQL of a decimal quotient, rounded half up; the divisor is known not to be zero."""
    a, b, to = _decimal(call.args[0]), _decimal(call.args[1]), _decimal(call)
    shift = to.scale - a.scale + b.scale
    if shift < 0 or a.precision + max(shift, a.scale) > MAX_PRECISION - 1 or b.precision + b.scale > MAX_PRECISION - 1:
        return python("/", call, low)
    n = f"{unscaled(low.sql(call.args[0]), a)} * {10**shift}::HUGEINT"
    return quotient(n, unscaled(low.sql(call.args[1]), b), to)


def unscaled(sql: str, type: DecimalType) -> str:
    """The decimal's digits as a whole number."""
    if type.scale == 0:
        return f"CAST({sql} AS HUGEINT)"
    wide = f"CAST({sql} AS DECIMAL({MAX_PRECISION},{type.scale}))"
    return f"CAST({wide} * {10**type.scale}::DECIMAL({type.scale + 1},0) AS HUGEINT)"


def quotient(numerator: str, denominator: str, to: DecimalType) -> str:
    """The decimal `to` whose digits are numerator / denominator (HUGEINTs), rounded half away from zero."""
    n, d = f"({numerator})", f"({denominator})"
    digits = f"(CASE WHEN ({n} < 0) = ({d} < 0) THEN 1 ELSE -1 END * ((2 * abs({n}) + abs({d})) // (2 * abs({d}))))"
    return from_unscaled(digits, to)


def mean(total: str, count: str, summed: DecimalType, to: DecimalType) -> str:
    """The decimal `to` of a sum divided by a positive count, rounded half away from zero; in 64 bits while they do."""
    shift = 10 ** (to.scale - summed.scale)
    narrow = f"CAST({total} * {10**summed.scale}::DECIMAL({summed.scale + 1},0) AS BIGINT) * {shift}"
    wide = f"{unscaled(total, summed)} * {shift}::HUGEINT"
    bound = 10**18 // (4 * shift * 10**summed.scale)
    exact = from_unscaled(_half_up(wide, f"{count}::HUGEINT"), to)
    if bound == 0:
        return exact
    quick = f"abs({total}) < {bound} AND {count} < {10**17}"
    return f"(CASE WHEN {quick} THEN {from_unscaled(_half_up(narrow, count), to)} ELSE {exact} END)"


def _half_up(n: str, d: str) -> str:
    """n / d, for d > 0, rounded half away from zero."""
    return f"(CASE WHEN {n} < 0 THEN -(({d} - 2 * ({n})) // (2 * {d})) ELSE (2 * ({n}) + {d}) // (2 * {d}) END)"


def from_unscaled(digits: str, to: DecimalType) -> str:
    """A decimal from its digits as a HUGEINT."""
    if to.scale == 0:
        return f"CAST({digits} AS DECIMAL({to.precision},0))"
    # Multiplying by one unit of the last place leaves the digits and sets the scale.
    unit = f"CAST('0.{'1'.rjust(to.scale, '0')}' AS DECIMAL({to.scale + 1},{to.scale}))"
    return f"CAST(CAST({digits} AS DECIMAL({MAX_PRECISION},0)) * {unit} AS DECIMAL({to.precision},{to.scale}))"


def python(symbol: str, call: Call, low: Lowering) -> str:
    """The operator over Arrow's 256-bit decimals."""
    a, b, to = _decimal(call.args[0]), _decimal(call.args[1]), _decimal(call)
    op = {"*": "multiply", "/": "divide", "+": "add", "-": "subtract"}[symbol]
    name = f"decimal_{op}_{a.precision}_{a.scale}_{b.precision}_{b.scale}_{to.precision}_{to.scale}_{int(call.ansi)}"
    name = low.python(name, arrow_operator(op, to, call.ansi), (a, b), to)
    return f"{name}({low.sql(call.args[0])}, {low.sql(call.args[1])})"


def arrow_operator(op: str, to: DecimalType, ansi: bool) -> Callable[..., Any]:
    """A function over two Arrow decimal arrays, giving decimals of type `to`, rounded half up."""
    import decimal

    import pyarrow as pa

    exact = decimal.Context(prec=100, rounding=decimal.ROUND_HALF_UP)
    step, limit = decimal.Decimal(1).scaleb(-to.scale), decimal.Decimal(10) ** (to.precision - to.scale)
    compute = getattr(exact, op)

    def run(left: Any, right: Any) -> Any:
        out: list[decimal.Decimal | None] = []
        for x, y in zip(left.to_pylist(), right.to_pylist(), strict=True):
            if x is None or y is None or (op == "divide" and not y):
                out.append(None)
                continue
            value = compute(x, y).quantize(step, context=exact)
            if abs(value) >= limit:
                if ansi:
                    from glowplug.errors import row_failure

                    raise row_failure(
                        "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
                        value=value,
                        precision=to.precision,
                        scale=to.scale,
                        config='"spark.sql.ansi.enabled"',
                    )
                out.append(None)
            else:
                out.append(value)
        return pa.array(out, pa.decimal128(to.precision, to.scale))

    return run
