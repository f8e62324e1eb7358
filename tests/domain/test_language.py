"""Languages told apart, and prose in two of them."""

import time

import pytest

from gateway.domain import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好，生产环境的数据库连不上了，请尽快处理。", "zh-Hans"),
        ("您好，正式環境的資料庫連不上，請盡快處理。", "zh-Hant"),
        ("EKS 节点 NotReady，ALB 返回 502，看下 CloudWatch", "zh-Hans"),
        ("お世話になっております。本番環境が停止しています。", "ja"),
        ("안녕하세요. 운영 서버에 접속할 수 없습니다.", "ko"),
        ("The production site is down for all our users.", "en"),
        ("Guten Tag, wir können uns seit heute nicht mehr anmelden. Bitte um Hilfe.", "de"),
        ("Bonjour, le site est inaccessible depuis ce matin, merci de nous aider.", "fr"),
        ("Hola, no podemos entrar en el sistema desde esta mañana, gracias.", "es"),
        ("Olá, não conseguimos entrar no sistema desde hoje, obrigado.", "pt"),
        ("Здравствуйте, сайт не открывается с утра.", "ru"),
        ("", "en"),
        ("12345 !!!", "en"),
    ],
)
def test_language_is_told_from_scripts_and_small_words(text: str, expected: str) -> None:
    assert language.detect(text) == expected


def test_chinese_mail_around_an_english_log_is_chinese() -> None:
    text = "线上报错，日志如下：\nERROR: remaining connection slots are reserved for non-replication superuser connections"
    assert language.detect(text) == "zh-Hans"


def test_an_english_log_under_chinese_prose_is_not_a_second_language() -> None:
    text = "线上报错，日志如下：\nERROR: remaining connection slots are reserved for non-replication superuser connections"
    assert not language.is_mixed(text)


def test_prose_in_both_languages_is_mixed() -> None:
    assert language.is_mixed("Hi team, 我们的登录接口全部报错, could you please check it now? 客户在等。")


def test_product_names_do_not_make_a_chinese_mail_mixed() -> None:
    assert not language.is_mixed("请问 RDS for MySQL 和 Aurora Serverless v2 哪个更适合我们的 EKS 应用？")


def test_a_megabyte_of_one_letter_is_read_at_once() -> None:
    started = time.monotonic()
    language.detect("a" * 1_000_000)
    language.is_mixed("中" * 1_000_000)
    assert time.monotonic() - started < 10
