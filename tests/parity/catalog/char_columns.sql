CREATE TABLE badges (n INT, code CHAR(4), alt CHAR(6), note VARCHAR(5), tags ARRAY<CHAR(3)>, owner STRUCT<initials: CHAR(3), place: VARCHAR(4)>, prices MAP<CHAR(2), VARCHAR(3)>) USING parquet

INSERT INTO badges VALUES (1, 'ab', 'ab', 'ab', array('t', NULL), named_struct('initials', 'k', 'place', 'Ulm'), map('eu', '9'))

INSERT INTO badges VALUES (2, 'abcd', 'abcde', 'abcd', NULL, NULL, NULL), (3, NULL, NULL, NULL, array(), named_struct('initials', NULL, 'place', NULL), map())

INSERT INTO badges VALUES (4, 'q   ', 'q', 'q', array('t     '), named_struct('initials', 'k    ', 'place', 'Ulm      '), map('e     ', '9     '))

INSERT INTO badges VALUES (5, 'q', 'q', 'q', array('long'), NULL, NULL)

INSERT INTO badges VALUES (5, 'q', 'q', 'q', NULL, named_struct('initials', 'long', 'place', 'x'), NULL)

INSERT INTO badges VALUES (5, 'q', 'q', 'q', NULL, named_struct('initials', 'k', 'place', 'longer'), NULL)

INSERT INTO badges VALUES (5, 'q', 'q', 'q', NULL, NULL, map('long', 'x'))

INSERT INTO badges VALUES (5, 'q', 'q', 'q', NULL, NULL, map('x', 'longer'))

SELECT * FROM badges ORDER BY n

SELECT n, code = alt, alt <=> code, code < alt, code IN (alt), code = note FROM badges ORDER BY n

SELECT n, code = 'ab', 'ab' = code, code = 'ab      ', code IN ('ab', 'abcd'), code <> 'ab', code > 'ab', code = NULL FROM badges ORDER BY n

SELECT n, code = lower('AB'), code = CAST('ab' AS STRING), code = concat('a', 'b') FROM badges ORDER BY n

SELECT n FROM badges WHERE EXISTS (SELECT 1 FROM badges b WHERE b.alt = badges.code) ORDER BY n

SELECT a.n, b.n FROM badges a JOIN badges b ON a.code = b.alt ORDER BY 1, 2

SELECT owner.initials = 'k', owner.initials = owner.place FROM badges ORDER BY n

SELECT c = 'ab' FROM (SELECT code AS c FROM badges UNION ALL SELECT alt FROM badges) ORDER BY 1

CREATE TABLE copies USING parquet AS SELECT n, code, alt AS other, note, tags, owner, prices, trim(code) AS t FROM badges

DESCRIBE copies

CREATE VIEW codes AS SELECT code, note, tags, code || '!' AS loud FROM badges

DESCRIBE codes

SELECT code = 'ab' FROM codes ORDER BY 1

CREATE TEMPORARY VIEW local_codes AS SELECT code, note FROM badges

DESCRIBE local_codes

>>> spark.table("badges").schema.jsonValue()

>>> spark.table("codes").schema["code"].metadata

>>> [c.dataType for c in spark.catalog.listColumns("badges")]

>>> spark.read.schema("code CHAR(4)").parquet("WAREHOUSE/badges")

CREATE TEMPORARY VIEW files (n INT, code CHAR(4)) USING parquet OPTIONS (path 'WAREHOUSE/badges')

SELECT n, code = 'ab' FROM files ORDER BY n

DESCRIBE files

CREATE TABLE shelves (a INT, room CHAR(3), wall VARCHAR(2)) USING parquet PARTITIONED BY (room, wall)

INSERT INTO shelves PARTITION (room = 'r', wall = 'w') VALUES (1)

INSERT INTO shelves PARTITION (room = 'toolong', wall = 'w') VALUES (2)

INSERT INTO shelves PARTITION (room = 'r', wall = 'long') VALUES (2)

INSERT INTO shelves PARTITION (room = 's', wall = 'w   ') VALUES (3)

INSERT INTO shelves PARTITION (room = 's', wall) VALUES (4, 'long')

INSERT OVERWRITE shelves PARTITION (room = 'r  ', wall = 'w') VALUES (5)

SELECT *, length(room), length(wall) FROM shelves ORDER BY a

SHOW PARTITIONS shelves

ALTER TABLE shelves ADD PARTITION (room = 't', wall = 'w')

ALTER TABLE shelves ADD PARTITION (room = 'long', wall = 'w')

ALTER TABLE shelves ADD PARTITION (room = 't', wall = 'long')

ALTER TABLE shelves PARTITION (room = 'r', wall = 'w') RENAME TO PARTITION (room = 'long', wall = 'w')

ALTER TABLE shelves PARTITION (room = 'r', wall = 'w') RENAME TO PARTITION (room = 'u', wall = 'w')

ALTER TABLE shelves DROP PARTITION (room = 't', wall = 'w')

SHOW PARTITIONS shelves PARTITION (room = 'u')

SELECT a FROM shelves WHERE room = 'u'

CREATE TABLE labels (a INT, t CHAR(2) DEFAULT 'x', v VARCHAR(2) DEFAULT 'y') USING parquet

INSERT INTO labels (a) VALUES (1)

SELECT t || '|', v || '|' FROM labels

CREATE TABLE labels2 (a INT, t CHAR(2) DEFAULT 'long') USING parquet

ALTER TABLE labels ALTER COLUMN v SET DEFAULT 'long'
