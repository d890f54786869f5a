"""What is not as in Spark yet: module → reason → cases. A gap that closes fails its test until it is taken out here."""

GAPS: dict[str, dict[str, list[str]]] = {
    "filters": {
        "parameters differ: hint": [
            "SELECT name FROM people WHERE age BETWEEN SYMMETRIC 30 AND 25",
        ],
    },
    "joins": {
        "names, types, nullability or metadata differ": [
            "SELECT k, t1.k, t2.k, v, w FROM t1 FULL JOIN t2 USING (k)",
            "SELECT t1.*, t2.* FROM t1 LEFT JOIN t2 USING (k)",
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
    "sets": {
        "the place in the query differs": [
            "SELECT 1 AS x UNION SELECT 'a'",
        ],
    },
    "leaves": {
        "Spark raises INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE": [
            "SELECT * FROM VALUES (1), ('a') AS t(n) [spark.sql.ansi.enabled=false]",
        ],
    },
    "subqueries": {
        "parameters differ: error, hint": [
            "SELECT v FROM t1 WHERE k > ALL (SELECT 1)",
        ],
        "Spark raises SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION": [
            "SELECT dept, (SELECT max(name) FROM dept d WHERE d.id = e.dept) AS n, count(*) FROM emp e GROUP BY dept",
        ],
    },
    "ctes": {
        "Spark raises CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE": [
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 0.5 FROM r WHERE n < 3) SELECT * FROM r",
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
        "Spark raises UNSUPPORTED_DATA_TYPE_FOR_ARROW_CONVERSION": [
            "SELECT ym * 2, dt / 2, 2 * dt, ym + ym, dt - dt, ym / 2.5D FROM types",
            "SELECT ym * 2, dt / 2, 2 * dt, ym + ym, dt - dt, ym / 2.5D FROM types [spark.sql.ansi.enabled=false]",
        ],
        "names, types, nullability or metadata differ": [
            "SELECT NULL + 1, NULL || 'x', NULL = NULL, NOT NULL, NULL AND true, -NULL FROM types",
            "SELECT NULL + 1, NULL || 'x', NULL = NULL, NOT NULL, NULL AND true, -NULL FROM types [spark.sql.ansi.enabled=false]",
        ],
        "Spark raises DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES": [
            "SELECT array(1) = array(1.0), array(1) < array(2), array(1, NULL) = array(1, NULL)",
            "SELECT array(1) = array(1.0), array(1) < array(2), array(1, NULL) = array(1, NULL) [spark.sql.ansi.enabled=false]",
        ],
        "Spark raises DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE": [
            "SELECT NOT 'true', 'true' AND true, IF('false', 1, 2)",
        ],
    },
    "naming": {
        "Spark raises UNSUPPORTED_DATA_TYPE_FOR_ARROW_CONVERSION": [
            "SELECT INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 02:03:04.5' DAY TO SECOND, INTERVAL '3' HOUR, INTERVAL 2 MONTHS",
        ],
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
        "Spark raises REQUIRES_SINGLE_PART_NAMESPACE, this TABLE_OR_VIEW_NOT_FOUND": [
            "SELECT * FROM a.b.c",
        ],
        "parameters differ: requiredType": [
            "SELECT abs('a' = 'b')",
            "function of wrong type",
        ],
        "the place in the query differs": [
            "SELECT abs(-2147483648)",
            "SELECT 1 AS (a, b)",
            "SELECT * FROM VALUES (1), (array(1))",
            "SELECT raise_error('my message')",
            "SELECT assert_true(1 > 2)",
            "ambiguous self join",
            "getField missing",
            "cast to unknown",
        ],
        "parameters differ: alternative, message": [
            "SELECT 2147483647 + 1",
            "SELECT -2147483648 - 1",
            "SELECT 100000 * 100000",
            "SELECT 9223372036854775807 + 1",
            "SELECT sum(x) FROM VALUES (9223372036854775807), (1) AS t(x)",
            "SELECT a + 2147483647 FROM nums",
            "overflow",
            "sum overflow",
        ],
        "parameters differ: message": [
            "SELECT -(-9223372036854775807 - 1)",
        ],
        "Spark raises BINARY_ARITHMETIC_OVERFLOW, this ARITHMETIC_OVERFLOW": [
            "SELECT 127Y + 1Y",
            "SELECT 32767S * 2S",
        ],
        "Spark raises UNRESOLVED_COLUMN.WITH_SUGGESTION, this MISSING_AGGREGATION": [
            "SELECT city FROM people GROUP BY city HAVING name = 'x'",
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
        "parameters differ: ": [
            "SELECT (SELECT age FROM people)",
            "SELECT :missing",
            "dropDuplicates missing",
            "dropDuplicates field",
            "scalar rows",
            "parameter unbound",
            "parameter count",
        ],
        "parameters differ: orderSpec, sqlExpr": [
            "SELECT sum(age) OVER (ORDER BY age, name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people",
        ],
        "raises UNSUPPORTED_GENERATOR.MULTI_GENERATOR": [
            "SELECT explode(array(1)), explode(array(2))",
            "two generators",
        ],
        "parameters differ: classCanonicalName, functionName": [
            "SELECT * FROM people LATERAL VIEW upper(name) t AS x",
        ],
        "Spark raises INVALID_USAGE_OF_STAR_OR_REGEX, this WRONG_NUM_ARGS.WITHOUT_SUGGESTION": [
            "SELECT name + * FROM people",
        ],
        "parameters differ: numExpr, numTarget": [
            "toDF count",
        ],
        "Spark raises INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE, this UNRESOLVED_COLUMN.WITH_SUGGESTION": [
            "SELECT * FROM VALUES (rand()) AS t(a) WHERE missing = 1",
        ],
        "parameters differ: hint": [
            "SELECT a FROM (SELECT 1 AS a",
        ],
        "parameters differ: relationName, searchPath": [
            "DROP VIEW missing_view",
        ],
        "parameters differ: actualNumArgs": [
            "SELECT transform(array(1), (x, y, z) -> x)",
        ],
        "Spark raises _LEGACY_ERROR_TEMP_1210": [
            "SELECT first(v, 'x') FROM t1",
        ],
        "Spark raises DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE, this INTERNAL_ERROR": [
            "SELECT ntile(0) OVER (ORDER BY v) FROM t1",
        ],
        "parameters differ: sql": [
            "SELECT * FROM (SELECT * FROM VALUES (1, 'a') AS t(a, b)) PIVOT (a FOR b IN ('a'))",
        ],
        "parameters differ: sqlExpr": [
            "withField of non-struct",
            "dropFields all",
        ],
        "raises COLUMN_ALREADY_EXISTS": [
            "withColumnsRenamed same",
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
