"""Column mapping: names in files, and ids, that columns keep whatever users call them, so that a column can be renamed
or dropped without a file written anew.

https://github.com/delta-io/delta/blob/master/PROTOCOL.md#column-mapping
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace

from glowplug.io.parquet_footer import PHYSICAL_NAME, stored_name
from glowplug.io.produce import Output
from glowplug.lake.delta.actions import Metadata
from glowplug.lake.delta.columns import MODE
from glowplug.sqltext import ident, literal
from glowplug.type_trees import fields_in, map_fields
from glowplug.types import ArrayType, DataType, MapType, StructField, StructType

_OF_MAPPING = "delta.columnMapping."
ID, MAX_ID = "delta.columnMapping.id", "delta.columnMapping.maxColumnId"


def is_mapped(configuration: Mapping[str, str]) -> bool:
    """Whether columns have names of their own in files."""
    return configuration.get(MODE, "none").lower() != "none"


def mapped(metadata: Metadata, upgraded: bool) -> Metadata:
    """The metadata of a table that maps columns, with ids and stored names for those that have none yet. `upgraded`:
    there may be files with the names that users see."""
    if not is_mapped(metadata.configuration):
        return metadata
    ids = [json.loads(f.metadata).get(ID, 0) for f in fields_in(metadata.schema)]
    last = max(int(metadata.configuration.get(MAX_ID, 0)), *ids, 0)

    def numbered(f: StructField) -> StructField:
        nonlocal last
        if ID in (data := json.loads(f.metadata)):
            return f
        last += 1
        data |= {ID: last, PHYSICAL_NAME: f.name if upgraded else f"col-{uuid.uuid4()}"}
        return replace(f, metadata=json.dumps(data, ensure_ascii=False))

    schema = map_fields(metadata.schema, numbered)
    return replace(metadata, schema=schema, configuration={**metadata.configuration, MAX_ID: str(last)})


def unmapped(metadata: Metadata) -> Metadata:
    """The metadata of a table whose columns are called in files as users call them."""
    kept = {k: v for k, v in metadata.configuration.items() if k != MAX_ID} | {MODE: "none"}
    return replace(metadata, schema=map_fields(metadata.schema, _plain), configuration=kept)


def _plain(f: StructField) -> StructField:
    data = {k: v for k, v in json.loads(f.metadata).items() if not k.startswith(_OF_MAPPING)}
    return replace(f, metadata=json.dumps(data, ensure_ascii=False))


# --- writing ----------------------------------------------------------------------------------------------


def stored_field(f: StructField) -> StructField:
    """A column with the names that files have, and no metadata of the log."""
    (stored,) = map_fields(StructType((f,)), lambda f: replace(f, name=stored_name(f), metadata="{}")).fields
    return stored


def with_stored_names(output: Output, fields: list[StructField]) -> Output:
    """How files are written whose columns are `fields` of the log: with stored names inside of columns too, and ids."""
    columns = [(_renamed(f"d{i}", f.type), stored_name(f)) for i, f in enumerate(fields)]
    ids = ", ".join(f"{ident(stored_name(f))}: {_field_ids(f)}" for f in fields if ID in f.metadata)
    return replace(output, columns=columns, copy=f"{output.copy}, FIELD_IDS {{{ids}}}" if ids else output.copy)


def _renamed(sql: str, type: DataType, depth: int = 0) -> str:
    """A value with the names that files have; `sql` itself comes back where they are the same."""
    match type:
        case StructType(fields):
            parts = []
            changed = False
            for f in fields:
                of = f"struct_extract({sql}, {literal(f.name)})"
                part = _renamed(of, f.type, depth)
                changed |= part != of or stored_name(f) != f.name
                parts.append(f"{ident(stored_name(f))} := {part}")
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END" if changed else sql
        case ArrayType(element):
            x = f"x{depth}"
            inner = _renamed(x, element, depth + 1)
            return sql if inner == x else f"list_transform({sql}, lambda {x}: {inner})"
        case MapType(key, value):
            e = f"e{depth}"
            k, v = _renamed(f"{e}.key", key, depth + 1), _renamed(f"{e}.value", value, depth + 1)
            if (k, v) == (f"{e}.key", f"{e}.value"):
                return sql
            return f"map_from_entries(list_transform(map_entries({sql}), lambda {e}: struct_pack(k := {k}, v := {v})))"
    return sql


def _field_ids(f: StructField) -> str:
    id, inside = json.loads(f.metadata)[ID], _inside(f.type)
    return f"{{__duckdb_field_id: {id}, {inside}}}" if inside else str(id)


def _inside(type: DataType) -> str:
    """The ids of a type's fields; lists and maps have none of their own."""
    match type:
        case StructType(fields):
            return ", ".join(f"{ident(stored_name(f))}: {_field_ids(f)}" for f in fields if ID in f.metadata)
        case ArrayType(element):
            inner = _inside(element)
            return f"element: {{{inner}}}" if inner else ""
        case MapType(key, value):
            parts = (("key", _inside(key)), ("value", _inside(value)))
            return ", ".join(f"{name}: {{{inner}}}" for name, inner in parts if inner)
    return ""
