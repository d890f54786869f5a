"""Writes Apache Spark's answers: `python -m tests.parity.pandas_api.record`, in an environment with the full `pyspark` and Java."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.parity.pandas_api import cases

ANSWERS = Path(__file__).parent / "answers.json"


def main() -> None:
    os.environ |= {"TZ": "UTC", "PYSPARK_PYTHON": sys.executable}
    time.tzset()
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    spark.conf.set("spark.sql.shuffle.partitions", "1")
    with tempfile.TemporaryDirectory() as path:
        evaluate = cases.evaluator(Path(path))
        answers = [[kind, e, evaluate(kind, e)] for kind, e in cases.cases()]
    lines = ",\n".join(json.dumps(a, ensure_ascii=False) for a in answers)
    ANSWERS.write_text(f"[\n{lines}\n]\n")
    spark.stop()


if __name__ == "__main__":
    main()
