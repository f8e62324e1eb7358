"""The verbs, and the only writers of tickets: intake, handling, closure.

Each verb locks the ticket, appends to its log, writes the letters that the change owes into the outbox, and ends by
re-planning the ticket's alarms, all in the caller's transaction.
"""


class NotFound(ValueError):
    """No ticket (or message) has that number."""


class Refused(ValueError):
    """A request that makes no sense on this ticket; the text says why in plain words.

    Shape: `words` name each of `values` as `%(name)s`, so that a page can say them in its reader's language.
    """

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words % values if values else words)
        self.words, self.values = words, values


class NotYet(Exception):
    """What this depends on has not ended yet; to be tried again shortly."""
