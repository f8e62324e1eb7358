"""PDFs are drawn a few at once, each once while it is kept."""

from __future__ import annotations

import threading

import pytest

from web.report_press import Busy, Press


def test_document_is_drawn_once_while_it_is_kept() -> None:
    press, drawn = Press(), []

    def draw() -> bytes:
        drawn.append("once more")
        return b"%PDF"

    assert [press.drawn("a", draw), press.drawn("a", draw)] == [b"%PDF", b"%PDF"]
    assert drawn == ["once more"]


def test_documents_of_other_keys_are_drawn_for_themselves() -> None:
    press = Press()
    assert press.drawn((1, "en"), lambda: b"en") == b"en"
    assert press.drawn((1, "zh"), lambda: b"zh") == b"zh"


def test_oldest_documents_make_room() -> None:
    press = Press(most_bytes=10)
    press.drawn("a", lambda: b"123456")
    press.drawn("b", lambda: b"123456")
    assert press.drawn("b", lambda: b"again") == b"123456"
    assert press.drawn("a", lambda: b"again") == b"again"


def test_document_larger_than_all_room_is_handed_over_and_not_kept() -> None:
    press = Press(most_bytes=3)
    assert press.drawn("a", lambda: b"123456") == b"123456"
    assert press.drawn("a", lambda: b"again!") == b"again!"


def test_more_than_may_be_drawn_at_once_is_busy_and_free_again_afterwards() -> None:
    press = Press(at_once=1, patience_seconds=0.01)
    begun, enough = threading.Event(), threading.Event()

    def slow() -> bytes:
        begun.set()
        assert enough.wait(10)
        return b"slow"

    beside = threading.Thread(target=press.drawn, args=("slow", slow))
    beside.start()
    try:
        assert begun.wait(10)
        with pytest.raises(Busy):
            press.drawn("other", lambda: b"other")
    finally:
        enough.set()
        beside.join(10)
    assert press.drawn("other", lambda: b"other") == b"other"
    assert press.drawn("slow", lambda: b"again") == b"slow"


def test_place_is_free_again_after_a_fault() -> None:
    press = Press(at_once=1, patience_seconds=0.01)

    def fails() -> bytes:
        raise OSError("no font")

    for _ in range(2):
        with pytest.raises(OSError, match="no font"):
            press.drawn("a", fails)
    assert press.drawn("a", lambda: b"%PDF") == b"%PDF"
