"""Statements that are no queries."""

from __future__ import annotations

import pytest

from glowplug.errors import AnalysisError
from glowplug.plan.commands import CreateTable, Explain, MergeInto
from glowplug.plan.scripts import Script
from glowplug.plan.statements import CreateFunction
from glowplug.sql import Settings, parse_statement

ONE = "Select(child=OneRow(), expressions=[1:int])"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # settings
        ("set", "SetConf()"),
        ("SET -v", "SetConf(verbose=True)"),
        ("set a.b", "SetConf(key='a.b')"),
        ("set a.b = 1 2 3;", "SetConf(key='a.b', value='1 2 3')"),
        ("set a.b=", "SetConf(key='a.b', value='')"),
        ("set `a b` = `c;d`", "SetConf(key='a b', value='c;d')"),
        ("set time zone 'UTC'", "SetConf(key='spark.sql.session.timeZone', value='UTC')"),
        ("set time zone interval '-8:30' hour to minute", "SetConf(key='spark.sql.session.timeZone', value='-08:30')"),
        ("reset", "ResetConf()"),
        ("reset a.b", "ResetConf(key='a.b')"),
        ("use a.b", "Use(parts=['a', 'b'])"),
        ("use schema a", "Use(parts=['a'], kind='schema')"),
        ("use schema", "Use(parts=['schema'])"),
        ("set catalog 'c'", "Use(parts=['c'], kind='catalog')"),
        # explain, describe, show
        ("explain select 1", f"Explain(statement={ONE}, mode='simple')"),
        ("explain formatted show tables", "Explain(statement=Show(what='TABLES'), mode='formatted')"),
        ("describe a.b", "Describe(kind='table', parts=['a', 'b'])"),
        ("desc table extended t partition (a = 1)", "Describe(kind='table', parts=['t'], extended=True, partition=[['a', 1:int]])"),
        ("describe t a.b", "Describe(kind='table', parts=['t'], column=['a', 'b'])"),
        ("desc extended t as json", "Describe(kind='table', parts=['t'], extended=True, as_json=True)"),
        ("describe query select 1", f"Describe(kind='query', query={ONE}, text='select 1')"),
        ("desc select 1", f"Describe(kind='query', query={ONE}, text='select 1')"),
        ("describe function extended a.f", "Describe(kind='function', parts=['a', 'f'], extended=True)"),
        ("describe function <>", "Describe(kind='function', parts=['<>'])"),
        ("describe schema s", "Describe(kind='schema', parts=['s'])"),
        ("show tables in a.b like 'x*'", "Show(what='TABLES', parts=['a', 'b'], pattern='x*')"),
        ("show tables 'x*'", "Show(what='TABLES', pattern='x*')"),
        ("show databases", "Show(what='SCHEMAS')"),
        ("show columns in t in s", "Show(what='COLUMNS', parts=['s', 't'])"),
        ("show user functions like a.f", "Show(what='FUNCTIONS', parts=['a'], pattern='f', extra=[['scope', 'user']])"),
        ("show functions 'x*'", "Show(what='FUNCTIONS', pattern='x*')"),
        ("show tblproperties t (a.b)", "Show(what='TBLPROPERTIES', parts=['t'], extra=[['key', 'a.b']])"),
        ("show create table t as serde", "Show(what='CREATE TABLE', parts=['t'], extra=[['serde', 'true']])"),
        ("show partitions t partition (a = 'x')", "Show(what='PARTITIONS', parts=['t'], partition=[['a', x:string]])"),
        ("show table extended in s like 'x'", "Show(what='TABLE EXTENDED', parts=['s'], pattern='x')"),
        ("show current namespace", "Show(what='CURRENT SCHEMA')"),
        # caches
        ("cache table t", "CacheTable(parts=['t'])"),
        ("cache lazy table t options ('storageLevel' 'DISK_ONLY') as select 1", f"CacheTable(parts=['t'], query={ONE}, lazy=True, options=[['storageLevel', 'DISK_ONLY']])"),
        ("uncache table if exists t", "UncacheTable(parts=['t'], if_exists=True)"),
        ("clear cache", "ClearCache()"),
        ("refresh table a.t", "Refresh(target='a.t')"),
        ("refresh table identifier('a' || '.t')", "Refresh(target='a.t')"),
        ("refresh '/x'", "Refresh(target='/x', is_path=True)"),
        ("refresh /x/y", "Refresh(target='/x/y', is_path=True)"),
        # views
        ("create temp view v as select 1", f"CreateView(parts=['v'], query={ONE}, scope='temp', text='select 1')"),
        (
            "create or replace global temporary view v (a comment 'x', b) comment 'c' as select 1;",
            f"CreateView(parts=['v'], query={ONE}, scope='global', replace=True, columns=[['a', 'x'], ['b', None]], comment='c', text='select 1')",
        ),
        ("create view if not exists a.v with schema type evolution as select 1", f"CreateView(parts=['a', 'v'], query={ONE}, scope='persistent', if_not_exists=True, text='select 1', binding='type evolution')"),
        (
            "create temporary view v (a int) using csv options (path '/x', header true)",
            "CreateView(parts=['v'], query=UnresolvedDataSource(format='csv', schema={a int}, options=[['path', '/x'], ['header', 'true']]), scope='temp')",
        ),
        ("drop view if exists v", "DropView(parts=['v'], if_exists=True)"),
        ("alter view v as select 1", f"Alter(kind='view', parts=['v'], change=SetQuery(query={ONE}, text='select 1'))"),
        # tables
        ("create table t using parquet as select 1", f"CreateTable(parts=['t'], schema=None, format='parquet', query={ONE})"),
        ("create table t (a int) partitioned by (b string)", "CreateTable(parts=['t'], schema={a int, b string}, format=None, partition_by=[b])"),
        ("replace table t (a int)", "CreateTable(parts=['t'], schema={a int}, format=None, replace=True, must_exist=True)"),
        ("create external table t using orc location '/x'", "CreateTable(parts=['t'], schema=None, format='orc', location='/x', external=True)"),
        ("create table t like u location '/x'", "CreateTableLike(parts=['t'], source=['u'], location='/x')"),
        ("drop table if exists a.t purge", "DropTable(parts=['a', 't'], if_exists=True)"),
        ("truncate table t partition (a = 1)", "Truncate(parts=['t'], partition=[['a', 1:int]])"),
        ("analyze table t compute statistics for all columns", "Analyze(parts=['t'], columns=None)"),
        ("analyze tables in s compute statistics noscan", "Analyze(parts=['s'], all_tables=True, scan=False)"),
        ("msck repair table t sync partitions", "RepairTable(parts=['t'], drop=True)"),
        ("comment on table t is null", "Comment(kind='table', parts=['t'], text=None)"),
        # changes of tables
        ("alter table t rename to a.b", "Alter(kind='table', parts=['t'], change=RenameTo(parts=['a', 'b']))"),
        (
            "alter table t add columns (a int not null first, b.c string comment 'x' after d)",
            "Alter(kind='table', parts=['t'], change=AddColumns(columns=[NewColumn(name=['a'], field=StructField(name='a', type=int, nullable=False), position=Position()), "
            "NewColumn(name=['b', 'c'], field=StructField(name='c', type=string, metadata='{\"comment\": \"x\"}'), position=Position(after='d'))]))",
        ),
        ("alter table t drop column a, b.c", "Alter(kind='table', parts=['t'], change=DropColumns(columns=[['a'], ['b', 'c']]))"),
        ("alter table t rename column a to b", "Alter(kind='table', parts=['t'], change=RenameColumn(column=['a'], to='b'))"),
        (
            "alter table t alter a type int, b set default 1 + 1, c drop not null",
            "Alter(kind='table', parts=['t'], change=AlterColumns(columns=[ColumnChange(column=['a'], type=int), ColumnChange(column=['b'], default='1 + 1'), ColumnChange(column=['c'], nullable=True)]))",
        ),
        ("alter table t set tblproperties (a = 1)", "Alter(kind='table', parts=['t'], change=SetProperties(properties=[['a', '1']]))"),
        ("alter table t add partition (a = 1) location '/x'", "Alter(kind='table', parts=['t'], change=AddPartitions(partitions=[[[['a', 1:int]], '/x']]))"),
        ("alter table t partition (a = 1) rename to partition (a = 2)", "Alter(kind='table', parts=['t'], change=RenamePartition(partition=[['a', 1:int]], to=[['a', 2:int]]))"),
        ("alter table t cluster by none", "Alter(kind='table', parts=['t'], change=SetClusterBy(columns=[]))"),
        ("alter table t add constraint c check (a > 1)", "Alter(kind='table', parts=['t'], change=AddConstraint(constraint=Constraint(kind='check', name='c', text='a > 1')))"),
        ("alter table t recover partitions", "RepairTable(parts=['t'], name='ALTER TABLE RECOVER PARTITIONS')"),
        ("alter schema s set dbproperties (a = 1)", "Alter(kind='schema', parts=['s'], change=SetProperties(properties=[['a', '1']]))"),
        # schemas
        ("create schema if not exists a.b comment 'c' location '/x' with dbproperties (k = 'v')", "CreateSchema(parts=['a', 'b'], if_not_exists=True, comment='c', location='/x', properties=[['k', 'v']])"),
        ("drop database if exists d cascade", "DropSchema(parts=['d'], if_exists=True, cascade=True)"),
        # rows
        ("insert into t (a, b) select 1", f"Insert(parts=['t'], query={ONE}, columns=['a', 'b'])"),
        ("insert into table t values (1, default)", "Insert(parts=['t'], query=UnresolvedValues(rows=[[1:int, DefaultValue()]]))"),
        ("insert overwrite t partition (a = 1, b = 2) if not exists select 1", f"Insert(parts=['t'], query={ONE}, partition=[['a', 1:int], ['b', 2:int]], overwrite=True, if_partition_not_exists=True)"),
        ("insert into t by name (select 1)", f"Insert(parts=['t'], query={ONE}, by_name=True)"),
        ("insert into t (select 1)", f"Insert(parts=['t'], query={ONE})"),
        ("insert into t replace where a = 1 select 1", f"Insert(parts=['t'], query={ONE}, replace_where==(a, 1:int))"),
        ("with x as (select 1) insert into t select 1", f"Insert(parts=['t'], query=With(child={ONE}, definitions=[['x', {ONE}]]))"),
        ("insert overwrite directory '/x' using csv options (header true) select 1", f"WriteFiles(query={ONE}, format='csv', path='/x', mode='overwrite', options=[['header', 'true']])"),
        ("delete from t as u where a", "Delete(parts=['t'], alias='u', condition=a)"),
        ("update t set a = 1, b.c = default where d", "Update(parts=['t'], alias=None, assignments=[[a, 1:int], [b.c, DefaultValue()]], condition=d)"),
        ("with x as (select 1) delete from t", f"WithCommand(definitions=[['x', {ONE}]], command=Delete(parts=['t'], alias=None, condition=None))"),
        ("load data inpath '/x' overwrite into table t", "LoadData(path='/x', parts=['t'], overwrite=True)"),
        # variables, functions, dynamic SQL
        ("declare or replace variable x int default 1 + 1", "CreateVariable(names=[['x']], type=int, default=+(1:int, 1:int), text='1 + 1', replace=True)"),
        ("declare x, y = 1", "CreateVariable(names=[['x'], ['y']], type=None, default=1:int, text='1')"),
        ("set var x = 1, y = default", "SetVariable(names=[['x'], ['y']], query=Select(child=OneRow(), expressions=[1:int AS x, DefaultValue()]))"),
        ("set variable (x, y) = (select 1)", f"SetVariable(names=[['x'], ['y']], query={ONE})"),
        ("drop temporary variable if exists x", "DropVariable(parts=['x'], if_exists=True)"),
        ("drop temporary function f", "DropFunction(parts=['f'], temporary=True)"),
        ("execute immediate 'select ?' into x using 1 as a, 2", "ExecuteImmediate(statement=select ?:string, into=[['x']], arguments=[1:int AS a, 2:int])"),
        ("add jar /a.jar '/b c.jar'", "Resource(verb='add', kind='jar', paths=['/a.jar', '/b c.jar'])"),
    ],
)  # fmt: skip
def test_statements(text, expected, show):
    assert show(parse_statement(text)) == expected


def test_tables_stored_in_formats_of_spark_need_hive(show):
    text = "create external table t stored as orc location '/x'"
    expected = "CreateTable(parts=['t'], schema=None, format='orc', location='/x', external=True)"
    assert show(parse_statement(text, settings=Settings(hive=True))) == expected
    with pytest.raises(AnalysisError, match="NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"):
        parse_statement(text)


def test_what_a_column_is_defined_with(show):
    table = parse_statement(
        "create table t (a int not null comment 'x', b string default 'y', c int generated always as (a + 1), "
        "d bigint generated by default as identity (start with 5 increment by -2), primary key (a)) "
        "using delta options (k = 'v', l 1) partitioned by (a, bucket(4, b)) clustered by (a) sorted by (b) into 8 buckets "
        "comment 'c' tblproperties (p.q = 1)"
    )
    assert isinstance(table, CreateTable)
    assert show(table.schema) == (
        '{a int!"comment": "x", '
        'b string"CURRENT_DEFAULT": "\'y\'", "EXISTS_DEFAULT": "\'y\'", '
        'c int"GENERATION_EXPRESSION": "a + 1", '
        'd bigint"identity.start": 5, "identity.step": -2, "identity.allowExplicitInsert": true}'
    )
    assert show(table.partition_by) == "[a, bucket(4:int, b)]"
    assert (table.options, table.properties) == ((("k", "v"), ("l", "1")), (("p.q", "1"),))
    assert (table.bucket_by, table.sort_by, table.comment) == ((8, ("a",)), ("b",), "c")
    assert show(table.constraints) == "[Constraint(kind='primary key')]"


def test_merge(show):
    merge = parse_statement(
        "merge with schema evolution into a.t x using (select 1) s on x.a = s.a when matched and b then delete "
        "when matched then update set * when not matched then insert (a, b) values (1, default) "
        "when not matched by source then update set a = 2"
    )
    assert isinstance(merge, MergeInto)
    assert (merge.parts, merge.alias, merge.schema_evolution) == (("a", "t"), "x", True)
    assert show(merge.source) == f"SubqueryAlias(child={ONE}, name='s')"
    assert show(merge.matched) == (
        "[MergeAction(kind='delete', condition=b), MergeAction(kind='update', condition=None, assignments=None)]"
    )
    assert show(merge.not_matched) == (
        "[MergeAction(kind='insert', condition=None, assignments=[[a, 1:int], [b, DefaultValue()]])]"
    )
    assert show(merge.not_matched_by_source).endswith("assignments=[[a, 2:int]])]")


def test_several_inserts_read_one_source(show):
    inserts = parse_statement("from s insert into t select a insert overwrite u select b where c").inserts
    assert [(i.parts, i.overwrite) for i in inserts] == [(("t",), False), (("u",), True)]
    source = "UnresolvedRelation(parts=['s'])"
    assert show(inserts[1].query) == f"Select(child=Filter(child={source}, condition=c), expressions=[b])"


def test_sql_functions(show):
    function = parse_statement(
        "create or replace temporary function f(a int, b string default 'x' comment 'y') returns int "
        "language sql not deterministic comment 'z' contains sql return a + 1"
    )
    assert isinstance(function, CreateFunction)
    assert show(function.parameters) == (
        "[StructField(name='a', type=int), "
        'StructField(name=\'b\', type=string, metadata=\'{"default": "\\\'x\\\'", "comment": "y"}\')]'
    )
    assert (show(function.body), function.text) == ("+(a, 1:int)", "a + 1")
    assert (function.temporary, function.replace, function.comment, function.deterministic) == (True, True, "z", False)
    table = parse_statement("create function f() returns table (a int) return select 1")
    assert (table.is_table, show(table.returns), show(table.body)) == (True, "{a int}", ONE)


def test_scripts(show):
    script = parse_statement(
        """
        BEGIN
          DECLARE x INT DEFAULT 1;
          DECLARE bad CONDITION FOR SQLSTATE '22XYZ';
          DECLARE EXIT HANDLER FOR bad, SQLSTATE '22012' BEGIN SELECT 1; END;
          DECLARE EXIT HANDLER FOR NOT FOUND SELECT 1;
          SET x = 2;
          IF x > 1 THEN SELECT 1; ELSEIF x THEN SELECT 1; ELSE SELECT 1; END IF;
          CASE x WHEN 1 THEN SELECT 1; END CASE;
          l: WHILE x DO LEAVE l; ITERATE l; END WHILE l;
          REPEAT SELECT 1; UNTIL x END REPEAT;
          LOOP SELECT 1; END LOOP;
          FOR r AS SELECT 1 DO SELECT 1; END FOR;
          i: BEGIN END i;
        END"""
    )
    assert isinstance(script, Script)
    step = f"Step(statement={ONE}, text='SELECT 1')"
    body = f"Block(body=[{step}])"

    def test(expression: str, text: str) -> str:
        return f"Test(query=Select(child=OneRow(), expressions=[{expression}]), text='{text}')"

    x = test("x", "x")
    assert [show(n) for n in script.block.body] == [
        "Step(statement=CreateVariable(names=[['x']], type=int, default=1:int, text='1'), text='DECLARE x INT DEFAULT 1')",
        "Condition(name='BAD', sqlstate='22XYZ')",
        f"Handler(kind='exit', body=Block(body=[{step}], scope=True), conditions=['BAD'], sqlstates=['22012'])",
        f"Handler(kind='exit', body={body}, not_found=True)",
        "Step(statement=SetVariable(names=[['x']], query=Select(child=OneRow(), expressions=[2:int AS x])), text='SET x = 2')",
        f"If(branches=[[{test('>(x, 1:int)', 'x > 1')}, {body}], [{x}, {body}]], otherwise={body})",
        f"Case(operand={x}, branches=[[{test('1:int', '1')}, {body}]])",
        f"While(condition={x}, body=Block(body=[Leave(label='l'), Iterate(label='l')]), label='l')",
        f"Repeat(body={body}, condition={x})",
        f"Loop(body={body})",
        f"For(query={ONE}, body={body}, variable='r')",
        "Block(body=[], label='i', scope=True)",
    ]


def test_explain_takes_any_statement():
    assert isinstance(parse_statement("explain extended create table t (a int)"), Explain)
