"""GROUPING SETS, ROLLUP and CUBE as kernel SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from glowplug.functions.collation_keys import by_key
from glowplug.kernel.beside import Beside, with_beside
from glowplug.kernel.equality import item, key_item
from glowplug.plan import relations as r
from glowplug.plan.expressions import Alias, Attribute, Call
from glowplug.types import INT

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


def grouping_sets(node: r.Aggregate, rows: str, to: Compiler) -> str:
    """`rows` is the FROM clause. Keys are computed first, under their own names, so that aggregates still see
    ungrouped columns."""
    keys = [e for e in node.grouping if isinstance(e, Alias)]
    base = f"SELECT *{''.join(f', {_key_column(k, to)}' for k in keys)}{rows}"
    names = [f"c{e.id}" for e in node.grouping]  # type: ignore[attr-defined]
    by = [to.key(Attribute("", e.type, True, e.id)) for e in node.grouping]  # type: ignore[attr-defined]
    calls = [item(e, to) for e in node.results if isinstance(e, Alias)]
    if to.beside_rows is not None and to.beside_rows.wanted:
        to.beside_rows = Beside(True)
        return _expanded(node, base, names, by, to)
    shown = [
        n if n == k else f"CASE WHEN GROUPING({k}) = 0 THEN first({n}) END AS {n}"
        for n, k in zip(names, by, strict=True)
    ]
    sets = ", ".join("(" + ", ".join(dict.fromkeys(by[i] for i in s)) + ")" for s in node.sets or ())
    items = [*dict.fromkeys(shown), *calls] or ["count(*) AS _"]
    # the total of no rows is a row of the kernel's, but not of Spark's, which makes a row of each row for each set
    some = " HAVING count(*) > 0" if names else ""
    return f"SELECT {', '.join(items)} FROM ({base}) GROUP BY GROUPING SETS ({sets}){some}"


def _key_column(key: Alias, to: Compiler) -> str:
    return item(key, to) if by_key(key.type) else key_item(key, to)


def _expanded(node: r.Aggregate, base: str, names: list[str], by: list[str], to: Compiler) -> str:
    """Each row once for each set, grouped by the set's number and its keys (as by Spark's `Expand`): what an aggregate
    asks beside the rows of a group is of one set then, and the kernel sorts it, which spills."""
    from glowplug.kernel.compile import KernelSQL

    sets = node.sets or ()
    keyed = {k: f"_key{i}" for i, k in enumerate(dict.fromkeys(by))}
    there = {k: _numbers(n for n, s in enumerate(sets) if any(by[i] == k for i in s)) for k in keyed}
    values = "".join(f", CASE WHEN _set IN ({there[k]}) THEN {k} END AS {name}" for k, name in keyed.items())
    rows = f" FROM (SELECT *{values} FROM (SELECT *, unnest(range({len(sets)})) AS _set FROM ({base})))"
    shown = [
        f"{keyed[k]} AS {n}" if n == k else f"CASE WHEN _set IN ({there[k]}) THEN first({n}) END AS {n}"
        for n, k in zip(names, by, strict=True)
    ]
    places = {f"c{e.id}": i for i, e in enumerate(node.grouping)}  # type: ignore[attr-defined]
    calls = [_bits(e, places, sets, to) or item(e, to) for e in node.results if isinstance(e, Alias)]
    group = ("_set", *keyed.values())
    source = with_beside((KernelSQL(name, INT) for name in group), rows, to)
    return f"SELECT {', '.join([*dict.fromkeys(shown), *calls])}{source} GROUP BY {', '.join(group)}"


def _numbers(sets: Iterable[int]) -> str:
    return ", ".join(map(str, sets)) or "NULL"


def _bits(e: Alias, places: dict[str, int], sets: tuple[tuple[int, ...], ...], to: Compiler) -> str | None:
    """`grouping` and `grouping_id`: a bit for each of the keys, set where the key is not in the set."""
    if not isinstance(e.child, Call) or e.child.function.names[0] not in ("grouping", "grouping_id"):
        return None
    asked = [places[f"c{a.id}"] for a in e.child.args]  # type: ignore[attr-defined]
    values = (int("0" + "".join("01"[p not in s] for p in asked), 2) for s in sets)
    found = f"list_extract([{', '.join(map(str, values))}], _set + 1)"
    return f"CAST({found} AS {to.type(e.type)}) AS c{e.id}"
