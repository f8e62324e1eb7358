"""What a mail's parts say: the body as its reader sees it, and everything else as attachments."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from typing import Final

from gateway.mail import charset, cms, filenames, flowed, header, html, limits, nature, tnef, uuencode
from gateway.mail.message import Attachment
from gateway.mail.parts import Cutter, Part

_META_CHARSET: Final = re.compile(
    rb"(?i)<meta[^>]{1,200}charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([a-z0-9_:-]{2,40})"
)
_BODY_TYPES: Final = frozenset({"text/plain", "text/html"})
_STUB_LENGTH: Final = 500
_STUB: Final = re.compile(  # "your mail program does not show HTML", in many words
    r"(?is)html.{0,80}(?:view|client|program|reader|browser|support|capable|compatible|enabled|format|邮件|浏览|支持|格式)"
    r"|(?:view|client|program|reader|browser|support|display|show|邮件|浏览|支持|格式|查看).{0,80}html"
)


@dataclass(slots=True)
class Segment:
    """One stretch of the body, in the forms the sender gave."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Contents:
    """The body and the attachments of one mail, and the texts that its digest covers."""

    segments: list[Segment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    nature: list[str] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The body as HTML, empty where no part of it is HTML."""
        if not any(segment.html for segment in self.segments):
            return ""
        return "\n".join(
            segment.html or f"<pre>{escape(segment.plain or '')}</pre>"
            for segment in self.segments
            if segment.html or (segment.plain or "").strip()
        )

    @property
    def text(self) -> str:
        """The body as plain text."""
        texts: list[str] = []
        budget = limits.HTML_BYTES
        for segment in self.segments:
            texts.append(_readable(segment, rich=len(segment.html or "") <= budget).strip("\n"))
            budget -= len(segment.html or "")
        return "\n\n".join(text for text in texts if text.strip())

    def sources(self) -> Iterator[str]:
        """The decoded body texts, as the sender wrote them."""
        for segment in self.segments:
            yield from (text for text in (segment.plain, segment.html) if text is not None)


@dataclass(slots=True)
class Reader:
    """Reads the parts that a cutter found."""

    cutter: Cutter
    attachments: list[Attachment] = field(default_factory=list)
    nature: list[str] = field(default_factory=list)
    packed: list[Segment] = field(default_factory=list)
    wrappings: int = 0

    def read(self, root: Part) -> Contents:
        """The contents of a mail."""
        segments = self._segments(root, top=True)
        if not any((segment.plain or segment.html or "").strip() for segment in segments):
            segments += self._named_texts(root)
        if not any((segment.plain or segment.html or "").strip() for segment in segments):
            segments += self.packed
        contents = Contents(segments, nature=list(dict.fromkeys(self.nature)))
        references = contents.html.lower() if any(one.content_id for one in self.attachments) else ""
        contents.attachments = [_placed(attachment, references) for attachment in self.attachments]
        return contents

    def _segments(self, part: Part, *, top: bool = False) -> list[Segment]:
        if not part.children:
            return self._leaf(part, top=top)
        self._note(nature.of_part(part.media, b""))
        found: list[Segment] = []
        for index, child in enumerate(part.children):
            if part.content_type == "multipart/related" and index and _is_resource(child):
                self._enclosed(child)
            else:
                found += self._segments(child)
        return _merged(found) if part.content_type == "multipart/alternative" else found

    def _leaf(self, part: Part, *, top: bool) -> list[Segment]:
        if not _is_body(part, top=top):
            return self._enclosed(part)
        segment = _segment(part, self._text(part))
        for code in nature.of_text(segment.plain or ""):
            self._note(code)
        return [segment]

    def _enclosed(self, part: Part) -> list[Segment]:
        """Nothing, for a part that is a file; what stands inside one that only wraps and signs a mail."""
        content = self.cutter.content(part)
        self._note(nature.of_part(part.media, content))
        if part.content_type in tnef.CONTENT_TYPES or _given_name(part).lower() == "winmail.dat":
            self._unpack(part, content)
            return []
        inside = cms.signed_content(content) if part.content_type in cms.CONTENT_TYPES else None
        if inside is None or self.wrappings >= limits.WRAPPINGS:
            self._attach(part, content)
            return []
        cutter = Cutter(inside, count=self.cutter.count)
        within = Reader(cutter, self.attachments, self.nature, self.packed, self.wrappings + 1)
        found = within._segments(cutter.cut(0, len(inside)), top=True)  # noqa: SLF001  one of our own
        self.cutter.count = cutter.count
        self.cutter.defects += cutter.defects
        self._attach(part, content, wrapper=True)
        return found

    def _unpack(self, part: Part, content: bytes) -> None:
        """The files packed into a part, each as an attachment, and the part itself; its text for want of another."""
        unpacked = tnef.unpack(content)
        if unpacked is None:
            self.cutter.defects.append("winmail.dat cannot be read")
            self._attach(part, content)
            return
        for file in unpacked.files:
            kind = file.content_type or filenames.media_type(tnef.name_of(file))
            self._keep(tnef.name_of(file), kind, file.content, content_id=file.content_id)
        if unpacked.text or unpacked.html:
            self.packed.append(Segment(unpacked.text or None, unpacked.html or None))
        self._attach(part, content, wrapper=bool(unpacked.files))

    def _note(self, code: str) -> None:
        if code:
            self.nature.append(code)

    def _keep(self, name: str, kind: str, content: bytes, *, content_id: str = "") -> None:
        """A file that stood inside a part."""
        self.attachments.append(
            Attachment(
                filename=name or filenames.generated(kind, len(self.attachments) + 1),
                content_type=kind,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                content_id=content_id[:250],
                generated=not name,
            )
        )

    def _named_texts(self, root: Part) -> list[Segment]:
        """Texts that have a file name but are not sent as files, for a mail that says nothing else."""
        texts = (part for part in root.leaves() if part.content_type in _BODY_TYPES and _given_name(part))
        return [_segment(part, self._text(part)) for part in texts if part.disposition.value != "attachment"]

    def _text(self, part: Part) -> str:
        """A text part decoded, with LF line ends."""
        content = self.cutter.content(part)
        if part.content_type == "text/plain" and b"begin " in content:
            content, blocks = uuencode.split(content)
            for block in blocks:
                name = filenames.safe(charset.decode(block.name, part.charset, statistics=False))
                self._keep(name, filenames.media_type(name), block.content)
        if len(content) > limits.TEXT_BYTES:
            self.cutter.defects.append("long text cut, kept whole as an attachment")
            self._attach(part, content)
            content = content[: limits.TEXT_BYTES]
        label = part.charset
        if (
            part.content_type == "text/html"
            and not label
            and (match := _META_CHARSET.search(content, 0, 2048))
        ):
            label = match[1].decode("ascii")
        text = charset.decode(content, label)
        if "\ufffd" in text:
            self.cutter.defects.append("undecodable characters in text")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        parameters = part.media.parameters
        if part.content_type == "text/plain" and parameters.get("format", "").lower() == "flowed":
            return flowed.unfold(text, delete_space=parameters.get("delsp", "").lower() == "yes")
        return text

    def _attach(self, part: Part, content: bytes, *, wrapper: bool = False) -> None:
        given = _given_name(part)
        name = filenames.safe(filenames.unescaped(given)) if given else ""
        number = len(self.attachments) + 1
        self.attachments.append(
            Attachment(
                filename=name or _made_up(part, content, number),
                content_type=part.content_type,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                inline=part.disposition.value == "inline",
                content_id=_content_id(part),
                generated=not name,
                given_name=given,
                wrapper=wrapper,
            )
        )


def _segment(part: Part, text: str) -> Segment:
    return Segment(html=text) if part.content_type == "text/html" else Segment(plain=text)


def _is_body(part: Part, *, top: bool) -> bool:
    if part.content_type not in _BODY_TYPES:
        return False
    sent_as_file = part.disposition.value == "attachment"
    named = bool(_given_name(part))
    return not (named and sent_as_file) if top else not (named or sent_as_file)


def _is_resource(part: Part) -> bool:
    """Whether a later part of multipart/related belongs to the first, rather than being text of its own."""
    return not part.children and (
        part.content_type not in _BODY_TYPES
        or bool(part.header.first("content-id") or part.header.first("content-location"))
    )


def _merged(found: list[Segment]) -> list[Segment]:
    """One segment from the alternatives of one text."""
    plains = [segment.plain for segment in found if segment.plain is not None]
    pages = [segment.html for segment in found if segment.html is not None]
    if not found:
        return []
    return [
        Segment("\n".join(dict.fromkeys(plains)) if plains else None, "\n".join(pages) if pages else None)
    ]


def _readable(segment: Segment, *, rich: bool) -> str:
    """The plain text, or that of the HTML where the plain form is missing, empty or only a note to use HTML."""
    plain = segment.plain or ""
    if not segment.html:
        return plain
    stub = len(plain) <= _STUB_LENGTH and _STUB.search(plain)
    if plain.strip() and not stub:
        return plain
    text = html.to_text(segment.html) if rich else html.strip_tags(segment.html)
    return text if len(text) > 1.5 * len(plain.strip()) else plain


def _placed(attachment: Attachment, page: str) -> Attachment:
    """The attachment marked as inline where the body shows it in place."""
    shown = bool(attachment.content_id) and f"cid:{attachment.content_id}".lower() in page
    inline = shown or attachment.wrapper or (attachment.inline and bool(attachment.content_id))
    if inline == attachment.inline:
        return attachment
    return replace(attachment, inline=inline)


def _content_id(part: Part) -> str:
    value = part.header.first("content-id")
    return header.decode(value).strip("<> ")[:250] if value else ""


def _given_name(part: Part) -> str:
    """The name the sender gave, decoded, or an empty text."""
    for source, key in ((part.disposition, "filename"), (part.media, "name")):
        name = source.parameters.get(key, "")
        if name and (shown := filenames.visible(header.decode_words(name) if "=?" in name else name)):
            return shown
    return ""


def _made_up(part: Part, content: bytes, number: int) -> str:
    if part.content_type in ("message/rfc822", "message/global"):
        subject = header.decode(header.split(content[: limits.FIELD_BYTES], lenient=True).first("subject"))
        if name := filenames.safe(subject.replace("/", "-").replace("\\", "-")[:100]):
            return f"{name}.eml"
    return filenames.generated(part.content_type, number)
