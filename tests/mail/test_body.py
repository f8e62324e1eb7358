"""The newly written text of a mail apart from quotes, signatures and disclaimers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.body import excerpt
from gateway.mail.message import Mailbox
from gateway.mail.parse import parse


def new(text: str, html: str = "") -> str:
    return excerpt(text, html).new


ATTRIBUTIONS = [
    "On Tue, Mar 3, 2026 at 3:00 PM Desk <desk@help.example> wrote:",
    "On Mar 3, 2026, at 3:00 PM, Desk wrote:",
    "On 03/03/2026 15:00, Desk wrote:",
    "在 2026年3月3日，下午3:00，张三 <zhang@desk.example> 写道：",
    '在 2026-03-03 15:00:00，"张三" <zhang@desk.example> 写道：',
    "张三 <zhang@desk.example> 于2026年3月3日周二 15:00写道：",
    "王小明 <wang@desk.example> 於 2026年3月3日 週二 下午3:00寫道：",
    "於 2026/3/3 下午 03:00, 王小明 提到:",
    "在 2026/3/3 15:00, 张三 写道:",
    "2026年3月3日(火) 15:00 山田 <yamada@desk.example>:",
    "2026/03/03 15:00、山田 <yamada@desk.example>のメール：",
    "2026年3月3日 15:00、山田 <yamada@desk.example>のメール:",
    "2026년 3월 3일 (화) 오후 3:00, 김 <kim@desk.example>님이 작성:",
    "Am Di., 3. März 2026 um 15:00 Uhr schrieb Desk <desk@help.example>:",
    "Desk <desk@help.example> schrieb am Di., 3. März 2026, 15:00:",
    "Le mar. 3 mars 2026 à 15:00, Desk <desk@help.example> a écrit :",
    "El mar, 3 mar 2026 a las 15:00, Desk (<desk@help.example>) escribió:",
    "Em ter., 3 de mar. de 2026 às 15:00, Desk <desk@help.example> escreveu:",
    "Il giorno mar 3 mar 2026 alle ore 15:00 Desk <desk@help.example> ha scritto:",
    "Op di 3 mrt 2026 om 15:00 schreef Desk <desk@help.example>:",
    "Den tis 3 mars 2026 kl 15:00 skrev Desk <desk@help.example>:",
    "Den tir. 3. mar. 2026 kl. 15.00 skrev Desk <desk@help.example>:",
    "вт, 3 мар. 2026 г. в 15:00, Desk <desk@help.example>:",
    '03.03.2026, 15:00, "Desk" <desk@help.example>:',
    "wt., 3 mar 2026 o 15:00 Desk <desk@help.example> napisał(a):",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_attribution_line_of_every_locale_opens_a_quote(line: str) -> None:
    assert new(f"It works now.\n\n{line}\n\n> Does it work?\n") == "It works now."


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_attribution_line_without_quote_marks_opens_a_quote_to_the_end(line: str) -> None:
    assert new(f"It works now.\n\n{line}\n\nDoes it work?\n") == "It works now."


@pytest.mark.parametrize(
    "lines",
    [
        "On Tue, Mar 3, 2026 at 3:00 PM Desk of a Rather Long Name <\ndesk@help.example> wrote:",
        "On Tue, Mar 3, 2026 at 3:00 PM Desk\n<desk@help.example>\nwrote:",
        "张三 <zhang@desk.example>\n于2026年3月3日周二 15:00写道：",
        'Op 3 mrt. 2026 15:00 schreef "Desk" <desk@help.example> het\nvolgende geschreven:',
        "2026年3月3日(火) 15:00 山田\n<yamada@desk.example>:",
    ],
)
def test_attribution_wrapped_over_several_lines_is_one(lines: str) -> None:
    assert new(f"It works now.\n\n{lines}\n\n> Does it work?\n") == "It works now."


@pytest.mark.parametrize(
    "rule",
    [
        "-----Original Message-----",
        "----- Original Message -----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-------- Mensaje original --------",
        "-----邮件原件-----",
        "------------------ 原始邮件 ------------------",
        "------------------&nbsp;原始邮件&nbsp;------------------",
        "------------------ Original ------------------",
        "---- 回复的原邮件 ----",
        "---- Replied Message ----",
        "-----原始郵件-----",
        "-----元のメッセージ-----",
        "-----원본 메시지-----",
        "-------- Исходное сообщение --------",
        "-----Wei Zhang/Example wrote: -----",
        "---- On Tue, 03 Mar 2026 15:00:00 +0800 Desk <desk@help.example> wrote ----",
        "---------- Forwarded message ---------",
        "-------- 转发邮件信息 --------",
        "Begin forwarded message:",
        "开始转发的邮件：",
        "##- Please type your reply above this line -##",
    ],
)
def test_rule_with_words_opens_a_quote(rule: str) -> None:
    assert new(f"It works now.\n\n{rule}\nDoes it work?\nWe wait.\n") == "It works now."


@pytest.mark.parametrize(
    "block",
    [
        "From: Desk <desk@help.example>\nSent: Tuesday, 3 March 2026 15:00\nTo: Li\nSubject: RE: Disk full",
        "*From:* Desk [mailto:desk@help.example]\n*Sent:* Tuesday\n*To:* Li\n*Subject:* Disk full",
        "发件人: 张三 <zhang@desk.example>\n发送时间: 2026年3月3日 15:00\n收件人: 李四\n主题: 回复: 磁盘",
        "发件人： zhang@desk.example\n发送时间： 2026-03-03 15:00\n收件人： li@customer.example\n主题： Re: 磁盘",
        "发件人：张三 <zhang@desk.example>\n发送时间：2026年3月3日(星期二) 15:00\n收件人：李四\n主　题：Re: 磁盘",
        "寄件者: 王小明\n寄件日期: 2026年3月3日 下午 03:00\n收件者: 李四\n主旨: RE: 磁碟",
        "差出人: 山田\n送信日時: 2026年3月3日 15:00\n宛先: 李\n件名: RE: ディスク",
        "보낸 사람: 김\n보낸 날짜: 2026년 3월 3일\n받는 사람: 이\n제목: RE: 디스크",
        "Von: Desk\nGesendet: Dienstag, 3. März 2026 15:00\nAn: Li\nBetreff: AW: Platte",
        "De : Desk\nEnvoyé : mardi 3 mars 2026 15:00\nÀ : Li\nObjet : RE: disque",
        "________________________________\nFrom: Desk\nSent: Tuesday\nTo: Li\nSubject: RE: Disk full",
        "| 发件人 | 张三<zhang@desk.example> |\n| 发送日期 | 2026年03月03日 15:00 |\n| 收件人 | li@customer.example |\n| 主题 | Re: 磁盘 |",
    ],
)
def test_copied_header_block_opens_a_quote(block: str) -> None:
    assert new(f"It works now.\n\n{block}\n\nDoes it work?\n") == "It works now."


def test_attribution_with_the_date_last_opens_a_quote_only_above_quoted_lines() -> None:
    line = "Desk wrote on 2026-03-03 15:00:"
    assert new(f"It works now.\n\n{line}\n\n> Does it work?\n") == "It works now."
    assert new(f"It works now.\n\n{line}\nDoes it work?") == f"It works now.\n\n{line}\nDoes it work?"


def test_answers_between_quoted_lines_are_new() -> None:
    text = (
        "On 3 Mar 2026 at 15:00, Desk wrote:\n> Which region?\n\neu-west-1\n\n> Since when?\n\nSince noon.\n"
    )
    assert new(text) == "eu-west-1\n\nSince noon."


def test_answer_below_the_quote_is_new() -> None:
    text = "On 3 Mar 2026 at 15:00, Desk <d@help.example> wrote:\n> Which region?\n\neu-west-1\n"
    assert excerpt(text, "").quoted.startswith("On 3 Mar 2026")
    assert new(text) == "eu-west-1"


def test_comment_above_a_forwarded_mail_is_new() -> None:
    text = "Please look at this.\n\n---------- Forwarded message ---------\nFrom: AWS <no-reply@aws.example>\nDate: Tue\n\nBill."
    assert new(text) == "Please look at this."


@pytest.mark.parametrize(
    "header",
    [
        "---------- Forwarded message ---------\nFrom: AWS <no-reply@aws.example>\nDate: Tue",
        "-------- 转发邮件信息 --------\n\n发件人：AWS <no-reply@aws.example>\n发送日期：2026-03-03 15:00:00\n主题：账单",
        "From: AWS <no-reply@aws.example>\nSent: Tuesday, 3 March 2026 15:00\nTo: li@c.example\nSubject: Bill",
    ],
)
def test_forwarded_mail_without_comment_is_new_below_its_header(header: str) -> None:
    found = excerpt(f"{header}\n\nYour bill.", "")
    assert (found.new, found.quoted) == ("Your bill.", header)


def test_forwarded_header_with_nothing_below_is_all_new() -> None:
    text = "---------- Forwarded message ---------\nFrom: AWS <no-reply@aws.example>\nDate: Tue"
    assert new(text) == text


@pytest.mark.parametrize(
    "remark", ["Sent from my iPhone", "发自我的iPhone", "Von meinem Telefon gesendet", "iPhoneから送信"]
)
def test_text_below_the_remark_of_the_writers_device_is_none_of_theirs(remark: str) -> None:
    text = f"The disk is full.\n\n{remark}\n\nWe will look at it tomorrow.\nYour desk"
    assert new(text) == "The disk is full."


@pytest.mark.parametrize("line", ["Sent by mistake.", "Sent from the console", "Written by hand"])
def test_paragraph_that_only_resembles_a_devices_remark_ends_nothing(line: str) -> None:
    text = f"The disk is full.\n\n{line}\n\nPlease enlarge it."
    assert new(text) == text


def test_mail_that_only_quotes_is_all_new() -> None:
    assert new("> Does it work?\n> We wait.") == "> Does it work?\n> We wait."


@pytest.mark.parametrize(
    "text",
    [
        "On the other hand, the disk is full.\nOn average it works.",
        "Steps:\n1. From: the console open EC2\n2. To: restart\nThen it fails.",
        "Run this and look:\n> npm start\nIt fails at once.",
        "We saw these times:\n\n2026-03-03 15:00:00\n03.03.2026 15:00\n\nAll of them in UTC.",
        "请填写：\n账号\n区域\n然后提交。",
        "Please subscribe us:\n账号：li@c.example\n时间：2026-03-03 15:00\n收件人：ops@c.example\n主题：告警订阅\n\n谢谢",
        "没收到这封邮件：\n发件人：a@a.example\n收件人：b@b.example\n主题：test\n时间：15:00\n请查",
        "Ship it\nFrom: Berlin\nTo: Munich\nDate: 5 May 2026\nThanks",
        "日志如下：\n2026-03-03 15:00:00 user <bob@x.example>:\nlogin failed\n请查",
        "请处理\n\n-----------------\nConnection refused\nhttps://db.example:5432",
        "The log:\n\n--\ndisk full\n--\n\nplease fix it",
        "网站打不开\n\n谢谢\n账号：123456789012\n区域：cn-north-1",
        "Firewall rule:\nFrom: 10.0.0.1\nTo: 10.0.0.2\nis refused.",
        "Here:\n\n----\n\n1. slow\n\n----\n\nThat was a rule.",
    ],
)
def test_text_that_only_resembles_a_quote_stays(text: str) -> None:
    assert new(text) == text


@pytest.mark.parametrize(
    "remark",
    [
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Sent from Yahoo Mail on Android",
        "发自我的iPhone",
        "发自我的华为手机",
        "來自我的 iPhone",
        "從我的 iPhone 傳送",
        "发自网易邮箱大师",
        "发送自 Windows 10 版邮件应用",
        "获取 Outlook for Android",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Отправлено с iPhone",
    ],
)
def test_remark_of_a_device_is_no_text(remark: str) -> None:
    assert new(f"The site is down.\n\n{remark}\n") == "The site is down."


def test_signature_delimiter_ends_the_text() -> None:
    found = excerpt("The site is down.\n\n-- \nLi Wei\nExample Ltd\n", "")
    assert (found.new, found.signature) == ("The site is down.", "-- \nLi Wei\nExample Ltd")


@pytest.mark.parametrize(
    "block",
    [
        "Best regards,\nLi Wei\nOperations\nTel: +86 10 5555 0100\nwww.customer.example",
        "此致\n敬礼\n\n李伟\n运维部\n电话：010-5555-0100",
        "----------------\n李伟 | 运维部\n手机：13900000000\n邮箱：li@customer.example",
        "Mit freundlichen Grüßen\nLi Wei\nli@customer.example",
    ],
)
def test_closing_with_contact_lines_is_a_signature(block: str) -> None:
    assert new(f"网站打不开了。\n\n{block}\n") == "网站打不开了。"


def test_closing_without_contact_lines_stays_text() -> None:
    assert new("The site is down.\n\nThanks,\nLi Wei\n") == "The site is down.\n\nThanks,\nLi Wei"


LI = Mailbox("李伟", "li@customer.example")


@pytest.mark.parametrize(
    "block",
    [
        "li@customer.example",
        "Li@Customer.example",
        "li@customer.example<mailto:li@customer.example>",
        "李伟\n运维部\n手机：13900000000",
        "李伟 | 示例科技有限公司\nli@customer.example",
    ],
)
def test_authors_address_or_name_below_a_blank_line_is_a_signature(block: str) -> None:
    found = excerpt(
        f"网站打不开了。\n\n\n{block}\n \n发件人： 支持\n发送时间： 2026-03-03 15:00\n主题： Re", "", LI
    )
    assert (found.new, found.signature) == ("网站打不开了。", block)


@pytest.mark.parametrize(
    "text",
    [
        "网站打不开了。\n\nwang@customer.example",
        "网站打不开了。\nli@customer.example",
        "请开通这个账号：\n\nli@customer.example",
        "li@customer.example",
        "网站打不开了。\n\n李伟\n王芳",
        "请联系我们的值班同事。\n\n王芳\n手机：13900000000",
    ],
)
def test_address_or_name_that_is_part_of_the_text_stays(text: str) -> None:
    assert excerpt(text, "", LI).new == text


def test_author_is_taken_from_the_mail() -> None:
    raw = (
        "From: =?utf-8?B?5p2O5Lyf?= <li@customer.example>\n\n网站打不开了。\n\nli@customer.example\n".encode()
    )
    assert parse(raw).excerpt.signature == "li@customer.example"


@pytest.mark.parametrize(
    "notice",
    [
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "CONFIDENTIALITY NOTICE: this message may contain privileged information.",
        "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人。",
        "免责声明：此邮件仅供指定收件人使用，如误收请删除。",
        "This email has been checked for viruses by Avast antivirus software.",
        "Diese E-Mail enthält vertrauliche Informationen.",
    ],
)
def test_notice_of_confidentiality_is_no_text(notice: str) -> None:
    assert new(f"The site is down.\n\n{notice}\n") == "The site is down."


def test_gmail_container_in_the_html_part_is_a_quote() -> None:
    html = '<div>Yes, go on.</div><div class="gmail_quote"><div>Some odd header</div><blockquote>Shall we?</blockquote></div>'
    assert new("Yes, go on.\nSome odd header\nShall we?", html) == "Yes, go on."


def test_answers_within_the_gmail_container_are_new() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue Desk wrote:</div>'
        '<blockquote class="gmail_quote">Which region?</blockquote><div>eu-west-1</div>'
        '<blockquote class="gmail_quote">Since when?</blockquote><div>Since noon.</div></div>'
    )
    text = "On Tue Desk wrote:\nWhich region?\neu-west-1\nSince when?\nSince noon."
    assert new(text, html) == "eu-west-1\nSince noon."


@pytest.mark.parametrize(
    "mark",
    [
        'class="gmail_quote_container"',
        'class="gmail_attr"',
        'class="ydp12yahoo_quoted"',
        "class=moz-cite-prefix",
        'class="moz-forward-container"',
        'class="protonmail_quote"',
        'class="tutanota_quote"',
        'class="zmail_extra"',
        'id="isReplyContent"',
        'id="reply139content"',
        'class="referenceQuote"',
        'class="ntes-mailmaster-quote"',
        'class="__aliyun_previous_quote"',
        'id="OutlookMessageHeader"',
        'id="OLK_SRC_BODY_SECTION"',
        'name="messageReplySection"',
        'id="mail-editor-reference-message-container"',
        'class="history-quote-wrapper"',
        "class='lark-mail-quote'",
        'class="front-blockquote"',
        'id="ms-outlook-ios-reference-expand-id"',
        'id="divRplyFwdMsg"',
        'id="x_divRplyFwdMsg"',
        'id="appendonsend"',
        'name="stopSpelling"',
        'data-marker="__QUOTED_TEXT__"',
        'id="zwchr"',
        'id="oriMsgHtmlSeperator"',
        'id="ms-outlook-mobile-body-separator-line"',
        'class="hmoriginal"',
        'class="replySplit"',
    ],
)
def test_mark_of_a_client_in_the_html_part_is_a_quote(mark: str) -> None:
    assert new("Yes, go on.\nShall we?", f"<p>Yes, go on.</p><div {mark}>Shall we?</div>") == "Yes, go on."


def test_mark_within_a_comment_or_a_style_sheet_is_none() -> None:
    html = '<style>.gmail_quote{}</style>Yes.<!-- <div class="gmail_quote"> --><p>Go on.</p>'
    assert new("Yes.\nGo on.", html) == "Yes.\nGo on."


def test_unfinished_tag_does_not_hide_the_quote_behind_it() -> None:
    html = 'a < b <p Yes.<div class="gmail_quote">Shall we?</div>'
    assert new("Yes.\nShall we?", html) == "Yes."


def test_outlook_marker_in_the_html_part_opens_a_quote_to_the_end() -> None:
    html = '<p>Done.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">Desk, Tuesday</div><div>Is it?</div>'
    assert new("Done.\n\nDesk, Tuesday\nIs it?", html) == "Done."


def test_answer_below_a_cited_block_of_html_is_new() -> None:
    html = '<div>On 3 Mar 2026 at 15:00, Desk wrote:</div><blockquote type="cite">Which region?</blockquote><p>eu-west-1</p>'
    assert new("On 3 Mar 2026 at 15:00, Desk wrote:\nWhich region?\neu-west-1", html) == "eu-west-1"


def test_indented_words_in_html_are_no_quote() -> None:
    html = '<p>The log says:</p><blockquote style="margin:0 0 0 40px">disk full</blockquote><p>Help.</p>'
    assert new("The log says:\ndisk full\nHelp.", html) == "The log says:\ndisk full\nHelp."


def test_signature_marked_in_html_is_no_text() -> None:
    html = '<div>The site is down.</div><div class="gmail_signature">Li Wei<br>Operations</div>'
    assert new("The site is down.\n\nLi Wei\nOperations", html) == "The site is down."


CLIENTS = {
    "QQ": (
        '<div>It works now.</div><div><br></div><div style="font-size: 12px;padding:2px 0 2px 0;">------------------'
        "&nbsp;原始邮件&nbsp;------------------</div><div><div><b>发件人:</b>&nbsp;&quot;支持&quot;&lt;s@desk.example&gt;;</div>"
        "<div><b>发送时间:</b>&nbsp;2026年3月3日(星期二) 下午3:00</div><div><b>收件人:</b>&nbsp;&lt;li@qq.example&gt;;</div>"
        "<div><b>主题:</b>&nbsp;Re: 磁盘</div></div><div>请确认。</div>"
    ),
    "163": (
        "<div>It works now.</div><p>At 2026-03-03 15:00:00, &quot;支持&quot; &lt;s@desk.example&gt; wrote:</p>"
        '<blockquote id="isReplyContent" style="BORDER-LEFT: #ccc 1px solid"><div>请确认。</div></blockquote>'
    ),
    "Netease master": (
        "<div>It works now.</div><div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>支持&lt;s@desk.example&gt;</td></tr>"
        "<tr><td>发送日期</td><td>2026年03月03日 15:00</td></tr><tr><td>主题</td><td>Re: 磁盘</td></tr></table><div>请确认。</div>"
    ),
    "Foxmail": (
        '<div>It works now.</div><blockquote style="margin-Top: 0px; margin-Left: 0.5em"><div>&nbsp;</div>'
        '<div style="border-top:solid #B5C4DF 1.0pt"><div><b>发件人：</b>&nbsp;<a href="mailto:s@desk.example">支持</a></div>'
        "<div><b>发送时间：</b>&nbsp;2026-03-03&nbsp;15:00</div><div><b>收件人：</b>&nbsp;li</div><div><b>主题：</b>&nbsp;Re: 磁盘</div>"
        "</div><div>请确认。</div></blockquote>"
    ),
    "Outlook": (
        '<p class="MsoNormal">It works now.<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        "<p><b>发件人<span>:</span></b> Support &lt;s@desk.example&gt;<br><b>发送时间:</b> 2026年3月3日 15:00<br>"
        "<b>收件人:</b> 李伟<br><b>主题:</b> Re: 磁盘</p></div><p>请确认。</p>"
    ),
    "Alimail": (
        "<div>It works now.</div><blockquote><div>------------------------------------------------------------------<br>"
        "发件人：支持 &lt;s@desk.example&gt;<br>发送时间：2026年3月3日(星期二) 15:00<br>收件人：li<br>主　题：Re: 磁盘</div>"
        "<div>请确认。</div></blockquote>"
    ),
    "Feishu": (
        '<div>It works now.</div><div class="history-quote-wrapper"><div>发件人: 支持</div><div>请确认。</div></div>'
    ),
    "Yahoo": (
        '<div>It works now.</div><div id="ydp1yahoo_quoted_9" class="ydp1yahoo_quoted"><div>On Tuesday, March 3, 2026, '
        "03:00:00 PM GMT+8, S &lt;s@desk.example&gt; wrote:</div><div>请确认。</div></div>"
    ),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_reply_in_html_alone_is_parted_from_its_quote(client: str) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\n\n" + CLIENTS[client].encode()
    assert parse(raw).excerpt.new == "It works now."


def test_words_cited_in_html_alone_stay_with_the_text() -> None:
    html = b'<p>The log says:</p><blockquote class="gmail_quote" style="margin:0">disk full</blockquote><p>Help.</p>'
    found = parse(b"Content-Type: text/html\n\n" + html).excerpt
    assert (found.quoted, "disk full" in found.new) == ("", True)


def test_raw_header_shown_on_purpose_is_text() -> None:
    text = "Look:\n\nFrom: a@a.example\nTo: b@b.example\nSubject: test\nMessage-ID: <1@a.example>\n\nWhy did it not arrive?"
    assert new(text) == text


def test_attribution_that_runs_on_behind_the_answer_is_parted_from_it() -> None:
    text = "yes please On Wed, Apr 4, 2026 at 3:59 PM, desk@help.example wrote:\n> May we?"
    assert new(text) == "yes please"


@pytest.mark.parametrize(
    "banner",
    [
        "[EXTERNAL] This email originated from outside of the organization. Do not click links.",
        "CAUTION: This message was sent from outside the company.",
        "【警告】此邮件来自公司外部，请谨慎点击链接。",
    ],
)
def test_gateways_warning_above_the_mail_is_no_text(banner: str) -> None:
    assert new(f"{banner}\n\nThe site is down.") == "The site is down."


LINES = st.sampled_from(
    [
        "words",
        "> quoted",
        "",
        "-- ",
        "On 3 Mar 2026 at 15:00, A <a@a.example> wrote:",
        "From: a@a.example",
        "Subject: x",
    ]
    + [
        "Sent: Tuesday",
        "发件人：张三",
        "Regards",
        "Tel: 555 0100 200",
        "-----Original Message-----",
        "Sent from my iPhone",
    ]
)


@given(st.lists(LINES, max_size=30), st.text(max_size=60))
def test_every_filled_line_ends_up_in_exactly_one_part(lines: list[str], html: str) -> None:
    found = excerpt("\n".join(lines), html)
    parts = [line for part in (found.new, found.quoted, found.signature) for line in part.split("\n")]
    assert sorted(line for line in parts if line) == sorted(line for line in lines if line)


@given(st.lists(LINES, min_size=1, max_size=30).filter(any))
def test_something_is_always_new(lines: list[str]) -> None:
    assert new("\n".join(lines))


@given(st.text(max_size=300), st.text(alphabet="<>/abdivqoutelcks=\"' -!", max_size=300))
def test_any_text_and_html_are_read(text: str, html: str) -> None:
    found = excerpt(text, html)
    assert found.new.strip("\n") or not text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "On " * 5_000,
        "On x wrote\n" * 4_000,
        "On 3 Mar 2026 wrote:\n" * 20_000,
        "From: a\nx\n" * 3_000,
        "\n" * 50_000,
        "-- \n" * 50_000,
        "> a\nb\n" * 25_000,
        "-----\na@b.example\n" * 20_000,
        "a@" * 500_000,
    ],
)
@pytest.mark.timeout(10)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    assert excerpt(text, "").new is not None


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<" * 500_000,
        "<a " * 200_000,
        "<!--" * 200_000,
        '<div class="' * 100_000,
        "<style>" * 100_000,
    ],
)
@pytest.mark.timeout(10)
def test_hostile_html_is_read_in_linear_time(html: str) -> None:
    assert excerpt("one\ntwo", html).new == "one\ntwo"
