"""Dates and timestamps made of fields. Semantics: Spark's SQL reference; under ANSI a field out of range fails."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.datetime_texts import MONTHS
from glowplug.functions.clock import ANSI, bind_all, given, instant, literal_value, micros_of_day, month_length
from glowplug.functions.vocabulary import DAY, INTEGER, NTZ, STR, TIME_OF_DAY, exactly, sig
from glowplug.functions.zones import instant_in_sql, zone_sql
from glowplug.plan.expressions import Call, Expression, UnresolvedFunction
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.types import DATE, TIMESTAMP, TIMESTAMP_NTZ, DecimalType

_make = partial(Function, group="datetime_funcs")
SECONDS = exactly(DecimalType(16, 6))
_MONTHS = tuple(month.upper() for month in MONTHS)
# The kernel's dates reach further than those of timestamps, whose microseconds are counted in 64 bits.
_DATE_YEARS, _TIMESTAMP_YEARS = (-5_877_641, 5_881_579), (-290_307, 294_246)


def _valid_date(y: str, m: str, d: str, years: tuple[int, int]) -> str:
    day = f"({d} BETWEEN 1 AND 28 OR ({d} >= 1 AND {d} <= {month_length(y, m)}))"
    return f"{y} BETWEEN {years[0]} AND {years[1]} AND {m} BETWEEN 1 AND 12 AND {day}"


def _out_of(name: str, x: str, low: int, high: str) -> str:
    message = f"'Invalid value for {name} (valid values {low} - {high}): ' || CAST({x} AS VARCHAR)"
    return f"WHEN {x} NOT BETWEEN {low} AND {high.split('/')[-1]} THEN {message}"


def _date_failure(y: str, m: str, d: str) -> str:
    """Branches that say what is wrong with a date."""
    names = " ".join(f"WHEN {i} THEN '{n}'" for i, n in enumerate(_MONTHS, 1))
    named = f"'Invalid date ''' || CASE {m} {names} END || ' ' || CAST({d} AS VARCHAR) || ''''"
    return (
        f"{_out_of('MonthOfYear', m, 1, '12')} {_out_of('DayOfMonth', d, 1, '28/31')}"
        f" WHEN {d} > {month_length(y, m)} THEN {named}"
    )


def _make_date(c: Call, low: Lowering) -> str:
    def made(y: str, m: str, d: str) -> str:
        made = f"CASE WHEN {_valid_date(y, m, d, _DATE_YEARS)} THEN make_date({y}, {m}, {d})"
        if not c.ansi:
            return f"{made} END"
        wrong = low.error(
            replace(c, origin=None),  # Spark tells no place
            "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION",
            rangeMessage=f"CASE {_date_failure(y, m, d)} END",
            ansiConfig=ANSI,
        )
        far = low.error(c, "ARITHMETIC_OVERFLOW", message="'overflow'", alternative="''", config=ANSI)
        beyond = f"{y} NOT BETWEEN {_DATE_YEARS[0]} AND {_DATE_YEARS[1]}"
        return f"{made} WHEN {given([y, m, d])} THEN CASE WHEN {beyond} THEN {far} ELSE {wrong} END END"

    return bind_all([low.sql(a) for a in c.args], made)


def _make_timestamp(wall_clock: bool, tolerant: bool) -> Lower:
    """Of year, month, day, hour, minute and second, maybe of a named zone. Second 60 begins the next minute."""

    def lower(c: Call, low: Lowering) -> str:
        zone = None if len(c.args) < 7 else (literal_value(c.args[6]), zone_sql(low, c, c.args[6]))
        return bind_all([low.sql(a) for a in c.args[:6]], partial(made, c, low, zone))

    def made(
        c: Call, low: Lowering, zone: tuple[object, str] | None, y: str, mo: str, d: str, h: str, mi: str, s: str
    ) -> str:
        valid = (
            f"{_valid_date(y, mo, d, _TIMESTAMP_YEARS)} AND {h} BETWEEN 0 AND 23 AND {mi} BETWEEN 0 AND 59"
            f" AND {s} >= 0 AND {s} <= 60"
        )
        micros = f"({micros_of_day(h, mi, s)})"
        clock = f"make_timestamp(epoch_us(CAST(make_date({y}, {mo}, {d}) AS TIMESTAMP)) + {micros})"
        if zone is None:
            result = clock if wall_clock else instant(low, clock)
        elif wall_clock:  # the zone must be one, and moves nothing
            known = instant_in_sql("TIMESTAMP '1970-01-01 00:00:00'", zone[0], zone[1])
            result = f"CASE WHEN {known} IS NOT NULL THEN {clock} END"
        else:
            result = instant_in_sql(clock, zone[0], zone[1])
        if tolerant or not c.ansi:
            return f"CASE WHEN {valid} THEN {result} END"
        second = f"'Invalid value for SecondOfMinute (valid values 0 - 59): ' || CAST(trunc({s}) AS VARCHAR)"
        message = (
            f"CASE {_date_failure(y, mo, d)} {_out_of('HourOfDay', h, 0, '23')} {_out_of('MinuteOfHour', mi, 0, '59')}"
            f" ELSE {second} END"
        )
        wrong = low.error(c, "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION", rangeMessage=message, ansiConfig=ANSI)
        fraction = low.error(
            c, "INVALID_FRACTION_OF_SECOND", secAndMicros=f"rtrim(rtrim(CAST({s} AS VARCHAR), '0'), '.')"
        )
        failed = f"CASE WHEN {s} > 60 AND {s} < 61 THEN {fraction} ELSE {wrong} END"
        return f"CASE WHEN {valid} THEN {result} WHEN {given([y, mo, d, h, mi, s])} THEN {failed} END"

    return lower


def _of_date_and_time(c: Call, low: Lowering) -> str:
    """Of a date and maybe a time of day, maybe in a named zone."""
    x = f"CAST({low.sql(c.args[0])} AS TIMESTAMP)"
    if len(c.args) > 1:
        x = f"make_timestamp(epoch_us({x}) + epoch_us({low.sql(c.args[1])}))"
    if c.type == TIMESTAMP_NTZ:
        return x
    if len(c.args) > 2:
        return instant_in_sql(x, literal_value(c.args[2]), zone_sql(low, c, c.args[2]))
    return instant(low, x)


def _dispatch(short: str, tolerant: bool) -> object:
    """Up to three arguments are a date, a time and a zone; six or seven are fields."""

    def rewrite(args: tuple[Expression, ...]) -> Expression | None:
        if len(args) > 3:
            return None
        made = UnresolvedFunction((short,), args, internal=True)
        return UnresolvedFunction(("try of",), (made,), internal=True) if tolerant else made

    return rewrite


_FIELDS = sig(*[INTEGER] * 5, SECONDS, STR, optional=1)
_DATED = sig(DAY, TIME_OF_DAY, STR, optional=2)
_DATED_LTZ = sig(DAY, TIME_OF_DAY, STR, optional=1)
_FIELDS_NTZ = sig(*[INTEGER] * 5, SECONDS)
_DATED_NTZ = sig(DAY, TIME_OF_DAY)


def _shown(args: tuple[str, ...], c: Call) -> str:
    """Short forms stand for others, which names show."""
    of_fields = len(args) > 3
    if c.name in ("make_timestamp_ltz", "try_make_timestamp_ltz") and not of_fields:
        return f"make_timestamp({', '.join(args)})"
    if c.name == "try_make_timestamp_ntz" and not of_fields:
        return f"try_make_timestamp_ntz(make_timestamp_ntz({', '.join(args)}))"
    return f"{c.name}({', '.join(args[:6] if c.name == 'try_make_timestamp' else args)})"


def _maker(name: str, short: str, wall_clock: bool, usage: str) -> Function:
    tolerant = name.startswith("try_")
    instead: tuple[tuple[str, str, Function], ...] = ()
    if not wall_clock and not name.endswith("_ltz"):
        on_wall_clock = replace(
            _maker(f"{name}_ltz", short, False, usage),
            names=(name,), signature=(_FIELDS, _DATED), returns=TIMESTAMP_NTZ, lower=_make_timestamp(True, tolerant),
        )  # fmt: skip
        instead = ((*NTZ, on_wall_clock),)
    return _make(
        (name,),
        (_FIELDS_NTZ, _DATED_NTZ) if wall_clock else (_FIELDS, _DATED_LTZ if name.endswith("_ltz") else _DATED),
        TIMESTAMP_NTZ if wall_clock else TIMESTAMP,
        _make_timestamp(wall_clock, tolerant),
        rewrite=_dispatch(short, tolerant and wall_clock),  # type: ignore[arg-type]
        nullable="always" if tolerant else "unless_ansi",
        shown=_shown,
        instead=instead,
        usage=usage,
        example=f"SELECT {name}(2014, 12, 28, 6, 30, 45.887)",
    )


_USAGE = (
    "Makes a timestamp of a date's and a time's fields, or of a date and a time, in the session's or a named time zone."
)
_USAGE_NTZ = "Makes a wall-clock time of a date's and a time's fields, or of a date and a time."

FUNCTIONS = (
    _make(
        ("make_date",),
        sig(INTEGER, INTEGER, INTEGER),
        DATE,
        _make_date,
        nullable="unless_ansi",
        usage="Makes a date of a year, a month and a day.",
        example="SELECT make_date(2013, 7, 15)",
    ),
    _maker("make_timestamp", "make_timestamp_of", False, _USAGE),
    _maker("make_timestamp_ltz", "make_timestamp_of", False, _USAGE),
    _maker("make_timestamp_ntz", "make_timestamp_ntz_of", True, _USAGE_NTZ),
    _maker("try_make_timestamp", "make_timestamp_of", False, _USAGE + " NULL where there is no such time."),
    _maker("try_make_timestamp_ltz", "make_timestamp_of", False, _USAGE + " NULL where there is no such time."),
    _maker("try_make_timestamp_ntz", "make_timestamp_ntz_of", True, _USAGE_NTZ + " NULL where there is no such time."),
    _make(
        ("make_timestamp_of",),
        _DATED,
        TIMESTAMP,
        _of_date_and_time,
        shown=lambda args, c: f"make_timestamp({', '.join(args)})",
        casts=False,
        usage="Internal: a timestamp of a date and a time.",
        example="",
        internal=True,
    ),
    _make(
        ("make_timestamp_ntz_of",),
        _DATED_NTZ,
        TIMESTAMP_NTZ,
        _of_date_and_time,
        nullable="always",
        shown=lambda args, c: f"make_timestamp_ntz({', '.join(args)})",
        casts=False,
        usage="Internal: a wall-clock time of a date and a time.",
        example="",
        internal=True,
    ),
)
