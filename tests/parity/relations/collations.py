"""Collations: names, types, precedence, comparison, grouping, order, sets and windows."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, MapType, StringType, StructType

from tests.parity.relations.cases import ANSI_OFF, frames, sql

COLUMNS = ("l", "u", "ci", "ai", "cai", "r", "lr", "cr", "de", "sv")


def over(template: str, columns: tuple[str, ...] = COLUMNS) -> str:
    return "\n\n".join(template.format(c=c, w="words") for c in columns)


NAMES = sql("""
SELECT collation('a'), collation('a' COLLATE UTF8_BINARY), collation('a' COLLATE UTF8_LCASE), collation(NULL)

SELECT collation('a' COLLATE unicode), collation('a' COLLATE Unicode_ci), collation('a' COLLATE unicode_ai_ci)

SELECT collation('a' COLLATE utf8_lcase_rtrim), collation('a' COLLATE unicode_rtrim_ci), collation('a' COLLATE en_us)

SELECT collation('a' COLLATE de_ai), collation('a' COLLATE EN_USA_CI), collation('a' COLLATE zh_Hans_CN)

SELECT collation('a' COLLATE sr_cyrl_srb_ci), collation('a' COLLATE unicode_cs_as), collation('a' COLLATE sr_Cyrl)

SELECT collation('a' COLLATE SYSTEM.BUILTIN.UNICODE_CI), collate('a', 'unicode_ci')

SELECT 'a' COLLATE builtin.unicode

SELECT 'a' COLLATE nowhere

SELECT 'a' COLLATE utf8_bin

SELECT 'a' COLLATE unicode_ci_cs

SELECT 'a' COLLATE unicode_ci_ci

SELECT 'a' COLLATE utf8_lcase_ci

SELECT 'a' COLLATE utf8_binary_ai

SELECT 'a' COLLATE en_us_xx

SELECT 'a' COLLATE de_at

SELECT collate('a', NULL)

SELECT collate('a', v) FROM t1

SELECT collate(1, 'UNICODE')

SELECT collate('a', 1)

SELECT 1 COLLATE UNICODE

SELECT NULL COLLATE UNICODE_CI

SELECT collate('a')

SELECT X'01' COLLATE UNICODE

SELECT array('a') COLLATE UNICODE

SELECT collation(1)

SELECT collation(array('a'))

SELECT collation(v), collation(v COLLATE UNICODE), v COLLATE UNICODE AS x FROM t1

SELECT typeof('a' COLLATE UNICODE_CI), typeof(array('a' COLLATE UNICODE_CI)), typeof(struct('a' COLLATE UTF8_LCASE AS x))

SELECT 'a' COLLATE UNICODE_CI, array('a' COLLATE UTF8_LCASE), struct('a' COLLATE UNICODE AS x)

SELECT CAST('a' AS STRING COLLATE UNICODE_CI), CAST(1 AS STRING COLLATE UTF8_LCASE), CAST(v AS STRING COLLATE UNICODE) FROM t1

SELECT CAST('a' COLLATE UNICODE_CI AS STRING), collation(CAST('a' COLLATE UNICODE_CI AS STRING))

SELECT collation(CAST('a' AS STRING COLLATE UNICODE_CI)), collation(CAST(1 AS STRING)), collation('a'::STRING COLLATE UNICODE)

SELECT CAST(array('a') AS ARRAY<STRING COLLATE UNICODE_CI>)

SELECT CAST('5' COLLATE UNICODE_CI AS INT), 1 + '5' COLLATE UTF8_LCASE, CAST('x' COLLATE UTF8_LCASE AS BINARY)

SELECT CAST(map('a', 1) AS MAP<STRING COLLATE UTF8_LCASE, INT>)

SELECT map('a' COLLATE UTF8_LCASE, 1)

SELECT map(1, 'a' COLLATE UTF8_LCASE)

SELECT map_from_arrays(array('a' COLLATE UTF8_LCASE), array(1))

SELECT CAST('a' AS CHAR(3) COLLATE UNICODE)

SELECT name FROM collations() WHERE name LIKE 'U%' ORDER BY name

SELECT * FROM collations() WHERE name IN ('UNICODE', 'UTF8_LCASE_RTRIM', 'de_AUT_CI', 'zh_Hans', 'UTF8_BINARY')

SELECT count(*) FROM collations()
""")

PRECEDENCE = sql("""
SELECT 'a' COLLATE UTF8_LCASE = 'A'

SELECT 'a' COLLATE UTF8_LCASE = 'A' COLLATE UTF8_LCASE

SELECT 'a' COLLATE UTF8_LCASE = 'A' COLLATE UNICODE_CI

SELECT v COLLATE UTF8_LCASE = 'A' FROM t1

SELECT x = 'A', 'A' = x, x = upper('a'), x = v FROM (SELECT v COLLATE UTF8_LCASE AS x, v FROM t1)

SELECT x = y FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE_CI AS y FROM t1)

SELECT x = y COLLATE UTF8_LCASE FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE_CI AS y FROM t1)

SELECT x = v FROM (SELECT v COLLATE UTF8_LCASE AS x, v FROM t1)

SELECT x || v FROM (SELECT v COLLATE UTF8_LCASE AS x, v FROM t1)

SELECT collation(x || 'b'), collation(concat(x, y)) FROM (SELECT v COLLATE UTF8_LCASE AS x, 'q' COLLATE UTF8_LCASE AS y FROM t1)

SELECT collation(x || y) FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT concat(x, y) FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT concat(x, y) = 'a' FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT concat('a' COLLATE UTF8_LCASE, 'b' COLLATE UNICODE)

SELECT collation(concat('a' COLLATE UTF8_LCASE, 'b'))

SELECT collation(coalesce(x, 'b')), collation(if(true, 'b', x)), collation(CASE WHEN true THEN x ELSE 'a' END), collation(nvl('a', x)) FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1)

SELECT coalesce(x, y) FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT array(x, y) FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT array(x, 'a'), array('a' COLLATE UNICODE, 'b') FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1)

SELECT x IN ('A', 'B'), 'A' IN (x, 'c'), x IN (y) FROM (SELECT v COLLATE UTF8_LCASE AS x, 'C' COLLATE UTF8_LCASE AS y FROM t1)

SELECT x IN ('A', y) FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT x BETWEEN 'A' AND 'C', greatest(x, 'C'), least('B', x) FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1)

SELECT CASE x WHEN 'A' THEN 1 WHEN 'B' THEN 2 ELSE 3 END, nullif(x, 'A') FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1)

SELECT collation(upper(x)), collation(lower(x)), collation(substring(x, 1)), collation(trim(x)), collation(repeat(x, 2)), collation(lpad(x, 3, 'a')), collation(replace(x, 'a', 'b')), collation(initcap(x)), collation(reverse(x)), collation(left(x, 1)), collation(right(x, 1)), collation(concat_ws(',', x)), collation(translate(x, 'a', 'b')), collation(split_part(x, 'a', 1)), collation(substring_index(x, 'a', 1)), collation(overlay(x PLACING 'a' FROM 1)), collation(split(x, 'a')[0]) FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1)

SELECT collation(md5(x)), collation(base64(x)), collation(hex(x)), collation(CAST(1 AS STRING)), collation(format_string('%s', x)), collation(to_json(struct(x))), collation(regexp_replace(x, 'a', 'b')), collation(regexp_extract(x, 'a', 0)), collation(soundex(x)), collation(date_format(current_date(), x)), collation(elt(1, x, 'a')), collation(max(x)), collation(first(x)), collation(listagg(x)), collation(any_value(x)) FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1) GROUP BY x

SELECT v COLLATE UTF8_LCASE AS x FROM t1 UNION ALL SELECT w COLLATE UNICODE FROM t2

SELECT v COLLATE UTF8_LCASE AS x FROM t1 UNION ALL SELECT w FROM t2

SELECT w FROM t2 UNION SELECT v COLLATE UTF8_LCASE AS x FROM t1

SELECT * FROM t1 JOIN (SELECT w COLLATE UTF8_LCASE AS w FROM t2) ON v = w

SELECT x FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1) WHERE x IN (SELECT upper(v) FROM t1)

SELECT x FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1) WHERE x IN (SELECT upper(v) COLLATE UTF8_LCASE FROM t1)

SELECT s.x = 'A', a[0] = 'A', element_at(a, 1) = 'B' FROM (SELECT named_struct('x', v COLLATE UTF8_LCASE) AS s, array(v COLLATE UTF8_LCASE) AS a FROM t1)

SELECT s = named_struct('x', 'A'), a = array('A' COLLATE UTF8_LCASE), a < array('B' COLLATE UTF8_LCASE) FROM (SELECT named_struct('x', v COLLATE UTF8_LCASE) AS s, array(v COLLATE UTF8_LCASE) AS a FROM t1)

SELECT substring('a' COLLATE UTF8_LCASE, 1) = 'A' COLLATE UNICODE

SELECT upper(x) = y FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT (x COLLATE UNICODE_CI) = y FROM (SELECT v COLLATE UTF8_LCASE AS x, v COLLATE UNICODE AS y FROM t1)

SELECT (SELECT 'A' COLLATE UTF8_LCASE) = 'a', (SELECT 'A' COLLATE UTF8_LCASE) = 'a' COLLATE UNICODE_CI

SELECT CAST(x AS STRING) = 'A', CAST(x AS STRING COLLATE UNICODE_CI) = 'A' FROM (SELECT v COLLATE UTF8_LCASE AS x FROM t1)

SELECT CAST('a' AS STRING COLLATE UTF8_LCASE) = 'A', CAST('a' AS STRING COLLATE UTF8_LCASE) = 'A' COLLATE UNICODE

SELECT coalesce(NULL, 'a' COLLATE UTF8_LCASE) = 'A', NULL = 'a' COLLATE UTF8_LCASE, 1 = '1' COLLATE UTF8_LCASE, DATE'2020-01-01' = '2020-01-01' COLLATE UNICODE

SELECT '1' COLLATE UTF8_LCASE = 1, 'A' COLLATE UTF8_LCASE = X'41'
""") + sql(
    "SELECT '1' COLLATE UTF8_LCASE = 1, 'A' COLLATE UTF8_LCASE = X'41', true = 'TRUE' COLLATE UTF8_LCASE, coalesce(1, 'a' COLLATE UNICODE_CI)",
    conf=ANSI_OFF,
)

ROWS = (
    sql(over("SELECT {c}, n FROM {w} ORDER BY {c}, n"))
    + sql(over("SELECT {c}, n FROM {w} ORDER BY {c} DESC NULLS FIRST, n DESC", ("l", "ci", "de")))
    + sql(over("SELECT count(*) AS k, min(n), max(n) FROM {w} GROUP BY {c}"))
    + sql(over("SELECT {c}, count(*) FROM {w} GROUP BY {c}", ("l", "u", "ci", "cai", "lr", "cr")))
    + sql(
        over(
            "SELECT min({c}), max({c}), count(DISTINCT {c}) FROM {w} WHERE n < 8",
            ("l", "u", "ci", "cai", "r"),
        )
    )
    + sql(over("SELECT sum(n) FROM {w} GROUP BY {c}, n % 2", ("l", "cai")))
    + sql(over("SELECT sum(n) FROM {w} GROUP BY ROLLUP({c}, n % 2)", ("ci",)))
    + sql(over("SELECT DISTINCT {c} FROM {w}", ("l", "cai", "r")))
    + sql(
        over(
            "SELECT a.n, b.n FROM {w} a JOIN {w} b ON a.{c} = b.{c} WHERE a.n < b.n",
            ("l", "u", "ci", "ai", "cai", "r", "lr", "cr", "de", "sv"),
        )
    )
    + sql(over("SELECT a.n, b.n FROM {w} a LEFT JOIN {w} b ON a.{c} = b.{c} AND a.n <> b.n", ("l",)))
    + sql(
        over(
            "SELECT n FROM {w} a LEFT ANTI JOIN (SELECT {c}, n AS m FROM {w}) b ON a.{c} <=> b.{c} AND m <> n", ("cai",)
        )
    )
    + sql(
        over("SELECT * FROM (SELECT {c}, n FROM {w}) a JOIN (SELECT {c}, n + 100 AS m FROM {w}) b USING ({c})", ("l",))
    )
    + sql(
        over(
            "SELECT * FROM (SELECT {c}, n FROM {w}) a FULL JOIN (SELECT upper({c}) AS {c}, n + 10 AS m FROM {w} WHERE n < 4) b USING ({c})",
            ("l",),
        )
    )
    + sql(
        over(
            "SELECT n, row_number() OVER (PARTITION BY {c} ORDER BY n), rank() OVER (ORDER BY {c}), sum(n) OVER (PARTITION BY {c}) FROM {w}",
            ("l", "ci", "cai"),
        )
    )
    + sql(
        over(
            "SELECT n, min({c}) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), lag({c}) OVER (ORDER BY {c}, n) FROM {w} WHERE n < 8",
            ("l", "ci"),
        )
    )
    + sql(over("SELECT {c} FROM {w} WHERE n < 8 UNION SELECT upper({c}) FROM {w} WHERE n < 8", ("l", "cai")))
    + sql(over("SELECT {c} FROM {w} INTERSECT SELECT upper({c}) FROM {w} WHERE n < 8", ("l", "cai")))
    + sql(over("SELECT {c} FROM {w} EXCEPT SELECT upper({c}) FROM {w} WHERE n < 8", ("l", "cai")))
    + sql(over("SELECT {c} FROM {w} EXCEPT ALL SELECT upper({c}) FROM {w} WHERE n < 8", ("l", "cai")))
    + sql(over("SELECT {c} FROM {w} INTERSECT ALL SELECT upper({c}) FROM {w} WHERE n < 8", ("l", "cai")))
    + sql(over("SELECT n FROM {w} WHERE {c} IN (SELECT upper({c}) FROM {w} WHERE n < 8)", ("l", "cai")))
    + sql(over("SELECT n FROM {w} WHERE {c} NOT IN (SELECT upper({c}) FROM {w} WHERE n < 8)", ("l",)))
    + sql(
        over("SELECT n FROM {w} a WHERE EXISTS (SELECT 1 FROM {w} b WHERE a.{c} = b.{c} AND a.n <> b.n)", ("l", "cai"))
    )
    + sql(over("SELECT (SELECT max(b.n) FROM {w} b WHERE a.{c} = b.{c}) FROM {w} a", ("l",)))
    + sql(over("SELECT n FROM {w} WHERE {c} = 'A'"))
    + sql(over("SELECT n FROM {w} WHERE {c} > 'A' AND {c} <= 'B'"))
    + sql(over("SELECT n FROM {w} WHERE {c} IN ('A', 'SS', 'Å')"))
    + sql(over("SELECT n, {c} FROM {w} ORDER BY struct({c}, n) DESC", ("l",)))
    + sql(over("SELECT count(*) FROM {w} GROUP BY struct({c})", ("l",)))
    + sql(over("SELECT count(*) FROM {w} GROUP BY array({c})", ("cai",)))
    + sql(over("SELECT count(DISTINCT {c}, n % 2), approx_count_distinct({c}) FROM {w}", ("l", "ci")))
    + sql(over("SELECT collect_set({c}) FROM {w}", ("l",)))
    + sql(over("SELECT listagg(DISTINCT {c}, ',') WITHIN GROUP (ORDER BY {c}) FROM {w} WHERE n < 8", ("l", "r")))
    + sql(over("SELECT max_by(n, {c}), min_by({c}, n), max_by({c}, {c}) FROM {w} WHERE n < 6 AND n > 1", ("l", "ci")))
    + sql(over("SELECT * FROM (SELECT {c}, n FROM {w} WHERE n < 8) PIVOT (sum(n) FOR {c} IN ('A', 'B'))", ("l",)))
    + sql(over("SELECT hash({c}), xxhash64({c}) FROM {w} WHERE n < 4", ("l", "ci")))
    + sql(over("SELECT length({c}), octet_length({c}), ascii({c}) FROM {w} WHERE n < 4", ("l", "ci")))
    + sql(over("SELECT approx_top_k({c}) FROM {w}", ("l",)))
    + sql(
        over(
            "SELECT first_value({c}) OVER (PARTITION BY {c} ORDER BY n), dense_rank() OVER (ORDER BY {c} DESC) FROM {w} WHERE n < 8",
            ("l",),
        )
    )
)

FRAMES = frames(
    {
        "collate": lambda s: s.table("t1").select(
            F.collate("v", "UNICODE_CI").alias("x"), F.collation(F.collate("v", "de"))
        ),
        "schema json": lambda s: (
            s.table("t1")
            .select(
                F.collate("v", "UTF8_LCASE").alias("x"),
                F.array(F.collate("v", "UNICODE")).alias("a"),
                F.struct(F.collate("v", "UNICODE_CI").alias("y")).alias("s"),
            )
            .schema.json()
        ),
        "schema given": lambda s: s.createDataFrame(
            [("a", ["b"], ("c",)), ("A", ["B"], ("C",))],
            StructType()
            .add("x", StringType("UTF8_LCASE"))
            .add("l", ArrayType(StringType("UNICODE_CI")))
            .add("s", StructType().add("y", StringType("de"))),
        ),
        "schema as text": lambda s: (
            s.createDataFrame([("a",), ("A",)], "x STRING COLLATE UTF8_LCASE").distinct().count()
        ),
        "group by": lambda s: (
            s.createDataFrame([("a", 1), ("A", 2), ("b", 3)], "x STRING COLLATE UNICODE_CI, n INT")
            .groupBy("x")
            .sum("n")
        ),
        "drop duplicates": lambda s: s.createDataFrame(
            [("a", 1), ("A", 2), ("b", 3)], "x STRING COLLATE UNICODE_CI, n INT"
        ).dropDuplicates(["x"]),
        "join": lambda s: (
            (d := s.createDataFrame([("a", 1), ("A", 2), ("b", 3)], "x STRING COLLATE UTF8_LCASE, n INT"))
            .alias("l")
            .join(d.alias("r"), "x")
        ),
        "cast": lambda s: s.table("t1").select(F.col("v").cast(StringType("UTF8_LCASE")).alias("x")).where("x = 'A'"),
        "map key": lambda s: s.createDataFrame(
            [({"a": 1},)], StructType().add("m", MapType(StringType("UTF8_LCASE"), StringType()))
        ),
        "dtypes": lambda s: s.table("t1").select(F.collate("v", "UTF8_LCASE").alias("x")).dtypes,
        "sort": lambda s: (
            s.createDataFrame([("b",), ("A",), ("a",), ("B",)], "x STRING COLLATE UNICODE").sort("x").collect()
        ),
    }
)

CASES = [*NAMES, *PRECEDENCE, *ROWS, *FRAMES]
