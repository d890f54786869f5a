"""Calls of Java's static methods by name. There is no JVM here: the methods are those of a table.

A class that the table has not is one that is not found, and a method likewise, for which Spark has conditions. Sources:
the documentation of `java.lang`, `java.net` and `java.util` of Java 17.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable
from fractions import Fraction
from math import isfinite
from struct import pack, unpack
from typing import Any
from urllib.parse import quote_plus, unquote_plus
from zlib import crc32

from glowplug.errors import row_failure
from glowplug.functions.lowering import known, per_row
from glowplug.functions.vocabulary import ANY, Mismatch, ordinal, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    NUMERIC,
    STRING,
    STRINGS,
    BooleanType,
    DataType,
    DecimalType,
    NullType,
    sql_name,
)

_TAKEN = " or ".join(f'"{t}"' for t in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING"))
Method = tuple[DataType, Callable[..., Any] | str]  # the result, and a function of a row or kernel SQL
Methods = dict[str, dict[tuple[DataType, ...], Method]]


def _wrapped(bits: int) -> Callable[[int], int]:
    return lambda n: (n + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)


def _digits(base: int, bits: int) -> Callable[[int], str]:
    """Of the number without a sign."""
    form = {2: "b", 8: "o", 16: "x"}[base]
    return lambda n: format(n % (1 << bits), form)


def _parsed(bits: int) -> Callable[..., int]:
    def parse(text: str, radix: int = 10) -> int:
        digits = text[1:] if text[:1] in ("+", "-") else text
        if not 2 <= radix <= 36 or not digits or any(int(d, 36) >= radix for d in digits):
            raise ValueError(text)
        return _exact(bits)(int(text, radix))

    return parse


def _parse(type: DataType, bits: int) -> dict[tuple[DataType, ...], Method]:
    return dict.fromkeys(((STRING,), (STRING, INT)), (type, _parsed(bits)))


def _exact(bits: int) -> Callable[[int], int]:
    def checked(n: int) -> int:
        if _wrapped(bits)(n) != n:
            raise ArithmeticError(n)
        return n

    return checked


def _in_base(n: int, radix: int) -> str:
    """As Java writes numbers: in another radix than 2 to 36, in 10."""
    radix = radix if 2 <= radix <= 36 else 10
    digits, rest = "", abs(n)
    while rest or not digits:
        rest, digit = divmod(rest, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return "-" * (n < 0) + digits


def _turned(bits: int, left: int) -> Callable[[int, int], int]:
    def turn(n: int, distance: int) -> int:
        rest, distance = n % (1 << bits), left * distance % bits
        return _wrapped(bits)((rest << distance | rest >> (bits - distance)) % (1 << bits))

    return turn


def _whole(type: DataType, bits: int) -> Methods:
    """What Integer and Long have alike."""
    one, two, wrap, wide = (type,), (type, type), _wrapped(bits), 1 << bits
    return {
        "toHexString": {one: (STRING, _digits(16, bits))},
        "toBinaryString": {one: (STRING, _digits(2, bits))},
        "toOctalString": {one: (STRING, _digits(8, bits))},
        "toString": {one: (STRING, str), (type, INT): (STRING, _in_base)},
        "toUnsignedString": {one: (STRING, lambda n: str(n % (1 << bits)))},
        "reverse": {one: (type, lambda n: wrap(int(format(n % (1 << bits), f"0{bits}b")[::-1], 2)))},
        "highestOneBit": {one: (type, lambda n: wrap(1 << (n % (1 << bits)).bit_length() - 1 if n else 0))},
        "lowestOneBit": {one: (type, lambda n: wrap(n & -n))},
        "numberOfLeadingZeros": {one: (INT, lambda n: bits - (n % (1 << bits)).bit_length())},
        "numberOfTrailingZeros": {one: (INT, lambda n: (n & -n).bit_length() - 1 if n else bits)},
        "rotateLeft": {(type, INT): (type, _turned(bits, 1))},
        "rotateRight": {(type, INT): (type, _turned(bits, -1))},
        "valueOf": {**_parse(type, bits), one: (type, int)},
        "bitCount": {one: (INT, lambda n: (n % (1 << bits)).bit_count())},
        "signum": {one: (INT, lambda n: (n > 0) - (n < 0))},
        "compare": {two: (INT, lambda a, b: (a > b) - (a < b))},
        "max": {two: (type, max)},
        "min": {two: (type, min)},
        "sum": {two: (type, lambda a, b: wrap(a + b))},
        "compareUnsigned": {two: (INT, lambda a, b: (a % wide > b % wide) - (a % wide < b % wide))},
        "divideUnsigned": {two: (type, lambda a, b: wrap(a % wide // (b % wide)))},
        "remainderUnsigned": {two: (type, lambda a, b: wrap(a % wide % (b % wide)))},
        "reverseBytes": {one: (type, lambda n: wrap(int.from_bytes((n % wide).to_bytes(bits // 8, "big"), "little")))},
        "hashCode": {one: (INT, lambda n: _wrapped(32)(n ^ (n >> 32 if bits == 64 else 0)))},
    }


_NAN = "'NaN'::DOUBLE"
_OF_A_DOUBLE = {
    **{name: f"{name}({{0}})" for name in ("exp", "atan")},
    **{name: f"(CASE WHEN isfinite({{0}}) THEN {name}({{0}}) ELSE {_NAN} END)" for name in ("sin", "cos", "tan")},
    **{name: f"(CASE WHEN abs({{0}}) <= 1 THEN {name}({{0}}) ELSE {_NAN} END)" for name in ("asin", "acos")},
    **{
        name: f"(CASE WHEN {{0}} > 0 THEN {kernel}({{0}}) WHEN {{0}} = 0 THEN '-inf'::DOUBLE ELSE {_NAN} END)"
        for name, kernel in {"log": "ln", "log10": "log10"}.items()
    },
    "signum": "(CASE WHEN isnan({0}) OR {0} = 0 THEN {0} ELSE sign({0})::DOUBLE END)",
}


def _math() -> Methods:
    one, two = (DOUBLE,), (DOUBLE, DOUBLE)
    found: Methods = {
        name: {one: (DOUBLE, sql)}
        for name, sql in {
            "sqrt": "(CASE WHEN {0} < 0 THEN 'NaN'::DOUBLE ELSE sqrt({0}) END)",
            "ceil": "ceil({0})",
            "floor": "floor({0})",
            "rint": "round_even({0}, 0)",
            "toRadians": "radians({0})",
            "toDegrees": "degrees({0})",
        }.items()
    }
    found |= {"pow": {two: (DOUBLE, "pow({0}, {1})")}, "abs": {one: (DOUBLE, abs)}, "max": {}, "min": {}}
    found |= {"floorMod": {}, "floorDiv": {}}
    found |= {name: {one: (DOUBLE, sql)} for name, sql in _OF_A_DOUBLE.items()}
    found |= {name: {} for name in ("addExact", "subtractExact", "multiplyExact", "negateExact", "incrementExact")}
    found |= {"decrementExact": {}, "toIntExact": {(LONG,): (INT, _exact(32))}}
    found |= {name: {two: (DOUBLE, sql)} for name, sql in {"atan2": "atan2({0}, {1})"}.items()}
    for type, bits in ((INT, 32), (LONG, 64)):
        wrap, exact = _wrapped(bits), _exact(bits)
        found["addExact"][type, type] = (type, lambda a, b, exact=exact: exact(a + b))
        found["subtractExact"][type, type] = (type, lambda a, b, exact=exact: exact(a - b))
        found["multiplyExact"][type, type] = (type, lambda a, b, exact=exact: exact(a * b))
        for name, by in (("negateExact", lambda n: -n), ("incrementExact", lambda n: n + 1)):
            found[name][type,] = (type, lambda n, by=by, exact=exact: exact(by(n)))
        found["decrementExact"][type,] = (type, lambda n, exact=exact: exact(n - 1))
        found["abs"][type,] = (type, lambda n, wrap=wrap: wrap(abs(n)))
        found["max"][type, type], found["min"][type, type] = (type, max), (type, min)
        found["floorMod"][type, type] = (type, lambda a, b: a % b)
        found["floorDiv"][type, type] = (type, lambda a, b: a // b)
    for name in ("floorMod", "floorDiv", "multiplyExact"):  # Java's mixed ones
        result, body = found[name][LONG, LONG]
        found[name][LONG, INT] = (INT if name == "floorMod" else result, body)
    found |= {
        "absExact": {(t,): (t, lambda n, bits=bits: _exact(bits)(abs(n))) for t, bits in ((INT, 32), (LONG, 64))},
        "copySign": {two: (DOUBLE, math.copysign)},
        "multiplyHigh": {(LONG, LONG): (LONG, lambda a, b: a * b >> 64)},
        "nextUp": {one: (DOUBLE, lambda x: math.nextafter(x, math.inf))},
        "nextDown": {one: (DOUBLE, lambda x: math.nextafter(x, -math.inf))},
        "round": {one: (LONG, _rounded)},
        "ulp": {one: (DOUBLE, math.ulp)},
    }
    for name, pick in (("max", max), ("min", min)):
        found[name][two] = (DOUBLE, lambda a, b, pick=pick: math.nan if a != a or b != b else pick(a, b))
    return found


def _rounded(x: float) -> int:
    """The nearest LONG, the greater of two; of NaN, 0."""
    if not isfinite(x):
        x = 0.0 if x != x else math.copysign(2.0**63, x)
    return max(-(2**63), min(2**63 - 1, math.floor(Fraction(x) + Fraction(1, 2))))


def _double(text: str) -> float:
    """`Double.parseDouble`, without hexadecimal digits."""
    if not _DECIMAL.fullmatch(text.strip()):
        raise ValueError(text)
    return float(text.strip().rstrip("dDfF") if text.strip()[-1:] in "dDfF" else text)


_DECIMAL = re.compile(r"[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?)")


def _compared(a: float, b: float) -> int:
    """-0.0 is before 0.0, and NaN after all others."""
    x, y = ((v != v, v if v == v else 0.0, math.copysign(1, v) if v == 0 else 0.0) for v in (a, b))
    return (x > y) - (x < y)


def _code_point(test: Callable[[str], bool]) -> dict[tuple[DataType, ...], Method]:
    return {(INT,): (BOOLEAN, lambda n: 0 <= n < 0x110000 and test(chr(n)))}


def _required(condition: bool) -> str:
    if not condition:
        raise ValueError("requirement failed")
    return "()"


def _encoded(text: str, charset: str) -> str:
    return quote_plus(text, safe="*", encoding=charset, errors="replace").replace("~", "%7E")


def _decoded(text: str, charset: str = "UTF-8") -> str:
    if _NO_ESCAPE.search(text):
        raise ValueError(text)
    return unquote_plus(text, encoding=charset, errors="replace")


_NO_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_CLASSES: dict[str, Methods] = {
    "java.lang.Integer": {**_whole(INT, 32), "parseInt": _parse(INT, 32)},
    "java.lang.Long": {**_whole(LONG, 64), "parseLong": _parse(LONG, 64)},
    "java.lang.Math": _math(),
    # What may differ from Math in a last digit, as StrictMath is for, is not at hand.
    "java.lang.StrictMath": {n: m for n, m in _math().items() if n not in (*_OF_A_DOUBLE, "atan2", "pow")},
    "java.lang.Boolean": {
        **{name: {(STRING,): (BOOLEAN, lambda s: s.lower() == "true")} for name in ("parseBoolean", "valueOf")},
        "logicalAnd": {(BOOLEAN, BOOLEAN): (BOOLEAN, "({0} AND {1})")},
        "logicalOr": {(BOOLEAN, BOOLEAN): (BOOLEAN, "({0} OR {1})")},
        "logicalXor": {(BOOLEAN, BOOLEAN): (BOOLEAN, "({0} <> {1})")},
    },
    "java.lang.Double": {
        "isNaN": {(DOUBLE,): (BOOLEAN, "isnan({0})")},
        "isInfinite": {(DOUBLE,): (BOOLEAN, "isinf({0})")},
        "isFinite": {(DOUBLE,): (BOOLEAN, "isfinite({0})")},
        "toString": {(DOUBLE,): (DOUBLE, lambda x: x)},
        "sum": {(DOUBLE, DOUBLE): (DOUBLE, "({0} + {1})")},
        "compare": {(DOUBLE, DOUBLE): (INT, _compared)},
        "parseDouble": {(STRING,): (DOUBLE, _double)},
        "valueOf": {(STRING,): (DOUBLE, _double), (DOUBLE,): (DOUBLE, lambda x: x)},
        "doubleToLongBits": {(DOUBLE,): (LONG, lambda x: unpack("<q", pack("<d", math.nan if x != x else x))[0])},
    },
    "java.lang.Character": {
        "isDigit": _code_point(str.isdecimal),
        "isLetter": _code_point(str.isalpha),
        "toString": {(INT,): (STRING, chr)},
    },
    "java.lang.String": {"valueOf": {(t,): (t, lambda x: x) for t in (BOOLEAN, INT, LONG, FLOAT, DOUBLE)}},
    "java.lang.System": {
        "currentTimeMillis": {(): (LONG, "epoch_ms(get_current_timestamp())")},
        "lineSeparator": {(): (STRING, "chr(10)")},
    },
    "java.net.URLDecoder": {"decode": dict.fromkeys(((STRING,), (STRING, STRING)), (STRING, _decoded))},
    "java.net.URLEncoder": {"encode": {(STRING, STRING): (STRING, _encoded)}},
    "java.util.UUID": {
        "randomUUID": {(): (STRING, "CAST(uuid() AS VARCHAR)")},
        "fromString": {(STRING,): (STRING, lambda s: str(uuid.UUID(s)))},
    },
    "scala.Predef": {"require": {(BOOLEAN,): (STRING, _required)}},
}


def _method(args: tuple[Expression, ...]) -> Method:
    """The method that a call names, by the types of its arguments."""
    for e, name in zip(args[:2], ("class", "method"), strict=True):
        if not isinstance(e.type, STRINGS) or known(e) is None:
            raise Mismatch(
                "NON_FOLDABLE_INPUT", inputName=f"`{name}`", inputType='"STRING"', inputExpr=f'"{pretty(e)}"'
            )
    for i, e in enumerate(args[2:], 2):
        fits = isinstance(e.type, (*NUMERIC, *STRINGS, BooleanType, NullType)) and not isinstance(e.type, DecimalType)
        if not fits:
            raise Mismatch(
                "UNEXPECTED_INPUT_TYPE",
                paramIndex=ordinal(i),
                requiredType=f"({_TAKEN})",
                inputSql=f'"{pretty(e)}"',
                inputType=f'"{sql_name(e.type)}"',
            )
    class_, method = map(known, args[:2])
    if (methods := _CLASSES.get(class_)) is None:
        raise Mismatch("UNEXPECTED_CLASS_TYPE", className=class_)
    types = tuple(STRING if isinstance(a.type, STRINGS) else a.type for a in args[2:])
    if (found := methods.get(method, {}).get(types)) is None:
        raise Mismatch("UNEXPECTED_STATIC_METHOD", className=class_, methodName=method)
    return found


def _type(args: tuple[Expression, ...]) -> DataType:
    _method(args)
    return STRING


def _lower(call: Call, low: Lowering) -> str:
    result, body = _method(call.args)
    args, tolerant = call.args[2:], call.name == "try_reflect"
    if isinstance(body, str):
        sql = body.format(*map(low.sql, args))
    else:
        name = ".".join(map(known, call.args[:2]))
        key = crc32(f"{name}{[sql_name(a.type) for a in args]}{tolerant}".encode())
        sql = per_row(low, f"static_{key:08x}", _guarded(body, name, tolerant), args, result, nulls=True)
    return sql if result == STRING else low.cast(sql, result, STRING)


def _guarded(body: Callable[..., Any], name: str, tolerant: bool) -> Callable[..., Any]:
    """What a method throws is an error of the row, or NULL; all those of the table throw for a NULL."""

    def called(*values: Any) -> Any:
        try:
            if None in values:
                raise TypeError("null")
            return body(*values)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            if tolerant:
                return None
            raise row_failure("FAILED_FUNCTION_CALL", funcName=f"`{name}`") from None

    return called


_KNOWN = ", ".join(name.rpartition(".")[2] for name in _CLASSES if name.startswith("java."))


def _java(*names: str) -> Function:
    return Function(
        names,
        sig(ANY, ANY, ANY, optional=1, variadic=True),
        _type,
        _lower,
        nullable="always",
        deterministic=False,
        settled=(0, 1),
        usage=f"Calls a static method of Java, one of those of {_KNOWN} that Glowplug knows without a JVM"
        + ("; NULL where it throws." if "try_reflect" in names else "."),
        example=f"SELECT {names[0]}('java.util.UUID', 'fromString', 'a5cf6c42-0c85-418f-af6c-3e4e5b1328f2')",
        group="misc_funcs",
    )


FUNCTIONS = (_java("java_method", "reflect"), _java("try_reflect"))
