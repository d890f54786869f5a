>>> spark.catalog.currentCatalog()

>>> spark.catalog.currentDatabase()

>>> spark.catalog.listCatalogs()

>>> spark.catalog.listCatalogs("nosuch*")

>>> spark.catalog.setCurrentCatalog("nosuch")

>>> spark.catalog.setCurrentCatalog("spark_catalog")

>>> spark.catalog.listDatabases()

CREATE SCHEMA s1 COMMENT 'the first'

>>> spark.catalog.listDatabases("s*")

>>> spark.catalog.getDatabase("s1")

>>> spark.catalog.getDatabase("spark_catalog.s1")

>>> spark.catalog.getDatabase("nosuch")

>>> spark.catalog.databaseExists("s1")

>>> spark.catalog.databaseExists("spark_catalog.s1")

>>> spark.catalog.databaseExists("nosuch")

>>> spark.catalog.setCurrentDatabase("nosuch")

>>> spark.catalog.setCurrentDatabase("s1")

>>> spark.catalog.currentDatabase()

>>> spark.catalog.createTable("t", schema=spark.createDataFrame([], "a INT, b STRING").schema, description="made by API", source="parquet")

>>> spark.catalog.createTable("t", schema=spark.createDataFrame([], "a INT, b STRING").schema)

>>> spark.catalog.getTable("t")

>>> spark.catalog.getTable("s1.t")

>>> spark.catalog.getTable("nosuch")

>>> spark.catalog.listTables()

>>> spark.catalog.listTables("s1", "t*")

>>> spark.catalog.listTables("nosuch")

>>> spark.catalog.tableExists("t")

>>> spark.catalog.tableExists("s1.t")

>>> spark.catalog.tableExists("spark_catalog.s1.t")

>>> spark.catalog.tableExists("t", "s1")

>>> spark.catalog.tableExists("nosuch")

>>> spark.catalog.tableExists("nosuch.t")

>>> spark.catalog.listColumns("t")

>>> spark.catalog.listColumns("s1.t")

>>> spark.catalog.listColumns("t", "s1")

>>> spark.catalog.listColumns("nosuch")

CREATE TABLE p (a INT, k STRING) USING parquet PARTITIONED BY (k) CLUSTERED BY (a) INTO 2 BUCKETS

>>> spark.catalog.listColumns("p")

CREATE VIEW v AS SELECT 1 AS one

>>> spark.catalog.getTable("v")

>>> spark.catalog.listColumns("v")

>>> spark.sql("SELECT 2 AS two").createTempView("tv")

>>> spark.sql("SELECT 2 AS two").createGlobalTempView("gtv")

>>> spark.catalog.listTables()

>>> spark.catalog.listTables("global_temp")

>>> spark.catalog.getTable("tv")

>>> spark.catalog.getTable("global_temp.gtv")

>>> spark.catalog.tableExists("tv")

>>> spark.catalog.tableExists("global_temp.gtv")

>>> spark.catalog.listColumns("tv")

>>> spark.catalog.functionExists("abs")

>>> spark.catalog.functionExists("nosuch")

CREATE FUNCTION f(x INT) RETURNS INT RETURN x

>>> spark.catalog.functionExists("f")

>>> spark.catalog.functionExists("s1.f")

>>> spark.catalog.functionExists("f", "s1")

>>> spark.catalog.functionExists("default.f")

>>> spark.catalog.getFunction("f")

>>> spark.catalog.getFunction("abs").isTemporary

>>> spark.catalog.getFunction("nosuch")

>>> [x.name for x in spark.catalog.listFunctions("s1", "f")]

>>> spark.catalog.listFunctions("nosuch")

>>> [x.name for x in spark.catalog.listFunctions(pattern="acos*")]

>>> spark.catalog.isCached("t")

>>> spark.catalog.cacheTable("t")

>>> spark.catalog.isCached("t")

INSERT INTO t VALUES (1, 'x')

SELECT * FROM t

>>> spark.catalog.isCached("t")

>>> spark.catalog.uncacheTable("t")

>>> spark.catalog.isCached("t")

>>> spark.catalog.cacheTable("nosuch")

>>> spark.catalog.uncacheTable("nosuch")

>>> spark.catalog.isCached("nosuch")

>>> spark.catalog.refreshTable("t")

>>> spark.catalog.refreshTable("nosuch")

>>> spark.catalog.refreshByPath("WAREHOUSE/x")

>>> spark.catalog.recoverPartitions("p")

>>> spark.catalog.recoverPartitions("t")

>>> spark.catalog.recoverPartitions("v")

>>> spark.catalog.clearCache()

>>> spark.catalog.dropTempView("tv")

>>> spark.catalog.dropTempView("tv")

>>> spark.catalog.dropGlobalTempView("gtv")

>>> spark.catalog.dropGlobalTempView("gtv")

>>> spark.catalog.setCurrentDatabase("default")

>>> spark.catalog.listTables()

>>> spark.sql("SELECT * FROM identifier(:t)", args={"t": "s1.t"})

>>> spark.sql("CREATE TABLE identifier(:t) (a INT) USING parquet", args={"t": "s1.id"})

>>> spark.sql("INSERT INTO identifier('s1.' || 'id') VALUES (3)")

>>> spark.table("s1.id")

>>> spark.sql("DROP TABLE identifier(:t)", args={"t": "s1.id"})

>>> spark.catalog.createTable("nosource")

>>> spark.catalog.createExternalTable("external", path="WAREHOUSE/s1.db/t", source="parquet").collect()

>>> spark.catalog.getTable("external")
