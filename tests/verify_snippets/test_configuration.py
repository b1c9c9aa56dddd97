"""The configuration file: where it is found, what it may say, and that options keep their own checks."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from tests.verify_snippets.report import samples
from verify_snippets import configuration
from verify_snippets import verify as stage
from verify_snippets.cli import configuring, main
from verify_snippets.cli.commands import app
from verify_snippets.cli.configuring import _ONLY_NAMED
from verify_snippets.options import Options, Screen
from verify_snippets.report.model import Report

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a git repo, with nothing configured above it."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    monkeypatch.delenv("VERIFY_SNIPPETS_CONFIG", raising=False)
    return tmp_path / "repo"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options of each verification that is asked for; none is done."""
    calls: list[Options] = []

    def verify(target: str, options: Options, screen: Screen, *, cancel: threading.Event) -> Report:
        calls.append(options)
        return samples.report()

    monkeypatch.setattr(stage, "verify", verify)
    return calls


@pytest.fixture
def write(folder: Path) -> Write:
    """Write the file that is found from the working directory."""

    def put(text: str) -> Path:
        (folder / "verify-snippets.toml").write_text(text)
        return folder / "verify-snippets.toml"

    return put


def test_options_come_from_the_file(write: Write, asked: list[Options], folder: Path) -> None:
    write(
        'profile = "cpu-basic"\ntimeout = 90\nno-preload = true\nstrict-output = true\nweb = "hub"\n'
        'as-of = 2026-01-31\nreport = ["json:told.json"]\n'
        '[org]\nmax-age = 3\n[verify]\nengine = "bubblewrap"\n'
    )
    main(["acme/tiny"])
    (options,) = asked
    assert (options.profile, options.time_limit_s, options.preload) == ("cpu-basic", 90.0, False)
    assert (options.strict_output, str(options.web), options.engine) == (True, "hub", "bubblewrap")
    assert options.as_of is not None
    assert f"{options.as_of:%Y-%m-%d}" == "2026-01-31"
    assert (folder / "told.json").exists()


def test_the_command_line_wins_then_the_environment(
    write: Write, asked: list[Options], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write('timeout = 90\nprofile = "cpu-basic"\npreload = false\nstore = "sqlite:///file.db"\n')
    main(["--config", str(file), "acme/tiny", "--timeout", "5", "--preload"])
    (options,) = asked
    assert (options.time_limit_s, options.preload, options.profile) == (5.0, True, "cpu-basic")
    monkeypatch.setenv("VERIFY_SNIPPETS_STORE", "sqlite:///of-the-environment.db")
    main(["site", "out", "--config", str(file)])
    assert "of-the-environment.db" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('profil = "cpu-basic"', ["no command has an option 'profil'", "did you mean profile?"]),
        ("[org]\nmax-ag = 3", ["`org` has no option 'max-ag'", "did you mean max-age?"]),
        ("[org]\nreplay = 'x'", ["`org` has no option 'replay'"]),
        ("[orgs]\nfresh = true", ["no command for the table [orgs]", "did you mean org?"]),
        ("[images]\nengine = 'docker'", ["[images] has no options of its own", "[images.build]"]),
        ("[image.build]\nengine = 'docker'", ["table [image]", "did you mean images?"]),
        ("config = 'x'", ["no command has an option 'config'"]),
        ("timeout = 'long'", ["timeout must be a number, not 'long'"]),
        ("timeout = inf", ["timeout must be a number, not inf"]),
        ("[doctor]\nengine = 'docker'", ["`doctor` has no option 'engine'", "takes nothing"]),
        ("timeout = true", ["timeout must be a number, not true"]),
        ("timeout = -3", ["-3.0 is not in the range", "timeout in ", "verify-snippets.toml"]),
        ("fresh = 1", ["fresh must be true or false, not 1"]),
        ("profile = 3", ["profile must be a text, not 3"]),
        ("report = 'json:x'", ["report must be a list, each a text"]),
        ("report = [3]", ["report must be a list, each a text"]),
        ("report = ['jsn:x']", ["no report format 'jsn'", "report in "]),
        ("engine = 'dokcer'", ["no engine 'dokcer'", "engine in "]),
        ("[org]\nlog-format = 3", ["org.log-format must be one of 'text', 'json', not 3"]),
        ("x = [", ["is not TOML"]),
        ("runners = 3", ["runners is no table"]),
        ("[runners]\nt4-small = []", ["t4-small in [runners] must be a label"]),
    ],
)
def test_what_makes_no_sense_is_refused(
    text: str, said: list[str], write: Write, asked: list[Options], capfd: pytest.CaptureFixture[str]
) -> None:
    file = write(text)
    assert main(["acme/tiny"]) == 2
    told = capfd.readouterr().err
    assert str(file) in told
    assert [each for each in said if each not in told] == []
    assert not asked
    assert main(["--no-config", "acme/tiny"]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "repo-id = 'acme/tiny'",
        "allow-repo = ['acme/secret']",
        "[org]\nnotify = ['json://evil.example']",
        "store = 'postgresql://evil.example/x'",
        "report = ['json:../outside.json']",
        "report = ['json:ABOVE/outside.json']",
        "report = ['json:link/outside.json']",
        "report = ['json:.git/hooks/pre-commit']",
        "record = '~/x'",
        "[org]\nsite = '..'",
    ],
)
def test_a_file_that_was_only_found_spends_no_rights_and_writes_nowhere_else(
    text: str, write: Write, folder: Path, asked: list[Options], capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "link").symlink_to(folder.parent)
    (folder / ".git" / "hooks").mkdir()
    file = write(text.replace("ABOVE", str(folder.parent)))
    assert main(["acme/tiny"]) == 2
    assert f"--config {file}" in capfd.readouterr().err
    assert not asked
    assert main(["acme/tiny", "--config", str(file)]) == 0


def test_every_option_that_is_only_taken_from_named_files_is_there() -> None:
    keys = {key for param in _params(app) for key in configuring._keys(param)}
    assert set(_ONLY_NAMED) <= keys


def test_every_command_takes_a_configuration() -> None:
    assert {"config", "no_config"} <= set.intersection(*({p.name for p in c.params} for c in _commands(app)))


def test_both_ways_to_say_which_file_contradict(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    file = write("")
    for arguments in (["--config", str(file), "--no-config"], ["--no-config", "--config", str(file)]):
        assert main([*arguments, "acme/tiny"]) == 2
        assert "can't be given together" in capfd.readouterr().err


def test_a_file_is_found_within_the_repo_and_no_further(folder: Path) -> None:
    below, home = folder / "a" / "b", folder.parent / "elsewhere"
    below.mkdir(parents=True)
    (folder.parent / "verify-snippets.toml").write_text("timeout = 1")
    assert configuration.load(None, below, home).path is None
    project = folder / "pyproject.toml"
    project.write_text("[tool.other]\nname = 'verify-snippets'\n")
    assert configuration.load(None, below, home).path is None
    project.write_text("[tool.verify-snippets]\ntimeout = 2\n")
    assert configuration.load(None, below, home).content == {"timeout": 2}
    (folder / "verify-snippets.toml").write_text("timeout = 3")
    assert configuration.load(None, below, home).content == {"timeout": 3}
    assert configuration.load(project, below, home).content == {"timeout": 2}


def test_outside_of_repos_only_the_home_folder_lets_look_above(tmp_path: Path) -> None:
    deep = tmp_path / "home" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "home" / "verify-snippets.toml").write_text("timeout = 4")
    assert configuration.load(None, deep, tmp_path / "nobody").path is None
    assert configuration.load(None, deep, tmp_path / "home").content == {"timeout": 4}


def test_without_a_working_directory_nothing_is_found(folder: Path, asked: list[Options]) -> None:
    folder.joinpath(".git").rmdir()
    folder.rmdir()
    assert main(["acme/tiny"]) == 0
    assert asked == [Options()]


def test_runners_have_their_labels(write: Write) -> None:
    write('[runners]\ncpu-basic = "ubuntu-latest"\nt4-small = ["self-hosted", "t4"]\n')
    found = configuration.load(None, Path.cwd(), Path.home())
    assert found.runners == {"cpu-basic": ("ubuntu-latest",), "t4-small": ("self-hosted", "t4")}


def _commands(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _commands(each)
    else:
        yield command


def _params(command: click.Command) -> Iterator[click.Parameter]:
    return (param for each in _commands(command) for param in each.params)
