"""Arithmetic operators. Sources: Spark SQL reference, "ANSI compliance" and "Operators"."""

from __future__ import annotations

from glowplug.functions import decimals
from glowplug.functions.coercion import arithmetic_operands, cast_to, tightest_common
from glowplug.functions.vocabulary import NUMBER_OR_INTERVAL, arg, sig
from glowplug.plan.expressions import Call, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Accept, Function, Lower, Lowering, Returns, Rewrite
from glowplug.types import (
    DOUBLE,
    INTEGRAL,
    LONG,
    NUMERIC,
    STRINGS,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
)

_TRY = {"+": "`try_add`", "-": "`try_subtract`"}
INTERVALS = (YearMonthIntervalType, DayTimeIntervalType, CalendarIntervalType)
INSTANTS = (TimestampType, TimestampNTZType)
DATETIMES = (DateType, *INSTANTS)
_BITS = {ByteType: (8, "TINYINT"), ShortType: (16, "SMALLINT"), IntegerType: (32, "INTEGER"), LongType: (64, "BIGINT")}
ANSI = "'\"spark.sql.ansi.enabled\"'"


def _types(args: tuple[Expression, ...]) -> tuple[DataType, ...]:
    return tuple(a.type for a in args)


def _intervals(args: tuple[Expression, ...]) -> tuple[Expression, ...] | None:
    """Two intervals of one family, as their common type; a NULL takes the other's type."""
    a, b = _types(args)
    if isinstance(a, INTERVALS) and isinstance(b, INTERVALS):
        t = tightest_common(a, b)
        return None if t is None else (cast_to(args[0], t), cast_to(args[1], t))
    if isinstance(a, INTERVALS) and isinstance(b, NullType):
        return args[0], cast_to(args[1], a)
    if isinstance(b, INTERVALS) and isinstance(a, NullType):
        return cast_to(args[0], b), args[1]
    return None


def _additive(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    return _intervals(args) or arithmetic_operands(args, ansi)


def _call(name: str, *args: Expression) -> UnresolvedFunction:
    return UnresolvedFunction((name,), args)


def _add(args: tuple[Expression, ...]) -> Expression | None:
    """`+` on dates and times is another function."""
    left, right = args
    a, b = _types(args)
    if isinstance(b, (*DATETIMES, TimeType)) and isinstance(a, (*INTERVALS, *INTEGRAL, NullType)):
        left, right, a, b = right, left, b, a
    if isinstance(a, DateType) and isinstance(b, (*INTEGRAL[:3], *STRINGS)):
        return _call("date_add", left, right)
    if isinstance(a, (*DATETIMES, TimeType, *STRINGS)) and isinstance(b, INTERVALS):
        return _call("datetime_plus_interval", left, right)
    return None


def _subtract(args: tuple[Expression, ...]) -> Expression | None:
    left, right = args
    a, b = _types(args)
    if isinstance(a, DateType) and isinstance(b, INTEGRAL[:3]):
        return _call("date_sub", left, right)
    if isinstance(a, (*DATETIMES, TimeType, *STRINGS)) and isinstance(b, INTERVALS):
        return _call("datetime_plus_interval", left, _call("negative", right))
    if (isinstance(a, DATETIMES) and isinstance(b, DATETIMES + STRINGS)) or (
        isinstance(b, DATETIMES) and isinstance(a, STRINGS)
    ):
        name = "subtract_timestamps" if isinstance(a, INSTANTS) or isinstance(b, INSTANTS) else "subtract_dates"
        return _call(name, left, right)
    if isinstance(a, TimeType) and isinstance(b, TimeType):
        return _call("subtract_times", left, right)
    return None


def _multiply(args: tuple[Expression, ...]) -> Expression | None:
    left, right = args
    a, b = _types(args)
    if isinstance(b, INTERVALS) and not isinstance(a, INTERVALS):
        left, right, a, b = right, left, b, a
    if isinstance(a, INTERVALS) and isinstance(b, (*NUMERIC, *STRINGS, NullType)):
        return _call("multiply_interval", left, right)
    return None


def _divide(args: tuple[Expression, ...]) -> Expression | None:
    if isinstance(args[0].type, INTERVALS):
        return _call("divide_interval", *args)
    return None


def wrap(sql: str, type: DataType) -> str:
    """An integer computed in a wider type, wrapped around to `type` as Java's arithmetic does."""
    bits, name = _BITS[type.__class__]
    half = f"{1 << (bits - 1)}::HUGEINT"
    return f"CAST((({sql} + {half}) & {(1 << bits) - 1}::HUGEINT) - {half} AS {name})"


def _lower(symbol: str, rule: decimals.Rule) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        if isinstance(call.type, DecimalType):
            return decimals.lower(symbol, rule, call, low)
        x, y = (low.sql(a) for a in call.args)
        if isinstance(call.type, INTERVALS[:2]):
            name = low.type(call.type)
            overflow = low.error(call, "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", functionName=f"'{_TRY[symbol]}'")
            total = f"TRY_CAST(CAST({x} AS HUGEINT) {symbol} {y} AS {name})"
            return f"coalesce({total}, CASE WHEN {x} IS NOT NULL AND {y} IS NOT NULL THEN {overflow} END)"
        if isinstance(call.type, INTEGRAL) and not call.ansi:
            return wrap(f"(CAST({x} AS HUGEINT) {symbol} CAST({y} AS HUGEINT))", call.type)
        return f"({x} {symbol} {y})"

    return lower


def _result(rule: decimals.Rule) -> Returns:
    def returns(args: tuple[Expression, ...]) -> DataType:
        t: DataType = args[0].type
        return decimals.result(rule, args) if isinstance(t, DecimalType) else t

    return returns


def _nonzero_literal(e: Expression) -> bool:
    return isinstance(e, Literal) and e.value is not None and e.value != 0


def _guard(call: Call, low: Lowering, quotient: str, condition: str) -> str:
    """`quotient` unless the divisor is zero: then an error, or NULL in non-ANSI mode."""
    divisor = call.args[1]
    if _nonzero_literal(divisor):
        return quotient
    zero = low.error(call, condition, config=ANSI) if call.ansi else "NULL"
    return f"(CASE WHEN {low.sql(divisor)} = 0 THEN {zero} ELSE {quotient} END)"


def _lower_divide(call: Call, low: Lowering) -> str:
    if isinstance(call.type, DecimalType):
        quotient = decimals.lower_divide(call, low)
    else:
        quotient = f"({low.sql(call.args[0])} / {low.sql(call.args[1])})"
    return _guard(call, low, quotient, "DIVIDE_BY_ZERO")


def _division_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """Decimals stay decimals when neither side is a float; everything else becomes double."""
    both = arithmetic_operands(args, ansi)
    if both is None or isinstance(both[0].type, DecimalType):
        return both
    return tuple(cast_to(a, DOUBLE) for a in args)


def _lower_remainder(call: Call, low: Lowering) -> str:
    x, y = low.sql(call.args[0]), low.sql(call.args[1])
    if isinstance(call.type, DecimalType):
        return _guard(call, low, decimals.lower("%", decimals.remainder_type, call, low), "REMAINDER_BY_ZERO")
    if isinstance(call.type, INTEGRAL):  # the smallest number % -1 would overflow
        return _guard(call, low, f"(CASE WHEN {y} = -1 THEN 0 ELSE {x} % {y} END)", "REMAINDER_BY_ZERO")
    return _guard(call, low, f"({x} % {y})", "REMAINDER_BY_ZERO")


def _integral_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    a, b = _types(args)
    if isinstance(a, INTERVALS) and isinstance(b, INTERVALS):
        return _intervals(args)
    both = arithmetic_operands(args, ansi)
    if both is None or isinstance(both[0].type, DecimalType):
        return both
    return tuple(cast_to(x, LONG) for x in both)


def _lower_div(call: Call, low: Lowering) -> str:
    x, y = low.sql(call.args[0]), low.sql(call.args[1])
    if isinstance(call.args[0].type, DecimalType):
        quotient = f"CAST(trunc(CAST({x} AS DECIMAL(38,6)) / {y}) AS BIGINT)"
    else:
        quotient = f"(CASE WHEN {y} = -1 THEN -{x} ELSE {x} // {y} END)"
    return _guard(call, low, quotient, "DIVIDE_BY_ZERO")


def _negate(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if isinstance(call.type, INTEGRAL) and not call.ansi:
        return wrap(f"(-CAST({x} AS HUGEINT))", call.type)
    return f"(-{x})"


def _binary(symbol: str, rule: decimals.Rule, rewrite: Rewrite, usage: str, example: str) -> Function:
    return Function(
        (symbol,),
        sig(NUMBER_OR_INTERVAL, NUMBER_OR_INTERVAL),
        _result(rule),
        _lower(symbol, rule),
        coerce=_additive,
        rewrite=rewrite,
        shown=f"({{0}} {symbol} {{1}})",
        usage=usage,
        example=example,
        group="math_funcs",
    )


_NEGATABLE = Accept(
    '("NUMERIC" or "INTERVAL")',
    lambda t: isinstance(t, CalendarIntervalType) or NUMBER_OR_INTERVAL.accepts(t),
    NUMBER_OR_INTERVAL.targets,
)

FUNCTIONS = (
    _binary("+", decimals.add_type, _add, "Returns the sum of two numbers.", "SELECT 1 + 2"),
    _binary("-", decimals.add_type, _subtract, "Returns the difference of two numbers.", "SELECT 2 - 1"),
    _binary("*", decimals.multiply_type, _multiply, "Returns the product of two numbers.", "SELECT 2 * 3"),
    Function(
        ("/",),
        sig(NUMBER_OR_INTERVAL, NUMBER_OR_INTERVAL),
        _result(decimals.divide_type),
        _lower_divide,
        nullable="always",
        coerce=_division_operands,
        rewrite=_divide,
        shown="({0} / {1})",
        usage="Returns the quotient; always a double or a decimal.",
        example="SELECT 3 / 2",
        group="math_funcs",
    ),
    Function(
        ("%", "mod"),
        sig(NUMBER_OR_INTERVAL, NUMBER_OR_INTERVAL),
        _result(decimals.remainder_type),
        _lower_remainder,
        nullable="always",
        coerce=arithmetic_operands,
        shown=lambda args, call: f"({args[0]} % {args[1]})" if call.name == "%" else f"mod({args[0]}, {args[1]})",
        usage="Returns the remainder with the sign of the dividend.",
        example="SELECT 2 % 1.8",
        group="math_funcs",
    ),
    Function(
        ("div",),
        sig(NUMBER_OR_INTERVAL, NUMBER_OR_INTERVAL),
        LONG,
        _lower_div,
        nullable="always",
        coerce=_integral_operands,
        shown="({0} div {1})",
        usage="Returns the quotient without its fraction, as a bigint.",
        example="SELECT 3 div 2",
        group="math_funcs",
    ),
    Function(
        ("negative",),
        sig(_NEGATABLE),
        arg(0),
        _negate,
        shown=lambda args, call: f"(- {args[0]})" if call.name == "-" else f"negative({args[0]})",
        usage="Returns the number with the opposite sign.",
        example="SELECT negative(1)",
        group="math_funcs",
    ),
    Function(
        ("positive",),
        sig(NUMBER_OR_INTERVAL),
        arg(0),
        "{0}",
        shown="(+ {0})",
        usage="Returns the number itself.",
        example="SELECT positive(1)",
        group="math_funcs",
    ),
)
