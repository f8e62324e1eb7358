"""Pictures of a report's letter at two widths and of its PDF's first page, for `tests.screenshots`."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pypdfium2

from gateway.reporting import drawing, viewing
from gateway.reporting.wording import Links
from gateway.tickets.letterhead import Letterhead
from tests.web import reported

_PAGE_SCALE = 0.9
_TALLEST = 1400


def letters(browser: Any, head: Letterhead, folder: Path) -> Iterator[Path]:
    """The beginning of the monthly letter, in Chinese at 320 px and in both languages at 700 px."""
    for language, width in (("zh", 320), ("zh", 700), ("en", 700)):
        page = browser.new_page(viewport={"width": width, "height": _TALLEST})
        page.set_content(_letter(head, "zh" if language == "zh" else "en"), wait_until="load")
        file = folder / f"report-letter-{language}-{width}.png"
        page.screenshot(path=file)
        page.close()
        yield file


def first_pages(folder: Path) -> Iterator[Path]:
    """The first page of the monthly PDF in each language."""
    languages: tuple[Literal["en", "zh"], ...] = ("zh", "en")
    for language in languages:
        links = Links.for_customers("https://desk.northquay.example", "HD")
        content = viewing.view(reported.report(), language, links).pdf()
        bitmap = pypdfium2.PdfDocument(content)[0].render(scale=_PAGE_SCALE, grayscale=False)
        file = folder / f"report-pdf-{language}.png"
        file.write_bytes(_png(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer)))
        yield file


def _letter(head: Letterhead, language: Literal["en", "zh"]) -> str:
    """The letter's HTML with its pictures inside."""
    made = drawing.drawn(reported.report(), language, head=head, report_id=1).made
    html = made.letter.html
    for picture in made.inline:
        data = base64.b64encode(picture.content).decode()
        html = html.replace(f"cid:{picture.cid}", f"data:image/png;base64,{data}")
    return html


def _png(width: int, height: int, stride: int, bgr: bytes) -> bytes:
    """Rows of blue, green and red as a PNG."""
    rows = []
    for place in range(height):
        row = bytearray(bgr[place * stride : place * stride + width * 3])
        row[0::3], row[2::3] = row[2::3], row[0::3]
        rows.append(b"\x00" + bytes(row))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
