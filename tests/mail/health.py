"""Sample words of the letters about AWS Health: (letter, variant) → what differs from the sample words."""

from datetime import UTC, datetime

TITLE = {"planned_at": None, "kind": "incident", "priority": "high"}
RETIREMENT = {"kind": "change", "priority": "medium"}
SAID = "[02:48] We are investigating increased error rates.\n\n[03:10] We have found the cause."
UNTIL = datetime(2026, 11, 16, 5, 20, tzinfo=UTC)
OVER = {"event_status": "closed", "until": UNTIL, "escalate_link": None}
COMING = {"event_status": "upcoming", "overlaps": None}

VARIANTS = {
    ("health-opened", ""): TITLE | {"text": SAID, "shortened": False},
    ("health-opened", "planned"): RETIREMENT | COMING | {"engineer": None},
    ("health-opened", "over"): TITLE | OVER | {"text": SAID, "resources": None},
    ("health-opened", "request"): TITLE
    | {"kind": "request", "region": None, "since": None, "states": None, "text": SAID},
    ("health-changed", ""): TITLE | {"text": "[03:10] We have found the cause.", "overlaps": None},
    ("health-changed", "account-added"): TITLE | {"added": "Warehouse (444455556666)", "text": None},
    ("health-changed", "reopened"): TITLE | {"reopened": True, "text": "[06:00] Error rates rise again."},
    ("health-changed", "moved"): RETIREMENT
    | COMING
    | {"old_planned_at": datetime(2026, 11, 27, 1, 0, tzinfo=UTC), "text": None, "escalate_link": None},
    ("health-closed", ""): TITLE | OVER | {"text": "[05:20] The issue is resolved."},
    ("health-closed", "gone"): TITLE
    | OVER
    | {"gone": "Warehouse (444455556666)", "accounts": None, "states": None, "text": None, "resources": None},
    ("health-due", ""): RETIREMENT | COMING,
    ("engineer-health", ""): {
        "what": "changed",
        "status": "open",
        "added": "Warehouse (444455556666)",
        "text": "[03:10] We have found the cause.",
        "lasted": None,
    },
    ("engineer-health", "closed"): {
        "what": "closed",
        "status": "open",
        "text": "[05:20] The issue is resolved.",
    },
    ("engineer-health", "reopened"): {
        "what": "reopened",
        "status": "open",
        "text": None,
        "states": None,
        "gone": "Warehouse (444455556666)",
        "lasted": None,
        "shortened": True,
    },
}
"""AWS's words stay English in both languages; what our tables say is in the sample words of each."""
