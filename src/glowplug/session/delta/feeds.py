"""The change feed as it is written: rows that change, before and after, beside the rows that the table has then.

One plan says of each row what becomes of it. Where its rows can be computed again, which is most often, they are: those
of the table, and then the few that change. Else all are computed once, with a row for each that comes of it, and the
files are told apart by a column. Where rows only come or whole files only go, no feed is written: readers see it by the
files. https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-data-files
"""

from __future__ import annotations

from collections.abc import Sequence

from glowplug.analyze.context import Context
from glowplug.functions import constraints
from glowplug.lake.delta.feed import CHANGE
from glowplug.lake.delta.read import DeltaSource
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, Subquery, WindowExpression, new_id
from glowplug.plan.predicates import OF_THE_QUERY
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import (
    CachedData,
    Filter,
    Generate,
    Join,
    LocalData,
    Project,
    Relation,
    Scan,
    SetOperation,
    SubqueryAlias,
    Values,
)
from glowplug.plan.tree import expressions_in, walk, walk_relations
from glowplug.session.delta.checks import call
from glowplug.types import INT, STRING, StructField, StructType

MARK = "__is_cdc"  # whether a row is the feed's; as in the files of Delta's own writers, it is a partition column
PREIMAGE = "update_preimage"
# What a row becomes: rows of the feed of these kinds; None is the table's row.
Becoming = tuple[str | None, ...]
KEPT: Becoming = (None,)
INSERTED: Becoming = (None, "insert")
UPDATED: Becoming = (None, PREIMAGE, "update_postimage")
DELETED: Becoming = ("delete",)
_ALL = (KEPT, INSERTED, UPDATED, DELETED)
_KIND, _OLD = "__glowplug_kind", "__glowplug_old_"
# What gives the same rows again, if what it computes does.
_AGAIN = (LocalData, Values, CachedData, Project, Filter, Join, SubqueryAlias)


def becomes(what: Becoming) -> Expression:
    return Literal(_ALL.index(what), INT)


def with_kinds(plan: Relation, kind: Expression, old: Sequence[tuple[str, Expression]] = ()) -> Relation:
    """The rows with what they become, and the values that updated columns had."""
    before = (Alias(e, _OLD + name, new_id()) for name, e in old)
    return Project(plan, (*plan.output, *before, Alias(kind, _KIND, new_id())))


def is_repeatable(plan: Relation) -> bool:
    """Whether the kernel alone computes the rows, from what does not change, and the same again."""
    for node in walk_relations(plan):
        if not isinstance(node, _AGAIN) and not (isinstance(node, Scan) and isinstance(node.source, DeltaSource)):
            return False
        for e in (x for top in expressions_in(node) for x in walk(top)):
            match e:
                case Subquery() | WindowExpression():
                    return False
                case Call(function=f) if isinstance(f, PythonFunction):
                    return False
                case Call(function=f) if not f.deterministic and f not in constraints.FUNCTIONS:
                    return False
                case Call(function=f) if f.names[0] in OF_THE_QUERY:  # a second statement has another time
                    return False
    return True


def table_rows(plan: Relation, schema: StructType, cx: Context) -> Relation:
    """Of rows with kinds, those that the table has."""
    by_name = {a.name: a for a in plan.output}
    stays = call(cx, "!=", by_name[_KIND], becomes(DELETED))
    return Project(Filter(plan, stays), tuple(by_name[f.name] for f in schema.fields))


def changed_rows(plan: Relation, schema: StructType, cx: Context) -> Relation:
    """Of rows with kinds, those of the feed, with what they are."""
    by_name = {a.name: a for a in plan.output}
    changes = Filter(plan, call(cx, "!=", by_name[_KIND], becomes(KEPT)))
    fed = tuple(tuple(k for k in what if k is not None) for what in _ALL)
    return _exploded(changes, fed, schema, cx)


def all_rows(plan: Relation, schema: StructType, cx: Context) -> Relation:
    """Of rows with kinds, those of the table and of the feed, with what they are and a column that tells them apart."""
    rows = _exploded(plan, _ALL, schema, cx)
    what = next(a for a in rows.output if a.name == CHANGE)
    return Project(rows, (*rows.output, Alias(call(cx, "isnotnull", what), MARK, new_id())))


def _exploded(plan: Relation, become: Sequence[Becoming], schema: StructType, cx: Context) -> Relation:
    """Each row as what it becomes, and the column that says which of them it is."""
    by_name = {a.name: a for a in plan.output}
    what = Attribute(CHANGE, STRING, True, new_id())
    arrays = [call(cx, "array", *(Literal(k, STRING) for k in kinds)) for kinds in become]
    chosen = arrays[0]
    for number, array in enumerate(arrays[1:], 1):
        chosen = call(cx, "if", call(cx, "=", by_name[_KIND], Literal(number, INT)), array, chosen)
    rows = Generate(plan, call(cx, "explode", chosen), (what,))
    is_old = call(cx, "=", what, Literal(PREIMAGE, STRING))
    items: list[Expression] = []
    for f in schema.fields:
        value: Expression = by_name[f.name]
        if (old := by_name.get(_OLD + f.name)) is not None:
            value = Alias(call(cx, "if", is_old, old, value), f.name, new_id(), by_name[f.name].metadata)
        items.append(value)
    return Project(rows, (*items, what))


def united(first: Relation, second: Relation, schema: StructType) -> Relation:
    """The rows of two plans with kinds."""
    fields = [*schema.fields, *(StructField(a.name, a.type) for a in second.output[len(schema.fields) :])]
    columns = tuple(Attribute(f.name, f.type, True, new_id(), (), f.metadata) for f in fields)
    return SetOperation(first, second, "union", True, columns=columns)
