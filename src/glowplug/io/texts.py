"""Records that a query gives as texts: `spark.read.json(df)`, `csv(df)` and `xml(df)`, parsed as those of files are.

Semantics of Spark's `DataFrameReader.json`, `csv` and `xml` of a Dataset of strings: a text is a record, whatever line
ends it has. One that is NULL is a malformed record of JSON and XML, and none of CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pyarrow as pa

from glowplug.errors import unsupported
from glowplug.functions.csv_options import CsvOptions
from glowplug.functions.xml_values import XmlReader
from glowplug.io import csv, json, json_infer, xml
from glowplug.io.batches import stored_type
from glowplug.io.files import check_duplicates, check_schema
from glowplug.io.json_options import JsonFileOptions
from glowplug.io.lines import FILE, LINE
from glowplug.io.source import ArrowStream, Context, Kernel, Pairs, Reading
from glowplug.io.variants import single_variant
from glowplug.source_options import enabled, read_options
from glowplug.sqltext import ident, literal
from glowplug.types import STRING, ArrayType, StructField, StructType, as_nullable

_NOTHING = "chr(30)"  # stands for NULL: no format has a record of it


@dataclass(frozen=True, slots=True)
class Texts:
    """How texts are read. `header` is the line that names the columns of CSV, wherever it occurs."""

    format: str
    schema: StructType
    options: Any
    header: str | None = None

    def sql(self, texts: str, reading: Reading) -> str:
        """A kernel query for the columns of the schema, from a query whose only column `line` has the texts."""
        bad = f"nullif({LINE}, {_NOTHING})"
        failure = reading.failure(
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
            badRecord=f"coalesce({bad}, 'null')",
            failFastMode="'FAILFAST'",
        )
        fields, o = self.schema.fields, self.options
        match self.format:
            case "csv":
                columns = [f for f in fields if f.name != o.corrupt_column]
                return csv.parsed(records(self, texts), columns, fields, o, False, failure, reading)
            case "json":
                query = json.parsed(records(self, texts), fields, o, failure, reading)
            case _:
                query = _xml_rows(records(self, texts), fields, o, failure, reading)
        items = (_column(f, o.corrupt_column) for f in fields)
        return f"SELECT {', '.join(items) or 'NULL AS _'} FROM ({query})"


def _column(field: StructField, corrupt: str) -> str:
    name = ident(field.name)
    return f"nullif({name}, {_NOTHING}) AS {name}" if field.name == corrupt else name


def records(texts: Texts, query: str) -> str:
    """The table of (line, number of the file) that formats parse."""
    o = texts.options
    match texts.format:
        case "csv":
            blank = literal("".join(map(chr, range(1, 33))))
            where = f" WHERE trim({LINE}, {blank}) <> ''"
            where += f" AND NOT starts_with({LINE}, {literal(o.comment)})" if o.comment else ""
            where += f" AND {LINE} <> {literal(texts.header)}" if texts.header is not None else ""
            return f"(SELECT {LINE}, 1 AS {FILE} FROM ({query}){where})"
        case "json":
            blank = literal("".join(map(chr, (9, 10, 13, 32))))
            return f"(SELECT * FROM ({_with_nulls(query)}) WHERE trim({LINE}, {blank}) <> '')"
    return f"({_with_nulls(query)})"


def _with_nulls(query: str) -> str:
    return f"SELECT coalesce({LINE}, {_NOTHING}) AS {LINE}, 1 AS {FILE} FROM ({query})"


def _xml_rows(
    source: str, fields: tuple[StructField, ...], o: xml.XmlFileOptions, failure: str, reading: Reading
) -> str:
    named = StructType(tuple(StructField(f"f{i}", f.type) for i, f in enumerate(fields)))
    row = StructType((*named.fields, StructField("bad", STRING)))
    values = o.values(reading.time_zone)
    kind = pa.list_(pa.struct([(f.name, stored_type(f.type)) for f in row.fields]))

    def read(texts: pa.Array) -> pa.Array:
        reader = XmlReader(StructType(fields), values)
        found: list[list[dict[str, Any]]] = []
        for text in texts.to_pylist():
            cells_of = reader(text)
            cells = {f"f{i}": cells_of.get(f.name) for i, f in enumerate(fields)}
            found.append([{**cells, "bad": text if reader.bad else None}])
        return pa.array(found, kind)

    key = sha256(repr((fields, values)).encode()).hexdigest()[:32]
    body = reading.python(f"xml_rows_{key}", read, (STRING,), ArrayType(row))
    query = f"SELECT {LINE}, unnest({body}({LINE})) AS r FROM {source}"
    items = [f"CAST(r.f{i} AS {reading.type(f.type)}) AS {ident(f.name)}" for i, f in enumerate(fields)]
    bad = "r.bad IS NOT NULL"
    where = {"DROPMALFORMED": f" WHERE NOT {bad}", "FAILFAST": f" WHERE CASE WHEN {bad} THEN {failure} ELSE true END"}
    return f"SELECT {', '.join(items) or 'NULL AS _'} FROM ({query}){where.get(o.mode, '')}"


# --- what is read -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column(ArrowStream):
    """The texts of a query that runs on a connection of its own."""

    kernel: Kernel
    query: str

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(LINE, pa.string()), (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        _, found = self.kernel.stream(
            f"SELECT {LINE}::VARCHAR AS {LINE}, CAST({FILE} AS BIGINT) AS {FILE} FROM {self.query}"
        )
        for batch in found:
            yield batch.cast(self.schema)


_TITLES = {"csv": "CSV", "json": "JSON", "xml": "XML"}
_MODULES: dict[str, Any] = {"csv": csv, "json": json, "xml": xml}
_OPTIONS: dict[str, type] = {"csv": CsvOptions, "json": JsonFileOptions, "xml": xml.XmlFileOptions}
Query = Callable[[], tuple[Kernel, str]]


def resolve(format: str, schema: StructType | None, options: Pairs, query: Query, context: Context) -> Texts:
    """How texts are read. `query` starts what gives them, with a connection for it; not all schemas need that."""
    o: Any = read_options(_OPTIONS[format], options, context.settings)
    if format == "xml":
        xml.refuse(o)
    if format == "csv" and o.variant is not None:
        raise unsupported("the option singleVariantColumn of texts of CSV")
    schema = single_variant(schema, o)
    texts = Texts(format, StructType() if schema is None else schema, o)
    if format == "csv" and (schema is None or o.header):
        texts = _with_header(texts, schema is None, query, context)
    elif schema is None:
        texts = replace(texts, schema=_found(texts, query, context))
    check_duplicates([f.name for f in texts.schema.fields], enabled(context.settings, "spark.sql.caseSensitive"))
    check_schema(texts.schema, _TITLES[format], o.corrupt_column, _MODULES[format].supports)
    read = as_nullable(texts.schema)
    assert isinstance(read, StructType)
    return replace(texts, schema=read)


def _with_header(texts: Texts, infer: bool, query: Query, context: Context) -> Texts:
    o: CsvOptions = texts.options
    if o.header and not o.enforce_schema:
        raise unsupported("the option enforceSchema=false of texts")
    kernel, text = query()
    first = next((row[0] for row in kernel.rows(f"SELECT {LINE} FROM {records(texts, text)} LIMIT 1")), None)
    found = replace(texts, header=first if o.header else None)
    if not infer or first is None:
        return found
    own = Context(context.settings, kernel)
    return replace(found, schema=csv.infer_texts(first, lambda: records(found, text), o, own))


def _found(texts: Texts, query: Query, context: Context) -> StructType:
    kernel, text = query()
    column = _Column(kernel, records(texts, text))
    if texts.format == "json":
        return json_infer.infer_texts(column, texts.options, context)
    rows = (x for batch in column.batches() for x in batch.column(0).to_pylist())
    return xml.infer_texts(rows, texts.options, context)
