"""What the generated mails say: sentences as customers of a cloud provider write them, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Tongue:
    """One language with a charset its mail programs still use."""

    charset: str
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]
    closing: str
    quoted: str


_EN: Final = (
    (
        "Production checkout returns 502 since this morning", "Question about last month's invoice",
        "Please raise the snapshot retention", "VPN tunnel flapping between office and Singapore",
        "Cannot log in to the console with the new role", "Report page is slow after the update",
        "Request for a larger database instance", "Disk almost full on the build server",
    ),
    (
        "Since about 09:40 the load balancer answers every third request with a 502.",
        "We restarted the service twice and the errors came back within minutes.",
        "The target group shows two of four instances as unhealthy.",
        "Could you please check whether anything was changed on your side last night?",
        "About forty colleagues in the warehouse cannot work at the moment.",
        "I attach the output of the health check and a screenshot of the console.",
        "There is no hurry, next week would be early enough for us.",
        "The connection to the replica times out after thirty seconds.",
        "Our finance team asks what the line for data transfer stands for.",
        "The staging environment is not affected as far as we can tell.",
        "The same job ran in twelve minutes before the maintenance window.",
        "Please let us know which security group the new instances need.",
        "Nothing unusual is to be seen in the application log before that time.",
        "We would like to keep daily snapshots for thirty-five days from now on.",
    ),
    "Best regards,\nDana Example\nOperations, Client Ltd.\n+65 5550 0199",
    "On Mon, 2 Mar 2026 at 09:00, Support <support@desk.example> wrote:",
)  # fmt: skip
_HANS: Final = (
    (
        "生产环境订单系统无法访问", "关于上月账单的疑问", "请协助扩容数据库实例", "控制台登录失败",
        "备份任务连续两天失败", "新加坡专线丢包严重", "申请开通测试环境权限", "报表页面加载很慢",
    ),
    (
        "今天上午九点四十分开始，负载均衡大约三分之一的请求返回 502。",
        "我们重启过两次服务，几分钟之后错误又出现了。",
        "目标组里四台实例有两台显示不健康。",
        "麻烦确认一下昨天晚上贵方是否做过变更。",
        "目前仓库有四十多位同事无法正常工作。",
        "附件是健康检查的输出和控制台截图。",
        "这个问题不着急，下周处理也可以。",
        "只读副本的连接在三十秒之后超时。",
        "财务同事想了解账单里数据传输这一项的含义。",
        "测试环境目前看起来没有受到影响。",
        "维护窗口之前同样的任务只需要十二分钟。",
        "请告诉我们新的实例需要加入哪个安全组。",
        "希望从现在开始每天的快照保留三十五天。",
    ),
    "此致\n敬礼\n示例科技有限公司 运维部\n电话 021-5550 0199",
    "在 2026年3月2日 09:00，技术支持 <support@desk.example> 写道：",
)  # fmt: skip
_HANT: Final = (
    ("正式環境訂單系統無法連線", "關於上月帳單的問題", "請協助擴充資料庫執行個體", "備份作業連續兩天失敗"),
    (
        "今天上午九點四十分開始，負載平衡器大約三分之一的請求回應 502。",
        "我們重新啟動過兩次服務，幾分鐘之後錯誤又出現了。",
        "目標群組裡四台主機有兩台顯示不健康。",
        "麻煩確認一下昨天晚上貴公司是否做過變更。",
        "目前倉庫有四十多位同事無法正常工作。",
        "附件是健康檢查的輸出和主控台截圖。",
        "這個問題不急，下週處理也可以。",
        "希望從現在開始每天的快照保留三十五天。",
    ),
    "敬祝 商祺\n範例科技股份有限公司 資訊部\n電話 02-5550-0199",
    "技術支援 <support@desk.example> 於 2026年3月2日 09:00 寫道：",
)
_JA: Final = (
    (
        "本番環境の注文システムに接続できません",
        "先月の請求書について",
        "バックアップが失敗しています",
        "容量追加のお願い",
    ),
    (
        "今朝九時四十分頃から、三回に一回ほど五〇二エラーが返ります。",
        "サービスを二度再起動しましたが、数分後に再発しました。",
        "昨夜、御社側で変更があったかどうかご確認ください。",
        "現在、倉庫の担当者四十名ほどが作業できない状態です。",
        "ヘルスチェックの結果と画面の写しを添付いたします。",
        "急ぎではありませんので、来週の対応でも構いません。",
        "検証環境には今のところ影響がないようです。",
    ),
    "よろしくお願いいたします。\n株式会社サンプル 運用部\n電話 03-5550-0199",
    "2026年3月2日(月) 9:00 サポート <support@desk.example>:",
)
_DE: Final = (
    ("Störung im Bestellsystem seit heute früh", "Rückfrage zur Rechnung", "Bitte Speicher vergrößern"),
    (
        "Seit etwa 9:40 Uhr antwortet der Load-Balancer auf jede dritte Anfrage mit einem Fehler.",
        "Wir haben den Dienst zweimal neu gestartet, die Fehler kamen nach Minuten zurück.",
        "Könnten Sie bitte prüfen, ob bei Ihnen gestern Nacht etwas geändert wurde?",
        "Rund vierzig Kolleginnen und Kollegen im Lager können zurzeit nicht arbeiten.",
        "Im Anhang finden Sie die Ausgabe der Prüfung und ein Bildschirmfoto.",
        "Es eilt nicht, nächste Woche würde uns völlig genügen.",
        "Die Testumgebung ist nach unserer Einschätzung nicht betroffen.",
    ),
    "Mit freundlichen Grüßen\nBeispiel GmbH – Betrieb",
    "Am 02.03.2026 um 09:00 schrieb Support <support@desk.example>:",
)

TONGUES: Final[tuple[tuple[int, Tongue], ...]] = (
    (32, Tongue("utf-8", *_EN)),
    (18, Tongue("utf-8", *_HANS)),
    (12, Tongue("gb18030", *_HANS)),
    (10, Tongue("gb2312", *_HANS)),
    (8, Tongue("big5", *_HANT)),
    (8, Tongue("iso-2022-jp", *_JA)),
    (12, Tongue("windows-1252", *_DE)),
)
"""Share in percent, and language with charset."""

STYLE: Final = "".join(
    f"p.MsoNormal{number}, li.MsoNormal{number}, div.MsoNormal{number} {{margin:0cm; margin-bottom:.0001pt; "
    f'font-size:11.0pt; font-family:"Calibri","sans-serif"; mso-fareast-language:EN-US;}}\n'
    for number in range(6)
)
