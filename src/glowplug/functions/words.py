"""Words: how they sound, how far they are apart, their check digits, masks, sentences, one of several.

Semantics: Spark's SQL reference, "String Functions".
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from zlib import crc32

from glowplug.functions import characters
from glowplug.functions.characters import decoded, encoded, masking
from glowplug.functions.coercion import cast_to
from glowplug.functions.lowering import bind, constant, let, per_row, python, rows
from glowplug.functions.options import foldable
from glowplug.functions.strings import is_binary
from glowplug.functions.vocabulary import (
    ANY,
    INTEGER,
    STR,
    STR_OR_BIN,
    Mismatch,
    as_is,
    sig,
    unexpected,
)
from glowplug.functions.vocabulary import constant as must_be_constant
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    BINARY,
    BOOLEAN,
    INT,
    STRING,
    STRINGS,
    ArrayType,
    DataType,
    NullType,
    quote,
    sql_name,
)

_string = partial(Function, group="string_funcs")


def _lower_soundex(call: Call, low: Lowering) -> str:
    """A text that does not begin with a letter of English is its own code."""

    def coded(x: str) -> str:
        codes = python(low, "soundex", characters.soundex, [(x, STRING)], STRING)
        return f"(CASE WHEN regexp_matches({x}, '^[A-Za-z]') THEN {codes} ELSE {x} END)"

    return bind(low.sql(call.args[0]), coded)


def distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(before + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def _lower_levenshtein(call: Call, low: Lowering) -> str:
    """The kernel counts bytes."""
    texts = call.args[:2]

    def measure(a: str, b: str) -> str:
        ascii_ = f"strlen({a}) = length({a}) AND strlen({b}) = length({b})"
        other = per_row(low, "levenshtein", distance, [(a, STRING), (b, STRING)], INT)
        return f"CAST(CASE WHEN {ascii_} THEN levenshtein({a}, {b}) ELSE {other} END AS INTEGER)"

    found = let(low.sql(texts[0]), lambda a: let(low.sql(texts[1]), lambda b: measure(a, b)))
    if len(call.args) < 3:
        return found
    limit = f"coalesce({low.sql(call.args[2])}, 0)"  # as Spark reads no limit
    return let(
        found,
        lambda d: f"(CASE WHEN {d} <= {limit} THEN {d} WHEN {d} IS NOT NULL THEN -1 END)",
    )


def luhn(text: str) -> bool:
    if not text or not (text.isascii() and text.isdigit()):
        return False
    total = 0
    for i, c in enumerate(reversed(text)):
        d = int(c) * (1 + i % 2)
        total += d - 9 if d > 9 else d
    return total % 10 == 0


def mask(text: str | None, upper: str | None, lower: str | None, digit: str | None, other: str | None) -> str | None:
    """Each character replaced by the first one given for its kind; None keeps it."""
    return None if text is None else "".join(map(masking(upper, lower, digit, other).of, text))


def _lower_mask(call: Call, low: Lowering) -> str:
    """By constants as whole columns."""
    text, *new = call.args
    by = tuple(map(constant, new))
    if not all(isinstance(e, Literal) or k is not None for e, k in zip(new, by, strict=True)):
        return per_row(low, "mask", mask, call.args, STRING, nulls=True)

    def body(values: Any) -> Any:
        codes, ends = decoded(values)
        found = masking(*by)(codes)
        return rows(lambda x: mask(x, *by), STRING)(values) if found is None else encoded(found, ends, values)

    return python(low, f"mask_{crc32(repr(by).encode()):08x}", body, [text], STRING)


def _masked(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    for i, a in enumerate(args):
        if not isinstance(a.type, (*STRINGS, NullType)):
            raise unexpected(args, i, '"STRING"')
    return tuple(cast_to(a, STRING) for a in args)


def _mask_type(args: tuple[Expression, ...]) -> DataType:
    for name, e in zip(("upperChar", "lowerChar", "digitChar", "otherChar"), args[1:], strict=True):
        if not foldable(e):
            raise Mismatch(
                "NON_FOLDABLE_INPUT", inputName=quote(name), inputType='"STRING"', inputExpr=f'"{pretty(e)}"'
            )
        value = constant(e)
        if isinstance(value, str) and len(value) != 1:
            raise Mismatch("INPUT_SIZE_NOT_ONE", exprName=name)
    return STRING


_LETTERS = r"(?:[^\W_][\u0300-\u036f]*)+"
_JOINT = r"""(?<![\W\d_])['’"._-](?![\W\d_])|(?<=\d)[.,](?=\d)"""  # within a word, within a number
# a number after what numbers begin with (`$5`, `.5`) is none that begins with a digit
_WORD = re.compile(rf"(?:(?=[^\W\d_])|(?<![.#$£€¥]))(?<!\d){_LETTERS}(?:(?:{_JOINT}){_LETTERS})*")
_END = re.compile(r"""[.!?]["')\]}”’»]*\s+|[。！？]\s*""")


def _begins(text: str, at: int) -> bool:
    """Whether a sentence may begin there after a full stop."""
    first = text[at : at + 1]
    return first in "\"'“‘«([{" or (first.isalpha() and not first.islower())


def sentences(text: str | None, language: str | None, country: str | None) -> list[list[str]] | None:
    """The words of each sentence; words are letters and digits.

    Sentences end at `!` or `?` before a space, and at `.` if a letter follows that is not a small one.
    """
    if text is None:
        return None
    ends = [m for m in _END.finditer(text) if m[0][0] != "." or _begins(text, m.end())]
    starts = [0, *(m.end() for m in ends)]
    parts = (text[i:j] for i, j in zip(starts, [*(m.start() for m in ends), len(text)], strict=True))
    return [_WORD.findall(part) for part in parts if part]


def _lower_elt(call: Call, low: Lowering) -> str:
    index, *values = (low.sql(a) for a in call.args)
    items = f"[{', '.join(values)}]"

    def choose(i: str) -> str:
        if not call.ansi:
            return f"list_extract({items}, CASE WHEN {i} > 0 THEN {i}::BIGINT END)"
        outside = low.error(
            call, "INVALID_ARRAY_INDEX", indexValue=f"CAST({i} AS VARCHAR)", arraySize=low.literal(str(len(values)))
        )
        return f"(CASE WHEN {i} < 1 OR {i} > {len(values)} THEN {outside} ELSE list_extract({items}, {i}::BIGINT) END)"

    return let(index, choose)


def _elt_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    from glowplug.functions.coercion import implicit_target

    index, *values = args
    if implicit_target(index.type, INTEGER, ansi) is None:
        return None
    t = BINARY if all(is_binary(v) for v in values) else STRING
    targets = [implicit_target(v.type, STR if t == STRING else STR_OR_BIN, ansi) for v in values]
    if None in targets:
        raise Mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex="second...",
            requiredType='"STRING" or "BINARY"',
            inputSql=",".join(f'"{pretty(v)}"' for v in values),
            inputType=",".join(f'"{sql_name(to or v.type)}"' for v, to in zip(values, targets, strict=True)),
        )
    return (cast_to(index, INT), *(cast_to(v, t) for v in values))


FUNCTIONS = (
    _string(
        ("soundex",),
        sig(STR),
        STRING,
        _lower_soundex,
        casts=False,
        usage="Returns the Soundex code.",
        example="SELECT soundex('Miller')",
    ),
    _string(
        ("levenshtein",),
        sig(STR, STR, INTEGER, optional=1),
        INT,
        _lower_levenshtein,
        usage="Returns how many changes turn one text into the other, -1 above a limit.",
        example="SELECT levenshtein('kitten', 'sitting')",
    ),
    _string(
        ("luhn_check",),
        sig(STR),
        BOOLEAN,
        lambda call, low: per_row(low, "luhn_check", luhn, call.args, BOOLEAN),
        nullable="always",
        usage="Returns whether the digits pass Luhn's check.",
        example="SELECT luhn_check('8112189876')",
    ),
    _string(
        ("mask",),
        sig(
            as_is(STR),
            *(must_be_constant(as_is(STR)),) * 4,
            optional=4,
            defaults=("X", "x", "n", Literal(None, STRING)),
            names="str upperChar lowerChar digitChar otherChar",
        ),
        _mask_type,
        coerce=_masked,
        lower=_lower_mask,
        nullable="always",
        usage="Replaces letters and digits by others.",
        example="SELECT mask('abcd-EFGH-8765-4321')",
    ),
    _string(
        ("sentences",),
        sig(STR, STR, STR, optional=2, defaults=("", "")),
        ArrayType(ArrayType(STRING, False), False),
        lambda call, low: per_row(low, "sentences", sentences, call.args, ArrayType(ArrayType(STRING)), nulls=True),
        nullable="always",
        usage="Splits a text into sentences, and these into words.",
        example="SELECT sentences('Hi there! Good morning.')",
    ),
    _string(
        ("elt",),
        sig(INTEGER, ANY, variadic=True),
        lambda args: args[1].type,
        _lower_elt,
        nullable="always",
        coerce=_elt_operands,
        usage="Returns the n-th of the values.",
        example="SELECT elt(1, 'scala', 'java')",
    ),
)
