>>> spark.range(3).write.saveAsTable("t")

>>> spark.table("t").orderBy("id")

>>> spark.range(3).write.saveAsTable("t")

>>> spark.range(3).write.mode("ignore").saveAsTable("t")

>>> spark.range(3, 5).write.mode("append").saveAsTable("t")

>>> spark.read.table("t").orderBy("id")

>>> spark.range(2).withColumn("x", F.lit(1)).write.mode("append").saveAsTable("t")

>>> spark.range(2).selectExpr("id AS other").write.mode("append").saveAsTable("t")

>>> spark.range(2).write.mode("append").format("json").saveAsTable("t")

>>> spark.range(2).selectExpr("'x' AS id").write.mode("append").saveAsTable("t")

>>> spark.range(9, 11).write.mode("overwrite").saveAsTable("t")

>>> spark.table("t").orderBy("id")

>>> spark.table("t").selectExpr("id + 1 AS id").write.mode("overwrite").saveAsTable("t")

>>> spark.range(2).selectExpr("id", "id * 2 AS y").write.format("json").mode("overwrite").saveAsTable("t")

>>> spark.table("t").orderBy("id")

DESCRIBE EXTENDED t

>>> spark.range(4).selectExpr("id", "id % 2 AS k").write.partitionBy("k").format("csv").option("header", True).saveAsTable("p")

SELECT * FROM p ORDER BY id

SHOW PARTITIONS p

SHOW CREATE TABLE p

>>> spark.range(2).selectExpr("id", "7L AS k").write.mode("append").saveAsTable("p")

>>> spark.range(2).selectExpr("id", "7L AS k").write.mode("append").format("csv").partitionBy("id").saveAsTable("p")

>>> spark.range(2).selectExpr("7L AS k", "id").write.mode("append").format("csv").partitionBy("k").saveAsTable("p")

SELECT * FROM p ORDER BY id, k

>>> spark.range(10, 12).selectExpr("id", "8L AS k").write.insertInto("p")

>>> spark.range(10, 12).selectExpr("id", "8L AS k").write.insertInto("p", overwrite=True)

SELECT * FROM p ORDER BY id, k

>>> spark.range(10, 12).write.insertInto("p")

>>> spark.range(10, 12).selectExpr("id", "8L AS k").write.partitionBy("k").insertInto("p")

>>> spark.range(2).write.insertInto("nosuch")

>>> spark.range(2).write.bucketBy(2, "id").sortBy("id").saveAsTable("b")

DESCRIBE EXTENDED b

>>> spark.range(2).write.sortBy("id").saveAsTable("b2")

>>> spark.range(2).write.option("path", "WAREHOUSE/outside").saveAsTable("ext")

DESCRIBE EXTENDED ext

>>> spark.range(2).write.saveAsTable("nosuch.t")

>>> spark.range(2).write.format("nosuch").saveAsTable("n")

>>> spark.range(3).writeTo("v2").create()

>>> spark.range(3).writeTo("v2").create()

>>> spark.range(3).writeTo("v3").using("json").tableProperty("a", "b").create()

DESCRIBE EXTENDED v3

>>> spark.range(5).writeTo("v2").append()

>>> spark.range(5).writeTo("v2").replace()

>>> spark.range(5).writeTo("v2").createOrReplace()

>>> spark.range(5).writeTo("v9").createOrReplace()

>>> spark.range(5).writeTo("v8").replace()

>>> spark.range(5).writeTo("v2").overwrite(F.lit(True))

>>> spark.range(5).writeTo("v2").overwritePartitions()

>>> spark.range(5).writeTo("nosuch").append()

>>> spark.range(4).selectExpr("id", "id % 2 AS k").writeTo("v4").partitionedBy("k").create()

DESCRIBE v4

>>> spark.range(4).writeTo("v5").partitionedBy(F.years("id")).create()

>>> spark.table("nosuch")

>>> spark.read.option("header", True).table("p").orderBy("id", "k")

>>> spark.sql("SELECT 1 AS a").createTempView("tmp")

>>> spark.range(2).write.insertInto("tmp")

>>> spark.range(2).write.mode("append").saveAsTable("tmp")

>>> spark.range(2).write.mode("overwrite").saveAsTable("tmp")

SHOW TABLES

CREATE VIEW vw AS SELECT 1 AS id

>>> spark.range(2).write.mode("append").saveAsTable("vw")

>>> spark.range(2).write.mode("overwrite").saveAsTable("vw")

>>> spark.range(2).write.insertInto("vw")
