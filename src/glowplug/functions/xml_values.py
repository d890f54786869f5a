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
from glowplug.errors import row_failure
from glowplug.functions.json_schemas import merge
from glowplug.functions.json_values import JsonOptions, parser
from glowplug.functions.xml_texts import Element, Malformed, read, write

_BLANKS = "".join(map(chr, range(33)))
_BITS = {t.ByteType: 7, t.ShortType: 15, t.IntegerType: 31, t.LongType: 63}
_DATE = re.compile(r"[+-]?[0-9]{4,7}-[0-9]{1,2}-[0-9]{1,2}")
_BEGIN = re.compile(r"-?([0-9][0-9,]*(\.[0-9]*)?|\.[0-9]+)(E-?[0-9]+)?")
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
    local_names: bool = False  # names without the prefixes of namespaces
    infer_types: bool = True
    prefers_decimal: bool = False
    exact_names: bool = False  # names that differ in case are two
    wildcard: str = ""  # a column for elements that no other takes
    variant: str | None = None  # a column for whole elements
    wall_clock: bool = False  # times that name no zone are TIMESTAMP_NTZ

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
            root = read(text.strip(_BLANKS), self.o.local_names).elements[0]
            row = self._struct(root, self.type) if self.o.variant is None else {self.o.variant: _variant(root, self.o)}
        except Malformed:
            self.bad = True
        if self.bad and self.o.times.mode == "FAILFAST":
            raise row_failure("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text, failFastMode="FAILFAST")
        if any(f.name == self.o.times.corrupt for f in self.type.fields):
            row[self.o.times.corrupt] = text if self.bad else None
        return row

    def _struct(self, e: Element, type: t.StructType) -> dict[str, Any]:
        fields = {f.name.lower(): f for f in type.fields} | {f.name: f for f in type.fields}
        row: dict[str, Any] = {}
        for name, text in self._attributes(e).items():
            if (f := fields.get(name) or fields.get(name.lower())) is not None:
                row[f.name] = self._tried(text, f.type)
        for child in e.elements:
            f = fields.get(child.name) or fields.get(child.name.lower()) or fields.get(self.o.wildcard)
            if f is not None:
                self._add(row, f, child)
        own = pieces(e, self.o)
        if own and (f := fields.get(self.o.value_tag) or fields.get(self.o.value_tag.lower())) is not None:
            for text in own if isinstance(f.type, t.ArrayType) else ["".join(own)]:
                self._add(row, f, text)
        return row

    def _add(self, row: dict[str, Any], f: t.StructField, v: Element | str) -> None:
        """The value of a field, or one more of an array."""
        if not isinstance(f.type, t.ArrayType):
            row[f.name] = self._tried(v, f.type)
            return
        try:
            row[f.name] = [*(row.get(f.name) or ()), self._value(v, f.type.element)]
        except _Unfit:
            self.bad = True
            row[f.name] = row.get(f.name) or None

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
        if isinstance(type, t.VariantType):
            return _variant(v, self.o)
        if isinstance(v, Element):
            match type:
                case t.StructType():
                    return self._struct(v, type)
                case t.MapType(_, item):
                    if not v.elements:
                        return None
                    entries = {self.o.prefix + k: x for k, x in v.attributes.items()} if self.o.attributes else {}
                    found: dict[str, Any] = {k: self._tried(x, item) for k, x in entries.items()}
                    found |= {c.name: self._tried(c, item) for c in v.elements}
                    if own := pieces(v, self.o):
                        found[self.o.value_tag] = self._tried("".join(own), item)
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
                return _double(text)
            case t.DecimalType(precision, scale):
                if not _NUMBER.fullmatch(text.replace(",", "")) or text[-1] in "dDfF":
                    raise _Unfit
                with decimal.localcontext(decimal.Context(prec=80)):
                    exponent = decimal.Decimal(1).scaleb(-scale)
                    value = decimal.Decimal(text.replace(",", "")).quantize(exponent, decimal.ROUND_HALF_UP)
                return value if abs(value) < 10 ** (precision - scale) else None
            case t.BinaryType():
                raise _Unfit
            case t.DateType() if self.o.times.date_format is None and not _DATE.fullmatch(text):
                raise _Unfit
        found = parser(type, self.o.times)(text)
        if found is None:
            raise _Unfit
        return found


def _double(text: str) -> float:
    """A number as Java reads it; else that which the text begins with, as Java's formats read it. Raises _Unfit."""
    if _NUMBER.fullmatch(text):
        return float(text.rstrip("dDfF"))
    if text.lstrip("+-") in ("NaN", "Infinity"):
        return float(text)
    begin = _BEGIN.match(text)
    if begin is None:
        raise _Unfit
    return float(begin[0].replace(",", ""))


def pieces(e: Element, o: XmlOptions) -> list[str]:
    """An element's own texts, between the elements in it."""
    return [text for c in e.children if isinstance(c, str) and (text := o.text(c))]


# --- variants -------------------------------------------------------------------------------------------


def _variant(v: Element | str, o: XmlOptions) -> dict[str, bytes]:
    from glowplug.functions.variant_format import as_row, encode

    return as_row(encode(_member(v, o)))


def _member(v: Element | str, o: XmlOptions) -> Any:
    """The value of an element or an attribute: an object, or of its text alone."""
    from glowplug.functions.variant_format import Members

    if isinstance(v, str):
        return _scalar(o.text(v), o)
    members: list[tuple[str, Element | str]] = []
    if o.attributes:
        members += [(o.prefix + name, text) for name, text in v.attributes.items()]
    members += [(child.name, child) for child in v.elements]
    own = pieces(v, o)
    if not members:
        return _scalar(own[0], o) if own else None
    found: dict[str, tuple[str, list[Any]]] = {}  # names of one in another case are that one's
    for name, x in [*members, *((o.value_tag, text) for text in own)]:
        found.setdefault(name if o.exact_names else name.lower(), (name, []))[1].append(_member(x, o))
    return Members([(name, values[0] if len(values) == 1 else values) for name, values in found.values()])


def _scalar(text: str, o: XmlOptions) -> Any:
    if not text or text == o.null_value:
        return None
    if not o.infer_types:
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if re.fullmatch("[+-]?[0-9]{1,19}", text) and -(1 << 63) <= int(text) < 1 << 63:
        return int(text)
    from glowplug.functions.variant_values import decimal_of

    return text if (number := decimal_of(text)) is None else number


# --- inference ------------------------------------------------------------------------------------------


def infer(e: Element, o: XmlOptions) -> t.DataType:
    """The type of an element: a struct, or of its text alone."""
    found: list[tuple[str, t.DataType]] = []
    if o.attributes:
        found += [(o.prefix + name, text_type(o.text(text), o)) for name, text in e.attributes.items()]
    found += [(child.name, infer(child, o)) for child in e.elements]
    own = [text_type(text, o) for text in pieces(e, o)]
    if not found:
        return own[0] if own else t.NULL
    found += [(o.value_tag, type) for type in own]
    fields: dict[str, tuple[str, t.DataType]] = {}
    counts: dict[str, int] = {}
    for name, type in found:
        key = name if o.exact_names else name.lower()
        counts[key] = counts.get(key, 0) + 1
        first, before = fields.get(key, (name, type))
        fields[key] = first, common(before, type, o)
    several = {name: t.ArrayType(type) if counts[key] > 1 else type for key, (name, type) in fields.items()}
    return t.StructType(tuple(t.StructField(name, several[name]) for name in sorted(several)))


def common(a: t.DataType, b: t.DataType, o: XmlOptions) -> t.DataType:
    """The type of both; texts where there is no other. An array takes what it is an array of, and a struct with a text
    of its own a text alone.
    """
    exact = o.exact_names
    match a, b:
        case t.StructType(), t.StructType():
            fields = {f.name if exact else f.name.lower(): f for f in a.fields}
            for f in b.fields:
                key = f.name if exact else f.name.lower()
                own = fields.get(key)
                fields[key] = f if own is None else t.StructField(own.name, common(own.type, f.type, o))
            return t.StructType(tuple(sorted(fields.values(), key=lambda f: f.name)))
        case t.ArrayType(x), t.ArrayType(y):
            return t.ArrayType(common(x, y, o))
        case (t.ArrayType(x), other) | (other, t.ArrayType(x)):
            return t.ArrayType(common(x, other, o))
        case (t.StructType(fields), other) | (other, t.StructType(fields)) if other != t.NULL:
            if o.value_tag in (f.name for f in fields):
                own_text = t.StructType((t.StructField(o.value_tag, other),))
                return common(t.StructType(fields), own_text, o)
    return merge(a, b)


def text_type(text: str, o: XmlOptions) -> t.DataType:
    if not text:
        return t.NULL
    if not o.infer_types:
        return t.STRING
    if re.fullmatch("[+-]?[0-9]{1,30}", text) and -(1 << 63) <= int(text) < 1 << 63:
        return t.LONG
    if _NUMBER.fullmatch(text):
        return (o.prefers_decimal and _decimal(text)) or t.DOUBLE
    if text.lower() in ("true", "false"):
        return t.BOOLEAN
    given = o.times.date_format is not None or _DATE.fullmatch(text)
    if given and parser(t.DATE, o.times)(text) is not None:
        return t.DATE
    for type in (t.TIMESTAMP_NTZ, t.TIMESTAMP) if o.wall_clock else (t.TIMESTAMP,):
        if parser(type, o.times)(text) is not None:
            return type
    return t.STRING


def _decimal(text: str) -> t.DataType | None:
    if not re.fullmatch(r"[+-]?[0-9]*\.?[0-9]*", text):
        return None
    digits, exponent = decimal.Decimal(text).as_tuple()[1:]
    scale = -int(exponent)
    precision = max(len(digits), scale)
    return t.DecimalType(precision, scale) if precision <= t.MAX_PRECISION else None
