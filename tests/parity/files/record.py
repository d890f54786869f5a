"""Asks Apache Spark: `python -m tests.parity.files.record` in an environment with the full `pyspark` and Java."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from tests.parity.files import cases, write_cases

ANSWERS = Path(__file__).parent / "answers"


def main(formats: list[str]) -> None:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", cases.TIME_ZONE)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    # Spark ships its Avro source without the name.
    cases.SPARK_NAMES["avro"] = "org.apache.spark.sql.avro.AvroFileFormat"
    answers: dict[str, dict[str, object]] = {}
    for case in (*cases.cases(), *write_cases.cases()):
        if formats and case.id.split()[0] not in formats:
            continue
        run = cases.run if isinstance(case, cases.Case) else write_cases.run
        with tempfile.TemporaryDirectory() as scratch:
            answers.setdefault(case.id.split()[0], {})[case.id] = run(spark, case, Path(scratch))  # type: ignore[arg-type]
    spark.stop()
    ANSWERS.mkdir(exist_ok=True)
    for name, found in answers.items():
        lines = [f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=True)}" for k, v in found.items()]
        (ANSWERS / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    import sys

    os.environ["TZ"] = cases.TIME_ZONE
    time.tzset()
    main(sys.argv[1:])
