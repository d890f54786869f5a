"""`from_json`: texts of JSON as structs, arrays, maps and variants. Options of the JSON source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from glowplug.errors import AnalysisError
from glowplug.functions import json_blocks
from glowplug.functions.datetime_formats import check_times
from glowplug.functions.json_blocks import BlockReader
from glowplug.functions.json_kernel import JsonKernel, standard, supported
from glowplug.functions.json_texts import Leniency
from glowplug.functions.json_values import JsonOptions, JsonReader
from glowplug.functions.lowering import bind, digest, python, rows, stored, text_sql
from glowplug.functions.options import Options, options_argument, schema_argument
from glowplug.functions.vocabulary import Mismatch
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Lowering
from glowplug.type_trees import walk_types
from glowplug.types import (
    STRING,
    STRINGS,
    ArrayType,
    DataType,
    MapType,
    StructType,
    VariantType,
    as_nullable,
    quote,
    sql_name,
)

_ZONE = "spark.sql.session.timeZone"
CORRUPT = "spark.sql.columnNameOfCorruptRecord"
ROOTS = (StructType, ArrayType, MapType, VariantType)


def leniency(o: Options) -> Leniency:
    return Leniency(
        o.flag("allowSingleQuotes", True),
        o.flag("allowUnquotedFieldNames"),
        o.flag("allowComments"),
        o.flag("allowNumericLeadingZeros"),
        o.flag("allowNonNumericNumbers", True),
        o.flag("allowBackslashEscapingAnyCharacter"),
        o.flag("allowUnquotedControlChars"),
    )


def _reading(o: Options, setting: Callable[[str], str | None]) -> JsonOptions:
    return JsonOptions(
        o.zone(setting(_ZONE) or "UTC"),
        o.mode("from_json", "FAILFAST"),
        o.text("columnNameOfCorruptRecord") or setting(CORRUPT) or "_corrupt_record",
        o.text("dateFormat"),
        o.text("timestampFormat"),
        o.text("timestampNTZFormat"),
        leniency(o),
    )


def type_of(args: tuple[Expression, ...]) -> DataType:
    type = schema_argument(args[1])
    o = options_argument(args, 2)
    o.mode("from_json", "FAILFAST")
    if not isinstance(type, ROOTS):
        raise Mismatch("INVALID_JSON_SCHEMA", schema=f'"{sql_name(type)}"')
    check_keys(type)
    check_corrupt(type, o.text("columnNameOfCorruptRecord") or "_corrupt_record")
    return as_nullable(type)


def check_keys(type: DataType) -> None:
    if any(isinstance(t, MapType) and not isinstance(t.key, STRINGS) for t in walk_types(type)):
        raise Mismatch("INVALID_JSON_MAP_KEY_TYPE", schema=f'"{sql_name(type)}"')


def check_corrupt(type: DataType, name: str) -> None:
    """The column for malformed records must be a nullable string."""
    if (why := _not_for_corrupt(type, name)) is not None:
        raise AnalysisError("INVALID_CORRUPT_RECORD_TYPE", None, **why)


def corrupt_failure(call: Call, low: Lowering, name: str) -> str | None:
    """The same of a column that the session names, which fails with the first record."""
    why = _not_for_corrupt(call.type, name)
    if why is None:
        return None
    failure = low.error(call, "INVALID_CORRUPT_RECORD_TYPE", **{k: low.literal(v) for k, v in why.items()})
    return f"CAST(CASE WHEN {text_sql(low, call.args[0])} IS NOT NULL THEN {failure} END AS {low.type(call.type)})"


def _not_for_corrupt(type: DataType, name: str) -> dict[str, str] | None:
    for f in type.fields if isinstance(type, StructType) else ():
        if f.name == name and not (isinstance(f.type, STRINGS) and f.nullable):
            return {"columnName": quote(name), "actualType": f'"{sql_name(f.type)}"'}
    return None


def block_reader(call: Call, setting: Callable[[str], str | None]) -> BlockReader | None:
    """What a source may read the texts of a `from_json` with; None if they cannot be read block by block."""
    o = _reading(options_argument(call.args, 2), setting)
    return (
        BlockReader(call.type, o) if isinstance(call.type, StructType) and json_blocks.supported(call.type, o) else None
    )


def lower(call: Call, low: Lowering) -> str:
    o = _reading(options_argument(call.args, 2), low.setting)
    check_times(call, low, call.type)
    if (failure := corrupt_failure(call, low, o.corrupt)) is not None:
        return failure
    if not isinstance(call.args[0].type, StructType):
        return structured(text_sql(low, call.args[0]), call.type, o, low)
    # a source read the plain texts (`optimize/read_in_source.py`) and left the others beside
    read, given = low.sql(call.args[0]), call.args[0].type.fields[1].type
    text = low.cast(f"struct_extract_at({read}, 2)", given, STRING)
    return f"coalesce(struct_extract_at({read}, 1), {_singly(text, call.type, o, low)})"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Texts as values one by one."""

    type: DataType
    o: JsonOptions
    costly: ClassVar = True

    def __call__(self, texts: Any) -> Any:
        read = JsonReader(self.type, self.o)  # of its own: several threads call this
        return rows(read, _last_of_name(stored(self.type)))(texts)


def _last_of_name(type: DataType) -> DataType:
    """The type with other names for fields that another one of their name follows: that one has the value."""
    match type:
        case StructType(fields):
            names = [f.name for f in fields]
            shown = (f"{n}\x01{i}" if n in names[i + 1 :] else n for i, n in enumerate(names))
            kept = zip(shown, fields, strict=True)
            return StructType(tuple(replace(f, name=n, type=_last_of_name(f.type)) for n, f in kept))
        case ArrayType(element):
            return ArrayType(_last_of_name(element))
        case MapType(key, value):
            return MapType(key, _last_of_name(value))
    return type


def structured(text: str, type: DataType, o: JsonOptions, low: Lowering) -> str:
    """A text as a value of `type`: block by block, and what is not read so one by one."""
    singly = _singly(text, type, o, low)
    if isinstance(type, StructType) and json_blocks.supported(type, o):
        read = python(low, f"json_block_{digest(type, o)}", BlockReader(type, o), [(text, STRING)], type)
        return f"coalesce({read}, {singly})"
    return singly


def _singly(text: str, type: DataType, o: JsonOptions, low: Lowering) -> str:
    """By the kernel, or what it cannot read by `json_values.py`."""
    slow = partial(python, low, f"from_json_{digest(type, o)}", _Rows(type, o), result=type)
    if not isinstance(type, (StructType, ArrayType)):
        return slow([(text, STRING)])

    def read_text(x: str) -> str:
        found = slow([(x, STRING)])
        if supported(type, o, low.setting(_ZONE)):
            kernel = JsonKernel(low, o)
            fast = kernel.struct(x, type) if isinstance(type, StructType) else kernel.array(x, type)
            found = f"CASE WHEN {standard(x, low)} THEN coalesce({fast}, {found}) ELSE {found} END"
        return f"CASE WHEN {x} IS NOT NULL THEN {found} END"

    return bind(text, read_text)
