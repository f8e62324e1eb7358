"""How each kind of value in an import file is read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import argon2
from argon2.exceptions import InvalidHashError
from babel.numbers import is_currency
from email_validator import EmailNotValidError, validate_email

from gateway.domain import weak_passwords
from gateway.mail import address
from gateway.operations.records import Findings, Reader, Wrong, scalar, suggestion
from gateway.operations.yaml_tree import Fields, Tree

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
_LONGEST_TAG: Final = 128
_LONGEST_TAG_VALUE: Final = 256
_LONGEST_MINUTES: Final = 366 * 24 * 60
_FORBIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,4})?(?:-[A-Za-z0-9]{2,4})?")
_NUMBER: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{1,20}}")
_EVERYBODYS: Final = frozenset({
    "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "aol.com", "foxmail.com", "gmail.com", "gmx.de",
    "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.ru", "me.com", "msn.com", "naver.com",
    "outlook.com", "proton.me", "protonmail.com", "qq.com", "sina.com", "sohu.com", "web.de", "yahoo.com",
    "yandex.ru", "yeah.net",
})  # fmt: skip


def text(longest: int, *, may_be_empty: bool = False) -> Reader:
    """A reader of texts on one line; numbers and words like `no` count as they are written."""

    def read(tree: Tree, findings: Findings) -> str:
        value = scalar(tree, findings)
        found = "" if value.kind == "null" else value.text.strip()
        if not found and not may_be_empty:
            raise Wrong("must not be empty")
        if len(found) > longest:
            raise Wrong(f"has {len(found)} characters, at most {longest} fit")
        if _FORBIDDEN.search(found):
            raise Wrong("holds a character that cannot be shown on one line")
        return found

    return read


def one_of(choices: Iterable[str]) -> Reader:
    """A reader of words from a list."""
    known = tuple(choices)

    def read(tree: Tree, findings: Findings) -> str:
        found: str = text(100)(tree, findings)
        if found not in known:
            raise Wrong(f'"{found}" is none of {", ".join(known)}{suggestion(found, known)}')
        return found

    return read


def email(tree: Tree, findings: Findings) -> str:
    """A mail address in the form in which addresses are compared."""
    found = text(320)(tree, findings)
    try:
        return address.normalise(validate_email(found, check_deliverability=False).normalized)
    except EmailNotValidError as fault:
        raise Wrong(f'"{found}" is no mail address: {fault}') from None


def domain(tree: Tree, findings: Findings) -> str:
    """A mail domain of one customer alone."""
    written = text(255)(tree, findings)
    found = address.domain_of(f"x@{written.removeprefix('@')}")
    if not _DOMAIN.fullmatch(found):
        raise Wrong(f'"{written}" is no domain')
    if found in _EVERYBODYS:
        raise Wrong(f"{found} belongs to a mail provider: anybody there would count as this customer")
    return found


def time_zone(tree: Tree, findings: Findings) -> str:
    """The IANA name of a time zone."""
    found: str = text(64)(tree, findings)
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        hint = suggestion(found, tuple(available_timezones()))
        raise Wrong(f'"{found}" is no time zone, as "Asia/Shanghai" is one{hint}') from None
    return found


def language(tree: Tree, findings: Findings) -> str:
    """A language code as en, zh-Hans, ja."""
    found: str = text(10)(tree, findings)
    if not _LANGUAGE.fullmatch(found):
        raise Wrong(f'"{found}" is no language code, as en or zh-Hans is one')
    return found


def day(tree: Tree, findings: Findings) -> date:
    """A date."""
    found = text(40)(tree, findings)
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", found, re.ASCII):
            raise ValueError
        return date.fromisoformat(found)
    except ValueError:
        raise Wrong(f'"{found}" is no date, as 2026-01-31 is one') from None


def day_or_none(tree: Tree, findings: Findings) -> date | None:
    """A date, or none where the value is empty."""
    return None if scalar(tree, findings).kind == "null" else day(tree, findings)


def money(tree: Tree, findings: Findings) -> Decimal:
    """An amount in a currency's main unit."""
    found = text(40)(tree, findings)
    if not _NUMBER.fullmatch(found):
        raise Wrong(f'"{found}" is no amount, as 1200.50 is one')
    return Decimal(found)


def currency(tree: Tree, findings: Findings) -> str:
    """A currency's code (ISO 4217)."""
    found: str = text(10)(tree, findings)
    if not re.fullmatch("[A-Z]{3}", found) or not is_currency(found):
        raise Wrong(f'"{found}" is no currency code, as CNY or USD is one')
    return found


def account_id(tree: Tree, findings: Findings) -> str:
    """The twelve digits of an AWS account, as written, leading zeros too."""
    found = text(20)(tree, findings).replace("-", "")
    if not re.fullmatch("[0-9]{12}", found):
        raise Wrong("an AWS account has 12 digits")
    return str(found)


def truth(tree: Tree, findings: Findings) -> bool:
    """Yes or no."""
    value = scalar(tree, findings)
    if value.kind != "bool":
        raise Wrong("must be true or false")
    return value.text.lower() in ("true", "yes", "on")


def password(tree: Tree, findings: Findings) -> str:
    """A password, which no fault repeats."""
    found = scalar(tree, findings).text
    if not SHORTEST_PASSWORD <= len(found) <= LONGEST_PASSWORD:
        raise Wrong(f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if len(set(found)) < 5:
        raise Wrong("repeats too few different characters")
    if _FORBIDDEN.search(found):
        raise Wrong("holds a character that cannot be typed")
    if weak_passwords.common(found):
        raise Wrong("is one of those that are tried first")
    return found


def password_hash(tree: Tree, findings: Findings) -> str:
    """An argon2id hash as `helpdesk export --with-hashes` writes it."""
    found = scalar(tree, findings).text
    try:
        argon2.extract_parameters(found)
    except InvalidHashError:
        raise Wrong("is no argon2 hash") from None
    if not found.startswith("$argon2id$") or len(found) > 255:
        raise Wrong("is no argon2id hash")
    return found


def minutes(tree: Tree, findings: Findings) -> int | float:
    """A number of minutes above 0."""
    found = text(40)(tree, findings)
    if not _NUMBER.fullmatch(found) or not 0 < float(found) <= _LONGEST_MINUTES:
        raise Wrong(f'"{found}" must be a number of minutes above 0 and at most {_LONGEST_MINUTES}')
    return float(found) if "." in found else int(found)


def hours(tree: Tree, findings: Findings) -> int | float:
    """A number of hours above 0."""
    found = text(40)(tree, findings)
    if not _NUMBER.fullmatch(found) or not 0 < float(found) <= _LONGEST_MINUTES / 60:
        raise Wrong(f'"{found}" must be a number of hours above 0 and at most {_LONGEST_MINUTES // 60}')
    return float(found) if "." in found else int(found)


def share(tree: Tree, findings: Findings) -> str:
    """A percentage from 0 to 100 with decimals, kept as it is written, since it is compared exactly."""
    found = str(text(40)(tree, findings))
    if not _NUMBER.fullmatch(found) or float(found) > 100:
        raise Wrong(f'"{found}" is no percentage from 0 to 100')
    return found


def percent(tree: Tree, findings: Findings) -> int:
    """A whole percentage."""
    found = text(10)(tree, findings)
    if not re.fullmatch("[0-9]{1,3}", found):
        raise Wrong(f'"{found}" is no whole percentage')
    return int(found)


def tags(tree: Tree, findings: Findings) -> dict[str, str]:
    """Names with their values, as AWS tags are."""
    findings.look(tree)
    if not isinstance(tree, Fields):
        raise Wrong("must be names with values, as team: payments")
    found = {}
    for name, (line, value) in tree.entries.items():
        if not 0 < len(name) <= _LONGEST_TAG or _FORBIDDEN.search(name):
            findings.add(line, f"the name of a tag has 1 to {_LONGEST_TAG} characters")
            continue
        try:
            found[name] = text(_LONGEST_TAG_VALUE, may_be_empty=True)(value, findings)
        except Wrong as wrong:
            findings.add(value.line, f"{name}: {wrong}")
    return found
