CREATE FUNCTION area(w INT, h INT DEFAULT 7) RETURNS INT RETURN w * h

CREATE FUNCTION steps(n INT, s INT DEFAULT 1) RETURNS TABLE (i INT) RETURN SELECT n + s

SELECT area(h => 2, w => 3), area(2), area(2, h => 4)

SELECT area(w => 1, w => 2)

SELECT area(h => 1, w => 2, H => 3)

SELECT area(h => 1, h => 2, 3)

SELECT area(w => 1, 2)

SELECT area(1, w => 2)

SELECT area(1, 2, 3, w => 4)

SELECT area(1, depth => 2, w => 3)

SELECT area(depth => 3, w => 1, w => 2)

SELECT area(depth => 2, depth => 3)

SELECT area(1, 2, 3)

SELECT area(h => 2)

SELECT * FROM steps(n => 1, 2)

SELECT * FROM steps(1, n => 2)

SELECT * FROM steps(depth => 2, depth => 3)

SELECT mask(str => 'a', depth => 'b', depth => 'c')

SELECT mask(upperChar => 'x', 'a')

SELECT mask('a', str => 'b')

SELECT area(DISTINCT a) FROM VALUES (1) AS t(a)

SELECT area(a) FILTER (WHERE a > 1) FROM VALUES (1) AS t(a)
