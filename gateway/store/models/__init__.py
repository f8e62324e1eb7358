"""Rows by subject. Data only: what may happen to them stands in the verbs."""

from gateway.store.models.access import EngineerIdentity, HalfLogin, RecoveryCode, SecondFactor
from gateway.store.models.administration import AuditEntry, CallState, Webhook, WebhookCall
from gateway.store.models.answer import KeyedRequest
from gateway.store.models.availability import AvailabilityStretch
from gateway.store.models.aws import (
    AccountState,
    Author,
    AwsAccount,
    AwsAttachment,
    AwsCase,
    AwsCommunication,
    AwsSeen,
    AwsStream,
    AwsWrite,
    CostKind,
    CostLine,
    CostRound,
    CostSource,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    Stream,
    WriteKind,
    WriteState,
)
from gateway.store.models.columns import Row, database_now, either, in_words, table
from gateway.store.models.credit import (
    CreditCorrection,
    CreditDispute,
    CreditMonth,
    CreditTicket,
    LedgerEntry,
    Verdict,
)
from gateway.store.models.desk import (
    ApiToken,
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
from gateway.store.models.due import Alarm, Appointment, Lease
from gateway.store.models.judgement import BlockedSender, Glance
from gateway.store.models.mail import (
    Blob,
    ContentDigest,
    Delivery,
    DeliveryState,
    Outbox,
    OutboxState,
    Promise,
)
from gateway.store.models.mailbox import After, Fate, MailFolder, MailSeen, MailSource, SignIn
from gateway.store.models.notice import Notice, NoticeIssue, NoticeLetter
from gateway.store.models.report import ReportPlan, StoredReport
from gateway.store.models.rota import Absence, DutyGap, PublicHoliday, ShiftOverride, ShiftRule
from gateway.store.models.scan import Scan, ScanState
from gateway.store.models.search import SearchDue
from gateway.store.models.suppression import MailReport, Proof, Reason, Suppression
from gateway.store.models.ticket import (
    Attachment,
    Direction,
    Message,
    Participant,
    Ticket,
    TicketEvent,
)
from gateway.store.models.visitor import EntryLink, PostedForm, Reach, Visit
from gateway.store.models.work import ActState, CannedAnswer, PendingAct

__all__ = [
    "AvailabilityStretch",
    "Absence", "AccountState", "After", "Alarm", "ApiToken", "Appointment", "Attachment", "Author",
    "AwsAccount", "AwsAttachment", "AwsCase", "AwsCommunication", "AwsSeen", "AwsStream", "AwsWrite",
    "Blob", "Contact", "ContentDigest", "Contract", "CostKind", "CostLine", "CostRound", "CostSource",
    "CreditCorrection",
    "CreditDispute", "CreditMonth", "CreditTicket", "Customer", "CustomerDomain", "Delivery",
    "DeliveryState", "Direction", "DutyGap", "Engineer", "Fate", "HealthEvent", "HealthImpact",
    "HealthTicket", "Lease", "LedgerEntry", "LoginFailure", "MailFolder", "MailReport", "MailSeen",
    "MailSource", "Message", "Notice", "NoticeIssue", "NoticeLetter", "Outbox", "OutboxState",
    "Participant", "Promise", "Proof", "PublicHoliday", "Reason", "Role", "Row", "Scan", "ScanState", "SearchDue",
    "ShiftOverride", "ShiftRule", "SignIn", "Stream", "Suppression", "Team", "TeamMember", "Ticket",
    "TicketEvent", "Verdict", "WebSession", "WriteKind", "WriteState", "database_now", "either",
    "in_words", "table", "AuditEntry", "CallState", "Webhook", "WebhookCall",
    "EntryLink", "PostedForm", "Reach", "Visit",
    "EngineerIdentity", "HalfLogin", "RecoveryCode", "SecondFactor",
    "ActState", "CannedAnswer", "PendingAct",
    "BlockedSender", "Glance", "KeyedRequest",
    "ReportPlan", "StoredReport",
]  # fmt: skip
