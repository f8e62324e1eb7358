"""What delivery status notifications say, in the form of RFC 3464 and in servers' own words."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.bounce import read
from gateway.mail.delivery_report import groups
from gateway.mail.enhanced_status import status_in
from gateway.mail.message import Bounce
from gateway.mail.parse import parse

REPORT = """\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: support@desk.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; gone@customer.example
Original-Recipient: rfc822;alias@customer.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}
--b
Content-Type: {returned}

Message-ID: <HD-1042.abc@desk.example>
From: support@desk.example
To: alias@customer.example
Subject: [HD-1042] Disk full

text
--b--
"""


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "550 5.1.1 User unknown",
    returned: str = "message/rfc822",
) -> Bounce | None:
    raw = REPORT.format(action=action, status=status, diagnostic=diagnostic, returned=returned)
    return read(parse(raw.encode()))


def told(
    text: str, *, sender: str = "MAILER-DAEMON@mx.example", subject: str = "failure notice"
) -> Bounce | None:
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = "support@desk.example"
    letter["Subject"] = subject
    letter.set_content(text)
    return read(parse(letter.as_bytes()))


def test_standard_report_gives_recipient_status_action_and_original() -> None:
    assert report() == Bounce(
        recipient="gone@customer.example",
        status="5.1.1",
        action="failed",
        diagnostic="550 5.1.1 User unknown",
        original_message_id="HD-1042.abc@desk.example",
    )


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_original_message_id_is_read_from_what_came_back(returned: str) -> None:
    found = report(returned=returned)
    assert found is not None
    assert found.original_message_id == "HD-1042.abc@desk.example"


def test_delay_is_no_failure() -> None:
    found = report(action="delayed", status="4.4.1", diagnostic="450 no answer")
    assert found is not None
    assert (found.action, found.status) == ("delayed", "4.4.1")


def test_missing_status_comes_from_the_diagnostic() -> None:
    found = report(status="", diagnostic="552 5.2.2 mailbox full")
    assert found is not None
    assert found.status == "5.2.2"


def test_status_that_says_nothing_gives_way_to_the_diagnostic() -> None:
    found = report(status="5.0.0", diagnostic="550-5.7.26 unauthenticated mail")
    assert found is not None
    assert found.status == "5.7.26"


def test_action_may_carry_a_comment() -> None:
    found = report(action="failed (bad address)")
    assert found is not None
    assert found.action == "failed"


def test_first_failed_recipient_counts_before_delivered_ones() -> None:
    raw = REPORT.format(
        action="delivered", status="2.0.0", diagnostic="250 ok", returned="message/rfc822"
    ).replace(
        "--b\nContent-Type: message/rfc822",
        "\nFinal-Recipient: rfc822;second@customer.example\nAction: failed\nStatus: 5.2.1\n--b\nContent-Type: message/rfc822",
    )
    found = read(parse(raw.encode()))
    assert found is not None
    assert (found.recipient, found.status) == ("second@customer.example", "5.2.1")


QMAIL = """\
Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<gone@customer.example>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Return-Path: <support@desk.example>
Message-ID: <1@desk.example>
To: gone@customer.example

text
"""
EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  gone@customer.example
    host mx.customer.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<gone@customer.example>:
    550 5.1.1 no such user

------ This is a copy of the message, including all the headers. ------

Return-path: <support@desk.example>
Message-ID: <1@desk.example>
"""
SENDMAIL = """\
   ----- The following addresses had permanent fatal errors -----
<gone@customer.example>
    (reason: 550 5.1.1 <gone@customer.example>... User unknown)

   ----- Transcript of session follows -----
550 5.1.1 <gone@customer.example>... User unknown

   ----- Original message follows -----

Message-ID: <1@desk.example>
"""
QQ = """\
尊敬的用户，您好！

很抱歉您发送的邮件被退回，以下是该邮件的相关信息：

被退回邮件
主  题：Re: 磁盘
时  间：2026-03-03 15:00:00
无法发送到 gone@customer.example
退信原因
收件人邮件地址（gone@customer.example）不存在，邮件无法送达。
host mx1.customer.example[192.0.2.1] said: 550 5.1.1 Mailbox not found.
"""
NETEASE = """\
抱歉，您的邮件被退回来了……
原邮件信息：
时   间：2026-03-03 15:00:00
主   题：Re: 磁盘
收件人：gone@customer.example
退信原因：
对方邮箱不存在 (SMTP error, RCPT TO: host mx.customer.example(192.0.2.1) said 550 5.1.1 User unknown)
建议解决方案：请核对收件人地址。
"""
JAPANESE = """\
以下のアドレスにメールを送信できませんでした。

<gone@customer.example>: host mx.customer.example said: 550 5.1.1 宛先不明
"""


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("MAILER-DAEMON@mx.example", "failure notice", QMAIL),
        ("Mailer-Daemon@mx.example", "Mail delivery failed: returning message to sender", EXIM),
        ("MAILER-DAEMON@mx.example", "Returned mail: see transcript for details", SENDMAIL),
        ("PostMaster@qq.example", "来自postmaster@qq.example的系统退信", QQ),
        ("Postmaster@163.example", "系统退信/Systems bounce", NETEASE),
        ("MAILER-DAEMON@mx.example", "メール送信エラー", JAPANESE),
        (
            "postmaster@aliyun.example",
            "来自aliyun.example的退信",
            "很抱歉，您发送的邮件未能送达。\n收件人：gone@customer.example\n退信原因：550 5.1.1 收件人不存在",
        ),
        (
            "postmaster@sina.example",
            "邮件投递失败通知",
            "抱歉，您的邮件投递失败。\n失败的收件人： gone@customer.example\n失败原因：550 5.1.1 用户不存在",
        ),
        (
            "postmaster@139.example",
            "投递失败：磁盘",
            "您的邮件无法投递到 gone@customer.example，原因：550 5.1.1 用户不存在",
        ),
        (
            "postmaster@docomo.example",
            "Undelivered Mail Returned to Sender",
            "The following recipients could not be reached\n<gone@customer.example>\n550 5.1.1 Unknown user",
        ),
        (
            "postmaster@exchange.example",
            "未送达: 磁盘",
            "未能将您的邮件传递给以下收件人:\n\ngone@customer.example\n550 5.1.1 找不到收件人",
        ),
        (
            "mailer-daemon@yahoo.example",
            "Failure Notice",
            "Sorry, we were unable to deliver your message to the following address.\n\n<gone@customer.example>:\n550: 5.1.1 no such user",
        ),
        (
            "mailer-daemon@googlemail.example",
            "Delivery Status Notification (Failure)",
            "Delivery to the following recipient failed permanently:\n\n     gone@customer.example\n\n550 5.1.1 no such user",
        ),
    ],
)
def test_report_in_a_servers_own_words_gives_recipient_and_status(
    sender: str, subject: str, text: str
) -> None:
    found = told(text, sender=sender, subject=subject)
    assert found is not None
    assert (found.recipient, found.status, found.action) == ("gone@customer.example", "5.1.1", "failed")


def test_original_message_id_is_read_from_a_copy_in_the_text() -> None:
    found = told(QMAIL)
    assert found is not None
    assert found.original_message_id == "1@desk.example"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("邮件发送失败", "我们通过 SES 发送到 user@shop.example 的邮件被退回，提示 550 5.7.1，请协助排查。"),
        (
            "Undeliverable mail to our customers",
            "Mails to user@shop.example could not be delivered, 550 5.1.1 user unknown.",
        ),
        (
            "Re: Undelivered Mail Returned to Sender",
            "Please see why this could not be delivered to user@shop.example.",
        ),
        ("退信问题", "给 user@shop.example 发邮件一直退信，收件人拒收。"),
        ("メール送信エラーについて", "user@shop.example に送信できません。550 エラーが出ます。"),
    ],
)
def test_person_asking_about_bounces_is_no_bounce(subject: str, text: str) -> None:
    assert told(text, sender="li@customer.example", subject=subject) is None


def test_alarm_about_undelivered_mail_is_no_bounce() -> None:
    letter = EmailMessage()
    letter["From"] = "alerts@monitor.example"
    letter["Subject"] = "[FIRING] mail queue"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("12 mails to shop.example could not be delivered, e.g. to user@shop.example.")
    assert read(parse(letter.as_bytes())) is None


def test_alarm_with_an_error_in_it_is_no_bounce() -> None:
    assert (
        told("error: bucket backup@vault does not exist", sender="root@db.example", subject="Cron job failed")
        is None
    )


@pytest.mark.parametrize(
    ("diagnostic", "status"),
    [
        ("550 5.7.1 Relaying denied", "5.7.1"),
        ("552 mailbox is full", "5.2.2"),
        ("550 用户不存在", "5.1.1"),
        ("452 4.2.2 over quota", "4.2.2"),
        ("421 connection timed out", "4.4.7"),
        ("554 rejected due to spam", "5.7.1"),
        ("(#5.1.2) cannot find host", "5.1.2"),
        ("mx1.example [10.5.1.1] Postfix 2.5.6", ""),
        ("hello", ""),
    ],
)
def test_status_is_told_from_a_diagnostic(diagnostic: str, status: str) -> None:
    assert status_in(diagnostic) == status


COMPLAINT = """\
From: abuse@mailbox.example
To: abuse@desk.example
Subject: complaint about message from 192.0.2.1
Content-Type: multipart/report; report-type=feedback-report; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Reporter/1
Version: 1
{recipient}
--b
Content-Type: message/rfc822

Message-ID: <HD-1042.abc@desk.example>
From: support@desk.example
To: alias@customer.example
Subject: [HD-1042] Disk full

text
--b--
"""


def complaint(kind: str, recipient: str = "Original-Rcpt-To: <gone@customer.example>") -> Bounce | None:
    return read(parse(COMPLAINT.format(kind=kind, recipient=recipient).encode()))


@pytest.mark.parametrize("kind", ["abuse", "Fraud", "opt-out", "other"])
def test_complaint_names_reader_and_original(kind: str) -> None:
    assert complaint(kind) == Bounce(
        "gone@customer.example", "", "complained", kind.lower(), "HD-1042.abc@desk.example"
    )


def test_complaint_that_names_nobody_is_about_whom_the_mail_went_to() -> None:
    found = complaint("abuse", "Source-IP: 192.0.2.1")
    assert found is not None
    assert found.recipient == "alias@customer.example"


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", ""])
def test_report_of_another_kind_is_no_complaint(kind: str) -> None:
    assert complaint(kind) is None


def notification(
    told: dict[str, object], *, wrapped: bool = False, own: str = "support@desk.example"
) -> Bounce | None:
    text = json.dumps({"Type": "Notification", "Message": json.dumps(told)} if wrapped else told)
    raw = f"From: no-reply@sns.example\nSubject: AWS Notification Message\n\n{text}\n\n--\nunsubscribe here\n"
    return read(parse(raw.encode()), frozenset({own}))


SENT = {"source": "support+b@desk.example", "commonHeaders": {"messageId": "<HD-1042.abc@desk.example>"}}
BOUNCED = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [
            {
                "emailAddress": "gone@customer.example",
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            }
        ],
    },
    "mail": SENT,
}


@pytest.mark.parametrize("wrapped", [False, True])
def test_notification_of_ses_tells_a_returned_mail(wrapped: bool) -> None:
    assert notification(BOUNCED, wrapped=wrapped) == Bounce(
        "gone@customer.example", "5.1.1", "failed", "550 5.1.1 user unknown", "HD-1042.abc@desk.example"
    )


def test_notification_of_ses_tells_a_complaint() -> None:
    told = {"complainedRecipients": [{"emailAddress": "gone@customer.example"}]}
    found = notification({"eventType": "Complaint", "complaint": told, "mail": SENT})
    assert found is not None
    assert (found.recipient, found.action) == ("gone@customer.example", "complained")


def test_notification_of_ses_about_a_customers_own_mail_is_no_bounce_of_ours() -> None:
    assert notification(BOUNCED, own="support@other.example") is None


@pytest.mark.parametrize(
    "text",
    ['{"notificationType":', '{"notificationType": "Bounce", "bounce": []}', '{"Message": ' + "[" * 5_000],
)
def test_broken_notification_is_no_bounce(text: str) -> None:
    assert told(text, sender="no-reply@sns.example", subject="AWS Notification Message") is None


def test_report_without_returned_header_names_what_it_answers() -> None:
    raw = REPORT.format(action="failed", status="5.1.1", diagnostic="550 5.1.1 no", returned="text/plain")
    raw = raw.replace("Message-ID: <HD-1042.abc@desk.example>\n", "")
    found = read(parse(f"In-Reply-To: <HD-1042.abc@desk.example>\n{raw}".encode()))
    assert found is not None
    assert found.original_message_id == "HD-1042.abc@desk.example"


@given(st.text(max_size=400))
def test_any_text_is_read_as_fields(text: str) -> None:
    assert all(name == name.lower() for group in groups(text) for name in group)


@given(st.binary(max_size=300), st.text(max_size=200))
def test_any_report_is_read(status_part: bytes, text: str) -> None:
    raw = b"From: MAILER-DAEMON@mx.example\nSubject: Returned mail\n" + (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
        + text.encode("utf-8", "replace")
        + b"\n--b\nContent-Type: message/delivery-status\n\n"
        + status_part
        + b"\n--b--\n"
    )
    found = read(parse(raw))
    assert found is not None


@pytest.mark.parametrize(
    "text",
    [
        "a@" * 100_000,
        "<a@b.example>\n" * 20_000,
        "-" * 200_000,
        "Received: from \n" * 20_000,
        "could not be delivered\n" * 20_000,
    ],
)
@pytest.mark.timeout(10)
def test_hostile_report_is_read_in_linear_time(text: str) -> None:
    assert told(text) is not None
