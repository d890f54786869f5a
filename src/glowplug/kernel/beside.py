"""What aggregates ask beside the rows of their groups: window functions, whose rows spill where lists would not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glowplug.kernel.equality import one_value
from glowplug.plan.expressions import Expression

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


@dataclass(slots=True)
class Beside:
    """Window functions over the groups of an aggregation, by column: a function, by what else, and in which order;
    and the values that they are of. `numbered`: they ask for the number of each row, `_row`.

    `of_sets`: a row is in several groups, of which there are no windows; `wanted`: but some aggregate asks for them.
    """

    keyed: bool
    values: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, tuple[str, ...], str], str] = field(default_factory=dict)
    numbered: bool = False
    of_sets: bool = False
    wanted: bool = False


def with_beside(keys: Iterable[Expression], rows: str, to: Compiler) -> str:
    """A FROM clause for the rows of an aggregation, with what it has asked for."""
    beside = to.beside_rows
    if beside is None or not (beside.columns or beside.values or beside.numbered):
        return rows
    rows = rows or " FROM (SELECT 1 AS _)"
    same = [to.column(one_value(k, to)) for k in keys]
    more = [f"{value} AS {name}" for value, name in beside.values.items()]
    if beside.numbered:
        more.append("row_number() OVER () AS _row")
    if more:
        rows = f" FROM (SELECT *, {', '.join(more)}{rows})"
    if not beside.columns:
        return rows
    windows = []
    for (function, by, order), name in beside.columns.items():
        parts = f"PARTITION BY {', '.join((*same, *by))} " if same or by else ""
        windows.append(f"{function} OVER ({parts}{order and f'ORDER BY {order}'}) AS {name}")
    return f" FROM (SELECT *, {', '.join(windows)}{rows})"
