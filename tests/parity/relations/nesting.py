"""Subqueries inside subqueries, lateral joins, grouping sets over expressions, pivots, set operations that coerce."""

from __future__ import annotations

from typing import Any

from tests.parity.relations.cases import ANSI_OFF, frames, sql


def view_of_a_view(spark: Any) -> Any:
    spark.sql("CREATE OR REPLACE TEMP VIEW inner_one AS SELECT 1 AS a")
    spark.sql("CREATE OR REPLACE TEMP VIEW outer_one AS SELECT a + 1 AS b FROM inner_one")
    spark.sql("CREATE OR REPLACE TEMP VIEW inner_one AS SELECT 10 AS a")
    return spark.sql("SELECT * FROM outer_one")


def view_without_its_source(spark: Any) -> Any:
    spark.sql("CREATE OR REPLACE TEMP VIEW gone AS SELECT 1 AS a")
    spark.sql("CREATE OR REPLACE TEMP VIEW kept AS SELECT a FROM gone")
    spark.sql("DROP VIEW gone")
    return spark.sql("SELECT * FROM kept")


def view_keeps_its_settings(spark: Any) -> Any:
    spark.sql("CREATE OR REPLACE TEMP VIEW divided AS SELECT 1 / 0 AS a")
    spark.conf.set("spark.sql.ansi.enabled", "false")
    try:
        return spark.sql("SELECT * FROM divided").collect()
    finally:
        spark.conf.unset("spark.sql.ansi.enabled")


def frame_view_keeps_its_plan(spark: Any) -> Any:
    spark.sql("CREATE OR REPLACE TEMP VIEW base_one AS SELECT 1 AS a")
    spark.table("base_one").createOrReplaceTempView("frame_view")
    spark.sql("CREATE OR REPLACE TEMP VIEW base_one AS SELECT 2 AS a")
    return spark.table("frame_view").collect()


def other_frames_column(spark: Any) -> Any:
    a, b = spark.range(3), spark.range(3)
    return a.where(b.id > 1)


def other_frames_column_selected(spark: Any) -> Any:
    a, b = spark.range(3).withColumnRenamed("id", "x"), spark.range(3).withColumnRenamed("id", "x")
    return a.select(b.x)


def column_before_a_projection(spark: Any) -> Any:
    a = spark.range(3)
    return a.select((a.id + 1).alias("y")).where(a.id > 0)


def column_lost_in_an_aggregate(spark: Any) -> Any:
    t = spark.table("t1")
    return t.groupBy("k").count().select(t.v)


CASES = [
    *frames({f.__name__.replace("_", " "): f for f in (
        view_of_a_view, view_without_its_source, view_keeps_its_settings, frame_view_keeps_its_plan,
        other_frames_column, other_frames_column_selected, column_before_a_projection, column_lost_in_an_aggregate,
    )}),
    *sql("""
SELECT id FROM emp e WHERE salary > (SELECT avg(salary) FROM emp x WHERE x.dept = e.dept)

SELECT id FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept AND EXISTS (SELECT 1 FROM emp y WHERE y.dept = d.id AND y.id <> e.id))

SELECT name FROM dept d WHERE id NOT IN (SELECT dept FROM emp)

SELECT name FROM dept d WHERE id NOT IN (SELECT dept FROM emp WHERE dept IS NOT NULL)

SELECT name FROM dept d WHERE NOT EXISTS (SELECT 1 FROM emp e WHERE e.dept = d.id)

SELECT (SELECT max(v) FROM (SELECT v FROM t1 WHERE k = 2)) AS a, (SELECT count(*) FROM t2) AS b

SELECT id, (SELECT count(*) FROM emp b WHERE b.boss = a.id) AS n FROM emp a

SELECT id, (SELECT name FROM dept d WHERE d.id = a.dept) AS n, salary IN (SELECT max(salary) FROM emp) AS top FROM emp a

SELECT dept, max(salary) FROM emp GROUP BY dept HAVING max(salary) > (SELECT avg(salary) FROM emp)

SELECT * FROM (SELECT k FROM t1 WHERE k IN (SELECT k FROM t2)) s JOIN t2 USING (k)

SELECT t1.k FROM (SELECT k FROM t1)

SELECT s.k FROM (SELECT k FROM t1) s WHERE t1.k = 1

SELECT d.name, e.id FROM dept d, LATERAL (SELECT id FROM emp WHERE dept = d.id) e

SELECT d.name, e.n FROM dept d LEFT JOIN LATERAL (SELECT count(*) AS n FROM emp WHERE dept = d.id) e

SELECT d.name, e.id FROM dept d LEFT JOIN LATERAL (SELECT id FROM emp WHERE dept = d.id ORDER BY id LIMIT 1) e ON true

SELECT d.id, x FROM dept d, LATERAL (SELECT d.id * 2 AS y), LATERAL (SELECT y + 1 AS x)

SELECT n.id, t.pos, t.col FROM nested n, LATERAL posexplode(n.arr) t

SELECT n.id, t.col FROM nested n LEFT JOIN LATERAL explode_outer(n.arr) t

SELECT n.id, k, v FROM nested n LEFT JOIN LATERAL explode(n.m) t(k, v)

SELECT id, a, b FROM nested LATERAL VIEW explode(arr) x AS a LATERAL VIEW OUTER explode(structs) y AS b

SELECT explode(arr), id FROM nested

SELECT id, explode_outer(arr) AS x, explode_outer(arr) AS y FROM deep

SELECT dept + 1 AS d, count(*) FROM emp GROUP BY dept + 1

SELECT dept + 1 AS d, id % 2 AS o, count(*), grouping(dept + 1), grouping_id() FROM emp GROUP BY GROUPING SETS ((dept + 1, id % 2), (dept + 1), ())

SELECT coalesce(cast(dept AS STRING), 'all') AS d, sum(salary) FROM emp GROUP BY ROLLUP (cast(dept AS STRING))

SELECT upper(city) AS c, age > 26 AS o, count(*) FROM people GROUP BY CUBE (upper(city), age > 26)

SELECT city, age, count(*) FROM people GROUP BY city, ROLLUP (age)

SELECT city, count(*) FROM people GROUP BY ALL

SELECT city, count(*) AS n FROM people GROUP BY 1 HAVING n > 1 ORDER BY n DESC, city

SELECT sum(age) FROM people HAVING sum(age) > 1

SELECT 1 AS one FROM people HAVING count(*) > 100

SELECT city, count(DISTINCT age), sum(DISTINCT age), count(*) FILTER (WHERE age > 25) FROM people GROUP BY city

SELECT * FROM (SELECT dept, id, salary FROM emp) PIVOT (sum(salary) AS s, count(*) AS n FOR dept IN (10, 20 AS twenty))

SELECT * FROM (SELECT city, age FROM people) PIVOT (max(age) FOR city IN ('Rome', 'Oslo', 'Bern'))

SELECT * FROM (SELECT dept, boss, salary FROM emp) PIVOT (max(salary) FOR (dept, boss) IN ((10, 1), (20, 2) AS b))

SELECT * FROM (SELECT 1 AS id, 2 AS a, 3L AS b) UNPIVOT (v FOR n IN (a, b AS bee))

SELECT * FROM (SELECT 1 AS id, 2 AS a, CAST(NULL AS INT) AS b) UNPIVOT INCLUDE NULLS (v FOR n IN (a, b))

SELECT 1 UNION SELECT 2.5 UNION ALL SELECT 3L

SELECT 1 AS a UNION SELECT NULL UNION SELECT 2Y

SELECT DATE '2020-01-01' UNION SELECT TIMESTAMP '2020-01-01 10:00:00'

SELECT k FROM t1 EXCEPT SELECT k FROM t2

SELECT k FROM t1 EXCEPT ALL SELECT k FROM t2

SELECT k FROM t1 INTERSECT ALL SELECT k FROM t2

SELECT k FROM t1 UNION SELECT k FROM t2 INTERSECT SELECT 2

SELECT array(1) UNION SELECT array(2.5)

SELECT named_struct('a', 1) UNION ALL SELECT named_struct('b', 2)

SELECT CAST(1 AS DECIMAL(38,0)) UNION SELECT CAST(1.5 AS DECIMAL(38,18))

SELECT t1.k <=> t2.k, t1.k = t2.k FROM t1 CROSS JOIN t2 WHERE t1.v = 'd'

SELECT t1.v, t2.w FROM t1 JOIN t2 ON t1.k <=> t2.k

SELECT NULL <=> NULL, 1 <=> NULL, NOT (1 <=> 2), array(1, NULL) <=> array(1, NULL), NULL IS NOT DISTINCT FROM NULL

SELECT equal_null(1, NULL), nullif(1, 1), isnull(NULL), 1 IS DISTINCT FROM NULL
"""),
    *sql("""
SELECT 1 UNION SELECT 'a'

SELECT '1' UNION ALL SELECT 2.5

SELECT true UNION SELECT 1

SELECT coalesce(CAST(1 AS DECIMAL(38,0)), CAST(1 AS DECIMAL(38,18)))

SELECT upper(NULL), length(NULL), NULL || 'a', concat_ws(',', NULL, 'a'), repeat(NULL, 2), substring('abc', NULL)

SELECT trim(NULL), replace('abc', 'b', NULL), split(NULL, ','), instr('abc', NULL), lpad('a', 3, NULL), locate(NULL, 'a')

SELECT NULL LIKE 'a', 'a' LIKE NULL, 'a' RLIKE NULL, NULL IN (1), 1 IN (NULL), 1 NOT IN (2, NULL)

SELECT 'abc' LIKE 'a%', 'a_c' LIKE 'a\\\\_c', 'ABC' ILIKE 'a%', 'abc' NOT LIKE ALL ('x%', 'a%'), 'abc' LIKE ALL ('a%', '%c')

SELECT substring('hello', -3, 2), substr('hello', 0, 2), left('hello', 2), right('hello', 9), 'hello'[0]

SELECT initcap('hello wORLD'), reverse('abc'), translate('abc', 'ab', 'x'), ascii(''), char(65), space(2)

SELECT format_number(1234.5, 2), format_string('%d-%s', 1, 'a'), lpad('7', 3, '0'), rpad('7', 3), overlay('abcd' PLACING 'x' FROM 2)

SELECT split('a,b,,c', ','), split('a1b2', '[0-9]'), split_part('a.b.c', '.', -1), substring_index('a.b.c', '.', 2)

SELECT regexp_extract('a1b22', '([a-z])([0-9]+)', 2), regexp_replace('a1b2', '[0-9]', '#'), regexp_count('aXbX', 'X')
"""),
    *sql("""
SELECT 1 UNION SELECT 'a'

SELECT '1' UNION ALL SELECT 2.5

SELECT true UNION SELECT 1

SELECT coalesce(CAST(1 AS DECIMAL(38,0)), CAST(1 AS DECIMAL(38,18)))
""", conf=ANSI_OFF),
]  # fmt: skip
