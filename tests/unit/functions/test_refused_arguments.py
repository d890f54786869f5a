"""Arguments that Spark refuses, and so does Glowplug, before the kernel would (conditions as Apache Spark 4.2.1 has them)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

import glowplug

TABLE = """VALUES (0, 'abc', 1.5D, X'', TIMESTAMP'2020-01-01'), (7, '1', 2D, X'61', TIMESTAMP'2021-01-01')
    AS t(i, s, d, x, ts)"""
CASES = [
    ("window(i, '1 second')", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"),
    ("session_window(d, '1 second')", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"),
    ("median(ts)", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"),
    ("ntile(i) OVER (ORDER BY i)", "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"),
    ("ntile(0) OVER (ORDER BY i)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("ntile(1 - 2) OVER (ORDER BY i)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("nth_value(i, i) OVER (ORDER BY i)", "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"),
    ("nth_value(i, 0) OVER (ORDER BY i)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("nth_value(i, NULL) OVER (ORDER BY i)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("min_by(i, d, -1)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("max_by(i, d, 100001)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("max_by(i, d, NULL)", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"),
    ("min_by(i, d, i)", "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"),
    ("percentile(d, array('b'))", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"),
    ("percentile(d, X'00ff')", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"),
    ("percentile(d, 'b')", "CAST_INVALID_INPUT"),
    ("sum(i) OVER (ORDER BY i ROWS BETWEEN 2 FOLLOWING AND 1 PRECEDING)",
     "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON"),
    ("any_value(DISTINCT i) OVER (ORDER BY i)", "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED"),
    ("count(DISTINCT i) OVER (PARTITION BY s)", "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED"),
    ("width_bucket(INTERVAL 1 MONTH, array('a'), d, 5)", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"),
    ("width_bucket(INTERVAL 1 MONTH, d, d, 5)", "DATATYPE_MISMATCH.DATA_DIFF_TYPES"),
    (r"s LIKE 'a\\'", "INVALID_FORMAT.ESC_AT_THE_END"),
    (r"s LIKE concat(s, '\\')", "INVALID_FORMAT.ESC_AT_THE_END"),
    ("s LIKE 'a#' ESCAPE '#'", "INVALID_FORMAT.ESC_AT_THE_END"),
    ("s LIKE 'a#b' ESCAPE '#'", "INVALID_FORMAT.ESC_IN_THE_MIDDLE"),
    ("s LIKE concat('a#', s) ESCAPE '#'", "INVALID_FORMAT.ESC_IN_THE_MIDDLE"),
    ("xpath_long(s, '1')", "FAILED_FUNCTION_CALL"),  # Spark has no condition for these
    ("xpath_int('<a>', 'a')", "FAILED_FUNCTION_CALL"),
    ("xpath('<a/>', '1')", "FAILED_FUNCTION_CALL"),
]  # fmt: skip
ANSWERS = [
    ("mode(ts) = TIMESTAMP'2020-01-01'", True),
    ("mode('a')", "a"),
    ("max(months_between(ts, NULL))", None),
    ("count_if(DISTINCT i >= 0)", 1),
    ("sum(bitmap_count(x))", 3),
    ("max_by(i, d, 2)", [7, 0]),
    ("percentile(d, '0.5')", 1.75),
    ("count_if('a_c' LIKE 'a#_c' ESCAPE '#')", 2),
    ("count_if('x' LIKE concat('x', CAST(NULL AS STRING)))", 0),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize(("expression", "condition"), CASES)
def test_refused(spark: Any, expression: str, condition: str) -> None:
    with pytest.raises(PySparkException) as error:
        spark.sql(f"SELECT {expression} FROM {TABLE}").collect()
    assert error.value.getCondition() == condition


@pytest.mark.parametrize(("expression", "value"), ANSWERS)
def test_answered(spark: Any, expression: str, value: Any) -> None:
    assert spark.sql(f"SELECT {expression} FROM {TABLE}").first()[0] == value


def test_a_range_has_a_step(spark: Any) -> None:
    with pytest.raises(PySparkException, match="FAILED_FUNCTION_CALL"):
        spark.sql("SELECT * FROM range(0, 10, 0)").collect()


def test_a_cube_of_nothing_has_one_row(spark: Any) -> None:
    assert spark.range(3).cube().agg(F.lit(1).alias("one")).collect() == [(1,)]


def test_the_parts_of_rows_without_columns(spark: Any) -> None:
    parts = spark.range(10).select().randomSplit([0.5, 0.5], 3)
    assert sum(part.count() for part in parts) == 10
