"""The contract as a PDF on customers' and engineers' pages."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest

from gateway.store.models import Contract, Customer
from tests.web.desk import Desk
from tests.web.visitors import BOSS, LI_NA, RIVAL, ZHAO, visitor, with_people

NUMBER = "NQ-2026-014"


def agree(desk: Desk, reference: str, number: str) -> None:
    with desk.changing() as rows:
        customer_id = rows.query(Customer).filter_by(reference=reference).one().id
        rows.add(
            Contract(customer_id=customer_id, number=number, version=1, starts_on=date(2026, 1, 1), time_zone="UTC",
                     language="en", currency="USD", monthly_fee=1, terms={})
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _contract(desk: Desk) -> None:
    agree(desk, "harbourline", NUMBER)


def first_page(content: bytes) -> str:
    return " ".join(pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().split())


def customer_id(desk: Desk, reference: str = "harbourline") -> int:
    with desk.reading() as rows:
        return rows.query(Customer).filter_by(reference=reference).one().id


def test_manager_gets_the_contract_in_its_language_from_the_dashboard(desk: Desk) -> None:
    client = visitor(with_people(desk), BOSS, language="zh")
    path = f"/my/contract.pdf?contract={NUMBER}"
    assert f'href="{path}" download' in client.get("/dashboard").text
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert f'filename="{NUMBER}-v1-en.pdf"' in answer.headers["Content-Disposition"]
    assert "Service Agreement" in first_page(answer.data)
    assert NUMBER in first_page(answer.data)


def test_contract_in_effect_and_another_language_can_be_asked_for(desk: Desk) -> None:
    answer = visitor(with_people(desk), BOSS).get("/my/contract.pdf?lang=zh")
    assert answer.status_code == 200
    assert "服务协议" in first_page(answer.data)


@pytest.mark.parametrize("email", [LI_NA, ZHAO])
def test_whoever_does_not_manage_the_contract_gets_none(desk: Desk, email: str) -> None:
    client = visitor(with_people(desk), email)
    assert client.get("/my/contract.pdf").status_code == 404
    assert "/my/contract.pdf" not in client.get("/dashboard").text


def test_contract_of_another_company_answers_as_an_absent_one(desk: Desk) -> None:
    with_people(desk)
    agree(desk, "seabright", "SB-1")
    client = visitor(desk, RIVAL)
    assert client.get("/my/contract.pdf?contract=SB-1").status_code == 200
    for number in (NUMBER, "NONE"):
        assert client.get(f"/my/contract.pdf?contract={number}").status_code == 404


def test_engineers_get_it_from_the_customer_s_page(desk: Desk) -> None:
    client, number = desk.signed_in(), customer_id(desk)
    path = f"/admin/customers/{number}/contract.pdf?contract={NUMBER}"
    assert f'href="{path}" download' in client.get(f"/admin/customers/{number}").text
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert "Harbourline" in first_page(answer.data)


@pytest.mark.parametrize("asked", ["contract=NONE", "version=7", "version=x", "version=99999999999999999999"])
def test_a_contract_or_version_that_is_none_is_not_found(desk: Desk, asked: str) -> None:
    client, number = desk.signed_in(), customer_id(desk)
    assert client.get(f"/admin/customers/{number}/contract.pdf?{asked}").status_code == 404
    assert client.get(f"/admin/customers/4711/contract.pdf?{asked}").status_code == 404


def test_terms_that_make_no_sense_are_no_contract(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Contract).filter_by(number=NUMBER).one().terms = {"ladder": [0]}
    assert desk.signed_in().get(f"/admin/customers/{customer_id(desk)}/contract.pdf").status_code == 404
