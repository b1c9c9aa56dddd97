"""What shell lines install, set up and run."""

import pytest

from verify_snippets import shell


@pytest.mark.parametrize(
    ("line", "requirements"),
    [
        ("pip install a b==1 'c[d]>=2,<3'", ("a", "b==1", "c[d]>=2,<3")),
        ("python3 -m pip install -U --pre a", ("a",)),
        ("uv pip install --system a", ("a",)),
        ("sudo pip3 install a", ("a",)),
        ("pip install -r requirements.txt", ()),
        ("pip install -e .[dev]", ()),
        ("pip install . ./wheel.whl", ()),
        ("pip install a --extra-index-url https://x/y -f https://z", ("a",)),
        ("pip install git+https://h/a/b.git@v1", ("git+https://h/a/b.git@v1",)),
        ("pip install --upgrade pip setuptools wheel", ()),
        ("pip install a # b", ("a",)),
        ("$ pip install a && pip install b", ("a", "b")),
        ("pip install a \\\n  b", ("a", "b")),
        ("apt install a", ()),
        ("pip uninstall a", ()),
    ],
)
def test_requirements(line: str, requirements: tuple[str, ...]) -> None:
    commands = shell.read(line).commands
    assert tuple(word for command in commands for word in command.requirements) == requirements


@pytest.mark.parametrize(
    ("text", "sets_up"),
    [
        ("git clone https://h/a/b\ncd b && make", True),
        ("conda create -n x python=3.11 -y\nconda activate x", True),
        ("wget https://h/a.tar.gz; tar xf a.tar.gz", True),
        ("python scripts/download_weights.py weights/", True),
        ("docker pull a", True),
        ("docker run a", False),
        ("pip install a\npython run.py", False),
        ("CUDA_VISIBLE_DEVICES=0 python run.py", False),
        ("ollama run a", False),
        ("curl -X POST http://localhost:8000", False),
        ("curl -O https://h/a", True),
    ],
)
def test_what_only_sets_up(text: str, sets_up: bool) -> None:
    assert shell.read(text).only_sets_up is sets_up


def test_a_here_document_is_no_command() -> None:
    script = shell.read("cat > a.txt <<EOF\npip install never\nEOF\npip install a")
    assert [command.requirements for command in script.commands] == [(), ("a",)]


def test_an_apostrophe_is_no_quote() -> None:
    assert len(shell.read("echo don't\npip install a").commands) == 2
