"""Rows by subject. Data only: what may happen to them stands in the verbs."""

from gateway.store.models.columns import Row, database_now, either, in_words, table
from gateway.store.models.desk import (
    ApiToken,
    AwsAccount,
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Engineer,
    LoginFailure,
    Role,
    Team,
    TeamMember,
    WebSession,
)
from gateway.store.models.mail import (
    Blob,
    ContentDigest,
    Delivery,
    DeliveryState,
    Lease,
    Outbox,
    OutboxState,
    Promise,
)
from gateway.store.models.ticket import (
    Alarm,
    AlarmState,
    Attachment,
    Direction,
    Message,
    Participant,
    Ticket,
    TicketEvent,
)

__all__ = [
    "Alarm", "AlarmState", "ApiToken", "Attachment", "AwsAccount", "Blob", "Contact", "ContentDigest", "Contract",
    "Customer", "CustomerDomain", "Delivery", "DeliveryState", "Direction", "Engineer", "Lease", "LoginFailure",
    "Message", "Outbox", "OutboxState", "Participant", "Promise", "Role", "Row", "Team", "TeamMember", "Ticket",
    "TicketEvent", "WebSession", "database_now", "either", "in_words", "table",
]  # fmt: skip
