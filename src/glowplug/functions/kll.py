"""KLL sketches of quantiles, by Apache DataSketches; binary forms are exchanged with Spark's.

Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions". Karnin, Lang, Liberty: "Optimal Quantile
Approximation in Streams".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from glowplug.plan.names import double_text
from glowplug.types import DOUBLE, FLOAT, LONG, DataType


class NotQuantiles(ValueError):
    """Bytes that are no KLL sketch of the kind, or a quantile of no values at all."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of values: the ending of its functions' names, and how DataSketches calls it."""

    name: str
    type: DataType
    java: str
    bytes: int


KINDS = (Kind("bigint", LONG, "Longs", 8), Kind("double", DOUBLE, "Doubles", 8), Kind("float", FLOAT, "Floats", 4))


def new(kind: Kind, k: int) -> Any:
    import datasketches

    match kind.name:
        case "bigint":
            return datasketches.kll_items_sketch(k)
        case "double":
            return datasketches.kll_doubles_sketch(k)
    return datasketches.kll_floats_sketch(k)


def update(sketch: Any, kind: Kind, values: pa.Array) -> Any:
    """Takes values in; NaN is left out."""
    if kind.name == "bigint":
        for v in values.to_pylist():
            sketch.update(v)
    elif len(values):
        sketch.update(values.to_numpy(zero_copy_only=False).copy())  # which must be writable
    return sketch


def write(sketch: Any, kind: Kind) -> bytes:
    import datasketches

    return bytes(sketch.serialize(datasketches.PyLongsSerDe()) if kind.name == "bigint" else sketch.serialize())


def read(data: bytes, kind: Kind) -> Any:
    import datasketches

    if len(data) < 8 or data[2] != 15:
        raise NotQuantiles
    try:
        match kind.name:
            case "bigint":
                return datasketches.kll_items_sketch.deserialize(data, datasketches.PyLongsSerDe())
            case "double":
                return datasketches.kll_doubles_sketch.deserialize(data)
        return datasketches.kll_floats_sketch.deserialize(data)
    except (ValueError, RuntimeError, IndexError, TypeError) as e:
        raise NotQuantiles from e


def quantile(data: bytes, kind: Kind, ranks: list[float]) -> list[Any]:
    sketch = read(data, kind)
    if sketch.is_empty():
        raise NotQuantiles
    return [sketch.get_quantile(r, True) for r in ranks]


def rank(data: bytes, kind: Kind, values: list[Any]) -> list[float]:
    sketch = read(data, kind)
    if sketch.is_empty():
        raise NotQuantiles
    return [sketch.get_rank(v, True) for v in values]


def text(data: bytes, kind: Kind) -> str:
    """What Java's sketch says of itself."""
    sketch = read(data, kind)
    words, flags, k, m = data[0], data[3], *struct.unpack_from("<HB", data, 4)
    levels = data[18] if words == 5 else 1
    least = struct.unpack_from("<H", data, 16)[0] if words == 5 else k
    capacity = sum(max(m, _capacity(k, levels - level - 1)) for level in range(levels))
    empty, kept = sketch.is_empty(), sketch.num_retained
    ends = (
        ("NaN", "NaN") if empty else tuple(_number(x, kind) for x in (sketch.get_min_value(), sketch.get_max_value()))
    )
    compact = 8 + kept * kind.bytes if kept < 2 and sketch.n < 2 else 20 + 4 * levels + (2 + kept) * kind.bytes
    lines = (
        ("K", k),
        ("Dynamic min K", least),
        ("M", m),
        ("N", sketch.n),
        ("Epsilon", f"{2.296 / k**0.9723:.3%}"),
        ("Epsilon PMF", f"{2.446 / k**0.9433:.3%}"),
        ("Empty", str(empty).lower()),
        ("Estimation Mode", str(levels > 1).lower()),
        ("Levels", levels),
        ("Level 0 Sorted", str(bool(flags & 2)).lower()),
        ("Capacity Items", capacity),
        ("Retained Items", kept),
        ("Free Space", capacity - kept),
        ("ReadOnly", "false"),
        ("Updatable Storage Bytes", 20 + 4 * (levels + 1) + (2 + capacity) * kind.bytes),
        ("Compact Storage Bytes", compact),
        ("Min Item", ends[0]),
        ("Max Item", ends[1]),
    )
    body = "".join(f"   {name:<23}: {value}\n" for name, value in lines)
    return f"\n### KllKll{kind.java}Sketch Summary:\n{body}### End sketch summary\n"


def _number(x: Any, kind: Kind) -> str:
    return str(x) if kind.name == "bigint" else double_text(x, kind.type)


def _capacity(k: int, depth: int) -> int:
    """Items of a level, `depth` below the highest: two thirds of those of the level above it."""
    return int(((k << 1 << depth) // 3**depth + 1) >> 1)
