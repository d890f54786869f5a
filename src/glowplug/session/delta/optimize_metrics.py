"""What OPTIMIZE answers, and what the history has of it: Delta's columns.

https://docs.delta.io/latest/optimizations-oss.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from glowplug.lake.delta import clustering
from glowplug.lake.delta.actions import DeletionVector
from glowplug.lake.delta.snapshot import Snapshot
from glowplug.lake.delta.staged import indexed_columns
from glowplug.plan.relations import Relation
from glowplug.session.rows import rows
from glowplug.types import BOOLEAN, DOUBLE, LONG, STRING, DataType, StructField, StructType


def _struct(**types: DataType) -> StructType:
    """Numbers are never missing, but the least and greatest of nothing are."""
    may_miss = ("min", "max", "mergedNumCubes")
    return StructType(
        tuple(
            StructField(n, t, n in may_miss or n.endswith("Parallelism") or isinstance(t, StructType) or t == STRING)
            for n, t in types.items()
        )
    )


_SIZES = _struct(min=LONG, max=LONG, avg=DOUBLE, totalFiles=LONG, totalSize=LONG)
_NUM, _NUM_FILES = _struct(num=LONG, size=LONG), _struct(numFiles=LONG, size=LONG)
_CURVE = _struct(
    strategyName=STRING, inputCubeFiles=_NUM, inputOtherFiles=_NUM, inputNumCubes=LONG, mergedFiles=_NUM,
    numOutputCubes=LONG, mergedNumCubes=LONG,
)  # fmt: skip
_CLUSTERING = _struct(
    inputZCubeFiles=_NUM_FILES, inputOtherFiles=_NUM_FILES, inputNumZCubes=LONG, mergedFiles=_NUM_FILES,
    numOutputZCubes=LONG,
)  # fmt: skip
_PARALLEL = _struct(
    maxClusterActiveParallelism=LONG, minClusterActiveParallelism=LONG, maxSessionActiveParallelism=LONG,
    minSessionActiveParallelism=LONG,
)  # fmt: skip
_VECTORS = _struct(numDeletionVectorsRemoved=LONG, numDeletionVectorRowsRemoved=LONG)
_BEFORE: dict[str, DataType] = {
    "numFilesAdded": LONG, "numFilesRemoved": LONG, "filesAdded": _SIZES, "filesRemoved": _SIZES,
    "partitionsOptimized": LONG, "zOrderStats": _CURVE, "clusteringStats": _CLUSTERING, "numBins": LONG,
    "numBatches": LONG, "totalConsideredFiles": LONG, "totalFilesSkipped": LONG, "preserveInsertionOrder": BOOLEAN,
    "numFilesSkippedToReduceWriteAmplification": LONG, "numBytesSkippedToReduceWriteAmplification": LONG,
    "startTimeMs": LONG, "endTimeMs": LONG,
}  # fmt: skip
_METRICS = StructType(
    (
        *_struct(**_BEFORE).fields,
        *(StructField(n, LONG, False) for n in ("totalClusterParallelism", "totalScheduledTasks")),
        *_struct(
            autoCompactParallelismStats=_PARALLEL, deletionVectorStats=_VECTORS, numTableColumns=LONG,
            numTableColumnsWithStats=LONG,
        ).fields,
    )
)  # fmt: skip


@dataclass(slots=True)
class Work:
    """What has been done to a table: sizes of files in bytes, `bins` that became files of their own, and `batches`,
    which are versions. `vectors` are those whose rows are gone for good."""

    at: Snapshot
    considered: Mapping[str, int]  # the files' sizes, by their paths in the log
    started: int = field(default_factory=lambda: int(time.time() * 1000))
    added: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    vectors: list[DeletionVector] = field(default_factory=list)
    partitions: int = 0
    bins: int = 0
    batches: int = 0


def of_history(added: Sequence[int], removed: Sequence[int], vectors: int) -> dict[str, int]:
    """A version's metrics."""
    sizes = sorted(added)
    spread = {f"p{p}FileSize": sizes[len(sizes) * p // 100] for p in (25, 50, 75)} if sizes else {}
    ends = {"minFileSize": sizes[0], "maxFileSize": sizes[-1]} if sizes else {}
    return {
        "numRemovedFiles": len(removed),
        "numRemovedBytes": sum(removed),
        "numAddedFiles": len(added),
        "numAddedBytes": sum(added),
        "numDeletionVectorsRemoved": vectors,
        **ends,
        **spread,
    }


def answer(work: Work, curve: bool, clustered: Sequence[clustering.Names]) -> Relation:
    """A row: the table's path and all that was done. `curve`: by ZORDER BY; else by columns of a clustered table."""
    at, considered = work.at, work.considered
    columns = len(at.schema.fields)
    indexed = indexed_columns(at.configuration, at.schema)
    with_statistics = len(indexed) if not isinstance(indexed, int) else columns if indexed < 0 else indexed
    gone = {
        "numDeletionVectorsRemoved": len(work.vectors),
        "numDeletionVectorRowsRemoved": sum(v.cardinality for v in work.vectors),
    }
    metrics = {
        "numFilesAdded": len(work.added),
        "numFilesRemoved": len(work.removed),
        "filesAdded": _sizes(work.added),
        "filesRemoved": _sizes(work.removed),
        "partitionsOptimized": work.partitions,
        "zOrderStats": _of_curve(work) if curve else None,
        "clusteringStats": _of_clustering(work, clustered) if clustered else None,
        "numBins": work.bins,
        "numBatches": max(work.batches, 1),
        "totalConsideredFiles": len(considered),
        "totalFilesSkipped": len(considered) - len(work.removed),
        "preserveInsertionOrder": False,
        "numFilesSkippedToReduceWriteAmplification": 0,
        "numBytesSkippedToReduceWriteAmplification": 0,
        "startTimeMs": work.started,
        "endTimeMs": int(time.time() * 1000),
        "totalClusterParallelism": os.cpu_count() or 1,
        "totalScheduledTasks": 0,
        "autoCompactParallelismStats": None,
        "deletionVectorStats": gone if work.vectors else None,
        "numTableColumns": columns,
        "numTableColumnsWithStats": min(with_statistics, columns),
    }
    return rows((("path", STRING), ("metrics", _METRICS)), [(at.location, metrics)], nullable=True)


def _sizes(of: Sequence[int]) -> dict[str, Any]:
    least, most = (f(of) if of else None for f in (min, max))
    average = sum(of) / len(of) if of else 0.0
    return {"min": least, "max": most, "avg": average, "totalFiles": len(of), "totalSize": sum(of)}


def _counted(sizes: Iterable[int], name: str) -> dict[str, int]:
    of = list(sizes)
    return {name: len(of), "size": sum(of)}


def _of_curve(work: Work) -> dict[str, Any]:
    """Which files a curve has ordered before is not in the log: all of them are ordered anew."""
    return {
        "strategyName": "all",
        "inputCubeFiles": _counted((), "num"),
        "inputOtherFiles": _counted(work.considered.values(), "num"),
        "inputNumCubes": 0,
        "mergedFiles": _counted(work.removed, "num"),
        "numOutputCubes": work.bins,
        "mergedNumCubes": None,
    }


def _of_clustering(work: Work, columns: Sequence[clustering.Names]) -> dict[str, Any]:
    adds = work.at.adds(work.considered, *clustering.FIELDS)
    cubes = {path: clustering.cube_of(add) for path, add in adds if clustering.is_ordered(add, columns)}
    return {
        "inputZCubeFiles": _counted((work.considered[p] for p in cubes), "numFiles"),
        "inputOtherFiles": _counted((s for p, s in work.considered.items() if p not in cubes), "numFiles"),
        "inputNumZCubes": len(set(cubes.values())),
        "mergedFiles": _counted(work.removed, "numFiles"),
        "numOutputZCubes": work.bins,
    }
