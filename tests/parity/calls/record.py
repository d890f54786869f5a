"""Writes what Apache Spark makes of calls: the column's name, type and nullability, or the error and its parameters.

    /path/to/spark/bin/python tests/parity/calls/record.py calls.txt tests/parity/calls/answers.jsonl.gz

Needs a full `pyspark==4.2.1` and Java; takes a minute for 5,000 calls. Nothing is run, as errors of analysis are asked for.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

# What says the same thing in every error, or is a sentence of the engine's own.
LEFT_OUT = ("docroot", "searchPath", "msg", "hint", "message")


def answer(spark: Any, call: str) -> Any:
    try:
        frame = spark.sql(f"SELECT {call} FROM c")
        return [[f.name, f.dataType.simpleString(), f.nullable] for f in frame.schema.fields]
    except Exception as error:
        condition = getattr(error, "getCondition", lambda: None)() or "JAVA"
        try:
            given = dict(getattr(error, "getMessageParameters", dict)() or {})
        except Exception:  # of an error that has none
            given = {}
        parameters = {k: re.sub(r"#\d+L?", "", v) for k, v in given.items() if k not in LEFT_OUT}
        return {"!": condition, **parameters}


def main(calls: Path, answers: Path) -> None:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    for key, value in {"timeType.enabled": "true", "session.timeZone": "UTC", "ansi.enabled": "true"}.items():
        builder = builder.config(f"spark.sql.{key}", value)
    spark = builder.config("spark.sql.warehouse.dir", "/tmp/parity-warehouse").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    logging.disable()
    table, *asked = calls.read_text("utf-8").splitlines()
    spark.sql(f"CREATE TEMPORARY VIEW c AS {table}")
    lines = [json.dumps([call, answer(spark, call)], ensure_ascii=False) for call in asked]
    answers.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
