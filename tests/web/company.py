"""A day at a small provider, to be looked at: customers, tickets in every state, AWS, notices, a rota with a gap.

Everything is invented; times lie around now, so that clocks run on the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import clock, credits, secrets
from gateway.domain.agreed_dates import month_at
from gateway.domain.availability import Component
from gateway.domain.lifecycle import Status
from gateway.domain.periods import Kind
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.operations import access
from gateway.store.models import (
    Attachment,
    Author,
    AvailabilityStretch,
    AwsAccount,
    AwsCase,
    AwsCommunication,
    AwsStream,
    CannedAnswer,
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Delivery,
    Direction,
    Engineer,
    EntryLink,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    MailReport,
    Message,
    Notice,
    Outbox,
    Role,
    ShiftRule,
    Suppression,
    Team,
)
from gateway.tickets import handling, intake
from tests.web import reported
from tests.web.desk import PASSWORD, PNG, Desk

ENGINEERS: Final = (
    ("chen.wei", "Chen Wei", Role.ADMIN, "zh"), ("lin.yue", "Lin Yue", Role.LEAD, "zh"),
    ("maya.okafor", "Maya Okafor", Role.ENGINEER, "en"), ("tomas.ruiz", "Tomás Ruiz", Role.ENGINEER, "en"),
    ("zhao.min", "Zhao Min", Role.MANAGER, "zh"),
)  # fmt: skip
CUSTOMERS: Final = (
    ("harbourline", "Harbourline Logistics", "en", "Asia/Singapore", "Li Na", "li.na", "111122223333"),
    ("ruiheng", "瑞衡汽配", "zh", "Asia/Shanghai", "王军", "wang.jun", "222233334444"),
    ("clearlake", "Clearlake Retail", "en", "Europe/London", "Grace Adeyemi", "grace", "333344445555"),
    ("qinghe", "青禾教育", "zh", "Asia/Shanghai", "周婷", "zhou.ting", "444455556666"),
    ("nordlicht", "Nordlicht Games", "en", "Europe/Berlin", "Jonas Weber", "jonas", "555566667777"),
    ("saltmarsh", "Saltmarsh Media", "en", "Europe/Dublin", "Aoife Byrne", "aoife", "666677778888"),
)
AT, LATER = Status.OPEN, Status.WAITING_CUSTOMER
TICKETS: Final = (  # whose, subject, text, priority, minutes ago, whose work, where it stands after a reply
    ("clearlake", "Checkout API returns 503 in ap-southeast-1, all stores down", "Every till shows 503 since 10:40.", Priority.CRITICAL, 245, "lin.yue", AT),
    ("ruiheng", "RDS 主实例故障切换后连接池耗尽", "切换之后连接池一直是满的，订单服务大面积超时。", Priority.HIGH, 52, None, None),
    ("nordlicht", "EKS nodes NotReady after AMI update", "Nine of twelve nodes do not come back.", Priority.HIGH, 400, "maya.okafor", AT),
    ("qinghe", "支付回调全部超时，ALB 目标组无健康实例", "上午十点起支付回调全部超时。", Priority.CRITICAL, 130, "lin.yue", AT),
    ("saltmarsh", "CloudFront invalidation stuck in progress for two hours", "Readers still see yesterday's front page.", Priority.MEDIUM, 150, None, None),
    ("harbourline", "IAM Identity Center 登录循环，20 人无法进入控制台", "登录之后又回到登录页。", Priority.HIGH, 300, "chen.wei", AT),
    ("clearlake", "ElastiCache failover, sessions lost at 13:40", "Customers were logged out in the middle of paying.", Priority.HIGH, 90, "maya.okafor", AT),
    ("ruiheng", "Savings Plans 覆盖率下降到 61%", "上个月还是 83%，请帮忙看一下原因。", Priority.MEDIUM, 700, "zhao.min", AT),
    ("saltmarsh", "How do we add a read-only user for our auditors?", "They come on Monday and should see everything.", Priority.LOW, 200, None, None),
    ("qinghe", "WAF 规则误拦小程序请求", "今天更新规则之后，小程序登录被拦。", Priority.MEDIUM, 480, "zhao.min", AT),
    ("nordlicht", "Cost question: NAT Gateway data processing doubled", "October against September.", Priority.LOW, 1500, "tomas.ruiz", AT),
    ("clearlake", "Aurora writer CPU 100 % after parameter change", "We set innodb_io_capacity yesterday.", Priority.HIGH, 220, "lin.yue", LATER),
    ("harbourline", "Transit Gateway 路由表变更评审", "请评审附件中的路由变更。", Priority.MEDIUM, 1800, "tomas.ruiz", LATER),
    ("harbourline", "VPN vendor firmware breaks tunnel re-key", "The vendor promises a build on Friday.", Priority.LOW, 2900, "tomas.ruiz", Status.WAITING_THIRD_PARTY),
    ("harbourline", "Quarterly access review", "Please send the list of our users.", Priority.LOW, 4000, "chen.wei", Status.RESOLVED),
    ("harbourline", "VPN does not take over, static route", "The backup tunnel stays idle.", Priority.HIGH, 9000, "chen.wei", Status.RESOLVED),
)  # fmt: skip
_LOG: Final = """%BGP-5-ADJCHANGE: neighbor 169.254.96.1 Down Hold Timer Expired
dxvif-0example  state: down  bgp: down  vlan: 312"""
_FIRST: Final = f"""Our Direct Connect link to ap-southeast-1 went down around 10:40. All handheld scanners in the Tuas and
Jurong warehouses are offline, so nothing can be shipped. The backup VPN does not take over either.

{_LOG}"""


@dataclass(frozen=True)
class Company:
    """What there is to look at: numbers of tickets by name, customers by reference, values of addresses by kind.

    Shape: the kinds of `values` are those of `tests.web.parties`.
    """

    desk: Desk
    tickets: Mapping[str, int]
    customers: Mapping[str, int]
    notice: int
    event: int
    values: Mapping[str, Any]


def build(desk: Desk) -> Company:
    """Fill a fresh desk (`desk.open_desk`) with a day's work."""
    with desk.changing() as rows:
        people = _engineers(rows)
        customers = {told[0]: _customer(rows, *told) for told in CUSTOMERS}
        _rota(rows, people)
    tickets = {}
    for told in TICKETS:
        tickets[told[1]] = _ticket(desk, customers[told[0]], people, *told[1:])
    tickets["story"] = _story(desk, customers["harbourline"], people)
    with desk.changing() as rows:
        event = _health(rows, customers["harbourline"], tickets["story"])
        _mail_for_review(desk, rows, tickets["story"])
        notice = _notice(rows, people["lin.yue"])
        _availability(rows)
    _credits(desk, customers["harbourline"], people["chen.wei"])
    _letters(desk, tickets["story"])
    desk.index()
    values = (
        _values(desk)
        | _reports(desk, customers["harbourline"])
        | {
            "ticket": tickets["story"],
            "customer": customers["harbourline"],
            "notice": notice,
            "event": event,
        }
    )
    return Company(desk, tickets, customers, notice, event, values)


def _values(desk: Desk) -> dict[str, Any]:
    """One of each kind that stands alone."""
    with desk.changing() as rows:
        answer = CannedAnswer(
            name="Restarted", language="en", text="It was restarted.", changed_at=clock.now()
        )
        rows.add(answer)
        rows.flush()
        return {
            "message": rows.query(Message.id).filter(Message.html_key.is_not(None)).limit(1).scalar(),
            "outbox": rows.query(Outbox.id).limit(1).scalar(), "answer": answer.id,
            "delivery": rows.query(Delivery.id).limit(1).scalar(), "link-enter": _entry(rows),
        }  # fmt: skip


def _entry(rows: Session) -> str:
    """A mailed link to enter by, not yet used."""
    now, token = clock.now(), secrets.random_token(20)
    contact = rows.query(Contact.id).filter_by(email="li.na@harbourline.example").scalar()
    rows.add(
        EntryLink(email="li.na@harbourline.example", client="192.0.2.7", language="en", asking_digest="x", asked_at=now,
                  ends_at=now + timedelta(minutes=10), contact_id=contact, token_digest=secrets.digest(token))
    )  # fmt: skip
    return token


def _engineers(rows: Session) -> dict[str, int]:
    made = {}
    for local, name, role, language in ENGINEERS:
        email = f"{local}@northquay.example"
        person = rows.query(Engineer).filter_by(email=email).one_or_none() or Engineer(email=email, name=name)
        person.role, person.language, person.skills, person.time_zone = role, language, [], "Asia/Singapore"
        rows.add(person)
        rows.flush()
        if not person.password_hash:
            access.set_password(rows, person, PASSWORD)
        made[local] = person.id
    return made


def _customer(rows: Session, reference: str, name: str, language: str, zone: str, person: str, local: str,
              account: str) -> int:  # fmt: skip
    """A customer with a contract, three people and an account."""
    now = clock.now()
    row = rows.query(Customer).filter_by(reference=reference).one_or_none()
    if row is None:
        row = Customer(reference=reference, name=name, language=language, time_zone=zone)
        row.domains.append(CustomerDomain(domain=f"{reference}.example"))
        row.contacts.append(Contact(email=f"{local}@{reference}.example", name=person))
        rows.add(row)
    else:
        row.time_zone = zone
    row.contacts.append(Contact(email=f"ops@{reference}.example", name="Operations"))
    row.contacts[0].role = "manager"
    rows.flush()
    begin = month_at(now, UTC).previous.previous.previous.first
    rows.add(
        Contract(customer_id=row.id, number=f"NQ-2026-{row.id:03d}", version=1, starts_on=begin, time_zone=zone,
                 language=language, currency="CNY" if language == "zh" else "USD", monthly_fee=12_000, terms={})
    )  # fmt: skip
    rows.add(
        AwsAccount(account_id=account, customer_id=row.id, name="Production", regions=["ap-southeast-1"], state="ok",
                   services=["ec2", "directconnect"], role_arn=f"arn:aws:iam::{account}:role/HelpdeskGateway",
                   external_id="sealed", state_since=now - timedelta(days=30), probed_at=now - timedelta(hours=2),
                   severities=["low", "normal", "high", "urgent"], capabilities={"cases": "ok", "health": "ok"})
    )  # fmt: skip
    rows.flush()
    for what in ("probe", "cases", "health"):
        rows.add(
            AwsStream(account_id=account, what=what, due_at=now + timedelta(minutes=5), read_at=now - timedelta(minutes=4),
                      watched_since=now - timedelta(days=3))
        )  # fmt: skip
    return row.id


def _rota(rows: Session, people: Mapping[str, int]) -> None:
    """Days are covered in turn, nights by Lin Yue but at the weekend."""
    team = Team(name="Cloud")
    rows.add(team)
    rows.flush()
    told: dict[str, Any] = {
        "team_id": team.id, "time_zone": "Asia/Singapore", "first_on": (clock.now() - timedelta(days=40)).date(),
        "rotates": "weekly", "calendar": "", "on_holidays": "works",
    }  # fmt: skip
    turns = [people["chen.wei"], people["maya.okafor"], people["tomas.ruiz"]]
    rows.add_all([
        ShiftRule(**told, name="Day", position=0, weekdays=[0, 1, 2, 3, 4, 5, 6], starts="08:00", ends="20:00", engineers=turns),
        ShiftRule(**told, name="Night", position=1, weekdays=[0, 1, 2, 3, 4], starts="20:00", ends="08:00",
                  engineers=[people["lin.yue"]]),
    ])  # fmt: skip


def _requester(rows: Session, customer_id: int) -> Mailbox:
    first = rows.query(Contact).filter_by(customer_id=customer_id).order_by(Contact.id).first()
    assert first is not None
    return Mailbox(first.name, first.email)


def _ticket(desk: Desk, customer_id: int, people: Mapping[str, int], subject: str, text: str, priority: Priority,
            ago: int, whose: str | None, then: Status | None) -> int:  # fmt: skip
    head, opened = desk.services.letterhead, clock.now() - timedelta(minutes=ago)
    with desk.changing() as rows:
        author = rows.get_one(Engineer, people[whose or "chen.wei"])
        request = intake.Request(customer_id, _requester(rows, customer_id), subject, text, priority)
        number: int = intake.open_by_hand(rows, head, request, author=author, at=opened).id
        handling.assign(
            rows, head, number, author=author, assignee_id=people[whose] if whose else None, at=opened
        )
        if then is not None:
            answered = opened + timedelta(minutes=min(8, ago / 2))
            told = "We are on it and write again within the hour."
            handling.reply(
                rows, head, number, author=author, text=told, then=None if then is AT else then, at=answered
            )
    return number


def _story(desk: Desk, customer_id: int, people: Mapping[str, int]) -> int:
    """One ticket with everything on it: mail, files, replies, a note, AWS, a customer's answer in Chinese."""
    head, now = desk.services.letterhead, clock.now()
    with desk.changing() as rows:
        chen, lin = rows.get_one(Engineer, people["chen.wei"]), rows.get_one(Engineer, people["lin.yue"])
        who = _requester(rows, customer_id)
        request = intake.Request(
            customer_id, who, "Direct Connect down, warehouse scanners offline", _FIRST, Priority.CRITICAL
        )
        at = now - timedelta(minutes=170)
        number: int = intake.open_by_hand(rows, head, request, author=chen, at=at).id
        handling.assign(rows, head, number, author=lin, assignee_id=chen.id, at=at + timedelta(minutes=1))
        handling.reply(rows, head, number, author=chen, at=at + timedelta(minutes=6), text=(
            "Hello Li Na,\n\nthe BGP session on the virtual interface is down from the AWS side too. I am moving your traffic "
            "to the VPN by hand now and opening a case with AWS. Next word from me by 11:20."))  # fmt: skip
        handling.note(rows, head, number, author=lin, at=at + timedelta(minutes=14), text=(
            "VPN did not take over because the static route on their side still prefers DX (metric 10). Same mistake as in "
            "the ticket of last week."))  # fmt: skip
    with desk.changing() as rows:
        case = _case(rows, number, at)
        _said(rows, number, case, at + timedelta(minutes=90), "We see optical power below threshold on the cross connect at the "
              "location. Could the customer confirm whether work was done on the patch panel this morning?")  # fmt: skip
        _answer(desk, rows, number, who, at + timedelta(minutes=97))
    return number


def _case(rows: Session, number: int, at: Any) -> int:
    case = AwsCase(
        account_id="111122223333", case_id="case-111122223333-muen-2026-0123456789abcdef", display_id="176320481",
        ticket_id=number, subject=f"Direct Connect down [HD-{number}]", status="pending-customer-action", language="en",
        service="aws-direct-connect", category="connection-issue", severity_wanted="critical", severity="urgent",
        submitted_by="HelpdeskGateway (Role)", origin="gateway", opened_at=at + timedelta(minutes=20),
        seen_at=clock.now() - timedelta(minutes=2), awaits_us_since=at + timedelta(minutes=90),
    )  # fmt: skip
    rows.add(case)
    rows.flush()
    return case.id


def _said(rows: Session, number: int, case: int, at: Any, text: str) -> None:
    message = Message(ticket_id=number, direction=Direction.FROM_AWS, author_name="Amazon Web Services", at=at, text=text,
                      subject="Direct Connect down", new_text=text, language="en", authenticated=True)  # fmt: skip
    rows.add(message)
    rows.flush()
    rows.add(
        AwsCommunication(aws_case_id=case, at=at, submitted_by="Amazon Web Services", author=Author.AWS, body=text,
                         body_digest="0" * 64, message_id=message.id)
    )  # fmt: skip


def _answer(desk: Desk, rows: Session, number: int, who: Mailbox, at: Any) -> None:
    """The customer's mail of the story, with quotes, files and a view in HTML."""
    blobs, raw = (
        desk.services.blobs,
        b"From: li.na@harbourline.example\r\nSubject: Re: Direct Connect\r\n\r\n...",
    )
    new = "是的，机房今天早上 10:30 更换过配线架的跳线。已让现场同事检查 A12 端口。"
    delivery = Delivery(
        arrival="a", accepted_at=at, door="smtp", reverse_path=who.address, forward_path="support@northquay.example",
        blob_key=blobs.put(rows, raw, at), size_bytes=len(raw), state="done", next_attempt_at=at, ticket_id=number,
    )  # fmt: skip
    rows.add(delivery)
    rows.flush()
    message = Message(
        ticket_id=number, direction=Direction.INBOUND, author_name=who.name, author_email=who.address, at=at,
        subject="Re: Direct Connect down", text=f"{new}\n\n> {_FIRST}", new_text=new, language="zh", delivery_id=delivery.id,
        authenticated=True, authentication={"spf": "pass", "dkim": "pass", "dmarc": "pass", "source": "door"},
        html_key=blobs.put(rows, f"<p>{new}</p><p><img src='https://tracker.example/x.png'></p>".encode(), at),
    )  # fmt: skip
    files = (
        ("router-log-1040.txt", "text/plain", _LOG.encode()),
        ("dx-console.png", "image/png", PNG * 9000),
    )
    for name, kind, content in files:
        message.attachments.append(
            Attachment(token=f"file{name[:8]}", filename=name, content_type=kind, size_bytes=len(content),
                       blob_key=blobs.put(rows, content, at))
        )  # fmt: skip
    rows.add(message)


def _health(rows: Session, customer_id: int, number: int) -> int:
    now = clock.now()
    event = HealthEvent(
        arn="arn:aws:health:ap-southeast-1::event/DIRECTCONNECT/AWS_DIRECTCONNECT_OPERATIONAL_ISSUE/1", partition="aws",
        service="DIRECTCONNECT", type_code="AWS_DIRECTCONNECT_OPERATIONAL_ISSUE", category="issue", scope="ACCOUNT_SPECIFIC",
        region="ap-southeast-1", status="open", starts_at=now - timedelta(hours=3), updated_at=now - timedelta(minutes=20),
        description="We are investigating connectivity issues for Direct Connect at one location.", first_seen_at=now, seen_at=now,
    )  # fmt: skip
    rows.add(event)
    rows.flush()
    rows.add(
        HealthImpact(event_id=event.id, account_id="111122223333", since=now,
                     entities=[["dxvif-0example", "IMPAIRED"], ["dxcon-0example", "IMPAIRED"]])
    )  # fmt: skip
    rows.add(HealthTicket(event_id=event.id, customer_id=customer_id, ticket_id=number, state="open"))
    return event.id


def _mail_for_review(desk: Desk, rows: Session, number: int) -> None:
    """Mail that waits for a person, each for another reason."""
    now, blobs = clock.now(), desk.services.blobs
    held = (
        ("held", "impersonation", "own-address", "Invoice October", "billing@northquay.example"),
        ("quarantined", "quarantine", "61 nested parts, limit 50", "", "bulk@nordlicht.example"),
    )
    for state, rule, error, subject, sender in held:
        raw = f"From: {sender}\r\nSubject: {subject}\r\n\r\nPlease pay.\r\n".encode()
        rows.add(
            Delivery(arrival="b", accepted_at=now - timedelta(hours=1), door="smtp", reverse_path=sender, originator=sender,
                     forward_path="support@northquay.example", blob_key=blobs.put(rows, raw, now), size_bytes=len(raw),
                     state=state, next_attempt_at=now, rule=rule, error=error, subject=subject)
        )  # fmt: skip
    stranger = "send console password of the production account"
    rows.add(
        Message(ticket_id=number, direction=Direction.INBOUND, author_name="Goh Wei Ming", at=now - timedelta(minutes=34),
                author_email="goh.weiming@harbourline-mail.example", subject="Re: Direct Connect down", text=stranger,
                new_text=stranger, language="en", held=True, held_reason="not-a-participant",
                authentication={"spf": "fail", "dkim": "fail", "dmarc": "fail", "source": "door"})
    )  # fmt: skip
    report = MailReport(address="ops@saltmarsh.example", action="failed", status="5.1.1", proof="return-path", hard=True, at=now,
                        diagnostic="550 5.1.1 no such user")  # fmt: skip
    rows.add(report)
    rows.flush()
    rows.add(
        Suppression(
            address=report.address,
            reason="hard",
            report_id=report.id,
            since=now,
            until=now + timedelta(days=30),
        )
    )


def _letters(desk: Desk, number: int) -> None:
    """Letters sent, refused and of unknown fate, and one that waits."""
    now = clock.now()
    replies = {
        "failed": "550 5.7.1 message refused by policy", "uncertain": "connection lost after DATA",
        "pending": "451 4.3.0 try again later",
    }  # fmt: skip
    with desk.changing() as rows:
        for letter in rows.query(Outbox):
            letter.state, letter.sent_at = "sent", letter.created_at + timedelta(seconds=2)
            letter.last_reply = "250 2.0.0 queued"
        letters = rows.query(Outbox).filter_by(ticket_id=number).order_by(Outbox.id.desc())
        for letter, (state, reply) in zip(letters, replies.items(), strict=False):
            letter.state, letter.last_reply, letter.sent_at, letter.attempts = state, reply, None, 3
            letter.next_attempt_at = now + timedelta(minutes=12)


def _availability(rows: Session) -> None:
    """Ninety measured days with two outages, the second of mail out alone."""
    now = clock.now().replace(second=0, microsecond=0)
    begin, first, second = now - timedelta(days=89), now - timedelta(days=61), now - timedelta(days=12)
    for each in Component:
        downs = [(first, 17)] if each not in (Component.AWS_SYNC, Component.WEB) else []
        downs += [(second, 6)] if each in (Component.MAIL_OUT, Component.PLATFORM) else []
        since = begin
        for at, minutes in downs:
            end = at + timedelta(minutes=minutes)
            rows.add(AvailabilityStretch(component=each, since=since, until=at, up=True))
            rows.add(AvailabilityStretch(component=each, since=at, until=end, up=False))
            since = end
        rows.add(AvailabilityStretch(component=each, since=since, until=now, up=True))


def _notice(rows: Session, author: int) -> int:
    now = clock.now()
    told: dict[str, Any] = {
        "author_id": author,
        "created_at": now,
        "changed_at": now,
        "zone": "Asia/Singapore",
    }
    window = Notice(
        kind="maintenance", state="draft", titles={"en": "Direct Connect routers are replaced", "zh": "更换专线路由器"},
        texts={"en": "Each link is down for up to ten minutes; the VPN takes over.", "zh": "每条专线最多中断十分钟，期间由 VPN 接替。"},
        scope={"regions": ["ap-southeast-1"]}, starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=2), **told,
    )  # fmt: skip
    advisory = Notice(
        kind="advisory", state="draft", severity="high", titles={"en": "OpenSSH: update your bastions", "zh": "OpenSSH：请更新跳板机"},
        texts={"en": "Update to 9.9p2 by Friday.", "zh": "请在周五前升级到 9.9p2。"}, scope={}, **told,
    )  # fmt: skip
    rows.add_all([window, advisory])
    rows.flush()
    return window.id


def _credits(desk: Desk, customer_id: int, author_id: int) -> None:
    """Last month with twenty tickets, one of them late, frozen."""
    head, month = desk.services.letterhead, month_at(clock.now(), UTC).previous
    with desk.changing() as rows:
        author = rows.get_one(Engineer, author_id)
        who = _requester(rows, customer_id)
        for day in range(1, 21):
            at = month.begins(UTC) + timedelta(days=day)
            subject = "Backup vault copy job failed" if day == 9 else f"Change request {day} of the month"
            request = intake.Request(customer_id, who, subject, subject, Priority.HIGH)
            number = intake.open_by_hand(rows, head, request, author=author, at=at).id
            done = at + (timedelta(days=2) if day == 9 else timedelta(minutes=25))
            handling.reply(rows, head, number, author=author, text="Done.", then=Status.RESOLVED, at=done)
            handling.change_status(
                rows, head, number, author=author, status=Status.CLOSED, at=done + timedelta(hours=2)
            )
    with desk.changing() as rows:
        number_of = rows.query(Contract.number).filter_by(customer_id=customer_id).scalar()
        credits.freeze(rows, head, number_of, month, at=clock.now())


def _reports(desk: Desk, customer_id: int) -> dict[str, int]:
    """A month's, a week's and a day's report, and management's."""
    month = reported.report(customer_id=customer_id)
    told = [
        month, reported.short(Kind.WEEKLY, date(2026, 10, 11), customer_id=customer_id),
        reported.short(Kind.DAILY, date(2026, 10, 9), customer_id=customer_id), reported.management(),
    ]  # fmt: skip
    numbers = reported.produced(desk, *told)
    return {"report": numbers[0], "management": numbers[-1]}


def open_company(folder: Path, url: str = "", **settings: object) -> Company:
    """A fresh desk full of work."""
    from tests.web import desk as desks

    return build(desks.open_desk(folder, url, **settings))
