"""Has Apache Spark run the programs: PYTHON -m tests.parity.streams.record [name ...] renews answers.json.

PYTHON is an interpreter with a full pyspark 4.2.1, and Java.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.parity.streams import users
from tests.parity.streams.run import answer
from tests.parity.streams.users import ALL

RECORDED = Path(__file__).with_name("answers.json")


def main(names: list[str]) -> None:
    from pyspark import cloudpickle
    from pyspark.sql import SparkSession

    cloudpickle.register_pickle_by_value(users)  # workers cannot import it
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["TZ"] = "UTC"
    time.tzset()
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.ui.showConsoleProgress", "false")
    for key in (
        "spark.sql.codegen.wholeStage",  # takes longer than the batches
        "spark.sql.adaptive.enabled",
        "spark.sql.json.filterPushdown.enabled",  # what it drops is no input row of a batch
    ):
        builder = builder.config(key, "false")
    builder = builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
    spark = builder.config("spark.sql.codegen.factoryMode", "NO_CODEGEN").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    known = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    with tempfile.TemporaryDirectory() as root:
        for p in ALL:
            if p.name in known and p.name not in names:
                continue
            started = time.monotonic()
            known[p.name] = answer(spark, p, Path(root) / f"{ALL.index(p)}")
            print(
                f"{p.name}: {time.monotonic() - started:.1f} s {known[p.name].get('condition', '')}",
                flush=True,
            )
            lines = [f"{json.dumps(q.name)}: {json.dumps(known[q.name])}" for q in ALL if q.name in known]
            RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
