"""What an import file describes, in plain words."""

from __future__ import annotations

from typing import Final

THINGS: Final = {
    "customer": "Customer",
    "domain": "Domain",
    "contact": "Contact",
    "contract": "Contract",
    "aws-account": "AWS account",
    "engineer": "Engineer",
    "team": "Team",
    "member": "Member of the team",
    "holiday": "Public holiday",
    "shift": "Shift",
    "override": "Override",
    "swap": "Swap",
    "absence": "Absence",
    "maintenance": "Maintenance window",
    "mailbox": "Mailbox",
}
TURNS: Final = {"added": "Added", "changed": "Altered", "ended": "Ended"}
TURN_TAGS: Final = {"added": ("good", "plus"), "changed": ("info", "pen"), "ended": ("bad", "x")}
REMARKS: Final = {
    "inactive-customer": "The customer %(name)s is inactive and stays so. “active: true” in the file changes that.",
    "inactive-engineer": "The engineer %(name)s is inactive and stays so. “active: true” in the file changes that.",
    "probed": "The AWS account %(name)s is reached another way from then on. It is checked soon.",
}
