"""The bounds within which a mail is read in full, and the refusal of one beyond them.

Source: the limits Postfix states for headers, parts and nesting.
"""

from __future__ import annotations

from typing import Final

FIELDS: Final = 1_000
FIELD_BYTES: Final = 102_400
DECODED_HEADER_BYTES: Final = 262_144
"""Fields after these stay as they are written."""
PARTS: Final = 1_000
DEPTH: Final = 100
ADDRESSES: Final = 1_000
ENCODED_WORDS: Final = 1_000
PARAMETERS: Final = 100
IDENTIFIERS: Final = 200
HTML_BYTES: Final = 2_000_000
HTML_DEPTH: Final = 1_000
HTML_ATTRIBUTES: Final = 500
FALSE_DELIMITERS: Final = 100_000
BASE64_PIECES: Final = 1_000
WRAPPINGS: Final = 3
"""How many signed mails within signed mails are opened."""
TEXT_BYTES: Final = 1_000_000
"""A longer text part is shown up to here and kept whole as an attachment."""
FALLBACK_BYTES: Final = 262_144
"""How much of a mail that is not read in full is still shown as text."""


class TooComplex(ValueError):
    """The mail is beyond the bounds; the text names which one."""
