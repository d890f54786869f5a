"""Relations without inputs: tables and files, rows shipped by the client, SQL text, ranges, table functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from glowplug.config import Conf
from glowplug.connect.decode.context import Context, chosen, invalid, optional, pairs, require
from glowplug.connect.decode.expressions import expression, expressions, object_name
from glowplug.connect.decode.literals import literal
from glowplug.connect.decode.python import python_table_function
from glowplug.connect.decode.types import type_text
from glowplug.errors import AnalysisError, InvalidPlanInput, UnsupportedOperation, unsupported
from glowplug.plan.expressions import (
    Attribute,
    Expression,
    new_id,
)
from glowplug.plan.relations import (
    Range,
    Relation,
    RelationChanges,
    SQLText,
    UnresolvedDataSource,
    UnresolvedLocalData,
    UnresolvedRelation,
    UnresolvedTableFunction,
)
from glowplug.types import LONG, StructField, StructType, sql_name

_CHUNK_LIMIT = "spark.sql.session.localRelationChunkSizeLimit"
_SIZE_LIMIT = "spark.sql.session.localRelationSizeLimit"
STREAMING = "Structured Streaming"


def read(m: Any, context: Context) -> Relation:
    if chosen(m, "read_type") == "named_table":
        name, options = object_name(m.named_table.unparsed_identifier, context), pairs(m.named_table.options)
        return UnresolvedRelation(name, options, m.is_streaming)
    source = m.data_source
    format, options = optional(source, "format"), pairs(source.options)
    if source.predicates and format != "jdbc":
        raise invalid("PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE", format=format or "")
    if source.predicates and not {"url", "dbtable"} <= {key.lower() for key, _ in options}:
        raise invalid("INVALID_JDBC_PARAMS")
    schema = type_text(source.schema, context.session.conf) if source.schema else None
    if schema is not None and not isinstance(schema, StructType):
        found = f'"{sql_name(schema)}"'
        raise invalid("INVALID_SCHEMA_NON_STRUCT_TYPE", inputSchema=f'"{source.schema}"', dataType=found)
    return UnresolvedDataSource(format, schema, options, tuple(source.paths), tuple(source.predicates), m.is_streaming)


def relation_changes(m: Any, context: Context) -> Relation:
    if m.is_streaming:
        raise unsupported(STREAMING)
    return RelationChanges(object_name(m.unparsed_identifier, context), pairs(m.options))


def sql(m: Any, context: Context) -> SQLText:
    """SQL text with its arguments: expressions, or from older clients literals. Also of a SqlCommand message."""
    text = m.query if "query" in m.DESCRIPTOR.fields_by_name else m.sql
    named: list[tuple[str, Expression]] = [(k, expression(v, context)) for k, v in sorted(m.named_arguments.items())]
    positional = expressions(m.pos_arguments, context)
    if named and positional:
        raise AnalysisError("INVALID_QUERY_MIXED_QUERY_PARAMETERS")
    if not (named or positional):
        named = [(k, literal(v)) for k, v in sorted(m.args.items())]
        positional = tuple([literal(v) for v in m.pos_args])
    return SQLText(text, tuple(named), positional)


def range(m: Any, context: Context) -> Relation:
    require(m.step != 0, "step (0) cannot be 0")
    partitions = optional(m, "num_partitions")
    require(partitions is None or partitions > 0, "Positive number of partitions required")
    return Range(m.start, m.end, m.step, Attribute("id", LONG, False, new_id()), partitions)


def table_function(m: Any, context: Context) -> Relation:
    return UnresolvedTableFunction((m.function_name,), expressions(m.arguments, context))


def user_table_function(m: Any, context: Context) -> Relation:
    function = python_table_function(m, context)
    return UnresolvedTableFunction((m.function_name,), expressions(m.arguments, context), inline=function)


def local_relation(m: Any, context: Context) -> Relation:
    schema = _row_type(m.schema, context.session.conf) if m.HasField("schema") else None
    if m.HasField("data"):
        return UnresolvedLocalData(_table([m.data]), schema)
    if schema is None:
        raise invalid("SCHEMA_REQUIRED_FOR_LOCAL_RELATION")
    return UnresolvedLocalData(_no_rows(schema), schema)


def cached_local_relation(m: Any, context: Context) -> Relation:
    """The artifact holds a LocalRelation message."""
    from google.protobuf.message import DecodeError
    from pyspark.sql.connect.proto import LocalRelation

    blob = context.session.blobs.get(m.hash)
    if blob is None:
        raise invalid("CANNOT_FIND_CACHED_LOCAL_RELATION", hash=m.hash)
    try:
        message = LocalRelation.FromString(bytes(blob))
    except DecodeError as failure:
        raise _unreadable(failure) from None
    return local_relation(message, context)


def chunked_cached_local_relation(m: Any, context: Context) -> Relation:
    """Each artifact of rows is an Arrow stream, that of the schema its text in UTF-8."""
    if not m.dataHashes:
        raise invalid("CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA")
    chunks = [_blob(hash, context) for hash in m.dataHashes]
    _check_size([len(chunk) for chunk in chunks], context)
    schema = None
    if m.HasField("schemaHash"):
        try:
            schema = _row_type(str(_blob(m.schemaHash, context), "utf-8"), context.session.conf)
        except UnicodeDecodeError as failure:
            raise _unreadable(failure) from None
    return UnresolvedLocalData(_table(chunks), schema)


def _check_size(chunks: Sequence[int], context: Context) -> None:
    """Raise for rows that are more bytes than the session's settings allow, in a chunk or together."""
    conf = context.session.conf
    if max(chunks) > (limit := conf.bytes(_CHUNK_LIMIT) or 0):
        raise invalid("LOCAL_RELATION_CHUNK_SIZE_LIMIT_EXCEEDED", limit=limit)
    if sum(chunks) > (limit := conf.int(_SIZE_LIMIT) or 0):
        raise invalid("LOCAL_RELATION_SIZE_LIMIT_EXCEEDED", actualSize=sum(chunks), limit=limit)


def _blob(hash: str, context: Context) -> memoryview:
    blob = context.session.blobs.get(hash)
    if blob is None:
        raise invalid("NOT_FOUND_CHUNKED_CACHED_LOCAL_RELATION", hash=hash, sessionUUID=context.session.id)
    return blob


def _row_type(text: str, conf: Conf) -> StructType:
    """The schema of rows: a type that is no struct is that of the only column."""
    type = type_text(text, conf)
    return type if isinstance(type, StructType) else StructType((StructField("value", type),))


def _no_rows(schema: StructType) -> pa.Table:
    return pa.Table.from_arrays([pa.nulls(0) for _ in schema.fields], [f.name for f in schema.fields])


def _table(streams: Iterable[bytes | memoryview]) -> pa.Table:
    """The rows of Arrow streams of one schema. They are checked in full: the kernel trusts offsets and lengths."""
    try:
        readers = [pa.ipc.open_stream(pa.py_buffer(stream)) for stream in streams]
        # Not tables put together, which forget how many rows without columns there are.
        table = pa.Table.from_batches([batch for reader in readers for batch in reader], readers[0].schema)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as failure:
        raise _unreadable(failure) from None
    if any(pa.types.is_float16(t) for t in table.schema.types):
        raise UnsupportedOperation("UNSUPPORTED_ARROWTYPE", typeName="FloatingPoint(HALF)")
    return table


def _unreadable(failure: Exception) -> InvalidPlanInput:
    return invalid("ASSERTION_FAILURE", message=f"the rows that came with it cannot be read ({failure})")
