import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail import charset, charset_labels

ZH = "数据库无法连接，请尽快处理"


@pytest.mark.parametrize(
    "label", [None, "us-ascii", "iso-8859-1", "utf-8", "gb2312", "GBK", "x-unknown", "unknown-8bit"]
)
@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "gb18030"])
def test_chinese_is_read_whatever_label_it_bears(encoding: str, label: str | None) -> None:
    assert charset.decode(ZH.encode(encoding), label) == ZH


@pytest.mark.parametrize("text", ["你好", "紧急", "测试", "宕机", "联通", "回复: ASAP"])
def test_short_chinese_is_read_without_a_label(text: str) -> None:
    assert charset.decode(text.encode("gbk"), None) == text


@pytest.mark.parametrize(
    ("text", "encoding", "label"),
    [
        ("朱镕基喆囍㐂", "gb18030", "gb2312"),
        ("資料庫無法連線", "big5", "big5"),
        ("成功 許功蓋", "cp950", "Big5"),
        ("喺度等緊，佢咗", "big5hkscs", "big5"),
        ("障害①㈱～ｱｲｳ", "cp932", "shift_jis"),
        ("障害報告", "iso2022_jp", "iso-2022-jp"),
        ("データベース", "euc_jp", "euc-jp"),
        ("데이터베이스 뷁", "cp949", "ks_c_5601-1987"),
        ("Größe – “ok”", "cp1252", "iso-8859-1"),
        ("Привет, мир", "koi8-r", "koi8-r"),
        ("İstanbul", "cp1254", "iso-8859-9"),
        ("数据库", "hz", "hz-gb-2312"),
        ("数据库", "utf-16", "utf-16"),
        ("数据库", "utf-16-be", "utf-16be"),
        ("数据库", "utf-7", "utf-7"),
    ],
)
def test_labels_are_read_as_the_sets_that_senders_mean(text: str, encoding: str, label: str) -> None:
    assert charset.decode(text.encode(encoding), label) == text


@pytest.mark.parametrize("text", ["障害報告", "데이터베이스 장애가 발생했습니다"])
def test_escape_sequences_and_korean_are_guessed_without_a_label(text: str) -> None:
    encoding = "iso2022_jp" if text[0] == "障" else "cp949"
    assert charset.decode(text.encode(encoding), None) == text


def test_japanese_vendor_characters_are_read_in_iso_2022_jp() -> None:
    assert charset.decode(b"\x1b$B-!\x1b(Babc", "iso-2022-jp") == "①abc"


def test_western_text_without_a_label_is_not_taken_for_chinese() -> None:
    assert charset.decode("Le café est fermé à Noël".encode("latin-1"), None) == "Le café est fermé à Noël"


def test_one_damaged_byte_costs_one_character() -> None:
    content = (ZH * 20).encode("gbk") + b"\xff" + (ZH * 20).encode("gbk")
    assert charset.decode(content, "gb2312") == ZH * 20 + "\ufffd" + ZH * 20


def test_utf_8_cut_at_the_end_is_still_utf_8() -> None:
    assert charset.decode((ZH * 20).encode()[:-1], None) == (ZH * 20)[:-1] + "\ufffd"


def test_two_byte_sequences_in_the_declared_set_are_not_taken_for_utf_8() -> None:
    assert charset.decode("莒".encode("gbk"), "gbk") == "莒"


@pytest.mark.parametrize(
    "label", ["rot13", "zlib", "idna", "undefined", "unicode_escape", "punycode", "\x00", "a" * 999]
)
def test_codecs_that_are_no_character_sets_are_refused(label: str) -> None:
    assert charset_labels.codec_of(label) == ""


def test_lone_surrogates_and_nul_are_replaced() -> None:
    assert charset.decode(b"a\x00b +2AA-", "utf-7") == "ab \ufffd"


@given(
    st.binary(max_size=300),
    st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["utf-16", "utf-7", "gbk", "hz"])),
)
def test_any_bytes_under_any_label_give_storable_text(content: bytes, label: str | None) -> None:
    text = charset.decode(content, label)
    assert "\x00" not in text
    text.encode()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=100))
def test_declared_utf_8_is_read_back(text: str) -> None:
    if "\x1b" not in text:
        assert charset.decode(text.encode(), "utf-8") == text
