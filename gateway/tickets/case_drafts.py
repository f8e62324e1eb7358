"""What a case opened from a ticket would say: the customer's words and what of AWS they name, never our notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import case_services, case_severity, case_text, catalogue
from gateway.domain.terms import Priority
from gateway.mail.message import Kind
from gateway.store.models import AwsAccount, AwsCase, Direction, Message, Ticket
from gateway.tickets.letterhead import Letterhead

LANGUAGES: Final = ("en", "zh", "ja", "ko", "es", "pt", "fr", "tr")
"""The languages AWS Support knows; whether it speaks one for a service is asked before the case is sent."""
ISSUE_TYPES: Final = ("technical", "customer-service")
_MOST_MESSAGES: Final = 5
_MOST_NAMED: Final = 20
_ARN: Final = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:[0-9]{0,12}:[\w/:.@+=*-]{1,300}"
)
_LABELS: Final = {
    "en": {"account": "Account", "region": "Region", "resources": "Resources", "severity": "Business impact",
           "words": "Description", "further": "Added later", "related": "Related case", "end": ": "},
    "zh": {"account": "账号", "region": "区域", "resources": "资源", "severity": "业务影响",
           "words": "问题描述", "further": "后续补充", "related": "相关 Case", "end": "："},
}  # fmt: skip
_RAISED: Final = {
    "en": "The business impact of this case has changed: we now count it as {new} (it was opened as {old}). "
    "Please treat it accordingly.",
    "zh": "本 Case 的业务影响已发生变化：目前按“{new}”级别处理（开立时为“{old}”）。请相应调整处理优先级。",
}


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as an engineer would open it.

    Shape: `severity` is AWS's code that is wanted; the account may allow less. `attachment_ids` are files of the
    ticket; `related` is the row of the case that this one continues.
    """

    account_id: str
    service: str
    category: str
    severity: str
    language: str
    subject: str
    body: str
    attachment_ids: tuple[int, ...] = ()
    issue_type: str = "technical"
    related: int | None = None


def draft(session: Session, head: Letterhead, ticket: Ticket, *, related: AwsCase | None = None) -> CaseDraft:
    """A case drafted from a ticket, to be looked over by an engineer. `account_id` is empty where none is known."""
    said = _said(session, ticket.id)
    texts = [ticket.subject, *(each.new_text or each.text for each in said)]
    service, category = case_services.filed_under(_services(ticket, texts))
    language = ticket.language[:2] if ticket.language[:2] in LANGUAGES else "en"
    account = _account(session, ticket, texts)
    named = {"account": account, "region": ", ".join(_regions(ticket, texts))}
    named["related"] = (related.display_id or related.case_id) if related else ""
    return CaseDraft(
        account_id=account,
        service=related.service if related else service,
        category=related.category if related else category,
        severity=case_severity.WANTED[Priority(ticket.priority)],
        language=language,
        subject=case_text.subject(ticket.subject, head.number(ticket.id)),
        body=_body(named, _found(_ARN, texts), said, language),
        related=related.id if related else None,
    )


def severity_note(ticket: Ticket, case: AwsCase) -> str:
    """What would tell AWS that our priority is no longer what a case was opened with; empty where it still is.

    AWS changes no severity after opening, so an engineer may send this.
    """
    wanted = case_severity.WANTED[Priority(ticket.priority)]
    opened_as = case.severity_wanted or case.severity
    if case_severity.priority_of(opened_as) in (None, Priority(ticket.priority)):
        return ""
    words = _RAISED["zh" if case.language == "zh" else "en"]
    return words.format(new=wanted, old=case.severity or opened_as)


def language_of(ticket: Ticket) -> str:
    """The language our own words to AWS are in."""
    return "zh" if ticket.language.startswith("zh") else "en"


def _said(session: Session, ticket_id: int) -> Sequence[Message]:
    """What people of the customer wrote: the opening, and the newest after it; nothing held, nothing automatic."""
    wanted = sa.select(Message).where(
        Message.ticket_id == ticket_id,
        Message.direction == Direction.INBOUND,
        Message.kind == Kind.HUMAN,
        ~Message.held,
    )
    first = session.scalars(wanted.order_by(Message.id).limit(1)).all()
    newest = session.scalars(wanted.order_by(Message.id.desc()).limit(_MOST_MESSAGES)).all()
    return [*first, *(each for each in reversed(newest) if each not in first)]


def _body(named: dict[str, str], resources: Sequence[str], said: Sequence[Message], language: str) -> str:
    labels = _LABELS["zh" if language == "zh" else "en"]
    lines = [f"{labels[name]}{labels['end']}{value}" for name, value in named.items() if value]
    if resources:
        lines.append(f"{labels['resources']}{labels['end'].rstrip()}")
        lines += [f"- {each}" for each in resources]
    blocks = ["\n".join(lines)] if lines else []
    for index, each in enumerate(said):
        label = labels["further"] if index else labels["words"]
        blocks.append(
            f"{label} ({each.at:%Y-%m-%d %H:%M} UTC){labels['end'].rstrip()}\n{(each.new_text or each.text).strip()}"
        )
    return "\n\n".join(blocks)


def _account(session: Session, ticket: Ticket, texts: Iterable[str]) -> str:
    """The customer's account that the ticket names, or their only one."""
    if ticket.customer_id is None:
        return ""
    owned = set(
        session.scalars(sa.select(AwsAccount.account_id).where(AwsAccount.customer_id == ticket.customer_id))
    )
    if ticket.aws_account_id in owned:
        return str(ticket.aws_account_id)
    named = [each for text in texts for each in catalogue.aws_accounts(text) if each in owned]
    return named[0] if named else (owned.pop() if len(owned) == 1 else "")


def _services(ticket: Ticket, texts: Iterable[str]) -> list[str]:
    return [str(each) for each in ticket.aws_services] or [
        each for text in texts for each in catalogue.aws_services(text)
    ]


def _regions(ticket: Ticket, texts: Iterable[str]) -> list[str]:
    found = [each for text in texts for each in catalogue.aws_regions(text)]
    return list(dict.fromkeys([*filter(None, [ticket.aws_region]), *found]))[:_MOST_NAMED]


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> list[str]:
    found = (match.group().rstrip(".,:;") for text in texts for match in pattern.finditer(text[:20_000]))
    return list(dict.fromkeys(found))[:_MOST_NAMED]
