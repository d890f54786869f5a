"""What a query's clauses say to one another: groups that are meant, stars from outside, rows in the order they come."""

from __future__ import annotations

from tests.parity.relations.cases import sql

CASES = [
    *sql("""
SELECT struct(g, v), count(*) FROM pairs GROUP BY GROUPING SETS (((g, v)), ())

SELECT (g, v) AS both, count(*) FROM pairs GROUP BY ROLLUP(((g, v)))

SELECT struct(g, v), count(*) FROM pairs GROUP BY (g, v)

SELECT 1 + v, v * 2 + 3, count(*) FROM pairs GROUP BY v + 1, 3 + 2 * v

SELECT v > 1 OR g = 'x', not(v > 2), v IN (1, 2), count(*) FROM pairs GROUP BY 'x' = g OR 1 < v, v <= 2, v IN (2, 1)

SELECT v - 1, count(*) FROM pairs GROUP BY 1 - v

SELECT v + 1 + v, count(*) FROM pairs GROUP BY v + (v + 1) HAVING v + (1 + v) > 4

SELECT v IN (SELECT k FROM t1), count(*) FROM pairs GROUP BY v IN (SELECT k FROM t1)

SELECT (SELECT max(w) FROM t2 WHERE t2.k = t1.k), count(*) FROM t1 GROUP BY (SELECT max(w) FROM t2 WHERE t2.k = t1.k)

SELECT k FROM t1 GROUP BY k HAVING k = (SELECT max(t2.k) FROM t2 WHERE t2.k = t1.k)

SELECT dept, max_by(id, 1), min_by(id, salary), collect_list(id), first(id), last(id) FROM emp GROUP BY ROLLUP(dept)

SELECT id, max_by(id, salary) OVER (PARTITION BY dept), min_by(id, 1) OVER () FROM emp

SELECT g, explode(array(1, 2)) AS e FROM pairs GROUP BY g HAVING e > 1

SELECT g, explode(collect_list(v)) AS e FROM pairs GROUP BY g HAVING count(*) > 2

SELECT explode(array(1, 2)) AS e HAVING e > 1

SELECT g FROM pairs GROUP BY g HAVING explode(array(g)) = 'x'

SELECT g FROM pairs WHERE explode(array(true))

SELECT g FROM pairs GROUP BY g ORDER BY explode(array(g))

SELECT p.g FROM pairs p JOIN pairs q ON explode(array(true))

SELECT g FROM pairs GROUP BY g HAVING row_number() OVER (ORDER BY g) = 1

SELECT sum(row_number() OVER (ORDER BY g)) FROM pairs

SELECT session_window(at, '5 minutes') FROM VALUES (TIMESTAMP '2020-01-01 00:01:00'), (TIMESTAMP '2020-01-01 00:03:00') AS t(at) UNION SELECT session_window(at, '5 minutes') FROM VALUES (TIMESTAMP '2020-01-01 00:02:00') AS t(at)

SELECT * EXCEPT (s.x) FROM nested

SELECT * EXCEPT (S.Y.Z, m, arr, structs) FROM nested

SELECT * EXCEPT (s.x, s.y) FROM nested

SELECT a, FROM VALUES (1) AS t(a)

SELECT k, FROM t1 WHERE k > 1

SELECT s.x, x + 1 FROM nested

SELECT count(v) AS n, sum(v) + n FROM pairs GROUP BY ALL

SELECT count(v) AS n, sum(v) + v FROM pairs GROUP BY ALL

SELECT t1.k, l.* FROM t1, LATERAL (SELECT t1.*, t2.* FROM t2 WHERE t2.k = t1.k) AS l

SELECT id, (SELECT struct(e.id) FROM t1 LIMIT 1) AS q FROM emp e

SELECT id FROM emp e WHERE EXISTS (SELECT e.* FROM t1)

SELECT id FROM emp e WHERE EXISTS (SELECT 1 FROM t1 WHERE EXISTS (SELECT 1 FROM t2 WHERE t2.k = e.id))

SELECT * FROM VALUES (1, 2) AS t(a, b) ORDER BY *

SELECT CASE WHEN true THEN * END FROM t1

SELECT k, t1.k, t2.k FROM t1 FULL JOIN t2 USING (k) WHERE t2.k IS NULL

SELECT t1.*, t2.* FROM t1 RIGHT JOIN t2 USING (k) WHERE w > 'x' ORDER BY w

SELECT * FROM t1, LATERAL (SELECT t1.k + t2.k FROM t2)

SELECT * FROM t1 NATURAL JOIN LATERAL (SELECT k)

SELECT * FROM t1 JOIN LATERAL (SELECT k) USING (k)

SELECT * FROM t1, LATERAL (SELECT rand(0))

SELECT * FROM (SELECT max(k) AS m FROM t1), LATERAL (SELECT m + 0 * rand(0))

SELECT * FROM t1 JOIN LATERAL (SELECT * FROM t2) AS s ON t1.k + rand(0) = s.k

SELECT * FROM t1, LATERAL (VALUES (k))

SELECT * FROM t1, LATERAL VALUES (1)

SELECT k, (SELECT sum(t1.k) FROM t2) FROM t1

SELECT k, (SELECT sum(t1.k + t2.k) FROM t2) FROM t1

SELECT k, (SELECT max(w) FROM t2 WHERE upper(t1.v) = 'A' AND t2.k = t1.k AND t2.k < t1.k) FROM t1

SELECT /*+ BROADCAST(1) */ * FROM t1

SELECT /*+ REPARTITION(upper(v)) */ * FROM t1

SELECT /*+ NOSUCH(t1, 3), MERGE(nosuch) */ k FROM t1

TABLE pairs |> AGGREGATE sum(v) GROUP BY ALL

TABLE pairs |> AGGREGATE sum(v) OVER () GROUP BY g

TABLE pairs |> EXTEND *

TABLE pairs |> PIVOT (sum(v) FOR g IN ('x')) UNPIVOT (n FOR m IN (x))

SELECT id FROM emp WHERE (31, 32) IN (SELECT max(k + 27) AS id, id + 1 FROM t1)

SELECT explode(array(1, 2)) AS e, e + 1 FROM t1

SELECT k AS x, sum(x) OVER () FROM t1

SELECT k AS x, x + 1 AS y FROM t1 GROUP BY k, y

SELECT k AS x, x + 1 AS y FROM t1 GROUP BY ALL

SELECT k AS all, v FROM t1 GROUP BY all

SELECT count(v) AS n FROM t1 GROUP BY n

SELECT g, rand(0), sum(v) FROM pairs GROUP BY g, 2

SELECT * FROM t1 GROUP BY 1, 2

SELECT g, grouping_id(v, g) FROM pairs GROUP BY CUBE(g, v)

SELECT g, grouping__id FROM pairs GROUP BY CUBE(g)

SELECT g FROM pairs GROUP BY g ORDER BY v

SELECT k FROM t1 ORDER BY v, ALL

WITH RECURSIVE q AS (WITH RECURSIVE s AS (VALUES (1) AS t(i) UNION ALL SELECT i + 1 FROM s WHERE i < 3) SELECT i AS j FROM s UNION ALL SELECT j + 10 FROM q WHERE j < 12) SELECT * FROM q

WITH RECURSIVE r(n) AS ((WITH RECURSIVE r(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM r WHERE n < 2) SELECT * FROM r) UNION ALL SELECT n + 5 FROM r WHERE n < 4) SELECT * FROM r

WITH RECURSIVE r(n) AS (SELECT n + 1 FROM r UNION ALL VALUES (0)) SELECT * FROM r

SELECT collect_list(v) RESPECT NULLS, collect_set(v) RESPECT NULLS, array_agg(v) IGNORE NULLS FROM pairs

SELECT g, v, collect_list(v) RESPECT NULLS OVER (PARTITION BY g ORDER BY v) FROM pairs

SELECT max(v) IGNORE NULLS FROM pairs

SELECT lag(v) FILTER (WHERE v > 1) OVER (ORDER BY v) FROM pairs

SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN 1L PRECEDING AND CURRENT ROW) FROM pairs

SELECT v, sum(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND 1 + 1 FOLLOWING) FROM pairs

SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM pairs

SELECT g ILIKE ANY ('X', 'w'), g NOT ILIKE ALL ('X') FROM pairs

SELECT k FROM t1 LIMIT 3000000000

SELECT * FROM VALUES (count(1))

SELECT * FROM VALUES ((SELECT 1))

SELECT city, max(age) AS age FROM people GROUP BY city HAVING age > 30 AND min(age) > 20

SELECT age % 2 AS age, count(*) AS n FROM people GROUP BY 1 HAVING age = 1 ORDER BY age

SELECT max(age) AS age FROM people HAVING age + 1 > 30

SELECT city, count(*) AS age FROM people GROUP BY ROLLUP(city) HAVING abs(age) > 1

SELECT upper(city) AS city FROM people GROUP BY city HAVING city = 'Rome'

SELECT upper(city) AS city FROM people GROUP BY upper(city) HAVING city = 'ROME'

SELECT city, sum(age) AS age FROM people GROUP BY city ORDER BY max(name)

SELECT city, sum(age) AS age FROM people GROUP BY city ORDER BY sum(age)

SELECT * FROM t1 NATURAL CROSS JOIN t2

SELECT dept FROM emp GROUP BY dept HAVING EXISTS (SELECT 1 FROM t1 WHERE t1.k + 3 > max(emp.id))

SELECT dept FROM emp e GROUP BY dept HAVING dept IN (SELECT id FROM dept d WHERE count(e.salary) > 1) AND sum(id) < 9
"""),
]
