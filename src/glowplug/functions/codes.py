"""Texts as codes: character codes, hexadecimal, Base64, number bases, character sets, sound, distance, masks.

Semantics: Spark's SQL reference, "String Functions" and "Mathematical Functions" (bin, hex, unhex, conv).
"""

from __future__ import annotations

import base64
import codecs
import itertools
import re
import string
from functools import partial
from typing import Any
from zlib import crc32

from glowplug.errors import row_failure
from glowplug.functions import characters
from glowplug.functions.characters import decoded, encoded, masking
from glowplug.functions.coercion import cast_to
from glowplug.functions.lowering import Argument, bind, constant, let, per_row, python, rows
from glowplug.functions.options import foldable
from glowplug.functions.vocabulary import (
    ANY,
    BIGINT,
    BIN,
    INTEGER,
    STR,
    STR_OR_BIN,
    Mismatch,
    sig,
    unexpected,
)
from glowplug.functions.vocabulary import constant as must_be_constant
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    BINARY,
    BOOLEAN,
    INT,
    LONG,
    STRING,
    STRINGS,
    ArrayType,
    BinaryType,
    DataType,
    LongType,
    NullType,
    quote,
)

_string = partial(Function, group="string_funcs")
HEXABLE = Accept(
    '("BIGINT" or "BINARY" or "STRING")', lambda t: isinstance(t, (LongType, BinaryType, *STRINGS)), (LONG, STRING)
)


def is_binary(e: Expression) -> bool:
    return isinstance(e.type, BinaryType)


# --- hexadecimal, Base64, bases -------------------------------------------------------------------------


def _lower_unhex(call: Call, low: Lowering) -> str:
    return let(
        low.sql(call.args[0]),
        lambda x: (
            f"(CASE WHEN regexp_full_match({x}, '[0-9A-Fa-f]*') THEN"
            f" unhex(CASE WHEN strlen({x}) % 2 = 1 THEN '0' || {x} ELSE {x} END) END)"
        ),
    )


LINE = 57  # bytes of a line of 76 letters


def to_base64(data: bytes) -> str:
    """MIME: lines of 76 letters."""
    lines = (base64.b64encode(data[i : i + LINE]).decode() for i in range(0, len(data), LINE))
    return "\r\n".join(lines)


def from_base64(text: str) -> bytes:
    """MIME: what is not a letter of the alphabet is skipped, padding may be missing."""
    letters, *_ = re.sub(r"[^A-Za-z0-9+/=]", "", text).split("=")
    if len(letters) % 4 == 1:
        raise row_failure(
            "CONVERSION_INVALID_INPUT",
            str=f"'{text}'",
            fmt="'BASE64'",
            targetType='"BINARY"',
            suggestion="`try_to_binary`",
        )
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def _lower_base64(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if low.setting("spark.sql.chunkBase64String.enabled") == "false":
        return f"to_base64({x})"
    lines = per_row(low, "base64", to_base64, [(x, BINARY)], STRING)
    return let(x, lambda v: f"(CASE WHEN octet_length({v}) <= {LINE} THEN to_base64({v}) ELSE {lines} END)")


def convert_base(text: str, from_base: int, to_base: int, ansi: bool) -> str | None:
    """A number in another base; what follows the last digit is ignored; a negative target base keeps the sign."""
    digits = text.strip(" ")
    if not digits or not 2 <= from_base <= 36 or not 2 <= abs(to_base) <= 36:
        return None
    negative = digits[0] == "-"
    value = 0
    for c in digits[negative:]:
        d = int(c, 36) if c.isascii() and c.isalnum() else 99
        if d >= from_base:
            break
        value = value * from_base + d
    if value >= 1 << 64:
        if ansi:
            raise row_failure(
                "ARITHMETIC_OVERFLOW",
                message="Overflow in function conv()",
                alternative="",
                config='"spark.sql.ansi.enabled"',
            )
        value = (1 << 64) - 1
    elif negative and to_base > 0:
        value = (1 << 64) - 1 if value >= 1 << 63 else -value % (1 << 64)
    if to_base < 0 and value >= 1 << 63 and not negative:
        negative, value = True, (1 << 64) - value
    out = ""
    number, base = value, abs(to_base)
    while number or not out:
        number, d = divmod(number, base)
        out = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[d] + out
    return ("-" if negative and to_base < 0 else "") + out


def _lower_conv(call: Call, low: Lowering) -> str:
    """Numbers without a sign, below 2^63, between constant bases as whole columns."""
    ansi = call.ansi
    text, *bases = call.args
    source, target = map(constant, bases)

    def either(x: str) -> str:
        others: list[Argument] = [(x, STRING), *bases]
        slow = per_row(low, f"conv_{int(ansi)}", lambda t, f, b: convert_base(t, f, b, ansi), others, STRING)
        if not (isinstance(source, int) and isinstance(target, int) and 2 <= source <= 36 and 2 <= abs(target) <= 36):
            return slow
        letters = string.digits[:source] + "".join(a + a.upper() for a in string.ascii_lowercase[: max(source - 10, 0)])
        most = next(n for n in itertools.count() if source ** (n + 1) > 2**63)
        number = f"CAST({x} AS BIGINT)"
        if source != 10:
            body = partial(characters.whole_numbers, base=source)
            number = python(low, f"digits_{source}", body, [(x, STRING)], LONG)
        shown = f"CAST({number} AS VARCHAR)" if abs(target) == 10 else f"to_base({number}, {abs(target)})"
        return f"(CASE WHEN regexp_full_match({x}, '[{letters}]{{1,{most}}}') THEN {shown} ELSE {slow} END)"

    return bind(low.sql(text), either)


# --- character sets -------------------------------------------------------------------------------------

# Java writes UTF-16 with its mark and from the high byte on, and reads it either way.
CHARSETS = {
    "iso-8859-1": "latin-1",
    "us-ascii": "ascii",
    "utf-16": "utf-16",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "utf-32": "utf-32",
    "utf-8": "utf-8",
}


def _charset(name: str, charset: str) -> str:
    found = CHARSETS.get(charset.lower())
    if found is None:
        raise row_failure(
            "INVALID_PARAMETER_VALUE.CHARSET",
            functionName=f"`{name}`",
            parameter="`charset`",
            charset=charset,
            charsets=", ".join(CHARSETS),
        )
    return found


def encode(text: str, charset: str) -> bytes:
    codec = _charset("encode", charset)
    try:
        if codec == "utf-16":
            return codecs.BOM_UTF16_BE + text.encode("utf-16-be") if text else b""
        return text.encode("utf-32-be" if codec == "utf-32" else codec)
    except UnicodeEncodeError:
        raise row_failure("MALFORMED_CHARACTER_CODING", function="`encode`", charset=charset) from None


def decode(data: bytes, charset: str) -> str:
    codec = _charset("decode", charset)
    if codec in ("utf-16", "utf-32") and not data.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
    ):
        codec += "-be"
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        raise row_failure("MALFORMED_CHARACTER_CODING", function="`decode`", charset=charset) from None


def _lower_encode(call: Call, low: Lowering) -> str:
    if str(constant(call.args[1])).lower() == "utf-8":
        return f"encode({low.sql(call.args[0])})"
    return per_row(low, "encode", encode, call.args, BINARY)


def _decode_cases(args: tuple[Expression, ...]) -> Expression | None:
    """With more than two arguments, a CASE by equality in which NULL equals NULL."""
    if len(args) < 3:
        return None
    subject, *rest = args
    cases: list[Expression] = []
    while len(rest) > 1:
        search, result, *rest = rest
        cases += [called("<=>", subject, search), result]
    return called("when", *cases, *(rest or (Literal(None, STRING),)))


# --- UTF-8 ----------------------------------------------------------------------------------------------


def valid(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def checked(data: bytes) -> str:
    if not valid(data):
        shown = "".join(f"\\x{b:02X}" for b in data)
        raise row_failure("INVALID_UTF8_STRING", str=shown)
    return data.decode()


def _utf8(name: str, text: str, returns: DataType, usage: str) -> Function:
    """Texts are always valid here; binaries are looked at."""
    bodies = {
        "is_valid_utf8": valid,
        "make_valid_utf8": lambda b: b.decode(errors="replace"),
        "validate_utf8": checked,
        "try_validate_utf8": lambda b: b.decode() if valid(b) else None,
    }

    def lower(call: Call, low: Lowering) -> str:
        if is_binary(call.args[0]):
            return per_row(low, name, bodies[name], call.args, returns)
        return text.format(low.sql(call.args[0]))

    return _string(
        (name,),
        sig(STR_OR_BIN),
        returns,
        lower,
        nullable="always",
        usage=usage,
        example=f"SELECT {name}('Spark')",
    )


# --- sound, distance, checks, masks ---------------------------------------------------------------------


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
_JOINT = r"(?<![\W\d_])['’-](?![\W\d_])|(?<=\d)[.,](?=\d)"  # within a word, within a number
_WORD = re.compile(rf"(?<![^\w][.,])(?<!^[.,])(?<![\d]){_LETTERS}(?:(?:{_JOINT}){_LETTERS})*")


def sentences(text: str | None, language: str | None, country: str | None) -> list[list[str]] | None:
    """The words of each sentence. Sentences end at `.`, `!` or `?` before a space; words are letters and digits."""
    if text is None:
        return None
    return [_WORD.findall(part) for part in re.split(r"(?<=[.!?])\s+", text) if part]


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
    for i, v in enumerate(values, 1):
        if implicit_target(v.type, STR_OR_BIN, ansi) is None:
            raise unexpected(args, i, '("STRING" or "BINARY")')
    return (cast_to(index, INT), *(cast_to(v, t) for v in values))


def _chr(call: Call, low: Lowering) -> str:
    return let(low.sql(call.args[0]), lambda n: f"(CASE WHEN {n} < 0 THEN '' ELSE chr(CAST({n} & 255 AS INTEGER)) END)")


def _python(name: str, function: object, args_type: DataType) -> Lower:
    return lambda call, low: per_row(low, name, function, call.args, args_type)  # type: ignore[arg-type]


FUNCTIONS = (
    _string(
        ("ascii",),
        sig(STR),
        INT,
        "CAST(ascii({0}) AS INTEGER)",
        usage="Returns the code of the first character.",
        example="SELECT ascii('222')",
    ),
    _string(
        ("char", "chr"),
        sig(BIGINT),
        STRING,
        _chr,
        usage="Returns the character of a code, modulo 256.",
        example="SELECT chr(65)",
    ),
    _string(
        ("bin",),
        sig(BIGINT),
        STRING,
        "bin({0}::BIGINT)",
        usage="Returns the number in binary.",
        example="SELECT bin(13)",
    ),
    _string(
        ("hex",),
        sig(HEXABLE),
        STRING,
        "hex({0})",
        usage="Returns the number or the bytes in hexadecimal.",
        example="SELECT hex('Spark SQL')",
    ),
    _string(
        ("unhex",),
        sig(STR),
        BINARY,
        _lower_unhex,
        nullable="always",
        usage="Returns the bytes of hexadecimal digits; NULL for other text.",
        example="SELECT unhex('537061726B')",
    ),
    _string(
        ("conv",),
        sig(STR, INTEGER, INTEGER),
        STRING,
        _lower_conv,
        nullable="always",
        usage="Converts a number from one base to another.",
        example="SELECT conv('100', 2, 10)",
    ),
    _string(
        ("base64",),
        sig(BIN),
        STRING,
        _lower_base64,
        usage="Returns the bytes in Base64.",
        example="SELECT base64('Spark SQL')",
    ),
    _string(
        ("unbase64",),
        sig(STR),
        BINARY,
        _python("unbase64", from_base64, BINARY),
        usage="Returns the bytes of a text in Base64.",
        example="SELECT unbase64('U3BhcmsgU1FM')",
    ),
    _string(
        ("encode",),
        sig(STR, STR),
        BINARY,
        _lower_encode,
        nullable="always",
        usage="Returns the text's bytes in a character set.",
        example="SELECT encode('abc', 'utf-8')",
    ),
    _string(
        ("decode",),
        (sig(BIN, STR), sig(ANY, ANY, ANY, variadic=True)),
        STRING,
        _python("decode", decode, STRING),
        nullable="always",
        rewrite=_decode_cases,
        usage="Returns the text of bytes in a character set; or the result whose search value equals the first.",
        example="SELECT decode(encode('abc', 'utf-8'), 'utf-8')",
    ),
    _utf8("is_valid_utf8", "({0} IS NOT NULL OR NULL)", BOOLEAN, "Returns whether the bytes are valid UTF-8."),
    _utf8("make_valid_utf8", "{0}", STRING, "Returns the text with invalid bytes replaced."),
    _utf8("validate_utf8", "{0}", STRING, "Returns the text, or fails if its bytes are not valid UTF-8."),
    _utf8("try_validate_utf8", "{0}", STRING, "Returns the text, or NULL if its bytes are not valid UTF-8."),
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
        _python("luhn_check", luhn, BOOLEAN),
        nullable="always",
        usage="Returns whether the digits pass Luhn's check.",
        example="SELECT luhn_check('8112189876')",
    ),
    _string(
        ("mask",),
        sig(
            STR,
            *(must_be_constant(STR),) * 4,
            optional=4,
            defaults=("X", "x", "n", Literal(None, STRING)),
            names="str upperchar lowerchar digitchar otherchar",
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
        ("quote",),
        sig(STR),
        STRING,
        "('''' || replace({0}, '''', '\\''') || '''')",
        nullable="always",
        usage="Returns the text in single quotes, those inside escaped.",
        example=r"SELECT quote('Don\'t')",
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
