"""Values in text files (CSV fields, strings in JSON) as kernel SQL: read as Spark's `UnivocityParser` reads them.

Not casts: a number has no blanks around it, `1.0` is no integer, and dates and times may have patterns. SQL is NULL for
a text that is not of its type, and for NULL.
"""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.datetime_patterns import format_sql, from_wall_clock, parse_sql
from glowplug.errors import unsupported
from glowplug.plan.function import Enclosing
from glowplug.sqltext import literal
from glowplug.types import (
    DATE,
    INTEGRAL,
    STRING,
    STRINGS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    YearMonthIntervalType,
    simple_string,
)

_NUMBER = r"[ \t\r\n\f\v\x00-\x1f]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?[ \t\r\n\f\v\x00-\x1f]*"
_DECIMAL = r"[+-]?([0-9,]+\.?[0-9,]*|,*\.[0-9,]+)([eE][+-]?[0-9]+)?"
_WITH_ZONE = r".*[T:][0-9.:]+[ \t]*(Z|[+-][0-9].*|[A-Za-z].*)"


@dataclass(frozen=True, slots=True)
class TextValues:
    """How texts are read. Patterns None = what Spark's casts take. `zone` is that of times that name none."""

    zone: str
    date_format: str | None = None
    timestamp_format: str | None = None
    timestamp_ntz_format: str | None = None
    nan: str = "NaN"
    positive_infinity: str = "Inf"
    negative_infinity: str = "-Inf"

    def sql(self, x: str, type: DataType, around: Enclosing) -> str:
        """Kernel SQL for the text column `x` (a name: it is used several times) as a value of a type."""
        match type:
            case t if isinstance(t, STRINGS):
                return x
            case BinaryType():
                return f"encode({x})"
            case BooleanType():
                return f"CASE lower({x}) WHEN 'true' THEN true WHEN 'false' THEN false END"
            case t if isinstance(t, INTEGRAL):
                kernel = around.type(t)
                # What is written back the same is an integer; the slow check is for signs and leading zeros.
                return (
                    f"CASE WHEN CAST(TRY_CAST({x} AS {kernel}) AS VARCHAR) = {x} THEN TRY_CAST({x} AS {kernel}) "
                    f"WHEN regexp_full_match({x}, '[+-]?[0-9]+') THEN TRY_CAST({x} AS {kernel}) END"
                )
            case FloatType() | DoubleType():
                return self._fractional(x, around.type(type))
            case DecimalType():
                kernel = around.type(type)
                return (
                    f"CASE WHEN CAST(TRY_CAST({x} AS {kernel}) AS VARCHAR) = {x} THEN TRY_CAST({x} AS {kernel}) "
                    f"WHEN regexp_full_match({x}, {literal(_DECIMAL)}) "
                    f"THEN TRY_CAST(replace({x}, ',', '') AS {kernel}) END"
                )
            case DateType():
                if self.date_format is None:
                    return around.cast(x, STRING, DATE, "try")
                return parse_sql(self.date_format, x, "date", self.zone, around.python)
            case TimestampType():
                return self._timestamp(x, around)
            case TimestampNTZType():
                if self.timestamp_ntz_format is not None:
                    return parse_sql(self.timestamp_ntz_format, x, "timestamp_ntz", self.zone, around.python)
                value = around.cast(x, STRING, TIMESTAMP_NTZ, "try")
                return f"CASE WHEN NOT regexp_full_match({x}, {literal(_WITH_ZONE)}) THEN {value} END"
            case YearMonthIntervalType() | DayTimeIntervalType() | TimeType():
                return around.cast(x, STRING, type, "try")
            case UserDefinedType(sql_type):
                return self.sql(x, sql_type, around)
        raise unsupported(f"text files with values of type {simple_string(type)}")

    def _fractional(self, x: str, kernel: str) -> str:
        number = f"TRY_CAST({x} AS {kernel})"
        bare = f"rtrim(trim({x}, {literal(''.join(map(chr, range(1, 33))))}), 'dDfF')"
        infinite = f"CASE WHEN starts_with({bare}, '-') THEN CAST('-inf' AS {kernel}) ELSE CAST('inf' AS {kernel}) END"
        special = {
            self.nan: "nan", self.positive_infinity: "inf", self.negative_infinity: "-inf",
            "NaN": "nan", "Infinity": "inf", "-Infinity": "-inf", "+Infinity": "inf",
        }  # fmt: skip
        names = " ".join(f"WHEN {x} = {literal(k)} THEN CAST('{v}' AS {kernel})" for k, v in special.items())
        return (
            f"CASE WHEN isfinite({number}) AND NOT contains({x}, '_') THEN {number} {names} "
            f"WHEN regexp_full_match({x}, {literal(_NUMBER)}) "
            f"THEN coalesce(TRY_CAST({bare} AS {kernel}), {infinite}) END"
        )

    def _timestamp(self, x: str, around: Enclosing) -> str:
        own = self.zone == around.time_zone
        if self.timestamp_format is not None:
            instant = (lambda wall: around.cast(wall, TIMESTAMP_NTZ, TIMESTAMP, "ansi")) if own else None
            return parse_sql(self.timestamp_format, x, "timestamp", self.zone, around.python, instant)
        value = around.cast(x, STRING, TIMESTAMP, "try")
        if own:
            return value
        wall = from_wall_clock(around.cast(x, STRING, TIMESTAMP_NTZ, "try"), self.zone)
        return f"CASE WHEN regexp_full_match({x}, {literal(_WITH_ZONE)}) THEN {value} ELSE {wall} END"


# --- writing ------------------------------------------------------------------------------------------


def time_sql(
    sql: str, type: DataType, date: str | None, timestamp: str | None, ntz: str | None, zone: str, around: Enclosing
) -> str | None:
    """Kernel SQL that writes a date or time by its pattern, or by Spark's default; None for other types."""
    match type:
        case DateType():
            return format_sql(date or "yyyy-MM-dd", sql, "date", zone, around.python)
        case TimestampType():
            return format_sql(timestamp or "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXXXX]", sql, "timestamp", zone, around.python)
        case TimestampNTZType():
            return format_sql(ntz or "yyyy-MM-dd'T'HH:mm:ss[.SSS]", sql, "timestamp_ntz", zone, around.python)
    return None


# --- inference --------------------------------------------------------------------------------------------

# The kinds that a text can be, in the order in which they are tried.
KINDS = ("int", "long", "decimal", "double", "date", "timestamp_ntz", "timestamp", "boolean", "string")


def kind_sql(x: str, values: TextValues, prefer_date: bool, ntz: bool, around: Enclosing) -> str:
    """Kernel SQL for the number (in KINDS) of the first kind that the text `x` is; NULL for NULL."""
    dates = TextValues(values.zone, date_format=values.date_format or "yyyy-MM-dd")
    tests = {
        "int": f"({values.sql(x, INTEGRAL[2](), around)}) IS NOT NULL",
        "long": f"({values.sql(x, INTEGRAL[3](), around)}) IS NOT NULL",
        "decimal": f"regexp_full_match({x}, '[+-]?[0-9,]*[0-9][0-9,]*') AND length(replace({x}, ',', '')) <= 38",
        "double": f"({values.sql(x, DoubleType(), around)}) IS NOT NULL",
        "date": f"({dates.sql(x, DATE, around)}) IS NOT NULL" if prefer_date else "",
        "timestamp_ntz": f"({values.sql(x, TIMESTAMP_NTZ, around)}) IS NOT NULL" if ntz else "",
        "timestamp": f"({values.sql(x, TIMESTAMP, around)}) IS NOT NULL",
        "boolean": f"lower({x}) IN ('true', 'false')",
    }
    cases = " ".join(f"WHEN {test} THEN {KINDS.index(kind)}" for kind, test in tests.items() if test)
    return f"CASE WHEN {x} IS NULL THEN NULL {cases} ELSE {KINDS.index('string')} END"


def common_type(kinds: set[str], digits: int) -> DataType:
    """The type of a column whose texts are of these kinds; decimals have at most so many digits."""
    numbers = kinds & {"int", "long", "decimal", "double"}
    times = kinds & {"date", "timestamp_ntz", "timestamp"}
    if not kinds:
        return STRING
    if kinds == numbers:
        if "double" in numbers:
            return DoubleType()
        if "decimal" in numbers:
            return DecimalType(max(digits, 20 if "long" in kinds else 10 if "int" in kinds else 1), 0)
        return INTEGRAL[3 if "long" in numbers else 2]()
    if kinds == times:
        return TIMESTAMP if "timestamp" in times else TIMESTAMP_NTZ if "timestamp_ntz" in times else DATE
    return BooleanType() if kinds == {"boolean"} else STRING
