"""YAML read without trusting it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.operations.yaml_tree import LARGEST_BYTES, Fault, Fields, Scalar, Unreadable, read


def faults_of(content: bytes) -> list[Fault]:
    with pytest.raises(Unreadable) as raised:
        read(content)
    return raised.value.faults


def test_values_keep_their_text_and_line() -> None:
    tree, faults = read(b"\nnumber: 007\n")
    assert tree == Fields(2, {"number": (2, Scalar(2, "007", "int"))})
    assert faults == []


def test_empty_file_is_an_empty_mapping() -> None:
    assert read(b"# nothing\n") == (Fields(1, {}), [])


def test_byte_order_mark_is_no_content() -> None:
    assert read(b"\xef\xbb\xbfa: 1\n") == read(b"a: 1\n")


def test_second_field_of_the_same_name_is_a_fault_of_its_line() -> None:
    assert read(b"a: 1\nb: 2\na: 3\n")[1] == [Fault(3, "a stands twice (first in line 1)")]


def test_syntax_fault_names_its_line() -> None:
    assert faults_of(b"a: 1\nb: [1\nc: 2\n")[0].line == 3


def test_second_document_is_refused() -> None:
    assert "document" in faults_of(b"a: 1\n---\nb: 2\n")[0].text


@pytest.mark.parametrize("open_bracket", [b"[", b"{a: ", b"- "])
def test_depth_is_bounded_before_it_costs_stack(open_bracket: bytes) -> None:
    assert faults_of(open_bracket * 1_000_000)[0].text == "nested deeper than 20 levels"


def test_number_of_entries_is_bounded() -> None:
    assert faults_of(b"-\n" * 600_000)[0].text == "too many entries in one file"


def test_large_file_is_refused() -> None:
    assert faults_of(b"#" * (LARGEST_BYTES + 1)) == [Fault(1, "the file is larger than 5 MB")]


def test_alias_shares_the_tree_of_its_anchor() -> None:
    tree, _ = read(b"a: &x [1]\nb: *x\n")
    assert isinstance(tree, Fields)
    assert tree.entries["a"][1] is tree.entries["b"][1]


def test_alias_bomb_is_read_without_being_multiplied() -> None:
    lines = [b"a0: &a0 [x, x]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 40)]
    assert isinstance(read(b"\n".join(lines))[0], Fields)


def test_anchor_inside_itself_is_refused() -> None:
    assert faults_of(b"a: &x\n  - *x\n") == [Fault(1, "an alias inside of its own anchor")]


def test_tag_of_python_constructs_nothing() -> None:
    tree, faults = read(b"a: !!python/name:os.system x\n")
    assert faults == [Fault(1, "the tag !!python/name:os.system is not allowed here")]
    assert isinstance(tree, Fields)


def test_merging_is_told_to_be_unknown() -> None:
    assert read(b"a: &x {b: 1}\nc:\n  <<: *x\n")[1][0].line == 3


@pytest.mark.parametrize("content", [b"a: \xff\n", b"ok: 1\na: \x01\n", b'a: "\\ud800"\n', b"a: *nobody\n"])
def test_unreadable_content_is_told_and_never_raised_as_something_else(content: bytes) -> None:
    assert faults_of(content)


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!'\"\n #|>", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except Unreadable as unreadable:
        assert unreadable.faults
