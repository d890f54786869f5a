CREATE TABLE t (a INT, b STRING) USING parquet

INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL)

SELECT * FROM range(3)

SELECT * FROM range(1, 4)

SELECT * FROM range(1, 10, 4)

SELECT * FROM range(1, 10, 4, 2)

SELECT * FROM range(start => 1, end => 3)

SELECT * FROM range(end => 2)

SELECT * FROM range(0, 10, 0)

SELECT * FROM range('3')

SELECT * FROM range(2.7)

SELECT * FROM range(NULL)

SELECT * FROM range()

SELECT * FROM range(1, 2, 3, 4, 5)

SELECT * FROM range(3) AS r(x)

SELECT * FROM range(3) AS r(x, y)

SELECT * FROM range(3) r WHERE r.id > 1

SELECT * FROM explode(array(1, 2))

SELECT * FROM explode(collection => array(1, 2))

SELECT * FROM explode(expr => array(1, 2))

SELECT * FROM explode(array(1, 2), 3)

SELECT * FROM explode(1)

SELECT * FROM explode(map('a', 1, 'b', 2)) AS m(k, v)

SELECT * FROM explode_outer(CAST(NULL AS ARRAY<INT>))

SELECT * FROM posexplode(array('p', 'q'))

SELECT * FROM posexplode_outer(array()) AS e(p, v)

SELECT * FROM inline(array(struct(1 AS x, 'a' AS y)))

SELECT * FROM inline_outer(CAST(NULL AS ARRAY<STRUCT<x: INT>>))

SELECT * FROM stack(2, 1, 'a', 2, 'b')

SELECT * FROM stack(3, 1, 2)

SELECT * FROM stack(0, 1)

SELECT * FROM stack(2, 1, 'a')

SELECT * FROM stack(1)

SELECT * FROM json_tuple('{"a": 1, "b": {"c": 2}}', 'a', 'b')

SELECT * FROM json_tuple('{"a": 1}')

SELECT * FROM variant_explode(parse_json('[1, "x", null]'))

SELECT * FROM variant_explode(input => parse_json('{"a": 1, "b": [2]}'))

SELECT * FROM variant_explode_outer(parse_json('1'))

SELECT * FROM sql_keywords() WHERE keyword = 'SELECT'

SELECT count(*) > 100 FROM sql_keywords()

SELECT * FROM collations() WHERE name = 'UTF8_LCASE'

SELECT t.a, x FROM t, LATERAL explode(array(t.a, t.a * 10)) AS e(x) ORDER BY ALL

SELECT t.a, x FROM t, LATERAL range(t.a) AS e(x) ORDER BY ALL

SELECT * FROM t, explode(array(t.a))

SELECT * FROM nosuch_tvf(1)

SELECT * FROM abs(1)

SELECT * FROM sum(1)

SELECT explode(array(1, 2)) AS e

SELECT explode(array(1, 2)), explode(array(3))

SELECT posexplode(array('a')) AS (p, v)

SELECT inline(array(struct(1 AS x, 2 AS y)))

SELECT stack(2, 1, 2)

SELECT stack(2, 1, 'a', 2, 'b') AS (n, s)

SELECT json_tuple('{"a":1}', 'a') AS x

SELECT explode(array(1)) AS (a, b)

SELECT explode(map('k', 1)) AS (a, b)

SELECT explode(map('k', 1)) AS a

SELECT a, explode(array(a)) AS e FROM t WHERE a > 1 ORDER BY a

SELECT a, explode_outer(CAST(NULL AS ARRAY<INT>)) AS e FROM t ORDER BY a

SELECT explode(split(b, '')) AS c, count(*) FROM t GROUP BY 1 ORDER BY 1

SELECT 1 + explode(array(1, 2))

SELECT array(explode(array(1)))

SELECT explode(collect_list(a)) AS e FROM t

CREATE FUNCTION tf(n INT COMMENT 'up to', s STRING DEFAULT 'd') RETURNS TABLE (i INT COMMENT 'number', s STRING) COMMENT 'a table function' RETURN SELECT a, tf.s FROM t WHERE a <= tf.n

SELECT * FROM tf(2) ORDER BY i

SELECT * FROM tf(2, 'q') ORDER BY i

SELECT * FROM tf(s => 'named', n => 1)

SELECT * FROM tf(1, n => 2)

SELECT * FROM tf(nosuch => 2)

SELECT * FROM tf()

SELECT * FROM tf(1, 2, 3)

SELECT * FROM tf('2') ORDER BY i

SELECT * FROM tf('x')

SELECT * FROM tf(2) AS q(x, y) ORDER BY x

SELECT t.a, f.i FROM t, LATERAL tf(t.a) f ORDER BY ALL

SELECT t.a, f.i FROM t LEFT JOIN LATERAL tf(t.a - 1) f ORDER BY ALL

SELECT tf(1)

DESCRIBE FUNCTION tf

SHOW CREATE FUNCTION tf

CREATE OR REPLACE FUNCTION tf2() RETURNS TABLE RETURN SELECT a AS one, b AS two FROM t

SELECT one FROM tf2() ORDER BY one

DESCRIBE FUNCTION tf2

CREATE FUNCTION tf3(x INT) RETURNS TABLE (y INT) RETURN SELECT x, x

CREATE FUNCTION tf3(x INT) RETURNS TABLE (y INT) RETURN x + 1

CREATE FUNCTION tf3(x INT) RETURNS TABLE (y DATE) RETURN SELECT x

CREATE FUNCTION tf3(x INT, x INT) RETURNS TABLE (y INT) RETURN SELECT x

CREATE FUNCTION tf3(x INT) RETURNS TABLE (y INT, y INT) RETURN SELECT x, x

CREATE FUNCTION tf4(x INT) RETURNS TABLE RETURN SELECT x, x + 1

CREATE FUNCTION tf4(x INT) RETURNS TABLE RETURN SELECT x AS a, explode(sequence(1, x)) AS b

SELECT * FROM tf4(2) ORDER BY b

CREATE FUNCTION sf(x INT, y INT DEFAULT x + 1) RETURNS INT RETURN x + y

CREATE FUNCTION sf(x INT DEFAULT 1, y INT) RETURNS INT RETURN x + y

CREATE FUNCTION sf(x INT, y INT DEFAULT 10) RETURNS INT DETERMINISTIC CONTAINS SQL RETURN x + y

SELECT sf(1), sf(1, 2), sf(y => 5, x => 1), sf(x => 3)

SELECT sf(y => 5)

SELECT sf(x => 1, x => 2)

SELECT sf(z => 1)

SELECT sf()

SELECT sf(1, 2, 3)

SELECT sf('a')

SELECT sf(a) FROM t ORDER BY a

SELECT a FROM t WHERE sf(a) > 12

SELECT sf(sf(a)) AS x FROM t ORDER BY sf(a) DESC

SELECT sum(sf(a)), sf(sum(a)) FROM t

SELECT sf(a) AS g, count(*) FROM t GROUP BY sf(a) ORDER BY g

CREATE FUNCTION sub() RETURNS INT RETURN (SELECT max(a) FROM t)

SELECT sub(), sub() + a FROM t ORDER BY a

CREATE FUNCTION lookup(k INT) RETURNS STRING READS SQL DATA RETURN SELECT max(b) FROM t WHERE a = k

SELECT a, lookup(a) FROM t ORDER BY a

CREATE FUNCTION agg(x INT) RETURNS BIGINT RETURN sum(x)

CREATE FUNCTION win(x INT) RETURNS BIGINT RETURN row_number() OVER (ORDER BY x)

CREATE FUNCTION gen(x INT) RETURNS INT RETURN explode(array(x))

CREATE FUNCTION recur(x INT) RETURNS INT RETURN recur(x - 1)

CREATE FUNCTION noret(x INT) RETURN x * 2.5

SELECT noret(2)

DESCRIBE FUNCTION noret

CREATE FUNCTION bad(x INT) RETURNS DATE RETURN x

CREATE FUNCTION bad(x INT) RETURNS INT RETURN nosuch

CREATE FUNCTION bad(x NOSUCHTYPE) RETURNS INT RETURN 1

CREATE FUNCTION st(s STRUCT<a: INT, b: ARRAY<STRING>>) RETURNS STRING RETURN s.b[0] || s.a

SELECT st(struct(1, array('z')))

SELECT st(named_struct('q', 1, 'r', array('z')))

CREATE FUNCTION isodd(x INT) RETURNS BOOLEAN RETURN CASE WHEN x % 2 = 1 THEN true ELSE false END

SELECT a, isodd(a) FROM t WHERE isodd(a) ORDER BY a

SELECT transform(array(1, 2), x -> isodd(x))

SELECT default.isodd(1), spark_catalog.default.isodd(2)

CREATE TEMPORARY FUNCTION isodd(x INT) RETURNS STRING RETURN 'temp'

SELECT isodd(1), default.isodd(1), session.isodd(1), system.session.isodd(1)

DROP TEMPORARY FUNCTION isodd

SELECT isodd(1)

DROP FUNCTION isodd

SELECT isodd(1)

SHOW USER FUNCTIONS

SHOW FUNCTIONS LIKE 's*b'

CREATE FUNCTION IF NOT EXISTS sub() RETURNS INT RETURN 1

CREATE FUNCTION sub() RETURNS INT RETURN 1

CREATE OR REPLACE FUNCTION sub() RETURNS INT RETURN 1

SELECT sub()

CREATE FUNCTION abs(x INT) RETURNS INT RETURN 7

SELECT abs(-1), default.abs(-1)

CREATE TEMPORARY FUNCTION abs(x INT) RETURNS INT RETURN 8

SELECT abs(-1)

DROP TEMPORARY FUNCTION IF EXISTS abs

CREATE FUNCTION nondet() RETURNS DOUBLE NOT DETERMINISTIC RETURN rand()

SELECT nondet() BETWEEN 0 AND 1

CREATE FUNCTION coll(x STRING COLLATE UTF8_LCASE) RETURNS BOOLEAN RETURN x = 'A'

SELECT coll('a')

CREATE FUNCTION vc(x VARCHAR(2)) RETURNS CHAR(4) RETURN x

SELECT vc('abc')

SELECT * FROM range(TABLE(t))

SELECT * FROM explode(TABLE(t))

SELECT * FROM tf(TABLE(t))

SELECT abs(TABLE(t))

SELECT abs(expr => 1)

SELECT mask('AbCD123-@$#', lowerChar => 'q', upperChar => 'Q')

SELECT mask(lowerChar => 'q', str => 'abC')

SELECT mask(lowerChar => 'q')

SELECT mask('a', lowercar => 'q')

SELECT mask('a', str => 'q')

SELECT mask('a', lowerChar => 'q', 'z')

SELECT count_min_sketch(a, epsilon => 0.1, confidence => 0.9, seed => 1) IS NOT NULL FROM t

SELECT concat(a => 1)

SELECT read_files('x')

CREATE FUNCTION v1(x VARCHAR(2)) RETURNS STRING RETURN x

CREATE FUNCTION v2(x STRING) RETURNS CHAR(3) RETURN x

CREATE FUNCTION v3(x STRING) RETURNS TABLE (c CHAR(3)) RETURN SELECT x

CREATE FUNCTION v4(x ARRAY<VARCHAR(2)>) RETURNS INT RETURN 1

CREATE TEMPORARY FUNCTION v5(x VARCHAR(3)) RETURNS INT RETURN 1

DECLARE vv VARCHAR(3)
