"""What a written contract says, from the rows and constants that the desk works by: one typed value (P14).

Shape: codes, figures, names and dates, never sentences. Whoever is told is named as the desk would find them now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.credits.deals import FROZEN_AT
from gateway.domain import agreed_dates, availability, rota
from gateway.domain import reporting_times as times
from gateway.domain.alarms import LEAST_WAIT
from gateway.domain.terms import AWS_READ_WITHIN, Audience, Priority, Service, Terms, agreed
from gateway.notices.running import REMIND_BEFORE
from gateway.reporting import calendars
from gateway.reporting.contract_people import Account, Person, Shift, accounts, contacts, people, shifts
from gateway.settings import Settings
from gateway.store import reports
from gateway.store.models import Contract, Customer, Reach, ReportPlan
from gateway.store.queries import agreements
from gateway.store.queries import people as customers
from gateway.tickets import NotFound
from gateway.tickets.excluding import LOOKED_AT_AGAIN


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contract is to be written.

    Shape: `customer` is an identity or a reference; without `number` it is the contract that holds on the day, else
    the one that begins next; without `version` the one in effect on the day; without `on` today.
    """

    customer: str
    number: str = ""
    version: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider as it may be reached. Shape: `web` is without a trailing slash; `prefix` stands before tickets."""

    name: str
    phone: str
    address: str
    web: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Promised:
    """Figures that are the same for every contract, each the one that the code works by."""

    availability: Fraction = availability.PROMISED
    aws_read_within: timedelta = AWS_READ_WITHIN
    pass_on_after: timedelta = LEAST_WAIT
    rota_ahead: timedelta = rota.HORIZON
    maintenance_reminder: timedelta = REMIND_BEFORE
    dispute_reminder: timedelta = LOOKED_AT_AGAIN
    frozen_hour: int = FROZEN_AT


@dataclass(frozen=True, slots=True)
class Reports:
    """Which reports are owed, when, and to whom.

    Shape: hours are full hours of the contract's zone; `country` is whose working days count, empty for Monday to
    Friday; a recipient's language is empty for the contract's.
    """

    daily: bool = True
    weekly: bool = True
    monthly: bool = True
    daily_hour: int = times.DAILY_HOUR
    morning_hour: int = times.MORNING_HOUR
    monthly_day: int = times.MONTHLY_DAY
    latest_day: int = times.MONTHLY_DAYS[-1]
    country: str = ""
    recipients: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a written contract says.

    Shape: `ends_on` is the last day; `effective_on` is the version's own first day; `replaces` is the version before
    it, 0 for the first; `fee` is a month's in the currency's main unit, exact; `as_of` is when this was gathered.
    """

    provider: Provider
    customer: str
    reference: str
    number: str
    version: int
    replaces: int
    starts_on: date
    ends_on: date | None
    effective_on: date
    zone: str
    language: str
    currency: str
    fee: Fraction
    terms: Terms
    promised: Promised
    reports: Reports
    as_of: datetime
    contacts: tuple[Person, ...] = ()
    leads: tuple[Person, ...] = ()
    management: tuple[Person, ...] = ()
    shifts: tuple[Shift, ...] = ()
    accounts: tuple[Account, ...] = ()
    services: tuple[Service, ...] = tuple(Service)
    priorities: tuple[Priority, ...] = tuple(Priority)

    @property
    def as_of_day(self) -> date:
        """The day this was gathered, in the contract's zone."""
        return self.as_of.astimezone(i18n.time_zone(self.zone)).date()

    def steps_of(self, audience: Audience) -> tuple[int, ...]:
        """The percentages of the ladder at which an audience is told."""
        return tuple(rung.percent for rung in self.terms.ladder if audience in rung.tells)


def provider_of(settings: Settings) -> Provider:
    """The provider that this installation belongs to."""
    return Provider(
        settings.provider_name,
        settings.provider_phone,
        settings.support_address,
        settings.web_base,
        settings.ticket_prefix,
    )


def gather(session: Session, wanted: Wanted, provider: Provider, *, at: datetime) -> Facts:
    """What a contract says.

    Errors: NotFound, in words for whoever asked.
    """
    customer = customers.customer_of(session, wanted.customer)
    if customer is None:
        raise NotFound(f"there is no customer {wanted.customer}")
    versions = _contract(session, customer, wanted, at)
    one = _version(versions, wanted, at)
    effective_on = one.effective_on or one.starts_on
    earlier = [each.version for each in versions if each.version < one.version]
    known = contacts(session, customer.id)
    leads, management = people(session)
    return Facts(
        provider=provider,
        customer=customer.name,
        reference=customer.reference,
        number=one.number,
        version=one.version,
        replaces=max(earlier, default=0),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        effective_on=effective_on,
        zone=one.time_zone,
        language=i18n.letter_language(one.language),
        currency=one.currency,
        fee=Fraction(one.monthly_fee),
        terms=agreed(one.terms),
        promised=Promised(),
        reports=_reports(reports.plan_of(session, one.number), known, one.time_zone),
        as_of=at,
        contacts=known,
        leads=leads,
        management=management,
        shifts=shifts(session, max(effective_on, _today([one], at))),
        accounts=accounts(session, customer.id),
    )


def _contract(session: Session, customer: Customer, wanted: Wanted, at: datetime) -> Sequence[Contract]:
    """The versions of the contract: the named one, the one mail is judged by, or the one that begins next."""
    known = agreements.contracts_of(session, customer.id)
    if wanted.number:
        if wanted.number not in known:
            raise NotFound(f"there is no contract {wanted.number} of {customer.reference}")
        return known[wanted.number]
    if not known:
        raise NotFound(f"there is no contract of {customer.reference}")
    days = {number: wanted.on or _today(versions, at) for number, versions in known.items()}
    held = [known[name] for name, day in days.items() if agreed_dates.in_effect(known[name], day)]
    if held:
        return max(held, key=lambda versions: agreed_dates.latest(versions).starts_on)
    coming = [known[name] for name, day in days.items() if _begins(known[name]) > day]
    if not coming:
        listed = ", ".join(known)
        raise NotFound(f"there is no contract of {customer.reference} in effect then; name one of {listed}")
    return min(coming, key=_begins)


def _version(versions: Sequence[Contract], wanted: Wanted, at: datetime) -> Contract:
    if wanted.version is None:
        found = agreed_dates.version_on(versions, wanted.on or _today(versions, at))
        return found or versions[-1]
    for each in versions:
        if each.version == wanted.version:
            return each
    raise NotFound(f"there is no version {wanted.version} of {versions[0].number}")


def _today(versions: Sequence[Contract], at: datetime) -> date:
    return at.astimezone(i18n.time_zone(agreed_dates.latest(versions).time_zone)).date()


def _begins(versions: Sequence[Contract]) -> date:
    return min(each.starts_on for each in versions)


def _reports(plan: ReportPlan, known: Sequence[Person], zone: str) -> Reports:
    """The plan of reports; where it names nobody, they go to the managers among the contacts (P10)."""
    names = {each.email: each.name for each in known}
    named = [
        Person(names.get(each["email"], ""), each["email"], language=str(each.get("language") or ""))
        for each in plan.recipients
    ]
    country = plan.holidays or calendars.country_of(zone)
    return Reports(
        daily=plan.daily,
        weekly=plan.weekly,
        monthly=plan.monthly,
        monthly_day=plan.monthly_day,
        country=country if calendars.known(country) else "",
        recipients=tuple(named or [each for each in known if each.role == Reach.MANAGER]),
    )
