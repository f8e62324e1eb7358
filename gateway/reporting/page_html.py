"""The HTML of a document's blocks: for pages of the web, and as a file that stands and prints by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from markupsafe import Markup

from gateway.mail.letter_html import inline, safe_address
from gateway.mail.markup import Block, plain
from gateway.reporting.palette import LIGHT
from gateway.reporting.wording import Document

_FILE: Final = Path(__file__).resolve().parents[2] / "templates" / "report" / "whole.html"
_ANCHOR: Final = '<a href="{}">{}</a>'
_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en"}


def html(blocks: Iterable[Block], pictures: Mapping[str, str]) -> Markup:
    """Sections with the classes of `desk.css`; `pictures` are SVG by the names the blocks use.

    Shape: a heading is an h1, each subheading begins a card. Errors: UnsafeLink.
    """
    made: list[str] = []
    card = False
    for block in blocks:
        if block.kind in ("subheading", "footer") and card:
            made.append("</section>")
            card = False
        if block.kind == "subheading":
            card = True
            made.append(f'<section class="card"><header><h2>{_said(block.text)}</h2></header>')
            continue
        shown = _shown(block, pictures)
        fills = card and block.kind == "table"
        made.append(f'<div class="in">{shown}</div>' if card and not fills else shown)
    if card:
        made.append("</section>")
    return Markup("\n".join(made))  # noqa: S704  every part of it is escaped above


def whole(document: Document, pictures: Mapping[str, str] | None = None) -> str:
    """The document as a file of its own: it needs nothing beside it, and prints well. Errors: UnsafeLink."""
    words: dict[str, str] = {
        "language": _LANGUAGES[document.language],
        "title": escape(document.title),
        "body": html(document.blocks, pictures or {}),
    }
    return Template(_FILE.read_text(encoding="utf-8")).substitute(dict(LIGHT) | words)


def _said(text: str) -> str:
    return inline(text, _ANCHOR)


def _shown(block: Block, pictures: Mapping[str, str]) -> str:
    match block.kind:
        case "heading":
            return f"<h1>{_said(block.text)}</h1>"
        case "smallest":
            return f"<h3>{_said(block.text)}</h3>"
        case "quiet" | "footer":
            return f'<p class="muted">{_said(block.text)}</p>'
        case "facts":
            pairs = (f"<dt>{_said(key)}</dt><dd>{_said(value)}</dd>" for key, value in block.pairs)
            return f'<dl class="kv wide-kv">{"".join(pairs)}</dl>'
        case "buttons":
            return f'<p class="wrap no-print">{"".join(_buttons(block))}</p>'
        case "list" | "numbered":
            tag = "ol" if block.kind == "numbered" else "ul"
            return f"<{tag}>{''.join(f'<li>{_said(row[0])}</li>' for row in block.rows)}</{tag}>"
        case "picture":
            return _picture(block, pictures)
        case "table":
            return _table(block)
    return f"<p>{_said(block.text)}</p>"


def _buttons(block: Block) -> Iterator[str]:
    for label, address in block.pairs:
        yield f'<a class="btn" href="{plain(safe_address(escape(address)))}">{plain(escape(label))}</a>'


def _picture(block: Block, pictures: Mapping[str, str]) -> str:
    """The drawing tells its words itself; without one they stand as text."""
    name, words = block.pairs[0]
    if name not in pictures:
        return f'<p class="muted">{_said(words)}</p>'
    label = plain(escape(words))
    scrolling = f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
    return f"<figure>{scrolling}{pictures[name]}</div></figure>"


def _table(block: Block) -> str:
    """A table that scrolls by itself where the page is too narrow for it."""
    head, *rows = block.rows
    made = []
    if any(head):
        cells = (
            f'<th scope="col"{_side(block, place)}>{_said(cell)}</th>' for place, cell in enumerate(head)
        )
        made.append(f"<thead><tr>{''.join(cells)}</tr></thead>")
    made.append("<tbody>")
    for row in rows:
        cells = (f"<td{_side(block, place)}>{_said(cell)}</td>" for place, cell in enumerate(row) if place)
        made.append(f'<tr><th scope="row">{_said(row[0])}</th>{"".join(cells)}</tr>')
    label = plain(escape(head[0]))
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{label}"><table class="list">'
        f"{''.join(made)}</tbody></table></div>"
    )


def _side(block: Block, place: int) -> str:
    return ' class="num"' if place in block.right else ""
