"""Lets a story happen on a desk, in its order, through the verbs that engineers and customers use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import credits
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Status
from gateway.domain.periods import Kind, Period
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.reporting import producing
from gateway.store.models import (
    Contact,
    Contract,
    CreditCorrection,
    CreditMonth,
    Customer,
    CustomerDomain,
    StoredReport,
    Verdict,
)
from gateway.tickets import closure, excluding, handling, intake, merging
from gateway.tickets.claims import Claim
from tests.builders import an_engineer
from tests.databases import Desk
from tests.reporting.golden.story import Act, Edition, House, Story, Tale


class Player:
    """A desk with the story's customers, an engineer and a manager."""

    def __init__(self, desk: Desk, story: Story) -> None:
        self.desk, self.head, self.story = desk, desk.head, story
        self.engineer, self.manager = an_engineer(), an_engineer("Zhao Min", role="manager")
        customers = {house.key: _customer(house) for house in story.houses}
        desk.add(self.engineer, self.manager, *customers.values())
        self.ids = {key: row.id for key, row in customers.items()}

    def play(self) -> None:
        """Everything, oldest first."""
        script: list[tuple[datetime, int, Callable[[Session, datetime], object]]] = []
        for tale in self.story.tales:
            script.append((tale.opened, 0, self._opening(tale)))
            script += [(act.at, 1, self._acting(tale, act)) for act in tale.acts]
        script += [(at, 2, self._approving(number)) for at, number in self.story.approved]
        script += [(edition.at, 3, self._producing(edition)) for edition in self.story.editions]
        for at, _, do in sorted(script, key=lambda step: step[:2]):
            with self.desk.services.transaction() as session:
                do(session, at)

    def _opening(self, tale: Tale) -> Callable[[Session, datetime], None]:
        def do(session: Session, at: datetime) -> None:
            key = tale.house.key
            request = intake.Request(
                self.ids[key],
                Mailbox("Li Na", f"li@{key}.example"),
                "Reports",
                "They are slow.",
                Priority(tale.level),
            )
            ticket = intake.open_by_hand(session, self.head, request, author=self.engineer, at=at)
            ticket.origin = tale.origin
            assert ticket.id == tale.number

        return do

    def _acting(self, tale: Tale, act: Act) -> Callable[[Session, datetime], None]:
        def do(session: Session, at: datetime) -> None:
            do_act(session, self, tale, act)

        return do

    def _approving(self, number: str) -> Callable[[Session, datetime], None]:
        def do(session: Session, at: datetime) -> None:
            wanted = (
                sa.select(CreditCorrection.id)
                .join(CreditMonth, CreditMonth.id == CreditCorrection.month_id)
                .where(CreditMonth.contract_number == number, CreditCorrection.verdict == Verdict.PROPOSED)
            )
            for found in session.scalars(wanted).all():
                credits.approve(session, found, author=self.manager, at=at)

        return do

    def _producing(self, edition: Edition) -> Callable[[Session, datetime], None]:
        def do(session: Session, at: datetime) -> None:
            produce(session, self.desk, edition)

        return do


def produce(session: Session, desk: Desk, edition: Edition, *, at: datetime | None = None) -> StoredReport:
    """The stored report of an edition, made unless it is there."""
    period = Period(Kind(edition.kind), edition.first, edition.last)
    if edition.kind == "daily":
        period = Period(Kind.DAILY, edition.last, edition.last)
    number = edition.contract.number
    return producing.produce(session, desk.head, number, period, at=at or edition.at)


def do_act(session: Session, player: Player, tale: Tale, act: Act) -> None:
    """One act, by the verb that does it."""
    head, number, at = player.head, tale.number, act.at
    mine: dict[str, Any] = {"author": player.engineer, "at": at}
    person = Mailbox("Li Na", f"li@{tale.house.key}.example")
    if act.what == "answer":
        handling.reply(session, head, number, text="We look into it.", **mine)
    elif act.what == "ask":
        handling.reply(session, head, number, text="Which one?", then=Status.WAITING_CUSTOMER, **mine)
    elif act.what == "resolve":
        handling.change_status(
            session, head, number, status=Status.RESOLVED, text="It is fast again.", **mine
        )
    elif act.what in ("reopen", "close"):
        status = Status.OPEN if act.what == "reopen" else Status.CLOSED
        handling.change_status(session, head, number, status=status, text="As told by telephone.", **mine)
    elif act.what == "confirm":
        assert closure.confirm_by_link(session, head, number, person=person, at=at) == closure.Outcome.DONE
    elif act.what in ("said", "not-fixed"):
        text = f"It is the one of {at.isoformat()}."
        done = closure.not_fixed_by_link(session, head, number, person=person, text=text, at=at)
        assert done == (closure.Outcome.ADDED if act.what == "said" else closure.Outcome.DONE)
    elif act.what == "priority":
        handling.change_priority(
            session, head, number, priority=Priority(act.level), reason="More is hit.", **mine
        )
    elif act.what in ("spam", "withdraw"):
        mine["author"] = player.manager
        as_ = "spam" if act.what == "spam" else "withdrawn"
        handling.mark(session, head, number, as_=as_, reason="As they wrote.", **mine)
    elif act.what == "merge":
        assert act.into is not None
        merging.merge(session, head, number, into=act.into.number, author=player.manager, at=at)
    elif act.what == "strike":
        excluding.strike(session, head, number, exclusion=act.name, words="It did count.", **mine)
    else:
        assert act.what == "exclude" and act.start is not None
        _exclude(session, player, tale, act)


def _exclude(session: Session, player: Player, tale: Tale, act: Act) -> None:
    """Maintenance comes as a proposal that somebody accepts, everything else is entered."""
    assert act.start is not None
    proof = Proof("document", f"Report of {act.start.isoformat()} until {act.end}")
    claim = Claim(Reason(act.reason), act.start, act.end, proof, "It was not ours.")
    if act.reason == "maintenance":
        name = excluding.propose(session, player.head, tale.number, claim=claim, at=act.at)
        excluding.accept(session, player.head, tale.number, proposal=name, author=player.engineer, at=act.at)
    else:
        excluding.enter(session, player.head, tale.number, claim=claim, author=player.engineer, at=act.at)


def _customer(house: House) -> Customer:
    row = Customer(
        reference=house.key, name=house.key.title(), language="en", time_zone=house.zone, active=True
    )
    row.domains = [CustomerDomain(domain=f"{house.key}.example")]
    row.contacts = [Contact(email=f"li@{house.key}.example", name="Li Na", language="", phone="")]
    row.contracts = [
        Contract(number=each.number, version=1, starts_on=each.starts_on, ends_on=each.ends_on, time_zone=house.zone,
                 language="en", currency=each.currency, monthly_fee=each.fee, terms={})
        for each in house.contracts
    ]  # fmt: skip
    return row
