"""Our types as the kernel's.

Intervals of years and months are INTEGER months, of days and time BIGINT microseconds; a calendar interval is the
kernel's INTERVAL. A struct's field names are made unique without regard to case, which the kernel ignores.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pyarrow as pa

from glowplug import sqltext
from glowplug import types as t
from glowplug.type_trees import walk_types

quoted, text = sqltext.ident, sqltext.literal  # names and strings, as in the SQL of sources
NAMES: dict[type[t.DataType], str] = {
    t.NullType: "INTEGER",
    t.BooleanType: "BOOLEAN",
    t.ByteType: "TINYINT",
    t.ShortType: "SMALLINT",
    t.IntegerType: "INTEGER",
    t.LongType: "BIGINT",
    t.FloatType: "FLOAT",
    t.DoubleType: "DOUBLE",
    t.StringType: "VARCHAR",
    t.CharType: "VARCHAR",
    t.VarcharType: "VARCHAR",
    t.BinaryType: "BLOB",
    t.DateType: "DATE",
    t.TimestampType: "TIMESTAMP WITH TIME ZONE",
    t.TimestampNTZType: "TIMESTAMP",
    t.TimeType: "TIME",
    t.CalendarIntervalType: "INTERVAL",
    t.YearMonthIntervalType: "INTEGER",
    t.DayTimeIntervalType: "BIGINT",
    t.VariantType: 'STRUCT("value" BLOB, metadata BLOB)',
    t.GeometryType: "STRUCT(srid INTEGER, wkb BLOB)",
    t.GeographyType: "STRUCT(srid INTEGER, wkb BLOB)",
}


def kernel_type(type: t.DataType) -> str:
    """The kernel's name of a type, in which all its values have room."""
    match type:
        case t.DecimalType(precision, scale):
            return f"DECIMAL({precision},{scale})"
        case t.ArrayType(element):
            return f"{kernel_type(element)}[]"
        case t.MapType(key, value):
            return f"MAP({kernel_type(key)}, {kernel_type(value)})"
        case t.StructType(fields):
            if not fields:
                return "STRUCT(_ INTEGER)"
            parts = zip(field_names(type), fields, strict=True)
            return "STRUCT(" + ", ".join(f"{quoted(n)} {kernel_type(f.type)}" for n, f in parts) + ")"
        case t.UserDefinedType(sql_type):
            return kernel_type(sql_type)
    return NAMES[type.__class__]


def with_kernel_names(body: Callable[..., Any], type: t.DataType) -> Callable[..., Any]:
    """`body`, a function over Arrow arrays, with the kernel's names of fields in its result: it finds them by name."""
    structs = (s for s in walk_types(type) if isinstance(s, t.StructType) and s.fields)
    if all(field_names(s) == [f.name for f in s.fields] for s in structs):
        return body
    named = partial(_with_names, body, type)
    named.costly = getattr(body, "costly", False)  # type: ignore[attr-defined]
    return named


def _with_names(body: Callable[..., Any], type: t.DataType, *columns: Any) -> Any:
    found = body(*columns)
    return found.view(_named(found.type, type))


def _named(arrow: Any, type: t.DataType) -> Any:
    match type:
        case t.ArrayType(element):
            return pa.list_(arrow.value_field.with_type(_named(arrow.value_type, element)))
        case t.MapType(key, value):
            item = arrow.item_field.with_type(_named(arrow.item_type, value))
            return pa.map_(_named(arrow.key_type, key), item)
        case t.StructType(fields) if fields:
            parts = zip(arrow, field_names(type), fields, strict=True)
            return pa.struct([f.with_name(n).with_type(_named(f.type, of.type)) for f, n, of in parts])
    return arrow


def field_names(type: t.StructType) -> list[str]:
    """The kernel's names of a struct's fields: their own, with a suffix where case alone would tell two apart."""
    names: list[str] = []
    seen: set[str] = set()
    for f in type.fields:
        name, n = f.name or "_", 1
        while name.lower() in seen:
            name, n = f"{f.name}_{n}", n + 1
        seen.add(name.lower())
        names.append(name)
    return names
