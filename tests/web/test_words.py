from babel.messages.pofile import read_po

from gateway import i18n
from tests.web import desk as desks
from tests.web.catalogue import said
from tests.web.desk import Desk


def catalogue(language: str) -> dict[str, str]:
    path = i18n.CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        return {str(entry.id): str(entry.string) for entry in read_po(source) if entry.id}


def test_every_word_of_the_pages_is_in_both_catalogues() -> None:
    words = said()
    assert len(words) > 200
    assert words - catalogue("zh").keys() == set()
    assert words - catalogue("en").keys() == set()


def test_translations_name_the_same_values() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    for word in said():
        assert names(english[word]) == names(chinese[word]), word


def names(words: str) -> set[str]:
    return {part.split(")")[0] for part in words.split("%(")[1:]}


def test_chinese_pages_hold_no_english_sentence(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, held=True)
    client = desk.signed_in(language="zh")
    for path in ("/", f"/tickets/{number}", "/review", "/outbox", "/tickets/new"):
        page = client.get(path).text
        for word in ("Status", "Assign", "Priority", "Send", "Customer", "Queue", "Held", "Escalat"):
            assert f">{word}" not in page, (path, word)
