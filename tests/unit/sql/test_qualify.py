"""QUALIFY, which no other front door has. The rows are those of Apache Spark 4.2.1."""

from __future__ import annotations

import pytest
from pyspark.errors import AnalysisException

import glowplug


@pytest.fixture(scope="module")
def spark():
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select a, row_number() over (order by a) r from t qualify r = 1", [(1, 1)]),
        ("select a from t qualify row_number() over (partition by a order by b desc) = 1 order by a", [(1,), (2,)]),
        ("select * from t qualify max(b) over w = b window w as (partition by a) order by a", [(1, 3), (2, 1)]),
        ("select distinct a from t qualify row_number() over (order by b desc) < 3", [(1,)]),
    ],
)
def test_rows_are_kept_by_window_functions(spark, query, rows):
    values = "with t as (select * from values (1, 2), (1, 3), (2, 1) t(a, b)) "
    assert list(map(tuple, spark.sql(values + query).collect())) == rows


def test_a_window_function_is_needed(spark):
    with pytest.raises(AnalysisException, match="QUALIFY_REQUIRES_WINDOW_FUNCTION"):
        spark.sql("select a from values (1) t(a) qualify a = 1").collect()
