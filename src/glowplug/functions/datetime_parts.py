"""EXTRACT and DATE_PART: a named field of a date, a timestamp, a time of day or an interval."""

from __future__ import annotations

from functools import partial

from glowplug.errors import AnalysisError
from glowplug.functions.clock import DAY, MICROS, bind, floor_div, local
from glowplug.functions.intervals import days_of, micros_of, months_of
from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.expressions import Call, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Coerce, Function, Lower, Lowering, Shown
from glowplug.plan.names import pretty
from glowplug.types import (
    BYTE,
    DOUBLE,
    INT,
    CalendarIntervalType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    NullType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
    quote,
)

_part = partial(Function, group="datetime_funcs")
SECONDS = DecimalType(8, 6)
_INTERVALS = (YearMonthIntervalType, DayTimeIntervalType, CalendarIntervalType)

_DATE_FIELDS = {
    "yearofweek": "YEAROFWEEK",
    "quarter": "QUARTER QTR",
    "weekofyear": "WEEK W WEEKS",
    "dayofweek": "DAYOFWEEK DOW",
    "dayofweek_iso": "DAYOFWEEK_ISO DOW_ISO",
    "dayofyear": "DOY",
    "year": "YEAR Y YEARS YR YRS",
    "month": "MONTH MON MONS MONTHS",
    "dayofmonth": "DAY D DAYS",
}
_CLOCK_FIELDS = {
    "hour": "HOUR H HOURS HR HRS",
    "minute": "MINUTE M MIN MINS MINUTES",
    "extract_seconds": "SECOND S SEC SECONDS SECS",
}
_TIME_FIELDS = {
    "hour_of_time": _CLOCK_FIELDS["hour"],
    "minute_of_time": _CLOCK_FIELDS["minute"],
    "seconds_of_time": _CLOCK_FIELDS["extract_seconds"],
}
_YEAR_MONTH_FIELDS = {f"extract_{k}s": _DATE_FIELDS[k] for k in ("year", "month")}
_DAY_TIME_FIELDS = {
    "extract_days": _DATE_FIELDS["dayofmonth"],
    "extract_hours": _CLOCK_FIELDS["hour"],
    "extract_minutes": _CLOCK_FIELDS["minute"],
    "extract_seconds": _CLOCK_FIELDS["extract_seconds"],
}


def _fields(source: DataType) -> dict[str, str]:
    """The functions of the fields that a type has, by field name."""
    match source:
        case YearMonthIntervalType():
            table = _YEAR_MONTH_FIELDS
        case DayTimeIntervalType():
            table = _DAY_TIME_FIELDS
        case CalendarIntervalType():
            table = _YEAR_MONTH_FIELDS | _DAY_TIME_FIELDS
        case TimeType():
            table = _TIME_FIELDS
        case _:
            table = _DATE_FIELDS | _CLOCK_FIELDS
    return {name: function for function, names in table.items() for name in names.split()}


def _extract(function: str, args: tuple[Expression, ...]) -> Expression:
    field, source = args
    if not isinstance(field, Literal) or not isinstance(field.type, (StringType, NullType)):
        raise AnalysisError(
            "NON_FOLDABLE_ARGUMENT", funcName=quote(function), paramName=quote("field"), paramType='"STRING"'
        )
    if field.value is None:
        return Literal(None, DOUBLE)
    name = _fields(source.type).get(str(field.value).upper())
    if name is None:
        raise AnalysisError("INVALID_EXTRACT_FIELD", field=quote(str(field.value)), expr=f'"{pretty(source)}"')
    return UnresolvedFunction((name,), (source,), internal=True)


def _alike(names: tuple[str, ...], shown: Shown, example: str) -> Function:
    return _part(
        names,
        sig(ANY, ANY),
        rewrite=partial(_extract, names[0]),
        shown=shown,
        usage="Returns a field of a date, a timestamp, a time of day or an interval.",
        example=example,
    )


def _months(sql: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        e = call.args[0]
        x = low.sql(e)
        return bind(months_of(x) if isinstance(e.type, CalendarIntervalType) else x, lambda m: sql.format(m))

    return lower


def _days(call: Call, low: Lowering) -> str:
    e = call.args[0]
    x = low.sql(e)
    if isinstance(e.type, CalendarIntervalType):  # the hours count too, as far as they make whole days
        return bind(x, lambda v: f"CAST({days_of(v)} + {micros_of(v)} // {DAY} AS INTEGER)")
    return f"CAST({x} // {DAY} AS INTEGER)"


def _clock(unit: str, within: int) -> Lower:
    """Whole hours or minutes of an interval within the next larger field."""

    def lower(call: Call, low: Lowering) -> str:
        e = call.args[0]
        x = low.sql(e)
        x = micros_of(x) if isinstance(e.type, CalendarIntervalType) else x
        return f"CAST({x} // {MICROS[unit]} % {within} AS TINYINT)"

    return lower


def _seconds(call: Call, low: Lowering) -> str:
    """Seconds of the minute with their fraction."""
    e = call.args[0]
    x = low.sql(e)
    match e.type:
        case CalendarIntervalType():
            micros = f"({micros_of(x)} % {MICROS['MINUTE']})"
        case DayTimeIntervalType():
            micros = f"({x} % {MICROS['MINUTE']})"
        case _:
            micros = bind(
                f"epoch_us({local(low, e)})", lambda m: f"({m} - {floor_div(m, MICROS['MINUTE'])} * {MICROS['MINUTE']})"
            )
    return f"CAST(CAST({micros} AS DECIMAL(8,0)) * CAST(0.000001 AS DECIMAL(6,6)) AS DECIMAL(8,6))"


def _timestamp_for_seconds(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    from glowplug.functions.coercion import cast_to
    from glowplug.types import TIMESTAMP

    (e,) = args
    if isinstance(e.type, (*_INTERVALS, TimestampType, TimestampNTZType)):
        return args
    return (cast_to(e, TIMESTAMP),)


def _field(name: str, type: DataType, lower: Lower, coerce: Coerce | None = None) -> Function:
    usage = f"Internal: {name.replace('_', ' ')} of an interval or a time."
    return _part((name,), sig(ANY), type, lower, coerce=coerce, usage=usage, internal=True)


def _shown_from(args: tuple[str, ...], call: Call) -> str:
    return f"{call.name}({args[0]} FROM {args[1]})"


FUNCTIONS = (
    _alike(("extract",), _shown_from, "SELECT extract(YEAR FROM TIMESTAMP '2019-08-12 01:00:00.123456')"),
    _alike(("datepart",), _shown_from, "SELECT datepart('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')"),
    _alike(("date_part",), "date_part({0}, {1})", "SELECT date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')"),
    _field("extract_years", INT, _months("({0} // 12)")),
    _field("extract_months", BYTE, _months("CAST({0} % 12 AS TINYINT)")),
    _field("extract_days", INT, _days),
    _field("extract_hours", BYTE, _clock("HOUR", 24)),
    _field("extract_minutes", BYTE, _clock("MINUTE", 60)),
    _field("extract_seconds", SECONDS, _seconds, coerce=_timestamp_for_seconds),
)
