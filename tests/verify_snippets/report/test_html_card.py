"""The card on the page: what people know of it stays, what could do harm is text, and all is well nested."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from tests.verify_snippets.report.html_reader import Reader
from verify_snippets.blocks import read_blocks
from verify_snippets.report.html import card_view
from verify_snippets.report.html.builder import Code

BASE = "https://huggingface.co/acme/tiny/blob/main/"


def _no(line: int) -> bool:
    return False


def shown(text: str, *, faulty: int = 0) -> str:
    """A card as HTML, its blocks left out."""
    card = card_view.read(text, base=BASE, unfolds=lambda line: line == faulty)
    return "".join(part for part in card.parts if isinstance(part, Markup))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A *b*", '<h3 id="card-a-b" class="as-h1" dir="auto">A <em>b</em></h3>'),
        ("a ~~b~~ `<c>`", "a <s>b</s> <code>&lt;c&gt;</code>"),
        ("|a|\n|-:|\n|b|", '<th class="right" scope="col">a</th>'),
        ("![two *llamas*](https://x.org/y.png)", "picture: </span>two llamas</span>"),
        ("![](https://x.org/y.png)", "picture: </span>y.png</span>"),
        ("<img src='https://x.org/y.png' onerror=alert(1)>", "picture: </span>y.png</span>"),
        ("H<sub>2</sub>O", "H<sub>2</sub>O"),
        ("<p align=center>a</p>", '<div class="center">a</div>'),
        ("<details><summary>a</summary>\n\nb\n\n</details>", "<summary>a</summary>"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "<td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<picture><source srcset=x><img alt=a></picture>", "picture: </span>a</span>"),
        ("use <your-name> here", "use &lt;your-name&gt; here"),
        ("see https://x.org/a_b.", 'see <a href="https://x.org/a_b" rel="noopener noreferrer">'),
        ("a<!-- b -->c", "ac"),
        ("a\u202eb\x1bc", "a⟨U+202E⟩b␛c"),
    ],
)
def test_markdown_and_harmless_html_look_as_people_know_them(text: str, html: str) -> None:
    assert html in shown(text)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//x.org/y",
        "\\\\x.org\\y",
        "https:",
        "blob:https://x.org/1",
    ],
)
def test_links_lead_to_the_web_and_nowhere_else(address: str) -> None:
    """Markdown quotes what is odd in an address, which makes it the name of a file of the repo."""
    assert "href" not in shown(f'<a href="{address}">a</a>')
    assert all(href.startswith(BASE) for href in Reader(shown(f"[a](<{address}>)")).values("href"))


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("LICENSE", f"{BASE}LICENSE"),
        ("#my-usage", "#card-my-usage"),
        ("#My%20Usage", "#card-my-usage"),
        ("mailto:a@x.org", "mailto:a@x.org"),
        ("https://x.org/?a=1&b=2", "https://x.org/?a=1&amp;b=2"),
    ],
)
def test_links_that_people_need_stay(written: str, href: str) -> None:
    assert f'href="{href}" rel="noopener noreferrer"' in shown(f"[a]({written})")
    assert f'href="{href}" rel="noopener noreferrer"' in shown(f'<a href="{written}">a</a>')


def test_links_within_the_card_find_its_headings() -> None:
    reader = Reader(shown("[a](#my-usage-1)\n\n## My usage\n\n# My usage"))
    assert reader.values("href") == [f"#{reader.values('id', 'h3')[1]}"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <script>alert(1)</script> b",
        "<svg onload=alert(1)><a></svg>",
        "<style>* { display: none }</style>",
        "<meta http-equiv=refresh content='0;url=https://x.org'>",
        "<iframe src='https://x.org'></iframe>",
        "<form action='https://x.org'><input></form>",
        "<base href='https://x.org'>",
        "<link rel=stylesheet href='https://x.org'>",
        "<div style='position: fixed' onclick='alert(1)' class='snippet passed'>a</div>",
        "</div></main></body><h1>b</h1>",
        "<a href='https://x.org' target=_top onmouseover=alert(1)>a</a>",
        '<img alt="<script>alert(1)</script>" src="javascript:alert(1)">',
        "<textarea></textarea><title></title><plaintext>",
        "<math><mi xlink:href='javascript:alert(1)'>a</mi></math>",
    ],
)
def test_html_that_could_do_harm_is_text_or_not_there(text: str) -> None:
    reader = Reader(shown(text))
    harmless = {"p", "div", "span", "a", "h3"}
    assert set(reader.tags) <= harmless
    assert {name for _, name, _ in reader.attributes} <= {"id", "class", "dir", "href", "rel"}
    assert not {"snippet", "passed"} & set(" ".join(reader.values("class")).split())


def test_headings_leave_no_level_out() -> None:
    reader = Reader(shown("### a\n\n# b\n\n#### c\n\n<h6>d</h6>\n\n# e"))
    assert reader.headings == [3, 3, 4, 5, 3]


def test_a_fold_around_a_block_that_failed_is_open() -> None:
    text = "<details><summary>a</summary>\n\n```py\nb\n```\n\n</details>\n\n<details>\n\nc\n\n</details>"
    assert shown(text, faulty=3).count("<details open>") == 1
    assert shown(text).count("<details open>") == 0


@pytest.mark.parametrize(
    "text",
    [
        "```py\na\n```",
        "- ```py\n  a\n  ```",
        "<details>\n```py\na\n```\n</details>",
        "a\n\n<pre>\nb\n</pre>",
        '<div>\n<pre><code class="lang-py">a &lt; b</code></pre>\n</div>',
        "    a\n    b",
        "---\na: b\n---\n\n~~~\nc\n~~~",
    ],
)
def test_blocks_stand_where_the_reader_of_cards_finds_them(text: str) -> None:
    card = card_view.read(text, base="", unfolds=_no)
    (block,), (code,) = read_blocks(text), [part for part in card.parts if isinstance(part, Code)]
    assert (code.start_line, code.text_line, code.text) == (block.start_line, block.text_line, block.text)


def test_lines_are_found_again() -> None:
    card = card_view.read("# a\n\nb\nc\n\n```\nd\n```\n", base="", unfolds=_no)
    assert [card.anchor(line) for line in (1, 4, 7)] == ["line-1", "line-3", "L6"]


PIECES = """<a href='#b'> </a> <b> </b> <div> </div> <p> </p> <table> </table> <tr> <td> <ul> <li> </ul> <br>
<details> <summary> </details> <h2> </h2> <pre> </pre> <x> <!-- --> < > ` ``` * _ [a](b) # - |a|\\n|-| &lt;
<style> </style> <td =' " word""".split()  # noqa: SIM905 - it reads better
CARDS = st.lists(st.sampled_from([*PIECES, " ", " ", "\n", "\n\n", "    ", "\0", "\u202e"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(CARDS)
def test_whatever_is_written_comes_out_well_nested(pieces: list[str]) -> None:
    reader = Reader(shown("".join(pieces)))
    assert not {"script", "style", "x"} & set(reader.tags)


@pytest.mark.parametrize(
    "piece", ["<!--", "<div>", "<a href='", "<p>\n", "<![CDATA[", "<?", "# a\n", "[", "*a _b "]
)
@pytest.mark.timeout(30)
def test_no_card_takes_long(piece: str) -> None:
    """A second or less, where the standard library's parser takes minutes."""
    shown(piece * (100_000 // len(piece)))


def test_an_endless_card_is_cut_at_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_view, "READ_CHARACTERS", 16)
    card = card_view.read("first\nsecond\nthird\nfourth\n", base="", unfolds=_no)
    assert card.left_out == 2
    assert "second" in "".join(map(str, card.parts))
    assert "thi" not in "".join(map(str, card.parts))
