"""A real Dovecot of the tests' own: IMAP and IMAPS on loopback, its certificate signed by a CA made here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from gateway import clock
from tests.redis_server import wait_for

PASSWORD = "mailbox-password-of-the-tests"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0 secs
protocols = imap
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_max_userip_connections = 50
default_login_user = nobody
default_internal_user = nobody
default_internal_group = {group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """A running server. Every user exists; `password` is everybody's."""

    def __init__(self, folder: Path, port: int, tls_port: int) -> None:
        self.folder, self.port, self.tls_port = folder, port, tls_port
        self.ca_file = str(folder / "ca.pem")

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Another client of the mailbox."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20) as client:
            client.login(user, PASSWORD)
            client.select_folder("INBOX")
            yield client

    def append(self, user: str, *mails: bytes, at: datetime | None = None, folder: str = "INBOX") -> None:
        """Deliver mails."""
        with self.client(user) as client:
            for mail in mails:
                client.append(folder, mail, (), at)

    def count(self, user: str, folder: str = "INBOX") -> int:
        """How many mails a folder holds; none where there is no such folder."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                return 0
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def flags(self, user: str) -> list[set[str]]:
        """The flags of each mail in the inbox."""
        with self.client(user) as client:
            found = client.get_flags(client.search("ALL"))
            return [{each.decode() for each in found[uid]} - {"\\Recent"} for uid in sorted(found)]

    def change_uid_validity(self, user: str) -> None:
        """Make the server forget its UIDs, as a rebuilt mailbox does."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
            "dovecot-uidvalidity",
        ):
            (self.folder / "mail" / user / name).unlink(missing_ok=True)


def make_ca(folder: Path, host: str = "127.0.0.1") -> None:
    """A CA, and a server's certificate signed by it: ca.pem, server.pem, server.key."""
    now = clock.now()

    def certificate(name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.CertificateBuilder:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return (
            x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )  # fmt: skip

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests CA")])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    ca_cert = (
        certificate("Tests CA", ca_key, ca=True).issuer_name(ca_name).add_extension(usage, critical=True)
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host)), x509.DNSName("localhost")])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    known = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    signed_ca = ca_cert.add_extension(known, critical=False).sign(ca_key, hashes.SHA256())
    server = certificate("localhost", key, ca=False).issuer_name(ca_name).add_extension(names, critical=False)
    signed = server.add_extension(identifier, critical=False).sign(ca_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(signed_ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(signed.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(private)


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def running(folder: Path) -> Iterator[Dovecot]:
    """A server with its files in a folder that everybody may enter."""
    make_ca(folder)
    imap_port, imaps_port = free_ports(2)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", 8, 8)
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            uid=8,
            gid=8,
            group="nogroup",
            password=PASSWORD,
            imap_port=imap_port,
            imaps_port=imaps_port,
        )
    )
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert program is not None
    process = subprocess.Popen(
        [program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        wait_for(lambda: process.poll() is not None or _answers(imap_port), 20)
        assert process.poll() is None, f"{process.stderr.read() if process.stderr else b''!r}"
        yield Dovecot(folder, imap_port, imaps_port)
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0 and probe.recv(4) == b"* OK"


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    if os.getuid() != 0:
        pytest.skip("Dovecot changes users and so needs root")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-tests-", dir="/tmp"))  # a socket's address is short
    folder.chmod(0o755)
    try:
        with running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
