"""The change feed as it is written: rows that change, before and after, beside the rows that the table has then.

All of a version's rows are computed by one plan, once: a column of it says what a row is for the feed, and the files
are told apart by that. Where rows only come or whole files only go, no feed is written: readers see it by the files.
https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-data-files
"""

from __future__ import annotations

from collections.abc import Sequence

from glowplug.analyze.context import Context
from glowplug.lake.delta.feed import CHANGE
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, new_id
from glowplug.plan.relations import Generate, Project, Relation, SetOperation
from glowplug.session.delta.checks import call
from glowplug.types import STRING, StructField, StructType

MARK = "__is_cdc"  # whether a row is the feed's; as in the files of Delta's own writers, it is a partition column
PREIMAGE = "update_preimage"
# What a row becomes: rows of the feed of these kinds; None is the table's row.
KEPT: tuple[str | None, ...] = (None,)
INSERTED = (None, "insert")
UPDATED = (None, PREIMAGE, "update_postimage")
DELETED = ("delete",)
_KINDS, _OLD = "__glowplug_kinds", "__glowplug_old_"


def kinds(of: Sequence[str | None], cx: Context) -> Expression:
    return call(cx, "array", *(Literal(k, STRING) for k in of))


def with_kinds(plan: Relation, kinds: Expression, old: Sequence[tuple[str, Expression]] = ()) -> Relation:
    """The rows with what they become, and the values that updated columns had; `exploded` makes rows of that."""
    before = (Alias(e, _OLD + name, new_id()) for name, e in old)
    return Project(plan, (*plan.output, *before, Alias(kinds, _KINDS, new_id())))


def exploded(plan: Relation, schema: StructType, cx: Context) -> Relation:
    """Each row as what it becomes, and the column that says which of them it is."""
    by_name = {a.name: a for a in plan.output}
    what = Attribute(CHANGE, STRING, True, new_id())
    rows = Generate(plan, call(cx, "explode", by_name[_KINDS]), (what,))
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


def marked(plan: Relation, cx: Context) -> Relation:
    """The rows with the column that tells the feed's files from the table's."""
    what = next(a for a in plan.output if a.name == CHANGE)
    return Project(plan, (*plan.output, Alias(call(cx, "isnotnull", what), MARK, new_id())))
