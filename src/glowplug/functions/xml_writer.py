"""`to_xml` in the kernel: each value as indented elements. Semantics of Spark's `StaxXmlGenerator`."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from glowplug import types as t
from glowplug.datetime_patterns import format_sql
from glowplug.functions.codes import binary_text
from glowplug.functions.lowering import bind
from glowplug.plan.function import Lowering


@dataclass(frozen=True, slots=True)
class XmlWriter:
    """How values are written. `zone` is that in which timestamps are shown."""

    low: Lowering
    zone: str
    prefix: str = "_"
    value_tag: str = "_VALUE"
    null_value: str | None = None
    date_format: str = "yyyy-MM-dd"
    timestamp_format: str = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXXXX]"
    timestamp_ntz_format: str = "yyyy-MM-dd'T'HH:mm:ss[.SSS]"
    array_tag: str = "item"  # the element of arrays in arrays
    indent: str = "    "  # of each level; empty: all on one line
    binary_style: str = ""  # spark.sql.binaryOutputStyle
    names: itertools.count[int] = field(default_factory=itertools.count)

    def element(self, tag: str, x: str, type: t.DataType, depth: int) -> str:
        """Kernel SQL for a line of its own with the element `tag` (SQL) of a value; NULL or empty if there is none."""
        start = self._line(depth) if depth else "''"
        match type:
            case t.ArrayType(t.ArrayType() as inner):
                return bind(x, lambda v: self._each(v, lambda e: self._array(tag, e, inner, start, depth)))
            case t.ArrayType(element):
                return bind(x, lambda v: self._each(v, lambda e: self.element(tag, e, element, depth)))
            case t.StructType(fields):
                return bind(x, lambda v: self._struct(tag, v, fields, start, depth))
            case t.MapType(_, value):
                return bind(x, lambda v: self._map(tag, v, value, start, depth))
        text = self.text(x, type)
        if self.null_value is not None:
            text = f"coalesce({text}, {self.low.literal(self.null_value)})"
        return f"{start} || '<' || {tag} || '>' || {text} || '</' || {tag} || '>'"

    def _line(self, depth: int) -> str:
        return self.low.literal("\n" + self.indent * depth if self.indent else "")

    def _each(self, items: str, write: object) -> str:
        assert callable(write)
        name = f"w{next(self.names)}"
        return f"array_to_string(list_transform({items}, (lambda {name}: {write(name)})), '')"

    def _array(self, tag: str, x: str, type: t.ArrayType, start: str, depth: int) -> str:
        """An array in an array: an element around those of its items."""
        inner = self.element(self.low.literal(self.array_tag), x, type, depth + 1)
        return self._enclosed(tag, x, "''", inner, start, depth)

    def _map(self, tag: str, x: str, value: t.DataType, start: str, depth: int) -> str:
        entries = f"map_entries({x})"
        inner = self._each(entries, lambda e: self.element(f"{e}.key", f"{e}.value", value, depth + 1))
        return self._enclosed(tag, x, "''", inner, start, depth)

    def _struct(self, tag: str, x: str, fields: tuple[t.StructField, ...], start: str, depth: int) -> str:
        attributes, elements, inside = ["''"], ["''"], ["''"]
        for i, f in enumerate(fields, 1):
            part = f"struct_extract_at({x}, {i})"
            if f.name == self.value_tag:
                elements.append(f"coalesce({self.text(part, f.type)}, '')")
            elif self.prefix and f.name.startswith(self.prefix) and not isinstance(f.type, t.COMPLEX):
                head = self.low.literal(f' {f.name[len(self.prefix) :]}="')
                value = f"replace({self.text(part, f.type)}, '\"', '&quot;')"
                attributes.append(f"coalesce({head} || {value} || '\"', '')")
            else:
                inside.append(f"coalesce({self.element(self.low.literal(f.name), part, f.type, depth + 1)}, '')")
                elements.append(inside[-1])
        # A text alone is on the line of its tags.
        lines = " || ".join(inside) + " <> ''" if len(elements) > len(inside) else "true"
        return self._enclosed(tag, x, " || ".join(attributes), " || ".join(elements), start, depth, lines)

    def _enclosed(
        self, tag: str, x: str, attributes: str, inner: str, start: str, depth: int, lines: str = "true"
    ) -> str:
        """Start tag, what is inside and the end tag, on a line of its own if `lines` (SQL)."""
        end = self._line(depth)
        end = end if lines == "true" else f"CASE WHEN {lines} THEN {end} ELSE '' END"
        opened = f"{start} || '<' || {tag} || {attributes}"
        full = bind(
            f"coalesce({inner}, '')",
            lambda v: f"CASE WHEN {v} = '' THEN '/>' ELSE '>' || {v} || {end} || '</' || {tag} || '>' END",
        )
        missing = ""
        if self.null_value is not None:
            missing = (
                f" ELSE {start} || '<' || {tag} || '>' || {self.low.literal(self.null_value)} || '</' || {tag} || '>'"
            )
        return f"CASE WHEN {x} IS NOT NULL THEN {opened} || {full}{missing} END"

    def text(self, x: str, type: t.DataType) -> str:
        """A value's text, with what XML reserves written as entities."""
        low = self.low
        match type:
            case t.DateType():
                return format_sql(self.date_format, x, "date", self.zone, low.python)
            case t.TimestampType():
                return bind(x, lambda v: format_sql(self.timestamp_format, v, "timestamp", self.zone, low.python))
            case t.TimestampNTZType():
                return format_sql(self.timestamp_ntz_format, x, "timestamp_ntz", self.zone, low.python)
            case t.BinaryType() if self.binary_style != "UTF-8":
                return binary_text(x, self.binary_style)
        plain = low.cast(x, type, t.STRING)
        if not isinstance(type, (*t.STRINGS, t.BinaryType)):
            return plain
        return f"replace(replace(replace({plain}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
