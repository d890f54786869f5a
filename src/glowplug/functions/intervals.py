"""Intervals: making them, adding them to dates and times, multiplying and dividing them.

Semantics: Spark's SQL reference, "Data Types" and "Operators". In the kernel a year-month interval is INTEGER months, a
day-time interval BIGINT microseconds, a calendar interval the kernel's INTERVAL (months, days and microseconds).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import floor

from glowplug.functions.clock import (
    ANSI,
    DAY,
    MICROS,
    bind,
    bind_all,
    given,
    literal_value,
    local,
    plus_day_time,
    plus_days,
    plus_micros,
    plus_months,
)
from glowplug.functions.coercion import cast_to
from glowplug.functions.lowering import per_row
from glowplug.functions.times import TIME_TYPE
from glowplug.functions.vocabulary import ANY, INTEGER, Mismatch, exactly, sig
from glowplug.functions.vocabulary import DAY as DATE_ARG
from glowplug.plan.expressions import Call, Cast, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    CALENDAR_INTERVAL,
    DATE,
    DOUBLE,
    INTEGRAL,
    LONG,
    MAX_PRECISION,
    STRING,
    STRINGS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
    sql_name,
)

_date = partial(Function, group="datetime_funcs")
SECONDS = DecimalType(18, 6)
DAY_TIME = DayTimeIntervalType()
YEAR_MONTH = YearMonthIntervalType()
_DAYS = DayTimeIntervalType(0, 0)


def calendar(months: str, days: str, micros: str) -> str:
    """A calendar interval of its three parts."""
    return f"(to_months({months}) + to_days({days}) + to_microseconds({micros}))"


def months_of(x: str) -> str:
    return f"CAST(datepart('year', {x}) * 12 + datepart('month', {x}) AS INTEGER)"


def days_of(x: str) -> str:
    return f"CAST(datepart('day', {x}) AS INTEGER)"


def micros_of(x: str) -> str:
    return f"epoch_us({x} - to_months({months_of(x)}) - to_days({days_of(x)}))"


# --- adding to dates and times ----------------------------------------------------------------------------


def _is_days(t: DataType) -> bool:
    return t == _DAYS


def _sum_type(args: tuple[Expression, ...]) -> DataType:
    a, b = args[0].type, args[1].type
    if isinstance(a, TimeType):
        return a
    if isinstance(a, DateType):
        return TIMESTAMP if isinstance(b, DayTimeIntervalType) and not _is_days(b) else DATE
    return a if isinstance(a, (TimestampType, TimestampNTZType)) else STRING


def _sum_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """A text counts as a timestamp, and takes no year-month interval; a date with hours becomes a timestamp."""
    a, b = args
    if isinstance(a.type, STRINGS):
        return None if isinstance(b.type, YearMonthIntervalType) else (cast_to(a, TIMESTAMP), b)
    if isinstance(a.type, DateType) and _sum_type(args) == TIMESTAMP:
        return cast_to(a, TIMESTAMP), b
    if isinstance(a.type, TimeType) and not isinstance(b.type, DayTimeIntervalType):
        return None
    return args


def _plus(args: tuple[Expression, ...]) -> Expression | None:
    """A text plus an interval is text again."""
    a, b = args
    if isinstance(a.type, STRINGS) and not isinstance(b.type, YearMonthIntervalType):
        total = UnresolvedFunction(
            ("datetime_plus_interval",), (Cast(a, TIMESTAMP, "ansi", implicit=True), b), internal=True
        )
        return Cast(total, STRING, implicit=True)
    return None


def _plus_interval(c: Call, low: Lowering) -> str:
    a, b = c.args
    x, n, type = low.sql(a), low.sql(b), a.type
    match type, b.type:
        case DateType(), YearMonthIntervalType():
            return f"CAST({x} + to_months({n}) AS DATE)"
        case DateType(), DayTimeIntervalType():
            return f"({x} + CAST({n} // {DAY} AS INTEGER))"
        case DateType(), _:
            refused = low.error(c, "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION", ansiConfig=ANSI)
            return bind(
                n,
                lambda v: (
                    f"CASE WHEN {micros_of(v)} = 0 THEN"
                    f" CAST({x} + to_months({months_of(v)}) + to_days({days_of(v)}) AS DATE)"
                    f" WHEN {v} IS NOT NULL THEN {refused if c.ansi else f'CAST({x} + {v} AS DATE)'} END"
                ),
            )
        case TimeType(), _:
            return bind_all([x, n], lambda v, m: _time_sum(v, m, c, low))
        case _, YearMonthIntervalType():
            return plus_months(low, x, type, n)
        case _, DayTimeIntervalType():
            constant = literal_value(b)
            return plus_day_time(low, x, type, n, constant if isinstance(constant, int) else None)
    return bind(n, lambda v: _plus_calendar(low, x, type, v))


def _plus_calendar(low: Lowering, x: str, type: DataType, v: str) -> str:
    moved = plus_days(low, plus_months(low, x, type, months_of(v)), type, days_of(v))
    return plus_micros(moved, type, micros_of(v))


def _time_sum(x: str, micros: str, c: Call, low: Lowering) -> str:
    shown = " || ".join(
        (
            "'add '",
            low.cast(micros, c.args[1].type, STRING),
            "' to the time value TIME '''",
            low.cast(x, c.args[0].type, STRING),
            "''''",
        )
    )
    total = f"(epoch_us({x}) + {micros})"
    overflow = low.error(c, "DATETIME_OVERFLOW", operation=shown)
    return (
        f"CASE WHEN {total} >= 0 AND {total} < {DAY} THEN CAST(make_timestamp({total}) AS TIME)"
        f" WHEN {given([x, micros])} THEN {overflow} END"
    )


def _shown_sum(args: tuple[str, ...], call: Call) -> str:
    a, b = call.args
    negated = isinstance(b, Call) and b.function.names[0] == "negative"
    if isinstance(a.type, DateType) and isinstance(b.type, DayTimeIntervalType):
        days = f"extractansiintervaldays({pretty(b.args[0] if negated and isinstance(b, Call) else b)})"
        return f"date_add({args[0]}, {f'(- {days})' if negated else days})"
    return f"{args[0]} - {pretty(b.args[0])}" if negated and isinstance(b, Call) else f"{args[0]} + {args[1]}"


# --- differences ------------------------------------------------------------------------------------------


def _dates(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    """Without ANSI mode, a text that is taken from a date is a number of days, and one that is no INT."""
    left, right = args
    if not ansi and isinstance(right.type, STRINGS):
        shown = f'"date_sub({pretty(left)}, {pretty(right)})"'
        _refuse(right, "second", '("INT" or "SMALLINT" or "TINYINT")', inputType='"DOUBLE"', sqlExpr=shown)
    return tuple(cast_to(a, DATE) for a in args)


def _times(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    """Texts are times of day, without ANSI mode numbers."""
    if not ansi and any(isinstance(a.type, STRINGS) for a in args):
        left, right = (f'"{sql_name(DOUBLE if isinstance(a.type, STRINGS) else a.type)}"' for a in args)
        shown = f'"({pretty(args[0])} - {pretty(args[1])})"'
        raise Mismatch("BINARY_OP_DIFF_TYPES", left=left, right=right, sqlExpr=shown)
    return tuple(a if isinstance(a.type, TimeType) else cast_to(a, TimeType()) for a in args)


def _refuse(e: Expression, place: str, required: str, **more: str) -> None:
    shown = {"inputType": f'"{sql_name(e.type)}"', "inputSql": f'"{pretty(e)}"', **more}
    raise Mismatch("UNEXPECTED_INPUT_TYPE", paramIndex=place, requiredType=required, **shown)


def _instants(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    """Two wall-clock times stay so; anything else becomes instants, texts in ANSI mode only."""
    for a, place in zip(args, ("first", "second"), strict=True):
        if not ansi and isinstance(a.type, STRINGS):
            _refuse(a, place, '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"')
    ntz = all(isinstance(a.type, TimestampNTZType) for a in args)
    return tuple(cast_to(a, TIMESTAMP_NTZ if ntz else TIMESTAMP) for a in args)


def _subtract_timestamps(c: Call, low: Lowering) -> str:
    a, b = (local(low, e) for e in c.args)
    return f"(epoch_us({a}) - epoch_us({b}))"


# --- products and quotients -------------------------------------------------------------------------------


def _scaled_type(args: tuple[Expression, ...]) -> DataType:
    match args[0].type:
        case YearMonthIntervalType():
            return YEAR_MONTH
        case DayTimeIntervalType():
            return DAY_TIME
    return CALENDAR_INTERVAL


def _factor(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """A text or NULL factor counts as a double, and so does any factor of a calendar interval."""
    a, b = args
    if isinstance(a.type, CalendarIntervalType) or not isinstance(
        b.type, (*INTEGRAL, DecimalType, FloatType, DoubleType)
    ):
        return a, cast_to(b, DOUBLE)
    return args


def _round_half_up(x: str) -> str:
    """Rounded half away from zero, as Java's HALF_UP rounds."""
    return f"(sign({x}) * floor(abs({x}) + 0.5))"


def _multiply(c: Call, low: Lowering) -> str:
    a, b = c.args
    x, n = low.sql(a), low.sql(b)
    if isinstance(a.type, CalendarIntervalType):
        return bind_all([x, n], lambda v, m: _calendar_times(v, f"* {m}"))
    return bind_all([x, n], lambda v, m: _overflowing(c, low, _product(v, m, b.type), [v, m]))


def _product(x: str, n: str, type: DataType) -> str:
    """The rounded product as a number of any size."""
    if isinstance(type, INTEGRAL):
        return f"CAST({x} AS HUGEINT) * {n}"
    if isinstance(type, DecimalType):
        scale = min(type.scale, 18)
        factor = f"TRY_CAST({n} AS DECIMAL({min(type.precision, 19)},{scale}))"
        return f"CASE WHEN {x} = 0 THEN 0 ELSE round(CAST({x} AS DECIMAL(19,0)) * {factor}) END"
    return _round_half_up(f"({x} * CAST({n} AS DOUBLE))")


def _divide(c: Call, low: Lowering) -> str:
    a, b = c.args
    calendar = isinstance(a.type, CalendarIntervalType)  # whose overflow is NULL outside ANSI mode
    zero = low.error(c, "INTERVAL_DIVIDED_BY_ZERO") if c.ansi or not calendar else "NULL"

    def quotient(x: str, divisor: str) -> str:
        # NULL in the place of zero: the kernel evaluates both sides of the division before it chooses a branch
        n = f"nullif({divisor}, 0)"
        if calendar:
            result = _calendar_times(x, f"/ {n}")
        else:
            result = _overflowing(c, low, _quotient(x, n, b.type, low), [x, n])
        return f"CASE WHEN {divisor} = 0 AND {x} IS NOT NULL THEN {zero} WHEN {divisor} <> 0 THEN {result} END"

    return bind_all([low.sql(a), low.sql(b)], quotient)


def _quotient(x: str, n: str, type: DataType, low: Lowering) -> str:
    """The quotient rounded half away from zero, as a number of any size."""
    if isinstance(type, (FloatType, DoubleType)):
        return _round_half_up(f"({x} / CAST({n} AS DOUBLE))")
    if isinstance(type, DecimalType) and (type.scale > _SCALE or type.precision == MAX_PRECISION):
        return per_row(low, "interval_quotient", _exact_quotient, [(x, LONG), (n, type)], LONG)
    scale = 10**type.scale if isinstance(type, DecimalType) else 1
    top, bottom = f"(CAST({x} AS HUGEINT) * {scale})", f"CAST({n} * {scale} AS HUGEINT)"
    away = f"CASE WHEN abs({top} % {bottom}) * 2 >= abs({bottom}) THEN sign({x}) * sign({n}) ELSE 0 END"
    return f"{top} // {bottom} + ({away})"


_SCALE = 19  # up to which the kernel's largest numbers hold an interval times its power of ten


def _exact_quotient(x: int, n: Decimal) -> int | None:
    """None out of range."""
    size = floor(abs(Fraction(x) / Fraction(n)) + Fraction(1, 2))
    found = size if (x < 0) == (n < 0) else -size
    return found if -(2**63) <= found < 2**63 else None


def _overflowing(c: Call, low: Lowering, value: str, operands: list[str]) -> str:
    """`value` as the interval's kernel type; out of range is an error in every mode."""
    name, java = ("INTEGER", "integer") if isinstance(c.type, YearMonthIntervalType) else ("BIGINT", "long")
    overflow = low.error(c, "ARITHMETIC_OVERFLOW", message=f"'{java} overflow'", alternative="''", config=ANSI)
    return f"coalesce(TRY_CAST({value} AS {name}), CASE WHEN {given(operands)} THEN {overflow} END)"


def _calendar_times(x: str, by: str) -> str:
    """Each part times a number; a fraction of a month counts as nothing, one of a day as its hours."""
    days = f"({days_of(x)} {by})"
    rest = f"CAST(round(({days} - trunc({days})) * {DAY} + {micros_of(x)} {by}) AS BIGINT)"
    return calendar(f"CAST(trunc({months_of(x)} {by}) AS INTEGER)", f"CAST(trunc({days}) AS INTEGER)", rest)


# --- making -----------------------------------------------------------------------------------------------


ZERO_SECONDS = Literal(Decimal("0.000000"), SECONDS)
SECONDS_ARG = exactly(SECONDS)


def _day_time(hours: str, minutes: str, seconds: str) -> str:
    """Microseconds, of any size."""
    whole = f"CAST({hours} AS HUGEINT) * {MICROS['HOUR']} + CAST({minutes} AS HUGEINT) * {MICROS['MINUTE']}"
    # wide enough for the product: the kernel multiplies decimals of 18 digits within 64 bits
    return f"{whole} + CAST(CAST({seconds} AS DECIMAL(24,6)) * CAST(1000000 AS DECIMAL(7,0)) AS HUGEINT)"


def _make_interval(tolerant: bool) -> Lower:
    def lower(c: Call, low: Lowering) -> str:
        def make(y: str, mo: str, w: str, d: str, h: str, mi: str, s: str) -> str:
            months = f"TRY_CAST(CAST({y} AS BIGINT) * 12 + {mo} AS INTEGER)"
            days = f"TRY_CAST(CAST({w} AS BIGINT) * 7 + {d} AS INTEGER)"
            micros = f"TRY_CAST({_day_time(h, mi, s)} AS BIGINT)"
            made = calendar(months, days, micros)
            if tolerant or not c.ansi:
                return made
            overflow = low.error(c, "ARITHMETIC_OVERFLOW", message="'overflow'", alternative="''", config=ANSI)
            return f"coalesce({made}, CASE WHEN {given([y, mo, w, d, h, mi, s])} THEN {overflow} END)"

        return bind_all([low.sql(a) for a in c.args], make)

    return lower


def _make_dt(c: Call, low: Lowering) -> str:
    overflow = low.error(c, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION")

    def make(d: str, h: str, mi: str, s: str) -> str:
        total = f"CAST({d} AS HUGEINT) * {DAY} + {_day_time(h, mi, s)}"
        return f"coalesce(TRY_CAST({total} AS BIGINT), CASE WHEN {given([d, h, mi, s])} THEN {overflow} END)"

    return bind_all([low.sql(a) for a in c.args], make)


def _make_ym(c: Call, low: Lowering) -> str:
    overflow = low.error(c, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION")

    def make(y: str, m: str) -> str:
        total = f"TRY_CAST(CAST({y} AS BIGINT) * 12 + {m} AS INTEGER)"
        return f"coalesce({total}, CASE WHEN {given([y, m])} THEN {overflow} END)"

    return bind_all([low.sql(a) for a in c.args], make)


_SEVEN = sig(*[INTEGER] * 6, SECONDS_ARG, optional=7, defaults=(0, 0, 0, 0, 0, 0, ZERO_SECONDS))

FUNCTIONS = (
    _date(
        ("datetime_plus_interval",),
        sig(ANY, ANY),
        _sum_type,
        _plus_interval,
        coerce=_sum_operands,
        rewrite=_plus,
        shown=_shown_sum,
        nullable=lambda args: isinstance(args[0].type, TimeType) or any(a.nullable for a in args),
        usage="Adds an interval to a date, a timestamp or a time of day.",
        example="SELECT DATE '2020-01-31' + INTERVAL '1' MONTH",
        internal=True,
    ),
    _date(
        ("subtract_dates",),
        sig(DATE_ARG, DATE_ARG),
        _DAYS,
        f"(({{0}} - {{1}}) * {DAY})",
        coerce=_dates,
        shown="({0} - {1})",
        usage="Returns the days between two dates as an interval.",
        example="SELECT DATE '2020-01-31' - DATE '2020-01-01'",
        internal=True,
    ),
    _date(
        ("subtract_timestamps",),
        sig(ANY, ANY),
        DAY_TIME,
        _subtract_timestamps,
        coerce=_instants,
        shown="({0} - {1})",
        usage="Returns the time between two timestamps, by the wall clock.",
        example="SELECT TIMESTAMP '2020-01-31' - TIMESTAMP '2020-01-01'",
        internal=True,
    ),
    _date(
        ("subtract_times",),
        sig(ANY, ANY),
        DayTimeIntervalType(1, 3),
        "(epoch_us({0}) - epoch_us({1}))",
        coerce=_times,
        shown="{0} - {1}",
        requires=TIME_TYPE,
        nullable="always",
        usage="Returns the time between two times of day.",
        example="SELECT TIME '10:00:00' - TIME '08:30:00'",
        internal=True,
    ),
    _date(
        ("multiply_interval",),
        sig(ANY, ANY),
        _scaled_type,
        _multiply,
        coerce=_factor,
        nullable=lambda args: isinstance(args[0].type, CalendarIntervalType) or any(a.nullable for a in args),
        shown=lambda args, c: (
            f"multiply_interval({', '.join(args)})"
            if isinstance(c.args[0].type, CalendarIntervalType)
            else f"({args[0]} * {args[1]})"
        ),
        usage="Returns an interval times a number.",
        example="SELECT INTERVAL '1' DAY * 2",
        internal=True,
    ),
    _date(
        ("divide_interval",),
        sig(ANY, ANY),
        _scaled_type,
        _divide,
        coerce=_factor,
        nullable=lambda args: isinstance(args[0].type, CalendarIntervalType) or any(a.nullable for a in args),
        shown=lambda args, c: (
            f"divide_interval({', '.join(args)})"
            if isinstance(c.args[0].type, CalendarIntervalType)
            else f"({args[0]} / {args[1]})"
        ),
        usage="Returns an interval divided by a number.",
        example="SELECT INTERVAL '1' DAY / 2",
        internal=True,
    ),
    _date(
        ("make_interval",),
        _SEVEN,
        CALENDAR_INTERVAL,
        _make_interval(tolerant=False),
        nullable="unless_ansi",
        usage="Makes a calendar interval of years, months, weeks, days, hours, minutes and seconds.",
        example="SELECT make_interval(100, 11, 1, 1, 12, 30, 01.001001)",
    ),
    _date(
        ("try_make_interval",),
        replace(_SEVEN, optional=6),
        CALENDAR_INTERVAL,
        _make_interval(tolerant=True),
        nullable="always",
        usage="Like make_interval, with NULL where it is out of range.",
        example="SELECT try_make_interval(2147483647)",
    ),
    _date(
        ("make_dt_interval",),
        sig(INTEGER, INTEGER, INTEGER, SECONDS_ARG, optional=4, defaults=(0, 0, 0, ZERO_SECONDS)),
        DAY_TIME,
        _make_dt,
        usage="Makes an interval of days, hours, minutes and seconds.",
        example="SELECT make_dt_interval(1, 12, 30, 01.001001)",
    ),
    _date(
        ("make_ym_interval",),
        sig(INTEGER, INTEGER, optional=2, defaults=(0, 0)),
        YEAR_MONTH,
        _make_ym,
        usage="Makes an interval of years and months.",
        example="SELECT make_ym_interval(1, 2)",
    ),
)
