CREATE TABLE e (id INT, boss INT, name STRING, pay DECIMAL(8,2)) USING parquet

INSERT INTO e VALUES (1, NULL, 'ann', 10.5), (2, 1, 'bob', 7), (3, 1, 'cid', 7), (4, 2, 'dee', NULL)

WITH RECURSIVE r(id, name, depth) AS (SELECT id, name, 0 FROM e WHERE boss IS NULL UNION ALL SELECT e.id, e.name, depth + 1 FROM e JOIN r ON e.boss = r.id) SELECT * FROM r ORDER BY id

WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT sum(x) FROM n

WITH RECURSIVE n AS (VALUES (1) UNION ALL SELECT col1 + 1 FROM n WHERE col1 < 3) SELECT * FROM n ORDER BY 1

WITH RECURSIVE n MAX RECURSION LEVEL 3 AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 100) SELECT max(x) FROM n

WITH RECURSIVE n AS (SELECT 1 AS x UNION SELECT x + 1 FROM n WHERE x < 5) SELECT * FROM n

WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) SELECT * FROM n LIMIT 3

WITH RECURSIVE n AS (SELECT x + 1 AS x FROM n) SELECT * FROM n

WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT sum(x) FROM n) SELECT * FROM n

WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM b), b AS (SELECT x FROM a) SELECT * FROM a

WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT 'a' FROM n WHERE x < 2) SELECT * FROM n

WITH n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT * FROM n

WITH a AS (SELECT 1 AS x), a AS (SELECT 2 AS x) SELECT * FROM a

WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b

WITH a(p, q) AS (SELECT 1) SELECT * FROM a

WITH a AS (SELECT 1 AS x) SELECT * FROM (WITH a AS (SELECT 2 AS x) SELECT * FROM a)

WITH e AS (SELECT 9 AS id) SELECT * FROM e

WITH a AS (SELECT 1 AS x) INSERT INTO e SELECT x, x, 'z', x FROM a WHERE x > 1

SELECT id, pay + 1 AS p, p * 2 AS q FROM e ORDER BY id

SELECT id AS x, x + 1 AS x, x AS y FROM e

SELECT sum(pay) AS s, s + 1 FROM e

SELECT id, row_number() OVER (ORDER BY id) AS rn, rn + 1 AS nx FROM e ORDER BY id

SELECT name, pay, sum(pay) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM e ORDER BY id

SELECT id, sum(id) OVER (ORDER BY pay RANGE BETWEEN 3 PRECEDING AND CURRENT ROW) AS s FROM e ORDER BY id

SELECT id, first_value(name) IGNORE NULLS OVER w, last_value(name) OVER w, nth_value(name, 2) OVER w FROM e WINDOW w AS (ORDER BY id) ORDER BY id

SELECT id, lag(id) OVER (ORDER BY id), lead(id, 2, -1) OVER (ORDER BY id), ntile(2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY pay), cume_dist() OVER (ORDER BY pay) FROM e ORDER BY id

SELECT id, dense_rank() OVER (PARTITION BY boss ORDER BY pay DESC NULLS LAST) FROM e ORDER BY id

SELECT rank() OVER () FROM e

SELECT rank() FROM e

SELECT sum(sum(id)) OVER () FROM e

SELECT boss, sum(sum(id)) OVER (ORDER BY boss) FROM e GROUP BY boss ORDER BY boss

SELECT id FROM e WHERE row_number() OVER (ORDER BY id) = 1

SELECT id, count(*) OVER nosuch FROM e

SELECT id FROM e WHERE sum(id) > 1

SELECT sum(sum(id)) FROM e

SELECT id, sum(pay) FROM e

SELECT id FROM e GROUP BY name

SELECT count(*) FROM e HAVING count(*) > 10

SELECT boss, count(*) FROM e GROUP BY boss HAVING name = 'x'

SELECT max(name) FILTER (WHERE id < 3), count(*) FILTER (WHERE pay = 7), count(DISTINCT pay), count(pay, boss) FROM e

SELECT sum(DISTINCT pay), avg(pay), min(name), max_by(name, pay), min_by(name, id) FROM e

SELECT e1.name, e2.name FROM e e1 LEFT JOIN e e2 ON e1.boss = e2.id ORDER BY e1.id

SELECT * FROM e e1 JOIN e e2 USING (id) ORDER BY id LIMIT 1

SELECT * FROM e e1 JOIN e e2 USING (nosuch)

SELECT e1.id FROM e e1 JOIN e e2 ORDER BY 1

SELECT id FROM e e1 JOIN e e2 ON e1.id = e2.boss

SELECT * FROM e e1 NATURAL JOIN (SELECT id, 'n' AS extra FROM e) e2 ORDER BY id

SELECT e1.id FROM e e1 LEFT SEMI JOIN e e2 ON e1.id = e2.boss ORDER BY 1

SELECT e1.id FROM e e1 ANTI JOIN e e2 ON e1.id = e2.boss ORDER BY 1

SELECT e1.id, e2.id FROM e e1 RIGHT OUTER JOIN e e2 ON e1.boss = e2.id AND e2.id > 1 ORDER BY 2, 1

SELECT e1.id, e2.id FROM e e1 FULL JOIN e e2 ON e1.boss = e2.id ORDER BY 1, 2

SELECT e1.id FROM e e1 JOIN e e2 ON e1.nosuch = e2.id

SELECT count(*) FROM e e1, e e2, e e3

SELECT nosuch.id FROM e

SELECT e.nosuch FROM e

SELECT e.id.x FROM e

SELECT default.e.id, spark_catalog.default.e.name FROM e ORDER BY 1 LIMIT 1

SELECT e.* FROM e AS e2

SELECT e2.* EXCEPT (name) FROM e AS e2 ORDER BY id LIMIT 1

SELECT struct(*).id FROM e ORDER BY 1 LIMIT 1

SELECT struct(e.*) FROM e WHERE id = 1

SELECT count(e.*) FROM e

SELECT coalesce(*) FROM e ORDER BY id

SELECT id FROM e WHERE pay > (SELECT avg(pay) FROM e)

SELECT id, (SELECT count(*) FROM e e2 WHERE e2.boss = e.id) AS reports FROM e ORDER BY id

SELECT id FROM e WHERE id IN (SELECT boss FROM e) ORDER BY id

SELECT id FROM e WHERE id NOT IN (SELECT boss FROM e)

SELECT id FROM e WHERE id NOT IN (SELECT boss FROM e WHERE boss IS NOT NULL) ORDER BY id

SELECT id FROM e WHERE (id, name) IN (SELECT id, name FROM e WHERE id < 3) ORDER BY id

SELECT id FROM e WHERE (id, name) IN ((1, 'ann'), (2, 'x'))

SELECT id FROM e o WHERE EXISTS (SELECT 1 FROM e i WHERE i.boss = o.id) ORDER BY id

SELECT (SELECT id FROM e)

SELECT (SELECT id, name FROM e WHERE id = 1)

SELECT (SELECT id FROM e WHERE id = 99) AS none

SELECT id FROM e WHERE id = (SELECT max(id) FROM e e2 WHERE e2.boss = e.boss) ORDER BY id

SELECT id FROM e WHERE id > ALL (SELECT boss FROM e)

SELECT id FROM e WHERE id = ANY (SELECT boss FROM e)

SELECT id FROM e WHERE name LIKE ANY ('a%', '%b') ORDER BY id

SELECT id FROM e WHERE name LIKE ALL ('%b', 'b%')

SELECT id FROM e WHERE name NOT LIKE ALL ('a%', 'b%') ORDER BY id

SELECT id FROM e WHERE name ILIKE 'A%'

SELECT id FROM e WHERE name RLIKE '^[ab]' ORDER BY id

SELECT id FROM e WHERE name LIKE 'a!%' ESCAPE '!'

SELECT id FROM e WHERE name LIKE 'a' ESCAPE '!!'

SELECT id FROM e WHERE pay BETWEEN 5 AND 8 ORDER BY id

SELECT id FROM e WHERE pay NOT BETWEEN 5 AND 8

SELECT id FROM e WHERE pay IS DISTINCT FROM 7 ORDER BY id

SELECT id FROM e WHERE pay <=> NULL

SELECT id FROM e WHERE pay IS NOT TRUE

SELECT id FROM e WHERE (pay > 8) IS UNKNOWN

SELECT 1 UNION SELECT 'a'

SELECT 1, 2 UNION SELECT 1

SELECT 1 AS a UNION ALL BY NAME SELECT 2 AS b

SELECT 1 AS a, 2 AS b UNION BY NAME SELECT 3 AS b, 4 AS a ORDER BY a

SELECT id FROM e EXCEPT SELECT 1 ORDER BY id

SELECT id FROM e MINUS SELECT boss FROM e ORDER BY id

SELECT id FROM e INTERSECT ALL SELECT boss FROM e ORDER BY id

(SELECT id FROM e ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM e ORDER BY id DESC LIMIT 1) ORDER BY id

SELECT id FROM e ORDER BY id LIMIT ALL

SELECT id FROM e ORDER BY id LIMIT 1 + 1

SELECT id FROM e ORDER BY id OFFSET 3

SELECT id FROM e ORDER BY id LIMIT 1 OFFSET 1

SELECT id FROM e LIMIT -1

SELECT id FROM e LIMIT NULL

SELECT id FROM e LIMIT 1.5

SELECT id FROM e ORDER BY pay DESC NULLS FIRST, name DESC

SELECT id AS i FROM e ORDER BY e.name DESC

SELECT id FROM e ORDER BY nosuch

SELECT DISTINCT boss FROM e ORDER BY name

SELECT ALL boss FROM e ORDER BY 1

SELECT id FROM e SORT BY id DESC

SELECT id FROM e DISTRIBUTE BY id SORT BY id

VALUES (1, 'a'), (2, 'b')

VALUES (1, 'a'), (2)

VALUES 1, 2

SELECT * FROM VALUES (1, 2.5), (NULL, 3) AS v(a, b)

SELECT * FROM VALUES (1), ('a') AS v(a)

SELECT * FROM VALUES (1, 2) AS v(a)

SELECT * FROM (VALUES (1), (2)) AS v(a) ORDER BY a

SELECT * FROM VALUES (array(1)), (array('a')) AS v(a)

TABLE e

SELECT * FROM (TABLE e) ORDER BY id LIMIT 1

FROM e SELECT id ORDER BY id LIMIT 1

FROM e

SELECT

SELECT FROM e

SELECT * FROM

SELECT id FROM e WHERE

SELECT id, FROM e

SELECT id name FROM e LIMIT 0

SELECT 'a' 'b'

SELECT "a" "b", 'c'

SELECT r'\n', 'a\tb', 'it''s', "say ""hi""", 'a\'b', '\u0041', '\x41', '\101'

SELECT X'1F', x'ab', X'1'

SELECT 1Y, 2S, 3L, 4BD, 5.5F, 6.5D, 1e3, 1.5e2, .5, 5., 128Y

SELECT 1e400, 1e-400

SELECT 99999999999999999999, 0.1234567890123456789012345678901234567890

SELECT DATE '2020-01-01', TIMESTAMP '2020-01-01 10:00:00', TIMESTAMP_NTZ '2020-01-01', TIMESTAMP_LTZ '2020-01-01 00:00:00+01:00'

SELECT DATE '2020-13-01'

SELECT TIMESTAMP 'x'

SELECT INTERVAL 1 DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 02:03:04.5' DAY TO SECOND, INTERVAL 3 MONTHS

SELECT INTERVAL 1 DAY 2 HOURS, INTERVAL '5' MINUTE, INTERVAL -1 YEAR, -INTERVAL 1 YEAR

SELECT INTERVAL 1 MONTH 1 DAY

SELECT INTERVAL '1 month 1 day'

SELECT INTERVAL 1 NOSUCH

SELECT DATE '2020-01-31' + INTERVAL 1 MONTH, TIMESTAMP '2020-01-01 00:00:00' - INTERVAL '1' HOUR, DATE '2020-03-01' - DATE '2020-02-01'

SELECT 7 DIV 2, 7 % 2, -7 % 3, 7 / 2, 1 | 2, 3 & 1, 5 ^ 1, ~5, 1 << 3, -8 >> 1, -8 >>> 60

SELECT true AND NULL, true OR NULL, NOT NULL, true AND NOT false, !true

SELECT 'a' || 'b' || NULL, 'a' || 1, array(1) || array(2)

SELECT 1 = 1.0, '1' = 1, 1 == 1, 1 <> 2, 1 != 2, NULL = NULL, 'a' < 'b'

SELECT 1 IN (1, 2), 1 IN (2, NULL), NULL IN (1), 1 NOT IN (2), 'a' IN ('A')

SELECT CASE WHEN 1 = 1 THEN 'a' END, CASE 1 WHEN 2 THEN 'b' ELSE 'c' END, CASE WHEN false THEN 1 END

SELECT CASE WHEN true THEN 1 ELSE 'a' END

SELECT if(true, 1, 2.5), iff(true, 1, 2)

SELECT CAST('1' AS INT), '1'::INT, INT('1'), CAST('x' AS INT)

SELECT TRY_CAST('x' AS INT), CAST(NULL AS DATE), CAST(1 AS BOOLEAN), CAST('yes' AS BOOLEAN)

SELECT CAST(300 AS TINYINT)

SELECT CAST(1.999 AS DECIMAL(3,1)), CAST(1000 AS DECIMAL(3,1))

SELECT CAST(array(1, 2) AS ARRAY<STRING>), CAST(struct(1, 'a') AS STRUCT<x: BIGINT, y: STRING>), CAST(map('a', 1) AS MAP<STRING, DOUBLE>)

SELECT CAST(DATE '2020-01-01' AS INT)

SELECT CAST('2020-01-01' AS DATE), CAST('2020-01-01 01:02:03' AS TIMESTAMP), CAST(0 AS TIMESTAMP), CAST('10:00' AS TIME)

SELECT 1 + '1', '1.5' + 1, '1' * '2', 1 + NULL, 'a' + 1

SELECT 2147483647 + 1

SELECT 1 / 0

SELECT 1.0 / 0, 1D / 0, 1 % 0, try_divide(1, 0)

SELECT array(1, 2, 3)[0], array(1)[5]

SELECT map('a', 1)['a'], map('a', 1)['b'], struct(1 AS x).x, named_struct('a', 1)['a']

SELECT array(1, 'a'), array(), map(), array(NULL), struct()

SELECT map(1)

SELECT map('a', 1, 'a', 2)

SELECT transform(array(1, 2), x -> x + 1), filter(array(1, 2), (x, i) -> i > 0), aggregate(array(1, 2), 0, (a, x) -> a + x)

SELECT transform(array(1, 2), (x, y, z) -> x)

SELECT x -> x

SELECT exists(array(1), x -> x > 1), forall(array(1), x -> x > 0), zip_with(array(1), array(2), (x, y) -> x * y), map_filter(map(1, 2), (k, v) -> v > 1)

SELECT parse_json('{"a":{"b":[1,2]}}'):a.b[1]::INT, parse_json('{"a":1}'):a

SELECT '{"a":1}':a

SELECT EXTRACT(YEAR FROM DATE '2020-05-06'), EXTRACT(DOW FROM DATE '2020-05-06'), date_part('week', DATE '2020-05-06'), EXTRACT(NOSUCH FROM DATE '2020-05-06')

SELECT TRIM(BOTH 'x' FROM 'xax'), TRIM(LEADING FROM ' a'), TRIM('a' FROM 'aba'), SUBSTRING('hello' FROM 2 FOR 3), POSITION('l' IN 'hello'), OVERLAY('abc' PLACING 'X' FROM 2)

SELECT TIMESTAMPADD(HOUR, 1, TIMESTAMP '2020-01-01 00:00:00'), TIMESTAMPDIFF(MONTH, DATE '2020-01-01', DATE '2020-05-01'), DATEADD(DAY, 1, DATE '2020-01-01'), DATEDIFF(DAY, DATE '2020-01-01', DATE '2020-01-05'), DATE_DIFF(DATE '2020-01-05', DATE '2020-01-01')

SELECT TIMESTAMPADD(NOSUCH, 1, TIMESTAMP '2020-01-01 00:00:00')

SELECT current_date = current_date(), current_user IS NOT NULL, user() = current_user(), current_catalog(), current_database(), current_schema()

SELECT nosuch(1), nosuch2(2)

SELECT abs('a')

SELECT abs(1, 2)

SELECT substring('a')

SELECT upper(*) FROM e

SELECT count(DISTINCT *) FROM e

SELECT id AS `weird name`, id AS `a.b`, id AS `tick``s` FROM e LIMIT 0

SELECT `a.b` FROM (SELECT 1 AS `a.b`)

SELECT a.b FROM (SELECT 1 AS `a.b`)

SELECT `id`.name FROM e

SELECT ID, Name FROM E LIMIT 0

SELECT 1 AS a, 2 AS A

SELECT a FROM (SELECT 1 AS a, 2 AS A)

SELECT 1 a, 2 b -- comment

SELECT /* block /* nested */ */ 1

SELECT 1;

SELECT 1; SELECT 2

;

SELEC 1

SELECT 1 FROM e WHERE id = = 1

SELECT (1

SELECT 1)

SELECT 'unclosed

SELECT `unclosed

SELECT * FROM e TIMESTAMP AS OF '2020-01-01'

SELECT * FROM e@v1

SELECT * FROM parquet.`WAREHOUSE/e`

SELECT * FROM nosuchformat.`WAREHOUSE/e`

SELECT input_file_name() LIKE '%parquet', input_file_block_start() FROM e LIMIT 1

SELECT _metadata.file_name IS NOT NULL, _metadata.row_index FROM e ORDER BY 2 LIMIT 1

SELECT monotonically_increasing_id(), spark_partition_id() FROM e LIMIT 1

SELECT version() LIKE '4.%'

SELECT raise_error('boom')

SELECT assert_true(false, 'no')

SELECT try_add(2147483647, 1), try_to_number('x', '9'), try_element_at(array(1), 5), try_avg(id) FROM e

SELECT * FROM VALUES (DATE '2020-01-01'), ('2020-01-01') AS v(a)

SELECT * FROM VALUES (true), ('true') AS v(a)

SELECT * FROM VALUES (1.5), ('2') AS v(a)

SELECT * FROM VALUES (TIMESTAMP '2020-01-01 00:00:00'), (DATE '2020-01-01') AS v(a)

SELECT * FROM VALUES (struct(1)), (struct('a')) AS v(a)

SELECT * FROM VALUES (map('a', 1)), (map('a', 'b')) AS v(a)

SELECT * FROM VALUES (X'01'), ('a') AS v(a)

SELECT * FROM VALUES (1), (NULL), (2.5) AS v(a)

SELECT * FROM VALUES (1), (DATE '2020-01-01') AS v(a)

SELECT * FROM VALUES ('a'), (CAST('b' AS STRING)) AS v(a)

SELECT * FROM VALUES (1), (1D) AS v(a)

SELECT * FROM VALUES (named_struct('p', 1)), (named_struct('q', 2)) AS v(a)

SELECT * FROM VALUES (1/0) AS v(a)

SELECT * FROM VALUES (1), (2) AS v(a, b)

SELECT * FROM VALUES (struct(1, 2)), (struct(3, 4)) AS v(a, b)

SELECT sum(a) FROM (VALUES (1), (2)) AS v(a, b)

VALUES (1), (2, 3)

SELECT array(named_struct('p', 1)) IN (array(named_struct('q', 1)))

SELECT named_struct('p', 1) IN (named_struct('q', 1L), named_struct('r', 2))

SELECT named_struct('p', 1) <=> named_struct('q', 1), named_struct('p', 1) >= named_struct('q', 1L), named_struct('p', 1) != named_struct('q', 1.5)

SELECT named_struct('p', named_struct('x', 1)) = named_struct('q', named_struct('y', 1))

SELECT array(named_struct('p', 1), named_struct('q', 2))

SELECT greatest(named_struct('p', 1), named_struct('q', 2))

SELECT nullif(named_struct('p', 1), named_struct('q', 1))

SELECT array_contains(array(named_struct('p', 1)), named_struct('q', 1))

SELECT named_struct('p', 1) UNION ALL SELECT named_struct('q', 2)

SELECT map(named_struct('p', 1), 2)[named_struct('q', 1)]

SELECT named_struct('p', 1) IN (SELECT named_struct('q', 1))

SELECT array_position(array(named_struct('p', 1)), named_struct('q', 1))

SELECT decode(named_struct('p', 1), named_struct('q', 1), 'x')

CREATE TABLE t (a INT, b STRING, c DOUBLE) USING parquet

INSERT INTO t VALUES (1, 'x', 1.5), (2, 'y', 2.5)

SELECT * FROM VALUES (1), ('2') AS v(a)

SELECT * FROM VALUES (1), ('a'), (true) AS v(a)

SELECT * FROM VALUES (array(1)), (1) AS v(a)

SELECT * FROM VALUES (CAST('x' AS INT)) AS v(a)

SELECT * FROM VALUES (1, 2), (3) AS v(a)

SELECT * FROM VALUES (1, 2) AS v(a, b, c)

SELECT * FROM VALUES (1, 2), (3, 4) AS v(a)

SELECT (1, 'ann') IN ((1, 'ann'), (2, 'x')), (1, 2) = (1, 2), (1, 2) < (1, 3)

SELECT struct(a, b) IN (struct(1, 'x')) FROM t

SELECT (a, b) = ('1', 'x') FROM t

SELECT (a, b) IN ((1, 'x', 2)) FROM t

SELECT (a, b) BETWEEN (1, 'a') AND (1, 'z') FROM t

SELECT CASE (a, b) WHEN (1, 'x') THEN 'yes' END FROM t

SELECT named_struct('p', a) = named_struct('q', 1) FROM t

SELECT array(named_struct('p', a)) = array(named_struct('q', 1)) FROM t

SELECT coalesce(named_struct('p', a), named_struct('q', 1)) FROM t

SELECT if(true, named_struct('p', a), named_struct('q', 1)) FROM t

SELECT count(t.*) FROM t

SELECT count(*), count(DISTINCT t.*) FROM t

SELECT count(t.*, 1) FROM t

SELECT sum(t.*) FROM t

SELECT 1 AS x, 2 AS x, x FROM t

SELECT 1 AS x, 2 AS x, x + 1 AS y, x AS z

SELECT a, 1 AS b, b + 1 FROM t

SELECT 1 AS x, 2 AS X, x AS z

SELECT a FROM (SELECT 1 AS a, 2 AS A)

SELECT q.a FROM (SELECT 1 AS a, 2 AS A) q

SELECT id FROM (SELECT 1 AS id) a, (SELECT 2 AS id) b

SELECT id FROM (SELECT 1 AS id), (SELECT 2 AS id)

SELECT id, FROM t

SELECT 1,

SELECT a,, b FROM t

SELECT a FROM t,

SELECT a FROM t GROUP BY a,

SELECT * FROM t WHERE x = 1,
