"""The evidence sheet over the API, and time that does not count."""

from __future__ import annotations

from collections.abc import Callable

from flask import g
from sqlalchemy.orm import Session

from gateway.domain.exclusions import Exclusion, Proof, Verdict
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority, Target
from gateway.tickets import contesting, excluding
from gateway.tickets.claims import Claim
from web import evidence_source, visit
from web.api import evidence_models as models
from web.api import shapes
from web.api.endpoint import endpoint
from web.api.tickets import ticket_key
from web.evidence_source import Source

_BEARING: frozenset[str] = frozenset(
    {
        EventKind.OPENED, EventKind.REPLY, EventKind.REPLY_REFUSED, EventKind.STATUS, EventKind.PRIORITY,
        EventKind.ALARM, EventKind.EXCLUDED, EventKind.EXCLUSION_ENDED, EventKind.EXCLUSION_STRUCK,
        EventKind.EXCLUSION_PROPOSED, EventKind.EXCLUSION_DECLINED, EventKind.EXCLUSION_CONTESTED,
        EventKind.EXCLUSION_UPHELD, EventKind.AWS_HEALTH,
    }
)  # fmt: skip


@endpoint("GET", "/tickets/<number>/sla", output=models.SheetOut)
def get_evidence(number: str) -> models.SheetOut:
    """The evidence sheet: both clocks, what moved them, and what did not count, each with its proof.

    A due instant is `begins_at` (or the change of priority that raised it) plus the promised seconds, not counting
    the exclusions that count here as left out, overlaps once.
    """
    return _sheet(ticket_key(number))


@endpoint("POST", "/tickets/<number>/exclusions", body=models.NewExclusion, output=models.SheetOut, status=201,
          refusals=[409])  # fmt: skip
def exclude(number: str, body: models.NewExclusion) -> models.SheetOut:
    """Exclude time, now or late; both clocks are reckoned again at once."""
    proof = Proof(str(body.proof.kind), body.proof.reference)
    claim = Claim(body.reason, body.start, body.end, proof, body.words)
    return _do(number, lambda rows, ticket: excluding.enter(
        rows, visit.services().letterhead, ticket, author=visit.me(), claim=claim, at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/exclusions/<name>/end", body=models.EndOfExclusion, output=models.SheetOut,
          refusals=[409])  # fmt: skip
def end(number: str, name: str, body: models.EndOfExclusion) -> models.SheetOut:
    """End an exclusion that lasts."""
    return _do(number, lambda rows, ticket: excluding.end(
        rows, visit.services().letterhead, ticket, author=visit.me(), exclusion=name, end=body.end, at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/exclusions/<name>/strike", body=models.Decided, output=models.SheetOut,
          refusals=[409])  # fmt: skip
def strike(number: str, name: str, body: models.Decided) -> models.SheetOut:
    """Let excluded time count after all, also a wait for the customer (`w1`)."""
    return _do(number, lambda rows, ticket: excluding.strike(
        rows, visit.services().letterhead, ticket, author=visit.me(), exclusion=name, words=body.words,
        at=visit.now(), rights=g.rights,
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/exclusions/<name>/contest", body=models.Decided, output=models.SheetOut,
          refusals=[409])  # fmt: skip
def contest(number: str, name: str, body: models.Decided) -> models.SheetOut:
    """Contest an exclusion in the customer's name; management decides."""
    return _do(number, lambda rows, ticket: contesting.contest(
        rows, visit.services().letterhead, ticket, exclusion=name, words=body.words, at=visit.now(),
        entered_by=visit.me(),
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/exclusions/<name>/uphold", body=models.Decided, output=models.SheetOut,
          refusals=[409])  # fmt: skip
def uphold(number: str, name: str, body: models.Decided) -> models.SheetOut:
    """Let a contested exclusion stand, as a manager."""
    return _do(number, lambda rows, ticket: contesting.uphold(
        rows, visit.services().letterhead, ticket, author=visit.me(), exclusion=name, words=body.words,
        at=visit.now(), rights=g.rights,
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/exclusions/<name>/accept", output=models.SheetOut, refusals=[409])
def accept(number: str, name: str) -> models.SheetOut:
    """Exclude what was proposed (`p1`)."""
    return _do(number, lambda rows, ticket: excluding.accept(
        rows, visit.services().letterhead, ticket, author=visit.me(), proposal=name, at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/exclusions/<name>/decline", body=models.Declined, output=models.SheetOut,
          refusals=[409])  # fmt: skip
def decline(number: str, name: str, body: models.Declined) -> models.SheetOut:
    """Let proposed time count."""
    return _do(number, lambda rows, ticket: excluding.decline(
        rows, visit.services().letterhead, ticket, author=visit.me(), proposal=name, words=body.words,
        at=visit.now(),
    ))  # fmt: skip


def _do(number: str, verb: Callable[[Session, int], object]) -> models.SheetOut:
    """One verb in one transaction, then the sheet as it is."""
    ticket = ticket_key(number)
    with visit.services().transaction() as rows:
        verb(rows, ticket)
    return _sheet(ticket)


def _sheet(number: int) -> models.SheetOut:
    with visit.reading() as rows:
        source = evidence_source.of_ticket(rows, number)
    ticket, sheet, terms = source.ticket, source.sheet, source.agreement.terms
    decided = sheet.decided
    return models.SheetOut(
        number=ticket.id,
        reference=visit.number_of(ticket.id),
        customer=shapes.customer(ticket),
        contract=source.agreement.contract_number,
        time_zone=source.agreement.zone,
        priority=sheet.priority,
        status=sheet.status,
        opened_at=sheet.opened_at,
        as_of=sheet.now,
        promised={
            level.value: models.Promised(
                first_response_seconds=terms.targets[level].first_response.total_seconds(),
                resolution_seconds=terms.targets[level].resolution.total_seconds(),
            )
            for level in Priority
        },
        first_response=_target(source, Target.FIRST_RESPONSE),
        resolution=_target(source, Target.RESOLUTION),
        exclusions=[_exclusion(source, each) for each in sheet.exclusions],
        proposals=[_exclusion(source, each) for each in source.proposals],
        violated_at=sheet.violated_at,
        decided=models.Decision(kept=decided.kept, at=decided.at) if decided else None,
        events=[shapes.event(each) for each in source.entries if each.kind in _BEARING],
        last_entry=models.LastEntry(entry=source.last.seq, hash=source.last.hash),
    )


def _target(source: Source, target: Target) -> models.TargetOut:
    reckoning = source.sheet.of(target)
    return models.TargetOut(
        outcome=reckoning.outcome,
        promised_seconds=reckoning.promised.total_seconds(),
        allowed_seconds=reckoning.allowed.total_seconds(),
        used_seconds=reckoning.used.total_seconds(),
        begins_at=reckoning.begins_at,
        due_at=reckoning.due_at,
        met_at=reckoning.met_at,
        breached_at=reckoning.breached_at,
        excluded=shapes.excluded(source.standing.excluded),
        stretches=[
            models.StretchOut(
                start=each.start, end=each.end, counts=each.counts, total_seconds=each.total.total_seconds(),
                exclusion=each.exclusion, reason=each.reason,
            )
            for each in reckoning.stretches
        ],
        moves=[
            models.MoveOut(
                cause=each.cause, what=each.what, at=each.at, recorded_at=each.recorded_at, by=_who(source, each.by),
                entry=each.seq, before=each.before, after=each.after,
            )
            for each in reckoning.moves
        ],
    )  # fmt: skip


def _exclusion(source: Source, one: Exclusion) -> models.ExclusionOut:
    proposal = one.id.startswith("p")
    return models.ExclusionOut(
        id=one.id,
        start=one.start,
        end=one.end,
        reason=one.reason,
        author=_who(source, one.author),
        proof=models.ProofOut(kind=one.proof.kind, reference=one.proof.reference) if one.proof else None,
        words="" if one.automatic else source.words(one.seq),
        entered_at=one.entered_at,
        entry=one.seq,
        automatic=one.automatic,
        proposal=one.proposal,
        counts=one.counts and not proposal,
        under_review=one.under_review,
        struck=_verdict(source, one.struck),
        contested=_verdict(source, one.contested),
        upheld=_verdict(source, one.upheld),
    )


def _verdict(source: Source, said: Verdict | None) -> models.Verdict | None:
    if said is None:
        return None
    return models.Verdict(by=_who(source, said.by), at=said.at, entry=said.seq, words=source.words(said.seq))


def _who(source: Source, actor: str) -> models.Who:
    return models.Who(actor=actor, name=source.name(actor))
