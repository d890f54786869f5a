"""Writes tables with Apache Spark and Delta Lake, which our reader is tested with.

    python tests/integration/delta/record.py JARS

Tables that are there stay as they are; what Delta reads of a change feed is in a file of JSON beside its table.

Needs a full `pyspark` 4.2 and, in the directory JARS, from Maven Central: delta-spark_4.2_2.13, delta-storage,
delta-kernel-api, delta-kernel-defaults and delta-kernel-unitycatalog, all of 4.4.0.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
PLAIN = """SELECT cast(id % 3 AS int) p, id, concat('s', id) s, cast(id AS decimal(10, 2)) d,
timestamp'2020-01-01 00:00:00.123456' + make_interval(0, 0, 0, cast(id AS int)) ts, struct(id AS X, array(id) AS l) st
FROM range(10)"""
STATEMENTS = """
CREATE TABLE delta.`{0}/dv` (id BIGINT, s STRING) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')
INSERT INTO delta.`{0}/dv` SELECT /*+ COALESCE(1) */ id, concat('s', id) FROM range(10)
DELETE FROM delta.`{0}/dv` WHERE id IN (3, 5)
UPDATE delta.`{0}/dv` SET s = 'u' WHERE id = 7
CREATE TABLE delta.`{0}/mapped` (id BIGINT, `a b` STRING, st STRUCT<x: INT, y: ARRAY<STRUCT<z: INT>>>) USING delta TBLPROPERTIES ('delta.columnMapping.mode' = 'name')
INSERT INTO delta.`{0}/mapped` VALUES (1, 'x', named_struct('x', 1, 'y', array(named_struct('z', 2)))), (2, 'y', null)
ALTER TABLE delta.`{0}/mapped` RENAME COLUMN id TO key
INSERT INTO delta.`{0}/mapped` VALUES (3, 'z', null)
CREATE TABLE delta.`{0}/con` (id BIGINT NOT NULL, v INT, g INT GENERATED ALWAYS AS (v * 2), dflt STRING DEFAULT 'd') USING delta TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')
ALTER TABLE delta.`{0}/con` ADD CONSTRAINT pos CHECK (v > 0)
INSERT INTO delta.`{0}/con` (id, v) VALUES (1, 5)
UPDATE delta.`{0}/con` SET v = 6 WHERE id = 1
INSERT INTO delta.`{0}/con` (id, v) VALUES (1, 5)
CREATE TABLE delta.`{0}/feed` (id BIGINT, p INT, v STRING) USING delta PARTITIONED BY (p) TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')
INSERT INTO delta.`{0}/feed` VALUES (1, 0, 'a'), (2, 0, 'b'), (3, 1, 'c')
UPDATE delta.`{0}/feed` SET v = 'B' WHERE id = 2
DELETE FROM delta.`{0}/feed` WHERE p = 1
MERGE INTO delta.`{0}/feed` t USING (SELECT 2L id, 'm' v UNION ALL SELECT 9L, 'n') s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)
ALTER TABLE delta.`{0}/feed` ADD COLUMN x INT
INSERT OVERWRITE delta.`{0}/feed` VALUES (5, 5, 'five', 55)
CREATE TABLE delta.`{0}/feed_dv` (id BIGINT, v STRING) USING delta TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'delta.enableDeletionVectors' = 'true', 'delta.columnMapping.mode' = 'name')
INSERT INTO delta.`{0}/feed_dv` SELECT /*+ COALESCE(1) */ id, concat('v', id) FROM range(6)
DELETE FROM delta.`{0}/feed_dv` WHERE id IN (1, 2)
UPDATE delta.`{0}/feed_dv` SET id = 30 WHERE id = 3
DELETE FROM delta.`{0}/feed_dv` WHERE id = 4
RESTORE TABLE delta.`{0}/feed_dv` TO VERSION AS OF 2
DELETE FROM delta.`{0}/feed_dv`
"""


def main() -> None:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config(
        "spark.jars", ",".join(str(jar) for jar in Path(sys.argv[1]).glob("*.jar"))
    )
    builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    builder.config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    builder.config("spark.sql.shuffle.partitions", "1").config("spark.databricks.delta.snapshotPartitions", "1")
    spark = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false").getOrCreate()
    there = {t.name for t in TABLES.iterdir()}
    if "plain" not in there:
        plain = spark.sql(PLAIN).coalesce(1)
        plain.write.format("delta").partitionBy("p").save(f"{TABLES}/plain")
        plain.where("id < 2").write.format("delta").mode("append").option("userMetadata", "um").save(f"{TABLES}/plain")
    for statement in STATEMENTS.strip().splitlines():
        if statement.split("{0}/")[1].split("`")[0] not in there:
            spark.sql(statement.format(TABLES))
    with_feed = [t for t in TABLES.iterdir() if t.name.startswith("feed")]
    for table in with_feed:
        rows = spark.sql(f"SELECT * EXCEPT (_commit_timestamp) FROM table_changes_by_path('{table}', 0)").collect()
        (TABLES / f"{table.name}.json").write_text(json.dumps(sorted(map(list, rows), key=repr), indent=0) + "\n")
    spark.stop()
    for checksum in TABLES.rglob("*.crc"):
        checksum.unlink()


if __name__ == "__main__":
    main()
