"""Workers come and go: what ends between two tasks, or while another task begins, is noticed by nobody."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

from glowplug.execute.python import pool
from glowplug.execute.python.flow import Flow, Piece, Settings
from glowplug.execute.python.pool import POOL, Pool
from glowplug.execute.python.task import Task
from tests.integration.python.processes import alive, eventually

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


def total(spark: Any) -> int:
    frame = spark.range(60_000).select(F.udf(lambda x: x, "long")("id").alias("x"))
    return int(frame.agg(F.sum("x")).first()[0])


TOTAL = 60_000 * 59_999 // 2


def test_idle_workers_that_ended_are_passed_over(spark: Any) -> None:
    assert total(spark) == TOTAL
    idle = [worker.pid for worker in POOL._idle]
    assert idle
    for pid in idle:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(map(alive, idle)))
    assert total(spark) == TOTAL


def test_the_process_that_forks_them_may_end(spark: Any) -> None:
    assert total(spark) == TOTAL
    zygote = POOL._zygote
    assert zygote is not None
    zygote._process.kill()
    zygote._process.wait()
    eventually(lambda: not any(alive(worker.pid) for worker in POOL._idle))  # they go with it
    assert total(spark) == TOTAL


def test_a_worker_that_ends_at_once_fails_the_query(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is lost without a word when a new worker ends before it has read its task."""
    acquire = Pool.acquire

    def doomed(self: Pool, environment: Any) -> Any:
        worker = acquire(self, environment)
        os.kill(worker.pid, signal.SIGKILL)
        eventually(lambda: worker.ended)
        return worker

    POOL.forget(lambda environment: True)
    monkeypatch.setattr(Pool, "acquire", doomed)
    for frame in (spark.range(10), spark.range(10).repartition(2)):
        with pytest.raises(PySparkException, match="SIGKILL"):
            frame.mapInArrow(lambda batches: batches, "id long").collect()
        with pytest.raises(PySparkException, match="SIGKILL"):
            frame.select(F.udf(lambda x: x, "long")("id")).collect()


def test_no_more_processes_is_an_error_of_the_query(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool._Zygote, "fork", _refused)
    POOL.forget(lambda environment: True)
    with pytest.raises(PySparkException) as caught:
        total(spark)
    assert caught.value.getCondition() == "FAILED_TO_START_PYTHON_WORKER"


def _refused(*args: Any) -> int:
    raise pool._no_worker("Resource temporarily unavailable")


class Slow:
    """A worker that starts while its flow is closed."""

    def __init__(self) -> None:
        self.killed = threading.Event()
        self.pid, self.over_limit = 1, False

    def kill(self) -> None:
        self.killed.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_starts_while_its_query_is_cancelled_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    starting, go, worker = threading.Event(), threading.Event(), Slow()

    def start(*args: Any) -> Slow:
        starting.set()
        go.wait(10)
        return worker

    monkeypatch.setattr("glowplug.execute.python.flow.start_task", start)
    flow = Flow(Task(205, b"", {}), iter([Piece(None)]), Settings("x", 1, None))
    reader = threading.Thread(target=lambda: next(flow.chunks(), None))
    reader.start()
    assert starting.wait(10)
    flow.close()
    go.set()
    assert worker.killed.wait(10)
    reader.join(10)
    assert not reader.is_alive()


def test_many_queries_share_workers_and_cancel_each_other_never(spark: Any) -> None:
    """Queries that end, fail and are cut short at once: those that should end do."""
    failures: list[BaseException] = []
    until = time.monotonic() + 2

    def run(kind: int) -> None:
        session = spark
        try:
            while time.monotonic() < until:
                frame = session.range(2_000).select(F.udf(lambda x: x, "long")("id").alias("x"))
                if kind == 0:
                    assert len(frame.limit(1).collect()) == 1
                elif kind == 1:
                    with pytest.raises(PySparkException, match="ZeroDivisionError"):
                        session.range(10).select(F.udf(lambda x: 1 // x, "long")("id")).collect()
                else:
                    assert frame.agg(F.sum("x")).first()[0] == 2_000 * 1_999 // 2
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(kind,)) for kind in (0, 1, 2, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
