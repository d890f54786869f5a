"""Several processes on one warehouse: nothing is lost, nothing is corrupted, also when some of them are killed."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ALTERING = """
import sys
from dataclasses import replace
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from glowplug.catalog.embedded import Embedded
from glowplug.catalog.table import Identifier

catalog = Embedded("file:" + sys.argv[1])
name, count = sys.argv[2], int(sys.argv[3])
table = Identifier("spark_catalog", ("default",), "t")
for i in range(count):
    catalog.alter_table(table, lambda t: replace(t, properties=(*t.properties, (f"{name}{i}", ""))))
"""
CHURNING = """
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from glowplug.catalog.embedded import Embedded
from glowplug.io.filesystem import local_path
from glowplug.catalog.table import Identifier, Table
from glowplug.errors import AnalysisError
from glowplug.types import StructType

catalog = Embedded("file:" + sys.argv[1])
ident = Identifier("spark_catalog", ("default",), "churned")
while True:
    table = Table(ident, "managed", StructType(), "parquet", location=catalog.new_location(ident))
    staged = catalog.stage(table)
    Path(staged).mkdir(parents=True)
    for part in ("one", "two"):
        (Path(staged) / part).write_text(part)
    try:
        catalog.publish(table, staged, (), replace=True)
        catalog.drop_table(ident)
    except AnalysisError as error:  # the other process was first
        assert error.condition in ("TABLE_OR_VIEW_ALREADY_EXISTS", "TABLE_OR_VIEW_NOT_FOUND"), error
"""
STATEMENTS = """
import sys
import glowplug
from pyspark.errors import AnalysisException

spark = glowplug.session(**{"spark.sql.warehouse.dir": sys.argv[1], "spark.glowplug.threads": "1"})
won = 0
for i in range(int(sys.argv[2])):
    try:
        spark.sql(f"CREATE TABLE t{i} AS SELECT '{sys.argv[3]}' AS who, id FROM range(10)").collect()
        won += 1
    except AnalysisException as error:
        assert error.getCondition() == "TABLE_OR_VIEW_ALREADY_EXISTS", error
    spark.sql(f"INSERT INTO t{i} SELECT 'both', 99")
print(won)
"""


def start(script: str, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def table(warehouse: Path) -> None:
    from glowplug.catalog.embedded import Embedded
    from glowplug.catalog.table import Identifier, Table
    from glowplug.types import StructType

    ident = Identifier("spark_catalog", ("default",), "t")
    Embedded(f"file:{warehouse}").create_table(
        Table(ident, "external", StructType(), "parquet", location="file:/nowhere")
    )


def properties(warehouse: Path) -> set[str]:
    from glowplug.catalog.embedded import Embedded
    from glowplug.catalog.table import Identifier

    found = Embedded(f"file:{warehouse}").table(Identifier("spark_catalog", ("default",), "t"))
    assert found is not None
    return {k for k, _ in found.properties}


def test_no_change_is_lost(tmp_path: Path) -> None:
    table(tmp_path)
    processes = [start(ALTERING, tmp_path, name, 100) for name in ("a", "b")]
    assert [p.wait() for p in processes] == [0, 0]
    assert properties(tmp_path) == {f"{name}{i}" for name in ("a", "b") for i in range(100)}


@pytest.mark.parametrize("seed", range(3))
def test_kills_corrupt_nothing(tmp_path: Path, seed: int) -> None:
    """Two processes make and drop a table; they are killed and started again. The table is whole whenever it is there."""
    from glowplug.catalog.embedded import Embedded
    from glowplug.catalog.table import Identifier

    chance = random.Random(seed)
    ident = Identifier("spark_catalog", ("default",), "churned")
    catalog = Embedded(f"file:{tmp_path}")
    running = [start(CHURNING, tmp_path) for _ in range(2)]
    deadline = time.monotonic() + 60
    while not (tmp_path / ".glowplug" / "catalog.sqlite").exists():  # on a busy machine programs begin late
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for _ in range(6):
        time.sleep(0.3 + 0.3 * chance.random())
        victim = chance.randrange(2)
        running[victim].send_signal(signal.SIGKILL)
        assert running[victim].wait() == -signal.SIGKILL
        running[victim] = start(CHURNING, tmp_path)
    for process in running:
        process.send_signal(signal.SIGKILL)
        process.wait()
    found = catalog.table(ident)  # completes what was left
    place = tmp_path / "churned"
    if found is not None:
        assert sorted(p.name for p in place.iterdir()) == ["one", "two"]
    else:
        assert not place.exists()
    with sqlite3.connect(tmp_path / ".glowplug" / "catalog.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM pending").fetchone() == (0,)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".glowplug-")]


def test_two_programs_make_the_same_tables(tmp_path: Path) -> None:
    import glowplug

    processes = [start(STATEMENTS, tmp_path, 8, name) for name in ("a", "b")]
    outputs = [p.communicate()[0] for p in processes]
    assert [p.returncode for p in processes] == [0, 0]
    assert sum(map(int, outputs)) == 8
    spark = glowplug.session(**{"spark.sql.warehouse.dir": str(tmp_path)})
    for i in range(8):
        rows = spark.table(f"t{i}").groupBy("who").count().orderBy("who").collect()
        counts = {r[0]: r[1] for r in rows}
        assert counts.pop("both") == 2
        assert list(counts.values()) == [10] and set(counts) < {"a", "b"}
    spark.stop()


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Any]:
    import glowplug

    session = glowplug.session(**{"spark.sql.warehouse.dir": str(tmp_path / "warehouse")})
    yield session
    session.stop()


def test_a_renaming_that_fails_changes_nothing(spark: Any) -> None:
    spark.sql("CREATE TABLE kept AS SELECT 1 AS a")
    with pytest.raises(Exception, match="TASK_WRITE_FAILED.*too long"):
        spark.sql(f"ALTER TABLE kept RENAME TO {'x' * 300}")
    assert [r.tableName for r in spark.sql("SHOW TABLES").collect()] == ["kept"]
    assert spark.table("kept").collect() == [(1,)]
    spark.sql("ALTER TABLE kept RENAME TO other")
    assert spark.table("other").collect() == [(1,)]


def test_dropping_a_schema_leaves_what_is_not_its_own(spark: Any, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    spark.sql(f"CREATE SCHEMA lake LOCATION '{lake}'")
    spark.sql("CREATE TABLE lake.managed AS SELECT 1 AS a")
    spark.sql(f"CREATE TABLE lake.external USING parquet LOCATION '{lake}/e' AS SELECT 2 AS a")
    spark.sql("DROP SCHEMA lake CASCADE")
    assert [p.name for p in lake.iterdir()] == ["e"]
    with pytest.raises(Exception, match="TASK_WRITE_FAILED"):
        spark.sql("CREATE SCHEMA nowhere LOCATION '/proc/nowhere'")
    assert [r.namespace for r in spark.sql("SHOW SCHEMAS").collect()] == ["default"]
