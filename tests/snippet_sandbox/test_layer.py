"""Dependency layers, as far as no container is needed: what is met, what is told apart, what pip said."""

import os
import time
from pathlib import Path

import pytest

from snippet_images import locks
from snippet_images.built import BuiltImage
from snippet_sandbox import layer, old_layers
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


def test_old_layers_go_unless_somebody_holds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nights make new ones, and nobody is there to prune."""
    monkeypatch.setenv("VERIFY_SNIPPETS_CACHE", str(tmp_path))
    ages_s = {
        "new": 0.0,
        "recent": old_layers.KEPT_S - 60,
        "old": old_layers.KEPT_S + 60,
        "held": old_layers.KEPT_S + 60,
    }
    for name, age_s in ages_s.items():
        folder = tmp_path / "layers" / name
        folder.mkdir(parents=True)
        (folder / "versions.json").write_text("{}")
        os.utime(folder, (time.time() - age_s,) * 2)
    with locks.exclusive_if_free("layer-held") as held:
        assert held
        assert old_layers.sweep() == 1
    assert sorted(folder.name for folder in (tmp_path / "layers").iterdir()) == ["held", "new", "recent"]


def test_another_release_makes_another_layer_on_the_same_day() -> None:
    """A night that finds a release must not run with the packages of the morning."""
    wanted = ["humanize<5", "transformers"]

    def state(releases: dict[str, str]) -> str:
        return layer._state_of_index(wanted, None, releases)

    told = {state({}), state({"humanize<5": "4.1"}), state({"humanize<5": "4.2"})}
    assert len(told) == 3
    assert state({"humanize<5": "4.1", "peft": "1"}) == state({"humanize<5": "4.1"})
