"""The command `glowplug`: run a script, serve, try things in a shell, run SQL.

Each command imports what it needs when it runs, so that a script's first result is not kept waiting.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import glowplug

NO_JVM = (
    "PySpark's client, which needs no JVM, has no SparkContext, RDDs, DStreams (pyspark.streaming) and pyspark.mllib: "
    "use SparkSession.builder, DataFrames and Structured Streaming."
)
HISTORY = Path("~/.glowplug_history")


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit code. A script's own exceptions are printed as Python prints them."""
    args = parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except (ImportError, OSError) as error:
        print(f"glowplug: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells have it


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="glowplug", description="PySpark programs without Spark and without a JVM.")
    top.add_argument("--version", action="version", version=f"glowplug {glowplug.__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.add_argument(
            "--conf", action="append", default=[], metavar="NAME=VALUE", type=setting, help="a Spark setting"
        )
        command.set_defaults(command=run)
        return command

    script = add("run", run_script, "Run a PySpark script, unmodified, on an engine in this process.")
    script.add_argument("--py-files", default="", metavar="A,B", help=".py, .zip and .egg files the script imports")
    script.add_argument(
        "--grace", type=float, default=30.0, metavar="SECONDS",
        help="on SIGTERM, how long streaming queries may take to commit their batch (default: %(default)s)",
    )  # fmt: skip
    script.add_argument("script", help="the script's path")
    script.add_argument("args", nargs=argparse.REMAINDER, help="the script's own arguments")

    server = add("server", serve, "Serve Spark Connect clients until SIGTERM or SIGINT.")
    server.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    server.add_argument("--port", type=int, default=None, help="port (default: 15002; 0: any that is free)")
    server.add_argument(
        "--grace", type=float, default=30.0, metavar="SECONDS",
        help="on shutdown, how long running operations may take to finish (default: %(default)s)",
    )  # fmt: skip

    add("shell", shell, "A Python shell with a session, `spark`.")

    sql = add("sql", run_sql, "Run SQL statements and print their rows.")
    source = sql.add_mutually_exclusive_group()
    source.add_argument("-e", "--execute", metavar="SQL", help="the statements, separated by semicolons")
    source.add_argument("-f", "--file", type=Path, help="a file of statements (default: standard input)")
    sql.add_argument("--format", choices=["table", "csv", "json"], default="table", help="default: %(default)s")
    return top


def setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value.strip()


def start_engine(args: argparse.Namespace) -> Any:
    """This process's engine, with the settings of the command line. Exits when one is invalid."""
    from glowplug.errors import SparkError
    from glowplug.session.engine import shared_engine

    try:
        return shared_engine(dict(args.conf))
    except SparkError as error:
        sys.exit(f"glowplug: {error}")


@contextmanager
def loading() -> Iterator[None]:
    """Without garbage collection, which finds nothing while modules load and takes a fifth of that time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # or the kernel's module counts what is left at exit as leaked
        gc.enable()


# --- run ---------------------------------------------------------------------------------------------------------


def run_script(args: argparse.Namespace) -> int:
    """As `python script.py args…` would: `__main__`, `sys.argv`, `sys.path`, tracebacks and exit codes are its own."""
    import io
    import signal
    import types

    path = str(Path(args.script).absolute())
    with io.open_code(path) as file:
        source = file.read()
    start_engine(args)
    with loading():
        from glowplug.connect.embed import embed_builders
    embed_builders()
    for extra in filter(None, args.py_files.split(",")):
        sys.path.insert(0, str(Path(extra).parent if extra.endswith(".py") else extra))
    sys.path.insert(0, str(Path(path).resolve().parent))
    sys.argv = [args.script, *args.args]
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=path, __builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = module
    signal.signal(signal.SIGTERM, lambda number, frame: _end_by(number, args.grace))
    try:
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        if isinstance(error, ImportError) and (error.name or "").partition(".")[0] in ("py4j", "pyspark"):
            error.add_note(NO_JVM)
        own = error.__traceback__.tb_next if error.__traceback__ else None  # without this function's frame
        sys.excepthook(type(error), error.with_traceback(own), own)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _end_by(number: int, grace: float) -> None:
    """End as the signal has it, once streaming queries have committed what they are at; a second one ends at once."""
    import os
    import signal

    signal.signal(number, signal.SIG_DFL)
    if "glowplug.streaming.manager" in sys.modules:
        sys.modules["glowplug.streaming.manager"].drain(grace)
    os.kill(os.getpid(), number)


# --- server ------------------------------------------------------------------------------------------------------


def serve(args: argparse.Namespace) -> int:
    """Prints the URL once clients can connect. The first signal lets operations finish, a second one does not."""
    import signal

    engine = start_engine(args)
    from glowplug.config import Conf
    from glowplug.connect.server import LOOPBACK, Server

    port = args.port if args.port is not None else Conf(engine.start).int("spark.connect.grpc.binding.port")
    server = Server(engine, args.host, 15002 if port is None else port)
    signals: list[int] = []

    def stop(number: int, frame: object) -> None:
        signals.append(number)
        server.request_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.start()
    if server.authenticated and args.host in LOOPBACK:
        print(f"glowplug: clients give the token in the URL: {server.url}/;token=...", file=sys.stderr)
    elif server.authenticated:
        print("glowplug: clients send the token by TLS, which a proxy in front of this has to speak", file=sys.stderr)
    elif args.host not in LOOPBACK:
        print(
            "glowplug: without spark.connect.authenticate.token, whoever reaches this port can use it", file=sys.stderr
        )
    print(f"Glowplug is listening at {server.url}", flush=True)
    server.wait()
    print("Glowplug is shutting down", flush=True)
    server.stop(args.grace, hurry=lambda: len(signals) > 1)
    return 0


# --- shell -------------------------------------------------------------------------------------------------------


def shell(args: argparse.Namespace) -> int:
    import code

    start_engine(args)
    with loading():
        from glowplug.connect.embed import embed_builders
    embed_builders()
    spark = glowplug.session(**dict(args.conf))
    names: dict[str, Any] = {"__name__": "__main__", "__doc__": None, "spark": spark}
    try:
        import atexit
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
        history = HISTORY.expanduser()
        if history.exists():
            readline.read_history_file(history)
        atexit.register(readline.write_history_file, history)
    except (ImportError, OSError):
        pass  # a shell without completion or history
    code.interact(f"Glowplug {glowplug.__version__}, Spark {spark.version}. The session is `spark`.", None, names, "")
    return 0


# --- sql ---------------------------------------------------------------------------------------------------------


def run_sql(args: argparse.Namespace) -> int:
    """Stops at the first statement that fails: its error goes to standard error, the exit code is 1."""
    text = args.execute or (args.file.read_text("utf-8") if args.file else sys.stdin.read())
    start_engine(args)
    with loading():
        import glowplug.connect.embed
    from pyspark.errors import PySparkException
    from pyspark.logger import PySparkLogger

    from glowplug.output import WRITERS, statements

    spark = glowplug.session(**dict(args.conf))
    write = WRITERS[args.format]
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True  # what fails is told below, and not as JSON
    try:
        for statement in statements(text):
            rows = spark.sql(statement)
            if rows.columns:
                write(rows, sys.stdout)
    except PySparkException as error:
        sys.stdout.flush()
        print(str(error).strip(), file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads the output has enough
        sys.stderr.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
