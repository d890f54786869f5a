CREATE TABLE t (a INT, b STRING, s STRUCT<x: INT, y: ARRAY<STRING>>, m MAP<STRING, INT>) USING parquet

INSERT INTO t VALUES (1, 'x', struct(1, array('p', 'q')), map('k', 1)), (2, NULL, NULL, map()), (3, 'z', struct(NULL, NULL), NULL)

SELECT s.x, s.y[0], m['k'], s.* FROM t ORDER BY a

SELECT s.nosuch FROM t

SELECT b.x FROM t

SELECT a.b.c FROM t

SELECT s['x'], s.y['0'] FROM t

SELECT m.k, m.nosuch FROM t ORDER BY a

SELECT element_at(m, 'k'), element_at(s.y, -1), try_element_at(s.y, 9) FROM t ORDER BY a

SELECT * FROM t WHERE s IS NOT NULL AND s.x IS NULL

SELECT * FROM t WHERE s = struct(1, array('p', 'q'))

SELECT s FROM t ORDER BY s

SELECT m FROM t ORDER BY m

SELECT m, count(*) FROM t GROUP BY m

SELECT s, count(*) FROM t GROUP BY s ORDER BY 2, s

SELECT DISTINCT m FROM t

SELECT a FROM t UNION SELECT m FROM t

SELECT named_struct('a', 1, 'a', 2).a

SELECT struct(a, b).b, struct(a AS z).z FROM t ORDER BY 1

SELECT array(1, 2, 3)[1:2]

SELECT a[0] FROM t

SELECT explode(m) FROM t

SELECT a, b FROM t ORDER BY b NULLS LAST, a DESC

SELECT a FROM t ORDER BY a + 1 DESC, length(b)

SELECT a AS x FROM t WHERE x > 1

SELECT a AS x FROM t GROUP BY x HAVING x > 1 ORDER BY x

SELECT a + 1 AS a FROM t ORDER BY a

SELECT count(*), a FROM t

SELECT max(a) + 1, min(b) || 'q' FROM t

SELECT a % 2 AS k, count(*) AS n, sum(a) FILTER (WHERE a > 1) FROM t GROUP BY k ORDER BY k

SELECT first(b), last(b), first(b, true), any_value(b) FROM (SELECT * FROM t ORDER BY a)

SELECT collect_list(b), collect_set(a % 2), array_agg(a) FROM (SELECT * FROM t ORDER BY a)

SELECT string_agg(b, '-') WITHIN GROUP (ORDER BY b DESC) FROM t

SELECT approx_count_distinct(a), count_if(a > 1), bool_and(a > 0), every(a > 1), some(a > 2) FROM t

SELECT corr(a, a), covar_pop(a, a), stddev(a), variance(a), skewness(a), kurtosis(a) FROM t

SELECT percentile(a, 0.5), percentile_approx(a, 0.5), median(a), mode(a) FROM t

SELECT max_by(b, a), min_by(b, a), sum(a), avg(a), try_sum(a), product(a) FROM t

SELECT grouping(a), count(*) FROM t GROUP BY a

SELECT a, grouping(a), grouping_id(a) FROM t GROUP BY CUBE(a) ORDER BY 1, 2

SELECT row_number() OVER (ORDER BY a), sum(a) OVER (), lag(b, 1, 'none') OVER (ORDER BY a) FROM t ORDER BY 1

SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) FROM t ORDER BY a

SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM t

SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t

SELECT sum(a) OVER (ROWS 1 PRECEDING) FROM t

SELECT a, sum(a) OVER w1, sum(a) OVER w2 FROM t WINDOW w1 AS (ORDER BY a), w2 AS (PARTITION BY b) ORDER BY a

SELECT a FROM t WHERE a = (SELECT 1 UNION ALL SELECT 2)

SELECT a FROM t WHERE EXISTS (SELECT * FROM t AS u WHERE u.a = t.a + 1) ORDER BY a

SELECT a, (SELECT b FROM t AS u WHERE u.a = t.a) FROM t ORDER BY a

SELECT a, (SELECT u.b FROM t AS u WHERE u.a >= t.a) FROM t

SELECT a FROM t WHERE a IN (SELECT a, b FROM t)

SELECT a IN (1, 2), a IN (SELECT 1) FROM t ORDER BY a

SELECT * FROM t AS x(p, q) LIMIT 1

SELECT * FROM t AS x(p, q, r, u) ORDER BY p LIMIT 1

SELECT x.* FROM (SELECT a FROM t) AS x(z) ORDER BY z

SELECT t1.a, t2.a FROM t t1 CROSS JOIN t t2 WHERE t1.a < t2.a ORDER BY 1, 2

SELECT * FROM t t1 JOIN t t2 ON t1.a = t2.a + 1 JOIN t t3 USING (a) ORDER BY 1

SELECT t1.a FROM t t1 JOIN t t2 USING (a, b) ORDER BY a

SELECT * FROM (SELECT 1 AS a, 2 AS b) x NATURAL LEFT JOIN (SELECT 1 AS a, 3 AS c) y

SELECT * FROM (SELECT 1 AS k) x FULL JOIN (SELECT 2 AS k) y USING (k) ORDER BY k

SELECT x.k, y.k FROM (SELECT 1 AS k) x FULL JOIN (SELECT 2 AS k) y USING (k) ORDER BY 1, 2

SELECT * FROM t JOIN t ON t.a = t.a

SELECT * FROM t, LATERAL (SELECT t.a + 1 AS n) ORDER BY a

SELECT * FROM t, (SELECT t.a + 1 AS n)

SELECT * FROM (SELECT 1 AS a, 2 AS a, 3 AS b) x JOIN (SELECT 1 AS a, 4 AS c) y USING (a)

SELECT * FROM (SELECT 1 AS a, 3 AS b) x JOIN (SELECT 1 AS a, 9 AS a, 4 AS c) y USING (a)

SELECT * FROM (SELECT 1 AS a, 2 AS a, 3 AS b) x NATURAL JOIN (SELECT 1 AS a, 4 AS c) y

SELECT * FROM t LEFT JOIN LATERAL (SELECT u.a AS ua FROM t u WHERE u.a > t.a) ON true ORDER BY a, ua

SELECT CASE a WHEN 1 THEN 'one' WHEN 2 THEN 2 ELSE NULL END FROM t

SELECT CASE WHEN a > 1 THEN a ELSE b END FROM t

SELECT coalesce(b, a) FROM t ORDER BY a

SELECT nvl(b, 'n'), nvl2(b, 1, 0), ifnull(b, 'i'), nullif(a, 1), zeroifnull(NULL), nullifzero(0) FROM t ORDER BY a

SELECT greatest(a, 2), least(a, 2.5), greatest(b, 'y') FROM t ORDER BY a

SELECT a BETWEEN 1 AND 2, a NOT IN (1), b LIKE 'x%', b IS NULL, NOT a = 1 FROM t ORDER BY a

SELECT b || a, concat(b, a), concat_ws('-', a, b), b + 1 FROM t WHERE a = 2

SELECT substring(b, 1), left(b, 1), repeat(b, 2), lpad(b, 3, '*'), split('a,b', ','), regexp_replace('abc', 'b', 'x') FROM t ORDER BY a

SELECT date '2024-02-29' + 1, date_add('2024-01-01', 1), add_months(date '2024-01-31', 1), months_between('2024-03-01', '2024-01-01'), last_day('2024-02-01'), trunc('2024-05-06', 'MM'), date_format('2024-05-06', 'yyyy/MM')

SELECT to_date('2024-13-01')

SELECT to_timestamp('2024-01-01 10:00:00'), to_date('01/02/2024', 'dd/MM/yyyy'), unix_timestamp('2024-01-01 00:00:00'), from_unixtime(0)

SELECT make_date(2024, 2, 30)

SELECT try_make_timestamp(2024, 2, 30, 0, 0, 0), make_interval(1, 2), make_dt_interval(1), make_ym_interval(1, 2)

SELECT round(2.5), bround(2.5), ceil(1.2), floor(-1.2), round(123.456, -1), 5 / 2, 5 div 2, -5 % 3, pmod(-5, 3), power(2, 10)

SELECT CAST(2.5 AS INT), CAST('2.5' AS INT)

SELECT CAST('2.5' AS DOUBLE), CAST(' 7 ' AS INT), CAST('1e2' AS DECIMAL(5,1)), CAST(true AS INT), CAST('t' AS BOOLEAN)

SELECT CAST('12:30' AS TIMESTAMP) IS NOT NULL, CAST('2024' AS DATE), CAST('2024-1-2' AS DATE)

SELECT typeof(1 + 1.0), typeof(1 / 2), typeof(sum(1)), typeof(1L + 1), typeof(1.5 * 2), typeof(array(1, 2L)), typeof(coalesce(1, 2.5))

SELECT json_object_keys('{"a":1}'), get_json_object('{"a":{"b":1}}', '$.a.b'), to_json(struct(1 AS x)), from_json('{"x":1}', 'x INT'), schema_of_json('{"a":[1]}')

SELECT sequence(1, 3), sequence(date '2024-01-01', date '2024-01-03'), array_sort(array(3, 1, 2)), sort_array(array(3, 1), false), array_distinct(array(1, 1)), flatten(array(array(1), array(2)))

SELECT map_keys(m), map_values(m), map_entries(m), cardinality(m), map_concat(m, map('z', 9)) FROM t ORDER BY a

SELECT str_to_map('a:1,b:2'), map_from_arrays(array('x'), array(1)), map_from_entries(array(struct('y', 2)))

SELECT uuid() IS NOT NULL, rand(1) BETWEEN 0 AND 1, hash(1, 'a'), md5('a'), sha2('a', 256), crc32('a'), xxhash64(1)

SELECT input_file_name() = '' FROM VALUES (1)

SELECT stack(2, a, b, a, b) FROM t

SELECT inline(array(s)) FROM t WHERE a = 1

SELECT * FROM t TABLESAMPLE (50 PERCENT) REPEATABLE (1) WHERE a > 100

SELECT /*+ COALESCE(1) */ count(*) FROM t

ALTER TABLE t ADD COLUMN n INT

SELECT n FROM t LIMIT 1

UPDATE t SET a = 1

DELETE FROM t

TRUNCATE TABLE t

SELECT count(*) FROM t
