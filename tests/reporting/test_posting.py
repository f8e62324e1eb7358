"""Letters of reports: drawn while nobody waits, put once whatever crashes, to whom the contract names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.domain.periods import Kind
from gateway.mail.message import Attachment
from gateway.reporting.drawing import Drawn
from gateway.reporting.figures import Report
from gateway.store import reports
from gateway.store.models import Contact, MailReport, Outbox, Promise, Suppression
from tests.databases import Desk
from tests.killing import Killed, Steps
from tests.reporting.office import Office, plainly, utc

EVENING = "2026-03-02T10:00"
MEI, OPS = "mei@harbour.example", "ops@harbour.example"
THREE = [f"{name} zh" for name in ("monthly 2026-02", "weekly 2026-W09", "daily 2026-03-02")]


def subjects(office: Office, address: str = MEI) -> list[str]:
    return [subject for to, subject in office.told() if to == address]


def test_managers_of_the_customer_get_the_reports_in_their_language(desk: Desk) -> None:
    office = Office(desk)
    office.run(EVENING)
    assert sorted(subjects(office)) == sorted(THREE)
    assert {to for to, _ in office.told()} == {MEI}


def test_report_is_marked_as_posted_and_nothing_waits(desk: Desk) -> None:
    office = Office(desk)
    office.run(EVENING)
    assert [(row.posted_at, row.due_at) for row in office.rows()] == [(utc(EVENING), None)] * 3
    with desk.services.reading() as session:
        assert not reports.due(session, utc(EVENING))


def test_noted_report_is_due_for_the_slow_queue(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)
    with desk.services.reading() as session:
        assert reports.due(session, utc(EVENING))


def test_recipients_of_the_plan_take_the_place_of_the_managers(desk: Desk) -> None:
    office = Office(desk)
    office.plan(recipients=[{"email": OPS, "language": ""}, {"email": MEI, "language": "en"}])
    office.run(EVENING)
    assert "daily 2026-03-02 en" in subjects(office, OPS)
    assert "daily 2026-03-02 en" in subjects(office, MEI)


def test_same_address_twice_gets_one_letter(desk: Desk) -> None:
    office = Office(desk)
    office.plan(recipients=[{"email": OPS, "language": "en"}, {"email": OPS.upper(), "language": "zh"}])
    office.run(EVENING)
    assert len(office.told()) == 3


def test_month_that_is_not_mailed_is_made_all_the_same(desk: Desk) -> None:
    office = Office(desk)
    office.plan(monthly=False, weekly=False, daily=False)
    office.run(EVENING)
    assert (office.told(), [row.kind for row in office.rows()]) == ([], ["monthly"])
    assert office.rows()[0].figures is not None


def test_report_with_nobody_to_get_it_is_made_and_done(desk: Desk) -> None:
    office = Office(desk)
    with desk.services.transaction() as session:
        session.execute(sa.delete(Contact).where(Contact.email == MEI))
    office.run(EVENING)
    assert office.told() == []
    assert all(row.figures and row.due_at is None for row in office.rows())


def test_uncertain_report_is_left_to_a_person(desk: Desk) -> None:
    office = Office(desk)
    office.run(EVENING)
    assert {row.promise for row in desk.letters("report-daily")} == {Promise.PERSON_DECIDES}


def test_suppressed_reader_gets_no_report(desk: Desk) -> None:
    office = Office(desk)
    report = MailReport(address=MEI, action="failed", proof="smtp", at=utc("2026-03-01T00:00"))
    desk.add(report)
    desk.add(Suppression(address=MEI, reason="hard", report_id=report.id, since=utc("2026-03-01T00:00")))
    office.run(EVENING)
    assert {row.state for row in desk.letters("report-daily")} == {"cancelled"}


def test_languages_are_drawn_once_each(desk: Desk) -> None:
    office, drawn = Office(desk), list[str]()

    def counting(told: Report, language: str, **how: object) -> Drawn:
        drawn.append(f"{told.about.kind} {language}")
        return plainly(told, language, **how)

    office.plan(recipients=[{"email": f"{name}@harbour.example", "language": "en"} for name in "abc"])
    office.keep(EVENING)
    office.posting(draw=counting).drain(desk.clock.at + timedelta(seconds=5))
    assert sorted(drawn) == ["daily en", "monthly en", "weekly en"]


def test_files_travel_with_the_letter(desk: Desk) -> None:
    office = Office(desk)

    def with_file(told: Report, language: str, **how: object) -> Drawn:
        file = Attachment("r.pdf", "application/pdf", b"%PDF-1.7", "0" * 64)
        return Drawn(plainly(told, language, **how).made, (file,))

    office.keep(EVENING)
    office.posting(draw=with_file).drain(desk.clock.at + timedelta(seconds=5))
    assert b'filename="r.pdf"' in desk.letters("report-monthly")[0].content


# Whatever crashes.


def kills() -> list[str]:
    """Every commit of two reports: the claim, the month's credit, its figures with its letters, the day's, a look."""
    return [f"{when} posting commit {number}" for number in range(1, 6) for when in ("before", "after")]


@pytest.mark.parametrize("kill_at", kills())
def test_every_report_is_posted_once_though_its_process_is_killed(desk: Desk, kill_at: str) -> None:
    office, steps = Office(desk), Steps(kill_at)
    office.plan(weekly=False)
    office.keep(EVENING)
    transaction = steps.transactions(desk.services.transaction, "posting")
    try:
        office.posting(transaction=transaction).drain(desk.clock.at + timedelta(seconds=5))
    except Killed:
        office.forget_leases()
    assert steps.killed
    office.post("2026-03-02T10:01")
    assert sorted(subjects(office)) == sorted([THREE[0], THREE[2]])


def test_killed_while_drawing_posts_once_later(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)

    def killed(*_: object, **__: object) -> Drawn:
        raise Killed("while drawing")

    with pytest.raises(Killed):
        office.posting(draw=killed).drain(desk.clock.at + timedelta(seconds=5))
    office.forget_leases()
    office.post("2026-03-02T10:01")
    assert sorted(subjects(office)) == sorted(THREE)


def test_figures_of_a_report_that_cannot_be_drawn_are_kept_and_stay(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)

    def failing(*_: object, **__: object) -> Drawn:
        raise ValueError("no ink")

    office.posting(draw=failing).drain(desk.clock.at + timedelta(seconds=5))
    first = office.rows()
    assert all(row.figures for row in first)
    office.post("2026-03-02T11:30")
    assert sorted(subjects(office)) == sorted(THREE)
    assert [(row.figures, row.produced_at) for row in office.rows()] == [
        (row.figures, utc(EVENING)) for row in first
    ]


def test_two_workers_at_once_post_each_report_once(desk: Desk) -> None:
    office = Office(desk)
    office.plan(recipients=[{"email": f"r{number}@harbour.example", "language": "en"} for number in range(5)])
    office.keep(EVENING)
    until = desk.clock.at + timedelta(seconds=5)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: office.posting(name).drain(until), ("one", "two")))
    assert len(office.told()) == len(set(office.told())) == 15


def test_worker_that_lost_its_lease_puts_nothing(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)

    def slow(told: Report, language: str, **how: object) -> Drawn:
        if not office.told():
            office.forget_leases()
            office.post("2026-03-02T10:01")
        return plainly(told, language, **how)

    office.posting("slow", draw=slow).drain(desk.clock.at + timedelta(seconds=5))
    assert sorted(subjects(office)) == sorted(THREE)


def test_report_that_cannot_be_drawn_stops_no_other_and_is_tried_again(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)

    def failing(told: Report, language: str, **how: object) -> Drawn:
        if told.about.kind is Kind.MONTHLY:
            raise ValueError("no ink")
        return plainly(told, language, **how)

    office.posting(draw=failing).drain(desk.clock.at + timedelta(seconds=5))
    assert sorted(subjects(office)) == sorted(THREE[1:])
    office.post("2026-03-02T11:00")
    assert sorted(subjects(office)) == sorted(THREE)


def test_report_asked_for_again_reaches_only_who_has_not_got_it(desk: Desk) -> None:
    office = Office(desk)
    office.run(EVENING)
    office.plan(recipients=[{"email": OPS, "language": "en"}, {"email": MEI, "language": "en"}])
    row = next(each for each in office.rows() if each.kind == Kind.DAILY)
    with desk.services.transaction() as session:
        reports.ask(session, row.id, utc("2026-03-03T02:00"))
    office.post("2026-03-03T02:00")
    assert subjects(office, OPS) == ["daily 2026-03-02 en"]
    assert subjects(office, MEI).count("daily 2026-03-02 en") == 0


def test_drain_gives_back_what_its_time_does_not_suffice_for(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)

    def long(told: Report, language: str, **how: object) -> Drawn:
        desk.clock.pass_(seconds=10)
        return plainly(told, language, **how)

    assert office.posting(draw=long).drain(desk.clock.at + timedelta(seconds=5))
    assert len(office.told()) == 1
    assert [row.lease_until for row in office.rows() if row.due_at] == [None, None]


def outbox(desk: Desk) -> list[Outbox]:
    return [row for row in desk.letters() if row.letter.startswith("report-")]


def test_occasion_names_report_and_reader(desk: Desk) -> None:
    office = Office(desk)
    office.run(EVENING)
    assert all(row.occasion.startswith("report:") and row.occasion.count(":") == 2 for row in outbox(desk))
