"""Who may do what, tried: three customers, every role, every route and method. Nobody sees a stranger's objects.

The table of rights stands in `tests.web.matrix`, the three customers in `tests.web.parties`, who knocks in
`tests.web.house`. A new route wants a line in the table; objects it shows want a mark in the customers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web import house as houses
from tests.web.house import NAMES, UNSAFE, House, Visitor
from tests.web.matrix import MATRIX, Who

DENIED = frozenset({401, 403, 404})
DOORS = ("/login", "/enter")
WITHOUT_TOKEN = ("api.", "links.")
"""Endpoints that want no form's token: a bearer speaks for itself, and so does the link of a letter."""
CONTACTS = [name for name in NAMES if name.startswith("contact") and not name.endswith("gone")]
TRIED = [(name, owner) for name in NAMES for owner in ("ab" if name.startswith("contact") else "a")]
HEADS = ("anonymous", "engineer admin", "contact b manager")
"""Who tries HEAD, too: it is served by the same code as GET."""
ASKED_FIRST = (400, 422)
"""The API reads a body before it asks who may; an unfit one is refused to everybody."""
FRAMED = frozenset({"files.html", "admin_letters.html"})
"""What our own pages put into a sandboxed frame."""
AWAY = frozenset({"openid.begin", "openid.back", "second.enter", "factor.picture"})
"""What is there for nobody here: no provider is set up, no second factor is begun."""
PROVED = frozenset({"factor.confirm", "factor.remove", "factor.new_codes"})
"""What wants the password once more, which the empty form lacks."""
FORMS = {"visitor_acts.contest": {"exclusion": "x1"}}
"""What a form names besides its address."""
LOOSE = ("Date", "Set-Cookie", "Content-Length")
"""Headers that differ anyway: the page names its own address, which is longer or shorter."""
LEAVING = frozenset({"auth.sign_out", "visitor_door.leave"})
DOWNLOADS = ("files.attachment", "files.original", "files.text", "review.original", "review.letter_original",
             "api.get_attachment")  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = houses.build(tmp_path_factory.mktemp("matrix"))
    yield made
    made.desk.services.engine.dispose()


@pytest.fixture(scope="module")
def visitors(house: House) -> dict[str, Visitor]:
    made = houses.visitors(house)
    houses.keep(house)
    return made


@pytest.fixture(autouse=True)
def fresh(house: House, visitors: dict[str, Visitor]) -> None:
    """Every test begins on the same database."""
    house.restore()


def test_every_route_has_its_line_and_every_line_its_route(house: House) -> None:
    routed = {rule.endpoint for rule in routes(house)}
    assert sorted(routed - MATRIX.keys()) == []
    assert sorted(MATRIX.keys() - routed) == []


def test_every_visitor_is_tried(visitors: dict[str, Visitor]) -> None:
    assert set(NAMES) == visitors.keys()


@pytest.mark.parametrize(("name", "owner"), TRIED)
def test_nobody_sees_or_does_more_than_the_matrix_says(
    house: House, visitors: dict[str, Visitor], name: str, owner: str
) -> None:
    visitor, wrong = visitors[name], []
    token = houses.token_of(visitor)
    for rule, path in addresses(house, owner):
        for method in methods(rule, heads=name in HEADS):
            found = knock(house, visitor, rule, path, method=method, owner=owner, token=token)
            wrong += [f"{method} {path} ({rule.endpoint}): {fault}" for fault in found]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name in CONTACTS if name.startswith("contact a")])
def test_colleagues_tickets_are_shown_by_role(house: House, visitors: dict[str, Visitor], name: str) -> None:
    visitor, wrong = visitors[name], []
    own = visitor.scope == 0
    for rule, path in addresses(house, "a", colleague=True):
        line = MATRIX[rule.endpoint]
        if line.look.scope < 0 or set(line.values.values()) != {"ticket"} or "GET" not in methods(rule):
            continue
        answer = visitor.call(path, "GET")
        if (answer.status_code == 200) == own or (own and "beta" in said(answer)):
            wrong.append(f"{path}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("name", CONTACTS)
def test_foreign_and_absent_answer_the_same(house: House, visitors: dict[str, Visitor], name: str) -> None:
    visitor, wrong = visitors[name], []
    token = houses.token_of(visitor)
    other = "b" if visitor.party == "a" else "a"
    for rule, path in addresses(house, other):
        line = MATRIX[rule.endpoint]
        for method in methods(rule):
            if line.may(method).scope < 0 or not line.values:
                continue
            gone = houses.address(
                house, rule, {name: absent(house, other, kind) for name, kind in line.values.items()}
            )
            form = {"data": {"csrf_token": token}} if method in UNSAFE else {}
            there, nowhere = (plain(visitor.call(each, method, **form), each) for each in (path, gone))
            if there != nowhere:
                wrong.append(f"{method} {path}: {there} instead of {nowhere}")
    assert wrong == []


@pytest.mark.parametrize("name", ["anonymous", "engineer admin", "contact a manager"])
def test_form_without_its_token_is_refused(house: House, visitors: dict[str, Visitor], name: str) -> None:
    visitor, wrong = visitors[name], []
    for rule, path in addresses(house, "a"):
        for method in sorted(UNSAFE & (rule.methods or set())):
            if rule.endpoint.startswith(WITHOUT_TOKEN):
                continue
            house.written.clear()
            answer = visitor.call(path, method, data={"text": "x"})
            if answer.status_code not in (400, *DENIED) or house.written:
                wrong.append(f"{method} {path}: {answer.status_code}, wrote {house.written}")
    assert wrong == []


def test_methods_that_no_route_takes_are_refused(house: House, visitors: dict[str, Visitor]) -> None:
    wrong = []
    for rule, path in addresses(house, "a"):
        taken = {method for each in routes(house) if each.rule == rule.rule for method in each.methods or ()}
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - taken):
            answer = visitors["engineer admin"].call(path, method)
            if answer.status_code not in (404, 405):
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []


def test_options_tell_the_methods_and_change_nothing(house: House, visitors: dict[str, Visitor]) -> None:
    house.written.clear()
    for _, path in addresses(house, "a"):
        answer = visitors["engineer admin"].call(path, "OPTIONS")
        assert answer.status_code in (200, 302, 401), (
            path
        )  # the API and customers' pages want to know who asks
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert house.written == []


# What one knock must be like.


def knock(
    house: House, visitor: Visitor, rule: Rule, path: str, *, method: str, owner: str, token: str
) -> list[str]:
    """Everything that is wrong with one answer."""
    house.written.clear()
    answer = visitor.call(path, method, **form_of(rule, method, token))
    may = visitor.may(rule.endpoint, MATRIX[rule.endpoint], method, owner)
    found = allowed(answer, rule, method) if may else refused(answer, rule)
    found += misheaded(answer, rule) + [
        f"shows {mark}" for mark in shown(house, visitor, rule, answer, path, owner, may)
    ]
    if house.written and not (may and method in UNSAFE):
        found.append(f"wrote {sorted(set(house.written))}")
    if method in UNSAFE and may:
        house.restore()
    return found


def form_of(rule: Rule, method: str, token: str) -> dict[str, Any]:
    """An empty form, or body, as a browser or program sends it."""
    if method not in UNSAFE:
        return {}
    if rule.endpoint.startswith("api."):
        return {"json": {}}
    return {"data": {"csrf_token": token} | FORMS.get(rule.endpoint, {})}


def allowed(answer: TestResponse, rule: Rule, method: str) -> list[str]:
    """What is wrong with an answer for somebody who may: an empty form may be refused, but not for want of rights."""
    if answer.status_code >= 500:
        return [f"fails with {answer.status_code}"]
    if rule.endpoint in AWAY or (rule.endpoint in PROVED and answer.status_code == 403):
        return []
    if method not in UNSAFE:
        bad = answer.status_code >= 400
    elif MATRIX[rule.endpoint].act in (Who.PUBLIC, Who.LINK):
        bad = answer.status_code in (403, 404)
    else:  # a foreign object is 404 to a contact only
        bad = answer.status_code in ((401, 403) if MATRIX[rule.endpoint].act.role else DENIED)
    away = sent_away(answer) and not (method in UNSAFE and rule.endpoint in LEAVING)
    return [f"may, yet {answer.status_code} {answer.location or ''}"] if bad or away else []


def refused(answer: TestResponse, rule: Rule) -> list[str]:
    """What is wrong with an answer for somebody who may not."""
    unfit = rule.endpoint.startswith("api.") and answer.status_code in ASKED_FIRST
    fine = answer.status_code in DENIED or sent_away(answer) or unfit
    return [] if fine else [f"may not, yet {answer.status_code}"]


def sent_away(answer: TestResponse) -> bool:
    """Whether the answer only shows a door."""
    return answer.status_code in (302, 303) and (answer.location or "").partition("?")[0] in DOORS


def shown(
    house: House, visitor: Visitor, rule: Rule, answer: TestResponse, path: str, owner: str, may: bool
) -> list[str]:
    """Marks in an answer that its reader must not see; what the address itself says does not count."""
    if visitor.role is not None and may:
        return []  # engineers serve every customer
    text = (str(answer.headers) + said(answer)).replace(path, "").replace(quote(path, safe="/"), "")
    theirs = visitor.party if may or not MATRIX[rule.endpoint].values else ""
    if MATRIX[rule.endpoint].look is Who.LINK:
        theirs = owner
    strange = [mark for letter, party in house.parties.items() if letter != theirs for mark in party.marks]
    ours = [f"mark{letter}{what}" for letter in house.parties for what in ("note", "held", "raw", "written")]
    return [
        mark
        for mark in (*strange, *ours)
        if mark in text and not (visitor.party == mark[4:5] and mark in strange)
    ]


def misheaded(answer: TestResponse, rule: Rule) -> list[str]:
    """Headers and cookies that a browser needs to hear and does not."""
    headers, found = answer.headers, []
    policy = headers.get("Content-Security-Policy", "")
    frames = "'self'" if rule.endpoint in FRAMED and answer.status_code == 200 else "'none'"
    scripts = re.findall(r"(?:script|default)-src ([^;]*)", policy)
    if f"frame-ancestors {frames}" not in policy or "default-src 'none'" not in policy:
        found.append(f"policy {policy!r}")
    if any(word in source for source in scripts for word in ("unsafe", "*", "http:", "data:")):
        found.append(f"scripts {scripts}")
    for name, wanted in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")):
        if headers.get(name) != wanted:
            found.append(f"{name} {headers.get(name)!r}")
    if "max-age=" not in headers.get("Strict-Transport-Security", ""):
        found.append("no HSTS")
    if rule.endpoint != "static" and "no-store" not in headers.get("Cache-Control", ""):
        found.append(f"kept: {headers.get('Cache-Control')!r}")
    if rule.endpoint.endswith(tuple(DOWNLOADS)) and answer.status_code == 200 and not is_page(answer):
        found += (
            []
            if headers.get("Content-Disposition", "").startswith("attachment")
            else ["shown in the browser"]
        )
    return found + [f"cookie {cookie}" for cookie in headers.getlist("Set-Cookie") if not fits(cookie)]


def said(answer: TestResponse) -> str:
    """The body as text, also of a picture."""
    return answer.data.decode("utf-8", "replace")


def is_page(answer: TestResponse) -> bool:
    """Whether a page of ours stands in place of a file."""
    return answer.mimetype == "text/html"


def fits(cookie: str) -> bool:
    """Whether a cookie is bound to this host and https, and out of reach of scripts and other sites."""
    said = cookie.split("; ")
    bound = said[0].startswith("__Host-") or said[0].startswith("lang=")
    return (
        bound
        and {"Secure", "HttpOnly", "Path=/"} <= set(said)
        and bool({"SameSite=Lax", "SameSite=Strict"} & set(said))
    )


# Addresses.


def routes(house: House) -> list[Rule]:
    return sorted(house.desk.app.url_map.iter_rules(), key=lambda rule: rule.endpoint)


def methods(rule: Rule, *, heads: bool = False) -> list[str]:
    return sorted((rule.methods or set()) - {"OPTIONS"} - (set() if heads else {"HEAD"}))


def addresses(house: House, owner: str, *, colleague: bool = False) -> Iterator[tuple[Rule, str]]:
    """Every route that stands in the matrix, with its address for a customer's objects."""
    objects = house.parties[owner].colleague if colleague else house.parties[owner].values
    for rule in routes(house):
        if line := MATRIX.get(rule.endpoint):
            yield rule, houses.address(house, rule, line.address(objects))


def absent(house: House, owner: str, kind: str) -> Any:
    """The name of an object that nobody has."""
    if kind.startswith("="):
        return kind[1:]
    known = house.parties[owner].values[kind]
    return 999_999 if isinstance(known, int) else re.sub(r"\w", "z", str(known))


def plain(answer: TestResponse, path: str) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without what differs between any two: the time, tokens, its own address."""
    headers = [(name, value) for name, value in answer.headers if name not in LOOSE]
    text = (
        re.sub(r'value="[\w.-]{60,}"', "", said(answer)).replace(path, "").replace(quote(path, safe=""), "")
    )
    return answer.status_code, headers, text
