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
