"""Records what Apache Spark answers to the cases: `record.py` with an environment that has `pyspark[connect]==4.2.1`,
pandas and pyarrow, run by its own Python, which must be the version of the tests'. Goes on where it was stopped."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ |= {"TZ": "UTC", "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
time.tzset()

from cases import answers  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

ANSWERS = Path(__file__).with_name("answers.json")


def keep(found: dict[str, str]) -> None:
    ANSWERS.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    spark = SparkSession.builder.remote("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        answers(spark, json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}, keep)
    finally:
        spark.stop()
