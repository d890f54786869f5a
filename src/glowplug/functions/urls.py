"""URLs: their parts, and percent-encoding."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote_to_bytes

from glowplug.errors import row_failure
from glowplug.functions.lowering import Argument, bind, bind_all, constant, per_row
from glowplug.functions.vocabulary import STR, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.types import STRING

_url = partial(Function, nullable="always", group="url_funcs")
# RFC 2396, as java.net.URI reads it: scheme, authority, path, query, fragment.
_URI = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.S)
_SPACES = r"\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ILLEGAL = re.compile(rf"[\x00-\x20{_SPACES}\"<>\\^`{{|}}]|%(?![0-9A-Fa-f]{{2}})")


def decoded(text: str) -> str | None:
    """The text of a part of a URL; None if a `%` stands alone."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return None
    return unquote_to_bytes(text.replace("+", " ")).decode(errors="replace")


def decode(text: str) -> str:
    found = decoded(text)
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


# What is plain, and in it no letter but once where it parts: scheme, user, host and port, path, query, fragment.
_LEGAL = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/{0}-]|%[0-9A-Fa-f]{{2}})*"
_PLAIN = (
    "[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._~!$&'()*+,;=:-]*@)?[A-Za-z0-9.-]*(?::[0-9]*)?"
    rf"(?:/{_LEGAL.format('')})?(?:[?]{_LEGAL.format('?')})?(?:#{_LEGAL.format('?')})?"
)


def _plain_part(url: str, name: str) -> str | None:
    """A part of a plain URL (a name), in the kernel, which computes again what stands twice in a branch of a CASE."""
    whole = f"string_split({url}, '#')[1]"  # but for the fragment
    before = f"string_split({whole}, '?')[1]"
    authority = f"string_split({before}, '/')[3]"
    path = f"substring({{0}}, length(string_split({url}, ':')[1]) + 4 + length({authority}))"
    match name:
        case "PROTOCOL":
            return f"string_split({url}, ':')[1]"
        case "AUTHORITY":
            return f"nullif({authority}, '')"
        case "USERINFO":
            return f"CASE WHEN contains({authority}, '@') THEN string_split({authority}, '@')[1] END"
        case "HOST":
            return f"nullif(string_split(string_split({authority}, '@')[-1], ':')[1], '')"
        case "PATH":
            return path.format(before)
        case "FILE":
            return path.format(whole)
        case "QUERY":
            return f"substring({whole}, nullif(instr({whole}, '?'), 0) + 1)"
        case "REF":
            return f"substring({url}, nullif(instr({url}, '#'), 0) + 1)"
    return None


def _parse(name: str, strict: bool) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        fails = strict and call.ansi
        kind = f"{name}{'_or_null' * (strict and not fails)}"
        url, wanted, *key = call.args

        def either(x: str, *k: str) -> str:
            others: list[Argument] = [(x, STRING), wanted, *((a, STRING) for a in k)]
            slow = per_row(low, kind, lambda u, p, k=None: part(u, p, k, fails), others, STRING)
            quick = _plain_part(x, str(constant(wanted)))
            if quick is None or (k and constant(wanted) != "QUERY"):
                return slow
            for a in k:
                quick = f"string_split(string_split('&' || {quick}, '&' || {a} || '=')[2], '&')[1]"
            return f"(CASE WHEN regexp_full_match({x}, {low.literal(_PLAIN)}) THEN {quick} ELSE {slow} END)"

        return bind_all([low.sql(a) for a in (url, *key)], either)

    return _url(
        (name,),
        sig(STR, STR, STR, optional=1),
        STRING,
        lower,
        casts=False,
        usage="Returns a part of a URL, such as HOST, PATH or QUERY, or the value of a parameter.",
        example=f"SELECT {name}('http://spark.apache.org/path?query=1', 'HOST')",
    )


def _lower_encode(call: Call, low: Lowering) -> str:
    """The kernel keeps `~` and not `*`, and a space is not `+`."""
    return f"replace(replace(replace(url_encode({low.sql(call.args[0])}), '%20', '+'), '~', '%7E'), '%2A', '*')"


# ASCII, and the letters of two and three bytes whose second byte may be any; not the character 0
_DECODABLE = (
    "(?:[^%]|%0[1-9A-Fa-f]|%[1-7][0-9A-Fa-f]|%(?:[Cc][2-9A-Fa-f]|[Dd][0-9A-Fa-f])%[89ABab][0-9A-Fa-f]"
    "|%[Ee][1-9A-Ca-c]%[89ABab][0-9A-Fa-f]%[89ABab][0-9A-Fa-f])*"
)


def _decode(name: str, body: Callable[[str], str | None]) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        def either(x: str) -> str:
            slow = per_row(low, name, body, [(x, STRING)], STRING)
            quick = f"url_decode(replace({x}, '+', ' '))"
            return f"(CASE WHEN regexp_full_match({x}, '(?s){_DECODABLE}') THEN {quick} ELSE {slow} END)"

        return bind(low.sql(call.args[0]), either)

    return lower


FUNCTIONS = (
    _parse("parse_url", True),
    _parse("try_parse_url", False),
    _url(
        ("url_encode",),
        sig(STR),
        STRING,
        _lower_encode,
        usage="Returns the text as part of a URL.",
        example="SELECT url_encode('https://spark.apache.org')",
    ),
    _url(
        ("url_decode",),
        sig(STR),
        STRING,
        _decode("url_decode", decode),
        usage="Returns the text of a part of a URL.",
        example="SELECT url_decode('https%3A%2F%2Fspark.apache.org')",
    ),
    _url(
        ("try_url_decode",),
        sig(STR),
        STRING,
        _decode("try_url_decode", decoded),
        usage="Returns the text of a part of a URL, NULL if it cannot be decoded.",
        example="SELECT try_url_decode('https%3A%2F%2Fspark.apache.org')",
    ),
)
