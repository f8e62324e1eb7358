"""Where large contents rest: a folder, or a bucket of a real S3 server (moto's)."""

from __future__ import annotations

import hashlib
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from gateway.settings import Settings
from gateway.store.blobs import Away, Blobs, Bucket, Folder, Missing, Place
from tests.databases import MONDAY, Desk

CONTENT = bytes(range(256)) * 1000
KEY = hashlib.sha256(CONTENT).hexdigest()
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-west-1"}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server with a bucket called mail."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{server._server.server_port}"  # type: ignore[union-attr]
    location = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", endpoint_url=address, **KEYS).create_bucket(
        Bucket="mail", CreateBucketConfiguration=location
    )
    yield address
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Folder(tmp_path / "blobs")
    client = boto3.client("s3", endpoint_url=request.getfixturevalue("s3"), **KEYS)
    return Bucket(client, "mail", f"/{tmp_path.name}/")


def test_content_comes_back_as_it_went_in(place: Place) -> None:
    place.write(KEY, CONTENT)
    place.write(KEY, CONTENT)
    assert place.read(KEY) == CONTENT


def test_empty_content_is_a_content(place: Place) -> None:
    key = hashlib.sha256(b"").hexdigest()
    place.write(key, b"")
    assert place.read(key) == b""


def test_unknown_key_is_missing(place: Place) -> None:
    with pytest.raises(Missing):
        place.read("0" * 64)


def test_same_content_written_at_once_by_several_is_whole(place: Place) -> None:
    threads = [threading.Thread(target=place.write, args=[KEY, CONTENT]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert place.read(KEY) == CONTENT


def test_files_are_the_owners_alone(tmp_path: Path) -> None:
    Folder(tmp_path / "blobs").write(KEY, CONTENT)
    found = [path for path in (tmp_path / "blobs").rglob("*")]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_dir()} == {0o700}


def test_bucket_that_does_not_answer_is_away() -> None:
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=2)
    client = boto3.client("s3", endpoint_url="http://127.0.0.1:9", config=once, **KEYS)
    for call in (
        lambda: Bucket(client, "mail", "").write(KEY, CONTENT),
        lambda: Bucket(client, "mail", "").read(KEY),
    ):
        with pytest.raises(Away):
            call()


def test_bucket_that_does_not_exist_is_away(s3: str) -> None:
    client = boto3.client("s3", endpoint_url=s3, **KEYS)
    with pytest.raises(Away):
        Bucket(client, "other", "").write(KEY, CONTENT)


def test_large_content_in_a_bucket_is_named_by_a_row(desk: Desk, place: Place) -> None:
    blobs = Blobs(place)
    with desk.services.transaction() as session:
        keys = blobs.put_many(session, [b"small", CONTENT], MONDAY)
    with desk.services.reading() as session:
        assert [blobs.get(session, key) for key in keys] == [b"small", CONTENT]
    assert place.read(keys[1]) == CONTENT


def test_address_of_a_bucket_is_a_setting(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, blob_url="s3://mail/desk")
    assert settings.blobs == "s3://mail/desk"
