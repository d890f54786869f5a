-- HyperLogLog++ to the last count: by standard deviation, and by type.
SELECT approx_count_distinct(id), approx_count_distinct(id, 0.1), approx_count_distinct(id, 0.01), approx_count_distinct(id, 0.2), approx_count_distinct(id, 0.39) FROM range(100000)
SELECT id % 13 AS g, approx_count_distinct(id), approx_count_distinct(id, 0.1), approx_count_distinct(id, 0.02), approx_count_distinct(id, 0.3) FROM range(40000) GROUP BY ALL
SELECT m, approx_count_distinct(id), approx_count_distinct(id, 0.1), approx_count_distinct(id, 0.25) FROM (SELECT id, explode(array(1, 2, 3, 5, 8, 12, 20, 30, 60)) AS m FROM range(2400)) WHERE id < 40 * m GROUP BY m
SELECT approx_count_distinct(CAST(id AS STRING)), approx_count_distinct(CAST(id AS DOUBLE) / 3), approx_count_distinct(CAST(id AS INT)), approx_count_distinct(CAST(id AS DECIMAL(12, 2))), approx_count_distinct(CAST(id AS DECIMAL(30, 2))), approx_count_distinct(date_add(DATE '2020-01-01', CAST(id AS INT))), approx_count_distinct(timestamp_seconds(id)), approx_count_distinct(id % 2 = 0), approx_count_distinct(CAST(id AS FLOAT)), approx_count_distinct(CAST(CAST(id AS STRING) AS BINARY)) FROM range(3000)
SELECT approx_count_distinct(x), approx_count_distinct(DISTINCT x), approx_count_distinct(NULL), approx_count_distinct(x) FILTER (WHERE x > 100) FROM VALUES (1), (NULL), (1), (2) AS t(x)
SELECT approx_count_distinct(x) FROM VALUES (0.0D), (-0.0D), (double('NaN')), (double('NaN')), (NULL) AS t(x)
SELECT x, approx_count_distinct(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM VALUES (1), (1), (2), (3) AS t(x)
SELECT approx_count_distinct(array(id % 5)), approx_count_distinct(struct(id % 7, 'a')) FROM range(100)
SELECT approx_count_distinct(id) FROM range(0)
