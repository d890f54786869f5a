"""Which files of a MERGE's target may have rows that match: those whose statistics meet the source's keys."""

from __future__ import annotations

from collections.abc import Iterator

from glowplug.analyze.context import Context, references
from glowplug.execute.local import evaluate, literals
from glowplug.lake.delta.read import DeltaSource
from glowplug.lake.delta.skipping import ordered
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, new_id
from glowplug.plan.predicates import conjuncts
from glowplug.plan.relations import Aggregate, Distinct, Limit, Project, Relation, Scan
from glowplug.session.delta.checks import call
from glowplug.session.session import Session
from glowplug.types import INT

_FEW = 256  # keys that are looked for one by one; of more, the range


def may_match(scan: Scan, condition: Expression, source: Relation, session: Session, cx: Context) -> DeltaSource:
    """The target's files but those in which no row can match. `source` is read, and must be the same each time."""
    files: DeltaSource = scan.source.prune(conjuncts(condition), scan.columns, evaluate(session))
    keys = list(_keys(condition, scan, source))
    if not keys or len(files.files) < 2:
        return files
    items = [(f, value) for _, value in keys for f in ("min", "max")]
    bounds = Aggregate(source, (), tuple(Alias(call(cx, f, e), f, new_id()) for f, e in items))
    ((*found,),) = literals(bounds, session)
    if any(v is None for v in found):  # a key that is always NULL, or no row
        return files.of_files(frozenset())
    tests = list[Expression]()
    for i, (column, value) in enumerate(keys):
        low, high = (Literal(v, value.type) for v in found[2 * i : 2 * i + 2])
        tests += [call(cx, ">=", column, low), call(cx, "<=", column, high)]
        if (few := _few(source, value, session)) is not None:
            tests.append(call(cx, "in", column, *few))
    left = files.prune(tests, scan.columns, evaluate(session))
    assert isinstance(left, DeltaSource)
    return left


def _keys(condition: Expression, scan: Scan, source: Relation) -> Iterator[tuple[Expression, Expression]]:
    """Columns of the target that equal something of the source wherever the condition holds."""
    mine, theirs = {c.id for c in scan.columns}, {a.id for a in source.output}
    for conjunct in conjuncts(condition):
        match conjunct:
            case Call(function, _, (a, b)) if function.names[0] == "=":
                for column, value in ((a, b), (b, a)):
                    of = {x.id for x in references(value)}
                    joins = isinstance(column, Attribute) and column.id in mine and of and of <= theirs
                    if joins and column.type == value.type and ordered(value.type):
                        yield column, value


def _few(source: Relation, value: Expression, session: Session) -> list[Literal] | None:
    """The different values, if they are few."""
    item = Alias(value, "key", new_id())
    some = Limit(Distinct(Project(source, (item,))), Literal(_FEW + 1, INT))
    values = [v for (v,) in literals(some, session) if v is not None]
    return [Literal(v, value.type) for v in values] if len(values) <= _FEW else None
