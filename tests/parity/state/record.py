"""Records what Apache Spark answers to `programs.py`: PYTHON -m tests.parity.state.record [NAME…]

PYTHON is an interpreter with a full pyspark 4.2.1 and pandas, and Java.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from pyspark import cloudpickle
from pyspark.sql import SparkSession

from tests.parity.state import programs

ANSWERS = Path(__file__).with_name("answers.json")


def main(names: list[str]) -> None:
    cloudpickle.register_pickle_by_value(programs)  # workers cannot import it
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["TZ"] = "UTC"
    time.tzset()
    provider = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
    builder = SparkSession.builder.master("local[1]").config("spark.sql.shuffle.partitions", 1)
    builder = builder.config("spark.sql.streaming.stateStore.providerClass", provider)
    builder = builder.config("spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled", "true")
    builder = builder.config("spark.sql.streaming.stateStore.minDeltasForSnapshot", "1")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.ui.showConsoleProgress", "false")
    for key in ("spark.sql.codegen.wholeStage", "spark.sql.adaptive.enabled"):
        builder = builder.config(key, "false")
    builder = builder.config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    builder = builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
    spark = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    answers = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
    with tempfile.TemporaryDirectory() as directory:
        for number, name in enumerate(names or programs.PROGRAMS):  # a blank in a path is too much for its reader
            if name in answers and not names:
                continue
            started = time.monotonic()
            answers[name] = programs.answer(spark, name, Path(os.environ.get("KEEP", directory)) / str(number))
            print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)
            ANSWERS.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
