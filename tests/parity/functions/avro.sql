-- record.py says which package this needs
-- types written
SELECT to_avro(1)
SELECT to_avro(s) IS NULL FROM (SELECT NULL AS s)
SELECT to_avro(NULL)
SELECT hex(to_avro(-3)), hex(to_avro(128L)), hex(to_avro(-9223372036854775808L)), hex(to_avro(true)), hex(to_avro(7Y)), hex(to_avro(-300S))
SELECT hex(to_avro(1.5F)), hex(to_avro(-2.25D)), hex(to_avro('añ')), hex(to_avro(X'00FF')), hex(to_avro(CAST(1.25 AS DECIMAL(5,2)))), hex(to_avro(CAST(-1 AS DECIMAL(38,18))))
SELECT hex(to_avro(DATE'2020-02-29')), hex(to_avro(DATE'1900-01-01')), hex(to_avro(TIMESTAMP'2020-02-29 12:34:56.789012')), hex(to_avro(TIMESTAMP_NTZ'1969-12-31 23:59:59.999999'))
SELECT hex(to_avro(array(1, 2))), hex(to_avro(array(1, NULL))), hex(to_avro(array())), hex(to_avro(map('a', 1))), hex(to_avro(map('a', NULL)))
SELECT hex(to_avro(named_struct('a', 1, 'b', 'x'))), hex(to_avro(named_struct('a', CAST(NULL AS INT), 'b', array(named_struct('c', 1.5D)))))
SELECT hex(to_avro(INTERVAL '1-2' YEAR TO MONTH)), hex(to_avro(INTERVAL '1 02:03:04.5' DAY TO SECOND))
SELECT to_avro(map(1, 2))
SELECT to_avro(INTERVAL 1 MONTH 1 DAY), 1
SELECT hex(to_avro(a)) FROM VALUES (1), (NULL), (3) t(a)
SELECT hex(to_avro(a)) FROM VALUES (named_struct('x', 1)), (NULL) t(a)
SELECT hex(to_avro(a, '"int"')) FROM VALUES (1), (3) t(a)
SELECT hex(to_avro(a, '"int"')) FROM VALUES (1), (NULL) t(a)
SELECT hex(to_avro(a, '["null", "int"]')) FROM VALUES (1), (NULL) t(a)
SELECT hex(to_avro(a, '["int", "null"]')) FROM VALUES (1), (NULL) t(a)
SELECT hex(to_avro(a, '"long"')) FROM VALUES (1), (3) t(a)
SELECT hex(to_avro('B', '{"type": "enum", "name": "e", "symbols": ["A", "B"]}'))
SELECT hex(to_avro('C', '{"type": "enum", "name": "e", "symbols": ["A", "B"]}'))
SELECT hex(to_avro(X'0102', '{"type": "fixed", "name": "f", "size": 2}'))
SELECT hex(to_avro(X'010203', '{"type": "fixed", "name": "f", "size": 2}'))
SELECT hex(to_avro(TIMESTAMP'2020-01-01 00:00:00.123456', '{"type": "long", "logicalType": "timestamp-millis"}'))
SELECT hex(to_avro(CAST(1.25 AS DECIMAL(5,2)), '{"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}'))
SELECT hex(to_avro(named_struct('b', 'x', 'a', 1), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}'))
SELECT hex(to_avro(named_struct('a', 1), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}'))
SELECT hex(to_avro(named_struct('a', 1), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": ["null", "string"], "default": null}]}'))
SELECT hex(to_avro(named_struct('a', 1, 'z', 2), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]}'))
SELECT hex(to_avro(named_struct('a', CAST(NULL AS INT)), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]}'))
SELECT to_avro(1, 'nonsense')
SELECT to_avro(1, '{"type": "int"')
SELECT to_avro(1, a) FROM VALUES ('"int"') t(a)
SELECT to_avro(1, NULL)
SELECT to_avro(1, 2)
SELECT hex(to_avro(1, concat('"in', 't"')))
SELECT to_avro()
SELECT to_avro(1, '"int"', 3)
SELECT typeof(to_avro(1)), to_avro(id) IS NULL FROM range(1)
-- types read
SELECT from_avro(X'05', '"int"')
SELECT from_avro(X'05', '"int"', map())
SELECT from_avro(X'8001', '"long"', map('mode', 'FAILFAST')) AS a
SELECT from_avro(NULL, '"int"')
SELECT from_avro(CAST(NULL AS BINARY), '"int"')
SELECT from_avro(1, '"int"')
SELECT from_avro('a', '"int"')
SELECT from_avro(a, '"string"', map()) FROM VALUES (X'0261'), (NULL), (X'04C3A9') t(a)
SELECT from_avro(X'0000C03F', '"float"'), from_avro(X'00000000000002C0', '"double"'), from_avro(X'01', '"boolean"'), from_avro(X'0400FF', '"bytes"'), from_avro(X'', '"null"')
SELECT from_avro(to_avro(named_struct('a', 1, 'b', 'x')), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}') AS r
SELECT from_avro(to_avro(named_struct('a', 1, 'b', 'x')), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}').b AS r
SELECT from_avro(to_avro(named_struct('a', 1, 'b', 'x')), '{"type": "record", "name": "r", "fields": [{"name": "a", "type": ["int", "null"]}, {"name": "b", "type": "string"}]}', map('mode', 'PERMISSIVE')) AS r
SELECT from_avro(X'0002', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": ["int", "null"]}]}').a AS r
SELECT from_avro(X'02', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": ["int", "null"]}]}') AS r
SELECT from_avro(X'000202', '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int", "string"]}]}', map()) AS r
SELECT from_avro(X'020261', '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int", "string"]}]}', map()) AS r
SELECT from_avro(X'020261', '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int", "string"]}]}', map('enableStableIdentifiersForUnionType', 'true')) AS r
SELECT from_avro(X'020261', '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int", "string"]}]}', map('enableStableIdentifiersForUnionType', 'true', 'stableIdentifierPrefixForUnionType', 'm_')) AS r
SELECT from_avro(X'0002', '["int", "long"]') AS r
SELECT from_avro(X'0002', '["null", "int"]') AS r
SELECT from_avro(X'0202', '["null", "int"]') AS r
SELECT from_avro(X'0402040600', '{"type": "array", "items": "int"}') AS r
SELECT from_avro(X'040204060800', '{"type": "array", "items": "int"}') AS r
SELECT from_avro(X'0202610200', '{"type": "map", "values": "int"}') AS r
SELECT from_avro(X'02', '{"type": "enum", "name": "e", "symbols": ["A", "B"]}') AS r
SELECT from_avro(X'04', '{"type": "enum", "name": "e", "symbols": ["A", "B"]}') AS r
SELECT from_avro(X'0102', '{"type": "fixed", "name": "f", "size": 2}') AS r
SELECT CAST(from_avro(X'02', '{"type": "int", "logicalType": "date"}') AS STRING) AS r, CAST(from_avro(X'02', '{"type": "long", "logicalType": "timestamp-millis"}') AS STRING) AS s, CAST(from_avro(X'02', '{"type": "long", "logicalType": "timestamp-micros"}') AS STRING) AS t, CAST(from_avro(X'01', '{"type": "long", "logicalType": "local-timestamp-micros"}') AS STRING) AS u
SELECT from_avro(X'027D', '{"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}') AS r
SELECT from_avro(X'FF83', '{"type": "fixed", "size": 2, "name": "d", "logicalType": "decimal", "precision": 4, "scale": 1}') AS r
SELECT from_avro(X'02', '{"type": "int", "logicalType": "time-millis"}') AS r
SELECT from_avro(X'021c', '{"type": "string", "logicalType": "uuid"}') AS r
SELECT CAST(from_avro(to_avro(INTERVAL '1-2' YEAR TO MONTH), '{"type": "int", "spark.sql.catalyst.type": "interval year to month"}') AS STRING) AS r
-- bytes that are none
SELECT from_avro(X'', '"int"')
SELECT from_avro(X'', '"int"', map('mode', 'PERMISSIVE')) AS r
SELECT from_avro(X'0205', '"int"') AS r
SELECT from_avro(X'FF', '"string"', map('mode', 'PERMISSIVE')) AS r
SELECT from_avro(X'02', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}', map('mode', 'PERMISSIVE')) AS r
SELECT from_avro(X'02', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}', map('mode', 'permissive')) AS r
SELECT from_avro(X'02', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}', map('mode', 'FAILFAST')) AS r
SELECT from_avro(X'02', '"int"', map('mode', 'DROPMALFORMED')) AS r
SELECT from_avro(X'02', '"int"', map('mode', 'nonsense')) AS r
SELECT from_avro(a, '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}', map('mode', 'PERMISSIVE')) AS r FROM VALUES (X'020261'), (X'02'), (NULL), (X'0202610505'), (X'') t(a)
-- other schemas
SELECT from_avro(X'0204', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}', map('avroSchema', '{"type": "record", "name": "r", "fields": [{"name": "b", "type": "long"}, {"name": "c", "type": "string", "default": "x"}]}')) AS r
SELECT from_avro(X'0204', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}', map('avroSchema', '{"type": "record", "name": "other", "fields": [{"name": "b", "type": "double"}]}')) AS r
SELECT from_avro(X'0204', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}', map('avroSchema', '{"type": "record", "name": "r", "fields": [{"name": "c", "type": "string"}]}')) AS r
SELECT from_avro(X'0204', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}', map('avroSchema', '{"type": "record", "name": "r", "fields": [{"name": "c", "type": "string"}]}', 'mode', 'PERMISSIVE')) AS r
SELECT from_avro(X'02', '"int"', map('avroSchema', '"string"')) AS r
SELECT from_avro(X'02', '"int"', map('avroSchema', '"double"')) AS r
SELECT from_avro(X'0002', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "n", "type": ["null", "r"]}]}') AS r
SELECT from_avro(X'02020400', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "n", "type": ["null", "r"]}]}', map('recursiveFieldMaxDepth', '1')) AS r
SELECT from_avro(X'02020400', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "n", "type": ["null", "r"]}]}', map('recursiveFieldMaxDepth', '2')) AS r
SELECT from_avro(X'02', '"int"', map('datetimeRebaseMode', 'CORRECTED')) AS r
SELECT CAST(from_avro(X'EB841C', '{"type": "int", "logicalType": "date"}', map('datetimeRebaseMode', 'LEGACY')) AS STRING) AS r
SELECT CAST(from_avro(X'EB841C', '{"type": "int", "logicalType": "date"}', map('datetimeRebaseMode', 'EXCEPTION')) AS STRING) AS r
SELECT CAST(from_avro(X'EB841C', '{"type": "int", "logicalType": "date"}') AS STRING) AS r
SELECT from_avro(X'02', 'nonsense') AS r
SELECT from_avro(X'02', a) FROM VALUES ('"int"') t(a)
SELECT from_avro(X'02', NULL) AS r
SELECT from_avro(X'02', 1) AS r
SELECT from_avro(X'02', '"int"', 'a') AS r
SELECT from_avro(X'02', '"int"', map('a', 1)) AS r
SELECT from_avro(X'02', '"int"', map('mode', a)) AS r FROM VALUES ('FAILFAST') t(a)
SELECT from_avro(X'02', '"int"', NULL) AS r
SELECT from_avro(X'02')
SELECT from_avro(s, '{"type": "record", "name": "struct", "fields": [{ "name": "u", "type": ["int","string"] }]}', map()) IS NULL AS result FROM (SELECT NAMED_STRUCT('u', NAMED_STRUCT('member0', member0, 'member1', member1)) AS s FROM VALUES (1, NULL), (NULL,  'a') tab(member0, member1))
SELECT to_avro(s, '{"type": "record", "name": "struct", "fields": [{ "name": "u", "type": ["int","string"] }]}') IS NULL FROM (SELECT NULL AS s)
SELECT hex(to_avro(s, '{"type": "record", "name": "struct", "fields": [{ "name": "u", "type": ["int","string"] }]}')) FROM (SELECT NAMED_STRUCT('u', NAMED_STRUCT('member0', member0, 'member1', member1)) AS s FROM VALUES (1, NULL), (NULL,  'a') tab(member0, member1))
-- the schema of a schema
SELECT schema_of_avro('{"type": "record", "name": "struct", "fields": [{"name": "u", "type": ["int", "string"]}]}', map())
SELECT schema_of_avro('"int"'), schema_of_avro('["null", "long"]'), schema_of_avro('{"type": "array", "items": ["null", "string"]}')
SELECT schema_of_avro('{"type": "map", "values": "int"}') AS r
SELECT schema_of_avro('{"type": "record", "name": "r", "fields": [{"name": "a b", "type": "int"}]}') AS r
SELECT schema_of_avro('{"type": "record", "name": "r", "fields": [{"name": "a", "type": {"type": "int", "logicalType": "date"}}, {"name": "b", "type": ["null", {"type": "record", "name": "q", "fields": []}]}]}') AS r
SELECT schema_of_avro('{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int", "string"]}]}', map('enableStableIdentifiersForUnionType', 'true')) AS r
SELECT schema_of_avro('{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "n", "type": ["null", "r"]}]}', map('recursiveFieldMaxDepth', '2')) AS r
SELECT schema_of_avro('{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "n", "type": ["null", "r"]}]}') AS r
SELECT schema_of_avro('nonsense') AS r
SELECT schema_of_avro(NULL) AS r
SELECT schema_of_avro(1) AS r
SELECT schema_of_avro(a) AS r FROM VALUES ('"int"') t(a)
SELECT schema_of_avro('"int"', map('mode', 'nonsense')) AS r
SELECT schema_of_avro('"int"', map('avroSchema', '"string"')) AS r
SELECT schema_of_avro('"int"', 'a') AS r
SELECT from_avro(X'02', '{"type": "long", "logicalType": "time-micros"}') AS r
SELECT from_avro(X'06000204', '{"type": "array", "items": ["int", "null"]}') AS r
SELECT from_avro(X'0402040000', '{"type": "array", "items": "int"}') AS r
SELECT from_avro(X'04020400', '{"type": "array", "items": "int"}') AS r
SELECT from_avro(X'030402040002', '{"type": "array", "items": "int"}') AS r
SELECT hex(to_avro(TIME'01:02:03.000004')), hex(to_avro(named_struct('a', 1), '{"type": "record", "name": "r", "fields": [{"name": "A", "type": "int"}]}'))
SELECT hex(to_avro(a, '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "boolean"}]}')) FROM VALUES (named_struct('a', CAST(NULL AS BOOLEAN))) t(a)
SELECT hex(to_avro(array(1, NULL), '{"type": "array", "items": "int"}'))
SELECT hex(to_avro(map('a', CAST(NULL AS BOOLEAN)), '{"type": "map", "values": "boolean"}'))
SELECT hex(to_avro(named_struct('u', named_struct('member0', 1, 'member1', 'a')), '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int","string"]}]}'))
SELECT hex(to_avro(named_struct('u', named_struct('member0', array(1), 'member1', CAST(NULL AS STRING))), '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["null", {"type": "array", "items": "int"},"string"]}]}'))
SELECT hex(to_avro(named_struct('u', named_struct('member0', CAST(NULL AS INT), 'member1', CAST(NULL AS STRING))), '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["null", "int","string"]}]}'))
SELECT hex(to_avro(named_struct('u', named_struct('a', 1, 'b', 'a')), '{"type": "record", "name": "r", "fields": [{"name": "u", "type": ["int","string"]}]}'))
SELECT hex(to_avro(CAST(1.25 AS DECIMAL(5,2)), '{"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}'))
SELECT hex(to_avro(DATE'2020-01-01', '"int"')), hex(to_avro(TIMESTAMP'2020-01-01 00:00:00', '"long"')), hex(to_avro(5L, '["null", "long"]'))
SELECT hex(to_avro(variant_get(parse_json('1'), '$', 'int')))
SELECT hex(to_avro(parse_json('1')))
SELECT from_avro(a, '"int"') FROM VALUES (X'02'), (X'04') t(a) WHERE from_avro(a, '"int"') > 1
SELECT from_avro(X'02', '"int"', map('AVROSCHEMA', '"long"')) AS r
SELECT from_avro(X'02', '"int"', map('avroSchema', 'nonsense')) AS r
SELECT CAST(from_avro(to_avro(named_struct('t', TIMESTAMP'2020-01-01 00:00:00', 'n', TIMESTAMP_NTZ'2020-01-01 00:00:00', 'd', DATE'2020-01-01', 'x', 1.50, 'm', map('k', array(1, 2)))), '{"type": "record", "name": "r", "fields": [{"name": "t", "type": {"type": "long", "logicalType": "timestamp-micros"}}, {"name": "n", "type": {"type": "long", "logicalType": "local-timestamp-micros"}}, {"name": "d", "type": {"type": "int", "logicalType": "date"}}, {"name": "x", "type": {"type": "fixed", "name": "f", "size": 2, "logicalType": "decimal", "precision": 3, "scale": 2}}, {"name": "m", "type": {"type": "map", "values": {"type": "array", "items": "int"}}}]}') AS STRING) AS r
SELECT from_avro(to_avro(id), '"long"') AS r FROM range(5)
SELECT from_avro(X'0202', '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "A", "type": "int"}]}') AS r
