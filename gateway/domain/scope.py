"""Whom a notice concerns: customers by their accounts, tickets by what they say of theirs. Pure.

Source: promises P8 and P11 (contract clauses 2.5, 4.1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account as the estate describes it. Shape: an empty part was never recorded."""

    account_id: str
    customer_id: int
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a notice is about. Shape: an empty part means any; several parts must all fit; a tag with an empty value
    means that tag with any value.
    """

    customers: frozenset[int] = frozenset()
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def of_accounts(self) -> bool:
        """Whether it names anything that only accounts have."""
        return bool(self.accounts or self.regions or self.services or self.tags)

    def names(self, customer_id: int) -> bool:
        """Whether the customer is not left out by name."""
        return not self.customers or customer_id in self.customers

    def touches(self, account: Account) -> bool:
        """Whether an account is concerned. One whose regions or services nobody recorded is: better told than not.

        >>> scope = Scope(regions=frozenset({"eu-west-1"}), services=frozenset({"RDS"}))
        >>> scope.touches(Account("111122223333", 1, ("eu-west-1",), ("rds",)))
        True
        >>> scope.touches(Account("111122223333", 1, ("eu-west-1",))), scope.touches(Account("1", 1, ("us-east-1",)))
        (True, False)
        """
        return (
            self.names(account.customer_id)
            and (not self.accounts or account.account_id in self.accounts)
            and _meet(self.regions, account.regions)
            and _meet(self.services, account.services)
            and all(_tagged(account.tags, name, value) for name, value in self.tags.items())
        )

    def covers(
        self, account_id: str | None, region: str, services: Collection[str], *, named: Collection[str]
    ) -> bool:
        """Whether a ticket of a customer that the notice named may concern the same thing: nothing it says speaks
        against it. `named` are the customer's accounts that the notice named.
        """
        return (
            (not self.of_accounts or not account_id or account_id in named)
            and _meet(self.regions, (region,) if region else ())
            and _meet(self.services, services)
        )


def _meet(wanted: Collection[str], recorded: Collection[str]) -> bool:
    if not wanted or not recorded:
        return True
    return not {each.casefold() for each in wanted}.isdisjoint(each.casefold() for each in recorded)


def _tagged(tags: Mapping[str, str], name: str, value: str) -> bool:
    return name in tags and (not value or tags[name] == value)
