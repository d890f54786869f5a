CREATE TABLE sales (y INT, q STRING, region STRING, amount DECIMAL(10,2)) USING parquet

INSERT INTO sales VALUES (2020, 'q1', 'n', 1), (2020, 'q2', 'n', 2), (2020, 'q1', 's', 3), (2021, 'q1', 'n', 4), (2021, 'q2', 's', 5), (2021, NULL, 's', 6)

SELECT * FROM sales PIVOT (sum(amount) FOR q IN ('q1', 'q2')) ORDER BY y, region

SELECT * FROM sales PIVOT (sum(amount) AS s, count(*) AS n FOR q IN ('q1' AS a, 'q2' AS b)) ORDER BY y, region

SELECT * FROM sales PIVOT (sum(amount) AS s FOR (q, region) IN (('q1', 'n') AS qn, ('q2', 's'))) ORDER BY y

SELECT * FROM sales PIVOT (sum(amount), avg(amount) FOR (q, region) IN (('q1', 'n'), ('q2', 's'))) ORDER BY y

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (max(amount) FOR q IN ('q1', 'q2', 'q3')) ORDER BY y

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR q IN ('q1', NULL)) ORDER BY y

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR q IN (q)) ORDER BY y

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR nosuch IN ('q1'))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (amount FOR q IN ('q1'))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) + 1 FOR q IN ('q1')) ORDER BY y

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR y IN (2020, 2021 AS next)) ORDER BY q

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR y IN ('2020', 2021L)) ORDER BY q

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR y IN (DATE '2020-01-01'))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR y IN (2019 + 1)) ORDER BY q

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR (y, q) IN ((2020, 'q1'), (2021)))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR q IN ('q1', 'q1'))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (collect_list(amount) FOR q IN ('q1' AS one)) AS p ORDER BY p.y

SELECT p.one FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) FOR q IN ('q1' AS one)) p ORDER BY one

SELECT * FROM (SELECT q, amount FROM sales) PIVOT (sum(amount) FOR q IN ('q1', 'q2'))

SELECT * FROM (SELECT q FROM sales) PIVOT (count(*) FOR q IN ('q1', 'q2'))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (count(DISTINCT amount) FOR q IN ('q1')) ORDER BY y

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (sum(amount) OVER () FOR q IN ('q1'))

SELECT * FROM (SELECT y, q, amount FROM sales) PIVOT (first(amount) FILTER (WHERE amount > 1) FOR q IN ('q1')) ORDER BY y

SELECT * FROM sales s PIVOT (sum(s.amount) FOR s.q IN ('q1')) ORDER BY y, region

SELECT * FROM sales PIVOT (sum(amount) FOR q IN ('q1')) WHERE y = 2020 ORDER BY region

SELECT * FROM sales PIVOT (sum(amount) FOR q IN ())

SELECT * FROM sales PIVOT (FOR q IN ('q1'))

SELECT * FROM sales PIVOT (sum(amount) IN ('q1'))

CREATE TABLE wide (id INT, a INT, b INT, c BIGINT, s STRING) USING parquet

INSERT INTO wide VALUES (1, 10, NULL, 30, 'x'), (2, 11, 21, NULL, 'y')

SELECT * FROM wide UNPIVOT (v FOR k IN (a, b, c)) ORDER BY id, k

SELECT * FROM wide UNPIVOT INCLUDE NULLS (v FOR k IN (a, b, c)) ORDER BY id, k

SELECT * FROM wide UNPIVOT EXCLUDE NULLS (v FOR k IN (a AS x, b AS y)) ORDER BY id, k

SELECT * FROM wide UNPIVOT ((v, w) FOR k IN ((a, b), (b, a))) ORDER BY id, k

SELECT * FROM wide UNPIVOT ((v, w) FOR k IN ((a, b) AS ab, (b, a) AS ba)) ORDER BY id, k

SELECT * FROM wide UNPIVOT INCLUDE NULLS ((v, w) FOR k IN ((a, b) AS ab, (b, a))) AS u ORDER BY u.id, u.k

SELECT * FROM wide UNPIVOT ((v, w) FOR k IN ((a, b, c)))

SELECT * FROM wide UNPIVOT (v FOR k IN (a, s))

SELECT * FROM wide UNPIVOT (v FOR k IN (nosuch))

SELECT * FROM wide UNPIVOT (v FOR k IN ())

SELECT * FROM wide UNPIVOT (v FOR k IN (*))

SELECT * FROM wide UNPIVOT (v FOR k IN (a + 1))

SELECT * FROM wide UNPIVOT (id FOR k IN (a, b)) ORDER BY k

SELECT * FROM wide w UNPIVOT (v FOR k IN (w.a, w.b)) ORDER BY 1, k

SELECT id, k, v FROM (SELECT id, a, b FROM wide) UNPIVOT (v FOR k IN (a, b)) WHERE v > 10 ORDER BY id

SELECT * FROM wide UNPIVOT (v FOR k IN (id, a, b, c, s))

SELECT u.k, count(*) FROM wide UNPIVOT (v FOR k IN (a, b)) u JOIN wide w2 ON u.id = w2.id GROUP BY u.k ORDER BY 1

CREATE TABLE n (id INT, arr ARRAY<INT>, m MAP<STRING, INT>, st ARRAY<STRUCT<x: INT, y: STRING>>) USING parquet

INSERT INTO n VALUES (1, array(1, 2), map('a', 1), array(struct(1, 'p'), struct(2, 'q'))), (2, array(), map(), NULL), (3, NULL, NULL, array(NULL))

SELECT id, x FROM n LATERAL VIEW explode(arr) t AS x ORDER BY id, x

SELECT id, x FROM n LATERAL VIEW OUTER explode(arr) t AS x ORDER BY id, x

SELECT id, k, v FROM n LATERAL VIEW explode(m) t AS k, v ORDER BY id

SELECT id, k, v FROM n LATERAL VIEW OUTER explode(m) t AS k, v ORDER BY id

SELECT id, p, x FROM n LATERAL VIEW OUTER posexplode(arr) t AS p, x ORDER BY id, p

SELECT id, t.* FROM n LATERAL VIEW inline(st) t ORDER BY id, x

SELECT id, t.* FROM n LATERAL VIEW OUTER inline(st) t AS x, y ORDER BY id, x

SELECT id, t.* FROM n LATERAL VIEW stack(2, 1, 'a', 2, 'b') t AS i, s ORDER BY id, i

SELECT id, col FROM n LATERAL VIEW explode(arr) ORDER BY id, col

SELECT id, x, y FROM n LATERAL VIEW explode(arr) t AS x LATERAL VIEW explode(array(x, x * 10)) u AS y ORDER BY id, x, y

SELECT id, x FROM n LATERAL VIEW explode(arr) t AS x, y

SELECT id, x FROM n LATERAL VIEW nosuch(arr) t AS x

SELECT id, x FROM n LATERAL VIEW explode(nosuch) t AS x

SELECT id, t.x FROM n LATERAL VIEW explode(sequence(1, id)) t AS x WHERE x > 1 ORDER BY id, x

SELECT id, x FROM n LATERAL VIEW json_tuple('{"a":1,"b":2}', 'a', 'b') t AS x, y ORDER BY id

SELECT id, e.x FROM n, LATERAL explode(arr) AS e(x) ORDER BY id, x

SELECT id, e.* FROM n JOIN LATERAL inline(st) AS e ORDER BY id, x

SELECT id, e.s FROM n LEFT JOIN LATERAL (SELECT sum(x) AS s FROM explode(n.arr) AS t(x)) e ORDER BY id

SELECT id, e.p FROM n CROSS JOIN LATERAL posexplode(arr) AS e(p, x) ORDER BY id, p

SELECT * FROM sales TABLESAMPLE (3 ROWS)

SELECT count(*) FROM sales TABLESAMPLE (100 PERCENT)

SELECT count(*) FROM sales TABLESAMPLE (0 PERCENT)

SELECT count(*) FROM sales TABLESAMPLE (101 PERCENT)

SELECT count(*) FROM sales TABLESAMPLE (-1 ROWS)

SELECT count(*) FROM sales TABLESAMPLE (0 ROWS)

SELECT count(*) FROM sales TABLESAMPLE (1 + 1 ROWS)

SELECT count(*) FROM sales TABLESAMPLE (BUCKET 1 OUT OF 1)

SELECT count(*) FROM sales TABLESAMPLE (BUCKET 2 OUT OF 1)

SELECT count(*) FROM sales TABLESAMPLE (BUCKET 1 OUT OF 2 ON y)

SELECT count(*) FROM sales TABLESAMPLE (BUCKET 1 OUT OF 2 ON rand())

SELECT count(*) FROM sales TABLESAMPLE (100 PERCENT) REPEATABLE (5)

SELECT count(*) FROM sales TABLESAMPLE (100 PERCENT) AS s WHERE s.y = 2020

SELECT count(*) FROM sales TABLESAMPLE (10M)

SELECT count(*) FROM sales TABLESAMPLE (x ROWS)

SELECT count(*) FROM sales TABLESAMPLE ()

SELECT count(*) FROM (SELECT * FROM sales) TABLESAMPLE (100 PERCENT) s

SELECT /*+ BROADCAST(n) */ count(*) FROM sales JOIN n ON y = id

SELECT /*+ MERGE(nosuch) */ 1

SELECT /*+ NOSUCH(1) */ 1

SELECT /*+ REPARTITION(2), COALESCE(1) */ y FROM sales ORDER BY y LIMIT 1

SELECT /*+ REPARTITION('x') */ y FROM sales

SELECT /*+ REPARTITION(2, nosuch) */ y FROM sales

SELECT /*+ COALESCE */ y FROM sales

SELECT /*+ COALESCE(1, 2) */ y FROM sales

SELECT /*+ REPARTITION_BY_RANGE(2, y) */ count(*) FROM sales

SELECT /*+ REPARTITION_BY_RANGE */ count(*) FROM sales

SELECT /*+ REBALANCE(y) */ count(*) FROM sales

SELECT /*+ SHUFFLE_HASH(sales) BROADCASTJOIN(n) */ count(*) FROM sales, n

SELECT /*+ */ 1

SELECT /*+ BROADCAST(n */ 1

SELECT y, q, sum(amount) FROM sales GROUP BY y, q WITH ROLLUP ORDER BY y, q, 3

SELECT y, q, sum(amount), grouping_id() FROM sales GROUP BY CUBE (y, q) ORDER BY 1, 2, 4

SELECT y, grouping(y), count(*) FROM sales GROUP BY GROUPING SETS ((y), (y, q), ()) ORDER BY 1, 2, 3

SELECT y, region, count(*) FROM sales GROUP BY y, GROUPING SETS ((region), ()) ORDER BY 1, 2

SELECT y, region, count(*) FROM sales GROUP BY ROLLUP (y), CUBE (region) ORDER BY 1, 2, 3

SELECT y, count(*) AS n FROM sales GROUP BY ALL ORDER BY ALL

SELECT y + 1, count(*) FROM sales GROUP BY 1 ORDER BY 1

SELECT y, count(*) FROM sales GROUP BY 2

SELECT y, count(*) FROM sales GROUP BY 3

SELECT y FROM sales ORDER BY 2

SELECT DISTINCT ON (y) y FROM sales

SELECT y, sum(amount) FILTER (WHERE q = 'q1') AS s FROM sales GROUP BY y HAVING s > 1 ORDER BY y

SELECT y, amount, rank() OVER (PARTITION BY y ORDER BY amount DESC) AS r FROM sales QUALIFY r = 1 ORDER BY y

SELECT * EXCEPT (amount) FROM sales ORDER BY ALL LIMIT 1

SELECT * EXCEPT (nosuch) FROM sales

SELECT * REPLACE (1 AS y) FROM sales

SELECT any_value(y) IGNORE NULLS, mode() WITHIN GROUP (ORDER BY region) FROM sales

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS m, listagg(region, ',') WITHIN GROUP (ORDER BY region) AS l FROM sales
