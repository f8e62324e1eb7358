"""Raw mail and attachments under their SHA-256: immutable, durable before any row names them.

Small ones ride in the transaction that names them, so that a batch of arrivals costs one flush; `settle` moves them
to the folder or to S3 later. Large ones are written and flushed there at once.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Blob, either, table

INLINE_BYTES: Final = 96 * 1024
_blobs: Final = table(Blob)
_PUT: Final = either(
    lambda insert: (made := insert(_blobs)).on_conflict_do_update(
        index_elements=["key"], set_={"stored_at": made.excluded.stored_at}
    )
)
_HERE: Final = sa.select(_blobs.c.key, _blobs.c.data).where(
    _blobs.c.key.in_(sa.bindparam("keys", expanding=True)), _blobs.c.data.is_not(None)
)


class Missing(LookupError):
    """A key under which nothing rests."""


class Away(OSError):
    """The place where blobs rest does not answer as it should."""


class Place(Protocol):
    """Where large blobs rest."""

    def write(self, key: str, content: bytes) -> None:
        """Make the content durable under its key."""

    def read(self, key: str) -> bytes:
        """The content. Errors: Missing."""


class Folder:
    """Blobs as files `ab/cdef…` with mode 0600, flushed together with the folder's entry."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, key: str, content: bytes) -> None:
        """Write beside, flush, rename, flush the folders: a crash leaves the whole file or none."""
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
            try:
                _write_flushed(beside, content)
                beside.replace(path)
            except OSError:
                beside.unlink(missing_ok=True)
                raise
        for folder in (path.parent, self._root):  # also of a file that another process has only just renamed
            _flush_folder(folder)

    def read(self, key: str) -> bytes:
        """The file's bytes."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise Missing(key) from None

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / key[2:]


class Bucket:
    """Blobs as objects of an S3 bucket; endpoint and credentials come from boto3's own chain."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix.strip("/")

    def write(self, key: str, content: bytes) -> None:
        """Put the object; S3 answers after it is durable. Errors: Away."""
        with _away():
            self._client.put_object(Bucket=self._bucket, Key=self._name(key), Body=content)

    def read(self, key: str) -> bytes:
        """Get the object. Errors: Missing, Away."""
        with _away():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._name(key))
            except self._client.exceptions.NoSuchKey:
                raise Missing(key) from None
            return bytes(answer["Body"].read())

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key


@contextmanager
def _away() -> Iterator[None]:
    """What boto3 raises, as a fault of the place and not of what is stored there."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as fault:
        raise Away(f"S3: {type(fault).__name__}") from fault


class Blobs:
    """Every blob of this installation, wherever it rests."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def put(self, session: Session, content: bytes, at: datetime) -> str:
        """The key under which the content is durable once the session commits."""
        return self.put_many(session, [content], at)[0]

    def put_many(self, session: Session, contents: Sequence[bytes], at: datetime) -> list[str]:
        """The keys of several contents, in order; what is stored already gets a fresh age."""
        rows: dict[str, dict[str, object]] = {}
        keys = []
        for content in contents:
            key = hashlib.sha256(content).hexdigest()
            keys.append(key)
            small = len(content) <= INLINE_BYTES
            if key not in rows and not small:
                self._place.write(key, content)
            rows[key] = {
                "key": key,
                "size_bytes": len(content),
                "stored_at": at,
                "data": content if small else None,
            }
        if rows:
            in_order = [rows[key] for key in sorted(rows)]  # so that no two writers wait for each other
            session.execute(_PUT[session.get_bind().dialect.name], in_order)
        return keys

    def get(self, session: Session, key: str) -> bytes:
        """The content under a key.

        Errors: Missing.
        """
        small = self.get_small(session, [key])
        return small[key] if key in small else self.get_large(key)

    def get_small(self, session: Session, keys: Sequence[str]) -> dict[str, bytes]:
        """The contents that still rest in the database, by key, in one statement."""
        return {row.key: row.data for row in session.execute(_HERE, {"keys": list(keys)})}

    def get_large(self, key: str) -> bytes:
        """A content that rests in the folder or bucket. Errors: Missing."""
        return self._place.read(key)

    def write_out(self, contents: Mapping[str, bytes]) -> None:
        """Make contents durable in the folder or bucket; no transaction waits for it."""
        for key, content in contents.items():
            self._place.write(key, content)

    def settle(self, session: Session, keys: Collection[str]) -> None:
        """Let the database forget contents that were written out."""
        session.execute(sa.update(table(Blob)).where(Blob.key.in_(keys)).values(data=None))


def open_place(url: str) -> Place:
    """The folder or bucket an address names.

    Errors: ValueError for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(Path(url.removeprefix("file://").removeprefix("file:")))
    if parts.scheme == "s3":
        import boto3  # 40 MB of memory that only installations with S3 pay

        return Bucket(boto3.client("s3"), parts.netloc, parts.path)
    raise ValueError(f"blobs rest under file: or s3:, not {parts.scheme or url!r}")


def unsettled(session: Session, before: datetime, limit: int) -> list[str]:
    """Keys of blobs that have rested in the database since before an instant."""
    wanted = sa.select(Blob.key).where(Blob.stored_at < before, Blob.data.is_not(None))
    return list(session.scalars(wanted.order_by(Blob.stored_at).limit(limit)))


def _write_flushed(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
