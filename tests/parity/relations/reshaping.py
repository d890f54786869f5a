"""Pivot, unpivot, transpose; missing values; statistics."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

SALES = "SELECT * FROM VALUES (2020, 'q1', 10), (2020, 'q2', 20), (2021, 'q1', 5), (2021, 'q1', 7) AS s(year, q, n)"

CASES = [
    *sql(f"""
SELECT * FROM ({SALES}) PIVOT (sum(n) FOR q IN ('q1', 'q2'))

SELECT * FROM ({SALES}) PIVOT (sum(n) AS total, count(*) AS c FOR q IN ('q1' AS first, 'q2' AS second))

SELECT * FROM ({SALES}) PIVOT (sum(n) FOR (year, q) IN ((2020, 'q1') AS a, (2021, 'q1') AS b))

SELECT * FROM ({SALES}) PIVOT (max(n) FOR year IN (2020, 2021)) ORDER BY q

SELECT * FROM (SELECT 1 AS id, 10 AS a, 20 AS b, NULL AS c) UNPIVOT (val FOR name IN (a, b, c))

SELECT * FROM (SELECT 1 AS id, 10 AS a, 20 AS b, CAST(NULL AS INT) AS c) UNPIVOT INCLUDE NULLS (val FOR name IN (a AS x, b, c))

SELECT * FROM (SELECT 1 AS id, 1 AS a1, 2 AS a2, 3 AS b1, 4 AS b2) UNPIVOT ((v1, v2) FOR n IN ((a1, a2) AS a, (b1, b2)))

SELECT u.n FROM (SELECT 1 AS id, 10 AS a) UNPIVOT (val FOR n IN (a)) AS u
"""),
    *frames({
        "pivot": lambda s: s.sql(SALES).groupBy("year").pivot("q").sum("n"),
        "pivot on expression": lambda s: s.sql(SALES).groupBy("year").pivot(F.upper("q"), ["Q1"]).max("n"),
        "pivot numbers": lambda s: s.sql(SALES).groupBy("q").pivot("year", [2020, 2021]).agg(F.sum("n"), F.count("*").alias("c")),
        "pivot without grouping": lambda s: s.sql(SALES).groupBy().pivot("year").sum("n"),
        "unpivot": lambda s: s.sql("SELECT 1 id, 2 a, 3L b").unpivot("id", ["a", "b"], "var", "val"),
        "unpivot all": lambda s: s.sql("SELECT 1 id, 2 a, 3L b, NULL c").unpivot(["id"], None, "var", "val"),
        "melt": lambda s: s.sql("SELECT 1 id, 2 a, 3 b").melt(["id"], ["a"], "k", "v"),
        "transpose": lambda s: s.sql("SELECT * FROM VALUES ('r1', 1, 2), ('r2', 3, 4) AS t(k, a, b)").transpose(),
        "transpose by column": lambda s: s.sql("SELECT * FROM VALUES (1, 'r1', 2L), (3, 'r2', 4L) AS t(a, k, b)").transpose("k"),
        "na.drop": lambda s: s.table("people").na.drop(),
        "na.drop all": lambda s: s.table("pairs").na.drop("all"),
        "na.drop thresh": lambda s: s.table("people").na.drop(thresh=2),
        "na.drop subset": lambda s: s.table("people").dropna(subset=["city"]),
        "na.fill number": lambda s: s.table("nums").na.fill(0),
        "na.fill text": lambda s: s.table("people").fillna("?"),
        "na.fill dict": lambda s: s.table("people").fillna({"age": -1, "city": "none"}),
        "na.fill subset": lambda s: s.table("nums").fillna(1.5, subset=["c"]),
        "na.fill double into int": lambda s: s.table("nums").fillna(1.7, ["b"]),
        "na.fill bool": lambda s: s.sql("SELECT CAST(NULL AS BOOLEAN) b, 1 a").fillna(True),
        "na.replace": lambda s: s.table("people").replace({"Ann": "Anna", "Rome": "Roma"}),
        "na.replace numbers": lambda s: s.table("nums").replace([1, 10], [100, 1000]),
        "na.replace with null": lambda s: s.table("people").replace({"Rome": None}, subset=["city"]),
        "na.replace subset": lambda s: s.table("nums").replace(10, 11, ["b"]),
        "describe": lambda s: s.table("people").describe(),
        "describe columns": lambda s: s.table("nums").describe("a", "c"),
        "summary": lambda s: s.table("people").summary("count", "min", "max", "50%"),
        "crosstab": lambda s: s.table("pairs").na.drop().crosstab("g", "v"),
        "cov": lambda s: s.table("nums").where("b IS NOT NULL").stat.cov("a", "b"),
        "corr": lambda s: s.sql("SELECT id a, id * id b FROM range(5)").corr("a", "b"),
        "approxQuantile": lambda s: s.range(11).approxQuantile("id", [0.0, 0.5, 1.0], 0.0),
        "approxQuantile many": lambda s: s.table("nums").approxQuantile(["a", "b"], [0.5], 0.0),
        "freqItems": lambda s: s.range(4).freqItems(["id"], 0.2).select(F.array_sort("id_freqItems")),
        "sampleBy nothing": lambda s: s.range(10).sampleBy("id", {0: 0.0, 1: 1.0}, 1),
        "sample all": lambda s: s.range(5).sample(1.0).count(),
        "sample none": lambda s: s.range(5).sample(0.0).count(),
        "randomSplit": lambda s: sum(d.count() for d in s.range(20).randomSplit([1.0, 1.0], 7)),
    }),
]  # fmt: skip
