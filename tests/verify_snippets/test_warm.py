"""What of a snippet is timed: what comes after its loading, and does the work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_snippets.warm import Lines, after_loading

LOADS = "from transformers import pipeline\npipe = pipeline('text-generation', 'acme/tiny')\n"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (LOADS + "print(pipe('Hello'))", (13, 13)),
        (LOADS + "out = pipe('Hello')\nprint(out)", (13, 14)),
        (LOADS + "pipe.to('cpu')\nfor text in ('a', 'b'):\n    pipe(text)", (13, 15)),
        (LOADS + "def ask(text):\n    return pipe(text)\n\nask('Hello')", (13, 16)),
        ("import time\ndef work():\n    time.sleep(1)\n\nwork()", (12, 15)),
        ("total = sum(range(10))\nprint(total)", (11, 12)),
        # its picture is fetched after the model: only what follows is work
        (LOADS + "image = load_image('http://x/y.png')\npipe(image)", (14, 14)),
        ("from a import M, T\nm = M.from_pretrained('a/b').eval()\nt = T()\nm(t)", (13, 14)),
        ("from ultralytics import YOLO\nmodel = YOLO('yolo11n.pt')\nmodel('a cat')", (13, 13)),
        # nothing that comes after its loading does the work
        ("from a import pipeline\nout = pipeline('a/b')('Hello')\nprint(out)", None),
        ("from a import M\nm = M.from_pretrained('a/b')\nprint(m)", None),
        (LOADS + "print(pipe(load_image('http://x/y.png')))\nprint('done')", None),
        ("from a import M\nm = M.from_pretrained('a/b'); m(1)", None),
        ("from a import A\ndef main():\n    A.from_pretrained('a/b')(1)\n\nmain()", None),
        ("from a import T, M\nt = T.Tokenizer.load(1)\nM.load(2)(t(3))\nt.decode(4)", None),
        (
            "import onnxruntime as o\nsession = o.InferenceSession('m.onnx')\nsession.run(None)",
            (13, 13),
        ),
        ("import torch", None),
        ("messages = [{'role': 'user', 'content': 'Hello'}]", None),
        ("import timm\nmodel = timm.create_model('a', pretrained=True)\nmodel(1)", (13, 13)),
        ("this is no Python", None),
    ],
)
def test_the_lines_that_are_timed(code: str, lines: tuple[int, int] | None) -> None:
    """In the card's own lines; the snippet's first one is line 11."""
    expected = Lines(first=lines[0], last=lines[1]) if lines else None
    assert after_loading([code], 11) == expected


def test_what_an_earlier_snippet_loaded_counts() -> None:
    """The model comes from there; all of the snippet is work."""
    assert after_loading([LOADS, "print(pipe('Hello'))"], 20) == Lines(first=20, last=20)
    assert after_loading([LOADS, "print('nothing of the model')"], 20) is None


@given(
    st.lists(st.sampled_from([*"abm.()=[]:;'\\n ", "load", "import ", "def ", "print", "\n    "])).map(
        "".join
    )
)
def test_any_text_is_taken(code: str) -> None:
    """What is found begins on a line of the snippet, or nothing is."""
    lines = after_loading([code], 1)
    assert lines is None or 1 <= lines.first <= lines.last <= len(code.splitlines())
