"""`limit` over a stream in append mode: so many rows, whenever they come, and none after them."""

from __future__ import annotations

from glowplug.io.place import Place
from glowplug.io.state.layout import Part
from glowplug.kernel import tables
from glowplug.plan.expressions import Alias, Attribute, Literal, new_id
from glowplug.plan.relations import Filter, Limit, OneRow, Project, Relation
from glowplug.plan.streams import GlobalLimit
from glowplug.streaming.batch import Batch
from glowplug.streaming.operators.keyed import Keyed, part
from glowplug.streaming.state.store import Store
from glowplug.types import BOOLEAN, INT, LONG, NULL


class StreamingLimit(Keyed):
    """State: how many rows there were, in one row."""

    def __init__(self, root: Place) -> None:
        columns = (Attribute("rows", LONG, False, new_id()),)
        super().__init__("globalLimit", Store(root, [LONG], 0), columns, None)
        self.given = 0

    def restore(self, version: int, batch: Batch) -> None:
        super().restore(version, batch)
        with batch.kernel() as bench:
            self.given = next(iter(tables.values(bench, self.store.table)), 0)

    def key(self) -> Part:
        return part(("key", NULL, "NULL"))

    def value(self) -> Part:
        return part(("value", LONG, 0))

    def pending(self, batch: Batch) -> bool:
        return False

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, GlobalLimit)
        fresh, left = batch.keep(plan.child), plan.count - self.given
        if fresh.rows > left:
            fresh = batch.keep(Limit(fresh, Literal(left, INT)))
        self.given += fresh.rows
        row = Project(OneRow(), (Alias(Literal(self.given, LONG), "rows", new_id()),))
        self.put(batch.keep(row if fresh.rows else Filter(row, Literal(False, BOOLEAN))), batch)
        return fresh
