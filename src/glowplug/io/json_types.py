"""The type of a JSON text, and the one that holds several, as Spark's `JsonInferSchema` finds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from glowplug.io.json_parse import SPECIAL, Malformed, Node, Parser, ReadText
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    LONG,
    NULL,
    STRING,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    ArrayType,
    DataType,
    DecimalType,
    DoubleType,
    LongType,
    NullType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)


@dataclass(frozen=True, slots=True)
class InferenceOptions:
    primitives_as_string: bool = False
    prefers_decimal: bool = False
    infer_timestamp: bool = False


def infer(parser: Parser, text: str, options: InferenceOptions, read: ReadText, ntz: bool) -> DataType | None:
    """The type of a record; None for a malformed one, NULL for one that says nothing."""
    try:
        node = parser.parse(text)
        if node is None:
            return NULL
        type = _infer(node, options, read, ntz)
    except (Malformed, RecursionError):
        return None
    while isinstance(type, ArrayType):
        type = type.element
    return type if isinstance(type, (StructType, NullType)) else None


def _infer(node: Node, o: InferenceOptions, read: ReadText, ntz: bool) -> DataType:
    match node.kind:
        case "null":
            return NULL
        case "object":
            fields = tuple(StructField(k, _infer(v, o, read, ntz)) for k, v in node.value if k)
            return StructType(tuple(sorted(fields, key=lambda f: f.name)))
        case "array":
            element: DataType = NULL
            for item in node.value:
                element = merge(element, _infer(item, o, read, ntz))
            return ArrayType(element)
        case "boolean":
            return STRING if o.primitives_as_string else BOOLEAN
        case "number":
            return STRING if o.primitives_as_string else _number_type(node.value, o.prefers_decimal)
    if o.prefers_decimal and (decimal := _decimal_type(node.value.replace(",", ""))) is not None:
        return decimal
    if o.infer_timestamp:
        if ntz and read(node.value, TIMESTAMP_NTZ) is not None:
            return TIMESTAMP_NTZ
        if read(node.value, TIMESTAMP) is not None:
            return TIMESTAMP
    return STRING


def _number_type(text: str, prefers_decimal: bool) -> DataType:
    if re.fullmatch(r"-?\d+", text):
        if -(1 << 63) <= int(text) < 1 << 63:
            return LONG
        return DecimalType(len(text.lstrip("-")), 0) if len(text.lstrip("-")) <= 38 else DOUBLE
    if prefers_decimal and text not in SPECIAL:
        return _decimal_type(text) or DOUBLE
    return DOUBLE


def _decimal_type(text: str) -> DecimalType | None:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
        return None
    _, digits, exponent = Decimal(text).as_tuple()
    scale = max(-int(exponent), 0)
    precision = max(len(digits) + max(int(exponent), 0), scale)
    return DecimalType(precision, scale) if precision <= 38 else None


def merge(a: DataType, b: DataType) -> DataType:
    """The type that holds values of both."""
    match a, b:
        case _ if a == b:
            return a
        case (NullType(), other) | (other, NullType()):
            return other
        case StructType(left), StructType(right):
            types = {f.name: f.type for f in left}
            for f in right:
                types[f.name] = merge(types[f.name], f.type) if f.name in types else f.type
            return StructType(tuple(StructField(n, t) for n, t in sorted(types.items())))
        case ArrayType(x), ArrayType(y):
            return ArrayType(merge(x, y))
        case (DoubleType(), LongType() | DecimalType()) | (LongType() | DecimalType(), DoubleType()):
            return DOUBLE
        case (LongType(), DecimalType(p, s)) | (DecimalType(p, s), LongType()):
            return _wider(20, 0, p, s)
        case DecimalType(p, s), DecimalType(q, t):
            return _wider(p, s, q, t)
        case (TimestampType(), TimestampNTZType()) | (TimestampNTZType(), TimestampType()):
            return TIMESTAMP
    return STRING


def _wider(p: int, s: int, q: int, t: int) -> DataType:
    scale, whole = max(s, t), max(p - s, q - t)
    return DecimalType(scale + whole, scale) if scale + whole <= 38 else DOUBLE


def finished(type: DataType) -> DataType | None:
    """An inferred type as a column's: NULL is a string; a struct without fields is none."""
    match type:
        case NullType():
            return STRING
        case StructType(fields):
            kept = [StructField(f.name, t) for f in fields if (t := finished(f.type)) is not None]
            return StructType(tuple(kept)) if kept else None
        case ArrayType(element):
            inner = finished(element)
            return None if inner is None else ArrayType(inner)
    return type


def without_nulls(type: DataType) -> DataType | None:
    """An inferred type without the fields that were never anything but null or empty (`dropFieldIfAllNull`)."""
    match type:
        case NullType():
            return None
        case StructType(fields):
            kept = [StructField(f.name, t) for f in fields if (t := without_nulls(f.type)) is not None]
            return StructType(tuple(kept)) if kept else None
        case ArrayType(element):
            inner = without_nulls(element)
            return None if inner is None else ArrayType(inner)
    return type
