"""What a text is in a column of CHAR(n) or VARCHAR(n): padded or cut when it is stored, padded when it is read.

Semantics: Spark's `CharVarcharCodegenUtils`. Lengths are in characters. Only analysis calls these.
"""

from __future__ import annotations

from functools import partial

from glowplug.functions.vocabulary import INTEGER, STR, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Function, Lowering
from glowplug.types import STRING

_function = partial(Function, group="string_funcs", internal=True, usage="", example="")


def _cut(text: str, limit: str, call: Call, low: Lowering) -> str:
    """The first characters, if the others are spaces."""
    error = low.error(call, "EXCEED_LIMIT_LENGTH", limit=f"CAST({limit} AS VARCHAR)")
    return f"CASE WHEN length(rtrim({text}, ' ')) > {limit} THEN {error} ELSE left({text}, {limit}) END"


def _store_char(call: Call, low: Lowering) -> str:
    text, limit = (low.sql(a) for a in call.args)
    padded = f"rpad({text}, {limit}, ' ')"
    return f"(CASE WHEN length({text}) > {limit} THEN {_cut(text, limit, call, low)} ELSE {padded} END)"


def _store_varchar(call: Call, low: Lowering) -> str:
    text, limit = (low.sql(a) for a in call.args)
    return f"(CASE WHEN length({text}) > {limit} THEN {_cut(text, limit, call, low)} ELSE {text} END)"


def _read_char(call: Call, low: Lowering) -> str:
    text, limit = (low.sql(a) for a in call.args)
    return f"(CASE WHEN length({text}) < {limit} THEN rpad({text}, {limit}, ' ') ELSE {text} END)"


FUNCTIONS = (
    _function(("char_type_write_side_check",), sig(STR, INTEGER), STRING, _store_char),
    _function(("varchar_type_write_side_check",), sig(STR, INTEGER), STRING, _store_varchar),
    _function(("read_side_padding",), sig(STR, INTEGER), STRING, _read_char),
)
