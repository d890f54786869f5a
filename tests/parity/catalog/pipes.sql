CREATE TABLE t (a INT, b STRING, c DOUBLE) USING parquet

INSERT INTO t VALUES (1, 'x', 1.5), (2, 'y', 2.5), (3, 'x', NULL), (4, NULL, 4.5)

CREATE TABLE u (a INT, d STRING) USING parquet

INSERT INTO u VALUES (1, 'one'), (3, 'three'), (5, 'five')

FROM t |> ORDER BY a

TABLE t |> SELECT a, b |> ORDER BY a

FROM t |> SELECT a + 1 AS a1, * |> ORDER BY a1 DESC |> LIMIT 2

FROM t |> EXTEND a * 2 AS d, a + c AS s |> ORDER BY a

FROM t |> EXTEND a * 2 AS a |> ORDER BY 1

FROM t |> EXTEND 1 AS one |> EXTEND one + 1 AS two |> ORDER BY a

FROM t |> EXTEND sum(a) AS s

FROM t |> EXTEND sum(a) OVER (PARTITION BY b) AS s |> ORDER BY a

FROM t |> EXTEND a, b |> ORDER BY t.a

FROM t |> SET a = a + 1, b = upper(b) |> ORDER BY a

FROM t |> SET a = a + 1, a = a * 10 |> ORDER BY a

FROM t |> SET a = 7, c = a + 1 |> ORDER BY b, c

FROM t |> SET nosuch = 1

FROM t |> SET t.a = 1

FROM t |> SET a = sum(a)

FROM t |> SET a = sum(a) OVER () |> ORDER BY b

FROM t |> DROP b |> ORDER BY a

FROM t |> DROP a, c |> ORDER BY b

FROM t |> DROP nosuch

FROM t |> DROP a, b, c

FROM t |> DROP t.a

FROM t |> DROP a, a

FROM t |> AS q |> SELECT q.a, q.b |> ORDER BY a

FROM t |> AS q |> SELECT t.a

FROM t |> q |> SELECT a

FROM t |> WHERE a > 1 |> WHERE b = 'x'

FROM t |> WHERE sum(a) > 1

FROM t |> AGGREGATE sum(a) AS s GROUP BY b |> ORDER BY b

FROM t |> AGGREGATE count(*), sum(c)

FROM t |> AGGREGATE sum(a) AS s, count(*) AS n GROUP BY b AS g |> WHERE n > 1

FROM t |> AGGREGATE GROUP BY b |> ORDER BY b

FROM t |> AGGREGATE sum(a) GROUP BY b, c > 2 AS big |> ORDER BY b, big

FROM t |> AGGREGATE sum(a) GROUP BY ROLLUP(b) |> ORDER BY b

FROM t |> AGGREGATE sum(a) GROUP BY b WITH CUBE |> ORDER BY b, 2

FROM t |> AGGREGATE sum(a) GROUP BY GROUPING SETS ((b), ()) |> ORDER BY b, 2

FROM t |> AGGREGATE a GROUP BY b

FROM t |> AGGREGATE a + 1

FROM t |> AGGREGATE sum(a) GROUP BY 1

FROM t |> AGGREGATE b, sum(a) GROUP BY b |> ORDER BY b

FROM t |> AGGREGATE

FROM t |> SELECT sum(a)

FROM t |> SELECT a, sum(a) OVER () AS s |> ORDER BY a

FROM t |> SELECT DISTINCT b |> ORDER BY b

FROM t |> SELECT b, count(*) GROUP BY b |> ORDER BY b

FROM t |> SELECT a |> WHERE t.a > 2

FROM t |> JOIN u ON t.a = u.a |> SELECT t.a, b, d |> ORDER BY a

FROM t |> LEFT JOIN u USING (a) |> ORDER BY a

FROM t |> FULL OUTER JOIN u USING (a) |> ORDER BY a

FROM t |> CROSS JOIN u |> AGGREGATE count(*) AS n

FROM t |> NATURAL JOIN u |> ORDER BY a

FROM t |> LEFT SEMI JOIN u ON t.a = u.a |> ORDER BY a

FROM t |> LEFT ANTI JOIN u ON t.a = u.a |> ORDER BY a

FROM t |> AS l |> JOIN u AS r ON l.a = r.a |> SELECT l.a, r.d |> ORDER BY 1

FROM t |> JOIN LATERAL (SELECT t.a + 1 AS n) |> SELECT a, n |> ORDER BY a

FROM t |> SELECT a |> UNION ALL SELECT a FROM u |> ORDER BY a

FROM t |> SELECT a |> UNION TABLE nosuch

FROM t |> SELECT a |> INTERSECT SELECT a FROM u |> ORDER BY a

FROM t |> SELECT a |> EXCEPT ALL SELECT a FROM u |> ORDER BY a

FROM t |> SELECT a |> MINUS VALUES (1), (2) |> ORDER BY a

FROM t |> SELECT a |> UNION BY NAME SELECT a FROM u

FROM t |> SELECT a, b |> PIVOT (count(a) FOR b IN ('x', 'y'))

FROM t |> SELECT a, c |> UNPIVOT (v FOR k IN (a, c))

FROM t |> SELECT a, CAST(c AS INT) AS c |> UNPIVOT (v FOR k IN (a, c)) |> ORDER BY k, v

FROM t |> TABLESAMPLE (100 PERCENT) |> AGGREGATE count(*) AS n

FROM t |> TABLESAMPLE (2 ROWS) |> AGGREGATE count(*) AS n

FROM t |> LIMIT 1 OFFSET 1 |> AGGREGATE count(*) AS n

FROM t |> ORDER BY a |> OFFSET 2

FROM t |> ORDER BY a |> LIMIT 2 |> WHERE a > 1

FROM t |> SORT BY a |> SELECT a

FROM t |> DISTRIBUTE BY b |> AGGREGATE sum(a) AS s

FROM t |> CLUSTER BY b |> AGGREGATE sum(a) AS s

FROM t |> WINDOW w AS (PARTITION BY b) |> SELECT a

FROM t |> SELECT a, sum(a) OVER w AS s WINDOW w AS (PARTITION BY b) |> ORDER BY a

FROM t |> LATERAL VIEW explode(array(1, 2)) e AS x |> SELECT a, x |> ORDER BY a, x

FROM t |> NOSUCH a

FROM t |>

FROM t |> WHERE

SELECT * FROM t |> WHERE a > 2 |> ORDER BY a

SELECT a FROM t WHERE a > 1 |> EXTEND a + 1 AS b |> ORDER BY a

SELECT a FROM t ORDER BY a LIMIT 2 |> SELECT a + 1 AS n

VALUES (1), (2) |> SELECT col1 + 1 AS n |> ORDER BY n

VALUES (1), (2) AS v(x) |> WHERE x = 2

(SELECT 1 AS a) |> EXTEND 2 AS b

WITH q AS (SELECT 1 AS a) FROM q |> SELECT a + 1 AS b

WITH q AS (FROM t |> WHERE a < 3) FROM q |> AGGREGATE sum(a) AS s

SELECT * FROM (FROM t |> WHERE a = 1) AS s

SELECT (FROM t |> AGGREGATE max(a)) AS m

SELECT a FROM t WHERE a IN (FROM u |> SELECT a) ORDER BY a

FROM t |> WHERE a IN (SELECT a FROM u) |> WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a) |> ORDER BY a

CREATE VIEW pv AS FROM t |> WHERE a > 2 |> SELECT a

SELECT * FROM pv ORDER BY a

CREATE TABLE pt USING parquet AS FROM t |> AGGREGATE count(*) AS n

SELECT * FROM pt

INSERT INTO pt FROM t |> AGGREGATE sum(a) AS s

SELECT * FROM pt ORDER BY n

FROM t |> WHERE a = 1 INSERT INTO pt SELECT a

FROM range(3) |> SELECT id + 1 AS n |> ORDER BY n

FROM explode(array(1, 2)) |> WHERE col > 1

FROM t, u |> WHERE t.a = u.a |> SELECT t.a, d |> ORDER BY 1

FROM t |> SELECT * EXCEPT (b) |> ORDER BY a

FROM t |> SELECT /*+ BROADCAST(t) */ a |> ORDER BY a

FROM t |> SELECT a AS `x y` |> ORDER BY `x y`

FROM t |> SELECT explode(array(a, a)) AS e |> ORDER BY e

FROM t |> EXTEND explode(array(1)) AS e |> ORDER BY a

FROM t |> ORDER BY a |> SELECT b |> LIMIT 1

FROM t |> ORDER BY sum(a)

FROM t |> SELECT a |> ORDER BY b

FROM t |> LIMIT 'x'

FROM t |> AS x(p, q, r) |> SELECT p

DESCRIBE QUERY FROM t |> EXTEND a + 1 AS z

>>> spark.sql("FROM t |> WHERE a = :k |> SELECT b", {"k": 1})

>>> spark.sql("FROM t |> WHERE a > ? |> LIMIT ? |> AGGREGATE count(*) AS n", [1, 2])

FROM t |> SELECT a |> WHERE b = 'x'

FROM t |> SELECT a AS z |> ORDER BY a

FROM t |> AGGREGATE sum(a) AS s GROUP BY b |> ORDER BY sum(a)

FROM t |> AGGREGATE sum(a) AS s GROUP BY b |> WHERE c > 1

FROM t |> SELECT a |> LIMIT b

FROM t |> EXTEND a + 1 AS z |> DROP a |> ORDER BY a

FROM t |> DROP a |> WHERE a > 1

FROM t |> SELECT a |> SORT BY b

FROM t |> SELECT a |> AGGREGATE sum(c)

FROM t |> AGGREGATE sum(a) GROUP BY 2 |> ORDER BY b


FROM t |> AGGREGATE 1 GROUP BY b

FROM t |> AGGREGATE sum(a), b GROUP BY b

FROM t |> EXTEND 1 + sum(a)

FROM t |> SET a = 1 + max(b)

FROM t |> DROP nosuch, b

FROM t |> DROP a, b, a

FROM t |> DROP t.nosuch

FROM t |> WHERE a > 1 |>

SELECT 1 AS x |>

FROM t |> SELECT a WHERE a > 1

CREATE TABLE x (a INT, x INT, s STRUCT<x: INT, y: STRUCT<z: INT, w: INT>>) USING parquet

INSERT INTO x VALUES (1, 2, struct(3, struct(4, 5)))

SELECT * EXCEPT (s.x) FROM x

SELECT * EXCEPT (s.x, s.y.z) FROM x

SELECT * EXCEPT (x.s.x) FROM x

SELECT * EXCEPT (x.a) FROM x

SELECT * EXCEPT (u.a) FROM x

SELECT * EXCEPT (a, a) FROM x

SELECT * EXCEPT (s, s.x) FROM x

SELECT * EXCEPT (s.nosuch) FROM x

SELECT * EXCEPT (a.b) FROM x

SELECT * EXCEPT (a, x, s) FROM x

SELECT x.* EXCEPT (a) FROM x

SELECT s.* EXCEPT (x) FROM x

SELECT s.* EXCEPT (y.z) FROM x

SELECT struct(* EXCEPT (a)) FROM x

FROM x |> DROP s.x

FROM x |> SET nosuch = 1

FROM x |> SET s.x = 1

FROM x |> SET A = 5

FROM x |> DROP x.a, x
