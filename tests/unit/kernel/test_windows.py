"""Rows that are given with a query leave windows as Spark, which sorts them, leaves them: recorded from Spark 4.2.1."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import glowplug
from glowplug import query
from glowplug.kernel.compile import Compiler
from glowplug.plan.relations import SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session

ROWS = "VALUES (3,'d',1), (1,'c',2), (2,'a',3), (NULL,'a',4), (1,'c',5), (2,'b',6), (3,NULL,7) t(a, b, i)"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize(
    ("windows", "order"),
    [
        ("count(*) OVER ()", [1, 2, 3, 4, 5, 6, 7]),
        ("count(*) OVER (PARTITION BY b)", [7, 3, 4, 6, 2, 5, 1]),
        ("sum(i) OVER (ORDER BY b DESC)", [1, 2, 5, 6, 3, 4, 7]),
        ("row_number() OVER (PARTITION BY a ORDER BY i DESC)", [4, 5, 2, 6, 3, 7, 1]),
        ("row_number() OVER (PARTITION BY a ORDER BY i), count(*) OVER (PARTITION BY b)", [7, 4, 3, 6, 2, 5, 1]),
        ("count(*) OVER (PARTITION BY b), row_number() OVER (PARTITION BY a ORDER BY i)", [4, 2, 5, 3, 6, 1, 7]),
        ("max(i) OVER (PARTITION BY a), min(i) OVER (PARTITION BY b), sum(i) OVER (ORDER BY i DESC)", [7, 4, 3, 6, 5, 2, 1]),
        ("max(i) OVER (PARTITION BY a, b), min(i) OVER (PARTITION BY a), sum(i) OVER (PARTITION BY b ORDER BY i DESC)", [4, 5, 2, 3, 6, 7, 1]),
        ("max(i) OVER (PARTITION BY a, b), min(i) OVER (PARTITION BY b)", [4, 2, 5, 3, 6, 7, 1]),
    ],
)  # fmt: skip
def test_order(spark: Any, windows: str, order: list[int]) -> None:
    assert [r.i for r in spark.sql(f"SELECT i, {windows} FROM {ROWS}").collect()] == order


def test_rows_that_a_window_picks_are_numbered_in_that_order(spark: Any) -> None:
    picked = f"SELECT i FROM {ROWS} QUALIFY row_number() OVER (PARTITION BY b ORDER BY i DESC) = 1"
    assert [r.i for r in spark.sql(picked).collect()] == [7, 4, 6, 5, 1]
    numbered = spark.sql(f"SELECT monotonically_increasing_id() AS n, i FROM ({picked})")
    assert [tuple(r) for r in numbered.collect()] == [(0, 7), (1, 4), (2, 6), (3, 5), (4, 1)]


MEANS = "SELECT i, avg(CAST(i AS DECIMAL(9, 2))) OVER (PARTITION BY a) AS m, count(i) OVER (PARTITION BY b) AS n FROM t"


def test_a_window_that_is_asked_for_several_times_is_computed_once() -> None:
    session = Session(Engine(), "windows", "someone")
    sql = Compiler(session.conf).query(query.analyze(SQLText(f"WITH t AS (SELECT * FROM {ROWS}) {MEANS}"), session))
    assert sql.count(" OVER (") == 4  # a sum and a count for the mean, a count, and the place of rows at hand


def test_of_a_row_that_is_none(spark: Any) -> None:
    assert tuple(spark.sql("SELECT avg(1.5) OVER (), sum(2) OVER (), 'window_00000000'").first()) == (
        Decimal("1.50000"), 2, "window_00000000",
    )  # fmt: skip


def test_windows_within_queries_within_windows(spark: Any) -> None:
    inner = f"(SELECT max(m) FROM (SELECT avg(CAST(i AS DECIMAL(9, 2))) OVER (PARTITION BY a) AS m FROM {ROWS}))"
    rows = spark.sql(f"SELECT avg(CAST(i AS DECIMAL(9, 2))) OVER (PARTITION BY a) - {inner} AS d FROM {ROWS}").collect()
    assert sorted(row.d for row in rows) == sorted(map(Decimal, ["0", "0", "-1", "-1", "-0.5", "-0.5", "-0.5"]))
