"""The acts of the audit log in plain words. An act that is not listed is shown by its code."""

from __future__ import annotations

from typing import Final

ACTS: Final = {
    "login.ok": "Signed in",
    "login.failed": "Sign-in failed",
    "login.refused": "Sign-in refused: too many tries",
    "logout": "Signed out",
    "session.ended": "Session ended",
    "sessions.ended": "All sessions ended",
    "role.changed": "Role changed",
    "password.changed": "Password changed",
    "totp.on": "Second factor switched on",
    "totp.off": "Second factor switched off",
    "recovery.used": "Recovery code used",
    "token.made": "API token made",
    "token.ended": "API token ended",
    "link.asked": "Sign-in link asked for",
    "link.used": "Sign-in link used",
    "mail.accepted": "Waiting mail let in",
    "mail.replayed": "Waiting mail judged again",
    "mail.attached": "Waiting mail put onto a ticket",
    "mail.dismissed": "Held message left without effect",
    "sender.blocked": "Sender blocked",
    "sender.unblocked": "Block of a sender ended",
    "contact.registered": "Contact registered from waiting mail",
    "letter.retried": "Letter sent again",
    "letter.given-up": "Letter given up",
    "import.applied": "File imported",
    "export.taken": "File exported",
    "webhook.set": "Webhook changed",
    "webhook.on": "Webhook switched on",
    "webhook.off": "Webhook switched off",
    "webhook.secret": "New secret for the webhook",
    "webhook.tested": "Webhook tried",
    "webhook.retried": "Call of the webhook tried again",
    "webhook.gone": "Webhook switched off: its server says it is gone",
}
DATA: Final = {
    "ticket": "Ticket",
    "customer": "Customer",
    "mails": "Mails",
    "role": "Role",
    "was": "Before",
    "added": "Added",
    "changed": "Altered",
    "ended": "Ended",
    "events": "Events",
    "digest": "Digest",
}
