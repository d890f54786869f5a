"""Aggregates over several batches are what they are of all rows at once, however they are kept."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException

from glowplug.streaming.operators import aggregate
from glowplug.testing import MemoryStream

SCHEMA = (
    "g STRING, t TIMESTAMP, i INT, l LONG, d DOUBLE, dec DECIMAL(10,2), s STRING, b BOOLEAN, bin BINARY, a ARRAY<FLOAT>"
)
KEPT = """
    count(*) | count(i, l) | count_if(b) | sum(i) | sum(d) | sum(dec) | avg(i) | avg(dec) | min(i) | max(s) | max(struct(i, s))
    stddev(i) | stddev_pop(d) | variance(d) | var_pop(i) | skewness(d) | kurtosis(d) | corr(d, l) | covar_pop(d, l)
    covar_samp(d, l) | regr_count(d, l) | regr_avgx(d, l) | regr_avgy(d, l) | regr_sxx(d, l) | regr_syy(d, l)
    regr_sxy(d, l) | regr_r2(d, l) | regr_slope(d, l) | regr_intercept(d, l) | stddev(i) FILTER (WHERE i > 2)
    first(i) | first(i, true) | last(i) | last(i) IGNORE NULLS | any_value(s) | first(i) FILTER (WHERE i > 2)
    max_by(s, i) | min_by(s, i) | try_sum(i) | try_sum(l * 200000000000000000L) | try_avg(i) | bool_and(b) | bool_or(b) | bit_and(i) | bit_or(i)
    bit_xor(i) | approx_count_distinct(s) | approx_count_distinct(s, 0.2) | vector_sum(a) | bitmap_or_agg(bin)
    bitmap_and_agg(bin) | bitmap_construct_agg(bitmap_bit_position(i)) | hll_sketch_estimate(hll_sketch_agg(i, 6))
    theta_sketch_estimate(theta_sketch_agg(i, 6)) | kll_sketch_get_n_bigint(kll_sketch_agg_bigint(l, 20))
    tuple_sketch_estimate_integer(tuple_sketch_agg_integer(i, i, 6))
"""
ROWS = """
    collect_list(i) | collect_set(s) | listagg(s, ',') WITHIN GROUP (ORDER BY s) | percentile(i, 0.3) | median(i) | mode(i)
    percentile_approx(i, 0.5) | max_by(s, i, 2) | count(DISTINCT i) | sum(DISTINCT i) | histogram_numeric(i, 5)
"""
ONCE = "count(DISTINCT i) | collect_set(s) | max(d) | sum(DISTINCT l) FILTER (WHERE b)"


def calls(texts: str) -> list[str]:
    return [c.strip() for line in texts.strip().splitlines() for c in line.split("|")]


def row(n: int) -> tuple[Any, ...]:
    """In one group values are far from 0 and close to each other, and one has a single value."""
    at = datetime(2026, 1, 1) + timedelta(seconds=n % 50)
    if n % 11 == 3:
        return ("abc"[n % 3], at, None, None, None, None, None, None, None, None)
    v = n * n % 17 + (1_000_000 if n % 3 == 1 else 0)
    g = "single" if n == 40 else "abc"[n % 3]
    return (g, at, v, v * 3 % 40, v * 0.5 + n, Decimal(v) / 4, f"s{v}", v % 3 > 0, bytes([v % 256, 7]), [float(v), 1.0])


BATCHES = [[row(n) for n in range(start, start + 20)] for start in (0, 20, 40)]


def close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-7, abs_tol=1e-7) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


@pytest.mark.parametrize(("texts", "kind"), [(KEPT, "Partials"), (ROWS, "Rows"), (ONCE, "Rows")])
def test_over_batches_as_over_all(spark: Any, monkeypatch: pytest.MonkeyPatch, texts: str, kind: str) -> None:
    made: list[Any] = []
    real = aggregate.streaming_aggregate
    monkeypatch.setattr(
        "glowplug.streaming.start.streaming_aggregate", lambda *args: made.append(real(*args)) or made[-1]
    )
    columns = [f"{c} AS c{i}" for i, c in enumerate(calls(texts))]
    stream = MemoryStream(spark, SCHEMA)
    shown = stream.to_df().groupBy("g").agg(*map(_expr, columns))
    query = shown.writeStream.format("memory").queryName("kept").outputMode("complete").start()
    for batch in BATCHES:
        stream.add(batch)
        query.processAllAvailable()
    total = query.lastProgress.stateOperators[0].numRowsTotal
    query.stop()
    found = sorted(spark.table("kept").collect())
    every = spark.createDataFrame([r for batch in BATCHES for r in batch], SCHEMA)
    expected = sorted(every.groupBy("g").agg(*map(_expr, columns)).collect())
    assert type(made[-1]).__name__ == kind
    assert total == len(expected) == 4
    wrong = {
        (name, one[0]): (mine, theirs)
        for one, other in zip(found, expected, strict=True)
        for name, mine, theirs in zip(["g", *columns], one, other, strict=True)
        if not close(mine, theirs)
    }
    assert not wrong


def _expr(text: str) -> Any:
    from pyspark.sql import functions as F

    return F.expr(text)


def test_equal_rows_are_kept_once_for_sets(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    real = aggregate.streaming_aggregate
    monkeypatch.setattr(
        "glowplug.streaming.start.streaming_aggregate", lambda *args: made.append(real(*args)) or made[-1]
    )
    stream = MemoryStream(spark, "g STRING, v INT")
    shown = stream.to_df().groupBy("g").agg(_expr("count(DISTINCT v) AS n"))
    query = shown.writeStream.format("memory").queryName("once").outputMode("complete").start()
    for _ in range(3):
        stream.add([("a", 1), ("a", 1), ("a", 2), ("b", 1), ("b", None)] * 10)
        query.processAllAvailable()
    assert sorted(spark.table("once").collect()) == [("a", 2), ("b", 1)]
    assert made[-1].store.rows == 4
    query.stop()


def test_what_fails_in_a_merge_is_told_by_the_users_text(spark: Any) -> None:
    stream = MemoryStream(spark, "v INT")
    stream.to_df().createOrReplaceTempView("equal_values")
    counted = spark.sql("SELECT 1 + corr(v, v) AS c FROM equal_values")
    query = counted.writeStream.format("noop").outputMode("complete").start()
    stream.add([(1,), (1,)])
    with pytest.raises(StreamingQueryException, match="DIVIDE_BY_ZERO") as error:
        query.processAllAvailable()
    assert "corr(v, v)" in str(error.value) and "sqrt" not in str(error.value)
