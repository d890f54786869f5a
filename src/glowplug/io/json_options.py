"""The options of JSON. https://spark.apache.org/docs/latest/sql-data-sources-json.html"""

from __future__ import annotations

from dataclasses import dataclass, fields

from glowplug.functions.json_texts import Leniency
from glowplug.functions.json_values import JsonOptions
from glowplug.functions.record_options import RecordOptions
from glowplug.functions.text_values import TextValues
from glowplug.io.text import separator
from glowplug.source_options import charset, option


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFileOptions(RecordOptions):
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
    non_numeric: bool = option("allowNonNumericNumbers", "Take NaN, Infinity and such as numbers.", True)
    multi_line: bool = option("multiLine", "A file is one record.", False)
    encoding: str | None = option("encoding|charset", "The files' encoding.", None, parse=charset)
    line_separator: str | None = option("lineSep", "What separates records.", None, parse=separator)

    def values(self, session_zone: str) -> TextValues:
        zone = self.time_zone or session_zone
        return TextValues(zone, self.date_format, self.timestamp_format, self.timestamp_ntz_format)

    def reading(self, session_zone: str) -> JsonOptions:
        """How `json_values` reads records: the same values as those of `values`, in Python."""
        return JsonOptions(
            self.time_zone or session_zone,
            self.mode,
            self.corrupt_column,
            self.date_format,
            self.timestamp_format,
            self.timestamp_ntz_format,
            Leniency(**{f.name: getattr(self, f.name) for f in fields(Leniency)}),
            as_written=True,
        )
