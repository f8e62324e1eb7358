"""Time that does not count: entered, ended, struck, proposed, contested; who may, and what follows at once (P11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.domain import sla
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Status
from gateway.domain.terms import DEFAULT_TERMS
from gateway.services import KEPT
from gateway.store.models import Alarm, Appointment, Ticket, TicketEvent
from gateway.store.queries import evidence
from gateway.tickets import NotFound, Refused, contesting, excluding, handling, log
from gateway.tickets.claims import Claim
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

DOCUMENT = Proof("document", "Carrier's report 4711")


def hours(count: float) -> datetime:
    return MONDAY + timedelta(hours=count)


def a_claim(start: float = 1, end: float | None = 3, *, reason: Reason = Reason.THIRD_PARTY, proof: Proof = DOCUMENT,
            words: str = "The carrier's fibre was cut.") -> Claim:  # fmt: skip
    """A stretch from the first to the third hour of the ticket."""
    return Claim(reason, hours(start), hours(end) if end is not None else None, proof, words)


class Office:
    """A desk at noon of ticket 1001's day: medium, opened four hours ago; an engineer and a manager."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.chen = an_engineer()
        self.manager = an_engineer("Wu Lan", role="manager")
        desk.add(a_customer(), self.chen, self.manager)
        desk.walk(a_mail(), authentication=PASSED)
        desk.clock.at = hours(4)

    def do(self, verb: Callable[..., object], **how: object) -> object:
        """Do something to ticket 1001 as the engineer, at the clock's instant."""
        with self.desk.services.transaction() as session:
            told = {"author": self.chen, "at": self.desk.clock()} | how
            return verb(session, self.desk.head, told.pop("ticket_id", 1001), **told)

    def enter(self, claim: Claim | None = None, **how: object) -> str:
        return str(self.do(excluding.enter, claim=claim or a_claim(), **how))

    def propose(self, claim: Claim | None = None) -> str:
        with self.desk.services.transaction() as session:
            return excluding.propose(
                session, self.desk.head, 1001, claim=claim or a_claim(words=""), at=self.desk.clock()
            )

    def contest(self, exclusion: str = "x1", words: str = "The carrier was back at two.") -> None:
        with self.desk.services.transaction() as session:
            contesting.contest(
                session, self.desk.head, 1001, exclusion=exclusion, words=words, at=self.desk.clock()
            )

    @property
    def ticket(self) -> Ticket:
        return self.desk.tickets()[0]

    @property
    def extra(self) -> timedelta:
        """How much later than agreed the resolution is due."""
        return self.ticket.resolution_due_at - hours(24)

    def last(self) -> TicketEvent:
        return self.desk.events(1001)[-1]

    def alarm(self, percent: int) -> datetime:
        with self.desk.services.reading() as session:
            wanted = sa.select(Alarm.due_at).where(Alarm.target == "resolution", Alarm.percent == percent)
            return session.scalars(wanted.where(Alarm.kind == "rung")).one()

    def undecided(self) -> list[tuple[int, list[str]]]:
        with self.desk.services.reading() as session:
            return [(ticket.id, names) for ticket, names in evidence.undecided(session)]

    def keep(self, key: str) -> datetime | None:
        with self.desk.services.transaction() as session:
            return KEPT[contesting.REVIEW](session, self.desk.head, key, self.desk.clock())


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


# Entering.


def test_excluded_time_moves_both_due_instants_and_the_alarms_at_once(office: Office) -> None:
    assert office.enter() == "x1"
    assert office.ticket.first_response_due_at == hours(6)
    assert office.ticket.resolution_due_at == hours(26)
    assert office.alarm(50) == hours(14)


def test_entry_says_who_why_when_and_by_which_proof(office: Office) -> None:
    office.enter()
    entry = office.last()
    assert (entry.kind, entry.actor, entry.words) == (
        "excluded",
        f"engineer:{office.chen.id}",
        "The carrier's fibre was cut.",
    )
    assert entry.at == entry.recorded_at == hours(4)
    assert {name: entry.data[name] for name in ("id", "start", "end", "reason", "proof")} == {
        "id": "x1",
        "start": "2026-03-02T02:00:00+00:00",
        "end": "2026-03-02T04:00:00+00:00",
        "reason": "third-party",
        "proof": {"kind": "document", "reference": "Carrier's report 4711"},
    }


def test_stretches_that_overlap_count_once(office: Office) -> None:
    office.enter(a_claim(1, 3))
    assert office.enter(a_claim(2, 4, reason=Reason.AWS)) == "x2"
    assert office.extra == timedelta(hours=3)


def test_same_stretch_entered_twice_is_entered_once(office: Office) -> None:
    assert (office.enter(), office.enter()) == ("x1", "x1")
    assert [row.kind for row in office.desk.events(1001)].count("excluded") == 1


def test_struck_stretch_can_be_entered_again(office: Office) -> None:
    office.enter()
    office.do(excluding.strike, exclusion="x1", words="Wrong day.")
    assert office.enter() == "x2"
    assert office.extra == timedelta(hours=2)


def test_open_stretch_rests_the_clocks_until_it_is_ended(office: Office) -> None:
    office.enter(a_claim(3, None))
    with office.desk.services.reading() as session:
        rows = session.scalars(sa.select(Alarm).where(Alarm.kind == "rung")).all()
    assert rows == []
    office.desk.clock.at = hours(7)
    office.do(excluding.end, exclusion="x1", end=hours(6))
    assert office.extra == timedelta(hours=3)
    assert office.alarm(100) == hours(27)


def test_late_stretch_withdraws_a_breach(office: Office) -> None:
    office.desk.clock.at = hours(5)
    office.do(handling.reply, text="We look into it.")
    assert office.ticket.first_response_at > office.ticket.first_response_due_at  # type: ignore[operator]
    office.desk.clock.at = hours(30)
    office.enter(a_claim(1, 3))
    with office.desk.services.reading() as session:
        standing = sla.standing(log.events(session, 1001), DEFAULT_TERMS)
    assert standing.first_response.breached_at(hours(30)) is None


def test_closed_ticket_gets_and_loses_a_stretch_late(office: Office) -> None:
    office.do(handling.reply, text="Restarted.", then=Status.RESOLVED)
    office.do(handling.change_status, status=Status.CLOSED)
    office.desk.clock.pass_(days=40)
    office.enter()
    assert (office.ticket.status, office.extra) == ("closed", timedelta(hours=2))
    office.do(excluding.strike, exclusion="x1", words="Wrong ticket.")
    assert (office.ticket.status, office.extra) == ("closed", timedelta())


def test_entering_tells_the_customer_nothing_by_mail(office: Office) -> None:
    before = len(office.desk.letters())
    office.enter()
    assert len(office.desk.letters()) == before


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (a_claim(3, 1), "an exclusion ends after it begins"),
        (a_claim(3, 3), "an exclusion ends after it begins"),
        (a_claim(3, 5), "an exclusion lies in the past"),
        (a_claim(5, None), "an exclusion lies in the past"),
        (a_claim(-3, -1), "that was before the ticket was opened"),
        (a_claim(-3, 0), "that was before the ticket was opened"),
        (a_claim(-9000, 1), "at most a year before"),
        (a_claim(words=" "), "an exclusion needs an explanation"),
        (a_claim(proof=Proof("case", "  ")), "an exclusion needs a proof"),
        (a_claim(proof=Proof("case", "9" * 501)), "an exclusion needs a proof"),
        (a_claim(proof=Proof("hearsay", "x")), "that is no kind of proof"),
        (a_claim(proof=Proof("message", "77")), "the proof names no message of this ticket"),
        (a_claim(proof=Proof("message", "-1")), "the proof names no message of this ticket"),
        (a_claim(proof=Proof("message", "9" * 30)), "the proof names no message of this ticket"),
        (a_claim(proof=Proof("notice", "1")), "the proof names no notice that was told to this customer"),
        (a_claim(reason=Reason.MAINTENANCE), "maintenance is proposed from its notice, not entered by hand"),
    ],
)
def test_stretch_that_makes_no_sense_is_refused(office: Office, claim: Claim, why: str) -> None:
    with pytest.raises(Refused, match=why):
        office.enter(claim)
    assert (office.last().kind, office.extra) == ("opened", timedelta())


def test_stretch_that_began_before_the_opening_counts_from_the_opening(office: Office) -> None:
    office.enter(a_claim(-3, 1))
    assert office.extra == timedelta(hours=1)


def test_stretch_may_end_this_very_instant(office: Office) -> None:
    office.enter(a_claim(1, 4))
    assert office.extra == timedelta(hours=3)


def test_closed_ticket_gets_no_stretch_without_an_end(office: Office) -> None:
    office.do(handling.reply, text="Restarted.", then=Status.RESOLVED)
    office.do(handling.change_status, status=Status.CLOSED)
    with pytest.raises(Refused, match="has an end"):
        office.enter(a_claim(1, None))


def test_message_of_the_ticket_proves(office: Office) -> None:
    message = office.desk.messages(1001)[0]
    office.enter(a_claim(reason=Reason.CUSTOMER, proof=Proof("message", str(message.id))))
    assert office.last().data["proof"] == {"kind": "message", "reference": str(message.id)}


def test_message_of_another_ticket_proves_nothing(office: Office) -> None:
    office.desk.walk(a_mail("Else.\n", subject="VPN", message_id="m9@harbour.example"), authentication=PASSED)
    other = office.desk.messages(1002)[0]
    with pytest.raises(Refused, match="no message of this ticket"):
        office.enter(a_claim(proof=Proof("message", str(other.id))))


def test_work_note_proves_nothing_to_the_customer(office: Office) -> None:
    note = office.do(handling.note, text="They went home.")
    with pytest.raises(Refused, match="proves nothing"):
        office.enter(a_claim(proof=Proof("message", str(note.id))))  # type: ignore[attr-defined]


def test_unknown_ticket_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        office.enter(ticket_id=4711)


# Ending and striking.


def test_ended_stretch_is_not_ended_again(office: Office) -> None:
    office.enter()
    with pytest.raises(Refused, match="has ended"):
        office.do(excluding.end, exclusion="x1", end=hours(2))


def test_stretch_does_not_end_before_it_began(office: Office) -> None:
    office.enter(a_claim(3, None))
    with pytest.raises(Refused, match="ends after it begins"):
        office.do(excluding.end, exclusion="x1", end=hours(2))


@pytest.mark.parametrize("verb", ["end", "strike"])
@pytest.mark.parametrize("name", ["x9", "p1", "", "x", "1"])
def test_unknown_exclusion_is_not_found(office: Office, verb: str, name: str) -> None:
    how = {"end": hours(2)} if verb == "end" else {"words": "Wrong."}
    with pytest.raises(NotFound):
        office.do(getattr(excluding, verb), exclusion=name, **how)


def test_striking_needs_a_reason(office: Office) -> None:
    office.enter()
    with pytest.raises(Refused, match="needs a reason"):
        office.do(excluding.strike, exclusion="x1", words=" ")


def test_struck_stretch_is_struck_once(office: Office) -> None:
    office.enter()
    office.do(excluding.strike, exclusion="x1", words="Wrong day.")
    with pytest.raises(Refused, match="was struck"):
        office.do(excluding.strike, exclusion="x1", words="Wrong day.")


def test_wait_that_began_by_itself_can_be_struck(office: Office) -> None:
    office.do(handling.reply, text="Which page?", then=Status.WAITING_CUSTOMER)
    office.desk.clock.pass_(hours=5)
    asked = office.desk.letters("reply")[0].message_id
    office.desk.walk(
        a_mail("All of them.\n", message_id="m2@harbour.example", in_reply_to=asked), authentication=PASSED
    )
    assert office.extra == timedelta(hours=5)
    office.do(excluding.strike, exclusion="w1", words="The first mail said it already.")
    assert office.extra == timedelta()


def test_wait_that_still_lasts_can_be_struck_and_the_alarms_return(office: Office) -> None:
    office.do(handling.reply, text="Which page?", then=Status.WAITING_CUSTOMER)
    office.do(excluding.strike, exclusion="w1", words="We knew it.")
    assert office.alarm(100) == hours(24)


def test_wait_is_not_ended_by_hand(office: Office) -> None:
    office.do(handling.reply, text="Which page?", then=Status.WAITING_CUSTOMER)
    with pytest.raises(Refused, match="began by itself"):
        office.do(excluding.end, exclusion="w1", end=hours(4.5), at=hours(5))


# Proposals.


def test_proposed_time_counts_until_somebody_accepts_it(office: Office) -> None:
    assert office.propose() == "p1"
    assert (office.extra, office.last().actor) == (timedelta(), "system")
    assert office.do(excluding.accept, proposal="p1") == "x1"
    assert office.extra == timedelta(hours=2)


def test_accepted_proposal_has_the_engineer_as_author_and_keeps_its_proof(office: Office) -> None:
    office.propose(
        a_claim(
            reason=Reason.AWS,
            proof=Proof("health-event", "arn:aws:health:eu-west-1::event/EC2/1"),
            words="EC2 down.",
        )
    )
    office.do(excluding.accept, proposal="p1")
    entry = office.last()
    assert (entry.actor, entry.words, entry.data["proposal"]) == (
        f"engineer:{office.chen.id}",
        "EC2 down.",
        "p1",
    )
    assert entry.data["proof"]["reference"] == "arn:aws:health:eu-west-1::event/EC2/1"


def test_maintenance_counts_as_proposed_and_accepted(office: Office) -> None:
    office.propose(a_claim(reason=Reason.MAINTENANCE, words=""))
    office.do(excluding.accept, proposal="p1")
    assert office.extra == timedelta(hours=2)


def test_declined_proposal_counts_and_is_decided(office: Office) -> None:
    office.propose()
    office.do(excluding.decline, proposal="p1", words="It hit another region.")
    assert (office.extra, office.undecided()) == (timedelta(), [])
    with pytest.raises(Refused, match="is decided"):
        office.do(excluding.accept, proposal="p1")


def test_accepted_proposal_is_accepted_once(office: Office) -> None:
    office.propose()
    office.do(excluding.accept, proposal="p1")
    with pytest.raises(Refused, match="is decided"):
        office.do(excluding.accept, proposal="p1")
    with pytest.raises(NotFound):
        office.do(excluding.accept, proposal="p2")


def test_same_proposal_is_made_once_whatever_became_of_it(office: Office) -> None:
    office.propose()
    office.do(excluding.decline, proposal="p1")
    assert office.propose() == "p1"
    assert office.undecided() == []


def test_newer_proposal_of_the_same_cause_takes_the_place_of_the_older(office: Office) -> None:
    office.propose(a_claim(1, None))
    assert office.propose(a_claim(1, 2)) == "p2"
    assert office.undecided() == [(1001, ["p2"])]
    with pytest.raises(Refused, match="is decided"):
        office.do(excluding.accept, proposal="p1")


def test_proposals_wait_for_review_until_they_are_decided(office: Office) -> None:
    office.propose()
    assert office.undecided() == [(1001, ["p1"])]
    office.do(excluding.accept, proposal="p1")
    assert office.undecided() == []


# Contesting.


def test_contested_stretch_stands_until_a_manager_strikes_it(office: Office) -> None:
    office.enter()
    office.contest()
    assert (office.extra, office.undecided()) == (timedelta(hours=2), [(1001, ["x1"])])
    office.do(excluding.strike, exclusion="x1", words="The customer is right.", author=office.manager)
    assert (office.extra, office.undecided()) == (timedelta(), [])


def test_contested_stretch_is_not_an_engineers_to_decide(office: Office) -> None:
    office.enter()
    office.contest()
    for verb in (excluding.strike, contesting.uphold):
        with pytest.raises(Refused, match="only a manager"):
            office.do(verb, exclusion="x1", words="No.")
    assert office.undecided() == [(1001, ["x1"])]


def test_upheld_stretch_stands_and_is_decided(office: Office) -> None:
    office.enter()
    office.contest()
    office.do(contesting.uphold, exclusion="x1", words="The report shows it.", author=office.manager)
    assert (office.extra, office.undecided(), office.last().words) == (
        timedelta(hours=2),
        [],
        "The report shows it.",
    )
    with pytest.raises(Refused, match="not under review"):
        office.do(contesting.uphold, exclusion="x1", words="Again.", author=office.manager)
    with pytest.raises(Refused, match="contested before"):
        office.contest()


def test_contest_is_the_customers_and_names_who_entered_it(office: Office) -> None:
    office.enter()
    with office.desk.services.transaction() as session:
        contesting.contest(
            session, office.desk.head, 1001, exclusion="x1", words="No.", at=hours(4), entered_by=office.chen
        )
    entry = office.last()
    assert (entry.actor, entry.data["entered_by"], entry.words) == (
        "customer",
        f"engineer:{office.chen.id}",
        "No.",
    )


def test_contest_is_told_to_management_with_both_reasons(office: Office) -> None:
    office.enter()
    office.contest()
    (letter,) = office.desk.letters("engineer-contested")
    assert letter.recipients == [office.manager.email]
    text = letter.content.decode()
    assert "The carrier's fibre was cut." in text
    assert "The carrier was back at two." in text
    assert "Chen Wei" in text


def test_contest_where_nobody_manages_is_told_to_the_leads(desk: Desk) -> None:
    office = Office(desk)
    with desk.services.transaction() as session:
        session.merge(office.manager).role = "lead"
    office.enter()
    office.contest()
    assert len(desk.letters("engineer-contested")) == 1


@pytest.mark.parametrize("name", ["x7", "p1"])
def test_nothing_to_contest_is_not_found(office: Office, name: str) -> None:
    office.propose()
    with pytest.raises(NotFound):
        office.contest(name)


def test_wait_that_began_by_itself_is_not_contested(office: Office) -> None:
    office.do(handling.reply, text="Which page?", then=Status.WAITING_CUSTOMER)
    with pytest.raises(Refused, match="began by itself"):
        office.contest("w1")


def test_contest_needs_a_reason(office: Office) -> None:
    office.enter()
    with pytest.raises(Refused, match="needs a reason"):
        office.contest(words="  ")


def test_contest_nobody_decides_is_told_again_each_day(office: Office) -> None:
    office.enter()
    office.contest()
    office.desk.clock.pass_(hours=24)
    assert office.keep("1001:x1") == hours(52)
    assert len(office.desk.letters("engineer-contested")) == 2


def test_decided_contest_is_told_no_more(office: Office) -> None:
    office.enter()
    office.contest()
    office.do(contesting.uphold, exclusion="x1", words="Shown.", author=office.manager)
    assert office.keep("1001:x1") is None
    assert len(office.desk.letters("engineer-contested")) == 1


def test_proposal_nobody_decides_stays_in_sight_without_letters(office: Office) -> None:
    office.propose()
    before = len(office.desk.letters())
    assert office.keep("1001:p1") == hours(28)
    assert len(office.desk.letters()) == before
    office.do(excluding.decline, proposal="p1")
    assert office.keep("1001:p1") is None


def test_appointment_of_a_review_is_due_a_day_later(office: Office) -> None:
    office.enter()
    office.contest()
    with office.desk.services.reading() as session:
        row = session.scalars(sa.select(Appointment).where(Appointment.what == contesting.REVIEW)).one()
    assert (row.key, row.due_at) == ("1001:x1", hours(28))


def test_chain_holds_after_everything(office: Office) -> None:
    office.enter()
    office.contest()
    office.propose(a_claim(2, 4, words="Seen by the desk."))
    office.do(excluding.accept, proposal="p1")
    office.do(excluding.strike, exclusion="x2", words="Twice.")
    assert log.broken_link(office.desk.events(1001)) is None
