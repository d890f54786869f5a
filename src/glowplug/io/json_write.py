"""JSON files as they are written: a line an object, made by the kernel."""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.errors import unsupported
from glowplug.functions.record_options import CODECS, RecordWriteOptions
from glowplug.functions.text_values import time_sql
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs, Reading
from glowplug.io.text import separator
from glowplug.io.text_files import text_output
from glowplug.source_options import codec, option, read_options
from glowplug.sqltext import literal
from glowplug.types import (
    INTEGRAL,
    STRING,
    STRINGS,
    ArrayType,
    BinaryType,
    BooleanType,
    CalendarIntervalType,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    NullType,
    StructType,
    UserDefinedType,
    VariantType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonWriteOptions(RecordWriteOptions):
    """https://spark.apache.org/docs/latest/sql-data-sources-json.html"""

    line_separator: str = option("lineSep", "What ends an object.", "\n", parse=separator)
    compression: str = option("compression", "How files are compressed.", "none", parse=codec(CODECS))
    ignore_nulls: bool = option("ignoreNullFields", "Leave fields out that are NULL.", True,
                                setting="spark.sql.jsonGenerator.ignoreNullFields")  # fmt: skip
    pretty: bool = option("pretty", "Not supported: an object on several lines.", False)
    ascii: bool = option("writeNonAsciiCharacterAsCodePoint", "Not supported: other characters as escapes.", False)


def supports(type: DataType) -> bool:
    return not isinstance(type, (CalendarIntervalType, VariantType))


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    o = read_options(JsonWriteOptions, options, context.settings)
    if o.pretty or o.ascii:
        raise unsupported(
            "the option " + ("pretty" if o.pretty else "writeNonAsciiCharacterAsCodePoint") + " of JSON files"
        )
    columns = [(f.name, f"d{i}", f.type) for i, f in enumerate(schema.fields)]
    line = _object(columns, o, context.kernel, 0)
    return text_output(line, None, ".json", o.compression, o.line_separator, o.encoding)


def _object(columns: list[tuple[str, str, DataType]], o: JsonWriteOptions, kernel: Reading, depth: int) -> str:
    """SQL for an object of the named values; those that are NULL are left out or written."""
    fields = []
    for name, x, type in columns:
        value = value_sql(x, type, o, kernel, depth)
        value = value if o.ignore_nulls else f"coalesce({value}, 'null')"
        fields.append(f"{literal(_name(name) + ':')} || {value}")
    # concat_ws leaves NULLs out.
    return f"'{{' || concat_ws(',', {', '.join(fields)}) || '}}'" if fields else "'{}'"


def _name(name: str) -> str:
    import json

    return json.dumps(name, ensure_ascii=False)


def value_sql(x: str, type: DataType, o: JsonWriteOptions, kernel: Reading, depth: int = 0) -> str:
    """SQL for the JSON text of a value; NULL for NULL."""
    zone = o.time_zone or kernel.time_zone
    text = time_sql(x, type, o.date_format, o.timestamp_format, o.timestamp_ntz_format, zone, kernel)
    if text is not None:
        return f"CAST(to_json({text}) AS VARCHAR)"
    match type:
        case NullType():
            return "CAST(NULL AS VARCHAR)"
        case t if isinstance(t, STRINGS):
            return f"CAST(to_json({x}) AS VARCHAR)"
        case BooleanType() | DecimalType():
            return f"CAST({x} AS VARCHAR)"
        case t if isinstance(t, INTEGRAL):
            return f"CAST({x} AS VARCHAR)"
        case FloatType() | DoubleType():
            shown = kernel.cast(x, type, STRING, "legacy")
            return f"CASE WHEN isfinite({x}) THEN {shown} ELSE '\"' || {shown} || '\"' END"
        case BinaryType():
            return f"'\"' || to_base64({x}) || '\"'"
        case StructType(fields):
            parts = [(f.name, f"struct_extract_at({x}, {i + 1})", f.type) for i, f in enumerate(fields)]
            return f"CASE WHEN {x} IS NOT NULL THEN {_object(parts, o, kernel, depth)} END"
        case ArrayType(element):
            v = f"e{depth}"
            items = f"list_transform({x}, lambda {v}: coalesce({value_sql(v, element, o, kernel, depth + 1)}, 'null'))"
            return f"CASE WHEN {x} IS NOT NULL THEN '[' || coalesce(array_to_string({items}, ','), '') || ']' END"
        case MapType(key, value):
            v = f"e{depth}"
            name = f"CAST(to_json({kernel.cast(f'{v}.key', key, STRING, 'legacy')}) AS VARCHAR)"
            item = f"coalesce({value_sql(f'{v}.value', value, o, kernel, depth + 1)}, 'null')"
            items = f"list_transform(map_entries({x}), lambda {v}: {name} || ':' || {item})"
            return f"CASE WHEN {x} IS NOT NULL THEN '{{' || coalesce(array_to_string({items}, ','), '') || '}}' END"
        case UserDefinedType(sql_type):
            return value_sql(x, sql_type, o, kernel, depth)
    return f"CAST(to_json({kernel.cast(x, type, STRING, 'legacy')}) AS VARCHAR)"
