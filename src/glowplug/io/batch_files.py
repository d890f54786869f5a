"""Files that are written in Python from Arrow batches: what ORC, Avro and Arrow have in common when they are written.

The kernel writes a file of its own kind, from which the format's encoder reads a batch at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from glowplug.io.produce import Output

_ROWS = 16_384  # of a batch
# Writes the batches, which have the given schema, into the file at a path.
Encode = Callable[[Iterator[pa.RecordBatch], str], None]


def batch_output(extension: str, columns: Sequence[tuple[str, str]], schema: pa.Schema, encode: Encode) -> Output:
    """`columns` are SQL and names, as of `Output`; `schema` is what the encoder gets, with the names it is to write."""

    def convert(source: str, target: str) -> None:
        with pq.ParquetFile(source) as rows:
            encode((_as(b, schema) for b in rows.iter_batches(_ROWS)), target)

    numbered = [(sql, f"c{i}") for i, (sql, _) in enumerate(columns)]
    return Output(extension, numbered, "FORMAT parquet, COMPRESSION lz4_raw", convert)


def _as(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    arrays = [_cast(c, f.type) for c, f in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cast(column: pa.Array, type: pa.DataType) -> pa.Array:
    """The kernel has no values of nothing but NULLs; its integers cannot be cast to such."""
    if pa.types.is_null(type):
        return pa.nulls(len(column))
    try:
        return column.cast(type)
    except pa.ArrowNotImplementedError:  # such within arrays, maps and structs: few, and seldom many
        return pa.array(column.to_pylist(), type)
