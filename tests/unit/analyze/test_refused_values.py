"""What Spark refuses though it could be computed, and how it says so; recorded from Apache Spark 4.2.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

import glowplug


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    session = glowplug.session(**{"spark.sql.warehouse.dir": warehouse, "spark.glowplug.verifyPlans": "true"})
    session.sql("DECLARE OR REPLACE VARIABLE v INT DEFAULT 3")
    session.sql("CREATE TABLE whole (a INT) USING parquet")
    yield session
    session.stop()


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1", "1"), ("-1", "-1"), ("array(1, 2)", "array(1, 2)"), ("array(v)", "array(3)"), ("v", "3"), ("1 AS q", "1")],
)
def test_values_of_markers(spark: Any, value: str, shown: str) -> None:
    assert spark.sql("SELECT :a", args={"a": F.expr(value)}).columns == [shown]
    assert spark.sql("SELECT ?", args=[F.expr(value)]).columns == [shown]


@pytest.mark.parametrize(
    "value",
    ["1 + 1", "upper('a')", "rand(1)", "CAST(1 AS STRING)", "current_date()", "x", "(SELECT 1)", "array(1 + 1)"],
)
def test_markers_take_constants(spark: Any, value: str) -> None:
    for args, name in (({"a": F.expr(value)}, "a"), ([1, F.expr(value)], "_pos_1")):
        with pytest.raises(PySparkException) as caught:
            _ = spark.sql("SELECT :a" if name == "a" else "SELECT ?, ?", args=args).columns
        assert caught.value.getCondition() == "INVALID_SQL_ARG" and caught.value.getMessageParameters() == {
            "name": name
        }


@pytest.mark.parametrize(
    ("value", "shown"), [("1 + 1", "2"), ("upper('a')", "A"), ("v + 1 AS a", "4"), ("array(1)", "array(1)"), ("v", "3")]
)
def test_execute_immediate_computes_values(spark: Any, value: str, shown: str) -> None:
    assert spark.sql(f"EXECUTE IMMEDIATE 'SELECT ?' USING {value}").columns == [shown]


_XML = "SELECT from_xml('<r/>', 'm ARRAY<MAP<INT, STRING>>')"
_SIZED = "UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING"


@pytest.mark.parametrize(
    ("text", "condition", "parameters"),
    [
        ("EXECUTE IMMEDIATE 'SELECT ?' USING rand()", "UNSUPPORTED_EXPR_FOR_PARAMETER", {"invalidExprSql": '"rand()"'}),
        ("DROP TEMPORARY FUNCTION abs", "FORBIDDEN_OPERATION",
         {"statement": "DROP", "objectType": "FUNCTION", "objectName": "`abs`"}),
        ("DESC whole PARTITION (a = 1)", "_LEGACY_ERROR_TEMP_1251", {"action": "DESC PARTITION", "tableName": "whole"}),
        ("SELECT lag(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) FROM range(2)",
         "_LEGACY_ERROR_TEMP_1035", {"prettyName": "lag"}),
        ("SELECT lead(id) OVER (ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM range(2)",
         "_LEGACY_ERROR_TEMP_1035", {"prettyName": "lead"}),
        (_XML, "DATATYPE_MISMATCH.INVALID_XML_MAP_KEY_TYPE",
         {"schema": '"STRUCT<m: ARRAY<MAP<INT, STRING>>>"', "sqlExpr": '"from_xml(<r/>)"'}),
        ("SELECT to_char(1, '.$9')", "INVALID_FORMAT.CUR_MUST_BEFORE_DEC", {"format": "'.$9'"}),
        ("SELECT from_csv('a', 'a CHAR(3)')", _SIZED, {}),
        ("SELECT from_json('{}', 'a INT, b STRUCT<c: MAP<STRING, VARCHAR(2)>>')", _SIZED, {}),
        ("SELECT try_variant_get(parse_json('1'), '$', 'array<varchar(3)>')", _SIZED, {}),
    ],
)  # fmt: skip
def test_refusals(spark: Any, text: str, condition: str, parameters: dict[str, str]) -> None:
    with pytest.raises(PySparkException) as caught:
        spark.sql(text).collect()
    assert caught.value.getCondition() == condition
    assert caught.value.getMessageParameters() == parameters


def test_what_is_as_it_would_be(spark: Any) -> None:
    own = "SELECT lead(id) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) FROM range(2)"
    assert spark.sql(own).collect() == [(1,), (None,)]
    spark.sql("DROP TEMPORARY FUNCTION IF EXISTS abs")


@pytest.mark.parametrize(
    ("offset", "zone"),
    [("'1:30:20' HOUR TO SECOND", "+01:30:20"), ("-10 SECONDS", "-00:00:10"), ("1 HOUR 2 SECONDS", "+01:00:02"),
     ("-18 HOURS", "-18:00")],
)  # fmt: skip
def test_time_zones_of_seconds(spark: Any, offset: str, zone: str) -> None:
    assert spark.sql(f"SET TIME ZONE INTERVAL {offset}").collect() == [("spark.sql.session.timeZone", zone)]
