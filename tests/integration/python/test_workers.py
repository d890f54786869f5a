"""What user code can break: the query that ran it, and nothing else."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql.connect.session import SparkSession

from tests.integration.python.processes import alive, eventually

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests

MEMORY = "spark.glowplug.python.workerMemory"


def worker_pids(spark: Any) -> list[int]:
    found = spark.range(4).repartition(2).mapInPandas(_pid, "pid long").collect()
    return [r.pid for r in found]


def _pid(batches: Any) -> Any:
    import pandas as pd

    for _ in batches:
        pass
    yield pd.DataFrame({"pid": [os.getpid()]})


def works(spark: Any) -> bool:
    return bool(spark.range(3).select(F.udf(lambda x: x + 1, "long")("id").alias("x")).agg(F.sum("x")).first()[0] == 6)


def test_workers_are_other_processes_and_used_again(spark: Any) -> None:
    first = set(worker_pids(spark))
    assert os.getpid() not in first
    assert first & set(worker_pids(spark))


@pytest.mark.parametrize(
    ("code", "said"),
    [("os._exit(3)", "status 3"), ("os.kill(os.getpid(), 11)", "SIGSEGV"), ("os.abort()", "SIGABRT")],
)
def test_a_worker_that_ends_fails_its_query_only(spark: Any, code: str, said: str) -> None:
    def end(x: int) -> int:
        exec(code, {"os": os})
        return x

    with pytest.raises(PySparkException, match=said) as caught:
        spark.range(5).select(F.udf(end, "long")("id")).collect()
    assert caught.value.getCondition() == "PYTHON_WORKER_EXITED"
    assert works(spark)


def test_sys_exit_is_an_error_of_the_function(spark: Any) -> None:
    def leave(x: int) -> int:
        raise SystemExit(1)

    with pytest.raises(PySparkException, match="SystemExit"):
        spark.range(5).select(F.udf(leave, "long")("id")).collect()
    assert works(spark)


def test_memory_beyond_the_limit_fails_the_query(spark: Any) -> None:
    def hoard(x: int) -> int:
        held = []
        for _ in range(100):
            held.append(bytearray(os.urandom(1 << 20)) * 16)
            time.sleep(0.02)
        return len(held)

    spark.conf.set(MEMORY, "400m")
    try:
        with pytest.raises(PySparkException) as caught:
            spark.range(1).select(F.udf(hoard, "long")("id")).collect()
        assert caught.value.getCondition() == "PYTHON_WORKER_OUT_OF_MEMORY"
        assert works(spark)
    finally:
        spark.conf.unset(MEMORY)


def test_interrupt_ends_an_endless_loop(spark: Any, tmp_path: Path) -> None:
    mark = tmp_path / "pid"

    def forever(x: int) -> int:
        mark.write_text(str(os.getpid()))
        while True:
            pass

    failed: list[BaseException] = []

    def run() -> None:
        try:
            spark.range(1).select(F.udf(forever, "long")("id")).collect()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    pid = int(eventually(lambda: mark.exists() and mark.read_text(), seconds=30))
    spark.interruptAll()
    thread.join(20)
    assert failed and "OPERATION_CANCELED" in str(failed[0])
    eventually(lambda: not alive(pid), seconds=30)
    assert works(spark)


def test_a_limit_stops_functions_early(spark: Any) -> None:
    start = time.monotonic()
    slow = F.udf(lambda x: time.sleep(0.0001) or x, "long")
    assert [r[0] for r in spark.range(100_000_000).select(slow("id")).limit(3).collect()] == [0, 1, 2]
    assert time.monotonic() - start < 60


def test_workers_end_with_the_engine(serve: Any) -> None:
    with serve() as server:
        (pid, *_) = worker_pids(SparkSession(connection=server.url))
        assert alive(pid)
        server.popen.send_signal(signal.SIGKILL)
        eventually(lambda: not alive(pid), seconds=30)


def test_settings_that_make_no_sense(spark: Any) -> None:
    for value in ("none", "0", "-1"):
        spark.conf.set("spark.glowplug.python.workers", value)
        try:
            with pytest.raises(PySparkException) as caught:
                works(spark)
            assert str(caught.value.getCondition()).startswith("INVALID_CONF_VALUE")
        finally:
            spark.conf.unset("spark.glowplug.python.workers")
