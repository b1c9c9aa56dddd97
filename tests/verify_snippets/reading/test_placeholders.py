"""What a reader must fill in, and what can be filled in for certain."""

from pathlib import PurePosixPath

import pytest

from verify_snippets.blocks import read_blocks
from verify_snippets.snippets import read_snippets
from verify_snippets.stand_ins import Filled, fill_with_samples


def _found(code: str, tag: str = "python") -> tuple[str, ...]:
    return read_snippets(read_blocks(f"```{tag}\n{code}\n```"), repo_id="acme/tiny", metadata={})[
        0
    ].placeholders


def _fill(code: str, asked: tuple[str, ...], repo_id: str | None) -> Filled | None:
    return fill_with_samples(code, asked, repo_id, folder=PurePosixPath("/samples"))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("load('path/to/model')", ("path/to/model",)),
        ("login(token='hf_xxxx')", ("hf_xxxx",)),
        ("load('<model name>')", ("<model name>",)),
        ("Model.from_pretrained('{MODEL_NAME}')", ("{MODEL_NAME}",)),
        ("load(DATA_DIR)", ("DATA_DIR",)),
        ("transcribe('speech.wav')", ("speech.wav",)),
        ("x = f('your favorite prompt here')", ("your favorite prompt here",)),
        ("x = f('What is your name?')", ()),
        ("x = f('<s>', '</s>', '<mask>', '<|user|>')", ()),
        ("image.save('out.png')", ()),
        ("Model.from_pretrained('acme/tiny')", ()),
        ("Model.from_pretrained('other/model-base')", ()),
        ("open('log.txt', 'w').write('a')", ()),
        ("Path('page.png').write_bytes(b'a')\nPath('page.png').read_bytes()", ()),
        ("out = Path('result.json')\nout.write_text('{}')", ()),
        ("Path('page.png').read_bytes()", ("page.png",)),
        ("name = input('Your name: ')", ()),
        ("x = {'type': 'text', 'content': 'Describe the image.'}", ()),
        ("x = {'model_name': 1}", ()),
        ("load('tiny_model_id')", ("tiny_model_id",)),
        ("INDEX = 'THE_INDEX_YOU_CREATED'", ("THE_INDEX_YOU_CREATED",)),
        ("open(f'/path/to/folder/{x}.txt', 'w')", ("/path/to/folder/",)),
        ("print(f'your answer: {x}')", ()),
        ("models['<name>']()", ("<name>",)),
        ("config['model_name']", ()),
    ],
)
def test_in_python(code: str, found: tuple[str, ...]) -> None:
    assert _found(f"from tiny import *\n{code}") == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("python run.py --data <dataset dir>", ("<dataset dir>",)),
        ("python run.py --key=YOUR_KEY", ("YOUR_KEY",)),
        ("API_KEY=your_key python run.py", ("your_key",)),
        ("tiny-cli --input a.wav --output b.wav", ("a.wav",)),
        ("python run.py --lr 0.1 --name tiny", ()),
        ("python [TOOL_FOLDER]/run.py", ("[TOOL_FOLDER]",)),
        ("pip install tiny[ALL_OF]", ()),
        ("python run.py --input words.txt --config a.json", ("words.txt",)),
        ('serve --json \'{"model": "your/path",}\'', ("your/path",)),
    ],
)
def test_in_a_shell(code: str, found: tuple[str, ...]) -> None:
    assert _found(code, "bash") == found


def test_a_fragment_asks_for_nothing() -> None:
    assert _found("load(model, 'path/to/data')") == ()


def test_a_model_id_is_filled_in() -> None:
    code = (
        "m = AutoModel.from_pretrained('your-name/your-model')\nt = T.from_pretrained('your-name/your-model')"
    )
    assert _fill(code, ("your-name/your-model",), "acme/tiny") == Filled(
        code=code.replace("your-name/your-model", "acme/tiny"),
        stand_ins={"your-name/your-model": "acme/tiny"},
        samples={},
    )


@pytest.mark.parametrize(
    ("code", "asked", "repo_id"),
    [
        ("f('path/to/image.png')", ("path/to/image.png",), "acme/tiny"),
        ("AutoModel.from_pretrained('your-model')", ("your-model",), None),
        ("api.upload_folder('your-model')", ("your-model",), "acme/tiny"),
        ("AutoModel.from_pretrained('your-model')\nprint('your-model')", ("your-model",), "acme/tiny"),
        ("AutoModel.from_pretrained('your-model', token='hf_xxx')", ("your-model", "hf_xxx"), "acme/tiny"),
    ],
)
def test_nothing_is_guessed(code: str, asked: tuple[str, ...], repo_id: str | None) -> None:
    assert _fill(code, asked, repo_id) is None


def test_nothing_to_fill_in() -> None:
    assert _fill("x = 1", (), None) == Filled(code="x = 1", stand_ins={}, samples={})


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("python run.py --model $MODEL_DIR --out ${OUT}/a", ("$MODEL_DIR", "${OUT}")),
        ("MODEL_DIR=./big\npython run.py --model $MODEL_DIR $HOME/x", ()),
        ("for n in 1 2; do python run.py --seed $n; done", ()),
        ("python run.py --ckpt_dir ./Tiny-14B --task t2v", ("./Tiny-14B",)),
        ("llama-cli -m tiny.Q8_0.gguf -p hello", ("tiny.Q8_0.gguf",)),
        ("llama-cli --hf-repo acme/tiny --model tiny.Q8_0.gguf", ()),
        ("hf download acme/tiny --local-dir ./Tiny\npython run.py --ckpt_dir ./Tiny", ()),
    ],
)
def test_what_commands_want_and_nobody_brings(code: str, found: tuple[str, ...]) -> None:
    """Variables that nobody sets, and weights that nobody downloads."""
    assert _found(code, "bash") == found
