"""Statistical aggregates that hold no group's values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug
from tests.unit.plan.test_explain import explain


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize("name", ["kurtosis", "skewness"])
def test_no_list_is_held_and_great_means_do_not_matter(spark: Any, name: str) -> None:
    spark.range(1000).selectExpr("id % 3 AS g", "id * id AS x", "id * id + 1e12D AS y").createOrReplaceTempView(
        "shapes"
    )
    frame = spark.sql(f"SELECT g, {name}(x) AS a, {name}(y) AS b FROM shapes GROUP BY g")
    assert "list(" not in explain(frame, "extended").split("== Kernel Statement ==")[1]
    for row in frame.collect():
        assert row.a == pytest.approx(row.b, rel=1e-9)


def test_sums_and_means_take_timestamps_for_their_seconds(spark: Any) -> None:
    """As Apache Spark 4.2.1 does, which takes them for numbers nowhere else."""
    times = spark.sql("SELECT TIMESTAMP'1970-01-01 00:00:01.5Z' AS ts UNION ALL SELECT TIMESTAMP'1970-01-01 00:00:03Z'")
    found = times.selectExpr("sum(ts)", "avg(ts)", "mean(ts)", "try_sum(ts)", "try_avg(ts)", "avg(DISTINCT ts)")
    assert {t for _, t in found.dtypes} == {"double"}
    assert found.collect() == [(4.5, 2.25, 2.25, 4.5, 2.25, 2.25)]


def test_shapes_of_whole_numbers_are_exact(spark: Any) -> None:
    """As Apache Spark's where it merges a partition for each row."""
    ((kurtosis, skewness),) = spark.sql("SELECT kurtosis(x), skewness(x) FROM VALUES (1), (1), (2) t(x)").collect()
    assert (kurtosis, skewness) == (-1.5, pytest.approx(0.7071067811865475, rel=1e-15))


def test_correlations_round_as_in_one_partition_of_spark(spark: Any) -> None:
    """What Apache Spark 4.2.1 answers with local[1]."""
    pairs = "VALUES (0.5D, 0.2D), (0.6D, 0.0D), (NULL, 7D), (8D, NULL) t(x, y)"
    assert spark.sql(f"SELECT corr(x, y), corr(y, x) FROM {pairs}").collect() == [
        (-1.0000000000000004, -0.9999999999999994)
    ]


@pytest.mark.parametrize(
    ("call", "whole", "odd"),
    [
        ("listagg(DISTINCT x, '-' COLLATE UTF8_LCASE)", "A-b-c-á", "a-b-c"),
        ("listagg(DISTINCT x) WITHIN GROUP (ORDER BY x DESC)", "ácbA", "cba"),
        ("array_sort(collect_list(DISTINCT x))", ["A", "b", "c", "á"], ["a", "b", "c"]),
        ("max(DISTINCT x)", "á", "c"),
        ("first(DISTINCT x)", "b", "b"),
        ("hll_sketch_estimate(hll_sketch_agg(DISTINCT x))", 4, 3),
    ],
)
def test_distinct_texts_are_as_their_collation_compares(spark: Any, call: str, whole: Any, odd: Any) -> None:
    """As Apache Spark 4.2.1 does: the first of equal ones stands for all."""
    values = "VALUES ('b', 1), ('A', 2), ('a', 3), ('B', 4), ('c', 5), ('á', 6) t(s, i)"
    rows = f"(SELECT s COLLATE UTF8_LCASE AS x, i FROM {values})"
    assert spark.sql(f"SELECT {call} FROM {rows}").collect() == [(whole,)]
    assert spark.sql(f"SELECT {call} FROM {rows} GROUP BY i % 2 ORDER BY i % 2 DESC").first() == (odd,)
