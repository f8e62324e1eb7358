"""What an answer to "is it fixed?" does, as customers write it: only a plain yes closes (P4)."""

from __future__ import annotations

import time

import pytest

from gateway.domain import answers, intent
from gateway.domain.intent import Kind
from gateway.mail.reader import trained

CONFIRMS = [
    "confirm", "Confirm.", "CONFIRMED", "Confirmed, thanks", "Yes, confirmed.", "I confirm.",
    "We confirm it is fixed", "works now", "Works now, thank you!", "It works now.", "it works", "It works!",
    "Works.", "Works for me", "Working now", "It's working again", "It is working", "all good now",
    "All good, thanks", "All good", "Looks good", "Looks good to us, thanks Chen", "fixed", "Fixed, thanks!",
    "It is fixed", "It's fixed now", "yes it is fixed", "Yes", "Yes, it is fixed.",
    "Yes it's resolved now. Thank you", "resolved", "Resolved, thanks", "Solved", "Problem solved",
    "The problem is solved, thank you very much", "issue resolved", "That did the trick",
    "that fixed it, cheers", "Thanks, works now", "thanks, works now",
    "Thanks a lot, everything is working again", "Thank you, that solved it",
    "Thanks! Please close the ticket.", "You can close this", "you may close this ticket", "Please close",
    "Please go ahead and close it.", "Close it please", "ok to close", "OK, closing is fine", "Good to close",
    "We tested it and it works", "Tested, works fine.", "Verified, it's OK now", "Back to normal, thanks",
    "Everything is back to normal", "Service is back", "It's back up, thanks", "The site is up again",
    "The errors are gone", "Problem is gone", "No more errors since yesterday", "no issues since the fix",
    "Great, it works! Thanks for the quick help", "Perfect, works like a charm", "Can log in again, thanks",
    "I can access it again now", "It works again, no more timeouts", "确认", "确认解决", "确认解决。", "确认已解决，谢谢", "已解决",
    "已解决。", "已解决，谢谢", "已经解决了", "问题已解决", "问题解决了，感谢", "解决了", "好了", "好了，谢谢", "已经好了", "可以了", "可以了，谢谢！", "现在可以了",
    "现在正常了", "恢复正常了", "已恢复", "已恢复正常，谢谢", "恢复了", "没问题了", "没问题了，谢谢", "现在没问题", "OK了", "ok了，谢谢", "ok，可以关闭", "可以关单了",
    "请关闭工单", "可以关闭工单了", "关闭吧", "可以结单", "搞定了，多谢", "测试通过", "验证通过，可以关闭", "测试正常，谢谢", "能用了", "可以用了", "现在能访问了",
    "可以登录了", "不报错了", "没有再报错了", "确认恢复", "确认没问题", "是的，已解决", "嗯，解决了", "問題已解決，謝謝", "已經好了", "可以了，謝謝", "確認解決",
    "搞掂晒，唔該", "一切正常", "系统运行正常", "业务已恢复", "网站可以打开了",
]  # fmt: skip
CONTRADICTS = [
    "not fixed", "Not fixed.", "NOT FIXED", "It is not fixed", "still not fixed", "Still not working",
    "Not working", "It is not working", "doesn't work", "It doesn't work", "It does not work yet",
    "It didn't work", "did not help", "no", "No, still the same", "No.", "Nope, still down", "still broken",
    "thanks but still broken", "Thanks, but it is still broken", "Thank you, but the problem is back",
    "Thanks for the effort, unfortunately it still fails", "It is still slow", "still slow",
    "The error is back", "It came back", "Same error again", "same problem", "It happened again",
    "The issue persists", "problem persists", "Problem still exists", "Unfortunately not",
    "Unfortunately the issue is not resolved", "not resolved", "not solved", "unresolved",
    "This is not solved at all", "Please do not close", "Don't close it yet", "please reopen", "Reopen",
    "We need to reopen this ticket", "It worked for an hour, then failed again",
    "It works for me but not for my colleagues", "Works on one server, but the other still fails",
    "It was fixed but now it is broken again", "only partly fixed", "partially resolved",
    "half of the users still cannot log in", "I still can't log in", "Cannot log in", "We still see 502 errors",
    "still getting timeouts", "I am still seeing errors", "still happening", "No change", "no improvement",
    "worse than before", "It got worse", "Is not fixed, please check again", "It isn't fixed", "isn't working",
    "I cannot confirm, it still fails", "We can't confirm this, the site is down again", "This did not fix it",
    "That did not solve the problem", "Not yet", "not really", "I don't think it is resolved", "It's not OK",
    "Nothing changed", "nothing works", "未解决", "未解决。", "没解决", "没有解决", "还没解决", "还没有解决", "问题还没解决", "没好", "还没好",
    "还是不行", "还是不行，谢谢", "不行", "不行，还是报错", "依然报错", "仍然报错", "仍然无法登录", "还是打不开", "还是很慢", "还是有问题", "问题还在", "问题依旧",
    "又出现了", "又不行了", "又报错了", "刚才又断了", "还在报错", "没有恢复", "未恢复", "没恢复", "无法确认，仍有超时", "谢谢，但还是不行", "谢谢，但问题还在",
    "感谢，不过还是报错", "部分用户还是无法登录", "只解决了一部分", "部分解决", "好了一会儿又不行了", "昨天好了，今天又坏了", "请不要关闭", "先不要关单", "请重新打开", "重开",
    "没用", "没有效果", "更严重了", "更慢了", "同样的错误", "一样的问题", "问题重现了", "并没有修好", "没修好", "尚未解决", "仍未解决", "還沒解決", "還是不行",
    "問題仍在", "仲系唔得", "未搞掂", "不能用", "还是不能用", "无法访问", "打不开", "没有变化", "不太行", "没有好",
]  # fmt: skip
THANKS = [
    "thanks", "Thanks!", "Thank you", "Thank you very much", "thank you so much for your help", "Thanks Chen",
    "Thanks a lot!", "Many thanks", "thx", "Cheers", "Great, thanks", "Much appreciated",
    "Thanks for the quick response", "Ok, thanks", "OK thank you", "Thanks, will check", "Got it, thanks",
    "received, thanks", "Perfect, thanks!", "谢谢", "谢谢！", "谢谢您", "多谢", "非常感谢", "感谢支持", "辛苦了", "辛苦了，谢谢", "收到，谢谢",
    "好的，谢谢", "ok，谢谢", "谢谢陈工", "谢谢，我们先观察一下", "收到", "好的", "感谢您的帮助", "謝謝", "唔該", "3q", "ok", "OK.", "Noted.", "好的",
    "知道了",
]  # fmt: skip
LATER = [
    "We will confirm tomorrow", "I'll confirm after testing", "I will check and confirm",
    "Will test and let you know", "We think it might be fixed, give us a day",
    "Looks good so far, we will monitor", "Seems to work, will watch it over the weekend",
    "Thanks, we will check", "我们明天确认", "稍后确认", "我确认一下", "确认一下再回复", "等测试后再确认", "先观察一下，暂时正常", "暂时好了，再观察两天",
    "好像好了，我们再看看", "收到，明天确认",
]  # fmt: skip
NO_PLAIN_YES = [
    "Let me confirm with the team first", "Can you confirm it is fixed?", "Please confirm when it is done",
    "Please confirm the root cause", "I can confirm the error is still there", "I can confirm it fails",
    "We confirm that users cannot log in", "I cannot confirm this yet",
    "Cannot confirm, nobody is in the office", "Confirmed: it is down", "Yes, it is down again",
    "It works except for the reports page", "Works except printing",
    "It works now, but the reports page is blank", "Works now but very slow",
    "It works on my laptop, not on the server", "Is it fixed?", "Has it been resolved?",
    "When will it be resolved?", "Is it solved now?", "What was fixed?", "Was this resolved on your side?",
    "Who resolved this?", "It should be fixed by tomorrow", "We need this solved today",
    "Please get this resolved", "Can you make sure it works", "I hope it works", "Hope this is solved soon",
    "If it works we will close", "Once it is fixed tell us", "Do not close until we confirm",
    "Please do not close this ticket until it is resolved", "It was resolved for an hour",
    "it worked yesterday", "The first issue is resolved, the second is not", "One of the two problems is fixed",
    "Login works, upload fails", "Everything works apart from email", "I don't think it's fixed",
    "Not sure it is fixed", "Hard to say if it works", "It is fixed in staging, production still to do",
    "staging works, prod doesn't", "no more space on disk", "All good on our side but users complain",
    "The error is gone but now another one appears", "I have closed the laptop", "Please close port 22",
    "close the security group", "Works only from the office", "Works sometimes", "It works intermittently",
    "Mostly works", "It kind of works", "请确认是否解决", "请问解决了吗", "解决了吗？", "已经解决了吗", "什么时候能解决", "好了吗", "恢复了吗？",
    "是否已恢复", "请尽快恢复正常", "希望尽快解决", "等恢复正常再关闭", "解决之前不要关闭", "确认仍有问题", "我确认还是报错", "登录好了，上传还是失败", "登录可以了，但是报表打不开",
    "网站可以打开了，不过很慢", "部分恢复了", "一部分用户恢复了", "大部分好了，还有几个不行", "现在可以了，不知道会不会再出现", "还没完全好", "基本恢复，个别用户还有问题",
    "测试环境好了，生产还没", "第一个问题解决了，第二个没有", "只有办公室可以用", "有时可以有时不行", "时好时坏", "偶尔还会报错", "应该解决了吧？", "你们确认解决了？", "请确认",
    "麻烦确认下原因", "可以关闭22端口吗", "请关闭端口", "不能关闭工单", "先别关闭工单", "暂不关闭", "无法确认", "不确定是否解决", "没法确认解决", "确认收到", "现在正常了吗",
    "如果没问题了再关", "未搞掂", "只解决了一部分", "并没有解决",
    "It is fixed. Thanks for your help. Could you send the invoice next week?",
    "Works now. How did you fix it?",
]  # fmt: skip


def answer(text: str) -> Kind:
    """What a mail on a resolved ticket says, read as the desk reads it."""
    read = intent.read("Re: [HD-1042] Report page slow", text, model=trained("escalation"))
    return answers.to_resolution(text, read.kind)


@pytest.mark.parametrize("text", CONFIRMS)
def test_plain_yes_confirms(text: str) -> None:
    assert answer(text) is Kind.CONFIRM


@pytest.mark.parametrize("text", CONTRADICTS)
def test_contradiction_reopens(text: str) -> None:
    assert answer(text) not in (Kind.CONFIRM, Kind.THANKS)


@pytest.mark.parametrize("text", ["not fixed", "No.", "Thanks, but it is still broken", "I can't confirm that, it fails",
                                  "It works for me but not for my colleagues", "未解决", "只解决了一部分", "谢谢，但还是不行"])  # fmt: skip
def test_plain_contradiction_is_read_as_one(text: str) -> None:
    assert answer(text) is Kind.NOT_FIXED


@pytest.mark.parametrize("text", THANKS)
def test_bare_thanks_and_bare_receipt_change_nothing(text: str) -> None:
    assert answer(text) is Kind.THANKS


@pytest.mark.parametrize("text", LATER)
def test_promise_to_look_changes_nothing(text: str) -> None:
    assert answer(text) is Kind.THANKS


@pytest.mark.parametrize("text", NO_PLAIN_YES)
def test_question_condition_and_half_a_yes_never_close(text: str) -> None:
    assert answer(text) not in (Kind.CONFIRM, Kind.THANKS)


def test_wish_for_somebody_higher_stays_one() -> None:
    assert answer("It works now, but please escalate to your manager.") is Kind.ESCALATE


def test_long_text_with_a_yes_in_it_does_not_close() -> None:
    assert answer("It works now. " + "Next week we plan to move the shop. " * 40) is not Kind.CONFIRM


def test_signature_below_a_yes_does_not_matter() -> None:
    assert answer("Yes\n\nLi Na") is Kind.CONFIRM
    assert answer("works now\n\nBest regards,\nLi Na\nHarbourline Logistics") is Kind.CONFIRM


def test_hostile_length_does_not_hang() -> None:
    started = time.monotonic()
    for piece in ("can you ", "will a b c d ", "it is now ", "不再", "没有任何"):
        answers.to_resolution(piece * 50_000, Kind.CONFIRM)
    assert time.monotonic() - started < 10
