"""Protobuf: the functions of Spark's own external module, which is not loaded here either."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from glowplug.errors import AnalysisError, unsupported
from glowplug.functions.options import text_of
from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Function
from glowplug.plan.names import pretty
from glowplug.types import NULL, StructType, sql_name

_USAGE = {
    "from_protobuf": "Reads Protobuf's binary form.",
    "to_protobuf": "Writes Protobuf's binary form.",
}


def _no_protobuf(name: str, args: tuple[Expression, ...]) -> Expression:
    """What is written must be a struct; a descriptor that is not there is told next, as Spark does."""
    if name == "to_protobuf" and len(args) > 2 and not isinstance(args[0].type, StructType):
        shown = ", ".join(pretty(a) for a in (*args, Literal(None, NULL))[:4])
        raise AnalysisError(
            "DATATYPE_MISMATCH.NON_STRUCT_TYPE",
            sqlExpr=f'"{name}({shown})"',
            inputName="data",
            inputType=f'"{sql_name(args[0].type)}"',
        )
    for path in filter(None, (text_of(a) for a in args[2:3])):
        if not Path(path).exists():
            raise AnalysisError("PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND", filePath=path)
    raise unsupported(f"the function {name}")


def _missing(name: str, least: int, most: int) -> Function:
    return Function(
        (name,),
        sig(*(ANY,) * most, optional=most - least),
        rewrite=partial(_no_protobuf, name),
        usage=_USAGE[name],
        group="misc_funcs",
    )


FUNCTIONS = (
    _missing("from_protobuf", 2, 4),
    _missing("to_protobuf", 2, 4),
)
