"""Queries that Spark refuses, with the few that it takes beside them: columns from around a subquery, words, constants."""

from __future__ import annotations

from tests.parity.relations.cases import conditions, frames, sql

CASES = [
    *conditions("""
SELECT k, (SELECT count(*) FROM t2 GROUP BY t1.k) FROM t1

SELECT k, (SELECT w FROM t2 ORDER BY t1.k LIMIT 1) FROM t1

SELECT k, (SELECT max(w) OVER (PARTITION BY t1.k) FROM t2 LIMIT 1) FROM t1

SELECT k, (SELECT sum(t1.k + 1) OVER () FROM t2 LIMIT 1) FROM t1

SELECT k, (SELECT max(k) + t1.k FROM t2) FROM t1

SELECT k, (SELECT a + t1.k FROM (SELECT max(k) AS a FROM t2)) FROM t1

SELECT k, (SELECT max(x) FROM t2 LATERAL VIEW explode(array(t1.k, 2)) AS x) FROM t1

SELECT k, (SELECT max(x) FROM (SELECT explode(array(t1.k, 2)) AS x)) FROM t1

SELECT k FROM t1 WHERE EXISTS (SELECT 1 FROM t2 LEFT JOIN (SELECT id FROM emp WHERE emp.id = t1.k) e ON e.id = t2.k)

SELECT k FROM t1 WHERE EXISTS (SELECT 1 FROM (SELECT id FROM emp WHERE emp.id = t1.k) e LEFT JOIN t2 ON e.id = t2.k)

SELECT k FROM t1 WHERE EXISTS (SELECT 1 FROM t2 SEMI JOIN (SELECT id FROM emp WHERE emp.id = t1.k) e ON e.id = t2.k)

SELECT k FROM t1 WHERE EXISTS (SELECT 1 FROM (SELECT id FROM emp WHERE emp.id = t1.k) e FULL JOIN t2 ON e.id = t2.k)

SELECT k, (SELECT max(id) FROM (SELECT id FROM emp WHERE emp.id = t1.k) TABLESAMPLE (100 PERCENT)) FROM t1

SELECT k, (SELECT max(e.id) FROM emp e GROUP BY ROLLUP(t1.k)) FROM t1

SELECT t1.k, x.* FROM t1, LATERAL (SELECT * FROM (SELECT t2.k AS a, t2.k + t1.k AS b FROM t2 WHERE t2.k = t1.k) UNPIVOT (v FOR n IN (a, b))) x

SELECT k, (SELECT max(t2.k) FROM t2 JOIN LATERAL (SELECT t2.k AS z) l ON l.z = t1.k) FROM t1

SELECT k, (WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < t1.k) SELECT max(i) FROM r) FROM t1

SELECT k FROM t1 WHERE EXISTS (SELECT * FROM t2 LIMIT t1.k)

SELECT k FROM t1 WHERE EXISTS (SELECT 1 FROM t2 DISTRIBUTE BY t1.k)

SELECT k FROM t1 ORDER BY (SELECT max(w) FROM t2 WHERE t2.k = t1.k)

SELECT k FROM t1 ORDER BY k IN (SELECT k FROM t2), k

SELECT k FROM t1 ORDER BY (SELECT max(w) FROM t2), k

SELECT count(*) FROM t1 GROUP BY (SELECT max(w) FROM t2 WHERE t2.k = t1.k)

SELECT count(*) FROM t1 GROUP BY (SELECT max(w) FROM t2 WHERE t2.k = t1.k) HAVING (SELECT max(w) FROM t2 WHERE t2.k = t1.k) > 'a'

SELECT * FROM t1 JOIN t2 ON (SELECT max(id) FROM emp WHERE emp.id = t1.k) = t2.k

SELECT * FROM t1 LEFT JOIN t2 ON t1.k = t2.k AND t1.k IN (SELECT id FROM emp WHERE emp.id = t2.k)

SELECT * FROM t1 LEFT JOIN t2 ON t1.k = t2.k AND EXISTS (SELECT id FROM emp WHERE emp.id = t1.k)

SELECT explode(array((SELECT max(id) FROM emp WHERE emp.id = t1.k))) AS x FROM t1

SELECT * FROM explode(array(1 IN (SELECT k FROM t2)))

SELECT dept, EXISTS (SELECT 1 FROM dept d WHERE d.id = e.id) FROM emp e GROUP BY dept

SELECT dept, count(*) FROM emp e GROUP BY dept HAVING EXISTS (SELECT 1 FROM dept d WHERE d.id = e.id)

SELECT k FROM t1 WHERE EXISTS (SELECT 1 FROM t2 WHERE max(t1.k + t2.k) > 1)

SELECT 'x' OR true

SELECT true OR 'x'

SELECT 1/0 > 1 AND false

SELECT id FROM range(3) WHERE id < 5 OR 'x'

SELECT id FROM range(3) WHERE id > 5 AND 'x'

SELECT a.k, b.k FROM t1 a JOIN t1 b ON a.k = b.k ORDER BY k

SELECT * FROM (SELECT named_struct('x', 1, 'y', 2) AS s) UNPIVOT (v FOR n IN (s.x, s.y))

SELECT * FROM (SELECT array(1) AS a, array('x') AS b) UNPIVOT (v FOR n IN (a, b))

SELECT v FROM pairs WINDOW w AS (PARTITION BY g), w AS (ORDER BY g)

SELECT k AS a, sum(a) FROM t1 GROUP BY k

SELECT sum(k) FILTER (WHERE NULL) FROM t1

SELECT sum(k) FILTER (WHERE sum(k) > 1) FROM t1

SELECT sum(k) FILTER (WHERE rank() OVER (ORDER BY k) > 1) FROM t1

SELECT k FROM t1 QUALIFY max(k) > 1

SELECT k FROM t1 QUALIFY k > 1
"""),
    *sql("""
SELECT 1 ! BETWEEN 2 AND 3

SELECT NULL IS ! NULL

SELECT ! EXISTS (SELECT 1), CAST(NULL AS STRUCT<a: INT ! NULL>)

SELECT named_struct('a', 1) AS s INTERSECT SELECT named_struct('b', 1)

SELECT named_struct('a', 1) AS s UNION SELECT named_struct('b', 1L)

SELECT sum((SELECT max(k) FROM t2 WHERE t2.k = t1.k)) OVER () FROM t1

SELECT count(s.*), count(nested.s.*), count(*, id) FROM nested

SELECT k, v AS k FROM t1 ORDER BY k

SELECT *, k AS k, k + 0 AS k FROM t1 ORDER BY k + 1

SELECT k, t1.k AS k FROM t1 GROUP BY k ORDER BY k

SELECT k AS a FROM t1 QUALIFY row_number() OVER (ORDER BY a) < 3

SELECT k FROM t1 UNION SELECT k FROM t2 ORDER BY t1.k

SELECT k FROM t1 UNION ALL SELECT CAST(k AS BIGINT) FROM t2 ORDER BY t1.k
"""),
    *sql("SELECT 'a' ! LIKE 'b', 1 ! IN (1, 2), 1 IS ! NULL", conf={"spark.sql.legacy.bangEqualsNot": "true"}),
    *sql(
        """
SELECT k + 1 AS z FROM t1 HAVING z > 2

SELECT count(*) FROM t1 HAVING count(*) > 1

SELECT k, rank() OVER (ORDER BY k) AS r FROM t1 HAVING r > 2

SELECT k FROM t1 GROUP BY k HAVING k > 1
""",
        conf={"spark.sql.legacy.parser.havingWithoutGroupByAsWhere": "true"},
    ),
    *frames({"distinct maps": lambda s: s.sql("SELECT map('a', 1) AS m").dropDuplicates(["m"])}),
]
