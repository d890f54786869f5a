"""What is not as in Spark yet: module → reason → cases. A gap that closes fails its test until it is taken out here."""

GAPS: dict[str, dict[str, list[str]]] = {
    "filters": {
        "the place in the query differs": [
            "SELECT name FROM people WHERE NULL",
            "SELECT name FROM people WHERE (age, city) IN ((25, 'Rome'), (41, NULL))",
        ],
        "parameters differ: hint": [
            "SELECT name FROM people WHERE age BETWEEN SYMMETRIC 30 AND 25",
        ],
        "values differ": [
            "SELECT name FROM people WHERE name NOT LIKE ANY ('A%', '%e')",
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
        "the place in the query differs": [
            "SELECT name, city FROM people ORDER BY row_number() OVER (ORDER BY name DESC)",
        ],
    },
    "sets": {
        "the place in the query differs": [
            "SELECT 1 AS x UNION SELECT 'a'",
            "SELECT 1 AS a, 2 AS b UNION BY NAME SELECT 3 AS b, 4 AS a",
            "SELECT 1 AS a, 2 AS b UNION ALL BY NAME SELECT 3 AS b, 4 AS a",
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
        "the place in the query differs": [
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r",
        ],
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
            "SELECT * FROM missing",
            "UNCACHE TABLE missing_view",
            "sql syntax",
            "table missing",
            "view missing",
        ],
        "Spark raises REQUIRES_SINGLE_PART_NAMESPACE, this TABLE_OR_VIEW_NOT_FOUND": [
            "SELECT * FROM a.b.c",
        ],
        "parameters differ: requiredType": [
            "SELECT abs('a' = 'b')",
            "function of wrong type",
        ],
        "the place in the query differs": [
            "SELECT 1 IN (array(1))",
            "SELECT abs(-2147483648)",
            "SELECT name, count(*) FROM people",
            "SELECT city, count(*) FROM people GROUP BY count(*)",
            "SELECT city FROM people GROUP BY 3",
            "SELECT city FROM people GROUP BY 0",
            "SELECT sum(max(age)) FROM people",
            "SELECT name FROM people ORDER BY 2",
            "SELECT name FROM people LIMIT -1",
            "SELECT name FROM people LIMIT 'a'",
            "SELECT name FROM people LIMIT NULL",
            "SELECT name FROM people OFFSET -1",
            "SELECT m FROM nested ORDER BY m",
            "SELECT grouping(city) FROM people GROUP BY city",
            "SELECT k FROM t1 UNION SELECT k, w FROM t2",
            "SELECT 1 UNION ALL SELECT array(1)",
            "SELECT 1, 2, 'a' UNION SELECT 1, 2, map(1, 2)",
            "SELECT map(1, 2) INTERSECT SELECT map(1, 2)",
            "SELECT 1 AS a UNION BY NAME SELECT 2 AS b",
            "SELECT * FROM t1 JOIN t2 ON t1.k + t2.k",
            "SELECT * FROM t1 JOIN t2 ON max(t1.k) = 1",
            "SELECT row_number() FROM people",
            "SELECT row_number() OVER () FROM people",
            "SELECT row_number() OVER w FROM people",
            "SELECT 1 AS (a, b)",
            "WITH c AS (SELECT 1), c AS (SELECT 2) SELECT * FROM c",
            "SELECT * FROM VALUES (1), (array(1))",
            "SELECT * FROM people WHERE age",
            "SELECT * FROM people WHERE name",
            "SELECT",
            "SELEC 1",
            "SELECT (1",
            "SELECT 'abc",
            "SELECT 1 1",
            "SELECT * FORM people",
            "SELECT raise_error('my message')",
            "SELECT assert_true(1 > 2)",
            "ambiguous self join",
            "getField missing",
            "cast to unknown",
            "expr syntax",
            "where syntax",
            "window without order",
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
        "parameters differ: expressionList": [
            "SELECT sum(age) FROM people WHERE sum(age) > 1",
            "where aggregate",
        ],
        "Spark raises UNSUPPORTED_GENERATOR.OUTSIDE_SELECT, this UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS": [
            "SELECT name FROM people WHERE explode(array(1)) = 1",
        ],
        "Spark raises UNRESOLVED_COLUMN.WITH_SUGGESTION, this MISSING_AGGREGATION": [
            "SELECT city FROM people GROUP BY city HAVING name = 'x'",
        ],
        "parameters differ: aggExpr": [
            "SELECT city, count(*) FROM people GROUP BY 2",
        ],
        "Spark raises UNRESOLVED_COLUMN.WITH_SUGGESTION, this UNRESOLVED_COLUMN.WITHOUT_SUGGESTION": [
            "SELECT name FROM people LIMIT age",
        ],
        "raises GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE": [
            "SELECT m FROM nested GROUP BY m",
        ],
        "Spark raises UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE": [
            "SELECT DISTINCT m FROM nested",
            "distinct of maps",
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
        "parameters differ: leftColumns, sqlExpr": [
            "SELECT 1 IN (SELECT 1, 2)",
            "SELECT (1, 2) IN (SELECT 1)",
        ],
        "parameters differ: mismatchedColumns, sqlExpr": [
            "SELECT 1 IN (SELECT array(1))",
        ],
        "Spark raises DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE, this DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE": [
            "SELECT sum(age) OVER (ORDER BY name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people",
        ],
        "parameters differ: orderSpec, sqlExpr": [
            "SELECT sum(age) OVER (RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people",
            "SELECT sum(age) OVER (ORDER BY age, name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people",
        ],
        "Spark raises _LEGACY_ERROR_TEMP_1036, this WINDOW_FUNCTION_AND_FRAME_MISMATCH": [
            "SELECT row_number() OVER (ORDER BY name ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM people",
        ],
        "Spark raises DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON, this INTERNAL_ERROR": [
            "SELECT sum(age) OVER (ORDER BY name ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM people",
        ],
        "Spark raises _LEGACY_ERROR_TEMP_0064, this UNSUPPORTED_FEATURE.GLOWPLUG": [
            "SELECT sum(age) OVER (ORDER BY name ROWS BETWEEN age PRECEDING AND CURRENT ROW) FROM people",
        ],
        "raises UNSUPPORTED_GENERATOR.MULTI_GENERATOR": [
            "SELECT explode(array(1)), explode(array(2))",
            "two generators",
        ],
        "parameters differ: classCanonicalName, functionName": [
            "SELECT * FROM people LATERAL VIEW upper(name) t AS x",
        ],
        "parameters differ: aliasesNames": [
            "SELECT posexplode(array(1)) AS (a, b, c)",
            "alias arity",
        ],
        "Spark raises DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, this INVALID_EXTRACT_BASE_FIELD_TYPE": [
            "SELECT arr['a'] FROM nested",
        ],
        "parameters differ: columns": [
            "SELECT p.* FROM people",
        ],
        "Spark raises _LEGACY_ERROR_TEMP_1050, this CANNOT_RESOLVE_STAR_EXPAND": [
            "SELECT age.* FROM people",
        ],
        "parameters differ: proposal": [
            "SELECT * EXCEPT (missing) FROM people",
        ],
        "Spark raises INVALID_USAGE_OF_STAR_OR_REGEX, this WRONG_NUM_ARGS.WITHOUT_SUGGESTION": [
            "SELECT name + * FROM people",
        ],
        "parameters differ: numExpr, numTarget": [
            "WITH c(a, b) AS (SELECT 1) SELECT * FROM c",
            "SELECT * FROM people p(a, b)",
            "toDF count",
        ],
        "Spark raises INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE, this UNRESOLVED_COLUMN.WITH_SUGGESTION": [
            "SELECT * FROM VALUES (rand()) AS t(a) WHERE missing = 1",
        ],
        "Spark raises WRONG_NUM_ARGS.WITHOUT_SUGGESTION, this CAST_INVALID_INPUT": [
            "SELECT * FROM range('a', 'b', 'c', 'd', 'e')",
        ],
        "Spark raises UNRESOLVABLE_TABLE_VALUED_FUNCTION, this UNRESOLVED_ROUTINE": [
            "SELECT * FROM nofunction(1)",
        ],
        "parameters differ: docroot": [
            "SELECT * FROM range()",
        ],
        "Spark raises MISSING_GROUP_BY": [
            "SELECT * FROM people HAVING age > 1",
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
        "Spark raises DATATYPE_MISMATCH.NON_FOLDABLE_INPUT": [
            "SELECT lag(v, k) OVER (ORDER BY v) FROM t1",
        ],
        "parameters differ: sql": [
            "SELECT * FROM (SELECT * FROM VALUES (1, 'a') AS t(a, b)) PIVOT (a FOR b IN ('a'))",
        ],
        "parameters differ: sqlExpr": [
            "group by aggregate",
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
