"""XML, an element a row. https://spark.apache.org/docs/latest/sql-data-sources-xml.html

`xml_records.py` finds the elements, `functions/xml_values.py` makes rows of them, as it does for `from_xml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from glowplug import types as t
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, unsupported
from glowplug.functions.json_schemas import canonical
from glowplug.functions.json_values import JsonOptions
from glowplug.functions.record_options import RecordOptions
from glowplug.functions.xml_texts import Malformed, read
from glowplug.functions.xml_values import XmlOptions, XmlReader, common, infer
from glowplug.io.batches import stored_type
from glowplug.io.files import FILE, FileSource, check_schema, make
from glowplug.io.filesystem import FileSystem
from glowplug.io.lines import utf8_chunks
from glowplug.io.listing import DataFile, list_files
from glowplug.io.source import ArrowStream, Context, Pairs, Reading
from glowplug.io.variants import single_variant
from glowplug.io.xml_records import elements
from glowplug.source_options import charset, enabled, filled, option, read_options, tag, wall_clock
from glowplug.sqltext import ident
from glowplug.types import DataType, StructField, StructType

_ROWS = 4096  # of a batch


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlFileOptions(RecordOptions):
    row_tag: str | None = option("rowTag", "The element that is a row.", None, parse=tag)
    infer_types: bool = option("inferSchema", "Infer types; else all values are strings.", True)
    prefers_decimal: bool = option("prefersDecimal", "Infer decimals for fractions.", False)
    exclude_attributes: bool = option("excludeAttribute", "Attributes are left out.", False)
    prefix: str = option("attributePrefix", "What the names of attributes begin with.", "_")
    value_tag: str = option(
        "valueTag", "The column for an element's text beside attributes or elements.", "_VALUE", parse=filled
    )
    encoding: str = option("encoding|charset", "The files' encoding.", "UTF-8", parse=charset)
    trim: bool = option("ignoreSurroundingSpaces", "Spaces around values do not count.", True)
    null_value: str | None = option("nullValue", "The text that stands for NULL.", None)
    ignore_namespace: bool = option("ignoreNamespace", "Prefixes of names do not count.", False)
    wildcard: str = option("wildcardColName", "A column for the elements that no other takes.", "xs_any")
    multi_line: bool = option("multiLine", "Accepted: rows may always have several lines.", True)
    validation: str | None = option("rowValidationXSDPath", "Not supported: a schema that rows must have.", None)

    def values(self, session_zone: str, exact: bool = False) -> XmlOptions:
        times = JsonOptions(
            self.time_zone or session_zone, "PERMISSIVE", self.corrupt_column, self.date_format, self.timestamp_format,
            self.timestamp_ntz_format,
        )  # fmt: skip
        return XmlOptions(
            times, self.prefix, self.value_tag, not self.exclude_attributes, self.trim, self.null_value,
            self.ignore_namespace, self.infer_types, self.prefers_decimal, exact, self.wildcard, self.variant,
        )  # fmt: skip


def texts(fs: FileSystem, file: DataFile, o: XmlFileOptions) -> Iterator[str]:
    """The rows of a file, as they are in it."""
    chunks = (c.decode() for c in utf8_chunks(fs, file, o.encoding, bool(o.ignore_corrupt)))
    return elements(chunks, o.row_tag or "")


@dataclass(frozen=True)
class Rows(ArrowStream):
    """The rows of files with the columns `fields` and the number of the file from 1."""

    fs: FileSystem
    files: tuple[DataFile, ...]
    options: XmlFileOptions
    fields: tuple[StructField, ...]
    zone: str
    exact: bool

    @property
    def schema(self) -> pa.Schema:
        columns = [(f"k{i}", stored_type(f.type)) for i, f in enumerate(self.fields)]
        return pa.schema([*columns, (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        reader = XmlReader(StructType(self.fields), self.options.values(self.zone, self.exact))
        for place, file in enumerate(self.files, 1):
            rows = []
            for text in texts(self.fs, file, self.options):
                row = reader(text)
                if reader.bad and self.options.mode != "PERMISSIVE":
                    if self.options.mode == "FAILFAST":
                        raise self._malformed(file, text)
                    continue
                rows.append(row)
                if len(rows) == _ROWS:
                    yield self._batch(rows, place)
                    rows = []
            yield self._batch(rows, place)

    def _batch(self, rows: Sequence[dict[str, object]], number: int) -> pa.RecordBatch:
        arrays = [pa.array([r.get(f.name) for r in rows], stored_type(f.type)) for f in self.fields]
        numbers = pa.repeat(pa.scalar(number, pa.int64()), len(rows))
        return pa.RecordBatch.from_arrays([*arrays, numbers], schema=self.schema)

    def _malformed(self, file: DataFile, text: str) -> ExecutionError:
        reason = f"[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] the mode is FAILFAST and this is malformed: {text}"
        return ExecutionError("FAILED_READ_FILE.NO_HINT", path=self.fs.uri(file.status.path, "//"), reason=reason)


@dataclass(frozen=True, slots=True)
class XmlSource(FileSource):
    options: XmlFileOptions
    exact: bool = False  # names that differ in case are two, in variants

    @property
    def name(self) -> str:
        return "xml"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        if fields and all(f.name == self.options.corrupt_column for f in fields):
            raise AnalysisError("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
        stream = reading.register(
            Rows(self.fs, tuple(files), self.options, tuple(fields), reading.time_zone, self.exact)
        )
        items = [f"CAST(k{i} AS {reading.type(f.type)}) AS {ident(f.name)}" for i, f in enumerate(fields)]
        return f"SELECT {', '.join([*items, *sorted(extra)])} FROM {stream}"


# --- the schema -----------------------------------------------------------------------------------------------


def infer_schema(fs: FileSystem, files: Sequence[DataFile], o: XmlFileOptions, context: Context) -> StructType | None:
    """The type that holds all rows; the column for malformed ones, if there are any."""
    return infer_texts((text for file in files for text in texts(fs, file, o)), o, context) if files else None


def infer_texts(rows: Iterable[str], o: XmlFileOptions, context: Context) -> StructType:
    """The same of the rows' texts."""
    if o.sampling <= 0:
        raise IllegalArgument("INVALID_DATA_SOURCE_OPTION", name="samplingRatio", value=o.sampling, expected="above 0")
    exact = enabled(context.settings, "spark.sql.caseSensitive")
    values = replace(o.values(context.kernel.time_zone, exact), wall_clock=wall_clock(context.settings))
    found: DataType = t.NULL
    malformed, share = False, 0.0
    for text in rows:
        share += o.sampling
        if share < 1:
            continue
        share = max(share - 1, 0.0)
        try:
            type = infer(read(text, o.ignore_namespace).elements[0], values)
        except Malformed:
            if o.mode == "FAILFAST":
                raise ExecutionError(
                    "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text, failFastMode="FAILFAST"
                ) from None
            malformed = True
            continue
        # A row of nothing but text has it in the column of texts.
        if not isinstance(type, (StructType, t.NullType)):
            type = StructType((StructField(o.value_tag, type),))
        found = common(found, type, values)
    result = canonical(found)
    schema = result if isinstance(result, StructType) else StructType()
    if malformed and o.mode == "PERMISSIVE":
        fields = (*schema.fields, StructField(o.corrupt_column, t.STRING))
        schema = StructType(tuple(sorted(fields, key=lambda f: f.name)))
    return schema


# --- the format -----------------------------------------------------------------------------------------------


def supports(type: DataType) -> bool:
    match type:
        case t.CalendarIntervalType():
            return False
        case t.MapType(key, value):
            return isinstance(key, t.StringType) and supports(value)
        case StructType(inner):
            return all(supports(f.type) for f in inner)
        case t.ArrayType(element):
            return supports(element)
    return True


def refuse(chosen: XmlFileOptions) -> None:
    """Raise for options that are not supported."""
    if chosen.validation is not None:
        raise unsupported("the option rowValidationXSDPath of XML files")


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> XmlSource:
    chosen = read_options(XmlFileOptions, options, context.settings)
    if not (chosen.row_tag or "").strip():
        raise AnalysisError("XML_ROW_TAG_MISSING", rowTag="`rowTag`")
    refuse(chosen)
    schema = single_variant(schema, chosen)
    listing = list_files(paths, chosen, schema, context)
    source: XmlSource = make(
        XmlSource,
        listing,
        schema,
        lambda files: infer_schema(listing.fs, files, chosen, context),
        "XML",
        enabled(context.settings, "spark.sql.caseSensitive"),
        bool(chosen.ignore_missing),
        options=chosen,
        exact=chosen.variant is not None and enabled(context.settings, "spark.sql.caseSensitive"),
    )
    check_schema(source.data_schema, "XML", chosen.corrupt_column, supports)
    return source
