"""Record what Apache Spark answers to TPC-H.

    python tests/parity/record_tpch.py PYTHON

renews tpch_answers.json; PYTHON is an interpreter that has Apache Spark. `answer` gives the form in which answers are
kept, and `test_tpch.py` compares in.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.parity.tpch import TABLES, generate, statements

SCALE = "0.02"  # at 0.01 one answer is null and others are thin
RECORDED = Path(__file__).with_name("tpch_answers.json")


def register(spark: Any, directory: Path) -> None:
    """Make the tables temporary views of this session."""
    for table in TABLES:
        spark.read.parquet(str(directory / f"{table}.parquet")).createOrReplaceTempView(table)


def programs() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Every query both ways, by name: a function from a session to a DataFrame."""
    from tests.parity.tpch.tpch_dataframes import QUERIES  # needs pyspark, which the recording process lacks

    for name, text in statements().items():
        yield f"{name}-sql", lambda spark, text=text: spark.sql(text)
    for program in QUERIES:
        yield f"{program.__name__}-dataframe", program


def plain(value: object) -> object:
    """A cell as JSON can hold it, without loss; decimals keep their scale."""
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"no TPC-H answer has a {type(value).__name__}")


def answer(frame: Any) -> dict[str, Any]:
    """The schema of a DataFrame, as Spark writes it in JSON, and its rows."""
    return {
        "schema": json.loads(frame.schema.json()),
        "rows": [[plain(cell) for cell in row] for row in frame.collect()],
    }


def record(directory: Path) -> dict[str, Any]:
    """The answers of the Spark in this process's environment."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "4").getOrCreate()
    register(spark, directory)
    answers = {"spark": spark.version, "scale": SCALE, "answers": {n: answer(p(spark)) for n, p in programs()}}
    spark.stop()
    return answers


def a_row_a_line(recorded: dict[str, Any]) -> str:
    """The recording as JSON in which a changed row is a changed line."""
    answers = []
    for name, found in recorded["answers"].items():
        rows = ",\n".join(f"  {json.dumps(row)}" for row in found["rows"])
        answers.append(f'"{name}": {{"schema": {json.dumps(found["schema"])}, "rows": [\n{rows}\n]}}')
    head = f'{{"spark": "{recorded["spark"]}", "scale": "{recorded["scale"]}", "answers": {{\n'
    return head + ",\n".join(answers) + "\n}}\n"


def main() -> None:
    if len(sys.argv) == 3:  # the child, in Spark's environment
        json.dump(record(Path(sys.argv[2])), sys.stdout)
        return
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch), SCALE)
        command = [sys.argv[1], __file__, "record", scratch]
        answers = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    RECORDED.write_text(a_row_a_line(answers))


if __name__ == "__main__":
    main()
