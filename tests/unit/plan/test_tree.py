"""Walking reaches whatever a command holds: its clauses, its subqueries, the commands and blocks within it."""

from __future__ import annotations

import pytest

from glowplug.plan.relations import Project, Relation, UnresolvedRelation, With
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


def test_children_are_relations_and_expressions() -> None:
    assert children(Project(UnresolvedRelation(("t",)), ())) == [UnresolvedRelation(("t",))]
