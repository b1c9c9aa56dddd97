"""What a card shows as output, and what is said of it once the real one is known."""

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.profile import GB, PROFILES, Host
from verify_snippets import printing
from verify_snippets.card import Card, Source
from verify_snippets.documented import Piece, find
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan
from verify_snippets.report.model import RunReport
from verify_snippets.report.remarks import remark
from verify_snippets.shown import Held, hold
from verify_snippets.verdict import Verdict


def _plan(text: str) -> Plan:
    card = Card(text=text, sha256="0" * 64, source=Source.FILE, location="README.md", repo_id="acme/tiny")
    return make_plan(card, Host(cpus=8, memory_bytes=34 * GB), profile=PROFILES["cpu-basic"])


def _python(*blocks: str) -> str:
    return "\n\nThen:\n\n".join(f"```python\n{block}\n```" for block in blocks)


def _pieces(text: str) -> list[Piece]:
    plan = _plan(text)
    return list(find(plan.snippets[0], plan.snippets, frozenset()))


def _texts(*blocks: str) -> list[tuple[int, str]]:
    return [(piece.line, piece.text.strip()) for piece in _pieces(_python(*blocks))]


def _held(text: str, stdout: str, stderr: str = "") -> Held:
    plan = _plan(text)
    shown = [hold(step, plan.snippets, stdout, stderr) for step in plan.steps if step.runs]
    (held,) = [one for one in shown if one]
    return held


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("print(1)  # -> 1", [(2, "1")]),
        ("print(t.f())  # prints: a word", [(2, "a word")]),
        ("print(t.f())\n# Output: a\n# b", [(3, "a\nb")]),
        ("print(t.f())\n# Output:\n# a", [(4, "a")]),
        ("print(t.f())\n# => [[0.5,\n#     0.25]]\n# more of that below", [(3, "[[0.5,\n    0.25]]")]),
        ("print(t.f())\n# ['a']\n# instead of ['b']", [(3, "['a']")]),
        ("print(t.f())\n# GOOD\n\nx = 1  # 2", [(3, "GOOD")]),
        ("print(t.f())  # 0.5\nprint(t.g())  # 0.25", [(2, "0.5"), (3, "0.25")]),
        ("print('C# 5')  # 0.5", []),  # the first mark stands within a string
        ('print(t.f())\n"""\na\nb\n"""', [(3, "a\nb")]),
        (">>> t.f()\n[1,\n 2]\n>>> print(3)\n3", [(3, "[1,\n 2]"), (6, "3")]),
        (">>> print(1)\na\n\nb\n\n>>> x = 2", [(3, "a\n\nb")]),
        ("In [1]: t.f()\nOut[1]: 5", [(3, "5")]),
        ("import t\nprint(t.f())\n>>> 0.5", [(4, "0.5")]),
    ],
)
def test_texts_inside_the_code(code: str, shown: list[tuple[int, str]]) -> None:
    assert _texts(code) == shown


def test_a_block_of_its_own() -> None:
    (piece,) = _pieces(f"{_python('print(t.f())')}\n\nOutput:\n```\n\nOutput:\na\nb\n```\n")
    assert (piece.line, piece.text, piece.is_printed, piece.is_apart) == (9, "a\nb", True, True)


def test_no_code_no_output() -> None:
    assert _pieces("```bash\npython -m t --help\nusage: t [-h]\n```\n") == []


@pytest.mark.parametrize(
    ("code", "is_printed"),
    [
        ("t.f()\n# [1]", False),
        ("x = t.f()\n# Output: [1]", False),
        ("x = t.f()\n# Output: [1]\nprint(x)", True),
        ("def show(x):\n    print(x)\n\nshow(1)\n# [1]", True),
        ("for x in t.f():\n    # e.g.:\n    # [1]\n    print(x)", True),
        (">>> t.f()\n[1]", True),
        (">>> x = t.f()\n[1]", False),
        ("t.summary()\n# [1]", True),
    ],
)
def test_what_a_script_prints(code: str, is_printed: bool) -> None:
    plan = _plan(_python(code))
    printers = printing.printing_functions([ast.parse(plan.snippets[0].code)])
    (piece,) = find(plan.snippets[0], plan.snippets, printers)
    assert piece.is_printed is is_printed


_LINES = st.sampled_from(
    [
        *(
            "print(1)",
            "print(m.generate(x))  # 'a'",
            "x = 1",
            "1",
            "for x in [1]:",
            "    print(x)",
            "def f():",
            "",
        ),
        *(
            "# 1",
            "# Output:",
            "#",
            "# [",
            "# [1,",
            "# 2]",
            "    # e.g.:",
            '"""',
            "'a'",
            ">>> 1",
            "... 2",
            ">>>",
        ),
        *(
            "Out[1]: 2",
            "In [1]: 3",
            "!ls",
            "with open(x) as y:",
            "x += torch.randn(2)",
            "# => {'a': 1",
            "\tx",
            "é",
        ),
        *(
            "lambda: (yield)",
            "x: int = f()",
            "(x, *y), z.w[0] = x",
            "if (y := x):",
            "# a  # b",
            "print('#1')  # 2",
        ),
    ]
)


@given(st.lists(_LINES, max_size=12), st.lists(_LINES, max_size=4))
def test_any_card_can_be_held_against_any_output(code: list[str], output: list[str]) -> None:
    fence = "~" * 9
    text = (
        f"{fence}python\n{chr(10).join(code)}\n{fence}\n\nOutput:\n{fence}\n{chr(10).join(output)}\n{fence}\n"
    )
    plan = _plan(text)
    lines = len(text.split("\n"))
    for step in plan.steps:
        as_if_run = replace(step, codes=(step.snippet.code,))
        held = hold(as_if_run, plan.snippets, "\n".join(output))
        assert held is None or 1 <= held.line <= lines


def test_as_documented() -> None:
    held = _held(_python("print([0.5])  # [0.5]"), "[0.5003]\n")
    assert (held.verdict, held.line) == ("as documented", 2)


def test_differs() -> None:
    held = _held(_python("print(1)\nprint(2)\n# 3"), "1\n2\n")
    assert (held.verdict, held.line) == ("differs", 4)
    assert held.diff.endswith("-3\n+2")
    assert "1 %" in held.reason


def test_a_log_that_went_to_stderr() -> None:
    card = f"{_python('import logging', 'print(logging)')}\n\nOutput:\n```\nINFO:a:done\n```\n"
    assert _held(card, "x\n", "INFO:a:done\n").verdict == "as documented"
    assert _held(card, "x\n", "INFO:a:undone\n").verdict == "differs"


def test_a_terminal_that_shows_both_streams() -> None:
    card = (
        f"{_python('import logging', 'print(logging)')}\n\nOutput:\n```\nINFO:a:half\n0.5\nINFO:a:done\n```\n"
    )
    assert _held(card, "0.5003\n", "INFO:a:half\nINFO:a:done\n").verdict == "as documented"
    other = _held(card, "0.6\n", "INFO:a:half\nINFO:a:done\n")
    assert other.diff.endswith("-0.5\n+0.6")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("t.f()\n# [1]", "the code does not print it"),
        ("y = m.generate(x, do_sample=True)\nprint(y)  # 'a'", "sampling"),
        ("y = m.generate(x, temperature=0.7)\nz = y[0]\nprint(z)  # 'a'", "sampling"),
        ("m.generation_config.top_p = 0.9\nprint(m.generate(x))  # 'a'", "sampling"),
        ("kw = {'do_sample': True}\nprint(m.generate(x, **kw))  # 'a'", "sampling"),
        ("def f(x):\n    return m.generate(x, top_k=50)\n\nprint(f(1))  # 'a'", "sampling"),
        ("out = []\nout.append(m.generate(x, do_sample=True))\nprint(out)  # ['a']", "sampling"),
        ("p = t.pipeline('text-generation', 'a/b')\nprint(p('x'))  # ['a']", "own settings"),
        ("i = k.apply_chat_template([])\nprint(m.generate(i))  # 'a'", "own settings"),
        ("r, h = m.chat(k, 'hi')\nprint(r)  # 'a'", "own settings"),
        ("t.set_seed(1)\nprint(m.generate(x, do_sample=True))  # 'a'", "seed"),
        ("print(torch.randn(2))  # tensor([0.1, 0.2])", "at random"),
        ("import time\nprint(time.time())  # 12.5", "the time"),
        ("print(t.f())\n# for example:\n# ['a']", "example"),
        ("print(t.f())  # Output: a list of words", "describe"),
        ("print(t.f())  # 0.57 (rather good)", "describe"),
        ("print(t.f())\n# Several texts at once\n\nx = 1", "describe"),
        ("from PIL import Image\nprint(Image.open('cat.jpg'))  # 'a cat'", "stands in"),
    ],
)
def test_not_comparable(code: str, why: str) -> None:
    held = _held(_python(f"m = x = t = k = torch = None\n{code}"), "b\n")
    assert held.verdict == "not comparable"
    assert why in held.reason
    assert not held.diff


@pytest.mark.parametrize(
    "code",
    [
        "print(m.generate(x))  # 'a'",
        "print(t.f())  # Output: words of wisdom",
        "print(t.f())\n# MALICIOUS",
        "print(m.generate(x, do_sample=False, temperature=0.6))  # 'a'",
        "print(m.generate(x, temperature=0))  # 'a'",
        "p = t.pipeline('text-generation', 'a/b')\nprint(p('x', do_sample=False))  # ['a']",
        "p = t.pipeline('translation', 'a/b')\nprint(p('x'))  # ['a']",
        "y = torch.randn(1, 2)\nprint(m(y).shape)  # torch.Size([1, 2])",
        "d = 'cuda' if torch.cuda.is_available() else 'cpu'\nprint(m.to(d)(x))  # 'a'",
        "print(m.generate(x, do_sample=True))\nprint(t.f())  # 'a'",
    ],
)
def test_what_every_run_prints_alike_is_compared(code: str) -> None:
    assert _held(_python(f"m = x = t = torch = None\n{code}"), "b\n").verdict == "differs"


def test_weights_drawn_at_random() -> None:
    said = "Some weights of A were not initialized from the checkpoint at b and are newly initialized: ['c']"
    held = _held(_python("print(1)  # 2"), "1\n", f"{said}\n")
    assert held.verdict == "not comparable"
    assert "weights" in held.reason


def test_of_several_texts_those_are_compared_that_can_be() -> None:
    code = "m = x = None\nprint(m.generate(x, do_sample=True))  # 'a'\nprint(2)  # 2"
    held = _held(_python(code), "b\n2\n")
    assert held.verdict == "as documented"
    assert "1 of 2" in held.reason
    assert "sampling" in held.reason


RUN = RunReport(profile="cpu-basic", verdict=Verdict.PASSED, reason="ran to its last line", stdout="1\n2\n")
DIFFERS = _python("print(1)\nprint(2)  # 3")


def _remarked(text: str, run: RunReport, *, strict: bool = False) -> RunReport:
    plan = _plan(text)
    return remark(run, plan.steps[-1], plan.snippets, strict_output=strict)


def test_a_difference_decides_only_where_it_is_asked_to() -> None:
    told = _remarked(DIFFERS, RUN)
    assert told.verdict is Verdict.PASSED
    assert told.output is not None
    assert told.output.verdict == "differs"
    strict = _remarked(DIFFERS, RUN, strict=True)
    assert strict.verdict is Verdict.CONTRADICTED
    assert "line 3" in strict.reason
    assert strict.output == told.output


def test_a_failure_stays_what_it_is() -> None:
    failed = RUN.model_copy(update={"verdict": Verdict.FAILED})
    assert _remarked(DIFFERS, failed, strict=True) == failed


def test_what_is_not_compared_is_said_and_decides_nothing() -> None:
    told = _remarked(_python("m = None\nprint(m.generate(do_sample=True))  # 'a'"), RUN, strict=True)
    assert told.verdict is Verdict.PASSED
    assert "sampling" in told.remarks[0]


def test_nothing_printed_where_the_card_shows_an_output() -> None:
    told = _remarked(_python("x = [1]\nx.copy()\n# [1]"), RUN.model_copy(update={"stdout": "\n"}))
    assert told.output is not None
    assert told.output.verdict == "not comparable"
    assert "printed nothing" in told.remarks[0]
