>>> spark.catalog.createDatabase("s1", properties={"comment": "made by API", "k": "v"})

DESCRIBE SCHEMA EXTENDED s1

>>> spark.catalog.createDatabase("s1")

>>> spark.catalog.createDatabase("s1", ifNotExists=True)

CREATE TABLE s1.p (a INT, k INT) USING parquet PARTITIONED BY (k)

INSERT INTO s1.p VALUES (1, 10), (2, 20)

>>> spark.catalog.listPartitions("s1.p")

>>> spark.catalog.listPartitions("nosuch")

CREATE TABLE t (a INT) USING parquet TBLPROPERTIES (x = 'y')

>>> spark.catalog.listPartitions("t")

>>> spark.catalog.getTableProperties("t")

>>> spark.catalog.getTableProperties("nosuch")

>>> spark.catalog.getCreateTableString("t")

>>> spark.catalog.getCreateTableString("nosuch")

CREATE VIEW v AS SELECT 1 AS one

>>> spark.catalog.listViews()

>>> spark.catalog.listViews("s1")

>>> spark.catalog.listViews("default", "v*")

>>> spark.catalog.listViews("nosuch")

>>> spark.sql("SELECT 1 AS x").createTempView("tv")

>>> spark.catalog.listViews()

INSERT INTO t VALUES (1), (2)

>>> spark.catalog.analyzeTable("t")

>>> spark.catalog.analyzeTable("t", noScan=True)

>>> spark.catalog.analyzeTable("nosuch")

>>> spark.catalog.truncateTable("t")

>>> spark.catalog.truncateTable("nosuch")

>>> spark.table("t").count()

>>> spark.catalog.dropView("t")

>>> spark.catalog.dropView("v")

>>> spark.catalog.dropView("v")

>>> spark.catalog.dropView("v", ifExists=True)

>>> spark.catalog.dropTable("t")

>>> spark.catalog.dropTable("t")

>>> spark.catalog.dropTable("t", ifExists=True, purge=True)

>>> spark.catalog.dropDatabase("s1")

>>> spark.catalog.dropDatabase("s1", cascade=True)

>>> spark.catalog.dropDatabase("s1")

>>> spark.catalog.dropDatabase("s1", ifExists=True)

>>> spark.catalog.listTables()
