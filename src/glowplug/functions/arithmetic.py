"""Arithmetic operators. Sources: Spark SQL reference, "ANSI compliance" and "Operators"."""

from __future__ import annotations

from dataclasses import replace

from glowplug.functions import decimals
from glowplug.functions.coercion import arithmetic_operands, cast_to, tightest_common
from glowplug.functions.lowering import let
from glowplug.functions.nulls import present
from glowplug.functions.vocabulary import NUMBER_OR_INTERVAL, Mismatch, arg, sig
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression, Literal, Named
from glowplug.plan.function import Accept, Function, Lower, Lowering, Returns, Rewrite
from glowplug.plan.names import pretty
from glowplug.types import (
    DOUBLE,
    INTEGRAL,
    LONG,
    NUMERIC,
    STRINGS,
    TIMESTAMP,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
    sql_name,
)

_TRY = {"+": "`try_add`", "-": "`try_subtract`"}
INTERVALS = (YearMonthIntervalType, DayTimeIntervalType, CalendarIntervalType)
INSTANTS = (TimestampType, TimestampNTZType)
DATETIMES = (DateType, *INSTANTS)
BITS = {ByteType: (8, "TINYINT"), ShortType: (16, "SMALLINT"), IntegerType: (32, "INTEGER"), LongType: (64, "BIGINT")}
INSTANT = '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"'
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


def _add(args: tuple[Expression, ...]) -> Expression | None:
    """`+` on dates and times is another function (`BinaryArithmeticWithDatetimeResolver`)."""
    left, right = args
    a, b = _types(args)
    if isinstance(a, INTERVALS) and a.__class__ is b.__class__:
        return None
    for x, y in ((left, right), (right, left)):
        t, other = x.type, y.type
        if isinstance(t, (*DATETIMES, TimeType, *STRINGS)) and isinstance(other, INTERVALS):
            return None if _text_and_months(t, other) else called("datetime_plus_interval", x, y)
        if isinstance(t, (*DATETIMES, TimeType)) and isinstance(other, NullType):
            start = cast_to(x, TIMESTAMP) if isinstance(t, DateType) else x
            return called("datetime_plus_interval", start, Literal(None, DayTimeIntervalType()))
    for x, y in ((left, right), (right, left)):
        if isinstance(x.type, DateType):
            return called("date_add", x, cast_to(y, x.type) if isinstance(y.type, STRINGS) else y)
    _no_instant(left, right)
    return None


def _subtract(args: tuple[Expression, ...]) -> Expression | None:
    left, right = args
    a, b = _types(args)
    if isinstance(a, INTERVALS) and a.__class__ is b.__class__:
        return None
    if isinstance(a, (*DATETIMES, TimeType, *STRINGS)) and isinstance(b, INTERVALS):
        return None if _text_and_months(a, b) else called("datetime_plus_interval", left, called("negative", right))
    if isinstance(a, INSTANTS) or isinstance(b, INSTANTS):
        return called("subtract_timestamps", *_all_of(args, INSTANT, (*DATETIMES, *STRINGS, NullType)))
    if isinstance(b, DateType) or (isinstance(a, DateType) and isinstance(b, (*STRINGS, NullType))):
        return called("subtract_dates", *_all_of(args, '"DATE"', (DateType, *STRINGS, NullType)))
    if isinstance(a, DateType):
        return called("date_sub", left, right)
    if TimeType in (a.__class__, b.__class__) and all(isinstance(t, (TimeType, *STRINGS, NullType)) for t in (a, b)):
        return called("subtract_times", left, right)
    if isinstance(b, INTERVALS[1:]):
        _no_instant(left, right, subtracted=True)
    return None


def _text_and_months(t: DataType, interval: DataType) -> bool:
    return isinstance(t, STRINGS) and isinstance(interval, YearMonthIntervalType)


def _no_instant(left: Expression, right: Expression, subtracted: bool = False) -> None:
    """An interval of days or time is added to instants only."""
    for x, y in ((left, right), (right, left)):
        if isinstance(x.type, INTERVALS[1:]) and not isinstance(y.type, (NullType, *STRINGS)):
            added = f"(- {pretty(x)})" if subtracted else pretty(x)
            _refuse(y, "first", INSTANT, sqlExpr=f'"{pretty(y)} + {added}"')


def _all_of(args: tuple[Expression, ...], name: str, classes: tuple[type[DataType], ...]) -> tuple[Expression, ...]:
    for a, place in zip(args, ("first", "second"), strict=True):
        if not isinstance(a.type, classes):
            _refuse(a, place, name)
    return args


def _refuse(e: Expression, place: str, required: str, **shown: str) -> None:
    raise Mismatch(
        "UNEXPECTED_INPUT_TYPE",
        paramIndex=place,
        requiredType=required,
        inputSql=f'"{pretty(e)}"',
        inputType=f'"{sql_name(e.type)}"',
        **shown,
    )


def _multiply(args: tuple[Expression, ...]) -> Expression | None:
    left, right = args
    if isinstance(right.type, INTERVALS) and not isinstance(left.type, INTERVALS):
        left, right = right, left
    return _scaled("multiply_interval", left, right)


def _divide(args: tuple[Expression, ...]) -> Expression | None:
    return _scaled("divide_interval", *args)


def _scaled(name: str, interval: Expression, number: Expression) -> Expression | None:
    if not isinstance(interval.type, INTERVALS):
        return None
    if not isinstance(number.type, (*NUMERIC, *STRINGS, NullType)):
        _refuse(number, "second", '"NUMERIC"')
    return called(name, interval, number)


def wrap(sql: str, type: DataType) -> str:
    """An integer computed in a wider type, wrapped around to `type` as Java's arithmetic does."""
    bits, name = BITS[type.__class__]
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
        if isinstance(call.type, INTEGRAL):
            low.suspect(call)
        return f"({x} {symbol} {y})"

    return lower


def _result(rule: decimals.Rule) -> Returns:
    def returns(args: tuple[Expression, ...]) -> DataType:
        t: DataType = args[0].type
        return decimals.result(rule, args) if isinstance(t, DecimalType) else t

    return returns


def _full_scale(rule: decimals.Rule) -> Returns:
    def returns(args: tuple[Expression, ...]) -> DataType:
        t: DataType = args[0].type
        return decimals.full_scale(rule, args) if isinstance(t, DecimalType) else t

    return returns


def _nonzero_literal(e: Expression) -> bool:
    return isinstance(e, Literal) and e.value is not None and e.value != 0


def _guard(call: Call, low: Lowering, quotient: str, condition: str) -> str:
    """`quotient` unless the divisor is zero: then an error, or NULL in non-ANSI mode."""
    divisor = call.args[1]
    if _nonzero_literal(divisor):
        return quotient
    zero = low.error(call, condition, config=ANSI) if call.ansi else "NULL"
    given = _is_there(call.args[0], low) if call.ansi else "true"
    least = "" if given == "true" else f" AND {given}"
    otherwise = f"WHEN {low.sql(divisor)} <> 0 THEN" if least else "ELSE"
    return f"(CASE WHEN {low.sql(divisor)} = 0{least} THEN {zero} {otherwise} {quotient} END)"


def _is_there(e: Expression, low: Lowering) -> str:
    """Whether a value is not NULL: one that is computed already is asked itself."""
    return f"{low.sql(e)} IS NOT NULL" if isinstance(e, Named) else present(e, low)


def _lower_divide(call: Call, low: Lowering) -> str:
    if isinstance(call.type, DecimalType):
        quotient = decimals.lower_divide(call, low)
    else:
        quotient = f"({low.sql(call.args[0])} / {low.sql(call.args[1])})"
    return _guard(call, low, quotient, "DIVIDE_BY_ZERO")


def _division_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """Decimals stay decimals when neither side is a float; everything else becomes double."""
    if isinstance(args[0].type, NullType) and isinstance(args[1].type, DecimalType):
        return tuple(cast_to(a, DOUBLE) for a in args)
    both = arithmetic_operands(args, ansi)
    if both is None or isinstance(both[0].type, DecimalType):
        return both
    # with a whole number, a text is one in ANSI mode
    texts = [b if isinstance(a.type, STRINGS) else a for a, b in zip(args, both, strict=True)]
    return tuple(cast_to(a, DOUBLE) for a in texts)


def _lower_remainder(call: Call, low: Lowering) -> str:
    x, y = low.sql(call.args[0]), low.sql(call.args[1])
    if isinstance(call.type, DecimalType):
        return _guard(call, low, decimals.lower_remainder(call, low), "REMAINDER_BY_ZERO")
    if isinstance(call.type, INTEGRAL):  # the smallest number % -1 would overflow
        return _guard(call, low, f"(CASE WHEN {y} = -1 THEN {x} & 0 ELSE {x} % {y} END)", "REMAINDER_BY_ZERO")
    return _guard(call, low, f"({x} % {y})", "REMAINDER_BY_ZERO")


def _integral_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """Integers become bigints; floats are not divided so."""
    a, b = _types(args)
    if isinstance(a, CalendarIntervalType) or isinstance(b, CalendarIntervalType):
        return None
    if isinstance(a, INTERVALS) or isinstance(b, INTERVALS):
        return _intervals(args)
    if isinstance(a, NullType) and isinstance(b, NullType):
        return cast_to(args[0], LONG), cast_to(args[1], LONG)
    both = arithmetic_operands(args, ansi)
    if both is None or isinstance(both[0].type, DecimalType):
        return both
    return None if isinstance(both[0].type, (FloatType, DoubleType)) else tuple(cast_to(x, LONG) for x in both)


def _lower_div(call: Call, low: Lowering) -> str:
    x, y = low.sql(call.args[0]), low.sql(call.args[1])
    if isinstance(call.args[0].type, DecimalType):
        quotient = wrap(decimals.lower_integral_divide(call, low), LONG)  # Java's `longValue`
    else:
        turned = wrap(f"(-CAST({x} AS HUGEINT))", LONG)
        if call.ansi:
            less = low.error(
                call, "ARITHMETIC_OVERFLOW", message="'integral divide'", alternative="'try_divide'", config=ANSI
            )
            turned = f"CASE WHEN {x} = {-(1 << 63)} THEN {less} ELSE -{x} END"
        quotient = f"(CASE WHEN {y} = -1 THEN {turned} ELSE {x} // {y} END)"
    return _guard(call, low, quotient, "DIVIDE_BY_ZERO")


def _negate(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if isinstance(call.type, INTEGRAL) and not call.ansi:
        return wrap(f"(-CAST({x} AS HUGEINT))", call.type)
    if isinstance(call.type, INTEGRAL):  # the kernel's own negation of the smallest number is wider
        bits, name = BITS[call.type.__class__]
        place = replace(call, origin=None)  # Spark tells none
        overflow = low.error(place, "ARITHMETIC_OVERFLOW", message="'overflow'", alternative="''", config=ANSI)
        return let(x, lambda v: f"CAST(CASE WHEN {v} = {-(1 << (bits - 1))} THEN {overflow} ELSE -{v} END AS {name})")
    if isinstance(call.type, INTERVALS[:2]):
        bits, name = BITS[LongType if isinstance(call.type, DayTimeIntervalType) else IntegerType]
        overflow = low.error(call, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION")
        return let(x, lambda v: f"CAST(CASE WHEN {v} = {-(1 << (bits - 1))} THEN {overflow} ELSE -{v} END AS {name})")
    if isinstance(call.type, DecimalType):
        return let(x, lambda v: decimals.negated(v, call.type, call, low))
    return f"(-{x})"


def _shown_as(shown: str) -> Accept:
    """Numbers and intervals, as Spark names them in a message."""
    return Accept(shown, lambda t: isinstance(t, CalendarIntervalType) or NUMBER_OR_INTERVAL.accepts(t), (DOUBLE,))


_SIGNED = _shown_as('("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")')
_SIGNED_VALUE = Accept(
    _SIGNED.shown, lambda t: not isinstance(t, NullType) and _SIGNED.accepts(t), _SIGNED.targets
)  # NULL is a double
_NUMERIC = _shown_as('"NUMERIC"')
_FRACTION = _shown_as('("DOUBLE" or "DECIMAL")')
_WHOLE = _shown_as('("BIGINT" or "DECIMAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")')


def _binary(symbol: str, rule: decimals.Rule, rewrite: Rewrite, usage: str, example: str) -> Function:
    side = _NUMERIC if symbol == "*" else _SIGNED
    return Function(
        (symbol,),
        sig(side, side),
        _result(rule),
        _lower(symbol, rule),
        nullable="decimal_unless_ansi",
        coerce=_additive,
        rewrite=rewrite,
        full_scale=_full_scale(rule),
        shown=f"({{0}} {symbol} {{1}})",
        usage=usage,
        example=example,
        group="math_funcs",
    )


FUNCTIONS = (
    _binary("+", decimals.add_type, _add, "Returns the sum of two numbers.", "SELECT 1 + 2"),
    _binary("-", decimals.add_type, _subtract, "Returns the difference of two numbers.", "SELECT 2 - 1"),
    _binary("*", decimals.multiply_type, _multiply, "Returns the product of two numbers.", "SELECT 2 * 3"),
    Function(
        ("/",),
        sig(_FRACTION, _FRACTION),
        _result(decimals.divide_type),
        _lower_divide,
        nullable="always",
        coerce=_division_operands,
        rewrite=_divide,
        full_scale=_full_scale(decimals.divide_type),
        shown="({0} / {1})",
        usage="Returns the quotient; always a double or a decimal.",
        example="SELECT 3 / 2",
        group="math_funcs",
    ),
    Function(
        ("%", "mod"),
        sig(_NUMERIC, _NUMERIC),
        _result(decimals.remainder_type),
        _lower_remainder,
        nullable="always",
        coerce=arithmetic_operands,
        full_scale=_full_scale(decimals.remainder_type),
        shown=lambda args, call: f"({args[0]} % {args[1]})" if call.name == "%" else f"mod({args[0]}, {args[1]})",
        usage="Returns the remainder with the sign of the dividend.",
        example="SELECT 2 % 1.8",
        group="math_funcs",
    ),
    Function(
        ("div",),
        sig(_WHOLE, _WHOLE),
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
        ("negative", "unary -"),  # by its name in a call, and as a sign
        sig(_SIGNED_VALUE),
        arg(0),
        _negate,
        shown=lambda args, call: f"negative({args[0]})" if call.name == "negative" else f"(- {args[0]})",
        usage="Returns the number with the opposite sign.",
        example="SELECT negative(1)",
        group="math_funcs",
    ),
    Function(
        ("positive",),
        sig(_SIGNED_VALUE),
        arg(0),
        "{0}",
        shown="(+ {0})",
        usage="Returns the number itself.",
        example="SELECT positive(1)",
        group="math_funcs",
    ),
)
