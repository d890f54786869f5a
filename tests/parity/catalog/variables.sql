DECLARE VARIABLE a INT DEFAULT 5

SELECT a, session.a, system.session.a

DECLARE b = 'x' || 'y'

SELECT b, typeof(b), a + 1 AS c

DECLARE a INT

DECLARE OR REPLACE a BIGINT = a + 1

SELECT a, typeof(a)

DECLARE c

DECLARE n DOUBLE

SELECT n, typeof(n), n IS NULL

DECLARE x1, x2, x3 INT DEFAULT 3

SELECT x1 + x2 + x3

DECLARE d1 INT, d2 INT

DECLARE x1, x1 INT

DECLARE builtin.v INT

DECLARE system.session.q STRING DEFAULT current_database()

SELECT session.q

DECLARE spark_catalog.default.q2 INT

DECLARE bad INT DEFAULT 'abc'

DECLARE bad2 INT DEFAULT nope

DECLARE bad3 DATE DEFAULT 5

DECLARE bad4 INT DEFAULT sum(1)

DECLARE bad5 INT DEFAULT (SELECT 1)

DECLARE ok6 INT DEFAULT (SELECT max(id) FROM range(4))

SELECT ok6

DECLARE ok7 INT DEFAULT rand() * 0

SELECT ok7

DECLARE ok8 TINYINT DEFAULT 300

SET VAR a = 7

SELECT a

SET VARIABLE a = a * 2, b = 'z'

SELECT a, b

SET VAR a = 1, a = 2

SET VAR nope = 1

SET VAR session.a = 9

SELECT a

SET VAR a = DEFAULT

SELECT a

SET VAR (a, b) = (SELECT 3, 'three')

SELECT a, b

SET VAR (a, b) = (SELECT 1)

SET VAR (a, b) = (SELECT id, 'r' FROM range(2))

SET VAR (a, b) = (SELECT id, 'r' FROM range(0))

SELECT a, b

SET VAR a = 'abc'

SET VAR a = 1, b = a

SELECT a, b

SET VAR a = (SELECT max(id) FROM range(10))

SELECT a

SET VAR a = sum(1)

SET VAR a = missing_column + 1

SET VAR (a, nope2) = (SELECT 1, 2)

SET VAR a = 1, b = DEFAULT

SELECT a, b

SET VAR (a) = (SELECT 12)

SELECT a

SET VAR b = 15

SELECT b, typeof(b)

SET VAR x1 = 1.7

SELECT x1

SET VAR x1 = DATE'2020-01-01'

SELECT a FROM VALUES (100) AS t(a)

SELECT t.a, session.a FROM VALUES (100) AS t(a)

SELECT 5 AS a, a + 1 AS next

SELECT 5 AS zz, session.a AS other

SELECT id FROM range(20) WHERE id = a

SELECT max(id) + a FROM range(3)

SELECT a, count(*) FROM range(3) GROUP BY a

SELECT id + a AS s FROM range(2) ORDER BY s

SELECT id FROM range(5) LIMIT x2

SELECT * FROM range(x2)

SELECT (SELECT a), EXISTS (SELECT a), (SELECT max(id + a) FROM range(2))

SELECT transform(array(1, 2), a -> a + 1), transform(array(1, 2), y -> y + a)

SELECT explode(sequence(1, x2)) AS e

WITH q AS (SELECT a AS w) SELECT * FROM q

SELECT * FROM VALUES (a), (a + 1) AS t(v)

DECLARE st = named_struct('f', 1, 'g', array(1, 2))

SELECT st.f, st.g[1], session.st.f, system.session.st

SELECT st.nope

DECLARE m = map('k', 1)

SELECT m['k'], m.k

DECLARE ts = TIMESTAMP'2020-01-01 00:00:00'

SELECT ts, date_format(ts, 'y')

DECLARE dec = CAST(1.5 AS DECIMAL(10, 2))

SELECT dec, dec * 2

SELECT `a`, `session`.`a`

SELECT A, SESSION.A

SELECT unknown_variable

SELECT session.unknown_variable

SELECT a.f

CREATE TEMPORARY VIEW tv AS SELECT a AS v

SELECT * FROM tv

SET VAR a = 77

SELECT * FROM tv

CREATE VIEW pv AS SELECT a AS v

CREATE VIEW pv2 AS SELECT session.a AS v

CREATE TEMPORARY FUNCTION tf(p INT) RETURNS INT RETURN p + a

SELECT tf(1)

CREATE TEMPORARY FUNCTION tf2(a INT) RETURNS INT RETURN a

SELECT tf2(1)

CREATE FUNCTION pf(p INT) RETURNS INT RETURN p + a

CREATE TABLE t (i INT) USING parquet

INSERT INTO t VALUES (a), (a + 1)

INSERT INTO t SELECT a + 10

SELECT * FROM t WHERE i > a ORDER BY i

CREATE TABLE t2 (i INT DEFAULT a) USING parquet

CREATE TABLE t3 USING parquet AS SELECT a AS v, b

SELECT * FROM t3

DROP TEMPORARY VARIABLE a

SELECT a

DROP TEMPORARY VARIABLE a

DROP TEMPORARY VARIABLE IF EXISTS a

DROP TEMPORARY VARIABLE IF EXISTS session.b

SELECT b

DROP TEMPORARY VARIABLE nowhere.b

DROP TEMPORARY VARIABLE spark_catalog.default.b

DROP VARIABLE n

DECLARE `current date` DATE DEFAULT DATE'2024-01-01'

SELECT `current date`

DECLARE current_user = 'me'

SELECT current_user = 'me', session.current_user

SET VAR x1 = NULL

SELECT x1

DECLARE arr ARRAY<INT> DEFAULT array(1, 2, 3)

SET VAR arr = array_append(arr, 4)

SELECT arr, size(arr) AS n

DECLARE vv VARIANT DEFAULT parse_json('{"a": 1}')

SELECT vv:a::int

>>> spark.sql("SELECT ? + x2", args=[10])

>>> spark.range(3).filter("id < x2").selectExpr("id + x2 AS s")

>>> spark.range(1).select(F.expr("x2"), F.col("x2"))

>>> spark.range(1).select(F.col("no_such_variable"))

DECLARE w1, w1 INT

DECLARE a INT DEFAULT 1

SELECT (SELECT a) FROM VALUES (100) AS t(a)

SELECT (SELECT a FROM VALUES (7) AS u(b)) AS r FROM VALUES (100) AS t(a)

DECLARE fl FLOAT DEFAULT 1.5

DECLARE db DOUBLE DEFAULT 1e20

DECLARE si SMALLINT DEFAULT 3

DECLARE bo BOOLEAN DEFAULT true

DECLARE bi BINARY DEFAULT X'01FF'

DECLARE iv = INTERVAL '1' DAY

SELECT fl + 1, db + 1, si + 1, NOT bo, hex(bi), iv * 2

SET VAR db = double('Infinity')

SELECT db + 1

DROP TEMPORARY VARIABLE IF EXISTS a.b.c.d

SET VAR db = DEFAULT, fl = db

SELECT db, fl

>>> spark.sql("SELECT bo").schema.fields[0].nullable

>>> spark.sql("SELECT si AS a").collect()
