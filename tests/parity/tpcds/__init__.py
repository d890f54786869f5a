"""TPC-DS: the tables, and the 99 queries as Spark SQL (q01.sql ...).

The SQL follows the public specification with the substitution parameters of its validation. Dates are counted in
literals, and NULLS FIRST is written where a peer's default differs from Spark's. Four queries have two parts: of 14, 24
and 39 the first is here, of 23 the second. `tables/` has the tables at the scale factor `SCALE`, as `make_tables.py` makes them.
"""

import re
from pathlib import Path

SCALE = "0.01"  # one store: what asks for many of them finds few rows, but three quarters of the answers have rows
HERE = Path(__file__).parent
TABLES = HERE / "tables"
# What makes tables of any size, in an environment of its own: the kernel has no such extension.
GENERATOR = ("duckdb==1.5.5", "duckdb-extension-tpcds==1.5.5")


def statements() -> dict[str, str]:
    """The SQL text of each query by name, in order."""
    return {path.stem: path.read_text() for path in sorted(HERE.glob("q*.sql"))}


def decided(sql: str, columns: int) -> str:
    """A query whose rows are ordered by all its columns after those it is ordered by: it has one answer."""
    body, limit = re.fullmatch(r"(.*?)((?:\nLIMIT \d+)?)\n?", sql, re.DOTALL).groups()  # type: ignore[union-attr]
    rest = ", ".join(str(number) for number in range(1, columns + 1))
    return f"{body}{',' if re.search(r'^ORDER BY ', body, re.MULTILINE) else ' ORDER BY'} {rest}{limit}"
