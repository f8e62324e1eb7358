"""What reports of mail, suppressions and withheld letters are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "failed": "Came back from %(who)s",
    "delayed": "Delayed on its way to %(who)s",
    "delivered": "Delivered to %(who)s",
    "relayed": "Passed on towards %(who)s",
    "expanded": "Passed on by the list %(who)s",
    "complained": "Called unwanted by %(who)s",
}
CAUSES: Final = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such mail domain",
    "1.3": "the address is written wrongly",
    "1.6": "the mailbox has moved",
    "1.10": "the domain takes no mail",
    "2.1": "the mailbox is disabled",
    "2.2": "the mailbox is full",
    "2.3": "the mail is too large for the mailbox",
    "3.4": "the mail is too large",
    "4.1": "their server does not answer",
    "4.2": "the connection broke off",
    "4.4": "their server cannot be found",
    "4.6": "the mail went round in a loop",
    "4.7": "it took too long",
    "7.1": "their server refuses the mail",
}
SUPPRESSIONS: Final = {
    "hard": "mail to it came back for good",
    "soft": "mail to it came back again and again",
    "complaint": "its reader called our mail unwanted",
}
WITHHELD: Final = {
    "suppressed-hard": "Not sent: suppressed, because mail to this address came back for good",
    "suppressed-soft": "Not sent: suppressed, because mail to this address came back again and again",
    "suppressed-complaint": "Not sent: suppressed, because the reader of this address called our mail unwanted",
    "brake-ticket": "Not sent: this ticket had its automatic answers of the hour",
    "brake-address": "Not sent: this address had its automatic answers for now",
    "brake-echo": "Not sent: this address answers our automatic mail with nearly the same words each time",
    "brake-all": "Not sent: too much automatic mail left in the last hour",
}
REASONS: Final = {"return-path": "It came to the address for returned mail, where nothing is answered."}
RULES: Final = {"returned": "Address for returned mail"}


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    return [word for table in (ACTIONS, CAUSES, SUPPRESSIONS, WITHHELD) for word in table.values()]
