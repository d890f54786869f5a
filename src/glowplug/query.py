"""The way of a query, on one screen.

    relation ──▶ analyze ──▶ optimize ──▶ execute ──▶ Arrow batches

`connect/` hands in unresolved plans and streams the answer out. SQL text becomes a plan on the way into analysis, so
that text and DataFrame calls meet in the same nodes. Commands are run by `session/commands/`, exactly once.
"""

from __future__ import annotations

import zlib
from typing import Any

from glowplug.execute import local
from glowplug.execute.local import Result
from glowplug.execute.operation import Operation
from glowplug.plan.canonical import canonical
from glowplug.plan.commands import Command, SQLStatement
from glowplug.plan.delta import Effect
from glowplug.plan.relations import CatalogCall, DataFrameNode, LocalData, OneRow, Relation, Scan, SQLText, Values, With
from glowplug.plan.streams import StreamingRelation
from glowplug.plan.tree import map_all_relations, walk_relations
from glowplug.session import statements
from glowplug.session.explain import explain
from glowplug.session.plan_cache import analyzed
from glowplug.session.session import Session
from glowplug.session.world import analyze, read

# What can be asked of a plan without running it; some of it is the session's, for commands ask it too.
__all__ = [
    "analyze", "analyzed", "execute", "explain", "input_files", "is_local", "is_streaming", "run", "same_semantics",
    "semantic_hash", "tree_string",
]  # fmt: skip


def execute(relation: Relation, session: Session, operation: Operation) -> Result:
    """The rows of a plan, streamed. Text that is a command is run here, and only here: analysis refuses it."""
    relation = _text_run(relation, session, operation)
    return statements.execute(relation, session, operation)


def _text_run(relation: Relation, session: Session, operation: Operation) -> Relation:
    """A plan that is nothing but text, which may be a command's: clients other than PySpark send it so."""
    inner = relation.child if isinstance(relation, DataFrameNode) else relation
    if isinstance(inner, Effect):
        return run(inner.command, session, operation) or _no_rows()
    if not isinstance(inner, SQLText):
        return relation
    found = _statement(SQLStatement(inner), session, operation)
    return relation if found is inner else found


def run(command: Command, session: Session, operation: Operation) -> Relation | None:
    """Run a command, once; its rows as LocalData, where it has any. A query among statements comes back as a plan."""
    from glowplug.session.commands import run_command

    if isinstance(command, SQLStatement):
        return _statement(command, session, operation)
    return run_command(command, session, operation)


def _statement(statement: SQLStatement, session: Session, operation: Operation) -> Relation:
    plan = read(session, statement.text)
    if isinstance(plan, Relation):
        return statement.text
    if statement.views:
        plan = map_all_relations(plan, lambda query: With(query, statement.views))
    return run(plan, session, operation) or _no_rows()


def tree_string(relation: Relation, session: Session, level: int | None) -> str:
    """What `df.printSchema(level)` prints."""
    from glowplug.plan.tree_string import tree_string as draw

    return draw(local.schema_of(analyze(relation, session)), level)


def is_local(relation: Relation, session: Session) -> bool:
    """Whether the rows are at hand without running anything."""
    return isinstance(analyze(relation, session), (LocalData, Values, OneRow, CatalogCall))


def is_streaming(relation: Relation, session: Session) -> bool:
    return any(isinstance(n, StreamingRelation) for n in walk_relations(analyze(relation, session)))


def input_files(relation: Relation, session: Session) -> list[str]:
    """The URIs of the files that the plan reads."""
    plan = analyze(relation, session)
    return list(dict.fromkeys(f for n in walk_relations(plan) if isinstance(n, Scan) for f in n.source.input_files()))


def same_semantics(a: Relation, b: Relation, session: Session) -> bool:
    """Whether both plans compute the same rows in the same way."""
    return canonical(analyze(a, session)) == canonical(analyze(b, session))


def semantic_hash(relation: Relation, session: Session) -> int:
    """A 32-bit hash, equal for plans of the same semantics."""
    return zlib.crc32(repr(canonical(analyze(relation, session))).encode()) - (1 << 31)


def _no_rows() -> Any:
    import pyarrow as pa

    return LocalData((), pa.table({}))
