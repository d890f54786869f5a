"""Collations of texts: the functions that give and name them, and how all others deal with them, by name.

A function that stands in none of these tables takes a text of any collation and sees its characters. Spark's SQL
reference, "Collation"; which functions follow one is what Apache Spark 4.2 answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from glowplug.collations import BINARY, INDETERMINATE, named, parse
from glowplug.functions.collation_keys import collated
from glowplug.functions.vocabulary import STR, as_is, sig
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.types import STRING, STRINGS, DataType, NullType, StringType

_misc = partial(Function, group="misc_funcs")

# --- which arguments are brought to one collation, by their places; None = all -----------------------------

Places = Callable[[int], Iterable[int]]


def _all(n: int) -> range:
    return range(n)


def _first(count: int) -> Places:
    return lambda n: range(min(n, count))


UNIFIED: dict[str, Places] = {
    **dict.fromkeys(("=", "==", "<=>", "<", "<=", ">", ">=", "in", "equal_null", "greatest", "least"), _all),
    **dict.fromkeys(("concat", "concat_ws", "coalesce", "array", "array_append", "array_join"), _all),
    **dict.fromkeys(("array_contains", "array_position", "array_remove", "arrays_overlap"), _all),
    **dict.fromkeys(("array_union", "array_intersect", "array_except"), _all),
    **dict.fromkeys(("contains", "startswith", "endswith", "instr", "replace", "translate", "find_in_set"), _all),
    **dict.fromkeys(
        ("trim", "ltrim", "rtrim", "mask", "levenshtein", "to_number", "try_to_number", "str_to_map"), _all
    ),
    **dict.fromkeys(("locate", "position", "split_part", "substring_index", "overlay"), _first(2)),
    "regexp_replace": _first(3),
    "if": lambda n: range(1, n),
    "when": lambda n: [i for i in range(n) if i % 2 or i == n - 1],
    "elt": lambda n: range(1, n),
    "lpad": lambda n: range(0, n, 2),
    "rpad": lambda n: range(0, n, 2),
}

# --- whose text has the collation of the arguments, where the declaration says only that it is a text -------

KEEPING = frozenset(
    (
        *("upper", "ucase", "lower", "lcase", "initcap", "concat", "concat_ws", "trim", "ltrim", "rtrim", "repeat"),
        *(
            "right",
            "replace",
            "translate",
            "split_part",
            "substring_index",
            "hex",
            "mask",
            "elt",
            "str_to_map",
            "split",
        ),
        *("regexp_replace", "regexp_extract", "regexp_extract_all", "regexp_substr", "listagg", "string_agg"),
        *("json_tuple", "sentences", "array_join"),
    )
)

# --- which collations are refused: UNEXPECTED_INPUT_TYPE ----------------------------------------------------

BY_LETTER = frozenset(
    (
        *("like", "ilike", "rlike", "regexp", "regexp_like", "split", "regexp_replace", "regexp_extract"),
        *("regexp_extract_all", "regexp_count", "regexp_instr", "regexp_substr", "likeany", "likeall"),
        *("notlikeany", "notlikeall"),
    )
)
_SEARCHES = frozenset(
    (
        *("contains", "startswith", "endswith", "instr", "locate", "position", "replace", "split_part"),
        *("substring_index", "translate", "trim", "ltrim", "rtrim", "str_to_map"),
    )
)


def refuses(name: str, type: DataType, place: int) -> bool:
    """Whether a function does not take a text of this collation in this place."""
    if not isinstance(type, StringType) or not collated(type) or type.collation == INDETERMINATE:
        return False
    c = parse(type.collation)
    if name in BY_LETTER:
        return c.ignores_spaces or (c.unicode and not place)
    if name in _SEARCHES:
        return (c.ignores_accents and not c.ignores_case) or (name == "str_to_map" and c.ignores_spaces)
    return False


# --- which only compare: they do so over keys --------------------------------------------------------------

COMPARING = frozenset(
    (
        *("=", "<=>", "<", "<=", ">", ">=", "in", "equal_null"),
        *("array_contains", "array_position", "arrays_overlap"),
    )
)


# --- the functions themselves -----------------------------------------------------------------------------


def _collated(args: tuple[Expression, ...]) -> DataType:
    name = args[1]
    assert isinstance(name, Literal)
    return StringType(named(name.value))


def _lower_collation(call: Call, low: Lowering) -> str:
    t = call.args[0].type
    collation = t.collation if isinstance(t, StringType) else BINARY
    return low.literal(collation if collation == INDETERMINATE else f"SYSTEM.BUILTIN.{collation}")


ONLY_TEXT = Accept('"STRING"', lambda t: isinstance(t, (*STRINGS, NullType)))  # nothing is cast to a text for it

FUNCTIONS = (
    _misc(
        ("collate",),
        sig(ONLY_TEXT, STR),
        _collated,
        "{0}",
        nullable=lambda args: args[0].nullable,
        usage="Gives a text a collation.",
        example="SELECT collation(collate('Spark SQL', 'UTF8_LCASE'))",
    ),
    _misc(
        ("collation",),
        sig(as_is(STR)),
        STRING,
        _lower_collation,
        nullable="never",
        usage="Returns the name of a text's collation.",
        example="SELECT collation('Spark SQL')",
    ),
)
