SET spark.sql.legacy.charVarcharAsString=true

CREATE TABLE lt (c CHAR(3), v VARCHAR(2), a ARRAY<CHAR(2)>) USING parquet

DESCRIBE lt

INSERT INTO lt VALUES ('a', 'b', array('q')), ('long', 'long', array('long'))

SELECT *, length(c), c = 'a', c = 'a  ', length(a[0]) FROM lt ORDER BY 1

CREATE TABLE lt2 USING parquet AS SELECT * FROM lt

DESCRIBE lt2

CREATE VIEW ltv AS SELECT * FROM lt

DESCRIBE ltv

SELECT from_json('{"a": "xyz"}', 'a CHAR(2)'), from_csv('xyz', 'a VARCHAR(2)')

CREATE FUNCTION lf(x CHAR(3)) RETURNS VARCHAR(2) RETURN x || 'yyy'

SELECT lf('abcde')

DESCRIBE FUNCTION lf

DECLARE VARIABLE lv CHAR(3) DEFAULT 'abcdef'

SELECT lv, typeof(lv)

>>> spark.range(1).selectExpr("'abc' AS c").to(__import__("pyspark").sql.types.StructType.fromDDL("c CHAR(2)"))

>>> spark.read.schema("c CHAR(2), v VARCHAR(2)").csv("WAREHOUSE/lt").schema

ALTER TABLE lt ADD COLUMN d CHAR(2) DEFAULT 'toolong'

DESCRIBE lt

SELECT d FROM lt

CREATE TABLE lp (a INT, p CHAR(3)) USING parquet PARTITIONED BY (p)

INSERT INTO lp PARTITION (p = 'x') SELECT 1

INSERT INTO lp PARTITION (p = 'toolong') SELECT 1

SHOW PARTITIONS lp

SELECT *, length(p) FROM lp ORDER BY p

SET spark.sql.legacy.charVarcharAsString=false

REFRESH TABLE lt

REFRESH TABLE lp

SELECT *, length(c), c = 'a', c = 'a  ' FROM lt ORDER BY 1

SELECT *, length(p) FROM lp ORDER BY p

INSERT INTO lt (c) VALUES ('longer')

SELECT lv, typeof(lv)

SELECT lf('abcde')
