"""Arguments of types that do not fit: conditions, parameters, places."""

from __future__ import annotations

from tests.parity.relations.cases import sql

CASES = sql("""
SELECT true + 1

SELECT true - 1, 2

SELECT true * true

SELECT true / true

SELECT array(1) + array(2)

SELECT array(1) * array(2)

SELECT array(1) / array(2)

SELECT array(1) % array(2)

SELECT array(1) div array(2)

SELECT -array(1)

SELECT +array(1)

SELECT abs(array(1))

SELECT sum(array(1))

SELECT avg(array(1))

SELECT true & false

SELECT ~true

SELECT NOT 1

SELECT 1 AND true

SELECT 1 OR 2

SELECT 1 = array(1)

SELECT map(1, 2) = map(1, 2)

SELECT map(1, 2) < map(1, 2)

SELECT array(1) BETWEEN 1 AND 2

SELECT 1 LIKE array(1)

SELECT upper(array(1))

SELECT CASE 1 WHEN array(1) THEN 2 END

SELECT CASE WHEN 1 THEN 2 END

SELECT if(1, 2, 3)

SELECT coalesce(1, array(1))

SELECT array(1, array(2))

SELECT map(1, 2, 3)

SELECT map(map(1, 2), 3)

SELECT CAST(1 AS ARRAY<INT>)

SELECT CAST(array(1) AS INT)

SELECT CAST(map(1, 2) AS STRUCT<a: INT>)

SELECT greatest(1, array(1))

SELECT greatest(1)

SELECT max(map(1, 2))

SELECT round(1, 'a')

SELECT substring(array(1), 1)

SELECT date_add('x', 1)

SELECT element_at(1, 1)

SELECT explode(1)

SELECT size(1)

SELECT sort_array(array(map(1, 2)))

SELECT count(DISTINCT *) FROM t1

SELECT count()

SELECT nofunction(1)

SELECT abs()

SELECT abs(1, 2)

SELECT sum(DISTINCT k, v) FROM t1

SELECT upper(DISTINCT v) FROM t1

SELECT upper(v) FILTER (WHERE k > 1) FROM t1

SELECT sum(k) FILTER (WHERE v) FROM t1

SELECT * FROM t1 WHERE k

SELECT * FROM t1 JOIN t2 ON 1

SELECT * FROM t1 ORDER BY array(map(1, 2))

SELECT k FROM t1 GROUP BY v

SELECT k, sum(v) OVER (PARTITION BY w) FROM t1

SELECT rank(1) OVER (ORDER BY k) FROM t1

SELECT max(k) OVER (ORDER BY k ROWS BETWEEN 'a' PRECEDING AND CURRENT ROW) FROM t1

SELECT lag(k, 'x') OVER (ORDER BY k) FROM t1

SELECT s.nope FROM nested

SELECT s.y.nope FROM nested

SELECT arr.nope FROM nested

SELECT m.a, id.nope FROM nested

SELECT t1.nope FROM t1

SELECT t9.k FROM t1

SELECT k FROM t1, t2

SELECT t1.k FROM t1, t1

SELECT * FROM t1 TABLESAMPLE (150 PERCENT)

SELECT * FROM t1 LIMIT k

SELECT * FROM t1 LIMIT 1 + 1

SELECT * FROM t1 LIMIT 1.5

SELECT INTERVAL '1' DAY + 1

SELECT DATE '2020-01-01' + TIMESTAMP '2020-01-01 00:00:00'

SELECT DATE '2020-01-01' * 2

SELECT TIMESTAMP '2020-01-01 00:00:00' + 1

SELECT transform(1, x -> x)

SELECT filter(array(1), x -> x)

SELECT aggregate(array(1), 0, (a, x) -> 'a')

SELECT named_struct('a')

SELECT named_struct(1, 2)
""")
