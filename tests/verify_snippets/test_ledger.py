"""Claims that need no run are judged at once."""

import pytest

from snippet_sandbox.profile import GB
from verify_snippets.blocks import read_blocks
from verify_snippets.claims import Claim, ClaimKind, Comparator, Scope
from verify_snippets.facts import RepoFacts
from verify_snippets.ledger import ClaimVerdict, Entry, open_ledger
from verify_snippets.snippets import read_snippets

CONFIRMED, CONTRADICTED, UNTESTED = ClaimVerdict.CONFIRMED, ClaimVerdict.CONTRADICTED, ClaimVerdict.UNTESTED
SEVEN_B = RepoFacts(
    parameters={"BF16": 7_241_732_096},
    weight_bytes=14_483_500_000,
    disk_bytes=15_000_000_000,
    context_length=32_768,
    dtype="bfloat16",
)
CODE = "from transformers import AutoModel\nmodel = AutoModel.from_pretrained('acme/seven'{})\nprint(model)"


def entry(claim: Claim, facts: RepoFacts | None = SEVEN_B, code: str = CODE.format("")) -> Entry:
    """The ledger's one line."""
    snippets = read_snippets(read_blocks(f"```python\n{code}\n```\n"), repo_id="acme/seven", metadata={})
    (found,) = open_ledger([claim], facts, snippets)
    return found


def claim(kind: ClaimKind, comparator: str, value: float | str, unit: str, scope: str = "inference") -> Claim:
    """A claim of this card."""
    return Claim(
        kind=kind,
        comparator=Comparator(comparator),
        value=value,
        unit=unit,
        scope=Scope(scope),
        quote="",
        line=3,
    )


@pytest.mark.parametrize(
    ("kind", "comparator", "value", "unit", "verdict"),
    [
        (ClaimKind.PARAMETERS, "~", 7, "B", CONFIRMED),
        (ClaimKind.PARAMETERS, "==", 7241, "M", CONFIRMED),
        (ClaimKind.PARAMETERS, "==", 13, "B", CONTRADICTED),
        (ClaimKind.CONTEXT_LENGTH, "==", 32, "K tokens", CONFIRMED),
        (ClaimKind.CONTEXT_LENGTH, "==", 32768, "tokens", CONFIRMED),
        (ClaimKind.CONTEXT_LENGTH, "<=", 128, "K tokens", CONFIRMED),
        (ClaimKind.CONTEXT_LENGTH, "==", 128, "K tokens", CONTRADICTED),
        (ClaimKind.DISK_SIZE, "~", 14.5, "GB", CONFIRMED),
        (ClaimKind.DISK_SIZE, "<=", 4, "GB", CONTRADICTED),
        (ClaimKind.DTYPE, "==", "bf16", "", CONFIRMED),
        (ClaimKind.DTYPE, "==", "float16", "", UNTESTED),
        (ClaimKind.VRAM, "<=", 8, "GB", CONTRADICTED),
        (ClaimKind.VRAM, ">=", 8, "GB", CONTRADICTED),
        (ClaimKind.VRAM, "<=", 16, "GB", UNTESTED),
        (ClaimKind.LATENCY, "~", 3, "s", UNTESTED),
    ],
)
def test_from_files(
    kind: ClaimKind, comparator: str, value: float | str, unit: str, verdict: ClaimVerdict
) -> None:
    """Each kind against what the files say, with what was found."""
    found = entry(claim(kind, comparator, value, unit))
    assert found.verdict is verdict
    assert found.reason
    if verdict is not UNTESTED:
        assert found.found


@pytest.mark.parametrize("how", [", load_in_4bit=True", ", device_map='auto', offload_folder='x'"])
def test_lighter_weights_make_small_memory_possible(how: str) -> None:
    """Quantized or offloaded, a model may fit in less than its weights."""
    assert entry(claim(ClaimKind.VRAM, "<=", 8, "GB"), code=CODE.format(how)).verdict is UNTESTED


def test_other_scopes_are_not_judged() -> None:
    """What training took is no promise to the reader."""
    found = entry(claim(ClaimKind.VRAM, "<=", 8, "GB", scope="training"))
    assert found.verdict is UNTESTED
    assert "training" in found.reason


def test_packed_weights_count_something_else() -> None:
    """A GPTQ file of a 7B model has a billion int32."""
    packed = RepoFacts(parameters={"I32": 850_000_000, "F16": 260_000_000}, weight_bytes=4 * GB)
    assert entry(claim(ClaimKind.PARAMETERS, "~", 7, "B"), packed).verdict is UNTESTED


def test_without_files_nothing_is_said() -> None:
    """A card alone."""
    assert entry(claim(ClaimKind.PARAMETERS, "~", 7, "B"), None).verdict is UNTESTED
