"""ORDER BY, LIMIT, OFFSET."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

CASES = [
    *sql("""
SELECT name, age FROM people ORDER BY age, name

SELECT name, age FROM people ORDER BY age DESC, name

SELECT name FROM people ORDER BY age NULLS LAST, name DESC

SELECT name FROM people ORDER BY age DESC NULLS FIRST, name

SELECT name AS n FROM people ORDER BY n

SELECT name AS n FROM people ORDER BY name DESC

SELECT name, age FROM people ORDER BY 2, 1

SELECT name, age FROM people ORDER BY 2 DESC NULLS LAST, 1 DESC

SELECT city, name FROM people ORDER BY ALL

SELECT city, name FROM people ORDER BY ALL DESC NULLS LAST

SELECT name FROM people ORDER BY length(name) + age, name

SELECT age AS name, name AS x FROM people ORDER BY name, x

SELECT city, count(*) FROM people GROUP BY city ORDER BY count(*) DESC, city

SELECT city FROM people GROUP BY city ORDER BY max(age) NULLS FIRST

SELECT city, sum(age) AS s FROM people GROUP BY city ORDER BY s, city

SELECT city, sum(age) AS s FROM people GROUP BY city ORDER BY s + 1 DESC

SELECT upper(city) FROM people GROUP BY city ORDER BY upper(city)

SELECT max(age) FROM people ORDER BY min(age)

SELECT DISTINCT city FROM people ORDER BY city

SELECT a FROM nums ORDER BY c, a

SELECT a FROM nums ORDER BY c DESC, a

SELECT p.name FROM people p ORDER BY p.city, p.name

SELECT name FROM people ORDER BY name LIMIT 2

SELECT name FROM people ORDER BY name LIMIT 2 OFFSET 1

SELECT name FROM people ORDER BY name OFFSET 3

SELECT name FROM people ORDER BY name LIMIT ALL

SELECT name FROM people ORDER BY name LIMIT 0

SELECT name FROM people ORDER BY name LIMIT 1 + 1

SELECT t1.v FROM t1 JOIN t2 ON t1.k = t2.k ORDER BY t2.w DESC, t1.v

SELECT k FROM t1 UNION ALL SELECT k FROM t2 ORDER BY k

SELECT id FROM nested ORDER BY s

SELECT id FROM nested ORDER BY arr DESC

SELECT name FROM people ORDER BY CASE WHEN city = 'Rome' THEN 0 ELSE 1 END, name
"""),
    *sql("""
SELECT * FROM (SELECT name FROM people ORDER BY name LIMIT 3) ORDER BY name DESC

SELECT name FROM people SORT BY name

SELECT name FROM people DISTRIBUTE BY city SORT BY name

SELECT name FROM people CLUSTER BY name
""", ordered=True),
    *frames({
        "orderBy": lambda s: s.table("people").orderBy("age", "name"),
        "orderBy desc": lambda s: s.table("people").orderBy(F.desc("age"), F.col("name").asc()),
        "orderBy ascending list": lambda s: s.table("people").orderBy(["age", "name"], ascending=[False, True]),
        "orderBy ordinal": lambda s: s.table("people").orderBy(2, -1),
        "orderBy null order": lambda s: s.table("people").orderBy(F.col("age").asc_nulls_last(), "name"),
        "orderBy dropped column": lambda s: s.table("people").select("name").orderBy("age", "name"),
        "orderBy dropped by reference": lambda s: (d := s.table("people")).select("name").orderBy(d.age.desc(), d.name),
        "orderBy all": lambda s: s.table("people").select("city", "name").orderBy(F.expr("ALL")),
        "sort then limit": lambda s: s.table("people").sort("name").limit(2),
        "offset": lambda s: s.table("people").sort("name").offset(3),
        "offset limit": lambda s: s.range(10).sort(F.desc("id")).offset(2).limit(3),
        "limit offset": lambda s: s.range(10).sort("id").limit(5).offset(3),
        "limit then sort": lambda s: s.range(10).sort("id").limit(4).sort(F.desc("id")),
        "tail": lambda s: s.range(10).orderBy("id").tail(3),
        "head": lambda s: s.range(10).orderBy("id").head(2),
        "take": lambda s: s.range(10).orderBy(F.desc("id")).take(2),
        "first": lambda s: s.range(10).orderBy("id").first(),
        "first of none": lambda s: s.range(0).first(),
        "isEmpty": lambda s: (s.range(0).isEmpty(), s.range(1).isEmpty()),
        "sortWithinPartitions": lambda s: s.table("people").coalesce(1).sortWithinPartitions("name"),
        "sort after distinct": lambda s: s.table("people").select("city").distinct().sort("city"),
    }, ordered=True),
]  # fmt: skip
