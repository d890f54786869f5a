"""Functions that keep something of groups: times to live, timers, schemas that change, errors. What Apache Spark answers
to whole streams is in tests/parity/stateful."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyspark import cloudpickle
from pyspark.errors import AnalysisException, IllegalArgumentException, StreamingQueryException
from pyspark.sql import Row
from pyspark.sql.streaming import StatefulProcessor

from glowplug.testing import MemoryStream
from tests.integration.streaming.test_queries import into_memory, rows

OUT = "k STRING, said STRING"
INPUT = "k STRING, v INT"


@pytest.fixture(scope="module", autouse=True)
def by_value() -> Iterator[None]:
    """Workers cannot import this file."""
    module = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(module)
    yield
    cloudpickle.unregister_pickle_by_value(module)


class Processor(StatefulProcessor):  # type: ignore[misc]
    def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Iterator[Row]:
        yield Row(k=key[0], said=str(self.say([r.v for r in rows], timerValues)))

    def say(self, values: list[int], times: Any) -> Any:
        raise NotImplementedError


def run(spark: Any, processor: Any, *steps: list[tuple], mode: str = "None", pause: float = 0.0) -> list[str]:
    """What is said of the rows of each step."""
    stream = MemoryStream(spark, INPUT)
    df = stream.to_df().groupBy("k").transformWithState(processor, OUT, "update", mode)
    query = into_memory(df, "update")
    try:
        for step in steps:
            stream.add(step)
            query.processAllAvailable()
            time.sleep(pause)
        query.processAllAvailable()
        return [said for _, said in rows(spark, query, "k", "said")]
    finally:
        query.stop()


def test_what_has_lived_its_time_is_gone(spark: Any) -> None:
    class Lived(Processor):
        def init(self, handle: Any) -> None:
            self.value = handle.getValueState("value", "n INT", 300)
            self.list = handle.getListState("list", "n INT", 300)
            self.map = handle.getMapState("map", "n INT", "n INT", 300)
            self.kept = handle.getValueState("kept", "n INT")

        def say(self, values: list[int], times: Any) -> Any:
            was = (self.value.exists(), len(list(self.list.get())), self.map.exists(), self.kept.exists())
            self.value.update((1,))
            self.list.appendValue((1,))
            self.map.updateValue((1,), (1,))
            self.kept.update((1,))
            return was

    found = run(spark, Lived(), [("a", 1)], [("a", 2)], mode="ProcessingTime", pause=0.4)
    assert found == ["(False, 0, False, False)", "(False, 0, False, True)"]


def test_a_timer_of_processing_time_fires_without_rows(spark: Any) -> None:
    class Alarm(Processor):
        def init(self, handle: Any) -> None:
            self.handle = handle

        def say(self, values: list[int], times: Any) -> Any:
            self.handle.registerTimer(times.getCurrentProcessingTimeInMs() + 200)
            self.handle.registerTimer(times.getCurrentProcessingTimeInMs() + 100_000)
            return len(list(self.handle.listTimers()))

        def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
            late = timerValues.getCurrentProcessingTimeInMs() - expiredTimerInfo.getExpiryTimeInMs()
            yield Row(k=key[0], said=f"rang {late >= 0}")

    assert run(spark, Alarm(), [("a", 1), ("a", 2)], mode="ProcessingTime", pause=0.5) == ["2", "rang True"]


def test_a_group_times_out_by_the_clock(spark: Any) -> None:
    def wait(key: Any, frames: Iterator[pd.DataFrame], state: Any) -> Iterator[pd.DataFrame]:
        if state.hasTimedOut:
            yield pd.DataFrame({"k": [key[0]], "said": [f"{len(next(iter(frames)))} rows, {state.get[0]}"]})
            state.remove()
        else:
            state.update((sum(len(f) for f in frames),))
            state.setTimeoutDuration(200)

    stream = MemoryStream(spark, INPUT)
    df = stream.to_df().groupBy("k").applyInPandasWithState(wait, OUT, "n LONG", "append", "ProcessingTimeTimeout")
    query = into_memory(df)
    stream.add([("a", 1), ("a", 2)])
    query.processAllAvailable()
    time.sleep(0.5)
    assert rows(spark, query) == [("a", "0 rows, 2")]
    query.stop()


def test_state_of_every_type_comes_back_as_it_was(spark: Any) -> None:
    schema = (
        "i INT, d DECIMAL(10,2), t TIMESTAMP, b BINARY, a ARRAY<INT>, m MAP<STRING, DATE>, s STRUCT<x: STRING, y: INT>"
    )

    class Types(Processor):
        def init(self, handle: Any) -> None:
            self.value = handle.getValueState("value", schema)
            self.map = handle.getMapState("map", "a ARRAY<INT>, t TIMESTAMP", "n INT")

        def say(self, values: list[int], times: Any) -> Any:
            from datetime import date, datetime
            from decimal import Decimal

            import numpy as np

            at = datetime(2026, 1, 2, 3, 4, 5, 6)
            was, there = self.value.get(), self.map.containsKey(([1, 2], at))
            self.value.update((
                np.int32(7), Decimal("1.50"), at, b"x", [1, None], {"k": date(2026, 1, 1)}, ("z", 1),
            ))  # fmt: skip
            self.map.updateValue(([1, 2], at), (1,))
            return was, there

    second, first = run(spark, Types(), [("a", 1)], [("a", 2)])
    assert first == "(None, False)"
    assert second == (
        "((7, Decimal('1.50'), datetime.datetime(2026, 1, 2, 3, 4, 5, 6), b'x', [1, None], "
        "{'k': datetime.date(2026, 1, 1)}, Row(x='z', y=1)), True)"
    )


def restarted(spark: Any, checkpoint: Path, stream: MemoryStream, processor: Any) -> list[tuple]:
    df = stream.to_df().groupBy("k").transformWithState(processor, OUT, "update", "None")
    query = into_memory(df, "update", checkpointLocation=str(checkpoint))
    try:
        return rows(spark, query, "k", "said")
    finally:
        query.stop()


def counting(schema: str, update: Callable[[Any], Any]) -> Any:
    class Counting(Processor):
        def init(self, handle: Any) -> None:
            self.value = handle.getValueState("value", schema)

        def say(self, values: list[int], times: Any) -> Any:
            was = self.value.get()
            self.value.update(update(was))
            return was

    return Counting()


def test_the_schema_of_state_may_change(spark: Any, tmp_path: Path) -> None:
    stream = MemoryStream(spark, INPUT)
    stream.add([("a", 1)])
    restarted(spark, tmp_path, stream, counting("n INT, gone STRING", lambda was: (1, "x")))
    stream.add([("a", 2), ("b", 2)])
    found = restarted(spark, tmp_path, stream, counting("new STRING, n LONG", lambda was: ("y", 2)))
    assert found == [("a", "(None, 1)"), ("b", "None")]
    stream.add([("a", 3)])
    found = restarted(spark, tmp_path, stream, counting("n DOUBLE", lambda was: (3.0,)))
    assert found == [("a", "(2.0,)")]
    stream.add([("a", 4)])
    with pytest.raises(StreamingQueryException, match="STATE_STORE_INVALID_VALUE_SCHEMA_EVOLUTION"):
        restarted(spark, tmp_path, stream, counting("n STRING", lambda was: ("",)))
    assert restarted(spark, tmp_path, stream, counting("n DOUBLE", lambda was: (4.0,))) == [("a", "(3.0,)")]


def test_a_variable_keeps_its_kind_until_it_is_deleted(spark: Any, tmp_path: Path) -> None:
    class Listed(Processor):
        def __init__(self, delete: str) -> None:
            self.delete = delete

        def init(self, handle: Any) -> None:
            self.list = handle.getListState("value" if not self.delete else "other", "n INT")
            if self.delete:
                handle.deleteIfExists(self.delete)

        def say(self, values: list[int], times: Any) -> Any:
            self.list.appendValue((len(values),))
            return len(list(self.list.get()))

    stream = MemoryStream(spark, INPUT)
    stream.add([("a", 1)])
    restarted(spark, tmp_path, stream, counting("n INT", lambda was: (1,)))
    stream.add([("a", 2)])
    with pytest.raises(StreamingQueryException, match="STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE"):
        restarted(spark, tmp_path, stream, Listed(""))
    assert restarted(spark, tmp_path, stream, Listed("value")) == [("a", "1")]
    stream.add([("a", 3)])
    assert restarted(spark, tmp_path, stream, counting("n INT", lambda was: (1,))) == [("a", "None")]


def test_many_groups_and_a_large_one(spark: Any) -> None:
    class Counted(Processor):
        def init(self, handle: Any) -> None:
            self.value = handle.getValueState("value", "n LONG")

        def say(self, values: list[int], times: Any) -> Any:
            self.value.update(((self.value.get() or (0,))[0] + len(values),))
            assert values == sorted(values)  # in the order in which they came
            return self.value.get()[0]

    step = [(f"{v % 500}" if v % 2 else "large", v) for v in range(30_000)]
    found = run(spark, Counted(), step, step)
    assert len(found) == 2 * 251
    assert sorted(map(int, set(found))) == [60, 120, 15_000, 30_000]


def test_a_table_is_one_batch(spark: Any) -> None:
    class Summed(Processor):
        def init(self, handle: Any) -> None:
            self.value = handle.getValueState("value", "n LONG")

        def say(self, values: list[int], times: Any) -> Any:
            was = self.value.get()
            self.value.update((sum(values),))
            return was, self.value.get()

    df = spark.createDataFrame([("a", 1), ("a", 2), ("b", 3)], INPUT).groupBy("k")
    found = df.transformWithState(Summed(), OUT, "update", "None").orderBy("k").collect()
    assert found == [Row(k="a", said="(None, (3,))"), Row(k="b", said="(None, (3,))")]
    with pytest.raises(AnalysisException, match="applyInPandas"):
        df.applyInPandasWithState(lambda *a: [], OUT, "n LONG", "update", "NoTimeout").collect()


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (lambda handle: handle.getValueState("v", "n INT", 100), "INCORRECT_TIME_MODE_TO_ASSIGN_TTL"),
        (lambda handle: (handle.getValueState("v", "n INT"), handle.getListState("v", "n INT")), "DUPLICATE_STATE"),
        (lambda handle: handle.getValueState("v", "no schema at all"), "UNSUPPORTED_DATATYPE"),
        (lambda handle: 1 // 0, "ZeroDivisionError"),
    ],
)
def test_what_init_cannot_do(spark: Any, what: Any, error: str) -> None:
    class Wrong(Processor):
        def init(self, handle: Any) -> None:
            what(handle)

        def say(self, values: list[int], times: Any) -> Any:
            return None

    with pytest.raises(StreamingQueryException, match=error):
        run(spark, Wrong(), [("a", 1)])


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (lambda p: p.handle.registerTimer(1), "INVALID_TIME_MODE"),
        (lambda p: p.handle.getValueState("late", "n INT"), "INVALID_HANDLE_STATE"),
        (lambda p: p.value.update((1, 2)), "fields"),
        (lambda p: p.value.update(1), "NOT_EXPECTED_TYPE"),
        (lambda p: p.items.put([]), "EMPTY_LIST_VALUE"),
        (lambda p: p.items.appendList([]), "EMPTY_LIST_VALUE"),
    ],
)
def test_what_rows_cannot_do(spark: Any, what: Any, error: str) -> None:
    class Wrong(Processor):
        def init(self, handle: Any) -> None:
            self.handle, self.value = handle, handle.getValueState("v", "n INT")
            self.items = handle.getListState("l", "n INT")

        def say(self, values: list[int], times: Any) -> Any:
            return what(self)

    with pytest.raises(StreamingQueryException, match=error):
        run(spark, Wrong(), [("a", 1)])


def test_modes_and_times_that_there_are_not(spark: Any) -> None:
    by = MemoryStream(spark, INPUT).to_df().groupBy("k")
    for modes, condition in {
        ("update", "Sometime"): "STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE",
        ("sometimes", "None"): "STREAMING_OUTPUT_MODE.INVALID",
    }.items():
        with pytest.raises(IllegalArgumentException) as refused:
            by.transformWithState(counting("n INT", lambda was: (1,)), OUT, *modes).printSchema()
        assert refused.value.getCondition() == condition
    with pytest.raises(AnalysisException) as info:
        by.transformWithState(counting("n INT", lambda was: (1,)), OUT, "append", "None", None, "k").printSchema()
    assert info.value.getCondition() == "CANNOT_ASSIGN_EVENT_TIME_COLUMN_WITHOUT_WATERMARK"


def test_values_of_maps_have_names(spark: Any) -> None:
    class Named(Processor):
        def init(self, handle: Any) -> None:
            self.found = handle.getMapState("m", "k STRING", "n INT, s STRING")

        def say(self, values: list[int], times: Any) -> Any:
            self.found.updateValue(("a",), (1, "x"))
            value = self.found.getValue(("a",))
            return value.n, value[1]

    assert run(spark, Named(), [("a", 1)]) == ["(1, 'x')"]


def test_timers_of_event_time_without_a_watermark_never_expire(spark: Any) -> None:
    class Waiting(Processor):
        def init(self, handle: Any) -> None:
            self.handle = handle

        def say(self, values: list[int], times: Any) -> Any:
            self.handle.registerTimer(times.getCurrentWatermarkInMs() + 1)
            return list(self.handle.listTimers())

        def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
            yield Row(k=key[0], said="late")

    assert run(spark, Waiting(), [("a", 1)], [("a", 2)], mode="EventTime") == ["[1]", "[1]"]


def test_reports_count_variables_and_timers(spark: Any) -> None:
    class Counted(Processor):
        def init(self, handle: Any) -> None:
            self.handle = handle
            handle.getValueState("v", "n INT")
            handle.getListState("l", "n INT", 60_000)
            handle.getMapState("m", "k STRING", "n INT")
            handle.deleteIfExists("m")

        def say(self, values: list[int], times: Any) -> Any:
            for value in values:
                self.handle.registerTimer(10_000_000_000_000 + value)
            self.handle.deleteTimer(10_000_000_000_001)

        def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
            return iter(())

    stream = MemoryStream(spark, INPUT)
    df = stream.to_df().groupBy("k").transformWithState(Counted(), OUT, "update", "ProcessingTime")
    query = into_memory(df, "update")
    counts = []
    for step in ([("a", 1), ("a", 2), ("b", 3)], [("a", 1)], [("a", 2), ("a", 1), ("b", 1)]):
        stream.add(step)
        query.processAllAvailable()
        found = query.lastProgress.stateOperators[0].customMetrics
        counts.append((found["numRegisteredTimers"], found["numDeletedTimers"]))
    query.stop()
    assert (found["numValueStateVars"], found["numListStateWithTTLVars"], found["numMapStateVars"]) == (1, 1, 1)
    assert (found["numDeletedStateVars"], found["numListStateVars"]) == (1, 0)
    assert counts[0] == (2, 0)
