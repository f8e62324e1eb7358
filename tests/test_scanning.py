"""Files and the scanner: scanned once, after filing, with every fault of the scanner costing nobody's mail anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway.domain.lifecycle import EventKind
from gateway.scanner import Away, Unsure, Verdict, open_scanner
from gateway.scanning import ATTEMPTS, Scanning
from gateway.store import scans
from gateway.store.models import Lease, OutboxState, Scan, ScanState, database_now
from gateway.store.queries import correspondence, due
from gateway.tickets import Refused, enclosing, handling
from gateway.tickets.letterhead import Letterhead
from tests import clamd_server
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.clamd_server import EICAR, FOUND
from tests.databases import Desk


class Saying:
    """A scanner that says what a test wants, and remembers what it was asked."""

    def __init__(self, answer: Callable[[bytes], Verdict]) -> None:
        self.answer, self.asked = answer, list[bytes]()

    def scan(self, content: bytes) -> Verdict:
        self.asked.append(content)
        return self.answer(content)

    def version(self) -> str:
        return "ClamAV"


def by_eicar(content: bytes) -> Verdict:
    return Verdict(found=FOUND) if EICAR in content else Verdict()


def away(_content: bytes) -> Verdict:
    raise Away("nobody there")


def unsure(_content: bytes) -> Verdict:
    raise Unsure("stream: Can't allocate memory")


def scanning(desk: Desk, scanner: object, head: Letterhead | None = None) -> Scanning:
    services = desk.services
    return Scanning(services.sessions, services.transaction, services.blobs, scanner, head or desk.head,
                    services.owner, desk.clock)  # type: ignore[arg-type]  # fmt: skip


def scan(desk: Desk, made: Scanning) -> bool:
    return made.drain(desk.clock() + timedelta(seconds=5))


def with_files(*files: bytes, number: int = 1, **how: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Li Na <li@harbour.example>", "support@desk.example", "Log"
    mail["Message-ID"] = f"<m{number}@harbour.example>"
    mail.set_content(f"See the file, {number}.\n")
    for index, content in enumerate(files):
        mail.add_attachment(content, maintype="application", subtype="zip", filename=f"log{index}.zip")
    return mail.as_bytes()


def rows(desk: Desk) -> list[Scan]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(Scan).order_by(Scan.id)))


def states(desk: Desk) -> list[str]:
    return sorted(row.state for row in rows(desk))


def found(desk: Desk, ticket_id: int) -> list[str | None]:
    return [row.words for row in desk.events(ticket_id) if row.kind == EventKind.FILE_INFECTED]


def end_rest(desk: Desk) -> None:
    with desk.services.transaction() as session:
        session.execute(sa.update(Lease).where(Lease.name == scans.RESTS).values(until=database_now(-1)))


def test_file_is_not_scanned_until_the_scanner_said_so(desk: Desk) -> None:
    desk.walk(with_files(b"fine"))
    assert states(desk) == [ScanState.NOT_SCANNED]
    assert scan(desk, scanning(desk, Saying(by_eicar))) is False
    (row,) = rows(desk)
    assert (row.state, row.decided_at, row.next_attempt_at) == (ScanState.CLEAN, desk.clock(), None)


def test_finding_is_noted_on_its_ticket_for_engineers(desk: Desk) -> None:
    ticket_id = desk.walk(with_files(b"fine", EICAR)).ticket_id
    assert ticket_id
    scan(desk, scanning(desk, Saying(by_eicar)))
    assert states(desk) == [ScanState.CLEAN, ScanState.INFECTED]
    assert found(desk, ticket_id) == [f"log1.zip: {FOUND}"]


def test_content_of_many_mails_is_asked_about_once(desk: Desk) -> None:
    scanner = Saying(by_eicar)
    for number in range(1, 6):
        desk.walk(with_files(b"the same logo", b"the same logo", number=number))
        scan(desk, scanning(desk, scanner))
    assert scanner.asked == [b"the same logo"]
    assert states(desk) == [ScanState.CLEAN]


def test_later_mail_with_a_known_finding_is_noted_as_it_is_filed(desk: Desk) -> None:
    desk.walk(with_files(EICAR))
    scan(desk, scanning(desk, Saying(by_eicar)))
    later = desk.walk(with_files(EICAR, number=2)).ticket_id
    assert later
    assert found(desk, later) == [f"log0.zip: {FOUND}"]


def test_every_ticket_with_the_content_is_told(desk: Desk) -> None:
    tickets = [desk.walk(with_files(EICAR, number=number)).ticket_id for number in (1, 2)]
    scan(desk, scanning(desk, Saying(by_eicar)))
    assert [len(found(desk, each or 0)) for each in tickets] == [1, 1]


def test_finding_whose_tickets_were_not_told_before_a_crash_is_told_once(desk: Desk) -> None:
    ticket_id = desk.walk(with_files(EICAR)).ticket_id or 0
    with desk.services.transaction() as session:
        scans.decide(session, rows(desk)[0].id, state=ScanState.INFECTED, at=desk.clock(), signature=FOUND)
    scanner = Saying(by_eicar)
    scan(desk, scanning(desk, scanner))
    scan(desk, scanning(desk, scanner))
    assert (found(desk, ticket_id), scanner.asked) == ([f"log0.zip: {FOUND}"], [])


def test_scanner_that_is_away_is_left_alone_and_asked_again(desk: Desk) -> None:
    desk.walk(with_files(b"one", b"two"))
    scanner = Saying(away)
    assert scan(desk, scanning(desk, scanner)) is False
    assert scan(desk, scanning(desk, scanner)) is False
    assert (len(scanner.asked), states(desk)) == (1, [ScanState.NOT_SCANNED] * 2)
    desk.index()
    with desk.services.reading() as session:
        assert due.due_queues(session, desk.clock.pass_(minutes=1), scanning=True)["slow"] == 0
    end_rest(desk)
    with desk.services.reading() as session:
        assert due.due_queues(session, desk.clock(), scanning=True)["slow"] == 1
        assert due.due_queues(session, desk.clock())["slow"] == 0
    scan(desk, scanning(desk, Saying(by_eicar)))
    assert states(desk) == [ScanState.CLEAN] * 2


def test_mail_is_filed_while_the_scanner_is_away(desk: Desk) -> None:
    desk.walk(with_files(b"one"))
    scan(desk, scanning(desk, Saying(away)))
    assert desk.walk(with_files(b"two", number=2)).disposition == "open-ticket"


def test_content_the_scanner_cannot_judge_delays_no_other_and_ends_as_failed(desk: Desk) -> None:
    desk.walk(with_files(b"odd", b"fine"))
    scanner = Saying(lambda content: unsure(content) if content == b"odd" else Verdict())
    for _ in range(ATTEMPTS + 2):
        scan(desk, scanning(desk, scanner))
        desk.clock.pass_(minutes=16)
    assert states(desk) == [ScanState.CLEAN, ScanState.FAILED]
    assert scanner.asked.count(b"odd") == ATTEMPTS


def test_content_beyond_the_scanners_limit_is_failed_at_once(desk: Desk) -> None:
    desk.walk(with_files(b"large"))
    scan(desk, scanning(desk, Saying(lambda content: Verdict(refused="larger than the scanner takes"))))
    (row,) = rows(desk)
    assert (row.state, row.error) == (ScanState.FAILED, "larger than the scanner takes")


def test_without_a_scanner_nothing_is_asked_and_everything_waits(desk: Desk) -> None:
    desk.walk(with_files(b"fine"))
    assert scan(desk, scanning(desk, None)) is False
    assert states(desk) == [ScanState.NOT_SCANNED]


def test_two_processes_ask_about_each_content_once(desk: Desk) -> None:
    desk.walk(with_files(*(b"%d" % number for number in range(20))))
    scanner = Saying(by_eicar)
    other = replace(scanning(desk, scanner), owner="somebody else")
    mine = scanning(desk, Saying(lambda content: (scan(desk, other), by_eicar(content))[1]))
    scan(desk, mine)
    assert sorted([*scanner.asked, *mine.scanner.asked]) == sorted(b"%d" % number for number in range(20))  # type: ignore[union-attr]


@contextmanager
def a_reply(desk: Desk, content: bytes, head: Letterhead) -> Iterator[int]:
    """An engineer's reply with a file, on its way."""
    desk.add(a_customer(), chen := an_engineer())
    ticket_id = desk.walk(a_mail(), authentication=PASSED).ticket_id or 0
    with desk.services.transaction() as session:
        file = enclosing.File("plan.pdf", "application/pdf", content)
        files = enclosing.enclosed(session, desk.services.blobs, [file], most_bytes=10_000, at=desk.clock())
        handling.reply(
            session, head, ticket_id, author=chen, text="See the plan.", attachments=files, at=desk.clock()
        )
    yield ticket_id


def patient(desk: Desk, *, required: bool = False) -> Letterhead:
    return replace(desk.head, scan_patience=timedelta(minutes=5), scan_required=required)


def test_reply_waits_for_the_verdict_on_its_file_and_goes(desk: Desk) -> None:
    head = patient(desk)
    with a_reply(desk, b"fine", head):
        (letter,) = desk.letters("reply")
        assert letter.next_attempt_at == desk.clock() + timedelta(minutes=5)
        desk.clock.pass_(seconds=3)
        scan(desk, scanning(desk, Saying(by_eicar), head))
        (letter,) = desk.letters("reply")
        assert (letter.state, letter.next_attempt_at) == (OutboxState.PENDING, desk.clock())


def test_reply_with_an_infected_file_never_leaves_and_is_noted(desk: Desk) -> None:
    head = patient(desk)
    with a_reply(desk, EICAR, head) as ticket_id:
        scan(desk, scanning(desk, Saying(by_eicar), head))
        (letter,) = desk.letters("reply")
        assert (letter.state, "plan.pdf" in letter.last_reply) == (OutboxState.FAILED, True)
        kinds = [row.kind for row in desk.events(ticket_id)]
        assert EventKind.REPLY_REFUSED in kinds
        assert EventKind.FILE_INFECTED in kinds


def test_reply_with_a_file_already_known_to_be_infected_is_refused(desk: Desk) -> None:
    desk.walk(with_files(EICAR))
    scan(desk, scanning(desk, Saying(by_eicar)))
    with pytest.raises(Refused, match="the scanner found something"), a_reply(desk, EICAR, patient(desk)):
        pass


def test_reply_with_a_file_already_known_to_be_clean_waits_for_nothing(desk: Desk) -> None:
    desk.walk(with_files(b"fine"))
    scan(desk, scanning(desk, Saying(by_eicar)))
    with a_reply(desk, b"fine", patient(desk)):
        assert desk.letters("reply")[0].next_attempt_at == desk.clock()


@pytest.mark.parametrize(("required", "state"), [(True, OutboxState.FAILED), (False, OutboxState.PENDING)])
def test_reply_with_a_file_nobody_can_judge_leaves_only_where_no_verdict_is_required(
    desk: Desk, required: bool, state: str
) -> None:
    head = patient(desk, required=required)
    with a_reply(desk, b"large", head):
        scan(desk, scanning(desk, Saying(lambda _: Verdict(refused="larger than the scanner takes")), head))
        assert desk.letters("reply")[0].state == state


def test_verdicts_come_over_the_wire(desk: Desk) -> None:
    desk.walk(with_files(b"fine", EICAR, b"x" * 200_000))
    with clamd_server.running() as daemon:
        scan(desk, scanning(desk, open_scanner(daemon.url)))
    assert states(desk).count(ScanState.CLEAN) == 2
    assert states(desk).count(ScanState.INFECTED) == 1


def test_attachment_knows_its_verdict(desk: Desk) -> None:
    ticket_id = desk.walk(with_files(b"fine", EICAR)).ticket_id or 0
    scan(desk, scanning(desk, Saying(by_eicar)))
    with desk.services.reading() as session:
        (message,) = correspondence.messages(session, ticket_id)
        files = [(each.filename, each.scan_state, each.finding) for each in message.attachments]
    assert files == [("log0.zip", ScanState.CLEAN, ""), ("log1.zip", ScanState.INFECTED, FOUND)]
