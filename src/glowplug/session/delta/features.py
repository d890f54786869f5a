"""ALTER TABLE … DROP FEATURE, and columns that are mapped no longer: a table's traces of a feature go, then its name.

Who does not know the feature can read the table then; older versions of it, which used the feature, are kept from such
clients by the feature `checkpointProtection`, or must have gone (TRUNCATE HISTORY).
https://docs.delta.io/latest/delta-drop-feature.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.commit import PROTECTED, Reads, checkpointed
from glowplug.lake.delta.mapping import is_mapped, unmapped
from glowplug.lake.delta.numbers import KEPT, ROW_TRACKING, SINCE, SINCE_TIME, SUSPENDED, TIMES, TRACKED, again
from glowplug.lake.delta.snapshot import READ_FEATURES, Snapshot, absolute, actions_of, flag, load, numbers
from glowplug.lake.delta.widening import CHANGES, WIDENING, forgotten, is_widened
from glowplug.session.delta.changes import Change, run
from glowplug.session.delta.checks import CONSTRAINT
from glowplug.session.delta.optimizing import scan_at
from glowplug.session.delta.protocol import NOT_IN_NAMES, WRITE_FEATURES, features, without
from glowplug.session.delta.rows import stored_columns
from glowplug.session.session import Session
from glowplug.type_trees import fields_in
from glowplug.types import StructType

_PROTECTION = "checkpointProtection"
_VECTORS, _POLICY = "delta.enableDeletionVectors", "delta.checkpointPolicy"
_LARGE = 1 << 30  # bytes in a file that is written anew
# What is to be said no more, by feature.
_PROPERTIES = {
    "checkConstraints": (),
    _PROTECTION: (PROTECTED,),
    "columnMapping": (),
    "deletionVectors": (_VECTORS,),
    "domainMetadata": (),
    "inCommitTimestamp": (TIMES, SINCE, SINCE_TIME),
    "rowTracking": (TRACKED, SUSPENDED, *KEPT),
    "typeWidening": (WIDENING,),
    "typeWidening-preview": (WIDENING,),
    "v2Checkpoint": (_POLICY,),
    "vacuumProtocolCheck": (),
}
_NEEDED_BY = {"domainMetadata": {"clustering", "rowTracking"}}


def drop(at: Snapshot, name: str, truncate: bool, session: Session, operation: Operation) -> None:
    """DELTA_FEATURE_DROP_…, DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE. With `truncate`, no older version may use
    the feature."""
    feature = _droppable(at, name)
    for_readers = feature in READ_FEATURES
    if truncate and not for_readers and feature != _PROTECTION:
        raise AnalysisError("DELTA_FEATURE_DROP_HISTORY_TRUNCATION_NOT_ALLOWED")
    if feature == _PROTECTION:
        _check_protected(at, truncate)
    if for_readers:
        before, at = at, _cleaned(at, feature, session, operation)
        if truncate and _used_before(at, feature):
            still = "HISTORICAL_VERSIONS_EXIST" if before is at else "WAIT_FOR_RETENTION_PERIOD"
            raise AnalysisError(
                f"DELTA_FEATURE_DROP_{still}",
                feature=feature,
                logRetentionPeriodKey="delta.logRetentionDuration",
                logRetentionPeriod=at.configuration.get("delta.logRetentionDuration", "interval 30 days"),
                truncateHistoryLogRetentionPeriod="24 hours",
            )
    gone = _PROPERTIES[feature]
    protocol, kept = without(at.protocol, feature), {k: v for k, v in at.configuration.items() if k not in gone}
    if for_readers and not truncate:
        others = sorted(features(protocol) - {_PROTECTION})
        protocol = replace(protocol, writer=7, writer_features=(*others, _PROTECTION))
        kept[PROTECTED] = str(at.version + 1)
    tracked = feature == "rowTracking"
    files = [_without_ids(p, f) for p, f in at.adds(at.files["path"].to_pylist())] if tracked else []
    change = Change(
        path=at.path,
        base=at,
        metadata=replace(at.metadata, configuration=kept),
        protocol=protocol,
        operation="DROP FEATURE",
        parameters={"featureName": feature, "truncateHistory": truncate},
        adds=files,
        domains=(a.DomainMetadata(ROW_TRACKING, "{}", removed=True),) if tracked else (),
        reads=Reads(frozenset(f.path for f in files), lambda added: True),
        metrics=lambda written: {},
    )
    run(change, None, session, operation)
    checkpointed(at.path)  # from which those read on who do not know the feature


def _droppable(at: Snapshot, name: str) -> str:
    known = {f.lower(): f for f in WRITE_FEATURES}
    if name.lower() not in known:
        raise AnalysisError("DELTA_FEATURE_DROP_UNSUPPORTED_CLIENT_FEATURE", feature=name)
    feature, there = known[name.lower()], features(at.protocol)
    if feature not in there:
        raise AnalysisError("DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT", feature=feature)
    if feature not in _PROPERTIES:
        raise AnalysisError("DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE", feature=feature)
    if by := _NEEDED_BY.get(feature, set()) & there:
        shown = ", ".join(sorted(by))
        raise AnalysisError("DELTA_FEATURE_DROP_DEPENDENT_FEATURE", feature=feature, dependentFeatures=shown)
    constraints = [k.removeprefix(CONSTRAINT) for k in at.configuration if k.startswith(CONSTRAINT)]
    if feature == "checkConstraints" and constraints:
        shown = ", ".join(f"`{c}`" for c in constraints)
        raise AnalysisError("DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE", constraints=shown)
    return feature


def _check_protected(at: Snapshot, truncate: bool) -> None:
    if not truncate:
        raise AnalysisError("DELTA_FEATURE_CAN_ONLY_DROP_CHECKPOINT_PROTECTION_WITH_HISTORY_TRUNCATION")
    if numbers(at.path)[0] < int(at.configuration.get(PROTECTED, "0")):
        raise AnalysisError(
            "DELTA_FEATURE_DROP_CHECKPOINT_PROTECTION_WAIT_FOR_RETENTION_PERIOD",
            truncateHistoryLogRetentionPeriod="24 hours",
        )


def _without_ids(path: str, f: Mapping[str, Any]) -> a.AddFile:
    return replace(again(path, f, data_change=False), first_row=None, row_version=None)


# --- traces ---------------------------------------------------------------------------------------------


def _cleaned(at: Snapshot, feature: str, session: Session, operation: Operation) -> Snapshot:
    """The table once it does not use the feature."""
    kept = {k: v for k, v in at.configuration.items() if k not in _PROPERTIES[feature]}
    metadata, files = replace(at.metadata, configuration=kept), list[str]()
    match feature:
        case "columnMapping" if is_mapped(at.configuration):
            unmap(at, session, operation)
            return load(at.path)
        case "deletionVectors":
            files = list(at.descriptors())
        case "typeWidening" | "typeWidening-preview" if is_widened(at.schema):
            schema = forgotten(at.schema)
            assert isinstance(schema, StructType)
            metadata, files = replace(metadata, schema=schema), at.files["path"].to_pylist()
    if metadata == at.metadata and not files:
        return at
    parameters = {"predicate": "[]", "applyPurge": True}
    rewrite(at, files, metadata, "REORG", parameters, session, operation)
    return load(at.path)


def unmap(at: Snapshot, session: Session, operation: Operation) -> None:
    """All files with the names that users see. DELTA_INVALID_COLUMN_NAMES_WHEN_REMOVING_COLUMN_MAPPING."""
    if bad := [f.name for f in fields_in(at.schema) if NOT_IN_NAMES & set(f.name)]:
        shown = ", ".join(bad)
        raise AnalysisError("DELTA_INVALID_COLUMN_NAMES_WHEN_REMOVING_COLUMN_MAPPING", invalidColumnNames=shown)
    files = at.files["path"].to_pylist()
    rewrite(at, files, unmapped(at.metadata), "REMOVE COLUMN MAPPING", {}, session, operation)


def rewrite(
    at: Snapshot,
    paths: Sequence[str],
    metadata: a.Metadata,
    name: str,
    parameters: Mapping[str, Any],
    session: Session,
    operation: Operation,
) -> None:
    """A version with other metadata, and these files' rows in new ones that fit it."""
    scan, wanted = scan_at(at, session), frozenset(absolute(at.path, p) for p in paths)
    rows = stored_columns(replace(scan, source=scan.source.of_files(wanted)), at.schema)
    size = sum(f.status.size for f in scan.source.files if f.status.path in wanted)
    change = Change(
        path=at.path,
        base=at,
        metadata=metadata,
        protocol=at.protocol,
        operation=name,
        parameters=parameters,
        removes=list(paths),
        reads=Reads(frozenset(paths), lambda added: True),
        data_change=False,
        parts=max(1, size // _LARGE),
    )
    run(change, rows if paths else None, session, operation)


def _used_before(at: Snapshot, feature: str) -> bool:
    """Whether a version that the log has yet uses a feature."""
    first = numbers(at.path)[0]
    oldest = load(at.path, first)
    says = {"metaData": {"configuration": oldest.configuration, "schemaString": json.dumps(oldest.metadata.json())}}
    if _uses(feature, says) or (feature == "deletionVectors" and oldest.descriptors()):
        return True
    return any(_uses(feature, x) for v in range(first, at.version + 1) for x in actions_of(at.path, v))


def _uses(feature: str, action: Mapping[str, Any]) -> bool:
    metadata = action.get("metaData") or {}
    configuration = metadata.get("configuration") or {}
    match feature:
        case "columnMapping":
            return is_mapped(configuration)
        case "deletionVectors":
            return flag(configuration, _VECTORS) or bool((action.get("add") or {}).get("deletionVector"))
        case "typeWidening" | "typeWidening-preview":
            return flag(configuration, WIDENING) or CHANGES in metadata.get("schemaString", "")
        case "v2Checkpoint":
            return bool(configuration.get(_POLICY, "").lower() == "v2")
    return False
