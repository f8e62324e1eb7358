"""A stream of mail as a provider's desk gets it, the same for the same seed.

New requests and replies, in the charsets of `texts`, two thirds with an HTML alternative, with the trace and
signature fields of real mail. `mixed`: around 8 KB at the median, 15 % with attachments that bring the mean to 78 KB.
`small`: around 8 KB only.
"""

from __future__ import annotations

import math
import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr
from html import escape
from typing import Final

from bench.texts import STYLE, TONGUES, Tongue

STREAMS: Final = ("mixed", "small")
SUPPORT: Final = "support@desk.example"
CUSTOMERS: Final = 20
BODY_BYTES: Final = {"mixed": 7_000, "small": 7_800}
MEAN_BYTES: Final = 78_000
REPLIES: Final = 0.3
ATTACHED: Final = 0.15
STRANGERS: Final = 0.1
_FILES: Final = (
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("zip", "application/zip"),
    ("log", "text/x-log"),
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail with its envelope."""

    raw: bytes
    reverse_path: str
    forward_path: str
    message_id: str
    reply: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket opened in this run, as its requester knows it from the acknowledgement."""

    number: int
    requester: str
    reply_address: str
    acknowledgement_id: str


class Stream:
    """Mails without end; two batches of one stream never repeat a mail."""

    def __init__(self, kind: str, seed: int = 7) -> None:
        self._mixed = kind == "mixed"
        self._body_bytes = BODY_BYTES[kind]
        self._rng = random.Random(seed)
        self._count = 0

    def batch(self, count: int, threads: Sequence[Thread] = ()) -> list[Mail]:
        """So many mails, 30 % of them replies to these threads where there are any."""
        sizes = self._attachment_sizes(count)
        wanted = round(REPLIES * count) if threads else 0
        reply = [True] * wanted + [False] * (count - wanted)
        self._rng.shuffle(reply)
        return [
            self._mail(self._rng.choice(threads) if answers else None, size)
            for answers, size in zip(reply, sizes, strict=True)
        ]

    def _attachment_sizes(self, count: int) -> list[int]:
        """Bytes attached to each mail, 0 for most; scaled so that the batch has the mean it should."""
        if not self._mixed:
            return [0] * count
        drawn = [self._rng.lognormvariate(0, 0.8) for _ in range(round(count * ATTACHED))]
        wanted = (MEAN_BYTES - self._body_bytes * 1.2) * count / 1.38
        sizes = [round(each * wanted / sum(drawn)) for each in drawn] + [0] * (count - len(drawn))
        self._rng.shuffle(sizes)
        return sizes

    def _mail(self, thread: Thread | None, attached: int) -> Mail:
        self._count += 1
        rng = self._rng
        tongue = rng.choices([each for _, each in TONGUES], [share for share, _ in TONGUES])[0]
        requester = thread.requester if thread else self._requester()
        message_id = f"{self._count}.{rng.getrandbits(64):x}@{requester.partition('@')[2]}"
        signed = thread is not None and rng.random() < 0.5
        to = thread.reply_address if thread and signed else SUPPORT
        target = rng.lognormvariate(math.log(self._body_bytes), 0.5)
        with_html, state = rng.random() < 0.65, rng.getstate()

        def built(fill: int) -> bytes:
            rng.setstate(state)
            root = self._body(tongue, thread, fill, with_html)
            if attached:
                root = self._with_file(root, attached)
            self._head(root, tongue, requester, to, message_id)
            if thread:
                root["Subject"] = f"Re: [HD-{thread.number}] your request"
                root["In-Reply-To"] = f"<{thread.acknowledgement_id}>"
                root["References"] = f"<{thread.acknowledgement_id}>"
            else:
                subject = f"{rng.choice(tongue.subjects)} ({self._count})"
                root["Subject"] = Header(subject, tongue.charset).encode()
            return root.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

        least = len(built(0))
        each = (len(built(8)) - least) / 8
        bare = least - round(attached * 1.37)
        raw = built(max(0, round((target - bare) / each)))
        return Mail(raw, requester, to, message_id, thread is not None)

    def _requester(self) -> str:
        """An address that writes three times at most, so that the brake on acknowledgements stays open."""
        person = self._count // 3
        if self._rng.random() < STRANGERS:
            return f"person{person}@stranger{person % 50}.example"
        return f"person{person}@client{person % CUSTOMERS}.example"

    def _body(self, tongue: Tongue, thread: Thread | None, fill: int, with_html: bool) -> Message:
        rng = self._rng
        said = [self._paragraph(tongue, rng.randint(1, 3)) for _ in range(rng.randint(1, 3))]
        said.append(f"Ref. {self._count:06d}, i-{rng.getrandbits(64):016x}")
        said.append(tongue.closing)
        earlier = [self._paragraph(tongue, 2) for _ in range(fill)]
        folded = [each if len(each) < 200 else textwrap.fill(each, 76) for each in earlier]
        quote = [tongue.quoted, *("> " + each.replace("\n", "\n> ") for each in folded)]
        text = "\n\n".join(said) + "\n\n" + "\n>\n".join(quote if thread or fill else []) + "\n"
        plain = MIMEText(text, "plain", tongue.charset)
        if not with_html:
            return plain
        made = MIMEMultipart("alternative")
        made.attach(plain)
        made.attach(MIMEText(_html(said, tongue, earlier), "html", tongue.charset))
        return made

    def _paragraph(self, tongue: Tongue, sentences: int) -> str:
        return " ".join(self._rng.choice(tongue.sentences) for _ in range(sentences))

    def _with_file(self, body: Message, size: int) -> Message:
        ending, kind = self._rng.choice(_FILES)
        root = MIMEMultipart("mixed")
        root.attach(body)
        file = MIMEBase(*kind.split("/"))
        file.set_payload(random.Random(self._count).randbytes(size))
        encode_base64(file)
        file.add_header("Content-Disposition", "attachment", filename=f"evidence-{self._count}.{ending}")
        root.attach(file)
        return root

    def _head(self, root: Message, tongue: Tongue, requester: str, to: str, message_id: str) -> None:
        rng, domain = self._rng, requester.partition("@")[2]
        for hop in range(3):
            root["Received"] = (
                f"from mail-{hop}.{domain} (mail-{hop}.{domain} [192.0.2.{rng.randint(1, 254)}])\n"
                f"\tby mx-{hop + 1}.{domain} (Postfix) with ESMTPS id {rng.getrandbits(48):012X}\n"
                f"\tfor <{to}>; Mon, 02 Mar 2026 09:{self._count // 60 % 60:02d}:{self._count % 60:02d} +0800"
            )
        root["DKIM-Signature"] = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;\n"
            f" h=from:to:subject:date:message-id; bh={rng.getrandbits(256):064x}=;\n b={rng.getrandbits(2048):0512x}"
        )
        name = "王小明" if tongue.charset.startswith("gb") else "Dana Example"
        root["From"] = formataddr((name, requester), charset=tongue.charset)
        root["To"] = f"Support <{to}>"
        root["Date"] = f"Mon, 02 Mar 2026 09:{self._count // 60 % 60:02d}:{self._count % 60:02d} +0800"
        root["Message-ID"] = f"<{message_id}>"
        root["X-Mailer"] = "Example Mail 16.0"
        root["X-Originating-IP"] = f"[198.51.100.{rng.randint(1, 254)}]"
        root["Thread-Index"] = f"{rng.getrandbits(176):044x}"


def _html(said: Sequence[str], tongue: Tongue, earlier: Sequence[str]) -> str:
    """What a desktop mail program makes of it."""
    paragraphs = "\n".join(
        f'<p class="MsoNormal0"><span style="font-size:10.5pt">{escape(each).replace(chr(10), "<br>")}</span></p>'
        for each in said
    )
    quoted = "\n".join(
        f'<p class="MsoNormal1"><span lang="EN-US">{escape(each)}</span></p>' for each in earlier
    )
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={tongue.charset}">\n'
        f"<style><!--\n{STYLE}--></style></head>\n"
        f'<body lang="EN-US" link="blue" vlink="purple"><div class="WordSection1">\n{paragraphs}\n'
        f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">{escape(tongue.quoted)}'
        f"</div>\n<blockquote>{quoted}</blockquote></div></body></html>\n"
    )
