"""What to do about an AWS Health event, by its type: codes in order, the most urgent first. Pure.

Source: AWS Health event types (`describe-event-types`); the rules are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final = (
    "follow-aws", "shift-traffic", "check-own-alarms", "open-case", "stop-and-start", "back-up-first",
    "replace-resource", "plan-window", "check-redundancy", "restore-redundancy", "plan-upgrade", "test-upgrade",
    "rotate-keys", "review-activity", "review-charges", "answer-abuse", "renew-certificate", "fix-permissions",
    "reconnect", "read-and-decide", "verify-recovery", "restore-from-backup",
)  # fmt: skip
"""Every code there is."""

# The longest end of a type code that fits decides; a whole code is its own end.
_BY_END: Final[Mapping[str, tuple[str, ...]]] = {
    "_OPERATIONAL_ISSUE": ("check-own-alarms", "shift-traffic", "follow-aws", "open-case"),
    "_OPERATIONAL_NOTIFICATION": ("read-and-decide", "check-own-alarms"),
    "_API_ISSUE": ("check-own-alarms", "follow-aws", "open-case"),
    "_INCREASED_ERROR_RATES": ("check-own-alarms", "shift-traffic", "follow-aws", "open-case"),
    "_CONNECTIVITY_ISSUE": ("check-own-alarms", "shift-traffic", "follow-aws", "open-case"),
    "_POWER_CONNECTIVITY_ISSUE": ("shift-traffic", "check-own-alarms", "follow-aws", "open-case"),
    "_RETIREMENT_SCHEDULED": ("back-up-first", "stop-and-start", "plan-window"),
    "_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED": ("back-up-first", "stop-and-start", "plan-window"),
    "_DEDICATED_HOST_RETIREMENT_SCHEDULED": ("back-up-first", "replace-resource", "plan-window"),
    "_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED": ("back-up-first", "replace-resource"),
    "_REBOOT_MAINTENANCE_SCHEDULED": ("stop-and-start", "plan-window"),
    "_MAINTENANCE_SCHEDULED": ("plan-window", "check-redundancy"),
    "_MAINTENANCE_EXTENSION": ("plan-window", "check-redundancy"),
    "_MAINTENANCE_CANCELLED": ("read-and-decide",),
    "_MAINTENANCE_COMPLETE": ("verify-recovery",),
    "_HARDWARE_MAINTENANCE_SCHEDULED": ("plan-window", "check-redundancy"),
    "_SYSTEM_MAINTENANCE_SCHEDULED": ("plan-window", "check-redundancy"),
    "_SECURITY_PATCHING_EVENT": ("plan-window", "check-redundancy"),
    "_PLANNED_LIFECYCLE_EVENT": ("plan-upgrade", "test-upgrade", "plan-window"),
    "_END_OF_LIFE": ("plan-upgrade", "test-upgrade"),
    "_END_OF_SUPPORT": ("plan-upgrade", "test-upgrade"),
    "_DEPRECATION": ("plan-upgrade", "test-upgrade"),
    "_REDUNDANCY_LOSS": ("restore-redundancy", "check-redundancy"),
    "_SINGLE_TUNNEL_NOTIFICATION": ("restore-redundancy", "check-redundancy"),
    "_TUNNEL_DOWN": ("reconnect", "restore-redundancy"),
    "_VIRTUAL_INTERFACE_DOWN": ("reconnect", "open-case"),
    "_VOLUME_LOST": ("restore-from-backup", "replace-resource", "open-case"),
    "_DEGRADED_EBS_VOLUME_PERFORMANCE": ("back-up-first", "check-own-alarms", "follow-aws"),
    "_RENEWAL_STATE_CHANGE": ("renew-certificate",),
    "_RENEWAL_FAILURE": ("renew-certificate",),
    "_CERTIFICATE_EXPIRATION_APPROACHING": ("renew-certificate",),
    "_PERMISSION_ISSUE": ("fix-permissions",),
    "_CREDENTIALS_EXPOSED": ("rotate-keys", "review-activity", "review-charges"),
    "_CREDENTIALS_COMPROMISED": ("rotate-keys", "review-activity", "review-charges"),
    "_CREDENTIALS_EXPOSURE_SUSPECTED": ("rotate-keys", "review-activity", "review-charges"),
    "_RISK_IAM_QUARANTINE": ("rotate-keys", "review-activity", "review-charges"),
}
_BY_CATEGORY: Final[Mapping[str, tuple[str, ...]]] = {
    "issue": ("check-own-alarms", "follow-aws", "open-case"),
    "investigation": ("check-own-alarms", "follow-aws"),
    "scheduledChange": ("plan-window", "check-redundancy"),
    "accountNotification": ("read-and-decide",),
}
_RISKS: Final = ("AWS_RISK_", "AWS_ABUSE_", "AWS_SECURITY_")


def codes(type_code: str, category: str, status: str = "open") -> tuple[str, ...]:
    """What to do about an event of a type; once it is over, only to look whether all is well again.

    >>> codes("AWS_EC2_OPERATIONAL_ISSUE", "issue")[0], codes("AWS_RISK_CREDENTIALS_EXPOSED", "issue")[0]
    ('check-own-alarms', 'rotate-keys')
    >>> codes("AWS_NEW_THING", "scheduledChange")
    ('plan-window', 'check-redundancy')
    """
    if status == "closed" and not is_risk(type_code):
        return ("verify-recovery",)
    fitting = [end for end in _BY_END if type_code.endswith(end)]
    if fitting:
        return _BY_END[max(fitting, key=len)]
    if type_code.startswith("AWS_ABUSE_"):
        return ("answer-abuse", "review-activity")
    if is_risk(type_code):
        return ("review-activity", "rotate-keys", "open-case")
    return _BY_CATEGORY.get(category, ("read-and-decide",))


def is_risk(type_code: str) -> bool:
    """Whether a type is about the account's own safety."""
    return type_code.startswith(_RISKS)
