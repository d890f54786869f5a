"""RESTORE: a new version of a table with the columns and files of an older one.

https://docs.delta.io/latest/delta-utility.html#restore-a-delta-table-to-an-earlier-state
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from glowplug.errors import AnalysisError, ExecutionError
from glowplug.execute.operation import Operation
from glowplug.io.place import Place
from glowplug.lake.delta.actions import AddFile, Metadata
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.mapping import MAX_ID
from glowplug.lake.delta.numbers import again
from glowplug.lake.delta.snapshot import Snapshot, absolute, load, numbers, version_at
from glowplug.plan import delta as d
from glowplug.plan.relations import Relation
from glowplug.session.commands.kept import recached
from glowplug.session.delta.changes import Change, run
from glowplug.session.delta.generated import kept_numbers
from glowplug.session.delta.history import table_of
from glowplug.session.delta.protocol import append_only
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import LONG

_RESTORED = (
    "table_size_after_restore", "num_of_files_after_restore", "num_removed_files", "num_restored_files",
    "removed_files_size", "restored_files_size",
)  # fmt: skip
_METRICS = (
    "tableSizeAfterRestore", "numOfFilesAfterRestore", "numRemovedFiles", "numRestoredFiles", "removedFilesSize",
    "restoredFilesSize",
)  # fmt: skip


def restore(command: d.Restore, session: Session, operation: Operation) -> Relation:
    """DELTA_CANNOT_RESTORE_TABLE_VERSION, DELTA_CANNOT_RESTORE_TIMESTAMP_EARLIER, FAILED_READ_FILE.FILE_NOT_EXIST."""
    table, root = table_of(command.parts, "RESTORE", session)
    before = load(root)
    if before.flag("delta.appendOnly"):
        raise append_only(root)
    target = load(root, _version(command, root, session))
    there = target.files["path"].to_pylist()
    for path in there:
        file = Place(root.fs, absolute(root, path))
        if not file.exists():
            raise ExecutionError("FAILED_READ_FILE.FILE_NOT_EXIST", path=file.uri)
    old, new = _sizes(before), _sizes(target)
    other = _other_vectors(before, target)
    removed = [p for p in old if p not in new or p in other]
    restored = [p for p in new if p not in old or p in other]
    numbers = (
        sum(new.values()),
        len(new),
        len(removed),
        len(restored),
        sum(old[p] for p in removed),
        sum(new[p] for p in restored),
    )
    by_version = command.kind == "version"
    change = Change(
        path=root,
        base=before,
        metadata=_metadata(before, target),
        protocol=before.protocol,  # what it was once made able to do stays
        operation="RESTORE",
        parameters={
            "version": target.version if by_version else None,
            "timestamp": None if by_version else _text(command),
        },
        removes=removed,
        reads=Reads(frozenset(removed), lambda added: True),
        adds=tuple(_added(target, restored)),
        metrics=lambda written: dict(zip(_METRICS, numbers, strict=True)),
    )
    with recached(session, table):
        run(change, None, session, operation)
    return rows([(n, LONG) for n in _RESTORED], [numbers], nullable=True)


def _version(command: d.Restore, root: Place, session: Session) -> int:
    from glowplug.session.delta.travel import at as asked

    ((kind, text),) = asked((command.kind, command.value), session)
    zone = ZoneInfo(session.conf.time_zone)
    if kind == "versionAsOf":
        version = int(text)
    else:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
        version = _version_at(root, int(moment.timestamp() * 1000), zone)
    there = numbers(root)
    if not there[0] <= version <= there[-1]:
        raise AnalysisError(
            "DELTA_CANNOT_RESTORE_TABLE_VERSION",
            version=version,
            startVersion=there[0],
            endVersion=there[-1],
        )
    return version


def _version_at(root: Place, time: int, zone: ZoneInfo) -> int:
    try:
        return version_at(root, time, zone)
    except AnalysisError as error:
        if error.condition != "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION":
            raise
        shown = error.parameters
        raise AnalysisError(
            "DELTA_CANNOT_RESTORE_TIMESTAMP_EARLIER",
            requestedTimestamp=shown["userTimestamp"],
            earliestTimestamp=shown["commitTs"],
        ) from None


def _text(command: d.Restore) -> str:
    from glowplug.plan.names import pretty

    return pretty(command.value)


def _sizes(of: Snapshot) -> dict[str, int]:
    return dict(zip(of.files["path"].to_pylist(), of.files["size_bytes"].to_pylist(), strict=True))


def _other_vectors(before: Snapshot, target: Snapshot) -> set[str]:
    """Files of both that have lost other rows."""
    old, new = before.descriptors(), target.descriptors()
    return {p for p in {*old, *new} if old.get(p) != new.get(p)}


def _metadata(before: Snapshot, target: Snapshot) -> Metadata:
    """The older columns and properties; ids and numbers that were given out since are not given out again."""
    configuration = dict(target.configuration)
    if MAX_ID in configuration:
        configuration[MAX_ID] = before.configuration.get(MAX_ID, configuration[MAX_ID])
    schema = kept_numbers(target.schema, before.schema)
    return replace(target.metadata, schema=schema, configuration=configuration)


def _added(target: Snapshot, paths: Sequence[str]) -> list[AddFile]:
    return [again(path, f) for path, f in target.adds(paths)]
