"""What functions return, as columns of the types that they were declared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type, list_offsets, to_spark
from glowplug.config import Conf
from glowplug.errors import ExecutionError
from glowplug.plan.expressions import Attribute
from glowplug.types import sql_name


@dataclass(slots=True, eq=False)
class Conform:
    """Brings results to the types of `columns`. ARROW_TYPE_MISMATCH where a worker's are others."""

    columns: tuple[Attribute, ...]
    conf: Conf
    operation: str = "a Python function"
    types: list[pa.DataType] = field(init=False)

    def __post_init__(self) -> None:
        self.types = [arrow_type(a.type, self.conf.time_zone) for a in self.columns]

    def batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.num_columns != len(self.types) or not all(map(_alike, batch.schema.types, self.types)):
            expected = ", ".join(f"{a.name} {sql_name(a.type)}" for a in self.columns)
            actual = ", ".join(f"{f.name} {f.type}" for f in batch.schema)
            raise ExecutionError(
                "ARROW_TYPE_MISMATCH",
                operation=self.operation,
                outputTypes=f"[{expected}]",
                actualDataTypes=f"[{actual}]",
            )
        if not self.types:
            return batch
        return to_spark(batch, self.types)

    def unwrapped(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Of a batch whose only column is a struct of the results."""
        return self.batch(pa.RecordBatch.from_struct_array(batch.column(0)))

    def whole(self, batches: list[pa.RecordBatch]) -> list[pa.Array]:
        """The columns of several batches, put together."""
        done = [self.batch(b) for b in batches]
        if not done:
            return [pa.array([], t) for t in self.types]
        if len(done) == 1:
            return list(done[0].columns)
        return [pa.concat_arrays([b.column(i) for b in done]) for i in range(len(self.types))]


def _alike(actual: pa.DataType, expected: pa.DataType) -> bool:
    """Whether an array of one type is one of the other but for names, nullability and time zones."""
    if actual == expected or pa.types.is_null(actual):
        return True
    match actual, expected:
        case (pa.StructType(), pa.StructType()):
            return actual.num_fields == expected.num_fields and all(
                _alike(a.type, b.type) for a, b in zip(actual, expected, strict=True)
            )
        case (pa.ListType() | pa.LargeListType(), pa.ListType()):
            return _alike(actual.value_type, expected.value_type)
        case (pa.MapType(), pa.MapType()):
            return _alike(actual.key_type, expected.key_type) and _alike(actual.item_type, expected.item_type)
    return bool(_family(actual) == _family(expected))


def _family(type: pa.DataType) -> Any:
    if pa.types.is_large_string(type):
        return pa.string()
    if pa.types.is_large_binary(type):
        return pa.binary()
    if pa.types.is_timestamp(type):
        return pa.timestamp("us", "UTC" if type.tz else None)
    if pa.types.is_duration(type):
        return pa.duration("us")
    if pa.types.is_time(type):
        return pa.time64("ns")
    return type


def named_as(types: list[pa.DataType], batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same columns with the names of elements and fields that Spark has, which functions can see."""
    columns = [_named(c, t) for c, t in zip(batch.columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _named(array: pa.Array, type: pa.DataType) -> pa.Array:
    if array.type.equals(type, check_metadata=True):
        return array
    match type:
        case pa.ListType():
            return pa.ListArray.from_arrays(list_offsets(array), _named(array.values, type.value_type), type)
        case pa.MapType():
            keys, items = _named(array.keys, type.key_type), _named(array.items, type.item_type)
            return pa.MapArray.from_arrays(list_offsets(array), keys, items, type)
        case pa.StructType() if type.num_fields:
            parts = [_named(part, f.type) for part, f in zip(array.flatten(), type, strict=True)]
            return pa.StructArray.from_arrays(parts, fields=list(type), mask=array.is_null())
    return array
