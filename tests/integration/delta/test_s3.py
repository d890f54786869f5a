"""Delta tables in an object store: moto's server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from delta.tables import DeltaTable

import glowplug

KEYS = {"fs.s3a.access.key": "test", "fs.s3a.secret.key": "test", "fs.s3a.path.style.access": "true"}


@pytest.fixture(scope="module")
def spark(endpoint: str, store: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    session = glowplug.session(**{"spark.sql.warehouse.dir": warehouse, "fs.s3a.endpoint": endpoint, **KEYS})
    yield session
    session.stop()


def rows(spark: Any, path: str, **options: Any) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, spark.read.format("delta").options(**options).load(path).collect()))


def test_statements(spark: Any, store: Any) -> None:
    path = "s3a://lake/a b=ä"
    table = f"delta.`{path}`"
    spark.sql("SELECT id, id % 2 p FROM range(6)").write.format("delta").partitionBy("p").save(path)
    spark.sql(f"UPDATE {table} SET id = 10 WHERE id = 1")
    spark.sql(f"DELETE FROM {table} WHERE id = 2")
    spark.sql(f"INSERT INTO {table} VALUES (7, 1)")
    merge = "WHEN MATCHED THEN UPDATE SET id = 30 WHEN NOT MATCHED THEN INSERT *"
    spark.sql(f"MERGE INTO {table} t USING (SELECT 3L id, 1L p UNION ALL SELECT 8, 0) s ON t.id = s.id {merge}")
    expected = [(0, 0), (4, 0), (5, 1), (7, 1), (8, 0), (10, 1), (30, 1)]
    assert rows(spark, path) == expected
    assert rows(spark, path, versionAsOf=0) == [(i, i % 2) for i in range(6)]
    assert (
        spark.read.format("delta")
        .load(path)
        .where("p = 1")
        .select("_metadata.file_path")
        .first()[0]
        .startswith("s3a://lake/a%20b=ä/p=1/part-")
    )
    spark.sql(f"OPTIMIZE {table} ZORDER BY (id)")
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    store.pipe_file("lake/a b=ä/orphan.parquet", b"x")
    listed = {r.path for r in spark.sql(f"VACUUM {table} RETAIN 0 HOURS DRY RUN").collect()}
    assert "s3a://lake/a%20b=ä/orphan.parquet" in listed
    spark.sql(f"VACUUM {table} RETAIN 0 HOURS")
    left = [n for n in store.find("lake/a b=ä") if "_delta_log" not in n]
    assert len(left) == 2 and rows(spark, path) == expected
    operations = [r.operation for r in spark.sql(f"DESCRIBE HISTORY {table}").collect()]
    assert operations == ["VACUUM END", "VACUUM START", "OPTIMIZE", "MERGE", "WRITE", "DELETE", "UPDATE", "WRITE"]
    spark.sql(f"RESTORE {table} TO VERSION AS OF 5")
    assert rows(spark, path) == expected
    assert spark.sql(f"DESCRIBE DETAIL {table}").first().location == "s3a://lake/a%20b=ä"


def test_tables_of_the_catalog(spark: Any, store: Any) -> None:
    spark.sql("CREATE TABLE far (id INT, v STRING DEFAULT 'd') USING delta LOCATION 's3://lake/far'"
              " TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported', 'delta.enableChangeDataFeed' = 'true',"
              " 'delta.checkpointInterval' = '2')")  # fmt: skip
    spark.sql("INSERT INTO far (id) VALUES (1), (2)")
    spark.sql("UPDATE far SET v = 'u' WHERE id = 2")
    spark.sql("ALTER TABLE far ADD COLUMN w INT")
    assert store.exists("lake/far/_delta_log/_last_checkpoint")
    changes = spark.sql("SELECT id, v, _change_type FROM table_changes('far', 2) ORDER BY ALL").collect()
    assert [tuple(r) for r in changes] == [(2, "d", "update_preimage"), (2, "u", "update_postimage")]
    spark.sql("CREATE TABLE near SHALLOW CLONE far LOCATION 's3://lake/near'")
    spark.sql("DELETE FROM near WHERE id = 1")
    assert [tuple(r) for r in spark.table("near").collect()] == [(2, "u", None)]
    assert spark.table("far").count() == 2
    assert DeltaTable.forName(spark, "far").history(1).first().operation == "ADD COLUMNS"
    spark.sql("GENERATE symlink_format_manifest FOR TABLE far")
    assert store.cat("lake/far/_symlink_format_manifest/manifest").startswith(b"s3://lake/far/part-")
    spark.sql("DROP TABLE far")
    assert DeltaTable.isDeltaTable(spark, "s3a://lake/far")


def test_deletion_vectors_and_conversion(spark: Any, store: Any) -> None:
    from pathlib import Path

    store.put(str(Path(__file__).parent / "tables" / "dv"), "lake/dv", recursive=True)
    local = rows(spark, str(Path(__file__).parent / "tables" / "dv"))
    assert rows(spark, "s3a://lake/dv") == local
    spark.sql("DELETE FROM delta.`s3a://lake/dv` WHERE id = 0")
    assert rows(spark, "s3a://lake/dv") == [r for r in local if r[0] != 0]
    spark.range(4).selectExpr("id", "id % 2 p").write.partitionBy("p").parquet("s3a://lake/plain")
    spark.sql("CONVERT TO DELTA parquet.`s3a://lake/plain` PARTITIONED BY (p BIGINT)")
    assert rows(spark, "s3a://lake/plain") == [(i, i % 2) for i in range(4)]


def test_writers_at_once_lose_nothing(spark: Any, store: Any) -> None:
    spark.range(1).write.format("delta").save("s3a://lake/race")

    def append(i: int) -> None:
        spark.range(i, i + 1).write.format("delta").mode("append").save("s3a://lake/race")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(append, range(1, 13)))
    assert rows(spark, "s3a://lake/race") == [(i,) for i in range(13)]
    versions = sorted(n for n in store.find("lake/race/_delta_log") if n.endswith(".json"))
    assert len([n for n in versions if "last_checkpoint" not in n]) == 13
    infos = [json.loads(store.cat(n).split(b"\n")[0])["commitInfo"] for n in versions if n[-6].isdigit()]
    assert len({i["txnId"] for i in infos}) == 13


def test_a_table_of_files_is_not_overwritten_by_its_own_rows(spark: Any) -> None:
    spark.sql("CREATE TABLE own (id INT) USING parquet LOCATION 's3a://lake/own'")
    spark.sql("INSERT INTO own VALUES (1)")
    with pytest.raises(Exception, match=r"UNSUPPORTED_OVERWRITE\.TABLE"):
        spark.sql("INSERT OVERWRITE own SELECT id + 1 FROM own")
    assert spark.table("own").collect() == [(1,)]
    spark.sql("DROP TABLE own")
