from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError, meta
from selectolax.lexbor import LexborHTMLParser

from gateway.domain.terms import Priority
from gateway.mail import letters
from gateway.mail.letter_html import UnsafeLink
from gateway.mail.letter_samples import words
from gateway.mail.letter_variants import VARIANTS
from gateway.mail.letters import render

ENVIRONMENT = letters.environment()
GOLDEN = Path(__file__).parent / "letters"
LANGUAGES = ("en", "zh")

CASES = [(name, variant, language) for name, variant in VARIANTS for language in LANGUAGES]


def letter(name="acknowledgement", language="en", **changes):
    return render(ENVIRONMENT, name, language, words(language, **changes))


def shown_text(html):
    """What a reader of the HTML sees, in one line."""
    tree = LexborHTMLParser(html)
    for hidden in tree.css("style, title, div[style*='display:none']"):
        hidden.decompose()
    return " ".join(tree.body.text(separator=" ").split())


@pytest.mark.parametrize(("name", "variant", "language"), CASES)
def test_letter_reads_as_its_golden_file(name, variant, language):
    made = letter(name, language, **VARIANTS[name, variant])
    golden = GOLDEN / f"{name}{'-' + variant if variant else ''}.{language}.txt"
    assert f"Subject: {made.subject}\n\n{made.text}" == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", letters.OPTIONAL)
def test_letter_asks_for_the_same_words_in_both_languages(name):
    asked = [
        meta.find_undeclared_variables(
            ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, f"{language}/{name}.txt")[0])
        )
        for language in LANGUAGES
    ]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_file_is_a_named_letter(language):
    found = {path.stem for path in (letters.TEMPLATES / language).glob("*.txt")}
    assert found == set(letters.OPTIONAL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", letters.OPTIONAL)
def test_letter_lists_the_words_it_asks_for(name, language):
    source = (letters.TEMPLATES / language / f"{name}.txt").read_text(encoding="utf-8")
    comment = source[: source.index("#}")]
    required, optional = comment.split("Words:")[1].split("Optional:")
    asked = meta.find_undeclared_variables(ENVIRONMENT.parse(source))
    assert asked - {"zone"} == (set(required.split()) | set(optional.split())) - {"zone"}
    assert set(optional.split()) == letters.OPTIONAL[name]


@pytest.mark.parametrize(("name", "variant", "language"), CASES)
def test_html_says_every_line_of_the_text(name, variant, language):
    made = letter(name, language, **VARIANTS[name, variant])
    html = shown_text(made.html).replace(" ", "")
    for line in made.text.splitlines():
        for word in line.removeprefix("-- ").split():
            if not word.startswith(("http", "(http")) and "：http" not in word:
                assert word.replace("：", "").rstrip(":") in html.replace("：", "")


@pytest.mark.parametrize(("name", "variant", "language"), CASES)
def test_letter_needs_nothing_from_elsewhere(name, variant, language):
    made = letter(name, language, **VARIANTS[name, variant])
    tree = LexborHTMLParser(made.html)
    assert tree.css("img, script, link, iframe, object, form, svg, base") == []
    assert "url(" not in made.html


@pytest.mark.parametrize(("name", "variant", "language"), CASES)
def test_tables_hold_facts_and_no_sentences(name, variant, language):
    made = letter(name, language, **VARIANTS[name, variant])
    keys = [cell.text() for cell in LexborHTMLParser(made.html).css("th")]
    assert all(len(key) <= 20 for key in keys)
    assert len(keys) == len(set(keys))
    assert made.html.count("<th ") == 0 or made.html.count('<table width="100%"') == 1


def test_unauthenticated_acknowledgement_carries_nothing_the_sender_wrote():
    made = letter(
        authenticated=False, subject="BUY NOW", requester="Visit spam.example", contract_number="NQ-1"
    )
    everything = made.subject + made.text + made.html
    for secret in ("BUY NOW", "spam.example", "NQ-1", "/tickets/", "/e/5f0c"):
        assert secret not in everything


def test_acknowledgement_in_html_escapes_the_subject():
    made = letter(subject='<script>alert(1)</script> & "quotes"')
    assert "<script>" not in made.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;" in made.html


@pytest.mark.parametrize(
    "written", ["***", "[Win](https://evil.example)", "**bold**", "{{ 7 * 7 }}", "{% raw %}", "# top", "---"]
)
def test_customers_words_are_neither_markup_nor_template(written):
    made = letter(subject=written)
    assert f"\nSubject: {written}\n" in made.text
    assert "https://evil.example" not in [
        link.attributes["href"] for link in LexborHTMLParser(made.html).css("a")
    ]
    assert made.html.count("<strong>") == 3


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\0"])
def test_line_break_in_a_subject_starts_no_line(end):
    made = letter("reply", subject=f"disk full{end}Bcc: victim@elsewhere.example")
    assert made.subject == "Re: [HD-1042] disk full Bcc: victim@elsewhere.example"


def test_line_break_in_a_value_starts_no_fact():
    made = letter(subject="disk full\n\nPriority: Low")
    assert "Subject: disk full  Priority: Low\n" in made.text


def test_bidi_overrides_of_a_subject_are_dropped():
    assert "Subject: abcdef\n" in letter(subject="abc\u202edef").text


def test_subject_of_a_letter_is_bounded():
    assert len(letter("reply", subject="long " * 1000).subject) == 250


def test_reply_keeps_lines_and_indentation_in_both_texts():
    made = letter("reply")
    assert "second router:\n  vgw-1 -> vgw-2\n\nPlease" in made.text
    assert "second router:<br>\n&nbsp; vgw-1 -&gt; vgw-2<br>\n<br>\nPlease" in made.html


def test_reply_that_looks_like_markup_stays_as_written():
    made = letter("reply", text="# not a heading\n\n***\n\n~ quiet\n\nKey: value", status=None)
    assert "# not a heading\n\n***\n\n~ quiet\n\nKey: value" in made.text
    assert "<h1" not in made.html


@pytest.mark.parametrize("missing", ["ticket", "provider", "priority", "zone", "received_at", "progress"])
def test_missing_required_word_is_a_fault(missing):
    wanted = words("en")
    del wanted[missing]
    with pytest.raises(UndefinedError):
        render(ENVIRONMENT, "acknowledgement", "en", wanted)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", letters.OPTIONAL)
def test_optional_words_may_be_absent(name, language):
    wanted = {key: value for key, value in words(language).items() if key not in letters.OPTIONAL[name]}
    made = render(ENVIRONMENT, name, language, wanted)
    assert "None" not in made.subject + made.text + made.html


def test_link_to_a_script_is_refused():
    with pytest.raises(UnsafeLink):
        letter(link="javascript:alert(1)")


def test_link_with_parentheses_and_quotes_stays_whole():
    made = letter(link='https://desk.example/a(b)?c="d"&e=[f]')
    assert (
        LexborHTMLParser(made.html).css_first("td.bt a").attributes["href"]
        == 'https://desk.example/a(b)?c="d"&e=[f]'
    )
    assert 'Open the ticket: https://desk.example/a(b)?c="d"&e=[f]\n' in made.text


def test_codes_may_be_given_as_enumerations():
    assert "Priority: Low (" in letter(priority=Priority.LOW).text


def test_times_stand_in_the_zone_of_the_customer():
    made = letter(zone="America/New_York", first_response_due_at=datetime(2026, 11, 16, 3, 3, tzinfo=UTC))
    assert "by 22:03, Sunday 15 November" in made.text
    assert "Times are New York time (UTC\N{MINUS SIGN}5)." in made.text


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_words_make_a_letter_that_can_be_encoded(subject, name, language):
    made = letter("reply", language, subject=subject, text=name, author=name)
    assert "\n" not in made.subject
    assert made.text.encode() and made.html.encode() and made.subject.encode()
    assert not any("\ufdd0" <= character <= "\ufdef" for character in made.text + made.html + made.subject)


def test_template_markers_of_hostile_length_render_quickly():
    made = letter("reply", text="**[" * 50_000, subject="[" * 100_000)
    assert made.text.count("**[") == 50_000
