"""How signatures, devices' remarks and notices of confidentiality read, in the languages that mail comes in.

Shape: patterns match whole lines already through `lines.plain`; every repetition is bounded.
"""

from __future__ import annotations

import re
from typing import Final

_FLAGS: Final = re.IGNORECASE | re.VERBOSE

#: A whole line that a phone or a program adds ("Sent from my iPhone").
DEVICE: Final = re.compile(
    r"""[<(\[]{0,2}\s{0,2}(?:
      (?:sent|written|typed|composed)\s(?:from|via|with|by|on)\s.{2,70}
    | sent\sby\s.{2,30}
    | (?:get|download|try)\s\[?outlook\s(?:for|mobile).{0,70}
    | from\smy\s(?:iphone|ipad|android|mobile|phone|samsung|blackberry|cell).{0,40}
    | (?:someone\s)?(?:sent\s)?from\s(?:a\s)?mobile.{0,30}
    | (?:von|aus)\smeine[mr]\s.{2,50}\sgesendet
    | gesendet\s(?:von|mit|über|aus)\s.{2,70}
    | diese\snachricht\swurde\svon\smeinem\s.{2,60}\sgesendet.{0,3}
    | (?:holen\ssie\ssich|laden\ssie)\soutlook\s.{2,50}
    | envoyée?\s(?:depuis|de|à\spartir\sde|avec|via|par)\s.{2,70}
    | (?:télécharge[rz]|obtene[zr]|obtenir)\s(?:la\sversion\s|outlook\s).{2,50}
    | (?:enviad[oa]|inviat[oa]|mandado)\s(?:desde|do|da|de|dal|con|a\spartir|pelo|através)\s.{2,70}
    | (?:obtener|obter|obtenha|scarica|ottieni|download|hämta|få)\s(?:o\s)?outlook\s.{2,50}
    | (?:verzonden|verstuurd)\s(?:vanaf|met|via|vanuit)\s.{2,60}
    | (?:skickat|skickades|sendt)\s(?:från|fra|med|via)\s.{1,60}
    | (?:wysłan[eoy]|odesláno)\s(?:z|ze|przez)\s.{2,60}
    | lähetetty\s.{2,60}
    | (?:отправлено|послано)\s(?:с|из|от|через)\s.{2,60}
    | .{2,40}から送信(?:されました)?
    | (?:나의|내)\s.{2,40}에서\s(?:보냄|보낸\s메일)
    | outlook\s?(?:for|を)\s?.{0,30}(?:入手|取得|ダウンロード).{0,40}
    | (?:获取|下载|取得|下載|获得)\s?\[?(?:(?:适用于|適用於).{2,20}的\s?|.{2,12}版\s?)?outlook.{0,60}
    | (?:发自|發自|寄自|发送自|傳送自|來自|来自)(?:于|於)?\s?我(?:的|用).{1,40}
    | (?:发自|發自|寄自|发送自|傳送自|來自|来自)\s?
      (?!.{0,40}(?:云|雲|流量|请求|請求|告警|通知|服务|服務|数据|數據|访问|訪問|地址))
      (?:qq|网易|網易|新浪|foxmail|windows|iphone|ipad|outlook
        |飞书|飛書|lark|钉钉|釘釘|企业微信|企業微信|腾讯|coremail|新浪|搜狐|华为|華為|小米|荣耀|oppo|vivo|手机|手機
        |阿里|yahoo|android|samsung|三星|邮箱大师|139|189|263|mail|spark)
        .{0,40}
    | (?:该|此|本)(?:邮件|郵件)(?:从|從|由|通过).{1,20}(?:发送|發送|发出|發出)
    | 签名由\s?.{2,20}\s?定制
    | (?:從|从)\s?(?:我的|三星|华为|華為|小米|荣耀|android|galaxy|windows).{1,40}(?:发送|發送|傳送|寄出|发出)
    | [由從从]\s?手[机機]\s?(?:发送|發送|傳送|寄出|发出)
    | (?:使用|通过|透過)\s?(?:我的\s?)?(?:iphone|ipad|android|windows|foxmail|outlook|手机|手機).{0,30}
        (?:发送|發送|傳送|寄出)
    )\s{0,2}[>)\]]{0,2}\.?""",
    _FLAGS,
)

#: Those of them that nothing newly written stands below, wherever they are: the writer's own device.
OWN_DEVICE: Final = re.compile(
    r"""[<(\[]{0,2}\s{0,2}(?:
      (?:sent|gesendet|envoyée?|enviad[oa]|inviat[oa]|verzonden|skickat|sendt|отправлено)\s\w{1,6}(?:\sde)?\s
        (?:my|meine[mr]|mon|ma|mi|meu|minha|mio|mijn|min|моего|моей)\s.{2,50}
    | (?:von|aus)\smeine[mr]\s.{2,50}\sgesendet
    | (?:发自|發自|寄自|发送自|傳送自)\s?我(?:的|用).{1,30} | [由從从]我的.{2,30}(?:发送|發送|傳送|寄出)
    | .{0,12}(?:iphone|ipad|android|スマートフォン)から送信 | (?:나의|내)\s.{2,30}에서\s보냄
    | get\s\[?outlook\sfor\s.{2,60}
    )\s{0,2}[>)\]]{0,2}\.?""",
    _FLAGS,
)

#: Something by which the writer can be reached or found.
CONTACT: Final = re.compile(
    r"""[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,100}
    | (?:https?://|www\.)\S{3,300}
    | (?<![\d.:])\+?\(?\d[\d\s()./-]{6,22}\d(?![\d.:])
    | \b(?:tel|phone|mobile|mobil|cell|fax|e-?mail|telefon|handy|wechat|whatsapp|skype|qq)\s{0,3}:
    | \b(?:tel|fax|mob)\.\s
    | (?:电话|手机|电邮|邮箱|地址|传真|微信|网址|主页|電話|手機|傳真|信箱|網址|携帯|住所|전화|휴대폰|이메일)
        \s{0,4}[:/]""",
    _FLAGS,
)

#: Words of a log or a request: lines with them are no signature, whatever addresses they hold.
TROUBLE: Final = re.compile(
    r"""\b(?:errors?|fail(?:s|ed|ure)?|exceptions?|refused|denied|time(?:d\s)?out|warning|please|could\syou|arn:aws|i-[0-9a-f]{8})
    | (?<!\d)\d{1,2}:\d{2}:\d{2} | 错误|錯誤|失败|失敗|报错|拒绝|异常|異常|告警|超时|无法|無法|エラー|請|请""",
    _FLAGS,
)

#: A whole line with which letters close.
CLOSING: Final = re.compile(
    r"""(?:(?:with\s)?(?:best|kind|kindest|warm|warmest|many)\s(?:regards?|wishes|thanks)
    | (?:thanks|thank\syou)(?:\s(?:and|&)\s(?:best\s)?regards|\sagain|\sin\sadvance|\sso\smuch|\svery\smuch)?
    | regards|cheers|best|br|kr|rgds|respectfully|sincerely(?:\syours)?|yours\s(?:sincerely|truly|faithfully)
    | (?:mit\s)?(?:freundlichen?|besten?|vielen?|lieben?|herzlichen?|schönen?|viele|beste|liebe)
        \s(?:grüßen?|grüssen?|gruß|gruss|dank)(?:\s/\s.{2,30})?
    | mfg|lg|vg|danke
    | (?:bien\s)?cordialement|bien\sà\svous|salutations|(?:un\s|cordiales\s)?saludos?(?:\scordiales)?
    | atentamente|gracias|atenciosamente|obrigad[oa]|att|abraços?
    | (?:cordiali|distinti)\ssaluti|saluti|grazie|met\svriendelijke\sgroet(?:en)?|groet(?:en)?
    | (?:med\s)?(?:vänlig|vänliga|venlig|vennlig|bästa|bedste)\s(?:hälsning|hälsningar|hilsen|hilsner)|mvh|vh|kh
    | с\sуважением|спасибо|z\spoważaniem|pozdrawiam
    | 此致|敬礼|敬禮|此致敬礼|祝好|祝商祺|商祺|(?:顺|順)(?:颂|頌|祝)(?:商|时|時|近)祺
    | (?:非常)?(?:谢谢|謝謝|多谢|多謝|感谢|感謝)(?:您|你|大家|支持|配合)?
    | 祝您?(?:工作|生活)(?:顺利|順利|愉快)|敬上|谨启|敬啟|盼复|盼覆
    | (?:以上、?)?(?:どうぞ)?(?:よろしく|宜しく)お願い(?:いた|致|申し上げ)?(?:し)?ます|敬具|以上
    | 감사합니다|드림
    )\s{0,2}[,，.。!！、~～]{0,3}(?:\s{0,2}[^\w\s]{1,4})?""",
    _FLAGS,
)

#: How a paragraph begins that speaks of the mail itself.
NOTICE: Final = re.compile(
    r"""\W{0,4}(?:
      (?:confidentiality|confidential|legal|privacy|disclaimer|important)
        (?:\s(?:notice|note|warning|information|disclaimer))?\s{0,2}[:\-–]
    | (?:this|the\sinformation\s(?:contained\s)?in\sthis|the\scontents?\sof\sthis|the\sinformation\stransmitted)
        (?:\s(?:electronic|internet))?(?:\s(?:e-?mail|message|communication|transmission))?\b
    | (?:diese|die\sin\sdieser)\s(?:e-?mail|nachricht) | (?:ce|cet)\s(?:message|courriel|e-?mail)
    | este\s(?:mensaje|correo|e-?mail) | esta\smensagem | (?:questo|il\spresente)\s(?:messaggio|e-?mail)
    | (?:dit\s(?:e-?mail)?bericht|deze\se-?mail) | (?:detta|denna|denne|dette)\s(?:e-?post|e-?mail|meddelande|mail)
    | (?:данное|это|настоящее)\s(?:сообщение|письмо)
    | please\sconsider\sthe\senvironment | virus-free | scanned\sby | checked\sby
    | (?:本|此|该|這封|这封|本封)(?:电子|電子)?(?:邮件|郵件|信件|电邮|信)
    | (?:重要)?(?:免责|免責|保密|法律|安全)?(?:声明|聲明|提示|条款|警告|注意|须知)\s{0,2}[:，】\]]
    | (?:本|この|当)(?:電子)?メール | 이\s(?:메일|전자우편|이메일)
    )""",
    _FLAGS,
)

#: A paragraph that a mail gateway puts above mail from outside.
BANNER: Final = re.compile(
    r"""\W{0,6}(?:(?:caution|warning|attention|external(?:\s(?:e-?mail|sender|message|mail))?|be\scareful|notice|achtung)\W{1,4})?
    (?:this\s(?:e-?mail|message)\s(?:is\sfrom|was\ssent\sfrom|originate[sd]\s(?:from\s)?|came\sfrom|has\soriginated\sfrom)
        \s?(?:an\s|the\s)?(?:outside|external)
    | (?:external\semail|you\sdon't\soften\sget\semail\sfrom|some\speople\swho\sreceived\sthis\smessage\sdon't\soften)
    | diese\s(?:e-?mail|nachricht)\s(?:stammt|kommt)\svon\s(?:außerhalb|extern)
    | (?:警告|注意|提醒|提示)?[:!！\s\]】]{0,3}(?:此|本|该|這封|这封)(?:电子)?(?:邮件|郵件)
        (?:来自|來自|源自)(?:公司|组织|組織|企业)?(?:外部|以外)
    )""",
    _FLAGS,
)

_MAIL: Final = """
e-mail email message communication transmission information mail nachricht courriel correo mensaje messaggio mensagem
bericht meddelande сообщение письмо 邮件 郵件 信件 メール 메일 전자우편
"""
_NOTICE_WORDS: Final = """
confidential|privileged|intended recipient|intended solely|solely for the use|intended only|unauthorized|unauthorised
virus|vertraulich|bestimmungsgemäß|confidentiel|destinataire|confidencial|destinatario|destinatário|riservat
vertrouwelijk|geadresseerde|konfidentiell|fortrolig|конфиденциальн|consider the environment|scanned by|avast
保密|机密|機密|收件人|收件者|病毒|免责|免責|泄露|洩露|秘密|受信者|宛先以外|誤って|기밀|수신인
"""

#: A notice holds one word of each.
MAIL_WORDS: Final = tuple(_MAIL.split())
SECRET_WORDS: Final = tuple(_NOTICE_WORDS.strip().replace("\n", "|").split("|"))
