"""Planned maintenance and security advisories: the verbs are their only writers (P8, P11).

A notice is drafted, previewed with everybody who would be told, and announced by a lead. Each step is told once to
each reader. Maintenance then runs by an appointment of the desk: reminder, beginning, end; a window that is over
proposes what is to be excluded, and a person accepts.
"""

from gateway.notices.announcing import announce, call_off, change, draft, edit
from gateway.notices.plans import Content, Kind, NotAllowed, Severity, State, Step, TooLate, number
from gateway.notices.previewing import Preview, preview
from gateway.notices.proposing import keep_proposals
from gateway.notices.running import APPOINTMENT, PROPOSALS, end, keep, keep_open, start

__all__ = [
    "APPOINTMENT", "PROPOSALS", "Content", "Kind", "NotAllowed", "Preview", "Severity", "State", "Step", "TooLate",
    "announce", "call_off", "change", "draft", "edit", "end", "keep", "keep_open", "keep_proposals", "number",
    "preview", "start",
]  # fmt: skip
