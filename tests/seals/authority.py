"""A small time-stamping authority on loopback (RFC 3161): openssl signs, and its certificates are made for the test."""

import datetime
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.notifications.receiver import Receiver

CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


class Authority(Receiver):
    """`behaviour` as of any receiver; in "200" it answers as an authority does."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "serial").write_text("01\n")
        (folder / "own.cnf").write_text(CONFIG.format(folder=folder))
        key, self._authority = _certificate("Test authority", None, None)
        signer, stamping = _certificate("Test stamps", key, self._authority)
        _write(folder / "ca.pem", self._authority.public_bytes(serialization.Encoding.PEM))
        _write(folder / "tsa.pem", stamping.public_bytes(serialization.Encoding.PEM))
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        _write(folder / "tsa.key", signer.private_bytes(*plain))
        super().__init__()

    @property
    def certificates(self):
        return str(self.folder / "ca.pem")

    def _reply(self, line):
        if self.behaviour == "200":
            self.answer = self._stamped(self.got[-1].body)
        super()._reply(line)

    def _stamped(self, asked):
        _write(self.folder / "asked.tsq", asked)
        command = ["openssl", "ts", "-reply", "-config", "own.cnf", "-queryfile", "asked.tsq"]
        with_keys = ["-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer.tsr"]
        subprocess.run([*command, *with_keys], cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer.tsr").read_bytes()


def _write(path, content):
    path.write_bytes(content)


def _certificate(name, issuer_key, issuer):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(usage, critical=True)
    return key, made.sign(issuer_key or key, hashes.SHA256())
