"""What a person reads, at any width, whatever the snippets printed."""

import io

import pytest
from rich.console import Console

from tests.verify_snippets.report import inert, samples
from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.report import terminal
from verify_snippets.report.model import Report
from verify_snippets.verdict import Verdict


def drawn(report: Report, width: int = 100, *, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    terminal.draw(report, Console(file=stream, width=width, markup=False, highlight=False, emoji=False))
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_every_verdict_is_a_word_and_no_line_is_too_wide(width: int) -> None:
    text = drawn(samples.every_verdict(), width)
    for verdict in Verdict:
        assert verdict in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width


@pytest.mark.parametrize("width", [60, 200])
def test_a_failure_is_told_with_the_cards_own_line(width: int) -> None:
    text = " ".join(drawn(samples.every_verdict(), width).split())
    assert 'card line 22: pipe = pipeline("summarize")' in text
    assert "KeyError: Unknown task summarize" in text
    assert "transformers 5 has no pipeline of this name" in text
    assert "412 MB" in text
    assert "4.25 s" in text


def test_stderr_is_shown_without_the_traceback_that_stands_above() -> None:
    text = drawn(samples.every_verdict())
    assert "| loading" in text
    assert "| KeyError: no such" in text
    assert "| Traceback" not in text


def test_only_the_end_of_a_long_stderr_is_shown() -> None:
    stderr = "".join(f"warning {n}\n" for n in range(50_000))
    text = drawn(samples.report(samples.snippet_report(3, samples.failure(4, stderr=stderr))))
    assert "warning 49999" in text
    assert "warning 49990" not in text


def test_skips_with_one_reason_share_a_line() -> None:
    text = drawn(samples.every_verdict(), 200)
    assert "lines 40, 45: the reader has to supply 'path/to/audio.wav'" in text


def test_what_blocks_is_named() -> None:
    assert "line 30: it needs line 20, which failed" in drawn(samples.every_verdict(), 200)


def test_the_summary_counts_and_explains_the_exit_code() -> None:
    text = drawn(samples.every_verdict(), 200)
    assert "1 passed, 1 failed, 1 contradicted, 2 skipped, 1 blocked, 1 broken" in text
    assert "exit code 1: the card is at fault" in text


def test_what_the_engine_does_not_enforce_is_said() -> None:
    assert "can't enforce: memory" in drawn(samples.every_verdict())


@pytest.mark.parametrize(
    "report",
    [
        samples.report(),
        samples.report(samples.snippet_report(4, samples.simple_run(Verdict.SKIPPED, "it is pseudo-code"))),
    ],
)
def test_a_card_with_nothing_to_run_says_so(report: Report) -> None:
    text = drawn(report)
    assert "nothing in this card can be run" in text
    assert "exit code 0" in text


def test_an_interrupted_run_says_so() -> None:
    text = drawn(samples.report(complete=False, exit_code=130))
    assert "interrupted" in text
    assert "nothing in this card" not in text


def test_text_of_strangers_is_neither_markup_nor_terminal_control() -> None:
    run = samples.failure(4, message=samples.EVIL, stderr=samples.EVIL)
    text = drawn(samples.report(samples.snippet_report(3, run, title=samples.EVIL)), 200)
    assert "[bold red]not markup[/]" in text
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert "renamed" not in text


def test_an_output_that_holds_ascii_only_is_enough() -> None:
    text = drawn(samples.every_verdict(), encoding="ascii")
    assert "x failed" in text
    assert "+ passed" in text


def test_a_file_gets_plain_text() -> None:
    text = terminal.render(samples.every_verdict())
    assert "\x1b" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_a_reason_that_only_repeats_the_error_is_not_told_twice() -> None:
    run = samples.failure(4).model_copy(update={"reason": "KeyError: Unknown task summarize"})
    assert drawn(samples.report(samples.snippet_report(3, run))).count("Unknown task") == 1


@pytest.mark.parametrize("width", [60, 200])
def test_what_is_known_of_a_failure_is_told(width: int) -> None:
    text = " ".join(drawn(rich(), width).split())
    assert "✗ failed line 20: network-refused" in text
    assert "failed with the libraries of 2025-06-01, too" in text
    assert "a repair was tried and passes: `torch_dtype` is called `dtype`" in text
    assert "see it with `verify-snippets fix acme/tiny`" in text
    assert "remark: line 41: it only imports" in text
    assert "ram < 300 MB | found 500 MB ✗ contradicted" in text


def test_a_long_difference_is_cut_and_says_so() -> None:
    output = rich().snippets[0].runs[0].output
    assert output is not None
    diff = "".join(f"-{n}\n" for n in range(20))
    run = samples.simple_run(Verdict.PASSED).model_copy(
        update={"output": output.model_copy(update={"diff": diff})}
    )
    text = drawn(samples.report(samples.snippet_report(3, run)))
    assert "line 3 prints something else than line 16 shows" in text
    assert "... 12 more lines" in text


def test_of_very_many_failures_the_first_are_told_and_the_rest_counted() -> None:
    text = drawn(samples.report(*(samples.snippet_report(n, samples.failure(n)) for n in range(1, 302))))
    assert "and 101 more snippets that did not pass" in text
    assert text.count("KeyError") == 200


def test_wrapping_makes_no_command_to_a_ci_job() -> None:
    words = " ".join(f"::error::{n}" for n in range(20))
    text = terminal.render(samples.report(samples.snippet_report(3, samples.failure(4, message=words))))
    assert "::error::15" in text
    assert inert.acting("terminal", text) == []
