"""Session variables: whose they are, and what a failed statement leaves of them."""

from __future__ import annotations

import pytest
from pyspark.errors import PySparkException

import glowplug
from glowplug import query
from glowplug.execute.operation import Operation
from glowplug.plan.commands import SQLStatement
from glowplug.plan.relations import SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session


@pytest.fixture
def spark():
    session = glowplug.session()
    yield session
    session.stop()


def value(spark, name: str):
    return spark.sql(f"SELECT {name}").first()[0]


def test_all_variables_of_a_statement_change_or_none(spark):
    spark.sql("DECLARE a, b INT DEFAULT 1")
    with pytest.raises(PySparkException, match="CAST_INVALID_INPUT"):
        spark.sql("SET VAR a = 2, b = 'x'")
    assert (value(spark, "a"), value(spark, "b")) == (1, 1)


def test_a_frame_reads_a_variable_when_it_runs(spark):
    spark.sql("DECLARE v INT DEFAULT 1")
    frame = spark.sql("SELECT v")
    spark.sql("SET VAR v = 2")
    assert frame.collect() == [(2,)]


def test_a_clone_has_its_own_copy():
    session = Session(Engine(), "one")
    operation = Operation("variables")
    query.run(SQLStatement(SQLText("DECLARE v INT DEFAULT 1")), session, operation)
    other = session.clone("two")
    query.run(SQLStatement(SQLText("SET VAR v = 2")), other, operation)

    def read(s: Session) -> list[int]:
        return [x for b in query.execute(SQLText("SELECT v"), s, operation).batches for x in b.column(0).to_pylist()]

    assert (read(session), read(other)) == ([1], [2])


def test_names_match_by_case_only_where_case_matters(spark):
    spark.sql("DECLARE Mixed INT DEFAULT 1")
    assert value(spark, "mIXED") == 1
    spark.conf.set("spark.sql.caseSensitive", "true")
    spark.sql("DECLARE Only INT DEFAULT 2")
    with pytest.raises(PySparkException, match="UNRESOLVED_COLUMN"):
        value(spark, "only")


def test_columns_go_before_aliases_before_parameters_before_blocks_before_session_variables(spark):
    spark.sql("DECLARE OR REPLACE x = 'session'")
    spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION f(x STRING) RETURNS STRING RETURN x")
    script = """BEGIN
      DECLARE x STRING DEFAULT 'block';
      SELECT x, session.x AS s, f('parameter') AS f, (SELECT max(x) FROM VALUES ('column') AS t(x)) AS c,
        'alias' AS y, y AS z;
    END"""
    assert [tuple(r) for r in spark.sql(script).collect()] == [
        ("block", "session", "parameter", "column", "alias", "alias")
    ]


def test_a_text_that_lasts_names_no_variable(spark, tmp_path):
    spark.sql("DECLARE v INT DEFAULT 1")
    spark.sql("CREATE TEMPORARY VIEW seen AS SELECT v")
    assert spark.table("seen").collect() == [(1,)]
    for text in ("CREATE VIEW lasting AS SELECT v", "CREATE FUNCTION lasting() RETURNS INT RETURN v"):
        with pytest.raises(PySparkException, match="INVALID_TEMP_OBJ_REFERENCE"):
            spark.sql(text)


def test_execute_immediate_runs_its_text_once(spark):
    spark.sql("DECLARE n INT DEFAULT 0")
    spark.sql("EXECUTE IMMEDIATE 'SET VAR n = n + 1'")
    assert value(spark, "n") == 1
    frame = spark.sql("EXECUTE IMMEDIATE 'SELECT n'")
    spark.sql("SET VAR n = 5")
    assert [frame.collect(), frame.collect()] == [[(1,)], [(1,)]]


def test_identifier_takes_any_constant_text(spark):
    spark.sql("DECLARE t = 'RANGE'")
    assert spark.sql("SELECT * FROM IDENTIFIER(lower(t) || '')(2)").collect() == [(0,), (1,)]
    with pytest.raises(PySparkException, match="NOT_A_CONSTANT_STRING"):
        spark.sql("SELECT IDENTIFIER(id) FROM range(1)").collect()
