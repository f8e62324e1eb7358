"""How servers speak of mail they could not deliver, in the languages and programs that mail comes from."""

from __future__ import annotations

import re
from typing import Final


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.strip().replace("\n", "|").split("|"))


#: Local parts that only servers use.
DAEMON: Final = re.compile(
    r"""(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|maildaemon|mail[-_.]?deliver\w{0,12}|post[-_.]?mast(?:er)?
    |mmdf|uucp|smail|bounced?|bounces|mail[-_.]?system|deliver\w{0,12})(?:[-+_.]\S{0,80})?""",
    re.IGNORECASE | re.VERBOSE,
)
#: Local parts that servers and other machines use.
MACHINE: Final = re.compile(
    r"(?:root|admin(?:istrator)?|system|no[-_.]?reply)(?:[-+_.]\S{0,80})?", re.IGNORECASE
)
DAEMON_NAMES: Final = _phrases("""
mail deliver|maildeliver|mailer-daemon|mailer daemon|postmaster|mail administrator|mail system
system administrator|mailsystem|系统退信|系統退信|邮件系统|郵件系統|邮件投递|microsoft outlook
internet mail delivery|delivery subsystem|message delivery
""")
#: How the subject of a report begins.
SUBJECT: Final = re.compile(
    r"""\s{0,3}(?:\[.{1,40}\]\s?|\*+\w{1,20}\*+\s?|warning:\s)?(?:
      delivery\s(?:status\snotification|failure|report|failed|has\sfailed|problem|error|delayed|notification:?\sfail)
    | mail\s(?:failure|failed) | (?:mail|message)\sdelivery\shas\sbeen
    | mail\s(?:delivery|system)\s(?:fail|problem|error|status|report|warning|delay)
    | undeliver(?:ed|able)\b | (?:mail|message|e-?mail)\s(?:could\snot\sbe|not|was\snot|is)\s(?:undeliver|deliver)
    | returned\s(?:e-?mail|message|to\ssender) | failure\snotice | non-?delivery 
    | failed\s(?:mail|delivery|recipient)
    | (?:your\s)?(?:message|mail)\s(?:was\sreturned|rejected|bounced|status\s-\sundeliver) | rejected(?:\smail)?:
    | bounced?\s(?:mail|message|e-?mail) | nondeliverable | unable\sto\sdeliver | message\sfailure | not\sdelivered:
    | could\snot\s(?:send|deliver)\s(?:message|mail) | error\ssending | problem\sdelivering
    | considered\sunsolicited | banned\s
    | 系统退信|系統退信|邮件退信|退信通知|退件通知|退信|退件|邮件(?:投递|发送)失败|郵件(?:投遞|傳送|遞送)失敗
    | 无法送达|未送达|無法傳遞|无法投递|投递失败|发送失败|投递状态|传递状态|傳遞狀態|未传递|未傳遞|无法传递
    |無法傳送|無法投遞|未能投递
    | 配信(?:不能|エラー|失敗|できません|状態通知)|メール(?:エラー|配信エラー|送信エラー)|送信エラー|不達|未達
    |エラーメール
    | (?:送信|配信)でき(?:ません|なかった)|配信されませんでした
    | unzustellbar|nicht\szustellbar|zustellung\sfehl|non\sremis|échec\sde\s(?:la\s)?(?:remise|livraison)
    |non\sdistribu
    | no\sse\spudo\sentregar|no\sentregado|correo\sdevuelto|mancata\s(?:consegna|recapit)|non\srecapitabile
    | não\sentregue|falha\sna\sentrega|onbestelbaar|не\s?достав|ваше\sсообщение\sне|olevererbart
    |kunne\sikke\sleveres
    | 배달\s?(?:되지|실패)|전송\s?실패|반송|전달되지
    )""",
    re.IGNORECASE | re.VERBOSE,
)
REPLYING: Final = re.compile(
    r"\s{0,3}(?:re|aw|sv|fw|fwd|wg|tr|回复|答复|回覆|转发|轉寄|返信|転送)\s?[:：]", re.IGNORECASE
)
#: Words that only reports of delivery use.
DELIVERY: Final = _phrases("""
could not be delivered|couldn't be delivered|cannot be delivered|can not be delivered|undeliverable
was not delivered|wasn't delivered|not been delivered|delivery to the following|unable to deliver
not able to deliver|failed to deliver|permanent fatal error|had delivery errors|did not reach|couldn't deliver
could not deliver|error delivering|delivery failed|delivery failure|delivery has failed|delivery is delayed
mail delivery software|qmail-send|following address|following recipient|recipient(s) cannot|failed recipient
failed address|undelivered|delivery was unsuccessful|non-deliver|group you tried to contact
transcript of session|recipient addresses|被退回|退信|投递失败|无法送达|无法投递|未能送达|無法傳送|無法投遞
未送达|無法送達|投递到|拒收|未能投递|未能傳遞|无法将邮件|无法传递|送信できません|配信できません|配送できません
届けることができません|配信に失敗|配信不能|送信先|não foi possível entregar|no se pudo entregar
no se ha podido entregar|nicht zugestellt|konnte nicht|n'a pas pu être|n'a pu être|consegna
не может быть доставлено|не доставлено|не удалось доставить|배달되지|전송하지 못|전송 실패|niet worden bezorgd
kunde inte levereras
""")
#: Words that reports of delivery use among others.
FAILURES: Final = DELIVERY + _phrases("""
could not be sent|could not be reached|returned to you|permanent error|transient non-fatal|user unknown
unknown user|no such user|mailbox full|mailbox unavailable|does not exist|over quota|has been delayed|bounced
message rejected|was rejected|is unreachable|returned mail|failure reason|error:|error message|address rejected
fatal error|unknown host|host unknown|was blocked|not accept|发送失败|无法发送|エラーメッセージ|存在しません
impossible|impossibile|не удалось
""")
#: The line from which on a report repeats the mail that came back.
COPIES: Final = re.compile(
    r"""^[ \t>*\#=_|-]{0,60}(?:
      (?:this\sis\s(?:a\s)?|below\sthis\sline\sis\s|below\sis\s|start\sof\s|here\sis\s)?(?:the\s|a\s)?
      (?:copy\sof\s(?:the|your)\s(?:original\s)?(?:message|mail)|original\smessage\s(?:follows|header)
        |original\smail\sas\sfollows|unsent\smessage\s(?:below|follows)|returned\s(?:message|mail)\sfollows
        |messages?\s(?:headers?|text)\sfollows?|header\sof\sthe\soriginal|headers?\sof\sthe\s(?:original|returned)
        |undelivered\smessage\sfollows)[^\n]{0,80}
    | (?:the\s)?original\s(?:message|mail)[\s:=\#*_.|-]{0,60}
    | .{0,40}原始邮件.{0,40} | .{0,20}原邮件内容.{0,40}
    )$
    | ^Return-Path:\s?< | ^Received:\s(?:from|by)\s""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
