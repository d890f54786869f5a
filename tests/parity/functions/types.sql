-- The types that arguments are brought to, and what is refused; collations in sketches and patterns; offsets of frames.
SELECT concat(array(4L), array(1.5F)) x
SELECT map_concat(map(1, 1.5F), map(1 + 1, 4L)) x
SELECT concat(array(struct(1F AS a)), array(struct(2 AS a))) x
SELECT concat(array(3), array(NULL)) x
SELECT concat(array(true), array('false')) x
SELECT map_concat(map(1, 2S), map(2, NULL)) x
SELECT coalesce(array(1F), array(16777217)) x
SELECT array_union(array(1.25), array(3)) x
SELECT array_union(array(CAST(1 AS DECIMAL(10,0))), array(3)) x
SELECT array_except(array(array(1)), array(array('x'))) x
SELECT array_contains(array(array('x')), array(1)) x
SELECT array_contains(array(1), 2.5D) x
SELECT greatest(array(1), array('x')) x
SELECT greatest(array(1), array(2L)) x
SELECT greatest(1.5F, 2L) x
SELECT to_variant_object(array(NULL)) x
SELECT to_variant_object(map('a', NULL)) x
SELECT lag(TIMESTAMP'2020-01-02 03:04:05', 1, TIME'01:02:03') OVER (ORDER BY 1) x
SELECT hll_sketch_agg(x COLLATE UTF8_LCASE) h, hll_sketch_agg(x COLLATE UNICODE) u, hll_sketch_agg(x COLLATE de_CI_AI) d FROM VALUES ('aBcÄ i'), ('AbCä I'), ('') t(x)
SELECT theta_sketch_agg(x COLLATE UTF8_LCASE_RTRIM) h, theta_sketch_agg(x COLLATE UNICODE_CI) u, theta_sketch_agg(x COLLATE UNICODE_CI_AI) d FROM VALUES ('aBcÄ i'), ('AbCä I  '), (NULL) t(x)
SELECT tuple_sketch_agg_double(x COLLATE UNICODE_CI, 1D) u FROM VALUES ('aBcÄ i'), ('AbCä I') t(x)
SELECT 'aBc' RLIKE 'b' COLLATE UTF8_LCASE a, 'aBc' LIKE '%b%' COLLATE UNICODE_RTRIM b, 'aBc' COLLATE UTF8_LCASE LIKE '%b%' COLLATE UNICODE c, split('aBc', 'b' COLLATE UTF8_LCASE) d
SELECT regexp_extract('aBc', 'b' COLLATE UNICODE_CI, 0) a, regexp_count('aBc' COLLATE UTF8_LCASE, 'b' COLLATE UNICODE) b
SELECT 'aBc' COLLATE UNICODE RLIKE 'b' x
SELECT listagg(x, ',') FROM VALUES ('a' COLLATE UTF8_LCASE) t(x)
SELECT listagg(x) a, listagg(x, NULL) b, listagg(x, ',' COLLATE UTF8_LCASE) c FROM VALUES ('a' COLLATE UTF8_LCASE) t(x)
SELECT array_prepend(array('a' COLLATE UTF8_LCASE), 'b') x
SELECT sum(1) OVER (ORDER BY 1D RANGE BETWEEN 1.5D PRECEDING AND 2.5D FOLLOWING)
SELECT x, sum(1) OVER (ORDER BY x ROWS BETWEEN 1+1 PRECEDING AND CURRENT ROW) FROM VALUES (1), (2) t(x)
SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN CAST(1 AS INT) PRECEDING AND CURRENT ROW) FROM VALUES (1), (2) t(x)
SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN abs(1) PRECEDING AND CURRENT ROW) FROM VALUES (1), (2) t(x)
SELECT x, sum(1) OVER (ORDER BY x ROWS BETWEEN (SELECT 1) PRECEDING AND CURRENT ROW) FROM VALUES (1), (2) t(x)
SELECT sum(1) OVER (ORDER BY INTERVAL '1' YEAR RANGE BETWEEN INTERVAL '1' YEAR PRECEDING AND CURRENT ROW)
SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN INTERVAL '1 12' DAY TO HOUR PRECEDING AND CURRENT ROW) s FROM VALUES (INTERVAL '1' DAY), (INTERVAL '2' DAY), (INTERVAL '9' DAY) t(x)
SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) FROM VALUES (INTERVAL '1' DAY), (INTERVAL '2' DAY), (INTERVAL '9' DAY) t(x)
SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN INTERVAL '1' YEAR PRECEDING AND CURRENT ROW) FROM VALUES (1L), (2L), (4L) t(x)
SELECT x, sum(1) OVER (ORDER BY x RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW) FROM VALUES (1F), (2F) t(x)
SELECT mode(x) a, mode(CAST(x AS FLOAT)) b FROM VALUES (-0.0D) t(x)
SELECT x, y, months_between(x, y) a, months_between(x, y, false) b, months_between(x, y, z) c FROM VALUES (DATE'2020-02-29', DATE'2019-03-31', true), (DATE'2020-01-31', DATE'2020-02-28', false), (DATE'2020-03-15', DATE'2019-11-30', NULL), (DATE'1582-10-04', DATE'2020-02-29', true), (NULL, DATE'2020-02-29', true), (DATE'0001-01-01', DATE'9999-12-31', true) t(x, y, z)
SELECT months_between(x, DATE'2020-01-31') a, months_between(DATE'2020-01-31', x, false) b FROM VALUES (DATE'2021-12-30'), (DATE'2020-02-29') t(x)
