"""Which filters go below a watermark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug.plan.relations import Filter, Relation
from glowplug.plan.streams import EventTimeWatermark
from glowplug.plan.tree import walk_relations
from glowplug.streaming import start
from glowplug.testing import MemoryStream


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Relation]:
    """What queries that start are made of."""
    found: list[Relation] = []
    real = start.below_watermarks

    def seen(plan: Relation, build: Any) -> Relation:
        found.append(real(plan, build))
        return found[-1]

    monkeypatch.setattr(start, "below_watermarks", seen)
    return found


def filters(plan: Relation) -> tuple[int, int]:
    """How many there are above watermarks, and below."""
    below = {id(f) for w in walk_relations(plan) if isinstance(w, EventTimeWatermark) for f in walk_relations(w)}
    found = [id(n) in below for n in walk_relations(plan) if isinstance(n, Filter)]
    return found.count(False), found.count(True)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda df: df.where("v > 1"), (0, 1)),
        (lambda df: df.where("v > 1 AND t > '2026-01-01'"), (1, 1)),
        (lambda df: df.where("v > 1 OR t > '2026-01-01'"), (1, 0)),
        (lambda df: df.where("v > rand()"), (1, 0)),
        (lambda df: df.selectExpr("t AS s", "v + 1 AS w").where("w > 1 AND s > '2026-01-01'"), (1, 1)),
        (lambda df: df.selectExpr("t", "rand() AS w").where("w > 1"), (1, 0)),
        (lambda df: df.groupBy("t").count().where("count > 1"), (1, 0)),
        (lambda df: df.where("v > 1").where("k = 'a'").alias("x"), (0, 2)),
        (lambda df: df.groupBy("t", "v").count().where("v > 1"), (0, 1)),
        (lambda df: df.groupBy("v", "t").count().where("v > 1 AND t > '2026-01-01' AND count > 1"), (2, 1)),
        (lambda df: df.groupBy().count().where("1 = 0"), (1, 0)),
        (lambda df: df.join(df.selectExpr("k", "v AS w"), "k").where("v > w"), (0, 4)),
        (lambda df: df.join(df.selectExpr("k AS l"), F.expr("k = l")).where("k > 'a'"), (0, 4)),
        (lambda df: df.join(df.selectExpr("k", "v AS w"), "k", "left_outer").where("v > w"), (1, 1)),
        (lambda df: df.join(df.selectExpr("k", "v AS w"), "k", "left_outer"), (0, 1)),
        (lambda df: df.join(df.selectExpr("k AS l", "v AS w"), F.expr("k = l"), "left_outer").where("v > 1"), (0, 2)),
        (lambda df: df.join(df.selectExpr("k AS l", "v AS w"), F.expr("k = l"), "left_outer").where("w > 1"), (1, 1)),
        (lambda df: df.join(df.selectExpr("k AS l", "t AS u"), F.expr("k = l AND t = u AND l > 'a'"), "full"), (0, 0)),
    ],
)
def test_where_filters_are(spark: Any, plans: list[Relation], make: Any, expected: tuple[int, int]) -> None:
    df = MemoryStream(spark, "k STRING, v INT, t TIMESTAMP").to_df().withWatermark("t", "5 seconds")
    try:
        make(df).writeStream.format("noop").start().stop()
    except Exception:
        assert plans  # refused, as a join without bounds is; the plan is there
    assert filters(plans[-1]) == expected
