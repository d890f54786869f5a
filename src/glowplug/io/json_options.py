"""The options of JSON. https://spark.apache.org/docs/latest/sql-data-sources-json.html"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from glowplug.datetime_patterns import compile_pattern
from glowplug.datetime_texts import read as read_text
from glowplug.datetimes import names_zone, parse_date, parse_time, parse_timestamp, parse_timestamp_ntz
from glowplug.interval_texts import parse_day_time, parse_year_month
from glowplug.io.json_parse import Leniences, ReadText
from glowplug.io.lines import charset
from glowplug.io.options import option
from glowplug.io.record_options import RecordOptions
from glowplug.io.text import _separator
from glowplug.io.text_values import TextValues
from glowplug.types import (
    DataType,
    DateType,
    DayTimeIntervalType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonOptions(RecordOptions):
    primitives_as_string: bool = option("primitivesAsString", "Infer strings for all values.", False)
    prefers_decimal: bool = option("prefersDecimal", "Infer decimals for fractions.", False)
    infer_timestamp: bool = option("inferTimestamp", "Infer timestamps for texts that are some.", False)
    drop_all_null: bool = option("dropFieldIfAllNull", "Leave fields out that are always null or empty.", False)
    comments: bool = option("allowComments", "Take comments as of Java.", False)
    unquoted_names: bool = option("allowUnquotedFieldNames", "Take names without quotes.", False)
    single_quotes: bool = option("allowSingleQuotes", "Take single quotes.", True)
    leading_zeros: bool = option("allowNumericLeadingZeros", "Take numbers like 007.", False)
    any_escape: bool = option("allowBackslashEscapingAnyCharacter", "Take a backslash before anything.", False)
    control_characters: bool = option("allowUnquotedControlChars", "Take control characters in strings.", False)
    non_numbers: bool = option("allowNonNumericNumbers", "Take NaN, Infinity and such as numbers.", True)
    multi_line: bool = option("multiLine", "A file is one record.", False)
    encoding: str | None = option("encoding|charset", "The files' encoding.", None, parse=charset)
    line_separator: str | None = option("lineSep", "What separates records.", None, parse=_separator)

    @property
    def leniences(self) -> Leniences:
        return Leniences(**{f.name: getattr(self, f.name) for f in fields(Leniences)})

    def values(self, session_zone: str) -> TextValues:
        zone = self.time_zone or session_zone
        return TextValues(zone, self.date_format, self.timestamp_format, self.timestamp_ntz_format)

    def read_text(self, session_zone: str) -> ReadText:
        """How `json_parse` reads texts: the same values as those of `values`, in Python."""
        zone = self.time_zone or session_zone
        patterns: dict[type, tuple[str | None, Any]] = {
            DateType: (self.date_format, "date"),
            TimestampType: (self.timestamp_format, "timestamp"),
            TimestampNTZType: (self.timestamp_ntz_format, "timestamp_ntz"),
        }

        def read(text: str, type: DataType) -> Any:
            pattern, target = patterns.get(type.__class__, (None, ""))
            if pattern is not None:
                return read_text(compile_pattern(pattern, True), target, zone, text)
            match type:
                case DateType():
                    return parse_date(text)
                case TimestampType():
                    return parse_timestamp(text, zone)
                case TimestampNTZType():
                    return None if names_zone(text) else parse_timestamp_ntz(text)
                case TimeType():
                    return parse_time(text)
                case YearMonthIntervalType():
                    return parse_year_month(text, type, True)
                case DayTimeIntervalType():
                    return parse_day_time(text, type, True)
            return None

        return read
