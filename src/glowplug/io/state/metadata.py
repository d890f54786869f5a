"""`spark.read.format("state-metadata")`: which stateful operators a checkpoint is of, Spark's checkpoints included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from glowplug.errors import UnsupportedOperation
from glowplug.io.place import Place
from glowplug.io.source import Pairs, Reading, Source
from glowplug.io.state import layout
from glowplug.io.state.options import checkpoint_of, given_options
from glowplug.io.streams.log import MetadataLog
from glowplug.source_options import Settings
from glowplug.sqltext import ident
from glowplug.types import INT, LONG, STRING, StructField, StructType

_SCHEMA = StructType((
    StructField("operatorId", LONG), StructField("operatorName", STRING), StructField("stateStoreName", STRING),
    StructField("numPartitions", INT), StructField("minBatchId", LONG), StructField("maxBatchId", LONG),
    StructField("operatorProperties", STRING),
))  # fmt: skip
_HIDDEN = (StructField("_numColsPrefixKey", INT),)
_ARROW = pa.schema([
    ("operatorId", pa.int64()), ("operatorName", pa.string()), ("stateStoreName", pa.string()),
    ("numPartitions", pa.int32()), ("minBatchId", pa.int64()), ("maxBatchId", pa.int64()),
    ("operatorProperties", pa.string()), ("_numColsPrefixKey", pa.int32()),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class MetadataSource(Source):
    """`format("state-metadata")`: a row for each store of each operator of a checkpoint."""

    root: Place

    @property
    def name(self) -> str:
        return "state-metadata"

    @property
    def hidden(self) -> tuple[StructField, ...]:
        return _HIDDEN

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        table = reading.register(self._rows())
        return f"SELECT {', '.join(map(ident, columns)) or '1 AS _'} FROM {table}"

    def _rows(self) -> pa.Table:
        commits = MetadataLog(self.root / "commits").batches() or [-1]
        state = self.root / "state"
        found = [m for n in layout.operators(state) if (m := layout.metadata(state / str(n))) is not None]
        rows = [
            (
                info["operatorInfo"]["operatorId"], info["operatorInfo"]["operatorName"], store["storeName"],
                store["numPartitions"], commits[0], commits[-1], info.get("operatorPropertiesJson"),
                store["numColsPrefixKey"],
            )
            for info in found
            for store in info["stateStoreInfo"]
        ]  # fmt: skip
        return pa.Table.from_pylist([dict(zip(_ARROW.names, row, strict=True)) for row in rows], _ARROW)

    def describe(self) -> str:
        return f"state-metadata {self.root}"


def resolve(paths: Sequence[str], schema: StructType | None, pairs: Pairs, settings: Settings) -> MetadataSource:
    """What `spark.read.format("state-metadata").load(checkpoint)` reads. Raises STDS_…"""
    if schema is not None:
        raise UnsupportedOperation("_LEGACY_ERROR_TEMP_2242", provider="StateMetadataSource")
    return MetadataSource(_SCHEMA, checkpoint_of(given_options(pairs, settings), tuple(paths), settings))
