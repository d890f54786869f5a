"""Texts as codes: character codes, hexadecimal, Base64, number bases.

Semantics: Spark's SQL reference, "String Functions" and "Mathematical Functions" (bin, hex, unhex, conv).
"""

from __future__ import annotations

import base64
import itertools
import re
import string
from functools import partial

from glowplug.errors import row_failure
from glowplug.functions import characters
from glowplug.functions.lowering import Argument, bind, constant, let, per_row, python
from glowplug.functions.vocabulary import (
    BIGINT,
    BIN,
    INTEGER,
    STR,
    sig,
    where_set,
)
from glowplug.plan.expressions import Call
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.types import (
    BINARY,
    INT,
    LONG,
    STRING,
    STRINGS,
    BinaryType,
    DataType,
    LongType,
)

_string = partial(Function, group="string_funcs")
HEXABLE = Accept(
    '("BIGINT" or "BINARY" or "STRING")', lambda t: isinstance(t, (LongType, BinaryType, *STRINGS)), (LONG, STRING)
)


# --- hexadecimal, Base64, bases -------------------------------------------------------------------------


def _lower_unhex(call: Call, low: Lowering) -> str:
    return let(
        low.sql(call.args[0]),
        lambda x: (
            f"(CASE WHEN regexp_full_match({x}, '[0-9A-Fa-f]*') THEN"
            f" unhex(CASE WHEN strlen({x}) % 2 = 1 THEN '0' || {x} ELSE {x} END) END)"
        ),
    )


BINARY_STYLE = "spark.sql.binaryOutputStyle"
LINE = 57  # bytes of a line of 76 letters


def to_base64(data: bytes) -> str:
    """MIME: lines of 76 letters."""
    lines = (base64.b64encode(data[i : i + LINE]).decode() for i in range(0, len(data), LINE))
    return "\r\n".join(lines)


_NO_LETTER = re.compile("[^A-Za-z0-9+/]")


def from_base64(text: str) -> bytes:
    """MIME: what is not a letter of the alphabet is skipped, padding may be missing, and is whole where it is not."""
    head, padding, rest = text.partition("=")
    letters = _NO_LETTER.sub("", head)
    last = len(letters) % 4  # letters of the last unit
    broken = last == 0 or (last == 2 and rest[:1] != "=") or _NO_LETTER.sub("", rest)
    if last == 1 or (padding and broken):
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
    lines = per_row(low, "base64", to_base64, [(x, BINARY)], STRING)
    return let(x, lambda v: f"(CASE WHEN octet_length({v}) <= {LINE} THEN to_base64({v}) ELSE {lines} END)")


def binary_text(sql: str, style: str) -> str:
    """Bytes as text in a style of spark.sql.binaryOutputStyle but UTF-8, a cast's; `[61 FF]` unless another is set."""
    match style:
        case "BASE64":
            return f"rtrim(base64({sql}), '=')"
        case "HEX":
            return f"hex({sql})"
        case "BASIC":  # signed numbers
            number = "(CAST('0x' || h AS INTEGER) + 128) % 256 - 128"
            numbers = f"list_transform(regexp_extract_all(hex({sql}), '..'), (lambda h: {number}))"
            return f"'[' || array_to_string({numbers}, ', ') || ']'"
    return f"'[' || rtrim(regexp_replace(hex({sql}), '(..)', '\\1 ', 'g')) || ']'"


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


def _chr(call: Call, low: Lowering) -> str:
    return let(low.sql(call.args[0]), lambda n: f"(CASE WHEN {n} < 0 THEN '' ELSE chr(CAST({n} & 255 AS INTEGER)) END)")


def _python(name: str, function: object, args_type: DataType) -> Lower:
    return lambda call, low: per_row(low, name, function, call.args, args_type)  # type: ignore[arg-type]


_BASE64 = _string(
    ("base64",),
    sig(BIN),
    STRING,
    _lower_base64,
    usage="Returns the bytes in Base64.",
    example="SELECT base64('Spark SQL')",
)
_UNCHUNKED = ("spark.sql.chunkBase64String.enabled", "FALSE")
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
    where_set(_BASE64, _UNCHUNKED, lower="to_base64({0})"),
    _string(
        ("unbase64",),
        sig(STR),
        BINARY,
        _python("unbase64", from_base64, BINARY),
        usage="Returns the bytes of a text in Base64.",
        example="SELECT unbase64('U3BhcmsgU1FM')",
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
)
