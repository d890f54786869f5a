"""Spark's order of nested values: a NULL inside a struct or an array comes first, in the kernel last."""

from __future__ import annotations

from glowplug.functions.lowering import let
from glowplug.plan.function import Lowering
from glowplug.type_trees import contains_type
from glowplug.types import ArrayType, DataType, DoubleType, FloatType, MapType, StructType


def order_key(x: str, type: DataType) -> str:
    """Kernel SQL of a value that the kernel orders as Spark orders `x`: each nullable part behind a flag."""
    if not has_nulls(type):
        return x
    match type:
        case StructType(fields):
            parts = (f"struct_extract_at({x}, {i + 1})" for i in range(len(fields)))
            keys = (f"{p} IS NOT NULL, {order_key(p, f.type)}" for p, f in zip(parts, fields, strict=True))
            return f"(CASE WHEN {x} IS NOT NULL THEN row({', '.join(keys)}) END)"
        case ArrayType(element):
            return f"list_transform({x}, (lambda _e: row(_e IS NOT NULL, {order_key('_e', element)})))"
    return x


def first_extreme(array: str, type: DataType, least: bool) -> str:
    """As `extreme`, of values without NULLs inside: of equal ones the first, where two can be told apart."""
    kernel = f"list_{'min' if least else 'max'}"
    if not contains_type(type, (FloatType, DoubleType)):
        return f"{kernel}({array})"
    return let(array, lambda a: f"list_extract({a}, list_position({a}, {kernel}({a})))")


def extreme(array: str, type: DataType, least: bool) -> str:
    """The least or the greatest element of a kernel list, by keys; NULL if it has none but NULLs."""
    better = f"{order_key('y', type)} {'<' if least else '>'} {order_key('x', type)}"
    some = f"nullif(list_filter({array}, lambda e: e IS NOT NULL), [])"
    return f"list_reduce({some}, lambda x, y: CASE WHEN {better} THEN y ELSE x END)"


def one_zero(x: str, type: DataType, low: Lowering) -> str:
    """Kernel SQL of a value with 0.0 in the place of each -0.0, which equals it."""
    if not contains_type(type, (FloatType, DoubleType)):
        return x
    match type:
        case StructType(fields):
            parts = (one_zero(f"struct_extract_at({x}, {i + 1})", f.type, low) for i, f in enumerate(fields))
            return f"CAST(CASE WHEN {x} IS NOT NULL THEN row({', '.join(parts)}) END AS {low.type(type)})"
        case ArrayType(element):
            return f"list_transform({x}, (lambda _z: {one_zero('_z', element, low)}))"
        case MapType(_, value):
            pairs = f"row(struct_extract_at(_z, 1), {one_zero('struct_extract_at(_z, 2)', value, low)})"
            made = f"map_from_entries(list_transform(map_entries({x}), (lambda _z: {pairs})))"
            return f"CAST(CASE WHEN {x} IS NOT NULL THEN {made} END AS {low.type(type)})"
    return f"({x} + 0)"


def has_nulls(type: DataType) -> bool:
    """Whether a value of the type may hold a NULL."""
    match type:
        case StructType(fields):
            return any(f.nullable or has_nulls(f.type) for f in fields)
        case ArrayType(element, contains_null):
            return contains_null or has_nulls(element)
    return False
