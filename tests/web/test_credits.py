"""The pages and the API of service credits, and the flag of customers without a contract."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from gateway import clock, credits
from gateway.domain.agreed_dates import Month, month_at
from gateway.store.models import Contract, Customer, Engineer, Role, Ticket
from tests.web import desk as desks
from tests.web.desk import Desk, form_token
from tests.web.test_api import Api

NUMBER = "NQ/2026-014"


@pytest.fixture
def api(desk: Desk) -> Api:
    return Api(desk)


def last_month() -> Month:
    return month_at(clock.now(), UTC).previous


def sign_contract(desk: Desk) -> int:
    """A contract of Harbourline from the beginning of the month before last, at USD 1,000; the customer's id."""
    with desk.changing() as rows:
        customer = rows.query(Customer).one()
        rows.add(
            Contract(customer_id=customer.id, number=NUMBER, version=1, starts_on=last_month().previous.first,
                     time_zone="UTC", language="en", currency="USD", monthly_fee=1000, terms={})
        )  # fmt: skip
        return customer.id


def violated(desk: Desk) -> int:
    """A ticket that nobody answered within the month before this one."""
    begin = last_month().begins(UTC)
    return desks.open_ticket(desk, "Nobody answered", at=begin + timedelta(days=3))


def freeze(desk: Desk) -> None:
    with desk.changing() as rows:
        credits.freeze(rows, desk.services.letterhead, NUMBER, last_month(), at=clock.now())


def propose(desk: Desk) -> tuple[int, int]:
    """A correction against the customer that waits; the customer's id and the correction's."""
    customer_id, number = sign_contract(desk), violated(desk)
    freeze(desk)
    with desk.changing() as rows:
        rows.get_one(Ticket, number).discounted = "spam"
        month = last_month().next
        credits.freeze(rows, desk.services.letterhead, NUMBER, month, at=month.ends(UTC) + timedelta(days=1))
    return customer_id, 1


def as_manager(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="lin.yue@northquay.example").one().role = Role.MANAGER


def test_page_lists_months_with_attainment_and_what_violated_them(desk: Desk) -> None:
    customer_id, number = sign_contract(desk), violated(desk)
    freeze(desk)
    page = desk.signed_in().get(f"/customers/{customer_id}/credits").text
    for said in ("0.00 %", "15.00 %", "USD 1,000.00", "USD 150.00", "Frozen", "Running", "100.00 %"):
        assert said in page
    assert f'href="/tickets/{number}/sla"' in page


def test_page_of_a_customer_without_contract_says_so(desk: Desk) -> None:
    page = desk.signed_in().get("/customers/1/credits").text
    assert "They are served under the default terms." in page
    assert "This customer has no contract." in page


@pytest.mark.parametrize("path", ["/customers/99/credits", "/customers/99999999999999999999/credits"])
def test_page_of_nobody_is_not_found(desk: Desk, path: str) -> None:
    assert desk.signed_in().get(path).status_code == 404


def test_page_is_chinese_for_chinese_readers(desk: Desk) -> None:
    customer_id = propose(desk)[0]
    page = desk.signed_in(language="zh").get(f"/customers/{customer_id}/credits").text
    for word in (
        ">Month",
        ">Frozen",
        ">Kept",
        ">Correction",
        ">Credit",
        ">Ledger",
        ">Dispute",
        "tickets were kept",
    ):
        assert word not in page
    assert "达成率" in page


def test_manager_approves_on_the_page(desk: Desk) -> None:
    customer_id, correction = propose(desk)
    as_manager(desk)
    client = desk.signed_in("lin.yue@northquay.example")
    path = f"/customers/{customer_id}/credits"
    told = {"csrf_token": form_token(client.get(path))}
    answer = client.post(
        f"/customers/{customer_id}/corrections/{correction}/approve", data=told, follow_redirects=True
    )
    assert "Correction approved." in answer.text
    assert "USD \N{MINUS SIGN}150.00" in answer.text


def test_engineer_is_offered_no_decision_and_is_refused_one(desk: Desk) -> None:
    customer_id, correction = propose(desk)
    client = desk.signed_in()
    page = client.get(f"/customers/{customer_id}/credits")
    assert "/approve" not in page.text
    answer = client.post(
        f"/customers/{customer_id}/corrections/{correction}/approve",
        data={"csrf_token": form_token(page)},
    )
    assert (answer.status_code, "Your role does not allow this." in answer.text) == (403, True)


def test_correction_of_another_customer_is_not_found(desk: Desk) -> None:
    customer_id, correction = propose(desk)
    as_manager(desk)
    client = desk.signed_in("lin.yue@northquay.example")
    told = {"csrf_token": form_token(client.get(f"/customers/{customer_id}/credits"))}
    with desk.changing() as rows:
        rows.add(Customer(reference="other", name="Other"))
    assert client.post(f"/customers/2/corrections/{correction}/approve", data=told).status_code == 404


def test_dispute_form_opens_a_ticket_linked_to_the_month(desk: Desk) -> None:
    customer_id = sign_contract(desk)
    freeze(desk)
    client = desk.signed_in()
    path = f"/customers/{customer_id}/credits"
    told = {
        "csrf_token": form_token(client.get(path)),
        "requester": "li.na@harbourline.example",
        "text": "Why?",
        "contract": NUMBER,
    }
    answer = client.post(f"{path}/{last_month()}/dispute", data=told, follow_redirects=True)
    assert "Dispute opened as a ticket." in answer.text
    assert "Disputed" in answer.text
    with desk.reading() as rows:
        row = rows.query(Ticket).one()
    assert (row.service, row.kind) == ("account-management", "request")


def test_credits_over_the_api(desk: Desk, api: Api) -> None:
    sign_contract(desk)
    number = violated(desk)
    freeze(desk)
    told = api.get("customers/harbourline/credits").get_json()
    [contract] = told["contracts"]
    frozen = contract["months"][1]
    assert frozen["month"] == str(last_month())
    assert frozen["now"] == {
        "attainment": {"kept": 0, "decided": 1, "percent": "0.00"},
        "discount": "15.00",
        "fee": 100_000,
        "amount": 15_000,
    }
    assert [each["number"] for each in frozen["violated"]] == [number]
    assert [(each["kind"], each["amount"], each["month"]) for each in contract["ledger"]] == [
        ("credit", 15_000, str(last_month()))
    ]


def test_attainment_over_the_api_by_priority_and_target(desk: Desk, api: Api) -> None:
    sign_contract(desk)
    violated(desk)
    told = api.get("customers/1/sla").get_json()
    assert (told["contract"], told["time_zone"]) == (NUMBER, "UTC")
    assert [month["month"] for month in told["months"]] == [str(last_month().next), str(last_month())]
    assert told["months"][1]["attainment"] == {"kept": 0, "decided": 1, "percent": "0.00"}
    assert told["months"][1]["priorities"] == [
        {
            "priority": "high",
            "attainment": {"kept": 0, "decided": 1, "percent": "0.00"},
            "first_response": {"met": 0, "violated": 1},
            "resolution": {"met": 0, "violated": 1},
        }
    ]


def test_attainment_of_a_customer_without_contract_is_told_in_their_zone(desk: Desk, api: Api) -> None:
    told = api.get("customers/1/sla").get_json()
    assert (told["contract"], told["time_zone"]) == (None, "Asia/Singapore")
    assert told["months"][0]["attainment"]["percent"] == "100.00"


def test_dispute_over_the_api(desk: Desk, api: Api) -> None:
    sign_contract(desk)
    body = {"text": "HD-1 was late.", "requester_email": "li.na@harbourline.example"}
    answer = api.post(f"customers/1/credits/{last_month()}/dispute", body)
    assert answer.status_code == 201
    assert answer.get_json()["service"] == "account-management"
    months = api.get("customers/1/credits").get_json()["contracts"][0]["months"]
    assert [month["disputes"] for month in months] == [[], [answer.get_json()["number"]], []]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("customers/nobody/credits/2026-05/dispute", {}, 404),
        ("customers/1/credits/2026-5/dispute", {}, 404),
        ("customers/1/credits/1999-01/dispute", {}, 409),
        ("customers/1/credits/2026-05/dispute", {"contract": "NONE"}, 409),
        ("customers/1/credits/2026-05/dispute", {"requester_email": "x"}, 422),
    ],
)
def test_dispute_that_makes_no_sense_is_refused(
    desk: Desk, api: Api, path: str, body: dict, status: int
) -> None:
    whole = {"text": "Why?", "requester_email": "li.na@harbourline.example"} | body
    assert api.post(path, whole).status_code == status


def test_ticket_of_a_customer_without_contract_is_flagged_everywhere(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    told = api.get(f"tickets/{number}").get_json()
    assert (told["contract"], told["flags"]) == (None, ["no-contract"])
    client = desk.signed_in()
    for path in ("/", f"/tickets/{number}"):
        assert "No valid contract" in client.get(path).text


def test_ticket_under_a_contract_is_not_flagged(desk: Desk, api: Api) -> None:
    sign_contract(desk)
    number = desks.open_ticket(desk)
    told = api.get("tickets").get_json()["tickets"][0]
    assert (told["contract"], told["flags"]) == ({"number": NUMBER, "version": 1}, [])
    client = desk.signed_in()
    for path in ("/", f"/tickets/{number}"):
        assert "No valid contract" not in client.get(path).text


def test_stranger_is_flagged_as_unregistered_only(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk, customer=False)
    assert api.get(f"tickets/{number}").get_json()["flags"] == ["unregistered"]
    assert "No valid contract" not in desk.signed_in().get("/").text
