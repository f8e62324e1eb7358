"""The codes of cost advice in words, for reports and pages: sources, actions, and what a silent source needs.

English words are the message identifiers of the catalogues, as in `gateway.i18n`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway import i18n

SOURCES: Final[Mapping[str, str]] = {
    "cost-optimization-hub": "Cost Optimization Hub",
    "compute-optimizer": "Compute Optimizer",
    "trustedadvisor": "Trusted Advisor",
    "ce": "Cost Explorer",
}
"""AWS's own names, the same in every language."""
ACTIONS: Final[Mapping[str, str]] = {
    "Rightsize": "Choose a smaller size",
    "Stop": "Stop it",
    "Upgrade": "Move to a newer type",
    "Delete": "Delete it",
    "ScaleIn": "Run fewer of them",
    "MigrateToGraviton": "Move to Graviton",
    "PurchaseSavingsPlans": "Buy Savings Plans",
    "PurchaseReservedInstances": "Buy reserved capacity",
    "advisor-check": "Advice of Trusted Advisor",
}
DISCOUNTS: Final[Mapping[str, str]] = {
    "before": "at list prices",
    "after": "at the account's own prices",
    "unknown": "AWS does not say at which prices",
}
INSTRUCTIONS: Final[Mapping[str, str]] = {
    "not-enrolled": "%(source)s is not switched on. Enable it in the console of account %(account)s: it is free, "
    "and the first recommendations come within two days.",
    "no-plan": "%(source)s needs a support plan that account %(account)s does not have, or the permission "
    "%(action)s for our role.",
    "denied": "Our role in account %(account)s lacks the permission %(action)s. Add it to the role's policy.",
    "absent": "%(source)s does not exist in this region of account %(account)s.",
    "no-data": "%(source)s has too little history of account %(account)s so far.",
    "no-answer": "%(source)s did not answer for account %(account)s this month. We ask again next month.",
    "refused": "%(source)s refused our question about account %(account)s (%(aws)s). We look into it.",
}
ENROLLING: Final[Mapping[str, str]] = {
    "ce": "Cost Explorer is not switched on. Open it once in the console of the paying account: data of "
    "account %(account)s come within a day.",
}
"""Sources that are switched on in another way than the rest."""
UNREAD: Final[Mapping[str, str]] = {
    "no-role": "No role is set up in account %(account)s, so we cannot read its cost advice.",
    "pending": "The cost advice of account %(account)s has not been read yet.",
    "role-broken": "Our role in account %(account)s no longer lets us in.",
    "suspended": "Account %(account)s is suspended.",
}


def source(code: str) -> str:
    """The name of a source."""
    return SOURCES.get(code, code)


def action(code: str, language: str) -> str:
    """What is recommended; a word of AWS we do not know comes back as it is."""
    return i18n.words(language).gettext(ACTIONS[code]) if code in ACTIONS else code


def discount(code: str, language: str) -> str:
    """At which prices savings were counted."""
    return i18n.words(language).gettext(DISCOUNTS.get(code, DISCOUNTS["unknown"]))


def name(data: Mapping[str, Any], language: str) -> str:
    """What Trusted Advisor calls its advice, in Chinese where AWS does."""
    return str((data.get("name_zh") if language == "zh" else "") or data.get("name") or "")


def instruction(source_code: str, code: str, account: str, *, data: Mapping[str, Any], language: str) -> str:
    """Why a source says nothing of an account, and what would make it speak.

    >>> instruction("ce", "denied", "111122223333", data={"action": "ce:GetCostAndUsage"}, language="en")
    "Our role in account 111122223333 lacks the permission ce:GetCostAndUsage. Add it to the role's policy."
    """
    said = INSTRUCTIONS.get(code, INSTRUCTIONS["refused"])
    if code == "not-enrolled":
        said = ENROLLING.get(source_code, said)
    told = {"source": source(source_code), "account": account}
    told |= {key: str(data.get(key, "")) for key in ("action", "aws")}
    return i18n.words(language).gettext(said) % told


def unread(code: str, account: str, language: str) -> str:
    """Why a round does not cover an account."""
    said = UNREAD.get(code, UNREAD["pending"])
    return i18n.words(language).gettext(said) % {"account": account}


def everything() -> list[str]:
    """Every word of these tables that is translated, for the catalogue."""
    tables = (ACTIONS, DISCOUNTS, INSTRUCTIONS, ENROLLING, UNREAD)
    return [each for table in tables for each in table.values()]
