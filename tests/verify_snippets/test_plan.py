"""What runs, what doesn't, and why."""

from dataclasses import replace

import pytest

from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu
from verify_snippets.card import Card, Source
from verify_snippets.facts import RepoFacts
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.run import parts_of

CPU = PROFILES["cpu-basic"]
HOST = Host(cpus=8, memory_bytes=34 * GB)
GPU = replace(CPU, name="one-gpu", gpus=1, gpu_memory_bytes=16 * GB)


def steps(text: str, repo_id: str | None = "acme/tiny") -> tuple[Step, ...]:
    """The plan's steps for a card of this text."""
    return make_plan(card(text, repo_id), HOST, profile=CPU).steps


def card(text: str, repo_id: str | None = "acme/tiny") -> Card:
    """A card of this text."""
    return Card(text=text, sha256="0" * 64, source=Source.FILE, location="README.md", repo_id=repo_id)


def python(*blocks: str) -> str:
    """A card of these blocks."""
    return "\n\nThen:\n\n".join(f"```python\n{block}\n```" for block in blocks)


def test_a_chain_runs_in_order() -> None:
    """What a block needs runs first, what that needs before it."""
    chain = steps(python("x = 1", "y = x + 1", "print(y)"))
    assert [s.id for s in chain[2].first] == ["L1", "L7"]
    assert all(step.runs for step in chain)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (python("import torch\nx = torch.ones(1).cuda()\nprint(x)"), "needs a GPU: its code asks"),
        (python("rows = open('path/to/rows.csv').read()\nprint(len(rows))"), "path/to/rows.csv"),
        ("```bash\npython generate.py --prompt hello\n```", "not Python yet"),
        (python("for x in ...:\n    ..."), ""),
    ],
)
def test_a_step_that_does_not_run_says_why(text: str, said: str) -> None:
    """Every skip has its reason."""
    (step,) = steps(text)
    assert not step.runs
    assert step.reason
    assert said in step.reason


def test_a_need_that_cannot_run_stops_what_needs_it() -> None:
    """The reason names the block and the reason of that one."""
    needing = steps(python("import torch\nmodel = torch.ones(1).cuda()", "print(model + 1)"))[1]
    assert not needing.runs
    assert "L1" in needing.reason
    assert "GPU" in needing.reason


def test_a_gpu_profile_lifts_the_obstacle() -> None:
    """The same card under other hardware, where that is there."""
    text = python("import torch\nx = torch.ones(1).cuda()\nprint(x)")
    has_one = replace(HOST, gpu_devices=(HostGpu(name="Tesla T4", memory_bytes=16 * GB),))
    assert make_plan(card(text), has_one, profile=GPU).steps[0].runs
    (step,) = make_plan(card(text), HOST, profile=GPU).steps
    assert not step.runs
    assert "this host can't give one-gpu" in step.reason


def test_named_libraries_go_into_the_image_that_is_closest() -> None:
    """What that lacks is put upon it."""
    (step,) = make_plan(card(python("print(1)")), HOST, libraries=("transformers<5",)).steps
    assert (step.image, step.requirements) == ("cpu-transformers4", ("transformers<5",))
    (step,) = make_plan(card(python("print(1)")), HOST, libraries=("transformers>=5",), python="3.12").steps
    assert step.image == "cpu-py312"
    assert steps(python("print(1)"))[0].image == "cpu"


def test_the_cards_own_repo_stands_in() -> None:
    """A certain stand-in is filled in, and the step says so."""
    code = "from transformers import pipeline\nprint(pipeline('fill-mask', model='your-username/your-model'))"
    (step,) = steps(python(code))
    assert step.runs
    assert step.filled == {"your-username/your-model": "acme/tiny"}
    (part,) = parts_of(step)
    assert "model='acme/tiny'" in part.source
    assert part.first_line == 2
    assert not steps(python(code), repo_id=None)[0].runs


def test_install_blocks_are_no_steps() -> None:
    """They become requirements of what needs them."""
    text = "```bash\npip install humanize\n```\n\n" + python("import humanize\nprint(humanize.intcomma(1))")
    (step,) = steps(text)
    assert step.snippet.requirements == ("humanize",)


CLAIMING = """
This model needs at least 24 GB of VRAM for inference.

```python
import torch
model = torch.ones(1).to("cuda")
print(model)
```
"""


def test_the_cards_claim_decides_the_profile() -> None:
    """The step quotes the sentence and its line, and says what this host can't give."""
    (step,) = make_plan(card(CLAIMING), HOST).steps
    assert (step.profile, step.runs) == ("a10g-small", False)
    assert "line 2" in step.reason
    assert "24 GB of VRAM" in step.reason
    assert "this host has none" in step.reason


def test_a_profile_that_was_named_goes_before_the_card() -> None:
    """The user knows best what to run it under."""
    text = "Requires 24 GB of VRAM.\n\n" + python("print('cpu')")
    (step,) = make_plan(card(text), HOST, profile=CPU).steps
    assert step.runs
    assert "asked for" in step.reason


def test_fits_in_becomes_the_limit() -> None:
    """So that running can refute it."""
    text = "Inference fits in 4 GB of RAM.\n\n" + python("print('cpu')")
    (step,) = make_plan(card(text), HOST).steps
    assert (step.profile, step.hardware.memory_bytes) == ("cpu-basic", 4 * GB)


def test_claims_are_judged_from_files_at_once() -> None:
    """The plan holds the ledger."""
    text = "A model with 7B parameters.\n"
    facts = RepoFacts(parameters={"BF16": 13_000_000_000})
    (entry,) = make_plan(card(text), HOST, facts=facts).ledger
    assert entry.verdict is ClaimVerdict.CONTRADICTED
    assert entry.found == "13 B parameters"


@pytest.mark.parametrize(
    ("sentence", "timed"),
    [
        ("Inference takes 20 ms on cpu-basic.", True),
        ("Inference takes 20 ms on an A100.", False),
        ("Inference takes 20 ms.", False),
        ("Training takes 20 s on cpu-basic.", False),
    ],
)
def test_only_what_can_be_judged_is_timed(sentence: str, timed: bool) -> None:
    """A time runs alone and again, which costs: where the claim names this hardware, and there only."""
    own = f"# Usage\n\n{sentence}\n\n{python('print(1)')}\n"
    blocks = python("print('acme/tiny')", "print(2)")
    of_the_model = f"{sentence}\n\n# Usage\n\n{blocks}\n"
    assert [step.timed for step in steps(own)] == [timed]
    assert [step.timed for step in steps(of_the_model)] == [timed, False]
