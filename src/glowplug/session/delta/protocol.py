"""What a Delta table asks of those who write it: the protocol that it needs, and what of protocols we do.

https://github.com/delta-io/delta/blob/master/PROTOCOL.md#protocol-evolution
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from glowplug.errors import AnalysisError, IllegalArgument, SparkError, UnsupportedOperation
from glowplug.io.place import Place
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.columns import GENERATED, IDENTITY
from glowplug.lake.delta.feed import COLUMNS, FEED
from glowplug.lake.delta.mapping import is_mapped
from glowplug.lake.delta.numbers import TIMES, TRACKED
from glowplug.lake.delta.snapshot import READ_FEATURES, flag, invalid_version
from glowplug.lake.delta.widening import WIDENING
from glowplug.type_trees import contains_type, fields_in, walk_types
from glowplug.types import (
    COMPLEX,
    NULL,
    NUMERIC,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    VariantType,
    quote,
    sql_name,
)

FEED_COLUMNS = frozenset(f.name for f in COLUMNS)
# What a writer of ours does, by the protocol's names.
WRITE_FEATURES = frozenset(
    {
        "allowColumnDefaults", "appendOnly", "changeDataFeed", "checkConstraints", "clustering", "columnMapping",
        "checkpointProtection", "deletionVectors", "domainMetadata", "generatedColumns", "identityColumns",
        "inCommitTimestamp", "invariants", "rowTracking", "timestampNtz", "typeWidening", "typeWidening-preview",
        "v2Checkpoint", "vacuumProtocolCheck", "variantShredding", "variantShredding-preview",
        "variantType", "variantType-preview",
    }
)  # fmt: skip
_TYPES = (*NUMERIC, BinaryType, BooleanType, DateType, StringType, TimestampNTZType, TimestampType)  # in files
_FEATURE = "delta.feature."
NOT_IN_NAMES = frozenset(" ,;{}()\n\t=")  # unless columns are mapped to names without them
_OF_READERS = READ_FEATURES - {"columnMapping"}  # which readers knew before they had names
# Properties that are true of what writers then do.
_OF_PROPERTIES = (
    (FEED, ("changeDataFeed",)),
    (TIMES, ("inCommitTimestamp",)),
    (TRACKED, ("domainMetadata", "rowTracking")),
    (WIDENING, ("typeWidening",)),
    ("delta.enableVariantShredding", ("variantShredding-preview",)),  # which we read
    ("delta.enableDeletionVectors", ("deletionVectors",)),  # which others may write, and we read
)
# What the versions before features meant, by writer version.
_IMPLIED = (
    (2, ("appendOnly", "invariants")),
    (3, ("checkConstraints",)),
    (4, ("changeDataFeed", "generatedColumns")),
    (5, ("columnMapping",)),
    (6, ("identityColumns",)),
)


def features(protocol: a.Protocol) -> set[str]:
    """What writers must do, by name."""
    if protocol.writer >= 7:
        return {*protocol.reader_features, *protocol.writer_features}
    return {f for version, names in _IMPLIED if protocol.writer >= version for f in names}


def protocol_for(schema: StructType, configuration: Mapping[str, str], old: a.Protocol | None) -> a.Protocol:
    """The least protocol that a table of this schema and these properties needs, and no less than it had."""
    made = old or a.Protocol(1, 2)
    wanted = _needed(schema, configuration) - features(made)
    if not wanted:
        return made
    if wanted == {"checkConstraints"} and made.writer < 7:
        return replace(made, writer=3)
    have = made.writer_features if made.writer >= 7 else tuple(sorted(features(made)))
    writing = (*have, *sorted(wanted))
    reading = {*made.reader_features, *(_OF_READERS & set(writing))}
    mapped = "columnMapping" in writing
    if not reading:
        return a.Protocol(max(made.reader, 2 if mapped else 1), 7, (), writing)
    return a.Protocol(3, 7, tuple(sorted(reading | ({"columnMapping"} if mapped else set()))), writing)


def enabled(old: a.Protocol, new: a.Protocol, given: Mapping[str, str]) -> a.Protocol:
    """The new protocol. DELTA_FEATURES_REQUIRE_MANUAL_ENABLEMENT where a column brings a feature, not found in the
    properties `given`, that tables only get when they are made."""
    brought = {"timestampNtz"} & (features(new) - features(old))
    if brought and not any(k.removeprefix(_FEATURE) in brought for k in given):
        shown = ", ".join(sorted(features(old)))
        raise UnsupportedOperation(
            "DELTA_FEATURES_REQUIRE_MANUAL_ENABLEMENT", unsupportedFeatures="timestampNtz", supportedFeatures=shown
        )
    return new


def without(protocol: a.Protocol, feature: str) -> a.Protocol:
    """The protocol that asks for one feature less; by versions where these say the same."""
    left = features(protocol) - {feature}
    reading = {f for f in protocol.reader_features if f != feature}
    for version in range(2, 7):
        if left == {f for v, names in _IMPLIED if version >= v for f in names} and reading <= {"columnMapping"}:
            return a.Protocol(2 if version >= 5 else 1, version)
    if reading - {"columnMapping"}:
        return a.Protocol(3, 7, tuple(sorted(reading)), tuple(sorted(left)))
    return a.Protocol(2 if "columnMapping" in left else 1, 7, (), tuple(sorted(left)))


def at_least(protocol: a.Protocol, reader: int, writer: int) -> a.Protocol:
    """The protocol with what writers of a version before features must do; those of features are as they are."""
    if protocol.writer < 7 and writer < 7:
        made = max(protocol.writer, writer)
        return a.Protocol(max(protocol.reader, min(reader, 2), 2 if made >= 5 else 1), made)
    return protocol


def _needed(schema: StructType, configuration: Mapping[str, str]) -> set[str]:
    asked = {k.removeprefix(_FEATURE): v for k, v in configuration.items() if k.startswith(_FEATURE)}
    for feature, status in asked.items():
        if status.lower() not in ("supported", "enabled"):
            raise IllegalArgument("DELTA_UNSUPPORTED_FEATURE_STATUS", feature=feature, status=status)
    wanted = set(asked)
    if unknown := wanted - WRITE_FEATURES:
        shown = ", ".join(f"{_FEATURE}{f}" for f in sorted(unknown))
        raise UnsupportedOperation("DELTA_UNSUPPORTED_FEATURES_IN_CONFIG", configs=shown)
    wanted |= {feature for key, names in _OF_PROPERTIES if flag(configuration, key) for feature in names}
    if configuration.get("delta.checkpointPolicy", "").lower() == "v2":
        wanted.add("v2Checkpoint")
    if contains_type(schema, VariantType):
        wanted.add("variantType")
    for f in fields_in(schema):
        wanted |= {"timestampNtz"} if isinstance(f.type, TimestampNTZType) else set()
        wanted |= {"generatedColumns"} if f'"{GENERATED}"' in f.metadata else set()
        wanted |= {"identityColumns"} if f'"{IDENTITY}' in f.metadata else set()
    if any(k.startswith("delta.constraints.") for k in configuration):
        wanted.add("checkConstraints")
    if is_mapped(configuration):
        wanted.add("columnMapping")
    return wanted


def check_writable(
    path: Place, old: a.Metadata | None, protocol: a.Protocol, metadata: a.Metadata, changes_rows: bool
) -> None:
    """Raise what keeps a table, which had the metadata `old`, from being written so."""
    if protocol.writer > 7:
        raise invalid_version(protocol, path)
    if unknown := set(protocol.writer_features) - WRITE_FEATURES:
        raise UnsupportedOperation(
            "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", tableNameOrPath=path, unsupported=", ".join(sorted(unknown))
        )
    if old is None or old.schema != metadata.schema:
        _check_types(metadata.schema)
        if "allowColumnDefaults" not in protocol.writer_features and _has_default(metadata.schema):
            verb = "CREATE TABLE" if old is None else "ALTER TABLE"
            raise AnalysisError("WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED", commandType=verb)
    names = [f.name for f in fields_in(metadata.schema) if NOT_IN_NAMES & set(f.name)]
    if names and not is_mapped(metadata.configuration) and (old is None or old.schema != metadata.schema):
        raise AnalysisError("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", invalidColumnNames=", ".join(names))
    reserved = [f.name for f in metadata.schema.fields if f.name.lower() in FEED_COLUMNS]
    if reserved and flag(metadata.configuration, FEED):
        shown = f"[{','.join(reserved)}]"
        if old is None or not flag(old.configuration, FEED):
            raise AnalysisError("DELTA_TABLE_ALREADY_CONTAINS_CDC_COLUMNS", columnList=shown)
        raise AnalysisError("RESERVED_CDC_COLUMNS_ON_WRITE", columnList=shown, config=FEED)
    if changes_rows and flag(metadata.configuration, "delta.appendOnly"):
        raise append_only(path)


def _check_types(schema: StructType) -> None:
    """A log that says others can be read by nobody."""
    fields = [f for f in schema.fields if f.type != NULL]  # VOID is read as NULL, but not inside of a column
    bad = {f.name: sql_name(f.type) for f in fields if not _has_only(f.type, (*_TYPES, VariantType))}
    if bad:
        shown = ", ".join(f'{quote(name)} "{type}"' for name, type in bad.items())
        raise AnalysisError("DELTA_UNSUPPORTED_DATA_TYPES", dataTypeList=shown)


def _has_only(type: DataType, types: tuple[Any, ...]) -> bool:
    return all(isinstance(t, (*types, *COMPLEX)) for t in walk_types(type))


def _has_default(schema: StructType) -> bool:
    return any('"CURRENT_DEFAULT"' in f.metadata for f in fields_in(schema))


def append_only(path: Place) -> SparkError:
    return UnsupportedOperation("DELTA_CANNOT_MODIFY_APPEND_ONLY", table_name=path, config="delta.appendOnly")
