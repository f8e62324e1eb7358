"""Mail out of files, folders, mbox files and standard input."""

from __future__ import annotations

import io
from pathlib import Path

from gateway.operations.mail_files import MailFile, mails

TWO = (
    b"From ann@corp.example Mon Jan  5 10:00:00 2026\nSubject: one\n\nfirst\n>From here on\n\n"
    b"From bob@corp.example Mon Jan  5 10:01:00 2026\nSubject: two\n\nsecond\n"
)


def found(*paths: Path | str, largest: int = 1000, stdin: bytes = b"") -> list[MailFile]:
    return list(mails([str(path) for path in paths], io.BytesIO(stdin), largest=largest))


def test_file_is_one_mail_with_the_path_as_given(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(b"Subject: one\n\nText")
    assert found(path) == [MailFile(str(path), b"Subject: one\n\nText")]


def test_folder_gives_its_eml_files_however_deep_in_order(tmp_path: Path) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name in ("b/deep/3.eml", "a.EML", "b/2.eml", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [Path(each.name).name for each in found(tmp_path)] == ["a.EML", "2.eml", "3.eml"]


def test_mbox_file_gives_each_mail_without_its_separator(tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    path.write_bytes(TWO)
    assert found(path) == [
        MailFile(f"{path}#1", b"Subject: one\n\nfirst\nFrom here on\n"),
        MailFile(f"{path}#2", b"Subject: two\n\nsecond\n"),
    ]


def test_from_line_inside_a_paragraph_starts_no_new_mail(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"From ann@corp.example\nSubject: one\n\nGreetings\nFrom Ann\n")
    assert found(path) == [MailFile(str(path), b"Subject: one\n\nGreetings\nFrom Ann\n")]


def test_mbox_with_windows_line_ends_is_split_too(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(TWO.replace(b"\n", b"\r\n"))
    assert [each.raw.rpartition(b"\r\n\r\n")[2] for each in found(path)] == [
        b"first\r\nFrom here on\r\n",
        b"second\r\n",
    ]


def test_eml_file_is_never_split(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(TWO)
    assert found(path) == [MailFile(str(path), TWO)]


def test_standard_input_is_read_where_a_dash_stands() -> None:
    assert found("-", stdin=b"Subject: x\n\ny") == [MailFile("-", b"Subject: x\n\ny")]


def test_standard_input_may_be_an_mbox() -> None:
    assert [each.name for each in found("-", stdin=TWO)] == ["-#1", "-#2"]


def test_missing_file_is_told_and_the_next_one_still_read(tmp_path: Path) -> None:
    (tmp_path / "there.eml").write_bytes(b"x")
    gone, there = found(tmp_path / "gone.eml", tmp_path / "there.eml")
    assert (gone.missing, gone.fault, there.raw) == (True, "cannot be read: No such file or directory", b"x")


def test_file_above_the_bound_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.eml"
    path.write_bytes(b"x" * 1001)
    assert found(path) == [MailFile(str(path), fault="larger than 1000 bytes")]


def test_large_mail_in_an_mbox_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"From a\n" + b"line\n" * 500 + b"\nFrom b\nSubject: two\n\nsmall\n")
    first, second = found(path)
    assert first.fault == "larger than 1000 bytes"
    assert second.raw == b"Subject: two\n\nsmall\n"


def test_empty_file_is_an_empty_mail(tmp_path: Path) -> None:
    path = tmp_path / "empty.eml"
    path.touch()
    assert found(path) == [MailFile(str(path))]
