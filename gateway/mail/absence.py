"""How automatic answers name themselves in the subject, where no header field does."""

from __future__ import annotations

import re
from typing import Final

#: Subjects that a person gives no request: the words, and then an end, a mark or a date.
ABSENT: Final = re.compile(
    r"""\s{0,3}[【\[(（]?(?:
      auto(?:matic|mated|matisch\w{0,3}|matisk\w{0,1})?[\s:-]{0,2}(?:e-?mail\s)?
      (?:reply|response|replay|responder|antwort|svar|respons|antwoord)
    | automatische\sabwesenheit\w{0,12}
    | out[\s-]of[\s-](?:the[\s-])?office(?:\s(?:auto-?reply|reply|message|response|notification|notice))?|ooo
    | (?:i\sam|i'm)\s(?:currently\s|now\s)?
      (?:out\sof\s(?:the\s)?office|away|on\s(?:vacation|holiday|(?:annual\s|sick\s)?leave))
    | (?:away|absent)\sfrom\s(?:the\soffice|my\s(?:desk|mail))|vacation\s(?:reply|notice|message|response)
    | on\s(?:vacation|holidays?|(?:annual\s|parental\s|maternity\s|sick\s)?leave)
    | 自动(?:回复|答复|回覆)(?:邮件)?|自動(?:回覆|回復|答覆)(?:郵件)?|外出自动回复|休假自动回复|假期自动回复
    |(?:我)?(?:现在)?不在办公室|(?:我)?不在辦公室
    | (?:我)?(?:正在)?休假中?|外出中?|出差中
    | 自動(?:返信|応答)(?:メール)?|不在(?:通知|のお知らせ|連絡|のご連絡|メッセージ)|休暇中
    |(?:年末年始|夏季|夏期)休(?:業|暇)のお知らせ
    | 부재\s?중(?:\s?(?:메시지|자동\s?응답|자동\s?회신|입니다))?|자동\s?(?:회신|응답|답장)(?:\s?메일)?
    | abwesenheits?\w{0,20}|abwesend|nicht\sim\shause|urlaubs(?:notiz|meldung|benachrichtigung|nachricht)
    |(?:ich\sbin\s)?im\surlaub
    | réponse\sautomatique|(?:message\sd[’']\s?)?absence(?:\sdu\sbureau)?|absente?\sdu\sbureau|en\scongés?
    |hors\sdu\sbureau
    | respuesta\sautom[áa]tica|fuera\sde\s(?:la\s)?oficina|ausente|ausencia|de\svacaciones
    | resposta\sautom[áa]tica|fora\sd[oe]\sescrit[óo]rio|ausência|em\sférias
    | risposta\sautomatica|fuori\s(?:sede|ufficio)|(?:in\s)?ferie|assenza
    | automatisch\santwoord|afwezig(?:heid)?|automatiskt?\ssvar|frånvar(?:o|ande)|fravær
    | автоответ(?:чик)?|автоматический\sответ|вне\sофиса|отсутствую|odpowiedź\sautomatyczna|autoodpowiedź
    )(?=\s{0,3}(?:$|[:：,，;；.。!！~～(（\[【\])）】|–—-]|until\b|till\b|from\b|re:|bis\b|jusqu|hasta\b|até\b|tot\b|fino\b|до\b|\d))""",
    re.IGNORECASE | re.VERBOSE,
)
