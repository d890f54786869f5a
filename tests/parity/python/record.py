"""Records what Apache Spark answers to the cases: `record.py` with an environment that has `pyspark[connect]==4.2.1`,
pandas, pyarrow and memory-profiler, run by its own Python, which must be the version of the tests'. Goes on where it was
stopped."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ |= {"TZ": "UTC", "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
time.tzset()

from cases import answers  # noqa: E402
from passing import passed  # noqa: E402
from programs import outcomes  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402


def record(spark: Any, ask: Callable[..., dict[str, str]], file: str) -> None:
    path = Path(__file__).with_name(file)

    def keep(found: dict[str, str]) -> None:
        path.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")

    ask(spark, json.loads(path.read_text()) if path.exists() else {}, keep)


if __name__ == "__main__":
    builder = SparkSession.builder.remote("local[2]").config("spark.ui.enabled", "false")  # a barrier's tasks are two
    spark = builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    try:
        record(spark, outcomes, "programs.json")
        record(spark, answers, "answers.json")
        record(spark, passed, "passing.json")
    finally:
        spark.stop()
