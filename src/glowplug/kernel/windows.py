"""Window functions that a projection asks for several times, as one mean does for its count, are computed once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from zlib import crc32

_NAME = re.compile(r"\bwindow_[0-9a-f]{8}\b")


@dataclass(frozen=True, slots=True)
class Windows:
    """The kernel's window functions by the name that stands for each until all of the projection is known."""

    texts: dict[str, str] = field(default_factory=dict)

    def named(self, sql: str) -> str:
        name = f"window_{crc32(sql.encode()):08x}"
        self.texts[name] = sql
        return name

    def computed(self, items: str, rows: str) -> tuple[str, str]:
        """A select list and its FROM clause, in which what the list asks for several times is a column."""
        asked = Counter(_NAME.findall(items))
        columns = [f"{sql} AS {name}" for name, sql in self.texts.items() if asked[name] > 1]
        items = _NAME.sub(lambda found: self.texts.get(found[0], found[0]) if asked[found[0]] == 1 else found[0], items)
        if not columns:
            return items, rows
        return items, f" FROM (SELECT *, {', '.join(columns)}{rows or ' FROM (SELECT 1 AS _)'})"
