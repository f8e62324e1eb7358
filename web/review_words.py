"""What reviewing mail and deciding on letters says."""

from __future__ import annotations

from typing import Final

VERDICTS: Final = {
    "pass": "pass",
    "fail": "fail",
    "none": "none",
    "unknown": "not checked",
}
FAULTS: Final = {
    "could not be read within the limits": "It could not be read within the limits of time and memory.",
    "passes the limits": "It has too many parts, header fields or levels.",
    "was begun": "Reading it ended the process that read it, each time.",
    "NotYet": "What it depends on did not end.",
}
"""How an error of reading begins, and what it means."""
STATES: Final = ("Held", "Quarantined", "Blocked")
REASONS: Final = {
    "dismissed": "Somebody looked: it is not the customer's word.",
    "blocked": "Its sender is blocked.",
}
RULES: Final = {"blocked": "Blocked sender", "attached": "Attached by hand"}
STATUSES: Final = {
    "1.0": "something is wrong with the address",
    "1.4": "the address is ambiguous",
    "1.5": "the address is right",
    "1.7": "they refuse our sender's address",
    "1.8": "they do not know our sender's domain",
    "2.0": "something is wrong with the mailbox",
    "2.4": "the mailing list could not pass it on",
    "3.0": "something is wrong with their mail system",
    "3.1": "their mail system is full",
    "3.2": "their server takes no mail now",
    "3.3": "their server cannot do what the mail asks",
    "4.0": "the network between the servers fails",
    "4.3": "their directory does not answer",
    "4.5": "their server has too much to do",
    "5.0": "the servers did not understand each other",
    "5.1": "the server took a command for wrong",
    "5.2": "the server found a fault in a command",
    "5.3": "too many recipients",
    "5.4": "the server took an argument for wrong",
    "6.0": "something is wrong with the content",
    "6.1": "they do not take this kind of content",
    "7.0": "their rules forbid the mail",
    "7.2": "their list does not take our mail",
    "7.8": "our password at the next server is not right",
    "7.9": "our way to sign in at the next server is too weak",
    "7.20": "no DKIM signature passed",
    "7.21": "no DKIM signature that counts passed",
    "7.23": "SPF failed",
    "7.25": "our server's address has no name of its own",
    "7.26": "neither DKIM nor SPF passed",
}
"""Enhanced status codes beside those of reports, without their class. Source: RFC 3463, RFC 7372, RFC 7505."""
REFUSALS: Final = (
    "there is no such ticket",
    "giving up a letter needs a reason",
    "only a letter that has not left can be given up",
    "a block needs a reason",
    "this sender is blocked already",
    "that is no mail address and no @domain",
    "our own people are not blocked",
    "registered customers are not blocked",
    "this address is registered already",
)


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables = (VERDICTS, FAULTS, REASONS, RULES, STATUSES)
    return [word for table in tables for word in table.values()] + [*STATES, *REFUSALS]
