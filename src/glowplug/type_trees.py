"""Walking types that are made of others: arrays, maps, structs, and the types that stand for users' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from glowplug.types import (
    STRING,
    ArrayType,
    CharType,
    DataType,
    MapType,
    StructField,
    StructType,
    UserDefinedType,
    VarcharType,
)


def walk_types(type: DataType) -> Iterator[DataType]:
    """The type and all that it is made of, outer ones first."""
    yield type
    match type:
        case ArrayType(inner) | UserDefinedType(inner):
            yield from walk_types(inner)
        case MapType(key, value):
            yield from walk_types(key)
            yield from walk_types(value)
        case StructType(fields):
            for f in fields:
                yield from walk_types(f.type)


def contains_type(type: DataType, kind: type[DataType] | tuple[type[DataType], ...]) -> bool:
    """Whether a type is of a class, or is made of others that are."""
    return any(isinstance(t, kind) for t in walk_types(type))


def fields_in(type: DataType) -> Iterator[StructField]:
    """The fields of all structs in a type, each before those inside of it."""
    match type:
        case StructType(fields):
            for f in fields:
                yield f
                yield from fields_in(f.type)
        case ArrayType(element):
            yield from fields_in(element)
        case MapType(key, value):
            yield from fields_in(key)
            yield from fields_in(value)


def map_types(type: DataType, change: Callable[[DataType], DataType]) -> DataType:
    """`type` with `change` applied to each type directly in it; what users' own types stand for is left alone."""
    match type:
        case ArrayType(element, nulls):
            return ArrayType(change(element), nulls)
        case MapType(key, value, nulls):
            return MapType(change(key), change(value), nulls)
        case StructType(fields):
            return StructType(tuple([replace(f, type=change(f.type)) for f in fields]))
    return type


def map_fields(type: StructType, change: Callable[[StructField], StructField]) -> StructType:
    """`type` with `change` applied to each field of the structs in it, to outer ones first."""

    def inside(part: DataType) -> DataType:
        return map_fields(part, change) if isinstance(part, StructType) else map_types(part, inside)

    return StructType(tuple([replace(new, type=inside(new.type)) for new in map(change, type.fields)]))


def as_strings(type: DataType) -> DataType:
    """The type with char and varchar replaced by string, which is what they are outside of tables' columns."""
    return STRING if isinstance(type, (CharType, VarcharType)) else map_types(type, as_strings)
