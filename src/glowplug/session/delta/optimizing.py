"""OPTIMIZE: small files become large ones, or all files are written anew in the order of a curve. No row changes.

https://docs.delta.io/latest/optimizations-oss.html
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from glowplug.analyze.context import Context, references, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.config import parse_bytes
from glowplug.errors import AnalysisError, IllegalArgument, UnsupportedOperation
from glowplug.execute.local import evaluate, workbench
from glowplug.execute.operation import Operation
from glowplug.io.files import FileSource
from glowplug.io.listing import DataFile
from glowplug.io.place import Place
from glowplug.io.source import Context as Reading
from glowplug.lake.delta import clustering
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.read import DeltaSource, source
from glowplug.lake.delta.snapshot import Snapshot, absolute, load
from glowplug.lake.delta.staged import stored_path
from glowplug.plan import delta as d
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import Expression, UnresolvedAttribute
from glowplug.plan.names import pretty
from glowplug.plan.predicates import conjuncts
from glowplug.plan.relations import Relation, Scan
from glowplug.session.commands.kept import recached
from glowplug.session.delta.changes import Change, log_paths, run
from glowplug.session.delta.curves import in_order, parted, placed
from glowplug.session.delta.history import table_of
from glowplug.session.delta.optimize_metrics import Work, answer, of_history
from glowplug.session.delta.rows import stored_columns
from glowplug.session.session import Session

LARGE = "spark.databricks.delta.optimize.maxFileSize"
_AUTO = "spark.databricks.delta.autoCompact."
SMALL = "spark.databricks.delta.optimize.minFileSize"
_GIGABYTE = 1 << 30
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be written anew. `order_by` are names of columns; `small` and `large` sizes of files in bytes."""

    at: Snapshot
    scan: Scan
    order_by: tuple[tuple[str, ...], ...]
    predicate: tuple[str, ...]
    small: int
    large: int
    auto: bool = False
    clusters: bool = False
    full: bool = False
    purge: bool = False

    @property
    def vectors(self) -> bool:
        return "deletionVectors" in self.at.protocol.reader_features


def optimize(command: d.Optimize, session: Session, operation: Operation) -> Relation:
    from glowplug.session.world import context

    table, root = table_of(command.parts, "OPTIMIZE", session)
    at = load(root)
    curve = tuple(_ordering(parts, at) for parts in command.order_by)
    scan = scan_at(at, session)
    clustered = () if command.purge else _clustered(command, at, scan, context(session))
    predicate: tuple[str, ...] = ()
    if command.condition is not None:
        test = _of_partitions(command.condition, at, scan, context(session))
        predicate = (pretty(test),)
        pruned = FileSource.prune(scan.source, conjuncts(test), scan.columns, evaluate(session))
        scan = replace(scan, source=pruned)
    large = _bytes(session, LARGE, _GIGABYTE, at.configuration.get("delta.targetFileSize"))
    order_by = clustered or curve
    small = _bytes(session, SMALL, large)
    job = _Job(at, scan, order_by, predicate, small, large, clusters=bool(clustered), full=command.full,
               purge=command.purge)  # fmt: skip
    with recached(session, table):
        return _run(job, session, operation)


def _ordering(parts: tuple[str, ...], at: Snapshot) -> tuple[str, ...]:
    """A column of ZORDER BY as the table spells it, maybe one within structs."""
    path, name = stored_path(parts, at.schema), ".".join(parts)
    if path is None:
        raise IllegalArgument("DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST", columnName=name)
    if name.lower() in {n.lower() for n in at.partition_by}:
        raise IllegalArgument("DELTA_ZORDERING_ON_PARTITION_COLUMN", colName=name)
    return clustering.shown(path, at.schema)


def _clustered(command: d.Optimize, at: Snapshot, scan: Scan, cx: Context) -> tuple[tuple[str, ...], ...]:
    """The clustering columns, for a table that has such; then nothing else can be asked for."""
    columns = clustering.columns_of(at)
    if columns and command.order_by:
        raise AnalysisError("DELTA_CLUSTERING_WITH_ZORDER_BY", zOrderBy=", ".join(map(".".join, command.order_by)))
    if columns and command.condition is not None:
        shown = pretty(resolve(command.condition, scope_of(scan, cx=cx), cx))
        raise UnsupportedOperation("DELTA_CLUSTERING_WITH_PARTITION_PREDICATE", predicates=shown)
    if command.full and not columns:
        raise UnsupportedOperation("DELTA_OPTIMIZE_FULL_NOT_SUPPORTED")
    return columns


def compact_small(path: Place, written: Sequence[str], session: Session, operation: Operation) -> None:
    """Compaction after a write, of the partitions of files that it has written, where there are many small ones,
    whoever wrote them (Delta counts those of one process). Whatever fails is logged: the write has succeeded, and who
    heard of an error would repeat it."""
    try:
        large = _bytes(session, _AUTO + "maxFileSize", 128 << 20)
        small = _bytes(session, _AUTO + "minFileSize", large // 2)
        enough = int(session.conf.get_option(_AUTO + "minNumFiles") or 50)
        at = load(path)
        scan = scan_at(at, session)
        paths = {absolute(at.path, p) for p in written}
        touched = {_key(f) for f in scan.source.files if f.status.path in paths}
        counts = Counter(k for f in scan.source.files if f.status.size < small and (k := _key(f)) in touched)
        files = tuple(f for f in scan.source.files if counts[_key(f)] >= max(enough, 2))
        if files:
            scan = replace(scan, source=replace(scan.source, files=files))
            _run(_Job(at, scan, (), (), small, large, auto=True), session, operation)
    except Exception as error:
        _log.warning("no compaction of %s: %s", path, error)


def _key(file: DataFile) -> tuple[str, ...]:
    return tuple(map(str, file.values))


def scan_at(at: Snapshot, session: Session) -> Scan:
    """The rows of a snapshot."""
    from glowplug.execute.operation import current

    with workbench(session, current()) as bench:
        table = source(at, Reading(session.conf, bench))
    return Scan(table, columns_of(table.schema.fields), columns_of(table.hidden))


def _bytes(session: Session, key: str, otherwise: int, property: str | None = None) -> int:
    text = session.conf.get_option(key) or property
    return otherwise if text is None else parse_bytes(text)


def _of_partitions(condition: Expression, at: Snapshot, scan: Scan, cx: Context) -> Expression:
    """A condition on partition columns. DELTA_NON_PARTITION_COLUMN_REFERENCE."""
    test = resolve(condition, scope_of(scan, cx=cx), cx)
    keys = {n.lower() for n in at.partition_by}
    for column in references(test):
        if column.name.lower() not in keys:
            raise AnalysisError(
                "DELTA_NON_PARTITION_COLUMN_REFERENCE",
                columnName=column.name,
                columnList=", ".join(at.partition_by),
            )
    return test


# --- what is written anew -------------------------------------------------------------------------------


def _run(job: _Job, session: Session, operation: Operation) -> Relation:
    """A version for all partitions whose files become as many: most often one."""
    at = job.at
    considered = {f.status.path: f.status.size for f in job.scan.source.files}
    paths = {absolute(at.path, p): p for p in at.files["path"].to_pylist()}
    work = Work(at, {paths[p]: size for p, size in considered.items()})
    by_parts: dict[int, list[DataFile]] = {}
    for files in _groups(job):
        size = sum(f.status.size for f in files)
        parts = max(1, -(-size // job.large))
        by_parts.setdefault(parts, []).extend(files)
        work.bins += 1 if job.order_by else parts
    for parts, files in sorted(by_parts.items()):
        # all of them change the table that was read: whoever comes between them is in the way of the later ones too
        change, plan = _change(job, files, parts, work, session)
        run(change, plan, session, operation)
    work.partitions = len({_key(f) for files in by_parts.values() for f in files})
    work.batches = len(by_parts)
    return answer(work, bool(job.order_by) and not job.clusters, job.order_by if job.clusters else ())


def _groups(job: _Job) -> Iterator[list[DataFile]]:
    """The files of each partition that are written anew together: all of them if they are to be in an order, else
    small ones, where there are several, and those with rows that are gone."""
    with_gone = {absolute(job.at.path, p) for p in job.at.descriptors()} if job.vectors else set()
    partitions: dict[tuple[str, ...], list[DataFile]] = {}
    for f in job.scan.source.files:
        partitions.setdefault(_key(f), []).append(f)
    if job.clusters and not _unordered(job):
        return
    for files in partitions.values():
        if job.purge:
            files = [f for f in files if f.status.path in with_gone]
        elif not job.order_by:
            files = [f for f in files if f.status.size < job.small or f.status.path in with_gone]
        if (len(files) > 1 and not job.purge) or (files and (job.order_by or files[0].status.path in with_gone)):
            yield files


def _unordered(job: _Job) -> bool:
    """Whether there are files that no OPTIMIZE has ordered by the clustering columns: then all are ordered anew."""
    adds = job.at.adds(job.at.files["path"].to_pylist(), *clustering.FIELDS)
    return any(not clustering.is_ordered(add, job.order_by) for _, add in adds)


def _change(job: _Job, files: Sequence[DataFile], parts: int, work: Work, session: Session) -> tuple[Change, Relation]:
    from glowplug.session.world import context

    at, cx = job.at, context(session)
    paths = frozenset(f.status.path for f in files)
    table: DeltaSource = job.scan.source.of_files(paths)
    plan = stored_columns(replace(job.scan, source=table), at.schema)
    bucketed = bool(job.order_by) and parts > 1
    if job.order_by:
        columns = [resolve(UnresolvedAttribute(parts), scope_of(plan, cx=cx), cx) for parts in job.order_by]
        rows = sum(n or 0 for n in at.files["num_records"].to_pylist()) if "num_records" in at.files.column_names else 0
        plan = placed(plan, columns, rows, session, cx)
        plan = parted(plan, parts, rows, session, cx) if bucketed else in_order(plan)
    removed = [f.status.size for f in files]
    gone = log_paths(at, paths)
    vectors = [v for p, v in at.descriptors().items() if p in set(gone)] if job.vectors else []

    def metrics(sizes: Sequence[int]) -> Mapping[str, int]:
        work.added += sizes
        work.removed += removed
        work.vectors += vectors
        return of_history(sizes, removed, len(vectors))

    layers = bucketed or bool(at.partition_by)
    order_by = [".".join(parts) for parts in job.order_by]
    change = Change(
        path=at.path,
        base=at,
        metadata=at.metadata,
        protocol=at.protocol,
        operation="REORG" if job.purge else "OPTIMIZE",
        parameters={"predicate": json.dumps(job.predicate)}
        | ({"applyPurge": True} if job.purge else _how(job, order_by))
        | ({"isFull": job.full} if job.clusters else {}),
        tags=clustering.tags_of(job.order_by) if job.clusters else None,
        removes=gone,
        reads=Reads(frozenset(gone)),
        data_change=False,
        parts=1 if bucketed else parts,
        bucketed=bucketed,
        sort_by=tuple(parts[0] for parts in job.order_by if len(parts) == 1) if layers else (),
        metrics=lambda written: {},
        of_sizes=metrics,
    )
    return change, plan


def _how(job: _Job, order_by: Sequence[str]) -> dict[str, object]:
    return {
        "zOrderBy": json.dumps([] if job.clusters else order_by),
        "clusterBy": json.dumps(order_by if job.clusters else []),
        "auto": job.auto,
    }
