"""Quotes and remarks as the mail programs of China, Taiwan, Hong Kong and Japan write them."""

from __future__ import annotations

import pytest

from gateway.mail.body import excerpt
from gateway.mail.parse import parse

ANSWER = "问题解决了。"

QUOTED = {
    "QQ": '------------------ 原始邮件 ------------------\n发件人: "支持" <s@desk.example>;\n发送时间: 2026年3月3日(星期二) 下午3:00\n收件人: "李" <li@qq.example>;\n\n主题: Re: 磁盘\n\n请确认。',
    "QQ in English": '------------------ Original ------------------\nFrom:  "支持";<s@desk.example>;\nDate:  Tue, Mar 3, 2026 03:00 PM\nSubject:  Re: 磁盘\n\n请确认。',
    "QQ on a phone": '发自我的iPhone\n\n\n---原始邮件---\n发件人: "支持"<s@desk.example>\n发送时间: 2026年3月3日(周二) 下午3:00\n主题: Re\n\n请确认。',
    "WeCom": "________________________________\n发自我的企业微信\n\n----------回复的邮件信息----------\n支持<s@desk.example> 在 2026年3月3日 周二 15:00 写道：\n请确认。",
    "WeCom in English": "发自我的企业微信\n----------该邮件从移动设备发送\n----------Reply to Message----------\nOn Tue,Mar 3,2026 3:00 PM S <s@desk.example> wrote:\n请确认。",
    "163": '在 2026-03-03 15:00:00，"支持" <s@desk.example> 写道：\n\n请确认。',
    "163 without an address": "在2026年03月03日 15:00，支持 写道：\n请确认。",
    "163 forwarded": "-------- 转发邮件信息 --------\n发件人：支持 <s@desk.example>\n发送日期：2026-03-03 15:00:00\n主题：磁盘\n\n请确认。",
    "Netease Mail Master": "---- 回复的原邮件 ----\n| 发件人 | 支持<s@desk.example> |\n| 发送日期 | 2026年03月03日 15:00 |\n| 主题 | Re: 磁盘 |\n请确认。",
    "Foxmail": "发件人： 支持\n发送时间： 2026-03-03 15:00\n收件人： li\n抄送： ops\n主题： Re: 磁盘\n请确认。",
    "Foxmail in traditional characters": "寄件者： 支援\n傳送日期： 2026-03-03 15:00\n收件者： li\n主旨： Re: 磁碟\n請確認。",
    "Coremail": "-----原始邮件-----\n发件人:支持 <s@desk.example>\n发送时间:2026-03-03 15:00:00 (星期二)\n收件人: li@c.example\n抄送: \n主题: Re: 磁盘\n\n请确认。",
    "Coremail with marks": "> -----原始邮件-----\n> 发件人: 支持 <s@desk.example>\n> 主题: Re: 磁盘\n> \n> 请确认。",
    "DingTalk": "发自钉钉专属商务邮箱\n------------------------------------------------------------------\n发件人：支持<s@desk.example>\n日　期：2026年03月03日 15:00:00\n收件人：李<li@c.example>\n主　题：Re: 磁盘\n请确认。",
    "Alimail in English": "------------------------------------------------------------------\nFrom:支持 <s@desk.example>\nSend Time:2026 Mar. 3 (Tue.) 15:00\nTo:li <li@c.example>\nSubject:Re: disk\n\n请确认。",
    "Feishu": '发件人: "支持"<s@desk.example>\n时间: 2026年3月3日 (周二) 15:00\n主题: Re: 磁盘\n收件人: "李"<li@c.example>\n请确认。',
    "139": "发自139邮箱\n\n----邮件原文----\n发件人：支持 <s@desk.example>\n收件人：li <li@139.example>\n抄 送： (无)\n发送时间：2026-03-03 15:00:00\n主题：Re: 磁盘\n\n请确认。",
    "Samsung": "从三星手机发送\n\n-------- 原始信息 --------\n发件人: 支持 <s@desk.example>\n日期: 2026/3/3 15:00 (GMT+08:00)\n主题: Re: 磁盘\n\n请确认。",
    "Gmail in simplified characters, wrapped": "支持 <s@desk.example> 于2026年3月3日周二\n15:00写道：\n\n> 请确认。",
    "Gmail in traditional characters": "支援 <s@desk.example> 於 2026年3月3日 週二 下午3:00寫道：\n\n> 請確認。",
    "Gmail in Hong Kong, without an address": "Support 於 2026年3月3日 週二 下午3:00 寫道：\n請確認。",
    "Yahoo Taiwan": "在 2026年3月3日 星期二 下午03:00:00 [GMT+8], 支援<s@desk.example> 寫道：\n\n請確認。",
    "Outlook in Taiwan": "取得適用於 iOS 的 Outlook<https://aka.ms/o0ukef>\n________________________________\n寄件者: 支援 <s@desk.example>\n寄件日期: Tuesday, March 3, 2026 3:00 PM\n收件者: 王小明 <wang@c.example>\n主旨: RE: 磁碟\n\n請確認。",
    "Apple Mail forwarding in Taiwan": "開始轉寄訊息：\n\n寄件人: AWS <no-reply@a.example>\n主旨: 帳單\n日期: 2026年3月3日 15:00:00 [GMT+8]\n收件人: li@c.example\n\n請確認。",
    "Outlook in Japan": "差出人: サポート <s@desk.example>\n送信日時: 2026年3月3日 15:00\n宛先: 山田 <y@c.example>\nCC: ops@c.example\n件名: RE: ディスク\n\nご確認ください。",
    "Gmail in Japan": "2026年3月3日(火) 15:00 に サポート <s@desk.example> さんは書きました:\n\n> ご確認ください。",
    "Becky": "サポート <s@desk.example> さんは書きました:\n> ご確認ください。",
}


@pytest.mark.parametrize("client", QUOTED)
def test_reply_of_an_east_asian_client_is_parted_from_its_quote(client: str) -> None:
    assert excerpt(f"{ANSWER}\n\n\n{QUOTED[client]}\n", "").new == ANSWER


@pytest.mark.parametrize(
    "remark",
    [
        "从我的 iPhone 发送",
        "从我的小米手机发送",
        "从 Windows 版邮件发送",
        "由手机发送",
        "来自企业微信",
        "发自企业微信",
        "发自我的飞书邮箱",
        "发自钉钉邮箱",
        "来自 腾讯企业邮箱",
        "获取 Android 版 Outlook",
        "取得適用於 iOS 的 Outlook",
        "從我的 Yahoo奇摩電子信箱 傳送",
        "---------- 该邮件从移动设备发送",
        "Sent from Lark Mail",
    ],
)
def test_remark_of_an_east_asian_client_is_no_text(remark: str) -> None:
    assert excerpt(f"{ANSWER}\n\n{remark}\n", "").new == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "请配置告警邮件：\n发件人：li@c.example\n时间：2026年3月3日 15:00\n主题：告警\n收件人：ops@c.example",
        "网站打不开。\n来自阿里云的流量全部丢失",
        "测试结果如下\n来自手机的访问很慢",
        "从华为手机上传失败\n从小米手机发送验证码收不到",
        "Sender: 10.0.0.1\nRecipient: 10.0.0.2\nDate: 2026-03-03\nis refused.",
        "李伟在2026年3月3日的邮件中写道：\n请先重启，但是没有用。",
        "---- 转发规则 ----\n80 到 8080 不通",
    ],
)
def test_text_that_only_resembles_an_east_asian_quote_or_remark_stays(text: str) -> None:
    assert excerpt(text, "").new == text


PAGES = {
    "new QQ": '<div>问题解决了。</div><div id="original-content"><div class="xm_mail_oringinal_describe">支持, 2026年3月3日</div><div>请确认。</div></div>',
    "Feishu": '<div>问题解决了。</div><div id="lark-mail-quote-174850268"><div>支持 2026年3月3日</div><div>请确认。</div></div>',
    "Netease Mail Master with a signature": '<div>问题解决了。</div><div id="imail_signature" class="ntes-signature">李伟<br>运维部</div><div class="ntes-mailmaster-quote">请确认。</div>',
    "Foxmail": '<div>问题解决了。</div><blockquote style="margin-top:0px"><div class="FoxDiv2026" id="FMOriginalContent">请确认。</div></blockquote>',
    "163 forwarding": '<div>问题解决了。</div><div id="isForwardContent">请确认。</div>',
    "Sina": '<div>问题解决了。</div><div id="origbody"><div>请确认。</div></div>',
    "Coremail": '<div>问题解决了。</div><blockquote name="replyContent" class="ReferenceQuote" style="padding-left:5px">请确认。</blockquote>',
}


@pytest.mark.parametrize("client", PAGES)
def test_reply_of_an_east_asian_client_in_html_alone_is_parted_from_its_quote(client: str) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\n\n" + PAGES[client].encode()
    assert parse(raw).excerpt.new == ANSWER
