"""Messages of Protobuf and Spark's types: descriptor sets read, and the type that a message is read as.

Semantics: Spark's guide "Protobuf data - to_protobuf() and from_protobuf()", and the classes behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glowplug import types as t
from glowplug.errors import AnalysisError
from glowplug.types import DataType, StructField, StructType

MOST_DEPTH = 10
# What stands in a struct without fields where those are kept.
DUMMY = StructField("__dummy_field_in_empty_struct", t.STRING)
_WRAPPED = ("Bool", "Int32", "UInt32", "Int64", "UInt64", "String", "Bytes", "Float", "Double")
WRAPPERS = frozenset(f"google.protobuf.{name}Value" for name in _WRAPPED)
ANY = "google.protobuf.Any"


@dataclass(frozen=True, slots=True)
class ProtobufOptions:
    mode: str = "FAILFAST"
    depth: int = -1
    any_to_json: bool = False
    emit_defaults: bool = False
    enums_as_ints: bool = False
    upcast_unsigned: bool = False
    unwrap: bool = False
    retain_empty: bool = False


@dataclass(frozen=True, slots=True)
class Messages:
    """A message's descriptor. Its maps are messages with a key and a value, so that their order is kept; `named` is the
    pool in which they are maps, as texts of messages have them; `maps` are the full names of the entries."""

    descriptor: Any
    maps: frozenset[str]
    named: Any
    data: bytes


def find_message(data: bytes, name: str) -> Messages:
    """The message of a name, with or without its package, in a serialized descriptor set."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message

    try:
        files = {f.name: f for f in descriptor_pb2.FileDescriptorSet.FromString(data).file}
    except message.DecodeError:
        raise AnalysisError("CANNOT_PARSE_PROTOBUF_DESCRIPTOR") from None
    named, plain = descriptor_pool.DescriptorPool(), descriptor_pool.DescriptorPool()
    maps: set[str] = set()
    done: set[str] = set()
    try:
        for file in files.values():
            _add(file, files, named, plain, maps, done)
    except TypeError:
        raise AnalysisError("CANNOT_PARSE_PROTOBUF_DESCRIPTOR") from None
    for file in files.values():
        for short, found in plain.FindFileByName(file.name).message_types_by_name.items():
            if name in (short, found.full_name):
                return Messages(found, frozenset(maps), named, data)
    raise AnalysisError("PROTOBUF_MESSAGE_NOT_FOUND", messageName=name)


def _add(file: Any, files: dict[str, Any], named: Any, plain: Any, maps: set[str], done: set[str]) -> None:
    if file.name in done:
        return
    done.add(file.name)
    for needed in file.dependency:
        if needed not in files:
            raise AnalysisError("PROTOBUF_DEPENDENCY_NOT_FOUND", dependencyName=needed)
        _add(files[needed], files, named, plain, maps, done)
    named.Add(file)
    copy = type(file).FromString(file.SerializeToString())
    for message in copy.message_type:
        _unmap(message, f"{copy.package}.{message.name}".lstrip("."), maps)
    plain.Add(copy)


def _unmap(message: Any, name: str, maps: set[str]) -> None:
    for inner in message.nested_type:
        _unmap(inner, f"{name}.{inner.name}", maps)
    if message.options.map_entry:
        maps.add(name)
        message.options.map_entry = False


def is_time(message: Any, name: str) -> bool:
    """Whether it is Protobuf's Timestamp or Duration, in whatever package."""
    return message.name == name and [f.name for f in message.fields] == ["seconds", "nanos"]


def is_map(messages: Messages, field: Any) -> bool:
    return field.message_type is not None and field.message_type.full_name in messages.maps


def spark_type(messages: Messages, options: ProtobufOptions) -> StructType:
    """The type that the message is read as. Raises RECURSIVE_PROTOBUF_SCHEMA."""
    types = _Types(messages, options)
    fields = types.fields(messages.descriptor, {messages.descriptor.full_name: 1})
    return StructType(fields or ((DUMMY,) if options.retain_empty else ()))


@dataclass(frozen=True, slots=True)
class _Types:
    messages: Messages
    options: ProtobufOptions

    def fields(self, message: Any, around: dict[str, int]) -> tuple[StructField, ...]:
        found = []
        for field in message.fields:
            type = self.of(field, around)
            if type is None:
                continue
            if field.is_repeated and not isinstance(type, t.MapType):
                type = t.ArrayType(type, False)
            found.append(StructField(field.name, type, not field.is_required))
        return tuple(found)

    def of(self, field: Any, around: dict[str, int]) -> DataType | None:
        """None for a field that is left out: of a message in itself too often, or without fields."""
        if field.message_type is not None:
            return self._message(field, field.message_type, around)
        if field.enum_type is not None:
            return t.INT if self.options.enums_as_ints else t.STRING
        if self.options.upcast_unsigned and field.type == field.TYPE_UINT32:
            return t.LONG
        if self.options.upcast_unsigned and field.type == field.TYPE_UINT64:
            return t.DecimalType(20, 0)
        if field.type == field.TYPE_BYTES:
            return t.BINARY
        return _CLASSES[field.cpp_type]

    def _message(self, field: Any, message: Any, around: dict[str, int]) -> DataType | None:
        name, depth = message.full_name, around.get(message.full_name, 0)
        if is_time(message, "Duration"):
            return t.DayTimeIntervalType()
        if is_time(message, "Timestamp"):
            return t.TIMESTAMP
        if name == ANY and self.options.any_to_json:
            return t.STRING
        if name in WRAPPERS and self.options.unwrap:
            return self.of(message.fields_by_name["value"], around)
        if is_map(self.messages, field):
            key, value = (self.of(message.fields_by_name[part], around) for part in ("key", "value"))
            return None if key is None or value is None else t.MapType(key, value, False)
        if depth and not 0 < self.options.depth <= MOST_DEPTH:
            raise AnalysisError("RECURSIVE_PROTOBUF_SCHEMA", fieldDescriptor=field.full_name)
        if depth and depth >= self.options.depth:
            return None
        fields = self.fields(message, {**around, name: depth + 1})
        if not fields and not self.options.retain_empty:
            return None
        return StructType(fields or (DUMMY,))


# By FieldDescriptor's CPPTYPE numbers.
_CLASSES: dict[int, DataType] = {
    1: t.INT, 2: t.LONG, 3: t.INT, 4: t.LONG, 5: t.DOUBLE, 6: t.FLOAT, 7: t.BOOLEAN, 9: t.STRING,
}  # fmt: skip
