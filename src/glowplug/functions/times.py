"""Times of day. Semantics: Spark's SQL reference. In the kernel TIME, in microseconds since midnight."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from glowplug.functions.clock import DAY, MICROS, bind, bind_all, given, micros_of_day
from glowplug.functions.lowering import constant
from glowplug.functions.vocabulary import INTEGER, STR, TIME_OF_DAY, Mismatch, as_is, exactly, sig
from glowplug.functions.vocabulary import constant as foldable
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.types import (
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    TIME,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    TimeType,
    quote,
)

# TIME must be switched on in a session, as in Spark.
TIME_TYPE = ("spark.sql.timeType.enabled", "UNSUPPORTED_TIME_TYPE")
_time = partial(Function, group="datetime_funcs", nullable="always", requires=TIME_TYPE)
_UNITS = ("MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR")
ONLY_INTEGRAL = as_is(Accept('"INTEGRAL"', lambda t: isinstance(t, INTEGRAL), (INT,)))
ONLY_NUMBER = as_is(
    Accept('"NUMERIC"', lambda t: isinstance(t, (*INTEGRAL, DecimalType, FloatType, DoubleType)), (DOUBLE,))
)


def of_micros(x: str) -> str:
    return f"CAST(make_timestamp({x}) AS TIME)"


def _now_type(args: tuple[Expression, ...]) -> DataType:
    precision = constant(args[0]) if args else 6
    if precision is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="precision")
    if not 0 <= int(precision) <= 6:
        raise Mismatch(
            "VALUE_OUT_OF_RANGE", exprName=quote("precision"), valueRange="[0, 6]", currentValue=str(precision)
        )
    return TimeType(int(precision))


def _now(c: Call, low: Lowering) -> str:
    assert isinstance(c.type, TimeType)
    unit = 10 ** (6 - c.type.precision)
    micros = "epoch_us(CAST(CAST(now() AS TIMESTAMP) AS TIME))"
    return of_micros(f"({micros} // {unit} * {unit})")


def _make_time(c: Call, low: Lowering) -> str:
    def wrong(field: str, x: str, high: int) -> str:
        message = f"'Invalid value for {field} (valid values 0 - {high}): ' || CAST({x} AS VARCHAR)"
        return f"WHEN {x} < 0 OR {x} > {high} THEN {message}"

    def made(h: str, m: str, s: str) -> str:
        whole = f"trunc({s})"
        message = (
            f"CASE {wrong('HourOfDay', h, 23)} {wrong('MinuteOfHour', m, 59)} {wrong('SecondOfMinute', whole, 59)} END"
        )
        failed = low.error(c, "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", rangeMessage=message)
        valid = f"{h} BETWEEN 0 AND 23 AND {m} BETWEEN 0 AND 59 AND {s} >= 0 AND {s} < 60"
        return f"CASE WHEN {valid} THEN {of_micros(micros_of_day(h, m, s))} WHEN {given([h, m, s])} THEN {failed} END"

    return bind_all([low.sql(a) for a in c.args], made)


def _from(unit: int) -> Lower:
    """The time so many units after midnight. DATETIME_FIELD_OUT_OF_BOUNDS outside of the day."""

    def lower(c: Call, low: Lowering) -> str:
        x, type = low.sql(c.args[0]), c.args[0].type
        if isinstance(type, (FloatType, DoubleType)):
            micros = f"CAST(trunc(CAST({x} AS DOUBLE) * {unit}) AS BIGINT)"
        elif isinstance(type, DecimalType):
            micros = f"CAST(trunc(CAST({x} AS DECIMAL(38,{min(type.scale, 18)})) * {unit}) AS HUGEINT)"
        else:
            micros = f"(CAST({x} AS HUGEINT) * {unit})"

        def time(v: str) -> str:
            limits = "must be between 00:00:00 and 23:59:59.999999999"
            text = f"'Invalid TIME value: {limits}, but got ' || CAST({v} * 1000 AS VARCHAR) || ' nanoseconds'"
            failed = low.error(c, "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", rangeMessage=text)
            made = of_micros(f"CAST({v} AS BIGINT)")
            return f"CASE WHEN {v} >= 0 AND {v} < {DAY} THEN {made} WHEN {v} IS NOT NULL THEN {failed} END"

        return bind(micros, time)

    return lower


def _by_unit(c: Call, low: Lowering, with_unit: Callable[[int], str]) -> str:
    """`with_unit(size)` for a constant unit, else by cases. INVALID_PARAMETER_VALUE.TIME_UNIT for another unit."""
    unit = low.sql(c.args[0])
    name = low.literal(quote(c.name))

    def chosen(u: str) -> str:
        failed = low.error(
            c,
            "INVALID_PARAMETER_VALUE.TIME_UNIT",
            functionName=name,
            parameter="'`unit`'",
            invalidValue=f"'''' || {u} || ''''",
        )
        branches = " ".join(f"WHEN '{k}' THEN {with_unit(MICROS[k])}" for k in _UNITS)
        present = " AND ".join(f"{x} IS NOT NULL" for x in (u, *(low.sql(a) for a in c.args[1:] if a.nullable)))
        return f"CASE upper({u}) {branches} ELSE CASE WHEN {present} THEN {failed} END END"

    fixed = c.args[0].value if isinstance(c.args[0], Literal) else None
    if isinstance(fixed, str) and fixed.upper() in _UNITS:
        return with_unit(MICROS[fixed.upper()])
    return bind(unit, chosen)


def _diff(c: Call, low: Lowering) -> str:
    a, b = low.sql(c.args[1]), low.sql(c.args[2])
    return _by_unit(c, low, lambda size: f"((epoch_us({b}) - epoch_us({a})) // {size})")


def _trunc(c: Call, low: Lowering) -> str:
    return bind(
        low.sql(c.args[1]), lambda x: _by_unit(c, low, lambda size: of_micros(f"(epoch_us({x}) // {size} * {size})"))
    )


def _field(name: str, type: DataType, sql: str) -> Function:
    return _time((name,), sig(TIME_OF_DAY), type, sql, usage=f"Internal: {name.replace('_', ' ')}.", internal=True)


_SECONDS = f"epoch_us({{0}}) % {MICROS['MINUTE']}"

FUNCTIONS = (
    _field("hour_of_time", INT, "CAST(hour({0}) AS INTEGER)"),
    _field("minute_of_time", INT, "CAST(minute({0}) AS INTEGER)"),
    _field("second_of_time", INT, "CAST(second({0}) AS INTEGER)"),
    _field(
        "seconds_of_time",
        DecimalType(8, 6),
        f"CAST(CAST({_SECONDS} AS DECIMAL(8,0)) * CAST(0.000001 AS DECIMAL(6,6)) AS DECIMAL(8,6))",
    ),
    _time(
        ("current_time",),
        sig(foldable(INTEGER, "turn"), optional=1, defaults=(6,), names="precision"),
        _now_type,
        _now,
        nullable="never",
        requires=None,  # neither does Spark ask here
        bare=("current_time",),
        usage="Returns the time of day at which the query began, with so many digits of its second's fraction.",
        example="SELECT current_time(3)",
    ),
    _time(
        ("make_time",),
        sig(INTEGER, INTEGER, exactly(DecimalType(16, 6))),
        TIME,
        _make_time,
        usage="Makes a time of day of an hour, a minute and a second.",
        example="SELECT make_time(6, 30, 45.887)",
    ),
    _time(
        ("time_from_seconds",),
        sig(ONLY_NUMBER),
        TIME,
        _from(1_000_000),
        usage="Returns the time so many seconds after midnight.",
        example="SELECT time_from_seconds(52200.5)",
    ),
    _time(
        ("time_from_millis",),
        sig(ONLY_INTEGRAL),
        TIME,
        _from(1000),
        usage="Returns the time so many milliseconds after midnight.",
        example="SELECT time_from_millis(52200000)",
    ),
    _time(
        ("time_from_micros",),
        sig(ONLY_INTEGRAL),
        TIME,
        _from(1),
        usage="Returns the time so many microseconds after midnight.",
        example="SELECT time_from_micros(52200000000)",
    ),
    _time(
        ("time_to_seconds",),
        sig(TIME_OF_DAY),
        DecimalType(14, 6),
        "CAST(CAST(epoch_us({0}) AS DECIMAL(14,0)) * CAST(0.000001 AS DECIMAL(6,6)) AS DECIMAL(14,6))",
        casts=False,
        usage="Returns the seconds since midnight.",
        example="SELECT time_to_seconds(TIME'14:30:00.5')",
    ),
    _time(
        ("time_to_millis",),
        sig(TIME_OF_DAY),
        LONG,
        "(epoch_us({0}) // 1000)",
        casts=False,
        usage="Returns the whole milliseconds since midnight.",
        example="SELECT time_to_millis(TIME'14:30:00.5')",
    ),
    _time(
        ("time_to_micros",),
        sig(TIME_OF_DAY),
        LONG,
        "epoch_us({0})",
        casts=False,
        usage="Returns the microseconds since midnight.",
        example="SELECT time_to_micros(TIME'14:30:00.5')",
    ),
    _time(
        ("time_diff",),
        sig(STR, TIME_OF_DAY, TIME_OF_DAY),
        LONG,
        _diff,
        usage="Returns the whole units from the first time to the second.",
        example="SELECT time_diff('HOUR', TIME'20:30:29', TIME'21:30:28')",
    ),
    _time(
        ("time_trunc",),
        sig(STR, TIME_OF_DAY),
        lambda args: args[1].type,
        _trunc,
        usage="Returns a time cut to a unit.",
        example="SELECT time_trunc('HOUR', TIME'09:32:05.359')",
    ),
)
