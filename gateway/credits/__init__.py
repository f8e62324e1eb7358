"""Service credits: months frozen once, corrected in the open, entered in the contract's ledger (P10, P12, P14).

A customer's tickets are parted among their contracts by the instant that decides them: each contract owns the time
from its first midnight to the first midnight of the next contract. A month of a contract is frozen on the 2nd of the
next one at 09:00 in the contract's zone (`freezing`); its arithmetic stands in `domain.credits`. The bands, the zone
and the currency are those of the version in effect on the last day of the month that the contract covers; the fee is
that of each day's version.

At each freezing every frozen ticket is compared with its log as it is now (`correcting`): a change that lowers the
attainment is applied at once and raises the credit; one that raises it waits for a manager, and until then the ticket
counts where it was frozen. One that another month decides by now leaves its month in the same way, and then counts
there: in no month twice. A ticket that turns out to have been decided in a frozen month in which it did not count is
corrected there, not in the month at hand.

The credit lowers the fee of the month after the one under review; where the contract covers no day of that, it is
paid out. A correction lowers, or raises, the fee of the month after the one in which it was settled.
"""

from gateway.credits.correcting import approve, decline
from gateway.credits.disputing import dispute
from gateway.credits.freezing import APPOINTMENT, freeze, keep, schedule
from gateway.credits.statement import MonthLine, Statement, statement

__all__ = [
    "APPOINTMENT", "MonthLine", "Statement", "approve", "decline", "dispute", "freeze", "keep", "schedule",
    "statement",
]  # fmt: skip
