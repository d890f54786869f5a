"""WHERE, and filters on columns that a projection dropped."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import ANSI_OFF, frames, sql

CASES = [
    *sql("""
SELECT name FROM people WHERE age > 26

SELECT name FROM people WHERE age > 26 OR city = 'Oslo'

SELECT name FROM people WHERE NOT (age > 26)

SELECT name FROM people WHERE city IN ('Rome', NULL)

SELECT name FROM people WHERE city NOT IN ('Rome', NULL)

SELECT name FROM people WHERE NULL

SELECT name FROM people WHERE true

SELECT name AS n FROM people WHERE name = 'Ann'

SELECT a FROM nums WHERE c = double('NaN')

SELECT a FROM nums WHERE c > 1e300

SELECT a FROM nums WHERE c = 0.0

SELECT a FROM nums WHERE b > '15'

SELECT id FROM nested WHERE s.y.z = 'deep'

SELECT id FROM nested WHERE m['a'] = 1 AND try_element_at(arr, 1) = 3

SELECT name FROM people WHERE (age, city) = (25, 'Rome')

SELECT name FROM people WHERE (age, city) IN ((25, 'Rome'), (41, NULL))

SELECT name FROM people WHERE age BETWEEN SYMMETRIC 30 AND 25

SELECT name FROM people WHERE name LIKE ANY ('A%', '%e')

SELECT name FROM people WHERE name LIKE ALL ('%e%', '_e%')

SELECT name FROM people WHERE name NOT LIKE ANY ('A%', '%e')

SELECT name FROM people WHERE CASE WHEN age IS NULL THEN true ELSE age > 40 END
"""),
    *sql("SELECT a FROM nums WHERE b > 'x'", conf=ANSI_OFF),
    *frames({
        "where text": lambda s: s.table("people").where("age > 26 AND city IS NOT NULL"),
        "filter twice": lambda s: s.table("people").filter(F.col("age") > 20).filter("city = 'Rome'"),
        "filter on a dropped column": lambda s: (d := s.table("people")).select("name").filter(d.age > 26),
        "filter by name on a dropped column": lambda s: s.table("people").select("name").filter("age > 26"),
        "filter after withColumn by the old column": lambda s: (d := s.table("people"))
        .withColumn("age", F.lit(1)).filter(d.age > 26),
        "filter after drop": lambda s: (d := s.table("people")).drop("age").filter(d["age"] > 26),
        "filter after two selects": lambda s: (d := s.table("people")).select("name", "age").select("name")
        .where(d.age == 25),
        "filter sees the new name first": lambda s: s.table("people").select(F.col("age").alias("name"), "city")
        .where("name = 25"),
        "filter boolean column": lambda s: s.table("people").withColumn("b", F.col("age") > 26).filter("b"),
        "filter on literal": lambda s: s.table("people").filter(F.lit(False)),
        "where after group": lambda s: s.table("people").groupBy("city").count().where("count > 1"),
        "where after group by a column of its input": lambda s: s.table("people").groupBy("city").count()
        .where(F.col("city") == "Rome"),
        "filter, limit, filter": lambda s: s.range(10).filter("id > 2").limit(3).filter("id > 4"),
    }),
]  # fmt: skip
