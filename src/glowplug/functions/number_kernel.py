"""Numbers as texts by a format, and back, in the kernel: what is plain of `number_patterns.py`.

Each function gives None, or NULL for a row, where only the body in Python knows the answer.
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import SparkError
from glowplug.functions.lowering import bind
from glowplug.functions.number_patterns import JavaFormat, SQLFormat, grouped, java_format
from glowplug.plan.function import Lowering
from glowplug.types import DataType, DecimalType, DoubleType, FloatType

_MOST_PLACES = 15  # more are rarely asked for
_NARROW = 18  # digits of a decimal that the kernel keeps in 64 bits


def java_text(x: str, type: DataType, format: object, low: Lowering) -> str | None:
    """The text of a number (a name) by Java's format, or by a number of places."""
    try:
        f = java_format(grouped(format)) if isinstance(format, (int, str)) else None
    except SparkError:  # of each row, and of none if there are none
        return None
    if f is None or not _plain(f):
        return None
    (p0, p1), (n0, n1) = ((low.literal(a), low.literal(b)) for a, b in (f.positive, f.negative))

    number = _unsigned(x, type, f)
    if number is None:
        return None
    plain, negative, text = number
    return (
        f"CASE WHEN NOT {plain} THEN NULL WHEN {negative} THEN {n0} || {text} || {n1} ELSE {p0} || {text} || {p1} END"
    )


def _plain(f: JavaFormat) -> bool:
    fixed = f.least_fraction == f.most_fraction <= _MOST_PLACES and f.point <= (f.most_fraction > 0)
    return fixed and f.least_whole == 1 and f.group in (0, 3) and f.multiplier == 1 and not f.exponent


def _unsigned(v: str, type: DataType, f: JavaFormat) -> tuple[str, str, str] | None:
    """Whether a number is plain, whether it has a minus, and its digits."""
    places, group = f.most_fraction, "," if f.group else ""
    match type:
        case (
            FloatType() | DoubleType()
        ):  # the kernel rounds the exact value half to even; larger ones it does not show exactly
            # of more digits Java shows zeros
            return (
                f"abs({v}) < 1e{_MOST_PLACES - places}",
                f"signbit({v})",
                f"format('{{:{group}.{places}f}}', abs(CAST({v} AS DOUBLE)))",
            )
        case DecimalType(_, scale):
            if scale >= _NARROW:
                return None
            narrow = f"TRY_CAST(abs({v}) AS DECIMAL({_NARROW}, {scale}))"
            rounded = bind(narrow, lambda n: _half_even(n, scale, places)) if places < scale else narrow
            return (
                f"{narrow} IS NOT NULL",
                f"{v} < 0",
                bind(f"CAST({rounded} AS VARCHAR)", lambda t: _grouped(t, places, group)),
            )
    zeros = f" || '.{'0' * places}'" if places else ""
    least = -(2**63)  # has no opposite
    return f"CAST({v} AS BIGINT) > {least}", f"{v} < 0", f"(format('{{:{group}}}', abs(CAST({v} AS BIGINT))){zeros})"


def _half_even(n: str, scale: int, places: int) -> str:
    """A decimal that is not negative, rounded; the kernel rounds half away from zero."""
    tie = f"CAST({5 * 10 ** (scale - places - 1)}e-{scale} AS DECIMAL({_NARROW}, {scale}))"
    fewer = f"DECIMAL({_NARROW}, {places})"
    odd = "ascii(right(CAST({0} AS VARCHAR), 1)) % 2 = 1"
    return bind(
        f"CAST({n} AS {fewer})",
        lambda r: (
            f"CASE WHEN {r} - {n} = {tie} AND {odd.format(r)}"
            f" THEN CAST({r} - CAST(1e-{places} AS {fewer}) AS {fewer}) ELSE {r} END"
        ),
    )


def _grouped(text: str, places: int, group: str) -> str:
    """The text of a decimal with its thousands apart, and zeros up to the last place."""
    whole = f"format('{{:{group}}}', CAST(split_part({text}, '.', 1) AS BIGINT))"
    return f"({whole} || '.' || rpad(split_part({text}, '.', 2), {places}, '0'))" if places else whole


def number(x: str, f: SQLFormat, type: DataType, low: Lowering) -> str:
    """The number of a text (a name) by SQL's format: no spaces around it, and a digit before the point."""
    groups = f.whole.split(",")
    choices = []
    for i in range(len(groups)):
        if "0" in "".join(groups[:i]):
            break
        first, *rest = groups[i:]
        least = len(first) if first.startswith("0") else 1
        if first:
            choices.append(f"[0-9]{{{least},{len(first)}}}" + "".join(f",[0-9]{{{len(g)}}}" for g in rest))
    places = len(f.fraction)
    digits = f"(?:{'|'.join(choices)})" + (rf"(?:[.][0-9]{{1,{places}}})?" if places else "")
    digits = (r"[$]" if f.currency else "") + digits
    pattern = {
        "S": f"[+-]?{digits}",
        "MI": f"-?{digits}",
        "_S": f"{digits}[+-]?",
        "_MI": f"{digits}-?",
        "_PR": f"{digits}|<{digits}>",
    }.get(f.sign, digits)
    if not choices:
        return f"CAST(NULL AS {low.type(type)})"
    marks = [","] * ("," in f.whole) + ["$"] * f.currency + list({"": "", "_PR": "<>"}.get(f.sign, "+-"))

    bare = x
    for mark in marks:
        bare = f"replace({bare}, '{mark}', '')"
    value = f"TRY_CAST({bare} AS {low.type(type)})"
    if f.sign:
        value = f"(CASE WHEN contains({x}, '-') OR contains({x}, '<') THEN -{value} ELSE {value} END)"
    return f"CASE WHEN regexp_full_match({x}, {low.literal(pattern)}) THEN {value} END"


def number_text(x: str, f: SQLFormat, type: DataType) -> str | None:
    """The text of a decimal (a name) by SQL's format; NULL if it has too many digits."""
    groups, places = f.whole.split(",") if f.whole else [], len(f.fraction)
    room = sum(map(len, groups))
    if not room or (not places and (f.point or f.sign == "_S")):  # which may follow spaces
        return None
    if isinstance(type, DecimalType) and type.precision <= _MOST_PLACES and type.scale <= places and _usual(groups):
        return _usual_text(x, f, len(f.whole) + (f.point and places + 1))

    def text(whole: str, fraction: str) -> str:
        fits = f"length({whole}) <= {room} AND length({fraction}) <= {places}"
        after = f" || '.' || rpad({fraction}, {places}, '0')" if f.point else ""
        shown = bind(f"({_whole(f'lpad({whole}, {room}, {SPACE})', groups)})", lambda w: f"{before(w)}{after}")
        return f"CASE WHEN {fits} THEN {shown}{_sign_after(x, f)} END"

    def before(w: str) -> str:
        filled = f"CASE WHEN right({w}, 1) = ' ' THEN left({w}, -1) || '0' ELSE {w} END" if f.point else w
        bare = f"ltrim({w}, ' ')"
        return _signed(x, filled, lambda sign: f"repeat(' ', length({w}) - length({bare})) || '{sign}' || {bare}", f)

    parts = f"CAST(abs({x}) AS VARCHAR)"
    whole, fraction = f"ltrim(split_part({parts}, '.', 1), '0')", f"rtrim(split_part({parts}, '.', 2), '0')"
    return bind(whole, lambda w: bind(fraction, lambda n: text(w, n)))


def _usual(groups: list[str]) -> bool:
    """Whether digits stand as they are written anyway: thousands apart, or not, and without zeros before them."""
    thousands = len(groups) == 1 or (len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:]))
    return thousands and "0" not in "".join(groups)


def _usual_text(x: str, f: SQLFormat, width: int) -> str:
    """As the kernel writes a double, which so short a decimal can be."""
    group = "," if "," in f.whole else ""
    digits = f"format('{{:{group}.{len(f.fraction)}f}}', abs(CAST({x} AS DOUBLE)))"
    if not f.point:  # without one, a zero is all spaces
        digits = f"(CASE WHEN {x} = 0 THEN '' ELSE {digits} END)"

    def text(shown: str) -> str:
        filled = f"lpad({shown}, {width}, {SPACE})"
        signed = _signed(x, filled, lambda sign: f"lpad('{sign}' || ltrim({shown}, '0'), {width + 1}, {SPACE})", f)
        return f"CASE WHEN length({shown}) <= {width} THEN {signed}{_sign_after(x, f)} END"

    return bind(digits, text)


SPACE = "' '"


def _whole(digits: str, groups: list[str]) -> str:
    """The digits before the point, of spaces and digits: groups that begin with 0 have zeros; commas follow digits."""
    pieces, at = [], 1
    for i, group in enumerate(groups):
        zeros = group.startswith("0")
        piece = f"substring({digits}, {at}, {len(group)})"
        pieces.append(f"replace({piece}, ' ', '0')" if zeros else piece)
        at += len(group)
        if i < len(groups) - 1:
            last = f"substring({digits}, {at - 1}, 1)"
            pieces.append("','" if zeros else f"CASE WHEN {last} = ' ' THEN ' ' ELSE ',' END")
    return " || ".join(pieces)


def _signed(x: str, filled: str, bare: Callable[[str], str], f: SQLFormat) -> str:
    """The digits with what goes before them: a sign after spaces (`bare`), unless there is a currency symbol."""
    plus, minus = {"S": ("+", "-"), "MI": (" ", "-"), "_PR": ("", "<")}.get(f.sign, ("", ""))

    def with_sign(sign: str) -> str:
        if f.currency:
            return f"'{sign}$' || {filled}"
        return bare(sign) if sign.strip() else f"'{sign}' || {filled}"

    if plus == minus:
        return f"{with_sign('')}"
    return f"CASE WHEN {x} < 0 THEN {with_sign(minus)} ELSE {with_sign(plus)} END"


def _sign_after(x: str, f: SQLFormat) -> str:
    plus, minus = {"_S": ("+", "-"), "_MI": (" ", "-"), "_PR": ("  ", ">")}.get(f.sign, ("", ""))
    return f" || CASE WHEN {x} < 0 THEN '{minus}' ELSE '{plus}' END" if minus else ""
