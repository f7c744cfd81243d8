"""The exchange under the channels, over TLS and by name: who answers must be who was asked, where it was looked up."""

import datetime
import socket
import ssl
import threading
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from incidents.notifications.channels import http
from incidents.notifications.channels.base import ChannelFault


def certificate(folder, name):
    """A certificate that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + built.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def secure(tmp_path, settings):
    """Starts a server that speaks TLS as `name`; gives its port and its certificate."""
    settings.WEBHOOK_ALLOW_PRIVATE = True
    listeners = []

    def start(name):
        path = certificate(tmp_path, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=serve, args=(listener, context), daemon=True).start()
        return listener.getsockname()[1], path

    yield start
    for listener in listeners:
        listener.close()


def serve(listener, context):
    with suppress(OSError):
        while True:
            line, _address = listener.accept()
            with line, suppress(OSError), context.wrap_socket(line, server_side=True) as safe:
                safe.recv(65536)
                safe.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


def test_a_server_that_proves_its_name_is_spoken_with(secure, monkeypatch):
    port, path = secure("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert http.exchange(http.Request(f"https://localhost:{port}/")).status == 204


@pytest.mark.parametrize(("name", "is_trusted"), [("elsewhere.example", True), ("localhost", False)])
def test_a_server_that_does_not_is_not(secure, monkeypatch, name, is_trusted):
    port, path = secure(name)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ChannelFault) as refused:
        http.exchange(http.Request(f"https://localhost:{port}/"))
    assert "SSLCertVerificationError" in str(refused.value)
    assert (refused.value.permanent, refused.value.unclear) == (False, False)


def test_a_name_is_looked_up_once_and_that_address_asked(receiver, monkeypatch):
    """A second look-up could be answered with another address than the one that was checked."""
    asked, real = [], socket.getaddrinfo

    def look_up(host, *rest, **more):
        asked.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert http.exchange(http.Request(receiver.url.replace("127.0.0.1", "localhost"))).status == 200
    assert asked.count("localhost") == 1
    assert receiver.got[0].headers["host"] == f"localhost:{receiver.port}"
