"""All functions by name. The families are listed here, once, and loaded as their functions are asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from threading import Lock

from glowplug.plan.function import Function

# Modules of this package. What most queries call comes first: a program that calls no more loads no more.
FAMILIES = (
    "arithmetic",
    "predicates",
    "conditional",
    "casts",
    "aggregates",
    "misc",
    "math",
    "rounding",
    "strings",
    "structs",
    "datetimes",
    "datetime_parts",
    "char_varchar",
    "constraints",
    "bitwise",
    "regex",
    "codes",
    "charsets",
    "words",
    "formats",
    "datetime_formats",
    "datetime_makers",
    "intervals",
    "times",
    "time_windows",
    "windows",
    "arrays",
    "sequences",
    "maps",
    "higher_order",
    "generators",
    "hashes",
    "random",
    "json",
    "csv",
    "statistics",
    "modes",
    "listagg",
    "percentiles",
    "histograms",
    "urls",
    "secrets",
    "collations",
    "xml",
    "xpath",
    "variant",
    "avro",
    "protobuf",
    "pandas",
    "number_formats",
    "vectors",
    "jvm",
    "geo",
    "bitmaps",
    "hll_sketches",
    "theta_sketches",
    "tuple_sketches",
    "kll_sketches",
    "count_min_sketch",
    "top_k",
)
_loaded: dict[str, Function] = {}
_unloaded = list(FAMILIES)
_loading = Lock()


def _load_next() -> None:
    with _loading:
        if not _unloaded:
            return
        family = {}
        for function in import_module(f"glowplug.functions.{_unloaded[0]}").FUNCTIONS:
            for name in function.names:
                if name in _loaded or name in family:
                    raise ValueError(f"function {name} is declared twice")
                family[name] = function
        _loaded.update(family)
        del _unloaded[0]


def _all() -> dict[str, Function]:
    while _unloaded:
        _load_next()
    return _loaded


def lookup(name: str) -> Function | None:
    """The built-in function of this name, in any case."""
    name = name.lower()
    while (found := _loaded.get(name)) is None and _unloaded:
        _load_next()
    return found or _loaded.get(name)


@cache
def _bare() -> dict[str, Function]:
    return {name: function for function in _all().values() for name in function.bare}


def without_parentheses(name: str) -> Function | None:
    """The function that a bare name calls where there is no such column: `current_date`."""
    return _bare().get(name.lower())


def all_functions() -> dict[str, Function]:
    """Those that users can call."""
    return {name: function for name, function in _all().items() if not function.internal}
