"""The parts of a plan that are not the kernel's: each is computed or started, and a leaf takes its place.

Whoever runs a plan, for a client, a file or a kept table, calls `ready` before the kernel's statement is compiled, and
closes `held` when the statement has ended: stages put there what must be given back then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import pyarrow as pa

from glowplug.execute.cached import lease
from glowplug.execute.operation import Operation
from glowplug.execute.runtime import Runtime
from glowplug.execute.show import drawn
from glowplug.plan.python import (
    AggregatePython,
    CoGroupMap,
    EvalPython,
    GroupMap,
    MapPartitions,
    PythonScan,
    RunStateful,
    StatefulMap,
    TablePython,
    WindowPython,
)
from glowplug.plan.relations import CachedData, Relation, ScriptTransformation, ShowString
from glowplug.plan.tree import map_all_relations, walk_relations


def ready(plan: Relation, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    """The plan as the kernel can run it."""
    if not any(node.__class__ in STAGES for node in walk_relations(plan)):
        return plan

    def change(node: Relation) -> Relation:
        stage = STAGES.get(node.__class__)
        if stage is not None:
            return stage(node, runtime, operation, held)
        return map_all_relations(node, change)  # type: ignore[no-any-return]

    return change(plan)


def _kept(node: CachedData, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    leased = lease(node.entry, runtime, operation)
    held.callback(leased.rows.release)
    return CachedData(node.columns, leased)


def _shown(node: ShowString, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
    return drawn(node, _rows(node.child, runtime, operation))


def _rows(plan: Relation, runtime: Runtime, operation: Operation) -> Iterator[pa.RecordBatch]:
    """The rows of a plan within another."""
    from glowplug.execute.local import run

    yield from run(plan, runtime, operation).batches


Stage = Callable[[Any, Runtime, Operation, ExitStack], Relation]


def _loaded(module: str, name: str) -> Stage:
    """A stage that is loaded when a plan first has one: most programs start sooner without."""

    def stage(node: Relation, runtime: Runtime, operation: Operation, held: ExitStack) -> Relation:
        run: Stage = getattr(import_module(module), name)
        return run(node, runtime, operation, held)

    return stage


def _python(module: str, name: str) -> Stage:
    return _loaded(f"glowplug.execute.python.{module}", name)


STAGES: dict[type[Relation], Stage] = {
    CachedData: _kept,
    ShowString: _shown,
    ScriptTransformation: _loaded("glowplug.execute.transform", "script_transformation"),
    EvalPython: _python("stages", "eval_python"),
    MapPartitions: _python("stages", "map_partitions"),
    GroupMap: _python("groups", "group_map"),
    CoGroupMap: _python("groups", "co_group_map"),
    RunStateful: _python("stateful", "run_stateful"),
    StatefulMap: _python("stateful", "run_once"),
    AggregatePython: _python("groups", "aggregate_python"),
    WindowPython: _python("groups", "window_python"),
    TablePython: _python("tables", "table_python"),
    PythonScan: _python("sources", "read"),
}
