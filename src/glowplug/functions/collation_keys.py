"""Texts with a collation as keys: two texts are equal, or in order, where their keys are, by bytes.

This is the one way in which a collation is followed. Keys of Unicode's orders are the sort keys of the kernel's ICU,
hex digits, in which bytes 01 separate the levels: letters, accents, case.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from glowplug.collations import BINARY, INDETERMINATE, LOWER_CASE, UNICODE, Collation, parse
from glowplug.errors import unsupported
from glowplug.plan.function import Lowering
from glowplug.type_trees import contains_type, map_types, walk_types
from glowplug.types import (
    STRING,
    ArrayType,
    CalendarIntervalType,
    DataType,
    MapType,
    StringType,
    StructType,
    sql_name,
)

_BYTE = "(?:0[02-9A-F]|[1-9A-F].)"  # of a level: not 01
LETTERS = f"^{_BYTE}*"
ACCENTS = f"^{_BYTE}*01{_BYTE}*"
# The kernel's orders are by language, and by country where that has its own.
_LOCALES = {"sr_Latn": "hr", "zh_Hant": "zh_TW", "ff_Adlm": None, "kk_Arab": None}


def collated(type: DataType) -> bool:
    """Whether the type holds texts that are not compared by their bytes."""
    return any(isinstance(t, StringType) and t.collation != BINARY for t in walk_types(type))


def by_key(type: DataType) -> bool:
    """Whether rows are not grouped by values of the type as the kernel has them: maps have no order of entries there,
    and a month equals thirty days.
    """
    return contains_type(type, (MapType, CalendarIntervalType)) or collated(type)


def plain(type: DataType) -> DataType:
    """The type of a key: as the value's, its texts compared by their bytes."""
    return recollated(type, BINARY) if collated(type) else type


def recollated(type: DataType, collation: str) -> DataType:
    """The type with another collation of its texts, those of a struct's fields left out."""
    match type:
        case StringType():
            return StringType(collation)
        case ArrayType(element, nulls):
            return ArrayType(recollated(element, collation), nulls)
    return type


def in_collation(type: DataType, collation: str) -> DataType:
    """The type with a collation for all its texts that have none of their own."""
    if type == STRING:
        return StringType(collation)
    return map_types(type, lambda inside: in_collation(inside, collation))


def key(x: str, type: DataType, low: Lowering) -> str:
    """Kernel SQL of a value like that of `x`, with its texts replaced by their keys, and maps by their entries."""
    if not by_key(type):
        return x
    match type:
        case StringType(collation):
            return text_key(x, collation, low)
        case CalendarIntervalType():
            return f"CAST({x} AS VARCHAR)"  # which has months, days and time apart
        case ArrayType(element):
            return f"list_transform({x}, lambda _k: {key('_k', element, low)})"
        case StructType(fields):
            parts = (f"{key(f'struct_extract_at({x}, {i + 1})', f.type, low)}" for i, f in enumerate(fields))
            return f"(CASE WHEN {x} IS NOT NULL THEN row({', '.join(parts)}) END)"
        case MapType(name, value):
            entry = f"row({key('_e.key', name, low)}, {key('_e.value', value, low)})"
            return f"list_sort(list_transform(map_entries({x}), lambda _e: {entry}))"
    raise unsupported(f"comparing values of the type {sql_name(type)}")


def text_key(x: str, collation: str, low: Lowering) -> str:
    """Kernel SQL of the key of a text."""
    if collation == INDETERMINATE:
        raise unsupported("comparing texts of no certain collation")
    c = parse(collation)
    if c.ignores_spaces:
        x = f"rtrim({x}, ' ')"
    if c.base == BINARY:
        return x
    if c.base == LOWER_CASE:  # two characters are not as lower case has them
        return f"lower(replace(replace({x}, 'ς', 'σ'), 'İ', 'i̇'))"
    return _unicode_key(x, c, low)


def _unicode_key(x: str, c: Collation, low: Lowering) -> str:
    whole = f"icu_sort_key({x}, '{locale(c)}')"
    if not c.ignores_accents:
        return f"regexp_extract({whole}, '{ACCENTS}')" if c.ignores_case else whole
    letters = f"regexp_extract({whole}, '{LETTERS}')"
    if c.ignores_case:
        return letters
    cases = low.python("collation_cases", _cases_of, (STRING,), STRING)
    ascii_ = f"regexp_replace(regexp_replace({x}, '[A-Z]', '3', 'g'), '[^3]', '1', 'g')"
    return f"({letters} || '01' || (CASE WHEN strlen({x}) = length({x}) THEN {ascii_} ELSE {cases}({x}) END))"


@cache
def locale(c: Collation) -> str:
    """What the kernel calls the order of a language."""
    if c.base == UNICODE:
        return "und"
    for start, found in _LOCALES.items():
        if c.base.startswith(start):
            if found is None:
                raise unsupported(f"the collation {c.name}")
            return found
    return c.base.split("_")[0]


def _cases_of(texts: pa.Array) -> pa.Array:
    return pa.array([None if t is None else cases(t) for t in texts.to_pylist()], pa.string())


def cases(text: str) -> str:
    """A digit for each letter: 1 for lower case, 3 for upper, 2 for what stands for several letters."""
    import unicodedata

    return "".join(
        ("3" if c.isupper() else "1") + "2" * (len(c.casefold()) - 1)
        for c in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(c)
    )
