"""User code that takes away what its worker stands on, and clients that leave: other queries go on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql.connect.session import SparkSession

from tests.integration.python.processes import alive, eventually

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests

MEGABYTE = 1 << 20


def works(spark: Any) -> bool:
    return bool(spark.range(3).select(F.udf(lambda x: x + 1, "long")("id").alias("x")).agg(F.sum("x")).first()[0] == 6)


CLIENT = """
import sys
from pyspark.sql.connect.session import SparkSession

def of(path):
    def hold(batches):
        import os
        held = bytearray(64 << 20)
        with open(path + ".new", "w") as f:
            f.write(str(os.getpid()))
        os.rename(path + ".new", path)
        while True:
            pass
    return hold

SparkSession(connection=sys.argv[1]).range(1).mapInArrow(of(sys.argv[2]), "id long").collect()
"""


def test_the_workers_of_a_client_that_vanished_end(serve: Any, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    wait = ("detachedTimeout=1s", "maintenanceInterval=1s")
    conf = [c for w in wait for c in ("--conf", f"spark.connect.execute.manager.{w}")]
    with serve(*conf) as server:
        # Pickling looks into all modules, PySpark's own tests among them, which end the process without this.
        environment = {**os.environ, "SPARK_HOME": str(tmp_path)}
        client = subprocess.Popen([sys.executable, "-c", CLIENT, server.url, str(mark)], env=environment)
        pid = int(eventually(lambda: mark.exists() and mark.read_text()))
        assert alive(pid)
        client.kill()
        client.wait()
        eventually(lambda: not alive(pid))
        session = SparkSession(connection=server.url)
        assert session.range(3).mapInArrow(lambda batches: batches, "id long").count() == 3
        session.stop()


def test_what_functions_print_is_no_answer(spark: Any) -> None:
    def noisy(x: int) -> int:
        print("x" * 10_000)
        os.write(1, b"\0\1\2" * 1000)
        return x

    assert spark.range(20).select(F.udf(noisy, "long")("id").alias("v")).agg(F.sum("v")).first()[0] == 190


def test_threads_that_functions_leave_behind_do_no_harm(spark: Any) -> None:
    def start(x: int) -> int:
        def chatter() -> None:
            while True:
                print("still here", file=sys.stderr)
                time.sleep(0.01)

        threading.Thread(target=chatter, daemon=True).start()
        return x

    for _ in range(3):
        assert spark.range(5).select(F.udf(start, "long")("id").alias("v")).agg(F.sum("v")).first()[0] == 10


def test_generators_that_fail_midway_and_errors_that_no_pickle_holds(spark: Any) -> None:
    class Held(Exception):
        def __init__(self) -> None:
            super().__init__("held")
            self.lock = threading.Lock()

        def __reduce__(self) -> Any:
            raise TypeError("not to be pickled")

    def midway(batches: Iterator[Any]) -> Iterator[Any]:
        for i, batch in enumerate(batches):
            if i == 2:
                raise Held
            yield batch

    with pytest.raises(PySparkException, match="Held: held"):
        spark.range(300_000).mapInArrow(midway, "id long").agg(F.sum("id")).collect()
    assert works(spark)


def test_closed_files_fail_the_query_only(spark: Any) -> None:
    def close(x: int) -> int:
        os.closerange(3, 1000)
        return x

    with pytest.raises(PySparkException) as caught:
        spark.range(3).select(F.udf(close, "long")("id")).collect()
    assert caught.value.getCondition() == "PYTHON_WORKER_EXITED"
    assert works(spark)


@pytest.mark.parametrize("leave", ["os._exit(0)", "sys.exit(0)", "pass"])
def test_processes_that_functions_start_have_no_say(spark: Any, leave: str) -> None:
    def fork(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            if not (pid := os.fork()):
                del batch
                exec(leave, {"os": os, "sys": sys})
            os.waitpid(pid, 0)
            yield batch

    frame = spark.range(300_000).mapInArrow(fork, "id long")
    assert frame.agg(F.sum("id")).first()[0] == 300_000 * 299_999 // 2
    assert works(spark)


def test_a_child_that_outlives_its_worker_does_not_keep_the_query(spark: Any, tmp_path: Path) -> None:
    def orphan(x: int) -> int:
        pid = os.fork()
        if not pid:
            os.setsid()
            time.sleep(30)
            os._exit(0)
        (tmp_path / "pid").write_text(str(pid))
        os._exit(5)

    start = time.monotonic()
    with pytest.raises(PySparkException, match="status 5"):
        spark.range(1).select(F.udf(orphan, "long")("id")).collect()
    os.kill(int((tmp_path / "pid").read_text()), 9)
    assert time.monotonic() - start < 25
    assert works(spark)


def test_results_that_cannot_be_sent_say_so(spark: Any) -> None:
    for arrow in (True, False):
        lock = F.udf(lambda x: threading.Lock(), "long", useArrow=arrow)
        try:
            (row,) = spark.range(1).select(lock("id").alias("v")).collect()
        except PySparkException as error:
            assert "lock" in str(error)
        else:
            assert row.v is None and not arrow  # as through a pickle: not a number
    assert works(spark)


def test_rows_beyond_what_memory_is_shared(spark: Any) -> None:
    """A row of 40 MB in, one out, through each kind of channel."""
    size = 40 * MEGABYTE
    big = F.expr(f"repeat('x', {size})")
    same = F.udf(lambda s: s + "y", "string")
    assert spark.range(1).select(F.length(same(big))).first()[0] == size + 1
    many = spark.range(40).select(F.udf(lambda x: "z" * MEGABYTE, "string")("id").alias("s"))
    assert many.agg(F.sum(F.length("s"))).first()[0] == 40 * MEGABYTE


def test_an_error_of_many_lines_and_one_without_text(spark: Any) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    def fail(x: int) -> int:
        raise Odd

    def long(x: int) -> int:
        raise ValueError("line\n" * 100_000)

    for function in (fail, long):
        with pytest.raises(PySparkException):
            spark.range(1).select(F.udf(function, "long")("id")).collect()
    assert works(spark)


def test_deep_recursion_and_a_full_stack(spark: Any) -> None:
    def deep(x: int) -> int:
        return deep(x)

    with pytest.raises(PySparkException, match="RecursionError"):
        spark.range(1).select(F.udf(deep, "long")("id")).collect()
    assert works(spark)


def test_a_query_with_user_code_streams(serve: Any) -> None:
    """50 million rows, 400 MB in and as much out, pass through a server that holds only what is under way."""
    with serve() as server:
        session = SparkSession(connection=server.url)
        kept = session.range(50_000_000).mapInArrow(lambda it: it, "id long").where("id % 7 = 0")
        assert kept.limit(1).count() == 1
        before, peak, done = server.resident(), [0], threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                peak[0] = max(peak[0], server.resident())

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            assert kept.agg(F.count("id")).first()[0] == 50_000_000 // 7 + 1
        finally:
            done.set()
            watching.join()
        assert peak[0] - before < 220 * MEGABYTE, (peak[0] - before) // MEGABYTE
        session.stop()
