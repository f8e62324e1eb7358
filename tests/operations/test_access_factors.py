"""Second factors on both databases: codes that count once, recovery codes, half logins, what an admin takes away."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from gateway.operations import access, access_factors, access_people
from gateway.operations.access_factors import Shown
from gateway.operations.access_people import By, NotDone
from gateway.store.models import (
    ApiToken,
    AuditEntry,
    Engineer,
    EngineerIdentity,
    RecoveryCode,
    Role,
    SecondFactor,
    WebSession,
)
from tests.builders import an_engineer
from tests.databases import MONDAY, Desk

KEY = "a key of the tests that is longer than thirty-two"
LATER = MONDAY + timedelta(minutes=5)


class Owner:
    """An engineer with a confirmed second factor."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.engineer = an_engineer()
        desk.add(self.engineer)
        with desk.services.transaction() as rows:
            assert access_factors.begin(rows, KEY, self.engineer.id, MONDAY)
        with desk.services.transaction() as rows:
            secret = access_factors.secret_to_confirm(rows, KEY, self.engineer.id, MONDAY)
            self.otp = pyotp.TOTP(secret)
            self.codes = access_factors.confirm(
                rows, KEY, self.engineer.id, code=self.otp.at(MONDAY), at=MONDAY
            )

    def shows(self, code: str, **later: float) -> Shown | None:
        at = LATER + timedelta(**later)
        with self.desk.services.transaction() as rows:
            return access_factors.prove(rows, KEY, self.engineer.id, code=code, at=at)


@pytest.fixture
def owner(desk: Desk) -> Owner:
    return Owner(desk)


def test_code_of_now_proves_and_counts_once(owner: Owner) -> None:
    assert owner.shows(owner.otp.at(LATER)) is Shown.CODE
    assert owner.shows(owner.otp.at(LATER)) is None


def test_clocks_may_differ_by_one_step_and_no_more(owner: Owner) -> None:
    assert owner.shows(owner.otp.at(LATER - timedelta(seconds=60))) is None
    assert owner.shows(owner.otp.at(LATER + timedelta(seconds=60))) is None
    assert owner.shows(owner.otp.at(LATER - timedelta(seconds=30))) is Shown.CODE
    assert owner.shows(owner.otp.at(LATER + timedelta(seconds=30))) is Shown.CODE


def test_older_code_is_worth_nothing_after_a_newer_one(owner: Owner) -> None:
    assert owner.shows(owner.otp.at(LATER)) is Shown.CODE
    assert owner.shows(owner.otp.at(LATER - timedelta(seconds=30))) is None


def test_code_that_confirmed_does_not_log_in(owner: Owner) -> None:
    with owner.desk.services.transaction() as rows:
        code = owner.otp.at(MONDAY)
        assert access_factors.prove(rows, KEY, owner.engineer.id, code=code, at=MONDAY) is None


def test_code_may_be_typed_with_a_gap(owner: Owner) -> None:
    code = owner.otp.at(LATER)
    assert owner.shows(f" {code[:3]} {code[3:]} ") is Shown.CODE


def test_recovery_code_stands_in_once_however_it_is_typed(owner: Owner) -> None:
    assert owner.shows(owner.codes[0].upper().replace("-", " ")) is Shown.RECOVERY
    assert owner.shows(owner.codes[0]) is None
    with owner.desk.services.reading() as rows:
        assert access_factors.codes_left(rows, owner.engineer.id) == 9


def test_recovery_code_is_its_owners_only(owner: Owner, desk: Desk) -> None:
    other = an_engineer("Guo Ping")
    desk.add(other)
    with desk.services.transaction() as rows:
        assert access_factors.prove(rows, KEY, other.id, code=owner.codes[0], at=LATER) is None
    assert owner.shows(owner.codes[0]) is Shown.RECOVERY


def test_recovery_codes_hold_120_bits_and_rest_hashed(owner: Owner) -> None:
    assert len(set(owner.codes)) == 10
    assert all(len(each.replace("-", "")) * 5 == 120 for each in owner.codes)
    with owner.desk.services.reading() as rows:
        stored = set(rows.scalars(sa.select(RecoveryCode.code_digest)))
        assert not stored & {each.replace("-", "") for each in owner.codes}


def test_secret_rests_sealed(owner: Owner) -> None:
    with owner.desk.services.reading() as rows:
        assert owner.otp.secret not in rows.get_one(SecondFactor, owner.engineer.id).secret


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "0" * 5000, "\x00" * 6, "-"]
)
def test_anything_else_proves_nothing(owner: Owner, code: str) -> None:
    assert owner.shows(code) is None


def test_half_login_has_five_tries_and_ten_minutes(owner: Owner, desk: Desk) -> None:
    with desk.services.transaction() as rows:
        half = {"engineer_id": owner.engineer.id, "method": "password", "at": MONDAY}
        first, second = access_factors.half_login(rows, **half), access_factors.half_login(rows, **half)
    with desk.services.transaction() as rows:
        tries = [access_factors.spend_try(rows, first, LATER) is not None for _ in range(6)]
        assert tries == [True] * 5 + [False]
        assert access_factors.spend_try(rows, second, MONDAY + timedelta(minutes=10)) is None
        assert access_factors.spend_try(rows, "invented", MONDAY) is None


def test_half_login_opens_no_page(owner: Owner, desk: Desk) -> None:
    with desk.services.transaction() as rows:
        token = access_factors.half_login(rows, engineer_id=owner.engineer.id, method="password", at=MONDAY)
        assert access.visitor(rows, token, MONDAY) is None


def test_confirmed_secret_is_never_shown_again(owner: Owner, desk: Desk) -> None:
    with desk.services.transaction() as rows:
        assert not access_factors.begin(rows, KEY, owner.engineer.id, LATER)
        assert access_factors.secret_to_confirm(rows, KEY, owner.engineer.id, LATER) == ""


def test_admin_takes_away_factor_codes_identity_and_sessions(owner: Owner, desk: Desk) -> None:
    engineer_id = owner.engineer.id
    desk.add(
        EngineerIdentity(engineer_id=engineer_id, issuer="https://id.example", subject="7", bound_at=MONDAY)
    )
    with desk.services.transaction() as rows:
        access.open_session(rows, engineer_id=engineer_id, lifetime=timedelta(hours=1), at=MONDAY)
        rows.flush()
        access_people.reset_factor(rows, engineer_id, by=By("cli", LATER))
    with desk.services.reading() as rows:
        for table in (SecondFactor, RecoveryCode, EngineerIdentity, WebSession):
            assert rows.scalars(sa.select(table)).all() == [], table
        assert rows.scalars(sa.select(AuditEntry.act)).all() == ["factor.reset"]


def test_change_of_role_signs_out_and_is_noted(owner: Owner, desk: Desk) -> None:
    with desk.services.transaction() as rows:
        access.open_session(rows, engineer_id=owner.engineer.id, lifetime=timedelta(hours=1), at=MONDAY)
        rows.flush()
        by = By("engineer:99", LATER)
        assert access_people.change(rows, owner.engineer.id, role=Role.READER, active=True, by=by)
    with desk.services.reading() as rows:
        assert rows.scalars(sa.select(WebSession)).all() == []
        entry = rows.scalars(sa.select(AuditEntry)).one()
        assert (entry.actor, entry.act, entry.data["role"]) == (
            "engineer:99",
            "engineer.changed",
            "read-only",
        )


def test_nobody_changes_their_own_role(owner: Owner, desk: Desk) -> None:
    by = By(f"engineer:{owner.engineer.id}", LATER)
    with pytest.raises(NotDone), desk.services.transaction() as rows:
        access_people.change(rows, owner.engineer.id, role=Role.ADMIN, active=True, by=by)


def test_token_does_no_more_than_its_engineer(owner: Owner, desk: Desk) -> None:
    with pytest.raises(NotDone), desk.services.transaction() as rows:
        access_people.make_token(
            rows, owner.engineer.id, role=Role.ADMIN, name="", days=30, by=By("cli", LATER)
        )
    with desk.services.reading() as rows:
        assert rows.scalars(sa.select(ApiToken)).all() == []
        assert rows.get_one(Engineer, owner.engineer.id).role == Role.ENGINEER
