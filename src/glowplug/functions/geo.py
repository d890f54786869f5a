"""Geometries and geographies: kept as their reference system's number and their WKB, little-endian.

Semantics: Spark's SQL reference, "Geospatial (ST) Functions".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions.lowering import known, per_row
from glowplug.functions.vocabulary import BIN, INTEGER, STR, sig
from glowplug.functions.wkb import NotWKB, rewritten
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.types import ANY_SRID, BINARY, INT, SRIDS, DataType, GeographyType, GeometryType

_SPATIAL = Accept(
    '("GEOGRAPHY" or "GEOMETRY")', lambda t: isinstance(t, GeometryType | GeographyType), (GeographyType(4326),)
)
_function = partial(Function, group="st_funcs")
_POINT = "X'0101000000000000000000F03F0000000000000040'"


def _checked(srid: int, kind: type[DataType]) -> int:
    if srid not in SRIDS[kind]:
        raise row_failure("ST_INVALID_SRID_VALUE", srid=srid)
    return srid


def _typed(kind: type[Any], e: Expression) -> DataType:
    """Of a constant number its own type; of others that of any."""
    if not isinstance(e, Literal) or (srid := known(e)) is None:
        return kind(ANY_SRID)  # type: ignore[no-any-return]
    if srid not in SRIDS[kind]:
        raise AnalysisError("ST_INVALID_SRID_VALUE", srid=srid)
    return kind(srid)  # type: ignore[no-any-return]


def _read(kind: type[DataType], data: bytes, srid: int) -> dict[str, Any]:
    try:
        wkb = rewritten(data, globe=kind is GeographyType)
    except NotWKB as e:
        raise row_failure("WKB_PARSE_ERROR", parseError=e.why, pos=e.at) from e
    return {"srid": _checked(srid, kind), "wkb": wkb}


def _as_binary(shape: dict[str, Any], order: str) -> bytes:
    match order.upper():
        case "NDR":
            return bytes(shape["wkb"])
        case "XDR":
            return rewritten(shape["wkb"], big=True)
    raise row_failure("ST_INVALID_ENDIANNESS_VALUE", endianness=order)


def _rows(name: str, body: Callable[..., Any]) -> Callable[[Call, Lowering], str]:
    return lambda call, low: per_row(low, name, body, call.args, call.type)


def _lower_set(call: Call, low: Lowering) -> str:
    kind = type(call.type)
    body = lambda shape, srid: {"srid": _checked(srid, kind), "wkb": shape["wkb"]}  # noqa: E731
    return per_row(low, f"st_setsrid_{kind.__name__}", body, call.args, call.type)


FUNCTIONS = (
    _function(
        ("st_geomfromwkb",),
        sig(BIN, INTEGER, optional=1, defaults=(0,)),
        lambda args: _typed(GeometryType, args[1]),
        _rows("st_geomfromwkb", partial(_read, GeometryType)),
        usage="Reads a geometry's well-known binary form.",
        example=f"SELECT st_srid(st_geomfromwkb({_POINT}, 4326))",
    ),
    _function(
        ("st_geogfromwkb",),
        sig(BIN),
        GeographyType(4326),
        _rows("st_geogfromwkb", lambda data: _read(GeographyType, data, 4326)),
        usage="Reads a geography's well-known binary form.",
        example=f"SELECT st_srid(st_geogfromwkb({_POINT}))",
    ),
    _function(
        ("st_asbinary",),
        sig(_SPATIAL, STR, optional=1, defaults=("NDR",)),
        BINARY,
        _rows("st_asbinary", _as_binary),
        usage="Returns the well-known binary form, little-endian (NDR) or big-endian (XDR).",
        example=f"SELECT hex(st_asbinary(st_geomfromwkb({_POINT}), 'XDR'))",
    ),
    _function(
        ("st_srid",),
        sig(_SPATIAL),
        INT,
        "({0}).srid",
        usage="Returns the number of the reference system.",
        example=f"SELECT st_srid(st_geogfromwkb({_POINT}))",
    ),
    _function(
        ("st_setsrid",),
        sig(_SPATIAL, INTEGER),
        lambda args: _typed(type(args[0].type), args[1]),
        _lower_set,
        usage="Gives a shape another reference system, without changing its coordinates.",
        example=f"SELECT st_srid(st_setsrid(st_geomfromwkb({_POINT}), 3857))",
    ),
)
