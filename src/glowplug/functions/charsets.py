"""Texts as bytes of a character set, and back; whether bytes are UTF-8.

Semantics: Spark's SQL reference, "String Functions".
"""

from __future__ import annotations

import codecs
from functools import partial

from glowplug.errors import row_failure
from glowplug.functions.lowering import constant, per_row
from glowplug.functions.strings import is_binary
from glowplug.functions.vocabulary import (
    ANY,
    BIN,
    STR,
    STR_OR_BIN,
    sig,
)
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lowering
from glowplug.types import (
    BINARY,
    BOOLEAN,
    STRING,
    DataType,
)

_string = partial(Function, group="string_funcs")


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


FUNCTIONS = (
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
        lambda call, low: per_row(low, "decode", decode, call.args, STRING),
        nullable="always",
        rewrite=_decode_cases,
        usage="Returns the text of bytes in a character set; or the result whose search value equals the first.",
        example="SELECT decode(encode('abc', 'utf-8'), 'utf-8')",
    ),
    _utf8("is_valid_utf8", "({0} IS NOT NULL OR NULL)", BOOLEAN, "Returns whether the bytes are valid UTF-8."),
    _utf8("make_valid_utf8", "{0}", STRING, "Returns the text with invalid bytes replaced."),
    _utf8("validate_utf8", "{0}", STRING, "Returns the text, or fails if its bytes are not valid UTF-8."),
    _utf8("try_validate_utf8", "{0}", STRING, "Returns the text, or NULL if its bytes are not valid UTF-8."),
)
