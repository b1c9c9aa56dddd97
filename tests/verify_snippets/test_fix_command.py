"""The command ``fix``, where nothing is run."""

import io
import json
import os
from pathlib import Path

import pytest

from verify_snippets.cli import main

TEXT = (
    "\ufeff---\r\nlicense: mit\r\n---\r\n# T  \r\n\r\n> ```python\r\n> from transformers import AutoModel\r\n"
    '> m = AutoModel.from_pretrained("a/b", use_auth_token=True)\t\r\n> ```\r\n\r\nno end'
)
MENDED = TEXT.replace("use_auth_token", "token")


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_bytes(TEXT.encode())
    return path


def test_the_diff_goes_to_stdout_and_the_card_stays(
    card: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["fix", str(card), "--static"]) == 0
    shown = capfdbinary.readouterr()
    assert b'\n-> m = AutoModel.from_pretrained("a/b", use_auth_token=True)\t\r\n' in shown.out
    assert b'\n+> m = AutoModel.from_pretrained("a/b", token=True)\t\r\n' in shown.out
    assert b"not run" in shown.err
    assert b"--write does it" in shown.err
    assert card.read_bytes() == TEXT.encode()


def test_it_is_written_byte_for_byte_and_then_there_is_nothing_left(
    card: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["fix", str(card), "--static", "--write", "--dry-run"]) == 0
    assert card.read_bytes() == TEXT.encode()
    assert main(["fix", str(card), "--static", "--write"]) == 0
    assert card.read_bytes() == MENDED.encode()
    capfd.readouterr()
    assert main(["fix", str(card), "--static", "--write"]) == 0
    shown = capfd.readouterr()
    assert (shown.out, "nothing to mend" in shown.err) == ("", True)


def test_a_report_has_stdout_for_itself(card: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(card), "--static", "--report", "json:-"]) == 0
    shown = capfd.readouterr()
    (repair,) = json.loads(shown.out)["repairs"]
    assert (repair["cure"], repair["versions"], repair["duration_s"]) == ("renamed-argument", {}, None)
    assert "+> m = AutoModel" in shown.err


def test_a_card_commands_no_ci_job(
    card: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    card.write_bytes(TEXT.replace("> ```\r\n\r\n", "> ```\r\n::error::forged\r\n\x1b[2J").encode())
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    read, write = os.pipe()
    with os.fdopen(read, "rb") as log:
        with os.fdopen(write, "wb") as end, monkeypatch.context() as patch:
            patch.setattr("sys.stdout", io.TextIOWrapper(end))
            main(["fix", str(card), "--static"])
        shown = log.read().decode()
    assert "forged" in shown
    assert "::error" not in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["{card}", "--create-pr"], "is on this machine"),
        (["acme/tiny", "--write"], "is on the Hub"),
        (["acme/tiny", "--create-pr", "--static"], "--static"),
        (["acme/tiny", "--create-pr", "--revision", "v1"], "--revision"),
        (["acme/tiny", "--create-pr"], "needs a token"),
    ],
)
def test_what_can_not_be_done_is_refused_before_anything_is_read(
    arguments: list[str],
    why: str,
    card: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    assert main(["fix", *(argument.format(card=card) for argument in arguments)]) == 2
    said = capfd.readouterr().err
    assert why in said
    assert "hint:" in said
