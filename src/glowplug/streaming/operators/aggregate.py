"""`groupBy().agg()` over a stream: one row of state a group, or, for aggregates that need them, the group's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from glowplug.functions.coercion import cast_to
from glowplug.io.place import Place
from glowplug.io.state.layout import Part, Piece
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, Replaced, new_id
from glowplug.plan.relations import Aggregate, Distinct, Filter, Join, Project, Relation, SetOperation, to_attribute
from glowplug.plan.streams import KernelTable
from glowplug.plan.tree import map_expressions, walk
from glowplug.streaming.batch import Batch, alias, all_equal, renamed
from glowplug.streaming.operators.keyed import Keyed, named, part
from glowplug.streaming.operators.partials import Partial, partial
from glowplug.streaming.state.store import Store
from glowplug.streaming.watermark import event_times
from glowplug.types import BOOLEAN, DataType, is_orderable

COMPUTED = "_groupingexpression"


def streaming_aggregate(node: Aggregate, root: Place, batch: Batch) -> Keyed:
    """The operator for an aggregation: by partial results where all its aggregates have some."""
    calls = calls_of(node)
    partials = partials_of(calls, batch, sessions=False)
    return Rows(node, root, calls) if partials is None else Partials(node, root, calls, partials)


def calls_of(node: Aggregate) -> list[Alias]:
    """The results that are no keys."""
    done = {to_attribute(e).id for e in node.grouping}
    return [e for e in node.results if isinstance(e, Alias) and e.id not in done]


def partials_of(calls: list[Alias], batch: Batch, sessions: bool) -> list[Partial] | None:
    """None if one of them has no partial results."""
    of = [e.child.child if isinstance(e.child, Replaced) else e.child for e in calls]
    found = [p for e in of if (p := partial(e, batch.formula, sessions)) is not None]
    return found if len(found) == len(calls) else None


class StreamingAggregate(Keyed):
    """What both have in common. The first columns of the state are the group's keys."""

    def __init__(self, node: Aggregate, root: Place, values: tuple[Attribute, ...], unique: bool) -> None:
        self.keys = tuple(to_attribute(e) for e in node.grouping)
        self.names = key_names(node)
        columns = renamed((*self.keys, *values))
        store = Store(root, [a.type for a in columns], len(self.keys), unique)
        time = next((i for i, k in enumerate(self.keys) if event_times((k,))), None)
        super().__init__("stateStoreSave", store, columns, time)

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, Aggregate)
        incoming = self.as_kept(batch.keep(self.incoming(plan)), len(self.keys), batch)
        drops = self.expiry is not None and batch.mode != "complete"
        rows = self.on_time(incoming, incoming.columns[self.expiry or 0] if drops else None, batch)
        self.put(self.changes(rows, batch), batch)
        if batch.mode == "complete":  # no group ever goes
            return self.answers(self.state, plan, batch)
        touched = self.updated(rows, batch) if batch.mode == "update" else None
        gone = self.expired(batch)
        self.forget(batch)
        return self.answers(touched or gone or Filter(self.state, Literal(False, BOOLEAN)), plan, batch)

    def touched(self, rows: KernelTable, batch: Batch) -> Relation:
        """The state of the groups that the batch has rows of."""
        if not self.keys:
            return self.state
        condition = all_equal(batch, self.columns[: len(self.keys)], rows.columns)
        return Join(self.state, rows, "semi", condition)

    def pending(self, batch: Batch) -> bool:
        return batch.mode != "complete" and batch.moved

    def key(self) -> Part:
        return part(*((name, k.type, i) for i, (name, k) in enumerate(zip(self.names, self.keys, strict=True))))

    # --- what differs

    def updated(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """The state of those groups, now that it is up to date."""
        return batch.keep(self.touched(rows, batch), plain=True)

    def incoming(self, node: Aggregate) -> Relation:
        """What the batch brings, in the state's columns."""
        raise NotImplementedError

    def changes(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """What is put into the state for it."""
        raise NotImplementedError

    def answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        """The aggregation's own columns, of rows of state."""
        raise NotImplementedError


class Partials(StreamingAggregate):
    """A row a group, of partial results."""

    def __init__(self, node: Aggregate, root: Place, calls: list[Alias], partials: list[Partial]) -> None:
        self.calls, self.partials = calls, partials
        self.parts = [e for p in partials for e in p.parts]
        super().__init__(node, root, tuple(Attribute("part", e.type, True, new_id()) for e in self.parts), True)

    def value(self) -> Part:
        return buffers(self.partials, len(self.keys))

    def registers(self) -> tuple[int, ...]:
        return sketched(self.partials)

    def incoming(self, node: Aggregate) -> Relation:
        keys = named_keys(node)
        return aggregated(node.child, node.grouping, keys, self.parts)

    def changes(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """The groups with rows in the batch, old and new partial results merged."""
        columns = renamed((*self.columns, Attribute("fresh", BOOLEAN, False, new_id())))
        sides = [
            Project(side, (*side.output, Alias(Literal(fresh, BOOLEAN), "fresh", new_id())))
            for side, fresh in ((self.touched(rows, batch), False), (rows, True))
        ]
        both = SetOperation(sides[0], sides[1], "union", True, columns=columns)
        keys, parts = columns[: len(self.keys)], columns[len(self.keys) : -1]
        return batch.keep(aggregated(both, keys, keys, merged(self.partials, parts, batch, columns[-1])), plain=True)

    def updated(self, rows: KernelTable, batch: Batch) -> KernelTable:
        assert self._changed is not None
        return self._changed

    def answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        columns = state.output
        values: dict[int, Expression] = {k.id: c for k, c in zip(self.keys, columns, strict=False)}
        values |= ended(self.calls, self.partials, columns[len(self.keys) :], batch)
        return Project(state, tuple(alias(values[a.id], a) for a in map(to_attribute, node.results)))


def aggregated(
    rows: Relation, grouping: tuple[Expression, ...], keys: tuple[Expression, ...], parts: Sequence[Expression]
) -> Relation:
    """`parts`, which are aggregates, of each group of rows, after its keys."""
    named = tuple(Alias(e, "part", new_id()) for e in parts)
    columns = tuple(map(to_attribute, (*keys, *named)))
    return Project(Aggregate(rows, grouping, (*keys, *named)), columns)


def merged(
    partials: list[Partial], parts: Sequence[Attribute], batch: Batch, fresh: Attribute | None = None
) -> list[Expression]:
    """What makes one partial result of several, for each of `parts`; `fresh` says which rows are of this batch."""
    found = [e for p, own in _by_partial(partials, parts) for e in p.merged(own, batch.formula, fresh)]
    return [cast_to(e, part.type) for e, part in zip(found, parts, strict=True)]


def ended(
    calls: list[Alias], partials: list[Partial], parts: Sequence[Attribute], batch: Batch
) -> dict[int, Expression]:
    """The calls' answers, by the id of the column."""
    of = zip(calls, _by_partial(partials, parts), strict=True)
    return {call.id: cast_to(p.end(own, batch.formula), call.type) for call, (p, own) in of}


def _by_partial(partials: list[Partial], parts: Sequence[Attribute]) -> Iterator[tuple[Partial, Sequence[Attribute]]]:
    at = 0
    for p in partials:
        yield p, parts[at : at + len(p.parts)]
        at += len(p.parts)


class Rows(StreamingAggregate):
    """The rows of each group, of the columns that the aggregates need: exact for any of them, distinct ones too.

    Equal rows are kept once where that is all the same to the aggregates. What is reported are groups, as by Spark.
    """

    def __init__(self, node: Aggregate, root: Place, calls: list[Alias]) -> None:
        used = {x.id: x for e in calls for x in walk(e) if isinstance(x, Attribute)}
        self.used = tuple(used.values())
        self.once = all(_of_a_set(e.child) for e in calls) and all(is_orderable(a.type) for a in self.used)
        self.groups = 0
        self._touched: KernelTable | None = None
        super().__init__(node, root, self.used, False)

    def value(self) -> Part:
        return named(self.used, len(self.keys))

    def incoming(self, node: Aggregate) -> Relation:
        computed = (k for k in node.grouping if isinstance(k, Alias))
        below = Project(node.child, (*computed, *node.child.output))
        columns = (*self.keys, *self.used)
        fresh = renamed(columns)
        return Project(below, tuple(alias(c, f) for c, f in zip(columns, fresh, strict=True)))

    def restore(self, version: int, batch: Batch) -> None:
        super().restore(version, batch)
        self.groups = self._groups(self.state, batch).rows

    def changes(self, rows: KernelTable, batch: Batch) -> KernelTable:
        self._touched = self._groups(rows, batch)
        if not self.once:
            return rows
        return batch.keep(Join(Distinct(rows), self.state, "anti", all_equal(batch, rows.columns, self.columns)))

    def put(self, changes: KernelTable, batch: Batch, counted: KernelTable | None = None) -> None:
        touched = self._touched or changes
        if self.keys:
            unknown = Join(touched, self.state, "anti", all_equal(batch, touched.columns, self.columns))
            self.groups += batch.keep(unknown, plain=True).rows
        else:
            self.groups = max(self.groups, touched.rows)
        super().put(changes, batch, touched)

    def forget(self, batch: Batch) -> None:
        super().forget(batch)
        if self._gone is not None:
            removed = self._groups(self._gone, batch).rows
            self.groups -= removed
            self._progress = replace(self._progress, removed=removed)

    def save(self, version: int, batch: Batch) -> None:
        super().save(version, batch)
        self._progress = replace(self._progress, rows=self.groups)

    def _groups(self, rows: KernelTable, batch: Batch) -> KernelTable:
        """The keys of rows of state; without keys, whether there are any rows."""
        keys = rows.columns[: len(self.keys)] or (Alias(Literal(True, BOOLEAN), "any", new_id()),)
        return batch.keep(Distinct(Project(rows, keys)), plain=True)

    def answers(self, state: Relation, node: Aggregate, batch: Batch) -> Relation:
        columns = state.output
        keys = columns[: len(self.keys)]
        grouping = tuple(alias(c, k) for k, c in zip(self.keys, keys, strict=True))
        return over_rows(state, grouping, node, zip(self.used, columns[len(self.keys) :], strict=True))


def _of_a_set(e: Expression) -> bool:
    """Whether an aggregate is the same of values that come once, or several times."""
    return isinstance(e, Call) and (e.distinct or e.function.names[0] in ("collect_set", "min", "max"))


def over_rows(
    rows: Relation, grouping: tuple[Alias, ...], node: Aggregate, used: Iterable[tuple[Attribute, Attribute]]
) -> Relation:
    """The aggregation over other rows: `used` says by which columns of theirs its own are replaced."""
    there = {own.id: column for own, column in used}
    keyed = {k.id for k in grouping}

    def put(e: Expression) -> Expression:
        if isinstance(e, Attribute):
            return there.get(e.id, e)
        return map_expressions(e, put)  # type: ignore[no-any-return]

    outputs = [(to_attribute(e), e) for e in node.results]
    return Aggregate(rows, grouping, tuple(a if a.id in keyed else put(e) for a, e in outputs))


def buffers(partials: list[Partial], first: int, *before: tuple[str, DataType, Piece]) -> Part:
    """Partial results as a value that others read, behind the fields `before`; `first` is their first column."""
    fields, at = list(before), first
    for p in partials:
        fields += p.shown(at)
        at += len(p.parts)
    return part(*fields)


def sketched(partials: list[Partial]) -> tuple[int, ...]:
    """How many registers each sketch among them has."""
    return tuple(p.formula.registers for p in partials if p.formula.registers)


def key_names(node: Aggregate) -> list[str]:
    """The names that Spark gives to keys: that of a column, or one for all that is computed."""
    return [g.name if isinstance(g, Attribute) else COMPUTED for g in node.grouping]


def named_keys(node: Aggregate) -> tuple[Expression, ...]:
    """The grouping as named expressions, computed by the aggregation itself where it does that."""
    by_id = {to_attribute(e).id: e for e in node.results}
    return tuple(by_id.get(to_attribute(g).id, g) for g in node.grouping)
