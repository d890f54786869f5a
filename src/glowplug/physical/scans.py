"""Conditions over a user's data source are shown to it: it may read less."""

from __future__ import annotations

from dataclasses import replace

from glowplug.plan.expressions import Alias, Attribute
from glowplug.plan.predicates import conjuncts
from glowplug.plan.python import PythonScan
from glowplug.plan.relations import Filter, Project, Relation


def show_filters(node: Relation) -> Relation | None:
    """Filter(a > 1, PythonScan) → Filter(a > 1, PythonScan(filters=a > 1))."""
    match node:
        case Filter(PythonScan() as scan, condition) if not scan.filters:
            return replace(node, child=replace(scan, filters=tuple(conjuncts(condition))))
        case Filter(Project(PythonScan() as scan, expressions) as project, condition) if not scan.filters:
            if all(isinstance(e, (Attribute, Alias)) for e in expressions):
                same = {e.id for e in expressions if isinstance(e, Attribute)}
                from glowplug.physical.extract import columns_of

                shown = tuple(c for c in conjuncts(condition) if columns_of([c]) <= same)
                return replace(node, child=replace(project, child=replace(scan, filters=shown)))
    return None
