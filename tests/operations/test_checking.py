"""What `helpdesk check` looks at, on both databases and with real listeners."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.operations import checking
from gateway.operations.checking import Finding, Level, check
from gateway.settings import Settings
from gateway.store import session
from tests import clamd_server

AT = datetime(2026, 3, 2, tzinfo=UTC)


def findings(settings: Settings, **changes: object) -> list[Finding]:
    """Everything found, with settings changed and read anew, so that nothing remembered stays."""
    return list(check(Settings(_env_file=None, **settings.model_dump() | changes), AT))


def about(words: str, found: list[Finding]) -> Finding:
    [one] = [each for each in found if words in each.what]
    return one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        support_address="help@desk.example",
        secret_key="a secret of the tests that is longer than thirty-two",
    )


def test_migrated_database_is_fine(database_settings: Settings) -> None:
    assert about("answers, schema at", findings(database_settings)).level is Level.OK


def test_sqlite_flushes_its_commits(settings: Settings, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, settings.data_dir / "helpdesk.db")
    assert about("commits are flushed", findings(settings)).level is Level.OK


def test_old_schema_is_wrong(database_settings: Settings) -> None:
    made = session.engine(database_settings.database)
    with made.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    made.dispose()
    found = about("the schema is at nothing", findings(database_settings))
    assert (found.level, found.advice[:19]) == (Level.WRONG, "helpdesk db upgrade")


def test_missing_database_is_wrong_and_not_made(settings: Settings) -> None:
    assert about("there is no database yet", findings(settings)).level is Level.WRONG
    assert not (settings.data_dir / "helpdesk.db").exists()


def test_database_that_does_not_answer_is_wrong_and_its_password_stays_secret(settings: Settings) -> None:
    found = findings(settings, database_url="postgresql+psycopg://u:geheim@127.0.0.1:1/x")
    assert about("the database does not answer", found).level is Level.WRONG
    assert "geheim" not in str(found)


def test_postgresql_that_does_not_flush_is_wrong(settings: Settings, postgres_url: str) -> None:
    joined = "&" if "?" in postgres_url else "?"
    address = f"{postgres_url}{joined}options=-csynchronous_commit%3Doff"
    found = about("does not flush commits", findings(settings, database_url=address))
    assert found.level is Level.WRONG


def test_embedded_redis_that_does_not_run_is_a_warning(settings: Settings) -> None:
    assert about("no embedded Redis runs", findings(settings)).level is Level.WARN


def test_external_redis_that_does_not_answer_is_wrong(settings: Settings) -> None:
    found = findings(settings, redis_url="redis://:geheim@127.0.0.1:1/0")
    assert about("the external Redis", found).level is Level.WRONG
    assert "geheim" not in str(found)


def test_blobs_that_cannot_be_written_are_wrong(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    found = about("raw mail and attachments", findings(settings, blob_url=f"file:{tmp_path}/file/blobs"))
    assert found.level is Level.WRONG


def test_looking_at_blobs_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    assert about("raw mail and attachments", findings(settings)).level is Level.OK
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def server() -> Iterator[Controller]:
    """An SMTP server that takes mail without TLS."""
    made = Controller(Sink(), hostname="127.0.0.1", port=0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made.port = free.getsockname()[1]
    made.start()
    yield made
    made.stop()


def test_relay_that_answers_is_fine(settings: Settings, server: Controller) -> None:
    found = about("the relay", findings(settings, relay_url=f"smtp://127.0.0.1:{server.port}"))
    assert found == Finding(Level.OK, f"the relay 127.0.0.1:{server.port} answers, without TLS")


def test_password_is_not_sent_to_a_relay_without_tls(settings: Settings, server: Controller) -> None:
    found = about("the relay", findings(settings, relay_url=f"smtp://u:geheim@127.0.0.1:{server.port}"))
    assert found.level is Level.WRONG
    assert "offers no TLS" in found.what
    assert "geheim" not in str(found)


def test_relay_that_is_no_mail_server_is_wrong(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        assert (
            about("the relay", findings(settings, relay_url=f"smtp://127.0.0.1:{port}")).level is Level.WRONG
        )
        thread.join(10)


def test_no_relay_is_fine_while_developing(settings: Settings) -> None:
    found = about("no relay", findings(settings))
    assert found.level is Level.OK
    assert "kept here" in found.what


def certificate(folder: Path, *, days: int) -> dict[str, object]:
    """Settings for a certificate that ends so many days after AT."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=400))
        .not_valid_after(AT + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return {"smtp_tls_cert": str(folder / "cert.pem"), "smtp_tls_key": str(folder / "key.pem")}


@pytest.mark.parametrize(
    ("days", "level", "what"),
    [
        (90, Level.OK, "the TLS certificate is valid for 90 more days"),
        (13, Level.WARN, "the TLS certificate is valid for 13 more days"),
        (-1, Level.WRONG, "the TLS certificate has expired"),
    ],
)
def test_certificate_is_judged_by_its_days(
    settings: Settings, tmp_path: Path, days: int, level: Level, what: str
) -> None:
    found = about("the TLS certificate", findings(settings, **certificate(tmp_path, days=days)))
    assert (found.level, found.what) == (level, what)


def test_certificate_of_another_key_is_wrong(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    mixed = certificate(tmp_path / "a", days=90) | {
        "smtp_tls_key": certificate(tmp_path / "b", days=90)["smtp_tls_key"]
    }
    assert about("the TLS certificate cannot be used", findings(settings, **mixed)).level is Level.WRONG


def test_settings_that_forbid_to_start_are_wrong(settings: Settings) -> None:
    found = findings(settings, environment="production", base_url="http://desk.example")
    assert any(each.level is Level.WRONG and "https" in each.advice for each in found)


@pytest.mark.parametrize(
    ("version", "level"), [((3, 11, 7), Level.WARN), ((3, 11, 15), Level.OK), ((3, 14, 0), Level.OK)]
)
def test_python_with_known_mail_faults_is_a_warning(version: tuple[int, int, int], level: Level) -> None:
    assert checking.python(version).level is level


@pytest.mark.parametrize(
    ("free", "level"), [(10 * 1024**3, Level.OK), (1024**3, Level.WARN), (1024**2, Level.WRONG)]
)
def test_little_free_space_is_told(free: int, level: Level) -> None:
    assert checking.disk(free, Path("/data")).level is level


def test_no_scanner_is_said(settings: Settings) -> None:
    assert about("no scanner", findings(settings)).level is Level.OK


def test_required_verdict_without_a_scanner_is_wrong(settings: Settings) -> None:
    assert about("there is no scanner", findings(settings, scanner_required=True)).level is Level.WRONG


def test_scanner_that_answers_is_named(settings: Settings) -> None:
    with clamd_server.running() as daemon:
        found = about("the scanner answers", findings(settings, scanner_url=daemon.url))
    assert (found.level, "ClamAV 1.4.3/27800" in found.what) == (Level.OK, True)


def test_scanner_that_is_away_is_wrong(settings: Settings, tmp_path: Path) -> None:
    found = about("the scanner does not answer", findings(settings, scanner_url=f"clamd://{tmp_path}/no.ctl"))
    assert (found.level, found.advice) == (Level.WRONG, "start it; until then files are not scanned")


def test_scanner_of_another_kind_is_wrong(settings: Settings) -> None:
    assert (
        about("HELPDESK_SCANNER_URL:", findings(settings, scanner_url="http://scan.example")).level
        is Level.WRONG
    )
