"""Writes Apache Spark's answers to the programs of `relations/`.

    python -m tests.parity.record_relations [module ...]

Needs a full `pyspark[connect]` and Java. Spark's own Connect server is started on a free loopback port and stopped
afterwards, so that Spark gets the very plans that Glowplug gets.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.parity.relations.cases import ANSWERS, MODULES, TIME_ZONE, answer, cases, prepare

WAREHOUSE = "/tmp/parity-warehouse"


def start_server(port: int) -> subprocess.Popen[bytes]:
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": TIME_ZONE,
        "spark.sql.warehouse.dir": WAREHOUSE,
    }
    options = [x for k, v in settings.items() for x in ("--conf", f"{k}={v}")]
    main = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[1]"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen([str(submit), *main, *options, "spark-internal"], stdout=quiet, stderr=quiet)


def connect(port: int) -> Any:
    from pyspark.sql import SparkSession

    for _ in range(120):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(1)
    return SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()


def main(modules: list[str]) -> None:
    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start_server(port)
    try:
        spark = connect(port)
        ANSWERS.mkdir(exist_ok=True)
        for module in modules or MODULES:
            prepare(spark)
            found = {}
            for case in cases(module):
                found[case.id] = answer(spark, case)
                print(module, case.id[:100], next(iter(found[case.id])), flush=True)
            (ANSWERS / f"{module}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        spark.stop()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
