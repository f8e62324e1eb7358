"""Sealed, signed, in pieces, elsewhere: said so, kept whole, never opened where no key is."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail import cms
from gateway.mail.message import Kind
from gateway.mail.parse import parse
from gateway.mail.reader import read
from gateway.mail.reading import Order, Reading

INSIDE = (b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
          b"db-1 is down\r\n--in\r\nContent-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment\r\n\r\n"
          b"boom\r\n--in--\r\n")  # fmt: skip
ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5zDsU==\n=abcd\n-----END PGP MESSAGE-----"


@pytest.fixture(scope="module")
def person() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Li Wei")])
    at = datetime(2026, 3, 2, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, at, at + timedelta(days=30))
    return key, made.sign(key, hashes.SHA256())


def signed(person: tuple[rsa.RSAPrivateKey, x509.Certificate], content: bytes = INSIDE) -> bytes:
    key, certificate = person
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def encrypted(person: tuple[rsa.RSAPrivateKey, x509.Certificate]) -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(INSIDE).add_recipient(person[1])
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def mail(kind: str, content: bytes, *, subject: str = "Disk full") -> bytes:
    head = f"From: Li <li@harbour.example>\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: {kind}; name=smime.p7m\n"
    return head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)


def of(raw: bytes) -> Reading:
    return read(Order(raw, "li@harbour.example", frozenset()))


@pytest.mark.parametrize(
    "kind", ["application/pkcs7-mime; smime-type=signed-data", "application/x-pkcs7-mime"]
)
def test_mail_inside_an_opaque_signature_is_read(
    kind: str, person: tuple[rsa.RSAPrivateKey, x509.Certificate]
) -> None:
    message = parse(mail(kind, signed(person)))
    assert (message.text, message.nature) == ("db-1 is down", ("smime-signed",))
    assert [(one.filename, one.inline) for one in message.attachments] == [
        ("log.txt", False),
        ("smime.p7m", True),
    ]


def test_signed_mails_in_signed_mails_are_opened_only_so_far(
    person: tuple[rsa.RSAPrivateKey, x509.Certificate],
) -> None:
    wrapped = INSIDE
    for _ in range(5):
        wrapped = (b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                   + base64.encodebytes(signed(person, wrapped)))  # fmt: skip
    message = parse(b"From: li@harbour.example\r\n" + wrapped)
    assert (message.text, len(message.attachments)) == ("", 4)


def test_encrypted_mail_says_so_and_keeps_the_original(
    person: tuple[rsa.RSAPrivateKey, x509.Certificate],
) -> None:
    sealed = encrypted(person)
    reading = of(mail("application/pkcs7-mime; smime-type=enveloped-data", sealed))
    message = reading.message
    assert message.nature == ("smime-encrypted",)
    assert message.text == message.excerpt.new
    assert message.text == "This mail is encrypted with S/MIME and cannot be read here. The original is kept."
    assert [one.content for one in message.attachments] == [sealed]
    assert reading.classification.kind is Kind.HUMAN


def test_encrypted_mail_is_known_by_its_content_where_its_type_says_nothing(
    person: tuple[rsa.RSAPrivateKey, x509.Certificate],
) -> None:
    assert parse(mail("application/x-pkcs7-mime", encrypted(person))).nature == ("smime-encrypted",)


def test_sentence_is_chinese_where_the_subject_is(person: tuple[rsa.RSAPrivateKey, x509.Certificate]) -> None:
    raw = mail("application/pkcs7-mime", encrypted(person), subject="生产数据库宕机")
    assert of(raw).message.text == "此邮件经 S/MIME 加密，无法在此阅读。原件已保留。"


def test_detached_signature_is_named_and_its_text_is_read() -> None:
    raw = (b"From: li@harbour.example\nContent-Type: multipart/signed; boundary=b; micalg=sha-256;\n"
           b" protocol=\"application/pkcs7-signature\"\n\n--b\nContent-Type: text/plain\n\nhello\n--b\n"
           b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nxx\n--b--\n")  # fmt: skip
    message = parse(raw)
    assert (message.text, message.nature) == ("hello", ("smime-signed",))


def test_pgp_mime_is_named() -> None:
    raw = (b"From: li@harbour.example\nSubject: x\nContent-Type: multipart/encrypted; boundary=b;\n"
           b" protocol=\"application/pgp-encrypted\"\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
           b"Content-Type: application/octet-stream; name=encrypted.asc\n\n" + ARMOUR.encode() + b"\n--b--\n")  # fmt: skip
    message = of(raw).message
    assert message.nature == ("pgp-encrypted",)
    assert message.text == "This mail is encrypted with PGP and cannot be read here. The original is kept."
    assert [one.filename for one in message.attachments][-1] == "encrypted.asc"


@pytest.mark.parametrize(("text", "nature"), [
    (ARMOUR, ("pgp-encrypted",)),
    ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n-----BEGIN PGP SIGNATURE-----\n\nxx\n", ("pgp-signed",)),
    ("What does -----BEGIN PGP MESSAGE----- mean?", ()),
    ("> -----BEGIN PGP MESSAGE-----\nYou sent me this", ()),
])  # fmt: skip
def test_armour_in_a_text_is_named_and_shown(text: str, nature: tuple[str, ...]) -> None:
    message = parse(b"From: li@harbour.example\n\n" + text.encode())
    assert (message.nature, message.text) == (nature, text.rstrip("\n"))


def test_fragment_is_named_and_never_put_together() -> None:
    raw = (b"From: li@harbour.example\nSubject: log\n"
           b"Content-Type: message/partial; number=2; total=5; id=\"a@b\"\n\n...middle of something...\n")  # fmt: skip
    message = of(raw).message
    assert message.nature == ("partial:2/5",)
    assert message.text == (
        "This mail is part 2/5 of a larger one. The parts are not put together; this one is kept as it came."
    )
    assert message.attachments[0].content == b"...middle of something...\n"


def test_pointer_elsewhere_is_named_and_never_followed() -> None:
    raw = (b"From: li@harbour.example\nSubject: log\nContent-Type: message/external-body; access-type=URL;\n"
           b" URL=\"http://files.example/log\"\n\nContent-Type: text/plain\n\n")  # fmt: skip
    message = of(raw).message
    assert message.nature == ("external-body",)
    assert message.text == "This mail points to content that lies elsewhere. It was not fetched."


def test_mail_within_mails_stays_a_file() -> None:
    raw = b"From: li@harbour.example\nSubject: innermost\n\nhello\n"
    for depth in range(300):
        raw = b"From: li@harbour.example\nSubject: %d\nContent-Type: message/rfc822\n\n" % depth + raw
    message = parse(raw)
    assert (message.subject, len(message.attachments), message.text) == ("299", 1, "")


@pytest.mark.timeout(10)
@pytest.mark.parametrize("hostile", [b"\x30\x80" * 200_000, b"\x24\x80" * 200_000, b"\x30\x84\xff\xff\xff\xff" * 9],
                         ids=["nested", "nested octets", "too long"])  # fmt: skip
def test_hostile_lengths_end_the_walk(hostile: bytes) -> None:
    whole = bytes.fromhex("308006092a864886f70d010702a080308002010131003080") + hostile
    assert cms.signed_content(whole) is None
    assert cms.kind_of(hostile) == cms.OTHER


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_have_a_kind(rest: bytes) -> None:
    for content in (rest, bytes.fromhex("308006092a864886f70d010702a080") + rest):
        assert cms.kind_of(content) in (cms.OTHER, cms.SIGNED, cms.ENCRYPTED, cms.COMPRESSED)
        assert cms.signed_content(content) is None or isinstance(cms.signed_content(content), bytes)


def test_content_in_pieces_of_unstated_length_is_put_together() -> None:
    pieces = b"\x04\x05hello" + b"\x04\x06 again"
    whole = (bytes.fromhex("308006092a864886f70d010702a0803080020101") + b"\x31\x80\x00\x00"
             + bytes.fromhex("308006092a864886f70d010701a0802480") + pieces + b"\x00\x00" * 7)  # fmt: skip
    assert cms.signed_content(whole) == b"hello again"
