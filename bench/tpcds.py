"""TPC-DS: 99 queries as SQL, collected, through each engine in turns."""

import subprocess
from pathlib import Path

from bench.engines import HOME, Engine, programs
from bench.tpch import Result, take_turns
from tests.parity import tpcds

_MAKER = Engine("tpcds", tpcds.GENERATOR)


def data(scale: str) -> Path:
    """The directory of the tables at this scale factor, made where it is not."""
    directory = HOME / f"tpcds-{scale}"
    made = directory / "made"
    if not made.exists():
        maker = Path(tpcds.__file__).with_name("make_tables.py")
        subprocess.run([programs(_MAKER) / "python", maker, directory, scale], check=True)
        made.touch()
    return directory


def run(engines: list[Engine], scale: str, runs: int) -> dict[str, Result]:
    """Results by engine. DuckDB alone is given the same SQL, but for its way to quote names."""
    return take_turns(engines, data(scale), tpcds.statements(), runs)
