"""`glowplug.session()`: a session in this process."""

import subprocess
import sys
import textwrap

import pytest
from pyspark.errors import AnalysisException, IllegalArgumentException

import glowplug


@pytest.fixture
def spark():
    spark = glowplug.session()
    yield spark
    spark.stop()


def test_sessions_share_nothing_but_the_engine(spark) -> None:
    other = glowplug.session(**{"spark.sql.shuffle.partitions": 3, "spark.sql.ansi.enabled": False})
    spark.range(1).createOrReplaceTempView("v")
    assert (spark.conf.get("spark.sql.shuffle.partitions"), other.conf.get("spark.sql.shuffle.partitions")) == (
        "200",
        "3",
    )
    assert other.conf.get("spark.sql.ansi.enabled") == "false"
    with pytest.raises(AnalysisException):
        other.table("v").collect()
    other.stop()
    assert spark.table("v").count() == 1


def test_bad_settings(spark) -> None:
    with pytest.raises(IllegalArgumentException):
        glowplug.session(**{"spark.sql.ansi.enabled": "perhaps"})


def test_rows_in_every_form(spark) -> None:
    df = spark.range(100_000)
    assert df.toPandas().id.sum() == df.toArrow().to_pandas().id.sum() == sum(r.id for r in df.toLocalIterator())
    assert df.count() == 100_000 and df.head(2)[1].id == 1 and df.isEmpty() is False


def test_pysparks_own_helpers_of_tests(spark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_HOME", raising=False)
    from pyspark.testing import assertDataFrameEqual, assertSchemaEqual

    rows = spark.range(2)
    assertSchemaEqual(rows.schema, spark.range(9).schema)
    assertDataFrameEqual(rows, spark.range(2).orderBy("id", ascending=False))
    assertDataFrameEqual(rows.toPandas(), rows.toPandas())
    with pytest.raises(AssertionError, match="DIFFERENT_ROWS"):
        assertDataFrameEqual(rows, [(0,), (2,)])


def test_a_program_of_one_line() -> None:
    """Under `python -c`, where the client takes itself to be under test."""
    code = "import glowplug; print(glowplug.session().range(3).count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("3\n", "", 0)


def test_large_results_in_bounded_memory() -> None:
    """2.4 GB pass through a process that never holds more than a few buffers of them."""
    code = """
        import os, glowplug
        spark = glowplug.session(**{"spark.glowplug.memory.limit": "300m"})
        spark.range(1).count()
        def resident():
            return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        before, peak, rows = resident(), 0, 0
        df = spark.range(300_000_000)
        for part in spark.client.to_table_as_iterator(df._plan.to_proto(spark.client), {}):
            rows += getattr(part, "num_rows", 0)
            peak = max(peak, resident() - before)
        print(rows, peak < 400 << 20)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("300000000 True\n", "")
