"""Record what Apache Spark answers to TPC-DS.

    python tests/parity/record_tpcds.py PYTHON

renews tpcds_answers.json; PYTHON is an interpreter that has Apache Spark.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.parity.record_tpch import a_row_a_line, answer
from tests.parity.tpcds import SCALE, TABLES, decided, statements

RECORDED = Path(__file__).with_name("tpcds_answers.json")


def register(spark: Any) -> None:
    """Make the tables temporary views of this session."""
    for table in sorted(TABLES.glob("*.parquet")):
        spark.read.parquet(str(table)).createOrReplaceTempView(table.stem)


def programs() -> dict[str, Callable[[Any], Any]]:
    """Every query by name: a function from a session to a DataFrame whose rows have one order."""
    return {
        name: lambda spark, text=text: spark.sql(decided(text, len(spark.sql(text).columns)))
        for name, text in statements().items()
    }


def record() -> dict[str, Any]:
    """The answers of the Spark in this process's environment."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.sql.shuffle.partitions", "2")
    spark = builder.config("spark.ui.enabled", "false").getOrCreate()
    register(spark)
    answers = {"spark": spark.version, "scale": SCALE, "answers": {n: answer(p(spark)) for n, p in programs().items()}}
    spark.stop()
    return answers


def main() -> None:
    if sys.argv[1] == "record":  # the child, in Spark's environment
        json.dump(record(), sys.stdout)
        return
    recorded = subprocess.run([sys.argv[1], __file__, "record"], check=True, stdout=subprocess.PIPE).stdout
    RECORDED.write_text(a_row_a_line(json.loads(recorded)))


if __name__ == "__main__":
    main()
