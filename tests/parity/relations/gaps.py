"""What is not as in Spark yet: module → reason → cases. A gap that closes fails its test until it is taken out here."""

GAPS: dict[str, dict[str, list[str]]] = {
    "filters": {
        "parameters differ: hint": [
            "SELECT name FROM people WHERE age BETWEEN SYMMETRIC 30 AND 25",
        ],
    },
    "aggregates": {
        "values differ": [
            "SELECT stddev(v), stddev_pop(v), variance(v), var_pop(v) FROM pairs WHERE g = 'x'",
        ],
    },
    "windows": {
        "parameters differ: error, hint": [
            "SELECT name, sum(age) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people WINDOW w AS (ORDER BY name)",
            "SELECT name, sum(age) OVER w2 FROM people WINDOW w AS (PARTITION BY city), w2 AS (w ORDER BY name)",
        ],
    },
    "generators": {
        "values differ": [
            "SELECT n.id, t.x FROM nested n LEFT JOIN LATERAL explode(n.arr) t(x)",
        ],
        "parameters differ: sqlExpr": [
            "SELECT * FROM inline(array(struct(1 AS a, 'x' AS b), struct(2, 'y')))",
        ],
    },
    "coercion": {
        "values differ": [
            "minus, ANSI on",
            "minus, ANSI off",
        ],
    },
    "naming": {
        "values differ": [
            "aggregates",
        ],
    },
    "failures": {
        "the place in the query differs": [
            "getField missing",
            "cast to unknown",
        ],
        "parameters differ: grouping, groupingColumns": [
            "SELECT grouping(age) FROM people GROUP BY CUBE(city)",
        ],
        "parameters differ: groupByColumns, groupingIdColumn": [
            "SELECT grouping_id(age) FROM people GROUP BY CUBE(city)",
        ],
        "parameters differ: orderSpec, sqlExpr": [
            "SELECT sum(age) OVER (ORDER BY age, name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people",
        ],
        "parameters differ: classCanonicalName, functionName": [
            "SELECT * FROM people LATERAL VIEW upper(name) t AS x",
        ],
        "parameters differ: hint": [
            "SELECT a FROM (SELECT 1 AS a",
        ],
        "Spark raises _LEGACY_ERROR_TEMP_1210": [
            "SELECT first(v, 'x') FROM t1",
        ],
        "Spark raises None, this CONNECT_INVALID_PLAN.ASSERTION_FAILURE": [
            "colRegex invalid",
            "cov of text",
            "range step",
            "sample fraction",
        ],
    },
    "ansi": {
        "Spark raises ARITHMETIC_OVERFLOW": [
            "SELECT sum(x), avg(x) FROM VALUES (9223372036854775807), (9223372036854775807), (-9223372036854775807) AS t(x)",
        ],
    },
    "nesting": {
        "Spark loses the rows whose map is empty, as its optimizer forgets the outer join": [
            "SELECT n.id, k, v FROM nested n LEFT JOIN LATERAL explode(n.m) t(k, v)",
        ],
        "the place in the query differs": [
            "SELECT substring('hello', -3, 2), substr('hello', 0, 2), left('hello', 2), right('hello', 9), 'hello'[0]",
        ],
    },
    "collations": {
        "CHAR and VARCHAR have no collation": [
            "SELECT CAST('a' AS CHAR(3) COLLATE UNICODE)",
        ],
        "a constant within a struct keeps its own collation": [
            "SELECT s = named_struct('x', 'A'), a = array('A' COLLATE UTF8_LCASE), a < array('B' COLLATE UTF8_LCASE) FROM (SELECT named_struct('x', v COLLATE UTF8_LCASE) AS s, array(v COLLATE UTF8_LCASE) AS a FROM t1)",
        ],
        "a cast that COLLATE overrules stays in the name": [
            "SELECT CAST('a' AS STRING COLLATE UTF8_LCASE) = 'A', CAST('a' AS STRING COLLATE UTF8_LCASE) = 'A' COLLATE UNICODE",
        ],
        "Spark's join takes ß for ss, which its order and its grouping tell apart": [
            "SELECT a.n, b.n FROM words a JOIN words b ON a.ai = b.ai WHERE a.n < b.n",
        ],
        "DISTINCT is refused, whatever the delimiter": [
            "SELECT listagg(DISTINCT l, ',') WITHIN GROUP (ORDER BY l) FROM words WHERE n < 8",
            "SELECT listagg(DISTINCT r, ',') WITHIN GROUP (ORDER BY r) FROM words WHERE n < 8",
        ],
        "refused": [
            "SELECT approx_top_k(l) FROM words",
        ],
    },
    "collated_functions": {
        "schema_of_json wants a plain constant": [
            "SELECT from_csv('1,b' COLLATE UTF8_LCASE, 'a INT, b STRING'), schema_of_json('{\"a\":1}' COLLATE UTF8_LCASE), variant_get(parse_json('{\"a\":\"b\"}' COLLATE UTF8_LCASE), '$.a', 'string')",
            "SELECT from_csv('1,b' COLLATE UNICODE_CI, 'a INT, b STRING'), schema_of_json('{\"a\":1}' COLLATE UNICODE_CI), variant_get(parse_json('{\"a\":\"b\"}' COLLATE UNICODE_CI), '$.a', 'string')",
        ],
    },
    "misfits": {
        "parameters differ: sqlExpr": [
            "SELECT array(1) BETWEEN 1 AND 2",
        ],
        "the place in the query differs": [
            "SELECT * FROM t1 LIMIT k",
        ],
        "Spark raises FAILED_FUNCTION_CALL, this CAST_INVALID_INPUT": [
            "SELECT lag(k, 'x') OVER (ORDER BY k) FROM t1",
        ],
    },
    "queries": {
        "the plan that the message shows differs": [
            "SELECT g FROM pairs GROUP BY g HAVING explode(array(g)) = 'x'",
            "SELECT g FROM pairs GROUP BY g ORDER BY explode(array(g))",
            "SELECT * FROM t1, LATERAL (SELECT rand(0))",
            "SELECT * FROM t1 JOIN LATERAL (SELECT * FROM t2) AS s ON t1.k + rand(0) = s.k",
            "SELECT k, (SELECT sum(t1.k) FROM t2) FROM t1",
            "SELECT city, sum(age) AS age FROM people GROUP BY city ORDER BY sum(age)",
        ],
        "the place in the query differs": [
            "SELECT g, explode(collect_list(v)) AS e FROM pairs GROUP BY g HAVING count(*) > 2",
            "SELECT count(v) AS n, sum(v) + v FROM pairs GROUP BY ALL",
            "TABLE pairs |> AGGREGATE sum(v) GROUP BY ALL",
            "TABLE pairs |> PIVOT (sum(v) FOR g IN ('x')) UNPIVOT (n FOR m IN (x))",
            "SELECT * FROM t1 GROUP BY 1, 2",
            "SELECT * FROM VALUES ((SELECT 1))",
        ],
        "parameters differ: invalidParams, case, windowExpr, columns, proposal, bounds": [
            "SELECT k AS x, sum(x) OVER () FROM t1",
            "SELECT g, grouping_id(v, g) FROM pairs GROUP BY CUBE(g, v)",
            "SELECT k FROM t1 ORDER BY v, ALL",
            "SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM pairs",
            "SELECT /*+ REPARTITION(upper(v)) */ * FROM t1",
            "TABLE pairs |> AGGREGATE sum(v) OVER () GROUP BY g",
        ],
    },
}
