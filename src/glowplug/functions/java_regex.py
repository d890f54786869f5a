"""Java's regular expressions, as Python's or as the kernel's (RE2).

A pattern is parsed once into a small tree in which flags, classes and quoting are resolved to plain sets of characters.
It is then written for Python's `re`, which can say nearly all of it, and for RE2 where RE2 means the very same.
Source: the documentation of `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from glowplug.functions.regex_sets import PatternError
from glowplug.functions.regex_tree import Anchor, Back, Chars, Choice, Group, Node, Parser, Repeat, Sequence


def _code(code: int, re2: bool) -> str:
    c = chr(code)
    if c.isascii() and c.isalnum():
        return c
    if re2:
        return f"\\x{{{code:x}}}"
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _set(node: Chars, re2: bool) -> str:
    if not node.ranges:
        return ("(?s:.)" if node.negated else r"[^\x{0}-\x{10ffff}]") if re2 else "(?s:.)" if node.negated else "(?!)"
    if len(node.ranges) == 1 and not node.negated and node.ranges[0][0] == node.ranges[0][1]:
        return _code(node.ranges[0][0], re2)
    inside = "".join(_code(a, re2) + (f"-{_code(b, re2)}" if b > a else "") for a, b in node.ranges)
    return f"[{'^' if node.negated else ''}{inside}]"


def _count(node: Repeat) -> str:
    if (node.least, node.most) == (0, 1):
        return "?"
    if node.most is None and node.least < 2:
        return "*+"[node.least]
    return (
        f"{{{node.least}}}"
        if node.least == node.most
        else f"{{{node.least},{node.most if node.most is not None else ''}}}"
    )


def _write(node: Node, re2: bool) -> str:
    match node:
        case Chars():
            return _set(node, re2)
        case Anchor(kind, python):
            if re2:
                return {"begin": r"\A", "very end": r"\z", "end": r"(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z"}[kind]
            return python
        case Back(group, ignore_case):
            return f"(?i:(?:\\{group}))" if ignore_case else f"(?:\\{group})"
        case Group(open, body):
            return f"{open}{_write(body, re2)})"
        case Repeat(body, _, _, mode):
            inner = _write(body, re2)
            if not isinstance(body, (Chars, Group)) or (
                isinstance(body, Chars) and len(inner) > 1 and inner[0] not in "[\\("
            ):
                inner = f"(?:{inner})"
            return inner + _count(node) + mode
        case Sequence(parts):
            return "".join(f"(?:{_write(p, re2)})" if isinstance(p, Choice) else _write(p, re2) for p in parts)
        case Choice(options):
            return "|".join(_write(o, re2) for o in options)


def least_width(node: Node) -> int:
    """The length of the shortest text that matches."""
    match node:
        case Chars():
            return 1
        case Group(open, body):
            return 0 if open[1:2] == "?" and open not in ("(?:", "(?>") else least_width(body)
        case Repeat(body, least):
            return least * least_width(body)
        case Sequence(parts):
            return sum(map(least_width, parts))
        case Choice(options):
            return min(map(least_width, options))
    return 0


def _regular(node: Node) -> bool:
    """Whether RE2 means the same: no looking around, no memory, no repeated emptiness, no end but at the end."""
    match node:
        case Chars():
            return True
        case Anchor(kind):
            return kind in ("begin", "very end")
        case Group(open, body):
            return open in ("(", "(?:") and _regular(body)
        case Repeat(body, least, most, mode):
            small = max(least, most or 0) <= 1000
            return mode != "+" and small and least_width(body) > 0 and _regular(body)
        case Sequence(parts):
            return all(map(_regular, parts))
        case Choice(options):
            return all(map(_regular, options))
    return False


def _without_end(node: Node) -> Node | None:
    """The tree without a `$` at its very end; None if there is none."""
    if isinstance(node, Anchor) and node.kind == "end":
        return Sequence(())
    if (
        isinstance(node, Sequence)
        and node.parts
        and isinstance(node.parts[-1], Anchor)
        and node.parts[-1].kind == "end"
    ):
        return Sequence(node.parts[:-1])
    return None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: `python` compiled; `re2` where RE2 means the same, `test` where it does for a yes or no."""

    python: re.Pattern[str]
    groups: int
    names: dict[str, int]
    re2: str | None
    test: str | None
    least: int
    literal: str | None


@lru_cache(512)
def compile(text: str) -> Pattern:
    """Parse a Java pattern. Raises PatternError."""
    parser = Parser(text)
    tree = parser.parse()
    try:
        python = re.compile(_write(tree, False))
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from None
    same = _write(tree, True) if _regular(tree) else None
    rest = _without_end(tree)
    test = same if same is not None else _write(tree, True) if rest is not None and _regular(rest) else None
    return Pattern(python, parser.groups, parser.names, same, test, least_width(tree), _literal(tree))


def _literal(tree: Node) -> str | None:
    """The text that the pattern stands for, if it stands for one only."""
    parts = tree.parts if isinstance(tree, Sequence) else (tree,)
    out = []
    for p in parts:
        if not isinstance(p, Chars) or p.negated or len(p.ranges) != 1 or p.ranges[0][0] != p.ranges[0][1]:
            return None
        out.append(chr(p.ranges[0][0]))
    return "".join(out) or None


def replacement(text: str, pattern: Pattern) -> tuple[str | int, ...]:
    """A replacement's parts: texts and numbers of groups. `$1`, `${name}`; a backslash quotes. Raises PatternError."""
    out: list[str | int] = []
    i = 0
    while i < len(text):
        c = text[i]
        i += 1
        if c == "\\":
            if i == len(text):
                raise PatternError("the replacement ends with a backslash")
            out.append(text[i])
            i += 1
        elif c == "$":
            if m := re.compile(r"\{([a-zA-Z][a-zA-Z0-9]*)\}").match(text, i):
                if m[1] not in pattern.names:
                    raise PatternError(f"No group with name {{{m[1]}}}")
                out.append(pattern.names[m[1]])
                i = m.end()
                continue
            if i == len(text) or not ("0" <= text[i] <= "9"):
                raise PatternError("Illegal group reference")
            number, i = int(text[i]), i + 1
            if number > pattern.groups:
                raise PatternError(f"No group {number}")
            while i < len(text) and "0" <= text[i] <= "9" and number * 10 + int(text[i]) <= pattern.groups:
                number, i = number * 10 + int(text[i]), i + 1
            out.append(number)
        else:
            out.append(c)
    return tuple(out)
