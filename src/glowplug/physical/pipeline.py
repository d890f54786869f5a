"""From an optimised plan to stages: rules in order, each a walk over the whole plan, subqueries included.

Afterwards no expression of the kernel's parts calls user code: `EvalPython` and its like compute the columns that the
calls stood for.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import unsupported
from glowplug.physical.aggregates import aggregate_python
from glowplug.physical.calls import is_python
from glowplug.physical.correlated import decorrelate
from glowplug.physical.extract import extract_calls
from glowplug.physical.filters import filter_before_python
from glowplug.physical.lateral import table_function_of_rows
from glowplug.physical.scans import show_filters
from glowplug.physical.windows import window_python
from glowplug.plan.expressions import Call
from glowplug.plan.python import AggregatePython, EvalPython, PythonScan, TablePython, WindowPython
from glowplug.plan.relations import Recursive, RecursiveReference, Relation
from glowplug.plan.tree import expressions_in, kinds, map_all_relations, walk, walk_relations

# These give new work to what is below a node, and see it before its children do.
FIRST: tuple[Callable[[Relation], Relation | None], ...] = (decorrelate, filter_before_python)
# A rule is `node -> Relation | None`; None leaves the node. A node's children have passed all of them before it does.
RULES: tuple[Callable[[Relation], Relation | None], ...] = (
    show_filters,
    table_function_of_rows,
    extract_calls,
    aggregate_python,
    window_python,
    extract_calls,  # of what windows and aggregates gave
)

STAGES = (EvalPython, AggregatePython, WindowPython, TablePython)


def stages(plan: Relation) -> Relation:
    """The plan with its stages. Raises AnalysisError for user code where none can run."""
    if not any(_calls_python(node) for node in walk_relations(plan)):
        return plan
    done = _each(plan)
    for loop in (n for n in walk_relations(done) if isinstance(n, Recursive)):
        for node in walk_relations(loop.step):
            if isinstance(node, STAGES) and any(isinstance(n, RecursiveReference) for n in walk_relations(node)):
                raise unsupported("Python functions over the rows of a recursive query, within it")
    return done


def _calls_python(node: Relation) -> bool:
    if isinstance(node, (TablePython, PythonScan)):
        return True
    return Call in kinds(node) and any(is_python(x) for e in expressions_in(node) for x in walk(e))


def _each(plan: Relation) -> Relation:
    for rule in FIRST:
        plan = rule(plan) or plan
    plan = map_all_relations(plan, _each)
    for rule in RULES:
        plan = rule(plan) or plan
    return plan
