"""A table's columns as the log has them, and as users see them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from glowplug.config import Conf
from glowplug.errors import SparkError, unsupported
from glowplug.io.parquet_footer import stored_name
from glowplug.lake.delta.snapshot import Snapshot
from glowplug.type_trees import contains_type, map_fields
from glowplug.types import (
    STRING,
    ArrayType,
    CharType,
    DataType,
    MapType,
    StructField,
    StructType,
    VarcharType,
    same_type,
    simple_string,
)
from glowplug.types_json import SIZED, from_json

MODE = "delta.columnMapping.mode"
GENERATED, IDENTITY = "delta.generationExpression", "delta.identity."
HIGH = IDENTITY + "highWaterMark"  # the last number that an identity column has given out
# Of a column's metadata, what only the table's own files and writers are concerned with.
EXISTS = "EXISTS_DEFAULT"
_OF_THE_LOG = ("delta.", EXISTS)


def shown_schema(snapshot: Snapshot) -> StructType:
    """A table's columns as users see them."""
    return map_fields(snapshot.schema, _public)


def public(f: StructField) -> StructField:
    """A column as users see it, without what the log says of how it is stored."""
    return map_fields(StructType((f,)), _public).fields[0]


def _public(f: StructField) -> StructField:
    data = json.loads(f.metadata)
    kept = {k: v for k, v in data.items() if not k.startswith(_OF_THE_LOG)}
    return replace(f, metadata=json.dumps(kept, ensure_ascii=False) if kept else "{}")


def sized(f: StructField) -> StructField:
    """A column as it was declared: the log says CHAR and VARCHAR in the metadata of strings."""
    data = json.loads(f.metadata)
    if f.type != STRING or SIZED not in data:
        return f
    type = from_json(json.dumps(data.pop(SIZED)))
    return replace(f, type=type, metadata=json.dumps(data, ensure_ascii=False))


def unsized(f: StructField) -> StructField:
    """A column as the log says it; the inverse of `sized`. It has no value for rows of files that lack the column."""
    if EXISTS in (data := json.loads(f.metadata)):
        f = replace(f, metadata=json.dumps({k: v for k, v in data.items() if k != EXISTS}, ensure_ascii=False))
    if isinstance(f.type, (CharType, VarcharType)):
        data = {**json.loads(f.metadata), SIZED: simple_string(f.type)}
        return replace(f, type=STRING, metadata=json.dumps(data, ensure_ascii=False))
    if contains_type(f.type, (CharType, VarcharType)):
        raise unsupported(f"CHAR or VARCHAR inside of the column {f.name} of a Delta table")
    return f


def sized_inside(schema: StructType, words: str = "char") -> SparkError | None:
    """The refusal of a table with texts of a length inside of columns, as others make them: which are to be padded
    when they are read ("char"), and to be checked when they are written ("char" or "varchar")."""
    for f in schema.fields:
        text = "" if f.type == STRING else json.loads(f.metadata).get(SIZED, "")
        if any(word in re.findall(r"\w+", text) for word in words.split()):
            return unsupported(f"{text} as the type of the column {f.name} of a Delta table")
    return None


def is_computed(f: StructField) -> bool:
    """Whether the table has a value for the column where rows have none."""
    return f'"{GENERATED}"' in f.metadata or f'"{IDENTITY}' in f.metadata


def additive(old: StructType, new: StructType) -> bool:
    """Whether columns only came, so that rows with the old ones are rows with the new ones, the others NULL."""
    by_name = {f.name: f for f in new.fields}
    return all(
        (f := by_name.get(o.name)) is not None and stored_name(o) == stored_name(f) and _widened(o.type, f.type)
        for o in old.fields
    )


def _widened(old: DataType, new: DataType) -> bool:
    match old, new:
        case StructType(), StructType():
            return additive(old, new)
        case ArrayType(a), ArrayType(b):
            return _widened(a, b)
        case MapType(k, v), MapType(l, w):
            return _widened(k, l) and _widened(v, w)
    return same_type(old, new)


def auto_merges(conf: Conf) -> bool:
    """Whether writes may add columns to a table without being told to."""
    return (conf.get_option("spark.databricks.delta.schema.autoMerge.enabled") or "").lower() == "true"
