"""Columns of CHAR(n) and VARCHAR(n): in plans they are texts, and their metadata has what they were declared as.

Rules: Spark's `CharVarcharUtils`. What is stored is padded or refused, also inside of arrays, maps and structs, and
what is read of CHAR is padded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from glowplug.errors import ParseError
from glowplug.plan.expressions import (
    Expression,
    Literal,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedLambda,
    UnresolvedLambdaVariable,
)
from glowplug.type_trees import contains_type
from glowplug.types import INT, NULL, STRING, ArrayType, CharType, DataType, MapType, StructType, VarcharType
from glowplug.types_json import LENGTHS, SIZED


@lru_cache(maxsize=256)
def declared(type: DataType, metadata: str) -> DataType:
    """The type a column was declared with: `type`, but CHAR and VARCHAR where its metadata has them."""
    from glowplug.sql import parse_type

    if SIZED not in metadata:
        return type
    try:
        return _sized(type, parse_type(json.loads(metadata)[SIZED]))
    except ParseError:  # names of fields that types as text do not quote
        return type


def _sized(type: DataType, sizes: DataType) -> DataType:
    match type, sizes:
        case _, CharType() | VarcharType():
            return sizes
        case ArrayType(x, nulls), ArrayType(y):
            return ArrayType(_sized(x, y), nulls)
        case MapType(k, v, nulls), MapType(x, y):
            return MapType(_sized(k, x), _sized(v, y), nulls)
        case StructType(fields), StructType(others) if len(fields) == len(others):
            pairs = zip(fields, others, strict=True)
            return StructType(tuple([replace(f, type=_sized(f.type, o.type)) for f, o in pairs]))
    return type


def checked(e: Expression, to: DataType) -> Expression:
    """What a column of this type stores of a value, unresolved. EXCEED_LIMIT_LENGTH for a row with a longer text."""

    def check(text: Expression, to: CharType | VarcharType) -> Expression:
        name = "char_type_write_side_check" if isinstance(to, CharType) else "varchar_type_write_side_check"
        return UnresolvedFunction((name,), (text, Literal(to.length, INT)), internal=True)

    return _each_text(e, to, check, LENGTHS)


def padded_when_read(e: Expression, of: DataType) -> Expression:
    """The value of a column of this type with its texts of CHAR at their lengths, unresolved."""

    def pad(text: Expression, of: CharType | VarcharType) -> Expression:
        return UnresolvedFunction(("read_side_padding",), (text, Literal(of.length, INT)), internal=True)

    return _each_text(e, of, pad, (CharType,))


def _each_text(
    e: Expression,
    type: DataType,
    change: Callable[[Expression, CharType | VarcharType], Expression],
    kinds: tuple[type[DataType], ...],
    depth: int = 0,
) -> Expression:
    """`e` with each text in it that is of one of the `kinds` changed."""
    if not contains_type(type, kinds):
        return e

    def elements(e: Expression, type: DataType) -> Expression:
        if not contains_type(type, kinds):
            return e
        name = f"x{depth}"
        body = _each_text(UnresolvedLambdaVariable((name,)), type, change, kinds, depth + 1)
        return UnresolvedFunction(("transform",), (e, UnresolvedLambda(body, (name,))))

    match type:
        case CharType() | VarcharType():
            return change(e, type)
        case ArrayType(element):
            return elements(e, element)
        case MapType(key, value):
            keys, values = (UnresolvedFunction((name,), (e,)) for name in ("map_keys", "map_values"))
            return UnresolvedFunction(("map_from_arrays",), (elements(keys, key), elements(values, value)))
        case StructType(fields):
            args: list[Expression] = []
            for f in fields:
                name = Literal(f.name, STRING)
                args += [name, _each_text(UnresolvedExtract(e, name), f.type, change, kinds, depth)]
            made = UnresolvedFunction(("named_struct",), tuple(args))
            return UnresolvedFunction(("if",), (UnresolvedFunction(("isnull",), (e,)), Literal(None, NULL), made))
    return e
