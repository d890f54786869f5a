"""Make the tables of TPC-DS as Parquet, with the types that the specification gives them.

    python make_tables.py DIRECTORY SCALE     # in an environment with the packages `GENERATOR` names

writes DIRECTORY/TABLE.parquet for each of the 24. Identifiers and integers are INT as in the specification, where the
generator has BIGINT; char and varchar are strings, not padded.
"""

import sys
from pathlib import Path

import duckdb
import duckdb_extension_tpcds


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The select list that gives a table its types."""
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    return ", ".join(f"{name}::INTEGER AS {name}" if kind == "BIGINT" else name for name, kind, *_ in described)


def main(directory: Path, scale: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    [extension] = Path(next(iter(duckdb_extension_tpcds.__path__))).rglob("*.duckdb_extension")
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{extension}'")
        connection.execute(f"CALL dsdgen(sf = {float(scale)})")
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            connection.execute(
                f"COPY (SELECT {columns(connection, table)} FROM {table}) TO '{directory / table}.parquet' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 15)"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
