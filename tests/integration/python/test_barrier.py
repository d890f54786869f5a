"""Tasks that wait for one another, and what tasks know of themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from pyspark import BarrierTaskContext, cloudpickle
from pyspark.errors import PySparkException

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


def said(frame: Any, say: Callable[[BarrierTaskContext], Any]) -> list[str]:
    """What each task says, in the order of the tasks."""

    def each(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"x": [str(say(BarrierTaskContext.get()))]})

    return [r.x for r in frame.mapInPandas(each, "x string", barrier=True).collect()]


def test_tasks_meet(both: Any) -> None:
    def meet(task: BarrierTaskContext) -> Any:
        first = task.allGather(f"é{task.partitionId()}")
        task.barrier()
        return first, task.allGather(), len(task.getTaskInfos())

    frame = both.range(10).repartition(3)
    assert said(frame, meet) == [str((["é0", "é1", "é2"], ["", "", ""], 3))] * 3
    assert said(both.range(4), lambda task: task.allGather("x")) == ["['x']"]  # one partition where none are asked for
    assert both.range(4).mapInArrow(lambda batches: batches, "id long").count() == 4


def test_rows_wait_while_tasks_do(spark: Any) -> None:
    """More rows in and out than channels hold, on both sides of a barrier."""

    def wait(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        task = BarrierTaskContext.get()
        task.barrier()
        for frame in frames:
            yield frame
            yield frame + 1
        task.barrier()

    frame = spark.range(0, 4_000_000, 1, 2).mapInPandas(wait, "id long", barrier=True)
    assert frame.groupBy().sum("id").first()[0] == 4_000_000 * 3_999_999 + 4_000_000


@pytest.mark.parametrize("stray", ["pass", "task.allGather('x')"])
def test_nobody_waits_for_ever(spark: Any, stray: str) -> None:
    def strays(task: BarrierTaskContext) -> None:
        if task.partitionId():
            task.barrier()
        else:
            exec(stray, {"task": task})

    with pytest.raises(PySparkException) as caught:
        said(spark.range(10).repartition(2), strays)
    assert caught.value.getCondition() == "BARRIER_TASKS_DIFFER"


def test_a_task_that_fails_ends_those_that_wait(spark: Any) -> None:
    def fails(task: BarrierTaskContext) -> None:
        if task.partitionId():
            raise ValueError("boo")
        task.barrier()

    with pytest.raises(PySparkException, match="boo"):
        said(spark.range(10).repartition(2), fails)


def test_partitions_are_those_of_ranges_and_coalesce(both: Any) -> None:
    def counts(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"x": [str([int(i) for frame in frames for i in frame.id])]})

    def of(frame: Any) -> list[str]:
        return [r.x for r in frame.mapInPandas(counts, "x string").collect()]

    assert of(both.range(0, 8, 1, 3)) == ["[0, 1]", "[2, 3, 4]", "[5, 6, 7]"]
    assert of(both.range(0, 8, 1, 4).coalesce(2)) == ["[0, 1, 2, 3]", "[4, 5, 6, 7]"]
    assert of(both.range(8).where("id > 1").coalesce(1)) == ["[2, 3, 4, 5, 6, 7]"]
