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
-- Constant expressions where a value must be known.
SELECT hll_sketch_estimate(hll_sketch_agg(x, 4 + 4)) FROM VALUES (1), (1), (2) t(x)
SELECT hll_sketch_estimate(hll_sketch_agg(x, int('8'))) FROM VALUES (1), (1), (2) t(x)
SELECT hll_sketch_estimate(hll_sketch_agg(x, abs(-8))) FROM VALUES (1), (1), (2) t(x)
SELECT theta_sketch_estimate(theta_sketch_agg(x, 4 + 4)) FROM VALUES (1), (1), (2) t(x)
SELECT theta_sketch_estimate(theta_union_agg(s, 4 + 4)) FROM (SELECT theta_sketch_agg(1) s)
SELECT theta_sketch_estimate(theta_union(s, s, 4 + 4)) FROM (SELECT theta_sketch_agg(1) s)
SELECT hll_sketch_estimate(hll_union_agg(s, 1 = 1)) FROM (SELECT hll_sketch_agg(1) s)
SELECT hll_sketch_estimate(hll_union(s, s, 1 = 1)) FROM (SELECT hll_sketch_agg(1) s)
SELECT kll_sketch_get_n_bigint(kll_sketch_agg_bigint(x, 100 + 100)) FROM VALUES (1), (1), (2) t(x)
SELECT kll_sketch_get_n_bigint(kll_merge_agg_bigint(s, 100 + 100)) FROM (SELECT kll_sketch_agg_bigint(1) s)
SELECT kll_sketch_get_quantile_bigint(kll_sketch_agg_bigint(x), 0.25 + 0.25) FROM VALUES (1), (1), (2) t(x)
SELECT kll_sketch_get_quantile_bigint(kll_sketch_agg_bigint(x), array(0.25 + 0.25, 1.0)) FROM VALUES (1), (1), (2) t(x)
SELECT kll_sketch_get_rank_bigint(kll_sketch_agg_bigint(x), 1 + 1) FROM VALUES (1), (1), (2) t(x)
SELECT tuple_sketch_estimate_double(tuple_sketch_agg_double(x, 1D, 6 + 6, concat('s', 'um'))) FROM VALUES (1), (1), (2) t(x)
SELECT tuple_sketch_summary_double(tuple_sketch_agg_double(x, 1D), lower('MAX')) FROM VALUES (1), (1), (2) t(x)
SELECT tuple_sketch_estimate_double(tuple_union_agg_double(s, 6 + 6, lower('MAX'))) FROM (SELECT tuple_sketch_agg_double(1, 1D) s)
SELECT approx_top_k(x, 1 + 1, 5 + 5) FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k(x, '2') FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k(x, 2L) FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k(x, 2.9) FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k(x, 2, 10L) FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k_accumulate(x, '10') FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k_estimate(approx_top_k_accumulate(x), 1 + 1) FROM VALUES (1), (1), (2) t(x)
SELECT approx_top_k_combine(s, 5 + 5) FROM (SELECT approx_top_k_accumulate(x) s FROM VALUES (1) t(x))
SELECT approx_top_k_combine(s, 0) FROM (SELECT approx_top_k_accumulate(x) s FROM VALUES (1) t(x))
SELECT approx_top_k_combine(s, 1000001) FROM (SELECT approx_top_k_accumulate(x) s FROM VALUES (1) t(x))
SELECT approx_percentile(x, 0.25 + 0.25, 50 + 50) FROM VALUES (1), (1), (2) t(x)
SELECT percentile(x, 0.25 + 0.25), percentile(x, array(0.1 + 0.1, 1.0)) FROM VALUES (1), (1), (2) t(x)
SELECT percentile_cont(0.25 + 0.25) WITHIN GROUP (ORDER BY x) FROM VALUES (1), (1), (2) t(x)
SELECT histogram_numeric(x, 2 + 1) FROM VALUES (1), (1), (2) t(x)
SELECT mode(x, 1 = 1) FROM VALUES (1), (1), (2) t(x)
SELECT to_number(x, concat('9', '99')), to_char(12, concat('9', '99')) FROM VALUES ('12') t(x)
SELECT reflect(concat('java.lang.', 'Math'), 'abs', -1)
SELECT stack(1 + 1, 1, 2)
-- Texts in divisions, intervals divided by long decimals, what format_string shows, months on days that clocks change.
SELECT x / y a, try_divide(x, y) b FROM VALUES (1, '5'), (7, '2') t(x, y)
SELECT 1Y / '7.5'
SELECT try_divide(1, '7.5') a, 1.5D / '7.5' b, '3' / 2 c, '3' / '2.5' d, 1.5 / '2.5' e, 2F / '4' f
SELECT x / y a, try_divide(x, y) b FROM VALUES (INTERVAL '1 02' DAY TO HOUR, CAST(7 AS DECIMAL(38,30))), (INTERVAL '-100:10' MINUTE TO SECOND, CAST('0.123456789012345678901234567891' AS DECIMAL(38,30))), (INTERVAL '3' MINUTE, CAST(NULL AS DECIMAL(38,30))) t(x, y)
SELECT CAST(x / y AS STRING) a FROM VALUES (INTERVAL '5' YEAR, CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0))), (INTERVAL '5' YEAR, CAST(8 AS DECIMAL(38,0))), (INTERVAL '-5' MONTH, CAST(2 AS DECIMAL(38,0))) t(x, y)
SELECT format_string('%s %s %s', array(DATE'2020-01-01'), struct(TIMESTAMP'2020-01-01 00:00:00.000001', TIMESTAMP_NTZ'1969-12-31 23:59:59'), array(true, NULL)) a
SELECT format_string('%s|%s|%s', make_interval(1,2,0,3,4), map('a', 1, 'b', NULL), map(1, array(1.5D, NULL))) a, format_string('%10s', map('k', DATE'2020-01-01')) b
SELECT months_between(x, TIMESTAMP'2020-01-01 00:00:00') a, months_between(TIMESTAMP'2020-02-03 01:00:00', x, false) b FROM VALUES (TIMESTAMP'2020-03-08 01:30:00'), (TIMESTAMP'2020-03-08 12:00:00'), (TIMESTAMP'2020-11-01 01:30:00'), (TIMESTAMP'2020-11-01 23:30:00'), (TIMESTAMP'2020-11-02 00:30:00'), (TIMESTAMP'1883-11-18 13:00:00'), (NULL) t(x)
SELECT months_between(DATE'1582-10-04', TIMESTAMP_NTZ'2020-03-08 02:30:00') a, months_between('2020-11-01 23:59:59', DATE'2020-01-03') b
SELECT map('a',1) IN (SELECT map('a',1) FROM range(1)) x
SELECT parse_json('1') IN (SELECT parse_json('1') FROM range(1)) x
SELECT date_add('2020-01-01', ' 1 ') a, date_sub('2020-01-01', '2') b, date_add(NULL, 1) c, date_add('2020-01-01', NULL) d, date_add(TIMESTAMP'2020-01-01 10:00:00', 1Y) e
SELECT DATE'2020-01-01' + '1' x
SELECT date_add('2020-01-01', 1L) x
SELECT date_add('2020-01-01', 'x') x
