"""Who wrote a mail: a person, a machine, a list, a bounce, or ourselves."""

from __future__ import annotations

import pytest

from gateway.mail.classify import auto_submitted, classify
from gateway.mail.message import Classification, Kind
from gateway.mail.parse import parse

OWN = frozenset({"support@desk.example"})


def judge(
    fields: str = "", *, body: str = "The disk is full.", path: str | None = "li@customer.example"
) -> Classification:
    head = "" if "From:" in fields else "From: Li <li@customer.example>\n"
    subject = "" if "Subject:" in fields else "Subject: Disk full\n"
    raw = f"{head}{subject}To: support@desk.example\n{fields.strip()}\n".rstrip("\n") + f"\n\n{body}\n"
    return classify(parse(raw.encode()), reverse_path=path, own_addresses=OWN)


def kind(
    fields: str = "", *, body: str = "The disk is full.", path: str | None = "li@customer.example"
) -> Kind:
    return judge(fields, body=body, path=path).kind


def test_plain_mail_is_a_persons() -> None:
    assert judge() == Classification(Kind.HUMAN)


@pytest.mark.parametrize("value", ["no", "No", " NO ", "no; by=hand", "no (really)"])
def test_auto_submitted_no_is_a_persons(value: str) -> None:
    assert kind(f"Auto-Submitted: {value}") is Kind.HUMAN


@pytest.mark.parametrize(
    "value",
    [
        "auto-replied",
        "Auto-Replied",
        'auto-replied; owner-email="li@customer.example"',
        "auto-replied (vacation)",
    ],
)
def test_auto_replied_is_an_automatic_answer(value: str) -> None:
    assert kind(f"Auto-Submitted: {value}") is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "fields",
    [
        "X-Autoreply: yes",
        "X-Auto-Reply: true",
        "X-Autorespond: out",
        "Precedence: auto_reply",
        "Precedence: Auto_Reply",
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nIn-Reply-To: <1@desk.example>",
    ],
)
def test_field_of_an_autoresponder_is_an_automatic_answer(fields: str) -> None:
    assert kind(fields) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Disk full",
        "Out of Office: Disk full",
        "Out of office until 5 March",
        "OOO: Disk full",
        "Autoreply: Disk full",
        "I am out of the office",
        "自动回复: 磁盘",
        "自动回复：Re: 磁盘",
        "自动答复: 磁盘",
        "自動回覆: 磁碟",
        "自動回覆",
        "【自动回复】我正在休假",
        "不在办公室",
        "自動返信: ディスク",
        "不在通知：休暇中",
        "자동 회신: 디스크",
        "부재 중: 디스크",
        "Automatische Antwort: Platte",
        "Abwesenheitsnotiz: Platte",
        "Réponse automatique : disque",
        "Absence du bureau",
        "Respuesta automática: disco",
        "Fuera de la oficina",
        "Resposta automática: disco",
        "Estou de férias",
        "Estoy fuera de la oficina",
        "Je suis absent",
        "Ich bin nicht im Büro",
        "휴가 중",
        "出差自动回复",
        "自動回信：磁碟",
        "邮件自动回复",
    ],
)
def test_subject_of_an_automatic_answer_tells_it(subject: str) -> None:
    assert kind(f"Subject: {subject}") is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic replies are not sent by SES",
        "Out of office hours support",
        "Out of memory on db-1",
        "自动回复功能无法使用",
        "自动回复规则没有生效",
        "不在办公室如何使用 VPN",
        "自動返信メールが届かない",
        "Absence de sauvegarde depuis hier",
        "Отсутствует доступ к консоли",
        "Urlaubsantrag-Portal nicht erreichbar",
        "Autoscaling response too slow",
        "Re: auto reply settings",
        "Re: Automatic reply: Disk full",
        "自动回复：如何关闭？",
        "Automatic reply: how do we turn it off?",
        "出差自动回复没有生效",
        "휴가 중 접속이 안 됩니다",
    ],
)
def test_subject_about_automatic_answers_is_a_persons(subject: str) -> None:
    assert kind(f"Subject: {subject}") is Kind.HUMAN


AWAY = {
    "en": "Thank you for your e-mail.\nI am currently out of the office until Monday with limited access to e-mail.",
    "zh-Hans": "您好，\n我正在休假中，无法及时回复邮件。如有紧急事务，请联系王强。",
    "zh-Hant": "您好，\n我目前出差中，回來後會盡快回覆您的郵件。",
    "ja": "お世話になっております。\n現在、休暇をいただいております。戻り次第ご連絡いたします。",
    "ko": "안녕하세요.\n현재 휴가 중입니다. 복귀 후 회신드리겠습니다.",
    "de": "Guten Tag,\nich bin bis 12.3. nicht im Büro. In dringenden Fällen wenden Sie sich an Frau Weber.",
    "fr": "Bonjour,\nje suis actuellement en congés. Je vous répondrai dès mon retour.",
    "es": "Hola,\nestoy fuera de la oficina hasta el lunes. Responderé a mi regreso.",
    "pt": "Olá,\nestou de férias até segunda-feira. Responderei no meu regresso.",
}


@pytest.mark.parametrize("text", AWAY.values(), ids=AWAY.keys())
def test_first_lines_of_an_absence_notice_tell_it_where_it_answers_something(text: str) -> None:
    answering = (
        "Subject: Re: Disk full\nContent-Type: text/plain; charset=utf-8\nIn-Reply-To: <1@desk.example>"
    )
    assert kind(answering, body=text) is Kind.AUTO_REPLY
    assert kind("Content-Type: text/plain; charset=utf-8", body=text) is Kind.HUMAN


@pytest.mark.parametrize(
    "text",
    [
        "I am on leave from tomorrow. Will it be fixed by then?",
        "I am out of the office today, so please write to our team; the disk is full again.",
        "我正在出差，服务器连不上了，请尽快回复。",
        "我在外出差，VPN 无法连接，很紧急，请联系我。",
        "出張中ですが、コンソールに入れません。至急対応をお願いします。",
        "휴가 중인데 콘솔에 접속할 수 없습니다. 빨리 확인해 주세요.",
        "Ich bin im Urlaub, aber die Platte ist voll. Bitte dringend prüfen.",
        "Je suis en déplacement et le VPN ne marche pas, c'est urgent.",
        "Estoy de viaje y la consola no abre, es urgente.",
        "Estou em viagem e o console não abre, é urgente.",
        "Our vacation responder is broken: people get no answer when we are out of office.",
    ],
)
def test_person_who_is_away_and_asks_is_a_person(text: str) -> None:
    answering = (
        "Subject: Re: Disk full\nContent-Type: text/plain; charset=utf-8\nIn-Reply-To: <1@desk.example>"
    )
    assert kind(answering, body=text) is Kind.HUMAN


def test_calendar_answer_is_an_automatic_answer() -> None:
    body = "--b\nContent-Type: text/plain\n\nAccepted\n--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n--b--"
    assert (
        kind('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"', body=body) is Kind.AUTO_REPLY
    )


def test_read_receipt_is_an_automatic_answer() -> None:
    fields = 'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary="b"'
    assert kind(fields, body="--b\nContent-Type: text/plain\n\nRead.\n--b--") is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "fields",
    [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-notified",
        "X-Amz-Sns-Message-Id: 1",
        "From: no-reply@sns.amazonaws.example",
        "From: cloudwatch@aws.example",
        "From: backup@customer.example",
        "X-Auto-Response-Suppress: All",
    ],
)
def test_machines_own_report_is_auto_generated(fields: str) -> None:
    assert kind(fields) is Kind.AUTO_GENERATED


def test_null_reverse_path_alone_is_a_machine() -> None:
    assert kind(path="") is Kind.AUTO_GENERATED


def test_unknown_reverse_path_says_nothing() -> None:
    assert kind(path=None) is Kind.HUMAN


def test_team_mailbox_that_answers_is_a_person() -> None:
    assert kind("From: monitoring@customer.example\nIn-Reply-To: <1@desk.example>") is Kind.HUMAN


@pytest.mark.parametrize(
    "fields",
    [
        "Precedence: bulk",
        "Precedence: LIST",
        "Precedence: junk",
        "List-Id: <x.example>",
        "List-Unsubscribe: <mailto:x@x.example>",
    ],
)
def test_list_mail_is_bulk(fields: str) -> None:
    assert kind(fields) is Kind.BULK


@pytest.mark.parametrize("value", ["first-class", "normal", ""])
def test_other_precedence_is_a_persons(value: str) -> None:
    assert kind(f"Precedence: {value}") is Kind.HUMAN


def test_report_of_a_failed_delivery_is_a_bounce_with_its_facts() -> None:
    fields = "From: MAILER-DAEMON@mx.example\nSubject: failure notice\nAuto-Submitted: auto-replied"
    found = judge(
        fields,
        body="I wasn't able to deliver your message to\n<gone@customer.example>:\n550 5.1.1 unknown",
        path="",
    )
    assert found.bounce is not None
    assert (found.kind, found.bounce.recipient) == (Kind.BOUNCE, "gone@customer.example")


@pytest.mark.parametrize(
    "fields",
    [
        "X-Helpdesk-Loop: support@desk.example",
        "X-Helpdesk-Loop: 3f2a",
        "X-Loop: Support@Desk.example",
        "From: support@desk.example\nAuto-Submitted: auto-replied",
    ],
)
def test_our_own_mail_coming_back_is_a_loop(fields: str) -> None:
    assert kind(fields) is Kind.LOOP


@pytest.mark.parametrize("fields", ["X-Loop: list@other.example", "X-Helpdesk-Loop: help@other.example"])
def test_mark_of_another_desk_is_no_loop(fields: str) -> None:
    assert kind(fields) is Kind.HUMAN


def test_hundred_hops_are_a_loop() -> None:
    assert kind("\n".join(["Received: from a by b; Tue, 3 Mar 2026 15:00:00 +0000"] * 100)) is Kind.LOOP


def test_ninety_nine_hops_are_no_loop() -> None:
    assert kind("\n".join(["Received: from a by b; Tue, 3 Mar 2026 15:00:00 +0000"] * 99)) is Kind.HUMAN


def test_loop_counts_before_everything_else() -> None:
    assert kind("X-Loop: support@desk.example\nAuto-Submitted: auto-replied\nPrecedence: bulk") is Kind.LOOP


def test_automatic_answer_counts_before_list_fields() -> None:
    assert kind("Auto-Submitted: auto-replied\nPrecedence: bulk") is Kind.AUTO_REPLY


def test_keyword_of_auto_submitted_is_case_folded() -> None:
    assert auto_submitted(parse(b"Auto-Submitted: Auto-Generated; type=x\n\n")) == "auto-generated"
