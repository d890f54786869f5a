"""The plan texts. Column ids grow from test to test, so they are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug.plan.statistics import readable

SECTIONS = (
    "== Parsed Logical Plan ==",
    "== Analyzed Logical Plan ==",
    "== Optimized Logical Plan ==",
    "== Physical Plan ==",
    "== Kernel Statement ==",
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def explain(frame: Any, mode: str = "simple") -> str:
    return re.sub(r"#\d+", "#", frame._explain_string(mode=mode))


def section(text: str, title: str) -> str:
    return text.split(title + "\n")[1].split("\n\n")[0]


def test_simple_shows_the_operators(spark: Any) -> None:
    frame = spark.range(10).filter("id > 3").select((F.col("id") + F.col("id")).alias("x"))
    assert explain(frame) == (
        "== Physical Plan ==\n"
        "Project [(id#L + id#L) AS x#L]\n"
        "+- Filter (id#L > 3)\n"
        "   +- Range (0, 10, step=1, splits=1)\n\n"
    )


def test_extended_shows_every_stage(spark: Any) -> None:
    text = explain(spark.range(3).select("id", F.lit("a").alias("b")), "extended")
    assert [line for line in text.split("\n") if line.startswith("==")] == list(SECTIONS)
    assert section(text, SECTIONS[0]).startswith("'Project ['id, a AS b]\n+- Range")
    assert section(text, SECTIONS[1]).startswith("id: bigint, b: string\nProject [id#L, a AS b#]")
    assert section(text, SECTIONS[4]).startswith("SELECT ")


def test_two_inputs_are_drawn_with_a_bar(spark: Any) -> None:
    joined = spark.range(3).join(spark.range(2).limit(1), "id")
    text = section(explain(joined, "extended"), SECTIONS[1])
    assert text == (
        "id: bigint\n"
        "Project [id#L]\n"
        "+- Join Inner, (id#L = id#L)\n"
        "   :- Range (0, 3, step=1, splits=None)\n"
        "   +- GlobalLimit 1\n"
        "      +- LocalLimit 1\n"
        "         +- Range (0, 2, step=1, splits=None)"
    )
    assert "ShuffledHashJoin [id#L], [id#L], Inner, BuildRight" in explain(joined)


def test_hints_stand_above_what_they_name_and_then_in_the_join(spark: Any, caplog: Any) -> None:
    spark.range(3).createOrReplaceTempView("few")
    query = "SELECT /*+ BROADCAST(b), FOO(1), COALESCE(2) */ a.id FROM few a JOIN few b ON a.id = b.id"
    text = explain(spark.sql(query), "extended")
    analyzed = section(text, SECTIONS[1])
    assert "\nRepartition 2, false\n" in analyzed
    assert "+- ResolvedHint (strategy=broadcast)\n" in analyzed and "+- SubqueryAlias b" in analyzed
    assert "Join Inner, (id#L = id#L), rightHint=(strategy=broadcast)" in section(text, SECTIONS[2])
    assert "BroadcastHashJoin [id#L], [id#L], Inner, BuildRight" in text
    assert "Unrecognized hint: FOO(1)" in caplog.text


def test_joins_are_called_what_the_kernel_does(spark: Any) -> None:
    a, b = spark.range(3).alias("a"), spark.range(3).alias("b")
    assert "CartesianProduct" in explain(a.crossJoin(b))
    assert "BroadcastNestedLoopJoin BuildRight, Inner, (id#L < id#L)" in explain(a.join(b, F.expr("a.id < b.id")))
    assert "BroadcastHashJoin" in explain(a.join(b.hint("broadcast"), "id"))


def test_a_subquerys_plan_stands_inside_its_node(spark: Any) -> None:
    spark.range(3).createOrReplaceTempView("numbers")
    text = section(explain(spark.sql("SELECT id FROM numbers WHERE id IN (SELECT 1)"), "extended"), SECTIONS[1])
    assert "+- Filter id#L IN (list [])\n   :  +- Project" in text


def test_formatted_numbers_the_operators(spark: Any) -> None:
    text = explain(spark.range(3).groupBy("id").count(), "formatted")
    assert "== Physical Plan ==\nProject (3)\n+- HashAggregate (2)\n   +- Range (1)\n" in text
    assert "\n(2) HashAggregate\nInput [1]: [id#L]\nKeys [1]: [id#L]\nFunctions [1]: [count(1)]\n" in text


def test_cost_estimates_sizes(spark: Any) -> None:
    text = explain(spark.range(100).filter("id > 1"), "cost")
    assert "Range (0, 100, step=1, splits=None), Statistics(sizeInBytes=800.0 B, rowCount=100)" in text
    assert "Filter (id#L > 1), Statistics(sizeInBytes=800.0 B)" in text


def test_codegen_shows_the_kernels_statement(spark: Any) -> None:
    assert "\nGenerated code:\nSELECT " in explain(spark.range(3), "codegen")


def test_a_kept_plan_is_shown_as_such_and_not_computed(spark: Any) -> None:
    kept = spark.range(7).select((F.col("id") * 3).alias("x")).cache()
    text = explain(kept)
    assert text.startswith("== Physical Plan ==\nInMemoryTableScan [x#L]\n   +- InMemoryRelation [x#L], StorageLevel(")
    kept.unpersist()


def test_nothing_is_run(spark: Any) -> None:
    failing = spark.range(3).select((F.lit(1) / (F.col("id") - F.col("id"))).alias("x"))
    assert "Project" in explain(failing, "formatted")


@pytest.mark.parametrize(("size", "shown"), [(112, "112.0 B"), (2047, "2047.0 B"), (14112, "13.8 KiB")])
def test_sizes(size: int, shown: str) -> None:
    assert readable(size) == shown
