"""Which collation the texts of a call have: Spark's SQL reference, "Collation", precedence.

A collation is explicit (COLLATE), implicit (of a column) or the default (of a constant). The stronger wins; two
explicit ones contradict each other, and what two implicit ones have in common is indeterminate: it is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from glowplug.analyze.variables import is_variable
from glowplug.collations import BINARY, INDETERMINATE
from glowplug.errors import AnalysisError
from glowplug.functions.collation_keys import collated, recollated
from glowplug.functions.collations import COMPARING, KEEPING, UNIFIED, refuses
from glowplug.functions.vocabulary import Mismatch, ordinal
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, Literal, Origin, Replaced
from glowplug.plan.function import Function
from glowplug.plan.names import pretty
from glowplug.type_trees import map_types
from glowplug.types import BOOLEAN, COMPLEX, STRINGS, ArrayType, DataType, StringType, sql_name

Strength = OneOf[0, 1, 2]  # default, implicit, explicit


@dataclass(frozen=True, slots=True)
class _Context:
    collation: str
    strength: Strength


def of_type(type: DataType) -> str | None:
    """The collation of a text, or of an array's texts; None of what is neither."""
    match type:
        case StringType(collation):
            return collation
        case ArrayType(element):
            return of_type(element)
    return None


def unified(function: Function, args: tuple[Expression, ...], origin: Origin | None) -> tuple[Expression, ...]:
    """The arguments, those that are compared or joined in one collation. Raises COLLATION_MISMATCH.EXPLICIT."""
    if function.names[0] == "collate":
        _check_name(args[1], origin)
    if not any(collated(a.type) for a in args if hasattr(a, "type")):
        return args
    name = function.names[0]
    if name == "map":
        return _unified(
            function, _unified(function, args, range(0, len(args), 2), origin), range(1, len(args), 2), origin
        )
    return _unified(function, args, UNIFIED[name](len(args)), origin) if name in UNIFIED else args


def _unified(
    function: Function, args: tuple[Expression, ...], among: Iterable[int], origin: Origin | None
) -> tuple[Expression, ...]:
    name = function.names[0]
    places = [i for i in among if of_type(args[i].type) is not None]
    if (context := _merged([_context(args[i]) for i in places])) is None:
        return args
    if context.collation == INDETERMINATE and name in COMPARING:
        shown = pretty(Call(function, name, args, BOOLEAN, True))
        raise AnalysisError("INDETERMINATE_COLLATION_IN_EXPRESSION", origin, expr=f'"{shown}"')
    return tuple(_recollated(a, context.collation) if i in places else a for i, a in enumerate(args))


def contradict(a: Expression, b: Expression) -> bool:
    """Whether two texts have collations between which nothing decides."""
    if of_type(a.type) is None or of_type(b.type) is None or not (collated(a.type) or collated(b.type)):
        return False
    context = _merged([_context(a), _context(b)])
    return context is not None and context.collation == INDETERMINATE


def _check_name(name: Expression, origin: Origin | None) -> None:
    """What COLLATE is given must be a constant text."""
    shown = {"functionName": "`collate`", "paramIndex": ordinal(0), "requiredType": '"STRING"'}
    if not isinstance(name.type, STRINGS):
        here = {"inputSql": f'"{pretty(name)}"', "inputType": f'"{sql_name(name.type)}"'}
        raise AnalysisError("UNEXPECTED_INPUT_TYPE", origin, **shown, **here)
    if not isinstance(name, Literal):
        about = {"funcName": "`collate`", "paramName": "`collationName`", "paramType": '"STRING"'}
        raise AnalysisError("NON_FOLDABLE_ARGUMENT", origin, **about)


def check(function: Function, call: Call) -> None:
    """Raises what Spark raises for a collation that a function does not take."""
    kind = function.names[0]
    if kind == "collect_set" and collated(call.args[0].type):
        raise Mismatch("UNSUPPORTED_INPUT_TYPE", functionName="`collect_set`", dataType='"MAP" or "COLLATED STRING"')
    if kind == "count_min_sketch" and collated(call.args[0].type):
        raise Mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex=ordinal(0),
            requiredType='("INTEGRAL" or "STRING" or "BINARY")',
            inputSql=f'"{pretty(call.args[0])}"',
            inputType=f'"{sql_name(call.args[0].type)}"',
        )
    for i, a in enumerate(reversed(call.args) if kind in ("trim", "ltrim", "rtrim") else call.args):
        if refuses(kind, a.type, i):
            raise Mismatch(
                "UNEXPECTED_INPUT_TYPE",
                paramIndex=ordinal(i),
                requiredType='"STRING"',
                inputSql=f'"{pretty(a)}"',
                inputType=f'"{sql_name(a.type)}"',
            )


def result(function: Function, args: tuple[Expression, ...], type: DataType) -> DataType:
    """The type of a call whose declaration says only that it is a text."""
    if function.names[0] not in KEEPING:
        return type
    found = next((c for a in args if (c := of_type(a.type)) not in (None, BINARY)), None)
    return type if found is None else _everywhere(type, found)


def _everywhere(type: DataType, collation: str) -> DataType:
    if isinstance(type, COMPLEX):
        return map_types(type, lambda inside: _everywhere(inside, collation))
    return recollated(type, collation)


def _context(e: Expression) -> _Context | None:
    """Where a collation comes from; None of what has no text."""
    collation = of_type(e.type)
    if collation is None:
        return None
    match e:
        case Literal():
            return _Context(collation, 0)
        case Replaced() if is_variable(e):
            return _Context(collation, 1)
        case Replaced(child):
            return _context(child)
        case Cast(child, implicit=True):
            own = of_type(child.type)
            return _context(child) if own == collation else _Context(collation, 0 if own is None else 1)
        case Cast(child):
            return _Context(collation, 1 if of_type(child.type) is not None else 0)
        case Attribute() | Alias():
            return _Context(collation, 1)
        case Call(function, _, args) if function.names[0] == "collate":
            return _Context(collation, 2)
        case Call(args=args):
            found = [c for a in args if hasattr(a, "type") and (c := _context(a)) and c.collation == collation]
            strength = max((c.strength for c in found), default=0 if collation == BINARY else 1)
            return _Context(collation, strength)
    return _Context(collation, 1)


def _merged(contexts: list[_Context | None]) -> _Context | None:
    found = [c for c in contexts if c is not None]
    if not found:
        return None
    strength = max(c.strength for c in found)
    names = list(dict.fromkeys(c.collation for c in found if c.strength == strength))
    if len(names) == 1:
        return _Context(names[0], strength)
    if strength == 2:
        shown = ", ".join(f'"{sql_name(StringType(n))}"' for n in names)
        raise AnalysisError("COLLATION_MISMATCH.EXPLICIT", explicitTypes=shown)
    return _Context(INDETERMINATE, strength)


def _recollated(e: Expression, collation: str) -> Expression:
    type = recollated(e.type, collation)
    if type == e.type:
        return e
    if isinstance(e, Literal) and isinstance(type, StringType):
        return replace(e, type=type)
    return Cast(e, type, "ansi", implicit=True)
