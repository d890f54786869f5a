"""DELETE, UPDATE and MERGE on Delta tables: results, counts, what is rewritten, and what is refused."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

TABLES = Path(__file__).parent / "tables"


@pytest.fixture
def table(spark: SparkSession) -> Iterator[str]:
    """A table of nine rows in three files."""
    spark.sql("CREATE OR REPLACE TABLE t (id BIGINT, v STRING, p INT) USING delta PARTITIONED BY (p)")
    spark.sql("INSERT INTO t SELECT id, concat('v', id), cast(id % 3 AS int) FROM range(9)")
    yield "t"
    spark.sql("DROP TABLE t")


def rows(spark: SparkSession, name: str = "t") -> list[tuple[Any, ...]]:
    return sorted((tuple(r) for r in spark.table(name).collect()), key=repr)


def last(spark: SparkSession, name: str = "t") -> list[dict[str, Any]]:
    """The actions of the newest version."""
    directory = spark.sql(f"DESCRIBE EXTENDED {name}").where("col_name = 'Location'").collect()[0].data_type
    newest = sorted(Path(directory.removeprefix("file:"), "_delta_log").glob("*.json"))[-1]
    return [json.loads(line) for line in newest.read_text().splitlines()]


def count(actions: list[dict[str, Any]], kind: str) -> int:
    return sum(kind in a for a in actions)


def test_delete(spark: SparkSession, table: str) -> None:
    assert spark.sql("DELETE FROM t WHERE id = 4").collect()[0].num_affected_rows == 1
    assert [r[0] for r in rows(spark)] == [0, 1, 2, 3, 5, 6, 7, 8]
    assert (count(last(spark), "add"), count(last(spark), "remove")) == (1, 1)
    assert spark.sql("DELETE FROM t WHERE p = 0").collect()[0][0] == 3
    assert (count(last(spark), "add"), count(last(spark), "remove")) == (0, 1)  # a whole file, which is not read again
    before = last(spark)
    assert spark.sql("DELETE FROM t WHERE id = 100").collect()[0][0] == 0
    assert last(spark) == before
    assert spark.sql("DELETE FROM t WHERE id IN (SELECT max(id) FROM t)").collect()[0][0] == 1
    assert spark.sql("DELETE FROM t").collect()[0][0] == 4
    assert rows(spark) == []
    assert spark.sql("SELECT count(*) FROM t VERSION AS OF 1").collect()[0][0] == 9


def test_rows_for_which_a_condition_is_null_stay(spark: SparkSession, table: str) -> None:
    spark.sql("INSERT INTO t VALUES (null, null, null)")
    assert spark.sql("DELETE FROM t WHERE id < 100").collect()[0][0] == 9
    assert rows(spark) == [(None, None, None)]
    assert spark.sql("UPDATE t SET v = 'x' WHERE id < 100").collect()[0][0] == 0
    assert spark.sql("UPDATE t SET v = 'x' WHERE id IS NULL").collect()[0][0] == 1


def test_update(spark: SparkSession, table: str) -> None:
    assert spark.sql("UPDATE t SET v = concat(v, '!'), id = -id WHERE id > 6").collect()[0].num_affected_rows == 2
    assert rows(spark)[:2] == [(-7, "v7!", 1), (-8, "v8!", 2)]
    assert spark.sql("UPDATE t x SET x.p = 9 WHERE x.id < 0").collect()[0][0] == 2
    assert [r for r in rows(spark) if r[2] == 9] == [(-7, "v7!", 9), (-8, "v8!", 9)]
    with pytest.raises(PySparkException) as error:
        spark.sql("UPDATE t SET id = 'text' WHERE id = 1")
    assert error.value.getCondition() == "CAST_INVALID_INPUT"
    with pytest.raises(PySparkException) as error:
        spark.sql("UPDATE t SET nope = 1")
    assert error.value.getCondition() == "UNRESOLVED_COLUMN.WITH_SUGGESTION"


def test_update_of_a_field(spark: SparkSession) -> None:
    spark.sql("CREATE OR REPLACE TABLE s USING delta AS SELECT 1 id, named_struct('a', 1, 'b', 'x') v")
    spark.sql("UPDATE s SET v.b = 'y', id = 2")
    assert spark.sql("SELECT id, v.a, v.b FROM s").collect() == [(2, 1, "y")]
    spark.sql("DROP TABLE s")


MERGES = {
    "upsert": "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
    "conditions": "WHEN MATCHED AND s.v = 'delete' THEN DELETE WHEN MATCHED AND t.id > 4 THEN UPDATE SET v = concat(t.v, s.v)"
    " WHEN NOT MATCHED AND s.id > 10 THEN INSERT (id, p) VALUES (s.id, 7)",
    "by source": "WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED BY SOURCE AND t.id < 3 THEN DELETE"
    " WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 'alone'",
    "insert only": "WHEN NOT MATCHED THEN INSERT *",
    "delete only": "WHEN MATCHED THEN DELETE",
    "everything": "WHEN MATCHED AND s.v = 'delete' THEN DELETE WHEN MATCHED THEN UPDATE SET *"
    " WHEN NOT MATCHED THEN INSERT * WHEN NOT MATCHED BY SOURCE AND t.p = 2 THEN DELETE",
}


def merged(target: list[tuple[Any, ...]], source: list[tuple[Any, ...]], form: str) -> tuple[list[Any], list[int]]:
    """What MERGE means, row by row: the rows after it, and how many were updated, deleted and inserted."""
    by_id = {s[0]: s for s in source}
    out, updated, deleted, inserted = [], 0, 0, 0
    for t in target:
        s = by_id.get(t[0])
        new: tuple[Any, ...] | None = t
        match form:
            case "upsert" if s:
                new = s
            case "conditions" if s and s[1] == "delete":
                new = None
            case "conditions" if s and t[0] > 4:
                new = (t[0], t[1] + s[1], t[2])
            case "by source":
                new = (t[0], s[1], t[2]) if s else None if t[0] < 3 else (t[0], "alone", t[2])
            case "delete only" if s:
                new = None
            case "everything":
                new = (None if s[1] == "delete" else s) if s else None if t[2] == 2 else t
        acted = new is None or (new is not t)
        deleted += new is None
        updated += acted and new is not None
        out += [] if new is None else [new]
    for s in source:
        if s[0] not in {t[0] for t in target}:
            match form:
                case "upsert" | "insert only" | "everything":
                    out.append(s)
                    inserted += 1
                case "conditions" if s[0] > 10:
                    out.append((s[0], None, 7))
                    inserted += 1
    return sorted(out, key=repr), [updated + deleted + inserted, updated, deleted, inserted]


@pytest.mark.parametrize("form", list(MERGES))
@pytest.mark.parametrize("seed", range(3))
def test_merge(spark: SparkSession, table: str, form: str, seed: int) -> None:
    choose = random.Random(seed)
    ids = choose.sample(range(20), 8)
    source = [(i, choose.choice(["delete", "new"]), i % 3) for i in ids]
    values = ", ".join(f"({i}L, '{v}', {p})" for i, v, p in source)
    before = rows(spark)
    expected, counts = merged(before, source, form)
    query = f"MERGE INTO t USING (SELECT * FROM VALUES {values} AS x(id, v, p)) s ON t.id = s.id {MERGES[form]}"
    assert list(spark.sql(query).collect()[0]) == counts
    assert rows(spark) == expected


def test_a_merge_touches_only_files_with_matches(spark: SparkSession, table: str) -> None:
    spark.sql("MERGE INTO t USING (SELECT 4L id, 'x' v, 1 p) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *")
    assert (count(last(spark), "add"), count(last(spark), "remove")) == (1, 1)


def test_a_merge_with_itself(spark: SparkSession, table: str) -> None:
    spark.sql("MERGE INTO t USING t AS s ON t.id = s.id + 1 WHEN MATCHED THEN UPDATE SET v = s.v")
    assert [r[1] for r in rows(spark)] == ["v0", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7"]


def test_a_source_that_is_random_is_computed_once(spark: SparkSession, table: str) -> None:
    source = "SELECT cast(floor(rand() * 18) AS bigint) id, 'r' v, 0 p FROM range(1)"
    for _ in range(5):
        spark.sql(f"MERGE INTO t USING ({source}) s ON t.id = s.id {MERGES['upsert']}")
    ids = [r[0] for r in rows(spark)]
    assert len(ids) == len(set(ids))


def test_several_matches(spark: SparkSession, table: str) -> None:
    source = "(SELECT * FROM VALUES (1L, 'a', 1), (1L, 'b', 1) AS x(id, v, p)) s ON t.id = s.id"
    with pytest.raises(PySparkException) as error:
        spark.sql(f"MERGE INTO t USING {source} WHEN MATCHED THEN UPDATE SET *")
    assert error.value.getCondition() == "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE"
    with pytest.raises(PySparkException) as error:  # a row that no clause is for would be there twice
        spark.sql(f"MERGE INTO t USING {source} WHEN NOT MATCHED BY SOURCE THEN DELETE")
    assert error.value.getCondition() == "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE"
    counts = spark.sql(f"MERGE INTO t USING {source} WHEN MATCHED THEN DELETE").collect()[0]
    assert (counts.num_deleted_rows, spark.table("t").count()) == (1, 8)


@pytest.mark.parametrize("feed", [False, True])
def test_several_matches_of_which_a_clause_is_for_one(spark: SparkSession, table: str, feed: bool) -> None:
    before = rows(spark)
    spark.sql(f"ALTER TABLE t SET TBLPROPERTIES ('delta.enableChangeDataFeed' = '{feed}')")
    values = "(1L, 'a'), (1L, 'b'), (2L, 'a'), (2L, 'a'), (3L, 'b'), (3L, 'c')"
    source = f"(SELECT * FROM VALUES {values} AS x(id, v)) s ON t.id = s.id"
    spark.sql(f"MERGE INTO t USING {source} WHEN MATCHED AND s.v = 'b' THEN UPDATE SET v = s.v")
    changed = [(i, "b" if i in (1, 3) else v, p) for i, v, p in before]
    assert rows(spark) == changed
    spark.sql(f"MERGE INTO t USING {source} WHEN MATCHED AND s.v = 'c' THEN DELETE")
    assert rows(spark) == [r for r in changed if r[0] != 3]


def test_a_merge_that_adds_columns(spark: SparkSession, table: str) -> None:
    spark.sql("MERGE WITH SCHEMA EVOLUTION INTO t USING (SELECT 4L id, 'e' v, 1 p, 5 AS extra) s ON t.id = s.id "
              "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")  # fmt: skip
    assert sorted((r.id, r.extra) for r in spark.table("t").where("id > 3 AND id < 6").collect()) == [(4, 5), (5, None)]
    with pytest.raises(PySparkException) as error:
        spark.sql("MERGE INTO t USING (SELECT 4L id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *")
    assert error.value.getCondition() == "DELTA_MERGE_UNRESOLVED_EXPRESSION"


ST = "k INT, st STRUCT<a: INT>", "(1, named_struct('a', 1)), (2, null)"
V = "k INT, v INT", "(1, 1), (2, 2)"
TWO, ONE = "SELECT * FROM VALUES (1, 'n'), (9, 'm') AS x(k, z)", "SELECT 1 k, named_struct('a', 5, 'b', 6) st"
PART = "SELECT 1 k, named_struct('b', 6) st"
SET_ALL, INSERT_ALL = "WHEN MATCHED THEN UPDATE SET *", "WHEN NOT MATCHED THEN INSERT *"
EVOLUTIONS: dict[str, tuple[tuple[str, str], str, str, str]] = {  # what Delta 4 says on Apache Spark, as JSON
    "nested": (ST, ONE, SET_ALL, '[1, {"a": 5, "b": 6}] [2, null]'),
    "nested, kept rows": (
        ST, ONE.replace("1 k", "9 k"), f"{INSERT_ALL} WHEN NOT MATCHED BY SOURCE AND t.k = 2 THEN DELETE",
        '[1, {"a": 1, "b": null}] [9, {"a": 5, "b": 6}]',
    ),
    "in arrays": (
        ("k INT, st ARRAY<STRUCT<a: INT>>", "(1, null), (2, array(null, named_struct('a', 3)))"),
        "SELECT 1 k, array(named_struct('b', 6)) st", f"{SET_ALL} {INSERT_ALL}",
        '[1, [{"a": null, "b": 6}]] [2, [null, {"a": 3, "b": null}]]',
    ),
    "in maps": (
        ("k INT, st MAP<STRING, STRUCT<a: INT>>", "(1, null), (2, map('x', named_struct('a', 1)))"),
        "SELECT 1 k, map('y', named_struct('a', 5, 'b', 6)) st", SET_ALL,
        '[1, {"y": {"a": 5, "b": 6}}] [2, {"x": {"a": 1, "b": null}}]',
    ),
    "fields the source lacks stay": (ST, PART, SET_ALL, '[1, {"a": 1, "b": 6}] [2, null]'),
    "of a NULL": (ST, PART.replace("1 k", "2 k"), SET_ALL, '[1, {"a": 1, "b": null}] [2, {"a": null, "b": 6}]'),
    "by a NULL": (
        ST, "SELECT 1 k, CAST(null AS STRUCT<b: INT>) st", SET_ALL, '[1, {"a": 1, "b": null}] [2, null]'
    ),
    "but not in assignments": (
        ST, PART, "WHEN MATCHED THEN UPDATE SET st = s.st", '[1, {"a": null, "b": 6}] [2, null]'
    ),
    "a field by name": (ST, ONE, "WHEN MATCHED THEN UPDATE SET st.b = s.st.b", '[1, {"a": 1, "b": 6}] [2, null]'),
    "only what is named": (ST, ONE, "WHEN MATCHED THEN UPDATE SET st.a = s.st.a", '[1, {"a": 5}] [2, null]'),
    "a column by name": (V, TWO, "WHEN MATCHED THEN UPDATE SET z = s.z", '[1, 1, "n"] [2, 2, null]'),
    "inserted": (
        V, TWO, "WHEN NOT MATCHED THEN INSERT (k, z) VALUES (s.k, s.z)", '[1, 1, null] [2, 2, null] [9, null, "m"]'
    ),
    "part of a new column": (
        V, "SELECT 1 k, named_struct('p', 1, 'q', 2) z", "WHEN MATCHED THEN UPDATE SET z.q = s.z.q",
        '[1, 1, {"q": 2}] [2, 2, null]',
    ),
    "as the source's type": (
        V, "SELECT 1 k, 'n' z, 3 y", "WHEN MATCHED THEN UPDATE SET z = s.y", '[1, 1, "3"] [2, 2, null]'
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", list(EVOLUTIONS))
def test_a_merge_that_evolves(spark: SparkSession, form: str) -> None:
    (columns, values), source, clauses, after = EVOLUTIONS[form]
    spark.sql(f"CREATE OR REPLACE TABLE e ({columns}) USING delta")
    spark.sql(f"INSERT INTO e VALUES {values}")
    spark.sql(f"MERGE WITH SCHEMA EVOLUTION INTO e t USING ({source}) s ON t.k = s.k {clauses}")
    found = sorted((r.asDict(True) for r in spark.table("e").collect()), key=lambda r: r["k"])
    assert " ".join(json.dumps(list(r.values())) for r in found) == after
    spark.sql("DROP TABLE e")


def test_new_columns_are_those_of_the_source(spark: SparkSession) -> None:
    spark.sql("CREATE OR REPLACE TABLE e (k INT, v INT) USING delta")
    spark.sql("INSERT INTO e VALUES (1, 1)")
    merge = f"INTO e t USING ({TWO}) s ON t.k = s.k WHEN"
    for statement in (
        f"MERGE {merge} MATCHED THEN UPDATE SET z = s.z",
        f"MERGE WITH SCHEMA EVOLUTION {merge} MATCHED THEN UPDATE SET t.z = s.z",
        f"MERGE WITH SCHEMA EVOLUTION {merge} MATCHED THEN UPDATE SET y = s.z",
        f"MERGE WITH SCHEMA EVOLUTION {merge} NOT MATCHED BY SOURCE THEN UPDATE SET z = 'x'",
    ):
        with pytest.raises(PySparkException) as error:
            spark.sql(statement)
        assert error.value.getCondition() == "UNRESOLVED_COLUMN.WITH_SUGGESTION"
    spark.conf.set("spark.databricks.delta.schema.autoMerge.enabled", "true")
    try:
        spark.sql(f"MERGE {merge} MATCHED THEN UPDATE SET z = s.z")
    finally:
        spark.conf.unset("spark.databricks.delta.schema.autoMerge.enabled")
    assert rows(spark, "e") == [(1, 1, "n")]
    spark.sql("DROP TABLE e")


def test_constraints(spark: SparkSession, tmp_path: Path) -> None:
    """Of a table that Spark has made: a column that takes no NULL."""
    spark.sql("CREATE OR REPLACE TABLE c (id INT NOT NULL, v INT) USING delta")
    spark.sql("INSERT INTO c VALUES (1, 2)")
    for statement in (
        "INSERT INTO c VALUES (null, 1)",
        "UPDATE c SET id = null",
        "MERGE INTO c USING (SELECT 1 a) s ON false WHEN NOT MATCHED THEN INSERT (v) VALUES (1)",
    ):
        with pytest.raises(PySparkException) as error:
            spark.sql(statement)
        assert error.value.getCondition() == "DELTA_NOT_NULL_CONSTRAINT_VIOLATED"
    assert rows(spark, "c") == [(1, 2)]
    spark.sql("DROP TABLE c")


def test_rows_of_files_with_deletion_vectors(spark: SparkSession, tmp_path: Path) -> None:
    path = shutil.copytree(TABLES / "dv", tmp_path / "dv")
    assert spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 4").collect()[0][0] == 1
    assert sorted(r.id for r in spark.read.format("delta").load(str(path)).collect()) == [0, 1, 2, 6, 7, 8, 9]
    newest = sorted(Path(path, "_delta_log").glob("*.json"))[-1].read_text()
    removed = [a["remove"] for a in map(json.loads, newest.splitlines()) if "remove" in a]
    assert removed[0]["deletionVector"]["cardinality"] == 3


def test_invariants_of_columns(spark: SparkSession, path: str) -> None:
    """What checks were in the metadata of columns, before constraints had names."""
    spark.sql("SELECT 5 v").write.format("delta").save(path)
    log = Path(path, f"_delta_log/{0:020}.json")
    rule = json.dumps({"delta.invariants": json.dumps({"expression": {"expression": "v > 3"}})})
    log.write_text(log.read_text().replace('\\"metadata\\":{}', f'\\"metadata\\":{json.dumps(rule)[1:-1]}'))
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (4)")
    with pytest.raises(PySparkException) as error:
        spark.sql(f"INSERT INTO delta.`{path}` VALUES (3)")
    assert error.value.getCondition() == "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"
    assert spark.read.format("delta").load(path).count() == 2


def test_what_cannot_be_written_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    spark.range(1).write.format("delta").save(path)
    log = Path(path, f"_delta_log/{0:020}.json")
    protocol = {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": ["icebergCompatV1"]}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    log.write_text("".join(json.dumps({"protocol": protocol} if "protocol" in a else a) + "\n" for a in lines))
    with pytest.raises(PySparkException) as error:
        spark.range(1).write.format("delta").mode("append").save(path)
    assert error.value.getCondition() == "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE"
    assert "icebergCompatV1" in str(error.value)
    assert spark.read.format("delta").load(path).count() == 1
