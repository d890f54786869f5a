"""JSON, a record a line or a file. https://spark.apache.org/docs/latest/sql-data-sources-json.html

The kernel shreds a record into the texts of its values and makes values of those where it does so just as Spark does.
Every other record — malformed, not fitting the schema, with numbers where texts are wanted — is read by
`json_parse.py`. Of a field that occurs twice in an object the kernel takes the first, where Spark takes the last.
"""

from __future__ import annotations

import json as standard
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.datetime_patterns import compile_pattern
from glowplug.datetime_texts import read as read_text
from glowplug.datetimes import names_zone, parse_date, parse_time, parse_timestamp, parse_timestamp_ntz
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, SparkError, unsupported
from glowplug.functions.lowering import bind
from glowplug.interval_texts import parse_day_time, parse_year_month
from glowplug.io.files import FILE, FileSource, check_schema, make
from glowplug.io.json_parse import (
    InferenceOptions,
    Leniences,
    Parser,
    ReadText,
    finished,
    infer,
    merge,
    rows,
    without_nulls,
)
from glowplug.io.lines import LINE, LineFormat, Lines, charset
from glowplug.io.listing import DataFile, Listing, ListingOptions, list_files
from glowplug.io.options import enabled, locale, mode, number, option, read_options, time_zone
from glowplug.io.source import Context, Pairs, Reading, Stream
from glowplug.io.sqltext import ident, literal, strings
from glowplug.io.text import Whole, _separator
from glowplug.io.text_values import TextValues
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    INTEGRAL,
    LONG,
    NULL,
    STRING,
    STRINGS,
    ArrayType,
    BooleanType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    VariantType,
    YearMonthIntervalType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonOptions(ListingOptions):
    primitives_as_string: bool = option("primitivesAsString", "Infer strings for all values.", False)
    prefers_decimal: bool = option("prefersDecimal", "Infer decimals for fractions.", False)
    infer_timestamp: bool = option("inferTimestamp", "Infer timestamps for texts that are some.", False)
    drop_all_null: bool = option("dropFieldIfAllNull", "Leave fields out that are always null or empty.", False)
    comments: bool = option("allowComments", "Take comments as of Java.", False)
    unquoted_names: bool = option("allowUnquotedFieldNames", "Take names without quotes.", False)
    single_quotes: bool = option("allowSingleQuotes", "Take single quotes.", True)
    leading_zeros: bool = option("allowNumericLeadingZeros", "Take numbers like 007.", False)
    any_escape: bool = option("allowBackslashEscapingAnyCharacter", "Take a backslash before anything.", False)
    control_characters: bool = option("allowUnquotedControlChars", "Take control characters in strings.", False)
    non_numbers: bool = option("allowNonNumericNumbers", "Take NaN, Infinity and such as numbers.", True)
    mode: str = option("mode", "What malformed records become: NULLs, nothing, or an error.", "PERMISSIVE", parse=mode)
    corrupt_column: str = option("columnNameOfCorruptRecord", "The column for malformed records.", "_corrupt_record",
                                 parse=str, setting="spark.sql.columnNameOfCorruptRecord")  # fmt: skip
    date_format: str | None = option("dateFormat", "The datetime pattern of dates.", None)
    timestamp_format: str | None = option("timestampFormat", "The datetime pattern of timestamps.", None)
    timestamp_ntz_format: str | None = option("timestampNTZFormat", "That of timestamps without zone.", None)
    multi_line: bool = option("multiLine", "A file is one record.", False)
    encoding: str | None = option("encoding|charset", "The files' encoding.", None, parse=charset)
    line_separator: str | None = option("lineSep", "What separates records.", None, parse=_separator)
    sampling: float = option("samplingRatio", "The share of records that inference looks at.", 1.0, parse=number)
    locale: str = option("locale", "Only English is known.", "en-US", parse=locale)
    time_zone: str | None = option("timeZone", "The zone of times that name none.", None, parse=time_zone)

    @property
    def leniences(self) -> Leniences:
        return Leniences(**{f.name: getattr(self, f.name) for f in fields(Leniences)})

    def values(self, session_zone: str) -> TextValues:
        zone = self.time_zone or session_zone
        return TextValues(zone, self.date_format, self.timestamp_format, self.timestamp_ntz_format)

    def read_text(self, session_zone: str) -> ReadText:
        """How `json_parse` reads texts: the same values as those of `values`, in Python."""
        zone = self.time_zone or session_zone
        patterns: dict[type, tuple[str | None, Any]] = {
            DateType: (self.date_format, "date"),
            TimestampType: (self.timestamp_format, "timestamp"),
            TimestampNTZType: (self.timestamp_ntz_format, "timestamp_ntz"),
        }

        def read(text: str, type: DataType) -> Any:
            pattern, target = patterns.get(type.__class__, (None, ""))
            if pattern is not None:
                return read_text(compile_pattern(pattern, True), target, zone, text)
            match type:
                case DateType():
                    return parse_date(text)
                case TimestampType():
                    return parse_timestamp(text, zone)
                case TimestampNTZType():
                    return None if names_zone(text) else parse_timestamp_ntz(text)
                case TimeType():
                    return parse_time(text)
                case YearMonthIntervalType():
                    return parse_year_month(text, type, True)
                case DayTimeIntervalType():
                    return parse_day_time(text, type, True)
            return None

        return read


def _records(fs: Any, files: Sequence[DataFile], o: JsonOptions) -> Lines | Whole:
    ignore = bool(o.ignore_corrupt)
    if o.multi_line:
        return Whole(fs, tuple(files), o.encoding, ignore)
    return Lines(fs, tuple(files), LineFormat(o.encoding or "UTF-8", o.line_separator, skip_blank=True), ignore)


# --- records as rows ----------------------------------------------------------------------------------------

# What the kernel takes for JSON and Spark may not: a comma too many, other spellings of infinity. Where that stands
# in a string, the record is only read more slowly.
_ODD = r",\s*[}\]]|[:,\[]\s*[-+]?(?:[iI][nN][fF]|[nN][aA][nN])"
# Lists in lists that the kernel is asked to read; the time it takes to plan grows with each.
_MOST_LISTS = 3


class Plan:
    """Kernel SQL for values of JSON texts, and for whether they are just what Spark makes of them."""

    def __init__(self, values: TextValues, reading: Reading) -> None:
        self.values, self.reading, self.depth = values, reading, 0

    # An object is shredded into the texts of its values that are no objects themselves: its leaves.

    def shred(self, text: str, type: StructType) -> str:
        """The object `text` as a struct whose leaves are JSON; NULL for no JSON."""
        return f"TRY(json_transform({text}, {literal(standard.dumps(_spec(type), ensure_ascii=False))}))"

    def kinds(self, text: str, type: StructType) -> str:
        """Whether all that should be objects are: shredding does not say."""
        paths = [f"$.{p}" for p in _objects(type)]
        if not paths:
            return "true"
        kinds = f"TRY(json_type({text}, {strings(paths)}))"
        return f"coalesce(list_bool_and(list_transform({kinds}, lambda k: k IS NULL OR k IN ('OBJECT', 'NULL'))), true)"

    def leaves(self, x: str, type: StructType) -> list[tuple[str, DataType]]:
        """SQL for the text of each leaf of the shredded object `x`, and the leaf's type."""
        found: list[tuple[str, DataType]] = []
        for f in type.fields:
            inner = f"struct_extract({x}, {literal(f.name)})"
            if isinstance(f.type, StructType) and f.type.fields:
                found += self.leaves(inner, f.type)
            else:
                found.append((f"CAST({inner} AS VARCHAR)", f.type))
        return found

    def packed(self, x: str, type: StructType, values: Iterator[str]) -> list[tuple[str, str]]:
        """Name and SQL of each field of an object: the values of its leaves, in their order, put together again."""
        items = []
        for f in type.fields:
            if isinstance(f.type, StructType) and f.type.fields:
                inner = f"struct_extract({x}, {literal(f.name)})"
                parts = ", ".join(f"{ident(n)} := {v}" for n, v in self.packed(inner, f.type, values))
                struct = f"CAST(struct_pack({parts}) AS {self.reading.type(f.type)})"
                items.append((f.name, f"CASE WHEN {inner} IS NOT NULL THEN {struct} END"))
            else:
                items.append((f.name, next(values)))
        return items

    def object(self, text: str, type: StructType) -> tuple[str, str]:
        """An object in one expression: whether it is clean, and its value."""
        x = self.shred(text, type)
        leaves = self.leaves(x, type)
        tests = [f"{text} IS NULL OR (starts_with({text}, '{{') AND {self.kinds(text, type)})"]
        tests += [bind(t, lambda v, k=k: self.clean(v, k)) for t, k in leaves]  # type: ignore[misc]
        values = iter([bind(t, lambda v, k=k: self.value(v, k)) for t, k in leaves])  # type: ignore[misc]
        parts = ", ".join(f"{ident(n)} := {v}" for n, v in self.packed(x, type, values))
        value = f"CAST(struct_pack({parts}) AS {self.reading.type(type)})"
        return " AND ".join(f"({t})" for t in tests), f"CASE WHEN {text} IS NOT NULL THEN {value} END"

    def clean(self, t: str, type: DataType) -> str:
        """Whether the kernel's value of the JSON text `t` is Spark's; true for NULL."""
        match type:
            case UserDefinedType(sql_type):
                return self.clean(t, sql_type)
            case k if isinstance(k, STRINGS):
                ordinary = (
                    f"starts_with({t}, '\"') OR {t} IN ('true', 'false') OR regexp_full_match({t}, '-?[1-9][0-9]*')"
                )
            case BooleanType():
                ordinary = f"{t} IN ('true', 'false')"
            case k if isinstance(k, INTEGRAL):
                ordinary = f"coalesce(CAST(TRY_CAST({t} AS {self.reading.type(k)}) AS VARCHAR) = {t}, false)"
            case FloatType() | DoubleType():
                ordinary = f"coalesce(isfinite(TRY_CAST({t} AS {self.reading.type(type)})), false)"
            case DecimalType():
                # The kernel keeps fractions as doubles: of those with few digits the text is that of the file.
                number = f"TRY_CAST({t} AS {self.reading.type(type)})"
                ordinary = f"regexp_full_match({t}, '-?[0-9.]{{1,15}}') AND {number} IS NOT NULL"
            case DateType() | TimestampType() | TimestampNTZType():
                ordinary = f"starts_with({t}, '\"') AND ({self.value(t, type)}) IS NOT NULL"
            case StructType():
                return self.object(t, type)[0]
            case ArrayType(element):
                ordinary = f"starts_with({t}, '[') AND {self._all_clean(_items(t), element)}"
            case MapType(_, value):
                entries = _entries(t)
                all_clean = self._all_clean(f"map_values({entries})", value)
                ordinary = f"starts_with({t}, '{{') AND {entries} IS NOT NULL AND {all_clean}"
            case _:
                return f"{t} IS NULL"
        return f"({t} IS NULL OR ({ordinary}))"

    def _all_clean(self, items: str, type: DataType) -> str:
        v = self._name()
        test = self.clean(f"CAST({v} AS VARCHAR)", type)
        return f"coalesce(list_bool_and(list_transform({items}, lambda {v}: {test})), true)"

    def value(self, t: str, type: DataType) -> str:
        """The value of a JSON text that is `clean`."""
        kernel = self.reading.type(type)
        match type:
            case UserDefinedType(sql_type):
                return self.value(t, sql_type)
            case k if isinstance(k, STRINGS):
                return f"CASE WHEN starts_with({t}, '\"') THEN {_text(t)} ELSE {t} END"
            case DateType() | TimestampType() | TimestampNTZType():
                return bind(_text(t), lambda x: self.values.sql(x, type, self.reading))
            case StructType():
                return self.object(t, type)[1]
            case ArrayType(element):
                v = self._name()
                item = self.value(f"CAST({v} AS VARCHAR)", element)
                return f"CAST(list_transform({_items(t)}, lambda {v}: {item}) AS {kernel})"
            case MapType(_, value):
                v = self._name()
                item = self.value(f"CAST({v} AS VARCHAR)", value)
                entries = _entries(t)
                values = f"list_transform(map_values({entries}), lambda {v}: {item})"
                return f"CAST(map(map_keys({entries}), {values}) AS {kernel})"
        return f"TRY_CAST({t} AS {kernel})"

    def _name(self) -> str:
        self.depth += 1
        return f"e{self.depth}"


def _spec(type: DataType) -> Any:
    """How the kernel is to shred a value."""
    return {f.name: _spec(f.type) for f in type.fields} if isinstance(type, StructType) and type.fields else "JSON"


def _objects(type: StructType) -> list[str]:
    """The paths of the objects in an object."""
    found = []
    for f in type.fields:
        if isinstance(f.type, StructType):
            name = standard.dumps(f.name, ensure_ascii=False)
            found += [name, *(f"{name}.{p}" for p in _objects(f.type))]
    return found


def _quick(type: DataType, lists: int = 0) -> bool:
    """Whether the kernel is asked at all: names differ in more than case, and lists are not nested deep."""
    match type:
        case StructType(inner):
            return len({f.name.lower() for f in inner}) == len(inner) and all(_quick(f.type, lists) for f in inner)
        case ArrayType(element) | MapType(_, element):
            return lists < _MOST_LISTS and _quick(element, lists + 1)
    return True


def _text(t: str) -> str:
    """The string that a JSON string stands for."""
    return f"CASE WHEN contains({t}, chr(92)) THEN {t} ->> '$' ELSE substring({t}, 2, length({t}) - 2) END"


def _items(t: str) -> str:
    return f"json_transform({t}, '[\"JSON\"]')"


def _entries(t: str) -> str:
    return f"TRY(json_transform({t}, '\"MAP(VARCHAR, JSON)\"'))"


def _plain(type: DataType) -> DataType:
    """The type whose Arrow form is what the kernel has for a type."""
    match type:
        case DayTimeIntervalType():
            return LONG
        case UserDefinedType(sql_type):
            return _plain(sql_type)
        case ArrayType(element):
            return ArrayType(_plain(element))
        case MapType(key, value):
            return MapType(key, _plain(value))
        case StructType(inner):
            return StructType(tuple(StructField(f.name, _plain(f.type)) for f in inner))
    return type


def _python_rows(schema: StructType, o: JsonOptions, zone: str) -> tuple[Callable[[pa.Array], pa.Array], StructType]:
    """A function from texts to lists of rows: the fields by number, and whether the record is malformed."""
    row = StructType(
        (*(StructField(f"f{i}", _plain(f.type)) for i, f in enumerate(schema.fields)), StructField("bad", BOOLEAN))
    )
    kind = pa.list_(arrow_type(row, "UTC"))
    parser, read = Parser(o.leniences), o.read_text(zone)
    names = [f.name for f in schema.fields]

    def convert(text: str) -> list[dict[str, Any]]:
        found = rows(parser, text, schema, read)
        return [{**{f"f{i}": values[n] for i, n in enumerate(names)}, "bad": bad} for values, bad in found]

    return lambda texts: pa.array([None if t is None else convert(t) for t in texts.to_pylist()], kind), row


def _rows_sql(source: str, schema: StructType, o: JsonOptions, reading: Reading) -> str:
    """A kernel query of the records' rows: the record, the file's number, and the row as a struct `r`."""
    body, row = _python_rows(schema, o, reading.time_zone)
    key = repr((schema, o, reading.time_zone)).encode()
    function = reading.python(f"json_rows_{sha256(key).hexdigest()[:32]}", body, (STRING,), ArrayType(row))
    slow = f"{function}({LINE})"
    if not schema.fields or not _quick(schema):
        return f"SELECT {LINE}, {FILE}, unnest({slow}) AS r FROM {source}"
    plan, kernel = Plan(o.values(reading.time_zone), reading), reading.type(row)
    # One expression a column, step by step: the kernel computes each once.
    ordinary = f"starts_with(ltrim({LINE}), '{{') AND NOT regexp_matches({LINE}, {literal(_ODD)})"
    shredded = f"CASE WHEN {ordinary} THEN {plan.shred(LINE, schema)} END AS s"
    query = f"SELECT {LINE}, {FILE}, {shredded} FROM {source}"
    leaves = plan.leaves("s", schema)
    texts = ", ".join(f"{t} AS t{i}" for i, (t, _) in enumerate(leaves))
    query = f"SELECT {LINE}, {FILE}, s, {texts} FROM ({query})"
    tests = ["s IS NOT NULL", plan.kinds(LINE, schema), *(plan.clean(f"t{i}", k) for i, (_, k) in enumerate(leaves))]
    values = [f"{plan.value(f't{i}', k)} AS v{i}" for i, (_, k) in enumerate(leaves)]
    query = f"SELECT {LINE}, {FILE}, s, {' AND '.join(tests)} AS ok, {', '.join(values)} FROM ({query})"
    parts = [v for _, v in plan.packed("s", schema, iter(f"v{i}" for i in range(len(leaves))))]
    packed = ", ".join([*(f"f{i} := {v}" for i, v in enumerate(parts)), "bad := false"])
    rows = f"CASE WHEN ok THEN [CAST(struct_pack({packed}) AS {kernel})] ELSE {slow} END"
    if o.multi_line:
        clean, value = plan.object("e", schema)
        many = f"TRY({_items(LINE)})"
        items = f"list_transform({many}, lambda j: CAST(j AS VARCHAR))"
        fields = ", ".join(f"f{i} := struct_extract_at(x, {i + 1})" for i in range(len(schema.fields)))
        pack = f"lambda x: CAST(struct_pack({fields}, bad := false) AS {kernel})"
        several = f"list_transform(list_transform({items}, lambda e: {value}), {pack})"
        all_clean = f"list_bool_and(list_transform({items}, lambda e: e IS NOT NULL AND {clean}))"
        quick = f"starts_with(ltrim({LINE}), '[') AND NOT regexp_matches({LINE}, {literal(_ODD)}) AND {all_clean}"
        rows = (
            f"CASE WHEN ok THEN [CAST(struct_pack({packed}) AS {kernel})] WHEN {quick} THEN {several} ELSE {slow} END"
        )
    return f"SELECT {LINE}, {FILE}, unnest({rows}) AS r FROM ({query})"


@dataclass(frozen=True, slots=True)
class JsonSource(FileSource):
    options: JsonOptions

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
    o: JsonOptions,
    failure: str,
    reading: Reading,
    extra: frozenset[str] = frozenset(),
) -> str:
    """A kernel query for `fields` of the records in the table `source`; `failure` raises the error of FAILFAST."""
    corrupt = next((f for f in fields if f.name == o.corrupt_column), None)
    wanted = [f for f in fields if f.name != o.corrupt_column]
    if corrupt is not None and not wanted:
        raise AnalysisError("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
    unnested = _rows_sql(source, StructType(tuple(wanted)), o, reading)
    out = [f"r.f{i} AS {ident(f.name)}" for i, f in enumerate(wanted)]
    if corrupt is not None:
        out.append(f"CASE WHEN r.bad THEN {LINE} END AS {ident(corrupt.name)}")
    out += [FILE] if FILE in extra else []
    where = {"DROPMALFORMED": " WHERE NOT r.bad", "FAILFAST": f" WHERE CASE WHEN r.bad THEN {failure} ELSE true END"}
    return f"SELECT {', '.join(out) or 'NULL AS _'} FROM ({unnested}){where.get(o.mode, '')}"


# --- the schema -----------------------------------------------------------------------------------------------


def infer_schema(listing: Listing, files: Sequence[DataFile], o: JsonOptions, context: Context) -> StructType | None:
    """The type that holds all records; the column for malformed ones, if there are any."""
    return infer_texts(_records(listing.fs, [f for f in files if f.status.size], o), o, context) if files else None


def infer_texts(records: Stream, o: JsonOptions, context: Context) -> StructType:
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
    kept = without_nulls(found) if o.drop_all_null else found
    result = finished(kept) if kept is not None else None
    return result if isinstance(result, StructType) else StructType()


class _Chunk(Stream):
    """A stream's batches one at a time: `batch` is the one that a query sees."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema, self.batch = schema, pa.RecordBatch.from_pylist([], schema)

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield self.batch


def _infer_records(records: Stream, o: JsonOptions, context: Context) -> tuple[DataType, bool]:
    """The type that holds all records, and whether some were malformed.

    Chunk by chunk: the kernel's aggregate of structures keeps all that it has seen in memory.
    """
    kernel = context.kernel
    parser, read = Parser(o.leniences), o.read_text(kernel.time_zone)
    options = InferenceOptions(o.primitives_as_string, o.prefers_decimal, o.infer_timestamp)
    ntz = context.settings.get_option("spark.sql.timestampType") == "TIMESTAMP_NTZ"
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
            type = infer(parser, text, options, read, ntz)
            if type is None:
                if o.mode == "FAILFAST":
                    raise ExecutionError("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text)
                malformed = True
            else:
                found = merge(found, type)
    return found, malformed


def _structures(source: str, o: JsonOptions) -> str:
    """A query for the structure of the ordinary records of a chunk, and the list of the others."""
    sample = "" if o.sampling >= 1 else f" WHERE hash({LINE}) % 1000000 < {int(o.sampling * 1_000_000)}"
    if o.prefers_decimal or o.infer_timestamp:
        return f"SELECT NULL, list({LINE}) FROM {source}{sample}"
    # Numbers may be of any size, and objects without fields are no columns: the kernel's structures do not say.
    doubtful = literal(r"[0-9]{19}|{\s*}|" + _ODD)
    simple = f"json_valid({LINE}) AND starts_with(ltrim({LINE}), '{{') AND NOT regexp_matches({LINE}, {doubtful})"
    rows = f"SELECT {LINE}, {simple} AS simple FROM {source}{sample}"
    ordinary = f"CASE WHEN simple THEN CAST({LINE} AS JSON) END"
    return f"SELECT json_group_structure({ordinary}), list({LINE}) FILTER (WHERE NOT simple) FROM ({rows})"


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


# --- the format -----------------------------------------------------------------------------------------------


def supports(type: DataType) -> bool:
    match type:
        case CalendarIntervalType():
            return False
        case VariantType():
            raise unsupported("JSON files with values of type variant")
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
    chosen = read_options(JsonOptions, options, context.settings)
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
