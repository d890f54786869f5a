"""SELECT lists: names, stars, aliases, fields."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

CASES = [
    *sql("""
SELECT * FROM people

SELECT name, age + 1, age * 2 AS twice FROM people

SELECT p.*, p.name AS again FROM people p

SELECT *, name FROM people

SELECT * EXCEPT (age) FROM people

SELECT people.* EXCEPT (name, city) FROM people

SELECT p.name, P.AGE, NaMe FROM people p

SELECT age a, a + 1 b, b * 2 c FROM people

SELECT age AS name, name FROM people

SELECT 1 AS x, x + 1 AS x2, x2 || 'z' AS s

SELECT s.x, s.y, s.y.z, nested.s.x FROM nested

SELECT s.* FROM nested

SELECT s.y.* FROM nested

SELECT structs.p, structs[0].q, arr[0], m['a'], m.b FROM deep

SELECT id AS `a.b`, arr AS `the array` FROM nested

SELECT 1, 'text', 2.50, 1e3, true, NULL, DATE '2020-01-01', X'1F'

SELECT DISTINCT city FROM people

SELECT ALL city FROM people

SELECT DISTINCT age, city FROM people

SELECT count(*) AS n, n + 1 AS m FROM people

SELECT CASE age WHEN 25 THEN 'y' WHEN 30 THEN 'm' ELSE 'o' END AS kind FROM people

SELECT IF(age > 26, name, city), COALESCE(age, -1), NULLIF(age, 25), NVL(city, '?') FROM people

SELECT CAST(age AS STRING), age::double, CAST(age AS DECIMAL(5,1)) FROM people

SELECT age BETWEEN 25 AND 30, age NOT BETWEEN 25 AND 30, age IN (25, 41), age NOT IN (25, NULL) FROM people

SELECT name LIKE 'A%', name LIKE '_o%', name NOT LIKE '%e', name RLIKE '^[A-C]' FROM people

SELECT age IS NULL, age IS NOT NULL, age <=> NULL, age = NULL, NOT age = 25 FROM people

SELECT (age > 26) IS TRUE, (age > 26) IS NOT FALSE, (age > 26) IS UNKNOWN FROM people

SELECT age IS DISTINCT FROM 25, age IS NOT DISTINCT FROM NULL FROM people

SELECT named_struct('a', 1, 'b', 'x').b, struct(1 AS p, 2 AS q).q, (1, 2).col2

SELECT array(1, 2)[1], map('k', 'v')['k'], map('k', 'v')['none']

SELECT -age, +age, ~age, age & 1, age | 64, age ^ 3 FROM people

SELECT FROM_tab.name FROM people AS FROM_tab

FROM people SELECT name

SELECT CURRENT_DATE() IS NOT NULL AS today, current_timestamp() >= TIMESTAMP '2020-01-01' AS later

SELECT a.k, b.k FROM t1 a, t1 b WHERE a.k = b.k AND a.v < b.v

SELECT sum(age) AS s, s / count(*) AS mean FROM people

SELECT * FROM (SELECT age + 1 FROM people) t(x)

SELECT `(age + 1)` AS x FROM (SELECT age + 1 FROM people)

WITH c(x) AS (SELECT 1 + 1) SELECT x, c.* FROM c

SELECT NaMe, count(*) FROM people GROUP BY name

SELECT S.X, s.Y.z, s.Y FROM deep

SELECT CAST(s.x AS STRING), CAST(s.x + 1 AS STRING), CAST(arr[0] AS STRING) FROM deep
"""),
    *frames({
        "select star and more": lambda s: s.table("people").select("*", F.col("age") + 1),
        "select struct star": lambda s: s.table("nested").select("s.*", "id"),
        "select nested by dots": lambda s: s.table("nested").select("s.x", "s.y.z", F.col("m.a"), "structs.q"),
        "select with backquotes": lambda s: s.range(1).toDF("a.b").select("`a.b`"),
        "df['a.b'] with backquotes": lambda s: (d := s.range(1).toDF("a.b")).select(d["`a.b`"]),
        "select by position and name": lambda s: (d := s.table("people")).select(d[0], d["age"], d.city),
        "select columns list": lambda s: s.table("people").select(["name", "age"]),
        "select nothing": lambda s: s.table("people").select(),
        "selectExpr": lambda s: s.table("people").selectExpr("name AS n", "age + 1", "upper(name)", "*"),
        "selectExpr aggregate": lambda s: s.table("people").selectExpr("max(age)", "count(*) AS n"),
        "colRegex": lambda s: (d := s.table("people")).select(d.colRegex("`(n|a).*`")),
        "alias with metadata": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"unit": "km"})),
        "metadata through select": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1})).select("n"),
        "metadata through alias": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1}))
        .select(F.col("n").alias("m")),
        "metadata lost by computing": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1}))
        .select(F.col("n") + 1),
        "metadata through filter, sort, limit": lambda s: s.range(5)
        .select(F.col("id").alias("n", metadata={"u": 1})).where("n > 1").orderBy("n").limit(2),
        "metadata through group": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1}))
        .groupBy("n").count(),
        "metadata through join": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1}))
        .join(s.range(2).withColumnRenamed("id", "n"), "n"),
        "metadata through union": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1}))
        .union(s.range(2)),
        "metadata through max": lambda s: s.range(2).select(F.col("id").alias("n", metadata={"u": 1}))
        .agg(F.max("n"), F.first("n").alias("f")),
        "withMetadata": lambda s: s.range(2).withMetadata("id", {"a": [1, 2], "b": {"c": True}}),
        "literals": lambda s: s.range(1).select(F.lit(1), F.lit("x"), F.lit(2.5), F.lit(None), F.lit(True),
                                                F.lit([1, 2]), F.lit(b"ab")),
        "getField, getItem": lambda s: (d := s.table("deep")).select(
            d.s.getField("x"), d.s["y"]["z"], d.arr.getItem(0), d.m.getItem("a"), d.arr[1]),
        "withField": lambda s: s.table("nested").select(
            F.col("s").withField("w", F.lit(1)).alias("s1"), F.col("s").withField("x", F.col("s.x") + 1),
            F.col("s").withField("y.z", F.lit("new")), F.col("s").withField("y.n", F.lit(None).cast("int"))),
        "dropFields": lambda s: s.table("nested").select(
            F.col("s").dropFields("x"), F.col("s").dropFields("none")),
        "when otherwise": lambda s: s.table("people").select(
            F.when(F.col("age") < 30, "young").when(F.col("age") < 41, "mid").otherwise(F.col("city")),
            F.when(F.col("age") < 30, 1)),
        "between isin like": lambda s: (d := s.table("people")).select(
            d.age.between(25, 30), d.age.isin(25, 41), d.age.isin(), d.name.like("A%"), d.name.startswith("B"),
            d.name.contains("e"), d.age.isNull(), d.age.eqNullSafe(None), ~(d.age > 26)),
        "substr cast": lambda s: (d := s.table("people")).select(
            d.name.substr(1, 2), d.age.cast("string"), d.age.astype("double"), d.age.try_cast("boolean")),
        "expr": lambda s: s.table("people").select(F.expr("age + 1 AS next"), F.expr("length(name)")),
        "col of alias": lambda s: s.table("people").alias("p").select("p.name", F.col("p.age")),
        "names of computed columns": lambda s: s.table("people").select(F.col("age") + 1).toDF("x"),
        "renamed computed column": lambda s: s.table("people").select(F.col("age") + 1).withColumnRenamed("(age + 1)", "x"),
        "groupBy field": lambda s: s.table("deep").groupBy("s.x").count(),
        "two withFields": lambda s: s.table("deep").select(F.col("s").withField("a", F.lit(1)).withField("b", F.lit(2)).dropFields("x")),
        "toDF and schema": lambda s: s.table("people").toDF("a", "b", "c"),
        "lateral alias in DataFrame": lambda s: s.table("people").select(
            (F.col("age") + 1).alias("x"), (F.col("x") * 2).alias("y")),
    }),
]  # fmt: skip
