"""HTML mail as readable text, and as HTML that is safe to show.

Both begin with a linear scan: beyond `limits.HTML_BYTES` or `limits.HTML_DEPTH` no tree is built (tree builders and
sanitisers take quadratic time there), and tags are only cut out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Final

import nh3
from selectolax.lexbor import LexborHTMLParser

from gateway.mail import html_text, limits

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_ATTRIBUTE: Final = re.compile(r"[\s/]*+(?:=?[^\s/>=]*+)(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?+")
_START_TAG: Final = re.compile(
    r"<[a-zA-Z][^\s/>]*+((?:[^>\"'=]++|=\s*+(?:\"[^\"]*+\"?|'[^']*+'?)?+|[\"'])*+)>?"
)
_ANY_TAG: Final = re.compile(r"<[^<>]{0,20000}>")
_DROPPED: Final = re.compile(r"(?i)<(/?)(script|style|head|title)\b")
_BREAKING: Final = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6]|/table)\b")


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Elements that never nest or that the builder closes by itself: unclosed ones do not make a tree deep.
_FLAT: Final = _names(
    "area base br col embed hr img input link meta source track wbr p li dt dd option tr td th thead tbody tfoot"
)
_REMOTE_URL: Final = re.compile(r"(?i)\s{0,20}(?:https?:|ftp:|//|\\\\)")
_TAGS: Final = _names(
    "a abbr b bdi blockquote br caption center cite code col colgroup dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6"
    " hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub sup table tbody td tfoot th"
    " thead tr tt u ul var wbr"
)
_CELL: Final = {"align", "valign", "width", "height", "bgcolor", "colspan", "rowspan", "nowrap"}
_ATTRIBUTES: Final = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "li": {"value"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": _CELL,
    "th": _CELL,
    "tr": _CELL,
    "col": {"width", "span"},
}
# None of these can fetch, cover or move anything.
_STYLES: Final = _names(
    "color background-color font font-family font-size font-style font-weight line-height direction text-align"
    " text-decoration text-indent vertical-align white-space word-break overflow-wrap border border-top border-right"
    " border-bottom border-left border-collapse border-spacing border-color border-style border-width padding"
    " padding-top padding-right padding-bottom padding-left margin margin-top margin-right margin-bottom margin-left"
    " width height max-width list-style-type"
)
_STYLE_RISK: Final = re.compile(r"(?i)url|expression|image|var\s{0,5}\(|attr\s{0,5}\(|\\|:\s{0,5}-\s{0,5}\d")


def to_text(html: str) -> str:
    """The readable text: paragraphs, lists, tables, quotes and links as plain text would write them.

    >>> to_text("<p>Disk <b>full</b></p><ul><li>db-1<li>db-2</ul>")
    'Disk full\\n\\n- db-1\\n- db-2'
    """
    if not html.strip():
        return ""
    return html_text.walk(html) if _buildable(html) else strip_tags(html)


def safe_html(html: str, inline: Mapping[str, str]) -> str:
    """HTML that shows the mail and can do nothing else: no script, form, style sheet, id or remote content.

    Shape: `inline` gives the URL for each Content-ID that may be shown. Every remote image is replaced by a numbered
    note, so that the reader sees that something was held back (see `remote_images`).
    """
    if not _buildable(html):
        return f"<pre>{escape(strip_tags(html))}</pre>"
    urls = frozenset(inline.values())

    def allowed(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return value if value in urls else None
        if name == "style":
            return ";".join(rule for rule in value.split(";") if not _STYLE_RISK.search(rule)) or None
        return value

    return nh3.clean(
        _images_settled(html, inline),
        tags=set(_TAGS),
        clean_content_tags={
            "script",
            "style",
            "title",
            "head",
            "template",
            "svg",
            "math",
            "iframe",
            "noscript",
        },
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=set(_STYLES),
        generic_attribute_prefixes=None,
    )


def remote_images(html: str) -> int:
    """How many images and backgrounds the mail would fetch from elsewhere."""
    if not _buildable(html):
        return 0
    tree = LexborHTMLParser(html)
    fetched = [node.attributes.get("src") for node in tree.css("img[src]")]
    fetched += [node.attributes.get("background") for node in tree.css("[background]")]
    return sum(1 for url in fetched if url and _REMOTE_URL.match(url))


def _images_settled(html: str, inline: Mapping[str, str]) -> str:
    """The HTML with images pointing to our own URLs, the others replaced by a note; not yet sanitised."""
    if "<img" not in html.lower():
        return html
    tree = LexborHTMLParser(html)
    held = 0
    for node in tree.css("img"):
        source = (node.attributes.get("src") or "").strip()
        alternative = (node.attributes.get("alt") or "").strip()
        url = inline.get(source[4:]) if source[:4].lower() == "cid:" else None
        if url is not None:
            node.attrs["src"] = url
            continue
        held += bool(_REMOTE_URL.match(source))
        note = f"remote image {held}" if _REMOTE_URL.match(source) else "image"
        node.replace_with(f"[{note}: {alternative}]" if alternative else f"[{note}]")
    return tree.html or ""


def _buildable(html: str) -> bool:
    """Whether a tree may be built: small and shallow enough, no element with endless attributes."""
    if len(html) > limits.HTML_BYTES or _crowded(html):
        return False
    if html.count("<") <= limits.HTML_DEPTH:
        return True
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest <= limits.HTML_DEPTH


def _crowded(html: str) -> bool:
    """Whether an element has more attributes than a builder, which compares each with all before, can take."""
    shortest = 3 * limits.HTML_ATTRIBUTES
    return len(html) > shortest and any(
        match.end() - match.start() > shortest and len(_ATTRIBUTE.findall(match[1])) > limits.HTML_ATTRIBUTES
        for match in _START_TAG.finditer(html)
    )


def strip_tags(html: str) -> str:
    """The text between tags, for HTML too large or too deep to build."""
    kept: list[str] = []
    at = 0
    inside = False
    for match in _DROPPED.finditer(html[: limits.HTML_BYTES]):
        if not inside:
            kept.append(html[at : match.start()])
        inside = not match[1]
        at = match.start()
    if not inside:
        kept.append(html[at : limits.HTML_BYTES])
    text = _ANY_TAG.sub("", _BREAKING.sub("\n<x", "".join(kept)))
    lines = (" ".join(unescape(line).split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
