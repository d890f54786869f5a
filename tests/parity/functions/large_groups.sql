-- Groups that are taken in in several parts; the answers do not depend on the order of the rows.
SELECT histogram_numeric(id % 5, 5), histogram_numeric(id % 3 / 2, 7) FROM range(150000)
SELECT id % 2 AS g, histogram_numeric(id % 4, 4) FROM range(160000) GROUP BY id % 2
SELECT md5(theta_sketch_agg(id, 8)), md5(count_min_sketch(id, 0.01D, 0.9D, 1)) FROM range(150000)
SELECT approx_top_k(id % 7 * (id % 3), 3) FROM range(150000)
