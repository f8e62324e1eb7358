"""A desk with three customers to try every door of: who knocks, and what an answer must be like."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gateway import clock, secrets
from gateway.operations import access
from gateway.store.models import (
    Absence,
    ApiToken,
    CannedAnswer,
    Contact,
    Customer,
    Engineer,
    HalfLogin,
    Role,
    ShiftOverride,
    Visit,
)
from tests.web import desk as desks
from tests.web import reported
from tests.web.desk import PASSWORD, Desk
from tests.web.matrix import Line, Who
from tests.web.parties import ROLES, Party, add_party

BASE = "https://desk.northquay.example"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SEEN = frozenset({"web_session", "login_failure", "api_token", "visit"})
"""Tables that looking may touch: when a login was last seen, and tries that failed."""
_WRITES = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class House:
    """The desk, its customers, the file of its database when all was fresh, and what was written since asked."""

    desk: Desk
    parties: dict[str, Party]
    fresh: Path
    written: list[str] = field(default_factory=list)

    def restore(self) -> None:
        """Make the database what it was."""
        self.desk.services.engine.dispose()
        file = self.fresh.with_name("helpdesk.db")
        for old in self.fresh.parent.glob("helpdesk.db*"):
            old.unlink()
        shutil.copy(self.fresh, file)


@dataclass(frozen=True)
class Visitor:
    """Somebody who knocks. Shape: `role` of an engineer or token, `party` and `scope` of a contact."""

    name: str
    client: FlaskClient
    role: Role | None = None
    bearer: str = ""
    party: str = ""
    scope: int = -1

    def may(self, endpoint: str, line: Line, method: str, owner: str) -> bool:
        """Whether the matrix lets them at an object of a party."""
        who = line.may(method)
        if who in (Who.PUBLIC, Who.LINK):
            return True
        if who.scope >= 0:
            return self.scope >= who.scope and (owner == self.party or not line.values)
        right_door = bool(self.bearer) == endpoint.startswith("api.")
        return (
            right_door and who.role is not None and self.role is not None and self.role.rank >= who.role.rank
        )

    def call(self, path: str, method: str, **more: Any) -> TestResponse:
        """One request, after which the browser holds the cookies it held before; a stream is left at once."""
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        held = dict(self.client._cookies or {})
        answer = self.client.open(path, method=method, base_url=BASE, headers=headers, **more)
        self.client._cookies = held
        if answer.mimetype == "text/event-stream":
            answer.close()
            answer.response = []
        return answer


def build(folder: Path) -> House:
    """Three customers with one of everything, an engineer of every role, a rota."""
    desk = desks.open_desk(folder, base_url=BASE)
    parties = {letter: add_party(desk, letter) for letter in "abc"}
    _engineers(desk)
    common = _rota(desk)
    for party in parties.values():
        party.values.update(common)
        party.colleague.update(
            {kind: each for kind, each in party.values.items() if kind not in party.colleague}
        )
    made = House(desk, parties, folder / "fresh.db")
    sa.event.listen(desk.services.engine, "before_cursor_execute", lambda *told: _note(made, told[2]))
    return made


def keep(house: House) -> None:
    """Remember the database as it is now."""
    house.desk.services.engine.dispose()
    house.fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(house.fresh.with_name("helpdesk.db"), isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(house.fresh),))


def visitors(house: House) -> dict[str, Visitor]:
    """Everybody who may knock, by name."""
    desk = house.desk
    found = [Visitor("anonymous", desk.client())]
    for role in Role:
        found.append(Visitor(f"engineer {role}", _signed_in(desk, f"{role}@northquay.example"), role=role))
        found.append(Visitor(f"token {role}", desk.client(), role=role, bearer=_token(desk, role)))
    for letter, party in house.parties.items():
        for scope, role in enumerate(ROLES):
            client = _visiting(desk, party.contacts[role])
            found.append(Visitor(f"contact {letter} {role}", client, party=letter, scope=scope))
    found += [_half(desk), *_gone(desk)]
    return {each.name: each for each in found}


NAMES = ("anonymous", *(f"engineer {role}" for role in Role), *(f"token {role}" for role in Role),
         *(f"contact {letter} {role}" for letter in "abc" for role in ROLES), "engineer half in", "engineer gone", "token of one gone",
         "token expired", "contact gone")  # fmt: skip


def address(house: House, rule: Rule, values: dict[str, Any]) -> str:
    """The path of a rule with these values."""
    with house.desk.app.test_request_context(base_url=BASE):
        return str(house.desk.app.url_map.bind("desk.northquay.example").build(rule.endpoint, values))


def token_of(visitor: Visitor) -> str:
    """The anti-forgery token of a visitor's own session, whose cookie the browser keeps from now on."""
    for path in ("/", "/my/profile", "/login"):
        page = visitor.client.get(path, base_url=BASE)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', page.text):
            return found[1]
    return ""


def _note(house: House, statement: str) -> None:
    found = _WRITES.match(statement)
    if found and found[1] not in SEEN:
        house.written.append(found[1])


def _signed_in(desk: Desk, email: str) -> FlaskClient:
    client = desk.client()
    page = client.get("/login", base_url=BASE)
    form = {"csrf_token": desks.form_token(page), "email": email, "password": PASSWORD}
    answer = client.post("/login", base_url=BASE, data=form)
    assert answer.status_code == 303, answer.text
    return client


def _visiting(desk: Desk, email: str) -> FlaskClient:
    """A browser in which a contact is signed in."""
    client, token, now = desk.client(), secrets.random_token(32), clock.now()
    with desk.changing() as rows:
        contact = rows.query(Contact).filter_by(email=email).one()
        rows.add(Visit(token_digest=secrets.digest(token), contact_id=contact.id, created_at=now, seen_at=now,
                       ends_at=now + timedelta(hours=8)))  # fmt: skip
    client.set_cookie("__Host-visitor", token, domain="desk.northquay.example", secure=True)
    return client


def _token(desk: Desk, role: Role, email: str = "") -> str:
    with desk.changing() as rows:
        person = rows.query(Engineer).filter_by(email=email or f"{role}@northquay.example").one()
        return access.make_token(rows, engineer=person, role=role, at=clock.now())


def _gone(desk: Desk) -> list[Visitor]:
    """An engineer who left with a session and a token, and a token whose time is over."""
    email = "left@northquay.example"
    client, left = _signed_in(desk, email), _token(desk, Role.ADMIN, email)
    expired = _token(desk, Role.ADMIN)
    former = "former@marka.example"
    with desk.changing() as rows:
        rows.add(
            Contact(
                customer_id=rows.query(Customer).filter_by(reference="markareference").one().id, email=former
            )
        )
    visiting = _visiting(desk, former)
    with desk.changing() as rows:
        rows.delete(rows.query(Contact).filter_by(email=former).one())
        rows.query(Engineer).filter_by(email=email).one().active = False
        rows.query(ApiToken).order_by(ApiToken.id.desc()).first().ends_at = clock.now() - timedelta(hours=1)
    return [
        Visitor("engineer gone", client),
        Visitor("token of one gone", desk.client(), bearer=left),
        Visitor("token expired", desk.client(), bearer=expired),
        Visitor("contact gone", visiting),
    ]


def _half(desk: Desk) -> Visitor:
    """Somebody whose password was right and whose second factor is still to come."""
    client, token = desk.client(), secrets.random_token(32)
    with desk.changing() as rows:
        who = rows.query(Engineer).filter_by(email="admin@northquay.example").one().id
        ends = clock.now() + timedelta(minutes=10)
        rows.add(
            HalfLogin(token_digest=secrets.digest(token), engineer_id=who, method="password", ends_at=ends)
        )
    for name in ("__Host-half", "__Host-desk"):
        client.set_cookie(name, token, domain="desk.northquay.example", secure=True)
    return Visitor("engineer half in", client)


def _engineers(desk: Desk) -> None:
    people = [(f"{role}@northquay.example", role) for role in Role] + [("left@northquay.example", Role.ADMIN)]
    with desk.changing() as rows:
        for email, role in people:
            person = Engineer(email=email, name=f"The {role}", role=role, skills=[])
            rows.add(person)
            rows.flush()
            access.set_password(rows, person, PASSWORD)


def _rota(desk: Desk) -> dict[str, int]:
    """An override and an absence of an engineer's."""
    now = clock.now()
    with desk.changing() as rows:
        who = rows.query(Engineer).filter_by(email="engineer@northquay.example").one().id
        override = ShiftOverride(engineer_id=who, starts_at=now, ends_at=now + timedelta(hours=2))
        absence = Absence(engineer_id=who, starts_at=now, ends_at=now + timedelta(hours=2))
        rows.add_all([override, absence])
        rows.flush()
        answer = CannedAnswer(name="Restarted", language="en", text="It was restarted.", changed_at=now)
        rows.add(answer)
        rows.flush()
        token = ApiToken(engineer_id=who, token_digest="x", created_at=now)
        rows.add(token)
        rows.flush()
        management = reported.stored(reported.management())
        rows.add(management)
        rows.flush()
        return {
            "management": management.id,
            "override": override.id,
            "absence": absence.id,
            "answer": answer.id,
            "engineer": who,
            "token": token.id,
            "block": 1,
            "call": 1,
        }
