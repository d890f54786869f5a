"""Properties of Delta tables: which there are, and what values they take.

https://docs.delta.io/latest/table-properties.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from glowplug.errors import AnalysisError, IllegalArgument
from glowplug.interval_texts import parse_calendar
from glowplug.lake.delta.actions import Protocol
from glowplug.lake.delta.staged import STATS_COLUMNS, named_columns, stored_path
from glowplug.session.delta.protocol import at_least
from glowplug.types import StructType

DISABLED = "spark.databricks.delta.allowArbitraryProperties.enabled"


# Each says what is expected where a text is not that; "" where it is.


def _boolean(text: str) -> str:
    return "" if text.lower() in ("true", "false") else "true or false"


def _number(text: str) -> str:
    return "" if re.fullmatch("-?[0-9]+", text) else "a whole number"


def _positive(text: str) -> str:
    return "" if re.fullmatch("0*[1-9][0-9]*", text) else "a whole number above 0"


def _any(text: str) -> str:
    return ""


def _indexed(text: str) -> str:
    return "" if not _number(text) and int(text) >= -1 else "a whole number, or -1 for all columns"


def _interval(text: str) -> str:
    """DELTA_INVALID_INTERVAL."""
    found = parse_calendar(text)
    if found is None:
        raise IllegalArgument("DELTA_INVALID_INTERVAL", interval=text)
    return "an interval without months, whose length is not known" if found[0] else ""


def _isolation(text: str) -> str:
    """Only one is done, as by Delta outside of Databricks. DELTA_INVALID_ISOLATION_LEVEL."""
    if text.lower() not in ("serializable", "writeserializable", "snapshotisolation"):
        raise IllegalArgument("DELTA_INVALID_ISOLATION_LEVEL", isolationLevel=f"'{text}'")
    return "" if text.lower() == "serializable" else "Serializable"


def _one_of(*values: str) -> Callable[[str], str]:
    return lambda text: "" if text.lower() in values else f"one of {', '.join(values)}"


READER, WRITER = "delta.minReaderVersion", "delta.minWriterVersion"
KNOWN: dict[str, Callable[[str], str]] = {
    "delta.appendOnly": _boolean,
    "delta.autoOptimize": _boolean,
    "delta.autoOptimize.autoCompact": _boolean,
    "delta.autoOptimize.optimizeWrite": _boolean,
    "delta.checkpoint.writeStatsAsJson": _boolean,
    "delta.checkpoint.writeStatsAsStruct": _boolean,
    "delta.checkpointInterval": _positive,
    "delta.checkpointPolicy": _one_of("classic", "v2"),
    "delta.checkpointRetentionDuration": _interval,
    "delta.columnMapping.maxColumnId": _number,
    "delta.columnMapping.mode": _one_of("none", "name", "id"),
    "delta.compatibility.symlinkFormatManifest.enabled": _boolean,
    "delta.dataSkippingNumIndexedCols": _indexed,
    "delta.dataSkippingStatsColumns": _any,
    "delta.deletedFileRetentionDuration": _interval,
    "delta.enableChangeDataFeed": _boolean,
    "delta.enableDeletionVectors": _boolean,
    "delta.enableExpiredLogCleanup": _boolean,
    "delta.enableFullRetentionRollback": _boolean,
    "delta.enableInCommitTimestamps": _boolean,
    "delta.enableRowTracking": _boolean,
    "delta.enableTypeWidening": _boolean,
    "delta.enableVariantShredding": _boolean,
    "delta.isolationLevel": _isolation,
    "delta.logRetentionDuration": _interval,
    READER: _one_of("1", "2", "3"),
    WRITER: _one_of("1", "2", "3", "4", "5", "6", "7"),
    "delta.randomizeFilePrefixes": _boolean,
    "delta.randomPrefixLength": _positive,
    "delta.requireCheckpointProtectionBeforeVersion": _number,
    "delta.rowTrackingSuspended": _boolean,
    "delta.sampleRetentionDuration": _interval,
    "delta.setTransactionRetentionDuration": _interval,
}
_PREFIXES = ("delta.feature.",)
_BY_CASE = {k.lower(): k for k in KNOWN}


def check(properties: Mapping[str, str], conf: Any) -> None:
    """DELTA_UNKNOWN_CONFIGURATION; for a value that the property does not take, IllegalArgument."""
    for key, value in properties.items():
        if not key.lower().startswith("delta."):
            continue
        name = _BY_CASE.get(key.lower())
        if name is None:
            if key.lower().startswith("delta.constraints."):
                raise AnalysisError("DELTA_ADD_CONSTRAINTS")
            if key.lower().startswith(_PREFIXES) or (conf.get_option(DISABLED) or "").lower() == "true":
                continue
            raise AnalysisError("DELTA_UNKNOWN_CONFIGURATION", config=key, disableCheckConfig=DISABLED)
        if name in (READER, WRITER) and _number(value):
            raise IllegalArgument("DELTA_PROTOCOL_PROPERTY_NOT_INT", key=name, value=value)
        if expected := KNOWN[name](value):
            raise IllegalArgument("INVALID_DATA_SOURCE_OPTION", name=name, value=value, expected=expected)


def named(properties: Mapping[str, str]) -> dict[str, str]:
    """Keys of Delta as Delta writes them, whatever case they were given in; intervals with the word, which the library
    that reads the log wants."""
    names = {k: _BY_CASE.get(k.lower(), k) for k in properties}
    return {names[k]: _with_word(v) if KNOWN.get(names[k]) is _interval else v for k, v in properties.items()}


def upgraded(configuration: Mapping[str, str], old: Protocol | None) -> tuple[dict[str, str], Protocol | None]:
    """The properties without the versions of the protocol that a table is to have at least, and these."""
    kept = {k: v for k, v in configuration.items() if k not in (READER, WRITER)}
    if len(kept) == len(configuration):
        return kept, old
    return kept, at_least(old or Protocol(1, 1), int(configuration.get(READER, 1)), int(configuration.get(WRITER, 1)))


def _with_word(interval: str) -> str:
    return interval if interval.lower().startswith("interval") else f"interval {interval}"


def check_columns(properties: Mapping[str, str], schema: StructType) -> None:
    """DELTA_COLUMN_NOT_FOUND_IN_SCHEMA, DELTA_DUPLICATE_DATA_SKIPPING_COLUMNS."""
    seen: set[tuple[str, ...]] = set()
    for name, parts in named_columns(properties.get(STATS_COLUMNS, "")):
        path = stored_path(parts, schema)
        if path is None:
            shown = ", ".join(f.name for f in schema.fields)
            raise AnalysisError("DELTA_COLUMN_NOT_FOUND_IN_SCHEMA", columnName=name, tableSchema=shown)
        if path in seen:
            raise IllegalArgument("DELTA_DUPLICATE_DATA_SKIPPING_COLUMNS", columns=name)
        seen.add(path)
