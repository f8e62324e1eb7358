"""Loops: machines that answer our letters. How many letters we write until nobody has anything left to say."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from gateway.mail.trust import UNCHECKED, Authentication, Verdict
from gateway.store.models import Outbox
from tests.builders import PASSED, a_customer, a_mail
from tests.databases import SUPPORT, Desk
from tests.faults_desk import Fresh, Options, desks

MOST: Final = 5
PATIENCE: Final = 40  # letters after which nobody believes in silence any more
LI: Final = "li@harbour.example"
OTHER: Final = "help@other.example"
OTHER_DESK: Final = {"support_address": OTHER, "ticket_prefix": "OT", "provider_name": "Other desk"}
_MARKS: Final = ("Auto-Submitted", "X-Helpdesk-Loop", "In-Reply-To", "References", "Reply-To", "Precedence",
                 "X-Auto-Response-Suppress", "Message-ID")  # fmt: skip

ABSENCES: Final = {
    "en": ("Out of office", "I am out of the office until Monday and will reply on my return.\n"),
    "zh-Hans": ("休假中", "您好,我正在休假中,无法及时回复邮件。如有紧急事务,请联系王强。\n"),
    "zh-Hant": ("自動回覆", "您好,本人正在休假,將於週一返回後再回覆您的來信。\n"),
    "ja": ("不在のお知らせ", "現在休暇をいただいております。戻り次第ご連絡いたします。\n"),
    "ko": ("부재 중", "현재 휴가 중입니다. 복귀 후 답변드리겠습니다.\n"),
    "de": ("Abwesenheitsnotiz", "Ich bin bis Montag nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.\n"),
    "fr": ("Absence du bureau", "Je suis actuellement en congés. Je vous répondrai à mon retour.\n"),
    "es": ("Fuera de la oficina", "Estoy fuera de la oficina hasta el lunes. Responderé a mi regreso.\n"),
    "pt": ("Ausência temporária", "Estou de férias até segunda-feira. Responderei no meu retorno.\n"),
    "unknown": ("Hei", "Kiitos viestistäsi. Palaan asiaan maanantaina.\n"),
}  # fmt: skip
"""Subject and text of absence notices without any header field that marks them; the last in words nobody knows."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that a machine sends back, as it comes to the door."""

    raw: bytes
    reverse_path: str
    to: str = SUPPORT
    proved: bool = True


Robot = Callable[[Outbox, int], Sequence[Sent]]


@dataclass
class Found:
    """What became of one loop."""

    fault: str
    letters: int = 0
    tickets: int = 0
    wrong: list[str] = field(default_factory=list)

    def judged(self, *, silent: bool) -> Found:
        """With what is wrong about it."""
        if not silent:
            self.wrong.append(f"still talking after {self.letters} letters")
        elif self.letters > MOST:
            self.wrong.append(f"{self.letters} letters until silence")
        return self


def talked(desk: Desk, name: str, robot: Robot, *, seconds: float, first: Sent | None = None) -> Found:
    """A request is answered by us, and whatever we write by a robot, until silence."""
    first = first or Sent(a_mail(), LI)
    found, done = Found(name), set[int]()
    walk(desk, first)
    while found.letters < PATIENCE:
        due = [each for each in desk.letters() if each.id not in done and each.state != "cancelled"]
        if not due:
            found.tickets = len(desk.tickets())
            return found.judged(silent=True)
        done.add(due[0].id)
        found.letters += 1
        desk.clock.pass_(seconds=seconds)
        for each in robot(due[0], found.letters):
            walk(desk, each)
    return found.judged(silent=False)


def walk(desk: Desk, sent: Sent) -> None:
    """A mail taken and judged."""
    how = {"to": sent.to, "reverse_path": sent.reverse_path}
    desk.walk(sent.raw, **how, authentication=PASSED if sent.proved else UNCHECKED)


# Two desks.


@dataclass(frozen=True)
class Way:
    """What stands between two desks: it may strip our marks, rename the sender, or vouch for the author."""

    strips: bool = False
    renames: bool = False
    proves: bool = False

    def carry(self, letter: Outbox, number: int) -> tuple[bytes, str]:
        """The mail and its reverse-path as they arrive."""
        if not self.strips:
            return letter.content, letter.reverse_path
        mail = email.message_from_bytes(letter.content, policy=email.policy.SMTP)
        for name in _MARKS:
            del mail[name]
        mail.replace_header("Subject", f"Message {number}")
        mail["Message-ID"] = f"<{number}.rewritten@between.example>"
        author = str(mail["From"].addresses[0].addr_spec)
        return mail.as_bytes(), author if self.renames else letter.reverse_path

    def verdict(self, author: str) -> Authentication:
        """What the door finds out."""
        if not self.proves:
            return UNCHECKED
        domain = author.partition("@")[2]
        return Authentication(Verdict.PASS, Verdict.PASS, Verdict.PASS, domain, "door")


def exchanged(one: Desk, two: Desk, way: Way, *, seconds: float) -> int:
    """How many letters two desks wrote to each other until neither had anything left to say."""
    question = a_mail("We have a question.\n", sender=OTHER)
    one.walk(question, reverse_path=OTHER, authentication=way.verdict(OTHER))
    sides = {SUPPORT: one, OTHER: two}
    carried: set[tuple[str, int]] = set()
    for _ in range(PATIENCE):
        due = [
            (own, letter)
            for own, desk in sides.items()
            for letter in desk.letters()
            if letter.state != "cancelled" and (own, letter.id) not in carried
        ]
        if not due:
            return len(carried)
        own, letter = due[0]
        carried.add((own, letter.id))
        for desk in sides.values():
            desk.clock.pass_(seconds=seconds)
        raw, path = way.carry(letter, len(carried))
        (reader,) = letter.recipients
        base = OTHER if reader.endswith("@other.example") else SUPPORT
        sides[base].walk(raw, to=reader, reverse_path=path, authentication=way.verdict(own))
    return len(carried)


def _two_desks(fresh: Fresh) -> Iterator[Found]:
    for strips, renames, proves, seconds in product((False, True), (False, True), (False, True), (2, 400)):
        if renames and not strips:
            continue
        with ExitStack() as stack:
            one, two = stack.enter_context(fresh()), stack.enter_context(fresh(**OTHER_DESK))
            letters = exchanged(one, two, Way(strips, renames, proves), seconds=seconds)
            name = f"two desks, marks {'lost' if strips else 'kept'}"
            name += (
                f"{', sender renamed' if renames else ''}{', proved' if proves else ''}, every {seconds} s"
            )
            found = Found(name, letters, len(one.tickets()) + len(two.tickets()))
            yield found.judged(silent=letters < PATIENCE)


# Robots.


def absent(language: str, *, threads: bool, subject: str = "", null: bool = False) -> Robot:
    """Somebody's program that answers every letter with the same notice, without any mark of a machine."""
    title, text = ABSENCES[language]

    def robot(letter: Outbox, number: int) -> Sequence[Sent]:
        raw = a_mail(text, subject=subject or title, sender=f"Li Na <{LI}>",
                     message_id=f"away-{number}@harbour.example",
                     in_reply_to=letter.message_id if threads else "")  # fmt: skip
        return [Sent(raw, "" if null else LI)]

    return robot


def bounced(*, author: str, reverse_path: str, to_author: bool, standard: bool) -> Robot:
    """A server that returns every letter: to its return path or, against the rules, to whoever is in From."""

    def robot(letter: Outbox, number: int) -> Sequence[Sent]:
        text = f"Your message {number} could not be delivered.\n\n<{LI}>: host mx.harbour.example said: 550 no such user\n"
        fields = {"Auto_Submitted": "auto-replied"} if standard else {}
        raw = a_mail(text, subject="Undelivered Mail Returned to Sender", sender=author,
                     message_id=f"r{number}@harbour.example", **fields)  # fmt: skip
        return [Sent(raw, reverse_path, SUPPORT if to_author else letter.reverse_path)]

    return robot


def listed(*, marked: bool) -> Robot:
    """A list whose member we are: what we write to it comes back to us, and so do two members' answers."""

    def robot(letter: Outbox, number: int) -> Sequence[Sent]:
        mail = email.message_from_bytes(letter.content, policy=email.policy.SMTP)
        for name in (*_MARKS, "From", "To"):
            del mail[name]
        mail["From"] = "Support via Team <team@lists.example>"
        mail["To"] = "team@lists.example"
        mail["Message-ID"] = f"<list-{number}@lists.example>"
        mail["Reply-To"] = "team@lists.example"
        if marked:
            mail["List-Id"], mail["Precedence"] = "<team.lists.example>", "list"
        return [Sent(mail.as_bytes(), "team-bounces@lists.example", proved=False)]

    return robot


def forwarding(*, strips: bool, renames: bool) -> Robot:
    """The customer's mailbox passes everything on to us."""
    way = Way(strips=strips, renames=renames)

    def robot(letter: Outbox, number: int) -> Sequence[Sent]:
        raw, path = way.carry(letter, number)
        trace = f"Received: from mx.harbour.example by mx.desk.example; Mon, 02 Mar 2026 01:00:{number:02} +0000\r\n"
        return [Sent(trace.encode() + raw, path, proved=False)]

    return robot


def _robots() -> Iterator[tuple[str, Robot]]:
    for language, threads, null in product(ABSENCES, (True, False), (False, True)):
        told = f"{'threaded' if threads else 'loose'}{', null sender' if null else ''}"
        yield f"absence in {language}, {told}", absent(language, threads=threads, null=null)
        if language != "unknown":
            plain = absent(language, threads=threads, subject="Re: Report page slow", null=null)
            yield f"absence in {language} under our subject, {told}", plain
    for author, path, to_author, standard in product(
        ("MAILER-DAEMON@harbour.example", LI), ("", LI), (False, True), (True, False)
    ):
        robot = bounced(author=author, reverse_path=path, to_author=to_author, standard=standard)
        told = "marked" if standard else "unmarked"
        where = "to From" if to_author else "to its path"
        yield f"bounce by {author}, from <{path}>, {where}, {told}", robot
    for marked in (True, False):
        yield f"list that {'says it is one' if marked else 'says nothing'}", listed(marked=marked)
    for strips, renames in ((False, False), (True, False), (True, True)):
        told = f"marks {'lost' if strips else 'kept'}{', sender renamed' if renames else ''}"
        yield f"forwarding circle, {told}", forwarding(strips=strips, renames=renames)


def run(options: Options) -> Iterator[Found]:
    """Every loop on a desk of its own, quick and slow."""
    with desks() as fresh:
        yield from _two_desks(fresh)
        for name, robot in _robots():
            for registered, seconds in product((True, False), (2, 400) if options.full else (30,)):
                with fresh() as desk:
                    if registered:
                        desk.add(a_customer())
                    told = f"{name}, {'a customer' if registered else 'unregistered'}, every {seconds} s"
                    yield talked(desk, told, robot, seconds=seconds)
