"""cache, persist, CACHE TABLE, checkpoint: rows are computed once, kept, and given back."""

from __future__ import annotations

import shutil
import threading
import time
import uuid

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

import glowplug
from glowplug.config import Conf
from glowplug.errors import HandleError
from glowplug.execute import cached
from glowplug.execute.cache import Entry
from glowplug.execute.operation import Operation
from glowplug.plan.expressions import Attribute, new_id
from glowplug.plan.relations import Range
from glowplug.session.engine import Engine, shared_engine
from glowplug.session.session import Session
from glowplug.types import LONG


@pytest.fixture
def spark():
    session = glowplug.session()
    yield session
    session.stop()


def frame(spark):
    """A plan that no other test has."""
    return spark.range(1000).withColumn("mark", F.lit(str(uuid.uuid4()))).withColumn("k", F.col("id") % 7)


def kernel_tables(prefix: str) -> set[str]:
    with shared_engine().database.connection("UTC") as connection:
        names = connection.rows("SELECT table_name FROM duckdb_tables()")
    return {name for (name,) in names if name.startswith(prefix)}


def test_a_kept_plan_is_computed_once_and_read_by_plans_that_contain_it(spark):
    before = kernel_tables("cache")
    df = frame(spark).withColumn("r", F.rand())
    df.cache()
    first = df.filter("k = 0").agg(F.sum("r")).first()[0]
    assert df.filter("k = 0").agg(F.sum("r")).first()[0] == first
    assert df.groupBy("k").agg(F.sum("r").alias("r")).filter("k = 0").first().r == pytest.approx(first)
    assert df.select("k", "r").filter("k = 0").agg(F.sum("r")).first()[0] == first
    assert len(kernel_tables("cache") - before) == 1
    df.unpersist()


def test_levels_are_shared_by_equal_plans_and_forgotten(spark):
    mark = str(uuid.uuid4())
    one, other = (spark.range(10).withColumn("mark", F.lit(mark)) for _ in range(2))
    assert not one.storageLevel.useMemory
    one.persist()
    assert other.storageLevel.useMemory
    other.unpersist()
    assert not one.storageLevel.useMemory


def test_unpersist_gives_the_memory_back(spark):
    before = kernel_tables("cache")
    df = frame(spark)
    df.cache().count()
    assert len(kernel_tables("cache") - before) == 1
    df.unpersist()
    assert kernel_tables("cache") == before


def test_cache_table_keeps_a_view_and_what_it_reads(spark):
    df = frame(spark)
    df.createOrReplaceTempView("kept")
    spark.sql("CACHE TABLE kept")
    assert spark.catalog.isCached("kept")
    assert spark.table("kept").filter("k = 1").count() == 143
    spark.sql("UNCACHE TABLE kept")
    assert not spark.catalog.isCached("kept")


def test_dropping_a_view_forgets_its_rows(spark):
    before = kernel_tables("cache")
    frame(spark).createOrReplaceTempView("gone")
    spark.catalog.cacheTable("gone")
    spark.table("gone").count()
    spark.catalog.dropTempView("gone")
    assert kernel_tables("cache") == before


def test_a_kept_plan_within_another_kept_plan(spark):
    inner = frame(spark).cache()
    outer = inner.groupBy("k").count().cache()
    assert outer.count() == 7
    inner.unpersist()
    assert outer.agg(F.sum("count")).first()[0] == 1000
    outer.unpersist()


def test_a_checkpoint_no_longer_reads_its_source(spark, tmp_path):
    path = str(tmp_path / "t")
    spark.range(5).write.parquet(path)
    kept = spark.read.parquet(path).localCheckpoint()
    shutil.rmtree(path)
    assert kept.count() == 5
    assert kept.join(kept, "id").count() == 5


def test_checkpoints_belong_to_their_sessions(spark):
    later = glowplug.session()
    try:
        for session in (spark, later, spark):
            assert session.range(4).localCheckpoint().sparkSession is session
            assert session.range(4).checkpoint().count() == 4
    finally:
        later.stop()


def test_a_failing_plan_is_kept_as_nothing(spark):
    df = spark.range(3).withColumn("x", F.expr("1 div (id - 1)")).cache()
    for _ in range(2):
        with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
            df.count()
            df.collect()
    df.unpersist()


@pytest.fixture
def other():
    session = glowplug.session()
    yield session
    session.stop()


def test_sessions_share_rows_only_if_their_settings_give_the_same(spark, other):
    def hours(session):
        df = session.range(1).selectExpr("hour(timestamp_seconds(id)) AS h").cache()
        return df.first().h

    spark.conf.set("spark.sql.session.timeZone", "UTC")
    other.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    assert (hours(spark), hours(other), hours(spark)) == (0, 9, 0)


def test_a_session_that_changes_its_zone_does_not_read_rows_of_the_old_one(spark):
    df = spark.sql("SELECT date_format(timestamp_seconds(0), 'HH') AS h").cache()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert df.first().h == "00"
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    assert df.first().h == "09"


@pytest.fixture
def session():
    engine = Engine()
    session = Session(engine, "one")
    yield session
    session.close()
    engine.close()


def tables(session: Session) -> list[str]:
    with session.database.connection("UTC") as connection:
        return [name for (name,) in connection.rows("SELECT table_name FROM duckdb_tables()")]


def rows(n: int) -> Range:
    return Range(0, n, 1, Attribute("id", LONG, False, new_id()))


def test_rows_stay_while_somebody_reads_them(session):
    entry = Entry(rows(5), None, session.conf)
    first = cached.lease(entry, session, Operation("a"))
    entry.forget()
    second = cached.lease(entry, session, Operation("b"))
    assert sorted(tables(session)) == sorted([first.rows.name, second.rows.name])
    first.rows.release()
    assert tables(session) == [second.rows.name]
    second.rows.release()
    assert tables(session) == [second.rows.name]  # the entry's own
    entry.forget()
    assert tables(session) == []


def test_rows_forgotten_while_they_are_computed_are_not_kept(session):
    entry = Entry(rows(5), None, session.conf)
    generation = entry.generation()
    entry.forget()
    lease = entry.keep(cached.HeldTable("t", session.database), generation)
    assert entry.lease() is None
    lease.rows.release()


def test_a_result_being_read_survives_unpersist(spark):
    df = spark.range(300_000).withColumn("mark", F.lit(str(uuid.uuid4()))).cache()
    rows = df.toLocalIterator()
    next(rows)
    df.unpersist()
    assert sum(1 for _ in rows) == 299_999


def test_waiting_for_rows_that_another_computes_can_be_cancelled(session):
    entry, operation = Entry(rows(5), None, session.conf), Operation("waits")
    entry.computing.acquire()
    failed: list[Exception] = []

    def wait() -> None:
        try:
            cached.lease(entry, session, operation)
        except HandleError as error:
            failed.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    operation.cancel()
    thread.join(5)
    assert [e.condition for e in failed] == ["OPERATION_CANCELED"]
    entry.computing.release()


def test_closing_a_session_gives_back_what_only_it_kept(session):
    from glowplug.plan.commands import Checkpoint
    from glowplug.session.commands.checkpoints import checkpoint

    remote = checkpoint(Checkpoint(rows(3), False, True), session, Operation("x"))
    clone = session.clone("two")
    for owner in (session, clone):
        entry = owner.cache.persist(rows(4), owner.conf, owner.server_side_id)
        cached.compute(entry, owner, Operation("x"))
    assert len(tables(session)) == 2
    session.close()
    assert len(tables(session)) == 2 and remote.id in clone.cached_remotes
    clone.close()
    assert tables(session) == []


def test_a_replaced_view_gives_its_rows_back(spark):
    before = kernel_tables("cache")
    for _ in range(2):
        frame(spark).createOrReplaceTempView("again")
        spark.sql("CACHE TABLE again")
    assert len(kernel_tables("cache") - before) == 1
    spark.catalog.dropTempView("again")


def test_refresh_forgets_the_rows_of_that_table_only(spark):
    views = ("here", "there")
    for name in views:
        frame(spark).createOrReplaceTempView(name)
        spark.sql(f"CACHE TABLE {name}")
    before = kernel_tables("cache")
    spark.sql("REFRESH TABLE here")
    assert len(before - kernel_tables("cache")) == 1
    assert all(spark.catalog.isCached(name) for name in views)
    with pytest.raises(AnalysisException, match="TABLE_OR_VIEW_NOT_FOUND"):
        spark.sql("REFRESH TABLE nowhere")
    for name in views:
        spark.catalog.dropTempView(name)


def test_lowering_may_read_only_settings_by_which_kept_rows_are_found():
    from glowplug.kernel.compile import Compiler

    with pytest.raises(AssertionError):
        Compiler(Conf()).setting("spark.sql.shuffle.partitions")


def test_a_view_keeps_the_checkpoint_that_it_reads(spark, tmp_path):
    path, before = str(tmp_path / "t"), kernel_tables("cache")
    spark.range(5).write.parquet(path)
    kept = spark.read.parquet(path).localCheckpoint()
    kept.createOrReplaceTempView("reads_checkpoint")
    shutil.rmtree(path)
    del kept  # the client tells the server
    wait_until(lambda: spark.table("reads_checkpoint").count() == 5)
    spark.catalog.dropTempView("reads_checkpoint")
    wait_until(lambda: kernel_tables("cache") == before)


def wait_until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
