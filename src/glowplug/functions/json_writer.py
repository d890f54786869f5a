"""`to_json` in the kernel: each type's value as JSON text. Semantics of Spark's `JacksonGenerator`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from glowplug import types as t
from glowplug.datetime_patterns import format_sql
from glowplug.functions.json_texts import Object, quoted, read, write
from glowplug.functions.lowering import bind, per_row
from glowplug.plan.function import Lowering

_NUMBERS = (t.ByteType, t.ShortType, t.IntegerType, t.LongType)


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """How values are written. `zone` is that in which timestamps are shown."""

    low: Lowering
    zone: str
    ignore_nulls: bool = True
    sort_keys: bool = False
    date_format: str = "yyyy-MM-dd"
    timestamp_format: str = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXXXX]"
    timestamp_ntz_format: str = "yyyy-MM-dd'T'HH:mm:ss[.SSS]"
    names: itertools.count[int] = field(default_factory=itertools.count)

    def text(self, x: str, type: t.DataType) -> str:
        """Kernel SQL for the JSON of a value; NULL for NULL."""
        low = self.low
        match type:
            case t.StructType(fields):
                return bind(x, lambda v: self._struct(v, fields))
            case t.ArrayType(element):
                return bind(x, lambda v: self._list(v, "[]", lambda e: self._or_null(e, element)))
            case t.MapType(key, value):
                return bind(x, lambda v: self._map(v, key, value))
            case t.BooleanType():
                return f"CAST({x} AS VARCHAR)"
            case t.FloatType() | t.DoubleType():
                text = low.cast(x, type, t.STRING)
                return f"CASE WHEN isfinite({x}) THEN {text} ELSE '\"' || {text} || '\"' END"
            case t.DecimalType():
                return low.cast(x, type, t.STRING, "legacy")
            case t.BinaryType():
                return f"'\"' || to_base64({x}) || '\"'"
            case t.DateType():
                return self._quoted(format_sql(self.date_format, x, "date", self.zone, low.python))
            case t.TimestampType():
                return bind(
                    x, lambda v: self._quoted(format_sql(self.timestamp_format, v, "timestamp", self.zone, low.python))
                )
            case t.TimestampNTZType():
                return self._quoted(format_sql(self.timestamp_ntz_format, x, "timestamp_ntz", self.zone, low.python))
            case t.NullType():
                return f"CAST({x} AS VARCHAR)"
            case t.VariantType():
                return variant_json(x, self.zone, low)
            case t.UserDefinedType(sql_type):
                return self.text(x, sql_type)
        if isinstance(type, _NUMBERS):
            return f"CAST({x} AS VARCHAR)"
        return self._quoted(low.cast(x, type, t.STRING))

    def _quoted(self, x: str) -> str:
        return f"CAST(to_json({x}) AS VARCHAR)"

    def _or_null(self, x: str, type: t.DataType) -> str:
        return f"coalesce({self.text(x, type)}, 'null')"

    def _name(self) -> str:
        return f"w{next(self.names)}"

    def _list(self, x: str, brackets: str, text: object) -> str:
        assert callable(text)
        name = self._name()
        items = f"list_transform({x}, (lambda {name}: {text(name)}))"
        joined = f"coalesce(array_to_string({items}, ','), '')"
        return f"CASE WHEN {x} IS NOT NULL THEN '{brackets[0]}' || {joined} || '{brackets[1]}' END"

    def _map(self, x: str, key: t.DataType, value: t.DataType) -> str:
        def entry(e: str) -> str:
            return f"{self._key(f'{e}.key', key)} || ':' || {self._or_null(f'{e}.value', value)}"

        entries = f"map_entries({x})"
        return bind(
            f"list_sort({entries})" if self.sort_keys else entries, lambda entries: self._list(entries, "{}", entry)
        )

    def _key(self, x: str, type: t.DataType) -> str:
        """A key is written as Spark stores it: days of dates, microseconds of timestamps, structs in brackets."""
        return self._quoted(self._raw(x, type))

    def _raw(self, x: str, type: t.DataType) -> str:
        match type:
            case t.DateType():
                return f"CAST({x} - DATE '1970-01-01' AS VARCHAR)"
            case t.TimestampType() | t.TimestampNTZType():
                return f"CAST(epoch_us({x}) AS VARCHAR)"
            case t.YearMonthIntervalType() | t.DayTimeIntervalType():
                return f"CAST({x} AS VARCHAR)"
            case t.StructType(fields):
                parts = (
                    f"coalesce({self._raw(f'struct_extract_at({x}, {i})', f.type)}, 'null')"
                    for i, f in enumerate(fields, 1)
                )
                return "'[' || " + " || ',' || ".join(parts) + " || ']'"
        return self.low.cast(x, type, t.STRING)

    def _struct(self, x: str, fields: tuple[t.StructField, ...]) -> str:
        parts = [(f.name, f"struct_extract_at({x}, {i})", f.type) for i, f in enumerate(fields, 1)]
        return f"CASE WHEN {x} IS NOT NULL THEN {self.object(parts)} END"

    def object(self, columns: Sequence[tuple[str, str, t.DataType]]) -> str:
        """Kernel SQL for an object of values, by name."""
        parts = []
        for name, x, type in sorted(columns, key=itemgetter(0)) if self.sort_keys else columns:
            text = self.text(x, type) if self.ignore_nulls else self._or_null(x, type)
            parts.append(f"{self.low.literal(quoted(name) + ':')} || {text}")  # NULL where the value is, and left out
        joined = f"coalesce(array_to_string([{', '.join(parts)}], ','), '')" if parts else "''"
        return f"'{{' || {joined} || '}}'"


def pretty(text: str) -> str:
    """Indented by two blanks, with blanks around colons."""

    def shown(v: Any, indent: str) -> str:
        inner = indent + "  "
        if isinstance(v, Object):
            members = ",\n".join(f"{inner}{quoted(k)} : {shown(x, inner)}" for k, x in v)
            return f"{{\n{members}\n{indent}}}" if v else "{ }"
        if isinstance(v, list):
            return "[ " + ", ".join(shown(x, indent) for x in v) + " ]" if v else "[ ]"
        return write(v)

    return shown(read(text), "")


def variant_json(x: str, zone: str, low: Lowering) -> str:
    """Kernel SQL for a variant as JSON; timestamps are shown in `zone`."""
    from glowplug.functions.variant_texts import to_json

    name = f"variant_json_{zone.encode().hex()}"
    return per_row(low, name, lambda v: to_json(v, zone), [(x, t.VARIANT)], t.STRING)
