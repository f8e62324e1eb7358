"""Support cases on the ticket's page: open, adopt, answer, release, resolve, relay, and writes that wait."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store import scans
from gateway.store.models import (
    Attachment,
    Author,
    AwsAccount,
    AwsCase,
    AwsWrite,
    Direction,
    Engineer,
    Scan,
    Ticket,
)
from gateway.tickets import proposals
from tests.web import beside_aws as aws
from tests.web import desk as desks
from tests.web.desk import Desk, form_token

FORM = {
    "account_id": aws.ACCOUNT, "service": "aws-direct-connect", "category": "connection-issue", "severity": "critical",
    "language": "en", "subject": "Direct Connect down", "body": "The link is down.", "last": "0",
}  # fmt: skip


@pytest.fixture
def number(either_desk: Desk) -> int:
    aws.add_account(either_desk)
    return desks.open_ticket(either_desk)


@pytest.fixture
def client(either_desk: Desk) -> FlaskClient:
    return either_desk.signed_in()


def post(client: FlaskClient, number: int, what: str, **fields: object) -> TestResponse:
    token = form_token(client.get("/tickets/new"))
    return client.post(f"/tickets/{number}/{what}", data={"csrf_token": token, **fields})


def writes(desk: Desk) -> list[AwsWrite]:
    with desk.reading() as rows:
        return rows.query(AwsWrite).order_by(AwsWrite.id).all()


def shown(client: FlaskClient, number: int) -> str:
    return client.get(f"/tickets/{number}").text


# Opening a case.


def test_form_is_drafted_from_the_ticket(client: FlaskClient, number: int) -> None:
    page = client.get(f"/tickets/{number}/aws-case").text
    assert 'href="/tickets/1001/aws-case"' in shown(client, number)
    assert "nothing can be shipped" in page
    assert f'<option value="{aws.ACCOUNT}" selected>' in page
    assert '<option value="high" selected>' in page


def test_form_says_what_a_severity_becomes(either_desk: Desk, client: FlaskClient, number: int) -> None:
    with either_desk.changing() as rows:
        rows.get_one(AwsAccount, aws.ACCOUNT).severities = ["low", "normal"]
    assert "goes as System impaired (normal)" in client.get(f"/tickets/{number}/aws-case").text


def test_case_is_opened_in_one_press(either_desk: Desk, client: FlaskClient, number: int) -> None:
    assert post(client, number, "aws-case", **FORM).status_code == 303
    (write,) = writes(either_desk)
    assert (write.kind, write.state, write.payload["wanted"], write.payload["severity"]) == (
        "create", "queued", "critical", "urgent",
    )  # fmt: skip
    assert "Waits to be sent to AWS" in shown(client, number)


def test_new_file_goes_to_aws_with_the_case_it_was_chosen_for(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    assert (
        post(client, number, "aws-case", files=(BytesIO(b"all good"), "trace.log"), **FORM).status_code == 303
    )
    (write,) = writes(either_desk)
    with either_desk.reading() as rows:
        (file,) = rows.query(Attachment).all()
    assert (write.attachment_ids, file.filename, file.message_id) == (
        [file.id],
        "trace.log",
        write.message_id,
    )


def test_new_file_goes_to_aws_with_an_answer_beside_one_of_the_ticket(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    case = aws.add_case(either_desk, number)
    post(client, number, "write", audience="note", text="See.", last="0", then="",
         files=(BytesIO(b"old"), "old.log"))  # fmt: skip
    with either_desk.reading() as rows:
        old = rows.query(Attachment).one().id
    post(client, number, "write", audience="aws", text="See both.", last="0", then="", case=case, attachment_ids=old,
         files=(BytesIO(b"new"), "new.log"))  # fmt: skip
    (write,) = writes(either_desk)
    with either_desk.reading() as rows:
        names = [rows.get_one(Attachment, key).filename for key in write.attachment_ids]
    assert names == ["old.log", "new.log"]


def test_infected_file_is_refused_before_it_goes_to_aws(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    key = hashlib.sha256(b"MZ").hexdigest()
    with either_desk.changing() as rows:
        scans.ask(rows, [key], clock.now())
        rows.query(Scan).update({"state": "infected", "signature": "Eicar"})
    answer = post(client, number, "aws-case", files=(BytesIO(b"MZ"), "run.exe"), **FORM)
    assert (answer.status_code, writes(either_desk)) == (409, [])
    assert FORM["body"] in answer.text


def test_case_opened_twice_by_mistake_is_opened_once(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    for _ in range(2):
        assert post(client, number, "aws-case", **FORM).status_code == 303
    assert len(writes(either_desk)) == 1


def test_files_of_the_ticket_go_along(either_desk: Desk, client: FlaskClient, number: int) -> None:
    desks.add_mail(either_desk, number, files=(("log.txt", "text/plain", b"x", ""),))
    assert "log.txt" in client.get(f"/tickets/{number}/aws-case").text
    with either_desk.reading() as rows:
        file = rows.query(AwsWrite).count() or 1
    post(client, number, "aws-case", **FORM, attachment_ids=str(file))
    assert writes(either_desk)[0].attachment_ids == [file]


def test_refused_case_keeps_everything_written(client: FlaskClient, number: int) -> None:
    answer = post(client, number, "aws-case", **(FORM | {"category": " ", "body": "Long words."}))
    assert answer.status_code == 409
    assert "a case needs a service and a category" in answer.text
    assert "Long words." in answer.text and 'value="Direct Connect down"' in answer.text


def test_account_without_a_plan_cannot_be_chosen(either_desk: Desk, client: FlaskClient, number: int) -> None:
    with either_desk.changing() as rows:
        rows.get_one(AwsAccount, aws.ACCOUNT).state = "no-plan"
    assert "No support plan</option>" in client.get(f"/tickets/{number}/aws-case").text
    assert post(client, number, "aws-case", **FORM).status_code == 409
    assert writes(either_desk) == []


def test_case_made_in_the_console_is_adopted(either_desk: Desk, client: FlaskClient, number: int) -> None:
    aws.add_case(either_desk, None, origin="console", subject="Console words")
    assert "Console words" in client.get(f"/tickets/{number}/aws-case").text
    answer = post(client, number, "aws-case/adopt", account=aws.ACCOUNT, reference=aws.DISPLAY_ID)
    assert answer.status_code == 303
    assert aws.DISPLAY_ID in shown(client, number)


def test_customer_without_accounts_has_no_case_to_open(desk: Desk) -> None:
    number, client = desks.open_ticket(desk), desk.signed_in()
    assert "aws-case" not in shown(client, number)
    assert "This customer has no AWS account here." in client.get(f"/tickets/{number}/aws-case").text


# Its life on the ticket.


def test_case_stands_on_the_ticket_in_words(either_desk: Desk, client: FlaskClient, number: int) -> None:
    since = clock.now() - timedelta(hours=2)
    aws.add_case(either_desk, number, status="pending-customer-action", awaits_us_since=since,
                 severity_wanted="critical", severity="urgent")  # fmt: skip
    page = shown(client, number)
    assert "AWS awaits an answer, 2 h" in page
    assert "Production system down (urgent)" in page
    assert "wanted: Business-critical system down (critical)" in page


def test_status_nobody_knows_is_shown_as_aws_says_it(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    aws.add_case(either_desk, number, status="pending-amazon-action")
    assert "pending-amazon-action" in shown(client, number)


def test_words_of_aws_are_never_the_customers(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    said = aws.add_said(either_desk, number, case, "We see <b>no</b> light.")
    page = shown(client, number)
    assert f'<article class="msg from-aws" id="m{said}">' in page
    assert "We see &lt;b&gt;no&lt;/b&gt; light." in page
    assert f"Case {aws.DISPLAY_ID}" in page


def test_words_of_the_console_say_so(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    said = aws.add_said(either_desk, number, case, "Seen in the console.", author=Author.CONSOLE)
    assert f'<article class="msg to-aws" id="m{said}">' in shown(client, number)
    assert "Written in the AWS console" in shown(client, number)


def test_answer_to_aws_mails_nobody(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    answer = post(
        client, number, "write", audience="aws", case=case, text="Nobody worked there.", last="0", then=""
    )
    assert answer.status_code == 303
    assert [row.text for row in desks.messages(either_desk, number, Direction.TO_AWS)] == [
        "Nobody worked there."
    ]
    assert desks.messages(either_desk, number, Direction.OUTBOUND) == []
    assert desks.letters(either_desk, number) == []
    assert [row.kind for row in writes(either_desk)] == ["communication"]


def test_answer_sent_twice_is_written_once(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    for _ in range(2):
        post(client, number, "write", audience="aws", case=case, text="Nobody.", last="0", then="")
    assert len(writes(either_desk)) == 1


def test_button_for_the_customer_never_sends_to_aws(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    case = aws.add_case(either_desk, number)
    answer = post(
        client, number, "write", audience="aws", case=case, text="Kept words.", last="0", then="resolve"
    )
    assert answer.status_code == 409
    assert "Kept words." in answer.text
    assert writes(either_desk) == []


def test_message_of_the_customer_is_released(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    message = desks.add_mail(either_desk, number)
    button = f'name="message" value="{message}"'
    assert button in shown(client, number)
    assert post(client, number, "aws-case/release", message=message, case=case).status_code == 303
    assert [row.message_id for row in writes(either_desk)] == [message]
    assert button not in shown(client, number)


def test_held_mail_is_not_released(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    message = desks.add_mail(either_desk, number, held=True)
    assert f'name="message" value="{message}"' not in shown(client, number)
    assert post(client, number, "aws-case/release", message=message, case=case).status_code == 409


def test_relay_is_switched(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    post(client, number, f"aws-case/{case}/relay", on="1")
    with either_desk.reading() as rows:
        assert rows.get_one(AwsCase, case).relay is True
    assert "Relay is on: what the customer writes goes to AWS by itself." in shown(client, number)


def test_case_is_resolved_at_aws(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    assert post(client, number, f"aws-case/{case}/resolve").status_code == 303
    assert [row.kind for row in writes(either_desk)] == ["resolve"]
    assert desks.ticket(either_desk, number).status == "new"


@pytest.mark.parametrize("case", [99, 10**30])
def test_unknown_case_is_not_found(client: FlaskClient, number: int, case: int) -> None:
    for what in ("resolve", "relay"):
        assert post(client, number, f"aws-case/{case}/{what}", on="1").status_code == 404


# Writes that wait for a person.


def test_queued_write_is_taken_back(either_desk: Desk, client: FlaskClient, number: int) -> None:
    post(client, number, "aws-case", **FORM)
    write = writes(either_desk)[0].id
    assert post(client, number, f"aws-writes/{write}/cancel").status_code == 303
    assert writes(either_desk)[0].state == "cancelled"


def test_failed_write_is_sent_again_from_review(either_desk: Desk, client: FlaskClient, number: int) -> None:
    write = aws.add_write(either_desk, number, state="failed", fault="ValidationException: no such category")
    page = client.get("/review").text
    assert "ValidationException: no such category" in page
    answer = post(client, number, f"aws-writes/{write}/retry", next="review")
    assert (answer.status_code, answer.location) == (303, "/review")
    assert writes(either_desk)[0].state == "queued"
    assert "ValidationException" not in client.get("/review").text


def test_unclear_write_is_settled_with_its_case(either_desk: Desk, client: FlaskClient, number: int) -> None:
    write = aws.add_write(either_desk, number, state="asked")
    assert "Unclear whether AWS has it: a person decides" in shown(client, number)
    assert post(client, number, f"aws-writes/{write}/settle", case_id="x").status_code == 409
    assert post(client, number, f"aws-writes/{write}/settle", case_id=aws.CASE_ID).status_code == 303
    assert writes(either_desk)[0].state == "sent"


def test_unclear_write_is_given_up_and_its_ticket_says_so(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    write = aws.add_write(either_desk, number, state="asked", sends=1)
    assert f"/aws-writes/{write}/cancel" in shown(client, number)
    assert post(client, number, f"aws-writes/{write}/cancel").status_code == 303
    assert writes(either_desk)[0].state == "cancelled"
    assert "Given up. AWS may have some of it: look into the console." in shown(client, number)


def test_case_that_stands_on_another_ticket_is_refused_in_the_language_of_its_reader(
    either_desk: Desk, number: int
) -> None:
    aws.add_case(either_desk, number)
    other = desks.open_ticket(either_desk, "Another")
    told = {"account": aws.ACCOUNT, "reference": aws.DISPLAY_ID}
    answer = post(either_desk.signed_in(language="zh"), other, "aws-case/adopt", **told)
    assert f"该 Case 已关联工单 HD-{number}" in answer.text


def test_write_of_another_ticket_is_not_found(either_desk: Desk, client: FlaskClient, number: int) -> None:
    other = desks.open_ticket(either_desk, "Another")
    write = aws.add_write(either_desk, other, state="failed")
    assert post(client, number, f"aws-writes/{write}/retry").status_code == 404
    assert post(client, number, "aws-writes/99/cancel").status_code == 404
    assert post(client, other, f"aws-writes/{write}/burn").status_code == 404


# Proposals.


def propose(desk: Desk, number: int) -> None:
    with desk.changing() as rows:
        proposals.propose(rows, desk.services.letterhead, number, cause=proposals.CASE_RESOLVED, reference="1",
                          at=clock.now())  # fmt: skip


def test_proposal_is_accepted_with_a_text(either_desk: Desk, client: FlaskClient, number: int) -> None:
    propose(either_desk, number)
    assert "AWS has resolved the case" in client.get("/review").text
    assert post(client, number, "proposal/accept", text=" ").status_code == 409
    assert post(client, number, "proposal/accept", text="AWS replaced the port.").status_code == 303
    assert desks.ticket(either_desk, number).status == "resolved"
    assert "AWS has resolved the case" not in client.get("/review").text


def test_proposal_is_declined(either_desk: Desk, client: FlaskClient, number: int) -> None:
    propose(either_desk, number)
    assert post(client, number, "proposal/decline").status_code == 303
    row = desks.ticket(either_desk, number)
    assert (row.status, row.proposal) == ("new", "")
    assert "The proposal to resolve was declined." in shown(client, number)


# The queue.


def test_queue_flags_what_aws_awaits_and_filters_by_it(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    desks.open_ticket(either_desk, "Something else")
    aws.add_case(either_desk, number, awaits_us_since=clock.now() - timedelta(hours=3))
    page = client.get("/").text
    assert "AWS 3 h" in page
    filtered = client.get("/?aws=awaits").text
    assert "Direct Connect down" in filtered and "Something else" not in filtered
    assert client.get("/?aws=x").status_code == 400


def test_queue_shows_the_date_of_a_change(either_desk: Desk, client: FlaskClient, number: int) -> None:
    with either_desk.changing() as rows:
        rows.get_one(Ticket, number).planned_at = clock.now().replace(year=2031, month=5, day=6, hour=12)
    assert "2031-05-06" in client.get("/").text


def test_changed_priority_is_offered_to_aws_as_a_message(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    case = aws.add_case(either_desk, number, severity_wanted="low", severity="low")
    assert "Tell AWS that the priority has changed" in shown(client, number)
    page = client.get(f"/tickets/{number}?to=aws&case={case}&tell=severity").text
    assert "The business impact of this case has changed" in page
    assert 'value="aws" checked' in page


def test_engineer_is_named_on_what_went_to_aws(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, number)
    post(client, number, "write", audience="aws", case=case, text="Nobody.", last="0", then="")
    with either_desk.reading() as rows:
        name = rows.query(Engineer.name).filter_by(email="chen.wei@northquay.example").scalar()
    page = shown(client, number)
    assert f"<strong>{name}</strong>" in page and "The customer is not mailed this" in page
