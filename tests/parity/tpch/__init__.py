"""TPC-H: the tables, the 22 queries as SQL (q01.sql ...) and as DataFrame programs (tpch_dataframes.py).

The SQL follows the public specification with its validation parameters; query 15 with a common table expression in
place of a view, and query 11 with the fraction of scale factor 1.
"""

import subprocess
import sys
from pathlib import Path

TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")


def statements() -> dict[str, str]:
    """The SQL text of each query by name, in order."""
    return {path.stem: path.read_text() for path in sorted(Path(__file__).parent.glob("q*.sql"))}


def generate(directory: Path, scale: str) -> None:
    """Write the tables at this scale factor to directory/TABLE.parquet, unless they are there."""
    if all((directory / f"{table}.parquet").exists() for table in TABLES):
        return
    tpchgen = Path(sys.executable).with_name("tpchgen-cli")
    subprocess.run([tpchgen, "parquet", "--scale-factor", scale, "--output-dir", directory, "--quiet"], check=True)
