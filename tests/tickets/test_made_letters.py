"""Letters that were finished elsewhere, with the pictures of their HTML."""

from __future__ import annotations

import email
from email import policy

from gateway.mail.compose import Inline
from gateway.mail.letters import Letter
from gateway.mail.message import Mailbox
from gateway.store.models import Promise
from gateway.tickets.letterhead import Made, Post, post
from tests.databases import Desk

TREND = Inline("trend.5f0c@picture.invalid", "image/png", b"\x89PNG\r\n\x1a\n", "trend.png")
MADE = Made(
    Letter("Report October", "Attainment 95.31 %\n", '<img src="cid:trend.5f0c@picture.invalid">'), (TREND,)
)


def posted(desk: Desk, made: Made = MADE) -> bool:
    what = Post(
        letter="report-monthly",
        occasion="report:1:li",
        language="en",
        words={},
        to=[Mailbox("Li Na", "li.na@harbour.example")],
        promise=Promise.PERSON_DECIDES,
        made=made,
    )
    with desk.services.transaction() as session:
        return post(session, desk.head, what, desk.clock())


def test_finished_letter_needs_no_template(desk: Desk) -> None:
    assert posted(desk)
    [row] = desk.letters()
    assert (row.letter, row.subject, row.promise) == (
        "report-monthly",
        "Report October",
        Promise.PERSON_DECIDES,
    )


def test_finished_letter_leaves_with_its_pictures(desk: Desk) -> None:
    posted(desk)
    [row] = desk.letters()
    mail = email.message_from_bytes(row.content, policy=policy.default)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
    ]
    assert list(mail.walk())[-1].get_content() == TREND.content


def test_finished_letter_is_put_once(desk: Desk) -> None:
    assert [posted(desk), posted(desk)] == [True, False]


def test_unfit_picture_puts_nothing(desk: Desk) -> None:
    unfit = Inline("a b", "image/png", b"", "a.png")
    assert not posted(desk, Made(MADE.letter, (unfit,)))
    assert desk.letters() == []
