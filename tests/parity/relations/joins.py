"""Joins of all kinds, in both forms."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

KINDS = ("inner", "left", "right", "full", "left_semi", "left_anti", "cross", "outer", "leftouter", "semi", "anti")

CASES = [
    *sql("""
SELECT * FROM t1 JOIN t2 ON t1.k = t2.k

SELECT * FROM t1 LEFT JOIN t2 ON t1.k = t2.k

SELECT * FROM t1 RIGHT JOIN t2 ON t1.k = t2.k

SELECT * FROM t1 FULL OUTER JOIN t2 ON t1.k = t2.k

SELECT * FROM t1 LEFT SEMI JOIN t2 ON t1.k = t2.k

SELECT * FROM t1 LEFT ANTI JOIN t2 ON t1.k = t2.k

SELECT * FROM t1 SEMI JOIN t2 USING (k)

SELECT * FROM t1 ANTI JOIN t2 USING (k)

SELECT * FROM t1 CROSS JOIN t2

SELECT * FROM t1, t2 WHERE t1.k = t2.k

SELECT * FROM t1 JOIN t2 USING (k)

SELECT * FROM t1 LEFT JOIN t2 USING (k)

SELECT * FROM t1 RIGHT JOIN t2 USING (k)

SELECT * FROM t1 FULL JOIN t2 USING (k)

SELECT k, t1.k, t2.k, v, w FROM t1 FULL JOIN t2 USING (k)

SELECT t1.*, t2.* FROM t1 LEFT JOIN t2 USING (k)

SELECT * FROM t1 NATURAL JOIN t2

SELECT * FROM t1 NATURAL LEFT JOIN t2

SELECT * FROM t1 NATURAL FULL OUTER JOIN t2

SELECT * FROM t1 NATURAL JOIN dept

SELECT * FROM t1 JOIN t2

SELECT * FROM t1 LEFT JOIN t2 ON t1.k = t2.k AND w <> 'y'

SELECT * FROM t1 LEFT JOIN t2 ON t1.k < t2.k

SELECT * FROM t1 FULL JOIN t2 ON t1.k <=> t2.k

SELECT * FROM t1 LEFT ANTI JOIN t2 ON t1.k <=> t2.k

SELECT * FROM t1 LEFT JOIN t2 ON false

SELECT e.id, b.id AS boss FROM emp e LEFT JOIN emp b ON e.boss = b.id

SELECT e.id, d.name, b.id FROM emp e JOIN dept d ON e.dept = d.id LEFT JOIN emp b ON e.boss = b.id

SELECT * FROM (t1 JOIN t2 ON t1.k = t2.k) JOIN dept ON true WHERE dept.id = 10

SELECT * FROM t1 a JOIN t1 b USING (k)

SELECT t1.v, x.n FROM t1, LATERAL (SELECT count(*) AS n FROM t2 WHERE t2.k = t1.k) x

SELECT t1.v, x.w FROM t1 LEFT JOIN LATERAL (SELECT w FROM t2 WHERE t2.k = t1.k) x

SELECT t1.v, x.w FROM t1 JOIN LATERAL (SELECT w FROM t2 WHERE t2.k = t1.k ORDER BY w LIMIT 1) x ON x.w <> 'q'

SELECT a.id, x.y FROM emp a CROSS JOIN LATERAL (SELECT a.id * 2 AS y) x

SELECT id, q, r FROM dept, LATERAL (SELECT id + 1 AS q), LATERAL (SELECT q * 2 AS r)

SELECT * FROM t1 LEFT JOIN t2 ON t1.k = t2.k LEFT JOIN dept d ON d.id = t2.k * 10

SELECT * FROM people p JOIN (SELECT city, count(*) AS n FROM people GROUP BY city) c ON p.city = c.city

SELECT * FROM t1 JOIN t2 ON t1.k = t2.k JOIN t2 AS t3 ON t3.k = t2.k WHERE t3.w = 'x'

SELECT /*+ BROADCAST(t2) */ * FROM t1 JOIN t2 ON t1.k = t2.k
"""),
    *frames({f"join using, {kind}": (lambda s, kind=kind: s.table("t1").join(s.table("t2"), "k", kind))
             for kind in KINDS if kind != "cross"}),
    *frames({f"join on, {kind}": (lambda s, kind=kind: (a := s.table("t1")).join(b := s.table("t2"), a.k == b.k, kind))
             for kind in KINDS if kind != "cross"}),
    *frames({
        "crossJoin": lambda s: s.range(2).crossJoin(s.range(2).toDF("b")),
        "join without condition": lambda s: s.range(2).join(s.range(2).toDF("b")),
        "join by list": lambda s: s.table("t1").join(s.table("t2").withColumn("v", F.col("w")), ["k", "v"], "left"),
        "join by list of conditions": lambda s: (a := s.table("t1")).join(
            b := s.table("t2"), [a.k == b.k, b.w != "y"], "inner"),
        "select both keys": lambda s: (a := s.table("t1")).join(b := s.table("t2"), a.k == b.k, "left")
        .select(a.k, b.k, "v", "w"),
        "drop one key": lambda s: (a := s.table("t1")).join(b := s.table("t2"), a.k == b.k).drop(b.k),
        "keys of using still there": lambda s: (a := s.table("t1")).join(b := s.table("t2"), "k", "full")
        .select("k", a.k, b.k),
        "self join with aliases": lambda s: s.table("emp").alias("e").join(
            s.table("emp").alias("b"), F.col("e.boss") == F.col("b.id")).select("e.id", "b.id", F.col("b.salary")),
        "self join of a filtered frame": lambda s: (d := s.table("emp")).join(
            b := d.where("boss IS NULL"), d.boss == b.id).select(d.id, b.salary),
        "self join by using": lambda s: (d := s.table("emp").select("id", "dept")).join(d, "dept"),
        "self join of renamed": lambda s: (d := s.table("emp").select("id", "boss")).join(
            b := d.select(F.col("id").alias("b_id"), "boss"), d.boss == b.b_id).select(d.id, b.b_id, b.boss),
        "three joins": lambda s: (e := s.table("emp")).join(d := s.table("dept"), e.dept == d.id).join(
            b := s.table("emp").withColumnRenamed("id", "bid"), e.boss == b.bid).select(e.id, d.name, b.bid),
        "semi join keeps references": lambda s: (a := s.table("t1")).join(b := s.table("t2"), a.k == b.k, "semi")
        .select(a.v),
        "join after aggregation": lambda s: (p := s.table("people")).join(
            p.groupBy("city").agg(F.avg("age").alias("mean")), "city").select("name", "mean"),
        "hint broadcast": lambda s: s.table("t1").join(F.broadcast(s.table("t2")), "k"),
        "hint": lambda s: s.table("t1").hint("merge").join(s.table("t2").hint("shuffle_hash"), "k"),
        "lateralJoin": lambda s: s.table("t1").lateralJoin(
            s.table("t2").where(F.col("k") == F.col("t1.k").outer()).select("w")),
        "asof join": lambda s: s.range(1, 10, 3)._joinAsOf(
            s.range(0, 10, 2).withColumnRenamed("id", "r"), "id", "r") if hasattr(s.range(1), "_joinAsOf") else None,
        "nullability of an outer join": lambda s: s.range(3).join(s.range(2).toDF("b"), F.col("id") == F.col("b"), "full"),
        "union of joins": lambda s: (j := s.table("t1").join(s.table("t2"), "k")).union(j),
        "join of a join with itself": lambda s: (j := s.table("t1").join(s.table("t2"), "k")).alias("x").join(
            j.alias("y"), F.col("x.k") == F.col("y.k")).select("x.v", "y.w"),
        "filter on a key after using": lambda s: (_a := s.table("t1")).join(b := s.table("t2"), "k", "left")
        .where(b.k.isNull()),
    }),
]  # fmt: skip
