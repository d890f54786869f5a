"""The options of Avro's values. https://spark.apache.org/docs/latest/sql-data-sources-avro.html"""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.errors import IllegalArgument, unsupported
from glowplug.functions.avro_schemas import Avro, TypeOptions, parsed
from glowplug.source_options import ListingOptions, integer, option

MOST_DEPTH = 15


def _depth(text: str) -> int:
    depth = integer(text)
    if depth > MOST_DEPTH:
        raise IllegalArgument(
            "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
            optionName="recursiveFieldMaxDepth",
            message=f"it is at most {MOST_DEPTH}.",
        )
    return depth


@dataclass(frozen=True, slots=True, kw_only=True)
class AvroOptions(ListingOptions):
    """Of files and of functions."""

    avro_schema: str | None = option("avroSchema", "The schema to read or write with, as JSON.", None)
    avro_schema_url: str | None = option("avroSchemaUrl", "Not supported: where that schema is.", None)
    mode: str = option("mode", "Of from_avro only: what malformed records become.", "FAILFAST")
    rebase: str = option("datetimeRebaseMode", "Dates are read as they are, as CORRECTED has it.", "CORRECTED")
    stable_names: bool = option(
        "enableStableIdentifiersForUnionType", "Members of unions are named by their types.", False
    )
    prefix: str = option("stableIdentifierPrefixForUnionType", "What those names begin with.", "member_")
    depth: int = option("recursiveFieldMaxDepth", "How often a type may be in itself; -1 = not at all.", -1,
                        parse=_depth)  # fmt: skip

    @property
    def types(self) -> TypeOptions:
        return TypeOptions(self.stable_names, self.prefix, self.depth)

    @property
    def given(self) -> Avro | None:
        """The schema of the option `avroSchema`. Raises INVALID_DATA_SOURCE_OPTION for what is none."""
        if self.avro_schema_url is not None:
            raise unsupported("the option avroSchemaUrl of Avro files")
        if self.avro_schema is None:
            return None
        try:
            return parsed(self.avro_schema)
        except ValueError as error:
            expected = f"an Avro schema ({error})"
            raise IllegalArgument(
                "INVALID_DATA_SOURCE_OPTION", name="avroSchema", value=self.avro_schema, expected=expected
            ) from None
