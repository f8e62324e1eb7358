"""What a report of a failed delivery says of the address itself."""

from __future__ import annotations

import re
from typing import Final

#: No such mailbox, domain or address, or the mailbox is disabled. A sender's address (5.1.7, 5.1.8) is none of them.
_OF_THE_ADDRESS: Final = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1|4\.4)")


def blames_address(action: str, status: str) -> bool:
    """Whether mail to the address can never arrive, rather than this mail, or mail now.

    Source: RFC 3463 §3.2, RFC 7505 §4.

    >>> blames_address("failed", "5.1.1"), blames_address("failed", "5.2.2"), blames_address("failed", "5.7.1")
    (True, False, False)
    """
    return action == "failed" and _OF_THE_ADDRESS.fullmatch(status) is not None
