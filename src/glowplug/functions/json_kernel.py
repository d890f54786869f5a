"""`from_json` in the kernel: texts that are standard JSON and fit their schema are read by the kernel's own parser.

The kernel splits an object into the JSON of its members, and each member's text becomes a value where it is plainly of
its type. Whatever is not plain (malformed texts, a name that comes twice, a member of another type, numbers that are
written back as texts) is NULL here, and read by `json_values.py`.
"""

from __future__ import annotations

import itertools
import json
import re

from glowplug import types as t
from glowplug.datetime_patterns import Target, parse_sql
from glowplug.functions.json_texts import MAX_DEPTH, too_deep
from glowplug.functions.json_values import JsonOptions
from glowplug.functions.lowering import bind, per_row
from glowplug.plan.function import Lowering

TRAILING_COMMA = r",\s*[}\]]"
# Numbers in JSON that the kernel has found and writes otherwise than Spark, and its words for what is none.
REWRITTEN = r"[0-9][.eE]|(^|[:,\[])\s*-?(?i:inf|nan)"
_INTEGERS = (t.ByteType, t.ShortType, t.IntegerType, t.LongType)
_WORDS = (*_INTEGERS, t.FloatType, t.DoubleType, t.DecimalType, t.BooleanType, *t.STRINGS)


def standard(x: str, low: Lowering) -> str:
    """Whether a text is standard JSON, of as many levels as are read: by the kernel's own check, which lets commas pass
    before a closing bracket."""
    deep = per_row(low, "json_too_deep", lambda text: too_deep(text.encode()), [(x, t.STRING)], t.BOOLEAN)
    flat = f"CASE WHEN strlen({x}) <= {2 * MAX_DEPTH} THEN true ELSE NOT {deep} END"
    return f"(json_valid({x}) AND NOT regexp_matches({x}, {low.literal(TRAILING_COMMA)}) AND {flat})"


def supported(type: t.DataType, o: JsonOptions, session_zone: str) -> bool:
    """Whether the kernel can read values of a type at all."""
    match type:
        case t.StructType(fields):
            names = {f.name.lower() for f in fields}
            # the kernel does not tell names apart by case, and takes no empty ones
            read = any(f.name != o.corrupt for f in fields)
            return read and len(names) == len(fields) and "" not in names and all(
                supported(f.type, o, session_zone) for f in fields
            )  # fmt: skip
        case t.ArrayType(element):
            return supported(element, o, session_zone)
        case t.DateType() | t.TimestampNTZType():
            return True
        case t.TimestampType():
            return o.zone == session_zone
    return isinstance(type, _WORDS)


class JsonKernel:
    """Kernel SQL for JSON texts as values of one type."""

    def __init__(self, low: Lowering, o: JsonOptions) -> None:
        self.low, self.o, self.names = low, o, itertools.count()

    def struct(self, x: str, type: t.StructType) -> str:
        """The struct of the JSON text `x` (a name), which is known to be JSON; NULL if it is not plainly one."""
        keys = [json.dumps(f.name) for f in type.fields if f.name != self.o.corrupt]
        structure = "{" + ",".join(f'{key}:"JSON"' for key in keys) + "}"
        members = f"from_json({x}, {self.low.literal(structure)})"
        return f"CASE WHEN {self._single_object(x, keys)} THEN {bind(members, lambda m: self._fields(m, type))} END"

    def _single_object(self, x: str, keys: list[str]) -> str:
        """Whether `x` is an object in which no field's name comes twice."""
        twice = r"(?s)\\u|" + "|".join(f"{re.escape(key)}.*{re.escape(key)}" for key in keys)
        distinct = f"len(list_distinct(json_keys({x}))) = len(json_keys({x}))"
        opened = f"starts_with(ltrim({x}, chr(9) || chr(10) || chr(13) || ' '), '{{')"
        return f"{opened} AND (NOT regexp_matches({x}, {self.low.literal(twice)}) OR {distinct})" if keys else opened

    def _fields(self, members: str, type: t.StructType) -> str:
        """All fields, if all that are there fit."""
        at, parts = itertools.count(1), list[str]()
        texts: list[str | None] = []
        for f in type.fields:
            if f.name == self.o.corrupt:
                parts.append(f"CAST(NULL AS {self.low.type(f.type)})")
                texts.append(None)
            else:
                text = f"CAST(struct_extract_at({members}, {next(at)}) AS VARCHAR)"
                parts.append(self.value(text, f.type))
                texts.append(text)
        row = f"CAST(row({', '.join(parts)}) AS {self.low.type(type)})"

        def checked(v: str) -> str:
            tests = [
                f"({text} IS NULL OR struct_extract_at({v}, {i}) IS NOT NULL)"
                for i, text in enumerate(texts, 1)
                if text
            ]
            return f"CASE WHEN {' AND '.join(tests) or 'true'} THEN {v} END"

        return bind(row, checked)

    def array(self, x: str, type: t.ArrayType) -> str:
        """The array of the JSON text `x`; NULL if it is not plainly one, or an element is not plainly of its type."""
        name = f"j{next(self.names)}"
        items = f"""from_json({x}, '["JSON"]')"""
        element = bind(f"CAST({name} AS VARCHAR)", lambda v: self.value(v, type.element))

        def read(all: str) -> str:
            values = f"list_transform({all}, (lambda {name}: {element}))"
            fits = f"list_aggregate({all}, 'count') = list_aggregate({{0}}, 'count')"
            return bind(values, lambda v: f"CASE WHEN {fits.format(v)} THEN {v} END")

        return f"CASE WHEN starts_with(ltrim({x}), '[') THEN {bind(items, read)} END"

    def value(self, j: str, type: t.DataType) -> str:
        """The value of the JSON text `j`; NULL if it is null or not plainly of the type."""
        match type:
            case t.StructType():
                return bind(j, lambda v: self.struct(v, type))
            case t.ArrayType():
                return bind(j, lambda v: self.array(v, type))
            case t.BooleanType():
                return f"CASE {j} WHEN 'true' THEN true WHEN 'false' THEN false END"
            case t.FloatType() | t.DoubleType():
                kernel = self.low.type(type)
                return bind(
                    f"CASE WHEN regexp_full_match({j}, '-?[0-9].*') THEN TRY_CAST({j} AS {kernel}) END",
                    lambda v: f"CASE WHEN isfinite({v}) THEN {v} END",
                )
            case t.DecimalType(_, scale):
                # longer ones may have lost digits on their way; what is cut would have to be rounded
                plain = rf"-?([0-9]{{1,15}}|[0-9]{{1,8}}\.[0-9]{{1,{min(scale, 7)}}})" if scale else "-?[0-9]{1,15}"
                return f"CASE WHEN regexp_full_match({j}, '{plain}') THEN TRY_CAST({j} AS {self.low.type(type)}) END"
            case t.DateType() | t.TimestampType() | t.TimestampNTZType():
                return bind(_unquoted(j), lambda v: self._time(v, type))
        if isinstance(type, _INTEGERS):
            number = f"TRY_CAST({j} AS {self.low.type(type)})"
            return f"CASE WHEN CAST({number} AS VARCHAR) = {j} THEN {number} END"
        return _text(j)

    def _time(self, x: str, type: t.DataType) -> str:
        """A date or timestamp of a text, by its pattern or as casts read it."""
        o = self.o
        target: Target = "timestamp_ntz"
        pattern = o.timestamp_ntz_format
        if isinstance(type, t.DateType):
            target, pattern = "date", o.date_format
        elif isinstance(type, t.TimestampType):
            target, pattern = "timestamp", o.timestamp_format
        if pattern is not None:
            return parse_sql(pattern, x, target, o.zone, self.low.python, self._instant)
        value = self.low.cast(x, t.STRING, type, "try")
        if target == "timestamp_ntz":  # one with a time zone is none
            return (
                f"CASE WHEN regexp_full_match({x}, '[-0-9: .T]*') AND NOT regexp_matches({x}, ':.*-') THEN {value} END"
            )
        return value

    def _instant(self, wall_clock: str) -> str:
        return self.low.cast(wall_clock, t.TIMESTAMP_NTZ, t.TIMESTAMP)


def _unquoted(j: str) -> str:
    """The text of a JSON string without escapes; NULL for what is no such string."""
    return f"CASE WHEN starts_with({j}, '\"') AND NOT contains({j}, chr(92)) THEN {j}[2:-2] END"


def _text(j: str) -> str:
    """A JSON value as text: a string's, else its JSON where the kernel writes that as Spark does."""
    string = f"CASE WHEN contains({j}, chr(92)) THEN json_extract_string({j}, '$') ELSE {j}[2:-2] END"
    same = f"NOT regexp_matches({j}, '{REWRITTEN}')"
    return f"CASE WHEN starts_with({j}, '\"') THEN {string} WHEN {same} THEN {j} END"
