"""Stages of functions that keep something of groups. Rows go to a worker group by group, after what was kept of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.execute.python import inputs
from glowplug.execute.python.flow import Flow, Piece
from glowplug.execute.python.groups import sorted_by
from glowplug.execute.python.planning import ask
from glowplug.execute.python.results import Conform
from glowplug.execute.python.stages import Rows, code_of, make_task, stage_of
from glowplug.execute.runtime import Runtime
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, new_id
from glowplug.plan.python import EvalType, PythonFunction, RunStateful, StatefulMap
from glowplug.plan.relations import Project, Relation, SetOperation
from glowplug.sql import parse_schema
from glowplug.types import (
    BINARY,
    BOOLEAN,
    BYTE,
    LONG,
    STRING,
    DataType,
    StructField,
    StructType,
)
from glowplug.types_json import from_json, to_json

STATE, INITIAL, ROW = 0, 1, 2  # kinds of a `RunStateful`'s rows
ENTRY = (("variable", STRING), ("item", BINARY), ("value", BINARY), ("expiry", LONG))


def over(
    node: StatefulMap, rows: Relation, number: Expression, initial: Relation | None, state: Relation | None, task: str
) -> RunStateful:
    """What makes the rows and changes of a batch. `state` has the keys' columns and those of `ENTRY`, in this order."""
    keys, args, own = (
        tuple(a for a in side if isinstance(a, Attribute)) for side in (node.grouping, node.args, node.initial_args)
    )
    args, own = (tuple({a.id: a for a in side}.values()) for side in (args, own))
    entry = tuple(Attribute(name, type, True, new_id()) for name, type in ENTRY)

    def part(below: Relation, kind: int, number: Expression, values: dict[int, Expression]) -> Relation:
        there = [values.get(a.id, Literal(None, a.type)) for a in (*keys, *args, *own, *entry)]
        items = (*there[: len(keys)], Literal(kind, BYTE), number, *there[len(keys) :])
        return Project(below, tuple(Alias(e, "_", new_id()) for e in items))

    none = Literal(0, LONG)
    parts = [part(rows, ROW, number, {a.id: a for a in (*keys, *args)})]
    if initial is not None:
        values = dict(zip((k.id for k in keys), node.initial_grouping, strict=True))
        parts.append(part(initial, INITIAL, none, {**values, **{a.id: a for a in own}}))
    if state is not None:
        kept = dict(zip((a.id for a in (*keys, *entry)), state.output, strict=True))
        parts.append(part(state, STATE, none, {**kept}))
    kind, place = Attribute("kind", BYTE, False, new_id()), Attribute("number", LONG, False, new_id())
    names = (*keys, kind, place, *args, *own, *entry)
    columns = tuple(Attribute(a.name, a.type, True, new_id()) for a in names)
    whole = parts[0]
    for other in parts[1:]:
        whole = SetOperation(whole, other, "union", True, columns=tuple(replace(c, id=new_id()) for c in columns))
    columns = whole.output
    n, m = len(keys), len(keys) + 2 + len(args)
    changes = (*keys, *entry, Attribute("gone", BOOLEAN, True, new_id()))
    return RunStateful(
        whole, node.function, columns[:n], columns[n], columns[n + 1],
        tuple(replace(c, name=a.name) for c, a in zip(columns[n + 2 : m], args, strict=True)),
        tuple(replace(c, name=a.name) for c, a in zip(columns[m:], own, strict=False)),
        columns[-4:], node.columns, tuple(Attribute(a.name, a.type, True, new_id()) for a in changes), task,
    )  # fmt: skip


def run_once(node: StatefulMap, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    """Over a table: all rows are one batch, which begins without state and leaves none."""
    if node.state is not None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_3176")
    schemas: dict[str, DataType] = {}
    variables = {}
    for name, asked in describe(node.function, runtime)["variables"].items():
        variables[name] = {**asked, "versions": [to_json(schema_of(asked["schema"], schemas))]}
        if asked["key"] is not None:
            schema_of(asked["key"], schemas)
    now = time.time_ns() // 1_000_000
    task = {
        "batch_ms": now, "watermark_ms": -1, "has_watermark": False, "time_mode": node.time_mode,
        "due_ms": now if node.time_mode == "processing_time" else None, "variables": variables,
        "schemas": {text: to_json(schema) for text, schema in schemas.items()},
    }  # fmt: skip
    stage = over(node, node.child, Literal(0, LONG), node.initial, None, json.dumps(task))
    return run_stateful(replace(stage, changes=()), runtime, operation, held)


def schema_of(given: Any, texts: dict[str, DataType]) -> StructType:
    """A schema as a processor gives it: JSON, or a text, whose meaning is noted in `texts`."""
    found = from_json(json.dumps(given)) if isinstance(given, dict) else parse_schema(given)
    if isinstance(given, str):
        texts[given] = found
    assert isinstance(found, StructType)
    return found


def run_stateful(node: RunStateful, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    code = code_of(node.function)
    plan, order = sorted_by(node.child, list(node.keys), node.kind, node.number)
    place = {a.id: i for i, a in enumerate(plan.output)}
    sent = [place[a.id] for a in (*node.keys, node.kind, *node.args, *node.initial_args, *node.entry)]
    output = StructType(tuple(StructField(a.name, a.type, a.nullable) for a in node.columns))
    about = {
        **json.loads(node.task), "keys": len(node.keys), "args": [a.name for a in node.args],
        "initial": [a.name for a in node.initial_args], "output": to_json(output),
    }  # fmt: skip
    task = make_task(
        code.eval_type,
        code.command,
        runtime,
        code.environment,
        f"{node.function.names[0]}()",
        stateful=json.dumps(about),
    )
    conform = Conform(node.columns, runtime.conf, _CALLED.get(code.eval_type, "transformWithState()"))
    types = [arrow_type(a.type, runtime.conf.time_zone) for a in node.changes]

    def whole(batch: pa.RecordBatch) -> pa.RecordBatch | None:
        """Of rows that the function made, or of changes; None of changes that nobody wants."""
        if batch.schema.names == ["_0"]:
            made = conform.unwrapped(batch)
            columns = [*made.columns, *(pa.nulls(made.num_rows, t) for t in types)]
        elif not types:
            return None
        else:
            own = [c if c.type == t else c.cast(t) for c, t in zip(batch.columns, types, strict=True)]
            columns = [*(pa.nulls(batch.num_rows, t) for t in conform.types), *own]
        return pa.RecordBatch.from_arrays(columns, [str(i) for i in range(len(columns))])

    def make(rows: Rows, start: Callable[..., Flow]) -> Iterator[pa.RecordBatch]:
        pieces = (
            Piece(g.rows.select(sent).rename_columns([f"_{i}" for i in range(len(sent))]), g.sizes, g.more)
            for g in inputs.groups(rows(plan), order)
        )
        for _, batches in start(task, pieces, always=False).chunks():
            yield from (b for b in map(whole, batches) if b is not None)

    return stage_of(node, code, runtime, operation, held, make)


def describe(function: PythonFunction, runtime: Runtime) -> dict[str, Any]:
    """The variables that a stateful processor asks for, and those it wants deleted."""
    code = code_of(function)
    found: dict[str, Any] = json.loads(ask("stateful_processor", code.command, code.environment, runtime))
    return found


_CALLED = {EvalType.GROUPED_MAP_PANDAS_WITH_STATE: "applyInPandasWithState()"}
