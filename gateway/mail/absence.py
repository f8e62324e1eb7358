"""How automatic answers name themselves in subject and first lines, where no header field does."""

from __future__ import annotations

import re
from typing import Final

#: Subjects that a person gives no request: the words, and then an end, a mark or a date.
ABSENT: Final = re.compile(
    r"""\s{0,3}[【\[(（]?(?:
      auto(?:matic|mated|matisch\w{0,3}|matisk\w{0,1})?[\s:-]{0,2}(?:e-?mail\s)?
      (?:reply|response|replay|responder|antwort|svar|respons|antwoord)
    | automatische\sabwesenheit\w{0,12}
    | out[\s-]of[\s-](?:the[\s-])?office(?:\s(?:auto-?reply|reply|message|response|notification|notice))?
      |ooo
    | (?:i\sam|i'm)\s(?:currently\s|now\s)?
      (?:out\sof\s(?:the\s)?office|away|on\s(?:vacation|holiday|(?:annual\s|sick\s)?leave))
    | (?:away|absent)\sfrom\s(?:the\soffice|office|my\s(?:desk|mail))|vacation(?:\s(?:reply|notice|message
      |response)|(?=\s?:))
    | on\s(?:vacation|holidays?|(?:annual\s|parental\s|maternity\s|sick\s)?leave)
    | 自动(?:回复|答复|回覆)(?:邮件)?|自動(?:回覆|回復|答覆)(?:郵件)?|(?:外出|休假|假期|出差|请假|节假日
      |邮件|系统|離線|离线|休假中)自[动動][回答][复覆復信](?:邮件|郵件)?|自動回信
    |(?:我)?(?:现在)?不在办公室|(?:我)?不在辦公室
    | (?:我)?(?:正在)?休假中?|外出中?|出差中
    | 自動(?:返信|応答)(?:メール)?|不在(?:通知|のお知らせ|連絡|のご連絡|メッセージ)|休暇中
    |(?:年末年始|夏季|夏期)休(?:業|暇)のお知らせ
    | 휴가\s?중(?:입니다)?|출장\s?중(?:입니다)?|부재\s?중(?:\s?(?:메시지|자동\s?응답|자동\s?회신|입니다))?
      |자동\s?(?:회신|응답|답장)(?:\s?메일)?
    | abwesenheits?\w{0,20}|abwesend|nicht\sim\shause|urlaubs(?:notiz|meldung|benachrichtigung|nachricht)
    |(?:ich\sbin\s)?(?:im\surlaub|nicht\sim\sbüro|außer\shaus|abwesend)
    | réponse\sautomatique|(?:message\sd[’']\s?)?absence(?:\sdu\sbureau)?
      |(?:je\ssuis\s)?(?:absente?(?:\sdu\sbureau)?|en\scongés?|en\svacances)
    |hors\sdu\sbureau
    | respuesta\sautom[áa]tica|(?:estoy\s)?(?:fuera\sde\s(?:la\s)?oficina|ausente|de\svacaciones)
      |ausencia(?:\stemporal)?
    | resposta\sautom[áa]tica|(?:estou\s)?(?:fora\sd[oe]\sescrit[óo]rio|ausente|[ed][em]\sférias)
      |ausência(?:\stemporária)?
    | risposta\sautomatica|fuori\s(?:sede|ufficio)|(?:in\s)?ferie|assenza
    | automatisch\santwoord|afwezig(?:heid)?|automatiskt?\ssvar|frånvar(?:o|ande)|fravær
    | автоответ(?:чик)?|автоматический\sответ|вне\sофиса|отсутствую|odpowiedź\sautomatyczna|autoodpowiedź
    )(?=\s{0,3}(?:$|[:：,，;；.。!！~～(（\[【\])）】|–—-]|until\b|till\b|from\b|re:|bis\b|jusqu|hasta\b|até\b|tot\b|fino\b|до\b|\d))""",
    re.IGNORECASE | re.VERBOSE,
)

#: What the first lines of such an answer say, where subject and header fields say nothing.
_AWAY: Final = re.compile(
    r"""(?:i\sam|i'm|i\swill\sbe|i'll\sbe|we\sare)\s(?:currently\s|now\s|presently\s)?
      (?:out\sof\s(?:the\s|my\s)?office|away\sfrom\s(?:the\s|my\s)?(?:office|desk|e-?mail)|away\s(?:until
      |from|on)
        |on\s(?:annual\s|parental\s|maternity\s|sick\s|business\s)?(?:leave|vacation|holidays?|travel|trip))
    | (?:休假|外出|出差|请假|請假|年假|度假|不在办公室|不在辦公室)(?:中|期间|期間|，|,|。|至|到)
    | 不在に(?:して|し)|休暇(?:中|を(?:いただ|頂|取得))|外出(?:して|中)|出張(?:中|して)|お休みを(?:いただ
      |頂)
    | 부재\s?중|휴가\s?중|출장\s?중|자리를\s비
    | (?:bin|befinde\smich)\s.{0,40}(?:nicht\sim\s(?:büro|haus)|im\surlaub|abwesend|außer\shaus|dienstreise
      |nicht\serreichbar)
    | (?:je\ssuis|je\sserai)\s.{0,30}(?:absente?|en\scongés?|en\sdéplacement|hors\sdu\sbureau|en\svacances)
    | (?:estoy|estaré|me\sencuentro)\s.{0,30}(?:fuera\sde\s(?:la\s|mi\s)?oficina|de\svacaciones|ausente
      |de\sviaje)
    | (?:estou|estarei|encontro-me)\s.{0,30}(?:fora\sd[oe]\s|[ed][em]\sférias|ausente|de\slicença
      |em\sviagem)""",
    re.IGNORECASE | re.VERBOSE,
)
#: What an absent person lets their program promise or advise, and nobody who asks for something says.
_PROMISES: Final = re.compile(
    r"""\bi(?:\swill|'ll)\s(?:reply|respond|answer|get\sback|read|be\sback|return)|(?:up)?on\smy\sreturn
      |when\si(?:\sam|'m)?\s(?:return|back)
    | limited\saccess|(?:urgent|emergency|immediate)\b.{0,40}\b(?:contact|call|reach|e-?mail)\s(?!me\b|us\b)
    | (?:返回|回来|回來|归来|回到|销假|銷假).{0,8}(?:后|後|再).{0,12}(?:回复|回覆|处理|處理|联系|聯絡|聯繫
      |答复)
    | (?:无法|無法|不能)(?:及时|及時|立即|立刻).{0,4}(?:回复|回覆|处理|處理|查看|答复)
    | 如有.{0,4}(?:紧急|緊急|急事|要事).{0,20}(?:联系|聯絡|聯繫|致电|致電|拨打|撥打)
    | 戻り次第|(?:お急ぎ|緊急|至急)の(?:方|場合|用件|ご用件|際)|(?:出社|帰社|復帰)(?:後|次第)
    | 복귀\s?(?:후|하는|하면)|(?:급한|긴급한?)\s?(?:용무|용건|일|사항|경우|문의)
    | rückkehr|in\sdringenden|wieder\s(?:erreichbar|im\sbüro|da\b)|nicht\sweitergeleitet
    | (?:à|dès|de)\s(?:mon\s)?retour|en\scas\sd['’]urgence|accès\slimité
    | (?:a|de)\smi\s(?:regreso|vuelta)|(?:caso|asuntos?|temas?)\s(?:de\surgencia|urgentes?)
    | (?:meu|no)\s(?:retorno|regresso)|(?:caso|casos|assuntos?)\s(?:de\surgência|urgentes?)
      |acesso\slimitado""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST: Final = 400  # characters in which such an answer says that somebody is away
_LONGEST: Final = 2_000


def absent_in(text: str) -> bool:
    """Whether a newly written text is what a program answers for somebody away; one that asks is a person's.

    >>> absent_in("I am out of the office until Monday. I will reply when I return.")
    True
    >>> absent_in("I am on leave from tomorrow. When will it be fixed?")
    False
    >>> absent_in("我正在出差，服务器连不上，请尽快回复")
    False
    """
    if len(text) > _LONGEST or "?" in text or "？" in text:
        return False
    joined = " ".join(text.split())
    return _AWAY.search(joined[:_FIRST]) is not None and _PROMISES.search(joined) is not None
