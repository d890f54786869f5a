"""The same expressions in ANSI mode and out of it: overflow, bad casts, missing elements, strings among numbers."""

from __future__ import annotations

from tests.parity.relations.cases import ANSI_OFF, sql

QUERIES = """
SELECT 2147483647 + 1

SELECT -9223372036854775807 - 2

SELECT 46341 * 46341

SELECT 127Y + 1Y, 32767S + 1S

SELECT CAST('1.5' AS INT), CAST(' 7 ' AS INT), CAST('' AS INT)

SELECT CAST(3000000000 AS INT), CAST(-129 AS TINYINT), CAST(1e20D AS BIGINT)

SELECT CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE), 0.0D = -0.0D, CAST('-Infinity' AS FLOAT) < 0

SELECT CAST('2020-02-30' AS DATE)

SELECT CAST('12:00' AS TIMESTAMP) IS NOT NULL, CAST('2020-01-01 25:00:00' AS TIMESTAMP)

SELECT CAST('yes' AS BOOLEAN), CAST('t' AS BOOLEAN), CAST('0' AS BOOLEAN), CAST(2 AS BOOLEAN)

SELECT CAST('maybe' AS BOOLEAN)

SELECT CAST(123.456 AS DECIMAL(4,1)), CAST(12345.6 AS DECIMAL(4,1))

SELECT element_at(array(1, 2), 3)

SELECT element_at(array(1, 2), 0)

SELECT element_at(map('a', 1), 'b'), map('a', 1)['b']

SELECT array(1, 2)[-1]

SELECT elt(3, 'a', 'b')

SELECT 'a' < 1

SELECT '10' > 9, '10' = 10.0, '2' IN (1, 2), '1' BETWEEN 0 AND 2

SELECT 1 + '1', 2 * '2.5', 10 / '4', 7 % '4', -'3'

SELECT concat('a', 1, NULL), concat_ws('-', 'a', 1, NULL, 'b'), 'x' || 2.5

SELECT to_date('2020-13-01'), to_timestamp('x')

SELECT try_cast('x' AS INT), try_add(2147483647, 1), try_divide(1, 0), try_element_at(array(1), 5)

SELECT make_date(2020, 2, 30)

SELECT next_day('2020-01-01', 'xx')

SELECT abs(-128Y), -(-128Y)

SELECT sum(x) FROM VALUES (32767S), (1S) AS t(x)

SELECT sum(x), avg(x) FROM VALUES (9223372036854775807), (9223372036854775807), (-9223372036854775807) AS t(x)

SELECT CASE WHEN true THEN 1 ELSE 'a' END

SELECT coalesce(NULL, 1, '2'), nvl('a', 1), greatest(1, '3'), least('b', 'a')

SELECT if(true, 1, 2.5), if(false, DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00')

SELECT size(NULL), size(array()), cardinality(map(1, 2))

SELECT CAST(TIMESTAMP '1970-01-02 00:00:00' AS BIGINT), CAST(86400 AS TIMESTAMP), CAST(1.5D AS TIMESTAMP)

SELECT CAST(DATE '2020-01-01' AS INT)

SELECT 5 DIV 2, -5 DIV 2, -5 % 3, 5 % -3, pmod(-5, 3), mod(-5.5, 2)

SELECT 1 DIV 0

SELECT 1 << 33, 1 >> 1, -1 >>> 60, 5 & 3, 5 | 3, 5 ^ 3, ~5

SELECT round(2.5), round(-2.5), bround(2.5), round(12345.678, -2), ceil(-1.5), floor(-1.5)

SELECT round(2147483647, -1)

SELECT conv('ff', 16, 10), hex(255), unhex('4G'), bin(-1)
"""

CASES = [*sql(QUERIES), *sql(QUERIES, conf=ANSI_OFF)]
