"""CSV files as they are written: fields as texts (`functions/csv_texts.py`), joined by the kernel."""

from __future__ import annotations

from glowplug.functions import csv_fields
from glowplug.functions.csv_texts import CsvWriteOptions, field_text, quoted
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs
from glowplug.io.text_files import text_output
from glowplug.source_options import read_options
from glowplug.sqltext import literal
from glowplug.types import DataType, StructType, VariantType


def supports(type: DataType) -> bool:
    return csv_fields.supports(type) and not isinstance(type, VariantType)


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    o = read_options(CsvWriteOptions, options, context.settings)
    fields = schema.fields
    texts = [field_text(f"d{i}", f.type, o, context.kernel, i == 0) for i, f in enumerate(fields)]
    line = texts[0] if len(texts) == 1 else f"concat_ws({literal(o.separator)}, {', '.join(texts)})"
    header = o.separator.join(quoted(f.name, o, i == 0) for i, f in enumerate(fields)) if o.header else None
    found = text_output(line, header, f".{o.extension}", o.compression, o.line_separator, o.encoding)
    # A record that would be an empty line is not written.
    return found.but_where(f"{line} <> ''") if len(fields) == 1 else found
