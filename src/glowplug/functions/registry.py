"""All functions by name. The families are listed here, once; importing a family has no side effect."""

from __future__ import annotations

from functools import cache

from glowplug.functions import (
    aggregates,
    arithmetic,
    arrays,
    bitmaps,
    bitwise,
    casts,
    char_varchar,
    codes,
    conditional,
    csv,
    datetime_formats,
    datetime_makers,
    datetime_parts,
    datetimes,
    external_formats,
    formats,
    generators,
    geo,
    hashes,
    higher_order,
    intervals,
    json,
    jvm,
    maps,
    math,
    misc,
    number_formats,
    predicates,
    random,
    regex,
    rounding,
    secrets,
    sequences,
    sketches,
    statistics,
    strings,
    structs,
    time_windows,
    times,
    top_k,
    urls,
    variant,
    vectors,
    windows,
    xml,
    xpath,
)
from glowplug.plan.function import Function

FAMILIES = (
    arithmetic,
    predicates,
    conditional,
    casts,
    char_varchar,
    math,
    rounding,
    bitwise,
    strings,
    regex,
    codes,
    formats,
    datetimes,
    datetime_formats,
    datetime_makers,
    datetime_parts,
    intervals,
    times,
    time_windows,
    arrays,
    sequences,
    maps,
    structs,
    higher_order,
    generators,
    hashes,
    misc,
    urls,
    secrets,
    random,
    json,
    csv,
    xml,
    xpath,
    variant,
    external_formats,
    number_formats,
    vectors,
    jvm,
    geo,
    aggregates,
    statistics,
    bitmaps,
    sketches,
    top_k,
    windows,
)


@cache
def _by_name() -> dict[str, Function]:
    table: dict[str, Function] = {}
    for family in FAMILIES:
        for function in family.FUNCTIONS:
            for name in function.names:
                if name in table:
                    raise ValueError(f"function {name} is declared twice")
                table[name] = function
    return table


def lookup(name: str) -> Function | None:
    """The built-in function of this name, in any case."""
    return _by_name().get(name.lower())


@cache
def _bare() -> dict[str, Function]:
    return {name: function for function in _by_name().values() for name in function.bare}


def without_parentheses(name: str) -> Function | None:
    """The function that a bare name calls where there is no such column: `current_date`."""
    return _bare().get(name.lower())


def all_functions() -> dict[str, Function]:
    """Those that users can call."""
    return {name: function for name, function in _by_name().items() if not function.internal}
