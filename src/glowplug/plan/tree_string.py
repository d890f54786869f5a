"""A schema as the tree that `printSchema` prints. The format is that of Spark's `StructType.treeString`."""

from __future__ import annotations

from collections.abc import Iterator

from glowplug.types import (
    JSON_NAMES,
    ArrayType,
    DataType,
    MapType,
    StructType,
    UserDefinedType,
    simple_string,
)

_ESCAPES = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b", "\v": "\\v", "\a": "\\a"})


def tree_string(schema: StructType, level: int | None = None) -> str:
    """The tree to a depth of `level`; None or 0 = all of it."""
    return "".join(f"{line}\n" for line in ("root", *_fields(schema, " |", level or -1)))


def _fields(struct: StructType, prefix: str, depth: int) -> Iterator[str]:
    for f in struct.fields:
        yield f"{prefix}-- {f.name.translate(_ESCAPES)}: {_name(f.type)} (nullable = {_flag(f.nullable)})"
        yield from _parts(f.type, prefix + "    |", depth - 1)


def _parts(type: DataType, prefix: str, depth: int) -> Iterator[str]:
    """What is inside of a type; `depth` counts down to 0, from below 0 forever."""
    if depth == 0:
        return
    match type:
        case StructType():
            yield from _fields(type, prefix, depth)
        case ArrayType(element, contains_null):
            yield f"{prefix}-- element: {_name(element)} (containsNull = {_flag(contains_null)})"
            yield from _parts(element, prefix + "    |", depth - 1)
        case MapType(key, value, contains_null):
            yield f"{prefix}-- key: {_name(key)}"
            yield from _parts(key, prefix + "    |", depth - 1)
            yield f"{prefix}-- value: {_name(value)} (valueContainsNull = {_flag(contains_null)})"
            yield from _parts(value, prefix + "    |", depth - 1)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _name(type: DataType) -> str:
    match type:
        case StructType():
            return "struct"
        case ArrayType():
            return "array"
        case MapType():
            return "map"
        case UserDefinedType(_, jvm_class):
            return jvm_class.rsplit(".", 1)[-1].removesuffix("UDT").lower() or "pythonuserdefined"
    return JSON_NAMES.get(type.__class__) or simple_string(type)
