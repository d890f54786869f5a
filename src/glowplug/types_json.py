"""Spark's JSON schemas read into types: the inverse of `types.to_json`.

What clients send for a schema given as a `StructType`, and what Parquet files written by Spark hold. Collations of
strings stand in the metadata of the field around them, under `__COLLATIONS`, by path.
"""

from __future__ import annotations

import json
import re
from typing import Any

from glowplug.errors import IllegalArgument
from glowplug.types import (
    ANY_SRID,
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
    MapType,
    StringType,
    StructField,
    StructType,
    TimeType,
    UserDefinedType,
    VarcharType,
    YearMonthIntervalType,
    simple_string,
    to_json,
)

SIZED = "__CHAR_VARCHAR_TYPE_STRING"  # in the metadata of a column of strings: the CHAR or VARCHAR that it is
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
_SPATIAL: dict[str, DataType] = {
    str(to_json(cls(srid))).replace(" ", ""): cls(srid) for cls, srids in SRIDS.items() for srid in (*srids, ANY_SRID)
}
_MAX_DEPTH = 500
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{}\]]')
_SIZED = re.compile(r"(decimal|char|varchar|time)\(\s*(\d{1,9})\s*(?:,\s*(\d{1,9})\s*)?\)|string\s+collate\s+(\w+)")


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
