"""Files that are read in Python as Arrow batches, a file at a time: what ORC, Avro and Arrow files share.

A file's columns reach the kernel as they are in the file; the kernel makes of them what the table's schema asks for.
Files with the same types share one stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from glowplug.arrow import arrow_type, kernel_arrow_type
from glowplug.errors import ExecutionError, SparkError
from glowplug.io.files import FILE, FileSource
from glowplug.io.filesystem import FileSystem
from glowplug.io.listing import DataFile
from glowplug.io.source import ArrowStream, Reading
from glowplug.sqltext import ident
from glowplug.types import ArrayType, DataType, MapType, StructField, StructType, UserDefinedType

# Kernel SQL for a value of an atomic type as one of another; None where that cannot be.
Leaf = Callable[[str, DataType, DataType, Reading], "str | None"]


class Mismatch(Exception):
    """A column cannot be read as the type asked for."""

    def __init__(self, column: str, source: DataType, target: DataType) -> None:
        super().__init__(column)
        self.column, self.source, self.target = column, source, target


def stored_type(type: DataType) -> pa.DataType:
    """The Arrow type in which the kernel takes values of a type."""
    return kernel_arrow_type(arrow_type(type, "UTC"))


# How many rows, and the arrays of the columns that are read, if any.
Rows = tuple[int, Sequence[pa.Array]]


@dataclass(frozen=True)
class Batches(ArrowStream):
    """The batches that `read` gives of each file, with the file's number from 1."""

    files: tuple[tuple[int, DataFile], ...]
    columns: pa.Schema
    read: Callable[[DataFile], Iterator[Rows]]

    @property
    def schema(self) -> pa.Schema:
        return self.columns.append(pa.field(FILE, pa.int64()))

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number, file in self.files:
            for count, arrays in self.read(file):
                numbers = pa.repeat(pa.scalar(number, pa.int64()), count)
                yield pa.RecordBatch.from_arrays([*arrays, numbers], schema=self.schema)


@dataclass(frozen=True, slots=True)
class BatchSource(FileSource):
    """A format says what is in a file, how it is read, and which types are read as which others.

    `ignore_corrupt` skips what cannot be read; `exact_names` tells names apart by case.
    """

    ignore_corrupt: bool
    exact_names: bool

    def file_schema(self, file: DataFile) -> StructType:
        """The columns in a file. Raises a SparkError for a file that is none."""
        raise NotImplementedError

    def read(self, file: DataFile, columns: Sequence[StructField]) -> Iterator[Rows]:
        """Batches of columns of a file, in types of the kernel (`stored_type`). Raises SparkErrors."""
        raise NotImplementedError

    def leaf(self, sql: str, source: DataType, target: DataType, reading: Reading) -> str | None:
        """See `Leaf`."""
        raise NotImplementedError

    def mismatch(self, error: Mismatch, file: DataFile) -> SparkError:
        """What a column of a type that does not fit is answered with."""
        raise NotImplementedError

    def chosen(self, schema: StructType, field: StructField) -> StructField | None:
        """The column of a file that a column of the table is read from."""
        return named(schema, field.name, self.exact_names)

    def scan(
        self, files: Sequence[DataFile], fields: Sequence[StructField], extra: frozenset[str], reading: Reading
    ) -> str:
        groups: dict[tuple[StructField | None, ...], list[tuple[int, DataFile]]] = {}
        for number, file in enumerate(files, 1):
            try:
                schema = self.file_schema(file)
            except SparkError as error:
                if not self.skipped(error):
                    raise
                continue
            groups.setdefault(tuple(self.chosen(schema, f) for f in fields), []).append((number, file))
        queries = [self._group(group, found, fields, extra, reading) for found, group in groups.items()]
        if not queries:
            items = [f"CAST(NULL AS {reading.type(f.type)}) AS {ident(f.name)}" for f in fields]
            return f"SELECT {', '.join([*items, *(f'CAST(NULL AS BIGINT) AS {e}' for e in sorted(extra))])} WHERE false"
        return queries[0] if len(queries) == 1 else " UNION ALL ".join(f"({q})" for q in queries)

    def skipped(self, error: SparkError) -> bool:
        """Whether a file that fails so is left out."""
        missing = error.condition == "FAILED_READ_FILE.FILE_NOT_EXIST"
        return self.ignore_missing if missing else self.ignore_corrupt

    def _group(
        self,
        files: Sequence[tuple[int, DataFile]],
        found: Sequence[StructField | None],
        fields: Sequence[StructField],
        extra: frozenset[str],
        reading: Reading,
    ) -> str:
        """Files whose columns have the same types."""
        columns = list(dict.fromkeys(f for f in found if f is not None))
        schema = pa.schema([(f"k{i}", stored_type(f.type)) for i, f in enumerate(columns)])

        def read(file: DataFile) -> Iterator[Rows]:
            try:
                yield from self.read(file, columns)
            except SparkError as error:
                if not self.skipped(error):
                    raise

        items = []
        for field, own in zip(fields, found, strict=True):
            value = f"CAST(NULL AS {reading.type(field.type)})"
            if own is not None:
                x = f"CAST(k{columns.index(own)} AS {reading.type(own.type)})"
                try:
                    value = as_type(x, own.type, field.type, self.leaf, reading, field.name, self.exact_names)
                except Mismatch as error:
                    raise self.mismatch(error, files[0][1]) from None
            items.append(f"{value} AS {ident(field.name)}")
        items += [FILE] if FILE in extra else []
        return f"SELECT {', '.join(items)} FROM {reading.register(Batches(tuple(files), schema, read))}"


def named(schema: StructType, name: str, exact: bool) -> StructField | None:
    """A struct's field by its name; without regard to case unless `exact`. Raises for one of several."""
    found = [f for f in schema.fields if f.name == name or (not exact and f.name.lower() == name.lower())]
    if len(found) > 1:
        matched = ", ".join(f.name for f in found)
        raise ExecutionError("_LEGACY_ERROR_TEMP_2093", requiredFieldName=name, matchedFields=f"[{matched}]")
    return found[0] if found else None


def as_type(
    sql: str, source: DataType, target: DataType, leaf: Leaf, reading: Reading, path: str, exact: bool = False
) -> str:
    """Kernel SQL for the value `sql` of type `source` as one of type `target`: fields by name, the rest by `leaf`.

    Raises Mismatch.
    """
    if isinstance(target, UserDefinedType):
        target = target.sql_type
    if source == target:
        return sql
    match source, target:
        case ArrayType(a), ArrayType(b):
            inner = as_type("x", a, b, leaf, reading, f"{path}.element", exact)
            return sql if inner == "x" else f"list_transform({sql}, lambda x: {inner})"
        case MapType(k, v), MapType(l, w):
            key = as_type("e.key", k, l, leaf, reading, f"{path}.key", exact)
            value = as_type("e.value", v, w, leaf, reading, f"{path}.value", exact)
            entry = f"struct_pack(k := {key}, v := {value})"
            return f"map_from_entries(list_transform(map_entries({sql}), lambda e: {entry}))"
        case StructType(), StructType(fields):
            parts = []
            for field in fields:
                own = named(source, field.name, exact)
                part = f"CAST(NULL AS {reading.type(field.type)})"
                if own is not None:
                    of = f"struct_extract_at({sql}, {source.fields.index(own) + 1})"
                    part = as_type(of, own.type, field.type, leaf, reading, f"{path}.{field.name}", exact)
                parts.append(f"{ident(field.name)} := {part}")
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"
    nested = (ArrayType, MapType, StructType)
    found = None if isinstance(source, nested) or isinstance(target, nested) else leaf(sql, source, target, reading)
    if found is None:
        raise Mismatch(path, source, target)
    return found


def unreadable(fs: FileSystem, file: DataFile, error: Exception) -> ExecutionError:
    """The condition of a file that a library could not read."""
    if isinstance(error, FileNotFoundError):
        return ExecutionError("FAILED_READ_FILE.FILE_NOT_EXIST", path=fs.uri(file.status.path, "//"))
    reason = str(error).split("\n")[0] or type(error).__name__
    return ExecutionError("FAILED_READ_FILE.NO_HINT", path=fs.uri(file.status.path, "//"), reason=reason)
