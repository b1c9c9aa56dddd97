"""Imports, packages, repos, devices and slips of the pen."""

import ast

import pytest

from tests.verify_snippets.cures.patients import cured, is_certain, patient
from verify_snippets.causes import Cause
from verify_snippets.cures import propose
from verify_snippets.cures.cpu_device import cpu_device
from verify_snippets.cures.hub_download import hub_download
from verify_snippets.cures.missing_import import KNOWN, missing_import
from verify_snippets.cures.missing_package import missing_package
from verify_snippets.cures.older_version import older_version
from verify_snippets.cures.own_repo import own_repo
from verify_snippets.cures.syntax import syntax


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("x = np.ones(2)", "np", "import numpy as np\nx = np.ones(2)"),
        ("# load\nx = torch.ones(2)", "torch", "# load\nimport torch\nx = torch.ones(2)"),
        ('"""Doc."""\nimport os\n\nos, re', "re", '"""Doc."""\nimport re\nimport os\n\nos, re'),
        (
            "from __future__ import annotations\nimport os\nos, re",
            "re",
            "from __future__ import annotations\nimport re\nimport os\nos, re",
        ),
    ],
)
def test_an_import_that_everybody_knows_is_added(code: str, name: str, expected: str) -> None:
    who = patient(code, Cause.CARD_BUG, message=f"name '{name}' is not defined")
    assert cured(missing_import, who) == expected


def test_the_cards_own_import_goes_before_the_known_one() -> None:
    who = patient(
        "Image.open", Cause.CARD_BUG, before="from mine import Image", message="name 'Image' is not defined"
    )
    assert cured(missing_import, who) == "from mine import Image\nImage.open"


def test_a_name_that_is_nobodys_is_not_imported() -> None:
    assert cured(missing_import, patient("model", message="name 'model' is not defined")) is None


OLD_IMPORT = "from huggingface_hub import cached_download, hf_hub_url\n"
NEW_IMPORT = "from huggingface_hub import hf_hub_download\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            OLD_IMPORT + 'path = cached_download(hf_hub_url("a/b", "c.bin", revision="d"))',
            NEW_IMPORT + 'path = hf_hub_download("a/b", "c.bin", revision="d")',
        ),
        (
            OLD_IMPORT + 'cached_download(hf_hub_url("a/b", filename=f), cache_dir=".")',
            NEW_IMPORT + 'hf_hub_download("a/b", filename=f, cache_dir=".")',
        ),
        (
            OLD_IMPORT + 'cached_download(hf_hub_url("a/b", "c")), hf_hub_url("a/b", "d")',
            NEW_IMPORT.replace("\n", ", hf_hub_url\n")
            + 'hf_hub_download("a/b", "c"), hf_hub_url("a/b", "d")',
        ),
        (OLD_IMPORT + 'cached_download(hf_hub_url("a/b", "c"), force_filename="d")', None),
        (OLD_IMPORT + "cached_download(url)", None),
        ('cached_download(hf_hub_url("a/b", "c"))', None),
    ],
)
def test_an_address_and_what_it_leads_to_are_one_call(code: str, expected: str | None) -> None:
    assert cured(hub_download, patient(code, Cause.VERSION_TOO_NEW)) == expected


def test_every_known_import_binds_its_name() -> None:
    for name, statement in KNOWN.items():
        (node,) = ast.parse(statement).body
        assert isinstance(node, ast.Import | ast.ImportFrom)
        assert [alias.asname or alias.name for alias in node.names] == [name]


@pytest.mark.parametrize(
    ("module", "packages"),
    [("sklearn.svm", [("scikit-learn",)]), ("einops", [("einops",)]), ("mine", []), ("google", [])],
)
def test_the_package_that_brings_a_module_is_added_where_there_is_no_doubt(
    module: str, packages: list[tuple[str, ...]]
) -> None:
    who = patient(f"import {module}", Cause.UNDECLARED_DEPENDENCY, module=module)
    assert [proposal.packages for proposal in missing_package(who)] == packages


@pytest.mark.parametrize(("package", "added"), [("sentencepiece", True), ("run-this-for-me", False)])
def test_an_exception_can_name_no_package_that_nobody_knows(package: str, added: bool) -> None:
    who = patient("import a", Cause.UNDECLARED_DEPENDENCY, package=package)
    assert bool(list(missing_package(who))) is added


def test_the_cards_own_repo_takes_the_place_of_one_that_is_nearly_it() -> None:
    code = "f('acme/tinny', \"acme/tinny\", 'acme/tinny/x')  # acme/tinny"
    who = patient(code, Cause.WRONG_REPO, repo="acme/tinny", repo_id="acme/tiny")
    expected = "f('acme/tiny', \"acme/tiny\", 'acme/tinny/x')  # acme/tinny"
    assert cured(own_repo, who) == expected
    assert cured(own_repo, patient(code, Cause.WRONG_REPO, repo="acme/tinny")) is None


def test_the_cards_own_repo_takes_the_place_of_a_placeholder() -> None:
    who = patient('f("your-model")', repo_id="acme/tiny", filled={"your-model": "acme/tiny"}, passed=True)
    assert [proposal.code for proposal in propose(who)] == ['f("acme/tiny")']
    sample = patient('f("photo.png")', repo_id="acme/tiny", filled={"photo.png": "/run/samples/photo.png"})
    assert cured(own_repo, sample) is None


def test_the_code_runs_on_the_cpu_where_the_card_says_it_can() -> None:
    code = (
        "d = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
        'm = M(device_map="cuda:0", device=0, name="cuda is fast").to("cuda")\n'
        "m = m.cuda( )"
    )
    expected = (
        "d = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
        'm = M(device_map="cpu", device="cpu", name="cuda is fast").to("cpu")\n'
        'm = m.to("cpu")'
    )
    who = patient(code, on_cpu=True)
    assert cured(cpu_device, who) == expected
    assert not is_certain(cpu_device, who)
    assert cured(cpu_device, patient(code)) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print(“it’s”, ‘b’)", "print(\"it’s\", 'b')"),
        ("x\u00a0= 1\n\u200by = 2", "x = 1\ny = 2"),
        ("f（1，2）", "f(1,2)"),
        ('print "a", 1', 'print("a", 1)'),
        ("x = 5 – 3", "x = 5 - 3"),
    ],
)
def test_slips_of_the_pen_are_mended(code: str, expected: str) -> None:
    assert cured(syntax, patient(f"import a\n{code}")) == f"import a\n{expected}"


@pytest.mark.parametrize("code", ["x = 1", "x = “a", "def f(:", "x = 'a\u00a0b'", "print('’')"])
def test_what_is_right_or_past_mending_stays(code: str) -> None:
    assert cured(syntax, patient(f"import a\n{code}")) is None


def test_an_older_version_is_asked_for_where_nothing_takes_the_place_of_what_is_gone() -> None:
    gone = {"library": "transformers", "since": "5.3.0", "task": "question-answering"}
    who = patient("import a", Cause.VERSION_TOO_NEW, **gone)
    assert [proposal.packages for proposal in older_version(who)] == [("transformers<5.3",)]
    renamed = patient("import a", Cause.VERSION_TOO_NEW, replacement="new", **gone)
    assert list(older_version(renamed)) == []
