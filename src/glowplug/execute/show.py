"""Drawing what `show()` prints. The format is that of Spark's `Dataset.showString` and `htmlString`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import codepoint2name

import pyarrow as pa

from glowplug.plan.relations import LocalData, ShowString

LEAST_WIDTH = 3
_ESCAPES = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b", "\v": "\\v", "\a": "\\a"})
_ENTITIES = {code: f"&{name};" for code, name in codepoint2name.items()}
# Characters that a terminal shows two columns wide: Chinese, Japanese, Korean.
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]")
Table = list[list[str]]


def drawn(node: ShowString, batches: Iterable[pa.RecordBatch]) -> LocalData:
    """The one row that holds the table, drawn from the rows of the node's child."""
    names = [a.name for a in node.child.output]
    rows = [row for batch in batches for row in _texts(batch, len(names))]
    return LocalData(node.output, pa.table({"k0": [draw(node, names, rows)]}))


def _texts(batch: pa.RecordBatch, width: int) -> Table:
    """The rows of a batch; one without columns still has rows."""
    columns = [c.to_pylist() for c in batch.columns[:width]]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * batch.num_rows


def draw(node: ShowString, names: list[str], rows: Table) -> str:
    """The table of `df.show`, as Spark draws it: `truncate` is the longest text, 0 for any."""
    header = [n.translate(_ESCAPES) for n in names]
    cells = [[_cut(c.translate(_ESCAPES), node.truncate) for c in row] for row in rows[: node.rows]]
    more = f"only showing top {node.rows} row{'' if node.rows == 1 else 's'}" if len(rows) > node.rows else ""
    if node.html:
        return _html(header, cells) + (more and more + "\n")
    if node.vertical:
        return _records(header, cells) + more if cells else "(0 rows)"
    return _grid(header, cells, left=node.truncate <= 0) + more


def _cut(text: str, most: int) -> str:
    """The first characters, counted as UTF-16 does; from 4 on, the last three are dots."""
    if most <= 0 or _length(text) <= most:
        return text
    dots = "..." if most >= 4 else ""
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (most - len(dots))]
    return units.decode("utf-16-le", "replace") + dots


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _width(text: str) -> int:
    """Columns in a terminal."""
    return len(text) if text.isascii() else _length(text) + len(_WIDE.findall(text))


def _grid(header: list[str], cells: Table, left: bool) -> str:
    widths = [max(LEAST_WIDTH, *map(_width, column)) for column in zip(header, *cells, strict=True)]
    line = f"+{'+'.join('-' * w for w in widths)}+\n"

    def row(texts: list[str]) -> str:
        padded = (_padded(t, w, left) for t, w in zip(texts, widths, strict=True))
        return f"|{'|'.join(padded)}|\n"

    return line + row(header) + line + "".join(map(row, cells)) + line


def _padded(text: str, width: int, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def _records(header: list[str], cells: Table) -> str:
    name_width = max([LEAST_WIDTH, *map(_width, header)])
    value_width = max([LEAST_WIDTH, *(_width(c) for row in cells for c in row)])
    out = []
    for number, row in enumerate(cells):
        out.append(f"-RECORD {number}".ljust(name_width + value_width + 5, "-"))
        for name, cell in zip(header, row, strict=True):
            out.append(f" {_padded(name, name_width, True)} | {_padded(cell, value_width, True)} ")
    return "\n".join(out) + "\n"


def _html(header: list[str], cells: Table) -> str:
    def row(texts: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{t.translate(_ENTITIES)}</{tag}>" for t in texts) + "</tr>\n"

    return f"<table border='1'>\n{row(header, 'th')}{''.join(row(r, 'td') for r in cells)}</table>\n"
