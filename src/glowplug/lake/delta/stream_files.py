"""What versions of a Delta table have for a stream: files to read, and what a stream cannot go on with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from glowplug.config import parse_bytes
from glowplug.errors import (
    AnalysisError,
    ExecutionError,
    SparkError,
    UnsupportedOperation,
)
from glowplug.io.listing import DataFile
from glowplug.io.place import Place
from glowplug.io.streams.contract import Opening
from glowplug.io.streams.log import MetadataLog
from glowplug.lake.delta import feed, tracking
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.columns import MODE, additive
from glowplug.lake.delta.read import source
from glowplug.lake.delta.snapshot import absolute
from glowplug.source_options import boolean, option
from glowplug.types import StructType


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise ValueError("a positive number")
    return int(text)


@dataclass(frozen=True, slots=True)
class DeltaStreamOptions(tracking.TrackingOptions):
    """https://docs.delta.io/latest/delta-streaming.html#delta-table-as-a-source"""

    files: int = option("maxFilesPerTrigger", "At most so many files in a batch.", 1000, parse=_positive)
    bytes: int | None = option("maxBytesPerTrigger", "About so many bytes in a batch.", None, parse=parse_bytes)
    version: str | None = option("startingVersion", "The first version whose changes are read, or latest.", None)
    time: str | None = option("startingTimestamp", "The time from which changes are read.", None)
    ignore_deletes: bool = option("ignoreDeletes", "Versions that only delete are passed over.", False, parse=boolean)
    ignore_changes: bool = option(
        "ignoreChanges|ignoreFileDeletion", "Files that were written anew are read again.", False, parse=boolean
    )
    skip_changes: bool = option(
        "skipChangeCommits", "Versions that delete or change rows are passed over.", False, parse=boolean
    )
    exclude: str | None = option("excludeRegex", "Files whose path matches are left out.", None)
    change_feed: bool = option("readChangeFeed|readChangeData", "Read what has changed, version by version; first all "
                               "rows as insertions.", False, parse=boolean)  # fmt: skip
    by_time: bool = option(
        "withEventTimeOrder", "All rows that are there first are one batch, so that none of them is late.", False,
        parse=boolean,
    )  # fmt: skip
    fail: bool = option("failOnDataLoss", "Whether versions that are gone are an error.", True, parse=boolean)


class StreamFiles:
    """The files of versions, each version read once. `at` is the table when its columns became the stream's; `log`
    holds columns that change under the stream."""

    def __init__(
        self, root: Place, chosen: DeltaStreamOptions, at: s.Snapshot, log: MetadataLog | None, opening: Opening
    ) -> None:
        self.root, self.chosen, self.at, self.log, self.opening = root, chosen, at, log, opening
        self._files: dict[tuple[int, bool], list[DataFile]] = {}
        self._vectored: dict[tuple[int, bool], set[tuple[str, int]]] = {}  # feed.vectored_of what is in _files

    def snapshot(self, version: int) -> s.Snapshot:
        return s.load(self.root, version)

    def turns(self, version: int) -> bool:
        """Whether a version has other columns, which are to be written down."""
        at = self.at
        return self.log is not None and version > at.version and tracking.changes(at, self._actions(version))

    def of(self, version: int, starting: bool) -> list[DataFile]:
        """The files that a version has for the stream."""
        key = (version, starting)
        if key not in self._files:
            if len(self._files) > 1000:
                self._files.clear()
                self._vectored.clear()
            self._files[key] = self._read(version, starting)
        return self._files[key]

    def vectored(self, version: int, starting: bool) -> set[tuple[str, int]]:
        """Those of them with deletion vectors (`feed.vectored_of`)."""
        return self._vectored.get((version, starting), set())

    def _read(self, version: int, starting: bool) -> list[DataFile]:
        if self.chosen.change_feed:
            return self._changed(version, starting)
        wanted = None if starting else self._added(version)
        if wanted is not None and not wanted:
            return []
        at = self.snapshot(version)
        with self.opening.context() as context:
            of = source(at, context)
        exclude = self.chosen.exclude
        files = [
            f
            for f in of.files
            if (wanted is None or f.status.path in wanted)
            and (exclude is None or re.search(exclude, f.status.path) is None)
        ]
        if starting:
            return sorted(files, key=lambda f: (f.status.modified, f.status.path))
        return sorted(files, key=lambda f: f.status.path)

    def _changed(self, version: int, starting: bool) -> list[DataFile]:
        """The files of a version's changes; of the one that the stream begins with all rows are insertions."""
        root, at = self.root, self.at
        time = dict(s.versions(root)).get(version, 0)
        with self.opening.context() as context:
            if starting:
                of = self.snapshot(version)
                if vectors := of.descriptors():
                    self._vectored[version, starting] = {(s.absolute(of.path, path), version) for path in vectors}
                tail = (version, time * 1000, "insert")
                files = [replace(f, values=(*f.values, *tail)) for f in source(of, context).files]
                files.sort(key=lambda f: (f.status.modified, f.status.path))
            else:
                actions = self._actions(version)
                self._check_columns(version, actions)
                changes = feed.changes_of(actions, version, time)
                if (about := changes.metadata) is not None:
                    self._check_recorded(about.get("configuration", {}).get(feed.FEED, "").lower() == "true", version)
                self._vectored[version, starting] = feed.vectored_of([changes], root)
                files = list(feed.data_files([changes], at, context))
        exclude = self.chosen.exclude
        return [f for f in files if exclude is None or re.search(exclude, f.status.path) is None]

    def _check_recorded(self, on: bool, version: int) -> None:
        if not on:
            raise AnalysisError(
                "DELTA_MISSING_CHANGE_DATA", startVersion=version, endVersion=version, version=version, key=feed.FEED
            )

    def _actions(self, version: int) -> list[dict[str, Any]]:
        """What a version does; nothing where it is gone and need not be there."""
        try:
            return s.actions_of(self.root, version)
        except FileNotFoundError:
            if not self.chosen.fail:
                return []
            earliest = s.numbers(self.root)[0]
            raise ExecutionError(
                "DELTA_MISSING_FILES_UNEXPECTED_VERSION",
                startVersion=version,
                earliestVersion=earliest,
                option="failOnDataLoss",
            ) from None

    def _added(self, version: int) -> set[str]:
        """The files that a version adds. What it does besides may be an error."""
        actions = self._actions(version)
        added = [a["add"] for a in actions if "add" in a and a["add"].get("dataChange", True)]
        removed = [a["remove"] for a in actions if "remove" in a and a["remove"].get("dataChange", True)]
        self._check_columns(version, actions)
        chosen = self.chosen
        if removed and chosen.skip_changes:
            return set()
        if removed and added and not chosen.ignore_changes:
            raise UnsupportedOperation(
                "DELTA_SOURCE_TABLE_IGNORE_CHANGES",
                changeInfo=unquote(removed[0]["path"]),
                version=version,
                dataPath=self.root,
            )
        if removed and not added and not (chosen.ignore_deletes or chosen.ignore_changes):
            raise UnsupportedOperation(
                "DELTA_SOURCE_IGNORE_DELETE",
                removedFile=unquote(removed[0]["path"]),
                version=version,
                dataPath=self.root,
            )
        return {absolute(self.root, unquote(f["path"])) for f in added}

    def _check_columns(self, version: int, actions: Sequence[dict[str, Any]]) -> None:
        """A query keeps the columns that it began with; it reads new ones when it starts again."""
        at = self.at
        if version == at.version or not any("metaData" in a for a in actions):
            return
        now = self.snapshot(version).schema
        if version < at.version:
            fits = additive(now, at.schema)
        else:
            fits = additive(now, at.schema) and additive(at.schema, now)
        if not fits:
            raise self._other_columns(version, now)

    def check_beginning(self, version: int) -> None:
        """Columns that were renamed or dropped since cannot be read as they are now; changes must be recorded."""
        at, fed, log = self.at, self.chosen.change_feed, self.log
        if log is not None:
            tracking.begin(log, at, min(version, at.version), self.chosen, self.opening.log)
            return
        if at.configuration.get(MODE, "none") == "none" and not fed:
            return
        earliest = s.numbers(self.root)[0]
        then = at if version >= at.version else self.snapshot(max(version, earliest))
        if not additive(then.schema, at.schema):
            raise self._other_columns(version, then.schema)
        if fed:
            self._check_recorded(then.flag(feed.FEED), then.version)

    def _other_columns(self, version: int, then: StructType) -> SparkError:
        at = self.at
        mapped = at.configuration.get(MODE, "none") != "none"
        if mapped and not (additive(at.schema, then) and version > at.version):
            return UnsupportedOperation(
                "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE_USE_SCHEMA_LOG",
                docLink="https://docs.delta.io/latest/versioning.html#column-mapping",
                readSchema=feed.shown_json(at.schema),
                incompatibleSchema=feed.shown_json(then),
            )
        return ExecutionError(
            "DELTA_SCHEMA_CHANGED_WITH_VERSION",
            version=version,
            readSchema=", ".join(f.name for f in at.schema.fields),
            dataSchema=", ".join(f.name for f in then.fields),
        )
