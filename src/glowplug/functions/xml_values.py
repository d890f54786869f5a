"""XML elements as values of Spark's types, one by one, and the types that fit them. Semantics: Spark's `StaxXmlParser`.

An element's attributes are fields with a prefix, its own text is the field of the value tag; an element that occurs
several times is an array, or its last value where the field is none. Names are compared without regard to case.
"""

from __future__ import annotations

import decimal
import re
from dataclasses import dataclass
from typing import Any

from glowplug import types as t
from glowplug.datetimes import parse_date, parse_timestamp
from glowplug.errors import row_failure
from glowplug.functions.json_schemas import merge
from glowplug.functions.json_values import JsonOptions, parser
from glowplug.functions.variant_values import widen
from glowplug.functions.xml_texts import Element, Malformed, read, write

_BLANKS = "".join(map(chr, range(33)))
_BITS = {t.ByteType: 7, t.ShortType: 15, t.IntegerType: 31, t.LongType: 63}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?")


@dataclass(frozen=True, slots=True)
class XmlOptions:
    """Spark's options of XML. `times` holds the patterns, the zone, the mode and the column of malformed records."""

    times: JsonOptions
    prefix: str = "_"
    value_tag: str = "_VALUE"
    attributes: bool = True
    trim: bool = True
    null_value: str | None = None
    nan: str = "NaN"
    positive_infinity: str = "Inf"
    negative_infinity: str = "-Inf"

    def text(self, text: str) -> str:
        return text.strip(_BLANKS) if self.trim else text


class _Unfit(ValueError):
    """The text is not of its type."""


class XmlReader:
    """Reads texts as structs. Not for several threads at once."""

    def __init__(self, type: t.StructType, options: XmlOptions) -> None:
        self.type, self.o, self.bad = type, options, False

    def __call__(self, text: str) -> dict[str, Any]:
        """The struct; FAILFAST raises MALFORMED_RECORD_IN_PARSING."""
        self.bad, row = False, dict[str, Any]()
        try:
            row = self._struct(read(text.strip(_BLANKS)).elements[0], self.type)
        except Malformed:
            self.bad = True
        if self.bad and self.o.times.mode == "FAILFAST":
            raise row_failure("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text, failFastMode="FAILFAST")
        if any(f.name == self.o.times.corrupt for f in self.type.fields):
            row[self.o.times.corrupt] = text if self.bad else None
        return row

    def _struct(self, e: Element, type: t.StructType) -> dict[str, Any]:
        fields = {f.name.lower(): f for f in type.fields}
        row: dict[str, Any] = {}
        for name, text in self._attributes(e).items():
            if (f := fields.get(name.lower())) is not None:
                row[f.name] = self._tried(text, f.type)
        for child in e.elements:
            f = fields.get(child.name.lower())
            if f is None:
                continue
            if isinstance(f.type, t.ArrayType):
                row.setdefault(f.name, []).append(self._tried(child, f.type.element))
            else:
                row[f.name] = self._tried(child, f.type)
        own = self.o.text("".join(c for c in e.children if isinstance(c, str)))
        if own and (f := fields.get(self.o.value_tag.lower())) is not None:
            row[f.name] = self._tried(own, f.type)
        return row

    def _attributes(self, e: Element) -> dict[str, str]:
        return {self.o.prefix + k: v for k, v in e.attributes.items()} if self.o.attributes else {}

    def _tried(self, v: Element | str, type: t.DataType) -> Any:
        """The value; NULL and a malformed record if it does not fit."""
        try:
            return self._value(v, type)
        except _Unfit:
            self.bad = True
            return None

    def _value(self, v: Element | str, type: t.DataType) -> Any:
        if isinstance(type, t.UserDefinedType):
            return self._value(v, type.sql_type)
        if isinstance(v, Element):
            match type:
                case t.StructType():
                    return self._struct(v, type)
                case t.MapType(_, item):
                    entries = {self.o.prefix + k: x for k, x in v.attributes.items()} if self.o.attributes else {}
                    found: dict[str, Any] = {k: self._tried(x, item) for k, x in entries.items()}
                    found |= {c.name: self._tried(c, item) for c in v.elements}
                    return list(found.items())
            if isinstance(type, t.STRINGS) and v.elements:
                return self.o.text(write(v))
            v = v.text()
        if isinstance(type, t.COMPLEX):
            raise _Unfit
        text = self.o.text(v)
        if text == self.o.null_value:
            return None
        return text if isinstance(type, t.STRINGS) else self._atom(text, type)

    def _atom(self, text: str, type: t.DataType) -> Any:
        if not text:
            return None
        match type:
            case t.BooleanType():
                if text.lower() in ("true", "1", "false", "0"):
                    return text.lower() in ("true", "1")
                raise _Unfit
            case t.ByteType() | t.ShortType() | t.IntegerType() | t.LongType():
                limit = 1 << _BITS[type.__class__]
                if re.fullmatch("[+-]?[0-9]{1,30}", text) and -limit <= int(text) < limit:
                    return int(text)
                raise _Unfit
            case t.FloatType() | t.DoubleType():
                special = {self.o.nan: "nan", self.o.positive_infinity: "inf", self.o.negative_infinity: "-inf"}
                if text in special:
                    return float(special[text])
                if _NUMBER.fullmatch(text):
                    return float(text.rstrip("dDfF"))
                raise _Unfit
            case t.DecimalType(precision, scale):
                if not _NUMBER.fullmatch(text.replace(",", "")) or text[-1] in "dDfF":
                    raise _Unfit
                with decimal.localcontext(decimal.Context(prec=80)):
                    exponent = decimal.Decimal(1).scaleb(-scale)
                    value = decimal.Decimal(text.replace(",", "")).quantize(exponent, decimal.ROUND_HALF_UP)
                return value if abs(value) < 10 ** (precision - scale) else None
            case t.BinaryType():
                return text.encode()
        found = parser(type, self.o.times)(text)
        if found is None:
            raise _Unfit
        return found


# --- inference ------------------------------------------------------------------------------------------


def infer(e: Element, o: XmlOptions) -> t.DataType:
    """The type of an element: a struct, or of its text alone."""
    fields: dict[str, t.DataType] = {}
    if o.attributes:
        for name, text in e.attributes.items():
            fields[o.prefix + name] = text_type(o.text(text), o)
    counts: dict[str, int] = {}
    for child in e.elements:
        found = infer(child, o)
        counts[child.name] = counts.get(child.name, 0) + 1
        fields[child.name] = common(fields[child.name], found) if child.name in fields else found
    for name, count in counts.items():
        if count > 1:
            fields[name] = t.ArrayType(fields[name])
    own = o.text("".join(c for c in e.children if isinstance(c, str)))
    if not fields:
        return text_type(own, o)
    if own:
        fields[o.value_tag] = text_type(own, o)
    return t.StructType(tuple(t.StructField(k, fields[k]) for k in sorted(fields)))


def common(a: t.DataType, b: t.DataType) -> t.DataType:
    """The type of both; texts where there is no other."""
    if isinstance(a, t.StructType) and isinstance(b, t.StructType):
        found = {f.name: f.type for f in a.fields}
        for f in b.fields:
            found[f.name] = common(found[f.name], f.type) if f.name in found else f.type
        return t.StructType(tuple(t.StructField(k, found[k]) for k in sorted(found)))
    both = widen(a, b)
    return merge(a, b) if isinstance(both, t.VariantType) else both


def text_type(text: str, o: XmlOptions) -> t.DataType:
    if not text or text == o.null_value:
        return t.NULL
    if re.fullmatch("[+-]?[0-9]{1,30}", text) and -(1 << 63) <= int(text) < 1 << 63:
        return t.LONG
    if _NUMBER.fullmatch(text) or text in (o.nan, o.positive_infinity, o.negative_infinity):
        return t.DOUBLE
    if text.lower() in ("true", "false"):
        return t.BOOLEAN
    if re.fullmatch(r"[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}", text) and parse_date(text) is not None:
        return t.DATE
    return t.TIMESTAMP if parse_timestamp(text, o.times.zone) is not None else t.STRING
