"""Adding a version to the log, against others who do the same.

A version is a file that is made once: who comes second reads what the others have written since its snapshot, and goes
on to the next version if nothing of it concerns what was read and is written, else fails with Delta's conflict.
https://docs.delta.io/latest/concurrency-control.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from glowplug.errors import ExecutionError, SparkError
from glowplug.io.place import Place
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.columns import HIGH
from glowplug.lake.delta.manifest import generate
from glowplug.lake.delta.numbers import numbered
from glowplug.lake.delta.snapshot import LOG, Snapshot, actions_of, is_table, load, opened, version_file
from glowplug.types_json import to_json

_DOCS = "https://docs.delta.io/latest/concurrency-control.html"
_ATTEMPTS = 1000
PROTECTED = "delta.requireCheckpointProtectionBeforeVersion"
_log = logging.getLogger(__name__)


class Conflict(ExecutionError):
    """Another commit came first. `jvm_classes` as Delta's own exceptions, which clients of Delta know."""

    def __init__(self, kind: str, condition: str, **parameters: object) -> None:
        super().__init__(condition, None, **parameters)
        package = "io.delta.exceptions"
        classes = (f"{package}.{kind}", f"{package}.DeltaConcurrentModificationException")
        self.jvm_classes = (*classes, "java.util.ConcurrentModificationException")  # type: ignore[misc,assignment]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a commit rests on. `files`: paths in the log that were read. `appended`: whether rows of these new files
    should have been read too; None where nothing was read by a condition, so that rows may be appended meanwhile."""

    files: frozenset[str] = frozenset()
    appended: Callable[[Sequence[Mapping[str, Any]]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A version to be. `base` is the snapshot that it changes; None makes the table."""

    path: Place
    base: Snapshot | None
    actions: Sequence[a.Action]
    reads: Reads = field(default_factory=Reads)

    @property
    def removed(self) -> set[str]:
        return {x.path for x in self.actions if isinstance(x, a.RemoveFile)}

    @property
    def domains(self) -> set[str]:
        return {x.domain for x in self.actions if isinstance(x, a.DomainMetadata)}

    @property
    def apps(self) -> set[str]:
        return {x.app for x in self.actions if isinstance(x, a.Transaction)}


def commit(draft: Draft) -> int:
    """The version that the draft has become. Raises `Conflict`, OSError; then nothing has changed."""
    if draft.base is None and is_table(draft.path):
        raise _written("the table was made meanwhile")
    log = draft.path / LOG
    log.fs.make_dirs(log.path)
    version = 0 if draft.base is None else draft.base.version + 1
    for _ in range(_ATTEMPTS):
        if _put(draft.path, version, a.lines(numbered(draft.path, draft.base, draft.actions, version))):
            return version
        _check(draft, version, actions_of(draft.path, version))
        version += 1
    raise _written(f"version {version}")


def _put(path: Place, version: int, body: bytes) -> bool:
    """Make a version's file with all that is in it, or find that another one is there."""
    file = version_file(path, version)
    try:
        file.create(body)
    except FileExistsError:
        return file.read() == body  # a store was sent it twice; no two versions are the same
    except OSError as error:
        if not file.exists() or file.read() != body:
            raise
        _log.warning("version %d of %s is written, and may be lost if the power fails now: %s", version, path, error)
    return True


def _check(draft: Draft, version: int, winner: Sequence[Mapping[str, Any]]) -> None:
    """Raise the conflict with a version that came first, if there is one."""
    by: dict[str, list[Any]] = {}
    for action in winner:
        for kind, value in action.items():
            by.setdefault(kind, []).append(value)
    info = (by.get("commitInfo") or [{}])[0]
    about = {"conflictingCommit": json.dumps(info, ensure_ascii=False), "docLink": _DOCS}
    if draft.base is None:
        raise _written(about["conflictingCommit"])
    if "protocol" in by:
        raise Conflict("ProtocolChangedException", "DELTA_PROTOCOL_CHANGED", additionalInfo="", **about)
    if "metaData" in by and not _passes_over(draft, by["metaData"][0]):
        raise Conflict("MetadataChangedException", "DELTA_METADATA_CHANGED", tableName=draft.path, **about)
    if {d["domain"] for d in by.get("domainMetadata", ())} & draft.domains:
        raise Conflict("MetadataChangedException", "DELTA_METADATA_CHANGED", tableName=draft.path, **about)
    if draft.apps & {t["appId"] for t in by.get("txn", ())}:
        raise Conflict("ConcurrentTransactionException", "DELTA_CONCURRENT_TRANSACTION", **about)
    which = {"operation": info.get("operation", "write"), "version": version, "tableName": draft.path, "docLink": _DOCS}
    added = [f for f in by.get("add", ()) if f.get("dataChange", True)]
    if added and draft.reads.appended is not None and draft.reads.appended(added):
        raise Conflict("ConcurrentAppendException", "DELTA_CONCURRENT_APPEND.WITHOUT_HINT", **which)
    removed = {unquote(f["path"]) for f in by.get("remove", ())}
    if removed & draft.reads.files:
        raise Conflict("ConcurrentDeleteReadException", "DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT", **which)
    if removed & draft.removed:
        raise Conflict("ConcurrentDeleteDeleteException", "DELTA_CONCURRENT_DELETE_DELETE.WITHOUT_HINT", **which)


def _passes_over(draft: Draft, metadata: Mapping[str, Any]) -> bool:
    """Whether only numbers of identity columns were given out, and the draft gives out none."""
    base = draft.base
    if base is None or any(isinstance(x, a.Metadata) for x in draft.actions):
        return False
    then, now = (_but_numbers(s) for s in (to_json(base.schema), json.loads(metadata["schemaString"])))
    same = metadata.get("configuration", {}) == base.configuration
    return same and metadata["partitionColumns"] == list(base.partition_by) and then == now


def _but_numbers(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema's columns without the last numbers of identity columns."""
    return [{**f, "metadata": {k: v for k, v in f["metadata"].items() if k != HIGH}} for f in schema["fields"]]


def _written(by: str) -> SparkError:
    return Conflict("ConcurrentWriteException", "DELTA_CONCURRENT_WRITE", conflictingCommit=by, docLink=_DOCS)


def checkpointed(path: Place) -> None:
    """A checkpoint of the newest version."""
    opened(path).create_checkpoint()


# --- after a commit -------------------------------------------------------------------------------------


def maintain(path: Place, version: int, configuration: Mapping[str, str]) -> None:
    """A checkpoint every `delta.checkpointInterval` versions, with which logs past their retention go; manifests for
    readers that know no log, where a property asks for them.

    What fails here is logged: the version is there, and the next one tries again.
    """
    text = configuration.get("delta.checkpointInterval", "10")
    interval = int(text) if text.isdigit() and int(text) > 0 else 10
    manifests = configuration.get("delta.compatibility.symlinkFormatManifest.enabled", "").lower() == "true"
    due = version > 0 and version % interval == 0
    if not due and not manifests:
        return
    try:
        if manifests:
            generate(load(path))
        if not due:
            return
        handle = opened(path)
        handle.create_checkpoint()
        protected = PROTECTED in configuration  # until then only who knows a dropped feature may remove logs
        if configuration.get("delta.enableExpiredLogCleanup", "true").lower() == "true" and not protected:
            handle.cleanup_metadata()
    except Exception as error:
        _log.warning("no upkeep of %s at version %d: %s", path, version, error)
