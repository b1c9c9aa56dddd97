"""The smallest profile that a card and its files ask for, and what a host can't give."""

import pytest

from snippet_sandbox.profile import GB, Host
from verify_snippets.claims import Claim, ClaimKind, Comparator, Scope
from verify_snippets.facts import RepoFacts
from verify_snippets.gpu_models import gpu_memory_of
from verify_snippets.hardware import Choice, choose

LAPTOP = Host(cpus=8, memory_bytes=34 * GB)


def claim(
    kind: ClaimKind, comparator: str, value: float | str | bool, unit: str = "GB", **more: object
) -> Claim:
    """A claim about inference, on line 7."""
    settings: dict[str, object] = {"scope": Scope.INFERENCE, "quote": f"{value} {unit}", "line": 7} | more
    return Claim(kind=kind, comparator=Comparator(comparator), value=value, unit=unit, **settings)  # type: ignore[arg-type]


def chosen(
    *claims: Claim, needs_gpu: bool = False, facts: RepoFacts | None = None, host: Host = LAPTOP
) -> Choice:
    """The choice for snippet L10."""
    return choose(snippet_ids={"L10"}, needs_gpu=needs_gpu, claims=claims, facts=facts, host=host)


def test_nothing_said_is_the_smallest() -> None:
    """And the reason says so."""
    choice = chosen()
    assert (choice.profile.name, choice.missing) == ("cpu-basic", "")
    assert "no GPU" in choice.reason


@pytest.mark.parametrize(
    ("claims", "needs_gpu", "name"),
    [
        ([claim(ClaimKind.RAM, ">=", 32)], False, "cpu-upgrade"),
        ([claim(ClaimKind.RAM, ">=", 8)], False, "cpu-basic"),
        ([claim(ClaimKind.VRAM, ">=", 24)], False, "a10g-small"),
        ([claim(ClaimKind.VRAM, ">=", 24, "GiB")], True, "a10g-small"),
        ([claim(ClaimKind.VRAM, "~", 27)], True, "l40sx1"),
        ([claim(ClaimKind.VRAM, ">=", 24), claim(ClaimKind.CPU_OK, "==", True, "")], False, "cpu-basic"),
        ([claim(ClaimKind.GPU_MODEL, ">=", "NVIDIA A100 80GB", "")], True, "a100-large"),
        ([claim(ClaimKind.GPU_MODEL, "==", "T4", "")], True, "t4-small"),
        ([claim(ClaimKind.GPU_COUNT, ">=", 2, "")], True, "a10g-largex2"),
        ([], True, "t4-small"),
        # what others need says nothing of this snippet at inference
        ([claim(ClaimKind.VRAM, ">=", 80, scope=Scope.TRAINING)], False, "cpu-basic"),
        ([claim(ClaimKind.VRAM, ">=", 80, snippets=("L99",))], False, "cpu-basic"),
    ],
)
def test_claims_decide(claims: list[Claim], needs_gpu: bool, name: str) -> None:
    """The smallest flavor that satisfies them all."""
    assert chosen(*claims, needs_gpu=needs_gpu).profile.name == name


def test_the_reason_quotes_the_card() -> None:
    """With the line that decides."""
    choice = chosen(claim(ClaimKind.VRAM, ">=", 24, quote="needs at least 24 GB of VRAM"))
    assert "line 7" in choice.reason
    assert "needs at least 24 GB of VRAM" in choice.reason
    assert "this host has none" in choice.missing


def test_weights_decide_where_the_card_is_silent() -> None:
    """28 GB of weights don't go into 16 GB."""
    choice = chosen(facts=RepoFacts(weight_bytes=20 * GB))
    assert choice.profile.name == "cpu-upgrade"
    assert "25.0 GB" in choice.reason


def test_fits_becomes_a_limit() -> None:
    """So that it can be refuted."""
    choice = chosen(claim(ClaimKind.RAM, "<=", 4, quote="fits in 4 GB"))
    assert (choice.profile.name, choice.profile.memory_bytes) == ("cpu-basic", 4 * GB)
    assert "fits in 4 GB" in choice.reason
    assert choice.roomier is not None
    assert choice.roomier.memory_bytes == 16 * GB
    on_gpu = chosen(claim(ClaimKind.VRAM, "<=", 12), needs_gpu=True)
    assert (on_gpu.profile.name, on_gpu.profile.gpu_memory_bytes) == ("t4-small", 12 * GB)


def test_less_than_what_is_needed_is_no_limit() -> None:
    """6 GB in INT4 beside 13 GB in FP16: the smaller number speaks of another variant."""
    choice = chosen(claim(ClaimKind.VRAM, ">=", 13), claim(ClaimKind.VRAM, "<=", 6), needs_gpu=True)
    assert (choice.profile.name, choice.profile.gpu_memory_bytes) == ("t4-small", 16 * GB)


def test_a_limit_is_near_the_weights_at_the_least() -> None:
    """More than their bytes may be true, and is tried; less is said of a lighter variant."""
    weights = RepoFacts(weight_bytes=3 * GB)
    assert chosen(claim(ClaimKind.RAM, "<=", 4), facts=weights).profile.memory_bytes == 4 * GB
    assert chosen(claim(ClaimKind.RAM, "<=", 2), facts=weights).profile.memory_bytes == 16 * GB


def test_a_small_host_gives_all_it_has() -> None:
    """As long as the card doesn't ask for more."""
    small = Host(cpus=2, memory_bytes=8 * GB)
    assert chosen(host=small).profile.name == "this-host"
    asking = chosen(claim(ClaimKind.RAM, ">=", 12), host=small)
    assert (asking.profile.name, bool(asking.missing)) == ("cpu-basic", True)


def test_more_than_any_profile_has() -> None:
    """The biggest, and the reason says so."""
    choice = chosen(claim(ClaimKind.VRAM, ">=", 3, "TB"), needs_gpu=True)
    assert choice.profile.name == "a100x8"
    assert "more than any" in choice.reason


@pytest.mark.parametrize(
    ("model", "gigabytes"),
    [
        ("NVIDIA A100-SXM4-80GB", 80),
        ("A100", 40),
        ("RTX 4090", 24),
        ("GeForce RTX 2080 Ti", 11),
        ("Tesla V100 (32GB)", 32),
        ("L4", 24),
        ("L40S", 48),
        ("a toaster", None),
    ],
)
def test_gpu_names(model: str, gigabytes: int | None) -> None:
    """What the name says comes before the data sheet."""
    assert gpu_memory_of(model) == (gigabytes * GB if gigabytes else None)
