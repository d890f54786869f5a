"""The names that Spark derives for columns without an alias."""

from __future__ import annotations

from pyspark.sql import functions as F

from tests.parity.relations.cases import frames, sql

CASES = [
    *sql("""
SELECT age+1, age  *  2, (age), ((age) + (1)), -age, - 1, +age, NOT (age > 1) FROM people

SELECT age = 1, age == 1, age <> 1, age != 1, age <=> 1, age >= 1 AND age < 2 OR age IS NULL FROM people

SELECT 'it''s', "double", 'a' || 'b', concat('a', 'b'), 'back\\\\slash' FROM people

SELECT CAST(age AS BIGINT), CAST('1' AS INT), '1'::INT, CAST(1 AS DECIMAL(5,2)), try_cast('a' AS INT), INT('3') FROM people

SELECT 1, 1L, 1S, 1Y, 1.0, 1.0D, 1.5F, 1e2, 1.10BD, -5, 0x1F FROM people

SELECT true, NULL, DATE '2020-01-02', TIMESTAMP '2020-01-02 03:04:05.6', TIMESTAMP_NTZ '2020-01-02 03:04:05', X'0aFF'

SELECT INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 02:03:04.5' DAY TO SECOND, INTERVAL '3' HOUR, INTERVAL 2 MONTHS

SELECT sum(age), sum(DISTINCT age), count(*), count(1), count(age), count(DISTINCT age, city), COUNT(*) + 1 FROM people

SELECT sum(age) FILTER (WHERE city = 'Rome'), first(age), first(age, true), avg(age) * 2, max(name) FROM people

SELECT upper(lower(name)), UPPER(name), length(name) + 1, substring(name, 1, 2) FROM people

SELECT CASE WHEN age > 1 THEN 'a' END, CASE age WHEN 1 THEN 'x' ELSE 'y' END, IF(age > 1, 1, 2), iff(true, 1, 2) FROM people

SELECT coalesce(age, 1), nvl(age, 1), ifnull(age, 1), nullif(age, 1), nvl2(age, 1, 2) FROM people

SELECT age IN (1, 2), age NOT IN (1), age BETWEEN 1 AND 2, age NOT BETWEEN 1 AND 2, name LIKE 'a%', name NOT LIKE 'a', name RLIKE 'x' FROM people

SELECT age IS NULL, age IS NOT NULL, age IS DISTINCT FROM 1, isnull(age) FROM people

SELECT array(1, 2), map('a', 1), struct(1, 'x'), named_struct('a', 1), array(1, 2)[0], map('a', 1)['a'] FROM people LIMIT 1

SELECT s.x, s.y.z, arr[0], m['a'], m.a, structs[0].p, structs.p, s.x + 1, s FROM deep


SELECT (SELECT 1), (SELECT max(age) FROM people), 1 IN (SELECT 1), EXISTS (SELECT 1)

SELECT age & 1, age | 1, age ^ 1, ~age, age % 2, mod(age, 2), age div 2, age / 2, 5 % 3 FROM people

SELECT transform(array(1), x -> x + 1), filter(array(1), x -> x > 0), exists(array(1), x -> x = 1)

SELECT p.name, people2.age FROM people p JOIN people AS people2 ON p.name = people2.name

SELECT `name`, `people`.`age` FROM people

SELECT current_date() IS NULL, extract(YEAR FROM DATE '2020-01-01'), date_add(DATE '2020-01-01', 1), DATE '2020-01-01' + 1

SELECT DATE '2020-01-01' - DATE '2019-01-01', DATE '2020-01-01' + INTERVAL 1 DAY, TIMESTAMP '2020-01-01 00:00:00' - INTERVAL '1' HOUR

SELECT '1' + 1, 1 + 1.5, 1 = '1', 1 + 2L FROM people

SELECT trim('a'), ltrim('a'), trim(BOTH 'x' FROM 'xax'), position('a' IN 'ba'), overlay('abc' PLACING 'x' FROM 2) FROM people

SELECT rand(1) > 2, uuid() IS NULL, typeof(1), cast(NULL AS STRING)

SELECT explode(array(1)), 1 AS `a b`, 2 AS `c``d`

SELECT percentile(age, 0.5), collect_list(age), any_value(age), count_if(age > 1), bool_and(age > 1) FROM people

SELECT min(age), max_by(name, age), stddev(age), std(age), variance(age), mean(age) FROM people
"""),
    *frames({
        "operators": lambda s: (d := s.table("people")).select(
            d.age + 1, 1 + d.age, d.age - 1.5, -d.age, d.age == 1, d.age != 1, ~(d.age > 1), (d.age > 1) & (d.age < 2),
            d.age % 2, d.age / 2, d.age**2, d.age.bitwiseAND(1), d.age <= 3),
        "functions": lambda s: (d := s.table("people")).select(
            F.upper("name"), F.concat(d.name, F.lit("x")), F.when(d.age > 1, "a").otherwise("b"), F.coalesce(d.age, F.lit(0)),
            F.length(d.name), F.lit("x"), F.lit(1.5), F.lit(None), F.struct("name", d.age), F.array("age")),
        "aggregates": lambda s: s.table("people").agg(
            F.sum("age"), F.avg("age"), F.count("*"), F.count("age"), F.countDistinct("age"), F.sum_distinct("age"), F.max("name"), F.first("age"), F.collect_set("age")),
        "casts": lambda s: (d := s.table("people")).select(
            d.age.cast("string"), d.age.cast("decimal(5,1)"), (d.age + 1).cast("double"), F.lit("1").cast("int")),
        "fields": lambda s: (d := s.table("deep")).select(
            d.s.x, d.s["y"].z, d.arr[0], d.m["a"], d.structs[0]["p"], d.structs.p, d.s.x + 1),
        "predicates": lambda s: (d := s.table("people")).select(
            d.age.isNull(), d.age.isNotNull(), d.age.isin(1, 2), d.name.like("a%"), d.name.rlike("a"),
            d.name.startswith("a"), d.age.between(1, 2), d.age.eqNullSafe(1), d.name.contains("x")),
        "groups": lambda s: s.table("people").groupBy(F.upper("city"), F.col("age") + 1).agg(F.sum("age"), F.count(F.lit(1))),
    }),
]  # fmt: skip
