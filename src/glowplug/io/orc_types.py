"""Columns of ORC files read as other types: kernel SQL for what ORC's own readers make of each value.

A value that the other type cannot hold is NULL. A wall-clock time is one in the machine's zone.
"""

from __future__ import annotations

from glowplug import types as t
from glowplug.datetime_patterns import from_wall_clock
from glowplug.io.source import Reading
from glowplug.time_zones import local_zone
from glowplug.types import DataType

_WHOLE = (*t.INTEGRAL, t.BooleanType)
_FRACTIONS = (t.FloatType, t.DoubleType, t.DecimalType)


def convert(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    """A value of the file's type `source`, where TIMESTAMP_NTZ is ORC's timestamp, as one of `target`."""
    match target:
        # Spark keeps these as integers.
        case t.TimestampNTZType():
            micros = _to(sql, source, t.LONG, reading)
            return None if micros is None else f"make_timestamp({micros})"
        case t.DayTimeIntervalType():
            return _to(sql, source, t.LONG, reading)
        case t.YearMonthIntervalType():
            return _to(sql, source, t.INT, reading)
    return _to(sql, source, target, reading)


def _to(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    if source == target:
        return sql
    match source:
        case t.TimestampNTZType() | t.TimestampType():
            return _from_timestamp(sql, source, target, reading)
        case t.DateType():
            if isinstance(target, t.TimestampType):
                return from_wall_clock(f"CAST({sql} AS TIMESTAMP)", local_zone())
            return f"CAST({sql} AS VARCHAR)" if isinstance(target, t.StringType) else None
        case t.StringType():
            return _from_string(sql, target, reading)
        case t.BinaryType():
            spaced = f"rtrim(regexp_replace(lower(hex({sql})), '(..)', '\\1 ', 'g'))"
            return spaced if isinstance(target, t.StringType) else None
    if isinstance(source, _WHOLE + _FRACTIONS):
        return _from_number(sql, source, target, reading)
    return None


def _from_number(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    whole = f"trunc({sql})" if isinstance(source, _FRACTIONS) else sql
    match target:
        case t.BooleanType():
            inexact = isinstance(source, (t.FloatType, t.DoubleType))
            return f"TRY_CAST({whole} AS BIGINT) <> 0" if inexact else f"{sql} <> 0"
        case t.DecimalType():
            number = f"CAST({sql} AS TINYINT)" if isinstance(source, t.BooleanType) else sql
            return f"TRY_CAST({number} AS {reading.type(target)})"
        case t.FloatType() | t.DoubleType():
            return f"TRY_CAST({sql} AS {reading.type(target)})"
        case t.TimestampType():
            number = f"CAST({sql} AS TINYINT)" if isinstance(source, t.BooleanType) else sql
            # Seconds of a clock on the wall, as they are not when a timestamp is read as a number.
            wall = f"make_timestamp(TRY_CAST(floor(TRY_CAST({number} AS DECIMAL(38, 6)) * 1000000) AS BIGINT))"
            return from_wall_clock(wall, local_zone())
        case t.StringType():
            text = reading.cast(sql, source, t.STRING, "legacy")
            if isinstance(source, t.BooleanType):
                return f"upper({text})"
            if isinstance(source, t.DecimalType) and source.scale:
                return f"rtrim(rtrim({text}, '0'), '.')"
            return f"CASE WHEN NOT isnan({sql}) THEN {text} END" if isinstance(source, _FRACTIONS[:2]) else text
    return f"TRY_CAST({whole} AS {reading.type(target)})" if isinstance(target, t.INTEGRAL) else None


def _from_string(sql: str, target: DataType, reading: Reading) -> str | None:
    match target:
        case t.BinaryType():
            return f"encode({sql})"
        case t.BooleanType():
            return f"{reading.cast(sql, t.STRING, t.LONG, 'try')} <> 0"
        case t.DateType() | t.TimestampType() | t.FloatType() | t.DoubleType() | t.DecimalType():
            return reading.cast(sql, t.STRING, target, "try")
    return reading.cast(sql, t.STRING, target, "try") if isinstance(target, t.INTEGRAL) else None


def _from_timestamp(sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
    wall = isinstance(source, t.TimestampNTZType)
    instant = from_wall_clock(sql, local_zone()) if wall else sql
    match target:
        case t.TimestampType():
            return instant
        case t.StringType():
            return reading.cast(sql, source, t.STRING, "legacy")
        case t.DateType():
            return f"CAST({sql} AS DATE)" if wall else reading.cast(sql, source, t.DATE, "legacy")
        case t.BooleanType():
            return f"epoch_us({instant}) // 1000000 <> 0"
        case t.FloatType() | t.DoubleType():
            return f"CAST(epoch_us({instant}) / 1000000 AS {reading.type(target)})"
        case t.DecimalType():
            return f"TRY_CAST(CAST(epoch_us({instant}) AS DECIMAL(20, 0)) * 0.000001 AS {reading.type(target)})"
    if isinstance(target, t.INTEGRAL):
        return f"TRY_CAST(floor(epoch_us({instant}) / 1000000) AS {reading.type(target)})"
    return None
