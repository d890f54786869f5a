"""Pieces of kernel SQL text that sources and writers share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from glowplug.plan.function import Enclosing
from glowplug.types import (
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DoubleType,
    FloatType,
    TimestampNTZType,
    TimestampType,
)


def literal(text: str) -> str:
    """A string literal. The kernel's strings cannot hold NUL in SQL text, so it is spelled as a character code."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "(" + quoted.replace("\0", "' || chr(0) || '") + ")" if "\0" in text else quoted


def ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def strings(texts: Iterable[str]) -> str:
    """A list of strings."""
    return "[" + ", ".join(map(literal, texts)) + "]"


def constant(value: Any, type: DataType, around: Enclosing) -> str:
    """A `Literal` value of an atomic type."""
    if value is None:
        return f"CAST(NULL AS {around.type(type)})"
    match type:
        case BooleanType():
            return "true" if value else "false"
        case BinaryType():
            return f"from_hex('{value.hex()}')"
        case DateType():
            return f"(DATE '1970-01-01' + {value})"
        case TimestampType():
            return f"make_timestamptz({value})"
        case TimestampNTZType():
            return f"make_timestamp({value})"
        case FloatType() | DoubleType():
            return f"CAST('{value!r}' AS {around.type(type)})"
        case _:
            return f"CAST({literal(str(value))} AS {around.type(type)})"


def value_query(sql: str, type: DataType) -> str:
    """A query for one value of an atomic type in the form `Literal` has it."""
    match type:
        case DateType():
            return f"SELECT CAST({sql} AS DATE) - DATE '1970-01-01'"
        case TimestampType() | TimestampNTZType():
            return f"SELECT epoch_us({sql})"
        case DayTimeIntervalType():
            return f"SELECT CAST({sql} AS BIGINT)"
        case _:
            return f"SELECT {sql}"


def pick(values: Sequence[str], type: str, index: str) -> str:
    """The element number `index` (from 1) of constants. A constant if they are all the same."""
    if len(set(values)) == 1:
        return f"CAST({values[0]} AS {type})"
    return f"(CAST([{', '.join(values)}] AS {type}[]))[{index}]"
