CREATE TABLE sales (region STRING, product STRING, amount INT, day DATE) USING parquet

INSERT INTO sales VALUES ('n', 'x', 1, DATE '2024-01-01'), ('n', 'y', 2, DATE '2024-01-02'), ('s', 'x', 3, DATE '2024-01-01'), ('s', 'x', 4, DATE '2025-01-01')

CREATE VIEW mv WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: region
    expr: region
  - name: year
    expr: year(day)
measures:
  - name: total
    expr: sum(amount)
  - name: n
    expr: count(*)
$$

SELECT region, measure(total), measure(n) FROM mv GROUP BY region ORDER BY region

SELECT measure(total) FROM mv

SELECT year, measure(total) AS t FROM mv WHERE region = 's' GROUP BY year ORDER BY year

SELECT region, year, measure(total) FROM mv GROUP BY ALL ORDER BY ALL

SELECT region, total FROM mv

SELECT * FROM mv

SELECT region FROM mv

SELECT region FROM mv GROUP BY region ORDER BY 1

SELECT measure(region) FROM mv

SELECT measure(total) + 1, measure(total) / measure(n) FROM mv

SELECT region, measure(total) FROM mv GROUP BY region HAVING measure(total) > 3

SELECT region FROM mv GROUP BY region ORDER BY measure(total) DESC

SELECT sum(total) FROM mv

SELECT measure(nosuch) FROM mv

SELECT measure(total) FROM mv GROUP BY nosuch

DESCRIBE mv

DESCRIBE EXTENDED mv

DESCRIBE EXTENDED mv AS JSON

SHOW CREATE TABLE mv

SHOW TABLES

SHOW VIEWS

SHOW COLUMNS IN mv

SHOW TBLPROPERTIES mv

CREATE VIEW mv WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: region
    expr: region
measures:
  - name: total
    expr: sum(amount)
$$

CREATE VIEW IF NOT EXISTS mv WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: region
    expr: region
measures:
  - name: total
    expr: sum(amount)
$$

DROP VIEW IF EXISTS mv

CREATE VIEW mv (r COMMENT 'the region', t) COMMENT 'of sales' TBLPROPERTIES ('a' = 'b') WITH METRICS LANGUAGE YAML AS $$
version: "0.1"
source: sales
filter: amount > 1
dimensions:
  - name: region
    expr: region
measures:
  - name: total
    expr: sum(amount)
$$

SELECT r, measure(t) FROM mv GROUP BY r ORDER BY r

DESCRIBE EXTENDED mv

DROP VIEW IF EXISTS mv

CREATE VIEW mv WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: SELECT region AS r, amount AS a FROM sales WHERE amount > 1
dimensions:
  - name: r
    expr: r
measures:
  - name: avg_a
    expr: avg(a)
  - name: maxi
    expr: max(a)
$$

SELECT r, measure(avg_a), measure(maxi) FROM mv GROUP BY r ORDER BY r

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 9.9
source: sales
dimensions:
  - name: r
    expr: region
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
dimensions:
  - name: r
    expr: region
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
not: [valid
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
unknown_key: 1
dimensions:
  - name: r
    expr: region
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: nosuch
measures:
  - name: total
    expr: sum(amount)
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: region
measures:
  - name: total
    expr: amount
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: sum(amount)
measures:
  - name: total
    expr: sum(amount)
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: region +
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: region
  - name: r
    expr: product
measures:
  - name: total
    expr: sum(amount)
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: nosuch
dimensions:
  - name: r
    expr: region
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: SELEC 1
dimensions:
  - name: r
    expr: region
$$

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
measures:
  - name: total
    expr: sum(amount)
$$

SELECT measure(total) FROM mv2

DROP VIEW IF EXISTS mv2

CREATE VIEW mv2 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: region
$$

SELECT r FROM mv2 GROUP BY r ORDER BY r

SELECT r FROM mv2

CREATE VIEW mv3 WITH METRICS AS $$
version: 0.1
source: sales
$$

CREATE VIEW mv3 LANGUAGE YAML AS $$
version: 0.1
source: sales
$$

CREATE VIEW mv3 WITH METRICS LANGUAGE SQL AS $$
version: 0.1
source: sales
$$

CREATE VIEW mv3 WITH METRICS LANGUAGE PYTHON AS $$
version: 0.1
source: sales
$$

CREATE VIEW mv3 WITH METRICS LANGUAGE YAML AS SELECT 1

CREATE TEMPORARY VIEW mv3 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
$$

CREATE OR REPLACE VIEW IF NOT EXISTS mv3 WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
$$

CREATE VIEW mv3 WITH METRICS WITH METRICS LANGUAGE YAML LANGUAGE YAML COMMENT 'a' COMMENT 'b' AS $$
version: 0.1
source: sales
$$

CREATE VIEW mv3 (a) WITH METRICS LANGUAGE YAML AS $$
version: 0.1
source: sales
dimensions:
  - name: r
    expr: region
measures:
  - name: total
    expr: sum(amount)
$$

SELECT measure(1)

SELECT measure(amount) FROM sales

SELECT measure(DISTINCT total) FROM mv2

SELECT measure(total) OVER () FROM mv

SELECT measure(total) FILTER (WHERE r = 'n') FROM mv

DESCRIBE FUNCTION measure

ALTER VIEW mv AS SELECT 1

DESCRIBE EXTENDED mv

DROP VIEW mv

DROP TABLE mv2

DROP VIEW mv2
