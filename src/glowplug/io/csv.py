"""CSV. https://spark.apache.org/docs/latest/sql-data-sources-csv.html

A file is a stream of records (`lines.py`); the kernel splits each into a list of texts and makes values of them. The
common records, without quotes or with quotes in order, are split by the kernel's own functions; the others one by one
by `csv_tokens.py`, with Spark's rules. So every record has the result it has in Spark, in every mode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from glowplug.config import resolve_zone
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, unsupported
from glowplug.io.csv_tokens import EMPTY, Dialect, Tokenizer
from glowplug.io.files import FileSource, make
from glowplug.io.lines import FILE, LINE, LineFormat, Lines, Unsplit, charset, utf8_chunks
from glowplug.io.listing import DataFile, Listing, ListingOptions, list_files
from glowplug.io.options import character, enabled, integer, number, one_of, option, read_options
from glowplug.io.source import Context, Pairs, Reading, Stream
from glowplug.io.sqltext import ident, literal
from glowplug.io.text_values import KINDS, TextValues, common_type, kind_sql
from glowplug.types import (
    STRING,
    ArrayType,
    CalendarIntervalType,
    CharType,
    DataType,
    MapType,
    NullType,
    StringType,
    StructField,
    StructType,
    VarcharType,
    quote,
    sql_name,
)

_MARK = "\x1f"  # stands for a separator inside of quotes while a record is split
DEFAULT_MAX_COLUMNS = 20480  # of Spark; longer records are read all the same unless the option asks for an error
_MODES = ("PERMISSIVE", "DROPMALFORMED", "FAILFAST")
_SPECIAL = {"t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def delimiter(text: str) -> str:
    """A separator of one or more characters; `\\t`, `\\\\` and such are one."""
    if not text:
        raise IllegalArgument("INVALID_DELIMITER_VALUE.EMPTY_STRING")
    if text == "\\":
        raise IllegalArgument("INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH")

    def special(m: re.Match[str]) -> str:
        if m[1] not in _SPECIAL:
            raise IllegalArgument("INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER", str=m[0])
        return _SPECIAL[m[1]]

    return re.sub(r"\\(.)", special, text.replace("\\u0000", "\0"), flags=re.S)


def mode(text: str) -> str:
    """A mode; one that is none of them is PERMISSIVE, as in Spark."""
    return text.upper() if text.upper() in _MODES else "PERMISSIVE"


def line_separator(text: str) -> str:
    if not text or len(text) > 2:
        raise ValueError("one or two characters")
    return text


def locale(text: str) -> str:
    """A language tag; other languages write decimals and months in ways that are not supported."""
    if re.match(r"[a-zA-Z]{2,3}([-_].*)?$", text) and not text.lower().startswith("en"):
        raise unsupported(f"the locale {text} for text files")
    return text


def time_zone(text: str) -> str:
    zone = resolve_zone(text)
    if zone is None:
        raise IllegalArgument("INVALID_TIMEZONE", timeZone=text)
    return zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions(ListingOptions):
    separator: str = option("sep|delimiter", "What separates fields.", ",", parse=delimiter)
    encoding: str = option("encoding|charset", "The files' encoding.", "UTF-8", parse=charset)
    quote: str = option("quote", "What is around fields that hold separators; empty = nothing.", '"', parse=character)
    escape: str = option("escape", "What stands before a quote inside of quotes.", "\\", parse=character)
    escape_escape: str | None = option(
        "charToEscapeQuoteEscaping", "What stands before an escape.", None, parse=character
    )
    comment: str = option("comment", "Lines that begin with it are skipped.", "", parse=character)
    header: bool = option("header", "The first line holds the columns' names.", False)
    infer: bool = option("inferSchema", "Find the columns' types in the data.", False)
    prefer_date: bool = option("preferDate", "Inference takes dates for DATE, not TIMESTAMP.", True)
    enforce_schema: bool = option("enforceSchema", "Take a given schema by position, whatever the header.", True)
    trim_left: bool = option("ignoreLeadingWhiteSpace", "Drop blanks before a field.", False)
    trim_right: bool = option("ignoreTrailingWhiteSpace", "Drop blanks after a field.", False)
    null_value: str = option("nullValue", "The text that means NULL.", "")
    empty_value: str = option("emptyValue", "What an empty field in quotes is.", "")
    nan: str = option("nanValue", "The text of not a number.", "NaN")
    positive_infinity: str = option("positiveInf", "The text of infinity.", "Inf")
    negative_infinity: str = option("negativeInf", "The text of minus infinity.", "-Inf")
    date_format: str | None = option("dateFormat", "The datetime pattern of dates.", None)
    timestamp_format: str | None = option("timestampFormat", "The datetime pattern of timestamps.", None)
    timestamp_ntz_format: str | None = option("timestampNTZFormat", "That of timestamps without zone.", None)
    max_columns: int = option("maxColumns", "The most fields in a record.", DEFAULT_MAX_COLUMNS, parse=integer)
    max_characters: int = option("maxCharsPerColumn", "The longest field; -1 = any.", -1, parse=integer)
    handling: str = option(
        "unescapedQuoteHandling", "What a quote inside of quotes without escape does.", "STOP_AT_DELIMITER",
        parse=one_of("STOP_AT_CLOSING_QUOTE", "BACK_TO_DELIMITER", "STOP_AT_DELIMITER", "SKIP_VALUE", "RAISE_ERROR"),
    )  # fmt: skip
    mode: str = option("mode", "What malformed records become: NULLs, nothing, or an error.", "PERMISSIVE", parse=mode)
    corrupt_column: str = option("columnNameOfCorruptRecord", "The column for malformed records.", "_corrupt_record",
                                 parse=str, setting="spark.sql.columnNameOfCorruptRecord")  # fmt: skip
    multi_line: bool = option("multiLine", "Fields in quotes may hold line ends.", False)
    sampling: float = option("samplingRatio", "The share of records that inference looks at.", 1.0, parse=number)
    line_separator: str | None = option("lineSep", "What separates records.", None, parse=line_separator)
    locale: str = option("locale", "Only English is known.", "en-US", parse=locale)
    time_zone: str | None = option("timeZone", "The zone of times that name none.", None, parse=time_zone)

    @property
    def dialect(self) -> Dialect:
        other = self.escape != self.quote
        return Dialect(
            self.separator, self.quote, self.escape,
            self.escape_escape if self.escape_escape is not None else self.escape if other else "",
            self.comment, self.trim_left, self.trim_right, self.handling,
        )  # fmt: skip

    def values(self, session_zone: str) -> TextValues:
        return TextValues(
            self.time_zone or session_zone, self.date_format, self.timestamp_format, self.timestamp_ntz_format,
            self.nan, self.positive_infinity, self.negative_infinity,
        )  # fmt: skip


# --- records as lists of texts ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Records(Stream):
    """The records of files whose fields may hold line ends: a table of (text, number of the file from 1)."""

    fs: Any
    files: tuple[DataFile, ...]
    options: CsvOptions
    header: bool

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(LINE, pa.string()), (FILE, pa.int64())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number_, file in enumerate(self.files, 1):
            skip = self.header
            for records in self._records(file):
                if skip and records:
                    records, skip = records[1:], False
                if records:
                    yield pa.record_batch([pa.array(records), pa.array([number_] * len(records))], schema=self.schema)

    def first(self, file: DataFile) -> str | None:
        for records in self._records(file):
            if records:
                return records[0]
        return None

    def _records(self, file: DataFile) -> Iterator[list[str]]:
        """The records of a file without empty ones and comments, chunk by chunk."""
        tokenizer = Tokenizer(self.options.dialect)
        newline = self.options.line_separator or ""
        comment = self.options.comment
        unsplit = Unsplit(self.fs.uri(file.status.path, "//"))
        chunks = utf8_chunks(self.fs, file, self.options.encoding, self.options.ignore_corrupt or False)
        for data in unsplit.pieces(chunks):
            text = data.decode()
            if not newline and (found := re.search(r"\r\n|\n|\r", text)):
                newline = found[0]
            at, records = 0, []
            for start, end in tokenizer.records(text, 0, newline or "\n", unsplit.last):
                record, at = text[start:end], end + len(newline or "\n")
                if record and not (comment and record.startswith(comment)):
                    records.append(record)
            unsplit.rest = text[at:].encode()
            yield records


def records(fs: Any, files: Sequence[DataFile], options: CsvOptions, header: bool) -> Lines | Records:
    """The records of files; without the first of each if that is a header."""
    if options.multi_line:
        return Records(fs, tuple(files), options, header)
    format = LineFormat(options.encoding, options.line_separator, True, options.comment, header)
    return Lines(fs, tuple(files), format, bool(options.ignore_corrupt))


def tokens_sql(record: str, options: CsvOptions, reading: Reading) -> str:
    """Kernel SQL for the fields of a record: a list of texts, '' for none and EMPTY for an empty one in quotes."""
    d = options.dialect
    split = f"string_split({record}, {literal(d.separator)})"
    if d.trim_left or d.trim_right:
        trim = "trim" if d.trim_left and d.trim_right else "ltrim" if d.trim_left else "rtrim"
        blanks = literal("".join(map(chr, range(33))))
        split = f"list_transform({split}, lambda x: {trim}(x, {blanks}))"
    if not d.quote:
        return split
    tokenizer = reading.python(_name(options), _tokenize(d), (STRING,), ArrayType(STRING))
    slow = f"{tokenizer}({record})"
    if len(d.separator) != 1 or d.trim_left or d.trim_right or len({d.separator, d.quote, d.escape} - {""}) < 2:
        quick = ""
    else:
        s, q = literal(d.separator), literal(d.quote)
        inside = (
            f"CASE WHEN i % 2 = 1 THEN x WHEN x = '' THEN {literal(EMPTY)} ELSE replace(x, {s}, {literal(_MARK)}) END"
        )
        joined = f"array_to_string(list_transform(string_split({record}, {q}), lambda x, i: {inside}), '')"
        fields = f"list_transform(string_split({joined}, {s}), lambda x: replace(x, {literal(_MARK)}, {s}))"
        quick = f"WHEN regexp_full_match({record}, {literal(_ordered(d))}) THEN {fields} "
    return f"CASE WHEN NOT contains({record}, {literal(d.quote)}) THEN {split} {quick}ELSE {slow} END"


def _ordered(d: Dialect) -> str:
    """A regular expression of the records in which every quote opens or closes a field and nothing is escaped."""
    s, q, e = (_class(c) for c in (d.separator, d.quote, d.escape if d.escape != d.quote else ""))
    marks = "\\x1e\\x1f"
    field = f"(?:[{q}][^{q}{e}{marks}]*[{q}]|[^{q}{s}{marks}]*)"
    return f"(?s)(?:{field}[{s}])*{field}"


def _class(c: str) -> str:
    return f"\\x{{{ord(c):x}}}" if c else ""


def _name(options: CsvOptions) -> str:
    return "csv_tokens_" + repr(options.dialect).encode().hex()


def _tokenize(dialect: Dialect) -> Callable[[pa.Array], pa.Array]:
    def tokenize(texts: pa.Array) -> pa.Array:
        tokenizer = Tokenizer(dialect)
        rows = (None if t is None else [x or "" for x in tokenizer.tokens(t)] for t in texts.to_pylist())
        return pa.array(list(rows), pa.list_(pa.string()))

    return tokenize


def field_sql(tokens: str, index: int, options: CsvOptions) -> str:
    """Kernel SQL for the text of a field, or NULL."""
    return _text_sql(f"{tokens}[{index + 1}]", options)


def fields_sql(tokens: str, options: CsvOptions) -> str:
    """Kernel SQL for the texts of all fields, or NULL, as a list: for many columns much less SQL than one by one."""
    return f"list_transform({tokens}, lambda x: {_text_sql('x', options)})"


def _text_sql(token: str, options: CsvOptions) -> str:
    text = f"nullif({token}, '')"
    if options.empty_value or options.null_value:
        text = f"CASE WHEN {text} = {literal(EMPTY)} THEN {literal(options.empty_value)} ELSE {text} END"
        return f"nullif({text}, {literal(options.null_value)})" if options.null_value else text
    return f"nullif({text}, {literal(EMPTY)})"


# --- the source -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CsvSource(FileSource):
    options: CsvOptions
    pruning: bool

    @property
    def name(self) -> str:
        return "csv"

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        o = self.options
        columns = [f for f in self.data_schema.fields if f.name != o.corrupt_column]
        if o.header and not o.enforce_schema:
            check_headers(self.fs, files, columns, o)
        paths = ", ".join(literal(self.fs.uri(f.status.path, "//")) for f in files)
        state = "[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] the mode is FAILFAST and this record is malformed: "
        failure = reading.failure(
            "FAILED_READ_FILE.NO_HINT", path=f"[{paths}][{FILE}]", reason=f"{literal(state)} || {LINE}"
        )
        source = reading.register(records(self.fs, files, o, o.header))
        return parsed(source, columns, fields, o, self.pruning, failure, reading, extra)


def parsed(
    source: str,
    columns: Sequence[StructField],
    fields: Sequence[StructField],
    o: CsvOptions,
    pruning: bool,
    failure: str,
    reading: Reading,
    extra: frozenset[str] = frozenset(),
) -> str:
    """A kernel query for `fields` of the records in the table `source`, which have `columns`.

    With `pruning`, only what is asked for decides whether a record is malformed; `failure` raises the error of that.
    """
    corrupt = next((f for f in fields if f.name == o.corrupt_column), None)
    wanted = [f for f in fields if f.name != o.corrupt_column]
    if corrupt is not None and not wanted:
        raise AnalysisError("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
    pruned = pruning and len(wanted) < len(columns)
    items = [LINE, FILE]
    if wanted or not pruned:
        items.append(f"{fields_sql(tokens_sql(LINE, o, reading), o)} AS t")
    query = f"SELECT {', '.join(items)} FROM {source}"
    position = {f.name: i for i, f in enumerate(columns)}
    texts = [f"t[{position[f.name] + 1}] AS x{i}" for i, f in enumerate(wanted)]
    length = ["len(t) AS n"] if not pruned else []
    query = f"SELECT {', '.join([LINE, FILE, *length, *texts])} FROM ({query})"
    values = o.values(reading.time_zone)
    converted = [f"{values.sql(f'x{i}', f.type, reading)} AS v{i}" for i, f in enumerate(wanted)]
    query = f"SELECT *{''.join(', ' + c for c in converted)} FROM ({query})"
    tests = [] if pruned else [f"n <> {len(columns)}"]
    tests += [f"(x{i} IS NOT NULL AND v{i} IS NULL)" for i, f in enumerate(wanted) if not _free(f.type)]
    bad = " OR ".join(tests) or "false"
    query = _guarded(query, o, failure, reading)
    out = [f"v{i} AS {ident(f.name)}" for i, f in enumerate(wanted)]
    if corrupt is not None:
        out.append(f"CASE WHEN {bad} THEN {LINE} END AS {ident(corrupt.name)}")
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
    return isinstance(type, (StringType, VarcharType, CharType))


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
    ntz = context.settings.get_option("spark.sql.timestampType") == "TIMESTAMP_NTZ"
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


def supports(type: DataType) -> bool:
    return not isinstance(type, (ArrayType, MapType, StructType, CalendarIntervalType, NullType))


def check_schema(schema: StructType, title: str, corrupt: str, supported: Callable[[DataType], bool]) -> None:
    """Raise for columns that text files cannot hold, and for a column of corrupt records that is no string."""
    for field in schema.fields:
        if isinstance(field.type, (CharType, VarcharType)):
            raise AnalysisError("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
        if not supported(field.type):
            raise AnalysisError(
                "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                columnName=quote(field.name),
                columnType=f'"{sql_name(field.type)}"',
                format=title,
            )
        if field.name == corrupt and (not isinstance(field.type, StringType) or not field.nullable):
            raise AnalysisError(
                "INVALID_CORRUPT_RECORD_TYPE", columnName=quote(field.name), actualType=f'"{sql_name(field.type)}"'
            )


def resolve(paths: Sequence[str], schema: StructType | None, options: Pairs, context: Context) -> CsvSource:
    chosen = read_options(CsvOptions, options, context.settings)
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
    )
    check_schema(source.data_schema, "CSV", chosen.corrupt_column, supports)
    return source
