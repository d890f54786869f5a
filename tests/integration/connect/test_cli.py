"""The command line, as users type it."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest


def glowplug(*args: str, input: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glowplug.cli", *args]
    return subprocess.run(command, input=input, capture_output=True, text=True, timeout=120, env={**os.environ, **env})


@pytest.fixture
def script(tmp_path: Path):
    def write(code: str) -> str:
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(code))
        return str(path)

    return write


# --- run


def test_an_unmodified_script(script) -> None:
    path = script(
        """
        import sys
        from pyspark.sql import SparkSession
        from pyspark.sql import functions as F

        spark = (
            SparkSession.builder.appName("demo").master("local[*]")
            .config("spark.executor.memory", "4g").config("spark.sql.shuffle.partitions", 7)
            .config(map={"spark.jars.packages": "a:b:1", "spark.sql.warehouse.dir": "/tmp/w"})
            .enableHiveSupport().getOrCreate()
        )
        print(__name__, __file__ == sys.argv[1], sys.argv[2:], sys.path[0] == __file__.rpartition("/")[0])
        names = "app.name master executor.memory sql.shuffle.partitions jars.packages sql.warehouse.dir".split()
        print([spark.conf.get(f"spark.{name}") for name in names], spark.conf.get("spark.sql.catalogImplementation"))
        print(spark.range(10).select(F.sum("id")).collect()[0][0])
        builder = SparkSession.builder.config("spark.sql.shuffle.partitions", 9)
        again = builder.config("spark.executor.memory", "1g").getOrCreate()
        print(again is spark, spark.conf.get("spark.sql.shuffle.partitions"), spark.conf.get("spark.executor.memory"))
        print(SparkSession.getActiveSession() is spark)
        spark.stop()
        print(SparkSession.builder.getOrCreate() is spark)
        """
    )
    done = glowplug("run", path, path, "--x", "-e")
    assert done.stderr == "" and done.returncode == 0
    assert done.stdout.splitlines() == [
        "__main__ True ['--x', '-e'] True",
        "['demo', 'local[*]', '4g', '7', 'a:b:1', '/tmp/w'] hive",
        "45",
        "True 9 4g",
        "True",
        "False",
    ]


@pytest.mark.parametrize(
    "builder", ['remote("sc://cluster:15002")', 'remote("local[2]")', 'config("spark.remote", "x")']
)
def test_any_remote_is_embedded(script, builder: str) -> None:
    path = script(
        f"from pyspark.sql import SparkSession\nprint(SparkSession.builder.{builder}.getOrCreate().range(3).count())"
    )
    done = glowplug("run", path, SPARK_REMOTE="sc://elsewhere")
    assert done.stdout == "3\n"


def test_settings_of_the_command_line(script) -> None:
    path = script("from pyspark.sql import SparkSession\nprint(SparkSession.builder.getOrCreate().conf.get('a.b'))")
    assert glowplug("run", "--conf", "a.b=x=y", path).stdout == "x=y\n"
    done = glowplug("run", "--conf", "spark.sql.ansi.enabled=perhaps", path)
    assert done.returncode == 1 and "INVALID_CONF_VALUE.TYPE_MISMATCH" in done.stderr and "Traceback" not in done.stderr
    assert glowplug("run", "--conf", "nonsense", path).returncode == 2


def test_a_bad_setting_in_the_script(script) -> None:
    path = script(
        """
        from pyspark.errors import IllegalArgumentException
        from pyspark.sql import SparkSession
        try:
            SparkSession.builder.config("spark.sql.ansi.enabled", "perhaps").getOrCreate()
        except IllegalArgumentException as error:
            print("INVALID_CONF_VALUE.TYPE_MISMATCH" in str(error))
        """
    )
    assert glowplug("run", path).stdout == "True\n"


def test_tracebacks_are_the_scripts_own(script) -> None:
    path = script(
        """
        def f():
            raise ValueError("boo")
        f()
        """
    )
    done, python = glowplug("run", path), subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (python.returncode, python.stderr)


def test_errors_of_queries_show_no_glowplug_frames(script) -> None:
    path = script(
        "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().sql('select nope').collect()"
    )
    done = glowplug("run", path)
    assert done.returncode == 1 and "UNRESOLVED_COLUMN" in done.stderr
    text = [line for line in done.stderr.splitlines() if not line.startswith("{")]  # the client's own log, in JSON
    assert not any("glowplug/" in line for line in text) and f'File "{path}", line 2' in done.stderr


@pytest.mark.parametrize(("end", "code"), [("", 0), ("1 / 0", 1)])
def test_streams_and_listeners_do_not_keep_a_script(script, end: str, code: int) -> None:
    path = script(
        f"""
        from pyspark.sql import SparkSession
        from pyspark.sql.streaming import StreamingQueryListener

        class Listener(StreamingQueryListener):
            def onQueryStarted(self, event): print("started", flush=True)
            def onQueryProgress(self, event): pass
            def onQueryIdle(self, event): pass
            def onQueryTerminated(self, event): pass

        spark = SparkSession.builder.getOrCreate()
        spark.streams.addListener(Listener())
        query = spark.readStream.format("rate").load().writeStream.format("noop").start()
        {end}
        """
    )
    done = glowplug("run", path)
    assert done.returncode == code and done.stdout == "started\n"


@pytest.mark.parametrize(
    "wanted", ["from pyspark import SparkContext", "from pyspark.streaming import StreamingContext"]
)
def test_what_needs_a_jvm_is_said_to(script, wanted: str) -> None:
    done = glowplug("run", script(wanted))
    assert done.returncode == 1 and "Error: " in done.stderr
    assert done.stderr.splitlines()[-1].startswith("PySpark's client, which needs no JVM, has no SparkContext")


def test_a_syntax_error(script) -> None:
    path = script("x = (1,\n")
    done, python = glowplug("run", path), subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (python.returncode, python.stderr)


@pytest.mark.parametrize(
    ("end", "code"), [("sys.exit(7)", 7), ("sys.exit()", 0), ("sys.exit('oh')", 1), ("raise SystemExit(3)", 3)]
)
def test_exit_codes(script, end: str, code: int) -> None:
    done = glowplug("run", script(f"import sys\n{end}"))
    assert done.returncode == code and done.stderr == ("oh\n" if "oh" in end else "")


def test_no_such_script() -> None:
    done = glowplug("run", "/no/such.py")
    assert done.returncode == 1 and done.stderr.startswith("glowplug: ") and "/no/such.py" in done.stderr


def test_imports_beside_the_script_and_py_files(script, tmp_path: Path) -> None:
    import zipfile

    (tmp_path / "beside.py").write_text("A = 1")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "module.py").write_text("B = 2")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("inside.py", "C = 3")
    path = script("import beside, module, inside\nprint(beside.A, module.B, inside.C)")
    files = f"{tmp_path}/other/module.py,{tmp_path}/packed.zip"
    assert glowplug("run", "--py-files", files, path).stdout == "1 2 3\n"


def test_main_can_be_pickled(script) -> None:
    path = script("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)")
    assert glowplug("run", path).stdout == "True\n"


def test_interrupting_a_query(script) -> None:
    path = script(
        """
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        print("ready", flush=True)
        try:
            spark.sql("SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.id + b.id < 0").collect()
        except KeyboardInterrupt:
            print(spark.range(3).count(), flush=True)
            raise
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "glowplug.cli", "run", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests may ignore it
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert out == "3\n" and process.returncode == 130 and err.endswith("KeyboardInterrupt\n")


def test_a_script_that_ends_while_a_query_runs(script) -> None:
    path = script(
        """
        import threading, time
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        spark.range(1).count()
        q = "SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.id + b.id < 0"
        threading.Thread(target=lambda: spark.sql(q).collect(), daemon=True).start()
        time.sleep(0.5)
        print("end")
        """
    )
    started = time.monotonic()
    done = glowplug("run", path)
    assert done.stdout == "end\n" and done.returncode == 0 and time.monotonic() - started < 30


# --- sql


def test_sql_as_a_table() -> None:
    done = glowplug(
        "sql", "-e", "select 1 as n, 'x;y' as `s;`, null z union all select 200, '語', null order by n; -- end;"
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["  n  s;   z", "---  ---  ----", "  1  x;y  NULL", "200  語   NULL"]


def test_sql_as_csv_and_json(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text(
        "/* one; */ select id, id * 1.5 as d, array(id) a, named_struct('k', 'v\"') s from range(2);\n select 'é' x"
    )
    rows = list(csv.reader(io.StringIO(glowplug("sql", "-f", str(path), "--format", "csv").stdout)))
    assert rows[0] == ["id", "d", "a", "s"] and rows[2] == ["1", "1.5", "[1]", '{v"}'] and rows[3:] == [["x"], ["é"]]
    lines = [json.loads(line) for line in glowplug("sql", "-f", str(path), "--format", "json").stdout.splitlines()]
    assert lines == [
        {"id": 0, "d": 0, "a": [0], "s": {"k": 'v"'}},
        {"id": 1, "d": 1.5, "a": [1], "s": {"k": 'v"'}},
        {"x": "é"},
    ]


def test_sql_from_standard_input_with_state() -> None:
    text = "create temp view v as select 5 a; set spark.sql.ansi.enabled=false; select a from v"
    done = glowplug("sql", "--format", "csv", input=text)
    assert done.stdout.splitlines()[-2:] == ["a", "5"] and done.returncode == 0


def test_sql_errors() -> None:
    done = glowplug("sql", "-e", "select 1 a; select\n nope; select 2 b", "--format", "csv")
    assert done.returncode == 1 and done.stdout == "a\n1\n"
    assert "[UNRESOLVED_COLUMN" in done.stderr and "line 2" in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.startswith("[UNRESOLVED_COLUMN")


def test_a_reader_that_has_enough() -> None:
    command = f"{sys.executable} -m glowplug.cli sql -e 'select * from range(100000000)' --format csv | head -3"
    started = time.monotonic()
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == "id\n0\n1\n" and done.stderr == "" and time.monotonic() - started < 30


# --- shell


def test_shell() -> None:
    done = glowplug(
        "shell", "--conf", "a.b=1", input="print(spark.range(4).count(), spark.conf.get('a.b'))\n", HOME="/nowhere"
    )
    assert "4 1" in done.stdout and done.returncode == 0
