"""URLs: their parts, and percent-encoding."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import quote_plus, unquote_to_bytes

from glowplug.errors import row_failure
from glowplug.functions.lowering import per_row
from glowplug.functions.vocabulary import STR, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Function, Lowering
from glowplug.types import STRING

_url = partial(Function, nullable="always", group="url_funcs")
# RFC 2396, as java.net.URI reads it: scheme, authority, path, query, fragment.
_URI = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.S)
_SPACES = r"\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ILLEGAL = re.compile(rf"[\x00-\x20{_SPACES}\"<>\\^`{{|}}]|%(?![0-9A-Fa-f]{{2}})")


def encode(text: str) -> str:
    """As in HTML forms: a space is `+`, `*-._` stay."""
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def _decoded(text: str) -> str | None:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return None
    return unquote_to_bytes(text.replace("+", " ")).decode(errors="replace")


def decode(text: str) -> str:
    found = _decoded(text)
    if found is None:
        raise row_failure("CANNOT_DECODE_URL", url=text)
    return found


def part(url: str, name: str, key: str | None, strict: bool) -> str | None:
    """A part of a URL, or the value of a parameter of its query; None if it has none."""
    if key is not None and name != "QUERY":
        return None
    m = None if _ILLEGAL.search(url) else _URI.fullmatch(url)
    if m is None:
        if strict:
            raise row_failure("INVALID_URL", url=url)
        return None
    scheme, authority, path, query, fragment = m.groups()
    if key is not None:
        if query is None:
            return None
        found = re.search(f"(?:&|^){re.escape(key)}=([^&]*)", query)
        return found[1] if found else None
    if scheme and authority is None and not path.startswith("/"):  # such as mailto:
        return {"PROTOCOL": scheme, "REF": fragment}.get(name)
    user, at, server = (authority or "").rpartition("@")
    host = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]*)(?::\d*)?", server)
    match name:
        case "HOST":
            return (host[1] or None) if host else None
        case "PATH":
            return path
        case "QUERY":
            return query
        case "REF":
            return fragment
        case "PROTOCOL":
            return scheme
        case "FILE":
            return path if query is None else f"{path}?{query}"
        case "AUTHORITY":
            return authority or None
        case "USERINFO":
            return user if at else None
    return None


def _parse(name: str, strict: bool) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        fails = strict and call.ansi
        kind = f"{name}{'_or_null' * (strict and not fails)}"
        if len(call.args) == 2:
            return per_row(low, kind, lambda u, p: part(u, p, None, fails), call.args, STRING)
        return per_row(low, kind, lambda u, p, k: part(u, p, k, fails), call.args, STRING)

    return _url(
        (name,),
        sig(STR, STR, STR, optional=1),
        STRING,
        lower,
        casts=False,
        usage="Returns a part of a URL, such as HOST, PATH or QUERY, or the value of a parameter.",
        example=f"SELECT {name}('http://spark.apache.org/path?query=1', 'HOST')",
    )


FUNCTIONS = (
    _parse("parse_url", True),
    _parse("try_parse_url", False),
    _url(
        ("url_encode",),
        sig(STR),
        STRING,
        lambda call, low: per_row(low, "url_encode", encode, call.args, STRING),
        usage="Returns the text as part of a URL.",
        example="SELECT url_encode('https://spark.apache.org')",
    ),
    _url(
        ("url_decode",),
        sig(STR),
        STRING,
        lambda call, low: per_row(low, "url_decode", decode, call.args, STRING),
        usage="Returns the text of a part of a URL.",
        example="SELECT url_decode('https%3A%2F%2Fspark.apache.org')",
    ),
    _url(
        ("try_url_decode",),
        sig(STR),
        STRING,
        lambda call, low: per_row(low, "try_url_decode", _decoded, call.args, STRING),
        usage="Returns the text of a part of a URL, NULL if it cannot be decoded.",
        example="SELECT try_url_decode('https%3A%2F%2Fspark.apache.org')",
    ),
)
