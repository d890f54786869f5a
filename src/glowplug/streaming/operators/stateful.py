"""`applyInPandasWithState` and `transformWithState`: what functions of groups keep, and the times they wait for.

State: a row an item, of the group's key, the variable, the item's id, its value, pickled, and until when it counts
(execute/python/state.py). A batch calls the function for the groups that have rows, and those whose time has come.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from glowplug.errors import ExecutionError
from glowplug.execute.python.stateful import ENTRY, describe, over
from glowplug.execute.python.task import GROUP, TIMERS
from glowplug.io.place import Place
from glowplug.io.state.layout import OperatorLayout, Part, Piece
from glowplug.kernel import tables
from glowplug.plan.expressions import Attribute, Expression, Literal, new_id
from glowplug.plan.python import StatefulMap
from glowplug.plan.relations import Filter, Join, Project, Relation, SetOperation
from glowplug.plan.streams import KernelTable
from glowplug.streaming.batch import Batch, alias, all_equal, renamed
from glowplug.streaming.operators.keyed import Keyed, named, part, table_of
from glowplug.streaming.state.store import Store
from glowplug.streaming.state.variables import Variables
from glowplug.streaming.watermark import behind, event_times
from glowplug.types import BOOLEAN, LONG, STRING, DataType

_TIME_MODES = {"none": "NoTime", "event_time": "EventTime", "processing_time": "ProcessingTime"}


def _name(node: StatefulMap) -> str:
    """As Spark's reports have it."""
    if node.state is not None:
        return "applyInPandasWithState"
    assert node.function.code is not None
    frames = "PANDAS" in node.function.code.eval_type.name
    return f"transformWithStateIn{'Pandas' if frames else 'PySpark'}Exec"


class StreamingStateful(Keyed):
    """`variables` are those of the function's state, with the schemas that they have had."""

    def __init__(self, node: StatefulMap, root: Place, batch: Batch) -> None:
        self.keys = tuple(k for k in node.grouping if isinstance(k, Attribute))
        entry = tuple(Attribute(name, type, True, new_id()) for name, type in ENTRY)
        columns = renamed((*self.keys, *entry))
        store = Store(root, [a.type for a in columns], len(self.keys) + 2)
        with_state = node.state is not None
        super().__init__(_name(node), store, columns, None)
        self.variables = Variables(root.parent / "variables.json")
        if node.state is not None:
            self.variables.take(
                {GROUP: {"kind": "value", "key": None, "schema": node.state, "ttl": None}}, (), node.time_mode
            )
        else:
            found: dict[str, Any] = describe(node.function, batch.session)
            self.variables.take(found["variables"], found["deleted"], node.time_mode)
        self.waits_for = GROUP if with_state else TIMERS
        self.time_mode, self.mode, self.group = node.time_mode, batch.mode, node.state
        times = event_times(node.child.output)
        self.watermarked = bool(times)
        self.time = times[0] if times and node.time_mode == "event_time" else None  # by which rows are late
        self.next_ms: int | None = None  # the earliest time that a group waits for
        self.temporary = 0 if with_state else len(set(found["deleted"]) & found["variables"].keys())

    # --- times

    def restore(self, version: int, batch: Batch) -> None:
        super().restore(version, batch)
        self._look_ahead(batch)

    def save(self, version: int, batch: Batch) -> None:
        super().save(version, batch)
        self.variables.saved()
        self._look_ahead(batch)

    def _look_ahead(self, batch: Batch) -> None:
        place = len(self.keys)
        with batch.kernel() as bench:
            self.next_ms = tables.least(bench, self.store.table, place + 3, place, self.waits_for)

    def _due(self, batch: Batch) -> int | None:
        """What has this time or an earlier one has waited long enough. Groups time out after it, timers at it."""
        if self.time_mode == "none":
            return None
        now = batch.watermark_ms if self.time_mode == "event_time" else batch.timestamp_ms
        return now - 1 if self.waits_for == GROUP else now

    def pending(self, batch: Batch) -> bool:
        if self.time_mode == "event_time":  # whenever the watermark has moved, as Spark has it
            return batch.moved and self.store.rows > 0
        due = self._due(batch)
        return due is not None and self.next_ms is not None and self.next_ms <= due

    # --- a batch

    def run(self, plan: Relation, batch: Batch) -> Relation:
        assert isinstance(plan, StatefulMap)
        rows = self.on_time(table_of(plan.child, batch), self.time, batch)
        initial = plan.initial if batch.number == 0 else None
        if initial is not None:
            initial = table_of(initial, batch)
        due = self._due(batch)
        number = batch.build("monotonically_increasing_id")
        stage = over(plan, rows, number, initial, self._kept(plan, rows, initial, due, batch), self._task(batch, due))
        made = batch.keep(stage)
        width = len(plan.columns)
        changes, gone = made.columns[width:-1], made.columns[-1]
        there = Filter(made, batch.build("=", gone, Literal(False, BOOLEAN)))
        put, removed = batch.keep(Project(there, changes)), batch.keep(Project(Filter(made, gone), changes))
        if self.group is None:
            self._progress = replace(self._progress, custom=self._counts(put, removed, due, batch))
        self.put(put, batch)
        self.leave(batch.keep(self._removed(removed, batch)), batch)
        out = Project(Filter(made, batch.build("isnull", gone)), made.columns[:width])
        out = Project(out, tuple(alias(c, a) for c, a in zip(out.output, plan.output, strict=True)))
        return self._in_time(out, batch) if plan.event_time else out

    def _kept(
        self, plan: StatefulMap, rows: Relation, initial: Relation | None, due: int | None, batch: Batch
    ) -> Relation:
        """The state of the groups that the function is called for."""
        kept = self._counting(batch)
        if not self.keys:
            return kept
        of_rows = [Project(rows, self.keys)]
        if initial is not None:
            of_rows.append(Project(initial, tuple(k for k in plan.initial_grouping)))
        if due is not None:
            waits, expiry = self.columns[len(self.keys)], self.columns[-1]
            time_has_come = batch.build(
                "and",
                batch.build("=", waits, Literal(self.waits_for, STRING)),
                batch.build("<=", expiry, Literal(due, LONG)),
            )
            of_rows.append(Project(Filter(self.state, time_has_come), self.columns[: len(self.keys)]))
        called: Relation = of_rows[0]
        for other in of_rows[1:]:
            called = SetOperation(called, other, "union", True, columns=renamed(self.keys))
        return Join(kept, called, "semi", all_equal(batch, self.columns[: len(self.keys)], called.output))

    def _ends(self, batch: Batch) -> Expression | None:
        """Whether an item has a time to live, and that is over."""
        if all(v["ttl"] is None for v in self.variables.known.values()):
            return None
        own = batch.build("<>", self.columns[len(self.keys)], Literal(TIMERS, STRING))
        over = batch.build("<=", self.columns[-1], Literal(batch.timestamp_ms, LONG))
        return batch.build("coalesce", batch.build("and", own, over), Literal(False, BOOLEAN))

    def key(self) -> Part:
        return named(self.keys)

    def value(self) -> Part:
        if self.group is None:
            return part()
        group: tuple[str, DataType, Piece] = ("groupState", self.group, "NULL")
        timeout: tuple[str, DataType, Piece] = ("timeoutTimestamp", LONG, len(self.keys) + 3)
        return part(group) if self.time_mode == "none" else part(group, timeout)

    def layout(self) -> OperatorLayout:
        stores = (self.store_layout(),)
        if self.group is not None:
            return OperatorLayout(self.name, "group", stores)
        return OperatorLayout(self.name, "variables", stores, json.dumps(self._properties(), separators=(",", ":")))

    def _properties(self) -> dict[str, Any]:
        """As Spark's metadata has them."""
        kinds = [(name, v["kind"].capitalize(), v["ttl"] is not None) for name, v in self.variables.known.items()]
        if self.time_mode != "none":
            what = "event" if self.time_mode == "event_time" else "proc"
            kinds.append((f"${what}Timers_keyToTimestamp", "Timer", False))
        variables = [{"stateName": n, "stateVariableType": f"{k}State", "ttlEnabled": ttl} for n, k, ttl in kinds]
        time_mode = _TIME_MODES[self.time_mode]
        return {"timeMode": time_mode, "outputMode": self.mode.capitalize(), "stateVariables": variables}

    def _counting(self, batch: Batch) -> Relation:
        ends = self._ends(batch)
        return self.state if ends is None else Filter(self.state, batch.build("not", ends))

    def _removed(self, removed: Relation, batch: Batch) -> Relation:
        """What the function removed, what has lived its time, and the variables that it wants no more."""
        conditions = [e for e in (self._ends(batch),) if e is not None]
        name = self.columns[len(self.keys)]
        conditions += [batch.build("=", name, Literal(v, STRING)) for v in self.variables.deleted]
        for condition in conditions:
            others = Project(Filter(self.state, condition), self.columns)
            removed = SetOperation(removed, others, "union", True, columns=renamed(self.columns))
        return removed

    def _counts(self, put: KernelTable, removed: KernelTable, due: int | None, batch: Batch) -> dict[str, int]:
        """What Spark counts of variables and timers, by its names; `put` and `removed` are what the function did."""
        counts = {f"num{kind}State{ttl}Vars": 0 for kind in ("Value", "List", "Map") for ttl in ("", "WithTTL")}
        for v in self.variables.known.values():
            counts[f"num{v['kind'].capitalize()}State{'' if v['ttl'] is None else 'WithTTL'}Vars"] += 1

        def timers(rows: KernelTable, until: int | None = None) -> int:
            of, expiry = rows.columns[len(self.keys)], rows.columns[-1]
            found = Filter(rows, batch.build("=", of, Literal(TIMERS, STRING)))
            if until is not None:
                found = Filter(found, batch.build("<=", expiry, Literal(until, LONG)))
            return batch.keep(found).rows

        ended = 0 if due is None else timers(self.state, due)
        lived = self._ends(batch)
        return counts | {
            "numDeletedStateVars": self.temporary,
            "numRegisteredTimers": 0 if due is None else timers(put),
            "numDeletedTimers": 0 if due is None else timers(removed),  # those that have expired, too
            "numExpiredTimers": ended,
            "numValuesRemovedDueToTTLExpiry": 0 if lived is None else batch.keep(Filter(self.state, lived)).rows,
        }

    def _task(self, batch: Batch, due: int | None) -> str:
        return json.dumps({
            "batch_ms": batch.timestamp_ms, "watermark_ms": batch.watermark_ms, "has_watermark": self.watermarked,
            "due_ms": due, "time_mode": self.time_mode, "variables": self.variables.known,
            "schemas": self.variables.schemas,
        })  # fmt: skip

    def _in_time(self, out: Relation, batch: Batch) -> Relation:
        """The rows, none of which may be late for what follows."""
        rows = batch.keep(out)
        for time in event_times(rows.columns):
            late = behind(time, batch.late_ms, batch)
            if late is not None:
                self._refuse(batch.keep(Project(Filter(rows, late), (time,))), batch)
        return rows

    def _refuse(self, late: KernelTable, batch: Batch) -> None:
        with batch.kernel() as bench:
            if late.rows:
                least = "min(k0)" if late.columns[0].type == LONG else "epoch_ms(min(k0))"
                (time,) = bench.rows(f"SELECT {least} FROM {late.table}")[0]
                raise ExecutionError(
                    "EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED",
                    currentWatermark=batch.late_ms, emittedRowEventTime=time,
                )  # fmt: skip
