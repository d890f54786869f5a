"""Writes tables with Apache Spark and Delta Lake, which our reader is tested with.

    python tests/integration/delta/record.py JARS

Needs a full `pyspark` 4.2 and, in the directory JARS, from Maven Central: delta-spark_4.2_2.13, delta-storage,
delta-kernel-api, delta-kernel-defaults and delta-kernel-unitycatalog, all of 4.4.0.
"""

from __future__ import annotations

import shutil
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
"""


def main() -> None:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config(
        "spark.jars", ",".join(str(jar) for jar in Path(sys.argv[1]).glob("*.jar"))
    )
    builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    builder.config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    shutil.rmtree(TABLES, ignore_errors=True)
    plain = spark.sql(PLAIN).coalesce(1)
    plain.write.format("delta").partitionBy("p").save(f"{TABLES}/plain")
    plain.where("id < 2").write.format("delta").mode("append").option("userMetadata", "um").save(f"{TABLES}/plain")
    for statement in STATEMENTS.strip().splitlines():
        spark.sql(statement.format(TABLES))
    spark.stop()
    for checksum in TABLES.rglob("*.crc"):
        checksum.unlink()


if __name__ == "__main__":
    main()
