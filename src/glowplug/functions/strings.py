"""Strings: case, joining, cutting, trimming, padding, searching. Positions count code points from 1.

Semantics: Spark's SQL reference, "String Functions". Where the kernel's function differs (positions of 0, negative
lengths, full Unicode case mappings, Unicode spaces), the SQL around it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.functions.characters import titles
from glowplug.functions.coercion import cast_to, implicit_target, merged_type, wider_all
from glowplug.functions.lowering import constant, let, per_row, python, rows
from glowplug.functions.vocabulary import ANY, BIN, INTEGER, STR, STR_OR_BIN, Mismatch, arg, sig, unexpected
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.types import (
    BINARY,
    BOOLEAN,
    INT,
    STRING,
    STRINGS,
    ArrayType,
    BinaryType,
    DataType,
    NullType,
    sql_name,
)

_string = partial(Function, group="string_funcs")
MAX_INT = 2**31 - 1


def is_binary(e: Expression) -> bool:
    return isinstance(e.type, BinaryType)


def number(value: int) -> Literal:
    return Literal(value, INT)


# --- case -----------------------------------------------------------------------------------------------


def title(text: str) -> str:
    """Each word, as spaces separate them, with its first letter in title case and the rest in lower case."""
    return " ".join(word[:1].title() + word.lower()[len(word[:1].lower()) :] for word in text.split(" "))


def _titles(values: Any) -> Any:
    found = titles(values)
    return rows(title, STRING)(values) if found is None else found


def _case(kernel: str) -> Lower:
    """ASCII in the kernel; the rest in Python, whose mappings are Unicode's full ones (`ß` → `SS`), as Spark's are."""
    full = {"upper": str.upper, "lower": str.lower}[kernel]

    def lower(call: Call, low: Lowering) -> str:
        def either(x: str) -> str:
            other = per_row(low, kernel, full, [(x, STRING)], STRING)
            return f"(CASE WHEN strlen({x}) = length({x}) THEN {kernel}({x}) ELSE {other} END)"

        return let(low.sql(call.args[0]), either)

    return lower


# --- joining --------------------------------------------------------------------------------------------


def _concat_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """All arrays (to one type), all binary, or else strings."""
    if args and all(isinstance(a.type, ArrayType) for a in args):
        t = wider_all([a.type for a in args], ansi)
        return None if t is None else tuple(cast_to(a, t) for a in args)
    if args and all(is_binary(a) for a in args):
        return args
    for i, a in enumerate(args):
        if not isinstance(a.type, ArrayType) and implicit_target(a.type, STR, ansi) is None:
            raise unexpected(args, i, '("STRING" or "BINARY" or "ARRAY")')
    if any(isinstance(a.type, ArrayType) for a in args):
        shown = [sql_name(a.type if isinstance(a.type, ArrayType) else STRING) for a in args]
        raise Mismatch("DATA_DIFF_TYPES", dataType='("' + '" or "'.join(shown) + '")')
    return tuple(cast_to(a, STRING) for a in args)


def _concat_type(args: tuple[Expression, ...]) -> DataType:
    return merged_type(args) if args else STRING


def _lower_concat(call: Call, low: Lowering) -> str:
    return f"({' || '.join(map(low.sql, call.args))})" if call.args else "''"


def _concat_ws_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    strings = ArrayType(STRING, True)
    out: list[Expression] = []
    for i, a in enumerate(args):
        if i and isinstance(a.type, ArrayType):
            element = implicit_target(a.type.element, STR, ansi)
            if element is None:
                raise unexpected(args, i, '("ARRAY<STRING>" or "STRING")')
            out.append(cast_to(a, strings) if not isinstance(a.type.element, STRINGS) else a)
        elif implicit_target(a.type, STR, ansi) is None:
            raise unexpected(args, i, '("ARRAY<STRING>" or "STRING")' if i else '"STRING"')
        else:
            out.append(cast_to(a, STRING))
    return tuple(out)


def _lower_concat_ws(call: Call, low: Lowering) -> str:
    """Each part alone becomes a list without NULLs; the kernel joins the lists."""
    separator, *parts = (low.sql(a) for a in call.args)
    if not parts:
        return f"(CASE WHEN {separator} IS NOT NULL THEN '' END)"
    return f"concat_ws({separator}, {', '.join(parts)})"


# --- cutting --------------------------------------------------------------------------------------------


def slice_bytes(data: bytes, position: int, length: int) -> bytes:
    """Bytes from a position (from 1; 0 is 1; negative from the end)."""
    start = position - 1 if position > 0 else len(data) + position if position < 0 else 0
    return data[max(start, 0) : max(start + length, 0)]


def cut(x: str, position: Expression, length: Expression, low: Lowering) -> str:
    """A string from a position on: 0 means 1, negative ones count from the end, lengths below 0 give nothing."""
    p, n = constant(position), constant(length)
    start = (
        str(p or 1) if p is not None else let(low.sql(position), lambda v: f"(CASE WHEN {v} = 0 THEN 1 ELSE {v} END)")
    )
    if n is None:
        return (
            f"substring({x}, {start}, greatest({low.sql(length)}, CASE WHEN {low.sql(length)} IS NOT NULL THEN 0 END))"
        )
    return (
        f"substring({x}, {start})"
        if n == MAX_INT and p is not None and p >= 0
        else f"substring({x}, {start}, {max(n, 0)})"
    )


def _lower_substring(call: Call, low: Lowering) -> str:
    text, position, length = call.args
    if is_binary(text):
        return per_row(low, "slice_bytes", slice_bytes, call.args, BINARY)
    return cut(low.sql(text), position, length, low)


def _left(args: tuple[Expression, ...]) -> Expression:
    return called("substring", args[0], number(1), args[1])


def _lower_right(call: Call, low: Lowering) -> str:
    text, length = (low.sql(a) for a in call.args)
    n = constant(call.args[1])
    if n is not None:
        return f"right({text}, {n})" if n > 0 else f"(CASE WHEN {text} IS NOT NULL THEN '' END)"
    return (
        f"(CASE WHEN {length} > 0 THEN right({text}, {length}) WHEN {length} <= 0 AND {text} IS NOT NULL THEN '' END)"
    )


def cut_at(text: str, delimiter: str, count: int) -> str:
    """What stands before the count-th delimiter, or after the count-th from the end; occurrences may overlap."""
    if not delimiter or not count:
        return ""
    if count > 0:
        at = -1
        for _ in range(count):
            at = text.find(delimiter, at + 1)
            if at < 0:
                return text
        return text[:at]
    at = len(text)
    for _ in range(-count):
        at = text.rfind(delimiter, 0, at + len(delimiter) - 1) if at else -1
        if at < 0:
            return text
    return text[at + len(delimiter) :]


def _lower_substring_index(call: Call, low: Lowering) -> str:
    """Split and join in the kernel, where the delimiter is one character, which cannot overlap itself."""
    delimiter, count = constant(call.args[1]), constant(call.args[2])
    if isinstance(delimiter, str) and len(delimiter) == 1 and isinstance(count, int) and count:
        part = f"[:{count}]" if count > 0 else f"[{count}:]"
        d = low.literal(delimiter)
        return f"array_to_string(string_split({low.sql(call.args[0])}, {d}){part}, {d})"
    return per_row(low, "cut_at", cut_at, call.args, STRING)


# --- trimming and padding -------------------------------------------------------------------------------


def _trim(name: str, side: str) -> Function:
    """`trim(characters, text)`: the characters come first, as in `trim(BOTH characters FROM text)`."""
    ends = {"BOTH": "both ends", "LEADING": "the beginning", "TRAILING": "the end"}

    def lower(call: Call, low: Lowering) -> str:
        *characters, text = (low.sql(a) for a in call.args)
        return f"{name}({text}, {characters[0] if characters else chr(39) + ' ' + chr(39)})"

    def shown(args: tuple[str, ...], call: Call) -> str:
        return f"{name}({args[0]})" if len(args) == 1 else f"TRIM({side} {args[0]} FROM {args[1]})"

    return _string(
        (name,),
        sig(STR, STR, optional=1),
        STRING,
        lower,
        shown=shown,
        usage=f"Removes spaces, or the given characters, at {ends[side]}.",
        example=f"SELECT {name}('    SparkSQL   ')",
    )


def _btrim(args: tuple[Expression, ...]) -> Expression:
    return called("trim", *reversed(args))


def pad_bytes(data: bytes, length: int, pad: bytes, left: bool) -> bytes:
    missing = length - len(data)
    if missing <= 0 or not pad:
        return data[: max(length, 0)]
    filling = (pad * (missing // len(pad) + 1))[:missing]
    return filling + data if left else data + filling


def _pad(name: str) -> Function:
    left = name == "lpad"

    def default(args: tuple[Expression, ...]) -> Expression | None:
        if len(args) == 3:
            return None
        return called(name, *args, Literal(b"\0", BINARY) if is_binary(args[0]) else Literal(" ", STRING))

    def operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
        """Bytes where both are, otherwise texts."""
        of = BIN if is_binary(args[0]) and is_binary(args[2]) else STR
        targets = [implicit_target(a.type, p, ansi) for a, p in zip(args, (of, INTEGER, of), strict=True)]
        return None if None in targets else tuple(cast_to(a, t) for a, t in zip(args, targets, strict=True) if t)

    def shown(args: tuple[str, ...], call: Call) -> str:
        pad = args[2] if len(args) > 2 else "X'00'" if is_binary(call.args[0]) else " "
        return f"{name}({args[0]}, {args[1]}, {pad})"

    def lower(call: Call, low: Lowering) -> str:
        if is_binary(call.args[0]):
            return per_row(low, name, lambda d, n, p: pad_bytes(d, n, p, left), call.args, BINARY)
        text, length, pad = call.args
        n, p = constant(length), constant(pad)
        x, size = low.sql(text), str(max(n, 0)) if n is not None else low.sql(length)
        if n is None:
            size = f"greatest({size}, CASE WHEN {size} IS NOT NULL THEN 0 END)"
        padded = f"{name}({x}, {size}, {low.sql(pad)})"
        if p:
            return padded
        cut_ = f"substring({x}, 1, {size})"
        return cut_ if p == "" else f"(CASE WHEN {low.sql(pad)} = '' THEN {cut_} ELSE {padded} END)"

    return _string(
        (name,),
        sig(STR, INTEGER, STR, optional=1),
        arg(0),
        lower,
        coerce=operands,
        rewrite=default,
        shown=shown,
        usage=f"Pads the value on the {'left' if left else 'right'} to a length, or cuts it to that length.",
        example=f"SELECT {name}('hi', 5, '??')",
    )


def _lower_translate(call: Call, low: Lowering) -> str:
    """A character that becomes the null character is left out, in Spark."""
    text, old, new = call.args
    a, b = constant(old), constant(new)
    if isinstance(a, str) and isinstance(b, str) and "\0" in b:
        table = dict(reversed(list(zip(a, b.ljust(len(a), "\0"), strict=False))))
        kept = [(x, y) for x, y in table.items() if y != "\0"]
        sides = (
            "".join(x for x, _ in kept) + "".join(x for x, y in table.items() if y == "\0"),
            "".join(y for _, y in kept),
        )
        return f"translate({low.sql(text)}, {low.literal(sides[0])}, {low.literal(sides[1])})"
    return f"translate({low.sql(text)}, {low.sql(old)}, {low.sql(new)})"


# --- searching ------------------------------------------------------------------------------------------


def _lower_locate(call: Call, low: Lowering) -> str:
    part, text, start = call.args
    s, x, n = low.sql(part), low.sql(text), constant(start)
    if n == 1:
        return f"CAST(instr({x}, {s}) AS INTEGER)"

    def search(p: str) -> str:
        found = f"instr(substring({x}, {p}), {s})"
        return (
            f"CAST(CASE WHEN {p} IS NULL THEN 0 WHEN {s} IS NULL OR {x} IS NULL THEN NULL WHEN {p} < 1 THEN 0"
            f" WHEN {s} = '' THEN 1 WHEN {found} > 0 THEN {found} + {p} - 1 ELSE 0 END AS INTEGER)"
        )

    return let(low.sql(start), search)


def _within(name: str, kernel: str, example: str) -> Function:
    tests: dict[str, Callable[..., Any]] = {
        "contains": bytes.__contains__,
        "startswith": bytes.startswith,
        "endswith": bytes.endswith,
    }

    def lower(call: Call, low: Lowering) -> str:
        if is_binary(call.args[0]):
            return per_row(low, name, tests[name], call.args, BOOLEAN)
        return f"{kernel}({low.sql(call.args[0])}, {low.sql(call.args[1])})"

    def nullable(args: tuple[Expression, ...]) -> bool:
        return is_binary(args[0]) or any(a.nullable for a in args)

    return _string(
        (name,),
        (sig(STR, STR), sig(BIN, BIN)),
        BOOLEAN,
        lower,
        nullable=nullable,
        usage=f"Returns whether the first value {name.rstrip('s')}s {'' if name == 'contains' else 'with '}the second.",
        example=example,
    )


def _lower_replace(call: Call, low: Lowering) -> str:
    return f"replace({', '.join(map(low.sql, call.args))})"


def paste(data: bytes, new: bytes, position: int, length: int) -> bytes:
    rest = position + (length if length >= 0 else len(new))
    return slice_bytes(data, 1, position - 1) + new + slice_bytes(data, rest, MAX_INT)


def _overlaid_type(args: tuple[Expression, ...]) -> DataType:
    a, b = args[0].type, args[1].type
    if is_binary(args[0]) != is_binary(args[1]):
        raise Mismatch("DATA_DIFF_TYPES", functionName="`overlay`", dataType=f'("{sql_name(a)}" or "{sql_name(b)}")')
    return a


def _lower_overlay(call: Call, low: Lowering) -> str:
    if is_binary(call.args[0]):
        return per_row(low, "paste", paste, call.args, BINARY)
    text, new, *numbers = map(low.sql, call.args)
    position, length = (f"CAST({n} AS BIGINT)" for n in numbers)
    count = constant(call.args[3])
    if count is None:
        taken = f"(CASE WHEN {length} < 0 THEN length({new}) ELSE {length} END)"
    else:
        taken = str(count) if count >= 0 else f"length({new})"

    def put(p: str) -> str:
        end = let(f"({p} + {taken})", lambda e: f"(CASE WHEN {e} = 0 THEN 1 ELSE {e} END)")
        return f"(substring({text}, 1, greatest({p} - 1, 0)) || {new} || substring({text}, {end}))"

    return let(position, put)


def _length(kernel: str, bits: int = 1) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        x = low.sql(call.args[0])
        if isinstance(call.args[0].type, NullType):
            return "CAST(NULL AS INTEGER)"
        size = f"octet_length({x})" if is_binary(call.args[0]) else f"{kernel}({x})"
        return f"CAST({size}{f' * {bits}' if bits > 1 else ''} AS INTEGER)"

    return lower


def _reverse(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if isinstance(call.type, ArrayType):
        return f"list_reverse({x})"
    if is_binary(call.args[0]):
        return per_row(low, "reverse", lambda b: b[::-1], call.args, BINARY)
    return let(
        x,  # the kernel reverses what is seen as one character as a whole, Spark each code point
        lambda v: (
            f"(CASE WHEN strlen({v}) = length({v}) THEN reverse({v})"
            f" ELSE array_to_string(list_reverse(string_split({v}, '')), '') END)"
        ),
    )


def _reversible(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    if isinstance(args[0].type, (ArrayType, BinaryType)):
        return args
    if implicit_target(args[0].type, STR, ansi) is None:
        raise unexpected(args, 0, '("STRING" or "ARRAY")')
    return (cast_to(args[0], STRING),)


FUNCTIONS = (
    _string(
        ("upper", "ucase"),
        sig(STR),
        STRING,
        _case("upper"),
        usage="Returns the text in upper case.",
        example="SELECT upper('SparkSql')",
    ),
    _string(
        ("lower", "lcase"),
        sig(STR),
        STRING,
        _case("lower"),
        usage="Returns the text in lower case.",
        example="SELECT lower('SparkSql')",
    ),
    _string(
        ("initcap",),
        sig(STR),
        STRING,
        lambda call, low: python(low, "title", _titles, call.args, STRING),
        usage="Returns the text with each word's first letter in upper case and the others in lower case.",
        example="SELECT initcap('sPark sql')",
    ),
    _string(
        ("concat",),
        sig(ANY, optional=1, variadic=True),
        _concat_type,
        _lower_concat,
        coerce=_concat_operands,
        usage="Joins strings, binaries or arrays; NULL if any is NULL.",
        example="SELECT concat('Spark', 'SQL')",
    ),
    _string(
        ("||",),
        sig(ANY, ANY),
        rewrite=lambda args: called("concat", *args),
        usage="Joins two strings, binaries or arrays.",
        example="SELECT 'Spark' || 'SQL'",
    ),
    _string(
        ("concat_ws",),
        sig(STR, ANY, optional=1, variadic=True),
        STRING,
        _lower_concat_ws,
        coerce=_concat_ws_operands,
        nullable=lambda args: args[0].nullable,
        usage="Joins strings and arrays of strings with a separator, leaving out NULLs.",
        example="SELECT concat_ws(' ', 'Spark', 'SQL')",
    ),
    _string(
        ("substring", "substr"),
        sig(STR_OR_BIN, INTEGER, INTEGER, optional=1, names="str pos len", defaults=(MAX_INT,)),
        arg(0),
        _lower_substring,
        usage="Returns the part that starts at a position, of a length or to the end.",
        example="SELECT substring('Spark SQL', 5, 1)",
    ),
    _string(
        ("left",),
        sig(STR_OR_BIN, INTEGER),
        rewrite=_left,
        usage="Returns the leftmost characters.",
        example="SELECT left('Spark SQL', 3)",
    ),
    _string(
        ("right",),
        sig(STR, INTEGER),
        STRING,
        _lower_right,
        nullable="always",
        usage="Returns the rightmost characters.",
        example="SELECT right('Spark SQL', 3)",
    ),
    _string(
        ("substring_index",),
        sig(STR, STR, INTEGER),
        STRING,
        _lower_substring_index,
        usage="Returns what stands before the n-th delimiter, or after the n-th from the end if n is negative.",
        example="SELECT substring_index('www.apache.org', '.', 2)",
    ),
    _trim("trim", "BOTH"),
    _trim("ltrim", "LEADING"),
    _trim("rtrim", "TRAILING"),
    _string(
        ("btrim",),
        sig(STR, STR, optional=1),
        rewrite=_btrim,
        usage="Removes spaces, or the characters given second, at both ends.",
        example="SELECT btrim('SSparkSQLS', 'SL')",
    ),
    _pad("lpad"),
    _pad("rpad"),
    _string(
        ("instr",),
        sig(STR, STR),
        INT,
        "CAST(instr({0}, {1}) AS INTEGER)",
        usage="Returns the position of the second text in the first, 0 if it is not there.",
        example="SELECT instr('SparkSQL', 'SQL')",
    ),
    _string(
        ("locate", "position"),
        sig(STR, STR, INTEGER, optional=1, defaults=(1,)),
        INT,
        _lower_locate,
        nullable=lambda args: args[0].nullable or args[1].nullable,
        usage="Returns the position of the first text in the second, from a position on; 0 if it is not there.",
        example="SELECT locate('bar', 'foobarbar', 5)",
    ),
    _within("contains", "contains", "SELECT contains('Spark SQL', 'Spark')"),
    _within("startswith", "starts_with", "SELECT startswith('Spark SQL', 'Spark')"),
    _within("endswith", "ends_with", "SELECT endswith('Spark SQL', 'SQL')"),
    _string(
        ("replace",),
        sig(STR, STR, STR, optional=1, defaults=("",)),
        STRING,
        _lower_replace,
        usage="Replaces every occurrence of the second text in the first by the third.",
        example="SELECT replace('ABCabc', 'abc', 'DEF')",
    ),
    _string(
        ("overlay",),
        sig(STR_OR_BIN, STR_OR_BIN, INTEGER, INTEGER, optional=1, defaults=(-1,), names="input replace pos len"),
        _overlaid_type,
        _lower_overlay,
        usage="Replaces the part at a position, as long as the new text or as given.",
        example="SELECT overlay('Spark SQL' PLACING '_' FROM 6)",
    ),
    _string(
        ("translate",),
        sig(STR, STR, STR),
        STRING,
        _lower_translate,
        usage="Replaces each character of the second text by the one at its place in the third.",
        example="SELECT translate('AaBbCc', 'abc', '123')",
    ),
    _string(
        ("length", "char_length", "character_length", "len"),
        sig(STR_OR_BIN),
        INT,
        _length("length"),
        usage="Returns the number of characters, or of bytes of a binary.",
        example="SELECT length('Spark SQL ')",
    ),
    _string(
        ("octet_length",),
        sig(STR_OR_BIN),
        INT,
        _length("strlen"),
        usage="Returns the number of bytes.",
        example="SELECT octet_length('Spark SQL')",
    ),
    _string(
        ("bit_length",),
        sig(STR_OR_BIN),
        INT,
        _length("strlen", 8),
        usage="Returns the number of bits.",
        example="SELECT bit_length('Spark SQL')",
    ),
    _string(
        ("reverse",),
        sig(ANY),
        arg(0),
        _reverse,
        coerce=_reversible,
        usage="Returns the text or the array in reverse order.",
        example="SELECT reverse('Spark SQL')",
    ),
    _string(
        ("repeat",),
        sig(STR, INTEGER),
        STRING,
        "repeat({0}, {1})",
        usage="Returns the text n times.",
        example="SELECT repeat('123', 2)",
    ),
    _string(("space",), sig(INTEGER), STRING, "repeat(' ', {0})", usage="Returns n spaces.", example="SELECT space(2)"),
    _string(
        ("find_in_set",),
        sig(STR, STR),
        INT,
        "CAST(CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL"
        " THEN coalesce(list_position(string_split({1}, ','), {0}), 0) END AS INTEGER)",
        usage="Returns the position of a text in a list separated by commas, 0 if it is not there.",
        example="SELECT find_in_set('ab', 'abc,b,ab,c,def')",
    ),
)
