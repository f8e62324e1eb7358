"""Whether a mail's author is who it says: checked by us, or on a trusted hop's word.

Nothing here raises on any bytes. Callers compare `Authentication.domain` with the domain they act on: both come from
the one reading of addresses in `mailboxes.py`.
Source: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 9989 (DMARC), RFC 8601 (Authentication-Results).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.mail import address, dkim_check, dmarc_check, hop_results, mailboxes, spf_check
from gateway.mail import header as headers
from gateway.mail.header import Header
from gateway.mail.trust import Authentication, Identifier, Resolver, Verdict


def judge(
    raw: bytes, *, peer: str, helo: str, reverse_path: str, hops: Mapping[str, str], resolver: Resolver
) -> Authentication:
    """The verdicts on one mail: a trusted hop's where the peer is one, else our own.

    Shape: `hops` maps a peer's address to its authserv-id.
    """
    hop = hops.get(_plain_peer(peer))
    if hop:
        return from_trusted_hop(raw, authserv_id=hop)
    return check(raw, peer=peer, helo=helo, reverse_path=reverse_path, resolver=resolver)


def check(raw: bytes, *, peer: str, helo: str, reverse_path: str, resolver: Resolver) -> Authentication:
    """Our own verdicts, for the peer that handed us the mail; unknown where the DNS does not answer."""
    header = headers.split(raw, lenient=True)
    author = author_domain(header)
    spf = spf_check.check(_plain_peer(peer), helo, reverse_path, resolver)
    dkim = dkim_check.check(raw, header, author, resolver)
    dmarc = dmarc_check.check(author, spf=spf, dkim=dkim, resolver=resolver) if author else Verdict.UNKNOWN
    return Authentication(spf.verdict, _best(dkim), dmarc, author, "door")


def from_trusted_hop(raw: bytes, *, authserv_id: str) -> Authentication:
    """The verdicts of the hop that calls itself `authserv_id`; every other Authentication-Results is ignored."""
    header = headers.split(raw, lenient=True)
    return hop_results.read(header, author_domain(header), authserv_id)


def author_domain(header: Header) -> str:
    """The domain of the one author; empty where From is absent, odd, or names several.

    >>> author_domain(headers.split(b"From: Li <li@Desk.example>\\r\\n\\r\\n"))
    'desk.example'
    """
    fields = header.every("from")
    authors = mailboxes.read(headers.plain(fields[0])) if len(fields) == 1 else ()
    return address.domain_of(authors[0].address) if len(authors) == 1 else ""


def _best(signatures: Sequence[Identifier]) -> Verdict:
    """One verdict for all signatures: any pass, else any that could not be checked."""
    found = {signature.verdict for signature in signatures}
    for verdict in (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL):
        if verdict in found:
            return verdict
    return Verdict.NONE


def _plain_peer(peer: str) -> str:
    """A peer's address as it is configured: IPv4 out of its IPv6 form, without a zone.

    >>> _plain_peer("::ffff:192.0.2.1")
    '192.0.2.1'
    """
    bare = peer.strip("[] ").partition("%")[0]
    return bare[7:] if bare.lower().startswith("::ffff:") and "." in bare else bare
