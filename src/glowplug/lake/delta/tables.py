"""Delta tables as catalogs have them: what the log says stands in the place of what the catalog's entry says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glowplug.catalog.table import Identifier, Table
from glowplug.errors import AnalysisError, SparkError
from glowplug.io.place import place_of
from glowplug.lake.delta.clustering import columns_of
from glowplug.lake.delta.columns import is_computed, shown_schema, sized
from glowplug.lake.delta.newest import newest
from glowplug.lake.delta.snapshot import Snapshot, is_table, not_found
from glowplug.source_options import Settings
from glowplug.types import StructType

SESSION_CATALOG = "spark_catalog"


def loaded(table: Table, settings: Settings) -> Table:
    """The table with its log's columns, partitioning and properties; as it is if it has no log (any more)."""
    if table.location is None:
        return table
    root = place_of(table.location, settings)
    return of(table, newest(root)) if is_table(root) else table


def of(table: Table, snapshot: Snapshot) -> Table:
    """The table of a catalog as its log says it is: schema, partitions, properties, comment."""
    options = {**dict(table.properties), **snapshot.configuration}
    versions = {
        "delta.minReaderVersion": str(snapshot.protocol.reader),
        "delta.minWriterVersion": str(snapshot.protocol.writer),
    }
    features = sorted({*snapshot.protocol.reader_features, *snapshot.protocol.writer_features})
    return replace(
        table,
        schema=StructType(tuple(map(sized, shown_schema(snapshot).fields))),
        partition_by=snapshot.partition_by,
        cluster_by=columns_of(snapshot),
        properties=tuple({**options, **versions, **{f"delta.feature.{f}": "supported" for f in features}}.items()),
        comment=snapshot.metadata.description or table.comment,
        computed=tuple(f.name for f in snapshot.schema.fields if is_computed(f)),
    )


def partitioned_otherwise(original: Sequence[str], provided: Sequence[str]) -> SparkError:
    shown = f"It is partitioned by [{', '.join(original)}], and not by [{', '.join(provided)}]."
    return AnalysisError("DELTA_METADATA_MISMATCH", details=shown)


def at_path(path: str, settings: Settings) -> Table:
    """The table in a directory (delta.`/t`). DELTA_TABLE_NOT_FOUND."""
    root = place_of(path, settings)
    if not is_table(root):
        raise not_found(root)
    identifier = Identifier(SESSION_CATALOG, ("delta",), path)
    at = newest(root)
    return of(Table(identifier, "external", at.schema, "delta", location=root.as_given), at)
