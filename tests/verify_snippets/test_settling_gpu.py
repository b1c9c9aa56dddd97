"""Claims of GPUs against what a driver counted, as recorded; each number as NVML and torch would give it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu, Profile
from verify_snippets.card import Card, Source
from verify_snippets.causes import Cause
from verify_snippets.ledger import Entry
from verify_snippets.planner import make_plan
from verify_snippets.report.model import CauseReport, GpuMemoryReport, MemoryReport, RunReport
from verify_snippets.settling import Settlement, settle
from verify_snippets.verdict import Verdict

H100 = HostGpu(name="NVIDIA H100 80GB HBM3", memory_bytes=85 * GB, compute_capability=(9, 0))
HOST = Host(cpus=26, memory_bytes=200 * GB, cpu_model="Intel(R) Xeon(R) Platinum 8480+", gpu_devices=(H100,))
T4_SMALL, A100 = PROFILES["t4-small"], PROFILES["a100-large"]
CODE = "from acme import load\nmodel = load('acme/tiny').to('cuda')\nprint(model('Hello'))"
FULL = CauseReport(kind=Cause.OUT_OF_MEMORY, subjects={"device": "cuda"})


def card(sentence: str) -> Card:
    """A card with a sentence on its one snippet."""
    text = f"# Tiny\n\n## Usage\n\n{sentence}\n\n```python\n{CODE}\n```\n"
    return Card(
        text=text, metadata={}, repo_id="acme/tiny", source=Source.FILE, location="README.md", sha256="0"
    )


def settled(sentence: str, run: RunReport, profile: Profile = T4_SMALL) -> Settlement:
    """What becomes of that sentence after a run."""
    plan = make_plan(card(sentence), HOST, profile=profile)
    return settle(plan, [(plan.steps[0].snippet, run)], HOST)


def only(settlement: Settlement, kind: str = "vram") -> Entry:
    """The one claim of a kind."""
    (found,) = [entry for entry in settlement.ledger if entry.claim.kind == kind]
    return found


def run(used: float | None, verdict: Verdict = Verdict.PASSED, **more: object) -> RunReport:
    """A run under 16 GB of an H100 that used so many GB, a half of one for CUDA's own."""
    seen: dict[str, object] = {"limit_bytes": 16 * GB, "models": (H100.name,), "driver": "580.95.05"}
    if used:
        tensors = round(max(used - 0.5, 0) * GB)
        seen |= {"used_bytes": round(used * GB), "reserved_bytes": tensors, "allocated_bytes": tensors}
    seen |= {key: more.pop(key) for key in GpuMemoryReport.model_fields.keys() & more.keys()}
    told = RunReport(
        profile="t4-small",
        verdict=verdict,
        reason="",
        memory=MemoryReport(anonymous_bytes=GB, limit_bytes=15 * GB),
        gpu=GpuMemoryReport.model_validate(seen),
    )
    return told.model_copy(update=more)


@pytest.mark.parametrize(
    ("sentence", "used", "verdict", "said"),
    [
        ("Inference fits in 16 GB of VRAM.", 11.0, "confirmed", "took no more"),
        ("Inference fits in 8 GB of VRAM.", 8.5, "confirmed", "binary cousin"),
        ("Inference fits in 8 GiB of VRAM.", 8.7, "contradicted", "1% more"),
        ("Inference takes under 4 GB of VRAM.", 11.0, "contradicted", "2.8 times"),
        ("Inference takes about 6 GB of VRAM.", 7.9, "confirmed", "0.8 GB for CUDA's own"),
        ("Inference takes about 6 GB of VRAM.", 8.1, "contradicted", "took 1.4 times"),
        ("Inference takes about 6 GB of VRAM.", 4.0, "contradicted", "far less"),
        ("Inference needs at least 16 GB of VRAM.", 11.0, "confirmed", "it is enough"),
        ("Inference needs at least 8 GB of VRAM.", 11.0, "contradicted", "1.4 times"),
    ],
)
def test_gpu_memory(sentence: str, used: float, verdict: str, said: str) -> None:
    """By what the driver counts, the CUDA context included; torch's word stands beside it."""
    entry = only(settled(sentence, run(used)))
    assert (entry.verdict, entry.measured) == (verdict, used * GB), entry
    assert said in entry.reason
    assert "on NVIDIA H100 80GB HBM3 under 16.0 GB" in entry.how
    assert "torch itself says" in entry.how


def test_the_snippet_that_breaks_the_claim_is_contradicted() -> None:
    """With both numbers; a need that is far too high is a remark."""
    ((_, told),) = settled("Inference takes under 4 GB of VRAM.", run(11)).runs
    assert told.verdict == "contradicted"
    assert "claimed 4.00 GB, measured 11.0 GB" in told.reason
    ((_, told),) = settled("Inference needs at least 24 GB of VRAM.", run(3)).runs
    assert told.verdict == "passed"
    assert "asks for 24.0 GB of GPU memory, and it took 3.00 GB" in told.remarks[0]


def test_what_outgrew_the_claim_is_told_by_its_second_run() -> None:
    """Ended by 16 GB, and took 21 where it had the whole GPU."""
    more = run(21, outgrown_bytes=16 * GB, limit_bytes=85 * GB)
    settlement = settled("Inference fits in 16 GB of VRAM.", more)
    entry, ((_, told),) = only(settlement), settlement.runs
    assert (entry.verdict, entry.measured) == ("contradicted", 21 * GB)
    assert "first ended by 16.0 GB" in entry.how
    assert told.verdict == "contradicted"
    assert told.remarks == ("ran out of 16.0 GB of GPU memory; run again under 85.0 GB",)
    less = run(15, outgrown_bytes=16 * GB, limit_bytes=85 * GB)
    assert only(settled("Inference fits in 16 GB of VRAM.", less)).verdict == "untested"


def test_what_never_fits_contradicts_without_a_number() -> None:
    """No larger GPU is there; a failure for another reason says nothing."""
    full = run(15.9, Verdict.FAILED, cause=FULL)
    settlement = settled("Inference fits in 16 GB of VRAM.", full)
    assert (only(settlement).verdict, only(settlement).measured) == ("contradicted", None)
    assert only(settlement).found == "more than 16.0 GB in L7"
    assert settlement.runs[0][1].verdict == "failed"
    assert only(settled("Inference fits in 24 GB of VRAM.", full)).verdict == "untested"
    other = run(15.9, Verdict.FAILED, cause=CauseReport(kind=Cause.CARD_BUG))
    assert only(settled("Inference fits in 16 GB of VRAM.", other)).verdict == "untested"
    of_ram = run(1, Verdict.FAILED, cause=CauseReport(kind=Cause.OUT_OF_MEMORY))
    assert only(settled("Inference fits in 16 GB of VRAM.", of_ram)).verdict == "untested"


@pytest.mark.parametrize(
    ("told", "said"), [(run(None), "could not be seen"), (run(None, used_bytes=0), "used its GPU")]
)
def test_what_was_not_seen_stays_untested(told: RunReport, said: str) -> None:
    """A driver that doesn't tell, and a snippet that left its GPU alone."""
    entry = only(settled("Inference fits in 16 GB of VRAM.", told))
    assert entry.verdict == "untested"
    assert said in entry.reason


def test_several_gpus_together_may_be_meant_each() -> None:
    """40 GB on two is 20 GB each, and the card doesn't say."""
    two = run(40, models=(H100.name, H100.name), limit_bytes=160 * GB)
    assert only(settled("Inference fits in 24 GB of VRAM.", two)).verdict == "untested"
    assert only(settled("Inference fits in 16 GB of VRAM.", two)).verdict == "contradicted"


@pytest.mark.parametrize(
    ("sentence", "kind", "verdict", "said"),
    [
        ("Inference needs one T4 GPU.", "gpu_model", "untested", "ran on NVIDIA H100"),
        ("Inference needs an H100 GPU.", "gpu_model", "confirmed", "ran to its end on one"),
        ("Inference needs an H100 80GB GPU.", "gpu_model", "confirmed", "ran to its end on one"),
        ("Inference needs a single GPU.", "gpu_count", "confirmed", "ran to its end on 1"),
        ("Inference needs at least 4 GPUs.", "gpu_count", "untested", "more than that needs"),
    ],
)
def test_models_and_counts(sentence: str, kind: str, verdict: str, said: str) -> None:
    """A cap makes no T4 of an H100: it shows what fits, not what that GPU can do."""
    entry = only(settled(sentence, run(3)), kind)
    assert (entry.verdict, said in entry.reason) == (verdict, True), entry


@pytest.mark.parametrize(
    ("sentence", "verdict", "said"),
    [
        ("Inference takes 100 ms on an H100.", "confirmed", "h100"),
        ("Inference takes 100 ms on an NVIDIA H100 80GB.", "confirmed", "h100"),
        ("Inference takes 50 ms on an H100.", "contradicted", "slower"),
        ("Inference takes 100 ms on an A100.", "untested", "claimed for a100"),
        ("Inference takes 100 ms on t4-small.", "untested", "claimed for t4-small"),  # under its cap only
        ("Inference takes 100 ms on a Xeon Platinum 8375C.", "untested", "claimed for xeon"),
        ("Inference takes 100 ms on a GPU.", "untested", "could be any"),
    ],
)
def test_speed_is_of_the_named_gpu(sentence: str, verdict: str, said: str) -> None:
    """However large the GPU that did the work, it is the one that is named or it isn't."""
    timed = run(3, repeats_s=(0.1, 0.11, 0.1))
    entry = only(settled(sentence, timed), "latency")
    assert (entry.verdict, said in entry.reason) == (verdict, True), entry
    assert "on t4-small, NVIDIA H100 80GB HBM3" in entry.how


WORDS = [
    "Inference", "takes", "under", "about", "20 ms", "6 GB", "of VRAM", "of GPU memory", "on", "a T4", "|",
    "an H100", "4x A100", "t4-small", "\n", ".", ",", "and", "50 tokens/s", "a single GPU", "64 GPUs",
]  # fmt: skip
USED = st.none() | st.sampled_from([0, 1, 7 * GB, 10**15])


@given(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join), USED, st.sampled_from(list(Verdict)))
@settings(max_examples=60, deadline=None)
def test_any_sentence_gets_its_line(sentence: str, used: int | None, verdict: Verdict) -> None:
    """Whatever the driver saw, and whatever came of the snippet."""
    told = run(None, used_bytes=used, repeats_s=(0.1, 0.1, 0.1), verdict=verdict)
    settlement = settled(sentence, told)
    assert all(entry.reason for entry in settlement.ledger)
    ((_, judged),) = settlement.runs
    assert judged.verdict == verdict or (verdict, judged.verdict) == ("passed", "contradicted")


def test_a_flavors_name_stands_for_its_own_gpu() -> None:
    """On such a GPU its time is judged; and only then is the snippet timed at all."""
    sentence = "Inference takes 100 ms on a100-large."
    timed = run(3, repeats_s=(0.1, 0.11, 0.1), profile="a100-large", models=("NVIDIA A100-SXM4-80GB",))
    assert only(settled(sentence, timed, A100), "latency").verdict == "confirmed"
    real = replace(HOST, gpu_devices=(HostGpu(name="NVIDIA A100-SXM4-80GB", memory_bytes=85 * GB),))
    assert [make_plan(card(sentence), host, profile=A100).steps[0].timed for host in (HOST, real)] == [
        False,
        True,
    ]
