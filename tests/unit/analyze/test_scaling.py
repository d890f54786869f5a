"""The work for a plan grows with its size, not faster. Work is counted in calls, which no other load changes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug import query
from glowplug.connect import plans
from glowplug.plan.canonical import canonical
from glowplug.plan.relations import LocalData, Relation
from glowplug.plan.verify import verify
from glowplug.session.session import Session

FEW, MORE = 25, 4
Shape = Callable[[Any, int], Any]


def replaced(df: Any, n: int) -> Any:
    for i in range(n):
        df = df.withColumn("a", F.col("id") + i)
    return df


def chained(df: Any, n: int) -> Any:
    for _ in range(n):
        df = df.withColumn("a", F.col("a") * 2 + F.col("a"))
    return df


def by_frame(df: Any, n: int) -> Any:
    for i in range(n):
        df = df.withColumn("a", df["id"] + i)
    return df


def filtered(df: Any, n: int) -> Any:
    for i in range(n):
        df = df.filter(F.col("a") > i)
    return df


def hidden(df: Any, n: int) -> Any:
    df = df.select("id")
    for i in range(n):
        df = df.filter(F.col("a") > i)
    return df


def sorted_over(df: Any, n: int) -> Any:
    for i in range(n):
        df = df.withColumn("id", F.col("id") + i).orderBy("id")
    return df


def united(df: Any, n: int) -> Any:
    whole = df
    for _ in range(n):
        whole = whole.union(df)
    return whole


def wide(df: Any, n: int) -> Any:
    return df.select(*[(F.col("id") + i).alias(f"c{i}") for i in range(4 * n)])


def picked(df: Any, n: int) -> Any:
    whole = wide(df, n)
    return whole.select(*[whole[f"c{i}"] for i in range(4 * n)])


def nested(df: Any, n: int) -> Any:
    e = F.col("id")
    for i in range(n):
        e = F.coalesce(e + i, F.lit(0))
    return df.select(e.alias("e"))


SHAPES: dict[str, Shape] = {
    f.__name__: f
    for f in (replaced, chained, by_frame, filtered, hidden, sorted_over, united, wide, picked, nested)
}  # fmt: skip


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def world() -> Session:
    from glowplug.session.engine import Engine

    return Session(Engine(), "scaling", "someone")


@pytest.fixture(autouse=True)
def deep_plans() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


def calls(work: Callable[[], Any]) -> tuple[int, Any]:
    """How many Python functions `work` calls, and what it gives."""
    count = 0
    result: Any = None
    failure: BaseException | None = None

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    def run() -> None:
        nonlocal result, failure
        sys.setprofile(note)
        try:
            result = work()
        except BaseException as error:
            failure = error
        finally:
            sys.setprofile(None)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure is not None:
        raise failure
    return count, result


def unresolved(df: Any, world: Session) -> Relation:
    return plans.decode_relation(df._plan.to_proto(df.sparkSession.client).root, world)


def proportional(few: int, more: int) -> bool:
    return more < 1.25 * MORE * few


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_each_stage_takes_work_in_proportion(shape: Shape, spark: Any, world: Session) -> None:
    df = spark.range(3).select("id", (F.col("id") + 1).alias("a"))
    counts: dict[str, list[int]] = {}
    for n in (FEW, FEW * MORE):
        plan = unresolved(shape(df, n), world)
        work, analysed = calls(partial(query.analyze, plan, world))
        counts.setdefault("analysis", []).append(work)
        for stage, run in {
            "verification": partial(verify, analysed, "analysis", analysed),
            "canonical form": partial(canonical, analysed),
            "optimization": partial(query.local.optimized, analysed, world),
        }.items():
            counts.setdefault(stage, []).append(calls(run)[0])
    assert {stage: c for stage, c in counts.items() if not proportional(*c)} == {}


def test_a_kept_plan_elsewhere_costs_no_canonical_form_of_each_part(spark: Any, world: Session) -> None:
    other = query.analyze(unresolved(spark.createDataFrame([(1,)], "x int"), world), world)
    assert isinstance(other, LocalData)
    world.cache.persist(other, world.conf, world.server_side_id)
    df = spark.range(3).select("id", (F.col("id") + 1).alias("a"))
    try:
        counts = []
        for n in (FEW, FEW * MORE):
            plan = query.analyze(unresolved(filtered(df, n), world), world)
            counts.append(calls(partial(world.cache.use, plan, world.conf))[0])
    finally:
        world.cache.unpersist(other, world.conf)
    assert proportional(*counts)


def test_a_loop_of_with_column_is_few_projections(spark: Any) -> None:
    """Also where each column is made of the one before, which all stay in the result."""
    df = spark.range(1)
    for i in range(120):
        df = df.withColumn(f"c{i}", F.col(f"c{i - 1}" if i else "id") + 1)
    assert df._explain_string().count("Project") <= 12
    assert tuple(df.first()) == tuple(range(121))
