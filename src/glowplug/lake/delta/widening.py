"""Type widening: a column becomes of a wider type, and files stay as they are; the log says which types it had.

https://github.com/delta-io/delta/blob/master/PROTOCOL.md#type-widening
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from glowplug.type_trees import fields_in, map_fields
from glowplug.types import (
    ArrayType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    StructField,
    StructType,
    TimestampNTZType,
    same_type,
)
from glowplug.types_json import to_json

WIDENING, CHANGES = "delta.enableTypeWidening", "delta.typeChanges"
_INTS = (ByteType, ShortType, IntegerType, LongType)


def widens(old: DataType, new: DataType) -> bool:
    """Whether values of a type are values of another one, so that a column may become of it."""
    match old, new:
        case (a, b) if isinstance(a, _INTS) and isinstance(b, _INTS):
            return _INTS.index(a.__class__) < _INTS.index(b.__class__)
        case ByteType() | ShortType() | IntegerType() | FloatType(), DoubleType():
            return True
        case ByteType() | ShortType() | IntegerType(), DecimalType(p, s):
            return p - s >= 10
        case LongType(), DecimalType(p, s):
            return p - s >= 20
        case DecimalType(p, s), DecimalType(q, t):
            return (p, s) != (q, t) and t >= s and q - p >= t - s
        case DateType(), TimestampNTZType():
            return True
    return False


def widens_alone(old: DataType, new: DataType) -> bool:
    """Whether a column becomes of a type because new rows are: numbers stay of their kind."""
    kinds = (_INTS, (FloatType, DoubleType), (DecimalType,), (DateType, TimestampNTZType))
    return widens(old, new) and any(isinstance(old, k) and isinstance(new, k) for k in kinds)


def recorded(old: StructType, new: StructType) -> StructType:
    """The new columns with the types that they had before, where those were narrower."""
    before = {f.name: f for f in old.fields}
    return StructType(tuple(_field(before[f.name], f) if f.name in before else f for f in new.fields))


def _field(old: StructField, new: StructField) -> StructField:
    changes: list[dict[str, str]] = []
    type = _inside(old.type, new.type, (), changes)
    if not changes:
        return replace(new, type=type)
    data: dict[str, Any] = json.loads(new.metadata)
    data[CHANGES] = [*data.get(CHANGES, ()), *changes]
    return replace(new, type=type, metadata=json.dumps(data, ensure_ascii=False))


def _inside(old: DataType, new: DataType, path: tuple[str, ...], changes: list[dict[str, str]]) -> DataType:
    """The type with what its own fields say; what has no field of its own is said by the field that it is in."""
    match old, new:
        case StructType(), StructType():
            return recorded(old, new)
        case ArrayType(a), ArrayType(b, nullable):
            return ArrayType(_inside(a, b, (*path, "element"), changes), nullable)
        case MapType(k, v), MapType(l, w, nullable):
            key = _inside(k, l, (*path, "key"), changes)
            return MapType(key, _inside(v, w, (*path, "value"), changes), nullable)
    if not same_type(old, new) and widens(old, new):
        where = {"fieldPath": ".".join(path)} if path else {}
        changes.append({"fromType": to_json(old), "toType": to_json(new), **where})
    return new


def is_widened(schema: StructType) -> bool:
    """Whether there may be files with narrower types."""
    return any(f'"{CHANGES}"' in f.metadata for f in fields_in(schema))


def forgotten(schema: StructType) -> StructType:
    """The columns as if they had always been of their types."""
    return map_fields(schema, _bare)


def _bare(f: StructField) -> StructField:
    data = {k: v for k, v in json.loads(f.metadata).items() if k != CHANGES}
    return replace(f, metadata=json.dumps(data, ensure_ascii=False))
