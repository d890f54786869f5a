-- Names that a schema has twice: the last field of the name has the value.
SELECT from_json('{"p": 4, "p": "y"}', 'p INT, p STRING') AS r
SELECT CAST(from_json(t, 'p INT, q DOUBLE, p STRING') AS STRING) AS r FROM VALUES ('{"p": 4}'), ('{"p": "y", "q": 2}'), ('{"p": null}'), ('{}'), (NULL) AS v(t)
SELECT to_json(from_json('{"q": {"p": 7}}', 'q STRUCT<p: INT, p: DATE, p: STRING>')) AS r
SELECT from_json('{"p": 1, "P": 2}', 'p INT, P INT').P AS r, CAST(from_json('[{"p": 3}]', 'ARRAY<STRUCT<p: INT, P: INT>>') AS STRING) AS s
SELECT CAST(from_csv('4;y', 'p INT, p STRING', map('sep', ';')) AS STRING) AS r
SELECT named_struct('p', 4, 'q', 5, 'p', 6) AS r, array(named_struct('p', 4, 'p', 'y')) AS s
-- Deep texts, as deep as Spark reads them, by the reader of what is not plain.
SELECT from_json(concat('{''p'': 8, "q": ', repeat('[', 999), repeat(']', 999), '}'), 'p INT').p AS r
SELECT from_json(concat('{''p'': 8, "q": ', repeat('[', 1000), repeat(']', 1000), '}'), 'p INT').p AS r
SELECT length(from_json(concat('{''q'': ', repeat('{"k":', 998), '0', repeat('}', 998), '}'), 'q STRING').q) AS r
-- Half of a character.
SELECT to_json(try_parse_json('["x", "\\udfff"]')) AS r, try_parse_json('{"\\udbff": 0}') IS NULL AS s, to_json(try_parse_json('"\\ud834\\udd1e"')) AS t
SELECT parse_json('"\\udfff"') AS r
SELECT get_json_object('{"p": "\\udfff"}', '$.p') AS r, get_json_object('{"p": "\\udfff", "q": 3}', '$.q') AS s, get_json_object('{"p": ["\\udfff", 3]}', '$.p') AS t
SELECT json_tuple('{"p": "\\udfff", "q": 3}', 'q', 'p') AS (r, s)
SELECT json_tuple('{"p": ["\\udfff"], "q": 3}', 'q', 'p') AS (r, s)
SELECT from_json('{"p": {"\\udfff": 3}}', 'p STRING') AS r, from_json('{"p": {"\\udfff": 3}}', 'p MAP<STRING, INT>') AS s, json_object_keys('{"\\udfff": 3}') AS t
-- NULL and other types where arrays and maps are taken.
SELECT sort_array(array(7, NULL, 5), NULL) AS r, sort_array(array('q' COLLATE UTF8_LCASE), CAST(NULL AS BOOLEAN)) AS s
SELECT sort_array(array(7), 'true')
SELECT array_remove(NULL, 7)
SELECT get(NULL, 0)
SELECT map_contains_key(NULL, 7)
SELECT map_contains_key(map(7, 8), NULL)
-- Functions to sort by that are no order.
SELECT array_sort(array(7, 5, 6), (p, q) -> 1) AS r, array_sort(array(7, 5, 6), (p, q) -> -1) AS s, array_sort(sequence(1, 35), (p, q) -> -7) AS t
SELECT array_sort(array(7, 2, 6, 1, 9, 4), (p, q) -> IF(p % 2 = 1, -2147483648, 2147483647)) AS r
SELECT array_sort(array(7, 2, 6, 1, 9, 4, 7), (p, q) -> IF(p > q, -1, 1)) AS r
SELECT array_sort(array('zz', 'y', 'xxx'), (p, q) -> IF(p = q, NULL, length(p) - length(q))) AS r
SELECT array_sort(array(7, 6, 6), (p, q) -> IF(p = q, NULL, p - q)) AS r
-- Both zeros are one key, but for maps of two arrays.
SELECT map(-0.0D, 7) AS r, map_concat(map(-0.0F, 7), map(5F, 8)) AS s, map_from_entries(array((-0.0D, 7))) AS t, map_from_arrays(array(-0.0D), array(7)) AS u
SELECT p, count(*) FROM (SELECT named_struct('k', array(z), 'n', 1) AS p FROM VALUES (-0.0D), (0.0D), (3D) AS v(z)) GROUP BY p
SELECT DISTINCT array(named_struct('k', z)) AS r FROM VALUES (-0.0F), (-0.0F), (NULL) AS v(z)
SELECT z FROM VALUES (-0.0D), (-0.0D) AS v(z) INTERSECT ALL SELECT z FROM VALUES (-0.0D), (0.0D) AS w(z)
SELECT z FROM VALUES (-0.0D), (8D) AS v(z) UNION SELECT z FROM VALUES (-0.0D) AS w(z)
SELECT collect_set(z) AS r, collect_list(DISTINCT array(z)) AS s FROM VALUES (-0.0D), (-0.0D) AS v(z)
SELECT array_max(a) AS r, array_min(a) AS s, array_min(array(named_struct('k', a[0]), named_struct('k', a[1]))) AS t FROM VALUES (array(-0.0D, 0.0D)), (array(0.0D, -0.0D)), (array(-0.0D, 0.0D, double('NaN'))) AS v(a)
SELECT greatest(array(z), array(-z)) AS r, least(named_struct('k', z), named_struct('k', -z)) AS s FROM VALUES (-0.0D), (0.0D) AS v(z)
-- TIME where it is switched off: the present time of day is there.
SELECT typeof(current_time) AS r, typeof(current_time('4')) AS s, typeof(current_time(1 + 1)) AS t, current_time(2) = current_time(2) AS u
SELECT current_time(7)
SELECT current_time(NULL)
SELECT current_time(p) FROM VALUES (1) AS v(p)
SELECT current_time(true)
-- Signs before signs, and the least integers.
SELECT -(-19) AS r, negative(-19) AS s, ~(-19) AS t, - -(-19) AS u
SELECT p div -1 AS r, p % -1 AS s FROM VALUES (-9223372036854775807L), (41L) AS v(p)
SELECT -9223372036854775808L div -1
-- Floats beside integers in VALUES; seeds.
SELECT * FROM VALUES (2F, array(1)), (3, array(1F)) AS v(p, q)
SELECT uuid(19) AS r, uuid(-19) AS s FROM range(3)
-- Days of a year that contradict the rest of a date.
SELECT CAST(array(try_to_timestamp('28-366', 'dd-DDD'), try_to_timestamp('2021-366', 'yyyy-DDD'), try_to_timestamp('2024-366', 'yyyy-DDD'), try_to_timestamp('2021-02-033', 'yyyy-MM-DDD'), try_to_timestamp('2021-03-033', 'yyyy-MM-DDD'), try_to_timestamp('2021-060-01', 'yyyy-DDD-dd')) AS STRING) AS r
SELECT to_timestamp('2023-366', 'yyyy-DDD')
-- Times and bare NULLs where they become something else.
SELECT to_json(NULL) AS r, try_cast(p AS VARIANT) AS s FROM VALUES (TIME'11:12:13') AS v(p)
SELECT CAST(p AS VARIANT) FROM VALUES (TIME'11:12:13') AS v(p)
SELECT to_xml(named_struct('k', 19, 'l', named_struct('m', 'y')), map('indent', '')) AS r, to_xml(named_struct('k', 19), map('indent', ' ')) AS s
SELECT schema_of_xml('y') AS r, schema_of_xml('y', map('columnNameOfCorruptRecord', 'bad')) AS s
SELECT schema_of_xml('y', map('mode', 'FAILFAST'))
-- WITHIN GROUP: who takes it, and what DISTINCT demands of it.
SELECT listagg(DISTINCT k, '|') WITHIN GROUP (ORDER BY k DESC) AS r FROM VALUES (100), (20), (NULL), (3), (20) AS v(k)
SELECT listagg(DISTINCT CAST(k AS STRING)) WITHIN GROUP (ORDER BY k) AS r FROM VALUES (100), (20), (NULL), (3), (20) AS v(k)
SELECT listagg(DISTINCT k) WITHIN GROUP (ORDER BY CAST(k AS STRING)) AS r FROM VALUES (100), (20), (NULL), (3), (20) AS v(k)
SELECT g, listagg(DISTINCT CAST(k AS BINARY), X'2C') WITHIN GROUP (ORDER BY k) AS r FROM VALUES (1, 'y'), (1, 'x'), (1, 'y'), (2, NULL) AS v(g, k) GROUP BY g
SELECT listagg(DISTINCT k) WITHIN GROUP (ORDER BY k * 2) FROM VALUES (3) AS v(k)
SELECT listagg(DISTINCT k) WITHIN GROUP (ORDER BY k, k) FROM VALUES (3) AS v(k)
SELECT listagg(DISTINCT k) WITHIN GROUP (ORDER BY k) FROM VALUES (3.5D) AS v(k)
SELECT mode() WITHIN GROUP (ORDER BY k, k) FROM VALUES (3) AS v(k)
SELECT mode(DISTINCT k) FROM VALUES (3) AS v(k)
SELECT percentile_disc(DISTINCT 0.2) WITHIN GROUP (ORDER BY k) FROM VALUES (3) AS v(k)
SELECT sum(k) WITHIN GROUP (ORDER BY k) FROM VALUES (3) AS v(k)
SELECT lower(k) WITHIN GROUP (ORDER BY k) FROM VALUES ('Y') AS v(k)
-- Functions of functions: none with a subquery, predicates that are always NULL.
SELECT transform(array(9), p -> (SELECT 9))
SELECT transform((SELECT array(9)), p -> p)
SELECT filter(array(9, 8), p -> p IN (SELECT 9))
SELECT exists(array(9), p -> NULL) AS r, forall(array(9), p -> NULL) AS s, filter(array(9), p -> NULL) AS t, map_filter(map(9, 8), (p, q) -> NULL) AS u, forall(array(), p -> NULL) AS w
-- Arrays that are too long.
SELECT size(sequence(0, 2147483640))
SELECT size(sequence(9223372036854775807L, -9223372036854775807L, -4L))
SELECT size(sequence(TIMESTAMP'1800-01-01 00:00:00', TIMESTAMP'2300-01-01 00:00:00', INTERVAL '0.0009' SECOND))
SELECT size(array_repeat('y', 2147483640))
SELECT map_contains_key(map(7, 8), 7.0) AS r, map_contains_key(map(7.5, 8), 7) AS s
-- Zones are called as they are now, whenever it was; days of a year are no unit of differences; variants make no groups.
SELECT date_format(k, 'z') AS r FROM VALUES (TIMESTAMP'1870-05-05 00:00:00Z'), (TIMESTAMP'1942-07-07 00:00:00Z'), (TIMESTAMP'1974-01-20 00:00:00Z'), (TIMESTAMP'2031-07-01 00:00:00Z') AS v(k)
SELECT timestampdiff(DAYOFYEAR, DATE'2021-01-01', DATE'2021-03-01')
SELECT CAST(timestampadd(DAYOFYEAR, 2, DATE'2021-01-01') AS STRING) AS r
SELECT count(*) FROM VALUES (parse_json('[]')) AS v(k) GROUP BY k
SELECT count(*) FROM VALUES (array(named_struct('m', parse_json('[]')))) AS v(k) GROUP BY k
SELECT count(*) FROM VALUES (map(1, make_interval(2))), (map(1, make_interval(2))) AS v(k) GROUP BY k
-- A record of one NULL; times as format_string takes them.
SELECT to_csv(named_struct('k', m)) AS r, to_csv(named_struct('k', m, 'l', m)) AS s, to_csv(named_struct('k', m), map('nullValue', '~')) AS t FROM VALUES (NULL), (''), ('y') AS v(m)
SELECT format_string('%d %s', TIME'11:12:13.14', DATE'2021-02-03') AS r
SELECT k, sentences(k) AS r FROM VALUES ('p,q,,r'), ('p.q .7 ,8 $9 #s u.1'), ('He came. She went! they stayed. 7 of them'), ('a_b say "so"now 6,700.5') AS v(k)
SELECT try_to_binary(x, 'base64') FROM VALUES ('YQ'), ('YQ='), ('YQ=='), ('Y Q = ='), ('YQ= ='), ('YWI'), ('YWI='), ('YWI=='), ('YWJj='), ('='), (''), ('YQ==YQ=='), ('YQ== '), ('Y'), ('Y===') t(x)
SELECT unbase64(x) FROM VALUES ('YQ'), ('YQ=='), ('YWI'), ('YWI='), ('YWI=='), (''), ('YQ== '), ('Y*W@I') t(x)
