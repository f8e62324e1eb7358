"""AWS Health's codes have words in both languages."""

from babel.messages.pofile import read_po

from gateway import i18n
from gateway.domain import health_advice
from gateway.tickets import health_words


def test_every_advice_has_a_sentence() -> None:
    assert set(health_words.ADVICE) == set(health_advice.CODES)


def test_every_word_is_in_both_catalogues() -> None:
    for language in ("en", "zh"):
        path = i18n.CATALOGUES / language / "LC_MESSAGES" / "messages.po"
        with path.open("rb") as file:
            known = {str(entry.id): str(entry.string) for entry in read_po(file)}
        assert [word for word in health_words.everything() if not known.get(word)] == []


def test_names_in_a_row_end_after_twenty() -> None:
    numbers = [str(each) for each in range(25)]
    assert health_words.listed(numbers, "en").endswith("18, 19 and 5 more")
    assert health_words.listed(numbers, "zh").endswith("18、19 等 25 个")
