SELECT cast(explode(array(1, 2)) AS DOUBLE)

SELECT explode(array(1, 2)) + 1

SELECT cast(explode(array(1)) AS DOUBLE) AS x, 2

SELECT -explode(array(1))

SELECT array(explode(array(1)))

SELECT explode(array(1))::double

SELECT explode(array(1)) COLLATE UTF8_LCASE

SELECT explode(array(struct(1 AS a))).a

SELECT explode(array(array(1)))[0]

SELECT CASE WHEN true THEN explode(array(1)) END

SELECT try_cast(explode(array(1)) AS INT)

SELECT explode(array(1)) IS NULL

SELECT sum(explode(array(1)))

SELECT explode(array(1)) OVER ()

SELECT explode(explode(array(array(1))))

SELECT 1 WHERE explode(array(1)) = 1

SELECT 1 ORDER BY explode(array(1))

SELECT explode(array(1)) AS a, explode(array(2)) AS b

SELECT id FROM range(3) GROUP BY explode(array(1))

SELECT id FROM range(3) HAVING explode(array(1)) > 0

SELECT posexplode(array(1)) AS a

SELECT stack(2, 1, 2) + 1

SELECT inline(array(struct(1, 2))), cast(inline(array(struct(1, 2))) AS string)

SELECT cast(inline(array(struct(1, 2))) AS string)

SELECT cast(posexplode(array(1)) AS string)

VALUES (explode(array(1)))

SELECT (SELECT explode(array(1)) + 1)

SELECT cast(max(explode(array(1))) AS double)

SELECT x FROM range(2) LATERAL VIEW explode(array(explode(array(1)))) AS x

SELECT * FROM explode(array(explode(array(1))))

SELECT count(*) FILTER (WHERE explode(array(true))) FROM range(2)

SELECT struct(explode(array(1)))

SELECT transform(array(1), x -> explode(array(x)))

SELECT id FROM range(3) LIMIT explode(array(1))
