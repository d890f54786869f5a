"""`input_file_name()` tells of the file that a row comes from through views and named queries, which hide `_metadata`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException

import glowplug


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    session = glowplug.session()
    path = tmp_path_factory.mktemp("facts") / "rows"
    for part in (0, 1):
        session.range(part, part + 1).write.parquet(f"{path}/part={part}")
    session.read.parquet(str(path)).createOrReplaceTempView("facts")
    session.sql("CREATE OR REPLACE TEMPORARY VIEW facts_again AS SELECT id + 1 AS n, part FROM facts")
    yield session
    session.stop()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT input_file_name(), part FROM facts",
        "SELECT input_file_name(), part FROM facts_again",
        "WITH w AS (SELECT part FROM facts WHERE id >= 0) SELECT input_file_name(), part FROM w",
        "SELECT name, part FROM (SELECT input_file_name() AS name, part FROM facts_again) ORDER BY name",
        "SELECT input_file_name(), part FROM facts WHERE input_file_name() LIKE '%.parquet' ORDER BY input_file_name()",
    ],
)
def test_through_what_has_a_name(spark: Any, query: str) -> None:
    rows = spark.sql(query).collect()
    assert sorted(row.part for row in rows) == [0, 1]
    for name, part in rows:
        assert name.startswith("file:///") and Path(name).parent.name == f"part={part}"


@pytest.mark.parametrize("query", ["SELECT _metadata FROM facts", "SELECT id FROM facts WHERE _metadata.file_size > 0"])
def test_the_hidden_column_of_a_view_s_files_has_no_name(spark: Any, query: str) -> None:
    with pytest.raises(AnalysisException, match="UNRESOLVED_COLUMN"):
        spark.sql(query).collect()
    assert spark.table("facts").columns == ["id", "part"]


def test_groups_come_from_no_file(spark: Any) -> None:
    rows = spark.sql("SELECT input_file_name() FROM (SELECT part, count(*) FROM facts GROUP BY part)").collect()
    assert [row[0] for row in rows] == ["", ""]
