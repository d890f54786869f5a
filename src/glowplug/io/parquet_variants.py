"""JSON's nulls in columns of variants, which the kernel's reader gives as NULLs: where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glowplug.io.filesystem import FileSystem
from glowplug.io.source import ArrowStream

_NULL = b"\x00"  # the value; no other is less, which statistics of files make use of
JSON_NULL = "struct_pack(\"value\" := '\\x00'::BLOB, metadata := '\\x01\\x00\\x00'::BLOB)"


class JsonNulls(ArrowStream):
    """Rows by the number of their file and their own, both from 0, and for each column whether it is such a null."""

    def __init__(self, fs: FileSystem, paths: Sequence[str], columns: Sequence[str]) -> None:
        self.fs, self.paths, self.columns = fs, paths, columns

    @property
    def schema(self) -> pa.Schema:
        flags = [(f"__c{i}", pa.bool_()) for i in range(len(self.columns))]
        return pa.schema([("__file", pa.int64()), ("__row", pa.int64()), *flags])

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number, path in enumerate(self.paths):
            with self.fs.open(path) as stream:
                file = pq.ParquetFile(stream)
                if not any(_may_have(file.metadata, c) for c in self.columns):
                    continue
                first = 0
                for batch in file.iter_batches(columns=[f"{c}.value" for c in self.columns]):
                    values = [pc.struct_field(batch.column(c), "value") for c in self.columns]
                    found = [pc.fill_null(pc.equal(v, pa.scalar(_NULL, v.type)), False) for v in values]
                    rows = pc.indices_nonzero(reduce(pc.or_, found))
                    yield pa.record_batch(
                        [
                            pa.repeat(pa.scalar(number, pa.int64()), len(rows)),
                            pc.add(rows.cast(pa.int64()), first),
                            *(f.take(rows) for f in found),
                        ],
                        schema=self.schema,
                    )
                    first += batch.num_rows


def _may_have(file: Any, column: str) -> bool:
    for group in (file.row_group(i) for i in range(file.num_row_groups)):
        for chunk in (group.column(i) for i in range(file.num_columns)):
            if chunk.path_in_schema != f"{column}.value":
                continue
            of = chunk.statistics
            if of is None or (not of.has_min_max and of.null_count != chunk.num_values):
                return True
            if of.has_min_max and of.min == _NULL:
                return True
    return False
