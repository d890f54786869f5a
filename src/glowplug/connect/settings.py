"""The Config call: every operation of the protocol on a session's settings."""

from __future__ import annotations

import pyspark.sql.connect.proto as pb

from glowplug.config import Conf, declared
from glowplug.errors import IllegalArgument, InvalidPlanInput, SparkError


def configure(operation: pb.ConfigRequest.Operation, conf: Conf, response: pb.ConfigResponse) -> None:
    """Do the operation and write what it answers into `response`: pairs, and warnings for deprecated settings."""
    kind = operation.WhichOneof("op_type")
    if kind is None:
        name = "spark.connect.ConfigRequest.Operation"
        raise InvalidPlanInput(
            "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET", fullName=name, name="OPTYPE_NOT_SET"
        )
    part = getattr(operation, kind)
    keys: list[str] = [pair.key for pair in part.pairs] if "pairs" in part.DESCRIPTOR.fields_by_name else []
    match kind:
        case "set":
            for pair in part.pairs:
                try:
                    _set(conf, pair)
                except SparkError as error:
                    if not part.silent:
                        raise
                    response.warnings.append(f"{pair.key} was not set to {pair.value!r}: {error}")
        case "get_all":
            for key, value in conf.all(part.prefix).items():
                response.pairs.add(key=key.removeprefix(part.prefix), value=value)
        case "get_with_default":
            for pair in part.pairs:
                default = pair.value if pair.HasField("value") else None
                _add(response, pair.key, conf.get_with_default(pair.key, default))
        case "get" | "get_option":
            keys = list(part.keys)
            read = conf.get if kind == "get" else conf.get_option
            for key in keys:
                _add(response, key, read(key))
        case "unset":
            keys = list(part.keys)
            for key in keys:
                conf.unset(key)
        case "is_modifiable":
            for key in part.keys:
                _add(response, key, "true" if conf.is_modifiable(key) else "false")
    for key in keys:
        if (setting := declared().get(key)) is not None and setting.deprecated:
            response.warnings.append(f"The setting {key} is deprecated in Spark; its documentation names another.")


def _set(conf: Conf, pair: pb.KeyValue) -> None:
    if not pair.HasField("value"):
        raise IllegalArgument(
            "INVALID_CONF_VALUE.REQUIREMENT", confName=pair.key, confValue="", confRequirement="It must have a value."
        )
    conf.set(pair.key, pair.value)


def _add(response: pb.ConfigResponse, key: str, value: str | None) -> None:
    pair = response.pairs.add(key=key)
    if value is not None:
        pair.value = value
