"""A report as text: the same blocks for the letter, the page, the PDF and the standalone file."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.mail.markup import Block


@dataclass(frozen=True, slots=True)
class Document:
    """A text in blocks. Shape: `preview` is what inboxes show after the title; `language` is en or zh."""

    title: str
    preview: str
    language: str
    blocks: tuple[Block, ...]
