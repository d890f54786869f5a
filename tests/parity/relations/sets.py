"""UNION, INTERSECT, EXCEPT; DISTINCT and dropDuplicates."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import ANSI_OFF, frames, sql

CASES = [
    *sql("""
SELECT k FROM t1 UNION SELECT k FROM t2

SELECT k FROM t1 UNION ALL SELECT k FROM t2

SELECT k FROM t1 INTERSECT SELECT k FROM t2

SELECT k FROM t1 INTERSECT ALL SELECT k FROM t2

SELECT k FROM t1 EXCEPT SELECT k FROM t2

SELECT k FROM t1 EXCEPT ALL SELECT k FROM t2

SELECT k FROM t1 MINUS SELECT k FROM t2

SELECT k AS a, v FROM t1 UNION ALL SELECT k AS b, w FROM t2

SELECT 1 AS x UNION ALL SELECT 2.5 UNION ALL SELECT NULL

SELECT 1 AS x UNION SELECT 'a'

SELECT 1 AS x UNION ALL SELECT '7'

SELECT DATE '2020-01-01' AS d UNION ALL SELECT TIMESTAMP '2020-01-01 01:00:00'

SELECT NULL AS x UNION ALL SELECT 1

SELECT array(1) AS a UNION ALL SELECT array(2.5, NULL)

SELECT named_struct('a', 1) AS s UNION ALL SELECT named_struct('a', 2L)

SELECT named_struct('a', 1) AS s UNION ALL SELECT named_struct('b', 2)

SELECT CAST(1 AS DECIMAL(10,2)) AS d UNION ALL SELECT CAST(1 AS DECIMAL(12,5))

SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 2

(SELECT 1 UNION ALL SELECT 2) INTERSECT SELECT 2

SELECT k FROM t1 UNION ALL (SELECT k FROM t2 ORDER BY k DESC NULLS LAST LIMIT 1)

SELECT 1 AS a, 2 AS b UNION BY NAME SELECT 3 AS b, 4 AS a

SELECT 1 AS a, 2 AS b UNION ALL BY NAME SELECT 3 AS b, 4 AS a

TABLE t1 UNION ALL TABLE t2

VALUES (1, 'a') UNION ALL VALUES (2, 'b')

SELECT id FROM range(3) UNION ALL SELECT CAST(NULL AS BIGINT)

SELECT double('NaN') INTERSECT SELECT double('NaN')

SELECT s FROM nested INTERSECT SELECT s FROM nested

SELECT DISTINCT * FROM (SELECT k FROM t1 UNION ALL SELECT k FROM t1)
"""),
    *sql("SELECT 1 AS x UNION ALL SELECT 'a'", conf=ANSI_OFF),
    *frames({
        "union": lambda s: s.table("t1").union(s.table("t2")),
        "unionAll": lambda s: s.table("t1").unionAll(s.table("t1")),
        "unionByName": lambda s: s.table("t1").unionByName(s.table("t1").select("v", "k")),
        "unionByName missing": lambda s: s.table("t1").unionByName(s.table("t2"), allowMissingColumns=True),
        "unionByName case": lambda s: s.table("t1").unionByName(s.table("t1").toDF("K", "V")),
        "unionByName nested missing": lambda s: s.sql("SELECT named_struct('a', 1, 'b', 2) AS s").unionByName(
            s.sql("SELECT named_struct('b', 3, 'c', 4) AS s"), allowMissingColumns=True),
        "intersect": lambda s: s.table("t1").select("k").intersect(s.table("t2").select("k")),
        "intersectAll": lambda s: s.table("t1").select("k").intersectAll(s.table("t2").select("k")),
        "subtract": lambda s: s.table("t1").select("k").subtract(s.table("t2").select("k")),
        "exceptAll": lambda s: s.table("t1").select("k").exceptAll(s.table("t2").select("k")),
        "union of itself": lambda s: (d := s.table("t1")).union(d).where(d.k == 1),
        "distinct": lambda s: s.table("t1").select("k").distinct(),
        "dropDuplicates": lambda s: s.table("pairs").dropDuplicates(),
        "dropDuplicates subset": lambda s: s.table("pairs").dropDuplicates(["g"]).select("g"),
        "dropDuplicates two": lambda s: s.table("pairs").drop_duplicates(["v", "g"]),
        "dropDuplicates case": lambda s: s.table("pairs").dropDuplicates(["G"]).select("g"),
        "dropDuplicates dotted": lambda s: s.range(4).select((F.col("id") % 2).alias("a.b")).dropDuplicates(["a.b"]),
        "dropDuplicates of equal names": lambda s: s.sql("SELECT 1 AS a, 2 AS a").dropDuplicates(["a"]),
        "distinct after select of dropped": lambda s: s.table("people").select("city").distinct().count(),
        "union nullability": lambda s: s.range(1).union(s.sql("SELECT CAST(NULL AS BIGINT)")),
        "union three types": lambda s: s.sql("SELECT 1 a").union(s.sql("SELECT 2L")).union(s.sql("SELECT 1.5D")),
    }),
]  # fmt: skip
