"""Customers in the administration: searched, paged, and one with everything that is agreed with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway import clock
from gateway.store.models import AwsAccount, Contact, Contract, Customer, Notice, NoticeIssue, NoticeLetter
from gateway.store.queries import customers
from tests.web.admin_desk import administered
from tests.web.desk import Desk


def contract(desk: Desk, **changes: object) -> None:
    told = {"number": "NQ-2026-014", "version": 1, "starts_on": date(2026, 1, 1), "currency": "SGD",
            "monthly_fee": 12000, "terms": {}} | changes  # fmt: skip
    with desk.changing() as rows:
        rows.add(Contract(customer_id=rows.query(Customer.id).scalar(), **told))


def harbourline(desk: Desk) -> int:
    with desk.reading() as rows:
        return rows.query(Customer).filter_by(reference="harbourline").one().id


def shown(desk: Desk, language: str = "en") -> str:
    return desk.signed_in(language=language).get(f"/admin/customers/{harbourline(desk)}").text


def add(desk: Desk, *names: str) -> None:
    with desk.changing() as rows:
        rows.add_all(Customer(reference=name.lower(), name=name) for name in names)


@pytest.mark.parametrize("words", ["harbourLINE", "Logistics", "li.na@", "Li Na", "harbourline.example"])
def test_a_customer_is_found_by_any_of_its_words(either_desk: Desk, words: str) -> None:
    add(either_desk, "Qinghe")
    with either_desk.reading() as rows:
        found, more = customers.listed(rows, words)
    assert ([each.row.reference for each in found], more) == (["harbourline"], 0)


@pytest.mark.parametrize("words", ["%", "_", "\\", "harbour%line", "nobody"])
def test_signs_of_a_pattern_are_plain_words(either_desk: Desk, words: str) -> None:
    with either_desk.reading() as rows:
        assert customers.listed(rows, words) == ([], 0)


def test_pages_neither_repeat_nor_skip_customers_of_one_name(either_desk: Desk) -> None:
    with either_desk.changing() as rows:
        rows.add_all(Customer(reference=f"r{number}", name="Same") for number in range(5))
    seen, after = [], 0
    with either_desk.reading() as rows:
        while True:
            found, after = customers.listed(rows, after=after, limit=2)
            seen += [each.row.reference for each in found]
            if not after:
                break
    assert seen == ["harbourline", "r0", "r1", "r2", "r3", "r4"]


def test_list_counts_what_belongs_to_a_customer(desk: Desk) -> None:
    contract(desk)
    contract(desk, version=2, effective_on=date(2026, 6, 1))
    with desk.reading() as rows:
        [found] = customers.listed(rows)[0]
    assert (found.contacts, found.contracts, found.accounts) == (1, 1, 0)


def test_customer_shows_contacts_with_what_they_may_see(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Contact).one().role = "manager"
    page = shown(desk)
    assert "li.na@harbourline.example" in page
    assert "<td>Manager</td>" in page


def test_contract_shows_its_terms_in_words(desk: Desk) -> None:
    contract(desk, terms={"targets": {"critical": {"resolution_minutes": 90}}, "ladder": [40, 100],
                          "bands": [{"at_least": "99.5", "discount": "0"}, {"at_least": "0", "discount": "12"}]})  # fmt: skip
    page = shown(desk)
    assert "<td>15 min</td><td>1 h 30 min</td>" in page
    assert "At 40 % of a target" in page
    assert "Attainment from 99.50 %" in page and "discount 12.00 %" in page
    assert "SGD 12,000.00 a month" in page
    assert "In effect" in page


def test_every_version_is_shown_and_the_present_one_is_open(desk: Desk) -> None:
    contract(desk)
    contract(desk, version=2, effective_on=clock.now().date() + timedelta(days=40), monthly_fee=15000)
    page = shown(desk)
    assert "2 versions" in page
    opened = page.partition("<details open>")[2].partition("</details>")[0]
    assert "Version 1" in opened and "SGD 12,000.00" in opened
    assert "SGD 15,000.00" in page


@pytest.mark.parametrize(
    ("days", "state"),
    [({"starts_on": date(2099, 1, 1)}, "Not yet"), ({"ends_on": date(2026, 1, 31)}, "Ended")],
)
def test_contract_says_whether_it_holds(desk: Desk, days: dict[str, date], state: str) -> None:
    contract(desk, **days)
    assert f"</svg>{state}</span>" in shown(desk)


def test_terms_that_make_no_sense_spoil_no_page(desk: Desk) -> None:
    contract(desk, terms={"ladder": []})
    assert "make no sense" in shown(desk)


def test_accounts_and_notices_stand_on_the_page(desk: Desk) -> None:
    now = clock.now()
    with desk.changing() as rows:
        customer_id = rows.query(Customer.id).scalar()
        rows.add(AwsAccount(customer_id=customer_id, account_id="111122223333", name="Production"))
        notice = Notice(kind="maintenance", state="announced", titles={"en": "Servers move"}, texts={}, scope={}, zone="UTC",
                        starts_at=now, ends_at=now, created_at=now, changed_at=now, sequence=0, kept_open=False, emergency="")  # fmt: skip
        rows.add(notice)
        rows.flush()
        issue = NoticeIssue(notice_id=notice.id, step="announced", sequence=0, at=now)
        rows.add(issue)
        rows.flush()
        rows.add(NoticeLetter(issue_id=issue.id, customer_id=rows.query(Customer.id).scalar(), accounts=[],
                              name="Li Na", email="li.na@harbourline.example", language="en", zone="UTC", notice_seconds=0))  # fmt: skip
    page = shown(desk)
    assert "111122223333" in page and "No role: nothing is read" in page
    assert "Servers move" in page


def test_unknown_customers_are_not_found(desk: Desk) -> None:
    client = desk.signed_in()
    for path in ("/admin/customers/99", f"/admin/customers/{2**70}", "/admin/customers/0"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", ["after=x", "after=-1", f"after={10**20}"])
def test_nonsense_in_the_address_is_refused(desk: Desk, query: str) -> None:
    assert desk.signed_in().get(f"/admin/customers?{query}").status_code == 400


def test_pages_read_chinese(desk: Desk) -> None:
    contract(desk)
    page = shown(desk, "zh")
    for word in ("联系人", "合同 NQ-2026-014", "首次响应", "达成率不低于", "生效中", "全天候"):
        assert word in page
    assert "搜索客户" in administered(desk, "zh").get("/admin/customers").text
