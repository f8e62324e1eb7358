"""Whether a mail's author looks like somebody else, from what is registered here."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gateway.mail import address, lookalike
from gateway.mail.message import Mailbox
from gateway.store.queries import resembling
from gateway.store.queries.agreements import Party

NAME_OF_ENGINEER = "name-of-engineer"
NAME_OF_CONTACT = "name-of-contact"
NAME_IS_ADDRESS = "name-is-address"
NAME_HIDES = "name-hides"
DOMAIN_RESEMBLES = "domain-resembles"


def marks(session: Session, author: Mailbox, *, party: Party | None, own_addresses: frozenset[str],
          colleague: bool) -> tuple[str, ...]:  # fmt: skip
    """Why an author could be taken for somebody else, each as `code:whom`; empty for an ordinary one.

    A registered contact and an engineer are who they are; whether the mail is theirs is another question.
    """
    if colleague or not author.address:
        return ()
    found = []
    if lookalike.hides(author.name):
        found.append(f"{NAME_HIDES}:")
    if lookalike.claims_address(author.name, author.address):
        found.append(f"{NAME_IS_ADDRESS}:")
    if not (party and party.known_contact):
        found += _names(session, author, registered=party is not None)
    if party is None:
        found += _domains(session, address.domain_of(author.address), own_addresses)
    return tuple(found)


def _names(session: Session, author: Mailbox, *, registered: bool) -> list[str]:
    seen = lookalike.as_seen(author.name)
    if not seen:
        return []
    for name, email in resembling.engineers(session):
        if lookalike.as_seen(name) == seen and address.normalise(email) != address.normalise(author.address):
            return [f"{NAME_OF_ENGINEER}:{name}"]
    if registered:  # two people of one company may share a name
        return []
    people = resembling.contacts_called(session, {seen, author.name.lower()})
    return [f"{NAME_OF_CONTACT}:{name}" for name, _ in people[:1]]


def _domains(session: Session, domain: str, own_addresses: frozenset[str]) -> list[str]:
    if not domain:
        return []
    ours = sorted({address.domain_of(each) for each in own_addresses})
    known = [*ours, *resembling.domains_about(session, lookalike.seen_length(domain))]
    if domain in known:
        return []
    found = next((each for each in known if lookalike.resembles(domain, each)), None)
    return [f"{DOMAIN_RESEMBLES}:{found}"] if found else []
