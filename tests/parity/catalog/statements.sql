CREATE VIEW today AS SELECT current_date

DESCRIBE today

CREATE VIEW now_and_more AS SELECT current_timestamp, current_user, 1 + 1

CREATE VIEW whose AS SELECT *, current_user FROM VALUES (1) AS t(a)

DESCRIBE whose

ALTER VIEW whose AS SELECT current_date

CREATE TABLE chars (c CHAR(5), d CHAR(3), v VARCHAR(4)) USING parquet

INSERT INTO chars VALUES ('a', 'a', 'a'), ('ab', 'b', 'b'), (NULL, NULL, NULL)

SELECT nullif(c, 'a'), nullif(c, d), nullif(d, c), nullif(c, v), nullif('a', c) FROM chars

SELECT c FROM chars WHERE nullif(c, 'ab') IS NULL

SELECT equal_null(c, d), decode(c, 'a', 1, 2), CASE c WHEN 'a' THEN 1 WHEN d THEN 2 ELSE 3 END FROM chars

CREATE TABLE sized (c CHAR(5,2)) USING parquet

SELECT cast('a' AS STRING(5))

CREATE TABLE s1 (a INT) STORED AS parquet

CREATE TABLE s2 STORED AS orc AS SELECT 1 AS a

CREATE TABLE s3 (a INT, p INT) PARTITIONED BY (p) STORED AS avro

CREATE TABLE s4 (a INT) USING hive

CREATE TABLE s5 (a INT) ROW FORMAT SERDE 'x' STORED AS parquet

CREATE TABLE s6 (a INT) ROW FORMAT DELIMITED STORED AS sequencefile

CREATE TABLE s7 (a INT) USING parquet ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS textfile

CREATE TABLE s8 (a INT) USING parquet ROW FORMAT SERDE 'a.b'

CREATE TABLE s9 LIKE chars STORED AS parquet

CREATE TABLE parts (a INT, p INT, q STRING) USING parquet PARTITIONED BY (p, q)

INSERT INTO parts VALUES (1, 1, 'x'), (2, 2, 'y')

ALTER TABLE parts ADD PARTITION (p = 4, q = '') LOCATION 'WAREHOUSE/else4'

ALTER TABLE parts ADD PARTITION (p = 3, q = 'z') LOCATION 'WAREHOUSE/else3' PARTITION (p = 4, q = NULL) LOCATION 'WAREHOUSE/else4'

INSERT INTO parts VALUES (10, 1, 'x'), (30, 3, 'z'), (40, 4, ''), (41, 4, NULL), (50, 5, 'n')

SELECT * FROM parts ORDER BY a

SHOW PARTITIONS parts

>>> spark.read.parquet("WAREHOUSE/else3").orderBy("a")

INSERT INTO parts PARTITION (p = 3, q) SELECT 31, 'z' UNION ALL SELECT 32, 'w'

SELECT * FROM parts ORDER BY a

SET spark.sql.sources.partitionOverwriteMode=dynamic

INSERT OVERWRITE parts PARTITION (p, q) SELECT 33, 3, 'z' UNION ALL SELECT 51, 5, 'n'

SELECT * FROM parts ORDER BY a

SET spark.sql.sources.partitionOverwriteMode=static

INSERT OVERWRITE parts PARTITION (p = 3, q) SELECT a + 1, q FROM parts WHERE p = 1

INSERT OVERWRITE parts PARTITION (p = 3, q) SELECT 34, 'v'

SELECT * FROM parts ORDER BY a

SHOW PARTITIONS parts

>>> spark.read.parquet("WAREHOUSE/else3")

INSERT OVERWRITE parts SELECT 60, 4, NULL

SELECT * FROM parts ORDER BY a

SHOW PARTITIONS parts

CREATE TABLE defaulted (a INT) USING parquet

INSERT INTO defaulted VALUES (1)

ALTER TABLE defaulted ADD COLUMN e STRING DEFAULT 'one'

ALTER TABLE defaulted ALTER COLUMN e SET DEFAULT 'two'

INSERT INTO defaulted (a) VALUES (2)

ALTER TABLE defaulted ALTER COLUMN e DROP DEFAULT

ALTER TABLE defaulted ALTER COLUMN e SET DEFAULT 'three'

INSERT INTO defaulted (a) VALUES (3)

SELECT * FROM defaulted ORDER BY a

ALTER TABLE defaulted SET TBLPROPERTIES ('comment' = 'hello', 'k' = 'v')

DESCRIBE EXTENDED defaulted

SHOW TBLPROPERTIES defaulted

ALTER TABLE defaulted UNSET TBLPROPERTIES ('comment')

SHOW CREATE TABLE defaulted

CREATE TABLE commented (a INT) USING parquet COMMENT 'x' TBLPROPERTIES ('comment' = 'y')

SHOW CREATE TABLE commented

CREATE VIEW commented_view TBLPROPERTIES ('comment' = 'z') AS SELECT 1 AS a

DESCRIBE EXTENDED commented_view

ALTER TABLE defaulted RENAME COLUMN nosuch TO x

ALTER TABLE defaulted DROP COLUMN a, nosuch

ALTER TABLE defaulted DROP COLUMN IF EXISTS nosuch

ALTER TABLE defaulted ADD COLUMN a.b INT

ALTER TABLE defaulted ALTER COLUMN a AFTER nosuch

ALTER TABLE defaulted ADD COLUMN x INT AFTER nosuch

ALTER TABLE parts ADD PARTITION (p = 1 + 1, q = 'a')

ALTER TABLE parts ADD PARTITION (p = abs(-2), q = 'a')

ALTER TABLE parts ADD PARTITION (p = (3), q = 'a')

ALTER TABLE parts ADD PARTITION (p = x, q = 'a')

INSERT INTO parts PARTITION (p = 1 + 1, q = 'a') SELECT 1

ALTER TABLE parts DROP PARTITION (p = 1 + 1)

ANALYZE TABLE parts PARTITION (p = 77) COMPUTE STATISTICS

SHOW PARTITIONS parts PARTITION (p)

DESCRIBE parts x.y

>>> spark.sql("ALTER TABLE defaulted SET TBLPROPERTIES (:k = :v)", args={"k": "x", "v": "y"})

SHOW TBLPROPERTIES defaulted (x)

>>> spark.sql("SET TIME ZONE :p", args={"p": "America/Los_Angeles"})

>>> spark.sql("SELECT * FROM defaulted VERSION AS OF :p", args={"p": 1})

DECLARE VARIABLE fixed CHAR(5) DEFAULT 'ab'

SELECT fixed = 'ab    ' AS a, fixed = 'ab   ' AS b

SELECT concat('[', fixed, ']') AS f

SET VAR fixed = 'too long here'

SET VAR fixed = 12

SELECT concat('[', fixed, ']') AS f

DECLARE VARIABLE most VARCHAR(3) DEFAULT 'abcd'

DECLARE VARIABLE most VARCHAR(3) DEFAULT 'abc'

SET VAR most = 'abcd'

SET VAR most = 'ab  '

SELECT concat('[', most, ']') AS f

DECLARE VARIABLE listed ARRAY<CHAR(3)> DEFAULT array('a')

SELECT concat('[', element_at(listed, 1), ']') AS f

DECLARE VARIABLE loose STRING COLLATE UTF8_LCASE = 'AbC'

SELECT loose = 'abc' AS a, 'ABC' = loose AS b

DECLARE VARIABLE value STRING DEFAULT 'one'

SELECT * FROM VALUES (1, 'one'), (2, 'two') t(a, b) PIVOT (count(*) FOR b IN (value))

BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION, NOT FOUND SELECT 'both'; SELECT 1/0; END

BEGIN DECLARE EXIT HANDLER FOR SQLSTATE 'abc' SELECT 'x'; END

BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION SELECT 'outer';
  BEGIN
    DECLARE EXIT HANDLER FOR DIVIDE_BY_ZERO SELECT cast('q' AS INT);
    SELECT 1/0;
  END;
  SELECT 'after inner';
END

BEGIN
  DECLARE told STRING DEFAULT '';
  DECLARE EXIT HANDLER FOR SQLEXCEPTION SET told = told || 'outer ';
  BEGIN
    DECLARE CONTINUE HANDLER FOR DIVIDE_BY_ZERO BEGIN
      SET told = told || 'begins ';
      SELECT cast('q' AS INT);
      SET told = told || 'never ';
    END;
    SELECT 1/0;
    SET told = told || 'next ';
  END;
  SELECT told;
END

BEGIN
  DECLARE told STRING DEFAULT '';
  DECLARE EXIT HANDLER FOR SQLEXCEPTION SET told = told || 'outer ';
  BEGIN
    DECLARE EXIT HANDLER FOR CAST_INVALID_INPUT SET told = told || 'middle ';
    BEGIN
      DECLARE EXIT HANDLER FOR DIVIDE_BY_ZERO BEGIN
        SET told = told || 'begins ';
        BEGIN SELECT cast('q' AS INT); END;
        SET told = told || 'never ';
      END;
      SELECT 1/0;
    END;
    SET told = told || 'next ';
    SELECT cast('r' AS INT);
  END;
  SET told = told || 'last ';
  SELECT told;
END

CREATE TABLE kept (a INT, p INT) USING parquet PARTITIONED BY (p) CLUSTERED BY (a) INTO 2 BUCKETS

>>> spark.range(2).selectExpr("cast(id as int) a", "1 p").write.mode("append").saveAsTable("kept")

>>> spark.range(2).selectExpr("cast(id as int) a", "1 p").write.mode("append").partitionBy("p").saveAsTable("kept")

>>> spark.range(2).selectExpr("cast(id as int) a", "1 p").write.mode("append").partitionBy("p").bucketBy(2, "a").saveAsTable("kept")

SELECT * FROM kept ORDER BY a

CREATE TABLE clustered (a INT, b INT) USING parquet CLUSTER BY (a, b)

SHOW TBLPROPERTIES clustered

INSERT INTO kept AS k SELECT 1, 2

SELECT a FROM kept LATERAL VIEW nosuch(array(1)) t AS x

SET spark.sql.ansi.enforceReservedKeywords=true

SELECT keyword FROM sql_keywords() WHERE reserved ORDER BY keyword

SELECT 1 AS from

SELECT 1 AS "a"

SELECT 1 unique

SELECT * FROM VALUES (1) AS t(time)

SELECT t.user FROM VALUES (1) AS t(a)

SELECT left('abc', 1), filter(array(1), x -> x > 0), current_date = date'2020-01-01' AS later

SELECT user()

SELECT any(true)

CREATE TABLE references (check INT) USING parquet

SELECT `select`.`from`, year, date FROM (SELECT 1 AS `from`, 2 AS year, 3 AS date) AS `select` LEFT JOIN VALUES (1) AS natural_one(a) ON true

SELECT year AS all FROM VALUES (1) AS t(year)

SELECT transform(array(1), all -> all + 1)

WITH user AS (SELECT 1) SELECT * FROM user

SET spark.sql.ansi.enabled=false

SELECT 1 AS from

SET spark.sql.ansi.enabled=true

SET spark.sql.ansi.enforceReservedKeywords=false

>>> spark.sql("SELECT :x", args={"x": __import__("decimal").Decimal("1.20")})

>>> spark.sql("SELECT ?", args=[__import__("decimal").Decimal("-0.005")])

>>> spark.sql("SELECT :x", args={"x": [__import__("decimal").Decimal("1.20")]})

>>> spark.sql("SELECT :a, :b, :c", args={"a": __import__("decimal").Decimal("100"), "b": __import__("decimal").Decimal("1E+3"), "c": __import__("decimal").Decimal("0.10")})

>>> spark.sql("SELECT :a.x, :b", args={"a": F.struct(F.lit(1).alias("x")), "b": F.struct(F.lit(1), F.lit("q"))})
