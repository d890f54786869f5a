"""SQL text to plans. The only reader of Spark's SQL grammar.

`tokens`       text to tokens
`cursor`       a place in the tokens: look, take, expect, fail
`literals`, `intervals`, `types`, `names`, `properties`, `nodes`    the small things
`expressions`, `primary`, `calls`    operators; operands; function calls
`queries`, `sources`, `pipes`        SELECT; FROM; `|>`
`reshape`      PIVOT, UNPIVOT, LATERAL VIEW
`statements`   everything else, by its first words; `show`, `create`, `tables`, `columns`, `alter`, `dml`, `variables`,
               `scripts` and `clauses` hold the larger families
`parse`        the ways in

Rules are functions from a cursor to a node: recursive descent, with the node built at once. What is a keyword and
what a name depends on the place, since Spark reserves almost no word.
"""

from glowplug.identifiers import parse_attribute_name, parse_identifier
from glowplug.sql.cursor import Settings
from glowplug.sql.parse import parse_expression, parse_schema, parse_statement, parse_type

__all__ = [
    "Settings",
    "parse_attribute_name",
    "parse_expression",
    "parse_identifier",
    "parse_schema",
    "parse_statement",
    "parse_type",
]
