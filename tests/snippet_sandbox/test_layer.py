"""Dependency layers, as far as no container is needed: what is met, what is told apart, what pip said."""

from pathlib import Path

import pytest

from snippet_images.built import BuiltImage
from snippet_sandbox import layer
from snippet_sandbox.agent import layer_builder
from snippet_sandbox.errors import EngineError, InfrastructureError
from snippet_sandbox.installed import met_by
from snippet_sandbox.job import Ending, Measurement

IMAGE = BuiltImage(
    name="cpu",
    reference="x",
    key="k1",
    python_version="3.11.2",
    versions={"torch": "2.13.0+cpu", "transformers": "5.23.0", "scikit-learn": "1.9.1"},
)


@pytest.mark.parametrize(
    ("requirements", "met"),
    [
        ([], True),
        (["torch", "transformers>=4.37"], True),
        (["torch==2.13.0"], True),
        (["Scikit_Learn"], True),
        (["transformers<5"], False),
        (["transformers[torch]"], False),
        (["git+https://example.org/a/b"], False),
        (["humanize"], False),
        (["pywin32; sys_platform == 'win32'"], True),
        (["not a requirement at all"], False),
    ],
)
def test_met_by_the_image(requirements: list[str], met: bool) -> None:
    """Only what the image surely holds needs no layer."""
    assert met_by(requirements, IMAGE) is met


def test_key_knows_what_decides_the_content() -> None:
    """Order and repetition don't matter; the image and the day do."""
    key = layer.key_of(["a", "b"], IMAGE, "2026-11-23")
    assert key == layer.key_of(["b", "a", "a"], IMAGE, "2026-11-23")
    others = {layer.key_of(["a"], IMAGE, "2026-11-23"), layer.key_of(["a", "b"], IMAGE, "2026-11-24")}
    assert key not in others


PIP_LOG = """Looking in indexes: http://127.0.0.1:8017/pypi/simple/
ERROR: Could not find a version that satisfies the requirement nope (from versions: none)
ERROR: No matching distribution found for nope
"""


def test_whose_fault_a_failed_install_is() -> None:
    """A refusal by pip is the asker's fault; the index's or the engine's trouble is ours."""
    refused = Measurement(ending=Ending.EXITED, exit_code=3, stderr=PIP_LOG)
    with pytest.raises(layer.RequirementsError, match="No matching distribution found for nope"):
        layer.raise_if_failed(refused, None)
    with pytest.raises(InfrastructureError, match="503"):
        layer.raise_if_failed(refused, "the index answered 503")
    with pytest.raises(EngineError, match="time-limit"):
        layer.raise_if_failed(Measurement(ending=Ending.TIME_LIMIT), None)
    layer.raise_if_failed(Measurement(ending=Ending.EXITED, exit_code=0), None)


def test_what_stays_when_the_rest_is_installed_afresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package and all that it needs, however it is written; nothing that only an extra wants."""
    needs = {
        "torch-2.13.0+cpu": ["Typing_Extensions>=4.10", "sympy", "numpy; extra == 'n'", "elsewhere"],
        "typing_extensions-4.16.0": [],
        "SymPy-1.14.0": ["mpmath<1.4,>=1.1"],
        "mpmath-1.3.0": ["torch"],
        "numpy-2.4.6": [],
    }
    for title, requires in needs.items():
        name, version = title.split("-")
        lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {word}" for word in requires)]
        (tmp_path / f"{title}.dist-info").mkdir()
        (tmp_path / f"{title}.dist-info" / "METADATA").write_text("\n".join([*lines, "", ""]))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    found = {folder.name.partition("-")[0] for folder in layer_builder.descriptions_of(["Torch"])}
    assert found == {"torch", "typing_extensions", "SymPy", "mpmath"}
