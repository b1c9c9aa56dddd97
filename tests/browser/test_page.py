"""The page as its readers meet it: on a phone, in the dark, by keyboard, without JavaScript, under attack."""

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Browser
from tests.verify_snippets.report import html_samples
from tests.verify_snippets.report.html_attacks import hostile
from verify_snippets.report.html import render

PAGE = render(html_samples.rich())
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


def test_it_opens_without_a_complaint_and_asks_nobody_for_anything(browser: Browser) -> None:
    browser.open(PAGE)
    browser.unfold()
    assert browser.run("return document.images.length && [...document.images].every(i => i.naturalWidth > 0)")
    assert not browser.console()
    assert not browser.requests()


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_nothing_has_to_be_scrolled_sideways_but_code(browser: Browser, width: int) -> None:
    browser.open(PAGE, width=width)
    browser.unfold()
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(
        "return [...document.querySelectorAll('.code pre')].some(p => p.scrollWidth > p.clientWidth)"
    )


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_ground(browser: Browser, dark: bool) -> None:
    browser.open(PAGE, dark=dark)
    browser.unfold()
    measured = browser.run(CONTRAST)
    assert measured["count"] > 150
    assert measured["found"] == []
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground.strip("rgb()").split(","))) < 200) is dark


@pytest.mark.parametrize(
    ("name", "width", "dark"), [("desktop", 1280, False), ("phone", 390, False), ("dark", 1280, True)]
)
def test_it_can_be_looked_at(browser: Browser, name: str, width: int, dark: bool) -> None:
    browser.open(PAGE, width=width, dark=dark)
    assert browser.picture(name).stat().st_size > 50_000


def test_verdicts_stand_in_the_margin_beside_their_code(browser: Browser) -> None:
    browser.open(PAGE)
    browser.unfold()
    beside = browser.run("""
        return [...document.querySelectorAll('.card .snippet')].map(snippet => {
          const place = part => snippet.querySelector(part).getBoundingClientRect();
          const [margin, body] = [place('.margin'), place('.body')];
          return margin.right <= body.left && Math.abs(margin.top - body.top) < 30;
        })""")
    assert beside
    assert all(beside)


def test_without_javascript_nothing_is_missing(browser: Browser) -> None:
    browser.open(PAGE, javascript=False)
    fold = browser.driver.find_element(By.CSS_SELECTOR, ".passed .fold:not([open])")
    fold.find_element(By.TAG_NAME, "summary").click()
    assert fold.get_attribute("open")
    assert "The fox saw the crow" in fold.text
    assert not browser.driver.find_elements(By.TAG_NAME, "button")
    assert not browser.driver.find_element(By.CLASS_NAME, "hint").is_displayed()
    assert not browser.console()


def test_it_can_be_read_by_keyboard(browser: Browser) -> None:
    browser.open(PAGE)
    focused = []
    for _ in range(45):
        _press(browser, Keys.TAB)
        focused.append(browser.run("return document.activeElement.outerHTML.slice(0, 60)"))
    assert focused[0].startswith('<a class="skip"')
    assert any(element.startswith("<summary>Output") for element in focused)
    assert any(element.startswith("<button") for element in focused)


def test_a_fold_opens_by_keyboard_and_focus_can_be_seen(browser: Browser) -> None:
    browser.open(PAGE)
    browser.run("document.querySelector('.passed .fold:not([open]) summary').focus()")
    _press(browser, Keys.SHIFT + Keys.TAB + Keys.SHIFT)
    _press(browser, Keys.TAB)
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    _press(browser, Keys.ENTER)
    assert browser.run("return document.activeElement.parentElement.open")


def test_keys_step_from_fault_to_fault(browser: Browser) -> None:
    browser.open(PAGE)
    where = "return document.activeElement.id"
    line = html_samples.line_of("summarizer = ") - 1
    visited = []
    for key in ("n", "n", "n", "p"):
        _press(browser, key)
        visited.append(browser.run(where))
    assert visited == [f"L{line}", "claim-3", f"L{line}", "claim-3"]


def test_keys_can_be_switched_off(browser: Browser) -> None:
    """Who speaks to the computer types letters without knowing."""
    browser.open(PAGE)
    browser.driver.find_element(By.CSS_SELECTOR, ".hint input").click()
    _press(browser, "n")
    assert browser.run("return document.activeElement.type") == "checkbox"


def test_a_link_to_a_folded_snippet_unfolds_it(browser: Browser) -> None:
    browser.open(PAGE)
    line = html_samples.line_of("import matplotlib") - 1
    assert not browser.run(f"return document.getElementById('L{line}').checkVisibility()")
    browser.run(f"location.hash = '#L{line}'")
    assert browser.run(f"return document.getElementById('L{line}').checkVisibility()")


def test_a_patch_is_copied_as_it_is(browser: Browser) -> None:
    browser.open(PAGE)
    browser.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.driver.find_element(By.CSS_SELECTOR, "button.copy").click()
    copied = browser.driver.execute_async_script(
        "const done = arguments[0]; navigator.clipboard.readText().then(done, String)"
    )
    assert copied.startswith("--- README.md\n+++ README.md\n@@ -40 +40 @@\n-  pipeline")
    assert copied.endswith('"text-generation")\n')


def test_what_a_screen_reader_needs_is_there(browser: Browser) -> None:
    browser.open(PAGE)
    browser.unfold()
    lacking = browser.run("""
        const all = (selector) => [...document.querySelectorAll(selector)];
        const named = (element) => (element.getAttribute('aria-label') || element.textContent).trim();
        return {
          names: all('a[href], button, summary, [role=group], nav, section').filter(e => !named(e)).length,
          pictures: all('img:not([alt])').length,
          headers: all('th:not([scope])').length,
          captions: all('table').filter(t => !t.closest('.card') && !t.caption).length,
          references: all('[aria-labelledby]').filter(e => e.getAttribute('aria-labelledby').split(' ')
            .some(id => !document.getElementById(id))).length,
          links: all('a[href^="#"]').filter(a => !document.getElementById(a.hash.slice(1))).length,
          drawings: all('svg:not([aria-hidden])').filter(s => s.getAttribute('role') !== 'img').length,
          positive: all('[tabindex]').filter(e => e.tabIndex > 0).length,
        };""")
    assert not {what: count for what, count in lacking.items() if count}
    assert browser.run("return document.documentElement.lang") == "en"
    for landmark in ("main", "header.top", "footer", "nav", "h1"):
        assert browser.run(f"return document.querySelectorAll('{landmark}').length") == 1


def test_paper_shows_all_code(browser: Browser) -> None:
    browser.open(PAGE, width=700)
    browser.media("print")
    assert browser.run("return document.querySelector('nav').checkVisibility()") is False
    assert browser.run(
        "return [...document.querySelectorAll('.code pre')].every(p => p.scrollWidth <= p.clientWidth)"
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_nothing_hostile_happens(browser: Browser, javascript: bool) -> None:
    browser.open(render(hostile()), javascript=javascript)
    browser.unfold()
    assert not browser.console()  # had anything been tried, the policy's refusal would stand here
    assert not browser.requests()
    assert browser.run("return document.scripts.length") == 1
    assert browser.run("return document.styleSheets.length") == 1
    assert browser.driver.title.startswith("acme/tiny")
    assert browser.run("return getComputedStyle(document.querySelector('h1')).display") == "block"
    assert (
        browser.run("""return [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
        .filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value)).length""")
        == 0
    )


def test_behind_it_all_stands_the_policy(browser: Browser) -> None:
    """If a text did become markup one day, the browser would still not act on it."""
    attack = (
        "<script>document.title = 'script'</script><img src=x onerror=\"document.title = 'handler'\">"
        "<style>body { display: none }</style><img src='http://127.0.0.1:9/picture'>"
        "<iframe src='http://127.0.0.1:9/frame'></iframe><a id=l href='javascript:document.title=1'>a</a>"
    )
    browser.open(PAGE.replace("</main>", f"{attack}</main>"))
    browser.run("document.getElementById('l').click()")
    assert browser.driver.title.startswith("acme/tiny")
    assert browser.run("return getComputedStyle(document.body).display") == "block"
    assert len([line for line in browser.console() if "Content Security Policy" in line]) >= 5


def _press(browser: Browser, key: str) -> None:
    browser.driver.switch_to.active_element.send_keys(key)
