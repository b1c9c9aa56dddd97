"""Claims against measurements: each kind, each comparison, and what it does to the snippet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.profile import GB, PROFILES, Host
from verify_snippets.card import Card, Source
from verify_snippets.causes import Cause
from verify_snippets.facts import RepoFacts
from verify_snippets.ledger import Entry
from verify_snippets.planner import make_plan
from verify_snippets.report.model import CauseReport, ContactsReport, MemoryReport, RunReport
from verify_snippets.settling import Settlement, settle
from verify_snippets.verdict import Verdict

MB = 10**6
HOST = Host(cpus=4, memory_bytes=32 * GB, cpu_model="Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz")
CODE = "from acme import load\nmodel = load('acme/tiny')\nprint(model('Hello'))"


def settled(
    sentence: str, *runs: RunReport, code: str = CODE, facts: RepoFacts | None = None, own: bool = True
) -> Settlement:
    """What becomes of a card's sentence after its snippets ran; ``own`` if it speaks of them."""
    blocks = "\n\n".join(f"```python\n{code}\n```" for _ in runs)
    head = f"## Usage\n\n{sentence}\n\n" if own else f"{sentence}\n\n## Usage\n\nLike this:\n\n"
    text = f"# Tiny\n\n{head}{blocks}\n"
    card = Card(
        text=text, metadata={}, repo_id="acme/tiny", source=Source.FILE, location="README.md", sha256="0"
    )
    plan = make_plan(card, HOST, profile=PROFILES["cpu-basic"], facts=facts)
    return settle(plan, zip((step.snippet for step in plan.steps), runs, strict=True), HOST)


def only(settlement: Settlement, kind: str) -> Entry:
    """The one claim of a kind."""
    (found,) = [entry for entry in settlement.ledger if entry.claim.kind == kind]
    return found


def run(verdict: Verdict = Verdict.PASSED, *, took: int = 500 * MB, **more: object) -> RunReport:
    """A run on cpu-basic that took so much memory."""
    told = RunReport(
        profile="cpu-basic",
        verdict=verdict,
        reason="",
        duration_s=3.0,
        memory=MemoryReport(anonymous_bytes=took, file_bytes=14 * GB, limit_bytes=16 * GB),
        versions={"python": "3.11.2", "transformers": "5.23.0", "torch": "2.13.0+cpu"},
    )
    return told.model_copy(update=more)


@pytest.mark.parametrize(
    ("sentence", "took", "verdict"),
    [
        ("Inference fits in 1 GB of RAM.", 500 * MB, "confirmed"),
        ("Inference fits in 1 GB of RAM.", 1060 * MB, "confirmed"),  # 1 GiB
        ("Inference fits in 1 GB of RAM.", 1100 * MB, "contradicted"),
        ("Inference fits in 1 GiB of RAM.", 1100 * MB, "contradicted"),
        ("Inference takes under 300 MB of RAM.", 500 * MB, "contradicted"),
        ("Inference takes under 300 MB of RAM.", 290 * MB, "confirmed"),
        ("Inference takes about 6 GB of RAM.", 7 * GB, "confirmed"),
        ("Inference takes about 6 GB of RAM.", 8 * GB, "contradicted"),
        ("Inference takes about 6 GB of RAM.", 4 * GB, "contradicted"),
        ("Inference needs at least 16 GB of RAM.", 12 * GB, "confirmed"),
        ("Inference needs at least 4 GB of RAM.", 6 * GB, "contradicted"),
        ("Inference takes 8 GB of VRAM.", 6 * GB, "untested"),
    ],
)
def test_memory(sentence: str, took: int, verdict: str) -> None:
    """By anonymous memory; the mapped file of 14 GB is told apart."""
    (entry,) = settled(sentence, run(took=took)).ledger
    assert entry.verdict == verdict, entry
    assert entry.claimed
    if verdict != "untested":
        assert entry.measured == took
        assert "14.0 GB" in entry.how


def test_the_snippet_that_breaks_a_claim_is_contradicted() -> None:
    """Its reason quotes the sentence and both numbers; one that failed stays failed."""
    sentence = "Inference takes under 300 MB of RAM."
    settlement = settled(sentence, run(), run(took=200 * MB), run(Verdict.FAILED))
    broken, fine, failed = (told for _, told in settlement.runs)
    assert broken.verdict == "contradicted"
    assert all(part in broken.reason for part in ("300 MB of RAM", "claimed 300 MB", "measured 500 MB"))
    assert (fine.verdict, failed.verdict) == ("passed", "failed")
    assert [told for _, told in settlement.changed] == [broken]


def test_far_too_much_is_a_remark() -> None:
    """16 GB asked for, half a GB taken."""
    settlement = settled("Inference needs at least 16 GB of RAM.", run())
    (entry,), ((_, told),) = settlement.ledger, settlement.runs
    assert entry.verdict == "confirmed"
    assert "half of it would do" in entry.reason
    assert told.verdict == "passed"
    assert "asks for 16.0 GB" in told.remarks[0]


def test_what_did_not_come_to_its_end_confirms_nothing() -> None:
    """A failed run may have taken too much already; that it took little says nothing."""
    sentence = "Inference takes under 300 MB of RAM."
    little = only(settled(sentence, run(Verdict.FAILED, took=100 * MB)), "ram")
    assert (little.verdict, little.measured) == ("untested", 100 * MB)
    assert only(settled(sentence, run(Verdict.FAILED, took=400 * MB)), "ram").verdict == "contradicted"
    assert only(settled(sentence, run(took=1), run(Verdict.SKIPPED, took=1)), "ram").verdict == "untested"


def test_a_limit_that_was_outgrown_for_files() -> None:
    """The need that was seen is below the claim, and still the limit ended it: nobody can say."""
    memory = MemoryReport(anonymous_bytes=100 * MB, limit_bytes=16 * GB, outgrown_bytes=300 * MB)
    settlement = settled("Inference takes under 300 MB of RAM.", run(memory=memory))
    assert settlement.ledger[0].verdict == "untested"
    assert "run again under 16.0 GB" in settlement.runs[0][1].remarks[0]


def test_a_claim_of_the_model_is_judged_by_who_loaded_it() -> None:
    """A run without the weights says nothing of them, and another repo's nothing at all."""
    sentence = "Inference takes about 20 GB of RAM."
    loaded = run(took=21 * GB, contacts=ContactsReport(repos={"acme/tiny": "0"}))
    entry = only(settled(sentence, loaded, run(took=100 * MB), own=False), "ram")
    assert (entry.verdict, entry.measured) == ("confirmed", 21 * GB)
    tokenizer = "from acme import Tokenizer\nprint(Tokenizer.from_pretrained('acme/tiny'))"
    light = run(memory=MemoryReport(anonymous_bytes=20 * MB))
    assert only(settled(sentence, light, code=tokenizer, own=False), "ram").verdict == "untested"
    facts = RepoFacts(weight_bytes=20 * GB)
    unknown = "import acme\nprint(acme.answer('acme/tiny'))"
    heavy = settled(sentence, run(took=19 * GB), code=unknown, facts=facts, own=False)
    assert only(heavy, "ram").verdict == "confirmed"
    other = settled(sentence, run(took=20 * GB), code="print('nothing of it')", own=False)
    assert "no snippet that loads acme/tiny" in only(other, "ram").reason


WARM = run(repeats_s=(0.11, 0.1, 0.12, 0.1, 0.3), repeats_tokens=(20, 20, 20, 20, 20))


@pytest.mark.parametrize(
    ("sentence", "verdict", "said"),
    [
        ("Inference takes about 100 ms on cpu-basic.", "confirmed", "within a factor of 2"),
        ("Inference takes under 50 ms on cpu-basic.", "contradicted", "slower"),
        ("Inference takes about 5 s on cpu-basic.", "contradicted", "faster"),
        ("Inference takes 100 ms on a Xeon Platinum 8259CL.", "confirmed", "8259cl"),
        ("Inference takes 70 ms on a Xeon Platinum 8259CL.", "contradicted", "factor of 1.3"),
        ("Inference takes 100 ms on a Xeon Platinum 8375C.", "untested", "claimed for xeon platinum"),
        ("Inference takes 10 ms on an A100.", "untested", "claimed for a100"),
        ("Inference takes 10 ms on a CPU.", "untested", "could be any"),
        ("Inference takes 10 ms.", "untested", "no named hardware"),
        ("On cpu-basic inference takes 110 ms, on a T4 it is quick.", "confirmed", ""),
        ("Inference takes 9 ms on a T4 and it is slow on cpu-basic.", "untested", "claimed for t4"),
        ("Loading takes 100 ms on cpu-basic.", "untested", "something else"),
        ("Inference takes 100 ms per image on cpu-basic.", "untested", "per image"),
        ("| where | latency |\n|---|---|\n| cpu-basic | 100 ms |", "confirmed", ""),
        ("| task | latency cpu-basic |\n|---|---|\n| all | 20 ms |", "contradicted", "slower"),
        ("| where | latency |\n|---|---|\n| A10G | 100 ms |", "untested", "claimed for a10g"),
    ],
)
def test_time(sentence: str, verdict: str, said: str) -> None:
    """Only where the claim names the hardware of the run, and with the measured number all the same."""
    entry = only(settled(sentence, WARM), "latency")
    assert (entry.verdict, entry.measured) == (verdict, 0.11), entry
    assert said in entry.reason
    assert "5 repeats of line" in entry.how


def test_each_of_two_times_has_its_own_hardware() -> None:
    """The words that lead up to the second one name the first one's."""
    sentence = "Inference takes under 150 ms on cpu-basic, and 1 ms on a T4."
    entries = settled(sentence, WARM).ledger
    times = [(entry.claim.value, entry.verdict) for entry in entries if entry.claim.kind == "latency"]
    assert times == [(150, "confirmed"), (1, "untested")]


def test_speed_is_of_what_was_counted() -> None:
    """Tokens a second by the tokens that were made; without a count it stays untested."""
    fast = only(settled("Generates 150 tokens/s on cpu-basic.", WARM), "throughput")
    assert (fast.verdict, round(fast.measured or 0)) == ("confirmed", 182)
    slow = only(settled("Generates 1000 tokens/s on cpu-basic.", WARM), "throughput")
    assert slow.verdict == "contradicted"
    uncounted = WARM.model_copy(update={"repeats_tokens": ()})
    unknown = only(settled("Generates 150 tokens/s on cpu-basic.", uncounted), "throughput")
    assert (unknown.verdict, unknown.measured) == ("untested", None)
    assert "0.11 s" in unknown.found


def test_without_repeats_the_whole_is_told() -> None:
    """Two repeats are too few, none leaves the seconds of the snippet."""
    few = run(repeats_s=(0.1, 0.1))
    assert only(settled("Inference takes 100 ms on cpu-basic.", few), "latency").verdict == "untested"
    entry = only(settled("Inference takes 3 s on cpu-basic.", run()), "latency")
    assert (entry.verdict, entry.measured) == ("untested", 3.0)
    assert "as a whole" in entry.found


@pytest.mark.parametrize(
    ("sentence", "kind", "verdict"),
    [
        ("Requires transformers >= 4.50.", "library_version", "confirmed"),
        ("Requires transformers >= 6.1.", "library_version", "untested"),
        ("Tested with transformers 5.23.", "library_version", "confirmed"),
        ("Tested with transformers 4.30.1.", "library_version", "untested"),
        ("Requires transformers <= 5.23.", "library_version", "confirmed"),
        ("Requires diffusers >= 0.1.", "library_version", "untested"),
        ("Requires torch == 2.13.0.", "library_version", "confirmed"),
        ("Requires Python 3.8 or above.", "python_version", "confirmed"),
        ("Requires Python 3.12.", "python_version", "untested"),
        ("Inference runs on CPU.", "cpu_ok", "confirmed"),
        ("Inference requires a GPU.", "cpu_ok", "untested"),
        ("Inference needs one T4 GPU.", "gpu_model", "untested"),
    ],
)
def test_versions_and_devices(sentence: str, kind: str, verdict: str) -> None:
    """Against what the passing run had."""
    assert only(settled(sentence, run()), kind).verdict == verdict


def test_a_version_that_the_card_allows_and_that_fails() -> None:
    """4.50 or above is not true where 5.23 has not what the snippet uses."""
    cause = CauseReport(kind=Cause.VERSION_TOO_NEW, subjects={"library": "transformers", "version": "5.23.0"})
    sentence = "Requires transformers >= 4.50."
    failing = settled(sentence, run(Verdict.FAILED, cause=cause))
    assert only(failing, "library_version").verdict == "contradicted"
    about_torch = cause.model_copy(update={"subjects": {"library": "torch"}})
    other = settled(sentence, run(Verdict.FAILED, cause=about_torch))
    assert only(other, "library_version").verdict == "untested"


def test_what_the_files_say_stays() -> None:
    """Parameters are no matter of runs."""
    facts = RepoFacts(parameters={"F32": 20 * MB})
    entry = only(settled("The model has 20M parameters.", run(), facts=facts), "parameters")
    assert (entry.verdict, entry.claimed, entry.measured) == ("confirmed", 20e6, 20e6)


WORDS = [
    "Inference", "takes", "under", "about", "20 ms", "3 s", "6 GB", "of RAM", "on", "a T4", "cpu-basic", "|",
    "\n", ".", ",", "and", "50 tokens/s", "Python 3.9", "torch >= 2", "GPU", "Loading", "(", "per image",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.sampled_from(list(Verdict)))
def test_any_sentence_gets_its_line(sentence: str, verdict: Verdict) -> None:
    """A verdict and a reason for every claim, whatever came of the snippet; none breaks what did not pass."""
    settlement = settled(sentence, WARM.model_copy(update={"verdict": verdict}))
    assert all(entry.reason for entry in settlement.ledger)
    ((_, told),) = settlement.runs
    assert told.verdict == verdict or (verdict, told.verdict) == ("passed", "contradicted")
    if told.verdict != verdict:
        assert any(entry.verdict == "contradicted" for entry in settlement.ledger)
