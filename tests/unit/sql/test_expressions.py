"""Operators, predicates, calls. What is expected was read from the plans of Apache Spark 4.2.1."""

from __future__ import annotations

import pytest

from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Literal, Origin, UnresolvedFunction
from glowplug.plan.tree import walk
from glowplug.sql import Settings, parse_expression, parse_statement
from glowplug.types import INT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # precedence and grouping
        ("a + b * c", "+(a, *(b, c))"),
        ("a - b - c", "-(-(a, b), c)"),
        ("a || b || c", "concat(concat(a, b), c)"),
        ("a << 1 + 2", "<<(a, +(1:int, 2:int))"),
        ("a >> 1 >>> 2", ">>>(>>(a, 1:int), 2:int)"),
        ("a & b | c ^ d", "|(&(a, b), ^(c, d))"),
        ("-a * b", "*(unary -(a), b)"),
        ("- -1", "unary -(-1:int)"),
        ("-(1)", "unary -(1:int)"),
        ("+a - ~b", "-(positive(a), ~(b))"),
        ("a div b % c", "%(div(a, b), c)"),
        ("a > b = c", "=(>(a, b), c)"),
        ("not a and b or c", "or(and(not(a), b), c)"),
        ("not a = b", "not(=(a, b))"),
        ("! a", "not(a)"),
        ("a and b and c and d and e", "and(and(and(a, b), c), and(d, e))"),
        ("a != b or a <> b", "or(not(=(a, b)), not(=(a, b)))"),
        ("a == b", "=(a, b)"),
        ("a !> b and a !< b", "and(<=(a, b), >=(a, b))"),
        # predicates
        ("a = b is null", "isnull(=(a, b))"),
        ("a is not null and b", "and(isnotnull(a), b)"),
        ("a between b + 1 and c * 2 and d", "and(between(a, +(b, 1:int), *(c, 2:int)), d)"),
        ("a not between 1 and 2", "not(between(a, 1:int, 2:int))"),
        ("a in (1, b) or a not in (c)", "or(in(a, 1:int, b), not(in(a, c)))"),
        ("a like b || c", "like(a, concat(b, c))"),
        ("a not like 'x' escape '/'", "not(like(a, x:string, /:string))"),
        ("a ilike 'y'", "ilike(a, y:string)"),
        ("a rlike 'y' and a regexp 'z'", "and(rlike(a, y:string), rlike(a, z:string))"),
        ("a like any ('x', b)", "or(like(a, x:string), like(a, b))"),
        ("a not like all ('x', b)", "and(not(like(a, x:string)), not(like(a, b)))"),
        ("a is true", "<=>(a, True:boolean)"),
        ("a is not false", "not(<=>(a, False:boolean))"),
        ("a is unknown", "isnull(a)"),
        ("a is distinct from b", "not(<=>(a, b))"),
        ("a is not distinct from b", "<=>(a, b)"),
        # names and paths
        ("a.b.`c.d`", "a.b.c.d"),
        ("a[0].b['c']", "a[0:int][b:string][c:string]"),
        ("f(x).y", "f(x)[y:string]"),
        ("(a).b", "a[b:string]"),
        ("t.*", "t.*"),
        ("* except (a, b.c)", "* EXCEPT [['a'], ['b', 'c']]"),
        ("v:a.b[0]['c']", "variant_get(v, $.a.b[0]['c']:string, variant:string) AS c"),
        ("v:a::int", "cast(variant_get(v, $.a:string, variant:string) as int) AS a"),
        ("current_date", "current_date"),
        ("identifier('a.b')", "a.b"),
        ("identifier('a' || 'bs')(1)", "abs(1:int)"),
        # calls stay as they are written
        ("Date_Add(a, 1)", "Date_Add(a, 1:int)"),
        ("if(a, b, c)", "if(a, b, c)"),
        ("left(a, 1) + values(b)", "+(left(a, 1:int), values(b))"),
        ("db.f(a, b => 1)", "db.f(a, NamedArgument(name='b', value=1:int))"),
        ("count(*)", "count(*)"),
        ("count(distinct a, b) filter (where c)", "count(a, b, distinct=True, filter=c)"),
        ("sum(all a)", "sum(a)"),
        ("first(a ignore nulls)", "first(a, ignore_nulls=True)"),
        ("listagg(a, ',') within group (order by b desc)", "listagg(a, ,:string, order_by=[b desc last])"),
        ("transform(a, x -> x + 1)", "transform(a, (x -> +(x, 1:int)))"),
        ("aggregate(a, 0, (x, y) -> x + y)", "aggregate(a, 0:int, (x,y -> +(x, y)))"),
        ("exists(a, x -> x)", "exists(a, (x -> x))"),
        # calls with words inside
        ("cast(a as int)", "cast(a as int)"),
        ("try_cast(a as date)", "trycast(a as date)"),
        ("a::int::string", "cast(cast(a as int) as string)"),
        ("cast(a)", "cast(a)"),
        ("case a when 1 then 2 else 3 end", "when(=(a, 1:int), 2:int, 3:int)"),
        ("case when a then 1 end + 1", "+(when(a, 1:int), 1:int)"),
        ("substring(a from 1 for 2)", "substring(a, 1:int, 2:int)"),
        ("substr(a, 1)", "substr(a, 1:int)"),
        ("position(a in b)", "locate(a, b, 1:int)"),
        ("position(a, b)", "position(a, b)"),
        ("trim(both 'x' from a)", "trim(x:string, a)"),
        ("trim(leading from a)", "ltrim(a)"),
        ("trim(trailing b from a)", "rtrim(b, a)"),
        ("trim(a)", "trim(a)"),
        ("overlay(a placing b from 1)", "overlay(a, b, 1:int, -1:int)"),
        ("extract(day from a)", "extract(day:string, a)"),
        ("dateadd(month, 1, a)", "timestampadd(month:string, 1:int, a)"),
        ("date_add(day, 1)", "date_add(day, 1:int)"),
        ("datediff(hour, a, b)", "timestampdiff(hour:string, a, b)"),
        ("struct(1, a as b)", "struct(1:int, a AS b)"),
        ("(1, a, b as c)", "named_struct(col1:string, 1:int, a:string, a, c:string, b)"),
        ("a collate utf8_lcase", "collate(a, utf8_lcase:string)"),
        # aliases
        ("a + 1 as b", "+(a, 1:int) AS b"),
        ("a b", "a AS b"),
        ("explode(a) as (b, c)", "explode(a) AS b,c"),
        ("a end", "a AS end"),
    ],
)
def test_trees(text, expected, show):
    assert show(parse_expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(a) over ()", "WindowExpression(function=f(a))"),
        ("f(a) over w", "WindowExpression(function=f(a), reference='w')"),
        ("f(a) over (w)", "WindowExpression(function=f(a), reference='w')"),
        (
            "f(a) ignore nulls over (partition by b order by c desc)",
            "WindowExpression(function=f(a, ignore_nulls=True), partition_by=[b], order_by=[c desc last])",
        ),
        (
            "f(a) over (order by b rows between 1 preceding and unbounded following)",
            "WindowExpression(function=f(a), order_by=[b asc first], frame=WindowFrame(kind='rows', "
            "lower=FrameBound(kind='value', value=unary -(1:int)), upper=FrameBound(kind='unbounded')))",
        ),
        (
            "f(a) over (order by b range interval '1' day preceding)",
            "WindowExpression(function=f(a), order_by=[b asc first], frame=WindowFrame(kind='range', "
            "lower=FrameBound(kind='value', value=unary -(86400000000:interval day)), upper=FrameBound(kind='current')))",
        ),
        ("f(a) over", "f(a) AS over"),
    ],
)
def test_windows(text, expected, show):
    assert show(parse_expression(text)) == expected


def test_parameters_take_the_place_of_their_markers(show):
    five, six = Literal(5, INT), Literal(6, INT)
    plan = parse_statement("select :a + ?, ?, identifier(:t)", {"a": five, "t": Literal("x.y")}, [six, five])
    assert show(plan.expressions) == "[+(5:int, 6:int), 5:int, x.y]"
    # A marker that the parser reads twice is still one marker.
    assert show(parse_statement("select ((select ?) + ?)", None, [five, six]).expressions[0]).endswith("6:int)")


@pytest.mark.parametrize(("text", "name"), [("select :b", "b"), ("select 1, ?", "_10")])
def test_parameters_without_a_value(text, name):
    with pytest.raises(AnalysisError) as failure:
        parse_statement(text, {"a": Literal(1, INT)})
    assert (failure.value.condition, failure.value.parameters) == ("UNBOUND_SQL_PARAMETER", {"name": name})


def test_double_quotes_may_be_identifiers(show):
    settings = Settings(double_quoted_identifiers=True)
    assert show(parse_expression('"a""b".c + \'d\'', settings)) == '+(a"b.c, d:string)'


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("  a + f(b , c)  * 2 ", "a + f(b , c)  * 2", {"*": "f(b , c)  * 2", "f": "f(b , c)"}),
        ("(a) + b", "(a) + b", {}),
        ("cast( a as int) = 1", "cast( a as int) = 1", {}),
        ("a and b or c", "a and b or c", {"and": "a and b"}),
        ("a not in (1, 2)", "not in (1, 2)", {}),
        ("case when a then b end", "case when a then b end", {}),
        ("count(distinct a) filter (where b)", "count(distinct a) filter (where b)", {}),
        ("a[0].b", "a[0].b", {}),
        ("x.y.z", "x.y.z", {}),
    ],
)
def test_origins_span_the_whole_expression(text, whole, parts):
    e = parse_expression(text)
    assert at(text, e.origin) == whole
    found = {n.parts[0]: at(text, n.origin) for n in walk(e) if isinstance(n, UnresolvedFunction)}
    assert parts.items() <= found.items()


def at(text: str, origin: Origin) -> str:
    assert origin.text == text
    return text[origin.start : origin.stop + 1]
