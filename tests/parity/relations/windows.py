"""Window functions and frames."""

from __future__ import annotations

from pyspark.sql import Window as W
from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

FRAMES = (
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
    "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "ROWS 1 PRECEDING",
    "ROWS UNBOUNDED PRECEDING",
    "ROWS CURRENT ROW",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 10 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING",
    "RANGE BETWEEN 1 FOLLOWING AND 10 FOLLOWING",
    "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "RANGE 10 PRECEDING",
    "RANGE CURRENT ROW",
)

CASES = [
    *sql("\n\n".join(f"SELECT a, b, sum(a) OVER (ORDER BY b {f}), count(*) OVER (ORDER BY b {f}) FROM nums WHERE a <> 4"
                     for f in FRAMES)),
    *sql("""
SELECT a, row_number() OVER (ORDER BY a DESC), rank() OVER (ORDER BY b), dense_rank() OVER (ORDER BY b) FROM nums

SELECT a, percent_rank() OVER (ORDER BY b), cume_dist() OVER (ORDER BY b), ntile(2) OVER (ORDER BY a) FROM nums

SELECT a, lag(a) OVER (ORDER BY a), lead(a, 2) OVER (ORDER BY a), lag(a, 1, 0) OVER (ORDER BY a) FROM nums

SELECT a, lag(a, -1) OVER (ORDER BY a), lead(a, 0) OVER (ORDER BY a) FROM nums

SELECT a, first_value(b) OVER (ORDER BY a), last_value(b) OVER (ORDER BY a), nth_value(b, 2) OVER (ORDER BY a) FROM nums

SELECT a, first_value(b) IGNORE NULLS OVER (ORDER BY a DESC), last_value(b) IGNORE NULLS OVER (ORDER BY a) FROM nums

SELECT a, lag(b) IGNORE NULLS OVER (ORDER BY a), lead(b, 1) IGNORE NULLS OVER (ORDER BY a) FROM nums

SELECT a, nth_value(b, 2) IGNORE NULLS OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM nums

SELECT name, city, avg(age) OVER (PARTITION BY city) FROM people

SELECT name, count(*) OVER () FROM people

SELECT name, sum(age) OVER (PARTITION BY city ORDER BY name) AS running FROM people

SELECT name, sum(age) OVER w, count(*) OVER w FROM people WINDOW w AS (PARTITION BY city ORDER BY name)

SELECT name, sum(age) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people WINDOW w AS (ORDER BY name)

SELECT name, sum(age) OVER w2 FROM people WINDOW w AS (PARTITION BY city), w2 AS (w ORDER BY name)

SELECT id, sum(id) OVER (ORDER BY hired RANGE BETWEEN INTERVAL '1' MONTH PRECEDING AND CURRENT ROW) FROM emp

SELECT id, count(*) OVER (ORDER BY hired RANGE BETWEEN INTERVAL '10' DAY PRECEDING AND INTERVAL '10' DAY FOLLOWING) FROM emp

SELECT id, count(*) OVER (ORDER BY hired RANGE BETWEEN 30 PRECEDING AND CURRENT ROW) FROM emp

SELECT t, count(*) OVER (ORDER BY t RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM VALUES (TIMESTAMP '2020-01-01 00:00:00'), (TIMESTAMP '2020-01-01 00:30:00'), (TIMESTAMP '2020-01-01 02:00:00') AS x(t)

SELECT a, sum(a) OVER (ORDER BY c RANGE BETWEEN 1.5 PRECEDING AND CURRENT ROW) FROM nums WHERE c IS NOT NULL

SELECT id, sum(id) OVER (ORDER BY salary RANGE BETWEEN 5.25 PRECEDING AND CURRENT ROW) FROM emp

SELECT a, sum(a) OVER (ORDER BY b DESC RANGE BETWEEN 10 PRECEDING AND CURRENT ROW) FROM nums

SELECT a, sum(a) OVER (ORDER BY b NULLS LAST) FROM nums

SELECT city, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r FROM people GROUP BY city

SELECT city, sum(sum(age)) OVER (ORDER BY city) FROM people GROUP BY city

SELECT a, sum(a) FILTER (WHERE a > 2) OVER (ORDER BY a) FROM nums

SELECT a, max(a) OVER (ORDER BY a) - min(a) OVER (ORDER BY a) FROM nums

SELECT * FROM (SELECT name, row_number() OVER (PARTITION BY city ORDER BY age) AS rn FROM people) WHERE rn = 1

SELECT name FROM people QUALIFY row_number() OVER (PARTITION BY city ORDER BY name) = 1

SELECT name, city FROM people ORDER BY row_number() OVER (ORDER BY name DESC)

SELECT a, collect_list(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM nums

SELECT id, sum(salary) OVER (PARTITION BY dept), avg(salary) OVER (PARTITION BY dept) FROM emp

SELECT a, stddev(a) OVER (ORDER BY a ROWS 2 PRECEDING) FROM nums

SELECT a, row_number() OVER (PARTITION BY b % 20 ORDER BY a) % 2 FROM nums

SELECT a, sum(a) OVER (ORDER BY b, a) AS s, s + 1 AS t FROM nums

SELECT DISTINCT count(*) OVER (PARTITION BY city) AS n FROM people

SELECT a, any_value(b) OVER (PARTITION BY a), count(b) OVER (ORDER BY a) FROM nums
"""),
    *frames({
        "over partition": lambda s: s.table("people").select(
            "name", F.count("*").over(W.partitionBy("city")), F.row_number().over(W.partitionBy("city").orderBy("name"))),
        "rowsBetween": lambda s: s.table("nums").select("a", F.sum("a").over(W.orderBy("a").rowsBetween(-1, 1)).alias("s")),
        "rowsBetween unnamed": lambda s: s.table("nums").select(F.sum("a").over(W.orderBy("a").rowsBetween(-1, W.currentRow))),
        "rangeBetween": lambda s: s.table("nums").select("a", F.sum("a").over(W.orderBy("b").rangeBetween(-10, 0))),
        "rangeBetween long": lambda s: s.range(5).select(F.sum("id").over(W.orderBy("id").rangeBetween(W.currentRow, 2))),
        "unbounded": lambda s: s.table("nums").select(
            F.max("a").over(W.orderBy("a").rowsBetween(W.unboundedPreceding, W.unboundedFollowing))),
        "lag lead": lambda s: s.table("nums").select(
            "a", F.lag("a", 1, -1).over(W.orderBy("a")), F.lead("b").over(W.orderBy("a"))),
        "withColumn window": lambda s: s.table("people").withColumn(
            "r", F.dense_rank().over(W.partitionBy("city").orderBy(F.desc("age")))),
        "filter on window": lambda s: s.table("people").withColumn(
            "r", F.rank().over(W.orderBy("age"))).where("r <= 2"),
        "nth_value ignore nulls": lambda s: s.table("nums").select(
            "a", F.nth_value("b", 1, True).over(W.orderBy("a")), F.last("b", True).over(W.orderBy("a"))),
        "window over groups": lambda s: s.table("people").groupBy("city").agg(
            F.sum("age").alias("t")).withColumn("share", F.sum("t").over(W.partitionBy())),
        "order by desc nulls": lambda s: s.table("nums").select(
            "a", F.row_number().over(W.orderBy(F.col("b").desc_nulls_first(), "a"))),
    }),
]  # fmt: skip
