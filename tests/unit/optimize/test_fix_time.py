"""A query has one time: its rows, its partitions and its Python see the same, whatever the clock does meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug.optimize import fix_time

INSTANT = 1_577_836_799_999_999  # 2019-12-31 23:59:59.999999 UTC


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    session = glowplug.session()
    monkeypatch.setattr(fix_time, "now_micros", lambda: INSTANT)
    yield session
    session.conf.unset("spark.sql.session.timeZone")
    session.stop()


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("UTC", "2019-12-31 23:59:59.999999"),
        ("Asia/Tokyo", "2020-01-01 08:59:59.999999"),
        ("-05:30", "2019-12-31 18:29:59.999999"),
    ],
)
def test_every_way_to_ask(spark: Any, zone: str, local: str) -> None:
    spark.conf.set("spark.sql.session.timeZone", zone)
    (row,) = spark.sql(
        "SELECT unix_micros(current_timestamp()) a, unix_micros(now()) b, localtimestamp() c, current_date() d, "
        "curdate() e, current_time() f, current_time(3) g, typeof(current_time(3)) h, count(*) i "
        "FROM range(2) GROUP BY current_date HAVING current_timestamp() = now() ORDER BY now()"
    ).collect()
    wall = datetime.datetime.fromisoformat(local)
    assert (row.a, row.b) == (INSTANT, INSTANT)
    assert (row.c, row.d, row.e, row.f) == (wall, wall.date(), wall.date(), wall.time())
    assert (row.g, row.h, row.i) == (wall.time().replace(microsecond=999_000), "time(3)", 2)


def test_partitions_and_rows_are_asked_at_one_time(spark: Any, tmp_path: Any) -> None:
    rows = spark.sql("SELECT * FROM VALUES (1, DATE '2019-12-31'), (2, DATE '2020-01-01') AS t(v, day)")
    rows.write.partitionBy("day").parquet(str(tmp_path / "days"))
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    days = spark.read.parquet(str(tmp_path / "days"))
    assert [row.v for row in days.where("day = current_date()").collect()] == [1]
    assert [row.v for row in days.where("day > date_sub(current_date(), 0)").collect()] == [2]
    assert [row.v for row in days.where("v IN (SELECT v WHERE day = current_date())").collect()] == [1]


def test_functions_of_users_see_it(spark: Any) -> None:
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    year = F.udf(lambda day: day.year, "int")
    assert spark.range(1).select(year(F.current_date()), F.year(F.current_date())).collect() == [(2019, 2019)]


def test_the_plan_shows_it_and_the_schema_stays(spark: Any) -> None:
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    frame = spark.sql("SELECT current_date(), now() AS t")
    assert "2019-12-31 AS current_date()" in frame._explain_string()
    assert frame.schema.simpleString() == "struct<current_date():date,t:timestamp>"
    assert not any(field.nullable for field in frame.schema)
