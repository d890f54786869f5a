>>> spark.range(3).selectExpr("id", "id % 2 AS k").write.partitionBy("K").saveAsTable("p")

SHOW PARTITIONS p

>>> spark.range(3, 5).selectExpr("id", "id % 3 AS k").write.mode("append").partitionBy("k").saveAsTable("p")

>>> spark.table("p").orderBy("id")

>>> spark.range(1).selectExpr("9L AS id", "1L AS k").write.mode("overwrite").option("partitionOverwriteMode", "dynamic").insertInto("p")

>>> spark.table("p").orderBy("id")

>>> spark.range(2).write.clusterBy("id").saveAsTable("cl")

DESCRIBE EXTENDED cl

>>> spark.range(2).write.clusterBy("id").partitionBy("id").saveAsTable("cl2")

>>> spark.range(2).write.clusterBy("nosuch").saveAsTable("cl3")

>>> spark.range(2).write.partitionBy("nosuch").saveAsTable("np")

>>> spark.range(2).write.bucketBy(2, "nosuch").saveAsTable("nb")

>>> spark.range(2).selectExpr("id", "id AS ID2").write.mode("overwrite").saveAsTable("cl")

>>> spark.table("cl").orderBy("id")

>>> spark.range(2).select("id", "id").write.saveAsTable("twice")

>>> spark.range(2).selectExpr("id", "NULL AS n").write.saveAsTable("voided")

>>> spark.sql("SELECT 1 AS a WHERE false").write.saveAsTable("empty")

>>> spark.table("empty")

>>> spark.range(3).write.mode("overwrite").format("text").saveAsTable("txt")

>>> spark.range(3).selectExpr("CAST(id AS STRING) AS value").write.format("text").saveAsTable("txt")

>>> spark.table("txt").orderBy("value")

>>> spark.range(2).writeTo("w1").clusterBy("id").create()

>>> spark.range(2).writeTo("default.w2").tableProperty("k", "v").partitionedBy("id").create()

>>> spark.range(2).withColumn("x", F.lit(1)).writeTo("spark_catalog.default.w3").using("csv").option("header", "true").partitionedBy(F.col("x")).create()

SHOW CREATE TABLE w3

>>> spark.table("w3").orderBy("id")

>>> spark.range(1).writeTo("nosuch.w4").create()

>>> spark.range(1).writeTo("nosuchcat.default.w4").create()

>>> spark.range(5).write.mode("overwrite").option("path", "WAREHOUSE/ext1").saveAsTable("e1")

>>> spark.range(2).write.mode("overwrite").option("path", "WAREHOUSE/ext1").saveAsTable("e1")

>>> spark.table("e1").orderBy("id")

DROP TABLE e1

>>> spark.read.parquet("WAREHOUSE/ext1").count()

>>> spark.range(2).write.mode("overwrite").saveAsTable("p")

DESCRIBE p

>>> spark.table("p").inputFiles().__len__() > 0

>>> spark.catalog.listColumns("cl")

>>> spark.table("default.p").select("p.id", "default.p.id", "spark_catalog.default.p.id").columns

>>> spark.read.format("parquet").table("p").count()

>>> spark.sql("SELECT * FROM {x}", x=spark.table("p")).count()

>>> spark.sql("INSERT INTO p SELECT id + 10 FROM {df}", df=spark.range(2))

>>> spark.table("p").orderBy("id")

>>> spark.sql("CREATE TABLE from_df AS SELECT * FROM {df}", df=spark.range(2))

>>> spark.table("from_df").count()

>>> spark.table("p").createOrReplaceTempView("p")

>>> spark.table("p").count()

>>> spark.range(1).write.insertInto("p")

>>> spark.range(1).write.mode("append").saveAsTable("p")

>>> spark.table("default.p").count()
