"""XML files as they are written: each row an indented element, made by the kernel as `to_xml` makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from glowplug.errors import AnalysisError, ExecutionError, unsupported
from glowplug.functions.codes import BINARY_STYLE
from glowplug.functions.lowering import bind
from glowplug.functions.record_options import CODECS, RecordWriteOptions
from glowplug.functions.xml_writer import XmlWriter
from glowplug.io.produce import Output
from glowplug.io.source import Context, Pairs
from glowplug.io.text_files import Values, text_output
from glowplug.source_options import codec, filled, invalid_option, of_session, option, read_options, tag
from glowplug.sqltext import literal
from glowplug.type_trees import contains_type, fields_in
from glowplug.types import StructType, VariantType, quote

_NAME = re.compile(r"[^\W\d][\w.:-]*")
_FORBIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlWriteOptions(RecordWriteOptions):
    """https://spark.apache.org/docs/latest/sql-data-sources-xml.html"""

    row_tag: str | None = option("rowTag", "The element that is a row.", None, parse=tag)
    root_tag: str = option("rootTag", "The element that holds the rows, and its attributes.", "ROWS", parse=tag)
    declaration: str = option("declaration", "What the XML declaration says; empty = none.",
                              'version="1.0" encoding="UTF-8" standalone="yes"', parse=tag)  # fmt: skip
    indent: str = option("indent", "What elements are indented by, a level; empty: a row is a line.", "    ")
    array_tag: str = option("arrayElementName", "The element of arrays in arrays.", "item")
    prefix: str = option("attributePrefix", "Columns that begin with it are attributes.", "_")
    value_tag: str = option("valueTag", "The column that is an element's own text.", "_VALUE", parse=filled)
    null_value: str | None = option("nullValue", "The text that stands for NULL; else it is left out.", None)
    compression: str = option("compression", "How files are compressed.", "none", parse=codec(CODECS))
    validate_names: bool = option("validateName", "Names that XML does not allow are errors.", True)
    binary_style: str = of_session(BINARY_STYLE, "", str.upper)


def output(schema: StructType, options: Pairs, context: Context) -> Output:
    o = read_options(XmlWriteOptions, options, context.settings)
    if not (o.row_tag or "").strip():
        raise AnalysisError("XML_ROW_TAG_MISSING", rowTag="`rowTag`")
    if contains_type(schema, VariantType):
        raise unsupported("writing variants to XML files")
    if o.prefix == o.value_tag:
        raise invalid_option("valueTag", o.value_tag, "another text than attributePrefix")
    if not o.root_tag.split():
        raise ExecutionError("TASK_WRITE_FAILED", path="of the job", reason="the root has no name")
    low: Any = Values(context.kernel)
    if o.validate_names:
        _check_names(o, schema)
    writer = XmlWriter(low, o.time_zone or context.kernel.time_zone, o.prefix, o.value_tag, o.null_value)
    writer = replace(writer, array_tag=o.array_tag, binary_style=o.binary_style, indent=o.indent, **o.formats)
    parts = ", ".join(f"f{i} := d{i}" for i in range(len(schema.fields)))
    row = writer.element(literal(str(o.row_tag)), f"struct_pack({parts})", schema, 1)
    head = (f"<?xml {o.declaration}?>\n" if o.declaration else "") + f"<{o.root_tag}>\n"
    foot = f"</{o.root_tag.split(maxsplit=1)[0]}>"
    # Each row begins with the end of the line before; characters that XML does not have cannot be written.
    failure = context.kernel.failure(
        "TASK_WRITE_FAILED", path="'of the job'", reason="'there is a character in a value that XML does not allow'"
    )
    line = bind(
        f"substring({row}, 2)" if o.indent else row,
        lambda v: f"CASE WHEN regexp_matches({v}, '{_FORBIDDEN}') THEN {failure} ELSE {v} END",
    )
    return text_output(line, None, ".xml", o.compression, "\n", o.encoding, (head, foot))


def _check_names(o: XmlWriteOptions, schema: StructType) -> None:
    """Raise TASK_WRITE_FAILED for a name that XML does not allow."""
    for name in (str(o.row_tag), *(f.name for f in fields_in(schema))):
        plain = name[len(o.prefix) :] if o.prefix and name.startswith(o.prefix) else name
        if name != o.value_tag and not _NAME.fullmatch(plain):
            raise ExecutionError("TASK_WRITE_FAILED", path="of the job", reason=f"{quote(name)} is no name of XML")
