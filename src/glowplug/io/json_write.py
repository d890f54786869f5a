"""JSON files as they are written: a line an object, made by the kernel as `to_json` makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from struct import iter_unpack
from typing import Any

from glowplug.functions.json_writer import JsonWriter, pretty
from glowplug.functions.lowering import per_row
from glowplug.functions.record_options import CODECS, RecordWriteOptions
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs
from glowplug.io.text import separator
from glowplug.io.text_files import Values, text_output
from glowplug.source_options import codec, option, read_options
from glowplug.type_trees import contains_type
from glowplug.types import STRING, CalendarIntervalType, DataType, GeographyType, GeometryType, StructType


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonWriteOptions(RecordWriteOptions):
    """https://spark.apache.org/docs/latest/sql-data-sources-json.html"""

    line_separator: str = option("lineSep", "What ends an object.", "\n", parse=separator)
    compression: str = option("compression", "How files are compressed.", "none", parse=codec(CODECS))
    ignore_nulls: bool = option("ignoreNullFields", "Leave fields out that are NULL.", True,
                                setting="spark.sql.jsonGenerator.ignoreNullFields")  # fmt: skip
    sort_keys: bool = option("sortKeys", "Write fields and keys by name.", False)
    pretty: bool = option("pretty", "Write an object on several lines.", False)
    ascii: bool = option("writeNonAsciiCharacterAsCodePoint", "Write other characters as escapes.", False)


def supports(type: DataType) -> bool:
    return not contains_type(type, (CalendarIntervalType, GeometryType, GeographyType))


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    o = read_options(JsonWriteOptions, options, context.settings)
    low: Any = Values(context.kernel)
    zone = o.time_zone or context.kernel.time_zone
    writer = JsonWriter(low, zone, o.ignore_nulls, o.sort_keys, **o.formats)
    line = writer.object([(f.name, f"d{i}", f.type) for i, f in enumerate(schema.fields)])
    if o.pretty:
        line = per_row(low, "pretty_json", pretty, [(line, STRING)], STRING)
    if o.ascii:
        line = per_row(low, "ascii_json", _ascii, [(line, STRING)], STRING)
    return text_output(line, None, ".json", o.compression, o.line_separator, o.encoding)


def _ascii(text: str) -> str:
    """Other characters than those of ASCII, which stand in texts and names only, as the escapes of their halves."""
    return re.sub(
        r"[^\0-\x7f]", lambda m: "".join(f"\\u{u:04X}" for (u,) in iter_unpack(">H", m[0].encode("utf-16-be"))), text
    )
