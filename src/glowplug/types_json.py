"""Types as Spark's JSON schemas, and read from them.

What clients send for a schema given as a `StructType`, and what Parquet files written by Spark hold. Collations of
strings stand in the metadata of the field around them, under `__COLLATIONS`, by path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from glowplug.errors import IllegalArgument
from glowplug.type_trees import as_strings, contains_type, map_types
from glowplug.types import (
    ANY_SRID,
    CRS,
    DAY_TIME_FIELDS,
    JSON_NAMES,
    NULL,
    SRIDS,
    STRING,
    TIMESTAMP,
    YEAR_MONTH_FIELDS,
    ArrayType,
    CharType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    GeographyType,
    GeometryType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimeType,
    UserDefinedType,
    VarcharType,
    YearMonthIntervalType,
    simple_string,
)

SIZED = "__CHAR_VARCHAR_TYPE_STRING"  # in the metadata of a column of strings: the CHAR or VARCHAR that it is
LENGTHS = (CharType, VarcharType)
_COLLATIONS = "__COLLATIONS"
_INTERVALS = [
    cls(start, end)
    for cls, fields in ((YearMonthIntervalType, YEAR_MONTH_FIELDS), (DayTimeIntervalType, DAY_TIME_FIELDS))
    for start in range(len(fields))
    for end in range(start, len(fields))
]
_NAMES: dict[str, DataType] = {
    **{name: cls() for cls, name in JSON_NAMES.items()},
    **{simple_string(interval): interval for interval in _INTERVALS},
    "null": NULL,
    "string": STRING,
    "decimal": DecimalType(),
    "timestamp_ltz": TIMESTAMP,
}
_MAX_DEPTH = 500
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{}\]]')
_SIZED = re.compile(r"(decimal|char|varchar|time)\(\s*(\d{1,9})\s*(?:,\s*(\d{1,9})\s*)?\)|string\s+collate\s+(\w+)")


def to_json(type: DataType) -> Any:
    """A type in Spark's JSON schema form: a string, or a dict for nested types."""
    match type:
        case ArrayType(element, contains_null):
            return {"type": "array", "elementType": to_json(element), "containsNull": contains_null}
        case MapType(key, value, contains_null):
            return {
                "type": "map",
                "keyType": to_json(key),
                "valueType": to_json(value),
                "valueContainsNull": contains_null,
            }
        case StructType(fields):
            return {"type": "struct", "fields": list(map(_field_json, fields))}
        case UserDefinedType(sql_type, jvm_class, python_class, serialized):
            parts = {"class": jvm_class, "pyClass": python_class, "serializedClass": serialized}
            return {"type": "udt", **{k: v for k, v in parts.items() if v}, "sqlType": to_json(sql_type)}
        case GeometryType(srid):
            return f"geometry({CRS[srid]})"
        case GeographyType(srid):
            return f"geography({CRS[srid]}, SPHERICAL)"
        case _:
            name = JSON_NAMES.get(type.__class__)
            return name if name is not None else simple_string(type)


def _field_json(field: StructField) -> dict[str, Any]:
    """The collations of a field's texts stand in its metadata, by path; those of a struct in its own fields'."""
    metadata = json.loads(field.metadata)
    if found := dict(_collations_of(field.type, field.name)):
        metadata[_COLLATIONS] = found
    return {
        "name": field.name,
        "type": to_json(_without_collations(field.type)),
        "nullable": field.nullable,
        "metadata": metadata,
    }


def _collations_of(type: DataType, path: str) -> Iterator[tuple[str, str]]:
    match type:
        case StringType(collation) if collation != "UTF8_BINARY":
            yield path, f"{'spark' if collation.startswith('UTF8_') else 'icu'}.{collation}"
        case ArrayType(element):
            yield from _collations_of(element, f"{path}.element")
        case MapType(key, value):
            yield from _collations_of(key, f"{path}.key")
            yield from _collations_of(value, f"{path}.value")


def _without_collations(type: DataType) -> DataType:
    """A field's type but for what its metadata says; structs inside say it of their own fields."""
    if isinstance(type, StructType):
        return type
    return STRING if isinstance(type, StringType) else map_types(type, _without_collations)


_SPATIAL: dict[str, DataType] = {
    str(to_json(cls(srid))).replace(" ", ""): cls(srid) for cls, srids in SRIDS.items() for srid in (*srids, ANY_SRID)
}


def from_json(text: str) -> DataType:
    """The type a JSON schema describes. Fails with INVALID_JSON_DATA_TYPE, naming the part that is none."""
    try:
        return _type(loads(text))
    except ValueError:
        raise _invalid(text) from None


def loads(text: str) -> Any:
    """`json.loads` that raises ValueError for nesting too: a parser in C must not meet more than its stack holds."""
    depth = 0
    if text.count("{") + text.count("[") > _MAX_DEPTH:
        for token in _BRACKET.finditer(text):
            depth += (token[0] in "[{") - (token[0] in "]}")
            if depth > _MAX_DEPTH:
                raise ValueError("nested too deep")
    return json.loads(text)


def metadata(value: Any) -> str:
    """A field's metadata as the plan keeps it: compact JSON of an object."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _type(value: Any, path: str = "", collations: Any = None) -> DataType:
    if collations and path in collations:
        if value != "string":
            raise IllegalArgument("INVALID_JSON_DATA_TYPE_FOR_COLLATIONS", jsonType=value)
        return StringType(str(collations[path]).partition(".")[2])
    match value:
        case str():
            return _named(value)
        case {"type": "array", "elementType": element, "containsNull": bool(null)}:
            return ArrayType(_type(element, path + ".element", collations), null)
        case {"type": "map", "keyType": key, "valueType": item, "valueContainsNull": bool(null)}:
            return MapType(_type(key, path + ".key", collations), _type(item, path + ".value", collations), null)
        case {"type": "struct", "fields": list(fields)}:
            return StructType(tuple([_field(f) for f in fields]))
        case {"type": "udt", "sqlType": sql_type}:
            names = [value.get(k) or "" for k in ("class", "pyClass", "serializedClass")]
            if all(isinstance(name, str) for name in names):
                return UserDefinedType(_type(sql_type), *names)
    raise _invalid(json.dumps(value))


def _field(value: Any) -> StructField:
    match value:
        case {"name": str(name), "type": type, "nullable": bool(nullable), **rest}:
            notes = rest.get("metadata") or {}
            if isinstance(notes, dict):
                collations = notes.pop(_COLLATIONS, None)
                if collations is None or isinstance(collations, dict):
                    return StructField(name, _type(type, name, collations), nullable, metadata(notes))
    raise _invalid(json.dumps(value))


def noted(f: StructField) -> StructField:
    """A column of CHAR or VARCHAR as it is in plans: one of texts, whose metadata has what it was declared as."""
    if not contains_type(f.type, LENGTHS):
        return f
    data = {**json.loads(f.metadata), SIZED: simple_string(f.type)}
    return replace(f, type=as_strings(f.type), metadata=json.dumps(data, ensure_ascii=False))


def _named(name: str) -> DataType:
    if name in _NAMES:
        return _NAMES[name]
    match found.groups() if (found := _SIZED.fullmatch(name)) else None:
        case ["decimal", precision, str(scale), None] if int(scale) <= int(precision) <= 38:
            return DecimalType(int(precision), int(scale))
        case ["char", length, None, None]:
            return CharType(int(length))
        case ["varchar", length, None, None]:
            return VarcharType(int(length))
        case ["time", precision, None, None] if int(precision) <= 6:
            return TimeType(int(precision))
        case [None, None, None, str(collation)]:
            return StringType(collation)
    if (spatial := _SPATIAL.get(name.replace(" ", ""))) is not None:
        return spatial
    raise _invalid(name)


def _invalid(text: str) -> IllegalArgument:
    return IllegalArgument("INVALID_JSON_DATA_TYPE", invalidType=text)
