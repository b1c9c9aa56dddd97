"""What is collected of cards, and what pytest refuses: nothing is run."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import verify_snippets.pytest_plugin.cards  # noqa: F401 - once for all starts in this process
from snippet_images.errors import InfrastructureError
from snippet_sandbox.gateway.web_policy import WebPolicy
from tests.verify_snippets.pytest_plugin.conftest import ALL, ASKS, CARD, FAILS, NO_PYTHON, PASSES, SHELL
from verify_snippets.card import Card, Source
from verify_snippets.options import Options
from verify_snippets.pytest_plugin import asking, marks, named
from verify_snippets.pytest_plugin.named import HandedOn, NamedCard

pytest_plugins = ["pytester"]

PLUGIN = "verify_snippets.pytest_plugin"
_ASKED = asking.Asked(
    targets=("acme/tiny", "./README.md"), profiles=(), options=Options(), repo_id=None, revision="v1"
)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with the card and a test of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # each start would import all others anew
    pytester.path.joinpath("README.md").write_text(CARD)
    pytester.makepyfile(test_own="def test_own():\n    pass\n")
    return pytester


def start(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Start pytest with the plugin alone."""
    return project.runpytest_inprocess("-p", PLUGIN, "--strict-markers", *arguments)


def ids(project: pytest.Pytester, *arguments: str) -> list[str]:
    """The ids of what is collected."""
    done = start(project, "--collect-only", "-q", *arguments)
    return [line for line in done.outlines if "::" in line]


def test_each_snippet_is_an_item_with_its_line(project: pytest.Pytester) -> None:
    assert ids(project, "--card", "README.md") == [f"README.md::{name}" for name in ALL]


def test_without_a_card_nothing_changes(project: pytest.Pytester) -> None:
    assert ids(project) == ["test_own.py::test_own"]


def test_paths_that_are_named_too_are_collected_too(project: pytest.Pytester) -> None:
    assert ids(project, "--card", "README.md", ".")[0] == "test_own.py::test_own"
    assert len(ids(project, "--card", "README.md", ".")) == 1 + len(ALL)


def test_a_card_in_addopts_comes_beside_the_projects_own_tests(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\naddopts = --card README.md\n")
    assert len(ids(project)) == 1 + len(ALL)


def test_ids_keywords_and_marks_select_snippets(project: pytest.Pytester) -> None:
    card = ["--card", "README.md"]
    assert ids(project, *card, f"README.md::{FAILS}") == [f"README.md::{FAILS}"]
    assert ids(project, *card, "-k", f"{FAILS} or {NO_PYTHON}") == [
        f"README.md::{FAILS}",
        f"README.md::{NO_PYTHON}",
    ]
    assert ids(project, *card, "-m", "card_shell_run") == [f"README.md::{SHELL}"]
    assert len(ids(project, *card, "-m", "card and not card_shell_run")) == len(ALL) - 1
    assert ids(project, *card, "-m", "card_profile(name='t4-small')") == []


def test_an_unknown_snippet_is_said_so(project: pytest.Pytester) -> None:
    done = start(project, "--card", "README.md", "README.md::L999")
    done.stdout.fnmatch_lines(["*README.md has no snippet README.md::L999*"])


def test_each_profile_has_an_item(project: pytest.Pytester) -> None:
    several = ["--card-profile", "cpu-basic", "--card-profile", "cpu-upgrade"]
    found = ids(project, "--card", "README.md", *several)
    assert found[:2] == [f"README.md::{PASSES}[cpu-basic]", f"README.md::{PASSES}[cpu-upgrade]"]
    assert len(found) == 2 * len(ALL)
    assert len(ids(project, "--card", "README.md", *several, f"README.md::{PASSES}")) == 2


def test_files_in_the_settings_are_collected_where_pytest_finds_them(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ncard_files = README.md\n")
    assert len(ids(project)) == 1 + len(ALL)
    assert ids(project, f"README.md::{ASKS}") == [f"README.md::{ASKS}"]
    assert ids(project, "test_own.py") == ["test_own.py::test_own"]
    assert len(ids(project, "--card", "README.md", ".")) == 1 + len(ALL)  # once, though it is named twice


def test_all_marks_are_registered(project: pytest.Pytester) -> None:
    done = start(project, "--markers")
    assert all(f"@pytest.mark.{mark}" in done.outlines for mark in marks())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--card", "nowhere/README.md"], "there is no file or folder nowhere/README.md"),
        (["--card", "README.md", "--card-engine", "rocket"], "there is no engine 'rocket'"),
        (["--card", "README.md", "--card-timeout", "soon"], "--card-timeout soon is no time"),
        (["--card", "README.md", "--card-web", "http://x"], "http://x"),
        (["--card", "README.md", "--card-revision", "v1"], "--card-revision speaks of one card"),
        (["--card", "README.md", "--card", ".", "--card-repo-id", "a/b"], "and 2 were named"),
        (["--card", "README.md", "--card-profile", "huge"], "huge"),
    ],
)
def test_what_cant_be_meant_is_refused_with_a_hint(
    project: pytest.Pytester, arguments: list[str], said: str
) -> None:
    done = start(project, *arguments)
    output = [*done.outlines, *done.errlines]
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert any(said in line for line in output)
    assert any(line.startswith("hint: ") for line in output)


def test_options_go_before_settings_of_the_same_names(project: pytest.Pytester) -> None:
    project.makeini(
        "[pytest]\ncard_engine = docker\ncard_timeout = 60\ncard_web = none\ncard_fresh = true\n"
        "card_profile = cpu-basic\ncard_repo_id = acme/tiny\n"
    )
    config = project.parseconfig("-p", PLUGIN, "--card", "README.md", "--card-timeout", "90")
    asked = asking.read(config)
    assert asked.options == Options(
        engine="docker", time_limit_s=90, web=WebPolicy.parse("none"), fresh=True, hub_code=False
    )
    assert asked.profiles == ("cpu-basic",)
    assert asked.options_for("README.md").repo_id == "acme/tiny"


def test_a_card_on_the_hub_is_pinned_once_for_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    commit = "0123456789" * 4
    card = Card(text="", sha256="", source=Source.HUB, location="", repo_id="acme/tiny", revision=commit)
    monkeypatch.setattr(named, "load_card", lambda *_, **__: card)
    asked = replace(_ASKED, targets=("https://huggingface.co/acme/tiny",))
    (found,) = named.read(asked, Path.cwd())
    assert (found.name, found.options.revision) == ("acme/tiny", commit)
    handed = HandedOn.read(HandedOn.of([found], Path("turns")).text)
    assert handed.named(asked) == (found,)


def test_a_hub_that_does_not_answer_is_an_error_of_the_card_alone(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise InfrastructureError("the Hub does not answer", hint="try it later")

    monkeypatch.setattr(named, "load_card", away)
    done = start(project, "--card", "acme/tiny", ".", "--continue-on-collection-errors")
    done.stdout.fnmatch_lines(
        ["*ERROR collecting acme/tiny*", "the Hub does not answer", "hint: try it later"]
    )
    done.assert_outcomes(passed=1, errors=1)


def test_local_cards_are_named_as_pytest_names_paths(tmp_path: Path) -> None:
    assert named.local_name(tmp_path / "a" / ".." / "README.md", tmp_path) == "README.md"
    (tmp_path / "model").mkdir()
    assert named.local_name(tmp_path / "model", tmp_path) == "model/README.md"
    assert named.local_name(Path("/elsewhere/README.md"), tmp_path) == "/elsewhere/README.md"


def test_trouble_is_handed_on() -> None:
    cards = [
        NamedCard(name="acme/tiny", target="acme/tiny", options=Options(revision="f" * 40)),
        NamedCard(name="README.md", target="./README.md", options=Options(), trouble="no disk"),
    ]
    assert HandedOn.read(HandedOn.of(cards, Path("/t")).text).named(_ASKED) == tuple(cards)


def test_where_there_is_no_card_nothing_is_imported() -> None:
    """Every project pays for it whose environment has this one."""
    code = (
        "import sys, verify_snippets.pytest_plugin;"
        "print(*(name for name in sys.modules if name.startswith(('verify_snippets', 'snippet_'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "verify_snippets",
        "verify_snippets.kind",
        "verify_snippets.pytest_plugin",
    }
