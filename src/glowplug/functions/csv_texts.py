"""Fields of CSV as texts, of files and of functions, in quotes where they must be, by the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from glowplug.functions.codes import BINARY_STYLE, binary_text
from glowplug.functions.csv_options import delimiter, line_separator
from glowplug.functions.record_options import CODECS, RecordWriteOptions
from glowplug.functions.text_values import time_sql
from glowplug.plan.function import Enclosing
from glowplug.source_options import character, codec, of_session, option
from glowplug.sqltext import literal
from glowplug.types import (
    NUMERIC,
    STRING,
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    MapType,
    StructType,
    UserDefinedType,
)

_BLANKS = literal("".join(map(chr, range(1, 33))))


def mark(text: str) -> str:
    return character(text) or "#"


def extension(text: str) -> str:
    if "/" in text:
        raise ValueError("a part of a file's name")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvWriteOptions(RecordWriteOptions):
    """https://spark.apache.org/docs/latest/sql-data-sources-csv.html"""

    separator: str = option("sep|delimiter", "What separates fields.", ",", parse=delimiter)
    quote: str = option("quote", "What is put around fields that need it.", '"', parse=character)
    escape: str = option("escape", "What is put before a quote inside of quotes.", "\\", parse=character)
    escape_escape: str | None = option(
        "charToEscapeQuoteEscaping", "What is put before an escape.", None, parse=character
    )
    header: bool = option("header", "Write the columns' names first.", False)
    quote_all: bool = option("quoteAll", "Put all fields in quotes.", False)
    escape_quotes: bool = option("escapeQuotes", "Put fields with quotes in quotes.", True)
    trim_left: bool = option("ignoreLeadingWhiteSpace", "Drop blanks before a value.", True)
    trim_right: bool = option("ignoreTrailingWhiteSpace", "Drop blanks after a value.", True)
    null_value: str = option("nullValue", "The text for NULL.", "")
    empty_value: str = option("emptyValue", "The text for an empty string.", '""')
    comment: str = option("comment", "What a record does not begin with but in quotes.", "#", parse=mark)
    extension: str = option("extension", "How files' names end.", "csv", parse=extension)
    line_separator: str = option("lineSep", "What ends a record.", "\n", parse=line_separator)
    compression: str = option("compression|codec", "How files are compressed.", "none", parse=codec(CODECS))
    binary_style: str = of_session(BINARY_STYLE, "", str.upper)


def field_text(x: str, type: DataType, o: CsvWriteOptions, around: Enclosing, first: bool = False) -> str:
    """SQL for the text of a column's value in its place; `first` in the record, it is not to look like a comment."""
    type = type.sql_type if isinstance(type, UserDefinedType) else type
    text = _text(x, type, o, around)
    plain = isinstance(type, (*NUMERIC, BooleanType)) and not any(
        c.isalnum() or c in ".+-" for c in o.separator + o.quote + (o.comment if first else "")
    )
    if not plain:
        trimmed = text
        if o.trim_left or o.trim_right:
            trim = "trim" if o.trim_left and o.trim_right else "ltrim" if o.trim_left else "rtrim"
            trimmed = f"{trim}({text}, {_BLANKS})"
        empty = literal(_written(o.empty_value, o, first))
        text = f"CASE {trimmed} WHEN '' THEN {empty} ELSE {_quoted_sql(text, trimmed, o, first)} END"
    elif o.quote_all:
        text = f"{literal(o.quote)} || {text} || {literal(o.quote)}"
    return f"coalesce({text}, {literal(_written(o.null_value, o, first))})"


def _text(x: str, type: DataType, o: CsvWriteOptions, around: Enclosing) -> str:
    """SQL for a value's text, without quotes; NULL for NULL."""
    match type:
        case UserDefinedType(sql_type):
            return _text(x, sql_type, o, around)
        case BinaryType():
            return (
                around.cast(x, type, STRING, "legacy") if o.binary_style == "UTF-8" else binary_text(x, o.binary_style)
            )
        case ArrayType(element):
            items = _each(x, lambda e: _text(e, element, o, around), o)
            return f"'[' || {items} || ']'"
        case MapType(key, value):

            def pair(e: str) -> str:
                shown = _text(f"{e}.value", value, o, around)
                return f"{_text(f'{e}.key', key, o, around)} || ' ->' || coalesce(' ' || {shown}, {_absent(o)})"

            return f"'{{' || {_each(f'map_entries({x})', pair, o)} || '}}'"
        case StructType(fields):
            texts = (_text(f"struct_extract_at({x}, {i})", f.type, o, around) for i, f in enumerate(fields, 1))
            parts = [f"coalesce({chr(39)}{' ' * (i > 0)}{chr(39)} || {t}, {_absent(o)})" for i, t in enumerate(texts)]
            inside = " || ',' || ".join(parts) or "''"
            return f"CASE WHEN {x} IS NOT NULL THEN '{{' || {inside} || '}}' END"
    zone = o.time_zone or around.time_zone
    text = time_sql(x, type, o.date_format, o.timestamp_format, o.timestamp_ntz_format, zone, around)
    return around.cast(x, type, STRING, "legacy") if text is None else text


def _each(items: str, write: Callable[[str], str], o: CsvWriteOptions) -> str:
    """The texts of a list's elements with commas and blanks between them; NULL for a NULL list."""
    e = f"e{crc32(items.encode()):08x}"
    text = f"coalesce(CASE WHEN i{e} > 1 THEN ' ' ELSE '' END || {write(e)}, {_absent(o)})"
    texts = f"list_transform({items}, (lambda {e}, i{e}: {text}))"
    return f"CASE WHEN {items} IS NOT NULL THEN coalesce(array_to_string({texts}, ','), '') END"


def _absent(o: CsvWriteOptions) -> str:
    """The text of a NULL within an array, map or struct: `nullValue` after a blank, wherever it stands."""
    return literal(" " + o.null_value if o.null_value else "")


def _marks(o: CsvWriteOptions) -> tuple[str, str, str]:
    """Quote, escape and what escapes the escape; Spark writes NUL as the quote when there is none."""
    quote, escape = o.quote or "\0", o.escape
    return quote, escape, o.escape_escape if o.escape_escape is not None else "" if escape == quote else escape


def _quoted_sql(text: str, trimmed: str, o: CsvWriteOptions, first: bool) -> str:
    """The trimmed text, in quotes if the whole text needs them."""
    quote, escape, escape_escape = _marks(o)
    inner = trimmed
    if len(o.line_separator) == 2:
        inner = f"replace({inner}, chr(10), {literal(o.line_separator)})"
    if escape_escape and escape and escape != quote:
        inner = f"replace({inner}, {literal(escape)}, {literal(escape_escape + escape)})"
    inner = f"replace({inner}, {literal(quote)}, {literal(escape + quote)})"
    inside = f"{literal(quote)} || {inner} || {literal(quote)}"
    if o.quote_all:
        return inside
    marks = {o.separator, "\n", "\r", *([o.line_separator] if len(o.line_separator) == 1 else [])}
    needs = [f"contains({text}, {literal(m)})" for m in sorted(marks)]
    needs.append(f"{'contains' if o.escape_quotes else 'starts_with'}({text}, {literal(quote)})")
    if first:
        needs.append(f"starts_with({text}, {literal(o.comment)})")
    return f"CASE WHEN {' OR '.join(needs)} THEN {inside} ELSE {trimmed} END"


def _written(text: str, o: CsvWriteOptions, first: bool) -> str:
    """What stands for NULL or for an empty text, in quotes where it must be and is not already."""
    quote, escape, escape_escape = _marks(o)
    needs = text.startswith(quote) or (o.escape_quotes and quote in text) or (first and text.startswith(o.comment))
    if not (o.quote_all or needs or any(m in text for m in (o.separator, "\n", "\r", o.line_separator))):
        return text
    if len(text) > 1 and text[0] == text[-1] == quote:
        return text
    if escape_escape and escape and escape != quote:
        text = text.replace(escape, escape_escape + escape)
    return quote + text.replace(quote, escape + quote) + quote


def quoted(name: str, o: CsvWriteOptions, first: bool = False) -> str:
    """A column's name as the header has it."""
    quote, escape, escape_escape = _marks(o)
    text = name.lstrip(" ") if o.trim_left else name
    text = text.rstrip(" ") if o.trim_right else text
    if not text:
        return o.empty_value
    comment = first and name.startswith(o.comment)
    if o.quote_all or comment or any(m in text for m in (o.separator, quote, "\n", "\r", o.line_separator)):
        if escape_escape and escape and escape != quote:
            text = text.replace(escape, escape_escape + escape)
        return quote + text.replace(quote, escape + quote) + quote
    return text
