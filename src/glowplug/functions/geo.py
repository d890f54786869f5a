"""Geometries and geographies: types that are not supported yet, so their functions are refused during analysis."""

from __future__ import annotations

from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.function import Function
from glowplug.types import BINARY, INT, DataType


def _geometry(name: str, most: int, type: DataType, usage: str, least: int = 1) -> Function:
    return Function(
        (name,), sig(*(ANY,) * most, optional=most - least), type, nullable="always", usage=usage, group="st_funcs"
    )


FUNCTIONS = (
    _geometry("st_asbinary", 2, BINARY, "Returns the well-known binary form; not supported."),
    _geometry("st_geogfromwkb", 1, BINARY, "Reads a geography's well-known binary form; not supported."),
    _geometry("st_geomfromwkb", 2, BINARY, "Reads a geometry's well-known binary form; not supported."),
    _geometry("st_setsrid", 2, BINARY, "Gives a geometry another reference system; not supported.", 2),
    _geometry("st_srid", 1, INT, "Returns the number of the reference system; not supported."),
)
