"""Logins and certificates as Java's clients of Kafka are given them, in the terms of librdkafka.

JAAS: https://kafka.apache.org/documentation/#security_sasl; stores: https://kafka.apache.org/documentation/#security_ssl
"""

from __future__ import annotations

import hashlib
import re
import ssl
import struct
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from glowplug.errors import SparkError, unsupported
from glowplug.source_options import invalid_option

_SAID = re.compile(r"([\w.]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^\s;]+))")
_OAUTH = {"clientId": "client.id", "clientSecret": "client.secret", "scope": "scope"}
_KERBEROS = {
    "keyTab": "sasl.kerberos.keytab",
    "principal": "sasl.kerberos.principal",
    "serviceName": "sasl.kerberos.service.name",
}
_JKS, _JCEKS, _ASN1 = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", b"\x30"  # how stores begin


def login(text: str) -> dict[str, str]:
    """What the text of `sasl.jaas.config` says: a module, `required`, and names with values.

    Raises INVALID_DATA_SOURCE_OPTION, which shows nothing of a text that may have a password anywhere.
    """
    module, _, rest = text.strip().partition("LoginModule")
    said = {
        m[1]: re.sub(r"\\(.)", r"\1", m[2]) if m[2] is not None else m[m.lastindex or 0] for m in _SAID.finditer(rest)
    }
    kind = module.rpartition(".")[2]
    if kind == "Scram" and said.get("tokenauth", "").lower() == "true":
        raise _not_a_login("without tokenauth: the client has no delegation tokens")
    match kind:
        case "Plain" | "Scram":
            if not {"username", "password"} <= said.keys():
                raise _not_a_login('with username="…" and password="…"')
            return {"sasl.username": said["username"], "sasl.password": said["password"]}
        case "OAuthBearer":
            named = {f"sasl.oauthbearer.{_OAUTH[k]}": v for k, v in said.items() if k in _OAUTH}
            return {"sasl.oauthbearer.method": "oidc", **named}
        case "Krb5":
            return {_KERBEROS[k]: v for k, v in said.items() if k in _KERBEROS}
    raise _not_a_login('such as org.apache.kafka.common.security.scram.ScramLoginModule required username="…" …')


def _not_a_login(expected: str) -> SparkError:
    return invalid_option("kafka.sasl.jaas.config", "*********(redacted)", f"a login module of Kafka's {expected}")


def truststore(path: str, password: str | None) -> dict[str, str]:
    """Certificates to trust: a PEM file, or a store of Java's, in either of its forms, whatever its name ends in."""
    data = _content("kafka.ssl.truststore.location", path)
    try:
        if data.startswith(_JKS):
            found = list(_jks(data, password))
        elif data.startswith(_ASN1):
            found = _pkcs12(data, password)
        elif data.startswith(_JCEKS):
            raise ValueError("a store of Java's of type JKS or PKCS12")
        else:
            return {"ssl.ca.location": path}
    except struct.error:
        raise invalid_option("kafka.ssl.truststore.location", path, "a whole store") from None
    except ValueError as error:
        raise invalid_option("kafka.ssl.truststore.location", path, str(error)) from None
    if not found:
        raise invalid_option("kafka.ssl.truststore.location", path, "a store with certificates to trust")
    return {"ssl.ca.pem": "".join(map(ssl.DER_cert_to_PEM_cert, found))}


def keystore(path: str) -> dict[str, str]:
    """The client's own key and certificate: a PEM file, or a store of PKCS #12, whose password librdkafka knows."""
    data = _content("kafka.ssl.keystore.location", path)
    if data.startswith((_JKS, _JCEKS)):
        how = "keytool -importkeystore -deststoretype PKCS12"
        raise invalid_option("kafka.ssl.keystore.location", path, f"a store of PKCS #12 ({how}), or a file of PEM")
    if data.startswith(_ASN1):
        return {"ssl.keystore.location": path}
    return {"ssl.certificate.location": path, "ssl.key.location": path}


def _content(option: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise invalid_option(option, path, f"a file that can be read: {error.strerror}") from None


def _pkcs12(data: bytes, password: str | None) -> list[bytes]:
    try:
        library: Any = import_module("cryptography.hazmat.primitives.serialization")
        pkcs12: Any = import_module("cryptography.hazmat.primitives.serialization.pkcs12")
    except ImportError:
        raise unsupported("stores of PKCS #12 without a library for them (pip install glowplug[kafka])") from None
    try:
        store = pkcs12.load_pkcs12(data, None if password is None else password.encode())
    except ValueError:
        raise ValueError("a store of PKCS #12 with kafka.ssl.truststore.password as its password") from None
    return [c.certificate.public_bytes(library.Encoding.DER) for c in store.additional_certs]


def _jks(data: bytes, password: str | None) -> Iterator[bytes]:
    """The certificates of a JKS store, in DER: its keys are locked up, they are not.

    Raises ValueError for a wrong password, struct.error for a store that is torn.
    """
    if password is not None:  # as in Java, which takes a store without one as it is
        sealed = password.encode("utf-16-be") + b"Mighty Aphrodite" + data[:-20]
        if hashlib.sha1(sealed, usedforsecurity=False).digest() != data[-20:]:
            raise ValueError("a JKS store with kafka.ssl.truststore.password as its password")
    at = 12

    def take(size: str) -> bytes:
        """What comes next, behind its length."""
        nonlocal at
        (length,) = struct.unpack_from(size, data, at)
        start = at + struct.calcsize(size)
        at = start + length
        return data[start:at]

    for _ in range(struct.unpack_from(">I", data, 8)[0]):
        (kind,) = struct.unpack_from(">I", data, at)
        at += 4
        take(">H")  # the alias
        at += 8  # and its time
        if kind == 2:
            take(">H")  # the type, X.509
            yield take(">I")
        else:
            take(">I")
            (chain,) = struct.unpack_from(">I", data, at)
            at += 4
            for _ in range(chain):
                take(">H")
                take(">I")
