"""Which engine is opened, and what is said where none answers."""

import pytest

from snippet_sandbox import engines
from snippet_sandbox.engine import Engine
from snippet_sandbox.engines.bubblewrap import BubblewrapEngine
from snippet_sandbox.errors import EngineUnavailableError, InfrastructureError


def refusing(name: str) -> Engine:
    """An engine that does not answer."""
    raise EngineUnavailableError(f"{name} does not answer", hint=f"start {name}")


def test_the_first_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that doesn't is passed over."""
    try:
        embedded = BubblewrapEngine()
    except EngineUnavailableError as error:
        pytest.skip(error.message)
    table = {"a": lambda: refusing("a"), "b": lambda: embedded, "c": lambda: refusing("c")}
    monkeypatch.setattr(engines, "ENGINES", table)
    assert engines.open_engine() is embedded


def test_none_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every refusal is told, and what to do about the engine that needs least."""
    table = {"docker": lambda: refusing("docker"), "bubblewrap": lambda: refusing("bubblewrap")}
    monkeypatch.setattr(engines, "ENGINES", table)
    with pytest.raises(EngineUnavailableError) as caught:
        engines.open_engine()
    assert "docker does not answer; bubblewrap does not answer" in caught.value.message
    assert (caught.value.hint, caught.value.exit_code) == ("start bubblewrap", 3)


def test_the_one_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other stands in for it in silence."""
    monkeypatch.setattr(engines, "ENGINES", {"docker": lambda: refusing("docker")})
    with pytest.raises(EngineUnavailableError, match="docker does not answer"):
        engines.open_engine("docker")


def test_a_host_that_lets_no_bubblewrap_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an engine that does not answer, and keeps its advice."""

    def closed() -> None:
        raise InfrastructureError("user namespaces are closed", hint="open them")

    monkeypatch.setattr("snippet_images.bwrap.find_bwrap", closed)
    with pytest.raises(EngineUnavailableError, match="namespaces are closed") as caught:
        BubblewrapEngine()
    assert caught.value.hint == "open them"
