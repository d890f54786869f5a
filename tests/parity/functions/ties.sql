-- Which of equal rows max_by and min_by take: the last; and the order of values that hold NULLs.
SELECT g,max_by(x,y) a,min_by(x,y) b,max_by(x,-y) c, min_by(x,-y) d FROM VALUES (1,'a',5),(1,'b',7),(1,'c',7),(1,CAST(NULL AS STRING),7),(1,'e',NULL),(2,'f',NULL),(2,'g',NULL),(3,'h',1),(3,'i',1),(3,'j',1) AS t(g,x,y) GROUP BY g ORDER BY g
SELECT g,x,y,max_by(x,y) OVER (PARTITION BY g ORDER BY x) a, min_by(x,y) OVER (PARTITION BY g ORDER BY x DESC) b FROM VALUES (1,'a',5),(1,'b',7),(1,'c',7),(1,CAST(NULL AS STRING),7),(1,'e',NULL),(2,'f',NULL),(2,'g',NULL),(3,'h',1),(3,'i',1),(3,'j',1) AS t(g,x,y) ORDER BY g, x
SELECT g,x,max_by(x,y) OVER (ORDER BY g DESC, x NULLS LAST ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) a, min_by(x,y) OVER (ORDER BY g, x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) b FROM VALUES (1,'a',5),(1,'b',7),(1,'c',7),(1,CAST(NULL AS STRING),7),(1,'e',NULL),(2,'f',NULL),(2,'g',NULL),(3,'h',1),(3,'i',1),(3,'j',1) AS t(g,x,y) ORDER BY g, x
SELECT max_by(DISTINCT x,y) a,min_by(DISTINCT x,y) b, max_by(x,y) FILTER (WHERE x<'j') c FROM VALUES (1,'a',5),(1,'b',7),(1,'c',7),(1,CAST(NULL AS STRING),7),(1,'e',NULL),(2,'f',NULL),(2,'g',NULL),(3,'h',1),(3,'i',1),(3,'j',1) AS t(g,x,y) WHERE g=3
SELECT max_by(x,y) a, min_by(x,y) b FROM VALUES (1,0.0D),(2,-0.0D),(3,0.0D),(4,double('NaN')),(5,double('NaN')) t(x,y)
SELECT max_by(x,y) a, min_by(x,y) b FROM VALUES (1,'a' collate UTF8_LCASE),(2,'A' collate UTF8_LCASE),(3,'a' collate UTF8_LCASE) t(x,y)
SELECT max_by(x,y) a, min_by(x,y) b FROM VALUES (1,named_struct('a',1,'b',null)),(2,named_struct('a',1,'b',null)),(0,named_struct('a',1,'b',2)),(-1,null),(-2,named_struct('a',CAST(null AS INT),'b',5)) t(x,y)
SELECT max_by(x,y) a, min_by(x,y) b FROM VALUES (1,array(1,null)),(2,array(1)),(3,array(1,0)),(4,array(1,null)) t(x,y)
SELECT max_by(id, id % 3) a, min_by(id, id % 3) b FROM range(0, 100, 1, 1)
SELECT max_by(id, id % 3) a, min_by(id, id % 3) b FROM range(0, 1000, 1, 1) GROUP BY id % 2 ORDER BY a
SELECT max_by(x, y) a, max_by(y, x) b, count(*) c FROM VALUES (1, date'2020-01-01'), (2, date'2020-01-01') t(x, y)
SELECT max_by(id, 1) a FROM range(0, 5, 1, 1)
SELECT max_by(x, y) a FROM VALUES (1, 2) t(x, y) WHERE x > 1
SELECT (SELECT max_by(id, id % 2) FROM range(0, 7, 1, 1)) a
