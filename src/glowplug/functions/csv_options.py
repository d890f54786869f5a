"""The options of CSV files. https://spark.apache.org/docs/latest/sql-data-sources-csv.html"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glowplug.errors import IllegalArgument
from glowplug.functions.csv_tokens import Dialect
from glowplug.functions.record_options import RecordOptions
from glowplug.functions.text_values import TextValues
from glowplug.source_options import (
    character,
    charset,
    integer,
    one_of,
    option,
)

DEFAULT_MAX_COLUMNS = 20480  # of Spark; longer records are read all the same unless the option asks for an error
_SPECIAL = {"t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def delimiter(text: str) -> str:
    """A separator of one or more characters; `\\t`, `\\\\` and such are one."""
    if not text:
        raise IllegalArgument("INVALID_DELIMITER_VALUE.EMPTY_STRING")
    if text == "\\":
        raise IllegalArgument("INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH")

    def special(m: re.Match[str]) -> str:
        if m[1] not in _SPECIAL:
            raise IllegalArgument("INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER", str=m[0])
        return _SPECIAL[m[1]]

    return re.sub(r"\\(.)", special, text.replace("\\u0000", "\0"), flags=re.S)


def line_separator(text: str) -> str:
    if not text or len(text) > 2:
        raise ValueError("one or two characters")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions(RecordOptions):
    separator: str = option("sep|delimiter", "What separates fields.", ",", parse=delimiter)
    encoding: str = option("encoding|charset", "The files' encoding.", "UTF-8", parse=charset)
    quote: str = option("quote", "What is around fields that hold separators; empty = nothing.", '"', parse=character)
    escape: str = option("escape", "What stands before a quote inside of quotes.", "\\", parse=character)
    escape_escape: str | None = option(
        "charToEscapeQuoteEscaping", "What stands before an escape.", None, parse=character
    )
    comment: str = option("comment", "Lines that begin with it are skipped.", "", parse=character)
    header: bool = option("header", "The first line holds the columns' names.", False)
    infer: bool = option("inferSchema", "Find the columns' types in the data.", False)
    prefer_date: bool = option("preferDate", "Inference takes dates for DATE, not TIMESTAMP.", True)
    enforce_schema: bool = option("enforceSchema", "Take a given schema by position, whatever the header.", True)
    trim_left: bool = option("ignoreLeadingWhiteSpace", "Drop blanks before a field.", False)
    trim_right: bool = option("ignoreTrailingWhiteSpace", "Drop blanks after a field.", False)
    null_value: str = option("nullValue", "The text that means NULL.", "")
    empty_value: str = option("emptyValue", "What an empty field in quotes is.", "")
    nan: str = option("nanValue", "The text of not a number.", "NaN")
    positive_infinity: str = option("positiveInf", "The text of infinity.", "Inf")
    negative_infinity: str = option("negativeInf", "The text of minus infinity.", "-Inf")
    max_columns: int = option("maxColumns", "The most fields in a record.", DEFAULT_MAX_COLUMNS, parse=integer)
    max_characters: int = option("maxCharsPerColumn", "The longest field; -1 = any.", -1, parse=integer)
    handling: str = option(
        "unescapedQuoteHandling", "What a quote inside of quotes without escape does.", "STOP_AT_DELIMITER",
        parse=one_of("STOP_AT_CLOSING_QUOTE", "BACK_TO_DELIMITER", "STOP_AT_DELIMITER", "SKIP_VALUE", "RAISE_ERROR"),
    )  # fmt: skip
    multi_line: bool = option("multiLine", "Fields in quotes may hold line ends.", False)
    line_separator: str | None = option("lineSep", "What separates records.", None, parse=line_separator)

    @property
    def dialect(self) -> Dialect:
        other = self.escape != self.quote
        return Dialect(
            self.separator, self.quote, self.escape,
            self.escape_escape if self.escape_escape is not None else self.escape if other else "",
            self.comment, self.trim_left, self.trim_right, self.handling,
        )  # fmt: skip

    def values(self, session_zone: str) -> TextValues:
        return TextValues(
            self.time_zone or session_zone, self.date_format, self.timestamp_format, self.timestamp_ntz_format,
            self.nan, self.positive_infinity, self.negative_infinity,
        )  # fmt: skip
