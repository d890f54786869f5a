"""SQL scripts: each statement runs once, loops and handlers end where they should, and cancelling ends all of it."""

from __future__ import annotations

import threading
import time

import pytest
from pyspark.errors import PySparkException

import glowplug
from glowplug import query
from glowplug.errors import ScriptError, SparkError
from glowplug.execute.operation import Operation
from glowplug.plan.commands import SQLStatement
from glowplug.plan.relations import SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from glowplug.session.variables import frames
from glowplug.sql import parse_statement


@pytest.fixture
def spark(tmp_path):
    session = glowplug.session(**{"spark.sql.warehouse.dir": str(tmp_path)})
    yield session
    session.stop()


@pytest.fixture
def session():
    return Session(Engine(), "scripts")


def rows(spark, script: str) -> list[tuple]:
    return [tuple(r) for r in spark.sql(script).collect()]


def run(session: Session, script: str, operation: Operation):
    return query.run(SQLStatement(SQLText(script)), session, operation)


def test_a_statement_runs_once_however_often_its_rows_are_read(spark):
    spark.sql("CREATE TABLE t (i INT) USING parquet")
    df = spark.sql("BEGIN INSERT INTO t VALUES (1); SELECT count(*) AS n FROM t; END")
    assert df.columns == ["n"]
    assert [df.collect(), df.collect()] == [[(1,)], [(1,)]]
    assert spark.table("t").count() == 1


def test_what_ran_before_an_error_stays_and_what_follows_does_not_run(spark):
    spark.sql("CREATE TABLE t (i INT) USING parquet")
    with pytest.raises(PySparkException, match="DIVIDE_BY_ZERO"):
        spark.sql("BEGIN INSERT INTO t VALUES (1); SELECT 1 / 0; INSERT INTO t VALUES (2); END")
    assert rows(spark, "SELECT * FROM t") == [(1,)]


def test_a_mistake_in_the_structure_is_found_before_anything_runs(spark):
    spark.sql("CREATE TABLE t (i INT) USING parquet")
    with pytest.raises(PySparkException, match="INVALID_LABEL_USAGE"):
        spark.sql("BEGIN INSERT INTO t VALUES (1); LEAVE nowhere; END")
    assert rows(spark, "SELECT * FROM t") == []


def test_the_blocks_of_a_script_that_failed_are_gone(session):
    with pytest.raises(SparkError, match="DIVIDE_BY_ZERO"):
        run(session, "BEGIN DECLARE x INT DEFAULT 1; SELECT x / 0; END", Operation("failing"))
    assert frames() == ()
    with pytest.raises(SparkError, match="UNRESOLVED_COLUMN"):
        query.analyze(SQLText("SELECT x"), session)


def test_two_scripts_of_a_session_at_once_do_not_see_each_other(spark):
    found: dict[int, list[tuple]] = {}

    def script(n: int) -> None:
        loop = "WHILE i < 20 DO SET i = i + 1; SET total = total + base; END WHILE"
        text = f"BEGIN DECLARE i INT DEFAULT 0; DECLARE total INT DEFAULT 0; DECLARE base INT DEFAULT {n}; {loop};"
        found[n] = rows(spark, f"{text} SELECT total; END")

    threads = [threading.Thread(target=script, args=(n,)) for n in (1, 100)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == {1: [(20,)], 100: [(2000,)]}


@pytest.mark.parametrize(
    "body",
    [
        "LOOP SET n = n + 1; END LOOP",
        "WHILE TRUE DO BEGIN END; END WHILE",
        "REPEAT SET n = 1; UNTIL FALSE END REPEAT",
        "FOR r AS SELECT id FROM range(1000000000) DO SET n = n + 1; END FOR",
        "SELECT count(*) FROM range(3000000) a CROSS JOIN range(3000000) b WHERE a.id * b.id % 7 = 3",
    ],
)
def test_cancelling_ends_a_script_wherever_it_is_and_no_handler_sees_it(session, body):
    operation = Operation("endless")
    handler = "DECLARE EXIT HANDLER FOR SQLEXCEPTION SELECT 'caught'"
    script = f"BEGIN DECLARE n INT DEFAULT 0; {handler}; LOOP {body}; END LOOP; END"
    failed: list[BaseException] = []

    def work() -> None:
        from glowplug.execute.operation import running

        running.set(operation)
        try:
            run(session, script, operation)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.5)
    assert thread.is_alive()
    operation.cancel()
    thread.join(20)
    assert not thread.is_alive()
    (error,) = failed
    assert isinstance(error, SparkError)
    assert error.condition == "OPERATION_CANCELED"


def test_a_for_reads_no_further_than_its_body_goes(spark):
    script = """BEGIN
      DECLARE last BIGINT;
      l: FOR r AS SELECT id FROM range(1000000000000) DO
        SET last = r.id;
        IF r.id = 3 THEN LEAVE l; END IF;
      END FOR;
      SELECT last;
    END"""
    assert rows(spark, script) == [(3,)]


def test_a_handlers_block_can_leave_the_loop_around_it(spark):
    script = """BEGIN
      DECLARE n INT DEFAULT 0;
      l: LOOP
        SET n = n + 1;
        BEGIN
          DECLARE EXIT HANDLER FOR DIVIDE_BY_ZERO BEGIN LEAVE l; END;
          SELECT 10 / (3 - n);
        END;
      END LOOP;
      SELECT n;
    END"""
    assert rows(spark, script) == [(3,)]


def test_an_error_in_a_handler_is_for_the_blocks_around_its_block(spark):
    script = """BEGIN
      DECLARE seen STRING DEFAULT '';
      DECLARE EXIT HANDLER FOR CAST_INVALID_INPUT BEGIN SET seen = seen || ' outer'; SELECT seen; END;
      BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SET seen = 'inner'; SELECT CAST('x' AS INT); END;
        SELECT 1 / 0;
      END;
    END"""
    assert rows(spark, script) == [("inner outer",)]


def test_a_handler_sees_the_variables_of_its_block_only(spark):
    script = """BEGIN
      DECLARE x INT DEFAULT 1;
      DECLARE EXIT HANDLER FOR SQLEXCEPTION SELECT x;
      BEGIN
        DECLARE x INT DEFAULT 2;
        SELECT 1 / 0;
      END;
    END"""
    assert rows(spark, script) == [(1,)]


def test_a_handler_that_continues_goes_on_after_the_statement_that_failed(spark):
    spark.conf.set("spark.sql.scripting.continueHandlerEnabled", "true")
    script = """BEGIN
      DECLARE failures INT DEFAULT 0;
      DECLARE CONTINUE HANDLER FOR DIVIDE_BY_ZERO SET failures = failures + 1;
      FOR r AS SELECT id - 1 AS d FROM range(3) DO SELECT 1 / r.d; END FOR;
      SELECT failures;
    END"""
    assert rows(spark, script) == [(1,)]


def test_a_query_may_read_a_frame_and_named_arguments(spark):
    frame = spark.range(4)
    assert [tuple(r) for r in spark.sql("BEGIN SELECT sum(id) FROM {df}; END", df=frame).collect()] == [(6,)]
    assert rows(spark, "BEGIN DECLARE x INT DEFAULT 2; SELECT id + x FROM range(1); END") == [(2,)]


@pytest.mark.parametrize(
    "value",
    [
        "TIMESTAMP'2020-02-29 12:00:00.123456'", "TIMESTAMP_NTZ'2020-02-29 12:00:00'", "TIME'10:00:01.5'",
        "parse_json('{\"a\":[1]}')", "INTERVAL '5' DAY", "INTERVAL '3' MONTH", "make_interval(1, 2, 3)", "X'00FF'",
        "struct(1Y AS a, array(1.50BD) AS b)", "map('k', CAST(NULL AS DATE))", "double('NaN')", "1.5f", "array()",
    ],
)  # fmt: skip
def test_a_value_of_any_type_goes_through_variables_and_rows_unchanged(spark, value):
    expected = spark.sql(f"SELECT CAST(x AS STRING), typeof(x) FROM (SELECT {value} AS x)").collect()
    shown = "SELECT CAST(x AS STRING), typeof(x)"
    assert spark.sql(f"BEGIN DECLARE x = {value}; {shown}; END").collect() == expected
    assert spark.sql(f"BEGIN FOR SELECT {value} AS x DO {shown}; END FOR; END").collect() == expected


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        ("IF TRUE THEN DECLARE x INT; END IF", "INVALID_VARIABLE_DECLARATION.NOT_ALLOWED_IN_SCOPE"),
        ("LOOP DECLARE c CONDITION; END LOOP", "INVALID_ERROR_CONDITION_DECLARATION.ONLY_IN_BEGIN_END"),
        ("LOOP DECLARE EXIT HANDLER FOR NOT FOUND SELECT 1; END LOOP", "INVALID_HANDLER_DECLARATION.ONLY_IN_BEGIN_END"),
        ("FOR r AS SELECT 1 DO LEAVE r; END FOR", "INVALID_LABEL_USAGE.DOES_NOT_EXIST"),
        ("l: BEGIN ITERATE l; END", "INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND"),
        ("l: LOOP SELECT 1; END LOOP; LEAVE l", "INVALID_LABEL_USAGE.DOES_NOT_EXIST"),
        ("l: LOOP IF TRUE THEN l: LOOP LEAVE l; END LOOP; END IF; END LOOP", "LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS"),
        ("SYSTEM: LOOP SELECT 1; END LOOP", "LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN"),
    ],
)
def test_misplaced_declarations_and_labels(body, condition):
    with pytest.raises(ScriptError) as failed:
        parse_statement(f"BEGIN {body}; END")
    assert failed.value.condition == condition
