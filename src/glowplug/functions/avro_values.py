"""Values in Avro's binary form: read as plain Python values that Arrow takes, and written from them.

fastavro reads and writes; logical types are left out of the schemas that it is given, because its own values for them
(`datetime`, aware of zones and limited to years 1 to 9999) are slow and lose some. Here a time is its number.
"""

from __future__ import annotations

import decimal
import io
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from glowplug import types as t
from glowplug.errors import unsupported
from glowplug.functions.avro_schemas import (
    Avro,
    Schema,
    TypeOptions,
    fastavro,
    kind,
    logical,
    member_names,
    merged_number,
)
from glowplug.types import DataType, StructType

Convert = Callable[[Any], Any]
_EXACT = decimal.Context(prec=100)
_KINDS: dict[str, tuple[type, ...]] = {
    "boolean": (bool,), "int": (int,), "long": (int,), "float": (float,), "double": (float,), "string": (str,),
    "bytes": (bytes,), "array": (list,), "map": (dict,),
}  # fmt: skip


class Reader:
    """Reads values written with one schema as another has them; of records only `fields`, where they are given."""

    def __init__(
        self, writer: Avro, reader: Avro, type: DataType, options: TypeOptions, fields: Sequence[str] | None = None
    ) -> None:
        self._writer = _plain(writer, writer.schema, set())
        wanted = _plain(reader, reader.schema, set(), fields)
        if kind(wanted) == kind(self._writer) == "record":
            wanted["name"] = self._writer["name"]  # the outermost records need no common name
        self._reader = wanted
        self._convert = _reading(reader, reader.schema, type, options)
        self._read = fastavro().schemaless_reader

    def one(self, data: bytes) -> Any:
        """The value. Raises what fastavro raises for bytes that are none: errors of many classes."""
        return self._converted(self._decoded(io.BytesIO(data), self._writer, self._reader))

    def many(self, data: bytes, count: int) -> list[Any]:
        """`count` values, one after the other."""
        # As the only block of an array, they are read without a call for each.
        block = io.BytesIO(number(count) + data + b"\0" if count else b"\0")
        writer, reader = ({"type": "array", "items": schema} for schema in (self._writer, self._reader))
        values: list[Any] = self._decoded(block, writer, reader)
        if block.read(1):
            raise ValueError("there is more in a block than its values")
        return values if self._convert is None else [self._converted(v) for v in values]

    def _decoded(self, data: io.BytesIO, writer: Schema, reader: Schema) -> Any:
        return self._read(data, writer, reader, return_named_type=True)

    def _converted(self, value: Any) -> Any:
        return value if value is None or self._convert is None else self._convert(value)


def number(value: int) -> bytes:
    """A number as Avro writes it: its sign last, seven bits a byte."""
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _plain(avro: Avro, schema: Schema, known: set[str], fields: Sequence[str] | None = None) -> Schema:
    """A schema without logical types, that defines each name where it is first used."""
    if isinstance(schema, str) and schema in known:
        return schema
    schema = avro.resolved(schema)
    name = kind(schema)
    if name == "union":
        return [_plain(avro, m, known) for m in schema]
    if not isinstance(schema, dict):
        return schema
    if name in ("record", "enum", "fixed"):
        known.add(schema["name"])
    match name:
        case "record":
            kept = [f for f in schema["fields"] if fields is None or f["name"] in fields]
            parts = [{k: v for k, v in f.items() if k in ("name", "default", "aliases")} for f in kept]
            for part, f in zip(parts, kept, strict=True):
                part["type"] = _plain(avro, f["type"], known)
            return {**_named(schema), "type": "record", "fields": parts}
        case "enum":
            default = {"default": schema["default"]} if "default" in schema else {}
            return {**_named(schema), "type": "enum", "symbols": schema["symbols"], **default}
        case "fixed":
            return {**_named(schema), "type": "fixed", "size": schema["size"]}
        case "array":
            return {"type": "array", "items": _plain(avro, schema["items"], known)}
        case "map":
            return {"type": "map", "values": _plain(avro, schema["values"], known)}
    return _plain(avro, schema["type"], known) if isinstance(schema["type"], (dict, list)) else name


def _named(schema: Schema) -> dict[str, Any]:
    return {k: schema[k] for k in ("name", "aliases") if k in schema}


# --- reading ------------------------------------------------------------------------------------------------


def _reading(avro: Avro, schema: Schema, type: DataType, options: TypeOptions) -> Convert | None:
    """What makes of a value that fastavro read one that Arrow takes as `type`; None = nothing is to be done."""
    schema = avro.resolved(schema)
    match kind(schema), type:
        case "union", _:
            return _of_union(avro, schema, type, options)
        case "record", StructType(fields):
            types = {f.name: f.type for f in fields}
            found = {
                f["name"]: _reading(avro, f["type"], types[f["name"]], options)
                for f in schema["fields"]
                if f["name"] in types
            }
            changes = [(name, change) for name, change in found.items() if change is not None]
            return _in_records(changes) if changes else None
        case "array", t.ArrayType(element):
            return _in_array(_reading(avro, schema["items"], element, options))
        case "map", t.MapType(_, value):
            return _in_map(_reading(avro, schema["values"], value, options))
        case _, t.DecimalType(_, scale):
            return lambda v: _EXACT.scaleb(decimal.Decimal(int.from_bytes(v, "big", signed=True)), -scale)
        case _, t.TimestampType() | t.TimestampNTZType() if logical(schema).endswith("-millis"):
            return lambda v: v * 1000
        case _, t.TimeType():
            return lambda v: v * 1000  # in nanoseconds, as Arrow has it
    return None


def _in_array(change: Convert | None) -> Convert | None:
    if change is None:
        return None
    return lambda array: [None if x is None else change(x) for x in array]


def _in_map(change: Convert | None) -> Convert | None:
    if change is None:
        return None
    return lambda map: {k: None if x is None else change(x) for k, x in map.items()}


def _in_records(changes: Sequence[tuple[str, Convert]]) -> Convert:
    def change(record: dict[str, Any]) -> dict[str, Any]:
        for name, convert in changes:
            value = record.get(name)
            if value is not None:
                record[name] = convert(value)
        return record

    return change


def _untagged(value: Any) -> Any:
    """fastavro gives a named type's value in a union with its name, but for a default."""
    return value[1] if isinstance(value, tuple) else value


def _of_union(avro: Avro, schema: Schema, type: DataType, options: TypeOptions) -> Convert | None:
    members = [m for m in schema if kind(avro.resolved(m)) != "null"]
    kinds = [kind(avro.resolved(m)) for m in members]
    if not members or merged_number(kinds) is not None:
        return None
    if len(members) == 1:
        inner = _reading(avro, members[0], type, options)
        if kinds[0] not in ("record", "enum", "fixed"):
            return inner
        return lambda v: _untagged(v) if inner is None else inner(_untagged(v))
    unnamed = [_KINDS[k] for k in kinds if k in _KINDS]
    if len(set(unnamed)) < len(unnamed):
        raise unsupported("a union in Avro of numbers of two sizes and more")
    assert isinstance(type, StructType)
    types = {f.name: f.type for f in type.fields}
    by_kind: dict[Any, tuple[str, Convert | None]] = {}
    for name, member, k in zip(member_names(avro, members, options), members, kinds, strict=True):
        if name in types:
            own = avro.resolved(member)
            key = own["name"] if k in ("record", "enum", "fixed") else _KINDS[k][0]
            by_kind[key] = name, _reading(avro, member, types[name], options)

    def change(value: Any) -> dict[str, Any] | None:
        key, value = value if isinstance(value, tuple) else (value.__class__, value)
        name, convert = by_kind.get(key, ("", None))
        return {name: value if convert is None else convert(value)}

    return change


# --- writing ------------------------------------------------------------------------------------------------


class Incompatible(ValueError):
    """Values of the type cannot be written with the schema."""


class NullValue(ValueError):
    """A value that the schema has no NULL for: the field, and Avro's type."""

    def __init__(self, field: str, kind: str) -> None:
        super().__init__(f"{field} is NULL, and {kind} has none")
        self.field = field
        self.kind = kind


class Writer:
    """Writes Python values of a type with a schema: times as numbers, as `Reader` reads them. Raises Incompatible."""

    def __init__(self, avro: Avro, type: DataType, by_position: bool = False) -> None:
        self._schema = _plain(avro, avro.schema, set())
        self._convert = _Writing(avro, by_position).of(avro.schema, type, "")
        self._write = fastavro().schemaless_writer

    def many(self, values: Sequence[Any]) -> bytes:
        """The values one after the other. Raises ValueError for one that the schema does not have."""
        if not values:
            return b""
        if self._convert is not None:
            values = [self._convert(v) for v in values]
        block = self._encoded({"type": "array", "items": self._schema}, values)
        return block[len(number(len(values))) : -1]

    def one(self, value: Any) -> bytes:
        return self._encoded(self._schema, value if self._convert is None else self._convert(value))

    def _encoded(self, schema: Schema, value: Any) -> bytes:
        out = io.BytesIO()
        try:
            self._write(out, schema, value)
        except (TypeError, KeyError, OverflowError, AttributeError, struct.error) as error:
            raise ValueError(str(error)) from None
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Writing:
    """What makes of a value of a type, or of NULL, one that fastavro writes. Raises Incompatible."""

    avro: Avro
    by_position: bool

    def nested(self, schema: Schema, type: DataType, nullable: bool, path: str) -> Convert | None:
        """The same for what is part of a value, which may be NULL where the schema has none."""
        convert = self.of(schema, type, path)
        name = kind(self.avro.resolved(schema))
        if not nullable or name in ("union", "null"):
            return convert

        def checked(value: Any) -> Any:
            if value is None:
                raise NullValue(path, name)
            return value if convert is None else convert(value)

        return checked

    def of(self, schema: Schema, type: DataType, path: str) -> Convert | None:
        schema = self.avro.resolved(schema)
        if isinstance(type, t.UserDefinedType):
            return self.of(schema, type.sql_type, path)
        name = kind(schema)
        match name, type:
            case "union", _:
                return self._to_union(schema, type, path)
            case "record", StructType():
                return self._to_record(schema, type, path)
            case "array", t.ArrayType(element, contains_null):
                change = self.nested(schema["items"], element, contains_null, f"{path}.element")
                return None if change is None else partial(_each, change)
            case "map", t.MapType(t.StringType(), value, contains_null):
                change = self.nested(schema["values"], value, contains_null, f"{path}.value")
                return None if change is None else partial(_each_value, change)
            case "bytes" | "fixed", t.DecimalType(precision, scale):
                if logical(schema) == "decimal" and (schema["precision"], schema.get("scale", 0)) == (precision, scale):
                    size = schema.get("size") if name == "fixed" else None
                    return lambda v: _unscaled(v, scale, size)
            case "fixed", t.BinaryType():
                return lambda v: _sized(v, schema["size"])
            case "long", t.TimestampType() | t.TimestampNTZType():
                # A number without a logical type is milliseconds.
                return None if logical(schema).endswith("-micros") else lambda v: v // 1000
        if isinstance(type, _TAKES.get(name, ())):
            return None
        raise Incompatible(f"{path or 'the value'} of type {t.simple_string(type)} cannot be written as Avro's {name}")

    def _to_union(self, schema: Schema, type: DataType, path: str) -> Convert | None:
        members = [m for m in schema if kind(self.avro.resolved(m)) != "null"]
        nullable = len(members) < len(schema)
        if isinstance(type, t.NullType) and nullable:
            return None
        if len(members) != 1:
            return self._to_member(members, type, nullable, path)
        if not nullable:
            return self.nested(members[0], type, True, path)
        inner = self.of(members[0], type, path)
        return None if inner is None else lambda v: None if v is None else inner(v)

    def _to_member(self, members: Sequence[Schema], type: DataType, nullable: bool, path: str) -> Convert:
        """Of a union of several types: a struct has a field for each, of which one has a value."""
        names = [f"member{i}" for i in range(len(members))]
        if not isinstance(type, StructType) or [f.name for f in type.fields] != names:
            raise Incompatible(f"{path or 'the value'} cannot be written as a union of {len(members)} types")
        converts = [self.of(m, f.type, f"{path}.{f.name}") for m, f in zip(members, type.fields, strict=True)]
        kept = [self.avro.resolved(m) for m in members]
        # fastavro is told the member by its name; what has none it knows by its class.
        tags = [None if kind(m) in ("array", "map") else m.get("name") if kind(m) in _NAMED else kind(m) for m in kept]

        def change(row: dict[str, Any] | None) -> Any:
            for name, convert, tag in zip(names, converts, tags, strict=True):
                value = None if row is None else row[name]
                if value is not None:
                    value = value if convert is None else convert(value)
                    return value if tag is None else (tag, value)
            if not nullable:
                raise NullValue(path, "union")
            return None

        return change

    def _to_record(self, schema: Schema, type: StructType, path: str) -> Convert | None:
        taken: list[tuple[str, str, Convert | None]] = []
        left = list(type.fields)
        for position, f in enumerate(schema["fields"]):
            own = next((x for x in left if x.name == f["name"]), None) or next(
                (x for x in left if x.name.lower() == f["name"].lower()), None
            )
            if self.by_position:
                own = type.fields[position] if position < len(type.fields) else None
            if own is None:
                options = f["type"] if isinstance(f["type"], list) else [f["type"]]
                if "null" not in [kind(self.avro.resolved(o)) for o in options]:
                    raise Incompatible(f"the schema's field {path}{f['name']} has no column")
                continue
            left.remove(own)
            convert = self.nested(f["type"], own.type, own.nullable, f"{path}.{own.name}".lstrip("."))
            taken.append((f["name"], own.name, convert))
        if left:
            raise Incompatible(f"the schema has no field for the column {path}{left[0].name}")
        if all(name == own and change is None for name, own, change in taken):
            return None

        def change(row: dict[str, Any]) -> dict[str, Any]:
            return {name: row[own] if convert is None else convert(row[own]) for name, own, convert in taken}

        return change


def _each(change: Convert, array: list[Any]) -> list[Any]:
    return [change(x) for x in array]


def _each_value(change: Convert, map: dict[str, Any]) -> dict[str, Any]:
    return {k: change(x) for k, x in map.items()}


_NAMED = ("record", "enum", "fixed")
_TAKES: dict[str, tuple[type[DataType], ...]] = {
    "null": (t.NullType,),
    "boolean": (t.BooleanType,),
    "int": (t.ByteType, t.ShortType, t.IntegerType, t.DateType, t.YearMonthIntervalType),
    "long": (t.LongType, t.DayTimeIntervalType, t.TimeType),
    "float": (t.FloatType,),
    "double": (t.DoubleType,),
    "string": t.STRINGS,
    "enum": t.STRINGS,
    "bytes": (t.BinaryType,),
}


def _unscaled(value: decimal.Decimal, scale: int, size: int | None) -> bytes:
    number = int(_EXACT.scaleb(value, scale))
    return number.to_bytes(size or (8 + (number + (number < 0)).bit_length()) // 8, "big", signed=True)


def _sized(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ValueError(f"{len(value)} bytes are written as {size}")
    return value
