"""What guards must not do: compute twice what differs each time, or ask a value that is computed for its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def test_a_random_side_of_and_is_computed_once(spark: Any) -> None:
    drawn = "uuid() < '8' AND CAST(CAST(id AS STRING) AS INT) >= 0"
    (row,) = spark.sql(f"SELECT count_if(r) AS n FROM (SELECT {drawn} AS r FROM range(10000))").collect()
    assert 4500 < row.n < 5500


@pytest.mark.parametrize("division", ["CAST(s AS INT) % b", "pmod(CAST(s AS INT), b)", "CAST(s AS INT) / b"])
def test_null_divided_by_zero_is_null(spark: Any, division: str) -> None:
    rows = spark.sql(f"SELECT {division} AS q FROM VALUES (CAST(NULL AS STRING), 0), ('abc', NULL) AS t(s, b)")
    assert [r.q for r in rows.collect()] == [None, None]


def test_an_escaped_name_is_a_name(spark: Any) -> None:
    texts = spark.createDataFrame([('{"a":1,"\\u0061":2}',), ('{"a":1}',), ('{"a":-NaN}',)], "x STRING")
    assert [r.a for r in texts.selectExpr("from_json(x, 'a DOUBLE').a AS a").collect()] == [2.0, 1.0, None]


def test_a_last_sigma_is_a_final_one(spark: Any) -> None:
    assert spark.sql("SELECT initcap('ΟΔΟΣ ΟΔΟΣ') AS t").first().t == "Οδος Οδος"
