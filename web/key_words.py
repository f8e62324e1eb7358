"""The keys of the desk and what each does, by page."""

from __future__ import annotations

from typing import Final

KEYS: Final = (
    ("Everywhere", (
        ("?", "This help"),
        ("/", "Search"),
        ("g q", "Queue"),
        ("g r", "Review"),
        ("g o", "Outbox"),
        ("g c", "Rota"),
        ("z", "Undo what was just done"),
        ("Esc", "Close, leave a field, clear the selection"),
    )),
    ("Queue", (
        ("j", "Next ticket"),
        ("k", "Previous ticket"),
        ("Enter", "Open the ticket"),
        ("o", "Open the ticket"),
        ("s", "Select or deselect"),
        ("Shift j", "Select, then next"),
        ("Shift k", "Select, then previous"),
        ("a", "Assign what is selected"),
        (".", "Show new tickets and the new order"),
    )),
    ("Ticket", (
        ("u", "Back to the queue"),
        ("r", "Reply to customer"),
        ("n", "Work note"),
        ("Ctrl Enter", "Send"),
        (";", "Canned answer"),
        ("a", "Assign"),
        ("i", "Assign to me"),
        ("p", "Priority"),
        ("d", "Resolve"),
        ("e", "Escalate"),
        ("Shift e", "Acknowledge an escalation"),
        ("x", "Exclude time"),
        ("w", "AWS case"),
        ("m", "Merge"),
        (".", "Show what was written meanwhile"),
    )),
)  # fmt: skip


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    return [word for heading, keys in KEYS for word in (heading, *(does for _, does in keys))]
