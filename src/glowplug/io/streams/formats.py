"""The one table of stream sources: format → what makes the `Stream`. Every file format is one as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from glowplug.errors import UnsupportedOperation
from glowplug.io import formats
from glowplug.io.source import Context, Pairs
from glowplug.io.streams import file, memory, rate, socket
from glowplug.io.streams.contract import Stream
from glowplug.types import StructType

Make = Callable[[StructType | None, Pairs, Sequence[str], Context], Stream]


def _kafka(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    from glowplug.io.streams import kafka  # its client takes a while to load

    return kafka.kafka(schema, options, context)


def _delta(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    from glowplug.lake.delta import stream

    return stream.delta(schema, options, paths, context)


STREAMS: dict[str, Make] = {
    "rate": rate.rate,
    "rate-micro-batch": rate.rate_micro_batch,
    "socket": socket.socket_stream,
    "memory": memory.memory,
    "kafka": _kafka,
    "delta": _delta,
}


def resolve(name: str, schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    """What `spark.readStream.format(name)…load()` reads. Raises DATA_SOURCE_NOT_FOUND."""
    make = STREAMS.get(name.lower())
    if make is None:
        format = formats.find(name)
        if format.name not in FILES:
            raise UnsupportedOperation("_LEGACY_ERROR_TEMP_2049", className=name, operator="reading")
        make = partial(file.stream, format.name)
    return make(schema, options, paths, context)


# Formats of files that come one after the other; not, for one, tables of a database.
FILES = {"parquet", "csv", "json", "text", "orc", "avro", "xml", "binaryfile"}
