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
    "subqueries": {
        "parameters differ: error, hint": [
            "SELECT v FROM t1 WHERE k > ALL (SELECT 1)",
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
            "bits, ANSI on",
            "bits, ANSI off",
            "in query, ANSI off",
        ],
        "parameters differ: inputType": [
            "SELECT '5' + 1, '5' * 2.5D, '5' / 2, i32 + str, str + str, str % i64 FROM types",
        ],
        "names, types, nullability or metadata differ": [
            "SELECT NULL + 1, NULL || 'x', NULL = NULL, NOT NULL, NULL AND true, -NULL FROM types",
            "SELECT NULL + 1, NULL || 'x', NULL = NULL, NOT NULL, NULL AND true, -NULL FROM types [spark.sql.ansi.enabled=false]",
        ],
    },
    "naming": {
        "values differ": [
            "aggregates",
        ],
    },
    "sessions": {
        "values differ": [
            "view keeps its plan",
        ],
        "names, types, nullability or metadata differ": [
            "view columns",
        ],
        "Spark raises INVALID_SQL_ARG": [
            "parameter column",
        ],
    },
    "failures": {
        "parameters differ: searchPath": [
            "UNCACHE TABLE missing_view",
        ],
        "parameters differ: requiredType": [
            "SELECT abs('a' = 'b')",
            "function of wrong type",
        ],
        "the place in the query differs": [
            "ambiguous self join",
            "getField missing",
            "cast to unknown",
        ],
        "raises GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE": [
            "SELECT m FROM nested GROUP BY m",
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
        "Spark raises INVALID_USAGE_OF_STAR_OR_REGEX, this WRONG_NUM_ARGS.WITHOUT_SUGGESTION": [
            "SELECT name + * FROM people",
        ],
        "parameters differ: hint": [
            "SELECT a FROM (SELECT 1 AS a",
        ],
        "parameters differ: actualNumArgs": [
            "SELECT transform(array(1), (x, y, z) -> x)",
        ],
        "Spark raises _LEGACY_ERROR_TEMP_1210": [
            "SELECT first(v, 'x') FROM t1",
        ],
        "parameters differ: sqlExpr": [
            "withField of non-struct",
            "dropFields all",
        ],
        "Spark raises None, this INTERNAL_ERROR": [
            "colRegex invalid",
        ],
        "Spark raises None, this CONNECT_INVALID_PLAN.ASSERTION_FAILURE": [
            "cov of text",
            "range step",
            "sample fraction",
        ],
    },
}
