"""Values that functions with state keep, as they lie in files: pickled, with the number of the schema they are of.

They are read here without the function's process, and may be of a checkpoint that somebody else wrote: nothing but
plain values is made of them, and whatever else a pickle names is refused.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.errors import unsupported
from glowplug.types import ArrayType, DataType, MapType, StructType, UserDefinedType

_PLAIN = {
    ("decimal", "Decimal"), ("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta"),
    ("datetime", "time"), ("datetime", "timezone"), ("builtins", "bytearray"),
    ("pyspark.sql.types", "_create_row"), ("pyspark.sql.types", "Row"),
}  # fmt: skip


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PLAIN:
            raise unsupported(f"reading a state that has values of {module}.{name}")
        return super().find_class(module, name)


def unpacked(data: pa.Array, versions: list[StructType], time_zone: str) -> pa.Array:
    """Rows of the last of the schemas: fields by name, NULL where an older one has none."""
    rows = [None if d is None else _row(d, versions) for d in data.to_pylist()]
    return pa.array(rows, arrow_type(versions[-1], time_zone))


def _row(data: bytes, versions: list[StructType]) -> Any:
    return _as(_Unpickler(io.BytesIO(memoryview(data)[1:])).load(), versions[data[0]], versions[-1])


def _as(value: Any, old: DataType, new: DataType) -> Any:
    """A value of the type `old` as Arrow takes one of the type `new`."""
    if value is None:
        return None
    match old, new:
        case StructType(), StructType():
            there = {f.name: (v, f.type) for f, v in zip(old.fields, value, strict=True)}
            return {f.name: _as(*there[f.name], f.type) for f in new.fields if f.name in there}
        case ArrayType(), ArrayType():
            return [_as(v, old.element, new.element) for v in value]
        case MapType(), MapType():
            return [(_as(k, old.key, new.key), _as(v, old.value, new.value)) for k, v in value.items()]
        case UserDefinedType(), _:
            raise unsupported("reading a state that has values of user-defined types")
    return value
