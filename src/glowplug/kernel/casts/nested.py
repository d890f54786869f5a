"""Casts of arrays, maps and structs: of their parts, in place."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from glowplug import types as t
from glowplug.kernel.casts.casting import Casting
from glowplug.kernel.types import field_names, kernel_type, quoted

Convert = Callable[[str, t.DataType, t.DataType, Casting], str]


def convert(x: str, source: t.DataType, target: t.DataType, c: Casting, part: Convert) -> str:
    """Kernel SQL for `x` with each element, value and field cast by `part`."""
    if t.same_type(source, target):
        return x
    match source, target:
        case t.ArrayType(a), t.ArrayType(b):
            return _transform(x, lambda e: part(e, a, b, c))
        case t.MapType(ka, va), t.MapType(kb, vb):

            def entry(e: str) -> str:
                return f"struct_pack(k := {part(f'{e}.key', ka, kb, c)}, v := {part(f'{e}.value', va, vb, c)})"

            if part("x", ka, kb, c) == part("x", va, vb, c) == "x":
                return x
            return c.once(x, lambda v: f"map_from_entries({_transform(f'map_entries({v})', entry)})")
        case t.StructType(fa), t.StructType(fb):
            return c.once(x, lambda v: _struct(v, fa, fb, target, c, part))
    raise AssertionError(f"no cast from {source} to {target}")


def _transform(x: str, element: Callable[[str], str]) -> str:
    name = f"e{crc32(x.encode()):08x}"
    body = element(name)
    return x if body == name else f"list_transform({x}, (lambda {name}: {body}))"


def _struct(
    x: str,
    source: tuple[t.StructField, ...],
    fields: tuple[t.StructField, ...],
    target: t.StructType,
    c: Casting,
    part: Convert,
) -> str:
    if not fields:
        return x
    names = field_names(target)
    parts = (
        f"{quoted(n)} := {part(f'struct_extract_at({x}, {i + 1})', f.type, g.type, c)}"
        for i, (n, f, g) in enumerate(zip(names, source, fields, strict=True))
    )
    # a NULL struct stays NULL, and is not a struct of NULLs
    return f"CASE WHEN {x} IS NOT NULL THEN CAST(struct_pack({', '.join(parts)}) AS {kernel_type(target)}) END"
