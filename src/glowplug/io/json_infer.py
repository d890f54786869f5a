"""The schema of many JSON texts: the kernel tells what the ordinary ones have, `json_schemas.py` what others do."""

from __future__ import annotations

import json as standard
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from glowplug.errors import ExecutionError, IllegalArgument, SparkError
from glowplug.functions.json_schemas import Inference, canonical, infer, merge
from glowplug.functions.json_texts import Malformed, read
from glowplug.io.json_options import JsonFileOptions
from glowplug.io.json_rows import ODD
from glowplug.io.lines import LINE
from glowplug.io.source import ArrowStream, Context
from glowplug.source_options import wall_clock
from glowplug.sqltext import literal
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    LONG,
    NULL,
    STRING,
    ArrayType,
    DataType,
    NullType,
    StructField,
    StructType,
)


def infer_texts(records: ArrowStream, o: JsonFileOptions, context: Context) -> StructType:
    """The same of any stream whose first column has the records."""
    if not 0 < o.sampling <= 1:
        raise IllegalArgument(
            "INVALID_DATA_SOURCE_OPTION", name="samplingRatio", value=o.sampling, expected="above 0, at most 1"
        )
    found, malformed = _infer_records(records, o, context)
    if not isinstance(found, StructType):
        found = StructType()
    if malformed and o.mode == "PERMISSIVE":
        found = merge(found, StructType((StructField(o.corrupt_column, STRING),)))
    kept = _without_nulls(found) if o.drop_all_null else found
    result = canonical(kept) if kept is not None else None
    return result if isinstance(result, StructType) else StructType()


class _Chunk(ArrowStream):
    """A stream's batches one at a time: `batch` is the one that a query sees."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema, self.batch = schema, pa.RecordBatch.from_pylist([], schema)

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield self.batch


def _infer_records(records: ArrowStream, o: JsonFileOptions, context: Context) -> tuple[DataType, bool]:
    """The type that holds all records, and whether some were malformed.

    Chunk by chunk: the kernel's aggregate of structures keeps all that it has seen in memory.
    """
    kernel = context.kernel
    ntz = wall_clock(context.settings)
    reading = o.reading(kernel.time_zone)
    how = Inference(o.prefers_decimal, o.primitives_as_string, o.infer_timestamp, ntz, reading)
    found: DataType = NULL
    malformed = False
    chunk = _Chunk(records.schema)
    query = _structures(kernel.register(chunk), o)
    for chunk.batch in records.batches():
        try:
            structure, rest = kernel.rows(query)[0]
        except SparkError:  # a field that occurs twice in a record, for one
            structure, rest = None, chunk.batch.column(0).to_pylist()
        if structure is not None:
            found = merge(found, _of_structure(standard.loads(structure), o.primitives_as_string))
        for text in rest or ():
            type = _type(text, how)
            if type is None:
                if o.mode == "FAILFAST":
                    raise ExecutionError("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text)
                malformed = True
            else:
                found = merge(found, type)
    return found, malformed


def _type(text: str, how: Inference) -> DataType | None:
    """The type of a record; None for a malformed one, NULL for one that says nothing."""
    if not text.strip(" \t\r\n"):
        return NULL
    try:
        type = infer(read(text, how.reading.leniency), how)
    except Malformed:
        return None
    while isinstance(type, ArrayType):
        type = type.element
    return type if isinstance(type, (StructType, NullType)) else None


def _without_nulls(type: DataType) -> DataType | None:
    """An inferred type without the fields that were never anything but null or empty (`dropFieldIfAllNull`)."""
    match type:
        case NullType():
            return None
        case StructType(fields):
            kept = [StructField(f.name, t) for f in fields if (t := _without_nulls(f.type)) is not None]
            return StructType(tuple(kept)) if kept else None
        case ArrayType(element):
            inner = _without_nulls(element)
            return None if inner is None else ArrayType(inner)
    return type


def _structures(source: str, o: JsonFileOptions) -> str:
    """A query for the structure of the ordinary records of a chunk, and the list of the others."""
    sample = "" if o.sampling >= 1 else f" WHERE hash({LINE}) % 1000000 < {int(o.sampling * 1_000_000)}"
    if o.prefers_decimal or o.infer_timestamp:
        return f"SELECT NULL, list({LINE}) FROM {source}{sample}"
    # Numbers may be of any size, and objects without fields are no columns: the kernel's structures do not say.
    doubtful = literal(r"[0-9]{19}|{\s*}|" + ODD)
    simple = f"json_valid({LINE}) AND starts_with(ltrim({LINE}), '{{') AND NOT regexp_matches({LINE}, {doubtful})"
    rows = f"SELECT {LINE}, {simple} AS simple FROM {source}{sample}"
    ordinary = f"CASE WHEN simple THEN CAST({_without_empty(LINE)} AS JSON) END"
    return f"SELECT json_group_structure({ordinary}), list({LINE}) FILTER (WHERE NOT simple) FROM ({rows})"


def _without_empty(record: str) -> str:
    """Kernel SQL for a record with null for empty texts: quotes side by side, but for names and ends of texts."""
    first = f"""regexp_replace({record}, '([:\\[]\\s*)""', '\\1null', 'g')"""
    other = "regexp_replace({}, '(,\\s*)\"\"(\\s*[,\\]])', '\\1null\\2', 'g')"
    return f"CASE WHEN contains({record}, '\"\"') THEN {other.format(other.format(first))} ELSE {record} END"


def _of_structure(structure: Any, primitives_as_string: bool) -> DataType:
    """A type from what the kernel's `json_group_structure` says."""
    match structure:
        case dict():
            inner = [StructField(k, _of_structure(v, primitives_as_string)) for k, v in sorted(structure.items()) if k]
            return StructType(tuple(inner))
        case list():
            return ArrayType(_of_structure(structure[0], primitives_as_string))
        case "NULL":
            return NULL
        case "UBIGINT" | "BIGINT":
            return STRING if primitives_as_string else LONG
        case "DOUBLE":
            return STRING if primitives_as_string else DOUBLE
        case "BOOLEAN":
            return STRING if primitives_as_string else BOOLEAN
    return STRING
