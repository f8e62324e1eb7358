"""The words by which mail clients announce a quote or a signature, by meaning, in the languages they are made for.

Shape: everything is case-folded; header labels also stand without any white space, since clients pad them
(`主　题`, `보낸 사람`).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

#: Labels of a raw header: somebody shows it on purpose, no client copies them above a quote.
_RAW: Final = """
    received return-path delivered-to message-id mime-version content-type content-transfer-encoding dkim-signature
    authentication-results received-spf arc-seal x-mailer x-originating-ip x-received user-agent references
    in-reply-to"""

_LABELS: Final = {
    "raw": _RAW,
    "from": """
        from sender von de da van från fra od от отправитель absender expéditeur remitente remetente mittente afzender
        avsändare kimden lähettäjä odesílatel feladó 发件人 发送人 发信人 寄件人 寄件者 發件人 發信人 差出人 送信者
        送信元 보낸사람 보낸이 발신자 발신인 来自 來自""",
    "date": """
        date sent senton sentat senttime sendtime gesendet gesendetam datum envoyé envoyéle envoyée fecha
        enviado enviadoel enviadoem enviada enviadaem data datahora dataora inviato inviata verzonden
        verzondenop skickat skickatden sendt sendtden dato wysłano wysłane отправлено дата tarih gönderildi
        lähetetty 发送时间 发送日期 发件时间 发送 日期 寄件日期 寄信日期 寄件時間 傳送時間 傳送日期 發送時間
        發送日期 已傳送 送信日時 送信日 送信 日時 受信日時 보낸날짜 보낸시간 보낸일시 날짜 일시 전송 발신일""",
    "to": """
        to recipient recipients an à a para aan till til do кому получатель destinataire destinatario
        destinatário empfänger ontvanger kime vastaanottaja komu címzett 收件人 收件者 收信人 接收人 宛先
        送信先 받는사람 받는이 수신자 수신인 수신""",
    # A date only where a year stands in the line, and the author above it: forms ask for times too.
    "when": "时间 時間",
    "cc": """
        cc bcc kopie copieà copie copia cópia kopia копия kopi kopiatill kopitil 抄送 抄送人 副本 参照 참조 密送""",
    "subject": """
        subject betreff objet asunto assunto oggetto onderwerp ämne emne temat тема konu aihe předmět tárgy
        主题 主旨 主題 标题 標題 件名 제목""",
    "other": """
        importance priority sensitivity replyto reply-to risposta antwortan répondreà attachments anlagen adjuntos
        anexos allegati wichtigkeit importancia importância priorità organization категория важность
        вложения 附件 重要性 优先级 優先順序 回复 回覆 添付ファイル 重要度 첨부파일 중요도""",
}

HEADER_LABELS: Final = MappingProxyType(
    {label: role for role, words in _LABELS.items() for label in words.split()}
)

#: Between rules of dashes, or alone on a line with a colon: what follows is somebody else's mail.
ORIGINAL: Final = frozenset(
    text.strip()
    for text in """
original message|original|originalmail|original e-mail|original email|original appointment|replied message
reply message|reply to message|ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht
urspr. nachricht|originale nachricht|message d'origine|message d’origine|message original|message initial
e-mail d'origine|courriel d'origine|mensaje original|correo original|mensagem original|messaggio originale
oorspronkelijk bericht|oorspronkelijke bericht|original meddelande|ursprungligt meddelande
originalmeddelande|oprindelig meddelelse|oprindelig besked|original besked|opprinnelig melding
original melding|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|первоначальное сообщение
оригинальное сообщение|orijinal mesaj|alkuperäinen viesti|原始邮件|原邮件|邮件原件|原始信件|原始郵件
原始訊息|原始信息|原始消息|原郵件|邮件原文|郵件原文|原件|原始邮件信息|回复的原邮件|回复的邮件|回復的原郵件|回覆的原郵件|原文|原信件
元のメッセージ|オリジナルメッセージ|元のメール|original message / 元のメッセージ|返信元メッセージ
원본 메시지|원본메시지|원본 메일|원본메일|원본 이메일|원본 내용|forwarded message|forwarded mail
forward message|begin forwarded message|fwd message|start of forwarded message|weitergeleitete nachricht
anfang der weitergeleiteten nachricht|weitergeleitete e-mail|message transféré|message transmis
début du message réexpédié|début du message transféré|message réexpédié|mensaje reenviado
inicio del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|início da mensagem reencaminhada
início da mensagem encaminhada|messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato
doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat meddelande|vidarebefordrat brev
vidarebefordrat mail|videresendt meddelelse|videresendt besked|start på videresendt besked
videresendt melding|пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения
przekazana wiadomość|wiadomość przekazana|转发邮件信息|转发邮件|转发的邮件|已转发邮件|转发信息|转发消息
开始转发的邮件|被转发邮件|轉寄郵件|轉寄的郵件|轉寄訊息|已轉寄的郵件|已轉寄郵件|開始轉寄郵件|轉寄信件
開始轉寄訊息|開始轉寄的訊息|以下為轉寄訊息|以下為轉寄郵件|以下是转发的邮件|以下是轉寄的郵件|转发的原邮件|転送メッセージ|転送されたメッセージ
転送されたメール|forwarded message / 転送メッセージ|전달된 메시지|전달된 메일|전달된 이메일|전달된 편지
""".replace("\n", "|").split("|")
    if text.strip()
)

#: Between rules of dashes, without white space, however a Chinese client puts it.
EARLIER: Final = re.compile(
    r"(?:以下(?:是|为|為|內容为|内容为))?(?:被|已)?(?:原始?|回[复覆復]的?|转发的?|轉[寄發]的?)(?:原始?)?(?:电子|電子)?"
    r"(?:邮件|郵件|信[息件]|訊息|消息|資訊)(?:的?(?:原文|正文|信息|内容|內容|详情|詳情))?"
)

#: Those of them that stand without rules of dashes, with a colon.
BEGINNINGS: Final = (
    "begin", "start", "anfang", "début", "inicio", "início", "inizio", "начало", "开始", "開始", "転送された"
)  # fmt: skip

#: A help desk's own marker, ours and others': everything below it is ours.
REPLY_ABOVE: Final = (
    "reply above this line",
    "type your reply above this line",
    "please reply above this line",
    "write your reply above this line",
    "antworten sie oberhalb dieser zeile",
    "répondez au-dessus de cette ligne",
    "responda por encima de esta línea",
    "请在此线以上回复",
    "请在此行以上回复",
    "请在此行上方回复",
    "請在此行上方回覆",
    "この行より上に返信",
)

#: How an attribution line ends ("On … wrote:").
WROTE: Final = (
    "wrote",
    "writes",
    "sent",
    "said",
    "schrieb",
    "geschrieben",
    "a écrit",
    "écrit",
    "escribió",
    "escribio",
    "escreveu",
    "ha scritto",
    "scrisse",
    "schreef",
    "geschreven",
    "skrev",
    "följande",
    "følgende",
    "napisał",
    "napisała",
    "napisał(a)",
    "pisze",
    "написал",
    "написала",
    "написал(а)",
    "пишет",
    "yazdı",
    "kirjoitti",
    "napsal",
    "写道",
    "寫道",
    "写到",
    "撰写",
    "撰寫",
    "提到",
    "来信",
    "來信",
    "のメール",
    "書きました",
    "書いた",
    "님이 작성",
    "작성",
    "님이 쓴 글",
    "님의 말",
    "메일",
)

_OPENERS: Final = """
on am le el il op em den på w dnia at a v в vào pada från von от from dne 在 於 于
"""

#: How an attribution line begins, where it is one of these words.
OPENERS: Final = frozenset(_OPENERS.split())
