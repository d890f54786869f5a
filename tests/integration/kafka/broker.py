"""A real Apache Kafka: one node, both broker and controller, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

HERE = Path(__file__).parent
JARS = HERE / "jars"
JVM = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners={listeners},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listeners}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,{map}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  user_{user}="{password}";
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={certificates}/server.pem
ssl.truststore.type=PEM
ssl.truststore.location={certificates}/ca.pem
listener.name.ssl.ssl.client.auth=required
controller.listener.names=CONTROLLER
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
message.max.bytes=4000000
"""


USER, PASSWORD = "ann", "wonder land"
SECURED = ("SASL_PLAINTEXT", "SASL_SSL", "SSL")


def missing() -> str | None:
    """Why there can be no broker here."""
    gone = [p for p in ("java", "mvn", "openssl") if shutil.which(p) is None and not (p == "mvn" and JARS.exists())]
    return f"no {' and no '.join(gone)} to run a Kafka with" if gone else None


def fetch(project: Path = HERE, jars: Path = JARS) -> None:
    """The jars that a `pom.xml` asks for, a broker's unless told otherwise, from Maven's repository, once."""
    if jars.exists():
        return
    draft = jars.with_name(f"{jars.name}.{uuid.uuid4()}")
    copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft}"]
    subprocess.run(["mvn", "-B", "-q", *copy], cwd=project, check=True, timeout=280)
    draft.rename(jars)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def make_certificates(directory: Path) -> None:
    """An authority, `ca.pem`, and what it signed, each key and certificate in one file: `server.pem`, `client.pem`."""
    directory.mkdir()
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1")

    def openssl(command: str) -> None:
        subprocess.run(["openssl", *command.split()], cwd=directory, check=True, capture_output=True, timeout=60)

    new = "-newkey rsa:2048 -nodes -subj"
    openssl(f"req -x509 {new} /CN=authority -days 2 -keyout ca.key -out ca.pem")
    for name in ("server", "client"):
        openssl(f"req {new} /CN={name} -keyout {name}.key -out {name}.csr")
        signed = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names"
        openssl(f"x509 -req -in {name}.csr {signed} -out {name}.crt")
        (directory / f"{name}.pem").write_text(
            (directory / f"{name}.key").read_text() + (directory / f"{name}.crt").read_text()
        )


@dataclass
class Broker:
    directory: Path
    port: int = field(default_factory=free_port)
    secured: dict[str, int] = field(default_factory=lambda: {p: free_port() for p in SECURED})
    process: subprocess.Popen[bytes] | None = None

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def certificates(self) -> Path:
        return self.directory / "certificates"

    @cached_property
    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.servers, "log_level": 0})

    def format(self) -> None:
        make_certificates(self.certificates)
        listeners = {"PLAINTEXT": self.port, **self.secured}
        text = PROPERTIES.format(
            listeners=",".join(f"{name}://127.0.0.1:{port}" for name, port in listeners.items()),
            map=",".join(f"{name}:{name}" for name in SECURED),
            controller=free_port(),
            data=self.directory / "data",
            certificates=self.certificates,
            user=USER,
            password=PASSWORD,
        )
        (self.directory / "server.properties").write_text(text)
        user = ["--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"]
        new = ["--standalone", "-t", "AAAAAAAAAAAAAAAAAAAAAA", *user, "-c"]
        self._run("kafka.tools.StorageTool", "format", *new).wait(60)

    def start(self) -> None:
        self.process = self._run("kafka.Kafka")
        end = time.monotonic() + 60
        while True:
            try:
                self.admin.list_topics(timeout=1)
                return
            except Exception:
                log = (self.directory / "kafka.log").read_text()
                assert self.process.poll() is None and time.monotonic() < end, log[-2000:]

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.directory / "kafka.log").open("ab") as log:
            line = ["java", *JVM, "-cp", f"{JARS}/*", *command, str(self.directory / "server.properties")]
            return subprocess.Popen(line, stdout=log, stderr=log, env={**os.environ, "LOG_DIR": str(self.directory)})

    # --- what tests do with it

    def topic(self, partitions: int = 1, **config: str) -> str:
        """A new topic."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.create(name, partitions, **config)
        return name

    def create(self, name: str, partitions: int, **config: str) -> None:
        settings = {k.replace("_", "."): v for k, v in config.items()}
        end = time.monotonic() + 30
        while True:
            try:
                self.admin.create_topics([NewTopic(name, partitions, 1, config=settings)])[name].result(30)
                return
            except KafkaException as error:  # a broker that gets no processor for a second is fenced meanwhile
                if error.args[0].code() != KafkaError.INVALID_REPLICATION_FACTOR or time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def delete(self, topic: str) -> None:
        self.admin.delete_topics([topic])[topic].result(30)
        while topic in self.admin.list_topics(timeout=10).topics:
            time.sleep(0.05)

    def grow(self, topic: str, partitions: int) -> None:
        self.admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(30)

    def forget(self, topic: str, partition: int, before: int) -> None:
        """What retention does: the records before an offset are gone."""
        place = TopicPartition(topic, partition, before)
        self.admin.delete_records([place])[place].result(30)

    def put(self, topic: str, *values: Any, partition: int | None = None, **settings: Any) -> None:
        """Records of these values, or with the keywords of `Producer.produce` for those that are dicts."""
        producer = Producer({"bootstrap.servers": self.servers, "linger.ms": 5, **settings})
        for value in values:
            more = value if isinstance(value, dict) else {"value": value}
            producer.produce(topic, **({} if partition is None else {"partition": partition}), **more)
        assert producer.flush(30) == 0

    def transaction(self, topic: str, *values: str, commit: bool) -> None:
        producer = Producer({"bootstrap.servers": self.servers, "transactional.id": f"of {topic}", "log_level": 0})
        producer.init_transactions(30)
        producer.begin_transaction()
        for value in values:
            producer.produce(topic, value, partition=0)
        assert producer.flush(30) == 0  # written, whatever becomes of the transaction
        if commit:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)

    def values(self, topic: str, partitions: int = 1) -> list[Any]:
        """The values of all records that a transaction, where there was one, committed; sorted."""
        own = {"group.id": "test", "isolation.level": "read_committed", "enable.partition.eof": True}
        consumer = Consumer({"bootstrap.servers": self.servers, "auto.offset.reset": "earliest", **own})
        consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
        found, ended = [], 0
        while ended < partitions:
            for message in consumer.consume(1000, 0.2):
                if message.error() is None:
                    found.append(message.value())
                else:
                    assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                    ended += 1
        consumer.close()
        return sorted(found)
