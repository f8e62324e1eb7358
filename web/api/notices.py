"""Notices over the API: the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable

from flask import g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import notices
from gateway.domain.scope import Scope
from gateway.domain.windows import Span
from gateway.notices import Content, NotAllowed, delivery, plans
from gateway.store.models import Notice, NoticeIssue, Role
from gateway.store.queries import notices as queries
from gateway.store.queries import people
from gateway.tickets import NotFound, Refused
from web import visit
from web.api import notice_models as models
from web.api import problems
from web.api.endpoint import blueprint, endpoint


@blueprint.errorhandler(NotAllowed)
def _not_allowed(error: NotAllowed) -> ResponseReturnValue:
    return problems.of_status(403)


@endpoint("GET", "/notices", query=models.NoticeQuery, output=models.NoticePage)
def list_notices(query: models.NoticeQuery) -> models.NoticePage:
    """Notices, the newest first."""
    before = int(query.cursor or 0)
    with visit.reading() as rows:
        found = queries.listed(rows, kind=query.kind or "", before=before, limit=query.limit)
    cursor = str(found[-1].id) if len(found) == query.limit else ""
    return models.NoticePage(notices=[_shown(each) for each in found], cursor=cursor)


@endpoint("POST", "/notices", body=models.NewNotice, output=models.NoticeOut, status=201, refusals=[409])
def draft_notice(body: models.NewNotice) -> models.NoticeOut:
    """Save a draft, which nobody is told."""
    with visit.services().transaction() as rows:
        content = Content(
            kind=body.kind,
            titles=body.titles.model_dump(),
            texts=body.texts.model_dump(),
            scope=_scope(rows, body.scope),
            window=_span(body.window) if body.window else None,
            zone=body.zone,
            severity=body.severity,
        )
        number = notices.draft(rows, content, author=visit.me(), at=visit.now()).id
    return _whole(number)


@endpoint("GET", "/notices/<int:number>", output=models.NoticeOut)
def get_notice(number: int) -> models.NoticeOut:
    """One notice with every step, what became of its letters, and what does not count for whom."""
    return _whole(number)


@endpoint("GET", "/notices/<int:number>/preview", output=models.PreviewOut)
def preview_notice(number: int) -> models.PreviewOut:
    """Everybody who would be told, and both letters. Nothing goes."""
    with visit.reading() as rows:
        shown = notices.preview(rows, visit.services().letterhead, _found(rows, number), at=visit.now())
    return models.PreviewOut(
        recipients=[
            models.Recipient(
                customer=models.Named(id=party.customer_id, name=party.name), name=each.name, email=each.email,
                language=each.language, accounts=list(party.accounts), not_recorded=list(party.guessed),
                in_time=party not in shown.late,
            )
            for party in shown.parties
            for each in party.readers
        ],
        without_contact=[each.name for each in shown.parties if not each.readers],
        letters={
            language: models.LetterText(subject=letter.subject, text=letter.text)
            for language, letter in shown.letters.items()
        },
    )  # fmt: skip


@endpoint(
    "POST",
    "/notices/<int:number>/announce",
    body=models.Announcing,
    output=models.NoticeOut,
    refusals=[403, 409],
)
def announce_notice(number: int, body: models.Announcing) -> models.NoticeOut:
    """Tell everybody concerned, once. A stated emergency may come at any time and excludes nothing."""
    head, at = visit.services().letterhead, visit.now()
    return _act(
        number,
        lambda rows: notices.announce(rows, head, number, author=visit.me(), emergency=body.emergency, at=at),
    )


@endpoint(
    "POST", "/notices/<int:number>/change", body=models.Changing, output=models.NoticeOut, refusals=[403, 409]
)
def change_notice(number: int, body: models.Changing) -> models.NoticeOut:
    """Move, lengthen or shorten the window, and tell everybody."""
    head, at, span = visit.services().letterhead, visit.now(), _span(body)
    return _act(
        number,
        lambda rows: notices.change(rows, head, number, span, author=visit.me(), words=body.reason,
                                    emergency=body.emergency, at=at),
    )  # fmt: skip


@endpoint(
    "POST",
    "/notices/<int:number>/call-off",
    body=models.CallingOff,
    output=models.NoticeOut,
    refusals=[403, 409],
)
def call_off_notice(number: int, body: models.CallingOff) -> models.NoticeOut:
    """Let it not happen, and tell everybody who was told."""
    head, at = visit.services().letterhead, visit.now()
    return _act(
        number, lambda rows: notices.call_off(rows, head, number, author=visit.me(), words=body.reason, at=at)
    )


@endpoint("POST", "/notices/<int:number>/end", output=models.NoticeOut, refusals=[403, 409])
def end_notice(number: int) -> models.NoticeOut:
    """Say that the work is over."""
    head, at = visit.services().letterhead, visit.now()
    return _act(number, lambda rows: notices.end(rows, head, number, author=visit.me(), at=at))


@endpoint("POST", "/notices/<int:number>/keep-open", output=models.NoticeOut, refusals=[403, 409])
def keep_notice_open(number: int) -> models.NoticeOut:
    """Let nobody be told that the work is over until it is ended by a person."""
    at = visit.now()
    return _act(number, lambda rows: notices.keep_open(rows, number, author=visit.me(), at=at))


def _act(number: int, do: Callable[[Session], object]) -> models.NoticeOut:
    """One verb in one transaction. A token may be for less than its engineer: then it may no more than it says."""
    if number >= 2**62:
        raise NotFound(f"there is no notice {number}")
    if Role(g.rights).rank < Role.LEAD.rank:
        raise NotAllowed("only a lead or above may do this")
    with visit.services().transaction() as rows:
        do(rows)
    return _whole(number)


def _span(window: models.Window) -> Span:
    try:
        return Span(window.starts_at, window.ends_at)
    except OverflowError:  # at the very ends of the calendar some offsets lead out of it
        raise Refused("that is no date and time") from None


def _found(rows: Session, number: int) -> Notice:
    notice = queries.whole(rows, number) if number < 2**62 else None
    if notice is None:
        raise NotFound(f"there is no notice {number}")
    return notice


def _whole(number: int) -> models.NoticeOut:
    with visit.reading() as rows:
        notice = _found(rows, number)
    return _shown(notice)


def _scope(rows: Session, scope: models.ScopeIn) -> Scope:
    customers = [people.customer_of(rows, each) for each in scope.customers]
    if None in customers:
        raise Refused("there is no such customer")
    return Scope(
        customers=frozenset(each.id for each in customers if each),
        accounts=frozenset(scope.accounts),
        regions=frozenset(scope.regions),
        services=frozenset(scope.services),
        tags=dict(scope.tags),
    )


def _shown(notice: Notice) -> models.NoticeOut:
    span, scope = plans.window_of(notice), plans.scope_of(notice)
    return models.NoticeOut(
        number=notice.id,
        reference=plans.number(visit.services().letterhead, notice.id),
        kind=notices.Kind(notice.kind),
        state=notices.State(notice.state),
        severity=notices.Severity(notice.severity) if notice.severity else None,
        titles=models.Wording(**notice.titles),
        texts=models.Wording(**notice.texts),
        window=models.Window(starts_at=span.start, ends_at=span.end) if span else None,
        zone=notice.zone,
        emergency=notice.emergency,
        started_at=notice.started_at,
        ended_at=notice.ended_at,
        scope=models.ScopeOut(
            customers=sorted(scope.customers), accounts=sorted(scope.accounts), regions=sorted(scope.regions),
            services=sorted(scope.services), tags=dict(scope.tags),
        ),
        customers=[
            models.CustomerTold(
                customer=models.Named(id=each.customer_id, name=each.name), accounts=list(each.accounts),
                excludes=[models.Window(starts_at=part.start, ends_at=part.end) for part in each.counts],
            )
            for each in delivery.customers(notice)
        ],
        steps=[_step(each) for each in notice.issues],
    )  # fmt: skip


def _step(issue: NoticeIssue) -> models.StepOut:
    letters = [delivery.delivered(each) for each in issue.letters]
    fates = delivery.fates(issue)
    return models.StepOut(
        step=notices.Step(issue.step),
        sequence=issue.sequence,
        at=issue.at,
        by=issue.author.name if issue.author else "",
        reason=issue.words,
        emergency=issue.emergency,
        told=models.Counts(
            accepted=fates[delivery.Fate.ACCEPTED],
            refused=fates[delivery.Fate.REFUSED] + fates[delivery.Fate.UNFIT],
            total=len(letters),
        ),
        letters=[
            models.Delivered(
                customer=models.Named(id=each.letter.customer_id, name=each.letter.customer.name),
                email=each.letter.email, language=each.letter.language, state=each.fate, accepted_at=each.at,
                reply=each.reply, outbox=each.letter.outbox_id,
            )
            for each in letters
        ],
    )  # fmt: skip
