"""Texts of JSON are read by the source that they come from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.functions.from_json import block_reader
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Attribute, Call, Cast, new_id
from glowplug.plan.relations import Project, Relation, Scan
from glowplug.plan.streams import Watched
from glowplug.plan.tree import map_all_relations, map_expressions, map_relations, relations_in, walk
from glowplug.types import STRINGS


def read_in_source(plan: Relation, cx: Context) -> Relation:
    """Project(from_json(v, 'a INT') AS e, Scan(v)) → the same of structs that a source makes of its texts.

    Where nothing else is done with the texts. Applied to whole plans, behind `narrow_json`.
    """
    done = map_all_relations(plan, lambda child: read_in_source(child, cx))
    return (_read(done, cx) or done) if isinstance(done, Project) else done


def _read(node: Project, cx: Context) -> Project | None:
    below = node.child
    while isinstance(below, Watched) and below.column is None:
        below = below.child
    if not isinstance(below, Scan) or any(map(relations_in, node.expressions)):  # a subquery may use the text, too
        return None
    for call in (x for e in node.expressions for x in walk(e)):
        match call:
            case Call(args=(Attribute() as text, *_)) | Call(args=(Cast(Attribute() as text), *_)):
                if call.function.names[0] == "from_json" and isinstance(call.args[0].type, STRINGS):
                    return _replaced(node, below, text, call, cx)
    return None


def _replaced(node: Project, scan: Scan, text: Attribute, call: Call, cx: Context) -> Project | None:
    uses = [x for e in node.expressions for x in walk(e) if isinstance(x, Attribute) and x.id == text.id]
    reader = block_reader(call, cx.setting) if len(uses) == 1 else None
    source = None if reader is None else scan.source.parsing(text.name, reader)
    if source is None:
        return None
    read = replace(text, type=next(f.type for f in source.schema.fields if f.name == text.name), id=new_id())

    def put(e: Any) -> Any:
        return replace(e, args=(read, *e.args[1:])) if e is call else map_expressions(e, put)

    def rescan(below: Relation) -> Relation:
        if isinstance(below, Scan):
            columns = tuple(read if c.id == text.id else c for c in scan.columns)
            return replace(scan, source=source, columns=columns)
        return map_relations(below, rescan)  # type: ignore[no-any-return]

    return Project(rescan(node.child), tuple(map(put, node.expressions)))
