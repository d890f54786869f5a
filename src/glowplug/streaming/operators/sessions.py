"""Sessions of a stream: `groupBy(session_window(…), key)`. A batch's rows may lengthen sessions, and join some to one.

State: a row a session, of the key, its start and end, and partial results; for aggregates that have none, of the list
of its rows. Only sessions of keys that the batch has rows of are looked at.
"""

from __future__ import annotations

import json

from glowplug.analyze.rules.generators import generator_columns
from glowplug.analyze.rules.time_windows import merged_sessions
from glowplug.io.place import Place
from glowplug.io.state.layout import Part, Piece
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, GetField, Literal, new_id
from glowplug.plan.relations import (
    Aggregate,
    Distinct,
    Filter,
    Generate,
    Join,
    Project,
    Relation,
    SetOperation,
    to_attribute,
)
from glowplug.plan.streams import SESSION, KernelTable
from glowplug.plan.tree import walk
from glowplug.session.world import context
from glowplug.streaming.batch import Batch, alias, all_equal, renamed
from glowplug.streaming.operators.aggregate import (
    aggregated,
    buffers,
    calls_of,
    ended,
    key_names,
    merged,
    named_keys,
    over_rows,
    partials_of,
    sketched,
)
from glowplug.streaming.operators.keyed import Keyed, part
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import event_times
from glowplug.types import BOOLEAN, STRING, DataType, StructType


def session_of(node: Aggregate) -> Attribute | None:
    """The grouping's session window, if there is one."""
    return next((k for k in map(to_attribute, node.grouping) if SESSION in json.loads(k.metadata)), None)


class StreamingSessions(Keyed):
    """Groups by session windows. Rows merge the sessions that they touch, which may be several."""

    def __init__(self, node: Aggregate, root: Place, batch: Batch) -> None:
        session = session_of(node)
        assert session is not None
        assert isinstance(session.type, StructType)
        self.session = session
        self.keys = tuple(k for k in map(to_attribute, node.grouping) if k.id != session.id)
        named = zip(key_names(node), map(to_attribute, node.grouping), strict=True)
        self.names = [name for name, k in named if k.id != session.id]
        self.calls = calls_of(node)
        self.used = tuple({x.id: x for e in self.calls for x in walk(e) if isinstance(x, Attribute)}.values())
        self.partials = partials_of(self.calls, batch, sessions=True)
        found = self.partials
        self.parts = [self._row(batch)] if found is None else [e for p in found for e in p.parts]
        bounds = [Attribute(f.name, f.type, True, new_id()) for f in session.type.fields]
        values = [Attribute("part", e.type, True, new_id()) for e in self.parts]
        columns = renamed((*self.keys, *bounds, *values))
        end = len(self.keys) + 1
        store = Store(root, [a.type for a in columns], end)
        super().__init__("sessionWindowStateStoreSaveExec", store, columns, end if event_times((session,)) else None)

    def _row(self, batch: Batch) -> Expression:
        """What is kept of rows for aggregates without partial results: the list of them."""
        fields = [x for i, a in enumerate(self.used) for x in (Literal(f"c{i}", STRING), a)]
        return batch.build("collect_list", batch.build("named_struct", *fields))

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, Aggregate)
        incoming = self.as_kept(batch.keep(self._incoming(plan)), len(self.keys), batch)
        rows = self.on_time(incoming, None if self.expiry is None else incoming.columns[self.expiry], batch)
        changed, swallowed, sessions = self._changes(rows, batch)
        self.put(changed, batch, sessions)
        self.leave(swallowed, batch)
        if batch.mode == "complete":
            return self._answers(self.state, plan, batch)
        done = self.expired(batch)
        if done is None:
            self.leave(swallowed, batch)
            return self._answers(Filter(self.state, Literal(False, BOOLEAN)), plan, batch)
        both = SetOperation(done, swallowed, "union", True, columns=renamed(self.columns))
        self.leave(batch.keep(both), batch)
        return self._answers(done, plan, batch)

    def key(self) -> Part:
        start = ("sessionStartTime", self.columns[len(self.keys)].type, len(self.keys))
        return part(*self._named_keys(), start)

    def value(self) -> Part:
        width = len(self.keys)
        window = (self.session.name, self.session.type, (width, width + 1))
        if self.partials is None:
            return part(window, *self._named_keys(), ("rows", self.columns[-1].type, width + 2))
        return buffers(self.partials, width + 2, window, *self._named_keys())

    def registers(self) -> tuple[int, ...]:
        return sketched(self.partials or [])

    def _named_keys(self) -> list[tuple[str, DataType, Piece]]:
        return [(name, k.type, i) for i, (name, k) in enumerate(zip(self.names, self.keys, strict=True))]

    def pending(self, batch: Batch) -> bool:
        return batch.mode != "complete" and super().pending(batch)

    def _incoming(self, node: Aggregate) -> Relation:
        """What the batch brings, in the state's columns; rows of the very same time are one."""
        keys = tuple(k for k in named_keys(node) if to_attribute(k).id != self.session.id)
        rows = aggregated(node.child, node.grouping, (*keys, self.session), self.parts)
        width = len(keys)
        columns = rows.output
        bounds = (Alias(_bound(columns[width], i), name, new_id()) for i, name in enumerate(("start", "end")))
        return Project(rows, (*columns[:width], *bounds, *columns[width + 1 :]))

    def _changes(self, rows: KernelTable, batch: Batch) -> tuple[KernelTable, KernelTable, KernelTable]:
        """The sessions that the batch's rows belong to, and those of the state that are now part of an earlier one.

        And all sessions of the batch's keys: which Spark writes anew, and reports.
        """
        width = len(self.keys)
        old: Relation = self.state
        if width:
            old = Join(old, rows, "semi", all_equal(batch, self.columns[:width], rows.columns))
        marked = [Project(r, (*r.output, _flag(new))) for r, new in ((rows, True), (old, False))]
        columns = renamed((*self.columns, Attribute("new", BOOLEAN, False, new_id())))
        both = SetOperation(marked[0], marked[1], "union", True, columns=columns)
        keys, start, end, new = columns[:width], columns[width], columns[width + 1], columns[-1]
        plan, first, last = merged_sessions(both, start, end, keys, context(batch.session))
        touched = Alias(batch.over("bool_or", new, (*keys, first)), "touched", new_id())
        numbered = batch.keep(Project(plan, (*columns, first, last, touched)))
        here = Filter(numbered, to_attribute(touched))
        parts = [batch.build("min", first), batch.build("max", last), *self._merges(columns[width + 2 : -1], batch)]
        grouped = aggregated(here, (*keys, first), keys, parts)
        swallowed = batch.build("and", batch.build("not", new), batch.build("<>", start, first))
        gone = Project(Filter(here, swallowed), columns[:-1])
        every = Distinct(Project(numbered, (*keys, to_attribute(first))))
        return batch.keep(grouped), batch.keep(gone), batch.keep(every, plain=True)

    def _merges(self, parts: tuple[Attribute, ...], batch: Batch) -> list[Expression]:
        if self.partials is not None:
            return merged(self.partials, parts, batch)
        return [batch.build("flatten", batch.build("collect_list", part)) for part in parts]

    def _answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        width = len(self.keys)
        columns = state.output
        bounds = (Literal("start", STRING), columns[width], Literal("end", STRING), columns[width + 1])
        window = alias(batch.build("named_struct", *bounds), self.session)
        keys = [alias(c, k) for k, c in zip(self.keys, columns, strict=False)]
        if self.partials is None:
            return self._over_rows(state, (*keys, window), node, batch)
        values = {k.id: k.child for k in (*keys, window)}
        values |= ended(self.calls, self.partials, columns[width + 2 :], batch)
        return Project(state, tuple(alias(values[a.id], a) for a in map(to_attribute, node.results)))

    def _over_rows(self, state: Relation, grouping: tuple[Alias, ...], node: Aggregate, batch: Batch) -> Relation:
        call = batch.build("inline", state.output[-1])
        assert isinstance(call, Call)
        columns = generator_columns(call)
        return over_rows(Generate(state, call, columns), grouping, node, zip(self.used, columns, strict=True))


def _bound(window: Expression, number: int) -> Expression:
    assert isinstance(window.type, StructType)
    field = window.type.fields[number]
    return GetField(window, number, field.name, field.type, field.nullable)


def _flag(value: bool) -> Alias:
    return Alias(Literal(value, BOOLEAN), "new", new_id())
