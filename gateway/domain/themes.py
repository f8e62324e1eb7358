"""What a ticket is about: an AWS service and a symptom, from the words of its subject. Pure.

Linear: each pattern is bounded and tried only where the text opens as its matches do (`phrases`), and no more than
`LONGEST` characters of a text are read.

Source: promise P10 (main problems of a week and a month).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from gateway.domain import catalogue
from gateway.domain.folding import fold
from gateway.domain.lifecycle import Kind
from gateway.domain.phrases import Vocabulary
from gateway.domain.terms import Service
from gateway.domain.vocabulary import symptoms

LONGEST: Final = 500
"""Units: characters of a text that are read: what it is about stands at its beginning."""


@unique
class Symptom(StrEnum):
    """What is wrong, or wanted; of several the first in this order counts, the particular before the general.

    A code is never renamed: stored reports hold it.
    """

    DATA_LOSS = "data-loss"
    SECURITY = "security"
    FAILOVER = "failover"
    CERTIFICATE = "certificate"
    BACKUP = "backup"
    LOGIN = "login"
    PERMISSIONS = "permissions"
    QUOTA = "quota"
    STORAGE = "storage"
    COST = "cost"
    NETWORK = "network"
    DEPLOYMENT = "deployment"
    PERFORMANCE = "performance"
    UNAVAILABLE = "unavailable"
    ERRORS = "errors"
    CHANGE = "change"
    QUESTION = "question"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Theme:
    """What a ticket is about. Shape: `service` is a code of `catalogue.AWS_SERVICES`, or what the ticket holds; or
    empty.
    """

    service: str
    symptom: Symptom


_WORDS: Final = Vocabulary(symptoms.ENGLISH, symptoms.CHINESE)
_BY_SERVICE: Final[Mapping[str, Symptom]] = MappingProxyType(
    {
        Service.ACCOUNT: Symptom.PERMISSIONS,
        Service.COST: Symptom.COST,
        Service.ARCHITECTURE: Symptom.QUESTION,
    }
)
_BY_KIND: Final[Mapping[str, Symptom]] = MappingProxyType(
    {Kind.CHANGE: Symptom.CHANGE, Kind.REQUEST: Symptom.QUESTION}
)


def theme(subject: str, *, services: Sequence[str] | None = None, service: str = "", kind: str = "") -> Theme:
    """What a ticket is about, by its subject, the AWS services noted on it, its service of the contract and its kind.

    Shape: of several AWS services the first one that the subject names, else the first one noted; without `services`
    nobody looked for any yet, and the subject is read for them. Where the words say nothing the service of the
    contract does, then the kind.

    >>> theme("RDS 主备切换后应用连不上", services=["ec2", "rds"])
    Theme(service='rds', symptom=<Symptom.FAILOVER: 'failover'>)
    >>> theme("Console login impossible without my MFA phone").symptom
    <Symptom.LOGIN: 'login'>
    >>> theme("Hello", service="cost-optimisation").symptom
    <Symptom.COST: 'cost'>
    """
    symptom = read(subject)
    if symptom is Symptom.OTHER:
        symptom = _BY_SERVICE.get(service) or _BY_KIND.get(kind, Symptom.OTHER)
    if services is not None and len(services) < 2:
        return Theme("".join(services), symptom)
    return Theme(next(iter((*catalogue.aws_services(subject[:LONGEST]), *(services or ()))), ""), symptom)


def read(text: str) -> Symptom:
    """The symptom that a text names; other where it names none.

    >>> read("Access denied on the bucket, deployment fails"), read("ALB or NLB?")
    (<Symptom.PERMISSIONS: 'permissions'>, <Symptom.QUESTION: 'question'>)
    """
    folded = fold(text[:LONGEST])
    found = _WORDS.first(folded)
    if found is not None:
        return Symptom(found)
    return Symptom.QUESTION if "?" in folded else Symptom.OTHER
