"""Writes Apache Spark's answers to the queries of `*.sql` here, one a line, into `*.json` beside them.

    /path/to/spark/bin/python tests/parity/functions/record.py [name ...]

Needs a full `pyspark==4.2.1` and Java. `avro` was asked with a package that has Spark's functions of Avro, the last that
was published: PYSPARK_SUBMIT_ARGS="--packages org.apache.spark:spark-avro_2.13:4.1.1 pyspark-shell".
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TIME_ZONE = "America/Los_Angeles"


def shown(value: Any) -> Any:
    """A value of a row as JSON: bytes as hexadecimal digits, whatever else is not JSON as its `repr`."""
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    if isinstance(value, tuple | list):
        return [shown(v) for v in value]
    return re.sub(r"bytearray\((b'.*?')\)", r"\1", repr(value))


def answer(session: Any, query: str) -> dict[str, Any]:
    try:
        frame = session.sql(query)
        schema = frame.schema.jsonValue()["fields"]
        columns = [[f["name"], f["type"], f["nullable"]] for f in schema]
        return {"query": query, "columns": columns, "rows": sorted(map(shown, frame.collect()), key=repr)}
    except Exception as error:
        return {"query": query, "error": getattr(error, "getCondition", lambda: None)() or type(error).__name__}


def queries(name: str) -> list[str]:
    lines = (HERE / f"{name}.sql").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("--")]


def main(names: list[str]) -> None:
    from pyspark.sql import SparkSession

    os.environ["TZ"] = TIME_ZONE  # what the client shows timestamps in
    time.tzset()
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    settings = {"spark.sql.session.timeZone": TIME_ZONE, "spark.sql.shuffle.partitions": "1"}
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.config("spark.sql.warehouse.dir", "/tmp/parity-warehouse").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    for name in names or sorted(p.stem for p in HERE.glob("*.sql")):
        answers = [answer(spark, q) for q in queries(name)]
        lines = ",\n".join(json.dumps(a, ensure_ascii=False) for a in answers)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
