"""JSON, a record a line or a file. https://spark.apache.org/docs/latest/sql-data-sources-json.html

How records become rows is in `json_rows.py`, the schema of records in `json_infer.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glowplug.errors import AnalysisError, unsupported
from glowplug.io.files import FILE, FileSource, check_schema, make
from glowplug.io.json_infer import infer_texts
from glowplug.io.json_options import JsonFileOptions
from glowplug.io.json_rows import rows_sql
from glowplug.io.lines import LINE, LineFormat, Lines
from glowplug.io.listing import DataFile, Listing, list_files
from glowplug.io.source import Context, Pairs, Reading
from glowplug.io.text import Whole
from glowplug.io.variants import single_variant
from glowplug.source_options import enabled, read_options
from glowplug.sqltext import ident, literal
from glowplug.types import (
    ArrayType,
    CalendarIntervalType,
    DataType,
    MapType,
    StringType,
    StructField,
    StructType,
)


def _records(fs: Any, files: Sequence[DataFile], o: JsonFileOptions) -> Lines | Whole:
    ignore = bool(o.ignore_corrupt)
    if o.multi_line:
        return Whole(fs, tuple(files), o.encoding, ignore)
    return Lines(fs, tuple(files), LineFormat(o.encoding or "UTF-8", o.line_separator, skip_blank=True), ignore)


@dataclass(frozen=True, slots=True)
class JsonSource(FileSource):
    options: JsonFileOptions

    @property
    def name(self) -> str:
        return "json"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        paths = ", ".join(literal(self.fs.uri(f.status.path, "//")) for f in files)
        state = "[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] the mode is FAILFAST and this record is malformed: "
        failure = reading.failure(
            "FAILED_READ_FILE.NO_HINT", path=f"[{paths}][{FILE}]", reason=f"{literal(state)} || {LINE}"
        )
        source = reading.register(_records(self.fs, files, self.options))
        return parsed(source, fields, self.options, failure, reading, extra)


def parsed(
    source: str,
    fields: Sequence[StructField],
    o: JsonFileOptions,
    failure: str,
    reading: Reading,
    extra: frozenset[str] = frozenset(),
) -> str:
    """A kernel query for `fields` of the records in the table `source`; `failure` raises the error of FAILFAST."""
    corrupt = next((f for f in fields if f.name == o.corrupt_column), None)
    wanted = [f for f in fields if f.name != o.corrupt_column]
    if corrupt is not None and not wanted:
        raise AnalysisError("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
    unnested = rows_sql(source, StructType(tuple(wanted)), o, reading)
    out = [f"r.f{i} AS {ident(f.name)}" for i, f in enumerate(wanted)]
    if corrupt is not None:
        out.append(f"CASE WHEN r.bad THEN {LINE} END AS {ident(corrupt.name)}")
    out += [FILE] if FILE in extra else []
    where = {"DROPMALFORMED": " WHERE NOT r.bad", "FAILFAST": f" WHERE CASE WHEN r.bad THEN {failure} ELSE true END"}
    return f"SELECT {', '.join(out) or 'NULL AS _'} FROM ({unnested}){where.get(o.mode, '')}"


# --- the schema -----------------------------------------------------------------------------------------------


def infer_schema(
    listing: Listing, files: Sequence[DataFile], o: JsonFileOptions, context: Context
) -> StructType | None:
    """The type that holds all records; the column for malformed ones, if there are any."""
    return infer_texts(_records(listing.fs, [f for f in files if f.status.size], o), o, context) if files else None


# --- the format -----------------------------------------------------------------------------------------------


def supports(type: DataType) -> bool:
    match type:
        case CalendarIntervalType():
            return False
        case MapType(key) if not isinstance(key, StringType):
            raise unsupported("JSON files with maps whose keys are not strings")
        case StructType(inner):
            return all(supports(f.type) for f in inner)
        case ArrayType(element):
            return supports(element)
        case MapType(_, value):
            return supports(value)
    return True


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> JsonSource:
    chosen = read_options(JsonFileOptions, options, context.settings)
    schema = single_variant(schema, chosen)
    listing = list_files(paths, chosen, schema, context)
    source: JsonSource = make(
        JsonSource,
        listing,
        schema,
        lambda files: infer_schema(listing, files, chosen, context),
        "JSON",
        enabled(context.settings, "spark.sql.caseSensitive"),
        bool(chosen.ignore_missing),
        options=chosen,
    )
    check_schema(source.data_schema, "JSON", chosen.corrupt_column, supports)
    return source
