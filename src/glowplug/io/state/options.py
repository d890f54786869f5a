"""The options of `format("statestore")` and `format("state-metadata")`, and what contradicts them.

https://spark.apache.org/docs/latest/streaming/structured-streaming-state-data-source.html
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import unquote

from glowplug import source_options
from glowplug.errors import NumberFormatError, RuntimeFailure, SparkError
from glowplug.io.place import Place, place_of
from glowplug.io.source import Pairs
from glowplug.io.state.layout import DEFAULT
from glowplug.io.streams.log import MetadataLog
from glowplug.source_options import Settings, invalid_option, option

SIDES = ("left", "right", "none")


def _text(name: str, meaning: str) -> Any:
    return option(name, meaning, None, parse=str)  # Spark has conditions of its own for what does not fit


@dataclass(frozen=True, slots=True)
class StateStoreOptions:
    """As they are given."""

    path: str | None = _text("path", "The checkpoint; or it is the argument of `load`.")
    batch: str | None = _text("batchId", "The batch after which the state is read; the last one that was committed.")
    operator: str | None = _text("operatorId", "The number of the operator, 0 being the last before the sink.")
    store: str | None = _text("storeName", "The operator's store; joins have several.")
    side: str | None = _text("joinSide", "The side of a join whose rows are read: left or right.")
    snapshot_batch: str | None = _text("snapshotStartBatchId", "Read from the snapshot of this batch on.")
    snapshot_partition: str | None = _text("snapshotPartitionId", "The partition of that; there is one here, 0.")
    changed: str | None = _text("readChangeFeed", "Read what batches changed.")
    change_start: str | None = _text("changeStartBatchId", "The first batch whose changes are read.")
    change_end: str | None = _text("changeEndBatchId", "The last one; that which was committed last.")
    variable: str | None = _text("stateVarName", "The variable of `transformWithState` that is read.")
    timers: str | None = _text("readRegisteredTimers", "Read the timers of `transformWithState`.")
    flat: str | None = _text("flattenCollectionTypes", "A row for each element of lists and maps; true.")


def given_options(pairs: Pairs, settings: Settings) -> dict[str, str]:
    found = source_options.read_options(StateStoreOptions, pairs, settings)
    return {f.metadata["names"][0]: v for f in fields(found) if (v := getattr(found, f.name)) is not None}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Read from this snapshot on, of this partition."""

    batch: int
    partition: int


@dataclass(frozen=True, slots=True)
class StateOptions:
    """`batch` is the one after which the state is read; `changes` the first and the last of which changes are."""

    root: Place
    batch: int
    operator: int
    store: str
    side: str
    variable: str | None
    timers: bool
    flat: bool
    snapshot: Snapshot | None
    changes: tuple[int, int] | None

    @property
    def shown(self) -> str:
        chosen = f"batchId={self.batch}, operatorId={self.operator}, storeName={self.store}, joinSide={self.side}"
        return f"{self.root}, {chosen}, stateVarName={self.variable}"


def checkpoint_of(given: dict[str, str], paths: tuple[str, ...], settings: Settings) -> Place:
    path = paths[0] if len(paths) == 1 else given.get("path")
    if path is None:
        raise RuntimeFailure("STDS_REQUIRED_OPTION_UNSPECIFIED", optionName="path")
    return place_of(unquote(path) if path.startswith("file:/") else path, settings)


def read_options(pairs: Pairs, paths: tuple[str, ...], settings: Settings) -> StateOptions:
    """Raises STDS_…, in the order in which Spark looks at the options."""
    given = given_options(pairs, settings)
    root = checkpoint_of(given, paths, settings)
    operator = _number(given, "operatorId") or 0
    store = given.get("storeName", DEFAULT).strip()
    if not store:
        raise _invalid("IS_EMPTY", "storeName")
    timers = _flag(given, "readRegisteredTimers", False)
    variable = given.get("stateVarName")
    if timers and variable is not None:
        raise _conflict("readRegisteredTimers", "stateVarName")
    flat = _flag(given, "flattenCollectionTypes", True)
    side = given.get("joinSide", "none")
    if side not in SIDES:
        raise _invalid("WITH_MESSAGE", "joinSide", f"Valid values are {','.join(SIDES)}")
    if side != "none" and store != DEFAULT:
        raise _conflict("joinSide", "storeName")
    snapshot = _snapshot(given)
    changes = _changes(given, side, snapshot, root)
    batch = changes[1] if changes is not None else _batch(given, "batchId", root)
    if snapshot is not None and snapshot.batch > batch:
        raise _invalid("WITH_MESSAGE", "snapshotStartBatchId", f"value should be less than or equal to {batch}")
    return StateOptions(root, batch, operator, store, side, variable, timers, flat, snapshot, changes)


def _changes(given: dict[str, str], side: str, snapshot: Snapshot | None, root: Place) -> tuple[int, int] | None:
    first, last = (_number(given, name) for name in ("changeStartBatchId", "changeEndBatchId"))
    if not _flag(given, "readChangeFeed", None):
        for name, value in (("changeStartBatchId", first), ("changeEndBatchId", last)):
            if value is not None:
                raise _invalid("WITH_MESSAGE", name, "Only specify this option when readChangeFeed is set to true.")
        return None
    if side != "none":
        raise _conflict("joinSide", "readChangeFeed")
    if snapshot is not None:
        raise _conflict("snapshotStartBatchId", "readChangeFeed")
    if "batchId" in given:
        raise _conflict("batchId", "readChangeFeed")
    if first is None:
        raise RuntimeFailure("STDS_REQUIRED_OPTION_UNSPECIFIED", optionName="changeStartBatchId")
    last = _batch(given, "changeEndBatchId", root)
    if last < first:
        raise _invalid("WITH_MESSAGE", "changeEndBatchId", f"it is {last}, before changeStartBatchId {first}")
    return first, last


def _snapshot(given: dict[str, str]) -> Snapshot | None:
    batch, partition = (_number(given, name) for name in ("snapshotStartBatchId", "snapshotPartitionId"))
    if batch is None and partition is None:
        return None
    if batch is None or partition is None:
        missing = "snapshotStartBatchId" if batch is None else "snapshotPartitionId"
        raise RuntimeFailure("STDS_REQUIRED_OPTION_UNSPECIFIED", optionName=missing)
    return Snapshot(batch, partition)


def _batch(given: dict[str, str], name: str, root: Place) -> int:
    """A batch that was committed, the last one if none is given."""
    commits = MetadataLog(root / "commits")
    found = _number(given, name)
    if found is None:
        found = commits.latest()
    if found is None or not commits.path(found).exists():
        raise RuntimeFailure("STDS_COMMITTED_BATCH_UNAVAILABLE", checkpointLocation=root)
    return found


def _number(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        found = int(text)
    except ValueError:
        raise NumberFormatError("INVALID_DATA_SOURCE_OPTION", name=name, value=text, expected="a number") from None
    if found < 0:
        raise _invalid("IS_NEGATIVE", name)
    return found


def _flag(given: dict[str, str], name: str, default: bool | None) -> bool:
    """`default` is what it means not to give it; None where Spark has no condition of its own for what is no flag."""
    text = given.get(name)
    if text is None:
        return bool(default)
    if text.lower() not in ("true", "false"):
        if default is None:
            raise invalid_option(name, text, "true or false")
        raise _invalid("WITH_MESSAGE", name, "Boolean value is expected")
    return text.lower() == "true"


def _invalid(why: str, name: str, message: str = "") -> SparkError:
    return RuntimeFailure(f"STDS_INVALID_OPTION_VALUE.{why}", optionName=name, message=message)


def _conflict(*names: str) -> SparkError:
    return RuntimeFailure("STDS_CONFLICT_OPTIONS", options=f"[{', '.join(map(repr, names))}]")
