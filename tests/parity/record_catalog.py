"""Writes Apache Spark's answers to the scripts of `catalog/`.

    python -m tests.parity.record_catalog [script ...]

Needs a full `pyspark[connect]` and Java. As with `record_relations`, Spark's own Connect server answers.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from typing import Any

from tests.parity.catalog_scripts import FOLDER, SCRIPTS, run
from tests.parity.record_relations import WAREHOUSE, connect, start_server
from tests.parity.relations.cases import TIME_ZONE


def clean(spark: Any) -> None:
    """Back to an empty warehouse."""
    spark.sql("USE spark_catalog.default")
    for schema in [r[0] for r in spark.sql("SHOW SCHEMAS").collect()]:
        for kind, shown in (("VIEW", "VIEWS"), ("TABLE", "TABLES")):
            for row in spark.sql(f"SHOW {shown} IN `{schema}`").collect():
                if not row[2]:
                    spark.sql(f"DROP {kind} IF EXISTS `{schema}`.`{row[1]}`")
        for row in spark.sql(f"SHOW USER FUNCTIONS IN `{schema}`").collect():
            parts = row[0].split(".")
            if len(parts) == 3 and parts[1] == schema:
                spark.sql(f"DROP FUNCTION IF EXISTS {row[0]}")
        if schema != "default":
            spark.sql(f"DROP SCHEMA `{schema}` CASCADE")
    shutil.rmtree(WAREHOUSE, ignore_errors=True)


def main(scripts: list[str]) -> None:
    from pyspark.sql import SparkSession

    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    shutil.rmtree(WAREHOUSE, ignore_errors=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start_server(port)
    try:
        connect(port).stop()
        for script in scripts or SCRIPTS:
            spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()
            found = []
            for step, answer in run(spark, script, WAREHOUSE):
                found.append({"step": step, **answer})
                print(script, step[:90], next(iter(answer)), flush=True)
            (FOLDER / f"{script}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
            clean(spark)
            spark.stop()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
