"""Tables, lists and pictures of the letters' markup."""

from __future__ import annotations

from gateway.mail.markup import Block, blocks, inert, to_text


def only(source: str) -> Block:
    [block] = blocks(source)
    return block


def test_table_has_a_head_and_aligned_columns_of_figures() -> None:
    block = only("#| Priority | Decided > | Kept >\n#| High | 14 | 13")
    assert block.rows == (("Priority", "Decided", "Kept"), ("High", "14", "13"))
    assert block.right == {1, 2}


def test_row_is_as_long_as_the_head() -> None:
    assert only("#| A | B\n#| 1\n#| 1 | 2 | 3").rows[1:] == (("1", ""), ("1", "2"))


def test_value_makes_no_cell_no_row_and_no_list() -> None:
    block = only(f"#| A | B\n#| {inert('a | b')} | {inert('* c')}")
    assert to_text([block], ": ") == "a | b: B: * c\n"
    assert only(inert("#| A | B")).kind == "paragraph"
    assert only(inert("* c")).kind == "paragraph"


def test_table_reads_as_lines_where_there_are_no_columns() -> None:
    block = only("#| Ticket | Priority | Late >\n#| HD-7 | High | 12 min\n#| HD-8 | | 3 min")
    assert to_text([block], ": ") == "HD-7: Priority: High; Late: 12 min\nHD-8: Late: 3 min\n"


def test_items_are_listed_and_numbered() -> None:
    assert to_text(blocks("* one\n* two\nand more\n\n*. first\n*. second"), ": ") == (
        "- one\n- two\nand more\n\n1. first\n2. second\n"
    )


def test_picture_is_read_as_its_words() -> None:
    block = only("#! attainment Attainment by priority")
    assert (block.pairs, to_text([block], ": ")) == (
        (("attainment", "Attainment by priority"),),
        "Attainment by priority\n",
    )
