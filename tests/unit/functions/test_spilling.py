"""Aggregates whose groups are too large for memory give the same as those that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

import glowplug
from glowplug.functions import folds, hyperloglog
from glowplug.kernel.workbench import Workbench

HOLDING = (
    "percentile(d, 0.3)",
    "percentile(d, array(0.1, 0.5, 0.9))",
    "percentile(DISTINCT x, 0.4)",
    "percentile(d, 0.4, x)",
    "percentile(d, array(0.2, 0.4), x) FILTER (WHERE x > 20)",
    "median(d) FILTER (WHERE x > 30)",
    "percentile_cont(0.3) WITHIN GROUP (ORDER BY d DESC)",
    "percentile_disc(array(0.3, 0.8)) WITHIN GROUP (ORDER BY x)",
    "approx_percentile(ts, 0.5)",
    "mode(s)",
    "mode() WITHIN GROUP (ORDER BY x DESC)",
    "mode(x) FILTER (WHERE x > 50)",
    "approx_count_distinct(s)",
    "hll_sketch_estimate(hll_sketch_agg(DISTINCT s))",
    "hll_sketch_estimate(hll_sketch_agg(x) FILTER (WHERE x > 50))",
    "theta_sketch_agg(d, 5)",
    "tuple_sketch_summary_integer(tuple_sketch_agg_integer(s, x))",
    "count_min_sketch(x, 0.1D, 0.9D, 1)",
    "bitmap_construct_agg(x)",
    "bitmap_or_agg(unhex(hex(x)))",
    "vector_sum(v)",
    "vector_avg(v)",
    "histogram_numeric(x % 3, 5)",
    "array_sort(approx_top_k(x % 3))",
    "kurtosis(d)",
)
ROWS = (
    "SELECT if(id % 7 = 6, NULL, id % 7) k, CAST(id % 100 AS INT) x, if(id % 10 = 3, NULL, id / 8) d,"
    " CAST(id % 13 AS STRING) s, timestamp_millis(id * 1000) ts, array(float(id % 3), float(id)) v FROM range(3000)"
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    session.sql(f"CREATE TEMP VIEW t AS {ROWS}")
    yield session
    session.stop()


def spill(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if memory had not sufficed."""
    query = Workbench.query

    def spilling(self: Workbench, plan: Any, prefix: str = "r") -> str:
        self.spilling = True
        return query(self, plan, prefix)

    monkeypatch.setattr(Workbench, "query", spilling)


@pytest.mark.parametrize("rest", ["GROUP BY k / 2, s % 2", "", "WHERE false", "GROUP BY CUBE (k / 2, s % 2)"])
def test_what_passes_through_is_what_is_held(spark: Any, monkeypatch: pytest.MonkeyPatch, rest: str) -> None:
    calls = ", ".join(f"{call} AS c{i}" for i, call in enumerate(HOLDING))
    keys = "k / 2, s % 2, grouping_id(), " * ("CUBE" in rest)
    query = f"SELECT {keys}{calls} FROM t {rest} ORDER BY ALL"
    held = spark.sql(query).collect()
    spill(monkeypatch)
    passed = spark.sql(query).collect()
    assert len(passed) == len(held)
    for a, b in zip(held, passed, strict=True):
        for of_held, of_passed in zip(a, b, strict=True):
            assert of_passed == (pytest.approx(of_held, rel=1e-12) if _is_number(of_held) else of_held)


OVER = (
    "approx_count_distinct(s){}",
    "hll_sketch_estimate(hll_sketch_agg(x) FILTER (WHERE x > 50){})",
    "percentile(d, array(0.2, 0.4), x){}",
    "bitmap_construct_agg(x){}",
    "vector_avg(v){}",
    "histogram_numeric(x % 3, 5){}",
    "array_sort(approx_top_k(x % 3){})",
)


@pytest.mark.parametrize("by", ["k, s", ""])
def test_a_window_over_a_partition_lists_no_rows(spark: Any, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """A list for each row of the partition would be as long as the partition."""
    calls, over = [c.format("") for c in OVER], f" OVER ({by and 'PARTITION BY'} {by})"
    grouped = spark.sql(f"SELECT {', '.join(calls)} FROM t {by and 'GROUP BY'} {by} ORDER BY ALL").collect()
    monkeypatch.setattr(folds, "_over_lists", None)
    monkeypatch.setattr(hyperloglog, "counts", lambda bits: partial(pytest.fail, "a list was made"))
    windows = ", ".join(f"{c.format(over)} AS c{i}" for i, c in enumerate(OVER))
    assert spark.sql(f"SELECT DISTINCT * FROM (SELECT {windows} FROM t) ORDER BY ALL").collect() == grouped


def test_quantiles_of_a_frame(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = spark.sql("SELECT * FROM t UNION ALL SELECT k, x, double('nan'), s, ts, v FROM t WHERE x < 3")
    held = frame.stat.approxQuantile(["d", "x"], [0.0, 0.3, 1.0], 0.0)
    spill(monkeypatch)
    assert frame.stat.approxQuantile(["d", "x"], [0.0, 0.3, 1.0], 0.0) == held


def _is_number(value: Any) -> bool:
    return all(isinstance(v, float) for v in value) if isinstance(value, list) else isinstance(value, float)


def test_a_negative_count_is_refused_where_values_are_sorted(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    spill(monkeypatch)
    with pytest.raises(Exception, match="NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION"):
        spark.sql("SELECT percentile(d, 0.5, x - 5) FROM t").collect()
