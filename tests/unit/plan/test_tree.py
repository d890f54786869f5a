"""Walking reaches whatever a command holds: its clauses, its subqueries, the commands and blocks within it."""

from __future__ import annotations

import pytest

from glowplug.plan import tree
from glowplug.plan.relations import Project, Relation, SQLText, UnresolvedRelation, With
from glowplug.plan.tree import children, map_all_relations, rewrite, walk_relations
from glowplug.sql import Settings, parse_statement

TEXTS = {
    "a query": "SELECT * FROM df",
    "a subquery": "SELECT * FROM t WHERE x IN (SELECT y FROM df)",
    "a delete": "DELETE FROM t WHERE x IN (SELECT y FROM df)",
    "an update": "UPDATE t SET x = (SELECT max(y) FROM df)",
    "a merge's source": "MERGE INTO t USING df s ON t.x = s.x WHEN MATCHED THEN DELETE",
    "a merge's clause": "MERGE INTO t USING s ON t.x = s.x WHEN MATCHED AND s.y IN (SELECT y FROM df) THEN DELETE",
    "a merge's assignment": "MERGE INTO t USING s ON t.x = s.x WHEN MATCHED THEN UPDATE SET x = (SELECT y FROM df)",
    "inserts": "FROM df INSERT INTO t SELECT x INSERT INTO u SELECT y",
    "an explained insert": "EXPLAIN INSERT INTO t SELECT * FROM df",
    "a command with names": "WITH a AS (SELECT 1) DELETE FROM t WHERE x IN (SELECT y FROM df)",
    "a view's new text": "ALTER VIEW v AS SELECT * FROM df",
    "a script": "BEGIN IF EXISTS (SELECT 1 FROM df) THEN INSERT INTO t SELECT * FROM df; END IF; END",
}  # fmt: skip


def parsed(text: str) -> object:
    return parse_statement(text, {}, (), Settings())


def uses(node: object) -> list[Relation]:
    return [r for r in walk_relations(node) if isinstance(r, UnresolvedRelation) and r.parts == ("df",)]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_table_is_found_wherever_it_stands(text: str) -> None:
    assert uses(parsed(text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_query_of_a_command_can_see_a_view(text: str) -> None:
    """Each use stands below a WITH, as `spark.sql(text, df=df)` needs."""
    view = ("df", UnresolvedRelation(("other",)))
    done = map_all_relations(parsed(text), lambda query: With(query, (view,)))
    inside = [r for top in walk_relations(done) if isinstance(top, With) for r in uses(top.child)]
    assert {id(r) for r in uses(done)} == {id(r) for r in inside}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_unchanged_node_stays_the_same(text: str) -> None:
    node = parsed(text)
    assert rewrite(node, Relation, lambda r: r) is node
    assert map_all_relations(node, lambda r: r) is node


def test_only_fields_that_can_hold_nodes_are_looked_into() -> None:
    assert tree._field_names(SQLText) == ("named_args", "positional_args")
    assert tree._field_names(Project) == ("child", "expressions", "hidden")


def test_children_are_relations_and_expressions() -> None:
    assert children(Project(UnresolvedRelation(("t",)), ())) == (UnresolvedRelation(("t",)),)


def test_constants_show_in_the_zone_they_were_analysed_in() -> None:
    """Explicitly, so that explain and any thread show the same."""
    from glowplug import query
    from glowplug.plan.names import pretty
    from glowplug.plan.relations import SQLText
    from glowplug.plan.text import text
    from glowplug.session.engine import Engine
    from glowplug.session.session import Session

    session = Session(Engine(), "zones", "someone")
    for zone, shown in (("Asia/Tokyo", "2020-01-02 09:00:00"), ("UTC", "2020-01-02 00:00:00")):
        session.conf.set("spark.sql.session.timeZone", zone)
        plan = query.analyze(
            SQLText("SELECT TIMESTAMP '2020-01-02 00:00:00Z', array(TIMESTAMP '2020-01-02 00:00:00Z')"), session
        )
        assert isinstance(plan, Project)
        assert [a.name for a in plan.output] == [f"TIMESTAMP '{shown}'", f"array(TIMESTAMP '{shown}')"]
        session.conf.set("spark.sql.session.timeZone", "America/New_York")
        assert shown in pretty(plan.expressions[0].child) and shown in text(plan.expressions[0].child)
