"""What an answer to "is it fixed?" says. Pure.

Closing is final, so only a plain yes confirms: whoever asks, adds a "but", speaks of a part or wants to look first
has not confirmed. A promise to look changes nothing, as bare thanks do (P4); everything else reopens, so that nothing
the customer still wants is lost on a closed ticket.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.domain.folding import fold
from gateway.domain.intent import Kind
from gateway.domain.passage import own_words

_LONGEST_PLAIN: Final = 800  # characters; a longer text says more than yes

_YES: Final = frozenset(
    {"yes", "yep", "yeah", "yup", "yes it is", "yes it's", "it is", "fixed", "done", "works", "confirm", "confirmed",
     "确认", "是", "是的", "对", "对的", "嗯", "ok了"}
)  # fmt: skip
_NO: Final = frozenset(
    {"no", "nope", "not yet", "not really", "no it is not", "no it isn't", "否", "不", "不是", "没有", "没", "还没",
     "还没有", "不行", "没好", "不太行"}
)  # fmt: skip
_HEARD: Final = frozenset(
    {"ok", "okay", "noted", "received", "got it", "understood", "sure", "will do", "fine", "well received", "thx",
     "收到", "好", "好的", "好吧", "知道了", "明白", "了解", "嗯嗯", "行", "3q", "已收到", "收到了", "已知悉", "知悉"}
)  # fmt: skip
_POLITE: Final = re.compile(
    r"thanks a lot|thank you(?: very much| so much)?|many thanks|thanks|thx|cheers|please"
    r"|非常感谢|感谢|谢谢(?:您|你)?|多谢|辛苦了|唔该|麻烦了"
)
_EDGES: Final = re.compile(r"[\s,.!;:。,、!~…()\-]{1,20}")

# Said with a word of refusal, meant as praise.
_PRAISE: Final = re.compile(
    r"\bno (?:more |further |longer any |new )?(?:errors?|issues?|problems?|timeouts?|complaints?|trouble)\b"
    r"(?: since (?:yesterday|then|this morning|the fix|last night))?"
    r"|\bwithout (?:any )?(?:errors?|issues?|problems?)\b|\b(?:errors?|problems?|issues?) (?:is|are|has|have) gone\b"
    r"|\b(?:can|could|would|will) you (?:please )?close (?:this|the|it)(?: ticket| case)?\b\??"
    r"|\bnot? happen(?:ed|ing)? (?:again|any ?more)\b|\bnot seen (?:it|them|any)[a-z ]{0,20}since\b"
    r"|(?:没有?|不)再(?:报错|出现|超时|断|卡|发生)|不(?:报错|卡|慢|超时|断)了|没(?:有)?(?:任何)?(?:问题|事)了?"
    r"|(?<!不)(?:可以|能)(?:把工单)?(?:关闭|关单|结单)(?:工单)?吗?"
)
_YES_PHRASE: Final = re.compile(
    r"\b(?:it|this|that|everything|all|login|site|website|service|app|page|report|vpn|system|we|tested)"
    r"(?: is| are|'s)?(?: now| all| just| again| really| both)?"
    r" (?:works?|working|fine|ok|okay|good|up|back|online|fixed|solved|resolved|normal|gone|stable)\b"
    r"|^works?\b|\b(?:and|yes,?|great,?|perfect,?) (?:it )?works\b|\bworks (?:like a charm|for (?:me|us)|now|again)\b"
    r"|^(?:all )?(?:fixed|solved|resolved|good|closed?)\b|\b(?:good|ok|okay|fine|happy) to close\b"
    r"|\bclose (?:it|this)\b"
    r"|\b(?:back to normal|up again|back up|back online|that did it|did the trick)\b"
    r"|\bcan (?:now )?(?:log ?in|sign in|access|connect|print|send|reach|open)\b.{0,30}\b(?:again|now)\b"
    r"|\b(?:can|able to) (?:log ?in|access|connect|print|send|reach|open) again\b"
    r"|确认(?:已)?(?:解决|恢复|没问题|正常|修复|可以|好了)|(?:已|已经|都|可以|能|现在|正常).{0,8}了(?=$|[\s,。!;])"
    r"|(?:解决|恢复|好|可以|正常|搞定|修好|弄好|搞掂|搞掂晒|ok)了|已(?:解决|恢复|修复|正常)"
    r"|(?:一切|运行|完全|全部|都)(?:都)?正常|正常运行|(?:关闭|关单|结单|关了)吧|能用了|测试(?:通过|正常)|验证(?:通过|正常)"
)
_NO_PHRASE: Final = re.compile(
    r"\b(?:don't|do not|doesn't|does not|didn't|did not|isn't|is not|aren't|hasn't|haven't|can't|cannot|can not|won't"
    r"|couldn't|unable to|wasn't)\b"
    r"|\b(?:fails?|failed|failing|broken?|down|blank|unresolved|unusable|unreachable|worse|crash(?:es|ed|ing)?)\b"
    r"|\b(?:came|come|comes|is|are|it's) back(?! (?:to normal|up|online|in service))\b"
    r"(?=.{0,20}(?:again|error|problem|issue))|\bbut not\b|^(?:it|they) came back"
    r"|\bnothing (?:changed|works|happened)\b|\b(?:another|new) (?:error|problem|issue)\b"
    r"|\b(?:partly|partially|half)\b|\bvery slow\b|\btoo slow\b"
    r"|未|没(?!事)|无法|不能|打不开|失败|报错|出错|一部分|部分|个别|有几个|有时|时好时坏|偶尔|不行|不太|很慢|还有|断了"
)
_UNSURE: Final = re.compile(
    r"\b(?:but|however|although|though|except|apart from|other than|only|mostly|sometimes|intermittent(?:ly)?|kind of"
    r"|some|one of|first|staging|laptop|if|until|once|should|hope|need|needs|want|get this|not|never|n't|yesterday"
    r"|was|worked|just for|port|security group|bucket|keep it open|also|another|except)\b|n't\b"
    r"|但|不过|只是|除了|只有|如果|要是|应该|希望|尽快|好像|似乎|可能|不知道|不确定|暂时|基本|大部分|第一|第二|测试环境"
    r"|端口|之前|之后|再关|才|等|什么|吧\?|仍|还没|没法|别关|不要关|暂不|暂不关|请确认|确认下|确认收到"
)
_LATER: Final = re.compile(
    r"\b(?:will|shall|'ll|going to|let me|let us|let's|need to|have to|want to|would like to|after|when i|give us)"
    r"(?: \w{1,12}){0,4} (?:confirm|check|test|testing|verify|monitor|observe|watch|look|try|let you know|get back"
    r"|day)\b|\b(?:monitor|watch|observ)(?:e|ing)? (?:it|this|the|for|over)\b"
    r"|(?:稍后|晚点|明天|今晚|下午|上午|下周|周[一二三四五六日]|先|再|等).{0,8}(?:确认|观察|测试|看看|看|验证|试|回复)"
    r"|观察(?:一下|几天|一段|两天|一天)|(?:确认|验证|测试|看|试)一下"
)
_ASKS: Final = re.compile(
    r"\?|吗(?=$|[\s,。!])|请问|是否|^(?:is|has|have|was|were|did|does|do|could|would|will|can (?:you|we|i|it))\b"
    r"|^(?:when|who|what|why|how)\b"
    r"|(?<=[.!\n] )(?:when|who|what|why|how) |\b(?:can|could|would|will) you\b|\bplease (?!close|go ahead|feel free)"
    r"|请(?!关|结|帮忙关|直接关)|麻烦(?!了|关)"
)


def to_resolution(text: str, kind: Kind) -> Kind:
    """The kind of a mail that answers a resolution, where `kind` is what it was read as by itself.

    Shape: CONFIRM closes, THANKS changes nothing, NOT_FIXED and every other kind reopen.

    >>> to_resolution("Is it fixed?", Kind.CONFIRM), to_resolution("Fixed, thanks!", Kind.THANKS)
    (<Kind.QUESTION: 'question'>, <Kind.CONFIRM: 'confirm'>)
    >>> to_resolution("收到", Kind.REPORT), to_resolution("登录好了，但是报表打不开", Kind.CONFIRM)
    (<Kind.THANKS: 'thanks'>, <Kind.NOT_FIXED: 'not-fixed'>)
    """
    if kind in (Kind.ESCALATE, Kind.NOT_FIXED):
        return kind
    folded = fold(own_words("", text)).strip()
    if bare := _bare(folded):
        return bare
    rest = _PRAISE.sub(" ", folded)
    praised = rest != folded
    if len(folded) > _LONGEST_PLAIN:
        return Kind.REPORT if kind is Kind.CONFIRM else kind
    if _NO_PHRASE.search(rest):
        return Kind.NOT_FIXED
    if _LATER.search(rest) and "?" not in rest:
        return Kind.THANKS
    affirmed = praised or kind is Kind.CONFIRM or bool(_YES_PHRASE.search(rest))
    if _ASKS.search(rest):
        return Kind.QUESTION
    if affirmed:
        return Kind.REPORT if _UNSURE.search(rest) else Kind.CONFIRM
    return kind


def _bare(folded: str) -> Kind | None:
    """What a text says that is nothing but one short answer, thanks and a name aside."""
    first = next((line for line in folded.split("\n") if line.strip()), "")
    if len(folded) - len(first) > 40:
        return None
    said = _EDGES.sub(" ", _POLITE.sub(" ", first)).strip()
    if said in _YES:
        return Kind.CONFIRM if "?" not in first else Kind.QUESTION
    if said in _NO:
        return Kind.NOT_FIXED
    return Kind.THANKS if said in _HEARD else None
