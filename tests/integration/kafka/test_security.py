"""A real Kafka that wants to know who comes, by Spark's options as users of Java's clients write them."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import IllegalArgumentException, PySparkException

from tests.integration.kafka.broker import PASSWORD, USER, Broker

STORES = "store secret"
LOGINS = {"PLAIN": "plain.PlainLoginModule", "SCRAM-SHA-512": "scram.ScramLoginModule"}
TRUSTED = "ssl.truststore.location", "ssl.truststore.password"


def login(mechanism: str, password: str = PASSWORD) -> dict[str, str]:
    module = f"org.apache.kafka.common.security.{LOGINS[mechanism]}"
    jaas = f'{module}   required\n  username="{USER}"\n  password="{password}";'
    return {"sasl.mechanism": mechanism, "sasl.jaas.config": jaas}


def options(broker: Broker, protocol: str, more: dict[str, str]) -> dict[str, str]:
    servers = f"127.0.0.1:{broker.secured[protocol]}" if protocol in broker.secured else broker.servers
    given = {"bootstrap.servers": servers, "security.protocol": protocol, **more}
    return {f"kafka.{name}": value for name, value in given.items()}


@pytest.fixture(scope="module")
def stores(broker: Broker) -> dict[str, Path]:
    """The certificates in the forms of Java's."""
    at, own = broker.certificates, broker.certificates / "client.p12"
    found = {kind: at / f"trusted.{kind}" for kind in ("jks", "p12")}
    for kind, path in found.items():
        type = {"jks": "JKS", "p12": "PKCS12"}[kind]
        how = ["-keystore", str(path), "-storetype", type, "-storepass", STORES, "-file", str(at / "ca.pem")]
        subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "ca", *how], check=True, capture_output=True)
    secret = ["-passout", f"pass:{STORES}"]
    made = ["openssl", "pkcs12", "-export", "-in", str(at / "client.pem"), "-out", str(own), *secret]
    subprocess.run(made, check=True)
    return {**found, "own": own, "pem": at / "ca.pem", "own pem": at / "client.pem"}


def through(spark: Any, broker: Broker, given: dict[str, str], checkpoint: Path) -> list[bytes]:
    """The values of a topic after a batch wrote one, and a stream both of them to another, exactly once."""
    one, other = broker.topic(), broker.topic()
    spark.sql("SELECT 'a' AS value UNION ALL SELECT 'b'").write.format("kafka").options(**given, topic=one).save()
    rows = spark.readStream.format("kafka").options(**given, subscribe=one, startingOffsets="earliest").load()
    writer = rows.select("value").writeStream.format("kafka").options(**given, topic=other, exactlyOnce="true")
    writer = writer.option("checkpointLocation", str(checkpoint)).trigger(availableNow=True)
    query = writer.start()
    query.awaitTermination()
    shown = json.dumps([json.loads(p.json) for p in query.recentProgress])
    shown += "".join(p.read_text("latin-1") for p in checkpoint.rglob("*") if p.is_file())
    assert PASSWORD not in shown and STORES not in shown
    found = spark.read.format("kafka").options(**given, subscribePattern=other).load()
    return sorted(bytes(r.value) for r in found.collect())


@pytest.mark.parametrize("mechanism", list(LOGINS))
def test_a_login(spark: Any, broker: Broker, tmp_path: Path, mechanism: str) -> None:
    assert through(spark, broker, options(broker, "SASL_PLAINTEXT", login(mechanism)), tmp_path) == [b"a", b"b"]


@pytest.mark.parametrize("kind", ["jks", "p12"])
def test_a_login_through_tls(spark: Any, broker: Broker, stores: dict[str, Path], tmp_path: Path, kind: str) -> None:
    trusted = dict(zip(TRUSTED, (str(stores[kind]), STORES), strict=True))
    given = options(broker, "SASL_SSL", login("SCRAM-SHA-512") | trusted)
    assert through(spark, broker, given, tmp_path) == [b"a", b"b"]


@pytest.mark.parametrize("own", ["own", "own pem"])
def test_a_certificate_as_login(spark: Any, broker: Broker, stores: dict[str, Path], tmp_path: Path, own: str) -> None:
    keys = {"ssl.keystore.location": str(stores[own]), "ssl.keystore.password": STORES}
    types = {"ssl.keystore.type": "PEM" if own == "own pem" else "PKCS12", "ssl.truststore.type": "PEM"}
    given = options(broker, "SSL", {**keys, **types, TRUSTED[0]: str(stores["pem"])})
    assert through(spark, broker, given, tmp_path) == [b"a", b"b"]


def test_readers_that_begin_while_a_broker_starts(spark: Any, broker: Broker, tmp_path: Path) -> None:
    """It breaks handshakes off, and does not know yet who may come."""
    given = options(broker, "SASL_SSL", login("SCRAM-SHA-512") | {TRUSTED[0]: str(broker.certificates / "ca.pem")})
    topic = broker.topic()
    broker.put(topic, "a", "b")
    broker.kill()
    found = dict[str, Any]()

    def batch() -> None:
        found["batch"] = spark.read.format("kafka").options(**given, subscribe=topic).load().count()

    def stream() -> None:
        df = spark.readStream.format("kafka").options(**given, subscribe=topic, startingOffsets="earliest").load()
        writer = df.writeStream.format("memory").queryName("early").trigger(availableNow=True)
        writer.option("checkpointLocation", str(tmp_path)).start().awaitTermination()
        found["stream"] = spark.table("early").count()

    threads = [threading.Thread(target=work) for work in (batch, stream)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    broker.start()
    for thread in threads:
        thread.join(60)
    assert found == {"batch": 2, "stream": 2}


def refused(work: Any, *secrets: str) -> str:
    """What it fails with, soon, without the secrets; log lines included."""
    started = time.monotonic()
    with pytest.raises(PySparkException) as caught:
        work()
    assert time.monotonic() - started < 20
    text = str(caught.value)
    assert not any(secret in text for secret in secrets), text
    return text


def test_a_wrong_password(spark: Any, broker: Broker, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    topic, wrong = broker.topic(), "not the one"
    given = options(broker, "SASL_PLAINTEXT", login("PLAIN", wrong)) | {"fetchOffset.numRetries": "1"}
    batch = spark.read.format("kafka").options(**given, subscribe=topic).load()
    assert "uthentication" in refused(batch.collect, wrong)
    pattern = spark.read.format("kafka").options(**given, subscribePattern=topic).load()
    assert "uthentication" in refused(pattern.collect, wrong)
    stream = spark.readStream.format("kafka").options(**given, subscribe=topic).load()
    read = stream.writeStream.format("noop").trigger(availableNow=True)
    assert "uthentication" in refused(lambda: read.start().awaitTermination(), wrong)
    rows = spark.range(3).selectExpr("CAST(id AS STRING) AS value")
    writer = rows.write.format("kafka").options(**given, topic=topic)
    assert "uthentication" in refused(writer.save, wrong)
    rate = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 5).load()
    for once in ("true", "false"):
        sink = rate.selectExpr("CAST(value AS STRING) AS value").writeStream.format("kafka")
        sink = sink.options(**given, topic=topic, exactlyOnce=once).option("checkpointLocation", str(tmp_path / once))
        assert "uthentication" in refused(lambda s=sink: s.start().awaitTermination(), wrong)
    assert broker.values(topic) == []
    batch.explain(True)
    stream.explain(True)
    printed = capfd.readouterr()
    assert "Kafka" in printed.out or "kafka" in printed.out
    assert wrong not in printed.out + printed.err


def test_a_server_that_is_not_trusted(spark: Any, broker: Broker, stores: dict[str, Path]) -> None:
    topic = broker.topic()

    def read(protocol: str, **more: str) -> Any:
        given = options(broker, protocol, login("SCRAM-SHA-512") | {k.replace("_", "."): v for k, v in more.items()})
        frame = spark.read.format("kafka").options(**given, subscribe=topic)
        return lambda: frame.option("fetchOffset.numRetries", "1").load().collect()

    assert "certificate" in refused(read("SASL_SSL"), PASSWORD)
    # One who does not say what the listener wants has no answer, and is told what may be the reason.
    assert "security.protocol" in refused(
        read("PLAINTEXT", bootstrap_servers=f"127.0.0.1:{broker.secured['SSL']}", default_api_timeout_ms="3000")
    )
    with pytest.raises(IllegalArgumentException, match="kafka.ssl.truststore.password") as caught:
        read("SASL_SSL", ssl_truststore_location=str(stores["jks"]), ssl_truststore_password="other secret")()
    assert "other secret" not in str(caught.value)
