"""What Spark checks before it writes anything: partitioning, names, types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glowplug.errors import AnalysisError
from glowplug.io.files import check_duplicates
from glowplug.io.produce import Layout
from glowplug.types import (
    COMPLEX,
    STRING,
    BinaryType,
    CalendarIntervalType,
    DataType,
    NullType,
    StringType,
    StructField,
    StructType,
    UserDefinedType,
    VariantType,
    quote,
    simple_string,
    sql_name,
)


def check(
    layout: Layout,
    format_name: str,
    supports: Callable[[DataType], bool],
    duplicates: bool = False,
    exact_names: bool = False,
) -> None:
    """Raise what Spark raises for a layout and its columns.

    `duplicates`: whether names may be equal; `exact_names`: whether they are not where they differ in case.
    """
    for field in partition_fields(layout.schema, layout.partition_by):
        collated = isinstance(field.type, StringType) and field.type != STRING
        if collated or isinstance(field.type, (*COMPLEX, NullType, VariantType, UserDefinedType)):
            raise AnalysisError("INVALID_PARTITION_COLUMN_DATA_TYPE", type=f'"{sql_name(field.type)}"')
        if isinstance(field.type, (CalendarIntervalType, BinaryType)):
            raise _unsupported(field, format_name)
    if not duplicates:
        check_duplicates([f.name for f in layout.schema.fields], exact_names)
    if layout.partition_by and len(layout.partition_by) == len(layout.schema.fields):
        raise AnalysisError("ALL_PARTITION_COLUMNS_NOT_ALLOWED")
    for field in layout.data_schema.fields:
        if not _supported(field.type, supports):
            raise _unsupported(field, format_name)


def partition_fields(schema: StructType, names: Sequence[str]) -> list[StructField]:
    """The columns of these names. Raises AnalysisError if one is not there, or named twice."""
    check_duplicates(names)
    by_name = {f.name.lower(): f for f in schema.fields}
    for name in names:
        if name.lower() not in by_name:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1155", col=quote(name), schemaCatalog=simple_string(schema))
    return [by_name[name.lower()] for name in names]


def check_not_empty(schema: StructType, format_name: str) -> None:
    """Raise EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE for a struct without fields, at any depth."""

    def empty(type: DataType) -> bool:
        return isinstance(type, StructType) and (not type.fields or any(empty(f.type) for f in type.fields))

    if empty(schema):
        raise AnalysisError("EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE", format=format_name)


def _unsupported(field: StructField, format_name: str) -> AnalysisError:
    return AnalysisError(
        "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        columnName=quote(field.name),
        columnType=f'"{sql_name(field.type)}"',
        format=format_name,
    )


def _supported(type: DataType, supports: Callable[[DataType], bool]) -> bool:
    """Whether a type is supported, and all that it is made of."""
    if not supports(type):
        return False
    match type:
        case StructType(fields):
            return all(_supported(f.type, supports) for f in fields)
        case UserDefinedType(sql_type):
            return _supported(sql_type, supports)
    inner = (getattr(type, n) for n in ("element", "key", "value") if hasattr(type, n))
    return all(_supported(t, supports) for t in inner)
