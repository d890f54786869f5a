"""Java's patterns as small trees, in which flags, classes and quoting are resolved to plain sets of characters.

Source: the documentation of `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glowplug.functions.regex_sets import (
    CLASSES,
    LAST,
    TERMINATORS,
    VERTICAL,
    PatternError,
    Ranges,
    complement,
    folded,
    intersection,
    named,
    of,
    union,
)

_LINE = r"[\n\r\x85\u2028\u2029]"
# Between \r and \n there is no end of line.
_DOLLAR = rf"(?!(?<=\r)\n)(?=(?:\r\n|{_LINE})?\Z)"
_DOLLAR_LINES = rf"(?:(?=\r\n)|(?!(?<=\r)\n)(?={_LINE}|\Z))"
_CARET_LINES = r"(?:\A|(?<=\n)|(?<=[\r\x85\u2028\u2029])(?!\n))(?!\Z)"


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of (or, negated, not of) a set."""

    ranges: Ranges
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: `python` says it there; RE2 has only the beginning and, with care, the end."""

    kind: str
    python: str


@dataclass(frozen=True, slots=True)
class Back:
    """What a group has matched."""

    group: int
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group: capturing (`(`), plain (`(?:`), atomic (`(?>`) or looking around (`(?=` …)."""

    open: str
    body: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    body: Node
    least: int
    most: int | None
    mode: str  # "", "?" lazy, "+" possessive


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Node, ...]


Node = Chars | Anchor | Back | Group | Repeat | Sequence | Choice


class Parser:
    def __init__(self, text: str) -> None:
        self.text, self.i = text, 0
        self.flags = frozenset[str]()
        self.groups = 0
        self.names: dict[str, int] = {}

    def parse(self) -> Node:
        node = self.choice()
        if self.i < len(self.text):
            raise PatternError("a parenthesis closes nothing")
        return node

    def peek(self, text: str) -> bool:
        return self.text.startswith(text, self.i)

    def take(self, text: str) -> bool:
        if self.peek(text):
            self.i += len(text)
            return True
        return False

    def next(self) -> str:
        if self.i >= len(self.text):
            raise PatternError("the pattern ends too early")
        self.i += 1
        return self.text[self.i - 1]

    def until(self, end: str) -> str:
        at = self.text.find(end, self.i)
        if at < 0:
            raise PatternError(f"{end} is missing")
        found, self.i = self.text[self.i : at], at + len(end)
        return found

    def choice(self) -> Node:
        outer = self.flags
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        self.flags = outer  # flags set inside a group end with it
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.i < len(self.text) and self.text[self.i] not in "|)":
            if "x" in self.flags and (self.text[self.i].isspace() or self.peek("#")):
                self.i = (self.text.find("\n", self.i) if self.peek("#") else self.i) + 1 or len(self.text)
                continue
            if self.take("\\Q"):
                end = self.text.find("\\E", self.i)
                quoted = self.text[self.i : end if end >= 0 else None]
                self.i = end + 2 if end >= 0 else len(self.text)
                parts += [self.char(ord(c)) for c in quoted]
                if quoted:
                    parts[-1] = self.quantified(parts[-1])
                continue
            node = self.atom()
            if node is not None:
                parts.append(self.quantified(node))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self, node: Node) -> Node:
        while self.i < len(self.text):
            start = self.i
            if self.take("?"):
                least, most = 0, 1
            elif self.take("*"):
                least, most = 0, None
            elif self.take("+"):
                least, most = 1, None
            elif m := re.compile(r"\{(\d+)(,(\d*))?\}").match(self.text, self.i):
                self.i = m.end()
                least, most = int(m[1]), int(m[1]) if m[2] is None else int(m[3]) if m[3] else None
            elif self.peek("{"):
                raise PatternError("a repetition count is malformed")
            else:
                break
            if most is not None and most < least:
                raise PatternError("a repetition's bounds are the wrong way round")
            mode = "?" if self.take("?") else "+" if self.take("+") else ""
            if start == self.i:
                break
            node = Repeat(node, least, most, mode)
        return node

    def char(self, code: int) -> Chars:
        ranges: Ranges = ((code, code),)
        return Chars(folded(ranges, "u" in self.flags) if "i" in self.flags else ranges)

    def atom(self) -> Node | None:
        c = self.next()
        match c:
            case "(":
                return self.group()
            case "[":
                return self.clazz()
            case ".":
                if "s" in self.flags:
                    return Chars((), True)
                return Chars(((10, 10),) if "d" in self.flags else TERMINATORS, True)
            case "^":
                return Anchor("lines", _CARET_LINES) if "m" in self.flags else Anchor("begin", r"\A")
            case "$":
                return Anchor("lines", _DOLLAR_LINES) if "m" in self.flags else Anchor("end", _DOLLAR)
            case "\\":
                return self.escape()
            case "*" | "+" | "?" | "{":
                raise PatternError(f"there is nothing to repeat before {c}")
        return self.char(ord(c))

    def group(self) -> Node | None:
        if not self.take("?"):
            self.groups += 1
            return self.closed("(")
        for open in ("?:", "?>", "?=", "?!", "?<=", "?<!"):
            if self.take(open[1:]):
                return self.closed("(" + open)
        if self.take("<"):
            name = self.until(">")
            if not re.fullmatch("[a-zA-Z][a-zA-Z0-9]*", name) or name in self.names:
                raise PatternError(f"{name} cannot name a group")
            self.groups += 1
            self.names[name] = self.groups
            return self.closed("(")
        m = re.compile(r"([idmsuxU]*)(?:-([idmsuxU]*))?([:)])").match(self.text, self.i)
        if m is None:
            raise PatternError("a group begins in an unknown way")
        self.i = m.end()
        flags = (self.flags | set(m[1])) - set(m[2] or "")
        if m[3] == ")":
            self.flags = flags
            return None
        outer, self.flags = self.flags, flags
        node = self.closed("(?:")
        self.flags = outer
        return node

    def closed(self, open: str) -> Group:
        body = self.choice()
        if not self.take(")"):
            raise PatternError("a parenthesis is not closed")
        return Group(open, body)

    def escape(self) -> Node:
        c = self.next()
        if c.isdigit() and c != "0":
            number = int(c)
            while (
                self.i < len(self.text)
                and self.text[self.i].isdigit()
                and number * 10 + int(self.text[self.i]) <= self.groups
            ):
                number = number * 10 + int(self.next())
            return Back(number, "i" in self.flags)
        match c:
            case "k":
                self.take("<")
                name = self.until(">")
                if name not in self.names:
                    raise PatternError(f"there is no group {name}")
                return Back(self.names[name], "i" in self.flags)
            case "b":
                return Anchor("word", r"(?u:\b)")
            case "B":
                return Anchor("word", r"(?u:\B)")
            case "A":
                return Anchor("begin", r"\A")
            case "z":
                return Anchor("very end", r"\Z")
            case "Z":
                return Anchor("end", _DOLLAR)
            case "R":
                newline = Sequence((Chars(of("\r")), Chars(of("\n"))))
                return Group("(?:", Choice((newline, Chars(VERTICAL))))
            case "G" | "X":
                raise PatternError(f"\\{c} is not supported")
        ranges = self.predefined(c)
        if ranges is not None:
            return Chars(*ranges)
        self.i -= 1
        return self.char(self.escaped())

    def predefined(self, c: str) -> tuple[Ranges, bool] | None:
        """`\\d` and its like, and `\\p{…}`; the flag says that it is negated."""
        if c.lower() in CLASSES and c.isascii():
            return CLASSES[c.lower()], c.isupper()
        if c in "pP":
            name = self.until("}") if self.take("{") else self.next()
            ranges = named(name)
            if "i" in self.flags and name in ("Lower", "Upper", "javaLowerCase", "javaUpperCase", "Lu", "Ll", "Lt"):
                ranges = union(ranges, folded(ranges, True))
            return ranges, c == "P"
        return None

    def escaped(self) -> int:
        """The code point of an escaped character; the backslash has been read."""
        c = self.next()
        simple = {"t": 9, "n": 10, "r": 13, "f": 12, "a": 7, "e": 27}
        if c in simple:
            return simple[c]
        if c == "0" and (m := re.compile("[0-3]?[0-7]{1,2}").match(self.text, self.i)):
            self.i = m.end()
            return int(m[0], 8)
        for sign, digits in (("x", "[0-9a-fA-F]{2}"), ("u", "[0-9a-fA-F]{4}")):
            if c == sign and (m := re.compile(digits).match(self.text, self.i)):
                self.i = m.end()
                return int(m[0], 16)
        if c == "x" and self.take("{"):
            code = int(self.until("}"), 16)
            if code <= LAST:
                return code
        elif c == "c":
            return ord(self.next()) ^ 64
        elif not (c.isascii() and c.isalpha()) and not c.isdigit():
            return ord(c)
        raise PatternError(f"\\{c} is not known")

    def clazz(self) -> Chars:
        """A class in brackets, from behind the opening one on."""
        negated = self.take("^")
        left: Ranges | None = None
        current: list[Ranges] = []
        first = True
        while True:
            if self.peek("]") and not first:
                self.i += 1
                break
            first = False
            if self.take("&&"):
                part = union(*current)
                left = part if left is None else intersection(left, part)
                current = []
                continue
            if self.take("["):
                inner = self.clazz()
                current.append(complement(inner.ranges) if inner.negated else inner.ranges)
                continue
            if self.peek("\\") and self.i + 1 < len(self.text):
                self.i += 1
                if self.take("Q"):
                    current.append(self.fold(of(self.until("\\E"))))
                    continue
                c = self.next()
                found = self.predefined(c)
                if found is not None:
                    current.append(complement(found[0]) if found[1] else found[0])
                    continue
                self.i -= 1
                low = self.escaped()
            else:
                low = ord(self.next())
                if "x" in self.flags and chr(low).isspace():
                    continue
            high = low
            if self.peek("-") and not self.peek("-]") and not self.peek("-["):
                self.i += 1
                high = self.escaped() if self.take("\\") else ord(self.next())
                if high < low:
                    raise PatternError("a range of characters is the wrong way round")
            current.append(self.fold(((low, high),)))
        whole = union(*current)
        if left is not None:
            whole = intersection(left, whole) if current else left
        return Chars(whole, negated)

    def fold(self, s: Ranges) -> Ranges:
        return folded(s, "u" in self.flags) if "i" in self.flags else s
