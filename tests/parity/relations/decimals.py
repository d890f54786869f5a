"""Types and values of decimal arithmetic."""

from __future__ import annotations

from typing import Any

from tests.parity.relations.cases import ANSI_OFF, Case, failure, sql

PRECISIONS = ((1, 0), (3, 1), (5, 2), (10, 0), (10, 2), (10, 10), (18, 6), (20, 0), (20, 10), (38, 0), (38, 6), (38, 18),
              (38, 38))  # fmt: skip
FULL_SCALE = {"spark.sql.decimalOperations.allowPrecisionLoss": "false"}


def types(operator: str) -> Any:
    """The result's type for each pair of precisions and scales."""

    def run(spark: Any) -> dict[str, list[str]]:
        rows = {}
        for a in PRECISIONS:
            items = [f"CAST(0.1 AS DECIMAL{a}) {operator} CAST(0.1 AS DECIMAL{b})" for b in PRECISIONS]
            schema = spark.sql(f"SELECT {', '.join(items)}").schema
            rows[str(a)] = [f.dataType.simpleString() + ("?" if f.nullable else "") for f in schema]
        return rows

    return run


def values(operator: str, numbers: tuple[str, ...]) -> Any:
    """The result's value for each pair of numbers, or the error's condition."""

    def run(spark: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for a in numbers:
            for b in numbers:
                try:
                    out[f"{a} {operator} {b}"] = spark.sql(f"SELECT {a} {operator} {b}").collect()[0][0]
                except Exception as error:
                    out[f"{a} {operator} {b}"] = failure(error)["condition"]
        return out

    return run


NUMBERS = ("0.3", "-7.25", "3", "100000000000000000000.5", "0.000000000000000001", "99999999999999999999999999999999999999",
           "CAST(2 AS DECIMAL(38,18))", "0.00")  # fmt: skip

CASES = [
    *(Case(f"types of {op}", types(op)) for op in "+-*/%"),
    *(Case(f"types of {op} without loss of precision", types(op), conf=FULL_SCALE) for op in "+-*/%"),
    *(Case(f"values of {op}, ANSI {mode}", values(op, NUMBERS), conf=conf) for op in ("+", "-", "*", "/", "%", "div")
      for mode, conf in (("on", {}), ("off", ANSI_OFF))),
    *sql("""
SELECT sum(salary), avg(salary), sum(salary * 2), avg(salary / 3), max(salary) * 1.1 FROM emp

SELECT sum(d), avg(d) FROM VALUES (CAST(1.5 AS DECIMAL(38,18))), (CAST(2.25 AS DECIMAL(38,18))) AS t(d)

SELECT sum(d), avg(d) FROM VALUES (CAST(1 AS DECIMAL(38,0))), (CAST(2 AS DECIMAL(38,0))) AS t(d)

SELECT avg(d) FROM VALUES (CAST(1 AS DECIMAL(5,2))), (CAST(2 AS DECIMAL(5,2))), (CAST(2 AS DECIMAL(5,2))) AS t(d)

SELECT 1.10 = 1.1, 1.10 <=> 1.100, 0.1 + 0.2 = 0.3, 1 = 1.0, 2L > 1.99

SELECT -1.5, +1.5, abs(-1.50), - CAST(1 AS DECIMAL(3,1))

SELECT 1.5 + 1, 1.5 + 1L, 1.5 + 1Y, 1.5 * 2S, 1.5 / 2, 10 % 3.3, 1.5 + 1.0D, 1.5BD + 1F

SELECT CAST(salary AS DECIMAL(5,1)), CAST(salary AS INT), CAST(salary AS STRING), CAST(id AS DECIMAL(10,3)) FROM emp

SELECT 123456789012345678901234567890.12345678 * 10, 1e10BD, 12.345BD, .5, 5.

SELECT dept, sum(salary) * count(*), avg(salary) - 80 FROM emp GROUP BY dept

SELECT sum(CAST(id AS DECIMAL(20,5))), sum(DISTINCT salary) FROM emp

SELECT CASE WHEN id > 2 THEN 1.5 ELSE 10.25 END, coalesce(salary, 0), greatest(1.5, 2.25, 3) FROM emp

SELECT salary BETWEEN 70 AND 90.5, salary IN (80.25, 100.5) FROM emp

SELECT CAST('1.005' AS DECIMAL(3,2)), CAST(1.005 AS DECIMAL(3,2)), CAST(-1.005BD AS DECIMAL(3,2)), CAST(2.5D AS DECIMAL(1,0))
"""),
    *(case for conf in ({}, ANSI_OFF) for case in sql("""
SELECT CAST(1000 AS DECIMAL(3,0))

SELECT CAST('99999999999999999999' AS DECIMAL(38,0)) * CAST('99999999999999999999' AS DECIMAL(38,0))

SELECT CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0)) + 1

SELECT sum(d) FROM VALUES (CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0))), (CAST(1 AS DECIMAL(38,0))) AS t(d)

SELECT 1.5 / 0

SELECT 1.5 % 0

SELECT CAST(1 AS DECIMAL(10,2)) / CAST(0 AS DECIMAL(10,2))
""", conf=conf)),
]  # fmt: skip
