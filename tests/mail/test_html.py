import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gateway.mail import html


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("a <b>bold</b>, word&nbsp;here", "a bold, word\u00a0here"),
        ("<ul><li>a<li>b<ol><li>c<li>d</ol></ul>", "- a\n- b\n  1. c\n  2. d"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("x<blockquote>q<blockquote>r</blockquote></blockquote>y", "x\n\n> q\n>\n> > r\n\ny"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ('<a href="https://a.example/x">here</a>', "here <https://a.example/x>"),
        ('<a href="https://a.example/">a.example</a>', "a.example"),
        ('<a href="mailto:li@a.example">li@a.example</a>', "li@a.example"),
        ('<a href="javascript:x()">click</a>', "click"),
        ('<img src="cid:1" alt="Logo"> text <img src="x">', "[Logo] text"),
        ("<head><title>t</title></head><style>p{}</style><script>x()</script>shown", "shown"),
        ('<span style="display: none">hidden</span><p hidden>too</p>shown', "shown"),
        ("<!-- no -->shown<!--[if mso]>no<![endif]-->", "shown"),
        ("第一行<br/>第二行", "第一行\n第二行"),
        ("unclosed <p>para <b>bold", "unclosed\n\npara bold"),
        ("", ""),
    ],
)
def test_html_is_written_as_plain_text(page: str, text: str) -> None:
    assert html.to_text(page) == text


def test_text_of_html_beyond_the_bounds_is_still_shown() -> None:
    assert html.to_text("<div>" * 2000 + "deep &amp; shown<br>second") == "deep & shown\nsecond"


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,alert(1)">x</a>',
        "<svg onload=alert(1)><style>x</style></svg>",
        "<iframe src=//evil.example></iframe>",
        "<form action=//evil.example><input name=password></form>",
        "<math><mi xlink:href=javascript:alert(1)>x",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<base href=//evil.example>",
        "<style>@import '//evil.example'</style>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        '<p style="background:url(//evil.example/x)">x</p>',
        '<p style="position:fixed;top:0">x</p>',
        '<p style="color:red;background-image:\\75rl(//evil.example)">x</p>',
        '<td background="//evil.example/x">x</td>',
        '<video poster="//evil.example/x"><source src="//evil.example/y">',
        '<p id="csrf" class="modal" name="x">x</p>',
        "<object data=//evil.example></object><embed src=//evil.example>",
        '<img srcset="//evil.example/x 2x" src="cid:none">',
    ],
)
def test_safe_html_lets_nothing_act_or_load(page: str) -> None:
    shown = LexborHTMLParser(f"<body>{html.safe_html(page, {})}").body
    assert shown is not None
    elements = [node for node in shown.traverse() if node.tag != "body"]
    assert {node.tag for node in elements} <= {"p", "a", "td", "tr", "table", "tbody", "img"}
    for node in elements:
        assert set(node.attributes) <= {"title", "style", "rel", "target", "alt"}
        assert (node.attributes.get("style") or "") in ("", "color:red")


def test_links_open_apart_and_tell_nothing() -> None:
    shown = html.safe_html('<a href="https://a.example" target="_self">x</a>', {})
    assert shown == '<a href="https://a.example" target="_blank" rel="noopener noreferrer">x</a>'


def test_inline_image_is_shown_from_its_url_and_remote_ones_are_numbered() -> None:
    page = '<img src="cid:pic@1" alt="a"><img src="http://t.example/1.gif"><img src="https://t.example/2.gif" alt="logo">'
    shown = html.safe_html(page, {"pic@1": "/attachments/7"})
    assert shown == '<img src="/attachments/7" alt="a">[remote image 1][remote image 2: logo]'


def test_note_in_place_of_an_image_cannot_be_markup() -> None:
    assert "<b>" not in html.safe_html('<img src="http://t.example/1" alt="<b>x</b>">', {})


def test_harmless_styles_stay() -> None:
    assert 'style="color:red' in html.safe_html('<p style="color: red; margin-left: -999px">x</p>', {})


def test_remote_images_are_counted() -> None:
    page = '<img src="http://t.example/1"><img src="//t.example/2"><img src="cid:1"><table background="https://t.example/3">'
    assert html.remote_images(page) == 3


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</p>", "<b", ">", "<table>", "<td>", "<blockquote>", "</blockquote>", "<li>", "<ul>", "</ul>", "<pre>", "a", " ", "\n", '"', "'", "=", "&amp;", "<a href=x>", "</a>", "<!--", "-->", "<br>", "<img alt=x>"]), max_size=40))  # fmt: skip
def test_any_markup_gives_text(pieces: list[str]) -> None:
    assert "\x00" not in html.to_text("".join(pieces))
    html.safe_html("".join(pieces), {})
