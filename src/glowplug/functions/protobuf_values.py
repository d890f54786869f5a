"""Messages of Protobuf as Python values that Arrow takes, and made of them. Times are numbers, as in Avro's values."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from glowplug import types as t
from glowplug.errors import AnalysisError, SparkError, row_failure
from glowplug.functions.protobuf_schemas import ANY, DUMMY, WRAPPERS, Messages, ProtobufOptions, is_map, is_time
from glowplug.types import DataType, StructType, sql_name

Convert = Callable[[Any], Any]
_SIGNED = {13: 32, 7: 32, 4: 64, 6: 64}  # bits of unsigned numbers, by FieldDescriptor's TYPE numbers
_UINT32, _UINT64 = 13, 4


class Reader:
    """Reads messages as structs of `type`, the one of `spark_type`."""

    def __init__(self, messages: Messages, type: StructType, options: ProtobufOptions) -> None:
        from google.protobuf import message_factory, unknown_fields

        self._class = message_factory.GetMessageClass(messages.descriptor)
        self._unknown = unknown_fields.UnknownFieldSet
        self._known = frozenset(messages.descriptor.fields_by_number)
        self._convert = _Reading(messages, options).record(messages.descriptor, type)

    def one(self, data: bytes) -> dict[str, Any]:
        """The struct. Raises ValueError, or what the library raises for bytes that are no message."""
        message = self._class.FromString(data)
        if not message.IsInitialized():
            raise ValueError("a required field is missing")
        for field in self._unknown(message):
            if field.field_number in self._known:
                raise ValueError(f"the field {field.field_number} is written as another type")
        found: dict[str, Any] = self._convert(message)
        return found


@dataclass(frozen=True, slots=True)
class _Reading:
    messages: Messages
    options: ProtobufOptions

    def record(self, message: Any, type: StructType) -> Convert:
        fields = message.fields_by_name
        parts = [(f.name, self._part(fields[f.name], f.type)) for f in type.fields if f.name in fields]
        if type.fields == (DUMMY,):
            return lambda m: {DUMMY.name: None}
        return lambda m: {name: part(m) for name, part in parts}

    def _part(self, field: Any, type: DataType) -> Convert:
        """What takes a field's value out of its message: NULL for one that is not there."""
        name = field.name
        if is_map(self.messages, field):
            assert isinstance(type, t.MapType)
            entry = field.message_type.fields_by_name
            key, value = self._value(entry["key"], type.key), self._value(entry["value"], type.value)
            return lambda m: [(key(e.key), value(e.value)) for e in getattr(m, name)]
        if field.is_repeated:
            assert isinstance(type, t.ArrayType)
            each = self._value(field, type.element)
            return lambda m: [each(x) for x in getattr(m, name)]
        one = self._value(field, type)
        if field.has_default_value or (not field.has_presence and self.options.emit_defaults):
            return lambda m: one(getattr(m, name))
        if field.has_presence:
            return lambda m: one(getattr(m, name)) if m.HasField(name) else None
        # A field without presence is written unless it is its type's default; -0.0 is written.
        return lambda m: one(getattr(m, name)) if getattr(m, name) or str(getattr(m, name)) == "-0.0" else None

    def _value(self, field: Any, type: DataType) -> Convert:
        inner = field.message_type
        if inner is not None:
            return self._message(inner, type)
        if field.enum_type is not None and not self.options.enums_as_ints:
            names, enum = {n: v.name for n, v in field.enum_type.values_by_number.items()}, field.enum_type.name
            return lambda n: names.get(n) or f"UNKNOWN_ENUM_VALUE_{enum}_{n}"
        bits = _SIGNED.get(field.type)
        if bits is not None and not (self.options.upcast_unsigned and field.type in (_UINT32, _UINT64)):
            return lambda n: n - (1 << bits) if n >> (bits - 1) else n
        return lambda x: x

    def _message(self, inner: Any, type: DataType) -> Convert:
        if is_time(inner, "Timestamp") or is_time(inner, "Duration"):
            return lambda m: m.seconds * 1_000_000 + int(m.nanos / 1000)
        if inner.full_name == ANY and self.options.any_to_json:
            return partial(_json, self.messages.named, self.options)
        if inner.full_name in WRAPPERS and self.options.unwrap:
            value = self._value(inner.fields_by_name["value"], type)
            return lambda m: value(m.value)
        assert isinstance(type, StructType)
        return self.record(inner, type)


def _json(pool: Any, options: ProtobufOptions, message: Any) -> str:
    from google.protobuf import json_format, message_factory

    any_class = message_factory.GetMessageClass(pool.FindMessageTypeByName(ANY))
    found = json_format.MessageToDict(
        any_class.FromString(message.SerializeToString()),
        preserving_proto_field_name=True,
        use_integers_for_enums=options.enums_as_ints,
        always_print_fields_with_no_presence=options.emit_defaults,
        descriptor_pool=pool,
    )
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


# --- writing ------------------------------------------------------------------------------------------------


class Writer:
    """Writes structs of a type as messages. Raises AnalysisError for what does not fit."""

    def __init__(self, messages: Messages, type: StructType, options: ProtobufOptions) -> None:
        from google.protobuf import message_factory

        self._class = message_factory.GetMessageClass(messages.descriptor)
        self._fill = _Writing(messages, options).record(messages.descriptor, type, "")

    def one(self, row: dict[str, Any]) -> bytes:
        message = self._class()
        self._fill(message, row)
        data: bytes = message.SerializeToString(deterministic=True)
        return data


Fill = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class _Writing:
    """What puts values of a type into a message."""

    messages: Messages
    options: ProtobufOptions

    def record(self, message: Any, type: StructType, path: str) -> Fill:
        fields = {f.name.lower(): f for f in message.fields}
        taken: list[tuple[str, Fill]] = []
        for f in type.fields:
            field = fields.pop(f.name.lower(), None)
            if field is None:
                raise AnalysisError("NO_SQL_TYPE_IN_PROTOBUF_SCHEMA", catalystFieldPath=f"field '{path}{f.name}'")
            taken.append((f.name, self._part(field, f.type, f"{path}{f.name}")))
        for field in fields.values():
            if not field.is_repeated and not field.is_required:
                raise AnalysisError("PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA", field=f"field '{path}{field.name}'")

        def fill(message: Any, row: dict[str, Any]) -> None:
            for name, part in taken:
                if (value := row[name]) is not None:
                    part(message, value)

        return fill

    def _part(self, field: Any, type: DataType, path: str) -> Fill:
        name = field.name
        if isinstance(type, t.NullType):
            return lambda message, value: None
        match type:
            case t.MapType(key, value) if is_map(self.messages, field):
                entry = field.message_type.fields_by_name
                key_part = self._part(entry["key"], key, f"{path}.key")
                value_part = self._part(entry["value"], value, f"{path}.value")
                return partial(_put_entries, name, key_part, value_part)
            case t.ArrayType(element) if field.is_repeated and not is_map(self.messages, field):
                if field.message_type is not None:
                    fill = self._message(field, element, path)
                    return partial(_put_messages, name, fill)
                one = self._value(field, element, path)
                return lambda message, values: getattr(message, name).extend([one(v) for v in values])
        if field.is_repeated:
            raise _misfit(field, type, path)
        if field.message_type is not None:
            fill = self._message(field, type, path)

            def put(message: Any, value: Any) -> None:
                inner = getattr(message, name)
                inner.SetInParent()
                fill(inner, value)

            return put
        one = self._value(field, type, path)
        return lambda message, value: setattr(message, name, one(value))

    def _message(self, field: Any, type: DataType, path: str) -> Fill:
        inner = field.message_type
        if isinstance(type, t.TimestampType) and is_time(inner, "Timestamp"):
            return _put_time
        if isinstance(type, t.DayTimeIntervalType) and is_time(inner, "Duration"):
            return _put_time
        if isinstance(type, StructType):
            return self.record(inner, type, f"{path}.")
        if inner.full_name in WRAPPERS and self.options.unwrap:
            return self._part(inner.fields_by_name["value"], type, path)
        raise _misfit(field, type, path)

    def _value(self, field: Any, type: DataType, path: str) -> Convert:
        if field.enum_type is not None:
            values = field.enum_type.values_by_name if isinstance(type, t.STRINGS) else field.enum_type.values_by_number
            if isinstance(type, (*t.STRINGS, t.IntegerType)):
                return partial(_enum, field.name, path, {k: v.number for k, v in values.items()})
        elif isinstance(type, _TAKES.get(field.cpp_type, ())) and (field.type == 12) == isinstance(type, t.BinaryType):
            bits = _SIGNED.get(field.type)
            return (lambda n: int(n) % (1 << bits)) if bits is not None else _plain
        elif isinstance(type, t.LongType) and field.type == _UINT32:
            return lambda n: n % (1 << 32)
        elif type == t.DecimalType(20, 0) and field.type == _UINT64:
            return lambda n: int(n) % (1 << 64)
        raise _misfit(field, type, path)


def _plain(x: Any) -> Any:
    return x


def _misfit(field: Any, type: DataType, path: str) -> SparkError:
    names = {n: k.removeprefix("CPPTYPE_") for k, n in vars(field.__class__).items() if k.startswith("CPPTYPE_")}
    return AnalysisError(
        "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE",
        sqlColumn=f"field '{path}'",
        protobufColumn=f"field '{field.name}'",
        protobufType=str(names.get(field.cpp_type, field.cpp_type)),
        sqlType=f'"{sql_name(type)}"',
    )


def _enum(name: str, path: str, numbers: dict[Any, int], value: Any) -> int:
    found = numbers.get(value)
    if found is None:
        raise row_failure(
            "CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE",
            sqlColumn=f"field '{path}'",
            protobufColumn=f"field '{name}'",
            data=value,
            enumString=", ".join(f'"{n}"' for n in numbers),
        )
    return found


def _put_time(message: Any, micros: int) -> None:
    """In milliseconds, as Spark does; seconds and nanoseconds have one sign."""
    millis = micros // 1000
    message.seconds = int(millis / 1000) if abs(millis) < 1 << 52 else (abs(millis) // 1000) * (1 if millis > 0 else -1)
    message.nanos = (millis - message.seconds * 1000) * 1_000_000


def _put_messages(name: str, fill: Fill, message: Any, values: list[Any]) -> None:
    for value in values:
        fill(getattr(message, name).add(), value)


def _put_entries(name: str, key: Fill, value: Fill, message: Any, pairs: list[tuple[Any, Any]]) -> None:
    for k, v in pairs:
        entry = getattr(message, name).add()
        key(entry, k)
        if v is not None:
            value(entry, v)


# By FieldDescriptor's CPPTYPE numbers.
_TAKES: dict[int, tuple[type[DataType], ...]] = {
    1: (t.ByteType, t.ShortType, t.IntegerType, t.DateType, t.YearMonthIntervalType),
    2: (t.LongType,),
    3: (t.ByteType, t.ShortType, t.IntegerType, t.DateType, t.YearMonthIntervalType),
    4: (t.LongType,),
    5: (t.DoubleType,),
    6: (t.FloatType,),
    7: (t.BooleanType,),
    9: (*t.STRINGS, t.BinaryType),
}
