"""Avro schemas and Spark's types: the one place that says what becomes of which.

`parsed` reads a schema, `spark_type` gives the type that Spark reads it as, `avro_schema` the schema that Spark writes
for a type. The source (`io/avro.py`) and the functions of Avro share this, and `avro_values.py`.
Semantics: https://spark.apache.org/docs/latest/sql-data-sources-avro.html, "Supported types".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from glowplug import types as t
from glowplug.errors import AnalysisError, unsupported
from glowplug.types import DataType, StructField, StructType, simple_string

# A schema as parsed JSON: the name of a type, a union as a list, or a type with its attributes.
Schema = Any
CATALYST_TYPE = "spark.sql.catalyst.type"
PRIMITIVES: dict[str, DataType] = {
    "null": t.NULL,
    "boolean": t.BOOLEAN,
    "int": t.INT,
    "long": t.LONG,
    "float": t.FLOAT,
    "double": t.DOUBLE,
    "string": t.STRING,
    "bytes": t.BINARY,
    "enum": t.STRING,
    "fixed": t.BINARY,
}
_LOGICAL: dict[tuple[str, str], DataType] = {
    ("int", "date"): t.DATE,
    ("long", "time-micros"): t.TimeType(6),
    ("long", "timestamp-millis"): t.TIMESTAMP,
    ("long", "timestamp-micros"): t.TIMESTAMP,
    ("long", "local-timestamp-millis"): t.TIMESTAMP_NTZ,
    ("long", "local-timestamp-micros"): t.TIMESTAMP_NTZ,
}
_INTERVALS: dict[tuple[str, str], DataType] = {
    (name, simple_string(type)): type
    for name, cls, units in (("int", t.YearMonthIntervalType, 2), ("long", t.DayTimeIntervalType, 4))
    for type in (cls(start, end) for start in range(units) for end in range(start, units))
}


def fastavro() -> Any:
    """The library. Raises _LEGACY_ERROR_TEMP_1139 where it is not installed."""
    try:
        import fastavro
    except ImportError:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1139", provider="avro") from None
    return fastavro


@dataclass(frozen=True, slots=True)
class Avro:
    """A schema and the types that it names, by their full names."""

    schema: Schema
    names: dict[str, Schema] = field(default_factory=dict)

    def resolved(self, schema: Schema) -> Schema:
        """A type itself, where it is given by its name."""
        return self.names.get(schema, schema) if isinstance(schema, str) else schema


def parsed(text: str) -> Avro:
    """A schema's text. Raises ValueError."""
    library, names = fastavro(), dict[str, Schema]()
    try:
        schema = library.parse_schema(json.loads(text), named_schemas=names)
    except (
        library.schema.SchemaParseException,
        library.schema.UnknownType,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise ValueError(str(error)) from None
    return Avro(schema, names)


def kind(schema: Schema) -> str:
    """The name of a resolved type: `record`, `union`, `int`, …"""
    if isinstance(schema, list):
        return "union"
    if isinstance(schema, str):
        return schema
    inner = schema["type"]
    return kind(inner) if isinstance(inner, (dict, list)) else str(inner)


def logical(schema: Schema) -> str:
    return str(schema.get("logicalType", "")) if isinstance(schema, dict) else ""


# --- what Spark reads ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeOptions:
    """`stable_names`: members of unions are named by their types. `depth`: how often a type may be in itself."""

    stable_names: bool = False
    prefix: str = "member_"
    depth: int = -1


def spark_type(avro: Avro, options: TypeOptions) -> tuple[DataType, bool]:
    """The type of a schema, and whether values may be NULL. Raises SparkError for what Spark does not read."""
    found = _Types(avro, options).of(avro.schema, {})
    return found if found is not None else (t.NULL, True)


@dataclass(frozen=True, slots=True)
class _Types:
    avro: Avro
    options: TypeOptions

    def of(self, schema: Schema, around: dict[str, int]) -> tuple[DataType, bool] | None:
        """None for a type that is in itself more often than it may be: its field is left out."""
        schema = self.avro.resolved(schema)
        match kind(schema):
            case "union":
                return self._union(schema, around)
            case "record":
                return self._record(schema, around)
            case "array":
                element = self.of(schema["items"], around)
                return None if element is None else (t.ArrayType(*element), False)
            case "map":
                value = self.of(schema["values"], around)
                return None if value is None else (t.MapType(t.STRING, *value), False)
        return atom(schema), kind(schema) == "null"

    def _record(self, schema: Schema, around: dict[str, int]) -> tuple[DataType, bool] | None:
        name = schema["name"]
        depth = around.get(name, 0)
        if depth and self.options.depth <= 0:
            raise unsupported(f"the Avro type {name}, which is in itself, without the option recursiveFieldMaxDepth")
        if depth >= max(self.options.depth, 1):
            return None
        fields = []
        for f in schema["fields"]:
            found = self.of(f["type"], {**around, name: depth + 1})
            if found is not None:
                fields.append(StructField(f["name"], *found))
        return StructType(tuple(fields)), False

    def _union(self, schema: Schema, around: dict[str, int]) -> tuple[DataType, bool] | None:
        members = [m for m in schema if kind(self.avro.resolved(m)) != "null"]
        nullable = len(members) < len(schema)
        if not members:
            return t.NULL, True
        if (number := merged_number([kind(self.avro.resolved(m)) for m in members])) is not None:
            return PRIMITIVES[number], nullable
        if len(members) == 1:
            found = self.of(members[0], around)
            return None if found is None else (found[0], nullable or found[1])
        fields = []
        for name, member in zip(member_names(self.avro, members, self.options), members, strict=True):
            inner = self.of(member, around)
            if inner is not None:
                fields.append(StructField(name, inner[0]))
        return StructType(tuple(fields)), nullable


def member_names(avro: Avro, members: Sequence[Schema], options: TypeOptions) -> list[str]:
    """The fields that stand for the members of a union."""
    if not options.stable_names:
        return [f"member{i}" for i in range(len(members))]
    names = []
    for member in members:
        own = avro.resolved(member)
        named = own.get("name", kind(own)) if isinstance(own, dict) else kind(own)
        names.append(options.prefix + str(named).rpartition(".")[2])
    return names


def merged_number(kinds: Sequence[str]) -> str | None:
    """The number that all members of a union become: of ints and longs, or of floats and doubles."""
    if len(kinds) == 2 and set(kinds) == {"int", "long"}:
        return "long"
    return "double" if len(kinds) == 2 and set(kinds) == {"float", "double"} else None


def atom(schema: Schema) -> DataType:
    """The type of what is neither made of others nor a union."""
    name = kind(schema)
    if logical(schema) == "decimal" and name in ("bytes", "fixed"):
        return t.DecimalType(int(schema["precision"]), int(schema.get("scale", 0)))
    own = schema.get(CATALYST_TYPE) if isinstance(schema, dict) else None
    return _INTERVALS.get((name, str(own))) or _LOGICAL.get((name, logical(schema))) or PRIMITIVES[name]


# --- what Spark writes --------------------------------------------------------------------------------------


def avro_schema(type: DataType, nullable: bool, name: str = "topLevelRecord", namespace: str = "") -> Schema:
    """The schema for values of a type; `name` is that of the records and decimals in it."""
    found = _written(type, name, namespace)
    return [found, "null"] if nullable and found != "null" else found


def _written(type: DataType, name: str, namespace: str) -> Schema:
    inside = f"{namespace}.{name}" if namespace else name
    match type:
        case t.UserDefinedType(sql_type):
            return _written(sql_type, name, namespace)
        case t.ArrayType(element, contains_null):
            return {"type": "array", "items": avro_schema(element, contains_null, name, namespace)}
        case t.MapType(t.StringType(), value, contains_null):
            return {"type": "map", "values": avro_schema(value, contains_null, name, namespace)}
        case StructType(fields):
            parts = [{"name": f.name, "type": avro_schema(f.type, f.nullable, f.name, inside)} for f in fields]
            space = {"namespace": namespace} if namespace else {}
            return {"type": "record", "name": name, **space, "fields": parts}
        case t.DecimalType(precision, scale):
            decimal = {"logicalType": "decimal", "precision": precision, "scale": scale}
            return {"type": "fixed", "name": "fixed", "namespace": inside, "size": decimal_bytes(precision), **decimal}
        case t.YearMonthIntervalType():
            return {"type": "int", CATALYST_TYPE: simple_string(type)}
        case t.DayTimeIntervalType():
            return {"type": "long", CATALYST_TYPE: simple_string(type)}
    if type.__class__ not in _WRITTEN:
        raise unsupported(f"values of the type {simple_string(type)} in Avro")
    return _WRITTEN[type.__class__]


def decimal_bytes(precision: int) -> int:
    """The least number of bytes that hold every number of so many digits, and its sign."""
    return (int(10**precision - 1).bit_length() + 8) // 8


_WRITTEN: dict[type[DataType], Schema] = {
    t.NullType: "null",
    t.BooleanType: "boolean",
    t.ByteType: "int",
    t.ShortType: "int",
    t.IntegerType: "int",
    t.LongType: "long",
    t.FloatType: "float",
    t.DoubleType: "double",
    t.StringType: "string",
    t.CharType: "string",
    t.VarcharType: "string",
    t.BinaryType: "bytes",
    t.DateType: {"type": "int", "logicalType": "date"},
    t.TimeType: {"type": "long", "logicalType": "time-micros"},
    t.TimestampType: {"type": "long", "logicalType": "timestamp-micros"},
    t.TimestampNTZType: {"type": "long", "logicalType": "local-timestamp-micros"},
}
