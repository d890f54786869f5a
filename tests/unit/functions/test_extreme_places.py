"""Rounding at places that no number has digits at."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pyspark.errors import ArithmeticException

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize(
    "call", ["floor(id + 0.5D, -2147483648)", "floor(id * 1.25BD, -2147483648)", "round(0.5D, -400)"]
)
def test_far_above_the_number(spark: Any, call: str) -> None:
    assert spark.range(2).selectExpr(f"{call} AS x").where("x <> 0").count() == 0


def test_far_below_the_number(spark: Any) -> None:
    row = spark.range(1).selectExpr("round(id + 1.5D, 2147483647) AS d", "floor(id + 1.25D, 2147483647) AS f").first()
    assert (row.d, row.f) == (1.5, Decimal("1.25"))


def test_up_to_more_digits_than_there_are(spark: Any) -> None:
    with pytest.raises(ArithmeticException, match="NUMERIC_VALUE_OUT_OF_RANGE"):
        spark.range(1).selectExpr("ceil(id + 1.5BD, -2147483648)").collect()


def test_structs_without_fields(spark: Any) -> None:
    """The kernel has none; `foreach` gives one for each row."""
    assert [r.x is None for r in spark.createDataFrame([(None,), ((),)], "x struct<>").collect()] == [True, False]
    spark.createDataFrame([(1, "a")], "n INT, s STRING").foreach(lambda row: None)
