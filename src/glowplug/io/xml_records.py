"""The elements of one name in XML files, as texts, one after the other: a file is never whole in memory.

Comments and CDATA sections are no place to look for elements, nor for their ends. What is inside of an element is not
looked at, so that one that is malformed does not hide the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SECTIONS = {"<!--": "-->", "<![CDATA[": "]]>"}
_TAG_END = re.compile(r"""[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")


def elements(chunks: Iterator[str], name: str) -> Iterator[str]:
    """The outermost elements `name` of a text that comes in pieces; the last may be cut off, as the text is."""
    start_tag, end_tag = rf"<{re.escape(name)}(?=[\s/>])", rf"</{re.escape(name)}\s*>"
    outside = re.compile(rf"<!--|<!\[CDATA\[|{start_tag}")
    inside = re.compile(rf"<!--|<!\[CDATA\[|{start_tag}|{end_tag}")
    text, at, start, depth, ended = "", 0, -1, 0, False
    while True:
        found = (outside if depth == 0 else inside).search(text, at)
        end = None if found is None else _token_end(text, found, ended)
        if found is None or end is None:
            if ended:
                if depth:
                    yield text[start:]
                return
            # Only what may be the beginning of something is kept; outside of an element that is little.
            at = found.start() if found is not None else _cut(text, at)
            kept = at if depth == 0 else start
            text, at, start = text[kept:], at - kept, start - kept
            piece = next(chunks, None)
            ended = piece is None
            text += piece or ""
            continue
        token, at = found[0], end
        if token in _SECTIONS:
            continue
        if token.startswith("</"):
            depth -= 1
            if depth == 0:
                yield text[start:at]
        elif text[at - 2] != "/":
            start = found.start() if depth == 0 else start
            depth += 1
        elif depth == 0:
            yield text[found.start() : at]


def _token_end(text: str, found: re.Match[str], ended: bool) -> int | None:
    """Where a comment, a CDATA section or a tag ends; None if that is not in the text."""
    token = found[0]
    if token in _SECTIONS:
        end = text.find(_SECTIONS[token], found.end())
        return None if end < 0 else end + 3
    if token.startswith("</"):
        return found.end()
    tag = _TAG_END.match(text, found.end())
    if tag is None and ended:
        end = text.find(">", found.end())  # a quote that is not closed
        return None if end < 0 else end + 1
    return None if tag is None else tag.end()


def _cut(text: str, at: int) -> int:
    """Before a tag that the text may have ended in."""
    last = text.rfind("<", at)
    return len(text) if last < 0 else last
