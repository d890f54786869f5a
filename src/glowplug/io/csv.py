"""CSV. https://spark.apache.org/docs/latest/sql-data-sources-csv.html

A file is a stream of records (`lines.py`); the kernel splits each into a list of texts and makes values of them. The
common records, without quotes or with quotes in order, are split by the kernel's own functions; the others one by one
by `csv_tokens.py`, with Spark's rules. So every record has the result it has in Spark, in every mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument
from glowplug.functions.csv_fields import fields_sql, supports, tokens_sql
from glowplug.functions.csv_options import DEFAULT_MAX_COLUMNS, CsvOptions
from glowplug.functions.csv_tokens import EMPTY, Tokenizer
from glowplug.functions.text_values import KINDS, common_type, kind_sql
from glowplug.io.csv_records import records
from glowplug.io.files import FileSource, check_schema, make
from glowplug.io.lines import FILE, LINE
from glowplug.io.listing import DataFile, Listing, list_files
from glowplug.io.source import Context, Pairs, Reading
from glowplug.io.variants import BAD, CsvVariants, single_variant
from glowplug.source_options import enabled, read_options, wall_clock
from glowplug.sqltext import ident, literal
from glowplug.types import (
    STRING,
    VARIANT,
    CharType,
    DataType,
    StringType,
    StructField,
    StructType,
    VarcharType,
    VariantType,
)

# --- the source -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CsvSource(FileSource):
    options: CsvOptions
    pruning: bool
    ntz: bool = False  # texts that are times become variants of TIMESTAMP_NTZ

    @property
    def name(self) -> str:
        return "csv"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        o = self.options
        columns = [f for f in self.data_schema.fields if f.name != o.corrupt_column]
        if o.header and not o.enforce_schema and o.variant is None:
            check_headers(self.fs, files, columns, o)
        paths = ", ".join(literal(self.fs.uri(f.status.path, "//")) for f in files)
        state = "[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] the mode is FAILFAST and this record is malformed: "
        failure = reading.failure(
            "FAILED_READ_FILE.NO_HINT", path=f"[{paths}][{FILE}]", reason=f"{literal(state)} || {LINE}"
        )
        read = records(self.fs, files, o, o.header)
        places = [i for i, f in enumerate(columns) if isinstance(f.type, VariantType) and f in fields]
        if o.variant is not None:
            source = reading.register(CsvVariants(read, o, None, reading.time_zone, self.ntz))
            return _whole(source, fields, o, failure, reading, extra)
        if places:
            source = reading.register(CsvVariants(read, o, tuple(places), reading.time_zone, self.ntz))
            variants = {columns[p].name: f"variant{i}" for i, p in enumerate(places)}
            return parsed(source, columns, fields, o, self.pruning, failure, reading, extra, variants)
        return parsed(reading.register(read), columns, fields, o, self.pruning, failure, reading, extra)


def _whole(
    source: str, fields: Sequence[StructField], o: CsvOptions, failure: str, reading: Reading, extra: frozenset[str]
) -> str:
    """A kernel query for records as variants."""
    value = f"CAST(variant0 AS {reading.type(VARIANT)})"
    out = [
        f"{f'CASE WHEN {BAD} THEN {LINE} END' if f.name == o.corrupt_column else value} AS {ident(f.name)}"
        for f in fields
    ]
    if fields and all(f.name == o.corrupt_column for f in fields):
        raise AnalysisError("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
    out += [FILE] if FILE in extra else []
    where = {"DROPMALFORMED": f" WHERE NOT {BAD}", "FAILFAST": f" WHERE CASE WHEN {BAD} THEN {failure} ELSE true END"}
    return f"SELECT {', '.join(out) or 'NULL AS _'} FROM {source}{where.get(o.mode, '')}"


def parsed(
    source: str,
    columns: Sequence[StructField],
    fields: Sequence[StructField],
    o: CsvOptions,
    pruning: bool,
    failure: str,
    reading: Reading,
    extra: frozenset[str] = frozenset(),
    variants: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """A kernel query for `fields` of the records in the table `source`, which have `columns`.

    With `pruning`, only what is asked for decides whether a record is malformed; `failure` raises the error of that.
    `variants` are fields that the table has as such, and the names of their columns there.
    """
    corrupt = next((f for f in fields if f.name == o.corrupt_column), None)
    wanted = [f for f in fields if f.name != o.corrupt_column]
    if corrupt is not None and not wanted:
        raise AnalysisError("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
    pruned = pruning and len(wanted) < len(columns)
    items = [LINE, FILE, *variants.values()]
    if wanted or not pruned:
        items.append(f"{fields_sql(tokens_sql(LINE, o, reading), o)} AS t")
    query = f"SELECT {', '.join(items)} FROM {source}"
    position = {f.name: i for i, f in enumerate(columns)}
    texts = [f"t[{position[f.name] + 1}] AS x{i}" for i, f in enumerate(wanted)]
    length = ["len(t) AS n"] if not pruned else []
    query = f"SELECT {', '.join([LINE, FILE, *variants.values(), *length, *texts])} FROM ({query})"
    values = o.values(reading.time_zone)

    def value(i: int, f: StructField) -> str:
        given = variants.get(f.name)
        return values.sql(f"x{i}", f.type, reading) if given is None else f"CAST({given} AS {reading.type(f.type)})"

    converted = [f"{value(i, f)} AS v{i}" for i, f in enumerate(wanted)]
    query = f"SELECT *{''.join(', ' + c for c in converted)} FROM ({query})"
    tests = [] if pruned else [f"n <> {len(columns)}"]
    tests += [f"(x{i} IS NOT NULL AND v{i} IS NULL)" for i, f in enumerate(wanted) if not _free(f.type)]
    bad = " OR ".join(tests) or "false"
    query = _guarded(query, o, failure, reading)
    out = [f"v{i} AS {ident(f.name)}" for i, f in enumerate(wanted)]
    if corrupt is not None:
        record = LINE if o.line_separator is None else f"regexp_replace({LINE}, '\\r$', '')"
        out.append(f"CASE WHEN {bad} THEN {record} END AS {ident(corrupt.name)}")
    out += [FILE] if FILE in extra else []
    where = ""
    if o.mode == "DROPMALFORMED" and tests:
        where = f" WHERE NOT coalesce({bad}, false)"
    elif o.mode == "FAILFAST" and tests:
        where = f" WHERE CASE WHEN {bad} THEN {failure} ELSE true END"
    return f"SELECT {', '.join(out) or 'NULL AS _'} FROM ({query}){where}"


def _guarded(query: str, o: CsvOptions, failure: str, reading: Reading) -> str:
    """The query, with an error where a record has more or longer fields than the options allow."""
    limits = []
    if o.max_columns != DEFAULT_MAX_COLUMNS:
        limits.append(f"len({tokens_sql(LINE, o, reading)}) > {o.max_columns}")
    if o.max_characters >= 0:
        longest = f"list_max(list_transform({tokens_sql(LINE, o, reading)}, lambda x: length(x)))"
        limits.append(f"{longest} > {o.max_characters}")
    if not limits:
        return query
    return f"SELECT * FROM ({query}) WHERE CASE WHEN {' OR '.join(limits)} THEN {failure} ELSE true END"


def _free(type: DataType) -> bool:
    """Whether any text is a value of the type."""
    return isinstance(type, (StringType, VarcharType, CharType, VariantType))


def check_headers(fs: Any, files: Sequence[DataFile], columns: Sequence[StructField], options: CsvOptions) -> None:
    """Raise if a file's header does not name the columns in their order: what `enforceSchema` off asks for."""
    source = records(fs, files, options, False)
    tokenizer = Tokenizer(options.dialect)
    expected = [f.name for f in columns]
    for file in files:
        line = source.first(file)
        names = [] if line is None else ["" if n is None or n == EMPTY else n for n in tokenizer.tokens(line)]
        if line is not None and [n.lower() for n in names] != [n.lower() for n in expected]:
            reason = f"its header is {', '.join(names)}, and the schema {', '.join(expected)}"
            raise ExecutionError("FAILED_READ_FILE.NO_HINT", path=fs.uri(file.status.path, "//"), reason=reason)


# --- the schema -------------------------------------------------------------------------------------------


def infer(listing: Listing, files: Sequence[DataFile], options: CsvOptions, context: Context) -> StructType | None:
    """Names from the first record of all, or numbers; types are strings unless inference is asked for."""
    if not files:
        return None
    filled = [f for f in files if f.status.size]
    plain = records(listing.fs, filled, options, False)
    line = next((t for f in filled if (t := plain.first(f)) is not None), None)
    if line is None:
        return StructType()
    return infer_texts(line, lambda: records(listing.fs, filled, options, options.header), options, context)


def infer_texts(line: str, table: Callable[[], Any], options: CsvOptions, context: Context) -> StructType:
    """The schema of records of which `line` is the first; `table` has those that are not headers, if types count."""
    row = Tokenizer(options.dialect).tokens(line)
    case_sensitive = enabled(context.settings, "spark.sql.caseSensitive")
    names = column_names([None if t == EMPTY else t for t in row], options, case_sensitive)
    types: Sequence[DataType] = [STRING] * len(names)
    if options.infer:
        types = _types(table(), len(names), options, context)
    return StructType(tuple(StructField(n, t) for n, t in zip(names, types, strict=True)))


def column_names(row: Sequence[str | None], options: CsvOptions, case_sensitive: bool) -> list[str]:
    """The names that a header gives: without one, and for empty fields, `_c0`; equal ones with their number."""
    if not options.header:
        return [f"_c{i}" for i in range(len(row))]

    def key(name: str) -> str:
        return name if case_sensitive else name.lower()

    keys = [key(n) for n in row if n is not None]
    names = []
    for i, name in enumerate(row):
        if not name or name == options.null_value:
            names.append(f"_c{i}")
        else:
            names.append(f"{name}{i}" if keys.count(key(name)) > 1 else name)
    return names


def _types(records: Any, count: int, options: CsvOptions, context: Context) -> list[DataType]:
    if not 0 < options.sampling <= 1:
        raise IllegalArgument(
            "INVALID_DATA_SOURCE_OPTION", name="samplingRatio", value=options.sampling, expected="above 0, at most 1"
        )
    kernel = context.kernel
    source = records if isinstance(records, str) else kernel.register(records)
    values = options.values(kernel.time_zone)
    ntz = wall_clock(context.settings)
    sample = "" if options.sampling >= 1 else f" WHERE hash({LINE}) % 1000000 < {int(options.sampling * 1_000_000)}"
    where = ""
    if options.mode != "PERMISSIVE":
        where = f" WHERE len(t) = {count}" if options.mode == "DROPMALFORMED" else ""
    query = f"SELECT {tokens_sql(LINE, options, kernel)} AS t FROM {source}{sample}"
    # A row for each field, so that the statement does not grow with the columns.
    query = f"SELECT {fields_sql(f't[:{count}]', options)} AS u FROM ({query}){where}"
    query = f"SELECT unnest(u) AS x, generate_subscripts(u, 1) AS i FROM ({query})"
    query = f"SELECT i, x, {kind_sql('x', values, options.prefer_date, ntz, kernel)} AS k FROM ({query})"
    digits = "max(CASE WHEN k = 2 THEN length(ltrim(replace(x, ',', ''), '+-0')) END)"
    found = {i: rest for i, *rest in kernel.rows(f"SELECT i, bit_or(1 << k), {digits} FROM ({query}) GROUP BY i")}
    types = []
    for i in range(count):
        bits, longest = found.get(i + 1, (0, None))
        kinds = {kind for n, kind in enumerate(KINDS) if (bits or 0) >> n & 1}
        types.append(common_type(kinds, longest or 1))
    return types


# --- the format -------------------------------------------------------------------------------------------


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> CsvSource:
    chosen = read_options(CsvOptions, options, context.settings)
    schema = single_variant(schema, chosen)
    listing = list_files(paths, chosen, schema, context)
    source: CsvSource = make(
        CsvSource,
        listing,
        schema,
        lambda files: infer(listing, files, chosen, context),
        "CSV",
        enabled(context.settings, "spark.sql.caseSensitive"),
        bool(chosen.ignore_missing),
        options=chosen,
        pruning=enabled(context.settings, "spark.sql.csv.parser.columnPruning.enabled"),
        ntz=context.settings.get_option("spark.sql.timestampType") == "TIMESTAMP_NTZ",
    )
    check_schema(source.data_schema, "CSV", chosen.corrupt_column, supports)
    return source
