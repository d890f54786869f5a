"""A text that is asked again is not analysed again, and what has changed in between is never hidden."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import glowplug
from glowplug.session import plan_cache

QUERY = "SELECT sum(v) AS total FROM kept WHERE v > 0"


@pytest.fixture
def spark() -> Iterator[Any]:
    session = glowplug.session()
    session.range(1, 4).selectExpr("id AS v").createOrReplaceTempView("kept")
    yield session
    session.stop()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many plans were analysed, and optimised, for their rows."""
    times = {"analyzed": 0, "optimized": 0}

    def counting(what: str, body: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            times[what] += 1
            return body(*args)

        return counted

    monkeypatch.setattr(plan_cache, "analyze", counting("analyzed", plan_cache.analyze))
    monkeypatch.setattr(plan_cache.local, "optimized", counting("optimized", plan_cache.local.optimized))
    return times


def values(spark: Any, sql: str = QUERY) -> list[Any]:
    return [row[0] for row in spark.sql(sql).collect()]


def test_a_text_is_analysed_and_optimised_once(spark: Any, asked: dict[str, int]) -> None:
    assert [values(spark) for _ in range(3)] == [[6]] * 3
    assert spark.sql(QUERY).toArrow().to_pylist() == [{"total": 6}]
    assert asked == {"analyzed": 1, "optimized": 1}


def test_the_same_view_twice_in_a_query_has_columns_of_its_own_each_time(spark: Any) -> None:
    join = "SELECT a.v, b.v, c.v FROM kept a JOIN kept b ON a.v = b.v + 1 JOIN kept c ON c.v = b.v"
    rows = [tuple(row) for row in spark.sql(join).orderBy("a.v").collect()]
    assert rows == [(2, 1, 1), (3, 2, 2)]
    assert [tuple(row) for row in spark.sql(f"{join} ORDER BY 1").collect()] == rows


def _replace(spark: Any) -> None:
    spark.range(10, 12).selectExpr("id AS v").createOrReplaceTempView("kept")


def _other_view(spark: Any) -> None:
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW kept AS SELECT 5 AS v")


def _drop(spark: Any) -> None:
    spark.catalog.dropTempView("kept")
    spark.sql("CREATE TABLE IF NOT EXISTS kept USING parquet AS SELECT 7 AS v")


@pytest.mark.parametrize(("change", "total"), [(_replace, 21), (_other_view, 5), (_drop, 7)])
def test_another_view_of_the_name_is_seen(spark: Any, change: Callable[[Any], None], total: int) -> None:
    assert values(spark) == [6]
    change(spark)
    assert values(spark) == [total]
    spark.sql("DROP TABLE IF EXISTS spark_catalog.default.kept")


def test_settings_hold_from_when_they_are_set(spark: Any) -> None:
    zone, cast = "SELECT hour(TIMESTAMP '2024-01-01 12:00:00Z')", "SELECT CAST('x' AS INT)"
    spark.conf.set("spark.sql.ansi.enabled", "false")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert (values(spark, zone), values(spark, cast)) == ([12], [None])
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    assert values(spark, zone) == [21]
    spark.conf.set("spark.sql.ansi.enabled", "true")
    with pytest.raises(Exception, match="CAST_INVALID_INPUT"):
        values(spark, cast)
    spark.conf.unset("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.ansi.enabled", "false")
    assert values(spark, cast) == [None]


def test_settings_that_change_and_change_back_during_analysis_are_not_those_of_a_kept_plan(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyze, text = plan_cache.analyze, "SELECT CAST('x' AS INT) FROM kept LIMIT 1"

    def changing(relation: Any, session: Any, cx: Any) -> Any:
        session.conf.set("spark.sql.ansi.enabled", "false")
        try:
            return analyze(relation, session, cx)
        finally:
            session.conf.set("spark.sql.ansi.enabled", "true")

    spark.conf.set("spark.sql.ansi.enabled", "true")
    with monkeypatch.context() as patched:
        patched.setattr(plan_cache, "analyze", changing)
        assert values(spark, text) == [None]
    with pytest.raises(Exception, match="CAST_INVALID_INPUT"):
        values(spark, text)


def test_rows_of_views_go_with_them(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a query is analysed while its view goes; forgetting waits for who is about to keep a plan."""
    analyze, sessions = plan_cache.analyze, []

    def dropping(relation: Any, session: Any, cx: Any) -> Any:
        plan = analyze(relation, session, cx)
        sessions.append(session)
        session.temp_views.pop("kept")
        session.forget_plans()
        return plan

    assert values(spark) == [6]
    _replace(spark)
    monkeypatch.setattr(plan_cache, "analyze", dropping)
    assert values(spark) == [21]
    (session,) = sessions
    assert session.plans == {}
    with ThreadPoolExecutor(1) as threads:
        with session.lock:
            forgetting = threads.submit(session.forget_plans)
            time.sleep(0.05)
            assert not forgetting.done()
        forgetting.result()


def test_the_place_of_names_is_the_session_s_now(spark: Any) -> None:
    spark.sql("CREATE SCHEMA IF NOT EXISTS elsewhere")
    text = "SELECT current_schema()"
    assert values(spark, text) == ["default"]
    spark.sql("USE elsewhere")
    assert values(spark, text) == ["elsewhere"]
    spark.sql("USE default")
    spark.sql("DROP SCHEMA elsewhere")


@pytest.mark.parametrize(
    ("before", "text", "first", "change", "then"),
    [
        ("DECLARE OR REPLACE kept_v = 1", "SELECT kept_v", 1, "SET VAR kept_v = 2", 2),
        (
            "CREATE TEMPORARY FUNCTION kept_f() RETURNS INT RETURN 1",
            "SELECT kept_f()",
            1,
            "CREATE OR REPLACE TEMPORARY FUNCTION kept_f() RETURNS INT RETURN 2",
            2,
        ),
        (
            "CREATE TABLE IF NOT EXISTS kept_t (a INT) USING parquet",
            "SELECT count(*) > 0 FROM kept_t",
            False,
            "INSERT INTO kept_t VALUES (4)",
            True,
        ),
        (
            "CREATE OR REPLACE TEMPORARY VIEW kept_w AS SELECT v FROM kept",
            "SELECT sum(v) FROM kept_w",
            6,
            "CREATE OR REPLACE TEMPORARY VIEW kept AS SELECT 2L AS v",
            2,
        ),
        (
            "CREATE OR REPLACE GLOBAL TEMPORARY VIEW kept_g AS SELECT 1 AS v",
            "SELECT v FROM global_temp.kept_g",
            1,
            "CREATE OR REPLACE GLOBAL TEMPORARY VIEW kept_g AS SELECT 2 AS v",
            2,
        ),
        ("SET kept.word = one", "SELECT '${kept.word}'", "one", "SET kept.word = two", "two"),
    ],
)
def test_what_is_not_a_frame_s_view_is_looked_up_anew(
    spark: Any, before: str, text: str, first: Any, change: str, then: Any
) -> None:
    spark.sql(before)
    assert values(spark, text) == [first]
    spark.sql(change)
    assert values(spark, text) == [then]
    spark.sql("DROP TABLE IF EXISTS kept_t")
    spark.catalog.dropGlobalTempView("kept_g")  # it would outlive the session


def test_a_function_registered_again_is_the_new_one(spark: Any) -> None:
    spark.udf.register("kept_udf", lambda v: v + 1, "long")
    text = "SELECT kept_udf(v) FROM kept ORDER BY 1"
    assert values(spark, text) == [2, 3, 4]
    spark.udf.register("kept_udf", lambda v: v * 10, "long")
    assert values(spark, text) == [10, 20, 30]


@pytest.mark.parametrize("text", ["SELECT TIMESTAMP 'now'", "SELECT current_timestamp()"])
def test_now_is_the_time_of_each_query(spark: Any, text: str) -> None:
    (first,) = values(spark, text)
    time.sleep(0.01)
    (second,) = values(spark, text)
    assert second > first


def test_samples_and_random_numbers_are_others_each_time(spark: Any) -> None:
    spark.range(1000).createOrReplaceTempView("many")
    for text in ("SELECT sum(id) FROM many TABLESAMPLE (50 PERCENT)", "SELECT rand()", "SELECT uuid()"):
        assert len({values(spark, text)[0] for _ in range(5)}) > 1, text


def test_partitions_are_chosen_anew_for_they_may_depend_on_the_day(
    spark: Any, asked: dict[str, int], tmp_path: Path
) -> None:
    spark.sql("SELECT 1 AS v, current_date() AS day UNION ALL SELECT 2, DATE '2020-01-01'").write.partitionBy(
        "day"
    ).parquet(str(tmp_path / "days"))
    spark.read.parquet(str(tmp_path / "days")).createOrReplaceTempView("days")
    asked.update(analyzed=0, optimized=0)
    for _ in range(2):
        assert values(spark, "SELECT v FROM days WHERE day = current_date()") == [1]
    assert asked == {"analyzed": 1, "optimized": 2}


def test_a_view_kept_in_memory_later_is_read_from_there(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    spark.range(1, 4).selectExpr("id AS v").write.parquet(str(path))
    spark.read.parquet(str(path)).createOrReplaceTempView("kept")
    assert values(spark) == [6]
    spark.catalog.cacheTable("kept")
    assert values(spark) == [6]
    for file in path.iterdir():
        file.unlink()
    assert values(spark) == [6]
    spark.catalog.uncacheTable("kept")
    with pytest.raises(Exception, match="FILE_NOT_EXIST"):
        values(spark)


def test_each_query_sees_one_of_the_views_that_two_threads_make(spark: Any) -> None:
    frames = [spark.range(1, 4).selectExpr("id AS v"), spark.range(10, 12).selectExpr("id AS v")]

    def replace(number: int) -> None:
        frames[number % 2].createOrReplaceTempView("kept")

    with ThreadPoolExecutor(4) as threads:
        changes = [threads.submit(replace, n) for n in range(60)]
        seen = {total for answer in [threads.submit(values, spark) for _ in range(60)] for total in answer.result()}
        for change in changes:
            change.result()
    assert seen <= {6, 21}
    replace(1)
    assert values(spark) == [21]
