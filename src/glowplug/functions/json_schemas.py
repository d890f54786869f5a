"""The type that fits JSON values: what `schema_of_json` says. Semantics of Spark's `JsonInferSchema`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from glowplug import types as t
from glowplug.functions.coercion import tightest_common
from glowplug.functions.json_texts import Fraction, Object, Whole, clean
from glowplug.functions.json_values import JsonOptions, parser
from glowplug.functions.variant_format import sort_key

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Inference:
    """Spark's options: decimals instead of doubles, strings for all, strings that are timestamps, also without zone."""

    decimals: bool = False
    strings: bool = False
    timestamps: bool = False
    ntz: bool = False
    reading: JsonOptions = field(default_factory=JsonOptions)


def infer(value: Any, o: Inference) -> t.DataType:
    """The type of one value; nulls and empty texts are VOID, empty objects structs without fields."""
    match value:
        case None | "":  # which some write for one another
            return t.NULL
        case Object():
            fields = (
                t.StructField(clean(name), infer(v, o)) for name, v in sorted(value, key=lambda member: member[0])
            )
            return t.StructType(tuple(fields))
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
        case str():
            return _text(value, o)
    return t.STRING


def _whole(n: str) -> t.DataType:
    if len(n) < 25 and -(1 << 63) <= int(n) < 1 << 63:
        return t.LONG
    digits = len(n.lstrip("-"))
    return t.DecimalType(digits, 0) if digits <= t.MAX_PRECISION else t.DOUBLE


def _fraction(n: str, o: Inference) -> t.DataType:
    if not o.decimals or not n[-1].isdigit():
        return t.DOUBLE
    digits, scale = _digits(n)
    precision = max(digits, scale) if scale >= 0 else digits - scale
    return t.DecimalType(precision, max(scale, 0)) if precision <= t.MAX_PRECISION else t.DOUBLE


def _digits(n: str) -> tuple[int, int]:
    """How many digits a number is written with, and how many of them, or of zeros before them, behind the point."""
    from decimal import Decimal

    _, digits, exponent = Decimal(n).as_tuple()
    assert isinstance(exponent, int)
    return len(digits), -exponent


def _text(text: str, o: Inference) -> t.DataType:
    if o.decimals and _DECIMAL.fullmatch(number := text.replace(",", "")):
        digits, scale = _digits(number)
        if 0 <= scale <= t.MAX_PRECISION and digits <= t.MAX_PRECISION:
            return t.DecimalType(max(digits, scale), scale)
    if o.timestamps and text:
        for type in (t.TIMESTAMP_NTZ, t.TIMESTAMP) if o.ntz else (t.TIMESTAMP,):
            if parser(type, o.reading)(text) is not None:
                return type
    return t.STRING


def merge(a: t.DataType, b: t.DataType, other: t.DataType = t.STRING) -> t.DataType:
    """The type of values of either type; `other` where nothing narrower holds both."""
    if a == b:
        return a
    match a, b:
        case t.StructType(fa), t.StructType(fb):
            fields = {f.name: f.type for f in fa}
            for f in fb:
                fields[f.name] = merge(fields[f.name], f.type, other) if f.name in fields else f.type
            return t.StructType(tuple(t.StructField(k, fields[k]) for k in sorted(fields, key=sort_key)))
        case t.ArrayType(x), t.ArrayType(y):
            return t.ArrayType(merge(x, y, other))
        case (t.LongType(), t.DecimalType(p, s)) | (t.DecimalType(p, s), t.LongType()):
            return _decimal(max(p - s, 20) + s, s)
        case t.DecimalType(p, s), t.DecimalType(q, r):
            return _decimal(max(p - s, q - r) + max(s, r), max(s, r))
        case (t.FloatType() | t.DoubleType(), t.DecimalType()) | (t.DecimalType(), t.FloatType() | t.DoubleType()):
            return t.DOUBLE
    return tightest_common(a, b) or other


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
