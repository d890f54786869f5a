"""Spark's order of nested values: a NULL inside a struct or an array comes first, in the kernel last."""

from __future__ import annotations

from glowplug.types import ArrayType, DataType, StructType


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


def extreme(array: str, type: DataType, least: bool) -> str:
    """The least or the greatest element of a kernel list, by keys; NULL if it has none but NULLs."""
    better = f"{order_key('y', type)} {'<' if least else '>'} {order_key('x', type)}"
    some = f"nullif(list_filter({array}, lambda e: e IS NOT NULL), [])"
    return f"list_reduce({some}, lambda x, y: CASE WHEN {better} THEN y ELSE x END)"


def has_nulls(type: DataType) -> bool:
    """Whether a value of the type may hold a NULL."""
    match type:
        case StructType(fields):
            return any(f.nullable or has_nulls(f.type) for f in fields)
        case ArrayType(element, contains_null):
            return contains_null or has_nulls(element)
    return False
