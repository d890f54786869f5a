"""Plans that programs make: a loop of `withColumn`, each column of its own or of the one before, and a wide select."""

from bench.engines import Engine, Worker

LOOP = 1000
WIDE = 10_000
SHAPES = {"loop": LOOP, "chain": LOOP, "wide": WIDE}


def run(engine: Engine) -> dict[str, tuple[float, float]]:
    """Seconds until the schema of each shape is known, and until its three rows are there, once each."""
    found = {}
    with Worker(engine) as worker:
        worker.ask("frame", shape="loop", columns="1", action="collect")
        for shape, columns in SHAPES.items():
            asked = {"shape": shape, "columns": str(columns)}
            answers = [worker.ask("frame", **asked, action=action) for action in ("schema", "collect")]
            for answer in answers:
                if "error" in answer:
                    print(f"{engine.name}: {answer['error']}")
            schema, collect = (answer.get("seconds", float("nan")) for answer in answers)
            found[shape] = (schema, collect)
    return found
