"""Where a card shows what comes out."""

import pytest

from verify_snippets.blocks import Kind, read_blocks
from verify_snippets.snippets import read_snippets


def _shown(card: str) -> list[int | None]:
    return [snippet.output_block for snippet in read_snippets(read_blocks(card), repo_id=None, metadata={})]


def _inside(code: str) -> bool:
    return _shown(f"```python\n{code}\n```\n") == [0]


@pytest.mark.parametrize(
    "code",
    [
        "import t\nprint(t.f())  # 'a word'",
        "import t\nprint(t.f())  # 42",
        "import t\nt.f().shape\n# torch.Size([1, 2])",
        "import t\nprint(t.f())  # (1, 384)",
        "import t\nx = t.f()\n# Excepted output: 'a'",
        "import t\nx = t.f()\n# First we sort.\\nThen we print.\nprint(x)",
        ">>> import t\n>>> t.f()\n1",
        "import t\nprint(t.f())  # Paris",
        "import t\nprint(t.f())  # p: 0.98",
        "import t\nprint(t.f())  # prints: a word",
        "import t\nfor x in t.f():\n    # for example:\n    # torch.Size([1, 2])\n    print(x)",
        "import t\nx = t.f()\n\n# {'label': 'good'}",
    ],
)
def test_output_inside(code: str) -> None:
    assert _inside(code)


@pytest.mark.parametrize(
    "code",
    [
        "import t\nx = t.f(4)  # 4 words",
        "import t\nprint(t.f())  # show it",
        "import t\n# load it\nx = t.f()",
        "import t\nx = 1  # 42",
        "import t\nx = t.f()\n# x = 'First.\\nThen.'\nprint(x)",
        "import t\nprint(t.f())  # Show",
        "import t\nx = t.f()\n# x.stop()",
    ],
)
def test_remarks_are_no_output(code: str) -> None:
    assert not _inside(code)


CODE = "```python\nimport t\nt.f()\n```\n"


def test_an_announced_output_may_stand_further_down() -> None:
    settings = '```json\n{"a": 1}\n```\n'
    assert _shown(f"{CODE}With these settings\n{settings}the output is:\n```\nall is well\n```\n")[0] == 2
    assert _shown(f"{CODE}## Settings\n{settings}the output is:\n```\nall is well\n```\n")[0] is None


def test_json_that_the_prose_calls_the_result() -> None:
    blocks = read_blocks(f'{CODE}The response is:\n```json\n{{"a": 1}}\n```\n')
    assert blocks[1].kind is Kind.OUTPUT
    blocks = read_blocks(f'{CODE}Put this into config.json:\n```json\n{{"a": 1}}\n```\n')
    assert blocks[1].kind is Kind.CONFIG


def test_results_of_an_evaluation_are_not_what_code_prints() -> None:
    code, results = f"# A\n## Use\n{CODE}", "```\nWER: 12.3\n```\n"
    assert _shown(f"{code}### Result\n{results}")[0] == 1
    assert _shown(f"{code}## Results\n{results}")[0] is None
    assert _shown(f"{code}### Evaluation results\n{results}")[0] is None


@pytest.mark.parametrize("asked", ["tool --help", "tool -h"])
def test_help_is_the_output_of_what_asks_for_it(asked: str) -> None:
    usage = "```\nusage: tool [-h] file\n```\n"
    assert _shown(f"```bash\npython -m {asked}\n```\n{usage}")[0] == 1
    assert _shown(f"```bash\npython -m tool a.pdf\n```\n{usage}")[0] is None


@pytest.mark.parametrize(
    "answer", ["usage: t [-h]", "ask> hello there", "2024-01-01 12:00:00 loading", "[[0.1]]"]
)
def test_what_a_program_answers_below_its_command(answer: str) -> None:
    assert _shown(f"```bash\npython -m t\n{answer}\n```\n") == [0]


@pytest.mark.parametrize("tag", ["json", "html", "text"])
def test_a_result_counts_whatever_its_tag(tag: str) -> None:
    text = '{"a": 0.5}' if tag == "json" else "<p>a</p>"
    assert _shown(f"{CODE}Output:\n```{tag}\n{text}\n```\n")[0] == 1
