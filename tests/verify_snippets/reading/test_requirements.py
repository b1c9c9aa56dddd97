"""What to install for a block, as blocks, prose and comments tell it."""

import pytest

from verify_snippets import installs, told
from verify_snippets.blocks import read_blocks
from verify_snippets.snippets import read_snippets


def _required(card: str) -> list[tuple[str, ...]]:
    return [snippet.requirements for snippet in read_snippets(read_blocks(card), repo_id=None, metadata={})]


@pytest.mark.parametrize(
    ("command", "packages"),
    [
        (
            "conda install -c pytorch pytorch=1.8 torchvision cudatoolkit=11.1",
            ["torch==1.8.*", "torchvision"],
        ),
        ("conda create -n tiny python=3.10 numpy=1.26.4", ["numpy==1.26.4"]),
        ("mamba install conda-forge::librosa>=0.10 ffmpeg", ["librosa>=0.10"]),
        ("conda activate tiny", []),
        ("pip install -r <(curl https://acme.org/requirements.txt)", []),
        (
            "pip install https://acme.org/tiny-1.0-py3-none-any.whl",
            ["https://acme.org/tiny-1.0-py3-none-any.whl"],
        ),
        ("pip install -U 'tiny[extra]>=1' -r requirements.txt", ["tiny[extra]>=1"]),
    ],
)
def test_commands(command: str, packages: list[str]) -> None:
    assert list(installs.requirements(command.replace("'", "").split())) == packages


@pytest.mark.parametrize(
    ("prose", "packages"),
    [
        ("Install it with `pip install tiny`.", {"tiny"}),
        ("Do not `pip install tiny`.", set()),
        ("The code requires `python>=3.8` and `pytorch>=1.7`.", {"torch>=1.7"}),
        ("If you use `transformers<4.40`, trust remote code.", set()),
        ("Install the libraries `datasets` and `evaluate` first.", {"datasets", "evaluate"}),
        ("Install `gcc` with your system's tools.", set()),
        ("You need transformers version 4.37.0 or later.", {"transformers>=4.37.0"}),
    ],
)
def test_prose(prose: str, packages: set[str]) -> None:
    assert {word for said in told.in_prose(prose) for word in said.words} == packages


@pytest.mark.parametrize(
    ("comment", "is_general"),
    [
        ("# pip install tiny", True),
        ("# first run: !pip install tiny", True),
        ("# for Japanese: pip install tiny", False),
    ],
)
def test_comments(comment: str, is_general: bool) -> None:
    assert list(told.in_comments(comment)) == [(("tiny",), is_general)]


def test_a_clone_stands_in_for_the_package_of_the_same_repository() -> None:
    card = (
        "```bash\ngit clone https://h/acme/tiny\ncd tiny\npip install -e .\n```\nor\n"
        "```bash\npip install git+https://h/acme/tiny\n```\nthen\n```bash\npython examples/run.py\n```\n"
    )
    assert _required(card)[-1] == ()


def test_what_must_come_first_holds_for_what_comes_after() -> None:
    card = (
        "# Setup\n```bash\npip install tiny\n```\nYou first need to install the kernels:\n"
        "```bash\npip install kernels\n```\n# Run\n```python\nimport tiny\n```\n"
    )
    assert _required(card)[-1] == ("kernels", "tiny")


def test_the_repositorys_scripts_run_in_what_its_section_sets_up() -> None:
    card = (
        "# Set up\n```bash\nconda install pytorch -c pytorch\n```\n```bash\ngit clone https://h/acme/tiny\n```\n"
        "# Train\n```bash\npython train.py\n```\n"
    )
    assert _required(card)[-1] == ("torch",)


def test_a_heading_further_on_does_not_hold_for_what_was_told_above_it() -> None:
    card = (
        "# Tiny\nYou can `pip install tiny`.\n## Use\n```python\nimport os\n```\n"
        "## Also\n```python\nimport sys\n```\n"
    )
    assert _required(card) == [("tiny",), ("tiny",)]


def test_a_container_brings_all_it_needs() -> None:
    card = "```bash\npip install tiny\n```\n```bash\ndocker run -p 80:80 acme/tiny\n```\n"
    assert _required(card)[-1] == ()


def test_a_command_that_installs_for_itself_takes_nothing_from_another() -> None:
    card = "```bash\npip install a && a serve\n```\nor\n```bash\npip install b && b serve\n```\n"
    assert _required(card) == [("a",), ("b",)]


def test_a_version_in_a_comment_among_commands() -> None:
    """It holds for what is installed there; other comments say nothing."""
    card = "```sh\n# Ensure torch >= 2.4.0\n# step 1 of 3\npip install tiny-tool\n```\n"
    assert _required(card) == [("tiny-tool", "torch>=2.4.0")]
