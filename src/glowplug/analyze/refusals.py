"""How Spark's errors tell of calls where that is not what the functions' declarations say."""

from __future__ import annotations

from glowplug.functions.vocabulary import ordinal

# What a call stands for, and is told as.
_OPERATORS = {"try_add": "+", "try_subtract": "-", "try_multiply": "*", "try_divide": "/", "try_mod": "%"}
_SHOWN = {
    **{f"try_{name}": name for name in ("make_interval", "to_time", "aes_decrypt", "parse_url", "element_at")},
    **{f"try_{name}": name for name in ("url_decode", "to_binary", "make_timestamp")},
    **{f"{name}_outer": name for name in ("explode", "posexplode", "inline")},
    **{name: name for name in ("left", "right", "median")},
    "dateadd": "date_add",
}
# (function, place from 0): the types that Spark says the argument may have, where it takes others too, or orders them.
_INTERVALS = '"INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH"'
_TIMES = '("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "NUMERIC")'
_TEXTS = ("is_valid_utf8", "make_valid_utf8", "validate_utf8", "try_validate_utf8", "lpad", "rpad")
_PAIRS = ("count", "avgx", "avgy")
_REQUIRED = {
    ("to_xml", 0): '"STRUCT"',
    **{(name, 0): '("DOUBLE" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")' for name in ("sign", "signum")},
    **{("nanvl", i): '("DOUBLE" or "FLOAT")' for i in (0, 1)},
    **{(f"regr_{name}", i): '"NUMERIC"' for name in _PAIRS for i in (0, 1)},
    ("time_bucket", 0): f"({_INTERVALS})",
    **{(name, 0): '"DECIMAL"' for name in ("to_char", "to_varchar")},
    **{(name, 0): '"STRING"' for name in _TEXTS},
    **{(name, i): '"STRING"' for name in ("startswith", "endswith", "contains") for i in (0, 1)},
    **{(name, 2): '"INT"' for name in ("max_by", "min_by")},
    **{(name, 0): f'("NUMERIC" or {_INTERVALS})' for name in ("percentile", "median")},
    **{(name, 1): '("DOUBLE" or "ARRAY<DOUBLE>")' for name in ("percentile_approx", "approx_percentile")},
    **{(name, 0): _TIMES for name in ("to_timestamp", "try_to_timestamp", "to_timestamp_ltz")},
    ("tuple_sketch_agg_double", 1): '"DOUBLE"',
    ("tuple_sketch_agg_integer", 1): '"INT"',
    ("reverse", 0): '("STRING" or "BINARY" or "ARRAY")',
    **{(name, 1): '("STRING" or "BINARY" or "VOID")' for name in ("listagg", "string_agg")},
}
# (function, place from 0): the name of an argument that must be constant, of functions not called with names, and the
# type that Spark writes for it, if not the argument's.
_CONSTANTS = {
    ("sort_array", 1): ("`ascendingOrder`", ""),
    **{("randstr", i): (f"`{name}`", "integer") for i, name in enumerate(("length", "seed"))},
    ("histogram_numeric", 1): ("`nb`", ""),
    ("ntile", 0): ("`buckets`", ""),
    **{("count_min_sketch", i + 1): (f"`{name}`", "") for i, name in enumerate(("eps", "confidence", "seed"))},
    **{(name, 2): ("k", "int") for name in ("max_by", "min_by")},
}
# Functions with a lambda by default: after how many arguments it comes, and how it is told of before it is resolved.
_ORDER = "(IF((left IS NULL), 1, (IF((right IS NULL), -1, (IF((left < right), -1, (IF((left > right), 1, 0))))))))"
_UNBOUND = {
    "array_sort": (1, f"lambdafunction((IF(((left IS NULL) AND (right IS NULL)), 0, {_ORDER})), left, right)"),
    **dict.fromkeys(("aggregate", "reduce"), (3, "lambdafunction(id, id)")),
}
# The numbers of arguments that Spark says it takes.
_COUNTS = {
    "try_make_timestamp_ntz": "6",
    "try_make_timestamp_ltz": "6",
    "make_timestamp_ltz": "[2, 6]",
    "decode": "2",
    "mode": "0",
    **dict.fromkeys(("lag", "lead"), "[0, 1, 2, 3, 4]"),
    **dict.fromkeys(("try_sum", "try_avg"), "[1, 2]"),
    **dict.fromkeys(("raise_error", "percentile_cont", "percentile_disc"), "1"),
    **dict.fromkeys(("ceil", "ceiling", "floor"), "2"),
    **dict.fromkeys(("hour", "minute", "second"), "> 0"),
}
# The parameters of functions that miss one by its name, rather than by how many there are.
_TUPLES = ("double", "integer", "theta_double", "theta_integer")
PARAMETERS = {
    "count_min_sketch": ("column", "epsilon", "confidence", "seed"),
    "mask": ("str",),
    **dict.fromkeys(("explode", "explode_outer", "posexplode", "posexplode_outer"), ("collection",)),
    **dict.fromkeys(("inline", "inline_outer"), ("input",)),
    **{f"tuple_sketch_agg_{kind}": ("key", "summary") for kind in _TUPLES[:2]},
    **{f"tuple_union_agg_{kind}": ("child",) for kind in _TUPLES[:2]},
    **{f"tuple_union_{kind}": ("first", "second") for kind in _TUPLES},
}


# The operands that Spark says an operator takes, where more than those fit.
_SUMMANDS = f'("NUMERIC" or {_INTERVALS} or "INTERVAL")'
_OPERANDS = {"pmod": '"NUMERIC"', "try_add": _SUMMANDS, "try_subtract": _SUMMANDS}
_TRIMS = ("trim", "ltrim", "rtrim")  # written with the characters first, and told of with the text first


def place(name: str, i: int, count: int) -> str:
    """The place of the argument number `i`, from 0, of so many."""
    return ordinal(count - 1 - i if name in _TRIMS else i)


def operands(name: str, declared: str) -> str:
    """The types between which an operator stands."""
    return _OPERANDS.get(name, declared)


def called_as(name: str) -> str:
    """The name by which a call with too few or too many arguments is told."""
    return "parse_url" if name == "try_parse_url" else name


def shown_as(name: str, args: tuple[str, ...]) -> str | None:
    """The text of a call, from its arguments' texts; None if it is told as it is called."""
    if name in _OPERATORS and len(args) == 2:
        return f"({args[0]} {_OPERATORS[name]} {args[1]})"
    return f"{_SHOWN[name]}({', '.join(args)})" if name in _SHOWN else None


def required(name: str, place: str, declared: str) -> str:
    """The types that the argument in a place (`first`) may have."""
    return next((shown for (of, i), shown in _REQUIRED.items() if of == name and ordinal(i) == place), declared)


def constant_as(name: str, i: int, declared: str, type: str) -> tuple[str, str]:
    """What an argument that must be constant is called, and its type."""
    called, shown = _CONSTANTS.get((name, i), (declared, ""))
    return called, shown or type


def unbound(name: str, args: tuple[str, ...]) -> str | None:
    """The text of a call whose default function is not resolved yet, from its arguments' texts."""
    count, text = _UNBOUND.get(name, (0, ""))
    return f"{name}({', '.join((*args, text))})" if text and len(args) == count else None


def expected(name: str, declared: str) -> str:
    """How many arguments a function takes."""
    return _COUNTS.get(name, declared)
