from datetime import UTC, datetime, timedelta
from gettext import GNUTranslations

import pytest
from babel.messages.pofile import read_po

from gateway import i18n
from gateway.domain.terms import Priority, Service, Target

AT = datetime(2026, 11, 16, 3, 3, 59, tzinfo=UTC)
STATUSES = ("new", "open", "waiting-customer", "waiting-aws", "waiting-third-party", "resolved", "closed")


def catalogue(language):
    path = i18n.CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    return {entry.id: entry.string for entry in read_po(path.open("rb")) if entry.id}


def test_instant_in_english_names_time_weekday_and_day():
    assert i18n.instant(AT, "Asia/Singapore", "en") == "11:03, Monday 16 November"


def test_instant_in_chinese_names_day_weekday_and_time():
    assert i18n.instant(AT, "Asia/Shanghai", "zh") == "11 月 16 日（周一）11:03"


def test_instant_crosses_midnight_with_its_zone():
    assert i18n.instant(AT, "America/New_York", "en") == "22:03, Sunday 15 November"


@pytest.mark.parametrize(
    ("zone", "english", "chinese"),
    [
        ("Asia/Singapore", "Singapore time (UTC+8)", "新加坡时间（UTC+8）"),
        ("Asia/Shanghai", "Beijing time (UTC+8)", "北京时间（UTC+8）"),
        ("Asia/Hong_Kong", "Hong Kong time (UTC+8)", "香港时间（UTC+8）"),
        ("America/New_York", "New York time (UTC\N{MINUS SIGN}5)", "纽约时间（UTC\N{MINUS SIGN}5）"),
        ("Asia/Kolkata", "Kolkata time (UTC+5:30)", "Kolkata时间（UTC+5:30）"),
        ("UTC", "UTC", "UTC"),
        ("Etc/GMT-3", "UTC+3", "UTC+3"),
        ("Nowhere/Atall", "UTC", "UTC"),
        ("../../etc/passwd", "UTC", "UTC"),
        ("", "UTC", "UTC"),
    ],
)
def test_zone_is_named_after_its_city_with_its_offset(zone, english, chinese):
    assert (i18n.zone_name(zone, "en", AT), i18n.zone_name(zone, "zh", AT)) == (english, chinese)


def test_zone_shows_the_offset_of_the_season():
    assert i18n.zone_name("Europe/Berlin", "en", datetime(2026, 7, 1, tzinfo=UTC)) == "Berlin time (UTC+2)"


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(hours=2, minutes=31), "2 h 31 min", "2 小时 31 分"),
        (timedelta(hours=72), "72 h", "72 小时"),
        (timedelta(minutes=5, seconds=59), "5 min", "5 分"),
        (timedelta(seconds=45), "45 s", "45 秒"),
        (timedelta(), "0 s", "0 秒"),
    ],
)
def test_duration_is_said_in_hours_and_minutes(length, english, chinese):
    assert (i18n.duration(length, "en"), i18n.duration(length, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("remaining", "english", "chinese"),
    [
        (timedelta(minutes=21), "21 min left", "剩 21 分钟"),
        (timedelta(minutes=-12), "12 min late", "超时 12 分钟"),
        (timedelta(hours=1, minutes=5), "1 h 5 min left", "剩 1 小时 5 分"),
        (timedelta(seconds=-30), "30 s late", "超时 30 秒"),
        (timedelta(), "0 s left", "剩 0 秒"),
    ],
)
def test_time_left_says_left_or_late(remaining, english, chinese):
    assert (i18n.left(remaining, "en"), i18n.left(remaining, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(hours=1), "hour", "小时"),
        (timedelta(hours=24), "24 hours", "24 小时"),
        (timedelta(minutes=90), "90 minutes", "90 分钟"),
    ],
)
def test_period_follows_every(length, english, chinese):
    assert (i18n.period(length, "en"), i18n.period(length, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("code", "default", "language"),
    [
        ("zh-Hans", "en", "zh"),
        ("zh-Hant", "en", "zh"),
        ("zh_TW", "en", "zh"),
        ("en-GB", "zh", "en"),
        ("ja", "en", "en"),
        ("ja", "zh", "zh"),
        ("", "zh", "zh"),
    ],
)
def test_letter_language_follows_the_reader(code, default, language):
    assert i18n.letter_language(code, default) == language


def test_chinese_catalogue_translates_every_english_word():
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    assert [word for word, said in chinese.items() if not said] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_compiled_catalogue_is_that_of_its_source(language):
    found = i18n.words(language)
    assert isinstance(found, GNUTranslations)
    assert {word: found.gettext(word) for word in catalogue(language)} == catalogue(language)


@pytest.mark.parametrize("code", [*Priority, *Service, *Target, *STATUSES])
def test_every_code_has_a_word_in_both_languages(code):
    assert catalogue("zh")[i18n.label(code, "en")] == i18n.label(code, "zh")


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_has_the_definition_of_the_contract(priority):
    assert i18n.definition(priority, "en") in catalogue("zh")


def test_customer_reads_that_we_wait_for_them():
    assert i18n.customer_label("waiting-customer", "zh") == "等待您答复"
    assert i18n.customer_label("resolved", "zh") == "已解决"
