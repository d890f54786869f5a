CREATE TABLE t (a INT, b STRING, d DATE) USING parquet

INSERT INTO t VALUES (1, 'x', DATE '2020-01-01'), (2, 'y', NULL), (3, NULL, DATE '2021-01-01')

>>> spark.sql("SELECT * FROM t WHERE a = :a", {"a": 2})

>>> spark.sql("SELECT * FROM t WHERE a = ? AND b = ?", [1, "x"])

>>> spark.sql("SELECT :a AS x, :a + 1 AS y, :b AS z", {"a": 1, "b": "s"})

>>> spark.sql("SELECT :a", {"a": None})

>>> spark.sql("SELECT :a, :b, :c, :d", {"a": True, "b": 1.5, "c": b"x", "d": __import__("datetime").date(2020, 1, 1)})

>>> spark.sql("SELECT :a[1], :m['k']", {"a": F.array(F.lit(1), F.lit(2)), "m": F.create_map(F.lit("k"), F.lit(5))})

>>> spark.sql("SELECT :a", {"a": [1, 2]})

>>> spark.sql("SELECT :a", {"a": {"k": 1}})

>>> spark.sql("SELECT ? + ?", [1])

>>> spark.sql("SELECT ?", [1, 2])

>>> spark.sql("SELECT :a", {"b": 1})

>>> spark.sql("SELECT :a, ?", {"a": 1})

>>> spark.sql("SELECT ':a', `:a`, \":a\" FROM (SELECT 1 AS `:a`)", {"a": 1})

>>> spark.sql("SELECT a FROM t ORDER BY a LIMIT :n OFFSET :o", {"n": 1, "o": 1})

>>> spark.sql("SELECT a FROM t LIMIT :n", {"n": "x"})

>>> spark.sql("SELECT * FROM IDENTIFIER(:t) ORDER BY a", {"t": "t"})

>>> spark.sql("SELECT IDENTIFIER(:c) FROM t ORDER BY 1", {"c": "a"})

>>> spark.sql("SELECT IDENTIFIER(:f)(a) FROM t ORDER BY 1", {"f": "abs"})

>>> spark.sql("SELECT IDENTIFIER('default.' || :t || '.a') FROM t ORDER BY 1", {"t": "t"})

>>> spark.sql("SELECT IDENTIFIER(:c) FROM t", {"c": "a b"})

>>> spark.sql("SELECT IDENTIFIER(:c) FROM t", {"c": 1})

>>> spark.sql("SELECT IDENTIFIER(:c) FROM t", {"c": None})

>>> spark.sql("CREATE TABLE IDENTIFIER(:n) (IDENTIFIER(:c) INT)", {"n": "made", "c": "q"})

>>> spark.sql("INSERT INTO IDENTIFIER(:n) VALUES (:v, 'p', NULL)", {"n": "t", "v": 9})

>>> spark.sql("SELECT count(*) FROM t WHERE a = :v", {"v": 9})

>>> spark.sql("CREATE VIEW pv AS SELECT :x AS x", {"x": 1})

>>> spark.sql("CREATE TEMPORARY VIEW ptv AS SELECT :x AS x", {"x": 1})

SELECT * FROM ptv

>>> spark.sql("SET VAR nosuch = :x", {"x": 1})

>>> spark.sql("SELECT a AS :n FROM t", {"n": "z"})

>>> spark.sql("SELECT CAST(:x AS :t)", {"x": 1, "t": "INT"})

>>> spark.sql("SELECT INTERVAL :n DAY", {"n": 1})

>>> spark.sql("SELECT DATE :d", {"d": "2020-01-01"})

>>> spark.sql("SELECT :a LIKE :b, :a IN (:b, :c)", {"a": "x", "b": "x%", "c": "y"})

>>> spark.sql("DESCRIBE IDENTIFIER(:t)", {"t": "t"})

>>> spark.sql("SHOW TABLES LIKE :p", {"p": "t*"})

>>> spark.sql("VALUES (:a, ?)", {"a": 1})

>>> spark.sql("SELECT * FROM {x} WHERE a > {m}", x=spark.table("t"), m=1)

>>> spark.sql("SELECT {c} FROM t ORDER BY 1", c=F.col("a"))

>>> spark.sql("SELECT * FROM VALUES (:a), (:b) AS v(x)", {"a": 1, "b": 2})

>>> spark.sql("WITH q AS (SELECT :a AS x) SELECT x + :a FROM q", {"a": 1})

>>> spark.sql("SELECT a, count(*) FROM t GROUP BY a HAVING count(*) >= :n ORDER BY :o", {"n": 1, "o": 1})

>>> spark.sql("SELECT :a.x", {"a": F.struct(F.lit(1).alias("x"))})

>>> spark.sql("SELECT :a + 1", {"a": F.lit(1) + 2})

>>> spark.sql("SELECT :a", {"a": F.sum(F.lit(1))})

>>> spark.sql("EXECUTE IMMEDIATE 'SELECT ?' USING :x", {"x": 5})

>>> spark.sql("BEGIN DECLARE v INT DEFAULT :x; SELECT v + :x; END", {"x": 5})

SELECT ?

SELECT :x

EXECUTE IMMEDIATE 'SELECT * FROM t WHERE a = ?' USING 1

EXECUTE IMMEDIATE 'SELECT * FROM t WHERE a = :x' USING 2 AS x

EXECUTE IMMEDIATE 'SELECT * FROM t WHERE a = :x' USING (2 AS x)

EXECUTE IMMEDIATE 'SELECT :x + ?' USING 1 AS x, 2

EXECUTE IMMEDIATE 'SELECT :x' USING 1

EXECUTE IMMEDIATE 'SELECT 1' USING 1

EXECUTE IMMEDIATE 'CREATE TABLE ei (a INT)'

EXECUTE IMMEDIATE 'INSERT INTO ei VALUES (?), (?)' USING 1, 2

EXECUTE IMMEDIATE 'SELECT sum(a) FROM ei'

DECLARE v INT

DECLARE s STRING DEFAULT 'SELECT 4'

EXECUTE IMMEDIATE 'SELECT max(a) FROM ei' INTO v

SELECT v

EXECUTE IMMEDIATE s INTO v

SELECT v

EXECUTE IMMEDIATE s || '2' INTO v

SELECT v

EXECUTE IMMEDIATE 'SELECT 1, 2' INTO v

EXECUTE IMMEDIATE 'SELECT a FROM ei' INTO v

EXECUTE IMMEDIATE 'SELECT a FROM ei WHERE a > 10' INTO v

SELECT v

EXECUTE IMMEDIATE 'SELECT 5' INTO nosuch

EXECUTE IMMEDIATE 'INSERT INTO ei VALUES (3)' INTO v

EXECUTE IMMEDIATE 'SELECT ''x''' INTO v

EXECUTE IMMEDIATE 'SELEC'

EXECUTE IMMEDIATE NULL

EXECUTE IMMEDIATE 5

EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''SELECT 1'''

EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'

EXECUTE IMMEDIATE 'BEGIN SELECT 1; END'

SET VAR v = 10

EXECUTE IMMEDIATE 'SELECT v + ?' USING v

SET VAR (v, s) = (SELECT 11, 'eleven')

SELECT v, s

SET VAR (v, s) = (1, 'a')

SET VAR v = 1, s = 'two'

SELECT v, s

SET VAR v = 'x'

SET VAR v = (SELECT a FROM t)

SET VAR v = DEFAULT

SELECT v

SET VAR (v, v) = (SELECT 1, 2)

SET VAR (v, s) = (SELECT 1)

SET VARIABLE session.v = 3, system.session.s = 'q'

SELECT session.v, system.session.s

DECLARE OR REPLACE v = 5.5

SELECT v

DECLARE v INT

DECLARE OR REPLACE VARIABLE w ARRAY<INT> DEFAULT array(1, 2)

SELECT w[0], size(w)

DECLARE VARIABLE x, y, z INT DEFAULT 3

SELECT x, y, z

DECLARE bad INT DEFAULT 'x'

DECLARE bad INT DEFAULT (SELECT max(a) FROM t)

DECLARE bad2 INT DEFAULT a

DECLARE bad3

DECLARE spark_catalog.default.bad INT

DECLARE builtin.bad INT

DROP TEMPORARY VARIABLE v

DROP TEMPORARY VARIABLE v

DROP TEMPORARY VARIABLE IF EXISTS v

DROP VARIABLE x

SELECT v

SELECT a, a AS s FROM t WHERE a = 1

DECLARE a INT DEFAULT 100

SELECT a FROM t WHERE a = 1

SELECT session.a, a FROM t WHERE a = 1

SELECT a

CREATE VIEW vv AS SELECT a

CREATE TEMPORARY VIEW tvv AS SELECT session.a AS q

SELECT * FROM tvv

SET VAR a = 101

SELECT * FROM tvv

SELECT * FROM t WHERE b = s OR t.a < session.a ORDER BY t.a

SELECT * FROM range(session.a - 99)

SELECT sum(a) FROM t LIMIT session.a

CREATE TABLE vt AS SELECT session.a AS q

INSERT INTO vt VALUES (session.a + 1)

SELECT * FROM vt ORDER BY q

CREATE FUNCTION fv() RETURNS INT RETURN session.a

CREATE TEMPORARY FUNCTION fv() RETURNS INT RETURN session.a

SELECT fv()

DELETE FROM vt WHERE q = session.a

SHOW VARIABLES

>>> spark.sql("CREATE OR REPLACE TEMPORARY VIEW p2 AS SELECT a FROM t WHERE b = :b AND d >= :d OR a IN (:x, :y)", {"b": "it's", "d": __import__("datetime").date(2020, 1, 1), "x": 2, "y": None})

SELECT * FROM p2

>>> spark.sql("CREATE VIEW p3 AS SELECT array_contains(:l, a) AS c, a+:n AS s FROM t WHERE a < ?", {"l": F.array(F.lit(1), F.lit(2)), "n": 1.5})

>>> spark.sql("CREATE VIEW p3 AS SELECT array_contains(:l, a) AS c, a+:n AS s FROM t WHERE a < :m", {"l": F.array(F.lit(1), F.lit(2)), "n": 1.5, "m": 5})

SELECT * FROM p3 ORDER BY s

>>> spark.sql("CREATE FUNCTION pf(x INT) RETURNS INT RETURN x * :f", {"f": 10})

SELECT pf(2)

>>> spark.sql("CREATE TABLE pd (a INT DEFAULT :d, b STRING) USING parquet", {"d": 4})

INSERT INTO pd (b) VALUES ('x')

SELECT * FROM pd

>>> spark.sql("SELECT INTERVAL :n DAYS + INTERVAL ? HOURS", {"n": 1})

>>> spark.sql("SELECT INTERVAL ? HOURS", ["3"])

>>> spark.sql("SELECT ?, ?", [F.lit(1), F.col("a")])

>>> spark.sql("SELECT ?", [F.lit(1) + 1])
