"""Queries. What is expected was read from the plans of Apache Spark 4.2.1, in this project's nodes."""

from __future__ import annotations

import pytest

from glowplug.sql import Settings, parse_statement

T = "UnresolvedRelation(parts=['t'])"
U = "UnresolvedRelation(parts=['u'])"
ONE = "Select(child=OneRow(), expressions=[1:int])"


def of(rest: str) -> str:
    return f"Select(child={T}, expressions=[a]{rest})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1", ONE),
        ("select a from t", of("")),
        ("select distinct a from t", of(", distinct=True")),
        ("select all a from t", of("")),
        ("table t", T),
        ("from t", T),
        ("from t select a", of("")),
        ("from t select a select a", f"SetOperation(left={of('')}, right={of('')}, kind='union', all=True)"),
        ("(select a from t)", of("")),
        ("select a from t where b", f"Select(child=Filter(child={T}, condition=b), expressions=[a])"),
        ("select a from t having b", of(", having=b")),
        ("select a from t group by a, 1 having b", of(", grouping=[a, 1:int], having=b")),
        ("select a from t group by all", of(", grouping=[], grouping_kind='all'")),
        ("select a from t group by a, b with rollup", of(", grouping=[a, b], grouping_kind='rollup'")),
        ("select a from t group by cube(a, b)", of(", grouping=[a, b], grouping_kind='cube'")),
        (
            "select a from t group by a, b grouping sets ((a, b), a, ())",
            of(", grouping=[a, b], grouping_kind='sets', grouping_sets=[[a, b], [a], []]"),
        ),
        (
            "select a from t group by rollup((a, b), c), d",
            of(", grouping=[a, b, c, d], grouping_kind='sets', grouping_sets=[[a, b, c, d], [a, b, d], [d]]"),
        ),
        (
            "select a from t group by grouping sets ((a), cube(b, c))",
            of(", grouping=[a, b, c], grouping_kind='sets', grouping_sets=[[a], [b, c], [b], [c], []]"),
        ),
        ("select a from t qualify b window w as (order by a)", of(", windows=[['w', WindowSpec(order_by=[a asc first])]], qualify=b")),
        ("select /*+ broadcast(u), coalesce(3) */ a from t", f"Hint(child=Hint(child={of('')}, name='coalesce', parameters=[3:int]), name='broadcast', parameters=[u])"),
        # ordering and limits
        ("select a from t order by 1 desc, b nulls last", f"Sort(child={of('')}, order=[1:int desc last, b asc last])"),
        ("select a from t order by all", f"Sort(child={of('')}, order=[all asc first])"),
        ("select a from t sort by b", f"Sort(child={of('')}, order=[b asc first], is_global=False)"),
        ("select a from t distribute by b", f"Repartition(child={of('')}, partitions=None, expressions=[b])"),
        (
            "select a from t cluster by b",
            f"Sort(child=Repartition(child={of('')}, partitions=None, expressions=[b]), order=[b asc first], is_global=False)",
        ),
        ("select a from t limit 10 offset 5", f"Limit(child={of('')}, count=10:int, offset=5:int)"),
        ("select a from t limit all", of("")),
        ("select a from t offset 5", f"Limit(child={of('')}, count=None, offset=5:int)"),
        ("select a from t order by a window w as (order by b)", "Sort(child=" + of(", windows=[['w', WindowSpec(order_by=[b asc first])]]") + ", order=[a asc first])"),
        # set operations
        ("table t union table u", f"SetOperation(left={T}, right={U}, kind='union', all=False)"),
        ("table t minus all table u", f"SetOperation(left={T}, right={U}, kind='except', all=True)"),
        (
            "table t union all table u intersect table t",
            f"SetOperation(left={T}, right=SetOperation(left={U}, right={T}, kind='intersect', all=False), kind='union', all=True)",
        ),
        (
            "table t except table u union table t",
            f"SetOperation(left=SetOperation(left={T}, right={U}, kind='except', all=False), right={T}, kind='union', all=False)",
        ),
        # named queries
        ("with t as (select 1) select a from t", f"With(child={of('')}, definitions=[['t', {ONE}]])"),
        (
            "with recursive t(n) max recursion level 5 as (select 1) table t",
            f"With(child={T}, definitions=[['t', SubqueryAlias(child={ONE}, name='t', columns=['n'])]], recursive=True, max_depth=5)",
        ),
    ],
)  # fmt: skip
def test_queries(text, expected, show):
    assert show(parse_statement(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t", T),
        ("a.b.`c d`", "UnresolvedRelation(parts=['a', 'b', 'c d'])"),
        ("parquet.`/x/y`", "UnresolvedRelation(parts=['parquet', '/x/y'])"),
        ("identifier('x.t')", "UnresolvedRelation(parts=['x', 't'])"),
        ("t as u", f"SubqueryAlias(child={T}, name='u')"),
        ("t u (a, b)", f"SubqueryAlias(child={T}, name='u', columns=['a', 'b'])"),
        ("t with (a = 1, 'b' 'c')", "UnresolvedRelation(parts=['t'], options=[['a', '1'], ['b', 'c']])"),
        ("t version as of 3", "UnresolvedRelation(parts=['t'], time_travel=['version', 3:string])"),
        ("t for timestamp as of now() u", "SubqueryAlias(child=UnresolvedRelation(parts=['t'], time_travel=['timestamp', now()]), name='u')"),
        ("stream t", "UnresolvedRelation(parts=['t'], streaming=True)"),
        ("t watermark a delay of interval 1 day", f"WithWatermark(child={T}, event_time='a', delay='interval 1 day')"),
        ("t, u", f"Join(left={T}, right={U}, kind='inner')"),
        ("t, u join t on a", f"Join(left=Join(left={T}, right={U}, kind='inner'), right={T}, kind='inner', condition=a)"),
        ("t join u using (a, b)", f"Join(left={T}, right={U}, kind='inner', using=['a', 'b'])"),
        ("t natural left outer join u", f"Join(left={T}, right={U}, kind='left', natural=True)"),
        ("t full join u", f"Join(left={T}, right={U}, kind='full')"),
        ("t left semi join u on a", f"Join(left={T}, right={U}, kind='semi', condition=a)"),
        ("t anti join u", f"Join(left={T}, right={U}, kind='anti')"),
        ("t cross join u", f"Join(left={T}, right={U}, kind='cross')"),
        ("t, lateral (select 1) u", f"Join(left={T}, right=SubqueryAlias(child={ONE}, name='u'), kind='inner', lateral=True)"),
        ("t left join lateral f(a) on b", f"Join(left={T}, right=UnresolvedTableFunction(parts=['f'], args=[a]), kind='left', condition=b, lateral=True)"),
        ("t join u approx nearest 3 by distance a", f"NearestByJoin(left={T}, right={U}, ranking=a, count=3, kind='inner', mode='approx', direction='distance')"),
        ("(t join u) v", f"SubqueryAlias(child=Join(left={T}, right={U}, kind='inner'), name='v')"),
        ("((select 1))", f"SubqueryAlias(child={ONE}, name='__auto_generated_subquery_name')"),
        ("values (1, 2), (3, 4) as v(a, b)", "SubqueryAlias(child=UnresolvedValues(rows=[[1:int, 2:int], [3:int, 4:int]], names=['a', 'b']), name='v', columns=['a', 'b'])"),
        ("range(10) r", "SubqueryAlias(child=UnresolvedTableFunction(parts=['range'], args=[10:int]), name='r', function='range')"),
        (
            "f(table(t) partition by a order by b, x => table(select 1) with single partition)",
            f"UnresolvedTableFunction(parts=['f'], args=[Subquery(kind='table', plan={T}, partition_by=[a], order_by=[b asc first]), "
            f"NamedArgument(name='x', value=Subquery(kind='table', plan={ONE}, single_partition=True))])",
        ),
        ("t tablesample (10 percent) repeatable (7)", f"Sample(child={T}, lower=0.0, upper=0.1, seed=7)"),
        ("t tablesample (5 rows)", f"Limit(child={T}, count=5:int)"),
        ("t tablesample (bucket 1 out of 4)", f"Sample(child={T}, lower=0.0, upper=0.25)"),
        ("t pivot (sum(a) as s for b in (1 as x, 2))", f"Pivot(child={T}, grouping=None, column=b, values=[1:int AS x, 2:int], aggregates=[sum(a) AS s])"),
        ("t unpivot (v for n in (a as x, b)) u", f"SubqueryAlias(child=Unpivot(child={T}, ids=None, values=[[[a], 'x'], [[b], None]], variable_name='n', value_names=['v'], include_nulls=False), name='u')"),
        ("t lateral view outer explode(a) u as b, c", f"LateralView(child={T}, generator=explode(a), outer=True, name='u', columns=['b', 'c'])"),
    ],
)  # fmt: skip
def test_sources(text, expected, show):
    assert show(parse_statement(f"select a from {text}")) == f"Select(child={expected}, expressions=[a])"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where a", f"Filter(child={T}, condition=a)"),
        ("select a, b", f"Select(child={T}, expressions=[a, b])"),
        ("extend a + 1 as b", f"Select(child={T}, expressions=[*, +(a, 1:int) AS b], pipe='EXTEND')"),
        ("set a = 1, b = a", f"WithColumns(child=WithColumns(child={T}, columns=[1:int AS a], pipe=True), columns=[a AS b], pipe=True)"),
        ("drop a, b", f"Select(child={T}, expressions=[* EXCEPT [['a'], ['b']]])"),
        ("as u", f"SubqueryAlias(child={T}, name='u')"),
        ("aggregate sum(a) as s group by b as k", f"Select(child={T}, expressions=[sum(a) AS s], grouping=[b AS k], prepend_grouping=True, pipe='AGGREGATE')"),
        ("aggregate count(*)", f"Select(child={T}, expressions=[count(*)], grouping=[], prepend_grouping=True, pipe='AGGREGATE')"),
        ("join u on a", f"Join(left={T}, right={U}, kind='inner', condition=a)"),
        ("union all table u", f"SetOperation(left={T}, right={U}, kind='union', all=True)"),
        ("order by a", f"Sort(child={T}, order=[a asc first])"),
        ("limit 1 offset 2", f"Limit(child={T}, count=1:int, offset=2:int)"),
        ("tablesample (10 percent)", f"Sample(child={T}, lower=0.0, upper=0.1)"),
        ("where a |> as u", f"SubqueryAlias(child=Filter(child={T}, condition=a), name='u')"),
    ],
)  # fmt: skip
def test_pipes(text, expected, show):
    assert show(parse_statement(f"from t |> {text}")) == expected
    assert show(parse_statement(f"table t |> {text};")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(select 1)", f"Subquery(kind='scalar', plan={ONE})"),
        ("((select 1))", f"Subquery(kind='scalar', plan={ONE})"),
        ("((select 1) + 2)", f"+(Subquery(kind='scalar', plan={ONE}), 2:int)"),
        ("((select 1) union (select 1))", f"Subquery(kind='scalar', plan=SetOperation(left={ONE}, right={ONE}, kind='union', all=False))"),
        ("exists (select 1)", f"Subquery(kind='exists', plan={ONE})"),
        ("a in (select 1)", f"Subquery(kind='in', plan={ONE}, values=[a])"),
        ("(a, b) not in (select 1)", f"not(Subquery(kind='in', plan={ONE}, values=[a, b]))"),
        ("a in ((select 1), 2)", f"in(a, Subquery(kind='scalar', plan={ONE}), 2:int)"),
        ("(values 1)", "Subquery(kind='scalar', plan=UnresolvedValues(rows=[[1:int]]))"),
        ("(values)", "values"),
        # words that are names where an operator follows, other than a sign, which begins an expression of the query
        ("(select -1)", "Subquery(kind='scalar', plan=Select(child=OneRow(), expressions=[-1:int]))"),
        ("exists (values +1)", "Subquery(kind='exists', plan=UnresolvedValues(rows=[[positive(1:int)]]))"),
        ("(select < 1)", "<(select, 1:int)"),
        ("(values / 2)", "/(values, 2:int)"),
    ],
)  # fmt: skip
def test_subqueries(text, expected, show):
    assert show(parse_statement(f"select {text}").expressions[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select a offset from t", f"Select(child={T}, expressions=[a AS offset])"),
        ("select a as from t", f"Select(child={T}, expressions=[a AS as])"),
        ("select a as from", "Select(child=OneRow(), expressions=[a AS from])"),
        ("select case, end, table, select from t", f"Select(child={T}, expressions=[case, end, table, select])"),
        ("select from t", "Select(child=OneRow(), expressions=[from AS t])"),
        ("select a from t limit", f"Select(child=SubqueryAlias(child={T}, name='limit'), expressions=[a])"),
        ("select left.a from left join t", f"Select(child=Join(left=UnresolvedRelation(parts=['left']), right={T}, kind='inner'), expressions=[left.a])"),
    ],
)  # fmt: skip
def test_almost_no_word_is_reserved(text, expected, show):
    assert show(parse_statement(text)) == expected


def test_set_operations_may_bind_alike(show):
    text = "table t union table u intersect table t"
    legacy = show(parse_statement(text, settings=Settings(legacy_setops=True)))
    assert (
        legacy
        == f"SetOperation(left=SetOperation(left={T}, right={U}, kind='union', all=False), right={T}, kind='intersect', all=False)"
    )
