"""What the templates of reports say figures, instants and codes with.

The words of codes stand in `templates/report/{en,zh}/words.txt`; a code without a word is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from babel.dates import format_date, format_datetime
from jinja2 import pass_context
from jinja2.runtime import Context

from gateway import i18n
from gateway.aws.cost import words as cost_words
from gateway.domain.credits import half_up, printed
from gateway.reporting.figures import Credit, Saving
from gateway.tickets import health_words

# AWS's own names, the same in every language, where they are not the code in capitals.
_SERVICES: Final[Mapping[str, str]] = {
    "api-gateway": "API Gateway",
    "athena": "Athena",
    "backup": "AWS Backup",
    "bedrock": "Bedrock",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "cognito": "Cognito",
    "direct-connect": "Direct Connect",
    "documentdb": "DocumentDB",
    "dynamodb": "DynamoDB",
    "elasticache": "ElastiCache",
    "eventbridge": "EventBridge",
    "fsx": "FSx",
    "glue": "Glue",
    "guardduty": "GuardDuty",
    "kinesis": "Kinesis",
    "lambda": "Lambda",
    "lightsail": "Lightsail",
    "opensearch": "OpenSearch",
    "organizations": "Organizations",
    "redshift": "Redshift",
    "route53": "Route 53",
    "sagemaker": "SageMaker",
    "secretsmanager": "Secrets Manager",
    "step-functions": "Step Functions",
    "systems-manager": "Systems Manager",
    "transit-gateway": "Transit Gateway",
}
_LONGEST_SHORT_NAME: Final = 5


def percent(share: Fraction | str) -> str:
    """A share with two decimals, rounded down.

    >>> percent("61/64")
    '95.31 %'
    """
    return f"{printed(Fraction(share))} %"


def rate(share: Fraction | str) -> str:
    """A share as the contract writes it, without decimals that say nothing.

    >>> rate("1/20"), rate("1/40")
    ('5 %', '2.5 %')
    """
    said = printed(Fraction(share))
    return f"{said.rstrip('0').rstrip('.')} %"


def number(count: float) -> str:
    """A count with its thousands apart.

    >>> number(44640)
    '44,640'
    """
    return f"{count:,}"


def many(count: int, one: str, several: str = "") -> str:
    """An English count with its noun.

    >>> many(1, "ticket"), many(2, "ticket"), many(0, "breach", "breaches")
    ('1 ticket', '2 tickets', '0 breaches')
    """
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def sum_of(units: int | str | Fraction, credit: Credit) -> str:
    """A sum in the contract's currency, rounded half up."""
    return i18n.money(half_up(Fraction(units)), credit.currency, credit.exponent)


def savings(amount: str, currency: str) -> str:
    """A sum that AWS told; empty where it told none."""
    try:
        told = Decimal(amount)
    except InvalidOperation:
        return ""
    if not told.is_finite():
        return ""
    decimals = i18n.exponent(currency) if currency else 2
    return i18n.money(int((told * 10**decimals).to_integral_value(ROUND_HALF_UP)), currency, decimals)


def service(code: str) -> str:
    """The name of an AWS service.

    >>> service("rds"), service("direct-connect"), service("MYSERVICE")
    ('RDS', 'Direct Connect', 'MYSERVICE')
    """
    return _SERVICES.get(code, code.upper() if len(code) <= _LONGEST_SHORT_NAME else code)


def language_of(context: Context) -> str:
    """The language a template is rendered in."""
    return str(context.resolve("language"))


@pass_context
def word(context: Context, code: object, table: str) -> str:
    """The word of a code, from a table of `words.txt`; an unknown code comes back as it is."""
    said = context.environment.get_template(f"{language_of(context)}/words.txt").module
    return str(getattr(said, table).get(str(code), code))


@pass_context
def subject(context: Context, code: str) -> str:
    """What tickets were about: a service of the contract, or one of AWS."""
    label = i18n.label(code, language_of(context))
    return service(code) if label == code else label


@pass_context
def month(context: Context, day: date) -> str:
    """The month of a day, with its year."""
    return i18n.month(day, language_of(context))


@pass_context
def on(context: Context, day: date) -> str:
    """A day without its year: 12 October, 10 月 12 日."""
    if language_of(context) == "zh":
        return f"{day.month} 月 {day.day} 日"
    return str(format_date(day, "d MMMM", locale="en"))


@pass_context
def moment(context: Context, at: datetime) -> str:
    """An instant as short as a table wants it: 12 Oct 07:20, 10-12 07:20."""
    local = at.astimezone(i18n.time_zone(str(context.resolve("zone"))))
    if language_of(context) == "zh":
        return f"{local:%m-%d %H:%M}"
    return str(format_datetime(local.replace(tzinfo=None), "d MMM HH:mm", locale="en"))


@pass_context
def seconds(context: Context, length: float) -> str:
    """A length of time of so many seconds."""
    return i18n.duration(timedelta(seconds=length), language_of(context))


@pass_context
def took(context: Context, length: timedelta | None) -> str:
    """A length of time, or a dash where there was none."""
    return "–" if length is None else i18n.duration(length, language_of(context))


@pass_context
def happened(context: Context, code: str, category: str) -> str:
    """What an AWS Health event is."""
    return health_words.what(code, category, language_of(context))


@pass_context
def advised(context: Context, line: Saving) -> str:
    """What a line of cost advice recommends, and what would become what."""
    language = language_of(context)
    said = cost_words.name(line.data, language) or cost_words.action(line.code, language)
    change = " → ".join(str(line.data[key]) for key in ("current", "recommended") if line.data.get(key))
    return f"{said} ({change})" if change and language == "en" else f"{said}（{change}）" if change else said


@pass_context
def prices(context: Context, code: str) -> str:
    """At which prices savings were counted."""
    return cost_words.discount(code, language_of(context))


@pass_context
def unread(context: Context, account: str, why: str) -> str:
    """Why cost advice does not cover an account."""
    return cost_words.unread(why, account, language_of(context))


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "percent": percent,
    "rate": rate,
    "number": number,
    "many": many,
    "sum_of": sum_of,
    "savings": savings,
    "service": service,
    "source": cost_words.source,
    "word": word,
    "subject": subject,
    "month": month,
    "on": on,
    "moment": moment,
    "seconds": seconds,
    "took": took,
    "happened": happened,
    "advised": advised,
    "prices": prices,
    "unread": unread,
}
