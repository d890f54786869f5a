"""Programs that fail, each with the error that Spark gives."""

from __future__ import annotations

from pyspark.sql import Window as W
from pyspark.sql import functions as F
from pyspark.sql import types as T

from tests.parity.relations.cases import frames, sql

CASES = [
    *sql("""
SELECT nme FROM people

SELECT name, agee FROM people WHERE city = 'Rome'

SELECT p.none FROM people p

SELECT q.name FROM people p

SELECT nothing_like_it FROM (SELECT 1 AS a)

SELECT x

SELECT * FROM missing

SELECT * FROM a.b.c

SELECT nofunction(1)

SELECT my.nofunction(1)

SELECT k FROM t1, t2

SELECT * FROM t1 JOIN t2 ON k = 1

SELECT name
  FROM people
 WHERE agge > 1

SELECT abs(1, 2)

SELECT substring('a')

SELECT abs('a' = 'b')

SELECT 1 + array(1)

SELECT 1 + true

SELECT DATE '2020-01-01' + DATE '2020-01-01'

SELECT name + 1 FROM people

SELECT 1 = array(1)

SELECT map('a', 1) = map('a', 1)

SELECT 1 AND 2

SELECT NOT 1

SELECT CASE WHEN 1 THEN 2 END

SELECT CASE WHEN true THEN 1 ELSE array(1) END

SELECT coalesce(1, array(1))

SELECT 1 IN (array(1))

SELECT array(1, map(1, 2))

SELECT CAST(array(1) AS INT)

SELECT CAST(DATE '2020-01-01' AS INT)

SELECT CAST('a' AS INT)

SELECT CAST('2020-13-01' AS DATE)

SELECT CAST(300 AS TINYINT)

SELECT CAST(1e30D AS INT)

SELECT 1 / 0

SELECT 1 % 0

SELECT 5 div 0

SELECT a / (a - 1) FROM nums

SELECT 2147483647 + 1

SELECT -2147483648 - 1

SELECT 100000 * 100000

SELECT 9223372036854775807 + 1

SELECT -(-9223372036854775807 - 1)

SELECT 127Y + 1Y

SELECT 32767S * 2S

SELECT abs(-2147483648)

SELECT sum(x) FROM VALUES (9223372036854775807), (1) AS t(x)

SELECT a + 2147483647 FROM nums

SELECT array(1, 2)[5]

SELECT DATE 'x'

SELECT TIMESTAMP '2020-99-01'

SELECT INTERVAL 'x' DAY

SELECT sum(age) FROM people WHERE sum(age) > 1

SELECT name FROM people WHERE row_number() OVER (ORDER BY name) = 1

SELECT name FROM people WHERE explode(array(1)) = 1

SELECT name, count(*) FROM people

SELECT city, name, count(*) FROM people GROUP BY city

SELECT city FROM people GROUP BY city HAVING name = 'x'

SELECT city, count(*) FROM people GROUP BY count(*)

SELECT city, count(*) FROM people GROUP BY 2

SELECT city FROM people GROUP BY 3

SELECT city FROM people GROUP BY 0

SELECT sum(max(age)) FROM people

SELECT name FROM people ORDER BY 2

SELECT name FROM people ORDER BY missing

SELECT name FROM people LIMIT -1

SELECT name FROM people LIMIT 'a'

SELECT name FROM people LIMIT age

SELECT name FROM people LIMIT NULL

SELECT name FROM people OFFSET -1

SELECT m FROM nested GROUP BY m

SELECT m FROM nested ORDER BY m

SELECT DISTINCT m FROM nested

SELECT grouping(city) FROM people GROUP BY city

SELECT grouping(age) FROM people GROUP BY CUBE(city)

SELECT grouping_id(age) FROM people GROUP BY CUBE(city)

SELECT k FROM t1 UNION SELECT k, w FROM t2

SELECT 1 UNION ALL SELECT array(1)

SELECT 1, 2, 'a' UNION SELECT 1, 2, map(1, 2)

SELECT map(1, 2) INTERSECT SELECT map(1, 2)

SELECT 1 AS a UNION BY NAME SELECT 2 AS b

SELECT (SELECT age FROM people)

SELECT (SELECT name, age FROM people)

SELECT 1 IN (SELECT 1, 2)

SELECT (1, 2) IN (SELECT 1)

SELECT 1 IN (SELECT array(1))

SELECT name FROM people WHERE age IN (SELECT missing FROM t1)

SELECT (SELECT v FROM t1 WHERE t1.k = e.dept) FROM emp e

SELECT * FROM t1 JOIN t2 USING (w)

SELECT * FROM t1 JOIN t2 USING (missing)

SELECT * FROM t1 JOIN t2 ON t1.k + t2.k

SELECT * FROM t1 JOIN t2 ON max(t1.k) = 1

SELECT row_number() FROM people

SELECT row_number() OVER () FROM people

SELECT row_number() OVER w FROM people

SELECT upper(name) OVER (ORDER BY name) FROM people

SELECT sum(age) OVER (ORDER BY name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people

SELECT sum(age) OVER (RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people

SELECT sum(age) OVER (ORDER BY age, name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people

SELECT row_number() OVER (ORDER BY name ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people

SELECT sum(age) OVER (ORDER BY name ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM people

SELECT sum(age) OVER (ORDER BY name ROWS BETWEEN age PRECEDING AND CURRENT ROW) FROM people

SELECT explode(1)

SELECT explode(array(1)), explode(array(2))

SELECT explode(explode(array(array(1))))

SELECT sum(explode(array(1)))

SELECT 1 AS (a, b)

SELECT * FROM people LATERAL VIEW upper(name) t AS x

SELECT posexplode(array(1)) AS (a, b, c)

SELECT s.none FROM nested

SELECT s.x.y FROM nested

SELECT id.x FROM nested

SELECT arr['a'] FROM nested

SELECT p.* FROM people

SELECT age.* FROM people

SELECT * EXCEPT (missing) FROM people

SELECT name + * FROM people

WITH c AS (SELECT 1), c AS (SELECT 2) SELECT * FROM c

WITH c(a, b) AS (SELECT 1) SELECT * FROM c

WITH RECURSIVE r AS (SELECT n + 1 FROM r) SELECT * FROM r

SELECT * FROM people p(a, b)

SELECT * FROM VALUES (1, 2), (3)

SELECT * FROM VALUES (1), (array(1))

SELECT * FROM VALUES (rand()) AS t(a) WHERE missing = 1

SELECT * FROM range('a', 'b', 'c', 'd', 'e')

SELECT * FROM nofunction(1)

SELECT * FROM range()

SELECT :missing

SELECT * FROM people WHERE age

SELECT * FROM people WHERE name

SELECT * FROM people HAVING age > 1

SELECT name FROM people TABLESAMPLE (-1 PERCENT)

SELECT

SELECT 1 FROM

SELEC 1

SELECT (1

SELECT 'abc

SELECT 1 1

SELECT * FORM people

SELECT a FROM (SELECT 1 AS a

SELECT CAST(1 AS NOTYPE)

SELECT 1 AS select from people where

SELECT 99999999999999999999L

SELECT 128Y

DROP VIEW missing_view

UNCACHE TABLE missing_view

SELECT raise_error('my message')

SELECT assert_true(1 > 2)

SELECT * FROM t1 LEFT JOIN LATERAL (SELECT * FROM t2 WHERE t2.missing = t1.k) x

SELECT * FROM parquet.`/nowhere/at/all`

SELECT * FROM t1 TABLESAMPLE (5 ROWS) WHERE missing > 1

SELECT transform(array(1), (x, y, z) -> x)

SELECT count(DISTINCT *) FILTER (WHERE missing) FROM t1

SELECT first(v, 'x') FROM t1

SELECT ntile(0) OVER (ORDER BY v) FROM t1

SELECT lag(v, k) OVER (ORDER BY v) FROM t1

SELECT upper(DISTINCT v) FROM t1

SELECT upper(v) FILTER (WHERE true) FROM t1

SELECT * FROM (SELECT * FROM VALUES (1, 'a') AS t(a, b)) PIVOT (a FOR b IN ('a'))

SELECT a FROM VALUES (1) AS t(a) UNPIVOT (v FOR n IN (missing))
"""),
    *frames({
        "select missing": lambda s: s.table("people").select("nme"),
        "select missing by col": lambda s: s.table("people").select(F.col("x.y")),
        "filter missing": lambda s: s.table("people").filter("agee > 1"),
        "column of another frame": lambda s: s.table("people").select(s.table("t1").k),
        "missing attribute": lambda s: s.table("people").missing,
        "missing item": lambda s: s.table("people")["missing"],
        "missing item selected": lambda s: s.table("people").select(s.table("people")["missing"]),
        "ambiguous": lambda s: s.table("t1").join(s.table("t2")).select("k"),
        "ambiguous self join": lambda s: (d := s.table("t1")).join(d, d.k == d.k).select(d.k),
        "ambiguous after union": lambda s: (d := s.sql("SELECT 1 AS a, 2 AS a")).select(d.a),
        "join using missing": lambda s: s.table("t1").join(s.table("t2"), "w"),
        "join kind": lambda s: s.table("t1").join(s.table("t2"), "k", "sideways"),
        "group by aggregate": lambda s: s.table("people").groupBy(F.max("age")).count(),
        "aggregate of non-number": lambda s: s.table("people").groupBy("city").sum("name"),
        "shorthand of missing": lambda s: s.table("people").groupBy("city").sum("missing"),
        "agg of plain column": lambda s: s.table("people").groupBy("city").agg(F.col("name")),
        "select mixes": lambda s: s.table("people").select("name", F.count("*")),
        "group ordinal": lambda s: s.table("people").groupBy(9).count(),
        "orderBy ordinal": lambda s: s.table("people").orderBy(9),
        "orderBy missing": lambda s: s.table("people").orderBy("missing"),
        "where aggregate": lambda s: s.table("people").where(F.max("age") > 1),
        "where window": lambda s: s.table("people").where(F.row_number().over(W.orderBy("name")) == 1),
        "where not boolean": lambda s: s.table("people").where(F.col("age") + 1),
        "limit negative": lambda s: s.range(3).limit(-1),
        "offset negative": lambda s: s.range(3).offset(-1),
        "union widths": lambda s: s.table("t1").union(s.range(1)),
        "unionByName missing": lambda s: s.table("t1").unionByName(s.table("t2")),
        "unionByName equal names": lambda s: (d := s.sql("SELECT 1 AS a, 2 AS a")).unionByName(d),
        "intersect of maps": lambda s: (d := s.sql("SELECT map(1, 2) AS m")).intersect(d),
        "distinct of maps": lambda s: s.sql("SELECT map(1, 2) AS m").distinct(),
        "dropDuplicates missing": lambda s: s.table("t1").dropDuplicates(["missing"]),
        "dropDuplicates field": lambda s: s.table("nested").dropDuplicates(["s.x"]),
        "toDF count": lambda s: s.table("t1").toDF("a"),
        "withColumns twice": lambda s: s.table("t1").withColumns({"a": F.lit(1), "A": F.lit(2)}),
        "withColumnsRenamed same": lambda s: s.table("t1").withColumnsRenamed({"k": "x", "v": "x"}),
        "withMetadata missing": lambda s: s.table("t1").withMetadata("missing", {"a": 1}),
        "to not nullable": lambda s: s.table("t1").to(T.StructType([T.StructField("k", T.IntegerType(), False)])),
        "to wrong type": lambda s: s.table("t1").to(T.StructType([T.StructField("v", T.IntegerType())])),
        "to missing required": lambda s: s.table("t1").to(T.StructType([T.StructField("x", T.IntegerType(), False)])),
        "withField of non-struct": lambda s: s.table("people").select(F.col("age").withField("a", F.lit(1))),
        "withField path": lambda s: s.table("nested").select(F.col("s").withField("none.a", F.lit(1))),
        "dropFields all": lambda s: s.table("nested").select(F.col("s").dropFields("x", "y")),
        "getField missing": lambda s: s.table("nested").select(F.col("s").getField("none")),
        "colRegex invalid": lambda s: (d := s.table("people")).select(d.colRegex("`(`")),
        "cast": lambda s: s.table("people").select(F.col("name").cast("array<int>")),
        "cast to unknown": lambda s: s.table("people").select(F.col("name").cast("nothing")),
        "cast value": lambda s: s.table("people").select(F.col("name").cast("int")),
        "divide by zero": lambda s: s.range(1).select(F.lit(1) / F.col("id")),
        "overflow": lambda s: s.range(1).select(F.lit(2147483647) + F.lit(1)),
        "sum overflow": lambda s: s.createDataFrame([(2**63 - 1,), (1,)], "a BIGINT").agg(F.sum("a")),
        "element": lambda s: s.table("nested").select(F.col("arr")[7]),
        "expr syntax": lambda s: s.range(1).select(F.expr("1 +")),
        "where syntax": lambda s: s.range(1).where("id >"),
        "sql syntax": lambda s: s.sql("SELECT * FROM WHERE"),
        "view exists": lambda s: s.range(1).createTempView("people"),
        "view name": lambda s: s.range(1).createOrReplaceTempView("a.b"),
        "table missing": lambda s: s.table("nope"),
        "view missing": lambda s: s.table("global_temp.nope"),
        "pivot values": lambda s: s.table("pairs").groupBy("g").pivot("v", [1, 2]).agg(F.col("v")),
        "pivot missing": lambda s: s.table("pairs").groupBy("g").pivot("none").count(),
        "unpivot types": lambda s: s.sql("SELECT 1 id, 2 a, array(1) b").unpivot("id", ["a", "b"], "k", "v"),
        "unpivot none": lambda s: s.sql("SELECT 1 id").unpivot("id", None, "k", "v"),
        "fill missing": lambda s: s.table("people").fillna(1, ["missing"]),
        "cov of text": lambda s: s.table("people").cov("name", "age"),
        "explode non-array": lambda s: s.range(1).select(F.explode("id")),
        "two generators": lambda s: s.table("nested").select(F.explode("arr"), F.explode("arr")),
        "generator nested": lambda s: s.table("nested").select(F.explode("arr") + 1),
        "alias arity": lambda s: s.table("nested").select(F.explode("m").alias("a", "b", "c")),
        "window without order": lambda s: s.table("people").select(F.row_number().over(W.partitionBy("city"))),
        "function of wrong type": lambda s: s.table("nested").select(F.sum("arr")),
        "unknown function": lambda s: s.range(1).select(F.call_function("nofunction", F.lit(1))),
        "scalar rows": lambda s: s.range(1).select(s.table("people").select("age").scalar()),
        "parameter unbound": lambda s: s.sql("SELECT :a, :b", args={"a": 1}),
        "parameter count": lambda s: s.sql("SELECT ?, ?", args=[1]),
        "range step": lambda s: s.range(0, 10, 0),
        "sample fraction": lambda s: s.range(3).sample(-0.5),
        "repartition zero": lambda s: s.range(3).repartition(0),
        "observe without aggregate": lambda s: s.range(3).observe("m", F.col("id")),
        "create DataFrame schema": lambda s: s.createDataFrame([("a",)], "a INT"),
        "conf unknown": lambda s: s.conf.get("spark.sql.none.such"),
        "lateral alias missing": lambda s: s.table("people").select((F.col("age") + 1).alias("x"), F.col("y")),
        "transpose mixed": lambda s: s.sql("SELECT 'a' k, 1 a, array(1) b").transpose(),
        "join ambiguity with aliases": lambda s: s.table("t1").alias("a").join(s.table("t1").alias("a"), F.col("a.k") == 1),
    }),
]  # fmt: skip
