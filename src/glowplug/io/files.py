"""What all file formats share when they are read: partition columns, `_metadata`, pruning, missing files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.errors import AnalysisError
from glowplug.io.filesystem import FileSystem, encoded
from glowplug.io.listing import DataFile, Listing
from glowplug.io.source import Evaluate, Reading, Source
from glowplug.plan.expressions import Attribute, Call, Expression, Literal, Subquery, UnresolvedFunction
from glowplug.plan.predicates import implied
from glowplug.plan.tree import walk
from glowplug.sqltext import constant, ident, literal, pick
from glowplug.type_trees import contains_type
from glowplug.types import (
    LONG,
    STRING,
    TIMESTAMP,
    ArrayType,
    CharType,
    DataType,
    GeographyType,
    GeometryType,
    MapType,
    StringType,
    StructField,
    StructType,
    VarcharType,
    as_nullable,
    quote,
    sql_name,
)

# The columns by which a format's scan says where a row comes from.
FILE = "__file"  # the file's number in the list given to the scan, from 1
ROW = "__row"  # the row's number in its file, from 0
_PART = 128 << 20  # bytes that Spark reads at once; all longer files come as they are listed

_METADATA_FIELDS = (
    StructField("file_path", STRING, False),
    StructField("file_name", STRING, False),
    StructField("file_size", LONG, False),
    StructField("file_block_start", LONG, False),
    StructField("file_block_length", LONG, False),
    StructField("file_modification_time", TIMESTAMP, False),
)
ROW_INDEX = StructField("row_index", LONG, False)


def metadata_column(schema: StructType, *extra: StructField) -> StructField:
    """The hidden column `_metadata`, with more underscores where a column of data is called so already; `extra` are
    fields only some formats have.
    """
    mark, name = '{"__file_source_metadata_col":true,"__metadata_col":"_metadata"}', "_metadata"
    taken = {f.name.lower() for f in schema.fields}
    while name in taken:
        name = f"_{name}"
    return StructField(name, StructType(_METADATA_FIELDS + extra), False, mark)


@dataclass(frozen=True, slots=True)
class FileSource(Source):
    """A table of files. A format's subclass says in `scan` how the kernel reads the columns that are in the files."""

    fs: FileSystem
    files: tuple[DataFile, ...]
    data_schema: StructType
    partition_schema: StructType
    roots: tuple[str, ...]
    ignore_missing: bool

    @property
    def hidden(self) -> tuple[StructField, ...]:
        return (metadata_column(self.schema),)

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        """A kernel query for `fields` of the given files, none of which is empty, and the `extra` ones of FILE and ROW.

        At least one column is asked for.
        """
        raise NotImplementedError

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        files = [f for f in self.files if f.status.size and (not self.ignore_missing or _exists(self.fs, f))]
        files.sort(key=lambda f: -min(f.status.size, _PART))  # as Spark packs files into partitions: large ones first
        fields = {f.name: f for f in (*self.schema.fields, *self.hidden)}
        if not files:
            items = [f"CAST(NULL AS {reading.type(fields[c].type)}) AS {ident(c)}" for c in columns]
            return f"SELECT {', '.join(items) or 'NULL AS _'} WHERE false"
        in_files = {f.name for f in self.data_schema.fields}
        data = [fields[c] for c in columns if c in in_files]
        partitions = {f.name: i for i, f in enumerate(self.partition_schema.fields)}
        items, extra = [], set[str]()
        for column in columns:
            if column in in_files:
                items.append(ident(column))
                continue
            if column in partitions:
                i, type = partitions[column], fields[column].type
                values = [constant(f.values[i], type, reading) for f in files]
                value, needs = pick(values, reading.type(type), FILE), {FILE} if len(set(values)) > 1 else set[str]()
            else:
                value, needs = self._metadata(files, fields[column], reading)
            items.append(f"{value} AS {ident(column)}")
            extra |= needs
        if not data and not extra:
            extra = {FILE}
        scan = self.scan(files, data, frozenset(extra), reading)
        if not extra and len(data) == len(columns):
            return scan
        if len({f.name.lower() for f in data}) < len(data):  # which the kernel takes for one
            places = {f.name: f"x{i}" for i, f in enumerate(data)}
            items = [f"{places[c]} AS {item}" if c in places else item for c, item in zip(columns, items, strict=True)]
            return f"SELECT {', '.join(items)} FROM ({scan}) AS s({', '.join([*places.values(), *sorted(extra)])})"
        return f"SELECT {', '.join(items) or 'NULL AS _'} FROM ({scan})"

    def _metadata(self, files: Sequence[DataFile], field: StructField, reading: Reading) -> tuple[str, set[str]]:
        """The struct `_metadata`. The kernel computes only those of its fields that are used."""
        of: dict[str, Callable[[DataFile], str]] = {
            "file_path": lambda f: literal(self.fs.uri(f.status.path)),
            "file_name": lambda f: literal(encoded(f.status.name)),
            "file_size": lambda f: str(f.status.size),
            "file_block_start": lambda f: "0",
            "file_block_length": lambda f: str(f.status.size),
            "file_modification_time": lambda f: constant(f.status.modified, TIMESTAMP, reading),
        }
        assert isinstance(field.type, StructType)
        parts = [
            f"{f.name} := {pick([of[f.name](x) for x in files], reading.type(f.type), FILE) if f.name in of else ROW}"
            for f in field.type.fields
        ]
        return f"struct_pack({', '.join(parts)})", {FILE, ROW} if ROW_INDEX in field.type.fields else {FILE}

    @property
    def prunable(self) -> bool:
        return bool(self.partition_schema.fields)

    def prune(self, conditions: Sequence[Expression], columns: Sequence[Attribute], evaluate: Evaluate) -> FileSource:
        names = [f.name for f in self.partition_schema.fields]
        attributes = [next((c for c in columns if c.name == n), None) for n in names]
        known = {a.id for a in attributes if a is not None}
        parts = (implied(c, lambda e: only_over(e, known)) for c in conditions)
        usable = [p for p in parts if p is not None]
        if not usable or not self.files:
            return self
        kept = [i for i, a in enumerate(attributes) if a is not None]
        texts = [repr(f.values) for f in self.files]  # 0.0 and -0.0 are equal, and not the same
        by_text = {text: f.values for text, f in zip(texts, self.files, strict=True)}
        distinct = list(by_text.values())
        arrays = [
            pa.array([v[i] for v in distinct], arrow_type(self.partition_schema.fields[i].type, "UTC")) for i in kept
        ]
        table = pa.Table.from_arrays(arrays, [f"c{i}" for i in kept])
        mask = evaluate(usable, [a for a in attributes if a is not None], table)
        passed = {text for text, ok in zip(by_text, mask, strict=True) if ok}
        return replace(self, files=tuple(f for text, f in zip(texts, self.files, strict=True) if text in passed))

    def input_files(self) -> tuple[str, ...]:
        return tuple(self.fs.uri(f.status.path, "//") for f in self.files)

    def describe(self) -> str:
        shown = ", ".join(self.fs.uri(r) for r in self.roots[:3]) + (", ..." if len(self.roots) > 3 else "")
        partitions = f", {len({f.values for f in self.files})} partitions" if self.partition_schema.fields else ""
        return f"{self.name} [{shown}] {len(self.files)} files{partitions}"


def _exists(fs: FileSystem, file: DataFile) -> bool:
    try:
        fs.status(file.status.path)
    except FileNotFoundError:
        return False
    return True


def only_over(condition: Expression, ids: set[int]) -> bool:
    """Whether a condition can be decided by the columns `ids` alone, once and for all."""
    attributes = 0
    for e in walk(condition):
        match e:
            case Attribute():
                if e.id not in ids:
                    return False
                attributes += 1
            case Subquery():
                return False
            case Call() if not e.function.deterministic:
                return False
    return attributes > 0


# --- schemas ----------------------------------------------------------------------------------------


def table_schema(data: StructType, partitions: StructType) -> tuple[StructType, StructType]:
    """A table's schema, and the part of it that is in the files: all columns nullable.

    A partition column hides the files' column of the same name and takes its place; the others come last.
    """
    by_name = {f.name.lower(): f for f in partitions.fields}
    merged = [by_name.get(f.name.lower(), f) for f in data.fields]
    present = {f.name.lower() for f in merged}
    merged += [f for f in partitions.fields if f.name.lower() not in present]
    in_files = tuple(f for f in data.fields if f.name.lower() not in by_name)
    return _nullable(merged), _nullable(in_files)


def _nullable(fields: Sequence[StructField]) -> StructType:
    schema = as_nullable(StructType(tuple(fields)))
    assert isinstance(schema, StructType)
    return schema


def check_duplicates(names: Sequence[str], case_sensitive: bool = False) -> None:
    """Raise COLUMN_ALREADY_EXISTS for a name that occurs twice."""
    seen = set[str]()
    for name in names:
        key = name if case_sensitive else name.lower()
        if key in seen:
            raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(key))
        seen.add(key)


def make(
    cls: Callable[..., Any],
    listing: Listing,
    user: StructType | None,
    infer: Callable[[Sequence[DataFile]], StructType | None],
    format_name: str,
    case_sensitive: bool,
    ignore_missing: bool,
    **options: Any,
) -> Any:
    """The source of a listing: with the user's schema, or the one that `infer` finds in the files."""
    if user is not None:
        hidden = {f.name.lower() for f in listing.partition_schema.fields if not listing.of_stream}
        data = StructType(tuple(f for f in user.fields if f.name.lower() not in hidden))  # columns of a stream stay
        check_duplicates([f.name for f in user.fields], case_sensitive)
    else:
        found = infer(listing.files)
        if found is None:
            raise AnalysisError("UNABLE_TO_INFER_SCHEMA", format=format_name)
        data = found
        check_duplicates([f.name for f in data.fields], case_sensitive)
    schema, in_files = table_schema(data, listing.partition_schema)
    return cls(
        schema, listing.fs, listing.files, in_files, listing.partition_schema, listing.roots, ignore_missing, **options
    )


def absent(field: StructField, reading: Reading) -> str:
    """Kernel SQL for the values of a column that a file was written without: the default it had when it was added."""
    text = json.loads(field.metadata).get("EXISTS_DEFAULT")
    kernel_type = reading.type(field.type)
    if text is None:
        return f"CAST(NULL AS {kernel_type})"
    from glowplug.sql import parse_expression

    return f"CAST({_default(parse_expression(text), field.type, reading)} AS {kernel_type})"


def _default(e: Expression, type: DataType, reading: Reading) -> str:
    """Kernel SQL of a default, of which catalogs keep constants only, and calls that put such together."""
    if isinstance(e, Literal):
        return reading.cast(constant(e.value, e.type, reading), e.type, type, "legacy")
    assert isinstance(e, UnresolvedFunction)
    match type:
        case ArrayType(element):
            return f"[{', '.join(_default(a, element, reading) for a in e.args)}]"
        case MapType(key, value):
            keys = (_default(a, key, reading) for a in e.args[::2])
            values = (_default(a, value, reading) for a in e.args[1::2])
            return f"MAP([{', '.join(keys)}], [{', '.join(values)}])"
        case StructType(fields):
            parts = (_default(a, f.type, reading) for a, f in zip(e.args[1::2], fields, strict=True))
            return f"ROW({', '.join(parts)})"
    raise AssertionError(f"no constant: {e!r}")


def check_schema(schema: StructType, title: str, corrupt: str, supported: Callable[[DataType], bool]) -> None:
    """Raise for columns that text files cannot hold, and for a column of corrupt records that is no string."""
    for field in schema.fields:
        if contains_type(field.type, (CharType, VarcharType)):
            raise AnalysisError("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
        if not supported(field.type) or contains_type(field.type, (GeometryType, GeographyType)):
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
