"""Dates and timestamps: now, fields, arithmetic, truncation, epochs, time zones.

Semantics: Spark's SQL reference, "Date and Timestamp Functions". A DATE has no zone; a TIMESTAMP's fields are those of
the session's wall clock. Intervals are months (INTEGER) or microseconds (BIGINT) in the kernel.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.datetime_patterns import UNIVERSAL
from glowplug.errors import AnalysisError
from glowplug.functions.clock import (
    ANSI,
    MICROS,
    MONTHS,
    bind,
    calendar_parts,
    floor_div,
    given,
    instant,
    literal_value,
    local,
    plus_day_time,
    plus_months,
)
from glowplug.functions.coercion import cast_to, implicit_target
from glowplug.functions.lowering import bind_all, let, python
from glowplug.functions.vocabulary import (
    ANY,
    BIGINT,
    BOOL,
    INSTANT,
    STR,
    as_is,
    constant,
    exactly,
    kinds,
    sig,
    unexpected,
)
from glowplug.functions.vocabulary import DAY as DATE_ARG
from glowplug.functions.zones import instant_in_sql, zone_sql
from glowplug.plan.expressions import Call, Cast, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.types import (
    DATE,
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    STRING,
    STRINGS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    NullType,
    ShortType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    quote,
)

_date = partial(Function, group="datetime_funcs")
ANY_TIMESTAMP = kinds('"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"', (TimestampType, TimestampNTZType), TIMESTAMP)
_COUNT = as_is(kinds('("INT" or "SMALLINT" or "TINYINT")', (IntegerType, ShortType, ByteType, *STRINGS), INT))
_WHOLE = re.compile("[+-]?[0-9]+")
ONLY_DATE = as_is(Accept('"DATE"', lambda t: isinstance(t, DateType), (DATE,)))
ONLY_TIMESTAMP = as_is(Accept('"TIMESTAMP"', lambda t: isinstance(t, TimestampType), (TIMESTAMP,)))
ONLY_INTEGRAL = as_is(Accept('"INTEGRAL"', lambda t: isinstance(t, INTEGRAL), (INT,)))
ONLY_NUMBER = as_is(
    Accept('"NUMERIC"', lambda t: isinstance(t, (*INTEGRAL, DecimalType, FloatType, DoubleType)), (DOUBLE,))
)


def call(name: str, *args: Expression) -> UnresolvedFunction:
    return UnresolvedFunction((name,), args, internal=True)


# --- now: one moment for the whole statement, the kernel's ------------------------------------------------


def _now(
    names: tuple[str, ...], type: DataType, sql: str, usage: str, shown: str | None = None, bare: tuple[str, ...] = ()
) -> Function:
    example = f"SELECT {names[0]}()"
    return _date(names, sig(), type, sql, nullable="never", shown=shown, bare=bare, usage=usage, example=example)


# --- fields -----------------------------------------------------------------------------------------------


def _shift(name: str, *, names: tuple[str, ...], sign: str, later: str) -> Function:
    """Days later or earlier. The count may be an INT, a smaller integer or a text, but no wider number."""

    def coerce(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
        day, count = args
        for i, accept in enumerate((DATE_ARG, _COUNT)):
            if implicit_target(args[i].type, accept, ansi) is None:
                raise unexpected(args, i, accept.shown)
        if isinstance(count.type, STRINGS) and not ansi:  # where a text is a number, it must be known to be one
            if not isinstance(count, Literal):
                raise unexpected(args, 1, _COUNT.shown)
            if count.value is not None and not _WHOLE.fullmatch(count.value.strip()):
                raise AnalysisError("SECOND_FUNCTION_ARGUMENT_NOT_INTEGER", functionName=name)
        return cast_to(day, DATE), cast_to(count, INT) if isinstance(count.type, (*STRINGS, NullType)) else count

    return _date(
        names,
        sig(DATE_ARG, _COUNT),
        DATE,
        f"({{0}} {sign} CAST({{1}} AS INTEGER))",
        coerce=coerce,
        shown=f"{name}({{0}}, {{1}})",
        usage=f"Returns the date so many days {later}.",
        example=f"SELECT {name}('2016-07-30', 1)",
    )


def _date_field(names: tuple[str, ...], sql: str, usage: str, internal: bool = False) -> Function:
    example = "" if internal else f"SELECT {names[0]}('2009-07-30')"
    return _date(names, sig(DATE_ARG), INT, f"CAST({sql} AS INTEGER)", usage=usage, example=example, internal=internal)


def _lower_field(unit: str) -> Lower:

    return lambda c, low: f"CAST({unit}({local(low, c.args[0])}) AS INTEGER)"


def _clock_field(name: str) -> Function:
    def rewrite(args: tuple[Expression, ...]) -> Expression | None:
        if isinstance(args[0].type, TimeType):
            return call(f"{name}_of_time", args[0])
        return call(name, args[0]) if len(args) > 1 else None

    return _date(
        (name,),
        sig(ANY_TIMESTAMP, ANY, optional=1, variadic=True),  # what follows the first is passed over, as in Spark
        INT,
        _lower_field(name),
        rewrite=rewrite,
        shown=f"{name}({{0}})",
        usage=f"Returns the {name} of a timestamp or a time of day.",
        example=f"SELECT {name}('2009-07-30 12:58:59')",
    )


# --- dates ------------------------------------------------------------------------------------------------

_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def _next_day(c: Call, low: Lowering) -> str:
    known = str(literal_value(c.args[1])).upper()
    number = next((i for i, n in enumerate(_WEEKDAYS, 1) if known in (n, n[:3], n[:2])), None)
    if number is not None:
        return let(low.sql(c.args[0]), lambda x: f"({x} + CAST(1 + ({number} + 6 - isodow({x})) % 7 AS INTEGER))")

    def following(x: str, name: str) -> str:
        branches = " ".join(
            f"WHEN '{n}' THEN {i} WHEN '{n[:3]}' THEN {i} WHEN '{n[:2]}' THEN {i}" for i, n in enumerate(_WEEKDAYS, 1)
        )
        day = f"CASE upper({name}) {branches} END"
        found = bind(day, lambda d: f"{x} + CAST(1 + ({d} - 1 - isodow({x}) + 7) % 7 AS INTEGER)")
        if not c.ansi:
            return found
        unknown = low.error(replace(c, origin=None), "ILLEGAL_DAY_OF_WEEK", string=name)  # Spark tells no place
        return f"coalesce({found}, CASE WHEN {given([x, name])} THEN {unknown} END)"

    return bind_all([low.sql(a) for a in c.args], following)


def _null(e: Expression) -> bool:
    return _null(e.child) if isinstance(e, Cast) else isinstance(e, Literal) and e.value is None


def _months_between(c: Call, low: Lowering) -> str:
    if any(map(_null, c.args)):
        return "CAST(NULL AS DOUBLE)"
    days = [e.child for e in c.args[:2] if isinstance(e, Cast) and isinstance(e.child.type, DateType)]
    if len(days) == 2:
        return bind_all([*map(low.sql, days), low.sql(c.args[2])], _months_between_days)
    moments = [(f"epoch_us({local(low, e)})", LONG) for e in c.args[:2]]
    if low.time_zone in UNIVERSAL:
        return python(low, "months_between", months_between, [*moments, c.args[2]], DOUBLE)
    clocks = [(_since_midnight(low, e), LONG) for e in c.args[:2]]
    return python(low, "months_between_zoned", months_between, [*moments, c.args[2], *clocks], DOUBLE)


def _since_midnight(low: Lowering, e: Expression) -> str:
    """Microseconds that have passed, which on some days is not what the clock shows."""
    midnight = instant(low, f"CAST(CAST({local(low, e)} AS DATE) AS TIMESTAMP)")
    return f"(epoch_us({low.sql(e)}) - epoch_us({midnight}))"


def _months_between_days(x: str, y: str, rounds: str) -> str:
    """As `months_between` of dates, in the kernel; digits as there."""
    months = f"(year({x}) * 12 + month({x}) - year({y}) * 12 - month({y}))"
    exact = f"({months} + ((day({x}) - day({y})) * 86400)::DOUBLE / 2678400::DOUBLE)"
    rounded = exact if rounds == "false" else f"(floor({exact} * 1e8 + 0.5::DOUBLE) / 1e8)"
    part = rounded if rounds in ("true", "false") else f"(CASE WHEN {rounds} THEN {rounded} ELSE {exact} END)"
    whole = f"day({x}) = day({y}) OR (day({x} + 1) = 1 AND day({y} + 1) = 1)"
    given = "" if rounds in ("true", "false") else f"WHEN {rounds} IS NULL THEN NULL "
    return f"(CASE {given}WHEN {whole} THEN {months}::DOUBLE ELSE {part} END)"


def months_between(x: pa.Array, y: pa.Array, rounds: pa.Array, *clocks: pa.Array) -> pa.Array:
    """A body over local times in microseconds: months, and days and seconds as parts of a month of 31 days.

    Whole months where the days of the month are the same, or both the last. `clocks`: microseconds since midnight,
    where the local times do not say them.
    """
    missing = np.zeros(len(x), bool)
    for column in (x, y, rounds):
        missing |= column.is_null().to_numpy(zero_copy_only=False)
    (m, d, s, last), (n, e, t, end) = (_calendar(c.fill_null(0).to_numpy(zero_copy_only=False)) for c in (x, y))
    if clocks:
        s, t = (c.fill_null(0).to_numpy(zero_copy_only=False) // 1_000_000 for c in clocks)
    exact = (m - n) + ((d - e) * 86400 + s - t) / 2678400.0
    rounded = np.where(rounds.fill_null(False).to_numpy(zero_copy_only=False), np.floor(exact * 1e8 + 0.5) / 1e8, exact)
    return pa.array(np.where((d == e) | (last & end), m - n, rounded), pa.float64(), mask=missing)


def _calendar(micros: Any) -> tuple[Any, Any, Any, Any]:
    """Months since 1970, the day of the month from 1, seconds of the day, and whether the day is the month's last.

    Of times that are all the same, as one side of a difference often is, they are told once."""
    if len(micros) and (micros == micros[0]).all():
        micros = micros[:1]
    days, clock = np.divmod(micros, 86_400_000_000)
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    first, following = (v.astype("datetime64[D]").astype(np.int64) for v in (months, months + 1))
    return months.astype(np.int64), days - first + 1, clock // 1_000_000, days == following - 1


# --- truncation -------------------------------------------------------------------------------------------

_DATE_LEVELS = {
    "year": ("YEAR", "YYYY", "YY"),
    "quarter": ("QUARTER",),
    "month": ("MONTH", "MON", "MM"),
    "week": ("WEEK",),
}
_TIME_LEVELS = _DATE_LEVELS | {
    "day": ("DAY", "DD"),
    "hour": ("HOUR",),
    "minute": ("MINUTE",),
    "second": ("SECOND",),
    "millisecond": ("MILLISECOND",),
    "microsecond": ("MICROSECOND",),
}


def _by_level(
    low: Lowering, level: Expression, levels: dict[str, tuple[str, ...]], truncated: dict[str, str], type: str
) -> str:
    """One of the truncations, chosen at once by a constant level or row by row; an unknown level gives NULL."""
    by_name = {name: truncated[k] for k, names in levels.items() for name in names}
    if isinstance(level, Literal):
        return by_name.get(str(level.value).upper(), f"CAST(NULL AS {type})")
    branches = " ".join(f"WHEN '{name}' THEN {sql}" for name, sql in by_name.items())
    return f"CASE upper({low.sql(level)}) {branches} END"


def _trunc(c: Call, low: Lowering) -> str:
    def cut(x: str) -> str:
        by_level = {k: f"CAST(date_trunc('{k}', {x}) AS DATE)" for k in _DATE_LEVELS}
        return _by_level(low, c.args[1], _DATE_LEVELS, by_level, "DATE")

    return bind(low.sql(c.args[0]), cut)


def _date_trunc(c: Call, low: Lowering) -> str:
    """Days and more by the wall clock; hours and minutes keep the offset, seconds and less need no clock."""

    def cut(x: str) -> str:
        clock = low.cast(x, TIMESTAMP, TIMESTAMP_NTZ)
        by_level = {k: instant(low, f"date_trunc('{k}', {clock})") for k in (*_DATE_LEVELS, "day")}
        for k in ("hour", "minute"):
            by_level[k] = f"make_timestamptz(epoch_us({x}) - epoch_us({clock}) + epoch_us(date_trunc('{k}', {clock})))"
        for k in ("second", "millisecond", "microsecond"):
            unit = MICROS[k.upper()]
            by_level[k] = f"make_timestamptz({floor_div(f'epoch_us({x})', unit)} * {unit})" if unit > 1 else x
        return _by_level(low, c.args[0], _TIME_LEVELS, by_level, "TIMESTAMPTZ")

    return bind(low.sql(c.args[1]), cut)


# --- adding and subtracting in units -----------------------------------------------------------------------


def _timestampadd(c: Call, low: Lowering) -> str:
    unit = str(literal_value(c.args[0])).upper()
    n, x, type = low.sql(c.args[1]), low.sql(c.args[2]), c.args[2].type
    if unit in MONTHS:
        return plus_months(low, x, type, f"CAST({n} * {MONTHS[unit]} AS INTEGER)")
    size = MICROS["DAY" if unit == "DAYOFYEAR" else unit]
    count = literal_value(c.args[1])
    return plus_day_time(low, x, type, f"({n} * {size})", count * size if isinstance(count, int) else None)


def _timestampdiff(c: Call, low: Lowering) -> str:
    unit = str(literal_value(c.args[0])).upper()
    a, b = (local(low, e) for e in c.args[1:])
    if unit in MONTHS:
        both = [calendar_parts(a), calendar_parts(b)]
        return bind_all(both, lambda x, y: f"({_whole_months(x, y)} // {MONTHS[unit]})")
    size = MICROS[unit]
    return f"((epoch_us({b}) - epoch_us({a})) // {size})"


def _whole_months(x: str, y: str) -> str:
    """The whole months between wall-clock times, given by their parts: `java.time.LocalDateTime.until`, toward zero."""

    def packed(v: str) -> str:
        return f"(({v}.year * 12 + {v}.month) * 32 + {v}.day)"

    later = f"{packed(f'{y}.date')} > {packed(f'{x}.date')} AND {y}.clock < {x}.clock"
    earlier = f"{packed(f'{y}.date')} < {packed(f'{x}.date')} AND {y}.clock > {x}.clock"
    end = f"make_date({y}.date.year, {y}.date.month, {y}.date.day)"
    shifted = f"{end} - CAST(CASE WHEN {later} THEN 1 WHEN {earlier} THEN -1 ELSE 0 END AS INTEGER)"
    parts = f"date_part(['year', 'month', 'day'], {shifted})"
    return bind(parts, lambda e: f"(({packed(e)} - {packed(f'{x}.date')}) // 32)")


UNIT = constant(STR)


def _known_unit(c_name: str, args: tuple[Expression, ...], *others: str) -> None:
    """INVALID_PARAMETER_VALUE.DATETIME_UNIT unless the first argument names a unit."""
    unit = literal_value(args[0])
    if not isinstance(unit, str) or unit.upper() not in (*MICROS, *MONTHS, *others):
        raise AnalysisError(
            "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
            functionName=quote(c_name), parameter=quote("unit"), invalidValue=f"'{unit}'",
        )  # fmt: skip


def _moved_type(args: tuple[Expression, ...]) -> DataType:
    _known_unit("TIMESTAMPADD", args, "DAYOFYEAR")
    return args[2].type


def _count_type(args: tuple[Expression, ...]) -> DataType:
    _known_unit("TIMESTAMPDIFF", args)
    return LONG


# --- epochs -----------------------------------------------------------------------------------------------


def _scaled(unit: int) -> Lower:
    """An instant so many seconds (a million microseconds), milliseconds or microseconds after the epoch."""

    def lower(c: Call, low: Lowering) -> str:
        x, type = low.sql(c.args[0]), c.args[0].type
        if isinstance(type, (FloatType, DoubleType)):
            wide = f"CAST({x} AS DOUBLE)"
            micros = low.cast(f"({wide} * {unit})", DOUBLE, LONG)
            return f"CASE WHEN isfinite({x}) THEN make_timestamptz({micros}) END"
        overflow = low.error(c, "ARITHMETIC_OVERFLOW", message="'long overflow'", alternative="''", config=ANSI)
        if isinstance(type, DecimalType):
            exact = f"(CAST({x} AS DECIMAL(38,{min(type.scale, 18)})) * {unit})"
            inexact = low.error(c, "ARITHMETIC_OVERFLOW", message="'Rounding necessary'", alternative="''", config=ANSI)
            return bind(
                exact,
                lambda v: (
                    f"CASE WHEN trunc({v}) <> {v} THEN {inexact} ELSE coalesce("
                    f"make_timestamptz(TRY_CAST({v} AS BIGINT)), CASE WHEN {v} IS NOT NULL THEN {overflow} END) END"
                ),
            )
        if unit == 1:
            return f"make_timestamptz(CAST({x} AS BIGINT))"
        limit = (2**63 - 1) // unit
        return bind(
            f"CAST({x} AS BIGINT)",
            lambda v: (
                f"make_timestamptz(CASE WHEN {v} BETWEEN -{limit} AND {limit} THEN {v} * {unit}"
                f" WHEN {v} IS NOT NULL THEN {overflow} END)"
            ),
        )

    return lower


def _since_epoch(unit: int) -> Lower:
    return lambda c, low: (
        floor_div(f"epoch_us({low.sql(c.args[0])})", unit) if unit > 1 else f"epoch_us({low.sql(c.args[0])})"
    )


# --- time zones -------------------------------------------------------------------------------------------


def _from_utc(c: Call, low: Lowering) -> str:
    """The wall clock of another zone, taken for UTC: the instant's UTC time moved by that zone's offset."""
    x, zone = low.sql(c.args[0]), zone_sql(low, c, c.args[1])
    return f"make_timestamptz(epoch_us(timezone({zone}, {x})))"


def _to_utc(c: Call, low: Lowering) -> str:
    x, zone = low.sql(c.args[0]), zone_sql(low, c, c.args[1])
    return instant_in_sql(f"make_timestamp(epoch_us({x}))", literal_value(c.args[1]), zone)


def _convert_timezone(c: Call, low: Lowering) -> str:
    source, target = zone_sql(low, c, c.args[0]), zone_sql(low, c, c.args[1])
    return f"timezone({target}, {instant_in_sql(low.sql(c.args[2]), literal_value(c.args[0]), source)})"


def _three_zones(args: tuple[Expression, ...]) -> Expression | None:
    return call("convert_timezone", call("current_timezone"), *args) if len(args) == 2 else None


FUNCTIONS = (
    _now(
        ("current_date", "curdate"),
        DATE,
        "CAST(CAST(now() AS TIMESTAMP) AS DATE)",
        "Returns today's date in the session's time zone.",
        "current_date()",
        bare=("current_date",),
    ),
    _now(
        ("current_timestamp",),
        TIMESTAMP,
        "now()",
        "Returns the time at which the query began.",
        "current_timestamp()",
        bare=("current_timestamp",),
    ),
    _now(("now",), TIMESTAMP, "now()", "Returns the time at which the query began."),
    _now(
        ("localtimestamp",),
        TIMESTAMP_NTZ,
        "CAST(now() AS TIMESTAMP)",
        "Returns the wall-clock time at which the query began, without a time zone.",
    ),
    _date(
        ("current_timezone",),
        sig(),
        STRING,
        lambda c, low: low.literal(low.setting("spark.sql.session.timeZone")),
        nullable="never",
        usage="Returns the session's time zone.",
        example="SELECT current_timezone()",
    ),
    _date_field(("year",), "year({0})", "Returns the year of a date."),
    _date_field(("quarter",), "quarter({0})", "Returns the quarter of a date's year, 1 to 4."),
    _date_field(("month",), "month({0})", "Returns the month of a date, 1 to 12."),
    _date_field(("dayofmonth", "day"), "day({0})", "Returns the day of a date's month."),
    _date_field(("dayofyear",), "dayofyear({0})", "Returns the day of a date's year."),
    _date_field(("dayofweek",), "dayofweek({0}) + 1", "Returns the day of the week: 1 = Sunday to 7 = Saturday."),
    _date_field(("weekday",), "isodow({0}) - 1", "Returns the day of the week: 0 = Monday to 6 = Sunday."),
    _date_field(("weekofyear",), "week({0})", "Returns the ISO week of a date's year."),
    _date_field(("yearofweek",), "isoyear({0})", "Returns the year that a date's ISO week belongs to.", True),
    _date_field(("dayofweek_iso",), "isodow({0})", "Returns the ISO day of the week: 1 = Monday to 7 = Sunday.", True),
    _date(
        ("dayname",),
        sig(DATE_ARG),
        STRING,
        "dayname({0})[:3]",
        usage="Returns the three-letter name of a date's day of the week.",
        example="SELECT dayname(DATE '2008-02-20')",
    ),
    _date(
        ("monthname",),
        sig(DATE_ARG),
        STRING,
        "monthname({0})[:3]",
        usage="Returns the three-letter name of a date's month.",
        example="SELECT monthname('2008-02-20')",
    ),
    _clock_field("hour"),
    _clock_field("minute"),
    _clock_field("second"),
    _shift("date_add", names=("date_add", "dateadd"), sign="+", later="later"),
    _shift("date_sub", names=("date_sub",), sign="-", later="earlier"),
    _date(
        ("datediff", "date_diff"),
        sig(DATE_ARG, DATE_ARG),
        INT,
        "CAST({0} - {1} AS INTEGER)",
        usage="Returns the days from the second date to the first.",
        example="SELECT datediff('2009-07-31', '2009-07-30')",
    ),
    _date(
        ("add_months",),
        sig(DATE_ARG, exactly(INT)),
        DATE,
        "CAST({0} + to_months({1}) AS DATE)",
        usage="Returns the date so many months later.",
        example="SELECT add_months('2016-08-31', 1)",
    ),
    _date(
        ("months_between",),
        sig(INSTANT, INSTANT, BOOL, optional=1, defaults=(True,)),
        DOUBLE,
        _months_between,
        usage="Returns the months from the second time to the first, with a fraction of months of 31 days.",
        example="SELECT months_between('1997-02-28 10:30:00', '1996-10-30')",
    ),
    _date(
        ("last_day",),
        sig(DATE_ARG),
        DATE,
        "last_day({0})",
        usage="Returns the last day of a date's month.",
        example="SELECT last_day('2009-01-12')",
    ),
    _date(
        ("next_day",),
        sig(DATE_ARG, STR),
        DATE,
        _next_day,
        nullable="always",
        usage="Returns the first date after another that is on a named day of the week.",
        example="SELECT next_day('2015-01-14', 'TU')",
    ),
    _date(
        ("trunc",),
        sig(DATE_ARG, STR),
        DATE,
        _trunc,
        nullable="always",
        usage="Returns a date cut to a year, quarter, month or week.",
        example="SELECT trunc('2019-08-04', 'week')",
    ),
    _date(
        ("date_trunc",),
        sig(STR, INSTANT),
        TIMESTAMP,
        _date_trunc,
        nullable="always",
        usage="Returns a timestamp cut to a unit.",
        example="SELECT date_trunc('HOUR', '2015-03-05T09:32:05.359')",
    ),
    _date(
        ("timestampadd",),
        sig(UNIT, BIGINT, ANY_TIMESTAMP),
        _moved_type,
        _timestampadd,
        internal=True,
        usage="Returns a timestamp so many units later.",
        example="SELECT timestampadd(HOUR, 8, TIMESTAMP_NTZ '2022-02-11 20:30:00')",
    ),
    _date(
        ("timestampdiff",),
        sig(UNIT, ANY_TIMESTAMP, ANY_TIMESTAMP),
        _count_type,
        _timestampdiff,
        internal=True,
        usage="Returns the whole units from the first time to the second.",
        example="SELECT timestampdiff(HOUR, TIMESTAMP '2020-01-01', TIMESTAMP '2020-01-02')",
    ),
    _date(
        ("timestamp_seconds",),
        sig(ONLY_NUMBER),
        TIMESTAMP,
        _scaled(1_000_000),
        nullable=lambda args: args[0].nullable or isinstance(args[0].type, (FloatType, DoubleType)),
        usage="Returns the time so many seconds after the epoch.",
        example="SELECT timestamp_seconds(1230219000)",
    ),
    _date(
        ("timestamp_millis",),
        sig(ONLY_INTEGRAL),
        TIMESTAMP,
        _scaled(1000),
        usage="Returns the time so many milliseconds after the epoch.",
        example="SELECT timestamp_millis(1230219000123)",
    ),
    _date(
        ("timestamp_micros",),
        sig(ONLY_INTEGRAL),
        TIMESTAMP,
        _scaled(1),
        usage="Returns the time so many microseconds after the epoch.",
        example="SELECT timestamp_micros(1230219000123123)",
    ),
    _date(
        ("unix_seconds",),
        sig(ONLY_TIMESTAMP),
        LONG,
        _since_epoch(1_000_000),
        usage="Returns the whole seconds since the epoch.",
        example="SELECT unix_seconds(TIMESTAMP('1970-01-01 00:00:01Z'))",
    ),
    _date(
        ("unix_millis",),
        sig(ONLY_TIMESTAMP),
        LONG,
        _since_epoch(1000),
        usage="Returns the whole milliseconds since the epoch.",
        example="SELECT unix_millis(TIMESTAMP('1970-01-01 00:00:01Z'))",
    ),
    _date(
        ("unix_micros",),
        sig(ONLY_TIMESTAMP),
        LONG,
        _since_epoch(1),
        usage="Returns the microseconds since the epoch.",
        example="SELECT unix_micros(TIMESTAMP('1970-01-01 00:00:01Z'))",
    ),
    _date(
        ("unix_date",),
        sig(ONLY_DATE),
        INT,
        "CAST({0} - DATE '1970-01-01' AS INTEGER)",
        usage="Returns the days since 1970-01-01.",
        example="SELECT unix_date(DATE('1970-01-02'))",
    ),
    _date(
        ("date_from_unix_date",),
        sig(exactly(INT)),
        DATE,
        "(DATE '1970-01-01' + {0})",
        usage="Returns the date so many days after 1970-01-01.",
        example="SELECT date_from_unix_date(1)",
    ),
    _date(
        ("from_utc_timestamp",),
        sig(INSTANT, STR),
        TIMESTAMP,
        _from_utc,
        usage="Shifts a timestamp from UTC to the wall clock of a time zone.",
        example="SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul')",
    ),
    _date(
        ("to_utc_timestamp",),
        sig(INSTANT, STR),
        TIMESTAMP,
        _to_utc,
        usage="Shifts a timestamp from the wall clock of a time zone to UTC.",
        example="SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul')",
    ),
    _date(
        ("convert_timezone",),
        sig(STR, STR, exactly(TIMESTAMP_NTZ), optional=1),
        TIMESTAMP_NTZ,
        _convert_timezone,
        rewrite=_three_zones,
        shown=lambda args, c: (
            f"convert_timezone({', '.join(args if len(args) > 2 else ('current_timezone()', *args))})"
        ),
        usage="Converts a wall-clock time from one time zone to another.",
        example="SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00')",
    ),
)
