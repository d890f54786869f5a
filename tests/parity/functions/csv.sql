-- Arrays, maps and structs as fields of CSV records.
SELECT to_csv(named_struct('a', array(1,2,null), 'b', map('k',1,'l',null), 'c', named_struct('x',1.5,'y','q"z')))
SELECT to_csv(named_struct('a', array('x','y"z'), 'b', array(array(1),array(2)), 'c', cast(null as array<int>), 'd', array(date'2020-01-01'), 'e', array(timestamp'2020-01-01 10:00:00')))
SELECT to_csv(named_struct('a', array(1.5D, 1e20D), 'b', map(1, array('a')), 'c', array(X'0102'), 'd', array(), 'e', array(true)))
SELECT to_csv(named_struct('a', map()), map('nullValue','N'))
SELECT to_csv(named_struct('a', array(cast(null as int)), 's', named_struct('x', cast(null as int))), map('nullValue','N'))
SELECT to_csv(named_struct('a', parse_json('{"a":1}')))
SELECT to_csv(named_struct('a', array(interval '1' day), 'b', array(interval '1' year), 'c', struct(timestamp_ntz'2020-01-01 10:00:00', cast(1.50 as decimal(5,2)), cast(1.5 as float))), map('timestampNTZFormat','yyyy','timestampFormat','yyyy','dateFormat','yyyy'))
SELECT to_csv(named_struct('a', array(date'2020-01-01'), 'b', struct(timestamp'2020-01-01 10:00:00')), map('timestampFormat','yyyy','dateFormat','yyyy'))
