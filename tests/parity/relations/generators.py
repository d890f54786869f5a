"""Generators in select lists, in FROM and in LATERAL VIEW."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

CASES = [
    *sql("""
SELECT explode(array(1, 2, NULL))

SELECT id, explode(arr) FROM nested

SELECT id, explode_outer(arr) FROM nested

SELECT id, explode(arr) AS e FROM nested

SELECT id, posexplode(arr) FROM nested

SELECT id, posexplode(arr) AS (i, e) FROM nested

SELECT id, posexplode_outer(arr) FROM nested

SELECT explode(map('a', 1, 'b', 2))

SELECT explode(m) AS (key2, value2) FROM nested

SELECT inline(structs) FROM nested

SELECT id, inline_outer(structs) FROM nested

SELECT stack(2, 1, 'a', 2, 'b')

SELECT stack(2, 1, 'a', 2) AS (n, s)

SELECT id, e FROM nested LATERAL VIEW explode(arr) t AS e

SELECT id, e FROM nested LATERAL VIEW OUTER explode(arr) t AS e

SELECT id, t.* FROM nested LATERAL VIEW explode(m) t

SELECT id, e, f FROM nested LATERAL VIEW explode(arr) a AS e LATERAL VIEW explode(array(e, 10)) b AS f

SELECT id, p, q FROM nested LATERAL VIEW inline(structs) AS p, q

SELECT id, i, e FROM nested LATERAL VIEW posexplode(arr) t AS i, e WHERE e IS NOT NULL

SELECT * FROM explode(array(1, 2))

SELECT * FROM explode(array(1, 2)) AS t(x)

SELECT n.id, t.col FROM nested n, LATERAL explode(n.arr) t

SELECT n.id, t.x FROM nested n LEFT JOIN LATERAL explode(n.arr) t(x)

SELECT * FROM inline(array(struct(1 AS a, 'x' AS b), struct(2, 'y')))

SELECT explode(array(1, 2)) + 0 AS x

SELECT explode(collect_list(k)) FROM t1

SELECT k, explode(collect_list(v)) FROM t1 GROUP BY k

SELECT explode(sequence(1, 3)) AS n, 'c' AS c

SELECT e + 1 FROM (SELECT explode(array(1, 2)) AS e) WHERE e > 1

SELECT count(*) FROM nested LATERAL VIEW explode(arr) t AS e

SELECT explode(NULL)

SELECT explode(array())
"""),
    *frames({
        "explode": lambda s: s.table("nested").select("id", F.explode("arr")),
        "explode alias": lambda s: s.table("nested").select(F.explode("arr").alias("e"), "id"),
        "explode map alias": lambda s: s.table("nested").select(F.explode("m").alias("a", "b")),
        "posexplode alias": lambda s: s.table("nested").select(F.posexplode("arr").alias("p", "c")),
        "withColumn explode": lambda s: s.table("nested").withColumn("e", F.explode("arr")).select("id", "e"),
        "inline": lambda s: s.table("nested").select(F.inline("structs")),
        "explode_outer": lambda s: s.table("nested").select("id", F.explode_outer("structs")),
        "stack": lambda s: s.range(1).select(F.stack(F.lit(2), F.lit(1), F.lit(2), F.lit(3))),
        "explode of split": lambda s: s.range(1).select(F.explode(F.array(F.lit("a"), F.lit("b"))).alias("w"))
        .groupBy("w").count(),
        "tvf": lambda s: s.tvf.explode(F.array(F.lit(1), F.lit(2))),
        "tvf range": lambda s: s.tvf.range(3),
    }),
]  # fmt: skip
