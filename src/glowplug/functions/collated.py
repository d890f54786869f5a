"""How calls are lowered that follow the collation of their texts: over keys, or character by character."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from glowplug.collations import parse
from glowplug.errors import unsupported
from glowplug.functions import collated_texts as texts
from glowplug.functions.collation_keys import collated, key, plain, text_key
from glowplug.functions.collations import BY_LETTER, COMPARING
from glowplug.functions.lowering import constant, let, per_row
from glowplug.functions.ordering import order_key
from glowplug.plan.expressions import Attribute, Call, Expression, Literal, OuterReference, SortOrder
from glowplug.plan.function import Lowering
from glowplug.plan.tree import walk
from glowplug.types import (
    BINARY,
    BOOLEAN,
    INT,
    STRING,
    ArrayType,
    DataType,
    MapType,
    StringType,
    StructField,
    StructType,
)

Lower = Callable[[Call, Lowering], str]


def lowering(call: Call) -> Lower | None:
    """How a call with a text that has a collation is lowered, if otherwise than by its declaration."""
    name = call.function.names[0]
    decisive = call.args[:1] if name in BY_LETTER else call.args
    if not (name in COMPARING or name in _LOWERINGS) or not any(collated(a.type) for a in decisive):
        return None
    return _over_keys if name in COMPARING else _LOWERINGS[name]


def keyed(e: Expression, low: Lowering) -> Expression:
    """The key of a value as an argument of a call."""
    return low.expression(key(low.sql(e), e.type, low), plain(e.type), e.nullable)


def _over_keys(call: Call, low: Lowering) -> str:
    args = tuple(keyed(a, low) for a in call.args)
    return low.sql(replace(call, args=args))


def _extreme(call: Call, low: Lowering) -> str:
    """The first of the greatest, or of the least; NULLs are skipped."""
    greatest = call.function.names[0] == "greatest"
    parts = []
    for i, a in enumerate(call.args):
        x = low.sql(a)
        parts.append(f"(CASE WHEN {x} IS NOT NULL THEN row({_ordered(x, a, low)}, {-i if greatest else i}, {x}) END)")
    return f"struct_extract_at({call.function.names[0]}({', '.join(parts)}), 3)"


def _ordered(x: str, e: Expression, low: Lowering) -> str:
    return order_key(key(x, e.type, low), plain(e.type))


def _element(e: Expression) -> DataType:
    assert isinstance(e.type, ArrayType)
    return e.type.element


def _distinct(array: str, element: DataType, low: Lowering) -> str:
    def once(a: str) -> str:
        keys = f"list_transform({a}, lambda _e: {key('_e', element, low)})"
        return f"list_filter({a}, lambda e, i: list_position({keys}, {key('e', element, low)}) = i)"

    return let(array, once)


def _array_distinct(call: Call, low: Lowering) -> str:
    return _distinct(low.sql(call.args[0]), _element(call.args[0]), low)


def _set(body: str) -> Lower:
    """A set operation: `body` over the arrays {a} and {b}, the keys {keys} of the second and the key {k} of e."""

    def lower(call: Call, low: Lowering) -> str:
        a, b = (low.sql(x) for x in call.args)
        element = _element(call.args[0])
        keys, k = key(b, call.args[1].type, low), key("e", element, low)
        return _distinct(body.format(a=a, b=b, keys=keys, k=k), element, low)

    return lower


def _remove(call: Call, low: Lowering) -> str:
    array, item = call.args
    k, x = key("e", _element(array), low), key(low.sql(item), item.type, low)
    kept = f"list_filter({low.sql(array)}, lambda e: {k} IS DISTINCT FROM {x})"
    return f"(CASE WHEN {low.sql(item)} IS NOT NULL THEN {kept} END)"


def _sorted(call: Call, low: Lowering, ascending: bool, nulls: str) -> str:
    """Sorted by key, as it came where keys are equal."""
    element = _element(call.args[0])
    place = "i" if ascending else "-i"
    marked = f"CASE WHEN e IS NOT NULL THEN row({order_key(key('e', element, low), plain(element))}, {place}, e) END"
    rows = f"list_transform({low.sql(call.args[0])}, lambda e, i: {marked})"
    done = f"list_sort({rows}, '{'ASC' if ascending else 'DESC'}', 'NULLS {nulls}')"
    return f"list_transform({done}, lambda e: struct_extract_at(e, 3))"


def _sort_array(call: Call, low: Lowering) -> str:
    up, down = _sorted(call, low, True, "FIRST"), _sorted(call, low, False, "LAST")
    fixed, flag = constant(call.args[1]), low.sql(call.args[1])
    if fixed is not None:
        return up if fixed else down
    return f"(CASE WHEN {flag} THEN {up} WHEN NOT {flag} THEN {down} END)"


def _array_sort(call: Call, low: Lowering) -> str:
    """By the function given, or by key."""
    return _sorted(call, low, True, "LAST") if len(call.args) == 1 else _declared(call, low)


def _array_extreme(ascending: bool) -> Lower:
    return lambda call, low: f"list_extract({_sorted(call, low, ascending, 'LAST')}, 1)"


def _by(call: Call, low: Lowering) -> str:
    """`max_by` and `min_by`: what they are ordered by as a key."""
    value, order, *rest = call.args
    return _declared(replace(call, args=(value, keyed(order, low), *rest)), low)


def _mode(call: Call, low: Lowering) -> str:
    """The most frequent key's text: of those that it stands for the least, which does not depend on the rows' order."""
    order = call.args[-1] if isinstance(call.args[-1], SortOrder) else None
    x = call.args[0] if order is None else order.child
    k = low.sql(keyed(x, low))
    constant = not any(isinstance(e, (Attribute, OuterReference)) for e in walk(x))
    direction = "DESC" if order is not None and not order.ascending else "ASC"
    found = low.aggregate("mode", call, (k if constant else f"{k} ORDER BY {k} {direction}",))
    pairs = low.aggregate("list", replace(call, args=()), (f"row({k}, {low.sql(x)})",), distinct=True)
    return f"list_min(list_transform(list_filter({pairs}, lambda e: e[1] = {found}), lambda e: e[2]))"


def _approximate(call: Call, low: Lowering) -> str:
    """The kernel's estimate is within Spark's error unless another is asked for; its number depends on the keys."""
    key = keyed(call.args[0], low)
    if len(call.args) == 1:
        return low.aggregate("approx_count_distinct", call, (low.sql(key),))
    return low.sql(replace(call, args=(key, *call.args[1:])))


def _sketched(call: Call, low: Lowering) -> str:
    """What a sketch hashes of Unicode's orders are ICU's sort keys as bytes, which end with a zero."""
    text, *rest = call.args
    k = keyed(text, low)
    if isinstance(text.type, StringType) and parse(text.type.collation).unicode:
        empty = f"rtrim({low.sql(text)}, ' ')" if parse(text.type.collation).ignores_spaces else low.sql(text)
        k = low.expression(
            f"unhex(CASE WHEN {empty} = '' THEN '' ELSE {low.sql(k)} || '00' END)", BINARY, text.nullable
        )
    return low.sql(replace(call, args=(k, *rest)))


def _refused(call: Call, low: Lowering) -> str:
    raise unsupported(f"{call.name} of texts that have a collation", call.origin)


def _lookup(call: Call, low: Lowering) -> str:
    container, wanted = call.args
    if not isinstance(container.type, MapType):
        return _declared(call, low)
    keys = key(f"map_keys({low.sql(container)})", ArrayType(container.type.key), low)
    return f"list_extract(map_values({low.sql(container)}), list_position({keys}, {low.sql(keyed(wanted, low))}))"


# --- searching ----------------------------------------------------------------------------------------------


def _characters(e: Expression, low: Lowering, trimmed: bool = False) -> list[tuple[str, DataType]]:
    """A text's characters and their keys; without spaces at its end, if it is `trimmed` and they are ignored."""
    assert isinstance(e.type, StringType)
    c = parse(e.type.collation)
    x = f"rtrim({low.sql(e)}, ' ')" if trimmed and c.ignores_spaces else low.sql(e)
    parts = f"regexp_extract_all({x}, '(?s).\\p{{M}}*')" if c.unicode else f"string_split({x}, '')"
    keys = f"list_transform({parts}, lambda _c: {text_key('_c', replace(c, ignores_spaces=False).name, low)})"
    return [(parts, _TEXTS), (keys, _TEXTS)]


def _code_points(e: Expression, low: Lowering) -> list[tuple[str, DataType]]:
    """As `_characters`, with marks as characters of their own."""
    assert isinstance(e.type, StringType)
    name = replace(parse(e.type.collation), ignores_spaces=False).name
    parts = f"string_split({low.sql(e)}, '')"
    return [(parts, _TEXTS), (f"list_transform({parts}, lambda _c: {text_key('_c', name, low)})", _TEXTS)]


_TEXTS = ArrayType(STRING, True)
_PAIRS = ArrayType(StructType((StructField("key", STRING), StructField("value", STRING))), False)


def _search(body: Callable[..., Any], result: DataType, kinds: str, name: str = "") -> Lower:
    """A call of `body` by row. `kinds` of arguments: t text, T text trimmed, c characters, v another value."""
    spread: dict[str, Callable[..., Any]] = {
        "t": _characters,
        "T": partial(_characters, trimmed=True),
        "c": _code_points,
    }

    def made(unicode: bool, *values: Any) -> Any:
        rest, args = list(values), []
        for kind in kinds:
            args.append(rest.pop(0) if kind == "v" else texts.text(rest.pop(0), rest.pop(0), unicode))
        return body(*args)

    def lower(call: Call, low: Lowering) -> str:
        unicode = any(isinstance(a.type, StringType) and parse(a.type.collation).unicode for a in call.args)
        arguments: list[Any] = []
        for kind, a in zip(kinds, call.args, strict=True):
            arguments += [a] if kind == "v" else spread[kind](a, low)
        tag = f"{name or body.__name__}_{'levels' if unicode else 'plain'}"
        return per_row(low, f"collated_{tag}", partial(made, unicode), arguments, result)

    return lower


def _split_part(call: Call, low: Lowering) -> str:
    text, delimiter, part = call.args
    split = _search(texts.split, _TEXTS, "tT")(replace(call, args=(text, delimiter)), low)
    zero = low.error(call, "INVALID_INDEX_OF_ZERO")

    def at(n: str) -> str:
        found = let(
            split, lambda s: f"(CASE WHEN {s} IS NOT NULL THEN coalesce(list_extract({s}, {n}::BIGINT), '') END)"
        )
        return f"(CASE WHEN {n} = 0 THEN {zero} WHEN {n} IS NOT NULL THEN {found} END)"

    return let(low.sql(part), at)


def _trim(left: bool, right: bool) -> Lower:
    """`trim(characters, text)`."""

    def lower(call: Call, low: Lowering) -> str:
        if len(call.args) == 1:
            return _declared(call, low)
        body = partial(texts.trim, left=left, right=right)
        swapped = replace(call, args=call.args[::-1])
        return _search(body, STRING, "tc", f"trim_{left}_{right}")(swapped, low)

    return lower


def _find_in_set(call: Call, low: Lowering) -> str:
    item, items = call.args
    assert isinstance(items.type, StringType)
    keys = key(f"string_split({low.sql(items)}, ',')", ArrayType(items.type), low)
    found = f"coalesce(list_position({keys}, {key(low.sql(item), item.type, low)}), 0)"
    both = f"{low.sql(item)} IS NOT NULL AND {low.sql(items)} IS NOT NULL"
    comma = f"contains({low.sql(item)}, ',')"
    return f"CAST(CASE WHEN {both} THEN CASE WHEN {comma} THEN 0 ELSE {found} END END AS INTEGER)"


def _str_to_map(call: Call, low: Lowering) -> str:
    from glowplug.functions.maps import of_entries

    rows = _search(_entries, _PAIRS, "ttt")(call, low)
    return let(rows, lambda x: f"(CASE WHEN {x} IS NOT NULL THEN {of_entries(x, call, low)} END)")


def _entries(x: texts.Text, between: texts.Text, within: texts.Text) -> list[dict[str, str | None]]:
    return [{"key": k, "value": v} for k, v in texts.pairs(x, between, within)]


def _declared(call: Call, low: Lowering) -> str:
    """By the declaration, as of a text that is compared by bytes."""
    args = tuple(low.expression(low.sql(a), plain(a.type), a.nullable) if collated(a.type) else a for a in call.args)
    return low.sql(replace(call, args=args))


def _any_case(call: Call, low: Lowering) -> str:
    """A pattern of a text whose case does not count."""
    text, pattern, *rest = (
        replace(a, type=STRING) if isinstance(a, Literal) and isinstance(a.type, StringType) else a for a in call.args
    )
    if call.function.names[0] == "like":
        from glowplug.functions.registry import lookup

        ilike = lookup("ilike")
        assert ilike is not None
        return _declared(replace(call, function=ilike, args=(text, pattern, *rest)), low)
    if isinstance(pattern, Literal):
        pattern = replace(pattern, value=None if pattern.value is None else f"(?iu){pattern.value}")
    else:
        pattern = low.expression(f"('(?iu)' || {low.sql(pattern)})", STRING, pattern.nullable)
    return _declared(replace(call, args=(text, pattern, *rest)), low)


_LOWERINGS: dict[str, Lower] = {
    "greatest": _extreme,
    "least": _extreme,
    "array_distinct": _array_distinct,
    "array_union": _set("list_concat({a}, {b})"),
    "array_intersect": _set("list_filter({a}, lambda e: list_position({keys}, {k}) IS NOT NULL)"),
    "array_except": _set("list_filter({a}, lambda e: list_position({keys}, {k}) IS NULL)"),
    "array_remove": _remove,
    "sort_array": _sort_array,
    "array_sort": _array_sort,
    "array_min": _array_extreme(True),
    "array_max": _array_extreme(False),
    **dict.fromkeys(("get_map_value", "element_at", "try_element_at"), _lookup),
    "max_by": _by,
    "min_by": _by,
    "approx_count_distinct": _approximate,
    "mode": _mode,
    **dict.fromkeys(("hll_sketch_agg", "theta_sketch_agg"), _sketched),
    **dict.fromkeys(("tuple_sketch_agg_double", "tuple_sketch_agg_integer"), _sketched),
    **dict.fromkeys(("approx_top_k", "approx_top_k_accumulate"), _refused),
    "contains": _search(texts.contains, BOOLEAN, "TT"),
    "startswith": _search(texts.startswith, BOOLEAN, "TT"),
    "endswith": _search(texts.endswith, BOOLEAN, "TT"),
    "instr": _search(texts.instr, INT, "tt"),
    "locate": _search(texts.locate, INT, "ttv"),
    "replace": _search(texts.replace, STRING, "ttv"),
    "substring_index": _search(texts.cut_at, STRING, "tTv"),
    "split_part": _split_part,
    "translate": _search(texts.translate, STRING, "tcv"),
    "trim": _trim(True, True),
    "ltrim": _trim(True, False),
    "rtrim": _trim(False, True),
    "initcap": lambda call, low: per_row(low, "collated_title", texts.title, call.args, STRING),
    "find_in_set": _find_in_set,
    "str_to_map": _str_to_map,
    **dict.fromkeys(BY_LETTER - {"ilike", "likeany", "likeall", "notlikeany", "notlikeall"}, _any_case),
}
