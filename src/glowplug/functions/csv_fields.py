"""Records of CSV, of files and of functions, as lists of texts, and texts as fields, by the kernel.

The common records, without quotes or with quotes in order, are split by the kernel's own functions; the others one by
one by `csv_tokens.py`, with Spark's rules. So every record has the result it has in Spark, in every mode.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from glowplug.functions.csv_options import CsvOptions
from glowplug.functions.csv_tokens import EMPTY, Dialect, Tokenizer
from glowplug.plan.function import Enclosing
from glowplug.sqltext import literal
from glowplug.types import STRING, ArrayType, CalendarIntervalType, DataType, MapType, NullType, StructType

_MARK = "\x1f"  # stands for a separator inside of quotes while a record is split


def supports(type: DataType) -> bool:
    """Whether a field can hold values of the type."""
    return not isinstance(type, (ArrayType, MapType, StructType, CalendarIntervalType, NullType))


def tokens_sql(record: str, options: CsvOptions, around: Enclosing) -> str:
    """Kernel SQL for the fields of a record: a list of texts, '' for none and EMPTY for an empty one in quotes."""
    d = options.dialect
    split = f"string_split({record}, {literal(d.separator)})"
    if d.trim_left or d.trim_right:
        trim = "trim" if d.trim_left and d.trim_right else "ltrim" if d.trim_left else "rtrim"
        blanks = literal("".join(map(chr, range(33))))
        split = f"list_transform({split}, lambda x: {trim}(x, {blanks}))"
    if not d.quote:
        return split
    tokenizer = around.python(_name(options), _tokenize(d), (STRING,), ArrayType(STRING))
    slow = f"{tokenizer}({record})"
    if len(d.separator) != 1 or d.trim_left or d.trim_right or len({d.separator, d.quote, d.escape} - {""}) < 2:
        quick = ""
    else:
        s, q = literal(d.separator), literal(d.quote)
        inside = (
            f"CASE WHEN i % 2 = 1 THEN x WHEN x = '' THEN {literal(EMPTY)} ELSE replace(x, {s}, {literal(_MARK)}) END"
        )
        joined = f"array_to_string(list_transform(string_split({record}, {q}), lambda x, i: {inside}), '')"
        fields = f"list_transform(string_split({joined}, {s}), lambda x: replace(x, {literal(_MARK)}, {s}))"
        quick = f"WHEN regexp_full_match({record}, {literal(_ordered(d))}) THEN {fields} "
    return f"CASE WHEN NOT contains({record}, {literal(d.quote)}) THEN {split} {quick}ELSE {slow} END"


def _ordered(d: Dialect) -> str:
    """A regular expression of the records in which every quote opens or closes a field and nothing is escaped."""
    s, q, e = (_class(c) for c in (d.separator, d.quote, d.escape if d.escape != d.quote else ""))
    marks = "\\x1e\\x1f"
    field = f"(?:[{q}][^{q}{e}{marks}]*[{q}]|[^{q}{s}{marks}]*)"
    return f"(?s)(?:{field}[{s}])*{field}"


def _class(c: str) -> str:
    return f"\\x{{{ord(c):x}}}" if c else ""


def _name(options: CsvOptions) -> str:
    return "csv_tokens_" + repr(options.dialect).encode().hex()


def _tokenize(dialect: Dialect) -> Callable[[pa.Array], pa.Array]:
    def tokenize(texts: pa.Array) -> pa.Array:
        tokenizer = Tokenizer(dialect)
        rows = (None if t is None else [x or "" for x in tokenizer.tokens(t)] for t in texts.to_pylist())
        return pa.array(list(rows), pa.list_(pa.string()))

    return tokenize


def field_sql(tokens: str, index: int, options: CsvOptions) -> str:
    """Kernel SQL for the text of a field, or NULL."""
    return _text_sql(f"{tokens}[{index + 1}]", options)


def fields_sql(tokens: str, options: CsvOptions) -> str:
    """Kernel SQL for the texts of all fields, or NULL, as a list: for many columns much less SQL than one by one."""
    return f"list_transform({tokens}, lambda x: {_text_sql('x', options)})"


def _text_sql(token: str, options: CsvOptions) -> str:
    text = f"nullif({token}, '')"
    if options.empty_value or options.null_value:
        text = f"CASE WHEN {text} = {literal(EMPTY)} THEN {literal(options.empty_value)} ELSE {text} END"
        return f"nullif({text}, {literal(options.null_value)})" if options.null_value else text
    return f"nullif({text}, {literal(EMPTY)})"
