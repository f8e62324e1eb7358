"""Which ticket a mail continues, and how far that is trusted (invariant 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.domain import thread
from gateway.domain.thread import Hint, Key, Sender, Trust

PARTICIPANT = Sender(participant=True, colleague=True, dmarc_pass=False, dmarc_fail=False)
STRANGER = Sender(participant=False, colleague=False, dmarc_pass=False, dmarc_fail=False)


def trust(key: Key, **known: bool) -> Trust:
    sender = Sender(
        known.get("participant", False),
        known.get("colleague", False),
        known.get("dmarc_pass", False),
        known.get("dmarc_fail", False),
    )
    found = thread.continuation([Hint(key, 7)], sender)
    assert found is not None
    return found.trust


def test_mail_that_names_no_ticket_continues_none() -> None:
    assert thread.continuation([], PARTICIPANT) is None


@pytest.mark.parametrize("key", [Key.REPLY_ADDRESS, Key.MESSAGE_ID])
def test_what_only_we_know_speaks_for_a_participant(key: Key) -> None:
    assert trust(key, participant=True) is Trust.PARTICIPANT


@pytest.mark.parametrize("key", list(Key))
def test_failed_dmarc_never_speaks_as_the_customer(key: Key) -> None:
    assert trust(key, participant=True, colleague=True, dmarc_fail=True) is not Trust.PARTICIPANT


def test_subject_tag_alone_is_only_a_suggestion() -> None:
    assert trust(Key.SUBJECT_TAG, participant=True, colleague=True) is Trust.STRANGER


def test_signed_address_in_another_hand_is_held() -> None:
    assert trust(Key.REPLY_ADDRESS, dmarc_pass=True) is Trust.HELD


def test_known_message_identifier_in_another_hand_opens_a_ticket_of_its_own() -> None:
    assert trust(Key.MESSAGE_ID, dmarc_pass=True) is Trust.STRANGER


@pytest.mark.parametrize("key", list(Key))
def test_authenticated_colleague_of_the_customer_takes_part(key: Key) -> None:
    assert trust(key, colleague=True, dmarc_pass=True) is Trust.PARTICIPANT


@pytest.mark.parametrize("key", list(Key))
def test_unproved_colleague_does_not_speak_as_the_customer(key: Key) -> None:
    assert trust(key, colleague=True) is not Trust.PARTICIPANT


@given(key=some.sampled_from(Key), passed=some.booleans(), failed=some.booleans())
def test_a_stranger_never_speaks_as_the_customer(key: Key, passed: bool, failed: bool) -> None:
    assert trust(key, dmarc_pass=passed, dmarc_fail=failed) is not Trust.PARTICIPANT


def test_signed_address_outweighs_identifier_and_tag() -> None:
    hints = [Hint(Key.SUBJECT_TAG, 1), Hint(Key.MESSAGE_ID, 2), Hint(Key.REPLY_ADDRESS, 3)]
    found = thread.continuation(hints, PARTICIPANT)
    assert found is not None and (found.ticket, found.key) == (3, Key.REPLY_ADDRESS)


def test_first_hint_of_equal_strength_is_followed() -> None:
    found = thread.strongest([Hint(Key.MESSAGE_ID, 5), Hint(Key.MESSAGE_ID, 4)])
    assert found == Hint(Key.MESSAGE_ID, 5)


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("[HD-1042] Report", 1042),
        ("Re: 答复: [HD-7] 报表", 7),
        ("Report HD-1042", None),
        ("[HD-0000000001042]", None),
        ("[HD-１０４２]", None),
        ("[XX-1042]", None),
        ("[HD--1]", None),
    ],
)
def test_tag_of_a_subject(subject: str, number: int | None) -> None:
    assert thread.tagged(subject, "HD") == number


@given(some.text())
def test_any_subject_is_read_without_a_fault(subject: str) -> None:
    found = thread.tagged(subject, "HD")
    assert found is None or 0 <= found < 10**12


def test_hostile_subject_is_read_at_once() -> None:
    assert thread.tagged("[HD-" * 200_000, "HD") is None
