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
    context_lengths={"config.json": 32_768},
    dtype="bfloat16",
)
CODE = "from transformers import AutoModel\nmodel = AutoModel.from_pretrained('acme/seven'{})\nprint(model)"


def entry(
    claim: Claim,
    facts: RepoFacts | None = SEVEN_B,
    code: str = CODE.format(""),
    others: tuple[Claim, ...] = (),
) -> Entry:
    """The ledger's first line."""
    text = f"\n\n```python\n{code}\n```\n"
    snippets = read_snippets(read_blocks(text), repo_id="acme/seven", metadata={})
    found, *_ = open_ledger([claim, *others], facts, snippets, text)
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
        (ClaimKind.CONTEXT_LENGTH, "==", 512, "tokens", UNTESTED),
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


def test_a_familys_other_sizes_are_spared() -> None:
    """7B and 70B on one card: where one fits, the other speaks of a sibling."""
    other = claim(ClaimKind.PARAMETERS, "==", 7.24, "B")
    assert entry(claim(ClaimKind.PARAMETERS, "==", 70, "B"), others=(other,)).verdict is UNTESTED


def test_one_of_several_models_may_be_meant() -> None:
    """A pipeline's card tells the size of its transformer."""
    pipeline = RepoFacts(
        parameters={"BF16": 17 * 10**9},
        component_parameters={"transformer": 12 * 10**9, "text_encoder": 5 * 10**9},
    )
    found = entry(claim(ClaimKind.PARAMETERS, "==", 12, "B"), pipeline)
    assert found.verdict is CONFIRMED
    assert "transformer" in found.found
    assert entry(claim(ClaimKind.PARAMETERS, "==", 30, "B"), pipeline).verdict is UNTESTED


def test_a_shorter_length_of_the_library_counts() -> None:
    """sentence-transformers cuts at its own length, whatever the model could take."""
    short = RepoFacts(context_lengths={"config.json": 512, "sentence_bert_config.json": 256})
    found = entry(claim(ClaimKind.CONTEXT_LENGTH, "==", 256, "tokens"), short)
    assert (found.verdict, "sentence_bert_config.json" in found.reason) == (CONFIRMED, True)
    stretched = RepoFacts(context_lengths={"config.json": 4096}, stretched=True)
    assert entry(claim(ClaimKind.CONTEXT_LENGTH, "==", 32, "K tokens"), stretched).verdict is UNTESTED
