"""Records of JSON as rows: the kernel's SQL for those that it reads as Spark does, `json_values.py` for every
other one.

Those are malformed, do not fit the schema, or have numbers where texts are wanted. Of a field that occurs twice in an
object the kernel takes the first, where Spark takes the last.
"""

from __future__ import annotations

import json as standard
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_type
from glowplug.functions.json_values import JsonReader
from glowplug.functions.lowering import bind
from glowplug.functions.text_values import TextValues
from glowplug.io.files import FILE
from glowplug.io.json_options import JsonFileOptions
from glowplug.io.lines import LINE
from glowplug.io.source import Reading
from glowplug.sqltext import ident, literal, strings
from glowplug.types import (
    BOOLEAN,
    INTEGRAL,
    LONG,
    STRING,
    STRINGS,
    ArrayType,
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    UserDefinedType,
    VariantType,
)

# What the kernel takes for JSON and Spark may not: a comma too many, other spellings of infinity. Where that stands
# in a string, the record is only read more slowly.
ODD = r",\s*[}\]]|[:,\[]\s*[-+]?(?:[iI][nN][fF]|[nN][aA][nN])"


# Lists in lists that the kernel is asked to read; the time it takes to plan grows with each.
_MOST_LISTS = 3

# What rows are made of where only their number counts: the kernel shreds no object into nothing. A text is never bad.
_NO_FIELDS = StructType((StructField("_", STRING),))


class Plan:
    """Kernel SQL for values of JSON texts, and for whether they are just what Spark makes of them."""

    def __init__(self, values: TextValues, reading: Reading) -> None:
        self.values, self.reading, self.depth = values, reading, 0

    # An object is shredded into the texts of its values that are no objects themselves: its leaves.

    def shred(self, text: str, type: StructType) -> str:
        """The object `text` as a struct whose leaves are JSON; NULL for no JSON."""
        return f"TRY(json_transform({text}, {literal(standard.dumps(_spec(type), ensure_ascii=False))}))"

    def kinds(self, text: str, type: StructType) -> str:
        """Whether all that should be objects are: shredding does not say."""
        paths = [f"$.{p}" for p in _objects(type)]
        if not paths:
            return "true"
        kinds = f"TRY(json_type({text}, {strings(paths)}))"
        return f"coalesce(list_bool_and(list_transform({kinds}, lambda k: k IS NULL OR k IN ('OBJECT', 'NULL'))), true)"

    def leaves(self, x: str, type: StructType) -> list[tuple[str, DataType]]:
        """SQL for the text of each leaf of the shredded object `x`, and the leaf's type."""
        found: list[tuple[str, DataType]] = []
        for f in type.fields:
            inner = f"struct_extract({x}, {literal(f.name)})"
            if isinstance(f.type, StructType) and f.type.fields:
                found += self.leaves(inner, f.type)
            else:
                found.append((f"CAST({inner} AS VARCHAR)", f.type))
        return found

    def packed(self, x: str, type: StructType, values: Iterator[str]) -> list[tuple[str, str]]:
        """Name and SQL of each field of an object: the values of its leaves, in their order, put together again."""
        items = []
        for f in type.fields:
            if isinstance(f.type, StructType) and f.type.fields:
                inner = f"struct_extract({x}, {literal(f.name)})"
                parts = ", ".join(f"{ident(n)} := {v}" for n, v in self.packed(inner, f.type, values))
                struct = f"CAST(struct_pack({parts}) AS {self.reading.type(f.type)})"
                items.append((f.name, f"CASE WHEN {inner} IS NOT NULL THEN {struct} END"))
            else:
                items.append((f.name, next(values)))
        return items

    def object(self, text: str, type: StructType) -> tuple[str, str]:
        """An object in one expression: whether it is clean, and its value."""
        x = self.shred(text, type)
        leaves = self.leaves(x, type)
        tests = [f"{text} IS NULL OR (starts_with({text}, '{{') AND {self.kinds(text, type)})"]
        tests += [bind(t, lambda v, k=k: self.clean(v, k)) for t, k in leaves]  # type: ignore[misc]
        values = iter([bind(t, lambda v, k=k: self.value(v, k)) for t, k in leaves])  # type: ignore[misc]
        parts = ", ".join(f"{ident(n)} := {v}" for n, v in self.packed(x, type, values))
        value = f"CAST(struct_pack({parts}) AS {self.reading.type(type)})"
        return " AND ".join(f"({t})" for t in tests), f"CASE WHEN {text} IS NOT NULL THEN {value} END"

    def clean(self, t: str, type: DataType) -> str:
        """Whether the kernel's value of the JSON text `t` is Spark's; true for NULL."""
        match type:
            case UserDefinedType(sql_type):
                return self.clean(t, sql_type)
            case k if isinstance(k, STRINGS):
                ordinary = (
                    f"starts_with({t}, '\"') OR {t} IN ('true', 'false') OR regexp_full_match({t}, '-?[1-9][0-9]*')"
                )
            case BooleanType():
                ordinary = f"{t} IN ('true', 'false')"
            case k if isinstance(k, INTEGRAL):
                ordinary = f"coalesce(CAST(TRY_CAST({t} AS {self.reading.type(k)}) AS VARCHAR) = {t}, false)"
            case FloatType() | DoubleType():
                ordinary = f"coalesce(isfinite(TRY_CAST({t} AS {self.reading.type(type)})), false)"
            case DecimalType():
                # The kernel keeps fractions as doubles: of those with few digits the text is that of the file.
                number = f"TRY_CAST({t} AS {self.reading.type(type)})"
                ordinary = f"regexp_full_match({t}, '-?[0-9.]{{1,15}}') AND {number} IS NOT NULL"
            case DateType() | TimestampType() | TimestampNTZType():
                ordinary = f"starts_with({t}, '\"') AND ({self.value(t, type)}) IS NOT NULL"
            case StructType():
                return self.object(t, type)[0]
            case ArrayType(element):
                ordinary = f"starts_with({t}, '[') AND {self._all_clean(_items(t), element)}"
            case MapType(_, value):
                entries = _entries(t)
                all_clean = self._all_clean(f"map_values({entries})", value)
                ordinary = f"starts_with({t}, '{{') AND {entries} IS NOT NULL AND {all_clean}"
            case _:
                return f"{t} IS NULL"
        return f"({t} IS NULL OR ({ordinary}))"

    def _all_clean(self, items: str, type: DataType) -> str:
        v = self._name()
        test = self.clean(f"CAST({v} AS VARCHAR)", type)
        return f"coalesce(list_bool_and(list_transform({items}, lambda {v}: {test})), true)"

    def value(self, t: str, type: DataType) -> str:
        """The value of a JSON text that is `clean`."""
        kernel = self.reading.type(type)
        match type:
            case UserDefinedType(sql_type):
                return self.value(t, sql_type)
            case k if isinstance(k, STRINGS):
                return f"CASE WHEN starts_with({t}, '\"') THEN {_text(t)} ELSE {t} END"
            case DateType() | TimestampType() | TimestampNTZType():
                return bind(_text(t), lambda x: self.values.sql(x, type, self.reading))
            case StructType():
                return self.object(t, type)[1]
            case ArrayType(element):
                v = self._name()
                item = self.value(f"CAST({v} AS VARCHAR)", element)
                return f"CAST(list_transform({_items(t)}, lambda {v}: {item}) AS {kernel})"
            case MapType(_, value):
                v = self._name()
                item = self.value(f"CAST({v} AS VARCHAR)", value)
                entries = _entries(t)
                values = f"list_transform(map_values({entries}), lambda {v}: {item})"
                return f"CAST(map(map_keys({entries}), {values}) AS {kernel})"
        return f"TRY_CAST({t} AS {kernel})"

    def _name(self) -> str:
        self.depth += 1
        return f"e{self.depth}"


def _spec(type: DataType) -> Any:
    """How the kernel is to shred a value."""
    return {f.name: _spec(f.type) for f in type.fields} if isinstance(type, StructType) and type.fields else "JSON"


def _objects(type: StructType) -> list[str]:
    """The paths of the objects in an object."""
    found = []
    for f in type.fields:
        if isinstance(f.type, StructType):
            name = standard.dumps(f.name, ensure_ascii=False)
            found += [name, *(f"{name}.{p}" for p in _objects(f.type))]
    return found


def _quick(type: DataType, lists: int = 0) -> bool:
    """Whether the kernel is asked at all: names differ in more than case, no variants, no lists nested deep."""
    match type:
        case StructType(inner):
            return len({f.name.lower() for f in inner}) == len(inner) and all(_quick(f.type, lists) for f in inner)
        case ArrayType(element) | MapType(_, element):
            return lists < _MOST_LISTS and _quick(element, lists + 1)
        case VariantType():  # of which a NULL is one, too
            return False
    return True


def _text(t: str) -> str:
    """The string that a JSON string stands for."""
    return f"CASE WHEN contains({t}, chr(92)) THEN {t} ->> '$' ELSE substring({t}, 2, length({t}) - 2) END"


def _items(t: str) -> str:
    return f"json_transform({t}, '[\"JSON\"]')"


def _entries(t: str) -> str:
    return f"TRY(json_transform({t}, '\"MAP(VARCHAR, JSON)\"'))"


def _plain(type: DataType) -> DataType:
    """The type whose Arrow form is what the kernel has for a type."""
    match type:
        case DayTimeIntervalType():
            return LONG
        case UserDefinedType(sql_type):
            return _plain(sql_type)
        case ArrayType(element):
            return ArrayType(_plain(element))
        case MapType(key, value):
            return MapType(key, _plain(value))
        case StructType(inner):
            return StructType(tuple(StructField(f.name, _plain(f.type)) for f in inner))
    return type


def _python_rows(
    schema: StructType, o: JsonFileOptions, zone: str
) -> tuple[Callable[[pa.Array], pa.Array], StructType]:
    """A function from texts to lists of rows: the fields by number, and whether the record is malformed."""
    row = StructType(
        (*(StructField(f"f{i}", _plain(f.type)) for i, f in enumerate(schema.fields)), StructField("bad", BOOLEAN))
    )
    kind = pa.list_(arrow_type(row, "UTC"))
    names = [f.name for f in schema.fields]

    def body(texts: pa.Array) -> pa.Array:
        reader = JsonReader(schema, o.reading(zone))  # of its own: several threads call this

        def convert(text: str) -> list[dict[str, Any]]:
            if o.variant is not None:
                whole = ((dict.fromkeys(names, v), bad) for v, bad in reader.variants(text))
            found = reader.records(text) if o.variant is None else whole
            return [{**{f"f{i}": values.get(n) for i, n in enumerate(names)}, "bad": bad} for values, bad in found]

        return pa.array([None if t is None else convert(t) for t in texts.to_pylist()], kind)

    return body, row


def rows_sql(source: str, schema: StructType, o: JsonFileOptions, reading: Reading) -> str:
    """A kernel query of the records' rows: the record, the file's number, and the row as a struct `r`."""
    schema = schema if schema.fields else _NO_FIELDS
    body, row = _python_rows(schema, o, reading.time_zone)
    key = repr((schema, o, reading.time_zone)).encode()
    function = reading.python(f"json_rows_{sha256(key).hexdigest()[:32]}", body, (STRING,), ArrayType(row))
    slow = f"{function}({LINE})"
    if o.variant is not None or not _quick(schema):
        return f"SELECT {LINE}, {FILE}, unnest({slow}) AS r FROM {source}"
    plan, kernel = Plan(o.values(reading.time_zone), reading), reading.type(row)
    # One expression a column, step by step: the kernel computes each once.
    ordinary = f"starts_with(ltrim({LINE}), '{{') AND NOT regexp_matches({LINE}, {literal(ODD)})"
    shredded = f"CASE WHEN {ordinary} THEN {plan.shred(LINE, schema)} END AS s"
    query = f"SELECT {LINE}, {FILE}, {shredded} FROM {source}"
    leaves = plan.leaves("s", schema)
    texts = ", ".join(f"{t} AS t{i}" for i, (t, _) in enumerate(leaves))
    query = f"SELECT {LINE}, {FILE}, s, {texts} FROM ({query})"
    tests = ["s IS NOT NULL", plan.kinds(LINE, schema), *(plan.clean(f"t{i}", k) for i, (_, k) in enumerate(leaves))]
    values = [f"{plan.value(f't{i}', k)} AS v{i}" for i, (_, k) in enumerate(leaves)]
    query = f"SELECT {LINE}, {FILE}, s, {' AND '.join(tests)} AS ok, {', '.join(values)} FROM ({query})"
    parts = [v for _, v in plan.packed("s", schema, iter(f"v{i}" for i in range(len(leaves))))]
    packed = ", ".join([*(f"f{i} := {v}" for i, v in enumerate(parts)), "bad := false"])
    rows = f"CASE WHEN ok THEN [CAST(struct_pack({packed}) AS {kernel})] ELSE {slow} END"
    if o.multi_line:
        clean, value = plan.object("e", schema)
        many = f"TRY({_items(LINE)})"
        items = f"list_transform({many}, lambda j: CAST(j AS VARCHAR))"
        fields = ", ".join(f"f{i} := struct_extract_at(x, {i + 1})" for i in range(len(schema.fields)))
        pack = f"lambda x: CAST(struct_pack({fields}, bad := false) AS {kernel})"
        several = f"list_transform(list_transform({items}, lambda e: {value}), {pack})"
        all_clean = f"list_bool_and(list_transform({items}, lambda e: e IS NOT NULL AND {clean}))"
        quick = f"starts_with(ltrim({LINE}), '[') AND NOT regexp_matches({LINE}, {literal(ODD)}) AND {all_clean}"
        rows = (
            f"CASE WHEN ok THEN [CAST(struct_pack({packed}) AS {kernel})] WHEN {quick} THEN {several} ELSE {slow} END"
        )
    return f"SELECT {LINE}, {FILE}, unnest({rows}) AS r FROM ({query})"
