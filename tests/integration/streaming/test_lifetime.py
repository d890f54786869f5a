"""How queries end, and what they leave: stops, interrupts, failures, functions of the user's, closed clients."""

from __future__ import annotations

import gc
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException, StreamingQueryException
from pyspark.sql import functions as F
from pyspark.sql.connect.client import SparkConnectClient

import glowplug
from glowplug.connect.in_process import shared_service
from glowplug.io.streams.memory import MemoryReader
from glowplug.kernel.database import Connection
from glowplug.session.sessions import Sessions
from glowplug.streaming import steps
from glowplug.streaming.sinks.simple import Noop
from glowplug.testing import MemoryStream

TIMEOUT = "spark.sql.streaming.stopTimeout"


def noop(df: Any) -> Any:
    return df.writeStream.format("noop")


def inner(spark: Any) -> Any:
    """The engine's session behind a client."""
    return shared_service().sessions.find(spark.client._user_id, spark.session_id)


def test_stop_insists(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt that comes before the kernel has begun a statement is lost."""
    stream = MemoryStream(spark, "v INT")
    stream.add([(i,) for i in range(50)])
    heavy = stream.to_df().crossJoin(spark.range(400_000_000)).selectExpr("sum(hash(id, v)) AS h")
    interrupt, lost = Connection.interrupt, []
    at_work = threading.Event()
    monkeypatch.setattr(steps, "hook", lambda step, batch: at_work.set() if step == "offsets written" else None)

    def lose_the_first(connection: Connection) -> None:
        if lost:
            interrupt(connection)
        lost.append(connection)

    monkeypatch.setattr(Connection, "interrupt", lose_the_first)
    query = noop(heavy).outputMode("complete").start()
    assert at_work.wait(30)
    time.sleep(0.3)
    begun = time.monotonic()
    query.stop()
    assert time.monotonic() - begun < 5
    assert len(lost) > 1
    assert query.exception() is None


def test_stop_waits_for_no_longer_than_the_setting_says(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stream, begun, release = MemoryStream(spark, "v INT"), threading.Event(), threading.Event()

    def add(*_: object) -> int:
        begun.set()
        release.wait(30)
        return 0

    monkeypatch.setattr(Noop, "add", add)
    spark.conf.set(TIMEOUT, "200ms")
    try:
        query = noop(stream.to_df()).start()
    finally:
        spark.conf.unset(TIMEOUT)
    stream.add([(1,)])
    assert begun.wait(30)
    with pytest.raises(PySparkException, match="200 ms"):
        query.stop()
    release.set()
    assert query.awaitTermination(10)


def test_a_function_may_stop_its_query(spark: Any) -> None:
    stream, seen = MemoryStream(spark, "v INT"), f"s{uuid.uuid4().hex}"
    stream.add([(1,)])

    def stop(df: Any, batch: int) -> None:
        df.write.saveAsTable(seen)
        threads = [threading.Thread(target=lambda q=q: q.stop()) for q in df.sparkSession.streams.active]
        for thread in threads:
            thread.start()
            thread.join()
        for query in df.sparkSession.streams.active:
            query.stop()

    query = stream.to_df().writeStream.foreachBatch(stop).start()
    try:
        assert query.awaitTermination(20)
        assert query.exception() is None
        assert spark.table(seen).collect() == [(1,)]
    finally:
        spark.sql(f"DROP TABLE IF EXISTS {seen}")


@pytest.mark.parametrize("method", ["processAllAvailable", "awaitTermination"])
def test_a_function_cannot_wait_for_its_query(spark: Any, method: str) -> None:
    stream = MemoryStream(spark, "v INT")
    stream.add([(1,)])

    def wait(df: Any, batch: int, method: str = method) -> None:
        for query in df.sparkSession.streams.active:
            getattr(query, method)()

    query = stream.to_df().writeStream.foreachBatch(wait).start()
    with pytest.raises(StreamingQueryException, match="waiting for a query"):
        query.awaitTermination(20)


def test_stopping_a_query_cancels_what_its_function_has_asked_for(spark: Any, tmp_path: Path) -> None:
    stream = MemoryStream(spark, "v INT")
    stream.add([(1,)])

    def long(df: Any, batch: int, mark: str = str(tmp_path / "mark")) -> None:
        with open(mark, "w"):
            df.crossJoin(df.sparkSession.range(40_000_000_000)).selectExpr("sum(hash(id, v))").collect()

    query = stream.to_df().writeStream.foreachBatch(long).start()
    while not (tmp_path / "mark").exists():
        time.sleep(0.01)
    time.sleep(0.2)
    begun = time.monotonic()
    query.stop()
    assert time.monotonic() - begun < 5


def test_a_failure_is_told_once_and_not_after_a_reset(spark: Any) -> None:
    stream = MemoryStream(spark, "v INT")
    stream.add([(1,)])
    spark.streams.resetTerminated()
    bad = noop(stream.to_df().select(F.raise_error(F.lit("boom")))).start()
    with pytest.raises(StreamingQueryException, match="boom"):
        bad.awaitTermination(20)
    with pytest.raises(StreamingQueryException, match="boom"):
        spark.streams.awaitAnyTermination(5)
    spark.streams.resetTerminated()
    assert spark.streams.awaitAnyTermination(0.1) is False
    good = noop(stream.to_df()).start()
    good.processAllAvailable()
    good.stop()
    assert spark.streams.awaitAnyTermination(5) is True
    spark.streams.resetTerminated()


def test_waiting_for_a_query_can_be_interrupted(spark: Any) -> None:
    query = noop(spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 1).load()).start()
    errors: list[str] = []

    def wait() -> None:
        try:
            query.processAllAvailable()
        except PySparkException as error:
            errors.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        while not inner(spark).operations:
            time.sleep(0.01)
        spark.interruptAll()
        thread.join(10)
        assert not thread.is_alive() and "OPERATION_CANCELED" in errors[0]
    finally:
        query.stop()


def test_a_session_with_a_query_is_not_idle() -> None:
    spark = glowplug.session()
    session, sessions = inner(spark), shared_service().sessions
    query = noop(MemoryStream(spark, "v INT").to_df()).start()
    assert query.isActive
    time.sleep(0.05)
    assert session not in Sessions.idle(sessions, 0.01)
    query.stop()
    time.sleep(0.05)
    assert session in Sessions.idle(sessions, 0.01)
    spark.stop()


def test_a_query_has_one_client_for_its_function(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "sent_with_the_stream.py").write_text("X = 42\n")
    spark.addArtifacts(str(tmp_path / "sent_with_the_stream.py"), pyfile=True)
    stream, name = MemoryStream(spark, "v INT"), f"t{uuid.uuid4().hex}"

    def note(df: Any, batch: int, name: str = name) -> None:
        import sent_with_the_stream

        df.selectExpr(f"v + {sent_with_the_stream.X} AS v").write.mode("append").saveAsTable(name)

    def clients() -> int:
        gc.collect()
        return sum(isinstance(o, SparkConnectClient) for o in gc.get_objects())

    before = clients()
    query = stream.to_df().writeStream.foreachBatch(note).start()
    try:
        for i in range(3):
            stream.add([(i,)])
            query.processAllAvailable()
        assert clients() <= before + 1
        query.stop()
        del query
        assert clients() <= before
        assert sorted(spark.table(name).collect()) == [(42,), (43,), (44,)]
    finally:
        spark.sql(f"DROP TABLE IF EXISTS {name}")


def test_a_function_pickled_by_another_python_is_refused(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyspark.sql.connect.streaming.readwriter.get_python_ver", lambda: "3.8")
    writer = MemoryStream(spark, "v INT").to_df().writeStream.foreachBatch(lambda df, n: None)
    with pytest.raises(PySparkException, match="PYTHON_VERSION_MISMATCH"):
        writer.start()


def test_what_is_open_is_closed_whatever_fails(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[object] = []

    def close(self: MemoryReader) -> None:
        closed.append(self)
        raise OSError("the source does not close")

    monkeypatch.setattr(MemoryReader, "close", close, raising=False)
    monkeypatch.setattr(Noop, "close", lambda self: closed.append(self))
    one, two = MemoryStream(spark, "v INT"), MemoryStream(spark, "v INT")
    noop(one.to_df().union(two.to_df())).start().stop()
    assert len(closed) == 3
    closed.clear()

    def fail(*_: object) -> None:
        raise ValueError("no sink")

    monkeypatch.setattr(MemoryReader, "close", lambda self: closed.append(self), raising=False)
    monkeypatch.setattr(Noop, "__init__", fail)
    query = noop(one.to_df().union(two.to_df())).start()
    with pytest.raises(StreamingQueryException, match="no sink"):
        query.awaitTermination(20)
    assert len(closed) == 2
