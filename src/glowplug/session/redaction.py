"""What statements do not show of options and properties: values that may give access, by their keys or their text."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The defaults of spark.sql.redaction.options.regex and spark.redaction.regex, which sessions cannot change.
_SECRET = re.compile(r"(?i)url|secret|password|token|access[.]?key")
REDACTED = "*********(redacted)"


def redacted(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Pairs of key and value; what may be secret has another value."""
    return tuple([(k, REDACTED if _SECRET.search(k) or _SECRET.search(v) else v) for k, v in pairs])
