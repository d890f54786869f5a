"""Spark Connect: the only package that knows protobuf and gRPC. In the way of a request:

`server` or `in_process`   how a call arrives: gRPC, or from the same process
`service`                  the twelve calls of the protocol
`plans`                    a request's plan: decompressed, decoded (`decode/`, `extensions`)
`analyses`                 AnalyzePlan
`executions`, `responses`  ExecutePlan: a thread that runs it, the buffer between it and the client, what is sent
`settings`, `artifacts`    Config, AddArtifacts
`encode`                   types, rows and values as messages
`failures`                 errors as gRPC statuses with Spark's details
"""

from __future__ import annotations

import sys

MISSING = (
    "Glowplug needs the PySpark client, and neither pyspark-client nor pyspark can be imported. "
    "Install it with: pip install 'glowplug[client]'"
)


def _import_client() -> None:
    """Import the client's messages, with an error that says what to install."""
    main = sys.modules["__main__"]
    # Under `python -c` the client takes itself to be run by Spark's own doctests and looks for a Spark
    # distribution; it does not in an interactive interpreter, which it knows by `sys.ps1`.
    pretend = main.__spec__ is None and not hasattr(main, "__file__") and not hasattr(sys, "ps1")
    if pretend:
        sys.ps1 = ">>> "
    try:
        import pyspark.sql.connect.proto  # noqa: F401
    except ImportError as error:
        raise ImportError(f"{MISSING} ({error})") from error
    finally:
        if pretend:
            del sys.ps1


_import_client()
