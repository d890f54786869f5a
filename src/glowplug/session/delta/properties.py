"""Properties of Delta tables: which there are, and what values they take.

https://docs.delta.io/latest/table-properties.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from glowplug.errors import AnalysisError, IllegalArgument, unsupported

DISABLED = "spark.databricks.delta.allowArbitraryProperties.enabled"


def _boolean(text: str) -> bool:
    return text.lower() in ("true", "false")


def _number(text: str) -> bool:
    return text.lstrip("-").isdigit()


def _positive(text: str) -> bool:
    return text.isdigit() and int(text) > 0


def _any(text: str) -> bool:
    return True


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda text: text.lower() in values


KNOWN: dict[str, Callable[[str], bool]] = {
    "delta.appendOnly": _boolean,
    "delta.autoOptimize": _boolean,
    "delta.autoOptimize.autoCompact": _one_of("true", "false", "auto", "legacy"),
    "delta.autoOptimize.optimizeWrite": _boolean,
    "delta.checkpoint.writeStatsAsJson": _boolean,
    "delta.checkpoint.writeStatsAsStruct": _boolean,
    "delta.checkpointInterval": _positive,
    "delta.checkpointPolicy": _one_of("classic", "v2"),
    "delta.checkpointRetentionDuration": _any,
    "delta.columnMapping.maxColumnId": _number,
    "delta.columnMapping.mode": _one_of("none", "name", "id"),
    "delta.compatibility.symlinkFormatManifest.enabled": _boolean,
    "delta.dataSkippingNumIndexedCols": _number,
    "delta.dataSkippingStatsColumns": _any,
    "delta.deletedFileRetentionDuration": _any,
    "delta.enableChangeDataFeed": _boolean,
    "delta.enableDeletionVectors": _boolean,
    "delta.enableExpiredLogCleanup": _boolean,
    "delta.enableFullRetentionRollback": _boolean,
    "delta.enableInCommitTimestamps": _boolean,
    "delta.enableRowTracking": _boolean,
    "delta.enableTypeWidening": _boolean,
    "delta.isolationLevel": _one_of("serializable", "writeserializable", "snapshotisolation"),
    "delta.logRetentionDuration": _any,
    "delta.minReaderVersion": _positive,
    "delta.minWriterVersion": _positive,
    "delta.randomizeFilePrefixes": _boolean,
    "delta.randomPrefixLength": _positive,
    "delta.sampleRetentionDuration": _any,
    "delta.setTransactionRetentionDuration": _any,
    "delta.targetFileSize": _any,
    "delta.tuneFileSizesForRewrites": _boolean,
}
# What a table with them asks of its writers is not done, or asked of readers is not read.
_REFUSED = {
    "delta.enableInCommitTimestamps": ("true",),
    "delta.enableRowTracking": ("true",),
    "delta.enableTypeWidening": ("true",),
}
_PREFIXES = ("delta.constraints.", "delta.feature.", "delta.universalFormat.", "delta.identity.")
_BY_CASE = {k.lower(): k for k in KNOWN}


def check(properties: Mapping[str, str], conf: Any) -> None:
    """DELTA_UNKNOWN_CONFIGURATION; a value that the property does not take is an illegal argument."""
    for key, value in properties.items():
        if not key.lower().startswith("delta."):
            continue
        name = _BY_CASE.get(key.lower())
        if name is None:
            if key.lower().startswith(_PREFIXES) or (conf.get_option(DISABLED) or "").lower() == "true":
                continue
            raise AnalysisError("DELTA_UNKNOWN_CONFIGURATION", config=key, disableCheckConfig=DISABLED)
        if not KNOWN[name](value):
            raise IllegalArgument("INVALID_DATA_SOURCE_OPTION", name=name, value=value, expected="a value it takes")
        if value.lower() in _REFUSED.get(name, ()):
            raise unsupported(f"{name} = {value} of a Delta table that Glowplug writes")


def named(properties: Mapping[str, str]) -> dict[str, str]:
    """Keys of Delta as Delta writes them, whatever case they were given in."""
    return {_BY_CASE.get(k.lower(), k): v for k, v in properties.items()}
