"""A request's plan as the client sent it, decompressed if need be."""

from __future__ import annotations

import pyspark.sql.connect.proto as pb
import zstandard
from google.protobuf.message import DecodeError

from glowplug.connect.decode import commands, relations
from glowplug.connect.decode.context import Context
from glowplug.errors import HandleError, InvalidPlanInput
from glowplug.plan.commands import Command
from glowplug.plan.relations import Relation
from glowplug.session.session import Session

MAX_PLAN_SIZE = "spark.connect.maxPlanSize"
PARTS = {
    pb.Plan.CompressedOperation.OP_TYPE_RELATION: "root",
    pb.Plan.CompressedOperation.OP_TYPE_COMMAND: "command",
}


def allow_deep_messages() -> None:
    """Let messages nest as deep as a program builds them; protobuf's own limit is 100, which 50 operators reach.

    With this, a message may nest 65,535 deep: threads that parse what strangers send need the stack for it.
    """
    try:
        from google._upb import _message
    except ImportError:  # another implementation of protobuf, with limits of its own
        return
    _message.SetAllowOversizeProtos(True)


def unpack(plan: pb.Plan, session: Session) -> tuple[str, pb.Relation | pb.Command]:
    """What the plan holds: "root" and a relation, or "command" and a command."""
    part = plan.WhichOneof("op_type")
    if part == "compressed_operation":
        return _decompress(plan.compressed_operation, session.conf.bytes(MAX_PLAN_SIZE) or 0)
    if part is None:
        name = "spark.connect.Plan"
        raise InvalidPlanInput(
            "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET", fullName=name, name="OPTYPE_NOT_SET"
        )
    return part, getattr(plan, part)


def relation(plan: pb.Plan, session: Session) -> Relation:
    """The plan of a relation, unresolved. A command is an error."""
    part, message = unpack(plan, session)
    if part != "root":
        message = pb.Relation()  # no relation: decoding says so
    return decode_relation(message, session)


def decode_relation(message: pb.Relation, session: Session) -> Relation:
    """RecursionError if it is too deep for the calling thread; others have more room."""
    return relations.relation(message, Context(session))


def decode_command(message: pb.Command, session: Session) -> Command:
    return commands.command(message, Context(session))


def _decompress(packed: pb.Plan.CompressedOperation, limit: int) -> tuple[str, pb.Relation | pb.Command]:
    """`limit` is in bytes, of the plan as it was before compression."""
    if packed.compression_codec != pb.COMPRESSION_CODEC_ZSTD:
        raise InvalidPlanInput(
            "CONNECT_INVALID_PLAN.INVALID_ENUM",
            fullName="spark.connect.CompressionCodec",
            name=_enum_name(pb.CompressionCodec.DESCRIPTOR, packed.compression_codec),
            number=packed.compression_codec,
        )
    try:
        part = PARTS[packed.op_type]
        size = zstandard.get_frame_parameters(packed.data).content_size
        if size not in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR) and size > limit:
            raise InvalidPlanInput("CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX", planSize=size, maxPlanSize=limit)
        data = zstandard.ZstdDecompressor().decompress(packed.data, max_output_size=limit)
        message: pb.Relation | pb.Command = pb.Relation() if part == "root" else pb.Command()
        message.ParseFromString(data)
    except (KeyError, zstandard.ZstdError, DecodeError) as error:
        raise HandleError("CONNECT_INVALID_PLAN.CANNOT_PARSE", errorMsg=error) from None
    return part, message


def _enum_name(enum: object, number: int) -> str:
    value = enum.values_by_number.get(number)  # type: ignore[attr-defined]
    return value.name if value else "UNRECOGNIZED"
