"""Java's regular expressions, as Python's or as the kernel's (RE2).

A pattern is parsed once into a small tree in which flags, classes and quoting are resolved to plain sets of characters.
It is then written for Python's `re`, which can say nearly all of it, and for RE2 where RE2 means the very same.
Source: the documentation of `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

Ranges = tuple[tuple[int, int], ...]
LAST = 0x10FFFF
TERMINATORS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x85, 0x85), (0x2028, 0x2029))
_LINE = r"[\n\r\x85\u2028\u2029]"
# Between \r and \n there is no end of line.
_DOLLAR = rf"(?!(?<=\r)\n)(?=(?:\r\n|{_LINE})?\Z)"
_DOLLAR_LINES = rf"(?:(?=\r\n)|(?!(?<=\r)\n)(?={_LINE}|\Z))"
_CARET_LINES = r"(?:\A|(?<=\n)|(?<=[\r\x85\u2028\u2029])(?!\n))(?!\Z)"


class PatternError(ValueError):
    """The text is not a pattern, or uses what Python's engine cannot express."""


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


# --- sets of characters ---------------------------------------------------------------------------------


def union(*sets: Ranges) -> Ranges:
    out: list[tuple[int, int]] = []
    for low, high in sorted(r for s in sets for r in s):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def complement(s: Ranges) -> Ranges:
    out, at = [], 0
    for low, high in union(s):
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= LAST:
        out.append((at, LAST))
    return tuple(out)


def intersection(a: Ranges, b: Ranges) -> Ranges:
    return complement(union(complement(a), complement(b)))


def _of(text: str) -> Ranges:
    return union(tuple((ord(c), ord(c)) for c in text))


_DIGIT: Ranges = ((48, 57),)
_LOWER: Ranges = ((97, 122),)
_UPPER: Ranges = ((65, 90),)
_WORD = union(_DIGIT, _LOWER, _UPPER, _of("_"))
_SPACE = union(_of(" \t\n\x0b\f\r"))
_HORIZONTAL = union(_of(" \t\xa0\u1680\u180e\u202f\u205f\u3000"), ((0x2000, 0x200A),))
_VERTICAL = union(((0x0A, 0x0D),), TERMINATORS)
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE, "h": _HORIZONTAL, "v": _VERTICAL}
_PUNCTUATION: Ranges = ((33, 47), (58, 64), (91, 96), (123, 126))
_POSIX = {
    "Lower": _LOWER,
    "Upper": _UPPER,
    "ASCII": ((0, 127),),
    "Alpha": union(_LOWER, _UPPER),
    "Digit": _DIGIT,
    "Alnum": union(_LOWER, _UPPER, _DIGIT),
    "Punct": _PUNCTUATION,
    "Graph": ((33, 126),),
    "Print": ((32, 126),),
    "Blank": _of(" \t"),
    "Cntrl": ((0, 31), (127, 127)),
    "XDigit": union(_DIGIT, ((65, 70), (97, 102))),
    "Space": _SPACE,
}
_BINARY = {
    "ALPHABETIC": ("L", "Nl"),
    "LETTER": ("L",),
    "LOWERCASE": ("Ll",),
    "UPPERCASE": ("Lu",),
    "TITLECASE": ("Lt",),
    "PUNCTUATION": ("P",),
    "CONTROL": ("Cc",),
    "DIGIT": ("Nd",),
    "JAVALOWERCASE": ("Ll",),
    "JAVAUPPERCASE": ("Lu",),
    "JAVALETTER": ("L",),
    "JAVADIGIT": ("Nd",),
    "JAVALETTERORDIGIT": ("L", "Nd"),
    "JAVAALPHABETIC": ("L", "Nl"),
}


@cache
def _category(prefix: str) -> Ranges:
    """The characters of a general category (`Lu`) or of a group of them (`L`)."""
    out: list[tuple[int, int]] = []
    for code in range(LAST + 1):
        if unicodedata.category(chr(code)).startswith(prefix):
            if out and out[-1][1] == code - 1:
                out[-1] = (out[-1][0], code)
            else:
                out.append((code, code))
    return tuple(out)


def _property(name: str) -> Ranges:
    """`\\p{name}`: a POSIX class, a general category, or a binary property."""
    if name in _POSIX:
        return _POSIX[name]
    bare = name.partition("=")[2] or name.removeprefix("Is")
    if bare in ("L1",):
        return ((0, 255),)
    if bare == "LC":
        return union(_category("Lu"), _category("Ll"), _category("Lt"))
    if bare.upper() in ("WHITE_SPACE", "WHITESPACE"):
        return union(_SPACE, _of("\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"), ((0x2000, 0x200A),))
    if (found := _BINARY.get(bare.upper())) is not None:
        return union(*map(_category, found))
    if len(bare) in (1, 2) and (ranges := _category(bare)):
        return ranges
    raise PatternError(f"the character class {name} is not known")


def folded(s: Ranges, unicode: bool) -> Ranges:
    """The set with both cases of its letters."""
    extra: list[tuple[int, int]] = []
    for low, high in s:
        for code in range(low, min(high, 127 if not unicode else min(high, low + 5000)) + 1):
            c = chr(code)
            if unicode or c.isascii():
                extra += [(ord(x), ord(x)) for x in (c.lower(), c.upper(), c.title()) if len(x) == 1]
    return union(s, tuple(extra))


# --- parsing --------------------------------------------------------------------------------------------


class _Parser:
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
                newline = Sequence((Chars(_of("\r")), Chars(_of("\n"))))
                return Group("(?:", Choice((newline, Chars(_VERTICAL))))
            case "G" | "X":
                raise PatternError(f"\\{c} is not supported")
        ranges = self.predefined(c)
        if ranges is not None:
            return Chars(*ranges)
        self.i -= 1
        return self.char(self.escaped())

    def predefined(self, c: str) -> tuple[Ranges, bool] | None:
        """`\\d` and its like, and `\\p{…}`; the flag says that it is negated."""
        if c.lower() in _CLASSES and c.isascii():
            return _CLASSES[c.lower()], c.isupper()
        if c in "pP":
            name = self.until("}") if self.take("{") else self.next()
            ranges = _property(name)
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
                    current.append(self.fold(_of(self.until("\\E"))))
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


# --- writing --------------------------------------------------------------------------------------------


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
    parser = _Parser(text)
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
