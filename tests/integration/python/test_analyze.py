"""What `analyze` can break: the query that asked it, and nothing else."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql.functions import udtf

from tests.integration.python.processes import alive, eventually

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests

MEMORY = "spark.glowplug.python.workerMemory"


def asked(code: str) -> Any:
    """A table function whose `analyze` runs the code."""

    class Function:
        @staticmethod
        def analyze() -> Any:
            exec(code, {"os": os, "time": time})

        def eval(self) -> Any:
            yield (1,)

    return udtf(Function)


def works(spark: Any) -> bool:
    return bool(spark.range(2).mapInArrow(lambda batches: batches, "id long").count() == 2)


@pytest.mark.parametrize(
    ("code", "condition", "said"),
    [
        ("os._exit(3)", "PYTHON_WORKER_EXITED", "status 3"),
        ("os.kill(os.getpid(), 11)", "PYTHON_WORKER_EXITED", "SIGSEGV"),
        ("print('x' * 100_000); 1 // 0", "TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON", "ZeroDivisionError"),
        ("raise SystemExit(1)", "TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON", "SystemExit"),
    ],
)
def test_the_query_fails_only(spark: Any, code: str, condition: str, said: str) -> None:
    with pytest.raises(PySparkException, match=said) as caught:
        asked(code)().collect()
    assert caught.value.getCondition() == condition
    assert works(spark)


def test_memory_is_limited_too(spark: Any) -> None:
    spark.conf.set(MEMORY, "400m")
    try:
        with pytest.raises(PySparkException) as caught:
            asked(
                "held = [bytearray(os.urandom(1 << 20)) * 16 for _ in range(100) if not time.sleep(0.02)]"
            )().collect()
        assert caught.value.getCondition() == "PYTHON_WORKER_OUT_OF_MEMORY"
    finally:
        spark.conf.unset(MEMORY)
    assert works(spark)


@pytest.mark.parametrize("ask", ["collect", "schema"])
def test_interrupt_ends_one_that_is_stuck(spark: Any, tmp_path: Path, ask: str) -> None:
    mark = tmp_path / "pid"
    stuck = asked(f"open({str(mark)!r}, 'w').write(str(os.getpid()))\nwhile True: pass")
    failed: list[BaseException] = []

    def run() -> None:
        try:
            frame = stuck()
            frame.collect() if ask == "collect" else frame.schema
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    pid = int(eventually(lambda: mark.exists() and mark.read_text()))
    spark.interruptAll()
    thread.join(20)
    assert failed and "OPERATION_CANCELED" in str(failed[0])
    eventually(lambda: not alive(pid))
    assert works(spark)
