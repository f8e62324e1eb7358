"""The names by which mail programs mark quotes and signatures in HTML."""

from __future__ import annotations

import re
from typing import Final

_ATTRIBUTE: Final = re.compile(
    r"\b(class|id|type|name|data-marker)\s{0,4}=\s{0,4}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>]{1,300}))",
    re.IGNORECASE,
)
_VOID: Final = frozenset(("br", "hr", "img", "meta", "link", "input", "base", "col", "area", "wbr", "o:p"))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Class or id of an element that holds a quote and nothing else.
_QUOTES: Final = _names(
    "gmail_quote gmail_quote_container gmail_attr yahoo_quoted moz-cite-prefix protonmail_quote tutanota_quote "
    "zmail_extra isreplycontent referencequote ntes-mailmaster-quote __aliyun_previous_quote outlookmessageheader "
    "olk_src_body_section messagereplysection mail-editor-reference-message-container history-quote-wrapper "
    "lark-mail-quote front-blockquote ms-outlook-ios-reference-expand-id "
    "reply139content moz-forward-container isforwardcontent fmoriginalcontent foxmail_quote cm_quote_msg "
    "nui-mail-quote origbody skiff_quote ik_mail_quote"
)
#: Class or id of an element from which on everything is a quote.
_OPENS_REST: Final = _names(
    "divrplyfwdmsg x_divrplyfwdmsg appendonsend x_appendonsend stopspelling zwchr orimsghtmlseperator "
    "ms-outlook-mobile-body-separator-line __quoted_text__ hmoriginal replysplit "
    "xm_mail_oringinal_describe"
)
_SIGNATURES: Final = _names(
    "gmail_signature gmail_signature_prefix moz-signature signature x_signature ms-outlook-mobile-signature "
    "applemailsignature spneditorsign ntes-mailmaster-sign __aliyun_signature_wrap foxmail_sign signcontainer "
    "protonmail_signature_block tutanota_signature mail-sign lark-mail-signature imail_signature "
    "ntes-signature"
)
#: Every name above holds one of these; HTML without any of them marks nothing.
_HINTS: Final = (
    "quote", "sign", "reply", "rply", "reference", "outlook", "gmail_attr", "moz-", "zmail_extra", "olk_src",
    "appendonsend", "stopspelling", "zwchr", "orimsg", "hmoriginal", "xm_mail_", "forwardcontent", "fmoriginal",
    "origbody",
)  # fmt: skip


def hinted(html: str) -> bool:
    """Whether HTML may mark anything: a cheap look before it is scanned."""
    lowered = html.lower()
    return any(hint in lowered for hint in _HINTS)


def judged(name: str, attributes: str) -> str:
    """What an opening tag says of its content: rest, quote, container, block, signature or nothing."""
    if name in _VOID and "id" not in attributes:
        return ""
    values: set[str] = set()
    cited = False
    for found in _ATTRIBUTE.finditer(attributes[:2_000]):
        value = (found[2] or found[3] or found[4] or "").lower()
        cited |= found[1].lower() == "type" and value == "cite"
        values.update(value.split())
    if values & _OPENS_REST:
        return "rest"
    if name in _VOID:
        return ""
    if name == "blockquote":
        # Editors indent with a styled one, and Gmail's own button for citing words gives it a class.
        sure = cited or not attributes.strip() or values & (_QUOTES - {"gmail_quote"})
        return "quote" if sure else "block"
    if values & {"gmail_quote", "gmail_quote_container"}:
        return "container"
    if values & _QUOTES or any("yahoo_quoted" in one or one.startswith("lark-mail-quote-") for one in values):
        return "quote"
    return "signature" if name == "sign" or values & _SIGNATURES else ""
