"""RFC 3676, sentence by sentence."""

from __future__ import annotations

import pytest

from gateway.mail.flowed import unfold
from gateway.mail.parse import parse


@pytest.mark.parametrize(("sent", "shown"), [
    ("The disk \nis full.", "The disk is full."),
    ("One.\nTwo.", "One.\nTwo."),
    ("a \n\nb", "a \n\nb"),
    (" From here\n > not quoted\n  two blanks", "From here\n> not quoted\n two blanks"),
    ("> a \n> b\n> c", "> a b\n> c"),
    (">> a \n> b", ">> a \n> b"),
    (">a \n>b", "> a b"),
    ("> > a \n> > b", "> > a > b"),
    ("text \n> quote", "text \n> quote"),
    ("Li \n-- \nHarbour \nOps", "Li \n-- \nHarbour Ops"),
    ("> text \n> -- \n> Li", "> text \n> -- \n> Li"),
    ("ends softly ", "ends softly "),
    ("", ""),
])  # fmt: skip
def test_lines_flow_as_the_rfc_says(sent: str, shown: str) -> None:
    assert unfold(sent) == shown


@pytest.mark.parametrize(("sent", "shown"), [
    ("数据 \n库宕 \n机", "数据库宕机"),
    ("two  \nwords", "two words"),
    ("> 数据 \n> 库", "> 数据库"),
    ("-- \nLi", "-- \nLi"),
])  # fmt: skip
def test_delsp_takes_the_blank_of_the_break_away(sent: str, shown: str) -> None:
    assert unfold(sent, delete_space=True) == shown


def test_parameters_of_the_part_decide() -> None:
    header = b"From: li@harbour.example\nContent-Type: text/plain; charset=utf-8; "
    body = "\n\n数据 \n库".encode()
    assert parse(header + b"Format=Flowed; DelSp=Yes" + body).text == "数据库"
    assert parse(header + b"format=flowed" + body).text == "数据 库"
    assert parse(header + b"format=fixed; delsp=yes" + body).text == "数据 \n库"


def test_reply_is_told_from_a_quote_that_flows() -> None:
    raw = (b"From: li@harbour.example\nContent-Type: text/plain; format=flowed\n\nStill down since the \nrestart.\n\n"
           b"On 3 Mar 2026 at 15:00, Desk <desk@desk.example> wrote:\n> Is it \n> up?\n")  # fmt: skip
    excerpt = parse(raw).excerpt
    assert excerpt.new == "Still down since the restart."
    assert excerpt.quoted.endswith("> Is it up?")
