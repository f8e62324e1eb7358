import threading
from base64 import b64encode
from functools import cache

import dkim
import pytest
import spf
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail import dmarc_check
from gateway.mail.authenticate import check, from_trusted_hop, judge
from gateway.mail.trust import Authentication, Verdict

MAIL = (
    b"From: Li Na <li.na@harbour.example>\r\n"
    b"To: support@northquay.example\r\n"
    b"Subject: Direct Connect down\r\n"
    b"Date: Mon, 16 Nov 2026 10:48:00 +0800\r\n"
    b"Message-ID: <1@harbour.example>\r\n"
    b"\r\n"
    b"The warehouse is offline.\r\n"
)
DMARC = {"_dmarc.harbour.example": [b"v=DMARC1; p=reject"]}
SPF = {"harbour.example": [b"v=spf1 ip4:192.0.2.1 -all"]}


class Zone:
    """A resolver over fixed records; a name listed as down does not answer."""

    def __init__(self, *texts, addresses=None, exchanges=None, reverse=None, down=()):
        self.texts = {name: records for each in texts for name, records in each.items()}
        self.addresses, self.exchanges, self.reverse = addresses or {}, exchanges or {}, reverse or {}
        self.down = down
        self.asked = []

    def _answer(self, kind, records, name):
        self.asked.append((kind, name))
        if "*" in self.down or name in self.down:
            raise TimeoutError(name)
        return list(records.get(name, []))

    def txt(self, name):
        return self._answer("TXT", self.texts, name)

    def a(self, name):
        return self._answer("A", self.addresses, name)

    def aaaa(self, name):
        return self._answer("AAAA", {}, name)

    def mx(self, name):
        return self._answer("MX", self.exchanges, name)

    def ptr(self, name):
        return self._answer("PTR", self.reverse, name)


@cache
def key(bits=1024):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_record(bits=1024):
    public = key(bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + b64encode(public)


def signed(mail=MAIL, domain=b"harbour.example", bits=1024, **options):
    private = key(bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return dkim.sign(mail, b"s1", domain, private, **options) + mail


def keys(*domains, bits=1024):
    return {f"s1._domainkey.{domain}": [key_record(bits)] for domain in domains or ("harbour.example",)}


def checked(
    raw=MAIL, zone=None, peer="203.0.113.9", helo="mx.harbour.example", reverse_path="li.na@harbour.example"
):
    return check(raw, peer=peer, helo=helo, reverse_path=reverse_path, resolver=zone or Zone())


# DKIM


@pytest.mark.parametrize("form", [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")])
def test_aligned_signature_passes_dmarc(form):
    found = checked(signed(canonicalize=form), Zone(DMARC, keys()))
    assert found == Authentication(Verdict.NONE, Verdict.PASS, Verdict.PASS, "harbour.example", "door")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n\r\n\r\n",
        b"a  b\t c \t\r\n \r\n\r\n",
        b"no line end",
        b"lone\r cr\r\r\n",
        b"   \r\n" * 3,
        b"\r\nx\r\n",
    ],
)
@pytest.mark.parametrize("form", [b"relaxed", b"simple"])
def test_signature_over_odd_white_space_passes(body, form):
    mail = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body
    assert checked(signed(mail, canonicalize=(b"relaxed", form)), Zone(DMARC, keys())).dkim is Verdict.PASS


def test_mail_with_bare_line_feeds_passes():
    assert checked(signed().replace(b"\r\n", b"\n"), Zone(DMARC, keys())).dmarc is Verdict.PASS


def test_changed_body_fails():
    found = checked(signed().replace(b"offline", b"online "), Zone(DMARC, keys()))
    assert (found.dkim, found.dmarc) == (Verdict.FAIL, Verdict.FAIL)


def test_second_from_field_makes_dmarc_unknown():
    raw = b"From: boss@northquay.example\r\n" + signed()
    found = checked(raw, Zone(DMARC, keys()))
    assert (found.dkim, found.dmarc, found.domain) == (Verdict.FAIL, Verdict.UNKNOWN, "")


@pytest.mark.parametrize(
    "author",
    [
        b"",
        b"From: \r\n",
        b"From: a@x.example, b@y.example\r\n",
        b"From: a@harbour.example)b@evil.example\r\n",
    ],
)
def test_mail_without_one_author_has_unknown_dmarc(author):
    assert checked(author + b"Subject: x\r\n\r\nx", Zone(DMARC)).dmarc is Verdict.UNKNOWN


def test_strangers_signature_does_not_align():
    found = checked(signed(domain=b"evil.example"), Zone(DMARC, keys("evil.example")))
    assert (found.dkim, found.dmarc) == (Verdict.PASS, Verdict.FAIL)


def test_aligned_signature_counts_beside_a_strangers():
    raw = signed(signed(), domain=b"lists.example")
    assert checked(raw, Zone(DMARC, keys("harbour.example", "lists.example"))).dmarc is Verdict.PASS


def test_aligned_signature_is_found_below_many_others():
    raw = signed()
    for number in range(8):
        raw = signed(raw, domain=b"relay%d.example" % number)
    assert checked(raw, Zone(DMARC, keys())).dmarc is Verdict.PASS


def test_at_most_five_signatures_are_looked_at():
    raw = MAIL
    for number in range(8):
        raw = signed(raw, domain=b"relay%d.example" % number)
    zone = Zone(DMARC)
    checked(raw, zone)
    assert len([name for _, name in zone.asked if "._domainkey." in name]) == 5


def test_signature_of_part_of_the_body_does_not_count():
    found = checked(signed(length=True) + b"Pay this invoice.\r\n", Zone(DMARC, keys()))
    assert (found.dkim, found.dmarc) == (Verdict.NONE, Verdict.FAIL)


def test_signature_that_leaves_out_from_does_not_count():
    raw = signed().replace(b"h=from", b"h=sender").replace(b" from;", b" sender;")
    assert checked(raw, Zone(DMARC, keys())).dkim is Verdict.NONE


def test_sha1_signature_does_not_count():
    assert checked(signed(signature_algorithm=b"rsa-sha1"), Zone(DMARC, keys())).dkim is Verdict.NONE


def test_short_key_fails():
    modulus = (1 << 767) + 1
    der = b"\x30\x66\x02\x61\x00" + modulus.to_bytes(96, "big") + b"\x02\x01\x03"
    zone = Zone(DMARC, {"s1._domainkey.harbour.example": [b"k=rsa; p=" + b64encode(der)]})
    assert checked(signed(), zone).dkim is Verdict.FAIL


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"p=",
        b"k=rsa; p=%%%",
        b"k=dsa; p=AAAA",
        b"v=DKIM2; p=AAAA",
        b"k=ed25519; p=AAAA",
        b"\xff\xfe",
        b"p=" + b"A" * 60_000,
    ],
)
def test_broken_key_fails(record):
    found = checked(signed(), Zone(DMARC, {"s1._domainkey.harbour.example": [record]}))
    assert (found.dkim, found.dmarc) == (Verdict.FAIL, Verdict.FAIL)


def test_missing_key_fails():
    assert checked(signed(), Zone(DMARC)).dkim is Verdict.FAIL


# SPF


def test_peer_of_the_domain_passes_spf_and_dmarc():
    found = checked(zone=Zone(DMARC, SPF), peer="192.0.2.1")
    assert found == Authentication(Verdict.PASS, Verdict.NONE, Verdict.PASS, "harbour.example", "door")


@pytest.mark.parametrize("peer", ["::ffff:192.0.2.1", "[192.0.2.1]"])
def test_peer_may_be_written_in_other_forms(peer):
    assert checked(zone=Zone(DMARC, SPF), peer=peer).spf is Verdict.PASS


def test_stranger_fails_spf_and_dmarc():
    found = checked(zone=Zone(DMARC, SPF), peer="203.0.113.9")
    assert (found.spf, found.dmarc) == (Verdict.FAIL, Verdict.FAIL)


def test_spf_of_another_domain_does_not_align():
    zone = Zone(DMARC, {"evil.example": [b"v=spf1 ip4:203.0.113.9 -all"]})
    found = checked(zone=zone, reverse_path="x@evil.example")
    assert (found.spf, found.dmarc) == (Verdict.PASS, Verdict.FAIL)


def test_null_reverse_path_is_checked_by_helo():
    zone = Zone(DMARC, {"mx.harbour.example": [b"v=spf1 ip4:192.0.2.1 -all"]})
    found = checked(zone=zone, peer="192.0.2.1", reverse_path="<>")
    assert (found.spf, found.dmarc) == (Verdict.PASS, Verdict.PASS)


@pytest.mark.parametrize(
    "record",
    [b"v=spf1 a -all", b"v=spf1 mx -all", b"v=spf1 include:spf.isp.example -all", b"v=spf1 ptr -all"],
)
def test_spf_mechanisms_ask_only_the_given_resolver(record):
    zone = Zone(
        {"harbour.example": [record], "spf.isp.example": [b"v=spf1 ip4:192.0.2.0/24 -all"]},
        addresses={"harbour.example": ["192.0.2.1"], "mx.harbour.example": ["192.0.2.1"]},
        exchanges={"harbour.example": [(10, "mx.harbour.example")]},
        reverse={"1.2.0.192.in-addr.arpa": ["mx.harbour.example"]},
    )
    assert checked(zone=zone, peer="192.0.2.1").spf is Verdict.PASS
    assert len(zone.asked) >= 2


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (b"v=spf1 ~all", Verdict.FAIL),
        (b"v=spf1 ?all", Verdict.NONE),
        (b"v=spf1 nonsense -all", Verdict.NONE),
        (b"v=spf1 include:harbour.example", Verdict.NONE),
        (b"v=spf1 " + b"x" * 5000, Verdict.NONE),
        (b"no spf at all", Verdict.NONE),
        (b"v=spf1 exists:%{", Verdict.NONE),
        (b"v=spf1 a:\xff\xfe -all", Verdict.NONE),
    ],
)
def test_spf_record_gives_its_verdict(record, verdict):
    assert checked(zone=Zone({"harbour.example": [record]})).spf is verdict


def test_spf_chain_of_more_than_ten_look_ups_is_no_pass():
    chain = {
        f"s{number}.example": [b"v=spf1 include:s%d.example -all" % (number + 1)] for number in range(30)
    }
    zone = Zone(chain, {"harbour.example": [b"v=spf1 include:s0.example +all"]})
    assert checked(zone=zone).spf is Verdict.NONE
    assert len([name for _, name in zone.asked if name.startswith("s")]) <= 10


def test_spf_of_many_exchanges_asks_a_bounded_number_of_questions():
    exchanges = {
        f"d{number}.example": [(1, f"m{index}.d{number}.example") for index in range(10)]
        for number in range(9)
    }
    addresses = {name: ["198.51.100.1"] for records in exchanges.values() for _, name in records}
    record = b"v=spf1 " + b" ".join(b"mx:d%d.example" % number for number in range(9)) + b" -all"
    zone = Zone({"harbour.example": [record]}, exchanges=exchanges, addresses=addresses)
    checked(zone=zone)
    assert len(zone.asked) <= 60


def test_spf_check_leaves_the_globals_of_its_library_alone():
    before = {name: value for name, value in vars(spf).items() if not name.startswith("__")}
    threads = [threading.Thread(target=checked, kwargs={"zone": Zone(DMARC, SPF)}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert {name: value for name, value in vars(spf).items() if not name.startswith("__")} == before


@pytest.mark.parametrize(
    "peer", ["", "list", "list6", "unix socket", "999.1.1.1", "2001:db8::1", "fe80::1%eth0"]
)
def test_odd_peer_never_passes(peer):
    assert checked(zone=Zone(DMARC, SPF), peer=peer).spf is not Verdict.PASS


@pytest.mark.parametrize(
    "reverse_path", ["", "<>", "@", "a@", "@b", "a@b@c", "\x00@\xff", "a" * 10_000, "%{d}@%{i}"]
)
@pytest.mark.parametrize("helo", ["", "[192.0.2.1]", "\xff", ".", "a" * 10_000, "%{l}"])
def test_odd_envelope_never_raises(reverse_path, helo):
    assert checked(zone=Zone(DMARC, SPF), helo=helo, reverse_path=reverse_path).spf is not Verdict.PASS


# DMARC


def test_domain_without_record_has_no_dmarc_verdict():
    found = checked(signed(), Zone(keys()))
    assert (found.dkim, found.dmarc) == (Verdict.PASS, Verdict.NONE)


def test_subdomain_aligns_where_the_record_is_relaxed():
    zone = Zone({"_dmarc.harbour.example": [b"v=DMARC1; p=none"]}, keys("mail.harbour.example"))
    assert checked(signed(domain=b"mail.harbour.example"), zone).dmarc is Verdict.PASS


def test_subdomain_does_not_align_where_the_record_is_strict():
    zone = Zone({"_dmarc.harbour.example": [b"v=DMARC1; p=none; adkim=s"]}, keys("mail.harbour.example"))
    assert checked(signed(domain=b"mail.harbour.example"), zone).dmarc is Verdict.FAIL


def test_author_in_a_subdomain_is_judged_by_the_organisations_record():
    raw = signed(MAIL.replace(b"li.na@harbour", b"li.na@ops.harbour"))
    found = checked(raw, Zone(DMARC, keys()))
    assert (found.domain, found.dmarc) == ("ops.harbour.example", Verdict.PASS)


def test_domain_with_a_hyphen_is_not_cut():
    raw = signed(
        MAIL.replace(b"@harbour.example>\r\nTo", b"@har-bour.example>\r\nTo"), domain=b"har-evil.example"
    )
    zone = Zone({"_dmarc.har-bour.example": [b"v=DMARC1; p=reject"]}, keys("har-evil.example"))
    found = checked(raw, zone)
    assert (found.domain, found.dkim, found.dmarc) == ("har-bour.example", Verdict.PASS, Verdict.FAIL)


def test_neighbours_below_a_public_suffix_do_not_align():
    raw = signed(MAIL.replace(b"li.na@harbour.example", b"li.na@harbour.co.uk"), domain=b"evil.co.uk")
    records = {"_dmarc.co.uk": [b"v=DMARC1; p=reject"], "_dmarc.harbour.co.uk": [b"v=DMARC1; p=reject"]}
    zone = Zone(records, keys("evil.co.uk"))
    assert checked(raw, zone).dmarc is Verdict.FAIL


def test_record_of_a_registry_holds_for_names_below_it():
    zone = Zone({"_dmarc.example": [b"v=DMARC1; p=reject; psd=y"]}, keys())
    assert checked(signed(), zone).dmarc is Verdict.PASS
    assert checked(zone=zone).dmarc is Verdict.FAIL


def test_independent_subdomain_does_not_align_with_its_parent():
    zone = Zone(
        {
            "_dmarc.harbour.example": [b"v=DMARC1; p=reject"],
            "_dmarc.shop.harbour.example": [b"v=DMARC1; p=none; psd=n"],
        },
        keys("shop.harbour.example"),
    )
    assert checked(signed(domain=b"shop.harbour.example"), zone).dmarc is Verdict.FAIL


@pytest.mark.parametrize(
    ("domain", "records", "organisation"),
    [
        ("a.b.harbour.example", {"harbour.example": ""}, "harbour.example"),
        ("a.b.harbour.example", {"b.harbour.example": "", "harbour.example": ""}, "harbour.example"),
        ("a.b.harbour.example", {"b.harbour.example": "psd=n", "harbour.example": ""}, "b.harbour.example"),
        ("a.b.harbour.example", {"harbour.example": "psd=y"}, "b.harbour.example"),
        ("harbour.example", {"harbour.example": "psd=y"}, "harbour.example"),
        ("harbour.example", {"harbour.example": "", "example": "psd=y"}, "harbour.example"),
        ("a.harbour.co.uk", {"co.uk": ""}, "harbour.co.uk"),
        ("a.harbour.example", {}, "a.harbour.example"),
        ("1.2.3.4.5.6.7.8.9.harbour.example", {"harbour.example": ""}, "harbour.example"),
    ],
)
def test_organisational_domain_is_found_by_the_tree_walk(domain, records, organisation):
    zone = Zone({f"_dmarc.{name}": [f"v=DMARC1; p=none; {tags}".encode()] for name, tags in records.items()})
    assert dmarc_check.organisational(domain, zone) == organisation
    assert len(zone.asked) <= 8


@pytest.mark.parametrize(
    "records",
    [[b"v=DMARC1; p=none", b"v=DMARC1; p=reject"], [b"v=DMARC12; p=none"], [b"p=none; v=DMARC1"], [b"spam"]],
)
def test_record_that_is_not_one_dmarc_record_is_none(records):
    assert checked(signed(), Zone({"_dmarc.harbour.example": records}, keys())).dmarc is Verdict.NONE


# The DNS does not answer


def test_dns_down_makes_everything_unknown():
    found = checked(signed(), Zone(down=("*",)))
    assert found == Authentication(
        Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN, "harbour.example", "door"
    )


def test_key_that_cannot_be_asked_makes_dmarc_unknown():
    found = checked(signed(), Zone(DMARC, down=("s1._domainkey.harbour.example",)))
    assert (found.dkim, found.dmarc) == (Verdict.UNKNOWN, Verdict.UNKNOWN)


def test_spf_that_cannot_be_asked_makes_dmarc_unknown():
    found = checked(zone=Zone(DMARC, down=("harbour.example",)))
    assert (found.spf, found.dmarc) == (Verdict.UNKNOWN, Verdict.UNKNOWN)


def test_silent_dns_of_a_stranger_does_not_save_a_forged_mail():
    raw = signed(domain=b"evil.example")
    zone = Zone(DMARC, down=("s1._domainkey.evil.example", "evil.example"))
    found = checked(raw, zone, reverse_path="x@evil.example")
    assert (found.spf, found.dkim, found.dmarc) == (Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.FAIL)


def test_aligned_pass_counts_although_another_check_is_unknown():
    assert checked(signed(), Zone(DMARC, keys(), down=("harbour.example",))).dmarc is Verdict.PASS


# A trusted hop's word

HOP = b"Authentication-Results: mx.edge.example; spf=pass smtp.mailfrom=li.na@harbour.example;\r\n dkim=pass header.d=harbour.example; dmarc=pass header.from=harbour.example\r\n"


def test_trusted_hops_verdicts_are_read():
    found = from_trusted_hop(HOP + MAIL, authserv_id="mx.edge.example")
    assert found == Authentication(
        Verdict.PASS, Verdict.PASS, Verdict.PASS, "harbour.example", "mx.edge.example"
    )


@pytest.mark.parametrize(
    "name",
    [
        b"mx.evil.example",
        b"mx.edge.example.evil.example",
        b"mx.edge",
        b"(mx.edge.example) evil.example",
        b"edge.example",
    ],
)
def test_results_of_another_name_are_ignored(name):
    found = from_trusted_hop(HOP.replace(b"mx.edge.example", name) + MAIL, authserv_id="mx.edge.example")
    assert found == Authentication(domain="harbour.example", source="mx.edge.example")


def test_only_the_topmost_results_of_the_hop_count():
    below = b"Received: from evil.example\r\n" + HOP
    top = HOP.replace(b"dmarc=pass", b"dmarc=fail")
    assert from_trusted_hop(top + below + MAIL, authserv_id="mx.edge.example").dmarc is Verdict.FAIL


def test_broken_topmost_results_do_not_uncover_forged_ones():
    top = b"Authentication-Results: mx.edge.example; dmarc=(((\r\n"
    found = from_trusted_hop(top + HOP + MAIL, authserv_id="mx.edge.example")
    assert found.dmarc is Verdict.UNKNOWN


def test_results_for_another_author_do_not_count():
    raw = HOP.replace(b"header.from=harbour", b"header.from=evil") + MAIL
    assert from_trusted_hop(raw, authserv_id="mx.edge.example").dmarc is Verdict.UNKNOWN


def test_results_for_two_authors_do_not_count():
    raw = HOP + b"From: x@evil.example\r\n" + MAIL
    assert from_trusted_hop(raw, authserv_id="mx.edge.example").dmarc is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (b"fail", Verdict.FAIL),
        (b"none", Verdict.NONE),
        (b"temperror", Verdict.UNKNOWN),
        (b"bestguesspass", Verdict.UNKNOWN),
    ],
)
def test_hops_result_gives_its_verdict(result, verdict):
    raw = HOP.replace(b"dmarc=pass", b"dmarc=" + result) + MAIL
    assert from_trusted_hop(raw, authserv_id="mx.edge.example").dmarc is verdict


def test_hop_without_results_leaves_everything_unknown():
    raw = b"Authentication-Results: mx.edge.example; none\r\n" + MAIL
    found = from_trusted_hop(raw, authserv_id="mx.edge.example")
    assert (found.dkim, found.dmarc) == (Verdict.NONE, Verdict.UNKNOWN)


def judged(raw, peer):
    return judge(
        raw, peer=peer, helo="h.example", reverse_path="li.na@harbour.example",
        hops={"198.51.100.7": "mx.edge.example"}, resolver=Zone(DMARC, SPF),
    )  # fmt: skip


def test_listed_peer_is_believed():
    assert judged(HOP + MAIL, "198.51.100.7").source == "mx.edge.example"
    assert judged(HOP + MAIL, "::ffff:198.51.100.7").dmarc is Verdict.PASS


def test_results_forged_by_another_peer_are_ignored():
    found = judged(HOP + MAIL, "203.0.113.9")
    assert (found.source, found.dmarc) == ("door", Verdict.FAIL)


# Hostile bytes


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\r\n", b"\x00" * 1000, b"From", b" folded: first\r\n\r\n", b"From: a@b.example\r\nno colon\r\n\r\nx",
        b"DKIM-Signature: v=1\r\n" + MAIL, b"DKIM-Signature:\r\n" + MAIL, b"DKIM-Signature: ;;;=\r\n" + MAIL,
        b"DKIM-Signature: v=1; a=rsa-sha256; d=harbour.example; s=s1; h=from; bh=!; b=!\r\n" + MAIL,
        b"DKIM-Signature: v=1; a=rsa-sha256; d=\xff; s=\xff; h=from; bh=AAAA; b=AAAA\r\n" + MAIL,
        b"DKIM-Signature: v=1; a=rsa-sha256; d=harbour.example; h=from; bh=AAAA; b=AAAA\r\n" + MAIL,
        b"DKIM-Signature: v=1; a=rsa-sha256; c=x/y/z; d=harbour.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n" + MAIL,
        b"Authentication-Results: " + b"(" * 5000 + b"\r\n" + MAIL,
        b"Authentication-Results: mx.edge.example" + b";" * 5000 + b"\r\n" + MAIL,
    ],
)  # fmt: skip
def test_odd_mail_never_raises_and_never_passes(raw):
    assert checked(raw, Zone(DMARC, keys())).dmarc is not Verdict.PASS
    assert from_trusted_hop(raw, authserv_id="mx.edge.example").dmarc is Verdict.UNKNOWN


SIGNATURE = (
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/%s; d=harbour.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n"
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("form", [b"simple", b"relaxed"])
@pytest.mark.parametrize(
    "body",
    [
        b" " * 3_000_000,
        b"\r\n" * 1_500_000 + b"x",
        b" \t" * 1_500_000 + b"x",
        b"\r\n" * 1_500_000,
        b"x \r\n" * 500_000,
    ],
)
def test_body_of_white_space_is_checked_without_hanging(body, form):
    assert checked(SIGNATURE % form + MAIL + body, Zone(DMARC, keys())).dkim is Verdict.FAIL


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "top",
    [
        b"DKIM-Signature: v=1; a=rsa-sha256; d=harbour.example; s=s1; h=from; bh=AAAA; b"
        + b" " * 90_000
        + b"x\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=harbour.example; s=s1; h=from; bh=A; b="
        + b"A A" * 900
        + b"\x00\r\n",
        SIGNATURE % b"simple" * 5000,
        SIGNATURE % b"simple" + b"X: y\r\n" + b" z\r\n" * 500_000,
        b"Authentication-Results: mx.edge.example; " + b"a=b " * 20_000 + b"\r\n",
    ],
)
def test_header_bomb_is_checked_without_hanging(top):
    assert checked(top + MAIL, Zone(DMARC, keys())).dmarc is not Verdict.PASS
    assert from_trusted_hop(top + MAIL, authserv_id="mx.edge.example").dmarc is not Verdict.PASS


@given(st.binary(max_size=400), st.binary(max_size=200))
def test_any_bytes_are_judged(head, record):
    zone = Zone(
        {
            "harbour.example": [record],
            "_dmarc.harbour.example": [record],
            "s1._domainkey.harbour.example": [record],
        }
    )
    for raw in (
        head,
        head + SIGNATURE % b"simple" + MAIL,
        MAIL + head,
        b"Authentication-Results: mx.edge.example" + head,
    ):
        assert checked(raw, zone).source == "door"
        assert from_trusted_hop(raw, authserv_id="mx.edge.example").source == "mx.edge.example"
