SET spark.sql.ansi.enabled = true

CREATE VIEW strict_view AS SELECT x + id AS a FROM VALUES ('1x') AS t(x), range(1)

SET spark.sql.ansi.enabled = false

SELECT * FROM strict_view

CREATE VIEW lenient_view AS SELECT x + id AS a FROM VALUES ('1x') AS t(x), range(1)

CREATE TEMPORARY VIEW lenient_temp AS SELECT size(CAST(NULL AS ARRAY<INT>)) AS a, x + id AS b FROM VALUES ('1x') AS t(x), range(1)

CREATE TABLE narrow (a TINYINT, b DECIMAL(5,1), c STRING) USING parquet

INSERT INTO narrow (a) VALUES (300)

INSERT INTO narrow (a) SELECT 300 + id FROM range(1)

INSERT INTO narrow (b) VALUES (123456.7BD)

INSERT INTO narrow (a) VALUES (1e30D)

INSERT INTO narrow (c) VALUES (X'6162')

INSERT INTO narrow (a) VALUES ('12')

SELECT * FROM narrow ORDER BY c

SET spark.sql.storeAssignmentPolicy = LEGACY

INSERT INTO narrow (a) VALUES (300)

INSERT INTO narrow (a) VALUES ('12')

INSERT INTO narrow (a) VALUES (X'01')

SELECT a FROM narrow ORDER BY a

RESET spark.sql.storeAssignmentPolicy

SET spark.sql.ansi.enabled = true

SELECT * FROM lenient_view

SELECT * FROM lenient_temp

CREATE TABLE days (a INTERVAL DAY TO SECOND) USING parquet

INSERT INTO days VALUES (INTERVAL '1' DAY)

SET spark.sql.legacy.sizeOfNull = false

SELECT a FROM lenient_temp

RESET spark.sql.legacy.sizeOfNull

SET spark.sql.timestampType = TIMESTAMP_NTZ

CREATE TABLE times USING parquet AS SELECT to_timestamp('2024-01-01') AS a, make_timestamp(2024, 1, 1, 0, 0, 0) AS b, from_json('{"x":"2024-01-01"}', 'x TIMESTAMP') AS c

CREATE VIEW times_view AS SELECT to_timestamp('2024-01-01') AS a, TIMESTAMP 'epoch' AS b

RESET spark.sql.timestampType

DESCRIBE times

SELECT * FROM times_view

SET spark.sql.readSideCharPadding = false

CREATE TABLE padded (c CHAR(5)) USING parquet

INSERT INTO padded VALUES ('a')

SELECT length(c), c = 'a', c IN ('a', 'b') FROM padded

RESET spark.sql.readSideCharPadding

SELECT sum(a) OVER W FROM VALUES (1) AS t(a) WINDOW w AS (ORDER BY a)

SET spark.sql.parser.escapedStringLiterals = true

CREATE TABLE commented (a INT COMMENT 'x\ty') USING parquet COMMENT 'u\u0041'

DESCRIBE commented

RESET spark.sql.parser.escapedStringLiterals

DROP VIEW strict_view

DROP VIEW lenient_view

DROP TABLE narrow
