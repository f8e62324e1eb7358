"""A real Postfix of the tests' own, on loopback: in front of our doors, and the next hop behind us.

It runs from Debian's package with configuration, queue and data of its own, and ends with the test.
"""

from __future__ import annotations

import json
import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.installation import free_ports, members
from tests.redis_server import wait_for

PATH = "/usr/sbin:/usr/bin:/usr/local/sbin"
DAEMONS = Path("/usr/lib/postfix/sbin")
HOSTNAME = "mx.desk.example"
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = {daemons}
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = {hostname}
mydomain = desk.example
myorigin = {hostname}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
biff = no
smtputf8_enable = yes
message_size_limit = 60000000
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = none
smtpd_tls_security_level = none
local_transport = error:5.1.1 nobody lives here
relay_domains = desk.example
relay_transport = {door}
default_transport = smtp:[127.0.0.1]:{behind}
smtpd_relay_restrictions = permit_mynetworks, reject
header_checks = regexp:{folder}/header_checks
"""
HEADER_CHECKS = f"""
/^Authentication-Results:[[:space:]]*{HOSTNAME.replace(".", "[.]")}/ IGNORE
/^X-Verdict-Of-Hop: (.*)/ REPLACE Authentication-Results: {HOSTNAME}; $1
"""  # what a hop does: it removes fields that others wrote in its name, and writes its own on top (RFC 8601 §5)
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Route:
    """Where Postfix passes mail on: ours to `door`, everybody else's to the port `behind`.

    Shape: `door` is a transport with its next hop, as `lmtp:inet:127.0.0.1:2424`; `settings` are lines of main.cf.
    """

    door: str
    behind: int
    settings: tuple[str, ...] = ()


class Postfix:
    """A running server."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    @property
    def url(self) -> str:
        """The address for HELPDESK_RELAY_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it wrote about its work."""
        path = self.folder / "postfix.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def send(self, raw: bytes, *, reverse_path: str = "li@harbour.example",
             to: Sequence[str] = ("support@desk.example",), options: Sequence[str] = ()) -> None:  # fmt: skip
        """Hand it a mail as a client of the network does."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="client.example", timeout=60) as session:
            refused = session.sendmail(reverse_path, list(to), raw, mail_options=list(options))
        assert refused == {}

    def queue(self) -> list[dict[str, Any]]:
        """The mails that wait in its queue, with the reason for each recipient."""
        told = self._run("postqueue", "-c", str(self.folder), "-j").stdout
        return [json.loads(line) for line in told.splitlines() if line.strip()]

    def deferred(self) -> list[str]:
        """Why recipients wait, one sentence for each."""
        rows = [each for each in self.queue() if each["queue_name"] == "deferred"]
        return [who.get("delay_reason", "") for each in rows for who in each["recipients"]]

    def flush(self) -> None:
        """Try everything that waits, now."""
        self._run("postqueue", "-c", str(self.folder), "-f")

    def wait_until_empty(self, seconds: float = 20) -> None:
        """Return once nothing waits."""
        wait_for(lambda: not self.queue(), seconds)

    def wait_until_deferred(self, count: int = 1, seconds: float = 20) -> list[str]:
        """Why recipients wait, once so many do."""
        wait_for(lambda: len(self.deferred()) >= count, seconds)
        return self.deferred()

    @staticmethod
    def _run(*command: str) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            command, env={"PATH": PATH}, capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended


def verdict(sender: str, results: str) -> str:
    """The line of main.cf with which Postfix finds so about mail of an address or a domain, as a filter beside it does."""
    return (
        f"smtpd_sender_restrictions = check_sender_access "
        f"inline:{{ {{ {sender} = PREPEND X-Verdict-Of-Hop: {results} }} }}"
    )


@contextmanager
def running(route: Route) -> Iterator[Postfix]:
    """A server with its files in a folder of its own, ended by its own process id.

    A skip where Postfix is not installed, or may not be started.
    """
    _installed_or_skip()
    folder = Path(tempfile.mkdtemp(prefix="postfix-tests-", dir="/tmp"))  # a socket's address is short
    try:
        folder.chmod(0o755)
        server = Postfix(folder, free_ports(1)[0])
        _configure(server, route)
        with (folder / "master.out").open("wb") as out:
            process = subprocess.Popen(
                [DAEMONS / "master", "-c", folder, "-d"], env={"PATH": PATH}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        try:
            wait_for(lambda: process.poll() is not None or _greets(server.port), 20)
            assert process.poll() is None, (folder / "master.out").read_text() + server.log
            yield server
        finally:
            process.terminate()
            process.wait(10)
            wait_for(lambda: not members(process.pid), 10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed_or_skip() -> None:
    if shutil.which("postfix", path=PATH) is None or not (DAEMONS / "master").exists():
        pytest.skip("Postfix is not installed: apt-get install --no-install-recommends postfix")
    if os.getuid() != 0:
        pytest.skip("Postfix changes users and so needs root")


def _configure(server: Postfix, route: Route) -> None:
    folder = server.folder
    (folder / "queue").mkdir()
    (folder / "data").mkdir(mode=0o700)
    shutil.chown(folder / "data", "postfix")
    told = MAIN.format(
        folder=folder, commands="/usr/sbin", daemons=DAEMONS, hostname=HOSTNAME, door=route.door,
        behind=route.behind,
    )  # fmt: skip
    (folder / "header_checks").write_text(HEADER_CHECKS)
    (folder / "main.cf").write_text("\n".join([told, *route.settings, ""]))
    (folder / "master.cf").write_text(MASTER.format(port=server.port))
    server._run("postfix", "-c", str(folder), "check")


def _greets(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
            return session.noop()[0] == 250  # noqa: PLR2004
    except (OSError, smtplib.SMTPException):
        return False
