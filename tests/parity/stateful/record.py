"""Records what Apache Spark answers to `programs.py`:

python tests/parity/stateful/record.py [NAME…]      with pyspark==4.2.1 and Java 17, not pyspark-client
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import programs
from pyspark import cloudpickle
from pyspark.sql import SparkSession

ANSWERS = Path(__file__).with_name("answers.json")


def main() -> None:
    cloudpickle.register_pickle_by_value(programs)  # workers cannot import it
    os.environ["PYSPARK_PYTHON"] = sys.executable  # of workers, which need pandas
    provider = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
    builder = SparkSession.builder.master("local[1]").config("spark.sql.shuffle.partitions", 1)
    builder = builder.config("spark.sql.streaming.stateStore.providerClass", provider)
    spark = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    for name in sys.argv[1:] or programs.PROGRAMS:
        with tempfile.TemporaryDirectory() as directory:
            found = programs.answer(spark, name, Path(directory))
        print(name, found, flush=True)
        answers = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
        ANSWERS.write_text(json.dumps(answers | {name: found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
