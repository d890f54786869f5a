"""Grouping in all forms, and the basic aggregates."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import ANSI_OFF, frames, sql

CASES = [
    *sql("""
SELECT count(*), count(age), count(DISTINCT age), sum(age), avg(age), min(age), max(name) FROM people

SELECT count(*), sum(age), max(age), collect_list(age) FROM people WHERE false

SELECT city, count(*) FROM people GROUP BY city

SELECT city, count(*) FROM people WHERE false GROUP BY city

SELECT city, count(*) AS n FROM people GROUP BY city HAVING n > 1

SELECT city FROM people GROUP BY city HAVING max(age) > 25

SELECT city, sum(age) FROM people GROUP BY city HAVING count(*) = 2 AND city <> 'Rome'

SELECT count(*) FROM people HAVING count(*) > 3

SELECT count(*) FROM people HAVING count(*) > 30

SELECT upper(city) AS c, count(*) FROM people GROUP BY c

SELECT upper(city), count(*) FROM people GROUP BY 1

SELECT upper(city) AS c, age % 2 AS odd, count(*) FROM people GROUP BY 2, 1

SELECT city, age FROM people GROUP BY city, age

SELECT city, count(*), max(age) FROM people GROUP BY ALL

SELECT count(*) FROM people GROUP BY ALL

SELECT city, age + 1 AS x FROM people GROUP BY ALL

SELECT age + 1, age + 1 + count(*) FROM people GROUP BY age + 1

SELECT lower(upper(city)) FROM people GROUP BY upper(city)

SELECT city AS age, count(*) FROM people GROUP BY age, city

SELECT g, sum(v), count(v), avg(v), min(v) FROM pairs GROUP BY g

SELECT g, sum(DISTINCT v), count(DISTINCT v), avg(DISTINCT v) FROM pairs GROUP BY g

SELECT count(DISTINCT g, v) FROM pairs

SELECT sum(v) FILTER (WHERE g = 'x'), count(*) FILTER (WHERE v IS NULL), count(DISTINCT v) FILTER (WHERE g = 'x') FROM pairs

SELECT g, v, count(*) FROM pairs GROUP BY ROLLUP(g, v)

SELECT g, v, count(*), grouping(g), grouping(v), grouping_id() FROM pairs GROUP BY CUBE(g, v)

SELECT g, v, sum(v), grouping_id(g, v) FROM pairs GROUP BY GROUPING SETS ((g), (v), ())

SELECT g, v, count(*) FROM pairs GROUP BY g, v GROUPING SETS ((g, v), (g))

SELECT g, count(*) FROM pairs GROUP BY g WITH ROLLUP

SELECT g, v, count(*) FROM pairs GROUP BY g, ROLLUP(v)

SELECT g, v, count(*) FROM pairs GROUP BY CUBE(g), GROUPING SETS ((v), ())

SELECT g, v, count(*) FROM pairs GROUP BY GROUPING SETS (ROLLUP(g, v), (v))

SELECT g, v, count(*) FROM pairs GROUP BY GROUPING SETS (g, v)

SELECT g, count(*) FROM pairs GROUP BY ROLLUP(g) HAVING grouping(g) = 1

SELECT upper(g), sum(v) FROM pairs GROUP BY ROLLUP(upper(g))

SELECT g, sum(v) AS total FROM pairs GROUP BY ROLLUP(g) ORDER BY grouping(g), g NULLS LAST

SELECT k, sum(k) FROM t1 GROUP BY CUBE(k)

SELECT id, count(*) FROM range(3) GROUP BY ROLLUP(id)

SELECT stddev(v), stddev_pop(v), variance(v), var_pop(v) FROM pairs WHERE g = 'x'

SELECT stddev(v), variance(v) FROM pairs WHERE v = 5

SELECT min(c), max(c), sum(c) FROM nums

SELECT sum(a), sum(c), avg(a), avg(b) FROM nums

SELECT bool_and(age > 20), bool_or(age > 40), every(age > 26), any(age > 26), count_if(age > 26) FROM people

SELECT first(age), last(age), first(age, true), any_value(age) FROM (SELECT * FROM people ORDER BY name)

SELECT min(name), max(city), min(DATE '2020-01-01'), max(true) FROM people

SELECT sum(salary), avg(salary), max(salary), count(salary) FROM emp

SELECT dept, avg(salary) + 1, sum(salary) / 3 FROM emp GROUP BY dept

SELECT max(struct(age, name)).name FROM people

SELECT s.x, count(*) FROM nested GROUP BY s.x

SELECT s, count(*) FROM nested GROUP BY s

SELECT arr, count(*) FROM nested GROUP BY arr

SELECT sum(id) AS id FROM range(4) GROUP BY id % 2

SELECT 1 + count(*) * 2, 'x' FROM people

SELECT 'c', count(*) FROM people GROUP BY 'c'

SELECT city, max(age) - min(age) AS spread FROM people GROUP BY city ORDER BY spread DESC, city NULLS FIRST

SELECT c, count(*) FROM (SELECT double('NaN') AS c UNION ALL SELECT double('NaN') UNION ALL SELECT -0.0D UNION ALL SELECT 0.0D) GROUP BY c

SELECT sum(interval_col) FROM VALUES (INTERVAL '1' DAY), (INTERVAL '2' DAY) AS t(interval_col)

SELECT CAST(sum(m) AS STRING), CAST(avg(m) AS STRING) FROM VALUES (INTERVAL '1' MONTH), (INTERVAL '2' YEAR) AS t(m)

SELECT count(age, city), count(DISTINCT age, city) FROM people

SELECT mean(age), sum(age + 0.5) FROM people

SELECT array_sort(collect_set(age)), array_sort(collect_list(city)) FROM people

SELECT collect_list(v) FILTER (WHERE v > 1) FROM (SELECT * FROM pairs WHERE g = 'x' ORDER BY v)
"""),
    *sql("SELECT sum(x) FROM VALUES (9223372036854775807), (1) AS t(x)", conf=ANSI_OFF),
    *sql("SELECT avg(x), sum(x) FROM VALUES ('1'), ('2.5') AS t(x)", conf=ANSI_OFF),
    *frames({
        "groupBy agg": lambda s: s.table("people").groupBy("city").agg(F.count("*"), F.max("age").alias("m")),
        "groupBy dict": lambda s: s.table("people").groupBy("city").agg({"age": "max", "name": "count"}),
        "groupBy count": lambda s: s.table("people").groupBy("city").count(),
        "groupBy shorthands": lambda s: s.table("nums").groupBy("b").sum("a", "c"),
        "groupBy shorthands all": lambda s: s.table("nums").groupBy("b").max(),
        "groupBy avg": lambda s: s.table("nums").groupBy("b").avg("a"),
        "groupBy nothing": lambda s: s.table("people").groupBy().agg(F.min("age")),
        "agg": lambda s: s.table("people").agg(F.sum("age"), F.countDistinct("city")),
        "agg dict": lambda s: s.table("people").agg({"age": "avg", "*": "count"}),
        "groupBy expression": lambda s: s.table("people").groupBy((F.col("age") % 2).alias("odd")).count(),
        "groupBy unnamed expression": lambda s: s.table("people").groupBy(F.col("age") % 2).count(),
        "groupBy ordinal": lambda s: s.table("people").groupBy(3).count(),
        "groupBy ordinal two": lambda s: s.table("people").groupBy(3, 2).count(),
        "groupBy same twice": lambda s: s.table("people").groupBy("city", "city").count(),
        "agg with expressions over groups": lambda s: s.table("people").groupBy("city").agg(
            F.concat(F.col("city"), F.lit("!")), F.max("age") - F.min("age")),
        "rollup": lambda s: s.table("pairs").rollup("g", "v").agg(F.count("*"), F.grouping_id()),
        "cube": lambda s: s.table("pairs").cube("g").agg(F.grouping("g"), F.sum("v")),
        "groupingSets": lambda s: s.table("pairs").groupingSets([("g",), ("v",), ()], "g", "v").agg(F.count("*")),
        "pivot with values": lambda s: s.table("pairs").groupBy("v").pivot("g", ["x", "y"]).count(),
        "pivot without values": lambda s: s.table("pairs").where("g IS NOT NULL").groupBy("v").pivot("g").sum("v"),
        "pivot several aggregates": lambda s: s.table("people").groupBy("age").pivot("city", ["Rome", "Oslo"]).agg(
            F.count("name").alias("n"), F.max("name")),
        "aggregate of dropped": lambda s: s.table("people").groupBy("city").agg(F.sum(F.col("age") * 2)),
        "count distinct columns": lambda s: s.table("people").select(F.countDistinct("age", "city")),
        "dataframe having": lambda s: s.table("people").groupBy("city").agg(F.sum("age").alias("t")).filter("t > 50"),
        "orderBy aggregate afterwards": lambda s: s.table("people").groupBy("city").count().orderBy(
            F.desc("count"), F.asc_nulls_last("city")).select("city"),
    }),
]  # fmt: skip
