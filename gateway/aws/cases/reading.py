"""One read of an account's Support cases: open ones with their newest words, the rest where something may be missing.

Every page is read, nothing depends on what AWS leaves open, and each case is taken onto its ticket by itself, so that
what goes wrong with one stops no other.

Source: promise P6; AWS Support API reference; AWS Support User Guide, "Reopening a case" (14 days).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gateway.aws import streams
from gateway.aws.cases import asking, files, following, matching, taking
from gateway.aws.cases.following import Followed
from gateway.aws.cases.taking import Read
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts, Reading
from gateway.domain import support_case
from gateway.domain.support_case import Case
from gateway.tickets import case_standing

PERIOD: Final = timedelta(minutes=8)
SPREAD: Final = timedelta(seconds=60)
SCANNER: Final = timedelta(seconds=30)
"""How soon a file that waits for the scanner is looked at again."""
_OF_THE_ACCOUNT: Final = (Kind.NO_PLAN, Kind.DENIED, Kind.ROLE, Kind.SUSPENDED, Kind.HUB)


def read(parts: Parts, account: Account, watermark: datetime | None) -> Reading:
    """Bring every case of an account in step with AWS.

    Errors: Fault, after all was done that could be.
    """
    at = parts.now()
    cases = {each.case_id: each for each in asking.open_cases(parts.clients, account)}
    with parts.reading() as session:
        stored = following.stored(session, account.account_id, at)
    stored += _named(parts, account, stored, cases)
    asked, unknown = asking.by_ids(parts.clients, account, following.to_ask(stored, cases, at))
    cases |= {each.case_id: each for each in asked}
    _lose(parts, [each for each in stored if each.case_id in unknown], at)
    faults = _take_all(parts, account, cases, {each.case_id: each for each in stored})
    _warn(parts, stored, at)
    files.fetch_wanted(parts, account)
    waits = files.pass_on_scanned(parts, account)
    if faults:
        raise faults[0]
    period = SCANNER if waits else PERIOD + streams.jitter(account.account_id, SPREAD)
    return Reading(next_at=at + period)


def _named(
    parts: Parts, account: Account, stored: Sequence[Followed], cases: dict[str, Case]
) -> list[Followed]:
    """Cases that were adopted by a number nobody had seen: found by it, or told to be none."""
    at, found = parts.now(), []
    for each in stored:
        if not each.number:
            continue
        case = next((one for one in cases.values() if one.display_id == each.number), None)
        case = case or asking.by_number(parts.clients, account, each.number)
        if case is None or not taking.name(parts, each, case):
            _lose(parts, [each], at)
            continue
        cases[case.case_id] = case
        found.append(replace(each, case_id=case.case_id))
    return found


def _take_all(
    parts: Parts, account: Account, cases: dict[str, Case], stored: dict[str, Followed]
) -> list[Fault]:
    """Take every case that brings something; what went wrong with single ones.

    Errors: Fault where the account as a whole is the matter.
    """
    at = parts.now()
    with parts.reading() as session:
        for case_id in cases.keys() - stored.keys():
            if found := following.one(session, case_id):
                stored[case_id] = found
    loose = [case for case in cases.values() if _is_loose(stored.get(case.case_id), case)]
    if loose:
        for case_id in taking.take_unfollowed(parts, account, loose):
            with parts.reading() as session:
                if found := following.one(session, case_id):
                    stored[case_id] = found
    faults, same = [], []
    followed = [(stored[case.case_id], case) for case in cases.values() if case.case_id in stored]
    known = _known(parts, followed)
    for row, case in followed:
        try:
            if row.ticket_id is None or not _take(parts, account, row, case=case, known=known[row.id], at=at):
                same.append(row)
        except Fault as fault:
            if fault.kind in _OF_THE_ACCOUNT:
                raise
            faults.append(fault)
    stale = [row.id for row in same if at - row.seen_at >= following.SEEN_AGAIN or row.over]
    if stale:
        with parts.transaction() as session:
            following.touch(session, stale, at)
    return faults


def _take(parts: Parts, account: Account, row: Followed, *, case: Case, known: list[matching.Known],
          at: datetime) -> bool:  # fmt: skip
    """Take one case; False where it brings nothing. Errors: Fault."""
    whole = following.needs_whole(row, at)
    said: Sequence[support_case.Communication] = case.recent
    if whole or not matching.reaches(case, known):
        said = _said(parts, account, row, case, whole=whole)
    if not whole and not row.differs(case) and said is case.recent and matching.match(said, known).nothing:
        return False
    found = Read(case, tuple(said), whole=whole or not case.more)
    with parts.reading() as session:
        wanted = taking.new_files(session, account, row.id, found)
    fetched = {each.attachment_id: each for each in files.fetch(parts, account, wanted)}
    taking.take(parts, account, replace(found, fetched=fetched))
    return True


def _said(
    parts: Parts, account: Account, row: Followed, case: Case, *, whole: bool
) -> Sequence[support_case.Communication]:
    """What was said in a case from before the newest that is stored; everything where it is read as a whole."""
    if not case.more:
        return case.recent
    after = None
    if not whole:
        with parts.reading() as session:
            newest = following.newest(session, row.id)
        after = newest - following.OVERLAP if newest else None
    return asking.communications(parts.clients, account, case, after=after)


def _known(parts: Parts, followed: Sequence[tuple[Followed, Case]]) -> dict[int, list[matching.Known]]:
    """What is stored of the newest communications of cases on tickets."""
    rows = [(row.id, case) for row, case in followed if row.ticket_id is not None]
    oldest = [case.recent[0].at for _, case in rows if case.recent]
    if not rows:
        return {}
    with parts.reading() as session:
        return following.known(session, [row_id for row_id, _ in rows], min(oldest, default=None))


def _is_loose(row: Followed | None, case: Case) -> bool:
    """Whether a case stands on no ticket and is new or says something else than before."""
    return row is None or (row.ticket_id is None and row.differs(case))


def _lose(parts: Parts, rows: Sequence[Followed], at: datetime) -> None:
    for each in rows:
        if not each.is_young(at):
            taking.lose(parts, each)


def _warn(parts: Parts, stored: Sequence[Followed], at: datetime) -> None:
    for each in stored:
        if not following.needs_warning(each, at):
            continue
        with parts.transaction() as session:
            row = taking.locked(session, each.case_id)
            if row is not None and row.ticket_id is not None:
                case_standing.warn(session, parts.head, row.ticket_id, case=row, at=at)
