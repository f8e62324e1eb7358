"""Paragraphs as their author wrote them, from lines that a mailer broke softly.

Source: RFC 3676 §4.
"""

from __future__ import annotations


def unfold(text: str, *, delete_space: bool = False) -> str:
    r"""Text with soft line breaks undone; quoted lines keep theirs, so that each still shows its mark.

    >>> unfold("The disk \nis full.\n> quoted \n> text\n-- \nLi")
    'The disk is full.\n> quoted \n> text\n-- \nLi'
    """
    out: list[str] = []
    paragraph: list[str] = []
    for line in text.split("\n"):
        if line.startswith(">") or line == "-- ":
            _end(out, paragraph)
            out.append(line)
            continue
        if line.startswith(" "):
            line = line[1:]  # space-stuffing
        if not line.endswith(" "):
            paragraph.append(line)
            _end(out, paragraph)
        else:
            paragraph.append(line[:-1] if delete_space else line)
    _end(out, paragraph)
    return "\n".join(out)


def _end(out: list[str], paragraph: list[str]) -> None:
    if paragraph:
        out.append("".join(paragraph))
        paragraph.clear()
