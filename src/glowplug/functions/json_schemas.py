"""The type that fits JSON values: what `schema_of_json` says. Semantics of Spark's `JsonInferSchema`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glowplug import types as t
from glowplug.datetime_patterns import compile_pattern
from glowplug.datetime_texts import read as read_by_pattern
from glowplug.datetimes import names_zone, parse_timestamp, parse_timestamp_ntz
from glowplug.functions.json_texts import Fraction, Object, Whole, clean


@dataclass(frozen=True, slots=True)
class Inference:
    """Spark's options: decimals instead of doubles, strings for all, strings that are timestamps."""

    decimals: bool = False
    strings: bool = False
    timestamps: bool = False
    timestamp_format: str | None = None


def infer(value: Any, o: Inference) -> t.DataType:
    """The type of one value; nulls are VOID, empty objects structs without fields."""
    match value:
        case None:
            return t.NULL
        case Object():
            fields: dict[str, t.DataType] = {}
            for name, v in value:
                found = infer(v, o)
                fields[name] = merge(fields[name], found) if name in fields else found
            return t.StructType(tuple(t.StructField(clean(k), fields[k]) for k in sorted(fields)))
        case list():
            element: t.DataType = t.NULL
            for v in value:
                element = merge(element, infer(v, o))
            return t.ArrayType(element)
        case _ if o.strings:
            return t.STRING
        case bool():
            return t.BOOLEAN
        case Whole():
            return _whole(value)
        case Fraction():
            return _fraction(value, o)
        case str() if o.timestamps:
            return _text(value, o)
    return t.STRING


def _whole(n: str) -> t.DataType:
    if len(n) < 25 and -(1 << 63) <= int(n) < 1 << 63:
        return t.LONG
    digits = len(n.lstrip("-"))
    return t.DecimalType(digits, 0) if digits <= t.MAX_PRECISION else t.DOUBLE


def _fraction(n: str, o: Inference) -> t.DataType:
    from decimal import Decimal

    if not o.decimals or not n[-1].isdigit():
        return t.DOUBLE
    _, digits, exponent = Decimal(n).as_tuple()
    assert isinstance(exponent, int)
    scale = -exponent
    precision = max(len(digits), scale) if scale >= 0 else len(digits) + exponent
    return t.DecimalType(precision, max(scale, 0)) if precision <= t.MAX_PRECISION else t.DOUBLE


def _text(text: str, o: Inference) -> t.DataType:
    if o.timestamp_format is not None:
        items = compile_pattern(o.timestamp_format, True)
        return t.TIMESTAMP if read_by_pattern(items, "timestamp", "UTC", text) is not None else t.STRING
    if parse_timestamp_ntz(text) is None or (names_zone(text) and parse_timestamp(text, "UTC") is None):
        return t.STRING
    return t.TIMESTAMP


def merge(a: t.DataType, b: t.DataType) -> t.DataType:
    """The type of values of either type; STRING where nothing narrower holds both."""
    if a == b or isinstance(b, t.NullType):
        return a
    match a, b:
        case t.NullType(), _:
            return b
        case t.StructType(fa), t.StructType(fb):
            fields = {f.name: f.type for f in fa}
            for f in fb:
                fields[f.name] = merge(fields[f.name], f.type) if f.name in fields else f.type
            return t.StructType(tuple(t.StructField(k, fields[k]) for k in sorted(fields)))
        case t.ArrayType(x), t.ArrayType(y):
            return t.ArrayType(merge(x, y))
        case (t.LongType(), t.DecimalType(p, s)) | (t.DecimalType(p, s), t.LongType()):
            return _decimal(max(p - s, 20) + s, s)
        case t.DecimalType(p, s), t.DecimalType(q, r):
            return _decimal(max(p - s, q - r) + max(s, r), max(s, r))
    numbers = (t.LongType, t.DecimalType, t.DoubleType)
    return t.DOUBLE if isinstance(a, numbers) and isinstance(b, numbers) else t.STRING


def _decimal(precision: int, scale: int) -> t.DataType:
    return t.DecimalType(precision, scale) if precision <= t.MAX_PRECISION else t.DOUBLE


def canonical(type: t.DataType) -> t.DataType | None:
    """Without structs that have no fields, and with STRING for what was only null; None for nothing."""
    match type:
        case t.NullType():
            return t.STRING
        case t.ArrayType(element):
            found = canonical(element)
            return None if found is None else t.ArrayType(found)
        case t.StructType(fields):
            kept = [(f.name, canonical(f.type)) for f in fields if f.name]
            parts = tuple(t.StructField(name, found) for name, found in kept if found is not None)
            return t.StructType(parts) if parts else None
    return type
