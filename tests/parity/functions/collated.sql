-- Functions that compare texts by their collation.
SELECT map_concat(map('a' COLLATE utf8_lcase, 1), map('A' COLLATE utf8_lcase, 2)) AS m
SELECT map_concat(map('a' COLLATE utf8_lcase, 1), map('B' COLLATE utf8_lcase, 2)) AS m
SELECT map('a' COLLATE unicode_ci, 1, 'A', 2) AS m
SELECT map_from_arrays(array('a' COLLATE unicode_ci, 'b', 'B'), array(1, 2, 3)) AS m
SELECT map_zip_with(map('a' COLLATE utf8_lcase, 1, 'b', 5), map('A' COLLATE utf8_lcase, 2, 'c', 7), (k, a, b) -> coalesce(a, 0) + coalesce(b, 0)) AS m
SELECT map_zip_with(map('a' COLLATE unicode, 1), map('A' COLLATE unicode, 2), (k, a, b) -> coalesce(a, 0) + coalesce(b, 0)) AS m
SELECT mode(x COLLATE utf8_lcase) AS m, collation(mode(x COLLATE unicode_ci)) AS c FROM VALUES ('A'), ('a'), ('b') AS t(x)
SELECT g, mode(x COLLATE unicode_ci) AS m FROM VALUES (1, 'A'), (1, 'a'), (1, 'b'), (2, 'x'), (2, NULL), (3, NULL) AS t(g, x) GROUP BY g
SELECT mode() WITHIN GROUP (ORDER BY x COLLATE utf8_lcase DESC) AS d, mode() WITHIN GROUP (ORDER BY x COLLATE utf8_lcase) AS a FROM VALUES ('a'), ('b'), ('b'), ('a'), ('c') AS t(x)
SELECT hex(count_min_sketch(x COLLATE utf8_lcase, 0.5d, 0.5d, 1)) AS s FROM VALUES ('A'), ('a'), ('b') AS t(x)
