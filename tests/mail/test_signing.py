"""DKIM signatures on what leaves: verified by dkimpy, and by the arithmetic of `cryptography` for Ed25519."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from gateway.mail import signing
from gateway.mail.compose import Outgoing, compose
from gateway.mail.message import Attachment, Mailbox
from gateway.mail.signing import Key, Signer, UnfitKey


def pem(private: PrivateKeyTypes, password: bytes = b"") -> bytes:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


@cache
def rsa_key(bits: int = 2048) -> bytes:
    return pem(rsa.generate_private_key(65537, bits))


def a_key(selector: str = "s1") -> Key:
    return signing.key_of(rsa_key(), domain="desk.example", selector=selector)


def an_ed25519_key(selector: str = "e1") -> Key:
    return signing.key_of(pem(ed25519.Ed25519PrivateKey.generate()), domain="desk.example", selector=selector)


def letter(**changes: object) -> bytes:
    mail = {
        "from_": Mailbox("Northquay 支持", "support@desk.example"),
        "to": (Mailbox("Li Na", "li@harbour.example"),),
        "reply_to": (Mailbox("", "support+t@desk.example"),),
        "subject": "[HD-1042] 已收到您的请求",
        "text": "We have your request.\n.\n..two dots\ntrailing \n\n\n",
        "html": "<p>专线中断</p>",
        "message_id": "q3Zr@desk.example",
        "in_reply_to": "a@harbour.example",
        "references": ("a@harbour.example",),
        "date": datetime(2026, 11, 16, 2, 48, tzinfo=UTC),
    }
    return compose(Outgoing(**(mail | changes)))  # type: ignore[arg-type]


def published(*keys: Key) -> Callable[..., bytes | None]:
    records = {f"{key.name}.".encode(): key.record.encode() for key in keys}

    def answer(name: bytes, timeout: float = 5) -> bytes | None:
        return records.get(name)

    return answer


def signed_fields(mail: bytes) -> list[bytes]:
    return [each.strip() for each in dkim_tags(mail)[b"h"].split(b":")]


def dkim_tags(mail: bytes) -> dict[bytes, bytes]:
    value = dict(dkim.rfc822_parse(mail)[0])[b"DKIM-Signature"]
    return dict(dkim.util.parse_tag_value(value))


def test_signature_of_an_rsa_key_verifies() -> None:
    key = a_key()
    assert dkim.verify(Signer([key])(letter()), dnsfunc=published(key))


def test_signature_of_a_large_mail_with_a_file_verifies() -> None:
    key = a_key()
    file = Attachment("log.bin", "application/octet-stream", bytes(range(256)) * 8000, "")
    assert dkim.verify(Signer([key])(letter(attachments=(file,))), dnsfunc=published(key))


def test_signed_mail_ends_with_the_mail_as_it_was() -> None:
    assert Signer([a_key()])(letter()).endswith(letter())


def test_same_mail_is_signed_with_the_same_bytes_at_each_try() -> None:
    signer = Signer([a_key(), an_ed25519_key()])
    assert signer(letter()) == signer(letter())


def test_mail_without_a_key_is_left_as_it_is() -> None:
    assert Signer([])(letter()) == letter()


@pytest.mark.parametrize(
    "field",
    [
        b"Cc: eve@evil.example\r\n",
        b"Subject: another\r\n",
        b"From: eve@evil.example\r\n",
        b"Reply-To: eve@evil.example\r\n",
        b"Content-Type: text/html\r\n",
        b"Auto-Submitted: no\r\n",
    ],
)
def test_field_added_on_the_way_breaks_the_signature(field: bytes) -> None:
    key = a_key()
    assert not dkim.verify(field + Signer([key])(letter()), dnsfunc=published(key))


def test_changed_body_breaks_the_signature() -> None:
    key = a_key()
    changed = Signer([key])(letter()).replace(b"two dots", b"two cats")
    assert not dkim.verify(changed, dnsfunc=published(key))


def test_fields_that_a_rewriting_relay_changes_are_left_out_of_the_signature() -> None:
    key = a_key()
    signed = Signer([key], signing.REWRITTEN)(letter())
    rewritten = signed.replace(b"<q3Zr@desk.example>", b"<0102018f-000000@eu-west-1.amazonses.com>")
    rewritten = rewritten.replace(b"02:48:00", b"02:49:07")
    assert rewritten != signed
    assert dkim.verify(rewritten, dnsfunc=published(key))
    assert not {b"message-id", b"date"} & set(signed_fields(signed))


def test_each_field_is_named_once_more_than_it_stands() -> None:
    named = signed_fields(Signer([a_key()])(letter()))
    assert {name: named.count(name) for name in (b"from", b"to", b"subject", b"message-id", b"cc")} == {
        b"from": 2, b"to": 2, b"subject": 2, b"message-id": 2, b"cc": 1,
    }  # fmt: skip


def test_signature_says_neither_when_nor_how_long_and_covers_the_whole_body() -> None:
    assert not {b"t", b"x", b"l"} & set(dkim_tags(Signer([a_key()])(letter())))


class _Public:
    """An Ed25519 public key as dkimpy asks it."""

    def __init__(self, key: Key) -> None:
        assert isinstance(key.private, ed25519.Ed25519PrivateKey)
        self._public = key.private.public_key()

    def verify(self, digest: bytes, signature: bytes) -> None:
        self._public.verify(signature, digest)


def verified_ed25519(mail: bytes, key: Key) -> bool:
    check = dkim.DKIM(mail)
    signature, fields, all_of_them = check.verify_headerprep(0)
    assert signature[b"a"] == b"ed25519-sha256"
    check.pk, check.keysize, check.ktag = _Public(key), 256, b"ed25519"
    return bool(check.verify_sig_process(signature, fields, all_of_them[0], None))


def test_signature_of_an_ed25519_key_verifies() -> None:
    key = an_ed25519_key()
    assert verified_ed25519(Signer([key])(letter()), key)


def test_signature_of_another_ed25519_key_does_not_verify() -> None:
    with pytest.raises((InvalidSignature, NameError)):  # dkimpy names nacl's fault, which is not installed
        verified_ed25519(Signer([an_ed25519_key()])(letter()), an_ed25519_key())


def test_every_key_signs() -> None:
    both = Signer([an_ed25519_key(), a_key()])(letter())
    assert both.count(b"DKIM-Signature:") == 2
    assert dkim.DKIM(both).verify(idx=1, dnsfunc=published(a_key()))


def test_short_rsa_key_is_refused_with_its_size() -> None:
    with pytest.raises(UnfitKey, match="1024 bits, at least 2048"):
        signing.key_of(rsa_key(1024), domain="desk.example", selector="s1")


@pytest.mark.parametrize(
    "unfit",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nnot base64\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(ed25519.Ed25519PrivateKey.generate(), b"hunter2"),
    ],
    ids=["nothing", "broken", "elliptic", "encrypted"],
)
def test_other_keys_are_refused(unfit: bytes) -> None:
    with pytest.raises(UnfitKey, match="DKIM key"):
        signing.key_of(unfit, domain="desk.example", selector="s1")


@pytest.mark.parametrize(
    ("domain", "selector"), [("", "s1"), ("desk.example", ""), ("desk.example; l=0", "s1"), ("x", "s 1")]
)
def test_unfit_names_are_refused(domain: str, selector: str) -> None:
    with pytest.raises(UnfitKey, match="no name"):
        signing.key_of(rsa_key(), domain=domain, selector=selector)


# What the DNS says.


def test_own_record_is_in_order() -> None:
    assert signing.published_fault(a_key(), [a_key().record.encode()]) == ""


def test_record_with_spaces_in_its_key_is_in_order() -> None:
    record = a_key().record.replace("p=", "p= ").encode()
    assert signing.published_fault(a_key(), [record[:80] + b" " + record[80:]]) == ""


def test_record_of_an_ed25519_key_holds_the_bare_key() -> None:
    key = an_ed25519_key()
    assert len(base64.b64decode(key.published)) == 32
    assert signing.published_fault(key, [key.record.encode()]) == ""


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([], "no TXT record"),
        ([b"v=DKIM1; p=AAAA"], "another key"),
        ([b"v=DKIM1; k=rsa; p="], "withdrawn"),
        ([b"v=spf1 -all"], "no DKIM record"),
        ([b"v=DKIM1; p=AAAA", b"v=DKIM1; p=BBBB"], "2 TXT records"),
    ],
)
def test_record_that_does_not_fit_is_told(records: list[bytes], said: str) -> None:
    fault = signing.published_fault(a_key(), records)
    assert said in fault and fault.startswith("s1._domainkey.desk.example")
