-- windows over what other windows compute
SELECT a, avg(row_number() OVER (ORDER BY a)) OVER (PARTITION BY b) FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b)
SELECT a, sum(1 + rank() OVER (ORDER BY b)) OVER (PARTITION BY b ORDER BY row_number() OVER (ORDER BY a DESC)) AS x FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b)
SELECT a, avg(sum(a)) OVER (PARTITION BY b) AS x FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b) GROUP BY a, b
SELECT b, max(rank() OVER (ORDER BY sum(a))) OVER () AS x, sum(a) FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b) GROUP BY b
SELECT a, max(avg(row_number() OVER (ORDER BY a)) OVER (PARTITION BY b)) OVER () AS x FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b)
SELECT a, avg(a) OVER (PARTITION BY row_number() OVER (ORDER BY a) % 2) AS x FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b)
SELECT a, max(row_number() OVER (ORDER BY a)) OVER (PARTITION BY b) - row_number() OVER (ORDER BY a) AS x FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b) QUALIFY x > 0
SELECT lag(row_number() OVER (ORDER BY a)) OVER (ORDER BY a) AS x FROM VALUES (1, 1), (2, 1), (3, 2) t(a, b)
SELECT DISTINCT max(row_number() OVER (ORDER BY a)) OVER () AS x FROM VALUES (1, 1), (2, 1) t(a, b) ORDER BY x
