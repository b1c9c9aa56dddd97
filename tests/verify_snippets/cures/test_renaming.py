"""Arguments, names and methods under their new names."""

import pytest

from tests.verify_snippets.cures.patients import cured, is_certain, patient
from verify_snippets.causes import Cause
from verify_snippets.cures import certain
from verify_snippets.cures.renamed_argument import renamed_argument
from verify_snippets.cures.renamed_name import renamed_name

MODEL = "from transformers import AutoModel\n"
TOKENIZER = "from transformers import AutoTokenizer\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            f'{MODEL}m = AutoModel.from_pretrained(\n    "a/b",  # ours\n    use_auth_token = True,\n)',
            f'{MODEL}m = AutoModel.from_pretrained(\n    "a/b",  # ours\n    token = True,\n)',
        ),
        (
            f'{MODEL}m = AutoModel.from_pretrained("a/b", torch_dtype="auto")',
            f'{MODEL}m = AutoModel.from_pretrained("a/b", dtype="auto")',
        ),
        (
            'import transformers as t\np = t.pipeline("fill-mask", torch_dtype=1)',
            'import transformers as t\np = t.pipeline("fill-mask", dtype=1)',
        ),
        (
            'from transformers import pipeline\np = pipeline("ner", grouped_entities=True)',
            'from transformers import pipeline\np = pipeline("ner", aggregation_strategy="simple")',
        ),
        (
            f'{MODEL}m = AutoModel.from_pretrained("a/b", resume_download=True)',
            f'{MODEL}m = AutoModel.from_pretrained("a/b")',
        ),
        (
            f'{MODEL}m = AutoModel.from_pretrained("a/b", resume_download=True, revision="x")\n!make',
            f'{MODEL}m = AutoModel.from_pretrained("a/b", revision="x")\n!make',
        ),
    ],
)
def test_an_argument_whose_call_is_known_is_renamed_for_certain(code: str, expected: str) -> None:
    who = patient(code)
    assert cured(renamed_argument, who) == expected
    assert is_certain(renamed_argument, who)


@pytest.mark.parametrize(
    "code",
    [
        'from peft import AutoPeftModel\nm = AutoPeftModel.from_pretrained("a/b", torch_dtype=1)',
        f'{MODEL}m = load("a/b", torch_dtype=1)',
        f"{MODEL}m = AutoModel.from_pretrained(load(torch_dtype=1))",
        f"{MODEL}AutoModel = Mine\nm = AutoModel.from_pretrained(torch_dtype=1)",
        f'{MODEL}m = AutoModel.from_pretrained("a/b", torch_dtype=1, dtype=1)',
        f'{MODEL}m = AutoModel.from_pretrained("a/b", load_in_8bit=True)',
        f'{MODEL}m = AutoModel.from_pretrained("a/b", <your token>, torch_dtype=1)',
        f"if old:\n    {MODEL}else:\n    from mine import AutoModel\nAutoModel.from_config(torch_dtype=1)",
    ],
)
def test_what_is_not_beyond_doubt_is_left_alone(code: str) -> None:
    assert list(certain(patient(code))) == []


@pytest.mark.parametrize(("oldest", "renames"), [("4.40", False), ("4.56.0", True), ("5.1", True)])
def test_the_versions_that_the_card_calls_enough_have_a_say(oldest: str, renames: bool) -> None:
    code = f'{MODEL}m = AutoModel.from_pretrained("a/b", torch_dtype="auto")'
    assert bool(list(certain(patient(code, oldest={"transformers": oldest})))) is renames


def test_an_import_of_an_earlier_snippet_counts() -> None:
    who = patient('m = AutoModel.from_pretrained("a/b", use_auth_token=True)', before=MODEL)
    assert cured(renamed_argument, who) == 'm = AutoModel.from_pretrained("a/b", token=True)'


def test_of_what_failed_only_what_fails_is_changed() -> None:
    code = f'{MODEL}m = AutoModel.from_pretrained("a/b", use_auth_token=True, torch_dtype="auto")'
    who = patient(code, Cause.VERSION_TOO_NEW, argument="use_auth_token", replacement="token")
    assert cured(renamed_argument, who) == code.replace("use_auth_token", "token")


def test_a_login_that_was_asked_for_may_be_left_out() -> None:
    code = f'{MODEL}m = AutoModel.from_pretrained("a/b", use_auth_token=True)'
    who = patient(code, Cause.VERSION_TOO_NEW, argument="use_auth_token", replacement="token")
    codes = [proposal.code for proposal in renamed_argument(who)]
    assert codes == [code.replace("use_auth_token", "token"), code.replace(", use_auth_token=True", "")]


def test_an_argument_whose_successor_answers_otherwise_is_only_tried() -> None:
    code = 'from transformers import pipeline\np = pipeline("x", return_all_scores=True)'
    assert list(certain(patient(code))) == []
    who = patient(code, Cause.VERSION_TOO_NEW)
    assert cured(renamed_argument, who) == code.replace("return_all_scores=True", "top_k=None")


def test_the_exception_tells_whose_argument_it_was() -> None:
    code = "first(use_auth_token=True)\nsecond(use_auth_token=True)"
    who = patient(
        code, Cause.VERSION_TOO_NEW, argument="use_auth_token", replacement="token", since="1", error_line=2
    )
    assert cured(renamed_argument, who) == "first(use_auth_token=True)\nsecond(token=True)"
    assert not is_certain(renamed_argument, who)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "from transformers import (\n    ViTFeatureExtractor,  # of old\n)\ne = ViTFeatureExtractor()",
            "from transformers import (\n    ViTImageProcessor,  # of old\n)\ne = ViTImageProcessor()",
        ),
        (
            "import transformers\ntransformers.AutoModelForVision2Seq",
            "import transformers\ntransformers.AutoModelForImageTextToText",
        ),
        (
            "from transformers import AutoModelForVision2Seq as M\nM()",
            "from transformers import AutoModelForImageTextToText as M\nM()",
        ),
        ("import numpy as np\nx = np.float(1) + np.NaN", "import numpy as np\nx = float(1) + np.nan"),
    ],
)
def test_a_name_that_is_known_is_renamed_for_certain(code: str, expected: str) -> None:
    who = patient(code)
    assert cured(renamed_name, who) == expected
    assert is_certain(renamed_name, who)


@pytest.mark.parametrize(
    "code",
    [
        "from mine import ViTFeatureExtractor\nViTFeatureExtractor()",
        "from transformers import *\nViTFeatureExtractor()",
        "import torch\ntorch.float",
        "np = mine()\nnp.float(1)",
        'from mine import T\nt = T.from_pretrained("a")\nt.encode_plus("x")',
        f'{TOKENIZER}t = AutoTokenizer.from_pretrained("a")\nt = f(t)\nt.encode_plus("x")',
    ],
)
def test_a_name_of_elsewhere_is_left_alone(code: str) -> None:
    assert cured(renamed_name, patient(code)) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            f'{TOKENIZER}t = AutoTokenizer.from_pretrained("a")\nt.encode_plus(x)',
            f'{TOKENIZER}t = AutoTokenizer.from_pretrained("a")\nt(x)',
        ),
        (
            "from transformers import Wav2Vec2Tokenizer as T\nT()",
            "from transformers import Wav2Vec2CTCTokenizer as T\nT()",
        ),
    ],
)
def test_what_takes_less_than_its_successor_is_renamed_only_to_be_tried(code: str, expected: str) -> None:
    assert list(certain(patient(code))) == []
    assert cured(renamed_name, patient(code, Cause.VERSION_TOO_NEW)) == expected


def test_a_method_that_the_exception_names_is_renamed_where_it_was_called() -> None:
    code = 'self.t.encode_plus("x")\npipe.enable_vae_slicing()'
    for line, name, expected in [
        (1, "encode_plus", code.replace(".encode_plus", "")),
        (2, "enable_vae_slicing", code.replace("enable_vae_slicing", "vae.enable_slicing")),
    ]:
        who = patient(code, Cause.VERSION_TOO_NEW, name=name, error_line=line)
        assert cured(renamed_name, who) == expected
        assert not is_certain(renamed_name, who)
