"""CREATE TABLE … SHALLOW CLONE: a table of its own whose files are, to begin with, those of another one.

The other one's files are read for as long as they are there: VACUUM of it does not know of the clone, as in Delta.
https://docs.delta.io/latest/delta-utility.html#shallow-clone-a-delta-table
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from glowplug.analyze.commands.create_table import create_table, is_path
from glowplug.analyze.commands.nouns import MakeTable
from glowplug.analyze.context import Context
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, UnsupportedOperation
from glowplug.execute.operation import Operation
from glowplug.io.place import Place, place_of
from glowplug.lake.delta.actions import AddFile, DeletionVector
from glowplug.lake.delta.columns import shown_schema
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.mapping import is_mapped, mapped
from glowplug.lake.delta.numbers import again
from glowplug.lake.delta.snapshot import Snapshot, absolute, is_table, load
from glowplug.lake.delta.vectors import file_of, vector_of
from glowplug.plan import delta as d
from glowplug.plan.expressions import UnresolvedAttribute
from glowplug.plan.relations import Relation
from glowplug.session.delta.altering import check_mode
from glowplug.session.delta.changes import Change, Result, run
from glowplug.session.delta.history import table_of
from glowplug.session.delta.properties import check, named
from glowplug.session.delta.protocol import protocol_for
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import LONG

_SHOWN = ("source_table_size", "source_num_of_files", "num_removed_files", "num_copied_files", "removed_files_size",
          "copied_files_size")  # fmt: skip


def make_clone(command: d.Clone, session: Session, operation: Operation) -> Relation:
    """DELTA_UNSUPPORTED_DEEP_CLONE, DELTA_TABLE_ALREADY_EXISTS, DELTA_UNSUPPORTED_NON_EMPTY_CLONE; the numbers of the
    source's files, and of those that were copied: none."""
    from glowplug.session.delta.tables import make_table
    from glowplug.session.world import context

    if not command.shallow:
        raise UnsupportedOperation("DELTA_UNSUPPORTED_DEEP_CLONE")
    _, root = table_of(command.source, "CLONE", session)
    of = _at(load(root), command, session)
    cx, create = context(session), command.create
    there = _there(create.parts, cx, session)
    if there is not None and not create.replace:
        if create.if_not_exists:
            return rows([(n, LONG) for n in _SHOWN], [], nullable=True)
        raise AnalysisError("DELTA_TABLE_ALREADY_EXISTS", tableName=there.identifier.quoted)
    if there is not None and there.location is not None and place_of(there.location, session.conf) == root:
        raise AnalysisError("DELTA_UNSUPPORTED_CLONE_REPLACE_SAME_TABLE", tableName=there.identifier.quoted)
    keys = tuple(UnresolvedAttribute((k,)) for k in of.partition_by)
    made = create_table(replace(create, schema=shown_schema(of), partition_by=keys), cx)
    if isinstance(made, MakeTable):
        _check_empty(made.table, session)
        make_table(replace(made, clone_of=of), session, operation)
    sizes = of.files["size_bytes"].to_pylist()
    return rows([(n, LONG) for n in _SHOWN], [(sum(sizes), len(sizes), 0, 0, 0, 0)], nullable=True)


def _there(parts: tuple[str, ...], cx: Context, session: Session) -> Table | None:
    by_path = is_path(cx.world.catalogs.identifier(parts))
    return None if by_path and not is_table(place_of(parts[1], session.conf)) else cx.world.catalogs.table(parts)


def _at(newest: Snapshot, command: d.Clone, session: Session) -> Snapshot:
    from glowplug.execute.local import workbench
    from glowplug.execute.operation import current
    from glowplug.io.source import Context as Reading
    from glowplug.lake.delta.read import travelled
    from glowplug.session.delta.travel import at

    if command.at is None:
        return newest
    ((kind, text),) = at(command.at, session)
    with workbench(session, current()) as bench:
        return travelled(newest.path, int(text) if kind == "versionAsOf" else text, Reading(session.conf, bench))


def _check_empty(table: Table, session: Session) -> None:
    root = place_of(table.location or "", session.conf)
    if is_table(root) and load(root).files.num_rows:
        raise AnalysisError("DELTA_UNSUPPORTED_NON_EMPTY_CLONE")


def clone(
    of: Snapshot, table: Table, root: Place, base: Snapshot | None, session: Session, operation: Operation
) -> Result:
    """The first version of a clone, or the next of an empty table."""
    given = dict(table.properties)
    check(given, session.conf)
    check_mode(of, named(given))
    configuration = {**of.configuration, **named(given)}
    made = replace(of.metadata, id=str(uuid.uuid4()), configuration=configuration)
    metadata = mapped(made, not is_mapped(of.configuration))
    sizes = of.files["size_bytes"].to_pylist()
    numbers = {"sourceTableSize": sum(sizes), "sourceNumOfFiles": len(sizes)}
    none = dict.fromkeys(("numRemovedFiles", "numCopiedFiles", "removedFilesSize", "copiedFilesSize"), 0)
    change = Change(
        path=root,
        base=base,
        metadata=metadata,
        protocol=protocol_for(metadata.schema, metadata.configuration, of.protocol),
        operation="CLONE",
        parameters={"source": f"delta.`{of.location}`", "sourceVersion": of.version},
        reads=Reads() if base is None else Reads(appended=lambda added: True),
        adds=tuple(_files(of)),
        metrics=lambda written: numbers | none,
    )
    return run(change, None, session, operation)


def _files(of: Snapshot) -> Iterator[AddFile]:
    """The files by where they are, with what the log says of them."""
    for path, f in of.adds(of.files["path"].to_pylist()):
        vector = f.get("deletionVector")
        of_vector = None if not vector else _absolute_vector(of, vector)
        yield replace(again(Place(of.path.fs, absolute(of.path, path)).as_given, f), vector=of_vector)


def _absolute_vector(of: Snapshot, said: Mapping[str, Any]) -> DeletionVector:
    """A deletion vector by where its file is; those that the log itself holds stay."""
    vector = vector_of(said)
    file = file_of(vector, of.path)
    return vector if file is None else replace(vector, storage="p", place=of.path.fs.uri(file))
