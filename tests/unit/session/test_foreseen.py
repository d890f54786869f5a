"""A schema's analysis serves the rows that are asked for next, and never hides what happened in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import glowplug
from glowplug.execute import operation
from glowplug.session import plan_cache


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The plans that were analysed, for a schema or rows."""
    done: list[object] = []
    analyze = plan_cache.analyze

    def counted(relation: Any, *around: Any) -> Any:
        done.append(relation)
        return analyze(relation, *around)

    monkeypatch.setattr(plan_cache, "analyze", counted)
    return done


@pytest.mark.parametrize(
    "frame", [lambda s: s.sql("SELECT * FROM range(3)").limit(3), lambda s: s.range(3).select("id")]
)
def test_rows_after_their_schema_need_no_analysis(
    spark: Any, analyses: list[object], frame: Callable[[Any], Any]
) -> None:
    df = frame(spark)
    assert df.toArrow().num_rows == 3
    assert len(analyses) == 1  # for the schema
    assert df.toArrow().num_rows == 3  # the client has the schema
    assert len(analyses) == 2


def test_a_schema_of_long_ago_does_not_serve(
    spark: Any, analyses: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "FORESEEN_SECONDS", -1.0)
    assert spark.range(3).toArrow().num_rows == 3
    assert len(analyses) == 2


def _insert(session: Any) -> None:
    session.sql("INSERT INTO foreseen VALUES (2)")


def _replace(session: Any) -> None:
    session.sql("CREATE OR REPLACE TEMP VIEW seen AS SELECT 1 AS a UNION ALL SELECT 2")


def _set(session: Any) -> None:
    session.conf.set("spark.sql.session.timeZone", "UTC")


@pytest.mark.parametrize("change, other", [(_insert, False), (_insert, True), (_replace, False), (_set, False)])
def test_a_change_in_between_is_seen(
    spark: Any, analyses: list[object], tmp_path: Path, change: Callable[[Any], None], other: bool
) -> None:
    spark.sql("DROP TABLE IF EXISTS foreseen")
    spark.sql(f"CREATE TABLE foreseen USING parquet LOCATION '{tmp_path}/t' AS SELECT 1 AS a")
    spark.sql("CREATE OR REPLACE TEMP VIEW seen AS SELECT a FROM foreseen")
    df = spark.table("seen")
    assert df.columns == ["a"]
    change(spark.cloneSession() if other else spark)
    analyses.clear()
    assert len(df.collect()) == (1 if change is _set else 2)
    assert analyses


def test_another_plan_is_not_served(spark: Any) -> None:
    one, two = spark.range(1), spark.range(2)
    assert one.schema == two.schema
    assert (one.count(), two.count()) == (1, 2)
    assert two.schema == one.schema
    assert [row.id for row in one.collect()] == [0]
