"""`dropDuplicates` and `dropDuplicatesWithinWatermark`: the keys that were seen, for as long as they count."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal as OneOf

from glowplug.errors import AnalysisError
from glowplug.io.place import Place
from glowplug.io.state.layout import Part
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, new_id
from glowplug.plan.relations import Deduplicate, Distinct, Join, Project, Relation, to_attribute
from glowplug.plan.streams import Watched
from glowplug.streaming.batch import Batch, all_equal, renamed
from glowplug.streaming.operators.keyed import Keyed, named, part, table_of
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import Observer, delay_of, event_times, later
from glowplug.types import LONG, NULL


class StreamingDeduplicate(Keyed):
    """State: the keys; within a watermark, also until when each counts."""

    def __init__(self, node: Deduplicate, root: Place) -> None:
        self.keys = tuple(map(to_attribute, node.keys or node.child.output))
        self.time = next(iter(event_times(node.child.output)), None)
        self.within = node.within_watermark
        until: tuple[Attribute, ...] = ()
        expiry = next((i for i, k in enumerate(self.keys) if event_times((k,))), None)
        if self.within:
            if self.time is None:
                raise AnalysisError("_LEGACY_ERROR_TEMP_3102", msg=_NEEDS_WATERMARK)
            until, expiry = (Attribute("until", self.time.type, True, new_id()),), len(self.keys)
        columns = renamed((*self.keys, *until))
        store = Store(root, [a.type for a in columns], len(self.keys))
        self._rows = f"rows{new_id()}"
        super().__init__("dedupeWithinWatermark" if self.within else "dedupe", store, columns, expiry)

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, (Deduplicate, Distinct))
        rows = plan.child if self.time is None else self.on_time(table_of(plan.child, batch), self.time, batch)
        passed = Observer()
        seen = Watched(rows, self._rows, None, passed)
        unseen = Join(Deduplicate(seen, self.keys), self.state, "anti", all_equal(batch, self.keys, self.columns))
        fresh = batch.keep(unseen)
        self._progress = replace(self._progress, custom={"numDroppedDuplicateRows": passed.rows - fresh.rows})
        self.put(batch.keep(Project(fresh, self._kept(batch))), batch)
        self.expired(batch)
        self.forget(batch)
        return fresh

    def key(self) -> Part:
        return named(self.keys)

    def value(self) -> Part:
        if not self.within or self.time is None:
            return part(("__dummy__", NULL, "NULL"))
        what: OneOf["micros", "thousandfold"] = "thousandfold" if self.time.type == LONG else "micros"
        return part(("expiresAtMicros", LONG, (what, len(self.keys))))

    def _kept(self, batch: Batch) -> tuple[Expression, ...]:
        """The state's columns of new rows."""
        if not self.within or self.time is None:
            return self.keys
        epoch = Literal(0, self.time.type)  # which Spark takes an unknown time for
        since = batch.build("coalesce", self.time, epoch)
        return (*self.keys, Alias(later(since, delay_of(self.time), batch), "until", new_id()))


_NEEDS_WATERMARK = "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark"
