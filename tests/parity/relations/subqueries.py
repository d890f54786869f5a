"""Scalar, IN, EXISTS and correlated subqueries."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

CASES = [
    *sql("""
SELECT (SELECT max(age) FROM people)

SELECT name, (SELECT max(age) FROM people) - age FROM people

SELECT name FROM people WHERE age = (SELECT max(age) FROM people)

SELECT (SELECT age FROM people WHERE name = 'Nobody') AS none

SELECT e.id, (SELECT name FROM dept d WHERE d.id = e.dept) AS dept_name FROM emp e

SELECT d.name, (SELECT count(*) FROM emp e WHERE e.dept = d.id) AS n FROM dept d

SELECT d.name, (SELECT sum(salary) FROM emp e WHERE e.dept = d.id AND e.salary > 80) FROM dept d

SELECT name FROM dept WHERE (SELECT count(*) FROM emp WHERE emp.dept = dept.id) = 0

SELECT v FROM t1 WHERE k IN (SELECT k FROM t2)

SELECT v FROM t1 WHERE k NOT IN (SELECT k FROM t2)

SELECT v FROM t1 WHERE k NOT IN (SELECT k FROM t2 WHERE k IS NOT NULL)

SELECT v FROM t1 WHERE k NOT IN (SELECT k FROM t2 WHERE false)

SELECT v, k IN (SELECT k FROM t2) AS found FROM t1

SELECT v, k NOT IN (SELECT k FROM t2) AS missing FROM t1

SELECT v FROM t1 WHERE (k, v) IN (SELECT k, 'b' FROM t2)

SELECT v FROM t1 WHERE k IN (SELECT k FROM t2 WHERE t2.w > t1.v)

SELECT v FROM t1 WHERE EXISTS (SELECT * FROM t2 WHERE t2.k = t1.k)

SELECT v FROM t1 WHERE NOT EXISTS (SELECT 1 FROM t2 WHERE t2.k = t1.k)

SELECT v FROM t1 WHERE EXISTS (SELECT 1 FROM t2 WHERE t2.k = t1.k) OR v = 'd'

SELECT v, EXISTS (SELECT 1 FROM t2 WHERE t2.k = t1.k) FROM t1

SELECT EXISTS (SELECT 1 FROM t2 WHERE k > 100)

SELECT city, count(*) FROM people GROUP BY city HAVING count(*) > (SELECT count(*) FROM dept) - 2

SELECT city FROM people GROUP BY city HAVING city IN (SELECT max('Rome'))

SELECT id FROM emp e WHERE salary > (SELECT avg(salary) FROM emp i WHERE i.dept = e.dept)

SELECT id FROM emp e WHERE salary = (SELECT max(salary) FROM emp i WHERE i.dept = e.dept AND i.hired IS NOT NULL)

SELECT id FROM emp WHERE dept IN (SELECT id FROM dept WHERE name IN (SELECT max('Sales')))

SELECT v FROM t1 WHERE EXISTS (SELECT 1 FROM t2 WHERE t2.k = t1.k AND EXISTS (SELECT 1 FROM dept WHERE dept.id = t2.k * 10))

SELECT name, CASE WHEN age > (SELECT avg(age) FROM people) THEN 'old' ELSE 'young' END FROM people

SELECT (SELECT 1) + (SELECT 2)

SELECT * FROM people ORDER BY (SELECT max(age) FROM people) - age, name

SELECT sum((SELECT max(k) FROM t2) + k) FROM t1

SELECT k, (SELECT first(w) FROM t2 WHERE t2.k = t1.k AND w = 'x') FROM t1

SELECT v FROM t1 WHERE k > ALL (SELECT 1)

SELECT max(age) FROM people WHERE age < (SELECT max(age) FROM people)

SELECT dept, (SELECT max(name) FROM dept d WHERE d.id = e.dept) AS n, count(*) FROM emp e GROUP BY dept

SELECT t.k FROM (SELECT k FROM t1 WHERE k IN (SELECT k FROM t2)) t

SELECT v FROM t1 WHERE k IN (SELECT w FROM t2 WHERE false)

SELECT v FROM t1 WHERE (SELECT count(*) FROM t2 WHERE t2.k = t1.k) > 1

SELECT v FROM t1 a WHERE k = (SELECT min(k) FROM t1 b WHERE b.v >= a.v)

SELECT (SELECT k FROM t2 WHERE w = 'x') IN (SELECT k FROM t1)

SELECT (SELECT struct(1 AS a, 2 AS b)).b

SELECT d.id, (SELECT array_agg(e.id) FROM emp e WHERE e.dept = d.id) FROM dept d WHERE d.id = 40

SELECT d.id, (SELECT count(*) + 1 FROM emp e WHERE e.dept = d.id) FROM dept d
"""),
    *frames({
        "scalar": lambda s: s.table("people").select("name", s.table("people").agg(F.max("age")).scalar().alias("m")),
        "scalar correlated": lambda s: s.table("dept").alias("d").select("name", s.table("emp").where(
            F.col("dept") == F.col("d.id").outer()).agg(F.count("*")).scalar().alias("n")),
        "exists": lambda s: s.table("t1").alias("a").where(
            s.table("t2").where(F.col("k") == F.col("a.k").outer()).exists()),
        "isin subquery": lambda s: s.table("t1").where(F.col("k").isin(s.table("t2").select("k"))),
        "not isin subquery": lambda s: s.table("t1").where(
            ~F.col("k").isin(s.table("t2").where("k IS NOT NULL").select("k"))),
    }),
]  # fmt: skip
