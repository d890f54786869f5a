"""Tables of the kernel's own that outlive a statement: rows that streams keep between batches, and memory sinks.

Their columns are k0, k1, …; the first ones are the key where a table has one. NULL keys are equal to one another.
"""

from __future__ import annotations

from glowplug.kernel.types import kernel_type, text
from glowplug.kernel.workbench import Workbench
from glowplug.types import LONG, DataType, StructType

DELETED = "deleted"
_WIDTHS = {"BOOLEAN": 1, "TINYINT": 1, "SMALLINT": 2, "INTEGER": 4, "FLOAT": 4, "DATE": 4} | dict.fromkeys(
    ("BIGINT", "DOUBLE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME"), 8
)


def create(bench: Workbench, table: str, types: list[DataType]) -> None:
    """A table of columns k0, k1, … of these types, empty."""
    columns = ", ".join(f"k{i} {kernel_type(t)}" for i, t in enumerate(types))
    bench.execute(f"CREATE TABLE {table} ({columns})")


def fill(bench: Workbench, table: str, sql: str) -> int:
    """How many rows of a query a new table has."""
    return int(bench.rows(f"CREATE TABLE {table} AS {sql}")[0][0])


def append(bench: Workbench, table: str, sql: str) -> int:
    """How many rows a query added to the table."""
    return int(bench.rows(f"INSERT INTO {table} {sql}")[0][0])


def replace(bench: Workbench, table: str, by: str) -> None:
    """The table `by` in the place of another."""
    bench.execute(f"BEGIN; DROP TABLE {table}; ALTER TABLE {by} RENAME TO {table}; COMMIT")


def empty(bench: Workbench, table: str) -> None:
    bench.execute(f"DELETE FROM {table}")


def drop(bench: Workbench, table: str) -> None:
    bench.execute(f"DROP TABLE IF EXISTS {table}")


def count(bench: Workbench, table: str) -> int:
    return int(bench.rows(f"SELECT count(*) FROM {table}")[0][0])


def least(bench: Workbench, table: str, column: int, where: int, value: str) -> int | None:
    """The least value of a column in the rows of which another one is this text."""
    rows = bench.rows(f"SELECT min(k{column}) FROM {table} WHERE k{where} = {text(value)}")
    return None if rows[0][0] is None else int(rows[0][0])


def earliest(bench: Workbench, table: str, column: int, type: DataType) -> int | None:
    """The least time in a column, in microseconds: of windows the end, of whole numbers as milliseconds."""
    time = f"struct_extract_at(k{column}, 2)" if isinstance(type, StructType) else f"k{column}"
    micros = f"1000::HUGEINT * min({time})" if type == LONG else f"epoch_us(min({time}))"
    found: int | None = bench.rows(f"SELECT {micros} FROM {table}")[0][0]
    return found


def values(bench: Workbench, table: str) -> list[int]:
    """The first column of a small table of numbers."""
    return [int(row[0]) for row in bench.rows(f"SELECT k0 FROM {table}")]


def width(types: list[DataType]) -> int:
    """Bytes that a row of these types takes in the kernel, about: texts and nested values count what is beside them."""
    return sum(_WIDTHS.get(kernel_type(t), 16) for t in types)


def upsert(bench: Workbench, table: str, changes: str, keys: int, width: int) -> None:
    """The rows of the table `changes` in place of those with the same key, or as new ones."""
    if not keys:
        bench.execute(f"DELETE FROM {table} WHERE EXISTS (FROM {changes})")
        append(bench, table, f"FROM {changes}")
        return
    values = ", ".join(f"k{i} = s.k{i}" for i in range(keys, width)) or "k0 = s.k0"
    columns = ", ".join(f"s.k{i}" for i in range(width))
    bench.execute(
        f"MERGE INTO {table} t USING {changes} s ON {_same(bench, changes, keys)} "
        f"WHEN MATCHED THEN UPDATE SET {values} WHEN NOT MATCHED THEN INSERT VALUES ({columns})"
    )


def remove(bench: Workbench, table: str, gone: str, keys: int) -> None:
    """Without the rows whose key is in the table `gone`."""
    bench.execute(f"DELETE FROM {table} t USING {gone} s WHERE {_same(bench, gone, keys)}")


def _same(bench: Workbench, few: str, keys: int) -> str:
    """Whether rows of `t` and `s`, the table `few`, have the same key. `=` scans a large table twice as fast."""
    nulls = bench.rows(f"SELECT {', '.join(f'count(*) - count(k{i})' for i in range(keys))} FROM {few}")[0]
    equal = ("IS NOT DISTINCT FROM" if n else "=" for n in nulls)
    return " AND ".join(f"t.k{i} {sign} s.k{i}" for i, sign in enumerate(equal))


# --- on disk -----------------------------------------------------------------------------------------------


def save(bench: Workbench, path: str, present: str, gone: str | None, keys: int) -> None:
    """The rows of `present`, and of `gone` those keys, marked as deleted, in one file."""
    sql = f"SELECT *, false AS {DELETED} FROM {present}"
    if gone is not None:
        columns = ", ".join(f"k{i}" for i in range(keys))
        sql += f" UNION ALL BY NAME SELECT {columns}, true AS {DELETED} FROM {gone}"
    bench.execute(f"COPY ({sql}) TO {text(path)} (FORMAT parquet, COMPRESSION zstd)")


def load(bench: Workbench, path: str, table: str, keys: int, width: int, unique: bool) -> None:
    """What `save` wrote, done to the table again: `unique` ones have a row for each key."""
    columns = ", ".join(f"k{i}" for i in range(width))
    file = f"read_parquet({text(path)})"
    bench.execute(f"CREATE TEMP TABLE put AS SELECT {columns} FROM {file} WHERE NOT {DELETED}")
    bench.execute(f"CREATE TEMP TABLE gone AS SELECT {columns} FROM {file} WHERE {DELETED}")
    try:
        if unique:
            upsert(bench, table, "put", keys, width)
        else:
            append(bench, table, "FROM put")
        if keys:
            remove(bench, table, "gone", keys)
    finally:
        bench.execute("DROP TABLE put; DROP TABLE gone")
