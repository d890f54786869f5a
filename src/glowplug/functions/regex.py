"""Regular expressions: test, extract, replace, split. Patterns are Java's (`java_regex.py`).

A constant pattern that RE2 reads the same way runs in the kernel; any other runs in Python, row by row. Only Python's
engine follows Java where a match can be empty, so replacing, splitting and counting by such a pattern are its business.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from glowplug.errors import row_failure
from glowplug.functions import java_regex
from glowplug.functions.java_regex import Pattern
from glowplug.functions.lowering import bind, constant, let, per_row
from glowplug.functions.maps import of_entries
from glowplug.functions.regex_sets import PatternError
from glowplug.functions.vocabulary import INTEGER, STR, Mismatch, sig
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.plan.names import pretty
from glowplug.types import BOOLEAN, INT, STRING, ArrayType, DataType, MapType, StructField, StructType, quote

_regex = partial(Function, group="string_funcs")
STRINGS = ArrayType(STRING, True)


def compiled(name: str, text: str) -> Pattern:
    try:
        return java_regex.compile(text)
    except PatternError as error:
        raise row_failure(
            "INVALID_PARAMETER_VALUE.PATTERN", parameter="`regexp`", functionName=quote(name), value=f"'{text}'"
        ) from error


def _known(e: Expression) -> Pattern | None:
    """The parsed pattern, where it is a constant that can be parsed."""
    text = constant(e)
    if not isinstance(text, str):
        return None
    try:
        return java_regex.compile(text)
    except PatternError:
        return None


# --- testing --------------------------------------------------------------------------------------------


def _test(name: str) -> Callable[[str, str], bool]:
    return lambda text, pattern: compiled(name, pattern).python.search(text) is not None


def _lower_rlike(call: Call, low: Lowering) -> str:
    pattern = _known(call.args[1])
    if pattern is not None and pattern.literal is not None:
        return f"contains({low.sql(call.args[0])}, {low.literal(pattern.literal)})"
    if pattern is not None and pattern.test is not None:
        return f"regexp_matches({low.sql(call.args[0])}, {low.literal(pattern.test)})"
    return per_row(low, "rlike", _test("rlike"), call.args, BOOLEAN)


# --- extracting -----------------------------------------------------------------------------------------


def _group(name: str, pattern: Pattern, index: int) -> int:
    if 0 <= index <= pattern.groups:
        return index
    raise row_failure(
        "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
        parameter="`idx`",
        functionName=quote(name),
        groupCount=pattern.groups,
        groupIndex=index,
    )


def extract(text: str, pattern: str, index: int) -> str:
    p = compiled("regexp_extract", pattern)
    m = p.python.search(text)
    return "" if m is None else m[_group("regexp_extract", p, index)] or ""


def extract_all(text: str, pattern: str, index: int) -> list[str]:
    p = compiled("regexp_extract_all", pattern)
    found = list(p.python.finditer(text))
    return [m[_group("regexp_extract_all", p, index)] or "" for m in found]


def _lower_extract(call: Call, low: Lowering) -> str:
    pattern, index = _known(call.args[1]), constant(call.args[2])
    if pattern is not None and pattern.re2 is not None and index is not None and 0 <= index <= min(pattern.groups, 9):
        return f"regexp_extract({low.sql(call.args[0])}, {low.literal(pattern.re2)}, {index})"
    return per_row(low, "regexp_extract", extract, call.args, STRING)


def _lower_extract_all(call: Call, low: Lowering) -> str:
    pattern, index = _known(call.args[1]), constant(call.args[2])
    if _kernel(pattern) and index is not None and 0 <= index <= min(pattern.groups, 9):  # type: ignore[union-attr]
        found = f"regexp_extract_all({low.sql(call.args[0])}, {low.literal(pattern.re2)}, {index})"  # type: ignore[union-attr, arg-type]
        return f"list_transform({found}, lambda e: coalesce(e, ''))" if index else found
    return per_row(low, "regexp_extract_all", extract_all, call.args, STRINGS)


def _kernel(pattern: Pattern | None) -> bool:
    """Whether the kernel finds the same matches one after another: none of them may be empty."""
    return pattern is not None and pattern.re2 is not None and pattern.least > 0


def position(text: str, pattern: str, index: int) -> int:
    m = compiled("regexp_instr", pattern).python.search(text)
    return 0 if m is None else m.start() + 1


def first(text: str, pattern: str) -> str | None:
    m = compiled("regexp_substr", pattern).python.search(text)
    return (m[0] or None) if m is not None else None


def _lower_substr(call: Call, low: Lowering) -> str:
    pattern = _known(call.args[1])
    if pattern is not None and pattern.re2 is not None:
        return f"nullif(regexp_extract({low.sql(call.args[0])}, {low.literal(pattern.re2)}), '')"
    return per_row(low, "regexp_substr", first, call.args, STRING)


def count(text: str, pattern: str) -> int:
    return sum(1 for _ in compiled("regexp_count", pattern).python.finditer(text))


def _lower_count(call: Call, low: Lowering) -> str:
    pattern = _known(call.args[1])
    if _kernel(pattern):
        return f"CAST(len(regexp_extract_all({low.sql(call.args[0])}, {low.literal(pattern.re2)})) AS INTEGER)"  # type: ignore[union-attr, arg-type]
    return per_row(low, "regexp_count", count, call.args, INT)


# --- replacing ------------------------------------------------------------------------------------------


def replace(text: str, pattern: str, new: str, start: int) -> str:
    """Replace every match from a position on; `$n` in the new text is what group n matched."""
    p = compiled("regexp_replace", pattern)
    if start - 1 >= len(text) and start > 1:
        return text
    try:
        template = _template(new, pattern)
    except PatternError as error:
        if p.python.search(text[start - 1 :]) is None:
            return text
        raise row_failure(
            "INVALID_REGEXP_REPLACE", source=text, pattern=pattern, replacement=new, position=start
        ) from error
    return text[: start - 1] + p.python.sub(template, text[start - 1 :])


@lru_cache(1000)
def _template(new: str, pattern: str) -> str:
    """The new text as Python's engine takes it."""
    parts = java_regex.replacement(new, compiled("regexp_replace", pattern))
    return "".join(x.replace("\\", "\\\\") if isinstance(x, str) else f"\\g<{x}>" for x in parts)


def _replaced(args: tuple[Expression, ...]) -> DataType:
    """The position is a constant above 0."""
    start = constant(args[3])
    if start is None and not isinstance(args[3], Literal):
        raise Mismatch(
            "NON_FOLDABLE_INPUT", inputName="`position`", inputType='"INT"', inputExpr=f'"{pretty(args[3])}"'
        )
    if start is not None and start <= 0:
        raise Mismatch("VALUE_OUT_OF_RANGE", exprName="position", valueRange=f"(0, {2**31 - 1}]", currentValue=start)
    return STRING


def _lower_replace(call: Call, low: Lowering) -> str:
    text, expression, new, start = call.args
    pattern, value = _known(expression), constant(new)
    if _kernel(pattern) and isinstance(value, str) and constant(start) == 1:
        assert pattern is not None
        try:
            parts = java_regex.replacement(value, pattern)
        except PatternError:
            parts = (10,)
        if all(isinstance(x, str) or x <= 9 for x in parts):
            if pattern.literal is not None and all(isinstance(x, str) for x in parts):
                plain = "".join(map(str, parts))
                return f"replace({low.sql(text)}, {low.literal(pattern.literal)}, {low.literal(plain)})"
            rewritten = "".join(x.replace("\\", "\\\\") if isinstance(x, str) else f"\\{x}" for x in parts)
            return f"regexp_replace({low.sql(text)}, {low.literal(pattern.re2)}, {low.literal(rewritten)}, 'g')"  # type: ignore[arg-type]
    return per_row(low, "regexp_replace", replace, call.args, STRING)


# --- splitting ------------------------------------------------------------------------------------------


def split(text: str, pattern: str, limit: int) -> list[str]:
    """The pieces between matches; at most `limit` if positive. An empty match at the start gives no empty piece."""
    if not pattern and text:
        pieces = list(text)
        return pieces if limit <= 0 or limit >= len(pieces) else [*pieces[: limit - 1], "".join(pieces[limit - 1 :])]
    p = compiled("split", pattern).python
    out: list[str] = []
    at = 0
    for m in p.finditer(text):
        if 0 < limit <= len(out) + 1:
            break
        if m.end() == 0:
            continue
        out.append(text[at : m.start()])
        at = m.end()
    return [*out, text[at:]]


def _lower_split(call: Call, low: Lowering) -> str:
    pattern, limit = _known(call.args[1]), constant(call.args[2])
    if limit is not None and limit <= 0 and pattern is not None and _kernel(pattern):
        if pattern.literal is not None:
            return f"string_split({low.sql(call.args[0])}, {low.literal(pattern.literal)})"
        return f"string_split_regex({low.sql(call.args[0])}, {low.literal(pattern.re2 or '')})"
    return per_row(low, "split", split, call.args, STRINGS)


def _lower_split_part(call: Call, low: Lowering) -> str:
    text, delimiter, part = call.args
    x, d, n = low.sql(text), constant(delimiter), constant(part)
    pieces = f"string_split({x}, {low.sql(delimiter)})"
    if d is None:
        sql = low.sql(delimiter)
        pieces = f"(CASE WHEN {sql} = '' THEN [{x}] WHEN {sql} IS NOT NULL THEN {pieces} END)"
    elif d == "":
        pieces = f"[{x}]"

    def at(i: str) -> str:
        known = f"{x} IS NOT NULL AND {low.sql(delimiter)} IS NOT NULL"
        found = f"coalesce(list_extract({pieces}, {i}::BIGINT), CASE WHEN {known} THEN '' END)"
        if n:
            return found
        zero = low.error(call, "INVALID_INDEX_OF_ZERO")
        return f"(CASE WHEN {i} = 0 AND {known} THEN {zero} WHEN {i} IS NOT NULL THEN {found} END)"

    return let(low.sql(part), at)


PAIRS = ArrayType(StructType((StructField("key", STRING), StructField("value", STRING))), False)


def pairs(text: str, between: str, within: str) -> list[dict[str, str | None]]:
    out = []
    for entry in split(text, between, -1):
        key, *value = split(entry, within, 2)
        out.append({"key": key, "value": value[0] if value else None})
    return out


def _kernel_pairs(text: str, between: str, within: str, low: Lowering) -> str:
    """By texts that stand for themselves."""
    colon = low.literal(within)

    def pair(at: str) -> str:
        value = f"CASE WHEN {at} > 0 THEN substring(e, {at} + {len(within)}) END"
        return f"struct_pack(key := CASE WHEN {at} > 0 THEN left(e, {at} - 1) ELSE e END, value := {value})"

    return (
        f"list_transform(string_split({text}, {low.literal(between)}), lambda e: {bind(f'strpos(e, {colon})', pair)})"
    )


def _lower_str_to_map(call: Call, low: Lowering) -> str:
    between, within = (p and p.literal for p in map(_known, call.args[1:]))
    if between and within:
        found = _kernel_pairs(low.sql(call.args[0]), between, within, low)
    else:
        found = per_row(low, "str_to_map", pairs, call.args, PAIRS)
    return let(
        found,
        lambda x: f"(CASE WHEN {x} IS NOT NULL THEN {of_entries(x, call, low)} END)",
    )


def _rlike(name: str) -> Function:
    return _regex(
        (name,),
        sig(STR, STR),
        BOOLEAN,
        _lower_rlike,
        shown=f"{name.upper()}({{0}}, {{1}})",
        usage="Returns whether a part of the text matches the pattern.",
        example=f"SELECT {name}('Spark', 'S.*k')",
    )


def _with_group(name: str, returns: DataType, lower: Lower, index: int, usage: str, example: str) -> Function:
    return _regex(
        (name,),
        sig(STR, STR, INTEGER, optional=1, defaults=(index,)),
        returns,
        lower,
        usage=usage,
        example=example,
    )


FUNCTIONS = (
    _rlike("rlike"),
    _rlike("regexp"),
    _rlike("regexp_like"),
    _with_group(
        "regexp_extract",
        STRING,
        _lower_extract,
        1,
        "Returns what a group of the pattern matches first, or an empty text.",
        r"SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1)",
    ),
    _with_group(
        "regexp_extract_all",
        STRINGS,
        _lower_extract_all,
        1,
        "Returns all that a group of the pattern matches.",
        r"SELECT regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 1)",
    ),
    _with_group(
        "regexp_instr",
        INT,
        lambda call, low: per_row(low, "regexp_instr", position, call.args, INT),
        0,
        "Returns the position of the first match, 0 if there is none.",
        "SELECT regexp_instr('user@spark.apache.org', '@[^.]*')",
    ),
    _regex(
        ("regexp_substr",),
        sig(STR, STR),
        STRING,
        _lower_substr,
        nullable="always",
        usage="Returns the first match, NULL if there is none.",
        example="SELECT regexp_substr('Steven Jones', 'Ste(v|ph)en')",
    ),
    _regex(
        ("regexp_count",),
        sig(STR, STR),
        INT,
        _lower_count,
        usage="Returns the number of matches.",
        example="SELECT regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')",
    ),
    _regex(
        ("regexp_replace",),
        sig(STR, STR, STR, INTEGER, optional=1, defaults=(1,)),
        _replaced,
        _lower_replace,
        usage="Replaces the matches, from a position on; `$1` in the new text is what the first group matched.",
        example=r"SELECT regexp_replace('100-200', '(\\d+)', 'num')",
    ),
    _regex(
        ("split",),
        sig(STR, STR, INTEGER, optional=1, defaults=(-1,)),
        ArrayType(STRING, False),
        _lower_split,
        usage="Splits the text around the matches, into at most as many pieces as given.",
        example="SELECT split('oneAtwoBthreeC', '[ABC]')",
    ),
    _regex(
        ("split_part",),
        sig(STR, STR, INTEGER),
        STRING,
        _lower_split_part,
        nullable="always",
        usage="Returns the n-th piece of a text split by a delimiter, from the end if n is negative.",
        example="SELECT split_part('11.12.13', '.', 3)",
    ),
    _regex(
        ("str_to_map",),
        sig(STR, STR, STR, optional=2, defaults=(",", ":")),
        MapType(STRING, STRING, True),
        _lower_str_to_map,
        casts=False,
        usage="Makes a map of a text of entries, split by two patterns.",
        example="SELECT str_to_map('a:1,b:2,c:3', ',', ':')",
    ),
)
