SELECT java_method('java.lang.Foo', 'bar')
SELECT reflect('java.lang.Foo', 'bar', 1)
SELECT try_reflect('java.lang.Foo', 'bar', 1)
SELECT java_method(a, 'bar') FROM VALUES ('x') t(a)
SELECT java_method('java.util.UUID', a) FROM VALUES ('x') t(a)
SELECT java_method('java.util.UUID', 'nope')
SELECT java_method('java.util.UUID')
SELECT java_method(1, 'x')
SELECT java_method(null, 'x')
SELECT java_method('java.util.UUID', null)
SELECT java_method('java.lang.Foo', 'bar', array(1))
SELECT 1 a, a + 1, a
SELECT id a, a + 1 b, b * 2, upper(a) FROM range(1)
SELECT id a, sum(a) FROM range(1) GROUP BY id
SELECT id AS a, max(id) AS m, m + a FROM range(1) GROUP BY id
SELECT struct(1 as x) s, s.x, s.x + 1
SELECT 1 a, (SELECT a)
SELECT to_protobuf(1, 'P', '/no')
SELECT from_protobuf(1, 'P', '/no')
SELECT to_protobuf(struct(1 as a), 'P', '/no')
SELECT from_protobuf(X'01', 'P', '/no')
SELECT sum(rand(1)), max(randn(2)) FROM range(10)
SELECT id % 2, sum(rand(1)) FROM range(10) GROUP BY id % 2
SELECT max(monotonically_increasing_id()), count(*) FROM range(10)
SELECT id % 3, collect_list(monotonically_increasing_id()) FROM range(10) GROUP BY id % 3
SELECT sum(x) FROM (SELECT rand(1) AS x FROM range(10))
SELECT max(id) + rand(3) > 0 FROM range(10)
SELECT max(a) FROM (SELECT monotonically_increasing_id() AS a FROM range(10))
SELECT max(rand(1)) OVER () > 0 FROM range(2)
